#pragma once

#include "accuracy/functions.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue::test {

/// The root beside a place that is right to some digits, by Newton's method. Not a number for no place.
template <class Function>
exact root_beside(double const place, double const unit, Function const& function) {
    exact x(place);
    if (!std::isfinite(place)) {
        return x;
    }
    exact const h = exact(1e-15) * exact(unit);
    for (int i = 0; i < 6; ++i) {
        exact const slope = (function(exact(x + h)) - function(exact(x - h))) / (2 * h);
        exact const move = function(x) / slope;
        x -= move;
        if (abs(move) < exact(1e-32) * exact(unit)) {
            break;
        }
    }
    return x;
}

/// A maximum at 50 digits.
struct maximum {
    std::vector<exact> point;
    exact value;
    Eigen::Matrix<exact, Eigen::Dynamic, Eigen::Dynamic> information; ///< minus the second derivatives
};

/// The maximum beside a place that is right to some digits, by Newton's method with derivatives from
/// differences, which are right to 20 digits or more.
///
/// \param units a change of each unknown that matters
template <class Function>
maximum maximum_beside(std::vector<exact> x, std::vector<exact> const& units, Function const& function) {
    using matrix = Eigen::Matrix<exact, Eigen::Dynamic, Eigen::Dynamic>;
    auto const n = x.size();
    exact const part(1e-12);
    auto const moved = [&](std::size_t const i, int const by, std::size_t const j, int const also) {
        auto at = x;
        at[i] += by * part * units[i];
        at[j] += also * part * units[j];
        return exact(function(at));
    };
    for (int time = 0;; ++time) {
        exact const here = function(x);
        matrix slope(n, 1);
        matrix information(n, n);
        for (std::size_t i = 0; i < n; ++i) {
            auto const r = static_cast<Eigen::Index>(i);
            exact const up = moved(i, 1, i, 0);
            exact const down = moved(i, -1, i, 0);
            slope(r, 0) = (up - down) / (2 * part);
            information(r, r) = (2 * here - up - down) / (part * part);
            for (std::size_t j = 0; j < i; ++j) {
                auto const c = static_cast<Eigen::Index>(j);
                information(r, c) = information(c, r) =
                    (moved(i, 1, j, -1) + moved(i, -1, j, 1) - moved(i, 1, j, 1) - moved(i, -1, j, -1)) /
                    (4 * part * part);
            }
        }
        matrix const move = Eigen::LLT<matrix>(information).solve(slope);
        exact largest(0);
        for (std::size_t i = 0; i < n; ++i) {
            exact const by = move(static_cast<Eigen::Index>(i), 0);
            x[i] += by * units[i];
            largest = abs(by) > largest ? exact(abs(by)) : largest;
        }
        if (largest < 1e-18 || time == 8) {
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    information(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) /=
                        units[i] * units[j];
                }
            }
            return {x, exact(function(x)), information};
        }
    }
}

} // namespace accrue::test
