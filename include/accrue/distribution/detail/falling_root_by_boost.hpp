#pragma once

#include <accrue/compiled.hpp>
#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/detail/function_view.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <cmath>
#include <cstdint>

namespace accrue::detail {

template <real Real>
root_result<Real> root_of_view(function_view<Real, Real> const function, root_bracket<Real> bracket,
                               root_search<Real> const& search) {
    using std::sqrt;
    auto const magnitude = [](Real const& x) -> Real { return x < 0 ? Real(-x) : x; };
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
    auto const found = boost::math::tools::bisect(function, lower, upper, narrow, iterations);
    return {found.first, found.second, function(found.first), function(found.second)};
}

ACCRUE_HELD_BY_THE_LIBRARY(least_value<double> least_of_view(function_view<double, double>, double const&,
                                                             double const&, int, int));
ACCRUE_HELD_BY_THE_LIBRARY(root_bracket<double> bisection_of_view(function_view<double, double>,
                                                                  double const&, double const&,
                                                                  double const&));

} // namespace accrue::detail
