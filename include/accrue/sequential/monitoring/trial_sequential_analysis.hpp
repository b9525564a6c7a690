#pragma once

#include <accrue/batch/pool_each.hpp>
#include <accrue/batch/pooled_batch.hpp>
#include <accrue/batch/study_batch.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/inference/cumulative.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/z_value.hpp>
#include <accrue/model/detail/refused_models.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/name_of.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/information/detail/growing_evidence.hpp>
#include <accrue/sequential/information/information_time.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/sequential/monitoring/look_schedule.hpp>
#include <accrue/sequential/monitoring/monitored_review.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace accrue {

namespace detail {

/// Throws unless a design can be used, and its required information is that of its own error and power.
inline void check(sequential_design const& design) {
    auto const& size = design.information;
    double const effect = size.effect;
    double const error = benefit_error(design.error, effect);
    require_between_0_and_1("power", design.power);
    require((effect < 0 || effect > 0) && is_finite(effect), "anticipated effect (information.effect)",
            "finite and different from 0", effect);
    // A size computed for another error or power would make every fraction wrong; a stated size has neither.
    auto const same = [](double const a, double const b) { return std::abs(a - b) <= 1e-9 * b; };
    if (is_finite(size.power)) {
        require(same(size.power, design.power), "power of the required information",
                "that of the design, " + to_text(design.power), size.power);
        double const size_error = benefit_error(size.error, effect);
        require(same(size_error, error), "error of the required information, on the side of the benefit,",
                "that of the design, " + to_text(error), size_error);
    }
}

/// The decision of one look from its Z, its boundaries and the side of the benefit: a crossed boundary first,
/// then the wedge or the required information for futility, and else none.
inline conclusion decide(sequential_look const& look, sequential_design const& design) {
    if (look.status != status::ok) {
        return conclusion::insufficient; // numbers that could not be pooled say nothing
    }
    bool const benefit_is_positive = design.information.effect > 0;
    // The other boundary of a one-sided design is one of futility.
    auto const other_side =
        std::holds_alternative<one_sided>(design.error) ? conclusion::futility : conclusion::harm;
    if (look.z >= look.upper_boundary) {
        return benefit_is_positive ? conclusion::benefit : other_side;
    }
    if (look.z <= look.lower_boundary) {
        return benefit_is_positive ? other_side : conclusion::benefit;
    }
    if ((look.z >= look.wedge_below && look.z <= look.wedge) || design.is_final(look.information_fraction)) {
        return conclusion::futility;
    }
    return conclusion::insufficient;
}

/// D² at looks of a model that pools estimates.
class diversity_of_looks {
  public:
    explicit diversity_of_looks(std::span<estimate const> const trials) : beginnings_(trials) {}
    double operator()(std::size_t const count, pooled const& result) {
        return beginnings_.of_first(
            count, [&](auto const& studies) { return diversity_at(studies, result.tau_squared); });
    }

  private:
    growing_evidence beginnings_;
};

/// A model that pools trials has none.
struct no_diversity {
    template <class Trials>
    explicit no_diversity(Trials const&) {}
    double operator()(std::size_t, pooled const&) const { return not_a_number<double>(); }
};

/// Throws unless the looks of a schedule are numbers of trials that rise from look to look.
inline void require_looks(std::span<std::size_t const> const counts, std::size_t const trials) {
    if (counts.empty()) [[unlikely]] {
        throw invalid_input("the schedule takes no look at " + number_of_trials(trials) +
                            ": there must be more of them, or an earlier first look");
    }
    std::size_t previous = 0;
    for (auto const count : counts) {
        if (count <= previous || count > trials) [[unlikely]] {
            throw invalid_input(
                "looks of the schedule must be numbers of trials that rise from 1 to at most " +
                std::to_string(trials) + ", but " + std::to_string(count) + " follows " +
                std::to_string(previous));
        }
        previous = count;
    }
}

/// What a monitoring rule is given where the model pools estimates: for simulations it pools batches.
template <class Model>
monitored_review monitored(Model const& model, sequential_design const& design,
                           std::span<double const> const fractions, std::span<std::size_t const> const looks,
                           std::span<estimate const> const trials, std::span<pooled const> const results) {
    return {
        .design = design,
        .fractions = fractions,
        .looks = looks,
        .trials = trials,
        .results = results,
        .pool_each = [model](study_matrix const& batch,
                             pooled_batch& into) { accrue::pool_each(model, batch, 0, batch.size(), into); },
        .pool_tables = {}};
}

/// And where it pools what trials report: simulations make tables, if the trials are tables.
template <class Model, class Trial>
monitored_review monitored(Model const& model, sequential_design const& design,
                           std::span<double const> const fractions, std::span<std::size_t const> const looks,
                           std::span<Trial>, std::span<pooled const> const results) {
    auto review = monitored_review{.design = design,
                                   .fractions = fractions,
                                   .looks = looks,
                                   .trials = {},
                                   .results = results,
                                   .pool_each = {},
                                   .pool_tables = {}};
    if constexpr (std::is_same_v<std::remove_cv_t<Trial>, two_arms<events>>) {
        review.pool_tables = [model](std::span<two_arms<events> const> const tables) -> pooled {
            return pool(model, tables);
        };
    }
    return review;
}

/// Numbers of participants, or a scale of information.
template <class Information>
concept counts_of_participants = requires(Information const& information) {
    std::end(information);
    static_cast<double>(*std::begin(information));
};

/// A model whose results are referred to the normal or t distribution, as boundaries of looks are.
template <class Model, class Trials>
concept monitors = pools<Model, Trials> && requires(Model const& model, Trials const& trials) {
    { pool(model, trials) } -> std::convertible_to<pooled>;
};

/// Participants of each trial, of any number type, as `participants_accrued`; a scale as it is.
template <class Information>
auto as_information_scale(Information const& information) {
    if constexpr (counts_of_participants<Information>) {
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
/// Unless the design says otherwise its boundaries are those of group sequential theory, which hold for a
/// common effect. With random effects they don't, and no model mends that: docs/actual-error.md has errors of
/// 6 to 16 % for the safest of them where large trials come first and participants are counted, and more
/// where true effects are skewed or events rare. For planned monitoring the recommendation is
/// `sequential_design{..., .boundaries = simulated_monitoring{}}` with
/// `random_effects{dersimonian_laird{}, hartung_knapp_floored{}}` and looks from the second trial on
/// (`every_trial{.first = 2}`): its boundaries hold the error of the model in use.
///
/// Look j pools the trials so far, and has
///
///     Z = effect / SE (by the p-value where the result is referred to t),
///     fraction = information accrued / required information,
///
/// and the boundaries at its fraction. The analysis is concluded at the first look that crosses a boundary,
/// enters the wedge of futility or reaches the required information; later looks are computed all the same.
/// Where none reaches it, the boundaries have one planned look more, at which it would be.
///
/// The cost grows linearly with the number of trials, as that of `cumulative` does.
///
/// \param model any model that `pool` takes, if its result is a `pooled`
/// \param design the design, made without knowledge of the results
/// \param trials what the model pools, in the order in which they became known
/// \param information the participants of each trial, or a scale such as `events_accrued` or
///   `model_information`
/// \param schedule after which trials looks are taken; `every_trial` unless given
///
/// \throws invalid_input when the design is unusable or its required size was computed for another error or
///   power, as `pool` does, when the looks of the schedule are none or not rising numbers of trials, and when
///   information does not grow from look to look
template <class Model, detail::contiguous Trials, class Information, look_schedule Schedule = every_trial>
    requires detail::monitors<Model, Trials> && (detail::counts_of_participants<Information> ||
                                                 information_scale<Information, detail::element_t<Trials>>)
[[nodiscard]] sequential_analysis
    trial_sequential_analysis(Model const& model, sequential_design const& design, Trials const& trials,
                              Information const& information, Schedule const& schedule = {}) {
    detail::check(design);
    auto const all = std::span(std::data(trials), std::size(trials));
    detail::require_not_empty("trials", all.size());
    auto results = std::vector<pooled>{};
    results.reserve(all.size());
    detail::visit_beginnings(model, detail::as_studies(trials),
                             [&](pooled const& result) { results.push_back(result); });
    auto analysis = sequential_analysis{.design = design,
                                        .information = detail::as_information_scale(information)(
                                            design.information, all, std::span<pooled const>(results)),
                                        .looks = {},
                                        .fractions = {},
                                        .boundaries = {},
                                        .conclusion = conclusion::insufficient,
                                        .concluded_at = std::nullopt,
                                        .model = name_of(model, "a model of its own")};

    detail::require_one_each("accrued", analysis.information.accrued.size(), "trials", all.size());
    auto fractions = std::vector<double>{};
    for (std::size_t trial = 0; trial < all.size(); ++trial) {
        fractions.push_back(analysis.information.fraction(trial));
    }
    std::vector<std::size_t> const counts = schedule(std::span<double const>(fractions));
    detail::require_looks(counts, all.size());
    bool reached = false;
    for (auto const count : counts) {
        analysis.fractions.push_back(fractions[count - 1]);
        reached = reached || design.is_final(fractions[count - 1]);
    }
    if (!reached) {
        analysis.fractions.push_back(design.final_fraction_after(analysis.fractions.back()));
    }
    if (design.boundaries) {
        auto found =
            design.boundaries(detail::monitored(model, design, analysis.fractions, counts, all, results));
        analysis.boundaries = std::move(found.bounds);
        analysis.simulated_errors = std::move(found.simulated_errors);
    } else {
        analysis.boundaries = exact_monitoring{}(design, analysis.fractions);
    }
    detail::require_boundaries(analysis.boundaries, analysis.fractions.size());

    constexpr bool pools_estimates =
        std::is_same_v<std::remove_cv_t<typename decltype(all)::value_type>, estimate>;
    auto diversity =
        std::conditional_t<pools_estimates, detail::diversity_of_looks, detail::no_diversity>(all);
    for (std::size_t index = 0; index < counts.size(); ++index) {
        auto const count = counts[index];
        auto const& result = results[count - 1];
        auto const& wedge = analysis.boundaries.wedge;
        auto look = sequential_look{.trials = count,
                                    .information = analysis.information.accrued[count - 1],
                                    .information_fraction = analysis.fractions[index],
                                    .cumulative = result,
                                    .diversity = diversity(count, result),
                                    .z = z_value(result),
                                    .lower_boundary = analysis.boundaries.lower[index],
                                    .upper_boundary = analysis.boundaries.upper[index],
                                    .wedge = wedge.empty() ? -detail::infinity<double>() : wedge[index],
                                    .wedge_below = wedge.empty() ? detail::infinity<double>()
                                                                 : analysis.boundaries.lower_edge(index),
                                    .decision = conclusion::insufficient,
                                    .status = result.status};
        if (!detail::is_finite(look.z)) {
            // A result without a variance has no Z; one that is beyond double has its sign.
            look.z = look.status == status::ok ? look.z : detail::not_a_number<double>();
            look.status = look.status == status::ok ? status::undefined : look.status;
        }
        look.decision = detail::decide(look, design);
        if (analysis.conclusion == conclusion::insufficient && look.decision != conclusion::insufficient) {
            analysis.conclusion = look.decision;
            analysis.concluded_at = index;
        }
        analysis.looks.push_back(look);
    }
    return analysis;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(trial_sequential_analysis(Model const&, sequential_design const&,
                                                              Studies const&, Rest const&...));
template <class Model, detail::contiguous Trials, class... Rest>
ACCRUE_REFUSED("there is no design: trial_sequential_analysis(model, design, trials, information)",
               trial_sequential_analysis(Model const&, Trials const&, Rest const&...));
template <class Model, detail::contiguous Trials>
ACCRUE_REFUSED("there is no information: trial_sequential_analysis(model, design, trials, information)",
               trial_sequential_analysis(Model const&, sequential_design const&, Trials const&));
template <class Model, class Trials, class... Rest>
    requires(pools<Model, Trials> && !detail::monitors<Model, Trials>)
ACCRUE_REFUSED(
    "boundaries are for results of double that are normal or t; those of this model are of a type of "
    "their own",
    trial_sequential_analysis(Model const&, sequential_design const&, Trials const&, Rest const&...));
template <class Model, detail::contiguous Trials, class Information, class... Rest>
    requires(detail::monitors<Model, Trials> && information_scale<Information, estimate> &&
             !information_scale<Information, detail::element_t<Trials>>)
ACCRUE_REFUSED("trials have no variance before a measure is chosen: count participants_accrued, "
               "events_accrued or trials_accrued",
               trial_sequential_analysis(Model const&, sequential_design const&, Trials const&,
                                         Information const&, Rest const&...));
template <class Model, detail::contiguous Trials, class Information, class... Rest>
    requires(detail::monitors<Model, Trials> && !detail::counts_of_participants<Information> &&
             !information_scale<Information, detail::element_t<Trials>> &&
             !information_scale<Information, estimate>)
ACCRUE_REFUSED("information must be the participants of each trial, or a scale such as model_information{}",
               trial_sequential_analysis(Model const&, sequential_design const&, Trials const&,
                                         Information const&, Rest const&...));
template <class Model, detail::contiguous Trials, class Information, class Schedule>
    requires(detail::monitors<Model, Trials> && !look_schedule<Schedule>)
ACCRUE_REFUSED(
    "a schedule is called with the fractions and returns numbers of trials: every_trial{}, after_trials{}",
    trial_sequential_analysis(Model const&, sequential_design const&, Trials const&, Information const&,
                              Schedule const&));

} // namespace accrue
