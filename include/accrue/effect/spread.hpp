#pragma once

#include <accrue/effect/detail/pooled_sd.hpp>
#include <accrue/real.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Whose SD stands for a group's in the variance of a measure: `separate_sds` or `pooled_sds`, called with a
/// trial.
///
/// Each group's variance is estimated by its own SD. The usual choice (RevMan, Stata; metafor "LS").
struct separate_sds {
    template <real Real>
    [[nodiscard]] two_arms<basic_arm<Real>> operator()(two_arms<basic_arm<Real>> const& trial) const {
        return trial;
    }
};

/// Both groups share one variance, sp² = ((n1-1) s1² + (n2-1) s2²)/(n1+n2-2), as in Student's t test (metafor
/// "HO"): the trial with both SDs replaced by sp.
struct pooled_sds {
    template <real Real>
    [[nodiscard]] two_arms<basic_arm<Real>> operator()(two_arms<basic_arm<Real>> const& trial) const {
        Real const sd = detail::pooled_sd(trial.treatment, trial.control);
        return {{trial.treatment.n, trial.treatment.mean, sd}, {trial.control.n, trial.control.mean, sd}};
    }
};

} // namespace accrue
