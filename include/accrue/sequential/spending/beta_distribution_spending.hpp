#pragma once

#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>

#include <string>

namespace accrue {

/// Spends a I_t(first, second), the distribution function of a beta variable with these shape parameters.
/// (Not "beta spending", which is spending the type II error on futility.) The mean of that variable, first /
/// (first + second), says where on the information axis the error is spent; both shapes 1 spend evenly, a t,
/// and (rho, 1) is `kim_demets{rho}`.
///
/// Anderson & Clark 2010, Stat Med 29:321-327.
struct beta_distribution_spending {
    double first;  ///< positive; above 1 spends little at the start
    double second; ///< positive; above 1 spends little towards the end

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "beta-distribution (" + detail::to_text(first) + ", " + detail::to_text(second) + ")";
    }

    /// \throws invalid_input unless both shapes are positive
    [[nodiscard]] double operator()(double const t, double const error) const {
        require_shapes();
        return error * detail::incomplete_beta(first, second, t);
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        require_shapes();
        return error *
               detail::probability_between(
                   from, to, [&](double const t) { return detail::incomplete_beta(first, second, t); },
                   [&](double const t) { return detail::incomplete_beta_complement(first, second, t); },
                   [&](double const t) { return detail::incomplete_beta_derivative(first, second, t); });
    }

  private:
    void require_shapes() const {
        detail::require_positive("first shape of beta_distribution_spending", first);
        detail::require_positive("second shape of beta_distribution_spending", second);
    }
};

} // namespace accrue
