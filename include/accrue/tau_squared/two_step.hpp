#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/name_of.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// The two-step moment estimator of tau²: the generalised Q with weights 1 / (v + t1), where t1 is the
/// estimate of another estimator. `two_step{dersimonian_laird{}}` (also called DL2) and
/// `two_step{hedges_olkin{}}` come close to `paule_mandel`, which repeats the step until it changes nothing.
///
/// DerSimonian & Kacker 2007, Contemp Clin Trials 28:105-114, doi:10.1016/j.cct.2006.04.004.
template <class First = dersimonian_laird>
struct two_step {
    First first{}; ///< evidence -> tau² of the first step

    /// How it is called in reports.
    [[nodiscard]] std::string name() const { return "two-step " + name_of(first, "estimator"); }

    template <evidence Evidence>
        requires tau_squared_estimator_for<First, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        auto const start = first(studies);
        auto const weights = detail::relative_weight_at(studies, start.value);
        int iterations = 0;
        if constexpr (requires { start.iterations; }) {
            iterations = start.iterations;
        }
        return detail::moment_estimate(detail::make_quadratic_form(studies, weights).excess(), iterations,
                                       start.status);
    }

    /// The standard error of the estimate at tau² for normal effects, with the first step's weights taken as
    /// known.
    template <evidence Evidence>
        requires tau_squared_estimator_for<First, Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        auto const weights = detail::relative_weight_at(studies, first(studies).value);
        return detail::moment_standard_error(studies, weights, tau_squared);
    }
};

template <class First>
two_step(First) -> two_step<First>;

} // namespace accrue
