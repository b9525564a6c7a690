#pragma once

#include <accrue/bayes/credible_interval.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/forest.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/influence.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/model/model_for.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/plotting/baujat_plot.hpp>
#include <accrue/plotting/bubble_plot.hpp>
#include <accrue/plotting/confidence_sequence_plot.hpp>
#include <accrue/plotting/density_plot.hpp>
#include <accrue/plotting/detail/axis.hpp>
#include <accrue/plotting/detail/text.hpp>
#include <accrue/plotting/e_process_plot.hpp>
#include <accrue/plotting/effect_monitoring_plot.hpp>
#include <accrue/plotting/forest_plot.hpp>
#include <accrue/plotting/funnel_plot.hpp>
#include <accrue/plotting/labbe_plot.hpp>
#include <accrue/plotting/monitoring_plot.hpp>
#include <accrue/plotting/radial_plot.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/reliability.hpp>
#include <accrue/sequential/anytime/anytime_analysis.hpp>
#include <accrue/sequential/anytime/anytime_sentences.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/monitoring/adjusted_inference.hpp>
#include <accrue/sequential/monitoring/effect_boundaries.hpp>
#include <accrue/sequential/monitoring/monitoring_rules.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

/// \file
/// Plots from results. They hold the numbers; titles and the meaning of directions are yours to add:
///
///     auto plot = plot_of(names, trial_sequential_analysis(model, design, estimates, participants));
///     plot.title = "Pain after six weeks";
///     plot.favours_negative = "favours treatment";
///     std::ofstream("tsa.svg") << svg(plot);

namespace accrue {

namespace detail {

/// The boundaries of one look as the plot wants them. A one-sided design with futility keeps its futility
/// boundary on the side away from the benefit; in the plot it bounds the futility region.
template <class Look>
void set_boundaries(Look& to, sequential_design const& design, double const lower, double const upper,
                    interval const& wedge) {
    double const none = infinity<double>();
    to.lower = lower;
    to.upper = upper;
    if (wedge.lower < wedge.upper) {
        to.futility = wedge;
    }
    if (!design.futility || !std::holds_alternative<one_sided>(design.error)) {
        return;
    }
    bool const benefit_is_positive = design.information.effect > 0;
    if (std::isfinite(benefit_is_positive ? lower : upper)) {
        to.futility = benefit_is_positive ? interval{-none, lower} : interval{upper, none};
    }
    (benefit_is_positive ? to.lower : to.upper) = benefit_is_positive ? -none : none;
}

/// Whether a transformation is that of ratios: 1 for a logarithm of 0, and the product for a sum.
template <class BackTransform>
bool is_of_ratios(BackTransform const& back_transform) {
    double const base = back_transform(1.0);
    return std::fabs(back_transform(0.0) - 1) < 1e-12 &&
           std::fabs(back_transform(2.0) - base * base) < 1e-9 * base * base;
}

/// Whether 0 stays 0: a difference, which may be none.
template <class BackTransform>
bool keeps_zero(BackTransform const& back_transform) {
    return std::fabs(back_transform(0.0)) < 1e-12 && back_transform(-1.0) < 0;
}

/// A measure of one group, such as a mean or a rate. It compares nothing: no value of it is no effect.
template <class Measure>
concept of_one_group = measure_for<Measure, arm> || measure_for<Measure, events> ||
                       measure_for<Measure, rate> || measure_for<Measure, reliability>;

/// Takes a forest plot from the analysis scale of the measure to that of its reports.
template <class Measure>
void report_by(Measure const& measure, forest_plot& plot) {
    auto const back_transform = [&](auto& row) {
        row.effect = measure.back_transform(row.effect);
        row.interval = measure.back_transform(row.interval);
    };
    std::for_each(plot.studies.begin(), plot.studies.end(), back_transform);
    std::for_each(plot.summaries.begin(), plot.summaries.end(), back_transform);
    if (plot.prediction) {
        plot.prediction = measure.back_transform(*plot.prediction);
    }
    auto const number = [&](double const x) { return measure.back_transform(x); };
    plot.logarithmic = is_of_ratios(number);
    if (of_one_group<Measure> || !(plot.logarithmic || keeps_zero(number))) {
        plot.no_effect = std::nullopt;
    } else if (plot.logarithmic) {
        plot.no_effect = 1;
    }
}

inline std::string heterogeneity_note(double const tau_squared, heterogeneity_summary const& scatter) {
    return "τ² = " + readable_among(tau_squared, tau_squared, 3) +
           ", I² = " + readable(100 * scatter.i_squared, 0) + " %, Q = " + readable(scatter.q, 2) + " on " +
           readable(scatter.degrees_of_freedom, 0) +
           (scatter.degrees_of_freedom > 1 ? " degrees" : " degree") + " of freedom, p " +
           (scatter.p_value < 0.001 ? "< 0.001" : "= " + readable(scatter.p_value, 3));
}

} // namespace detail

/// A forest plot of these rows, on their own scale.
///
/// \throws invalid_input unless there is one name for each row
[[nodiscard]] inline forest_plot plot_of(std::vector<std::string> const& names,
                                         std::vector<forest_row> const& rows) {
    detail::require_one_each("names", names.size(), "studies", rows.size());
    auto plot = forest_plot{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        plot.studies.push_back({names[i], rows[i].effect, rows[i].interval, rows[i].weight, {}});
    }
    return plot;
}

/// A forest plot of pooled results, one a row: of a cumulative analysis, `plot_of(names, cumulative(model,
/// estimates))`, or one that leaves out each study in turn. Rows whose result is undefined have no place in
/// it and are left out.
///
/// \throws invalid_input unless there is one name for each result, and unless 0 < level < 1
template <pooled_result Result>
    requires requires(Result const& result) {
        { confidence_interval(result, 0.95) } -> std::convertible_to<interval>;
    }
[[nodiscard]] forest_plot plot_of(std::vector<std::string> const& names, std::vector<Result> const& results,
                                  double const level = 0.95) {
    detail::require_one_each("names", names.size(), "studies", results.size());
    auto plot = forest_plot{};
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i].status != status::undefined) {
            plot.studies.push_back({.name = names[i],
                                    .effect = results[i].effect,
                                    .interval = confidence_interval(results[i], level)});
        }
    }
    return plot;
}

/// The whole forest plot of a meta-analysis: the studies, the pooled effect, the prediction interval where
/// there are three studies or more and the model has one, and a line on heterogeneity, all on the scale of
/// reports, to which the measure leads back. For ratios the axis is logarithmic. A pooled effect that is
/// `undefined` is not drawn, and the line says so, as it does of one that is `not_converged`.
///
/// \param measure one of `effect/`, such as `log_risk_ratio{}`: the estimates are its
/// \throws invalid_input as `pool` does, unless there is one name for each study, and unless 0 < level < 1
template <class Measure, weighs<std::vector<estimate>> Model>
    requires requires(Measure const& measure, interval const& limits) { measure.back_transform(limits); }
[[nodiscard]] forest_plot plot_of(Measure const& measure, std::vector<std::string> const& names,
                                  Model const& model, std::vector<estimate> const& estimates,
                                  double const level = 0.95) {
    auto plot = plot_of(names, forest_rows(model, estimates, level));
    auto const result = pool(model, estimates);
    bool const exists = result.status != status::undefined;
    if (exists) {
        plot.summaries.push_back({"Pooled", result.effect, confidence_interval(result, level)});
    }
    if constexpr (requires { prediction_interval(result, level); }) {
        if (exists && estimates.size() >= 3 && result.tau_squared > 0) {
            plot.prediction = prediction_interval(result, level);
        }
    }
    plot.note = detail::heterogeneity_note(result.tau_squared, heterogeneity(estimates));
    if (result.status != status::ok) {
        plot.note = "Pooled effect: " + std::string(to_string(result.status)) + ". " + plot.note;
    }
    detail::report_by(measure, plot);
    return plot;
}

/// The same of pooled results, one a row, such as `plot_of(measure, names, cumulative(model, estimates))`.
///
/// \throws invalid_input unless there is one name for each result, and unless 0 < level < 1
template <class Measure, pooled_result Result>
    requires requires(Measure const& measure, Result const& result, interval const& limits) {
        measure.back_transform(limits);
        { confidence_interval(result, 0.95) } -> std::convertible_to<interval>;
    }
[[nodiscard]] forest_plot plot_of(Measure const& measure, std::vector<std::string> const& names,
                                  std::vector<Result> const& results, double const level = 0.95) {
    auto plot = plot_of(names, results, level);
    detail::report_by(measure, plot);
    return plot;
}

/// A funnel plot about the pooled effect of a model; `plot_of<funnel_plot>(names, model, estimates)`.
///
/// \throws invalid_input as `pool` does, and unless there is one name for each study
template <std::same_as<funnel_plot> Plot, pools<std::vector<estimate>> Model>
[[nodiscard]] Plot plot_of(std::vector<std::string> const& names, Model const& model,
                           std::vector<estimate> const& estimates) {
    detail::require_one_each("names", names.size(), "studies", estimates.size());
    return {.names = names, .studies = estimates, .effect = pool(model, estimates).effect};
}

/// A radial plot about the pooled effect of a model; `plot_of<radial_plot>(names, model, estimates)`.
///
/// \throws invalid_input as `pool` does, and unless there is one name for each study
template <std::same_as<radial_plot> Plot, pools<std::vector<estimate>> Model>
[[nodiscard]] Plot plot_of(std::vector<std::string> const& names, Model const& model,
                           std::vector<estimate> const& estimates) {
    detail::require_one_each("names", names.size(), "studies", estimates.size());
    auto const result = pool(model, estimates);
    return {.names = names, .studies = estimates, .effect = result.effect, .tau_squared = result.tau_squared};
}

/// A Baujat plot; `plot_of<baujat_plot>(names, estimates)`.
///
/// \throws invalid_input as `baujat` does, and unless there is one name for each study
template <std::same_as<baujat_plot> Plot>
[[nodiscard]] Plot plot_of(std::vector<std::string> const& names, std::vector<estimate> const& estimates) {
    detail::require_one_each("names", names.size(), "studies", estimates.size());
    return {.names = names, .studies = baujat(estimates)};
}

/// A L'Abbé plot; `plot_of<labbe_plot>(names, trials)`.
///
/// \throws invalid_input unless there is one name for each trial
template <std::same_as<labbe_plot> Plot>
[[nodiscard]] Plot plot_of(std::vector<std::string> const& names,
                           std::vector<two_arms<events>> const& trials) {
    detail::require_one_each("names", names.size(), "trials", trials.size());
    return {.names = names, .trials = trials};
}

/// A bubble plot of a meta-regression, along one of its numeric moderators: discs in proportion to 1/(v +
/// tau²), the line with its confidence band and, where there is heterogeneity, its prediction band. Other
/// moderators are held at the studies' means, factors at the studies' shares of their levels.
///
///     svg(plot_of(names, fit, estimates, given, "latitude"));
///
/// \param fit of `meta_regression`, or of any other model that `predict` takes
/// \param given the moderators that it was fitted with
/// \throws invalid_input unless there is one name for each study, when these are not the moderators of the
///   regression or none of them is a number of that name, and unless 0 < level < 1
template <class Regression, class Moderators>
    requires requires(Regression const& fit, Moderators const& given) {
        fit.terms.terms();
        given.design(std::size_t());
    }
[[nodiscard]] bubble_plot plot_of(std::vector<std::string> const& names, Regression const& fit,
                                  std::vector<estimate> const& estimates, Moderators const& given,
                                  std::string const& moderator, double const level = 0.95) {
    detail::require_one_each("names", names.size(), "studies", estimates.size());
    detail::require_between_0_and_1("level", level);
    auto const terms = given.terms();
    fit.terms.require_same(terms);
    (void)given.mean(moderator); // refuses a name that is not that of a number
    std::size_t column = 0;
    for (auto const& term : terms.terms()) {
        column = term.name == moderator ? term.column : column;
    }
    auto const design = given.design(estimates.size());
    auto row = std::vector<double>(design.coefficients(), 0.0);
    auto const at = [&](std::size_t const study, std::size_t const place) {
        return design.columns().data()[place * estimates.size() + study];
    };
    auto plot = bubble_plot{.moderator_name = moderator};
    double first = at(0, column), last = first;
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        double const value = at(i, column);
        first = value < first ? value : first;
        last = value > last ? value : last;
        for (std::size_t j = 0; j < row.size(); ++j) {
            row[j] += (at(i, j) - row[j]) / static_cast<double>(i + 1);
        }
        plot.studies.push_back(
            {names[i], value, estimates[i].effect, 1 / (estimates[i].variance + fit.tau_squared)});
    }
    constexpr int steps = 40; // confidence bands are hyperbolas
    for (int i = 0; i <= steps; ++i) {
        row[column] = first + (last - first) * i / steps;
        auto const there = predict(fit, row, level);
        plot.predictions.push_back({row[column], there.effect, there.confidence,
                                    fit.tau_squared > 0 ? there.prediction : interval{}});
    }
    return plot;
}

/// The posterior densities of the mean effect, with its central interval shaded, and of a new study's true
/// effect; `plot_of<density_plot>(posterior)`, on the analysis scale.
///
/// \throws invalid_input unless 0 < level < 1, and for a posterior that is undefined, or certain of the
/// effect in a new study
template <std::same_as<density_plot> Plot, class Posterior>
    requires requires(Posterior const& after) { after.mean().density(0.0), after.new_study().density(0.0); }
[[nodiscard]] Plot plot_of(Posterior const& after, double const level = 0.95) {
    detail::require_between_0_and_1("level", level);
    auto const mean = after.mean();
    auto const next = after.new_study();
    double const tail = (1 - level) / 2;
    detail::require_that(next.quantile(0.005) < next.quantile(0.995),
                         "a posterior that is undefined, or certain of its effects, has no density to draw");
    return {
        .densities = {{"mean effect", [mean](double const x) { return double(mean.density(x)); }},
                      {"a new study's effect", [next](double const x) { return double(next.density(x)); }}},
        .range = {double(next.quantile(0.005)), double(next.quantile(0.995))},
        .shaded = interval{double(mean.quantile(tail)), double(detail::upper_quantile_of(mean, tail))}};
}

/// A monitoring plot of this analysis. Each look bears the name of the last trial in it. Where the required
/// information is not reached, the boundaries go on, dashed: at each amount of information, those of the next
/// look if it were taken there, up to the final look to come (`sequential_design::final_fraction_after`). A
/// design with futility brings its futility region: the inner wedge when two-sided, all on the far side of
/// its futility boundary when one-sided.
///
/// \throws invalid_input unless there is one name for each trial
[[nodiscard]] inline monitoring_plot plot_of(std::vector<std::string> const& names,
                                             sequential_analysis const& analysis) {
    detail::require_one_each("names", names.size(), "trials", analysis.information.accrued.size());
    auto const& design = analysis.design;
    auto plot = monitoring_plot{
        .information_name = analysis.information.unit,
        .information_unit = analysis.information.unit,
        .counts = analysis.information.quantity != &information_size::statistical_information,
        .required_information = analysis.information.required,
        .conventional = normal::upper_quantile(benefit_error(design.error, design.information.effect))};
    for (auto const& look : analysis.looks) {
        auto& drawn = plot.looks.emplace_back();
        drawn.name = names[look.trials - 1];
        drawn.information = look.information;
        drawn.z = look.z;
        detail::set_boundaries(drawn, design, look.lower_boundary, look.upper_boundary,
                               {look.wedge_below, look.wedge});
    }
    if (analysis.concluded_at) {
        plot.decided_at = analysis.concluded_at;
        plot.decision = to_string(analysis.conclusion);
    }
    if (analysis.fractions.size() > analysis.looks.size()) {
        static constexpr int steps = 16;
        double const reached = analysis.looks.empty() ? 0 : analysis.fractions[analysis.looks.size() - 1];
        double const end = analysis.fractions.back();
        for (int step = 1; step <= steps; ++step) {
            double const fraction = step == steps ? end : reached + (end - reached) * step / steps;
            auto fractions = analysis.fractions;
            if (step < steps) {
                fractions.insert(fractions.end() - 1, fraction);
            }
            auto const next = design.boundaries ? design.boundaries(design, fractions)
                                                : exact_monitoring{}(design, fractions);
            std::size_t const at = analysis.looks.size();
            auto& drawn = plot.planned.emplace_back();
            drawn.information = fraction * analysis.information.required;
            detail::set_boundaries(drawn, design, next.lower[at], next.upper[at],
                                   next.wedge.empty() ? interval{0, -1}
                                                      : interval{next.lower_edge(at), next.wedge[at]});
        }
    }
    return plot;
}

/// The confidence sequence of a series beside the trials' estimates, on the analysis scale;
/// `plot_of<confidence_sequence_plot>(names, estimates, series)`. Set `pooled` to what a cumulative analysis
/// gives for a line of pooled effects.
///
/// \throws invalid_input unless there is a name, an estimate and a look for each trial
template <std::same_as<confidence_sequence_plot> Plot>
[[nodiscard]] Plot plot_of(std::vector<std::string> const& names, std::vector<estimate> const& estimates,
                           anytime_series const& series) {
    detail::require_one_each("names", names.size(), "trials", series.looks.size());
    detail::require_one_each("estimates", estimates.size(), "trials", series.looks.size());
    auto plot = Plot{.names = names, .note = result_sentence(series)};
    for (auto const& study : estimates) {
        plot.effects.push_back(study.effect);
    }
    for (auto const& look : series.looks) {
        plot.sequence.push_back(look.interval);
    }
    return plot;
}

/// The same analysis in pooled effects: at each look the boundaries are its critical Z times the standard
/// error (for models with degrees of freedom, the t quantile of the same tail), on the scale of reports.
/// Boundaries to come have the standard error of the last look, less as information grows: SE sqrt(t / t').
///
/// \param measure has `back_transform`, as `log_odds_ratio{}`
/// \throws invalid_input unless there is one name for each trial
template <class Measure>
    requires requires(Measure const& measure, double const x) { measure.back_transform(x); }
[[nodiscard]] effect_monitoring_plot plot_of(Measure const& measure, std::vector<std::string> const& names,
                                             sequential_analysis const& analysis) {
    auto const in_z = plot_of(names, analysis);
    auto const back = [&](double const effect) { return double(measure.back_transform(effect)); };
    auto plot = effect_monitoring_plot{.information_name = in_z.information_name,
                                       .counts = in_z.counts,
                                       .logarithmic = detail::is_of_ratios(back),
                                       .no_effect = back(0),
                                       .required_information = in_z.required_information,
                                       .anticipated_effect = back(analysis.design.information.effect),
                                       .decided_at = in_z.decided_at,
                                       .decision = in_z.decision};
    auto const in_effects = [&](auto const& look, pooled at, double const information) {
        at.variance *= information / look.information;
        at.effect = 0;
        auto const effect_at = [&](double const z) {
            return back(detail::is_finite(z) ? -detail::effect_at_distance(at, z) : z);
        };
        auto const boundary_at = [&](double const z) {
            return detail::is_finite(z) ? effect_at(z) : detail::not_a_number<double>();
        };
        auto drawn = effect_monitoring_plot_look{.information = look.information};
        drawn.boundaries = {boundary_at(look.lower), boundary_at(look.upper)};
        if (look.futility && detail::is_finite(at.variance)) { // else there is no result to stop for
            drawn.futility = interval{effect_at(look.futility->lower), effect_at(look.futility->upper)};
        }
        return drawn;
    };
    for (std::size_t i = 0; i < in_z.looks.size(); ++i) {
        auto const result = detail::result_of(analysis.looks[i]);
        plot.looks.push_back(in_effects(in_z.looks[i], result, in_z.looks[i].information));
        plot.looks.back().name = in_z.looks[i].name;
        plot.looks.back().effect =
            detail::is_finite(result.effect) ? back(result.effect) : detail::not_a_number<double>();
    }
    for (auto const& look : in_z.planned) {
        plot.planned.push_back(
            in_effects(look, detail::result_of(analysis.looks.back()), analysis.looks.back().information));
    }
    return plot;
}

/// The plot of a series that an e-process monitored: ln E after each trial, with the line at 1/error. Its
/// confidence sequence beside the estimates is a `confidence_sequence_plot`.
///
/// \param names one for each trial
/// \throws invalid_input when the number of names is not that of the trials
[[nodiscard]] inline e_process_plot plot_of(std::vector<std::string> const& names,
                                            anytime_series const& series) {
    detail::require_one_each("names", names.size(), "trials", series.looks.size());
    auto plot = e_process_plot{.names = names, .alpha = series.error, .note = result_sentence(series)};
    for (auto const& look : series.looks) {
        plot.log_e_values.push_back(look.log_e_value);
    }
    return plot;
}

template <class Measure, class Model, class Studies, class... Rest>
    requires detail::reports<Studies>
ACCRUE_REFUSED("these are trials: effects(measure, trials) first",
               plot_of(Measure const&, std::vector<std::string> const&, Model const&, Studies const&,
                       Rest const&...));
template <class Measure, class Model, class... Rest>
    requires(!weighs<Model, std::vector<estimate>>)
ACCRUE_REFUSED(
    "a forest plot needs a model of estimates with weights: common_effect, random_effects and the like",
    plot_of(Measure const&, std::vector<std::string> const&, Model const&, std::vector<estimate> const&,
            Rest const&...));
template <class Plot, class Model, class Studies>
    requires detail::reports<Studies>
ACCRUE_REFUSED("these are trials: effects(measure, trials) first",
               plot_of(std::vector<std::string> const&, Model const&, Studies const&));
template <class Plot, class Model>
    requires(!pools<Model, std::vector<estimate>>)
ACCRUE_REFUSED("a plot about a pooled effect needs a model of estimates, such as random_effects{}",
               plot_of(std::vector<std::string> const&, Model const&, std::vector<estimate> const&));

template <class Model>
    requires pools<Model, std::vector<estimate>>
ACCRUE_REFUSED("there is no measure: plot_of(measure, names, model, estimates)",
               plot_of(std::vector<std::string> const&, Model const&, std::vector<estimate> const&));
template <class Measure, class Model>
    requires pools<Model, std::vector<estimate>>
ACCRUE_REFUSED("there are no names: plot_of(measure, names, model, estimates)",
               plot_of(Measure const&, Model const&, std::vector<estimate> const&));
template <class Plot, class Model>
    requires pools<Model, std::vector<estimate>>
ACCRUE_REFUSED("there are no names: plot_of<funnel_plot>(names, model, estimates)",
               plot_of(Model const&, std::vector<estimate> const&));

} // namespace accrue
