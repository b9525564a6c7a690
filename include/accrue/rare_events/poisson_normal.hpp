#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/error.hpp>
#include <accrue/rare_events/binomial_normal.hpp>
#include <accrue/rare_events/detail/binomial_count.hpp>
#include <accrue/rare_events/detail/either_way.hpp>
#include <accrue/rare_events/detail/fixed_intercept_pair.hpp>
#include <accrue/rare_events/detail/mixed_maximum.hpp>
#include <accrue/rare_events/mixed_pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

#include <concepts>
#include <span>
#include <string>

namespace accrue {

/// Pools log incidence rate ratios of trials by the likelihood of their events, with true effects
/// theta_i ~ N(effect, tau²). Given all events of a trial, those under treatment are binomial with the logit
/// theta + ln(time1 / time2), exactly: the rate under control has gone. Trials without events carry no
/// information. `fixed_intercepts{}` keeps both counts and a rate of its own for each trial; without
/// heterogeneity the two agree. Stijnen, Hamza & Özdemir 2010, Stat Med 29:3046-3067, doi:10.1002/sim.4040.
///
///     pool(poisson_normal{}, trials)
///
/// Also pools rates of single groups, on the log scale. Statuses and quadrature as of `binomial_normal`.
template <class Form = conditional_exact>
struct poisson_normal {
    static_assert(std::same_as<Form, conditional_exact> || std::same_as<Form, fixed_intercepts>,
                  "poisson_normal takes conditional_exact{} or fixed_intercepts{}");

    Form form{}; ///< `conditional_exact{}` or `fixed_intercepts{}`

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "a Poisson-normal model (" + Form::name() + ")"; }

    /// \throws invalid_input when there is no trial, or one's events or times are impossible; it names the
    /// trial
    template <real Real>
    [[nodiscard]] basic_mixed_pooled<Real>
    operator()(std::span<two_arms<basic_rate<Real>> const> const trials) const {
        auto const way = detail::either_way<basic_rate<Real>>(trials);
        return way.turned_result(pool_counts(way.trials()));
    }

    /// Single groups: the mean log rate. `undefined` where there is no event at all.
    ///
    /// \throws invalid_input when there is no group, or one's events or time are impossible; it names the
    /// group
    template <real Real>
    [[nodiscard]] basic_mixed_pooled<Real> operator()(std::span<basic_rate<Real> const> const groups) const {
        Real count(0);
        Real time(0);
        auto const studies = detail::likelihoods(groups, [&](basic_rate<Real> const& group) {
            detail::check(group);
            count += group.events;
            time += group.time;
            return detail::poisson_count<Real>(group.events, group.time);
        });
        return detail::as_pooled(
            detail::maximise_mixed<Real>(studies, log(Real((count + 1) / time)), Real(1)), groups.size());
    }

  private:
    template <real Real>
    [[nodiscard]] basic_mixed_pooled<Real>
    pool_counts(std::span<two_arms<basic_rate<Real>> const> const trials) const {
        auto const studies = detail::likelihoods(trials, [](two_arms<basic_rate<Real>> const& trial) {
            auto const& [treatment, control] = trial;
            detail::check(trial);
            if constexpr (std::same_as<Form, fixed_intercepts>) {
                using count = detail::poisson_count<Real>;
                return detail::fixed_intercept_pair<Real, count>(count(treatment.events, treatment.time),
                                                                 count(control.events, control.time));
            } else {
                return detail::binomial_count<Real>(treatment.events, treatment.events + control.events,
                                                    log(Real(treatment.time / control.time)));
            }
        });
        return detail::as_pooled(detail::maximise_mixed<Real>(studies, Real(0), Real(1)), trials.size());
    }
};

template <class Form>
poisson_normal(Form) -> poisson_normal<Form>;

} // namespace accrue
