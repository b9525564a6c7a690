#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence.hpp>
#include <accrue/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/conclusion.hpp>
#include <accrue/sequential/information_time.hpp>
#include <accrue/sequential/look_schedule.hpp>
#include <accrue/sequential/sequential_design.hpp>
#include <accrue/sequential/z_curve.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace accrue {

/// One look at the evidence so far.
struct sequential_look {
    std::size_t trials;          ///< number of trials that the look comprises
    double information;          ///< accrued by then, in the unit of `sequential_analysis::information`
    double information_fraction; ///< of the required information; above 1 past it
    pooled cumulative;           ///< the pooled result of these trials
    double z;                    ///< of the cumulative effect, `z_value`
    double lower_boundary;       ///< minus infinity where the look can't end below
    double upper_boundary;       ///< infinity where the look can't end above
    conclusion decision;         ///< of this look by itself
};

/// A trial sequential analysis: the design, each look, and what they come to.
struct sequential_analysis {
    sequential_design design;
    information_time information;
    std::vector<sequential_look> looks;
    /// The first decision other than 'insufficient', which stands whatever came after it.
    accrue::conclusion conclusion;
    std::optional<std::size_t> concluded_at; ///< index of the look that led to it

    /// What is still to be collected to reach the required size, 0 when that is reached; same unit.
    [[nodiscard]] double information_needed() const {
        double const missing = information.required - information.accrued.back();
        return missing > 0 ? missing : 0;
    }
};

namespace detail {

inline void check(sequential_design const& design) {
    (void)error_per_side(design.error);
    require_between_0_and_1("power", design.power);
    require_finite("anticipated effect (information.effect)", design.information.effect);
    require(design.information.effect < 0 || design.information.effect > 0,
            "anticipated effect (information.effect)", "different from 0", design.information.effect);
}

/// The decision of one look from its Z, its boundaries and the direction of the benefit.
inline conclusion decide(sequential_look const& look, bool const benefit_is_positive) {
    if (look.z >= look.upper_boundary) {
        return benefit_is_positive ? conclusion::benefit : conclusion::harm;
    }
    if (look.z <= look.lower_boundary) {
        return benefit_is_positive ? conclusion::harm : conclusion::benefit;
    }
    return look.information_fraction >= 1 ? conclusion::futility : conclusion::insufficient;
}

/// Numbers of participants, or a scale of information.
template <class Information>
auto as_information_scale(Information const& information) {
    if constexpr (std::ranges::range<Information>) {
        auto scale = participants_accrued{};
        for (auto const& count : information) {
            scale.per_trial.push_back(static_cast<double>(count));
        }
        return scale;
    } else {
        return information;
    }
}

} // namespace detail

/// Monitors a series of trials: pools them cumulatively by the model, and holds the Z of every look against
/// the boundaries of the design.
///
/// A cumulative meta-analysis that is tested at 5 % after every trial finds an effect where there is none in
/// far more than 5 % of cases. Here the error is spent over the looks, in proportion to the share of the
/// required information that has accrued. Wetterslev, Thorlund, Brok & Gluud 2008, J Clin Epidemiol 61:64-75,
/// doi:10.1016/j.jclinepi.2007.03.013.
///
/// \param model any model that `pool` takes
/// \param design the design, made without knowledge of the results
/// \param trials what the model pools, in the order in which they became known
/// \param information the participants of each trial, or a scale such as `events_accrued` or
///   `model_information`
/// \param schedule after which trials looks are taken; `every_trial` unless given
/// \throws invalid_input when the design is unusable, as `pool` does, and when information does not grow from
///   look to look
template <class Model, class Trials, class Information, class Schedule = every_trial>
[[nodiscard]] sequential_analysis
trial_sequential_analysis(Model const& model, sequential_design const& design, Trials const& trials,
                          Information const& information, Schedule const& schedule = {}) {
    detail::check(design);
    auto const all = std::span(std::data(trials), std::size(trials));
    detail::require_not_empty("trials", all.size());
    auto results = std::vector<pooled>{};
    for (std::size_t count = 1; count <= all.size(); ++count) {
        results.push_back(pool(model, all.first(count)));
    }
    auto const time =
        detail::as_information_scale(information)(design.information, all, std::span<pooled const>(results));
    auto fractions = std::vector<double>{};
    for (std::size_t trial = 0; trial < all.size(); ++trial) {
        fractions.push_back(time.fraction(trial));
    }
    auto const counts = schedule(std::span<double const>(fractions));
    detail::require_not_empty("looks of the schedule", counts.size());

    auto look_fractions = std::vector<double>{};
    for (auto const count : counts) {
        look_fractions.push_back(fractions[count - 1]);
    }
    auto const boundary = design.boundaries(design.error, design.spending, look_fractions);

    bool const benefit_is_positive = design.information.effect > 0;
    bool const two_boundaries = std::holds_alternative<two_sided>(design.error);
    auto analysis = sequential_analysis{design, time, {}, conclusion::insufficient, std::nullopt};
    for (std::size_t index = 0; index < counts.size(); ++index) {
        auto const& result = results[counts[index] - 1];
        auto const infinity = detail::infinity<double>();
        auto look = sequential_look{
            .trials = counts[index],
            .information = time.accrued[counts[index] - 1],
            .information_fraction = look_fractions[index],
            .cumulative = result,
            .z = z_value(result),
            .lower_boundary = two_boundaries || !benefit_is_positive ? -boundary[index] : -infinity,
            .upper_boundary = two_boundaries || benefit_is_positive ? boundary[index] : infinity,
            .decision = conclusion::insufficient};
        look.decision = detail::decide(look, benefit_is_positive);
        if (analysis.conclusion == conclusion::insufficient && look.decision != conclusion::insufficient) {
            analysis.conclusion = look.decision;
            analysis.concluded_at = index;
        }
        analysis.looks.push_back(look);
    }
    return analysis;
}

} // namespace accrue
