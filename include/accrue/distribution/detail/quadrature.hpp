#pragma once

#include <accrue/compiled.hpp>
#include <accrue/distribution/detail/function_view.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cstddef>

namespace accrue::detail {

/// A quadrature rule on [-1, 1] that is symmetric about 0, by its nodes from 0 on.
template <real Real, std::size_t size>
struct symmetric_rule {
    std::array<Real, (size + 1) / 2> node; ///< from 0 or the one next to it outwards
    std::array<Real, (size + 1) / 2> weight;

    /// The integral of a function over [-1, 1].
    template <class Function>
    [[nodiscard]] Real integral(Function const& function) const {
        Real total(0);
        std::size_t i = 0;
        if constexpr (size % 2 == 1) {
            total = function(Real(0)) * weight[0];
            i = 1;
        }
        for (; i < node.size(); ++i) {
            Real const right = function(node[i]);
            Real const left = function(Real(-node[i]));
            total += (right + left) * weight[i];
        }
        return total;
    }
};

/// Gauss and Legendre's rule, and Kronrod's extension of the one with (size - 1) / 2 nodes: Boost's.
template <real Real, std::size_t size>
[[nodiscard]] symmetric_rule<Real, size> const& gauss_legendre();
template <real Real, std::size_t size>
[[nodiscard]] symmetric_rule<Real, size> const& gauss_kronrod();

/// The integral by the rule of Gauss and Kronrod with 31 nodes, on intervals that are halved until the two
/// rules agree to the tolerance, relative to the integral, or at most `depth` times.
template <real Real>
[[nodiscard]] Real adaptive_integral(function_view<Real, Real> function, Real const& lower, Real const& upper,
                                     unsigned depth, Real const& tolerance);

} // namespace accrue::detail

#if !defined(ACCRUE_COMPILED)

#include <accrue/distribution/detail/boost_policy.hpp>

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

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

#endif
