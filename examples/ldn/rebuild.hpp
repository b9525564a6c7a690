#pragma once

// Section 1: each trial's effect from what its publication reports.

#include "layout.hpp"
#include "provenance.hpp"
#include "review.hpp"
#include "trial_data.hpp"
#include <accrue/accrue.hpp>

#include <ostream>
#include <string>

namespace ldn {

inline std::string smd_text(sourced<estimate> const& effect) {
    return text("SMD ", fixed(effect.value.effect, 4), effect.from.mark(), ", variance ",
                fixed(effect.value.variance, 5), effect.from.mark());
}

inline std::string describe(trial_report const& report) {
    return text(report.short_name(), ", ", report.design(), ", LDN ", report.dose(), " mg, ",
                show(report.participants(), 0), " participants");
}

/// Younger 2013 reports each period's mean with a confidence interval, and the paired p-value. The intervals
/// give the standard deviations, the p-value that of the difference, and the three together the correlation.
struct younger_rebuilt {
    trial result;
    sourced<double> correlation;
};

inline younger_rebuilt rebuild_younger(std::ostream& out, trial_report const& report) {
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
              text("Reported: ", show(n, 0), " analysed; pain fell by ", show(ldn_fall, 1),
                   " % with LDN and by ", show(placebo_fall, 1), " % with placebo, paired p = ", show(p, 3),
                   ". Half-widths of the 95 % intervals: ", show(ldn_half_width, 1), " and ",
                   show(placebo_half_width, 1), "."),
              2);
    paragraph(out,
              text("The intervals give the standard deviations ", show(part(ldn_arm, &measurement::sd), 2),
                   " and ", show(part(placebo_arm, &measurement::sd), 2), "; p gives t = ", show(t, 4),
                   " and so the standard deviation of the difference, ", show(sd_of_difference, 2),
                   "; the three give the correlation between the two periods, ", show(correlation, 4), "."),
              2);
    out << "  " << smd_text(effect) << " (crossover: Elbourne et al. 2002)\n\n";
    return {{report.short_name(), report.participants(), effect}, correlation};
}

/// de Paula 2023 reports how each group changed, not their comparison: the difference of two standardised
/// mean changes. Both groups improved.
inline trial rebuild_de_paula(std::ostream& out, trial_report const& report) {
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
              text("Reported, of the two groups with sham stimulation: ", show(ldn_n, 0),
                   " with LDN, before against ", "after p = ", show(ldn_p, 3), "; ", show(placebo_n, 0),
                   " with placebo, p = ", show(placebo_p, 3), "; both improved."),
              2);
    paragraph(out,
              text("Each p gives a paired t, ", show(part(ldn_test, &paired_t::t), 4), " and ",
                   show(part(placebo_test, &paired_t::t), 4),
                   ", each t a standardised mean change; their difference is the effect."),
              2);
    out << "  " << smd_text(effect) << " (Hedges' exact correction)\n\n";
    return {report.short_name(), report.participants(), effect};
}

/// Bested 2023 reports a rank test. Its p-value gives a Z, and the correlation that the crossover formula
/// needs is borrowed from Younger 2013.
inline trial rebuild_bested(std::ostream& out, trial_report const& report, sourced<double> const& borrowed) {
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
              text("Reported: less pain with LDN, paired p = ", show(p, 1), ". The number analysed, ",
                   show(n, 0), ", is what the review's total leaves after the other three trials."),
              2);
    paragraph(out,
              text("p gives Z = ", show(z, 4), "; the correlation is borrowed from Younger 2013, ",
                   show(borrowed, 4), "."),
              2);
    out << "  " << smd_text(effect) << " (crossover: Elbourne et al. 2002)\n\n";
    return {report.short_name(), report.participants(), effect};
}

/// FINAL 2024 reports Cohen's d with its sign in words.
inline trial rebuild_final(std::ostream& out, trial_report const& report) {
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
              text("Reported: ", show(ldn_n, 0), " with LDN, ", show(placebo_n, 0),
                   " with placebo; standardised difference (Cohen's d) ", show(d, 2), " in favour of LDN."),
              2);
    out << "  " << smd_text(effect) << " (Hedges' exact correction)\n";
    return {report.short_name(), report.participants(), effect};
}

} // namespace ldn
