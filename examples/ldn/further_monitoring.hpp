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

/// The model that is recommended with boundaries found by simulation.
inline auto const recommended = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};

/// The analysis of 5a with boundaries that hold their error for the model in use, whatever tau² is: they are
/// found by simulating reviews without an effect.
inline sequential_analysis print_simulated(std::ostream& out, review const& data, settings const& setting) {
    auto const replicates = chosen(std::size_t{50'000});
    auto const seed = chosen(std::uint64_t{1});
    auto design = plan(setting, information_needed(data, setting));
    design.boundaries = simulated_monitoring{.replicates = replicates.value, .seed = seed.value};
    auto const schedule = every_trial{.first = 2};
    auto const analysis =
        trial_sequential_analysis(recommended, design, data.estimates, data.participants(), schedule);
    auto const by_used = trial_sequential_analysis(random_effects{dersimonian_laird{}}, design,
                                                   data.estimates, data.participants(), schedule);

    out << "6d  Do the boundaries hold their error?\n";
    paragraph(
        out,
        text("The boundaries of 5a are exact if all trials share one true effect. If true effects differ, "
             "with "
             "variance tau², that variance must be guessed from a few trials, and Z strays further than the "
             "theory allows. So reviews of a treatment with no effect on average are simulated, ",
             fixed(static_cast<double>(replicates.value) / 1000, 0), ",000", replicates.from.mark(),
             " (seed ", fixed(static_cast<double>(seed.value), 0), seed.from.mark(), ") for each of ",
             fixed(static_cast<double>(analysis.simulated_errors.size()), 0),
             " values of tau² from 0 to far beyond the variances of the trials, with the trials' own "
             "variances "
             "and by the model in use. The boundary of a look is the smallest at which, for every tau², no "
             "more reviews have crossed by then than the spending of 5a allows. Looks begin with the second "
             "trial, since one trial has no tau². Two models: DerSimonian-Laird as in 5a, and the one that "
             "this library recommends here, with the standard error of Hartung and Knapp but never below the "
             "usual one, and t mapped to Z."));
    auto const models = std::vector<column>{{20}, {11, true}, {32, true}, {32, true}};
    auto const columns =
        std::vector<column>{{20}, {11, true}, {16, true}, {16, true}, {16, true}, {16, true}};
    out << '\n';
    row(out, models, {"", "", "DerSimonian-Laird  ", "recommended model  "});
    row(out, columns, {"Look after", "fraction  ", "boundary  ", "Z  ", "boundary  ", "Z  "});
    auto const boundary = [&](double const z) { return std::isfinite(z) ? data.show(z, 2) : "none  "; };
    for (std::size_t i = 0; i < analysis.looks.size(); ++i) {
        auto const& look = analysis.looks[i];
        auto const& other = by_used.looks[i];
        row(out, columns,
            {data.trials[look.trials - 1].name, data.show(look.information_fraction, 3),
             boundary(other.lower_boundary), data.show(other.z, 2), boundary(look.lower_boundary),
             data.show(look.z, 2)});
    }
    out << '\n';
    auto const& last = analysis.last_look();
    auto const worst = std::max_element(analysis.simulated_errors.begin(), analysis.simulated_errors.end(),
                                        [](auto const& a, auto const& b) { return a.either() < b.either(); });
    auto const words = text(
        "In words: to hold its error, DerSimonian-Laird as in 5a must reach ",
        data.show(by_used.last_look().lower_boundary, 2), " after the last trial, where theory asks for ",
        data.show(exact_monitoring{}(plan(setting, design.information), analysis.fractions)
                      .lower[analysis.looks.size() - 1],
                  2),
        "; the recommended model must reach ", data.show(last.lower_boundary, 2), ". Theirs are ",
        data.show(by_used.last_look().z, 2), " and ", data.show(last.z, 2),
        ". So the answer of 5a, not yet, does not hang on the model. An early look may spend so little that "
        "the simulation can't resolve it: it has no boundary, and what it would spend is carried on. So far "
        "at most ",
        data.show(100 * worst->either(), 2),
        " % of the simulated reviews crossed, at the worst tau². It promises nothing for true effects that "
        "are skewed.");
    require_that(analysis.conclusion == conclusion::insufficient &&
                     by_used.conclusion == conclusion::insufficient && worst->either() < 0.05,
                 words);
    paragraph(out, words);
    return analysis;
}

/// The methods and the result as a paper would state them.
inline void print_methods(std::ostream& out, sequential_analysis const& analysis) {
    out << "6g  For the methods section of a paper\n";
    paragraph(out,
              "Written by the library from the analysis of 6a, so that others can repeat it. Its numbers "
              "bear no marks here; they are those of 5a and 6a.");
    out << '\n';
    paragraph(out, methods_sentence(analysis), 2);
    paragraph(out, result_sentence(analysis), 2);
}

} // namespace ldn
