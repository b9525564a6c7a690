#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

#include <algorithm>
#include <limits>
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

/// The x with P(X > x) = p, with the digits of p where the distribution can say it.
template <class Distribution, real Real>
[[nodiscard]] Real upper_quantile_of(Distribution const& distribution, Real const& p) {
    if constexpr (requires { distribution.upper_quantile(p); }) {
        return distribution.upper_quantile(p);
    } else {
        Real const highest = 1 - std::numeric_limits<Real>::epsilon() / 2;
        return distribution.quantile((std::min)(Real(1 - p), highest));
    }
}

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
    return basic_interval<Real>{distribution.quantile(tail), detail::upper_quantile_of(distribution, tail)};
}

/// The shortest of all intervals with this probability; for a density with one peak, that of its highest
/// values ('highest posterior density'). For tau it starts at 0 where the density is highest there.
///
/// At levels next to 0 it is the mode.
///
/// It belongs to the scale that it was found on: the shortest interval of tau, squared, is not that of tau².
/// Unless an end is that of the distribution, the density is the same at both.
///
/// \param level the probability within, such as 0.95
/// \throws invalid_input unless 0 < level < 1
template <posterior_distribution Distribution>
[[nodiscard]] auto shortest_interval(Distribution const& distribution, double const level) {
    using Real = detail::distribution_real<Distribution>;
    detail::require_between_0_and_1("level", level);
    Real const most = 1 - std::numeric_limits<Real>::epsilon() / 2;
    Real const spare = (std::min)(Real(1 - Real(level)), most);
    // The interval that leaves the share x of the spare probability below it, x in [0, 1].
    auto const with_share_below = [&](Real const& x) {
        Real const below = spare * x;
        Real const lower = below > 0 ? Real(distribution.quantile(below)) : distribution.lowest();
        Real const above = spare * (1 - x);
        Real const upper =
            above > 0 ? detail::upper_quantile_of(distribution, above) : detail::infinity<Real>();
        return basic_interval<Real>{lower, upper};
    };
    // At a level below the rounding of quantiles the width is level / f.
    bool const is_point = Real(level) < sqrt(std::numeric_limits<Real>::epsilon());
    auto const width = [&](basic_interval<Real> const& ends) {
        return is_point ? Real(Real(level) / distribution.density(ends.lower)) : ends.width();
    };
    // The best of a grid, and then between its neighbours where the two ends have the same density: as the
    // interval moves by dx upwards its width grows by spare (1/f(upper) - 1/f(lower)) dx.
    constexpr int steps = 32;
    int best = 0;
    auto shortest = with_share_below(Real(0));
    Real least = width(shortest);
    for (int i = 1; i < steps; ++i) {
        auto const next = with_share_below(Real(i) / steps);
        Real const wide = width(next);
        if (wide < least) {
            shortest = next;
            least = wide;
            best = i;
        }
    }
    if (is_point) {
        auto const place = detail::least_between<Real>(
            [&](Real const& x) { return Real(-distribution.density(with_share_below(x).lower)); },
            Real((std::max)(best - 1, 0)) / steps, Real(best + 1) / steps,
            std::numeric_limits<Real>::digits / 2, 60);
        // The search may miss a peak that the grid has met.
        auto const found = with_share_below(place.at);
        return width(found) < least ? found : shortest;
    }
    if (!(shortest.width() > 0)) {
        return shortest;
    }
    auto const falling = [&](Real const& x) {
        auto const ends = with_share_below(x);
        return Real((x < 1 ? Real(distribution.density(ends.upper)) : Real(0)) -
                    distribution.density(ends.lower));
    };
    auto bracket = detail::root_bracket<Real>{best > 1 ? Real(Real(best - 1) / steps)
                                                       : std::numeric_limits<Real>::epsilon(),
                                              Real(Real(best + 1) / steps), Real(0), Real(0)};
    bracket.at_lower = falling(bracket.lower);
    if (best == 0 && !(bracket.at_lower > 0)) {
        return shortest; // it begins where the distribution does
    }
    bracket.at_upper = falling(bracket.upper);
    auto const found = with_share_below(detail::root_between(falling, bracket, {.unit = Real(1)}).value);
    // Near the least width rounding decides between widths.
    Real const widest = shortest.width() * (1 + sqrt(std::numeric_limits<Real>::epsilon()));
    return found.width() <= widest ? found : shortest;
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
