#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

#include <type_traits>
#include <utility>

namespace accrue {

/// A distribution that has quantiles and a density: of the mean, of tau, of a study, of a new study.
template <class Distribution>
concept posterior_distribution = requires(Distribution const& distribution) {
    { distribution.mean() } -> real;
    distribution.quantile(distribution.mean());
    distribution.density(distribution.mean());
    distribution.probability(distribution.mean());
    distribution.lowest();
};

namespace detail {

template <class Distribution>
using distribution_real = std::remove_cvref_t<decltype(std::declval<Distribution const&>().mean())>;

} // namespace detail

/// The interval with the same probability below it and above it: from the (1 - level)/2 quantile to the
/// (1 + level)/2 quantile. It turns with increasing transformations of the scale, such as exp and squares.
///
/// \param level the probability within, such as 0.95
/// \throws invalid_input unless 0 < level < 1
template <posterior_distribution Distribution>
[[nodiscard]] auto equal_tailed_interval(Distribution const& distribution, double const level) {
    using Real = detail::distribution_real<Distribution>;
    detail::require_between_0_and_1("level", level);
    Real const tail = (1 - Real(level)) / 2;
    return basic_interval<Real>{distribution.quantile(tail), distribution.quantile(Real(1 - tail))};
}

/// The shortest of all intervals with this probability; for a density with one peak, that of its highest
/// values
/// ('highest posterior density'). For tau it starts at 0 where the density is highest there.
///
/// It belongs to the scale that it was found on: the shortest interval of tau, squared, is not that of tau².
/// The width is minimal to 1e-8 of itself or better.
///
/// \param level the probability within, such as 0.95
/// \throws invalid_input unless 0 < level < 1
template <posterior_distribution Distribution>
[[nodiscard]] auto shortest_interval(Distribution const& distribution, double const level) {
    using Real = detail::distribution_real<Distribution>;
    detail::require_between_0_and_1("level", level);
    Real const spare = 1 - Real(level);
    // The interval that leaves the share x of the spare probability below it, x in [0, 1].
    auto const with_share_below = [&](Real const& x) {
        Real const below = spare * x;
        Real const lower = below > 0 ? Real(distribution.quantile(below)) : distribution.lowest();
        Real const upper =
            x < 1 ? Real(distribution.quantile(Real(Real(level) + below))) : detail::infinity<Real>();
        return basic_interval<Real>{lower, upper};
    };
    // The best of a grid, and then by golden sections between its neighbours.
    constexpr int steps = 32;
    int best = 0;
    Real least = detail::infinity<Real>();
    for (int i = 0; i < steps; ++i) {
        Real const width = with_share_below(Real(i) / steps).width();
        if (width < least) {
            least = width;
            best = i;
        }
    }
    Real lower = Real(best > 0 ? best - 1 : 0) / steps;
    Real upper = Real(best + 1) / steps;
    Real const ratio(0.6180339887498949);
    Real left = upper - ratio * (upper - lower);
    Real right = lower + ratio * (upper - lower);
    Real left_width = with_share_below(left).width();
    Real right_width = with_share_below(right).width();
    for (int i = 0; i < 44; ++i) {
        if (left_width < right_width) {
            upper = right;
            right = left;
            right_width = left_width;
            left = upper - ratio * (upper - lower);
            left_width = with_share_below(left).width();
        } else {
            lower = left;
            left = right;
            left_width = right_width;
            right = lower + ratio * (upper - lower);
            right_width = with_share_below(right).width();
        }
    }
    auto const found = with_share_below(Real((lower + upper) / 2));
    auto const edge = with_share_below(Real(0));
    return edge.width() <= found.width() ? edge : found;
}

template <class Posterior>
    requires(!posterior_distribution<Posterior>)
ACCRUE_REFUSED("say what of the posterior: equal_tailed_interval(posterior.mean(), level)",
               equal_tailed_interval(Posterior const&, double));
template <class Posterior>
    requires(!posterior_distribution<Posterior>)
ACCRUE_REFUSED("say what of the posterior: shortest_interval(posterior.mean(), level)",
               shortest_interval(Posterior const&, double));

} // namespace accrue
