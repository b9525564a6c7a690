#pragma once

#include <accrue/sequential/anytime/anytime_analysis.hpp>
#include <accrue/sequential/anytime/exact_binary_e_process.hpp>
#include <accrue/sequential/anytime/grow.hpp>
#include <accrue/sequential/anytime/robbins_mixture.hpp>
#include <accrue/sequential/anytime/symmetric_e_process.hpp>
#include <accrue/sequential/anytime/universal_inference.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/sequential/monitoring/methods_sentence.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>

namespace accrue {

namespace detail {

// A process and the null hypothesis that it is evidence against, as a part of a sentence. Options that others
// need to repeat the analysis stand in brackets; effects are on the analysis scale.

inline std::string describe(effect_direction const& direction) {
    return seeks_both(direction)    ? "two-sided"
           : seeks_above(direction) ? "one-sided, above"
                                    : "one-sided, below";
}

inline std::string describe(robbins_mixture const& process) {
    return "Robbins' normal mixture (" + describe(process.direction) + ", standard deviation " +
           to_digits(process.effect_sd) + ") against the null hypothesis that the effect is " +
           to_digits(process.null) + " in every trial";
}
inline std::string describe(grow const& process) {
    return "the growth-rate optimal e-process for an effect of " + to_digits(process.planned_effect) + " (" +
           describe(process.direction) + ") against the null hypothesis that the effect is " +
           to_digits(process.null) + " in every trial";
}
inline std::string describe(symmetric_e_process const& process) {
    return "the symmetric e-process (" + describe(process.direction) + ", smallest effect of interest " +
           to_digits(process.smallest_effect) + ", initial guess of tau² " +
           to_digits(process.initial_tau_squared) +
           ") against the null hypothesis that results are symmetric about a mean effect of " +
           to_digits(process.null) + ", with any heterogeneity";
}
inline std::string describe(universal_inference const& process) {
    return "universal inference in the normal random-effects model (" + describe(process.direction) +
           ", prior of the mean: mean " + to_digits(process.mean.mean) + ", standard deviation " +
           to_digits(process.mean.sd) + ") against the null hypothesis that the mean effect is " +
           to_digits(process.null) + ", with any tau²";
}
inline std::string describe(exact_binary_e_process const& process) {
    return "universal inference on the exact likelihoods of the 2x2 tables (" + describe(process.direction) +
           ", prior of the mean: mean " + to_digits(process.mean.mean) + ", standard deviation " +
           to_digits(process.mean.sd) + ") against the null hypothesis that the mean log odds ratio is " +
           to_digits(process.null) +
           ", with normal log odds ratios that vary apart from the events of both groups or with the groups' "
           "log odds, and any tau²";
}

/// Four significant digits of the exponential of a number, also where that is beyond the type.
inline std::string digits_of_exponential(double const logarithm) {
    double const decimal = logarithm / std::numbers::ln10;
    if (!is_finite(decimal) || std::abs(decimal) < 300) {
        return to_digits(std::exp(logarithm));
    }
    double exponent = std::floor(decimal);
    double mantissa = std::round(1000 * std::pow(10.0, decimal - exponent)) / 1000;
    if (mantissa >= 10) {
        mantissa /= 10;
        ++exponent;
    }
    return to_digits(mantissa) + (exponent < 0 ? "e-" : "e+") + to_digits(std::abs(exponent));
}

/// The anytime p-value of a look, which is 1 over the largest e-value so far, also where it is below the
/// type.
inline std::string p_value_in_words(anytime_series const& series, std::size_t const look) {
    double const p_value = series.looks[look].p_value;
    if (p_value > 0) {
        return to_digits(p_value);
    }
    double largest = series.looks[look].log_e_value;
    for (std::size_t i = 0; i < look; ++i) {
        largest = (std::max)(largest, series.looks[i].log_e_value);
    }
    return digits_of_exponential(-largest);
}

} // namespace detail

/// How a series was monitored, in plain words, with what others need to repeat it: the process with its
/// options, the null hypothesis, and the threshold 1 / error of the e-value, as Ville's inequality has it:
/// the probability that an e-process ever reaches 1 / error under its null is at most the error. (Ville 1939,
/// Étude critique de la notion de collectif; Grünwald, de Heide & Koolen 2024, J R Stat Soc B 86:1091-1128,
/// doi:10.1093/jrsssb/qkae011.)
///
/// A prior of tau has to be added by hand, as a process holds it only as a callable value. Effects are on the
/// analysis scale, numbers have four significant digits.
///
/// \param series what `anytime_analysis` returned
/// \param process the one that it was given, of this library: others have no words of their own
template <class Process>
    requires requires(Process const& process) { detail::describe(process); }
[[nodiscard]] std::string methods_sentence(anytime_series const& series, Process const& process) {
    return "Evidence was monitored after every trial, in the order in which the trials became known, by " +
           detail::describe(process) + ". It was to be conclusive when the e-value reached " +
           detail::to_digits(1 / series.error) +
           ", so that the probability of ever concluding under that null " + "hypothesis is at most " +
           detail::to_digits(100 * series.error) + " %, without a plan of the number of trials or looks.";
}

/// The conclusion of a series in plain words: at which trial the e-value reached its threshold and in which
/// direction, or that it is too early to tell, with the confidence sequence at that look, on the analysis
/// scale.
///
/// The look that is told of is the one at which the series was concluded, or the last. Its p-value is the
/// anytime one, 1 over the largest e-value so far (at most 1), and holds whenever one stops.
///
/// \param series what `anytime_analysis` returned
[[nodiscard]] inline std::string result_sentence(anytime_series const& series) {
    using detail::to_digits;
    auto const& look = series.looks[series.decisive_look()];
    auto const after = "after " + detail::number_of_trials(look.trials);
    auto const numbers = "the e-value is " + detail::digits_of_exponential(look.log_e_value) + " of the " +
                         to_digits(1 / series.error) + " that it takes (anytime p " +
                         detail::p_value_in_words(series, series.decisive_look()) + ", " +
                         to_digits(100 * (1 - series.error)) + " % confidence sequence " +
                         to_digits(look.interval.lower) + " to " + to_digits(look.interval.upper) + ")";
    if (series.conclusion == conclusion::insufficient) {
        return "It is too early to tell " + after + ": " + numbers + ".";
    }
    return "The evidence is conclusive for " + std::string(to_string(series.conclusion)) + " " + after +
           ": " + numbers + ".";
}

} // namespace accrue
