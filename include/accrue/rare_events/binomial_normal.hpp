#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/name_of.hpp>
#include <accrue/rare_events/detail/binomial_count.hpp>
#include <accrue/rare_events/detail/either_way.hpp>
#include <accrue/rare_events/detail/fixed_intercept_pair.hpp>
#include <accrue/rare_events/detail/mixed_maximum.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/rare_events/detail/random_intercept_maximum.hpp>
#include <accrue/rare_events/mixed_pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace accrue {

namespace detail {

/// Calls `likelihood_of` for each report and names the trial that it refuses.
template <class Trial, class LikelihoodOf>
auto likelihoods(std::span<Trial const> const trials, LikelihoodOf const& likelihood_of) {
    require_not_empty("trials", trials.size());
    auto result = std::vector<std::decay_t<decltype(likelihood_of(trials.front()))>>{};
    result.reserve(trials.size());
    for_each_study(trials.size(), [&](std::size_t const i) { result.push_back(likelihood_of(trials[i])); });
    return result;
}

} // namespace detail

/// Given all its events, a trial's table has a noncentral hypergeometric distribution: the control risk has
/// gone, and no zero needs a correction. The best of the forms, and the default. Counts must be whole
/// numbers. Stijnen, Hamza & Özdemir 2010, Stat Med 29:3046-3067, doi:10.1002/sim.4040.
struct conditional_exact {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "conditional exact"; }

    template <real Real>
    [[nodiscard]] auto operator()(two_arms<basic_events<Real>> const& trial) const {
        return detail::noncentral_hypergeometric<Real>(trial);
    }
};

namespace detail {

/// Trials with events in two arms, which exact methods are for.
template <class Trials>
concept in_tables = contiguous<Trials> && std::invocable<conditional_exact const&, element_t<Trials> const&>;

} // namespace detail

/// Refuses an exact method for all but trials with events in two arms: `...` is its declarator, with `Trials`
/// for the type.
#define ACCRUE_REFUSE_ALL_BUT_TRIALS_IN_TABLES(...)                                                          \
    template <class Trials>                                                                                  \
        requires(!accrue::detail::in_tables<Trials>)                                                         \
    ACCRUE_REFUSED("exact methods take trials with events in two arms: not their estimates, nor other "      \
                   "reports",                                                                                \
                   __VA_ARGS__)

/// Given all its events, those under treatment are taken for binomial with the logit theta + ln(n1 / n2):
/// true of rare events alone, and faster where arms are very large. The effect is then as much a log risk
/// ratio as a log odds ratio. Stijnen, Hamza & Özdemir 2010, doi:10.1002/sim.4040.
struct conditional_approximate {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "conditional approximate"; }

    template <real Real>
    [[nodiscard]] auto operator()(two_arms<basic_events<Real>> const& trial) const {
        auto const& [treatment, control] = trial;
        detail::check(trial);
        return detail::binomial_count<Real>(treatment.count, treatment.count + control.count,
                                            log(Real(treatment.total / control.total)));
    }
};

/// Two binomial counts with an intercept for each trial, in the middle between its groups:
/// logit p = alpha_i ± theta_i / 2. The likelihood of k trials has k + 2 unknowns; each intercept is profiled
/// out by itself. With few events a trial, as many unknowns as data bias it away from no effect. Jackson,
/// Law, Stijnen, Viechtbauer & White 2018, Stat Med 37:1059-1085, doi:10.1002/sim.7588, model 4 with centred
/// groups.
struct fixed_intercepts {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "fixed intercepts"; }

    template <real Real>
    [[nodiscard]] auto operator()(two_arms<basic_events<Real>> const& trial) const {
        auto const& [treatment, control] = trial;
        detail::check(trial);
        using count = detail::binomial_count<Real>;
        return detail::fixed_intercept_pair<Real, count>(count(treatment.count, treatment.total, Real(0)),
                                                         count(control.count, control.total, Real(0)));
    }
};

/// Two binomial counts whose intercepts are drawn from a normal distribution as well, independent of the
/// effects: logit p = alpha_i ± theta_i / 2, alpha_i ~ N(a, s²). Four unknowns whatever the number of trials;
/// trials without events then say something of the risks, and risks of different trials are compared, which
/// randomisation does not cover. Jackson et al. 2018, doi:10.1002/sim.7588, model 5.
struct random_intercepts {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "random intercepts"; }

    template <real Real>
    [[nodiscard]] auto operator()(two_arms<basic_events<Real>> const& trial) const {
        auto const& [treatment, control] = trial;
        detail::check(trial);
        using count = detail::binomial_count<Real>;
        return detail::random_intercept_pair<Real>{count(treatment.count, treatment.total, Real(0)),
                                                   count(control.count, control.total, Real(0))};
    }
};

/// Pools log odds ratios of trials by the likelihood of their tables, with true effects theta_i ~ N(effect,
/// tau²):
///
///     L = product over trials of the integral of p(table | theta) phi(theta; effect, tau²) dtheta,
///
/// maximised over both. Nothing is estimated trial by trial, so that rare events neither need corrections of
/// zero cells nor bias the result as they do in inverse-variance methods; trials without events carry no
/// information and are counted as studies, nowhere else. The variance is from the observed information,
/// referred to the normal distribution. Integrals are by quadrature that adapts until digits stop changing;
/// for few events peers stop at two digits.
///
/// Not the method of choice everywhere: with few trials tau² is biased downwards, as by maximum likelihood,
/// and intervals are too narrow (doi:10.1186/s12874-018-0531-9). Where the result is `undefined`, all trials
/// that say anything have the fewest events that they can under treatment, or the most, and the odds ratio is
/// 0 or infinite: `exact_odds_ratio` gives the interval, open on one side; or the likelihood rises with tau²
/// without end. Exchanging the arms of all trials turns the sign of the effect and changes nothing else.
///
///     pool(binomial_normal{conditional_exact{}}, trials)
///
/// Also pools proportions of single groups, on the logit scale: `pool(binomial_normal{}, groups)`, as
/// `logit_proportion` does approximately.
template <class Form = conditional_exact>
struct binomial_normal {
    /// `conditional_exact{}`, `conditional_approximate{}`, `fixed_intercepts{}` or `random_intercepts{}`
    Form form{};

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "a binomial-normal model (" + name_of(form, "a form of its own") + ")";
    }

    /// \throws invalid_input when there is no trial, or one's counts are impossible; it names the trial
    template <real Real>
    [[nodiscard]] basic_mixed_pooled<Real>
    operator()(std::span<two_arms<basic_events<Real>> const> const trials) const {
        auto const way = detail::either_way<basic_events<Real>>(trials);
        return way.turned_result(pool_counts(way.trials()));
    }

    /// Single groups: the mean logit of their risks, whatever the form, which says how two groups are
    /// compared. `undefined` where no group, or every participant, has an event.
    ///
    /// \throws invalid_input when there is no group, or one's counts are impossible; it names the group
    template <real Real>
    [[nodiscard]] basic_mixed_pooled<Real>
    operator()(std::span<basic_events<Real> const> const groups) const {
        Real count(0);
        Real total(0);
        auto const studies = detail::likelihoods(groups, [&](basic_events<Real> const& group) {
            detail::check(group);
            count += group.count;
            total += group.total;
            return detail::binomial_count<Real>(group.count, group.total, Real(0));
        });
        Real const half = Real(1) / 2;
        Real const start = log(Real((count + half) / (total - count + half)));
        return detail::as_pooled(detail::maximise_mixed<Real>(studies, start, Real(1)), groups.size());
    }

    template <detail::contiguous Trials>
    ACCRUE_REFUSED(
        "models of trials are called by pool: pool(binomial_normal{}, trials)", operator()(Trials const&)
                                                                                    const);

  private:
    template <real Real>
    [[nodiscard]] basic_mixed_pooled<Real>
    pool_counts(std::span<two_arms<basic_events<Real>> const> const trials) const {
        auto const studies = detail::likelihoods(trials, form);
        if constexpr (std::is_same_v<Form, random_intercepts>) {
            Real treated(0), controls(0), others_treated(0), others_control(0);
            for (auto const& [treatment, control] : trials) {
                treated += treatment.count;
                controls += control.count;
                others_treated += treatment.total - treatment.count;
                others_control += control.total - control.count;
            }
            bool const open = treated > 0 && controls > 0 && others_treated > 0 && others_control > 0;
            if (!open) {
                return {detail::undefined_pooled<Real>(trials.size()), detail::not_a_number<Real>(), 0};
            }
            Real const logit = log(Real((treated + controls) / (others_treated + others_control)));
            return detail::as_pooled(detail::random_intercept_search<Real>(studies).run(logit),
                                     trials.size());
        } else {
            return detail::as_pooled(detail::maximise_mixed<Real>(studies, Real(0), Real(1)), trials.size());
        }
    }
};

template <class Form>
binomial_normal(Form) -> binomial_normal<Form>;

} // namespace accrue
