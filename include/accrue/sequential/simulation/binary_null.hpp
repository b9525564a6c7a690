#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/effect/arcsine_difference.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/phi_coefficient.hpp>
#include <accrue/effect/probit_difference.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/effect/yule_coefficient.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/simulation/detail/binomial_draw.hpp>
#include <accrue/sequential/simulation/null_scenario.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace accrue {

namespace detail {

// The risk under treatment at a control risk and a true effect, on the scale of the measure. Odds ratios of
// any kind, and measures of yours, are on the scale of log odds.

template <class Measure>
double treatment_risk(Measure const&, double const control, double const effect) {
    double const odds = control / (1 - control) * std::exp(effect);
    return is_finite(odds) ? odds / (1 + odds) : 1;
}

template <class... Options>
double treatment_risk(log_risk_ratio<Options...> const&, double const control, double const effect) {
    return (std::min)(control * std::exp(effect), 1.0);
}

template <class... Options>
double treatment_risk(risk_difference<Options...> const&, double const control, double const effect) {
    return (std::max)(0.0, (std::min)(control + effect, 1.0));
}

inline double treatment_risk(arcsine_difference const&, double const control, double const effect) {
    double const angle = std::asin(std::sqrt(control)) + effect;
    return square(std::sin(std::clamp(angle, 0.0, std::numbers::pi / 2)));
}

template <class... Options>
double treatment_risk(probit_difference<Options...> const&, double const control, double const effect) {
    return normal::cumulative(normal::quantile(control) + effect);
}

template <class... Options>
double treatment_risk(yules_q<Options...> const&, double const control, double const effect) {
    return treatment_risk(log_odds_ratio{}, control, 2 * std::atanh(std::clamp(effect, -1.0, 1.0)));
}

template <class... Options>
double treatment_risk(yules_y<Options...> const&, double const control, double const effect) {
    return treatment_risk(log_odds_ratio{}, control, 4 * std::atanh(std::clamp(effect, -1.0, 1.0)));
}

} // namespace detail

/// An effect measure of 2x2 tables of any type as one type, with the scale on which true effects vary.
class any_binary_measure {
  public:
    /// Of any measure of this library that is a function of the two risks, such as `log_odds_ratio`,
    /// `log_risk_ratio` or `risk_difference`, or any callable from a table to an estimate of a log odds
    /// ratio.
    template <class Measure>
        requires(!std::same_as<std::remove_cvref_t<Measure>, any_binary_measure> &&
                 std::is_invocable_r_v<estimate, Measure const&, two_arms<events> const&>)
    any_binary_measure(Measure const& measure)
        : estimate_(measure), treatment_risk_([measure](double const control, double const effect) {
              return detail::treatment_risk(measure, control, effect);
          }) {}
    template <class... Options,
              class Words = refused<"the phi coefficient is no function of two risks: it depends on sizes">>
    any_binary_measure(phi_coefficient<Options...> const&) = delete;

    /// The estimate of a table.
    [[nodiscard]] estimate operator()(two_arms<events> const& table) const { return estimate_(table); }
    /// The risk under treatment at a control risk and a true effect; at most 1 and at least 0.
    [[nodiscard]] double treatment_risk(double const control, double const effect) const {
        return treatment_risk_(control, effect);
    }

  private:
    std::function<estimate(two_arms<events> const&)> estimate_;
    std::function<double(double, double)> treatment_risk_;
};

/// Reviews of 2x2 tables without an effect on average, for `simulated_monitoring`:
///
///     x_control ~ Binomial(n_control, p),   x_treatment ~ Binomial(n_treatment, p'),
///
/// with p' the risk that lies an effect theta ~ N(0, tau²) from p on the scale of the measure. The estimate
/// and its variance are computed from each table that is drawn, with the measure's own zero-cell policy. So
/// the null knows what `normal_null` leaves out: that the estimate of a rare event's log odds ratio is
/// correlated with its variance, and biased where arms differ in size.
///
///     design.boundaries = simulated_monitoring{.null = binary_null{.trials = tables}};
///     trial_sequential_analysis(model, design, effects(log_odds_ratio{}, tables), participants, schedule);
///
/// It serves models that pool tables too (`mantel_haenszel`, `peto`, `binomial_normal`), which then are given
/// the tables that were drawn; true effects vary on the scale of the measure all the same.
///
/// A table of which the measure makes no estimate is missing from the simulated review; the tables of the
/// review itself must all have one.
struct binary_null {
    std::vector<two_arms<events>> trials; ///< of the review, in its order; there may be more, yet to come
    /// The risks in the control arms: one for all trials, or one for each. Each trial's own events over its
    /// own participants, both arms together and half an event added, unless given.
    std::vector<double> control_risks = {};
    /// The grid of tau² that has to hold its error, on the scale of the measure. That given suits logarithms
    /// of ratios: at 4 the true odds ratios of 19 trials in 20 lie between 1/50 and 50.
    std::vector<double> tau_squared = {0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2.5, 4};
    any_binary_measure measure = log_odds_ratio{};

    /// The scenarios of a review with as many trials as are given.
    ///
    /// \throws invalid_input when there are fewer tables than trials, a table is unusable or its totals are
    ///   not whole, a risk is not between 0 and 1, or the grid is empty or a tau² in it unusable
    [[nodiscard]] std::vector<null_scenario> operator()(std::span<estimate const> const estimates) const {
        auto const tables = first_tables(estimates.size());
        auto scenarios = std::vector<null_scenario>{};
        detail::require_not_empty("tau_squared", tau_squared.size());
        for (auto const value : tau_squared) {
            detail::require_not_negative("tau_squared", value);
            auto scenario = null_scenario{};
            scenario.tau_squared = value;
            scenario.draw_tables = tables_from(tables, std::sqrt(value));
            scenario.draw = estimates_of(scenario.draw_tables);
            scenarios.push_back(scenario);
        }
        return scenarios;
    }

  private:
    struct expected_table {
        double treatment;
        double control;
        double risk;
    };

    [[nodiscard]] std::vector<expected_table> first_tables(std::size_t const count) const {
        if (trials.size() < count) [[unlikely]] {
            throw invalid_input("tables must be given for each of the " + std::to_string(count) +
                                " trials, but are given for " + std::to_string(trials.size()));
        }
        auto const one_each = control_risks.size() > 1;
        if (one_each && control_risks.size() < count) [[unlikely]] {
            throw invalid_input("control_risks must be given for each of the " + std::to_string(count) +
                                " trials, or once, but are given for " +
                                std::to_string(control_risks.size()));
        }
        auto result = std::vector<expected_table>{};
        detail::for_each_study(count, [&](std::size_t const i) {
            auto const& [treatment, control] = trials[i];
            detail::check(trials[i]);
            detail::for_part("treatment", [&] { detail::require_whole("total", trials[i].treatment.total); });
            detail::for_part("control", [&] { detail::require_whole("total", trials[i].control.total); });
            double const own =
                (treatment.count + control.count + 0.5) / (treatment.total + control.total + 1);
            double const risk = control_risks.empty() ? own : control_risks[one_each ? i : 0];
            detail::require_between_0_and_1("control risk", risk);
            result.push_back({treatment.total, control.total, risk});
        });
        return result;
    }

    using table_source = std::function<void(random_stream&, double, std::span<two_arms<events>>)>;

    [[nodiscard]] table_source tables_from(std::vector<expected_table> const& tables,
                                           double const tau) const {
        return [tables, tau, of = measure](random_stream& random, double const effect,
                                           std::span<two_arms<events>> const simulated) {
            for (std::size_t i = 0; i < simulated.size(); ++i) {
                auto const& [treatment, control, risk] = tables[i];
                double const true_effect = effect + tau * random.normal();
                double const other = of.treatment_risk(risk, true_effect);
                double const treated = detail::binomial_draw(random, treatment, other);
                simulated[i] = {{treated, treatment},
                                {detail::binomial_draw(random, control, risk), control}};
            }
        };
    }

    [[nodiscard]] std::function<void(random_stream&, double, std::span<estimate>)>
    estimates_of(table_source const& draw) const {
        return [draw, of = measure](random_stream& random, double const effect,
                                    std::span<estimate> const simulated) {
            auto tables = std::vector<two_arms<events>>(simulated.size());
            draw(random, effect, tables);
            for (std::size_t i = 0; i < simulated.size(); ++i) {
                try {
                    simulated[i] = of(tables[i]);
                } catch (invalid_input const&) {
                    simulated[i] = {detail::not_a_number<double>(), detail::not_a_number<double>()};
                }
            }
        };
    }
};

} // namespace accrue
