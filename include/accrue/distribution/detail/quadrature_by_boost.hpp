#pragma once

#include <accrue/compiled.hpp>
#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/real.hpp>

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cstddef>

namespace accrue::detail {

/// Copies what Boost has as members of a class.
template <real Real, std::size_t size, class Rule>
[[nodiscard]] symmetric_rule<Real, size> rule_of_boost() {
    auto result = symmetric_rule<Real, size>{};
    for (std::size_t i = 0; i < result.node.size(); ++i) {
        result.node[i] = Rule::abscissa()[i];
        result.weight[i] = Rule::weights()[i];
    }
    return result;
}

template <real Real, std::size_t size>
symmetric_rule<Real, size> const& gauss_legendre() {
    static auto const rule =
        rule_of_boost<Real, size, boost::math::quadrature::gauss<Real, size, boost_policy>>();
    return rule;
}

template <real Real, std::size_t size>
symmetric_rule<Real, size> const& gauss_kronrod() {
    static auto const rule =
        rule_of_boost<Real, size, boost::math::quadrature::gauss_kronrod<Real, size, boost_policy>>();
    return rule;
}

template <real Real>
Real adaptive_integral(function_view<Real, Real> const function, Real const& lower, Real const& upper,
                       unsigned const depth, Real const& tolerance) {
    return boost::math::quadrature::gauss_kronrod<Real, 31>::integrate(function, lower, upper, depth,
                                                                       tolerance);
}

ACCRUE_HELD_BY_THE_LIBRARY(symmetric_rule<double, 6> const& gauss_legendre());
ACCRUE_HELD_BY_THE_LIBRARY(symmetric_rule<double, 10> const& gauss_legendre());
ACCRUE_HELD_BY_THE_LIBRARY(symmetric_rule<double, 15> const& gauss_legendre());
ACCRUE_HELD_BY_THE_LIBRARY(symmetric_rule<double, 20> const& gauss_legendre());
ACCRUE_HELD_BY_THE_LIBRARY(symmetric_rule<double, 31> const& gauss_kronrod());
ACCRUE_HELD_BY_THE_LIBRARY(double adaptive_integral(function_view<double, double>, double const&,
                                                    double const&, unsigned, double const&));

} // namespace accrue::detail
