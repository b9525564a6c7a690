#pragma once

#include <accrue/real.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace accrue::detail {

/// A function's value at a place, and its gradient there.
template <std::size_t N>
struct descent_point {
    std::array<double, N> place;
    double value;
    std::array<double, N> slope;
};

/// The local minimum of a smooth function that lies downhill, by the method of Broyden, Fletcher, Goldfarb
/// and Shanno: a guess of the inverse second derivatives is improved by how the gradient changes. Steps are
/// at most 1 long, and are halved until the function falls (Nocedal & Wright 2006, Numerical Optimization,
/// chapter 6).
///
/// \param at gives a `descent_point` for a place
/// \param enough the descent ends below this value
template <std::size_t N, class Function>
[[nodiscard]] descent_point<N> descend(Function const& at, std::array<double, N> const& start,
                                       double const enough) {
    auto const dot = [](std::array<double, N> const& one, std::array<double, N> const& other) {
        return sum_to<double>(N, [&](std::size_t const i) { return one[i] * other[i]; });
    };
    auto inverse = std::array<std::array<double, N>, N>{};
    auto const forget = [&](double const scale) {
        for (std::size_t i = 0; i < N; ++i) {
            inverse[i].fill(0);
            inverse[i][i] = scale;
        }
    };
    descent_point<N> here = at(start);
    forget(1 / (1 + std::sqrt(dot(here.slope, here.slope))));
    for (int iteration = 0; iteration < 60 && here.value > enough; ++iteration) {
        auto step = std::array<double, N>{};
        for (std::size_t i = 0; i < N; ++i) {
            step[i] = -dot(inverse[i], here.slope);
        }
        double const length = std::sqrt(dot(step, step));
        double share = length > 1 ? 1 / length : 1;
        double const fall = dot(step, here.slope);
        if (!(fall < -2e-8)) {
            break; // what is left to gain is half of that
        }
        descent_point<N> next = here;
        for (int halving = 0; halving < 30; ++halving, share /= 2) {
            auto place = here.place;
            for (std::size_t i = 0; i < N; ++i) {
                place[i] += share * step[i];
            }
            next = at(place);
            if (next.value <= here.value + 1e-4 * share * fall) {
                break;
            }
        }
        if (!(next.value < here.value)) {
            break;
        }
        auto moved = std::array<double, N>{};
        auto turned = std::array<double, N>{};
        for (std::size_t i = 0; i < N; ++i) {
            moved[i] = next.place[i] - here.place[i];
            turned[i] = next.slope[i] - here.slope[i];
        }
        double const bend = dot(moved, turned);
        if (bend > 1e-12 * std::sqrt(dot(moved, moved) * dot(turned, turned))) {
            if (iteration == 0) {
                forget(bend / dot(turned, turned));
            }
            auto turned_back = std::array<double, N>{};
            for (std::size_t i = 0; i < N; ++i) {
                turned_back[i] = dot(inverse[i], turned);
            }
            double const stretch = (1 + dot(turned, turned_back) / bend) / bend;
            for (std::size_t i = 0; i < N; ++i) {
                for (std::size_t j = 0; j < N; ++j) {
                    inverse[i][j] += stretch * moved[i] * moved[j] -
                                     (turned_back[i] * moved[j] + moved[i] * turned_back[j]) / bend;
                }
            }
        }
        here = next;
    }
    return here;
}

} // namespace accrue::detail
