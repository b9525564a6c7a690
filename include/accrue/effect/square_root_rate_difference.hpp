#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Difference of the square roots of two incidence rates, treatment minus control.
///
///     effect = √(x1/t1) - √(x2/t2),   variance = 1/(4 t1) + 1/(4 t2).
///
/// The root stabilises a Poisson variance, as the arcsine does a binomial one: the variance depends on the
/// times alone, and zero counts need no correction and get none. Negative when treatment makes events rarer.
/// Throws `invalid_input` for reports that are not valid.
struct square_root_rate_difference {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_rate<Real>> const& trial) const {
        detail::check(trial);
        auto const& [treatment, control] = trial;
        // √p - √q = (p - q)/(√p + √q), with p = x1 t2 and q = x2 t1 over t1 t2.
        Real const sum =
            sqrt(treatment.events) * sqrt(control.time) + sqrt(control.events) * sqrt(treatment.time);
        Real const difference =
            detail::difference_of_products(treatment.events, control.time, control.events, treatment.time);
        Real const effect =
            sum > 0 ? Real(difference / sum / sqrt(treatment.time) / sqrt(control.time)) : Real(0);
        return {effect, (1 / treatment.time + 1 / control.time) / 4};
    }

    static constexpr identity_back_transform back_transform{};
};

} // namespace accrue
