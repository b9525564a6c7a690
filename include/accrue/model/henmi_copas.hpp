#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace accrue {

/// The result of `henmi_copas`. Its statistic has a distribution of its own, which depends on the variances:
/// intervals and p-values come from `confidence_interval` and `p_value` as for other results.
template <real Real>
struct basic_henmi_copas_pooled {
    Real effect;           ///< the common-effect mean, on the analysis scale
    Real variance;         ///< (tau² w2/w1 + 1) / w1, w1 = sum 1/v, w2 = sum 1/v²
    Real tau_squared;      ///< the DerSimonian-Laird estimate
    std::size_t k;         ///< number of studies
    accrue::status status; ///< that of the tau² estimate

    /// Moments of Cochran's Q given the standardised mean z, each base + slope z², and what else the
    /// distribution of the statistic depends on.
    struct conditional_moments {
        Real deviation; ///< of sqrt(w1) (effect - truth): sqrt(1 + tau² w2/w1)
        Real mean_base;
        Real mean_slope;
        Real variance_base;
        Real variance_slope;
        Real room; ///< w1²/w2 - 1
    } q;
};

using henmi_copas_pooled = basic_henmi_copas_pooled<double>;

/// The model of Henmi and Copas: the common-effect mean, which small studies can't dominate, with a variance
/// and reference distribution that allow for heterogeneity.
///
///     effect = sum(y/v) / sum(1/v),   variance = (tau² w2/w1 + 1) / w1,   tau² by DerSimonian and Laird.
///
/// It is robust against small studies being missing when their results disappoint: random-effects weights
/// grow more equal as tau² grows, and then such studies count nearly as much as large ones. The price is a
/// larger variance where none are missing.
///
/// The statistic effect / standard error is not normal, because tau² is estimated from the same studies. Its
/// distribution follows from that of Q given the mean, taken as gamma with the exact conditional mean and
/// variance; with one study it is normal.
///
/// Henmi & Copas 2010, Stat Med 29:2969-2983, doi:10.1002/sim.4029.
struct henmi_copas {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Henmi and Copas's model"; }

    template <evidence_with_mean Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const
        -> basic_henmi_copas_pooled<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        auto const fit = inverse_variance_fit(studies, Real(0));
        auto const between = dersimonian_laird{}(studies);
        Real const t = between.value / fit.unit;
        Real const degrees_of_freedom = detail::from_count<Real>(fit.degrees_of_freedom());
        Real const mean_weight = fit.squared_weights / fit.weights;
        // All from sums of positive terms: differences of the fit's would cancel under a study with nearly
        // all the weight.
        auto const traces =
            detail::weighted_studies(studies, detail::relative_weight_at(studies, Real(0))).residual_maker();
        Real const trace = traces.trace();
        // With P the residual maker and V the variances: w'Pw and (Pw)'V(Pw), in relative weights.
        Real const spread = traces.sum_with_excess(
            [](Real const& u, Real const& excess) -> Real { return u * detail::square(excess); });
        Real const through = spread + t * traces.sum_with_excess([](Real const& u, Real const& excess) {
            return detail::square(Real(u * excess));
        });
        Real const inflation = 1 + t * mean_weight;
        Real const slope = t * t * spread / (fit.weights * inflation);
        Real const cross = t * t * through / (fit.weights * inflation);
        auto result =
            basic_henmi_copas_pooled<Real>{fit.mean,
                                           inflation * fit.variance(),
                                           between.value,
                                           fit.k,
                                           between.status,
                                           {sqrt(inflation), degrees_of_freedom + t * trace - slope, slope,
                                            2 * (degrees_of_freedom + 2 * t * trace +
                                                 t * t * traces.squared_trace() - 2 * cross + slope * slope),
                                            4 * (cross - slope * slope), trace / mean_weight}};
        bool const has_distribution = detail::is_finite(result.q.mean_base + result.q.variance_base) &&
                                      detail::is_finite(result.q.mean_slope + result.q.variance_slope);
        if (!has_distribution && result.status == status::ok) {
            result.status = status::undefined;
        }
        return result;
    }

    /// Each study's share in the pooled effect; the shares add up to 1.
    template <real Real>
    [[nodiscard]] std::vector<Real> weights(study_evidence<Real> const& studies) const {
        return detail::with_weights(studies, inverse_variance_weights{}).shares();
    }
};

namespace detail {

/// P(statistic > u) for u > 0 in the null distribution of Henmi and Copas. The statistic exceeds u when Q is
/// small enough for the estimated variance, so that it is an integral over the standardised mean z, from
/// z = u / deviation on: of the normal density of z times P(Q <= f(z)) given z, where
///
///     f(z) = k - 1 + ((z deviation / u)² - 1) (w1²/w2 - 1)
///
/// is the Q at which the estimated variance makes the statistic of this z equal to u.
///
/// The integral is in units of the density where it begins, `unit_z`, so that its logarithm never underflows.
template <real Real>
struct henmi_copas_integral {
    Real unit_z;
    Real in_units;

    [[nodiscard]] Real probability() const { return in_units * basic_normal<Real>::density(unit_z); }
    [[nodiscard]] Real logarithm() const {
        return log(in_units) - unit_z * unit_z / 2 - log(Real(8 * atan(Real(1)))) / 2;
    }
};

template <real Real>
[[nodiscard]] henmi_copas_integral<Real> integrate_henmi_copas(basic_henmi_copas_pooled<Real> const& result,
                                                               Real const& u) {
    auto const& q = result.q;
    Real const start = u / q.deviation;
    Real const least = from_count<Real>(result.k - 1);
    // by the distance from the start
    auto const integrand = [&](Real const& distance) -> Real {
        Real const z = start + distance;
        Real const mean = q.mean_base + q.mean_slope * z * z;
        Real const variance = q.variance_base + q.variance_slope * z * z;
        Real const limit = least + distance / start * (2 + distance / start) * q.room;
        return lower_gamma(Real(mean * mean / variance), Real(limit * mean / variance)) *
               exp(Real(-distance * (start + distance / 2)));
    };
    // The end is where the density is below 1e-340 of that at the start. Far out it falls within 1 / start.
    Real const end = start > 20 ? Real(800 / start) : Real(40);
    Real const tolerance = sqrt(std::numeric_limits<Real>::epsilon()) / 100;
    Real total(0);
    Real lower(0);
    for (Real width = start > 1 ? Real(1 / start) : Real(1); lower < end; width = 2 * width) {
        Real const upper = lower + width;
        total += adaptive_integral(function_view<Real, Real>(integrand), lower, upper, 12, tolerance);
        lower = upper;
    }
    return {start, total};
}

/// Whether the statistic is normal: of one study, or where Q says nothing of the variance.
template <real Real>
[[nodiscard]] bool is_normal(basic_henmi_copas_pooled<Real> const& result) {
    return result.k < 2 || !(result.q.room > 0);
}

template <real Real>
[[nodiscard]] Real henmi_copas_tail(basic_henmi_copas_pooled<Real> const& result, Real const& u) {
    if (result.status == status::undefined) {
        return not_a_number<Real>();
    }
    return is_normal(result) ? basic_normal<Real>::survival(u)
                             : integrate_henmi_copas(result, u).probability();
}

} // namespace detail

/// effect / standard error.
template <real Real>
[[nodiscard]] Real test_statistic(basic_henmi_copas_pooled<Real> const& result) {
    return result.effect / sqrt(result.variance);
}

/// The two-sided p-value of no effect, from the statistic's own distribution.
template <real Real>
[[nodiscard]] Real p_value(basic_henmi_copas_pooled<Real> const& result) {
    Real const statistic = test_statistic(result);
    Real const size = detail::magnitude(statistic);
    return size <= 0 ? Real(1) : Real(2 * detail::henmi_copas_tail(result, size));
}

/// The natural logarithm of that p-value, which does not underflow.
template <real Real>
[[nodiscard]] Real log_p_value(basic_henmi_copas_pooled<Real> const& result) {
    Real const statistic = test_statistic(result);
    Real const size = detail::magnitude(statistic);
    if (result.status == status::undefined) {
        return detail::not_a_number<Real>();
    }
    if (size <= 0) {
        return Real(0);
    }
    return log(Real(2)) + (detail::is_normal(result)
                               ? basic_normal<Real>::log_survival(size)
                               : detail::integrate_henmi_copas(result, size).logarithm());
}

/// The confidence interval effect ± u SE, u the quantile of the statistic's own distribution.
///
/// \throws invalid_input unless 0 < level < 1
template <real Real>
[[nodiscard]] basic_interval<Real> confidence_interval(basic_henmi_copas_pooled<Real> const& result,
                                                       double const level) {
    detail::require_between_0_and_1("level", level);
    if (result.status == status::undefined) {
        return {detail::not_a_number<Real>(), detail::not_a_number<Real>()};
    }
    Real const tail = (1 - Real(level)) / 2;
    auto const excess = [&](Real const& log_u) -> Real {
        // Far beyond the quantile the probability underflows: a search must not meet log 0.
        Real const least = (std::numeric_limits<Real>::min)();
        Real const probability = detail::henmi_copas_tail(result, Real(exp(log_u)));
        return log(Real(probability < least ? least : probability)) - log(tail);
    };
    Real const start = log(basic_normal<Real>::upper_quantile(tail));
    Real const quantile = exp(detail::falling_root(excess, start, Real(0.5), {Real(1)}).value);
    Real const half_width = quantile * sqrt(result.variance);
    return {result.effect - half_width, result.effect + half_width};
}

template <real Real, class... Rest>
ACCRUE_REFUSED("henmi_copas has no prediction interval: take one of random_effects",
               prediction_interval(basic_henmi_copas_pooled<Real> const&, double, Rest const&...));

} // namespace accrue
