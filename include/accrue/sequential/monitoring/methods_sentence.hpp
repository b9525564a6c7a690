#pragma once

#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <variant>

namespace accrue {

/// What a design can't tell about itself: how its procedures are called. A design holds them as callable
/// values, which have no names. The text is inserted as it is.
struct procedure_names {
    std::string model;    ///< such as "a random-effects model (Sidik-Jonkman, floored Hartung-Knapp)"
    std::string spending; ///< such as "Lan-DeMets O'Brien-Fleming"
};

namespace detail {

/// Four significant digits for print, or a whole number where that has more.
inline std::string to_digits(double const value) {
    double const size = std::abs(value);
    auto buffer = std::array<char, 32>{};
    (void)std::snprintf(buffer.data(), buffer.size(), size >= 1000 && size < 1e15 ? "%.0f" : "%.4g", value);
    return with_point(buffer.data());
}

inline std::string describe(error_rate const& error) {
    struct of_form {
        std::string operator()(two_sided const& form) const {
            return "two-sided type I error of " + to_digits(100 * form.error) + " %";
        }
        std::string operator()(one_sided const& form) const {
            return "one-sided type I error of " + to_digits(100 * form.error) + " %";
        }
        std::string operator()(asymmetric const& form) const {
            return "type I error of " + to_digits(100 * form.lower) + " % below and " +
                   to_digits(100 * form.upper) + " % above";
        }
    };
    return std::visit(of_form{}, error);
}

/// An amount of information for print: people and events are whole, and a part of one is one more.
inline std::string amount_of(information_time const& information, double const amount) {
    bool const is_count = information.quantity != &information_size::statistical_information;
    // What a sum of many parts is off by rounding is no person.
    return to_digits(is_count ? std::ceil(amount * (1 - 1e-12)) : amount);
}

/// What an analysis without a conclusion waits for.
inline std::string still_needed(sequential_analysis const& analysis) {
    auto const amount = amount_of(analysis.information, analysis.information_needed());
    auto unit = analysis.information.unit;
    if (amount == "0") {
        return "the required information has accrued: the next look is the final one";
    }
    if (amount == "1" && !unit.empty() && unit.back() == 's') {
        unit.pop_back();
        return amount + " " + unit + " is still needed";
    }
    return amount + " " + unit + (unit.ends_with("information") ? " is" : " are") + " still needed";
}

} // namespace detail

/// The methods of an analysis in plain words, with the parameters that others need to repeat it: error,
/// power, spending, model, the required information with its anticipated effect, variances, risks and
/// adjustments, what had accrued, tau² and D².
///
/// Reports often leave them out: among 624 published trial sequential analyses 41 % did not state the control
/// risk, and of those of a continuous outcome 78 % did not state the variance (BMC Med Res Methodol 2024,
/// 24:196).
///
/// Effects are on the analysis scale (log for ratios), errors, power and information fractions in percent,
/// numbers rounded to four significant digits, or to a whole number. Where boundaries were found by
/// simulation, it tells by how much and with which error.
///
/// \param analysis as `trial_sequential_analysis` returns it, with one look at least
/// \param names how the model and the spending function are called; an empty name leaves a gap in the
/// sentence
[[nodiscard]] inline std::string methods_sentence(sequential_analysis const& analysis,
                                                  procedure_names const& names) {
    using detail::to_digits;
    auto const& design = analysis.design;
    auto const& size = design.information;
    auto const& last = analysis.last_look();
    auto text = "Cumulative evidence was pooled by " + names.model + " and monitored at a " +
                detail::describe(design.error) + " and a power of " + to_digits(100 * design.power) +
                " % with " + names.spending + " spending of the error";
    if (design.futility) {
        text += std::string(design.futility->binds() ? " and binding" : " and non-binding") +
                " futility boundaries that spend a type II error of " +
                to_digits(100 * design.futility->error()) + " % by " + design.futility->spending().name() +
                " spending";
    }
    if (!design.boundaries.name().empty()) {
        text += ", by " + design.boundaries.name();
    }
    text += ". The required information is " +
            detail::amount_of(analysis.information, analysis.information.required) + " " +
            analysis.information.unit + " (anticipated effect " + to_digits(size.effect) +
            " on the analysis scale";
    for (auto const& parameter : size.parameters) {
        if (std::isnan(parameter.value)) {
            continue; // one that the target can do without, and that was not given
        }
        text += ", " + parameter.name + " " + to_digits(parameter.value);
    }
    text +=
        "), of which " + to_digits(analysis.information.accrued.back()) + " (" +
        to_digits(100 * analysis.information.accrued.back() / analysis.information.required) +
        " %) had accrued in " + detail::number_of_trials(analysis.information.accrued.size()) +
        (analysis.looks.size() == 1 ? "; a look was taken after trial " : "; looks were taken after trials ");
    for (std::size_t i = 0; i < analysis.looks.size(); ++i) {
        text += (i > 0 ? ", " : "") + std::to_string(analysis.looks[i].trials);
    }
    text += ".";
    if (detail::is_finite(last.cumulative.tau_squared)) {
        text += " At the last look tau² was " + to_digits(last.cumulative.tau_squared);
        if (detail::is_finite(last.diversity)) {
            text += " and the diversity D² " + to_digits(last.diversity);
        }
        text += ".";
    }
    auto const& simulated = analysis.simulated_errors;
    if (!simulated.empty()) {
        auto const worst = std::max_element(
            simulated.begin(), simulated.end(),
            [](simulated_error const& a, simulated_error const& b) { return a.either() < b.either(); });
        text += " Boundaries were found by simulation under no effect, " + std::to_string(worst->replicates) +
                (worst->replicates == 1 ? " review" : " reviews") + " for each of " +
                std::to_string(simulated.size()) +
                (simulated.size() == 1 ? " scenario" : " scenarios of heterogeneity") +
                "; the error at the looks so far is at most " + to_digits(100 * worst->either()) +
                " % (Monte Carlo standard error " + to_digits(100 * worst->standard_error) + " %)";
        if (detail::is_finite(worst->tau_squared)) {
            text += ", at tau² " + to_digits(worst->tau_squared);
        }
        text += ".";
    }
    return text;
}

/// The same with the names that the parts have themselves.
[[nodiscard]] inline std::string methods_sentence(sequential_analysis const& analysis) {
    return methods_sentence(analysis, {analysis.model, analysis.design.spending.name()});
}

/// The conclusion of an analysis in plain words: which boundary was crossed first, at which look, at what
/// share of the required information and with which Z; or how much information is still to be collected, in
/// the unit of the analysis, people and events being whole. Z is signed as the effect is: a benefit may well
/// have a negative Z. Of a look whose status is not `ok` it says why its Z does not count.
///
/// \throws invalid_input when there is no look
[[nodiscard]] inline std::string result_sentence(sequential_analysis const& analysis) {
    using detail::to_digits;
    auto const& look = analysis.looks[analysis.decisive_look()];
    auto const z = look.status == status::ok              ? "Z " + to_digits(look.z)
                   : look.status == status::not_converged ? "where the model did not converge"
                                                          : "where no Z could be computed";
    auto const at = "after " + detail::number_of_trials(look.trials) + " (" +
                    to_digits(100 * look.information_fraction) + " % of the required information, " + z + ")";
    switch (analysis.conclusion) {
    case conclusion::benefit:
        return "The boundary for benefit was crossed " + at + ".";
    case conclusion::harm:
        return "The boundary for harm was crossed " + at + ".";
    case conclusion::futility:
        return "An effect of the anticipated size was not shown, and more trials are unlikely to show it, " +
               at + ".";
    case conclusion::insufficient:
        break;
    }
    return "The evidence is insufficient " + at + ": no boundary was crossed, and " +
           detail::still_needed(analysis) + ".";
}

} // namespace accrue
