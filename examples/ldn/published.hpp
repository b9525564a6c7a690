#pragma once

// Sections 7 and 8: an extraction error, and what was published.

#include "layout.hpp"
#include "provenance.hpp"
#include "review.hpp"
#include "trial_data.hpp"
#include <accrue/accrue.hpp>

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace ldn {

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

inline std::string counts_text(sourced<two_arms<events>> const& trial) {
    auto const& [treatment, control] = trial.value;
    auto const mark = trial.from.mark();
    return text(fixed(treatment.count, 0), "/", fixed(treatment.total, 0), mark, " v ",
                fixed(control.count, 0), "/", fixed(control.total, 0), mark);
}

inline void print_responders(std::ostream& out, trial_report const& report) {
    heading(out, "7  One extraction error: FINAL's responders");
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
             "The error stated‡ in the later correspondence (section 8) is that the review added the two "
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

inline void print_published(std::ostream& out, review const& data, table const& published,
                            sourced<double> const& sd) {
    heading(out, "8  The review's published rows, the letter's, and ours");
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
                   "each row pools. The abstract and the lay summary state these outcomes in words alone:");
    for (auto const& outcome : in_words_only) {
        out << "  " << outcome << '\n';
    }
    out << '\n';
    paragraph(out, "The letter is Korean J Pain 2026;39(1):140-143, doi:10.3344/kjp.25275; an erratum to the "
                   "review followed, "
                   "Korean J Pain 2026;39(1):147-149.");
    paragraph(
        out,
        "In words: the review's pain row implies |z| near 5†, beyond every boundary of section 5 after the "
        "last trial; ours does not come near that. The letter's re-analysis‡ and ours agree on a small "
        "effect, a fourth or a fifth of a standard deviation; they differ on whether it can be told from "
        "none. Where the review's larger figure comes from cannot be said here, without its table of "
        "trials.");
}

} // namespace ldn
