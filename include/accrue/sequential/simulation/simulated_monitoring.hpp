#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/monitoring/monitored_review.hpp>
#include <accrue/sequential/monitoring/monitoring_rule.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/simulation/detail/simulated_stops.hpp>
#include <accrue/sequential/simulation/detail/statistic_table.hpp>
#include <accrue/sequential/simulation/executor.hpp>
#include <accrue/sequential/simulation/normal_null.hpp>
#include <accrue/sequential/simulation/null_scenario.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <variant>
#include <vector>

namespace accrue {

/// A monitoring rule that spends the error by simulation, so that it holds for the statistic that is really
/// used:
///
///     design.boundaries = simulated_monitoring{};
///
/// Boundaries of group sequential theory are exact for an estimate of known variance with independent
/// increments. A random-effects meta-analysis has neither, and the actual error may be twice the nominal one
/// (docs/actual-error.md). Here many reviews without an effect are drawn with the trials' own variances, and
/// are pooled at the review's looks by the review's own model. With f the spending function, t_k the
/// information fractions, the boundary b_k is the smallest for which, for every scenario of the null (every
/// tau² of its grid),
///
///     share of simulated reviews that have crossed by look k <= f(t_k),
///
/// so that what an earlier look left unspent is carried on. Later trials are never needed: adding one leaves
/// the earlier boundaries as they were, to the last bit. It works with any model that pools estimates or,
/// with `binary_null`, 2x2 tables, any error, spending function, schedule and scale of information; a poor
/// scale costs power, not error. So the model can be chosen for its power:
/// `random_effects{dersimonian_laird{}}` or the same with `hartung_knapp_floored`.
///
/// Each direction spends its own share: `two_sided{0.05}` 0.025 in each. Where a null is symmetric the two
/// boundaries mirror each other; otherwise they differ.
///
/// Stopping for futility (`sequential_design::futility`) is simulated too, by reviews whose mean effect is
/// the anticipated one: at every tau² of the null at most g(t_k) of them, g the type II spending function,
/// stop for futility by look k, before the final look, at which all do that have not succeeded; with an
/// `asymmetric` error those that lie between harm and futility. Binding boundaries also stop reviews without
/// an effect, which lowers those for success; otherwise the rule of `futility` makes no difference.
///
/// What is promised: by look k the error is at most f(t_k) in each scenario of the null, except for Monte
/// Carlo error. What a scenario doesn't say (skewed effects, other variances, information that depends on
/// the results as `model_information` does) is not covered. The boundaries of looks to come are those of
/// group sequential theory, as planning values, since nothing is known of their trials.
///
/// Takes about 0.1 µs for each look of each replicate and tau², and 4 bytes of memory; with a model of tables
/// what pooling them takes (`mantel_haenszel` 0.2 µs, `binomial_normal` milliseconds: ask for few
/// replicates).
struct simulated_monitoring {
    any_null null = normal_null{}; ///< `normal_null`, `binary_null`, or your own
    /// Simulated reviews per scenario. Shares below about 6 in this number spend nothing until later looks.
    std::size_t replicates = 50'000;
    std::uint64_t seed = 1; ///< the same seed, the same boundaries, on any number of threads
    /// Monte Carlo standard errors, sqrt(p (1 - p) / replicates), to stay below what may be spent.
    double standard_errors = 2;
    executor run = in_this_thread{}; ///< or `on_threads{}`, from <accrue/sequential/parallel.hpp>
    /// Called now and then with the share done, 0 to 1; by any of the threads, but never by two at once.
    std::function<void(double)> progress = {};

    /// \throws invalid_input when the model pools neither estimates nor tables, there are no replicates, the
    ///   null has no scenario or is unusable, or an error is; and what `progress` throws
    [[nodiscard]] monitoring_boundaries operator()(monitored_review const& review) const;
};

namespace detail {

/// The state of spending by simulation from look to look.
class simulated_spending {
  public:
    simulated_spending(simulated_monitoring const& rule, monitored_review const& review,
                       std::span<null_scenario const> const scenarios)
        : rule_(rule), review_(review), scenarios_(scenarios),
          sign_(review.design.information.effect < 0 ? -1.0F : 1.0F), spent_lower_(scenarios.size()),
          spent_upper_(scenarios.size()), spent_futility_(scenarios.size()) {
        auto const& error = review.design.error;
        if (auto const* const sides = std::get_if<asymmetric>(&error)) {
            sides->validate();
            lower_ = allowed(sides->lower);
            upper_ = allowed(sides->upper);
        } else if (auto const* const side = std::get_if<one_sided>(&error)) {
            (sign_ < 0 ? lower_ : upper_) = allowed(side->per_side());
        } else {
            double const per_side = std::get<two_sided>(error).per_side();
            mirrored_ = std::all_of(scenarios.begin(), scenarios.end(),
                                    [](null_scenario const& scenario) { return scenario.symmetric; });
            if (mirrored_) {
                auto both = cumulative(review.design.spending, per_side);
                for (auto& share : both) {
                    share *= 2;
                }
                both_ = allowed_stops(both, rule.replicates, rule.standard_errors);
            } else {
                lower_ = upper_ = allowed(per_side);
            }
        }
        if (auto const& stop = review.design.futility) {
            futility_ = allowed_stops(cumulative(stop->spending(), stop->error()), rule.replicates,
                                      rule.standard_errors);
        }
    }

    monitoring_boundaries run() {
        auto done = progress_of(futility_.empty() ? 1 : 2);
        auto const under = [&](double const effect) {
            return simulate_statistics(review_, scenarios_, effect, rule_.replicates, rule_.seed, rule_.run,
                                       [&] { done(); });
        };
        auto const null = under(0);
        auto without_effect = simulated_stops(null, scenarios_);
        auto const size = review_.fractions.size();
        bounds_ = {.lower = std::vector<double>(size, -infinity<double>()),
                   .upper = std::vector<double>(size, infinity<double>())};
        if (futility_.empty()) {
            look_by_look(null, without_effect, nullptr, nullptr);
        } else {
            if (has_wedge()) {
                bounds_.wedge.assign(size, -infinity<double>());
            }
            if (has_harm()) {
                bounds_.wedge_below.assign(size, infinity<double>());
            }
            auto const alternative = under(review_.design.information.effect);
            auto with_effect = simulated_stops(alternative, scenarios_);
            look_by_look(null, without_effect, &alternative, &with_effect);
        }
        plan_look_to_come();
        if (rule_.progress) {
            rule_.progress(1);
        }
        return {bounds_, errors()};
    }

  private:
    [[nodiscard]] bool is_two_sided() const {
        return std::holds_alternative<two_sided>(review_.design.error);
    }
    /// Whether there is a boundary of harm with an error of its own.
    [[nodiscard]] bool has_harm() const { return std::holds_alternative<asymmetric>(review_.design.error); }
    [[nodiscard]] bool has_wedge() const { return is_two_sided() || has_harm(); }
    /// A wedge from the boundary of harm to that of futility, both on the scale on which benefit is above.
    void set_wedge(std::size_t const look, double const futile) {
        double const harm = sign_ > 0 ? bounds_.lower[look] : -bounds_.upper[look];
        bool const is_empty = !(futile > harm);
        bounds_.wedge[look] = is_empty ? -infinity<double>() : sign_ > 0 ? futile : -harm;
        bounds_.wedge_below[look] = is_empty ? infinity<double>() : sign_ > 0 ? harm : -futile;
    }
    template <class Spending>
    [[nodiscard]] std::vector<double> cumulative(Spending const& spending, double const error) const {
        return schedule(spending, error, review_.fractions, review_.design.spending_times(review_.fractions))
            .cumulative;
    }
    [[nodiscard]] std::vector<std::size_t> allowed(double const error) const {
        return allowed_stops(cumulative(review_.design.spending, error), rule_.replicates,
                             rule_.standard_errors);
    }

    /// What is called when a block of reviews is done.
    [[nodiscard]] std::function<void()> progress_of(std::size_t const tables) const {
        auto const blocks = tables * ((rule_.replicates + simulation_block - 1) / simulation_block);
        auto const total = static_cast<double>(blocks);
        auto const count = std::make_shared<std::atomic<std::size_t>>(0);
        auto const busy = std::make_shared<std::atomic<bool>>(false);
        return [this, count, busy, total] {
            auto const so_far = ++*count;
            if (rule_.progress && !busy->exchange(true)) {
                struct release {
                    std::atomic<bool>& flag;
                    ~release() { flag = false; }
                } const at_end{*busy};
                rule_.progress(static_cast<double>(so_far) / total);
            }
        };
    }

    void look_by_look(statistic_table const& null, simulated_stops& without_effect,
                      statistic_table const* const alternative, simulated_stops* const with_effect) {
        for (std::size_t look = 0; look < review_.looks.size(); ++look) {
            auto const trials = review_.looks[look];
            constexpr float infinite = std::numeric_limits<float>::infinity();
            float upper = infinite;
            float lower = infinite; // how far out, as all of these
            if (mirrored_) {
                auto spent = spent_lower_;
                std::transform(spent.begin(), spent.end(), spent_upper_.begin(), spent.begin(),
                               std::plus<>{});
                upper = lower = without_effect.boundary(
                    look, trials, [](float const x) { return std::abs(x); },
                    available_stops(both_[look], spent), 0);
            }
            if (!upper_.empty()) {
                upper = without_effect.boundary(
                    look, trials, [](float const x) { return x; },
                    available_stops(upper_[look], spent_upper_), 0);
            }
            if (!lower_.empty()) {
                lower = without_effect.boundary(
                    look, trials, [](float const x) { return -x; },
                    available_stops(lower_[look], spent_lower_), 0);
            }
            auto const crosses = [&](float const x) { return x >= upper || x <= -lower; };
            without_effect.stop(look, crosses, [&](std::size_t const scenario, float const x) {
                ++(x >= upper ? spent_upper_ : spent_lower_)[scenario];
            });
            bounds_.upper[look] = null.to_z(look, static_cast<double>(upper));
            bounds_.lower[look] = null.to_z(look, -static_cast<double>(lower));
            if (with_effect != nullptr) {
                stop_for_futility(look, crosses, *alternative, without_effect, *with_effect);
            }
            if (review_.design.is_final(review_.fractions[look])) {
                return; // looks after it have no error left
            }
        }
    }

    /// Where too few of the reviews with an effect lie to be missed.
    template <class Crosses>
    void stop_for_futility(std::size_t const look, Crosses const& crosses, statistic_table const& alternative,
                           simulated_stops& without_effect, simulated_stops& with_effect) {
        auto const ignore = [](std::size_t, float) {};
        with_effect.stop(look, crosses, ignore);
        auto const two = is_two_sided();
        auto const closeness = [&](float const x) { return two ? -std::abs(x) : -sign_ * x; };
        float const nearest =
            with_effect.boundary(look, review_.looks[look], closeness,
                                 available_stops(futility_[look], spent_futility_), -infinity<float>());
        auto const is_futile = [&](float const x) { return closeness(x) >= nearest; };
        with_effect.stop(look, is_futile,
                         [&](std::size_t const scenario, float) { ++spent_futility_[scenario]; });
        if (review_.design.futility->binds()) {
            without_effect.stop(look, is_futile, ignore);
        }
        double const z = alternative.to_z(look, -static_cast<double>(nearest));
        auto& upper = bounds_.upper[look];
        auto& lower = bounds_.lower[look];
        bool const last = review_.design.is_final(review_.fractions[look]);
        if (two) {
            double const success = (std::min)(upper, -lower);
            bounds_.wedge[look] = last && is_finite(success) ? success : (std::min)(z, success);
        } else if (has_harm()) {
            double const success = sign_ > 0 ? upper : -lower;
            set_wedge(look, last && is_finite(success) ? success : (std::min)(z, success));
        } else if (sign_ > 0) {
            lower = last && is_finite(upper) ? upper : (std::min)(z, upper);
        } else {
            upper = last && is_finite(lower) ? lower : (std::max)(-z, lower);
        }
    }

    /// A look to come at the required information has no trials yet.
    void plan_look_to_come() {
        auto const last = review_.looks.size();
        if (review_.fractions.size() == last) {
            return;
        }
        auto plan = review_.design;
        plan.futility.reset();
        auto const planned = exact_monitoring{}(plan, review_.fractions);
        bounds_.upper[last] = planned.upper[last];
        bounds_.lower[last] = planned.lower[last];
        if (futility_.empty()) {
            return;
        }
        if (is_two_sided()) {
            bounds_.wedge[last] = planned.upper[last];
        } else if (has_harm()) {
            set_wedge(last, sign_ > 0 ? planned.upper[last] : -planned.lower[last]);
        } else {
            (sign_ > 0 ? bounds_.lower : bounds_.upper)[last] =
                (sign_ > 0 ? planned.upper : planned.lower)[last];
        }
    }

    [[nodiscard]] std::vector<simulated_error> errors() const {
        auto result = std::vector<simulated_error>{};
        auto const n = static_cast<double>(rule_.replicates);
        for (std::size_t i = 0; i < scenarios_.size(); ++i) {
            double const lower = static_cast<double>(spent_lower_[i]) / n;
            double const upper = static_cast<double>(spent_upper_[i]) / n;
            double const both = lower + upper;
            result.push_back({scenarios_[i].tau_squared, lower, upper, std::sqrt(both * (1 - both) / n),
                              rule_.replicates});
        }
        return result;
    }

    simulated_monitoring const& rule_;
    monitored_review const& review_;
    std::span<null_scenario const> scenarios_;
    float sign_;            ///< of the benefit
    bool mirrored_ = false; ///< whether both directions are simulated as one
    // How many reviews may have stopped by each look; empty where they may not.
    std::vector<std::size_t> lower_ = {};
    std::vector<std::size_t> upper_ = {};
    std::vector<std::size_t> both_ = {};
    std::vector<std::size_t> futility_ = {};
    // How many have, by scenario.
    std::vector<std::size_t> spent_lower_;
    std::vector<std::size_t> spent_upper_;
    std::vector<std::size_t> spent_futility_;
    stopping_boundaries bounds_ = {};
};

} // namespace detail

inline monitoring_boundaries simulated_monitoring::operator()(monitored_review const& review) const {
    if (review.looks.empty()) {
        return exact_monitoring{}(review.design, review.fractions);
    }
    detail::require_that(review.pool_each || review.pool_tables,
                         "simulated monitoring must have a model that pools estimates or 2x2 tables");
    detail::require(replicates > 0, "replicates", "positive", static_cast<double>(replicates));
    detail::require_not_negative("standard_errors", standard_errors);
    // A null of tables needs no estimates, only their number.
    auto const number_alone =
        std::vector<estimate>(review.pool_tables ? review.looks.back() : 0, estimate{0, 1});
    auto const scenarios = null(review.pool_tables ? std::span<estimate const>(number_alone) : review.trials);
    detail::require_not_empty("scenarios of the null", scenarios.size());
    bool const draws_tables = std::all_of(scenarios.begin(), scenarios.end(), [](auto const& scenario) {
        return static_cast<bool>(scenario.draw_tables);
    });
    detail::require_that(!review.pool_tables || draws_tables,
                         "the null must draw tables for a model that pools them: binary_null does");
    return detail::simulated_spending(*this, review, scenarios).run();
}

} // namespace accrue
