#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/sd_of_difference.hpp>
#include <accrue/effect/spread.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/paired_arms.hpp>
#include <accrue/report/two_arms.hpp>

#include <concepts>

namespace accrue {

/// The squared coefficients of variation of the two means, u = s²/(n x̄²), of which bias and variance of a log
/// ratio of means are made.
template <real Real>
struct basic_relative_variances {
    Real treatment;
    Real control;
};

/// No bias correction, variance u1 + u2 (Hedges, Gurevitch & Curtis 1999). metafor's default before
/// version 5.
struct first_order {
    template <real Real>
    [[nodiscard]] Real bias(basic_relative_variances<Real> const&) const {
        return Real(0);
    }
    template <real Real>
    [[nodiscard]] Real extra_variance(basic_relative_variances<Real> const&) const {
        return Real(0);
    }
};

/// Adds the second-order term (u1 - u2)/2 to the effect, which is biased when the groups' precision differs
/// (Lajeunesse 2015, doi:10.1890/14-2402.1, eq. 8). metafor's default since version 5.
struct bias_corrected : first_order {
    template <real Real>
    [[nodiscard]] Real bias(basic_relative_variances<Real> const& u) const {
        return (u.treatment - u.control) / 2;
    }
};

/// Adds the second-order terms to the effect and, (u1² + u2²)/2, to the variance (Lajeunesse 2015, eqs. 8, 9;
/// metafor "LS2"). For two independent groups.
struct second_order : bias_corrected {
    template <real Real>
    [[nodiscard]] Real extra_variance(basic_relative_variances<Real> const& u) const {
        return (u.treatment * u.treatment + u.control * u.control) / 2;
    }
};

namespace detail {

template <real Real>
void require_positive_ratio(Real const& treatment, Real const& control) {
    bool const of_one_sign = (treatment > 0 && control > 0) || (treatment < 0 && control < 0);
    require(of_one_sign, "ratio of the means", "positive (both means of one sign)",
            Real(treatment / control));
}

} // namespace detail

/// Log ratio of means ("response ratio"), treatment over control (Hedges, Gurevitch & Curtis 1999,
/// doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2).
///
///     effect = ln(x̄1/x̄2),   variance = s1²/(n1 x̄1²) + s2²/(n2 x̄2²).
///
/// For outcomes with a true zero (counts, amounts, durations), where it has no units and needs no SD to be
/// pooled in. Negative when treatment has the smaller mean; `back_transform` gives the ratio. `Order` is
/// `first_order`, `bias_corrected` or `second_order`; `Spread` is `separate_sds` or `pooled_sds`.
///
/// Of participants measured twice (`paired_arms`) the variance is (c1² + c2² - 2 r c1 c2)/n, with c = s/x̄.
///
/// Throws `invalid_input` when the ratio is not positive, or an arm is not valid.
template <class Order = first_order, class Spread = separate_sds>
struct log_ratio_of_means {
    Order order{};
    Spread spread{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        auto const [treatment, control] = spread(trial);
        detail::require_positive_ratio(treatment.mean, control.mean);
        basic_relative_variances<Real> const u{detail::square(Real(treatment.sd / treatment.mean)) /
                                                   treatment.n,
                                               detail::square(Real(control.sd / control.mean)) / control.n};
        return {detail::log_ratio(treatment.mean, control.mean) + order.bias(u),
                u.treatment + u.control + order.extra_variance(u)};
    }

    template <real Real>
        requires(!std::same_as<Order, second_order>)
    [[nodiscard]] basic_estimate<Real> operator()(basic_paired_arms<Real> const& study) const {
        detail::check(study);
        auto const& [n, treatment, control, r] = study;
        detail::require_positive_ratio(treatment.mean, control.mean);
        Real const c1 = treatment.sd / treatment.mean;
        Real const c2 = control.sd / control.mean;
        Real const c1_minus_c2 =
            c2 * detail::excess_of_products(treatment.sd, control.mean, treatment.mean, control.sd);
        basic_relative_variances<Real> const u{c1 * c1 / n, c2 * c2 / n};
        return {detail::log_ratio(treatment.mean, control.mean) + order.bias(u),
                detail::variance_of_difference<Real>(c1, c2, c1_minus_c2, r.value()) / n};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class Order, class Spread = separate_sds>
log_ratio_of_means(Order, Spread = {}) -> log_ratio_of_means<Order, Spread>;

} // namespace accrue
