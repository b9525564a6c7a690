#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/rare_events/binomial_normal.hpp>
#include <accrue/rare_events/detail/either_way.hpp>
#include <accrue/rare_events/detail/event_sum.hpp>
#include <accrue/rare_events/detail/log_odds_root.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <iterator>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace accrue {

/// The common odds ratio by conditional maximum likelihood, on the log scale. Given the margins of all
/// tables, the events under treatment in all trials together have a distribution of the odds ratio alone,
/// exactly; the estimate is where they are expected to be as many as they are. Its variance is one over that
/// of the events there. Trials without events say nothing, and need no correction.
///
/// Where the events are the fewest that the margins allow, or the most, the estimate is infinite, and the
/// result is `undefined`; `exact_interval` is then open on one side and still says what the data rule out.
/// Heterogeneity is not allowed for: `binomial_normal`. Gart 1970, Biometrika 57:471-475,
/// doi:10.1093/biomet/57.3.471.
struct exact_odds_ratio {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "conditional maximum likelihood of one odds ratio"; }

    /// \throws invalid_input when there is no trial, or one's counts are not whole or impossible; it names
    /// the trial
    template <real Real>
    [[nodiscard]] basic_pooled<Real>
    operator()(std::span<two_arms<basic_events<Real>> const> const trials) const {
        auto const way = detail::either_way<basic_events<Real>>(trials);
        auto const all = detail::event_sum<Real>(detail::likelihoods(way.trials(), conditional_exact{}));
        if (!all.is_informative() || all.is_lowest() || all.is_highest()) {
            return detail::undefined_pooled<Real>(trials.size());
        }
        Real const effect = all.matching(all.observed(), Real(0));
        return {way.turned(effect),
                1 / all.moments_at(effect).variance,
                Real(0),
                detail::infinity<Real>(),
                trials.size(),
                status::ok};
    }
};

/// Tail probabilities that count the events observed in full: intervals have at least their coverage, tests
/// at most their error, whatever the data.
struct exact_tails {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& beyond, Real const& observed) const {
        return beyond + observed;
    }
};

/// Tail probabilities that count the events observed by half: intervals and tests that have their coverage
/// and error on average rather than at least, and are narrower. Lancaster 1961, J Am Stat Assoc 56:223-234,
/// doi:10.2307/2282247.
struct mid_p_tails {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& beyond, Real const& observed) const {
        return beyond + observed / 2;
    }
};

namespace detail {

/// The trials' tables together, with their arms one way round or the other.
template <class Trials>
struct all_trials {
    using Trial = std::remove_cvref_t<decltype(*std::data(std::declval<Trials const&>()))>;
    using Arm = std::remove_cvref_t<decltype(std::declval<Trial>().treatment)>;

    explicit all_trials(Trials const& trials)
        : way(std::span<Trial const>(std::data(trials), std::size(trials))),
          tables(likelihoods(way.trials(), conditional_exact{})) {}

    /// The log odds ratio of the trials that way round. Beyond 1e290 it is no different, and its product with
    /// a number of events would overflow.
    template <class Real>
    [[nodiscard]] Real turned(double const theta) const {
        return way.turned(Real(theta > 1e290 ? 1e290 : theta < -1e290 ? -1e290 : theta));
    }

    either_way<Arm> way;
    event_probabilities<std::remove_cvref_t<decltype(std::declval<Arm>().count)>> tables;
};

} // namespace detail

/// The interval of a common log odds ratio whose limits are where the tail beyond the observed events has
/// probability (1 - level) / 2: with `exact_tails` that of Cornfield and Gart, with `mid_p_tails` the mid-p
/// interval. Open towards minus or plus infinity where the events are the fewest or the most that the margins
/// allow, and everything where no trial says anything.
///
///     exact_interval(mid_p_tails{}, trials, 0.95)
///
/// Gart 1970, doi:10.1093/biomet/57.3.471.
///
/// \throws invalid_input unless 0 < level < 1, when there is no trial, or one's counts are not whole or
/// impossible
template <class Tails, detail::in_tables Trials>
[[nodiscard]] auto exact_interval(Tails const& tails, Trials const& trials, double const level) {
    detail::require_between_0_and_1("level", level);
    auto const looked_at = detail::all_trials<Trials>(trials);
    auto const& all = looked_at.tables;
    using Real = std::remove_cvref_t<decltype(all.observed())>;
    Real const share = (1 - Real(level)) / 2;
    auto result = basic_interval<Real>{-detail::infinity<Real>(), detail::infinity<Real>()};
    if (!all.is_lowest()) {
        result.lower = detail::log_odds_root<Real>([&](Real const& theta) {
            auto const at = all.tails_at(theta);
            return Real(share - tails(at.above, at.observed));
        });
    }
    if (!all.is_highest()) {
        result.upper = detail::log_odds_root<Real>([&](Real const& theta) {
            auto const at = all.tails_at(theta);
            return Real(tails(at.below, at.observed) - share);
        });
    }
    result = detail::in_order(result);
    return looked_at.way.exchanged() ? basic_interval<Real>{Real(-result.upper), Real(-result.lower)}
                                     : result;
}

/// The exact two-sided p-value of a common odds ratio of e^theta: the probability of all events under
/// treatment that are no more probable than those observed; for theta = 0 that of R's `mantelhaen.test(exact
/// = TRUE)`, and of Fisher's exact test where there is one trial. 1 where no trial says anything.
///
/// \throws invalid_input when there is no trial, one's counts are not whole or impossible, or theta is not
/// finite
template <detail::in_tables Trials>
[[nodiscard]] auto exact_p_value(Trials const& trials, double const theta = 0) {
    detail::require_finite("theta", theta);
    auto const looked_at = detail::all_trials<Trials>(trials);
    auto const& all = looked_at.tables;
    using Real = std::remove_cvref_t<decltype(all.observed())>;
    return all.probability_of_unlikely(looked_at.template turned<Real>(theta));
}

/// The two-sided p-value that is twice the smaller of the two tails, at most 1:
/// `tailed_p_value(mid_p_tails{}, trials)`. It agrees with `exact_interval`: below 1 - level where the
/// interval leaves out theta.
///
/// \throws invalid_input as `exact_p_value`
template <class Tails, detail::in_tables Trials>
[[nodiscard]] auto tailed_p_value(Tails const& tails, Trials const& trials, double const theta = 0) {
    detail::require_finite("theta", theta);
    auto const looked_at = detail::all_trials<Trials>(trials);
    auto const& all = looked_at.tables;
    using Real = std::remove_cvref_t<decltype(all.observed())>;
    auto const at = all.tails_at(looked_at.template turned<Real>(theta));
    Real const above = tails(at.above, at.observed);
    Real const below = tails(at.below, at.observed);
    Real const twice = 2 * (above < below ? above : below);
    return twice < 1 ? twice : Real(1);
}

ACCRUE_REFUSE_ALL_BUT_TRIALS_IN_TABLES(exact_interval(auto const&, Trials const&, double));
ACCRUE_REFUSE_ALL_BUT_TRIALS_IN_TABLES(exact_p_value(Trials const&, auto const&...));
ACCRUE_REFUSE_ALL_BUT_TRIALS_IN_TABLES(tailed_p_value(auto const&, Trials const&, auto const&...));
ACCRUE_REFUSED("tails and a level are needed: exact_interval(mid_p_tails{}, trials, 0.95)",
               exact_interval(auto const&, auto const&));

} // namespace accrue
