#pragma once

#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

#include <type_traits>
#include <utility>

namespace accrue {

namespace detail {

template <class T>
concept has_effect = requires(T const& x) { x.effect; };

template <class T>
concept has_limits = !has_effect<T> && requires(T const& x) {
    x.lower;
    x.upper;
    x.contains(x.lower);
};

} // namespace detail

/// Takes results from the analysis scale of a measure to the scale on which they are reported.
///
/// Every measure has one as its member `back_transform`: `log_odds_ratio{}.back_transform(summary)` is an
/// odds ratio, so that a log ratio is never printed as a ratio. It applies the increasing function `Function`
///
/// - to a number, giving a number;
/// - to an interval, end by end, giving an interval: the level holds, because the function is increasing;
/// - to anything with an `.effect` (an estimate, a pooled result), giving the point alone.
///
/// A variance has no place on the reporting scale, where the interval is not symmetric: transform the
/// interval instead.
///
/// The back-transformed mean of a random-effects model is the median of the true effects on the reporting
/// scale, not their mean.
template <class Function>
struct back_transformation {
    template <real Real>
    [[nodiscard]] constexpr Real operator()(Real const& x) const {
        return Function{}(x);
    }
    template <real Real>
    [[nodiscard]] constexpr basic_interval<Real> operator()(basic_interval<Real> const& x) const {
        return {Function{}(x.lower), Function{}(x.upper)};
    }
    /// The ends of what is an interval and says more, such as `repeated_interval`.
    template <detail::has_limits Limits>
    [[nodiscard]] constexpr auto operator()(Limits const& x) const {
        return (*this)(basic_interval<std::remove_cvref_t<decltype(x.lower)>>{x.lower, x.upper});
    }
    template <detail::has_effect Result>
    [[nodiscard]] constexpr auto operator()(Result const& x) const {
        return Function{}(x.effect);
    }
};

namespace detail {

struct same_value {
    template <real Real>
    constexpr Real operator()(Real const& x) const {
        return x;
    }
};

struct exponential {
    template <real Real>
    Real operator()(Real const& x) const {
        return exp(x);
    }
};

} // namespace detail

/// For measures that are analysed on the scale on which they are reported.
using identity_back_transform = back_transformation<detail::same_value>;

/// exp: from a log ratio to the ratio, from a log mean to the mean.
using exponential_back_transform = back_transformation<detail::exponential>;

} // namespace accrue
