#pragma once

#include <accrue/compiled.hpp>
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

#include <accrue/distribution/detail/boost_policy.hpp>

#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <cstdint>

namespace accrue::detail {

template <real Real>
root_result<Real> root_of_view(function_view<Real, Real> const function, root_bracket<Real> bracket,
                               root_search<Real> const& search) {
    auto& [lower, upper, at_lower, at_upper] = bracket;
    bool const falls = at_lower >= 0 && at_upper <= 0;
    bool const rises = at_lower <= 0 && at_upper >= 0;
    if (!falls && !rises) {
        if (!(at_lower + at_upper < 0) && !(at_lower + at_upper > 0)) {
            return {not_a_number<Real>(), status::undefined};
        }
        return {magnitude(at_lower) < magnitude(at_upper) ? lower : upper, status::undefined};
    }
    auto evaluations = static_cast<std::uintmax_t>(search.limit);
    while (lower >= 0 && search.unit > 0 && upper + search.unit > 16 * (lower + search.unit) &&
           evaluations > 1) {
        --evaluations;
        Real const middle = sqrt(Real(lower + search.unit)) * sqrt(Real(upper + search.unit)) - search.unit;
        Real const at_middle = function(middle);
        bool const above = falls ? at_middle > 0 : at_middle < 0;
        (above ? lower : upper) = middle;
        (above ? at_lower : at_upper) = at_middle;
    }
    auto const narrow = [&](Real const& a, Real const& b) {
        return b - a <= search.tolerance * (search.unit + magnitude(a));
    };
    auto const most = evaluations;
    auto const found = boost::math::tools::toms748_solve(function, lower, upper, at_lower, at_upper, narrow,
                                                         evaluations, boost_policy{});
    return {Real(found.first + (found.second - found.first) / 2),
            evaluations < most ? status::ok : status::not_converged};
}

template <real Real>
root_result<Real> falling_root_of_view(function_view<Real, Real> const function, Real const& start, Real step,
                                       root_search<Real> const& search) {
    Real inner = start;
    Real at_inner = function(start);
    if (is_finite(at_inner) && !(at_inner < 0 || at_inner > 0)) {
        return {start, status::ok};
    }
    bool const upwards = at_inner > 0;
    Real distance(0);
    for (int evaluations = 1; distance < search.farthest; ++evaluations) {
        if (evaluations >= search.limit) {
            return {inner, status::not_converged};
        }
        distance = distance + step < search.farthest ? Real(distance + step) : search.farthest;
        Real const outer = upwards ? Real(start + distance) : Real(start - distance);
        if (!is_finite(outer)) {
            break;
        }
        Real const at_outer = function(outer);
        if (upwards ? !(at_outer > 0) : !(at_outer < 0)) {
            return root_of_view(function,
                                upwards ? root_bracket<Real>{inner, outer, at_inner, at_outer}
                                        : root_bracket<Real>{outer, inner, at_outer, at_inner},
                                search);
        }
        inner = outer;
        at_inner = at_outer;
        step = 2 * step;
    }
    return {upwards ? infinity<Real>() : Real(-infinity<Real>()), status::undefined};
}

template <real Real>
least_value<Real> least_of_view(function_view<Real, Real> const function, Real const& lower,
                                Real const& upper, int const bits, int const limit) {
    auto iterations = static_cast<std::uintmax_t>(limit);
    auto const found = boost::math::tools::brent_find_minima(function, lower, upper, bits, iterations);
    return {found.first, found.second};
}

ACCRUE_HELD_BY_THE_LIBRARY(root_result<double> root_of_view(function_view<double, double>,
                                                            root_bracket<double>,
                                                            root_search<double> const&));
ACCRUE_HELD_BY_THE_LIBRARY(root_result<double> falling_root_of_view(function_view<double, double>,
                                                                    double const&, double,
                                                                    root_search<double> const&));
template <real Real>
root_bracket<Real> bisection_of_view(function_view<Real, Real> const function, Real const& lower,
                                     Real const& upper, Real const& tolerance) {
    std::uintmax_t iterations = 100;
    auto const narrow = [&](Real const& a, Real const& b) { return b - a <= tolerance * b; };
    auto const found = boost::math::tools::bisect(function, lower, upper, narrow, iterations, boost_policy{});
    return {found.first, found.second, function(found.first), function(found.second)};
}

ACCRUE_HELD_BY_THE_LIBRARY(least_value<double> least_of_view(function_view<double, double>, double const&,
                                                             double const&, int, int));
ACCRUE_HELD_BY_THE_LIBRARY(root_bracket<double> bisection_of_view(function_view<double, double>,
                                                                  double const&, double const&,
                                                                  double const&));

} // namespace accrue::detail

#endif
