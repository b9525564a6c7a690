#pragma once

// Sections 6e and 6f: what can be said without a plan of looks, by an e-process and by a posterior.

#include "further_monitoring.hpp"
#include "layout.hpp"
#include "provenance.hpp"
#include "review.hpp"
#include <accrue/accrue.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace ldn {

/// The evidence as an e-process: valid whenever one looks, and whyever one stops.
inline anytime_series print_e_process(std::ostream& out, review const& data, settings const& setting) {
    auto const tau_squared = chosen(0.04);
    double const infinite = std::numeric_limits<double>::infinity(); // the guess is never revised
    auto const series = anytime_analysis(symmetric_e_process{.smallest_effect = setting.difference.value,
                                                             .initial_tau_squared = tau_squared.value,
                                                             .guess_worth = infinite},
                                         data.estimates, {.error = setting.error.value.error});
    double const threshold = 1 / series.error;
    auto const& last = series.looks.back();
    double const most = std::exp2(static_cast<double>(last.trials) - 1);
    out << "6e  Without a plan: an e-process\n";
    paragraph(
        out,
        text(
            "A gambler who starts with 1 and bets against 'LDN has no effect on average', trial by trial, in "
            "bets that are fair if that is true, becomes rich only if it is false: the probability of ever "
            "reaching ",
            fixed(threshold, 0), " is at most ", fixed(100 * series.error, 0),
            "§ %, however often one looks, and whatever the differences between trials are, as long as they "
            "are symmetric. The bets here are on effects scattered about 0 as N(0, g²), g an SMD of ",
            show(setting.difference, 1), ", with a tau² of ", show(tau_squared, 2), " as a guess."));
    auto const columns = std::vector<column>{{20}, {12, true}, {14, true}};
    row(out, columns, {"After", "e-value  ", "anytime p  "});
    for (auto const& look : series.looks) {
        row(out, columns,
            {data.trials[look.trials - 1].name, data.show(std::exp(look.log_e_value), 2),
             data.show(look.p_value, 3)});
    }
    out << '\n';
    auto const words =
        text("In words: ", data.show(std::exp(last.log_e_value), 2), " of the ", fixed(threshold, 0),
             " that it would take: not yet. And with ", fixed(static_cast<double>(last.trials), 0),
             " trials it can't be otherwise: what is won can at most double with a trial, and the first "
             "decides nothing, since half is bet on either side; so ",
             fixed(most, 0), " is the most that they could show.");
    require_that(!series.concluded_at && most < threshold, words);
    paragraph(out, words);
    return series;
}

/// What is believed after the trials.
struct belief {
    double lowers_pain;       ///< P(mean effect < 0)
    double by_the_difference; ///< P(mean effect < -difference)
    double next_trial;        ///< P(effect in a new trial < 0)
    interval credible;
};

inline belief print_posterior(std::ostream& out, review const& data, settings const& setting) {
    auto const mean_sd = chosen(1.0);
    auto const tau_sd = chosen(0.5);
    auto const after = bayesian_random_effects{.mean = normal_prior{0, mean_sd.value},
                                               .heterogeneity = half_normal{tau_sd.value}}(data.estimates);
    auto const mean = after.mean();
    auto const next = after.new_study();
    double const difference = -setting.difference.value;
    auto const result = belief{mean.probability(0), mean.probability(difference), next.probability(0),
                               equal_tailed_interval(mean, level)};
    out << "6f  What to believe: the posterior\n";
    paragraph(out, text("The random-effects model with the priors that the mean SMD is normal about 0 with "
                        "standard deviation ",
                        show(mean_sd, 0), ", and tau half-normal with scale ", show(tau_sd, 1), "."));
    auto const columns = std::vector<column>{{62}, {26, true}};
    row(out, columns, {"Mean SMD, posterior mean", data.show(mean.mean(), 3)});
    row(out, columns, {"95 % credible interval", data.show(result.credible, 3)});
    row(out, columns, {"Probability that LDN lowers pain on average", data.show(result.lowers_pain, 3)});
    row(out, columns,
        {text("Probability that it does so by ", show(setting.difference, 1), " or more"),
         data.show(result.by_the_difference, 3)});
    row(out, columns,
        {"Probability that a new trial's true effect is below 0", data.show(result.next_trial, 3)});
    row(out, columns, {"tau, posterior median", data.show(after.tau().quantile(0.5), 3)});
    out << '\n';
    auto const words = text(
        "In words: that LDN lowers pain at all is probable, ", data.show(100 * result.lowers_pain, 0),
        " %; that it does so by ", show(setting.difference, 1), " or more is not, ",
        data.show(100 * result.by_the_difference, 0),
        " %. Looking does not change what is believed. But a rule that stops at so probable an effect is "
        "met more often than it says where there is none, which is why boundaries are for decisions.");
    require_that(result.lowers_pain > 0.9 && result.by_the_difference < 0.5, words);
    paragraph(out, words);
    return result;
}

} // namespace ldn
