#pragma once

// Section 6: what else a trial sequential analysis tells. Futility, inference that counts the looks, the
// power to come, and boundaries that hold their error when the trials' true effects differ.

#include "layout.hpp"
#include "monitoring.hpp"
#include "provenance.hpp"
#include "review.hpp"
#include <accrue/accrue.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace ldn {

/// The analysis of 5a with an inner wedge: the type II error is spent over the looks, too.
inline sequential_analysis print_futility(std::ostream& out, review const& data, settings const& setting) {
    auto const stop = futility{1 - setting.power.value, lan_demets_obrien_fleming{}};
    auto const type_two_error = chosen(100 * stop.error);
    out << text("6a  Futility: can a difference of ", show(setting.difference, 1), " still be shown?\n");
    paragraph(
        out,
        text(
            "In 5a an error of ", fixed(100 * setting.error.value.error, 0),
            "§ % is spent over the looks on claiming an effect that is not there. In the same way the chance "
            "of missing a difference of ",
            show(setting.difference, 1), ", ", show(type_two_error, 0), " % at a power of ",
            fixed(100 * setting.power.value, 0),
            "§ %, can be spent on giving up (beta spending). A Z inside the inner wedge, nearer to 0 than it "
            "reaches, then says: a difference that large will hardly be shown, further trials are futile. "
            "The "
            "wedge is not binding§: a review that goes on inside it breaks no rule, since the outer boundary "
            "stays as it was."));
    auto design = plan(setting, information_needed(data, setting));
    design.futility = stop;
    auto const analysis = monitor(data, design, data.participants());

    auto const columns = std::vector<column>{{20}, {13, true}, {13, true}, {13, true}, {13, true}, {2}, {22}};
    out << '\n';
    row(out, columns, {"Look after", "fraction  ", "Z  ", "boundary  ", "wedge  ", "", "in words"});
    for (std::size_t i = 0; i < analysis.fractions.size(); ++i) {
        bool const seen = i < analysis.looks.size();
        double const wedge = analysis.boundaries.wedge[i];
        row(out, columns,
            {seen ? data.trials[i].name : "the required size", data.show(analysis.fractions[i], 3),
             seen ? data.show(analysis.looks[i].z, 4) : "",
             text("±", data.show(analysis.boundaries.upper[i], 4)),
             std::isfinite(wedge) ? text("±", data.show(wedge, 4)) : "none  ", "",
             seen ? "go on" : "the final look"});
    }
    out << '\n';
    auto const inflation_with_wedge =
        boundaries(setting.error.value, lan_demets_obrien_fleming{}, stop, analysis.fractions).inflation;
    auto const participants_with_wedge = std::ceil(design.information.participants * inflation_with_wedge);
    auto const& last = analysis.looks.back();
    auto const words = text(
        "In words: Z lies far outside the wedge, so nothing says that going on is futile. Before ",
        data.trials.back().name,
        " there is no wedge: so little evidence could not speak against a difference of ",
        show(setting.difference, 1),
        ". At the required size wedge and boundary meet, so the final look decides one way or the other. "
        "The wedge has its price: it also stops some reviews that would have shown the difference, and "
        "keeping the power of ",
        fixed(100 * setting.power.value, 0), "§ % takes ", data.show(participants_with_wedge, 0),
        " participants instead of ", data.show(design.information.participants_rounded_up(), 0), ".");
    require_that(analysis.conclusion == conclusion::insufficient && last.wedge > 0 &&
                     std::fabs(last.z) > 2 * last.wedge &&
                     !std::isfinite(analysis.looks[analysis.looks.size() - 2].wedge),
                 words);
    paragraph(out, words);
    return analysis;
}

/// An analysis of section 5 and how the review refers to it.
struct named_analysis {
    std::string name;
    sequential_analysis analysis;
};

/// The naive result beside those that count the looks.
inline void print_adjusted_inference(std::ostream& out, review const& data,
                                     std::vector<named_analysis> const& analyses) {
    out << "6b  The effect, with the looks taken into account\n";
    paragraph(
        out,
        "A review that stops when its Z is large has stopped when luck helped, so its usual estimate is on "
        "average too far from 0; and its usual p forgets that earlier looks could have stopped it. Adjusted: "
        "p and interval by the stage-wise ordering, which counts stopping at an earlier look as stronger "
        "evidence, and the median-unbiased estimate, as often too large as too small. The repeated "
        "intervals, "
        "estimate ± boundary times standard error, hold at all looks together, stopped or not.");
    auto const columns = std::vector<column>{{40}, {32}, {12}};
    out << '\n';
    row(out, columns, {"", "SMD (95 % CI)", "p"});
    for (auto const& [name, analysis] : analyses) {
        auto const result = infer_adjusted(analysis, level);
        auto const line = [&](std::string const& which, inference_summary const& summary) {
            row(out, columns,
                {which, text(fixed(summary.effect, 4), " ", data.show(summary.interval, 4)),
                 data.p(summary.p_value)});
        };
        out << text(name, ", after ", data.trials[result.look].name,
                    analysis.concluded_at ? ", where it stops\n" : ", not stopped\n");
        line("  naive", result.naive);
        line("  adjusted", result.adjusted);
        row(out, columns,
            {"  repeated confidence interval",
             text(fixed(result.naive.effect, 4), " ",
                  data.show(repeated_confidence_interval(analysis, result.look), 4))});
    }
    out << '\n';
    auto const adjusted = [&](std::size_t const i) { return infer_adjusted(analyses[i].analysis, level); };
    auto const by_participants = adjusted(0);
    auto const by_information = adjusted(2);
    auto const repeated = repeated_confidence_interval(analyses[0].analysis, by_participants.look);
    auto const words = text(
        "In words: in 5a and 5b the earlier boundaries were so high that stopping there was next to "
        "impossible, and adjusting changes next to nothing. In 5a monitoring goes on (it is adjusted as if "
        "it "
        "ended here), and there the repeated interval is the one to quote: it includes no effect. In 5c the "
        "first three looks had spent much of the error, and that counts: p is ",
        data.p(by_information.adjusted.p_value), ", not ", data.p(by_information.naive.p_value),
        ", and estimate and interval move towards no effect. None of this adjusts for the trials' quality, "
        "or "
        "for how their effects had to be rebuilt.");
    require_that(std::fabs(by_participants.adjusted.p_value - by_participants.naive.p_value) < 5e-5 &&
                     std::fabs(adjusted(1).adjusted.p_value - adjusted(1).naive.p_value) < 5e-5 &&
                     !analyses[0].analysis.concluded_at && repeated.contains(0.0) &&
                     by_information.adjusted.p_value > 1.2 * by_information.naive.p_value &&
                     by_information.adjusted.interval.upper > by_information.naive.interval.upper &&
                     by_information.adjusted.interval.upper < 0,
                 words);
    paragraph(out, words);
}

/// Conditional and predictive power of 5a.
inline void print_power_to_come(std::ostream& out, review const& data, settings const& setting,
                                sequential_analysis const& analysis) {
    auto const size = data.show(analysis.design.information.participants_rounded_up(), 0);
    out << "6c  What would the missing participants show?\n";
    paragraph(out, text("Given the evidence so far, how likely does 5a end beyond its boundary, with one "
                        "more look§ when ",
                        size, " participants are reached? That depends on what the trials to come show."));
    double const trend = current_drift(analysis);
    double const planned = planned_drift(analysis.design);
    auto const columns = std::vector<column>{{76}, {12}};
    out << '\n';
    row(out, columns, {"If the trials to come show", "probability"});
    auto const line = [&](std::string const& what, double const probability) {
        row(out, columns, {what, data.show(probability, 3)});
    };
    double const at_none = conditional_power(analysis, 0);
    double const averaged = predictive_power(analysis);
    line(text("the anticipated difference of ", show(setting.difference, 1), " (conditional power)"),
         conditional_power(analysis, planned));
    line("the trend so far, as Z grows with participants (conditional power)",
         conditional_power(analysis, trend));
    line("no effect (conditional power)", at_none);
    line("what the evidence so far makes believable, flat prior§ (predictive power)", averaged);
    out << '\n';
    double const trend_as_smd = setting.difference.value * trend / planned;
    double const pooled_effect = analysis.looks.back().cumulative.effect;
    auto const words = text(
        "In words: further trials would probably settle the question. But none of these is evidence of an "
        "effect. With half of the evidence in, luck alone would carry the curve across in about a third of "
        "cases if LDN had no effect from here on. And the figures are hopeful: counted in participants, Z "
        "grows as if the SMD were ",
        data.show(-trend_as_smd, 2), ", while the pooled effect is ", data.show(pooled_effect, 2),
        ", because a crossover trial tells more than its participants count for (5c). Parallel trials to "
        "come "
        "would not, and true effects that differ from trial to trial are not allowed for.");
    require_that(averaged > 0.9 && at_none > 0.3 && at_none < 0.4 && trend_as_smd > 1.3 * -pooled_effect,
                 words);
    paragraph(out, words);
}

/// How often each model errs with the planned boundary, and the boundary that keeps it within the error.
inline void print_calibration(std::ostream& out, review const& data, settings const& setting,
                              sequential_analysis const& analysis) {
    auto const replicates = chosen(std::uint64_t{20'000});
    auto const seed = chosen(std::uint64_t{1});
    auto const multiples = std::vector{0.0, 0.5, 1.0, 1.5, 2.0};
    auto const used = random_effects{dersimonian_laird{}};
    auto const recommended = random_effects{sidik_jonkman{}, hartung_knapp_floored{}};

    // The trials' own variances, and that of one parallel trial which brings what is missing.
    auto variances = std::vector<double>{};
    for (auto const& one : data.estimates) {
        variances.push_back(one.variance);
    }
    auto sorted = variances;
    std::sort(sorted.begin(), sorted.end());
    double const median = (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
    double const missing = std::ceil(analysis.information_needed());
    double const anticipated = setting.difference.value;
    variances.push_back((4 + anticipated * anticipated / 2) / missing);
    auto tau_squared = std::vector<double>{};
    for (double const multiple : multiples) {
        tau_squared.push_back(multiple * median);
    }

    out << "6d  Do the boundaries hold their error?\n";
    paragraph(
        out,
        text(
            "The boundaries of 5a are exact if all trials share one true effect. If true effects differ, "
            "with variance tau², that variance must be guessed from a few trials, and Z strays further than "
            "the theory allows. How far is found by simulating reviews of a treatment with no effect on "
            "average. They have the variances of the four trials and of one parallel trial§ that brings the "
            "missing ",
            data.show(missing, 0), " participants (variance ", data.show(variances.back(), 4), "); ",
            fixed(double(replicates.value) / 1000, 0), ",000", replicates.from.mark(), " reviews (seed ",
            fixed(double(seed.value), 0), seed.from.mark(),
            ") for each of five§ values of tau², from 0 to twice§ the median variance of the four. A review "
            "errs when it crosses a boundary at any look. A calibrated boundary is the planned one times the "
            "least factor that keeps the error at all these tau² within ",
            fixed(100 * setting.error.value.error, 0),
            "§ %, two§ Monte Carlo standard errors on the safe side."));
    paragraph(out,
              "Two models: DerSimonian-Laird, which 5a uses, and the one that this library recommends for "
              "monitoring: Sidik-Jonkman's tau², the standard error of Hartung and Knapp but never below the "
              "usual one, and t mapped to Z.");
    auto counts = std::vector<std::size_t>{};
    for (std::size_t i = 1; i <= variances.size(); ++i) {
        counts.push_back(i);
    }
    auto const planned = symmetric_looks(counts, analysis.boundaries.upper);
    auto const options = simulation_options{.replicates = replicates.value, .seed = seed.value};
    auto const calibrate = [&](auto const& model) {
        return calibrate_boundaries(model, planned, stated_variances{variances}, tau_squared,
                                    setting.error.value.error, options);
    };
    auto const with_used = calibrate(used);
    auto const with_recommended = calibrate(recommended);

    auto const percent = [&](simulated_probability const& error) {
        return text(fixed(100 * error.value, 1), " (", fixed(100 * error.standard_error, 2), ")",
                    data.from.mark());
    };
    auto const models = std::vector<column>{{20}, {38, true}, {38, true}};
    auto const columns = std::vector<column>{{20}, {19, true}, {19, true}, {19, true}, {19, true}};
    out << "\nActual error in %, and its Monte Carlo standard error\n";
    row(out, models, {"", "DerSimonian-Laird  ", "recommended model  "});
    row(out, columns, {"tau²", "planned  ", "calibrated  ", "planned  ", "calibrated  "});
    for (std::size_t i = 0; i < tau_squared.size(); ++i) {
        row(out, columns,
            {data.show(tau_squared[i], 4), percent(with_used.errors[i].as_planned),
             percent(with_used.errors[i].calibrated), percent(with_recommended.errors[i].as_planned),
             percent(with_recommended.errors[i].calibrated)});
    }
    auto const other = z_curve(recommended, data.estimates);
    auto const triples =
        std::vector<column>{{20}, {12, true}, {14, true}, {12, true}, {12, true}, {14, true}, {12, true}};
    out << "\nThe boundary on LDN's side, and the review's own Z\n";
    row(out, models, {"", "DerSimonian-Laird  ", "recommended model  "});
    row(out, triples, {"Look after", "planned  ", "calibrated  ", "Z  ", "planned  ", "calibrated  ", "Z  "});
    for (std::size_t i = 0; i < counts.size(); ++i) {
        bool const seen = i < analysis.looks.size();
        auto const as_planned = data.show(-planned.boundaries.upper[i], 2);
        row(out, triples,
            {seen ? data.trials[i].name : "the required size", as_planned,
             data.show(-with_used.looks.boundaries.upper[i], 2),
             seen ? data.show(analysis.looks[i].z, 2) : "", as_planned,
             data.show(-with_recommended.looks.boundaries.upper[i], 2), seen ? data.show(other[i], 2) : ""});
    }
    out << '\n';
    auto const worst_planned = [](calibrated_boundaries const& result) {
        return std::max_element(
                   result.errors.begin(), result.errors.end(),
                   [](auto const& a, auto const& b) { return a.as_planned.value < b.as_planned.value; })
            ->as_planned.value;
    };
    auto const last = analysis.looks.size() - 1;
    auto const words = text(
        "In words: if true effects differ, up to ", data.show(100 * worst_planned(with_used), 0),
        " % of reviews that use DerSimonian-Laird with the planned boundary find an effect that is not "
        "there, "
        "not the ",
        fixed(100 * setting.error.value.error, 0), "§ % they state; to hold that, the boundary must be ",
        data.show(with_used.factor, 2),
        " times as far out. The recommended model holds the planned boundary and could do with ",
        data.show(with_recommended.factor, 2),
        " times it. What guards against the worst tau² is strict at the others: that costs power. By either "
        "model Z after the last trial, ",
        data.show(analysis.looks[last].z, 2), " or ", data.show(other[last], 2),
        ", is well short of its calibrated boundary, so the answer of 5a, not yet, does not hang on the "
        "model. These boundaries hold for these variances, this range of tau² and that fifth trial only. The "
        "four trials show little tau² (section 3), but four could hardly show it.");
    require_that(worst_planned(with_used) > 0.1 && worst_planned(with_recommended) < 0.05 &&
                     with_used.worst().value < 0.05 && with_recommended.worst().value < 0.05 &&
                     -analysis.looks[last].z < 0.8 * with_used.looks.boundaries.upper[last] &&
                     -other[last] < 0.8 * with_recommended.looks.boundaries.upper[last],
                 words);
    paragraph(out, words);
}

/// The methods and the result as a paper would state them.
inline void print_methods(std::ostream& out, sequential_analysis const& analysis) {
    out << "6e  For the methods section of a paper\n";
    paragraph(out,
              "Written by the library from the analysis of 6a, so that others can repeat it. Its numbers "
              "bear no marks here; they are those of 5a and 6a.");
    out << '\n';
    paragraph(out, methods_sentence(analysis), 2);
    paragraph(out, result_sentence(analysis), 2);
}

} // namespace ldn
