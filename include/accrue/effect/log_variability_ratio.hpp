#pragma once

#include <accrue/arm.hpp>
#include <accrue/detail/effect/check_report.hpp>
#include <accrue/detail/effect/log_ratio.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/log_ratio_of_means.hpp>
#include <accrue/estimate.hpp>
#include <accrue/paired_arms.hpp>
#include <accrue/two_arms.hpp>

#include <type_traits>

namespace accrue {

/// Log ratio of standard deviations, treatment over control: does treatment change how much participants vary
/// (Nakagawa et al. 2015, doi:10.1111/2041-210X.12309)?
///
///     effect = ln(s1/s2) + 1/(2(n1-1)) - 1/(2(n2-1)),   variance = 1/(2(n1-1)) + 1/(2(n2-1)).
///
/// The two small terms make each log SD unbiased. Negative when treatment makes participants more alike;
/// `back_transform` gives the ratio of SDs. The means play no part. Assumes normal outcomes. Of participants
/// measured twice (`paired_arms`): ln(s1/s2) with variance (1 - r²)/(n-1).
///
/// Throws `invalid_input` for an arm that is not valid.
struct log_variability_ratio {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        auto const& [treatment, control] = trial;
        Real const first = 1 / (2 * (treatment.n - 1));
        Real const second = 1 / (2 * (control.n - 1));
        Real const bias = 2 * first * second * (control.n - treatment.n); // first - second
        return {detail::log_ratio(treatment.sd, control.sd) + bias, first + second};
    }

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        detail::check(study);
        Real const& r = study.correlation.value();
        return {detail::log_ratio(study.treatment.sd, study.control.sd), (1 - r) * (1 + r) / (study.n - 1)};
    }

    static constexpr exponential_back_transform back_transform{};
};

/// Log ratio of coefficients of variation s/x̄, treatment over control: the change in spread that is left when
/// the spread grows in proportion to the mean (Nakagawa et al. 2015, doi:10.1111/2041-210X.12309).
///
///     effect = lnVR - lnRR,   variance = var(lnVR) + var(lnRR),
///
/// with lnVR the `log_variability_ratio` and lnRR the `log_ratio_of_means` of the order given (metafor before
/// version 5: `first_order`; since: `bias_corrected`). Negative when treatment makes participants more alike
/// relative to their mean; `back_transform` gives the ratio. Takes two arms, or participants measured twice.
///
/// Throws `invalid_input` when the ratio of the means is not positive, or an arm is not valid.
template <class Order = first_order>
struct log_coefficient_of_variation_ratio {
    Order order{};

    template <class Trial>
    requires requires(Trial const& trial) { log_ratio_of_means<Order>{}(trial); }
    [[nodiscard]] auto operator()(Trial const& trial) const {
        auto const spread = log_variability_ratio{}(trial);
        auto const means = log_ratio_of_means<Order>{order}(trial);
        return std::remove_const_t<decltype(spread)>{spread.effect - means.effect,
                                                     spread.variance + means.variance};
    }

    static constexpr exponential_back_transform back_transform{};
};

log_coefficient_of_variation_ratio()->log_coefficient_of_variation_ratio<>;
template <class Order>
log_coefficient_of_variation_ratio(Order) -> log_coefficient_of_variation_ratio<Order>;

} // namespace accrue
