#pragma once

// Section 5: trial sequential analysis.

#include "layout.hpp"
#include "provenance.hpp"
#include "review.hpp"
#include "trial_data.hpp"
#include <accrue/accrue.hpp>

#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace ldn {

/// What a look says, for the last column of the table.
inline std::string in_words(sequential_analysis const& analysis, std::size_t const index) {
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
inline information_size information_needed(review const& data, settings const& setting) {
    double const d_squared = diversity(data.estimates, random_effects{dersimonian_laird{}});
    return required_information_size(
        standardized_mean_difference_target{.difference = -setting.difference.value}, setting.error.value,
        setting.power.value, diversity_adjustment{.d_squared = d_squared});
}

/// The plan of monitoring: the error is spent by O'Brien-Fleming-type spending.
inline sequential_design plan(settings const& setting, information_size const& size) {
    return {.error = setting.error.value,
            .power = setting.power.value,
            .spending = lan_demets_obrien_fleming{},
            .information = size};
}

/// The analysis with information counted in participants, as is the custom, or on another scale.
template <class Information>
sequential_analysis monitor(review const& data, sequential_design const& design,
                            Information const& information) {
    return trial_sequential_analysis(random_effects{dersimonian_laird{}}, design, data.estimates,
                                     information);
}

inline void print_looks(std::ostream& out, review const& data, sequential_analysis const& analysis) {
    auto const columns = std::vector<column>{{15}, {13, true}, {12, true}, {13, true}, {13, true}, {2}, {27}};
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
inline sequential_analysis print_monitoring(std::ostream& out, review const& data, settings const& setting) {
    auto const size = information_needed(data, setting);
    auto const analysis = monitor(data, plan(setting, size), data.participants());
    paragraph(out, text("Required information size: ", data.show(size.participants_rounded_up(), 0),
                        " participants. Accrued: ", show(data.participants_so_far().back(), 0),
                        ", a fraction of ", data.show(analysis.looks.back().information_fraction, 3), "."));
    print_looks(out, data, analysis);
    return analysis;
}

inline sequential_analysis print_monitoring_at_smd(std::ostream& out, review const& data,
                                                   settings const& setting) {
    out << text("5a  To detect a standardised mean difference of ", show(setting.difference, 1), "\n");
    auto const analysis = print_monitoring(out, data, setting);
    auto const& look = analysis.looks.back();
    auto const words = text(
        "In words: not yet. Though each look passes a single test, none reaches its boundary: after the last "
        "trial Z is ",
        data.show(look.z, 2), " where ", data.show(look.lower_boundary, 2),
        " is asked for. What looked significant four times is not yet firm evidence; about ",
        data.show(std::ceil(analysis.information_needed()), 0), " more participants are needed.");
    require_that(analysis.conclusion == conclusion::insufficient, words);
    paragraph(out, words);
    return analysis;
}

/// The same with statistical information, which is what the theory of monitoring asks for.
inline sequential_analysis print_monitoring_by_information(std::ostream& out, review const& data,
                                                           settings const& setting) {
    auto const size = required_information_size(
        standardized_mean_difference_target{.difference = -setting.difference.value}, setting.error.value,
        setting.power.value);
    auto const analysis = monitor(data, plan(setting, size), model_information{});
    auto const last = analysis.looks.size() - 1;
    auto const columns = std::vector<column>{{17}, {20, true}, {14, true}, {14, true}, {13, true}};
    out << text("5c  A caveat: SMD ", show(setting.difference, 1), " again, with statistical information\n");
    paragraph(out,
              text("Participants are the custom; what the theory asks for is statistical information, 1 over "
                   "the squared standard error. Required: ",
                   fixed(analysis.information.required, 1), "†."));
    row(out, columns, {"Look after", "information  ", "fraction  ", "Z  ", "boundary  "});
    for (std::size_t i = 0; i <= last; ++i) {
        auto const& look = analysis.looks[i];
        row(out, columns,
            {data.trials[i].name, data.show(look.information, 1), data.show(look.information_fraction, 3),
             data.show(look.z, 4), data.show(look.lower_boundary, 4)});
    }
    out << '\n';
    auto const words = text(
        "In words: on this scale the required information is reached, and the last look, the final one, "
        "crosses. "
        "A crossover trial compares each participant with himself or herself and tells more than a parallel "
        "trial "
        "of that size, which counting participants ignores. But how much more rests on one correlation, ",
        show(data.correlation, 2),
        ", that comes from second-hand intervals and is borrowed for Bested 2023, which alone gives half of "
        "the "
        "weight. So the answer depends on numbers that the publications do not report: a reason to ask for "
        "the "
        "trials' own data, not to choose the scale that one likes.");
    require_that(analysis.conclusion == conclusion::benefit && analysis.concluded_at == last, words);
    paragraph(out, words);
    return analysis;
}

/// The standard deviation of the change in pain on the 0-10 scale, from the confidence intervals of FINAL's
/// arms.
inline sourced<double> standard_deviation_of_pain(std::ostream& out, trial_report const& report) {
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

inline sequential_analysis print_monitoring_at_one_point(std::ostream& out, review const& data,
                                                         settings setting, sourced<double> const& sd) {
    setting.difference = derive([](double const deviation) { return 1 / deviation; }, sd);
    paragraph(
        out, text("One point§ is then a standardised mean difference of ", show(setting.difference, 3), "."));
    auto const analysis = print_monitoring(out, data, setting);

    auto whole = information_needed(data, setting);
    whole.participants = whole.participants_rounded_up();
    auto const whole_analysis = monitor(data, plan(setting, whole), data.participants());
    auto const first = analysis.concluded_at.value();
    auto const& look = analysis.looks[first];
    auto const pooled_effect = pool(random_effects{dersimonian_laird{}}, data.estimates);
    auto const range = confidence_interval(pooled_effect, level);
    auto const in_points = interval{range.lower * sd.value, range.upper * sd.value};
    auto const words =
        text("In words: the boundary is crossed after ", data.trials[first].name, ", by a hair: Z is ",
             data.show(look.z, 4), ", the boundary ", data.show(look.lower_boundary, 4),
             ". Had the required size been rounded up to ", data.show(whole.participants, 0),
             " participants, the boundary there would be ",
             data.show(whole_analysis.looks[first].lower_boundary, 4), " and the curve would cross it after ",
             data.trials[whole_analysis.concluded_at.value()].name,
             ". So large a target needs few participants, and evidence soon suffices. But it is evidence "
             "against no "
             "effect at all, not for one point: the pooled effect in points is ",
             data.show(pooled_effect.effect * sd.value, 2), " ", data.show(in_points, 2),
             ", and even its favourable end falls short of one point.");
    require_that(analysis.conclusion == conclusion::benefit && first == 1 &&
                     whole_analysis.conclusion == conclusion::benefit && in_points.lower > -1,
                 words);
    paragraph(out, words);
    return analysis;
}

} // namespace ldn
