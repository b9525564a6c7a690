// Low-dose naltrexone for pain in fibromyalgia: four randomised trials, from what their publications report
// to the pooled effect, its trial sequential analysis, and two pictures.
//
//     ldn [FOLDER FOR THE PICTURES [FOLDER OF THE DATA]]
//
// Every number keeps its provenance (provenance.hpp), and every number that its source does not print is
// marked.

#include "layout.hpp"
#include "provenance.hpp"
#include "trial_data.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ldn {
namespace {

using namespace accrue;

constexpr double level = 0.95;
constexpr double conventional_z = 1.959963984540054;

/// A trial with its effect on pain: the standardised mean difference, LDN minus placebo.
struct trial {
    std::string name;
    sourced<double> participants;
    sourced<estimate> effect;
};

std::string smd_text(sourced<estimate> const& effect) {
    return "SMD " + fixed(effect.value.effect, 4) + effect.from.mark() + ", variance " +
           fixed(effect.value.variance, 5) + effect.from.mark();
}

std::string describe(trial_report const& report) {
    return report.short_name() + ", " + report.design() + ", LDN " + report.dose() + " mg, " +
           show(report.participants(), 0) + " participants";
}

// --------------------------------------------------------------------------------------------------------------
// 1. From reports to effects

/// Younger 2013 reports each period's mean with a confidence interval, and the paired p-value. The intervals
/// give the standard deviations, the p-value that of the difference, and the three together the correlation.
struct younger_rebuilt {
    trial result;
    sourced<double> correlation;
};

younger_rebuilt rebuild_younger(std::ostream& out, trial_report const& report) {
    auto const n = report.number("analysed");
    auto const ldn_fall = report.number("pain_reduction_percent_ldn");
    auto const placebo_fall = report.number("pain_reduction_percent_placebo");
    auto const ldn_half_width = report.number("pain_ci_halfwidth_percent_ldn");
    auto const placebo_half_width = report.number("pain_ci_halfwidth_percent_placebo");
    auto const p = report.number("pain_p_value");

    // Pain falls, so the change is minus the reduction.
    auto const arm_of = [](double const size, double const fall, double const half_width) {
        auto const range = interval{-fall - half_width, -fall + half_width};
        return measurement{.mean = -fall, .sd = standard_deviation_from_interval(size, range)};
    };
    auto const ldn_arm = derive(arm_of, n, ldn_fall, ldn_half_width);
    auto const placebo_arm = derive(arm_of, n, placebo_fall, placebo_half_width);
    auto const t = derive(
        [](double const size, double const p_value) {
            return statistic_from_p_value(reported::two_sided_p{p_value}, size - 1);
        },
        n, p);
    auto const sd_of_difference = derive(
        [](double const size, double const ldn, double const placebo, double const statistic) {
            auto const difference = from_t(placebo - ldn, statistic);
            return standard_deviation_from_standard_error(
                size, reported::standard_error{standard_error(difference)});
        },
        n, ldn_fall, placebo_fall, t);
    auto const correlation =
        derive([](measurement const& ldn, measurement const& placebo,
                  double const sd) { return correlation_from_sd_of_difference(ldn.sd, placebo.sd, sd); },
               ldn_arm, placebo_arm, sd_of_difference);
    auto const effect = derive(
        [](double const size, measurement const& ldn, measurement const& placebo, double const r) {
            return crossover_standardized_mean_difference{}(
                paired_arms{.n = size, .treatment = ldn, .control = placebo, .correlation = r});
        },
        n, ldn_arm, placebo_arm, correlation);

    out << describe(report) << '\n';
    paragraph(out,
              "Reported: " + show(n, 0) + " analysed; pain fell by " + show(ldn_fall, 1) +
                  " % with LDN and by " + show(placebo_fall, 1) + " % with placebo, paired p = " +
                  show(p, 3) + ". Half-widths of the 95 % intervals: " + show(ldn_half_width, 1) + " and " +
                  show(placebo_half_width, 1) + ".",
              2);
    paragraph(out,
              "The intervals give the standard deviations " + show(part(ldn_arm, &measurement::sd), 2) +
                  " and " + show(part(placebo_arm, &measurement::sd), 2) + "; p gives t = " + show(t, 4) +
                  " and so the standard deviation of the difference, " + show(sd_of_difference, 2) +
                  "; the three give the correlation between the two periods, " + show(correlation, 4) + ".",
              2);
    out << "  " << smd_text(effect) << " (crossover: Elbourne et al. 2002)\n\n";
    return {{report.short_name(), report.participants(), effect}, correlation};
}

/// de Paula 2023 reports how each group changed, not their comparison: the difference of two standardised
/// mean changes. Both groups improved.
trial rebuild_de_paula(std::ostream& out, trial_report const& report) {
    auto const ldn_n = report.number("analysed_ldn");
    auto const placebo_n = report.number("analysed_placebo");
    auto const ldn_p = report.number("pain_within_group_p_value_ldn");
    auto const placebo_p = report.number("pain_within_group_p_value_placebo");

    auto const paired_of = [](double const n, double const p) {
        return paired_t{.n = n, .t = -statistic_from_p_value(reported::two_sided_p{p}, n - 1)};
    };
    auto const ldn_test = derive(paired_of, ldn_n, ldn_p);
    auto const placebo_test = derive(paired_of, placebo_n, placebo_p);
    auto const effect = derive(
        [](paired_t const& ldn, paired_t const& placebo) {
            auto const change = standardized_mean_change{};
            return difference(change(ldn), change(placebo));
        },
        ldn_test, placebo_test);

    out << describe(report) << '\n';
    paragraph(out,
              "Reported, of the two groups with sham stimulation: " + show(ldn_n, 0) +
                  " with LDN, before against " + "after p = " + show(ldn_p, 3) + "; " + show(placebo_n, 0) +
                  " with placebo, p = " + show(placebo_p, 3) + "; both improved.",
              2);
    paragraph(out,
              "Each p gives a paired t, " + show(part(ldn_test, &paired_t::t), 4) + " and " +
                  show(part(placebo_test, &paired_t::t), 4) +
                  ", each t a standardised mean change; their difference is the effect.",
              2);
    out << "  " << smd_text(effect) << " (Hedges' exact correction)\n\n";
    return {report.short_name(), report.participants(), effect};
}

/// Bested 2023 reports a rank test. Its p-value gives a Z, and the correlation that the crossover formula
/// needs is borrowed from Younger 2013.
trial rebuild_bested(std::ostream& out, trial_report const& report, sourced<double> const& borrowed) {
    auto const n = report.number("analysed");
    auto const p = report.number("pain_p_value");
    auto const z = derive(
        [](double const p_value) { return -statistic_from_p_value(reported::two_sided_p{p_value}); }, p);
    auto const effect = derive(
        [](double const size, double const statistic, double const r) {
            return crossover_standardized_mean_difference{}(
                correlated_t{.n = size, .t = statistic, .correlation = r});
        },
        n, z, borrowed);

    out << describe(report) << '\n';
    paragraph(out,
              "Reported: less pain with LDN, paired p = " + show(p, 1) + ". The number analysed, " +
                  show(n, 0) + ", is what the review's total leaves after the other three trials.",
              2);
    paragraph(out,
              "p gives Z = " + show(z, 4) + "; the correlation is borrowed from Younger 2013, " +
                  show(borrowed, 4) + ".",
              2);
    out << "  " << smd_text(effect) << " (crossover: Elbourne et al. 2002)\n\n";
    return {report.short_name(), report.participants(), effect};
}

/// FINAL 2024 reports Cohen's d with its sign in words.
trial rebuild_final(std::ostream& out, trial_report const& report) {
    auto const ldn_n = report.number("analysed_ldn");
    auto const placebo_n = report.number("analysed_placebo");
    auto const d = report.number("pain_cohen_d");
    auto const effect = derive(
        [](double const ldn, double const placebo, double const size) {
            return standardized_mean_difference{}(
                cohens_d{.n_treatment = ldn, .n_control = placebo, .d = -size});
        },
        ldn_n, placebo_n, d);

    out << describe(report) << '\n';
    paragraph(out,
              "Reported: " + show(ldn_n, 0) + " with LDN, " + show(placebo_n, 0) +
                  " with placebo; standardised difference (Cohen's d) " + show(d, 2) + " in favour of LDN.",
              2);
    out << "  " << smd_text(effect) << " (Hedges' exact correction)\n";
    return {report.short_name(), report.participants(), effect};
}

// --------------------------------------------------------------------------------------------------------------
// The four trials together

struct review {
    std::vector<trial> trials;
    std::vector<estimate> estimates;
    provenance from; ///< of whatever is computed from all trials

    explicit review(std::vector<trial> all) : trials(std::move(all)) {
        for (auto const& one : trials) {
            estimates.push_back(one.effect.value);
            from.second_hand = from.second_hand || one.effect.from.second_hand;
        }
        from.computed = true;
    }

    [[nodiscard]] std::vector<sourced<double>> participants_so_far() const {
        auto sums = std::vector<sourced<double>>{};
        for (auto const& one : trials) {
            sums.push_back(sums.empty() ? one.participants
                                        : derive(std::plus<>{}, sums.back(), one.participants));
        }
        return sums;
    }

    /// A result of all trials, with its mark.
    template <class T>
    [[nodiscard]] std::string show(T const& value, int const digits) const {
        return ldn::show(sourced<T>{value, from}, digits);
    }
    [[nodiscard]] std::string p(double const value) const { return p_text(value) + from.mark(); }
};

void print_forest(std::ostream& out, review const& data) {
    heading(out, "2  Forest rows");
    auto const model = random_effects{dersimonian_laird{}};
    auto const rows = forest_rows(model, data.estimates, level);
    auto const axis = interval{-1.0, 0.6};
    auto const columns = std::vector<column>{{15}, {29, true}, {11, true}, {3}, {33}};
    row(out, columns, {"", "", "", "", "  favours LDN    |  favours placebo"});
    row(out, columns, {"Trial", "SMD (95 % CI)  ", "weight", "", ""});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& [name, participants, effect] = data.trials[i];
        row(out, columns,
            {name, fixed(rows[i].effect, 3) + " " + fixed(rows[i].interval, 3) + left(effect.from.mark(), 2),
             fixed(rows[i].weight, 1) + " %" + left(data.from.mark(), 2), "",
             whisker(rows[i].effect, rows[i].interval, axis, 33)});
    }
    auto const pooled_effect = pool(model, data.estimates);
    auto const range = confidence_interval(pooled_effect, level);
    row(out, columns,
        {"Pooled", fixed(pooled_effect.effect, 3) + " " + fixed(range, 3) + data.from.mark(),
         "100 %" + left("", 2), "", whisker(pooled_effect.effect, range, axis, 33)});
    row(out, columns, {"", "", "", "", "-1.0      -0.5       0        0.5"});
}

struct named_result {
    std::string name;
    pooled result;
};

void print_pooled(std::ostream& out, review const& data) {
    heading(out, "3  Pooled effect and heterogeneity");
    auto const results = std::vector<named_result>{
        {"Common effect", pool(common_effect{}, data.estimates)},
        {"Random effects, DerSimonian-Laird", pool(random_effects{dersimonian_laird{}}, data.estimates)},
        {"Random effects, REML with Hartung-Knapp",
         pool(random_effects{reml{}, hartung_knapp{}}, data.estimates)}};
    auto const columns = std::vector<column>{{42}, {31}, {12}};
    row(out, columns, {"Model", "SMD (95 % CI)", "p"});
    for (auto const& [name, result] : results) {
        row(out, columns,
            {name, fixed(result.effect, 4) + " " + data.show(confidence_interval(result, level), 4),
             data.p(p_value(result))});
    }
    auto const& by_dl = results[1].result;
    auto const& by_reml = results[2].result;
    auto const spread = heterogeneity(data.estimates);
    out << '\n';
    paragraph(
        out, "Heterogeneity: Q " + data.show(spread.q, 4) + " on " + data.show(spread.degrees_of_freedom, 0) +
                 " degrees of freedom, p " + data.p(spread.p_value) + "; I² " +
                 data.show(100 * spread.i_squared, 1) + " %; tau² " + data.show(by_dl.tau_squared, 4) +
                 " (DerSimonian-Laird), " + data.show(by_reml.tau_squared, 4) + " (REML); D² " +
                 data.show(100 * diversity(data.estimates, random_effects{dersimonian_laird{}}), 1) + " %.");
    paragraph(out, "95 % prediction interval for the effect in a new trial: " +
                       data.show(prediction_interval(by_dl, level), 4) + " with DerSimonian-Laird, " +
                       data.show(prediction_interval(by_reml, level), 4) + " with REML and Hartung-Knapp.");
    out << '\n';
    paragraph(out,
              "In words: LDN lowers pain by about a fifth of a standard deviation, a small effect. With the "
              "usual interval this just excludes no effect; with the interval that allows for how little "
              "four trials tell of the spread between them (Hartung-Knapp), it does not. The trials do not "
              "visibly disagree, but four trials could hardly show it if they did: the prediction interval "
              "includes no effect.");
}

void print_cumulative(std::ostream& out, review const& data) {
    heading(out, "4  The evidence as it came in, tested naively");
    auto const model = random_effects{dersimonian_laird{}};
    auto const results = cumulative(model, data.estimates);
    auto const curve = z_curve(model, data.estimates);
    auto const columns = std::vector<column>{{17}, {14, true}, {34, true}, {14, true}, {14, true}};
    row(out, columns, {"After", "participants ", "SMD (95 % CI)  ", "Z  ", "p  "});
    auto const accrued = data.participants_so_far();
    auto from = provenance{.computed = true};
    for (std::size_t i = 0; i < results.size(); ++i) {
        from.second_hand = from.second_hand || data.trials[i].effect.from.second_hand;
        auto const range = confidence_interval(results[i], level);
        row(out, columns,
            {data.trials[i].name, show(accrued[i], 0),
             text(fixed(results[i].effect, 4), " ", show(sourced{range, from}, 4)),
             show(sourced{curve[i], from}, 4), text(p_text(p_value(results[i])), from.mark())});
    }
    out << '\n';
    paragraph(out,
              "Negative Z favours LDN. Each Z is beyond -1.96, so whoever looked after any of these trials "
              "and tested as if it were the only look would have called the effect significant. Looking "
              "again and again makes chance findings: five such looks at a treatment that does nothing "
              "find 'an effect' in 14 % of cases, not 5 % (Armitage, McPherson and Rowe 1969).");
}

// --------------------------------------------------------------------------------------------------------------
// Trial sequential analysis

/// What a look says, for the last column of the table.
std::string in_words(sequential_analysis const& analysis, std::size_t const index) {
    if (analysis.concluded_at && index > *analysis.concluded_at) {
        return "already decided";
    }
    switch (analysis.looks[index].decision) {
    case conclusion::insufficient:
        return "go on: boundary not reached";
    case conclusion::benefit:
        return "stop: LDN lowers pain";
    case conclusion::harm:
        return "stop: LDN raises pain";
    case conclusion::futility:
        return "stop: not shown in time";
    }
    return "";
}

struct settings {
    sourced<two_sided> error;
    sourced<double> power;
    sourced<double> difference; ///< to be detected, as a standardised mean difference in favour of LDN
};

/// What is needed to detect the difference, with the diversity of the trials at hand.
information_size information_needed(review const& data, settings const& setting) {
    double const d_squared = diversity(data.estimates, random_effects{dersimonian_laird{}});
    return required_information_size(
        standardized_mean_difference_target{.difference = -setting.difference.value}, setting.error.value,
        setting.power.value, diversity_adjustment{.d_squared = d_squared});
}

sequential_analysis monitor(review const& data, settings const& setting, information_size const& size) {
    auto participants = std::vector<double>{};
    for (auto const& one : data.trials) {
        participants.push_back(one.participants.value);
    }
    auto const design = sequential_design{.error = setting.error.value,
                                          .power = setting.power.value,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = size};
    return trial_sequential_analysis(random_effects{dersimonian_laird{}}, design, data.estimates,
                                     participants);
}

void print_looks(std::ostream& out, review const& data, sequential_analysis const& analysis) {
    auto const columns = std::vector<column>{{17}, {14, true}, {14, true}, {14, true}, {13, true}, {3}, {29}};
    row(out, columns, {"Look after", "participants ", "fraction  ", "Z  ", "boundary  ", "", "in words"});
    auto const accrued = data.participants_so_far();
    for (std::size_t i = 0; i < analysis.looks.size(); ++i) {
        auto const& look = analysis.looks[i];
        row(out, columns,
            {data.trials[i].name, show(accrued[i], 0), data.show(look.information_fraction, 3),
             data.show(look.z, 4),
             std::isfinite(look.lower_boundary) ? data.show(look.lower_boundary, 4) : "none  ", "",
             in_words(analysis, i)});
    }
    out << '\n';
}

/// Prints the analysis of one target and returns it.
sequential_analysis print_monitoring(std::ostream& out, review const& data, settings const& setting) {
    auto const size = information_needed(data, setting);
    auto const analysis = monitor(data, setting, size);
    paragraph(out, text("Required information size: ", data.show(size.participants_rounded_up(), 0),
                        " participants. Accrued: ", data.show(analysis.information.accrued.back(), 0),
                        ", a fraction of ", data.show(analysis.looks.back().information_fraction, 3), "."));
    print_looks(out, data, analysis);
    return analysis;
}

void print_monitoring_at_smd(std::ostream& out, review const& data, settings const& setting) {
    out << text("5a  To detect a standardised mean difference of ", show(setting.difference, 1), "\n");
    auto const analysis = print_monitoring(out, data, setting);
    auto const& look = analysis.looks.back();
    paragraph(out,
              text("In words: no. Though each look passes a single test, none reaches its boundary: after "
                   "the last trial Z is ",
                   data.show(look.z, 2), " where ", data.show(look.lower_boundary, 2),
                   " is asked for. What looked significant four times is not yet firm evidence; about ",
                   data.show(std::ceil(analysis.information_needed()), 0), " more participants are needed."));
}

/// The standard deviation of the change in pain on the 0-10 scale, from the confidence intervals of FINAL's
/// arms.
sourced<double> standard_deviation_of_pain(std::ostream& out, trial_report const& report) {
    auto const ldn_n = report.number("analysed_ldn");
    auto const placebo_n = report.number("analysed_placebo");
    auto const ldn_change = report.mean("pain_change_ldn");
    auto const placebo_change = report.mean("pain_change_placebo");
    auto const sd_of = [](double const n, mean_with_interval const& change) {
        return standard_deviation_from_interval(n, change.range);
    };
    auto const ldn_sd = derive(sd_of, ldn_n, ldn_change);
    auto const placebo_sd = derive(sd_of, placebo_n, placebo_change);
    auto const rounded = derive(
        [](double const a, double const b) { return std::round(10 * std::sqrt((a * a + b * b) / 2)) / 10; },
        ldn_sd, placebo_sd);
    auto const interval_text = [](sourced<mean_with_interval> const& change) {
        return text(fixed(change.value.mean, 1), " ", fixed(change.value.range, 1), change.from.mark());
    };
    paragraph(out, text("FINAL 2024 reports mean changes on the 0-10 scale of ", interval_text(ldn_change),
                        " with LDN (", show(ldn_n, 0), " participants) and ", interval_text(placebo_change),
                        " with placebo (", show(placebo_n, 0),
                        "). Half the width of each 95 % interval, over the quantile of t, times the root "
                        "of n, is a standard deviation: ",
                        show(ldn_sd, 3), " and ", show(placebo_sd, 3),
                        ". The intervals have one decimal, so ", show(rounded, 1), " points."));
    return rounded;
}

sequential_analysis print_monitoring_at_one_point(std::ostream& out, review const& data, settings setting,
                                                  sourced<double> const& sd) {
    setting.difference = derive([](double const deviation) { return 1 / deviation; }, sd);
    paragraph(
        out, text("One point§ is then a standardised mean difference of ", show(setting.difference, 3), "."));
    auto const analysis = print_monitoring(out, data, setting);

    auto const first = *analysis.concluded_at;
    auto const& look = analysis.looks[first];
    auto whole = information_needed(data, setting);
    whole.participants = whole.participants_rounded_up();
    auto const whole_analysis = monitor(data, setting, whole);
    auto const& same_look = whole_analysis.looks[first];
    auto const pooled_effect = pool(random_effects{dersimonian_laird{}}, data.estimates);
    auto const in_points = confidence_interval(pooled_effect, level);
    paragraph(
        out,
        text("In words: the boundary is crossed after ", data.trials[first].name, ", by a hair: Z is ",
             data.show(look.z, 4), ", the boundary ", data.show(look.lower_boundary, 4),
             ". Had the required size been rounded up to ", data.show(whole.participants, 0),
             " participants, the boundary there would be ", data.show(same_look.lower_boundary, 4),
             " and the curve would cross it after ", data.trials[*whole_analysis.concluded_at].name,
             ". So large a target needs few participants, and evidence soon suffices. But it is evidence "
             "against no effect at all, not for one point: the pooled effect in points is ",
             data.show(pooled_effect.effect * sd.value, 2), " ",
             data.show(interval{in_points.lower * sd.value, in_points.upper * sd.value}, 2),
             ", and even its favourable end falls short of one point."));
    return analysis;
}

// --------------------------------------------------------------------------------------------------------------
// How one extraction error turns a conclusion

/// A ratio with its interval and p-value, back on the ratio scale.
template <class Measure>
std::string ratio_text(Measure const& measure, sourced<two_arms<events>> const& trial) {
    auto const effect = measure(trial.value);
    auto const result = pool(common_effect{}, std::vector{effect});
    auto const range = measure.back_transform(confidence_interval(result, level));
    auto const mark = provenance{.computed = true, .second_hand = trial.from.second_hand}.mark();
    return text(fixed(measure.back_transform(result), 2), " ", fixed(range, 2), mark, ", p ",
                p_text(p_value(result)), mark);
}

std::string counts_text(sourced<two_arms<events>> const& trial) {
    auto const& [treatment, control] = trial.value;
    auto const mark = trial.from.mark();
    return text(fixed(treatment.count, 0), "/", fixed(treatment.total, 0), mark, " v ",
                fixed(control.count, 0), "/", fixed(control.total, 0), mark);
}

void print_responders(std::ostream& out, trial_report const& report) {
    heading(out, "6  One extraction error: FINAL's responders");
    auto const arms_of = [](events const& ldn, events const& placebo) { return two_arms{ldn, placebo}; };
    auto const sum = [](events const& a, events const& b) {
        return events{.count = a.count + b.count, .total = a.total};
    };
    auto const ldn_30 = report.events("responders30_ldn");
    auto const placebo_30 = report.events("responders30_placebo");
    auto const ldn_50 = report.events("responders50_ldn");
    auto const placebo_50 = report.events("responders50_placebo");
    auto const quoted = [&](sourced<events> const& ldn, sourced<events> const& placebo) {
        return sourced{arms_of(ldn.value, placebo.value),
                       provenance{ldn.from.computed || placebo.from.computed,
                                  ldn.from.second_hand || placebo.from.second_hand}};
    };
    auto const right_counts = quoted(ldn_30, placebo_30);
    auto const at_least_half = quoted(ldn_50, placebo_50);
    auto const summed_counts = quoted(derive(sum, ldn_30, ldn_50), derive(sum, placebo_30, placebo_50));

    paragraph(
        out,
        text("Less pain by at least 30 %, LDN v placebo: ", counts_text(right_counts),
             "; by at least 50 %: ", counts_text(at_least_half),
             ". Whoever has 50 % less pain also has 30 % less, so the second count is part of the first. "
             "The error stated‡ in the later correspondence (section 7) is that the review added the two "
             "counts together."));
    out << '\n';
    auto const columns = std::vector<column>{{28}, {34}, {34}};
    row(out, columns,
        {"", text("Right: ", counts_text(right_counts)), text("Summed: ", counts_text(summed_counts))});
    row(out, columns,
        {"Odds ratio (95 % CI)", ratio_text(log_odds_ratio{}, right_counts),
         ratio_text(log_odds_ratio{}, summed_counts)});
    row(out, columns,
        {"Risk ratio (95 % CI)", ratio_text(log_risk_ratio{}, right_counts),
         ratio_text(log_risk_ratio{}, summed_counts)});
    auto const verdict = [](sourced<two_arms<events>> const& counts) {
        return p_value(pool(common_effect{}, std::vector{log_odds_ratio{}(counts.value)})) < 0.05
                   ? "more responders with LDN"
                   : "no difference shown";
    };
    row(out, columns, {"Verdict at 5 %", verdict(right_counts), verdict(summed_counts)});
    out << '\n';
    paragraph(
        out,
        "In words: counted once, the trial does not show that more people respond to LDN; counted twice, it "
        "seems to. The arithmetic of every later step is right and cannot repair it.");
}

// --------------------------------------------------------------------------------------------------------------
// What the review published

void print_published(std::ostream& out, review const& data, table const& published,
                     sourced<double> const& sd) {
    heading(out, "7  The review's published rows, the letter's, and ours");
    auto const columns = std::vector<column>{{36}, {27}, {11}, {9}, {13}};
    row(out, columns, {"Row", "estimate (95 % CI)", "I²", "p", "provenance"});
    auto in_words_only = std::vector<std::string>{};
    for (std::size_t i = 0; i < published.size(); ++i) {
        auto const& outcome = published.text(i, "outcome");
        if (published.text(i, "estimate").empty()) {
            in_words_only.push_back(text(outcome, " (", published.text(i, "direction"), ")"));
            continue;
        }
        auto const mark = published.from(i).mark();
        auto const& spread = published.text(i, "i_squared_percent");
        row(out, columns,
            {outcome,
             text(published.text(i, "measure"), " ", published.text(i, "estimate"), " (",
                  published.text(i, "lower"), ", ", published.text(i, "upper"), ")", mark),
             spread.empty() ? "" : text(spread, " %", mark), published.text(i, "p_value"),
             published.text(i, "provenance")});
    }
    auto const ours = pool(random_effects{dersimonian_laird{}}, data.estimates);
    auto const our_range = confidence_interval(ours, level);
    row(out, columns,
        {"ours, pain", text("SMD ", fixed(ours.effect, 2), " ", data.show(our_range, 2)),
         text(data.show(100 * heterogeneity(data.estimates).i_squared, 0), " %"), data.p(p_value(ours)),
         "computed"});
    row(out, columns,
        {text("ours, times ", show(sd, 1)),
         text("MD ", fixed(ours.effect * sd.value, 2), " ",
              data.show(interval{our_range.lower * sd.value, our_range.upper * sd.value}, 2)),
         "", "", "computed"});

    out << "\nWhat the published intervals imply, if they are estimate ± 1.96 standard errors\n";
    auto const implied = std::vector<column>{{36}, {17}, {15}, {16}, {12}};
    row(out, implied, {"Row", "standard error", "z", "p", "Q"});
    for (std::size_t i = 0; i < published.size(); ++i) {
        if (published.text(i, "estimate").empty()) {
            continue;
        }
        auto const effect = derive(
            [](double const middle, double const lower, double const upper) {
                return from_interval(middle, interval{lower, upper});
            },
            published.number(i, "estimate"), published.number(i, "lower"), published.number(i, "upper"));
        auto const result = pool(common_effect{}, std::vector{effect.value});
        auto const& spread = published.text(i, "i_squared_percent");
        auto q = std::string{};
        if (!spread.empty()) {
            // I² = (Q - df) / Q, cut off at 0.
            double const df = static_cast<double>(data.trials.size() - 1);
            double const i_squared = to_number(spread) / 100;
            q = text(i_squared > 0 ? "" : "≤ ", fixed(df / (1 - i_squared), 2), effect.from.mark());
        }
        double const p = p_value(result);
        row(out, implied,
            {published.text(i, "outcome"), text(fixed(standard_error(effect.value), 4), effect.from.mark()),
             text(fixed(test_statistic(result), 2), effect.from.mark()),
             text(p < 0.0001 ? "<0.0001" : fixed(p, 4), effect.from.mark()), q});
    }
    out << '\n';
    paragraph(out, "Q is what I² implies if a row pools the four trials, Q = 3† / (1 - I²); the abstract "
                   "does not say how many "
                   "each row pools. It states these outcomes in words alone:");
    for (auto const& outcome : in_words_only) {
        out << "  " << outcome << '\n';
    }
    out << '\n';
    paragraph(out, "The letter is Korean J Pain 2026;39(1):140-143, doi:10.3344/kjp.25275; an erratum to the "
                   "review followed, "
                   "Korean J Pain 2026;39(1):147-149.");
    paragraph(
        out,
        text(
            "In words: the review's pain row implies |z| near 5, far beyond any boundary in section 5, and "
            "ours does "
            "not come near it. The letter's re-analysis‡ and ours agree: a small effect, about a fourth or a "
            "fifth of a standard deviation. We cannot say where the review's larger figure comes from, since "
            "its "
            "table of trials is not available here."));
}

// --------------------------------------------------------------------------------------------------------------
// Pictures

void write_picture(std::filesystem::path const& file, std::string const& script) {
    auto stream = std::ofstream(file);
    stream << script;
    if (!stream.flush()) {
        throw std::runtime_error(text("cannot write ", file.string()));
    }
}

std::vector<std::string> names_of(review const& data) {
    auto names = std::vector<std::string>{};
    for (auto const& one : data.trials) {
        names.push_back(one.name);
    }
    return names;
}

std::string forest_script(review const& data) {
    auto const by_dl = pool(random_effects{dersimonian_laird{}}, data.estimates);
    auto const by_reml = pool(random_effects{reml{}, hartung_knapp{}}, data.estimates);
    auto const spread = heterogeneity(data.estimates);
    auto plot =
        plot_of(names_of(data), forest_rows(random_effects{dersimonian_laird{}}, data.estimates, level));
    plot.title = "Low-dose naltrexone (LDN) for pain in fibromyalgia";
    plot.effect_name = "SMD (95 % CI)";
    plot.axis_name = "Standardised mean difference in pain";
    plot.favours_lower = "favours LDN";
    plot.favours_higher = "favours placebo";
    plot.summaries = {
        {"Random effects, DerSimonian–Laird", by_dl.effect, confidence_interval(by_dl, level)},
        {"Random effects, REML, Hartung–Knapp", by_reml.effect, confidence_interval(by_reml, level)}};
    plot.prediction = prediction_interval(by_dl, level);
    plot.note = text("Effects rebuilt from what each trial's publication reports. Q = ", fixed(spread.q, 2),
                     ", I² = ", fixed(100 * spread.i_squared, 0), " %, τ² = ", fixed(by_dl.tau_squared, 2),
                     " (DerSimonian–Laird).");
    return gnuplot_script(plot);
}

std::string monitoring_script(review const& data, sequential_analysis const& analysis,
                              std::string const& title, std::string const& target) {
    auto plot = plot_of(names_of(data), analysis);
    plot.title = title;
    plot.information_name = "Participants so far";
    plot.favours_negative = "favours LDN";
    plot.favours_positive = "favours placebo";
    plot.boundary_name = "O'Brien–Fleming-type boundary";
    plot.note = text("Target: ", target, "; two-sided error 5 %, power 90 %; diversity D² = ",
                     fixed(100 * diversity(data.estimates, random_effects{dersimonian_laird{}}), 0),
                     " %. Effects rebuilt from published reports.");
    return gnuplot_script(plot);
}

// --------------------------------------------------------------------------------------------------------------

void print_introduction(std::ostream& out) {
    out << "Low-dose naltrexone (LDN) for pain in fibromyalgia: four randomised trials\n"
        << std::string(line_width, '=') << '\n';
    paragraph(
        out,
        "The review: Vatvani, Patel, Hariyanto and Yanto, Korean J Pain 2024;37(4):367-378, "
        "doi:10.3344/kjp.24202; four trials, 222 participants. Its per-trial table, weights and settings "
        "are not available here, so this example repeats the analysis, not the table: it rebuilds each "
        "trial's effect on pain from what the trial's own publication reports (trials.csv). No number below "
        "is the review's unless section 7 says so.");
    out << "\nMarks of the numbers\n"
        << "  none  reported by the publication that is named\n"
        << "  †     derived: computed here, or deduced where the data were collected\n"
        << "  ‡     second-hand: quoted by a later source and not checked against the article\n"
        << "  †‡    derived from numbers of which at least one is second-hand\n"
        << "  §     chosen for this example\n";
    out << "\nEffects are LDN minus placebo: negative favours LDN. SMD is the standardised mean "
           "difference.\n";
}

void run(std::ostream& out, std::filesystem::path const& pictures, std::filesystem::path const& folder) {
    auto const data = table(folder / "trials.csv");
    auto const published = table(folder / "published.csv");
    auto const final_trial = trial_report(data, "FINAL (Due Bruun)");

    print_introduction(out);
    heading(out, "1  The trials, and how each effect is rebuilt");
    auto younger = rebuild_younger(out, trial_report(data, "Younger"));
    auto const all = review({younger.result, rebuild_de_paula(out, trial_report(data, "de Paula")),
                             rebuild_bested(out, trial_report(data, "Bested"), younger.correlation),
                             rebuild_final(out, final_trial)});
    print_forest(out, all);
    print_pooled(out, all);
    print_cumulative(out, all);

    heading(out, "5  Trial sequential analysis: is the evidence conclusive?");
    auto const setting =
        settings{.error = chosen(two_sided{0.05}), .power = chosen(0.90), .difference = chosen(0.3)};
    paragraph(
        out,
        text("Two-sided error ", fixed(100 * setting.error.value.error, 0), "§ %, power ",
             fixed(100 * setting.power.value, 0),
             "§ %, DerSimonian-Laird, the size adjusted for diversity. "
             "The error is spent over the looks as O'Brien and Fleming would (Lan and DeMets 1983): early "
             "looks must show much more than 1.96, and the whole series keeps the 5§ %. Boundaries are "
             "symmetric; the one on LDN's side is shown."));
    out << '\n';
    print_monitoring_at_smd(out, all, setting);
    out << "\n5b  To detect one point§ on the 0-10 pain scale\n";
    auto const sd = standard_deviation_of_pain(out, final_trial);
    auto const at_smd = monitor(all, setting, information_needed(all, setting));
    auto const at_one_point = print_monitoring_at_one_point(out, all, setting, sd);
    out << '\n';
    paragraph(
        out,
        "Both analyses count participants, as is the custom; a participant of a crossover trial tells more "
        "than one of a parallel trial, so the fractions are on the low side.");

    print_responders(out, final_trial);
    print_published(out, all, published, sd);

    std::filesystem::create_directories(pictures);
    write_picture(pictures / "forest.gp", forest_script(all));
    write_picture(pictures / "tsa.gp",
                  monitoring_script(all, at_smd,
                                    "LDN for fibromyalgia pain: not yet conclusive for an SMD of 0.3",
                                    "SMD 0.3"));
    write_picture(pictures / "tsa-one-point.gp",
                  monitoring_script(all, at_one_point,
                                    "LDN for fibromyalgia pain: with a target of one point",
                                    "one point on the 0–10 scale"));
    heading(out, "Pictures (gnuplot scripts)");
    for (auto const* const name : {"forest.gp", "tsa.gp", "tsa-one-point.gp"}) {
        out << (pictures / name).generic_string() << '\n';
    }
}

} // namespace
} // namespace ldn

int main(int const count, char const* const* const arguments) {
    try {
        ldn::run(std::cout, count > 1 ? arguments[1] : "ldn-pictures",
                 count > 2 ? arguments[2] : ACCRUE_LDN_DATA);
    } catch (std::exception const& error) {
        std::cerr << "ldn: " << error.what() << '\n';
        return 1;
    }
}
