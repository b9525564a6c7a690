#pragma once

#include <accrue/arm.hpp>
#include <accrue/detail/effect/check_report.hpp>
#include <accrue/detail/effect/pooled_sd.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/estimate.hpp>
#include <accrue/two_arms.hpp>

namespace accrue {

/// Each group keeps its own variance: s1²/n1 + s2²/n2. The usual choice (RevMan, Stata, metafor "LS").
struct unequal_variances {
    template <real Real>
    [[nodiscard]] Real operator()(basic_arm<Real> const& treatment, basic_arm<Real> const& control) const {
        return treatment.sd * treatment.sd / treatment.n + control.sd * control.sd / control.n;
    }
};

/// Both groups share one variance, estimated from both: sp² (1/n1 + 1/n2) with
/// sp² = ((n1-1) s1² + (n2-1) s2²) / (n1+n2-2), as in Student's t test (metafor "HO").
struct pooled_variance {
    template <real Real>
    [[nodiscard]] Real operator()(basic_arm<Real> const& treatment, basic_arm<Real> const& control) const {
        Real const sd = detail::pooled_sd(treatment, control);
        return sd * sd * (1 / treatment.n + 1 / control.n);
    }
};

/// Difference of means, treatment minus control, in the outcome's units.
///
/// effect = x̄1 - x̄2, variance by `Variance` (`unequal_variances` or `pooled_variance`). Positive when
/// treatment has the larger mean; whether that is good depends on the outcome. All studies must have measured
/// the outcome on one scale; when they did not, use `standardized_mean_difference`.
///
/// Throws `invalid_input` for an arm that is not valid (n below 2, SD not positive, anything not finite).
template <class Variance = unequal_variances>
struct mean_difference {
    Variance variance{};

    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_arm<Real>> const& trial) const {
        detail::check(trial);
        return {trial.treatment.mean - trial.control.mean, variance(trial.treatment, trial.control)};
    }

    static constexpr identity_back_transform back_transform{};
};

mean_difference()->mean_difference<>;
template <class Variance>
mean_difference(Variance) -> mean_difference<Variance>;

} // namespace accrue
