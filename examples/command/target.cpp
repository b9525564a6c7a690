#include "target.hpp"

#include "csv.hpp"
#include "measures.hpp"
#include <accrue/sequential/information.hpp>

#include <cmath>

namespace command {
namespace {

using namespace accrue;

bool given(double const value) {
    return !std::isnan(value);
}

double needed(double const value, std::string const& option, std::string const& measure) {
    if (!given(value)) {
        throw usage_error("the target of " + measure + " needs " + option);
    }
    return value;
}

template <class Target>
target sized(Target const& wanted, std::string cpp, target_options const& options) {
    double const effect = wanted(1.0).effect;
    auto size = required_information_size(wanted, options.error(effect), options.power);
    cpp = "required_information_size(" + cpp + ", " + options.cpp_error(effect) + ", " +
          cpp_number(options.power);
    if (given(options.diversity)) {
        size = diversity_adjustment{options.diversity}(size);
        cpp += ", diversity_adjustment{" + cpp_number(options.diversity) + "}";
    }
    if (given(options.inconsistency)) {
        size = inconsistency_adjustment{options.inconsistency}(size);
        cpp += ", inconsistency_adjustment{" + cpp_number(options.inconsistency) + "}";
    }
    return {size, cpp + ")"};
}

void check_sides(target_options const& options) {
    if (options.sides != 1 && options.sides != 2) {
        throw usage_error("--sides must be 1 or 2");
    }
}

/// Whether the target is stated as a relative reduction of the risk, which then can be used.
bool states_reduction(target_options const& options) {
    if (!given(options.reduction)) {
        return false;
    }
    if (given(options.effect)) {
        throw usage_error("--effect and --reduction say the same: give one of them");
    }
    if (!(options.reduction < 1) || !(std::fabs(options.reduction) > 0)) {
        throw usage_error("--reduction must be below 1 and not 0, such as 0.2");
    }
    return true;
}

/// The effect where no reduction of a risk can state it.
double stated_effect(target_options const& options, std::string const& measure,
                     std::string const& meaning = "") {
    if (given(options.reduction)) {
        throw usage_error("--reduction is that of a risk: the target of " + measure +
                          (given(options.participants) ? " with --participants" : "") + " needs --effect");
    }
    return needed(options.effect, "--effect" + meaning, measure);
}

/// The difference of risks that is to be detected, stated as such or as a relative reduction of the risk.
double risk_difference_of(target_options const& options) {
    return states_reduction(options)
               ? -options.reduction * needed(options.control_risk, "--control-risk", "RD")
               : needed(options.effect, "--effect or --reduction", "RD");
}

/// The ratio that is to be detected, stated likewise.
double ratio_of(target_options const& options, std::string const& measure) {
    if (states_reduction(options)) {
        double const risk_ratio = 1 - options.reduction;
        if (measure != "OR" && measure != "PETO") {
            return risk_ratio;
        }
        double const control = needed(options.control_risk, "--control-risk", measure);
        double const treated = risk_ratio * control;
        return treated / (1 - treated) / (control / (1 - control));
    }
    return needed(options.effect, "--effect (such as 0.8) or --reduction (such as 0.2)", measure);
}

target checked_target_of(std::string const& measure, target_options const& options) {
    check_sides(options);
    if (given(options.participants)) {
        if (given(options.diversity) || given(options.inconsistency)) {
            throw usage_error("--participants is the whole size: no adjustment goes with it");
        }
        double const effect = stated_effect(options, measure, ", whose sign is the benefit");
        if (options.is_ratio && !(effect > 0)) {
            throw usage_error("--effect must be a ratio above 0, such as 0.8");
        }
        double const analysed = options.is_ratio ? std::log(effect) : effect;
        return {information_size{.effect = analysed, .participants = options.participants},
                "information_size{.effect = " + cpp_number(analysed) +
                    ", .participants = " + cpp_number(options.participants) + "}"};
    }
    if (measure == "RR" || measure == "OR") {
        double const ratio = ratio_of(options, measure);
        double const risk = needed(options.control_risk, "--control-risk", measure);
        auto const arguments = "{" + cpp_number(risk) + ", " + cpp_number(ratio) + "}";
        return measure == "RR"
                   ? sized(risk_ratio_target{risk, ratio}, "risk_ratio_target" + arguments, options)
                   : sized(odds_ratio_target{risk, ratio}, "odds_ratio_target" + arguments, options);
    }
    if (measure == "RD") {
        double const risk = needed(options.control_risk, "--control-risk", measure);
        double const difference = risk_difference_of(options);
        return sized(risk_difference_target{risk, difference},
                     "risk_difference_target{" + cpp_number(risk) + ", " + cpp_number(difference) + "}",
                     options);
    }
    if (measure == "MD") {
        double const difference = stated_effect(options, measure);
        double const sd = needed(options.sd, "--sd", measure);
        return sized(mean_difference_target{difference, sd},
                     "mean_difference_target{" + cpp_number(difference) + ", " + cpp_number(sd) + "}",
                     options);
    }
    if (measure == "SMD" || measure == "GEN") {
        double const difference = stated_effect(options, measure);
        return sized(standardized_mean_difference_target{difference},
                     "standardized_mean_difference_target{" + cpp_number(difference) + "}", options);
    }
    if (measure == "HR" || measure == "RATIO" || measure == "LOG") {
        double const ratio = ratio_of(options, measure);
        return sized(hazard_ratio_target{ratio}, "hazard_ratio_target{" + cpp_number(ratio) + "}", options);
    }
    throw usage_error(
        "there are targets for RR, OR, RD, MD, SMD, HR (and GEN as SMD, RATIO and LOG as HR), but not "
        "for " +
        measure + "; `accrue monitor --participants` with --effect takes a size as it is");
}

} // namespace

double anticipated_effect(measure const& effect, target_options const& options) {
    check_sides(options);
    if (!shows_ratios(effect)) {
        return effect.name == "RD" ? risk_difference_of(options) : stated_effect(options, effect.name);
    }
    double const ratio = ratio_of(options, effect.name);
    if (!(ratio > 0)) {
        throw usage_error("--effect must be a ratio above 0, such as 0.8");
    }
    return std::log(ratio);
}

error_rate target_options::error(double const analysed) const {
    if (given(harm_alpha)) {
        if (sides != 2) {
            throw usage_error("--harm-alpha is of two sides: leave out --sides");
        }
        return analysed > 0 ? asymmetric{harm_alpha, alpha} : asymmetric{alpha, harm_alpha};
    }
    if (sides == 2) {
        return two_sided{alpha};
    }
    return one_sided{alpha};
}

std::string target_options::cpp_error(double const analysed) const {
    if (given(harm_alpha)) {
        auto const both = std::get<asymmetric>(error(analysed));
        return "asymmetric{" + cpp_number(both.lower) + ", " + cpp_number(both.upper) + "}";
    }
    return (sides == 2 ? "two_sided{" : "one_sided{") + cpp_number(alpha) + "}";
}

target target_of(std::string const& measure, target_options const& options) {
    try {
        return checked_target_of(measure, options);
    } catch (invalid_input const& error) {
        throw usage_error("the target: " + std::string(error.what()));
    }
}

} // namespace command
