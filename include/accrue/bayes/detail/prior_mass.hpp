#pragma once

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/detail/tau_quadrature.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <vector>

namespace accrue::detail {

/// The integral of a prior of tau as far as numbers reach: 1 of one that is proper, less of one with tails
/// beyond; 1 of `point_prior`.
///
/// \param scale a tau to begin at where the prior does not say what is typical of it
[[nodiscard]] inline double prior_mass(any_heterogeneity_prior const& prior, double const scale) {
    if (prior.known()) {
        return 1;
    }
    double const typical = prior.typical();
    double const start = typical > 0 && is_finite(typical) ? typical : scale;
    (void)prior(start); // lets the prior refuse its options
    require(prior.largest() > 0, "largest tau of the prior", "positive", prior.largest());
    double const end = is_finite(prior.largest()) ? std::log(prior.largest()) : infinity<double>();
    auto const found = tau_quadrature<double>([&](double const u) { return prior(std::exp(u)) + u; },
                                              std::vector<double>{std::log(start)}, end);
    return found.integral[0] * std::exp(found.log_scale);
}

} // namespace accrue::detail
