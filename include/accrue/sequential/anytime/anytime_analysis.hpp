#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/interval.hpp>
#include <accrue/refused.hpp>
#include <accrue/sequential/anytime/direction.hpp>
#include <accrue/sequential/anytime/e_process.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace accrue {

/// The evidence after one more trial.
struct anytime_look {
    std::size_t trials;        ///< that the look comprises
    double log_e_value;        ///< ln E against the process's stated null
    double p_value;            ///< anytime-valid: it never rises
    accrue::interval interval; ///< confidence sequence at level 1 - error, on the analysis scale
    conclusion decision;       ///< `benefit` or `harm` where E has reached 1/error now, else `insufficient`
};

/// What an analysis without a plan needs to know: the error, and which way is better.
struct anytime_options {
    double error = 0.05; ///< of ever concluding where the null is true
    /// `below_null` where a smaller effect is better (a ratio of bad events, a difference in pain), or
    /// `above_null`.
    std::variant<below_null, above_null> benefit = {};
};

/// A series of trials monitored without a plan, look by look.
struct anytime_series {
    double error;
    std::vector<anytime_look> looks;
    /// The first decision other than 'insufficient', which stands whatever came after it; never 'futility'.
    accrue::conclusion conclusion;
    std::optional<std::size_t> concluded_at; ///< index of the look that led to it

    /// The look that the conclusion rests on: the one that led to it, or the last.
    [[nodiscard]] std::size_t decisive_look() const { return concluded_at.value_or(looks.size() - 1); }
};

/// Adds trials to an e-process one by one, in the order in which they became known, and looks after each.
///
///     auto const series = anytime_analysis(
///         symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.04}, estimates);
///
/// It is conclusive when E reaches 1/error, 20 for 5 %: the direction is that in which the evidence leans.
/// The probability of ever concluding under the process's null is at most `error`, however many trials follow
/// and whatever they were begun for. There is no required size, and so no futility: read from the confidence
/// sequence what is ruled out.
///
/// \param process taken as it is: one with trials goes on from there
/// \param trials what the process's `add` takes: estimates, or trials of two arms with events
/// \throws invalid_input as the process does, naming the trial, and unless 0 < error < 1, 1 - error is
/// below 1 (the level of the confidence sequence, for errors from 1e-16 on), and there are trials
template <class Process, class Trials>
    requires e_process_for<Process, std::remove_cvref_t<decltype(*std::data(std::declval<Trials const&>()))>>
[[nodiscard]] anytime_series anytime_analysis(Process process, Trials const& trials,
                                              anytime_options const& options = {}) {
    detail::require_between_0_and_1("error", options.error);
    detail::require(1 - options.error < 1, "error", "large enough that 1 - error is a level", options.error);
    auto const all = std::span(std::data(trials), std::size(trials));
    detail::require_not_empty("trials", all.size());
    (void)process.log_e_value(process.null); // refuses the process's options, which no trial is to blame for
    double const threshold = -std::log(options.error);
    bool const better_below = std::holds_alternative<below_null>(options.benefit);
    auto series = anytime_series{options.error, {}, conclusion::insufficient, std::nullopt};
    for (std::size_t i = 0; i < all.size(); ++i) {
        detail::for_study(i, [&] { process.add(all[i]); });
        double const log_e_value = process.log_e_value(process.null);
        auto const decision = !(log_e_value >= threshold)               ? conclusion::insufficient
                              : (process.leaning() < 0) == better_below ? conclusion::benefit
                                                                        : conclusion::harm;
        series.looks.push_back({process.size(), log_e_value, process.p_value(),
                                process.confidence_sequence(1 - options.error), decision});
        if (!series.concluded_at && decision != conclusion::insufficient) {
            series.conclusion = decision;
            series.concluded_at = i;
        }
    }
    return series;
}

template <class Process, detail::reports Trials, class... Rest>
    requires(e_process_for<Process, estimate>)
ACCRUE_REFUSED(
    "this process takes estimates: effects(measure, trials) first, or exact_binary_e_process for tables",
    anytime_analysis(Process const&, Trials const&, Rest const&...));
template <class Process, estimates Studies, class... Rest>
    requires(!e_process_for<Process, estimate>)
ACCRUE_REFUSED("this process takes no estimates: exact_binary_e_process takes trials with events in two arms",
               anytime_analysis(Process const&, Studies const&, Rest const&...));

template <detail::contiguous Trials, class... Rest>
ACCRUE_REFUSED("the process comes first: anytime_analysis(process, trials, {.error = 0.05})",
               anytime_analysis(Trials const&, Rest const&...));

} // namespace accrue
