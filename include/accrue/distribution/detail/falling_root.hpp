#pragma once

#include <accrue/distribution/detail/function_view.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <limits>

namespace accrue::detail {

/// How a root is sought, and how exactly: to `tolerance` of unit + |root|, so that a root near 0 has an end
/// too.
template <real Real>
struct root_search {
    Real unit = Real(0); ///< the scale on which a root counts as 0, such as the smallest variance for a tau²
    Real tolerance = 4 * std::numeric_limits<Real>::epsilon();
    int limit = 200;                  ///< evaluations of the function
    Real farthest = infinity<Real>(); ///< a root at a greater distance from the start counts as infinite
};

/// A root and whether it was found.
template <real Real>
struct root_result {
    Real value;
    accrue::status status;
};

/// Two points and what a function is there.
template <real Real>
struct root_bracket {
    Real lower;
    Real upper;
    Real at_lower;
    Real at_upper;
};

/// The root of a function between two points where it has different signs, by the method of Alefeld, Potra
/// and Shi (ACM Trans Math Softw 1995, 21:327-344, doi:10.1145/210089.210111; Boost's toms748).
///
/// Where rounding has left no change of sign, it is the end where the function is nearer to 0. A bracket of
/// positive numbers and many orders of magnitude is first halved on the scale of log(unit + x): between
/// points where the function is -1e300 and 1, interpolation would overflow.
template <real Real>
[[nodiscard]] root_result<Real> root_of_view(function_view<Real, Real> function, root_bracket<Real> bracket,
                                             root_search<Real> const& search);

/// The root of a function that is defined between two points, where it has different signs.
template <real Real, class Function>
[[nodiscard]] root_result<Real> root_between(Function const& function, root_bracket<Real> const& bracket,
                                             root_search<Real> const& search = {}) {
    return root_of_view(function_view<Real, Real>(function), bracket, search);
}

/// The same, of a function whose values at the two points are still to be computed.
template <real Real, class Function>
[[nodiscard]] root_result<Real> root_between(Function const& function, Real const& lower, Real const& upper,
                                             root_search<Real> const& search = {}) {
    return root_between(function, root_bracket<Real>{lower, upper, function(lower), function(upper)}, search);
}

/// The root of a function that falls, sought from `start` outwards in the direction of the root, by `step`
/// and then by twice the last step. Infinite, with status `undefined`, where the function keeps its sign as
/// far as one is to look.
template <real Real>
[[nodiscard]] root_result<Real> falling_root_of_view(function_view<Real, Real> function, Real const& start,
                                                     Real step, root_search<Real> const& search);

/// The same, of any function.
template <real Real, class Function>
[[nodiscard]] root_result<Real> falling_root(Function const& function, Real const& start, Real const& step,
                                             root_search<Real> const& search = {}) {
    return falling_root_of_view(function_view<Real, Real>(function), start, step, search);
}

/// Two points that enclose the root of a function between them, found by halving to a tolerance relative to
/// the upper one; the first of them has the sign that the function has at `lower`.
template <real Real>
[[nodiscard]] root_bracket<Real> bisection_of_view(function_view<Real, Real> function, Real const& lower,
                                                   Real const& upper, Real const& tolerance);

/// The same, of any function.
template <real Real, class Function>
[[nodiscard]] root_bracket<Real> bisection(Function const& function, Real const& lower, Real const& upper,
                                           Real const& tolerance) {
    return bisection_of_view(function_view<Real, Real>(function), lower, upper, tolerance);
}

/// Where a function is least, and what it is there.
template <real Real>
struct least_value {
    Real at;
    Real value;
};

/// The minimum of a function between two points, by Brent's method (Brent 1973, Algorithms for Minimization
/// without Derivatives, chapter 5; Boost's), to so many bits and in no more than `limit` iterations.
template <real Real>
[[nodiscard]] least_value<Real> least_of_view(function_view<Real, Real> function, Real const& lower,
                                              Real const& upper, int bits, int limit);

/// The same, of any function.
template <real Real, class Function>
[[nodiscard]] least_value<Real> least_between(Function const& function, Real const& lower, Real const& upper,
                                              int const bits, int const limit) {
    return least_of_view(function_view<Real, Real>(function), lower, upper, bits, limit);
}

} // namespace accrue::detail

#if !defined(ACCRUE_COMPILED)
#include <accrue/distribution/detail/falling_root_by_boost.hpp>
#endif
