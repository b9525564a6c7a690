#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/information/information_size.hpp>

#include <cmath>

/// \file
/// What a meta-analysis is meant to detect. Each target is a callable value that turns the squared sum of
/// quantiles q = (z_alpha + z_power)² into the common-effect `information_size`; so is any callable of your
/// own. `treatment_share` is the share of participants in the treatment arm, 1/2 for equal arms.
///
/// The effects are treatment minus control, or treatment over control: their sign (on the log scale for
/// ratios) tells the direction of the benefit.

namespace accrue {

namespace detail {

inline void check_share(double const treatment_share) {
    require_between_0_and_1("treatment_share", treatment_share);
}

/// The size from an effect and the variance that one participant contributes.
inline information_size size_for(double const quantiles, double const effect, double const unit_variance,
                                 std::vector<reported_parameter> parameters) {
    auto size = information_size{};
    size.effect = effect;
    size.statistical_information = quantiles / (effect * effect);
    size.unit_variance = unit_variance;
    size.participants = unit_variance * size.statistical_information;
    size.parameters = std::move(parameters);
    return size;
}

/// The risk of the treatment arm, its complement and its distance from the control risk: none is a difference
/// of the others, which are nearly equal for small effects and for risks near 1.
struct treated_risk {
    double value;
    double complement;
    double difference;
};

/// The risks of two arms, and what binary targets have in common.
struct risks {
    double control;
    treated_risk treatment;
    double treatment_share;

    [[nodiscard]] double mean() const {
        return treatment_share * treatment.value + (1 - treatment_share) * control;
    }
    [[nodiscard]] double mean_complement() const {
        return treatment_share * treatment.complement + (1 - treatment_share) * (1 - control);
    }
    /// The conventional number of participants for a ratio: that for the difference of the two risks, with
    /// the variance under no difference, q mean (1 - mean) (1/share + 1/(1 - share)) / difference².
    [[nodiscard]] double participants(double const quantiles) const {
        return quantiles * mean() * mean_complement() / (treatment_share * (1 - treatment_share)) /
               (treatment.difference * treatment.difference);
    }
};

/// What targets of risks report: the effect by its name, and the risks.
inline std::vector<reported_parameter> parameters_of(risks const& both, std::string measure,
                                                     double const effect) {
    return {{std::move(measure), effect},
            {"control risk", both.control},
            {"risk in the treatment arm", both.treatment.value},
            {"share of participants in the treatment arm", both.treatment_share}};
}

/// The size for a ratio of risks or odds.
inline information_size size_for_ratio(double const quantiles, risks const& both, double const unit_variance,
                                       std::string measure, double const ratio) {
    auto size =
        size_for(quantiles, std::log(ratio), unit_variance, parameters_of(both, std::move(measure), ratio));
    size.participants = both.participants(quantiles);
    size.events = size.participants * both.mean();
    return size;
}

inline void check(risks const& both) {
    require_between_0_and_1("control_risk", both.control);
    require(both.treatment.value > 0 && both.treatment.complement > 0, "risk in the treatment arm",
            "between 0 and 1, both excluded", both.treatment.value);
    check_share(both.treatment_share);
}

inline void check_ratio(double const ratio) {
    require_positive("ratio", ratio);
    require(ratio < 1 || ratio > 1, "ratio", "different from 1", ratio);
}

inline void check_difference(double const difference) {
    require_finite("difference", difference);
    require(difference < 0 || difference > 0, "difference", "different from 0", difference);
}

} // namespace detail

/// A difference of two means in the outcome's own units, with the same standard deviation in both arms:
///
///     participants = q sd² (1/share + 1/(1 - share)) / difference²,   4 q sd² / difference² for equal arms.
///
/// `sd` is that of participants, not a standard error.
struct mean_difference_target {
    double difference; ///< treatment minus control, not 0
    double sd;
    double treatment_share = 0.5;

    /// \throws invalid_input unless the difference is finite and not 0, sd positive, the share in (0, 1)
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_difference(difference);
        detail::require_positive("sd", sd);
        detail::check_share(treatment_share);
        double const shares = treatment_share * (1 - treatment_share);
        auto size = detail::size_for(quantiles, difference, sd * sd / shares,
                                     {{"mean difference", difference},
                                      {"standard deviation", sd},
                                      {"variance", sd * sd},
                                      {"share of participants in the treatment arm", treatment_share}});
        // In any unit: squares of the two may be beyond the type.
        size.participants = quantiles * (sd / difference) * (sd / difference) / shares;
        return size;
    }
};

/// A difference of two means whose arms have standard deviations of their own:
///
///     participants = q (sd_t²/share + sd_c²/(1 - share)) / difference².
///
/// They are fewest where the arm with the larger standard deviation is the larger, at
/// share = sd_t / (sd_t + sd_c). With equal standard deviations it is `mean_difference_target`.
struct heteroscedastic_mean_difference_target {
    double difference; ///< treatment minus control, not 0
    double treatment_sd;
    double control_sd;
    double treatment_share = 0.5;

    /// \throws invalid_input unless the difference is finite and not 0, both standard deviations positive,
    /// the share in (0, 1)
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_difference(difference);
        detail::require_positive("treatment_sd", treatment_sd);
        detail::require_positive("control_sd", control_sd);
        detail::check_share(treatment_share);
        auto size = detail::size_for(quantiles, difference,
                                     treatment_sd * treatment_sd / treatment_share +
                                         control_sd * control_sd / (1 - treatment_share),
                                     {{"mean difference", difference},
                                      {"standard deviation in the treatment arm", treatment_sd},
                                      {"standard deviation in the control arm", control_sd},
                                      {"share of participants in the treatment arm", treatment_share}});
        double const treated = treatment_sd / difference;
        double const controls = control_sd / difference;
        size.participants =
            quantiles * (treated * treated / treatment_share + controls * controls / (1 - treatment_share));
        return size;
    }
};

/// A difference of two means in units of the standard deviation of participants: a mean difference with sd 1.
struct standardized_mean_difference_target {
    double difference; ///< treatment minus control over the standard deviation, not 0
    double treatment_share = 0.5;

    /// \throws invalid_input unless the difference is finite and not 0, the share in (0, 1)
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_difference(difference);
        detail::check_share(treatment_share);
        return detail::size_for(quantiles, difference, 1 / (treatment_share * (1 - treatment_share)),
                                {{"standardised mean difference", difference},
                                 {"share of participants in the treatment arm", treatment_share}});
    }
};

/// A difference of two risks, with the variance of both arms as they are anticipated:
///
///     participants = q (p_t (1 - p_t)/share + p_c (1 - p_c)/(1 - share)) / difference²
struct risk_difference_target {
    double control_risk;
    double difference; ///< treatment minus control
    double treatment_share = 0.5;

    /// \throws invalid_input unless both risks and the share are in (0, 1) and the difference is not 0
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_difference(difference);
        auto const both =
            detail::risks{control_risk,
                          {control_risk + difference, (1 - control_risk) - difference, difference},
                          treatment_share};
        detail::check(both);
        double const unit_variance = both.treatment.value * both.treatment.complement / treatment_share +
                                     control_risk * (1 - control_risk) / (1 - treatment_share);
        auto size = detail::size_for(quantiles, difference, unit_variance,
                                     detail::parameters_of(both, "risk difference", difference));
        size.events = size.participants * both.mean();
        return size;
    }
};

/// A ratio of two risks, analysed as its logarithm. A relative risk reduction of 20 % is the ratio 0.8.
///
/// Participants follow the convention of the field, which is that for the difference of the two risks:
/// q p (1 - p) (1/share + 1/(1 - share)) / (p_t - p_c)² with p the mean risk. Statistical information is on
/// the log scale.
struct risk_ratio_target {
    double control_risk;
    double ratio; ///< treatment over control, not 1
    double treatment_share = 0.5;

    /// \throws invalid_input unless both risks and the share are in (0, 1), and the ratio positive and not 1
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_ratio(ratio);
        double const difference = control_risk * (ratio - 1);
        auto const both = detail::risks{control_risk,
                                        {control_risk * ratio, (1 - control_risk) - difference, difference},
                                        treatment_share};
        detail::check(both);
        double const unit_variance = both.treatment.complement / both.treatment.value / treatment_share +
                                     (1 - control_risk) / control_risk / (1 - treatment_share);
        return detail::size_for_ratio(quantiles, both, unit_variance, "risk ratio", ratio);
    }
};

/// A ratio of two odds, analysed as its logarithm; participants as for `risk_ratio_target`, from the risk
/// that the control risk and the odds ratio imply in the treatment arm.
struct odds_ratio_target {
    double control_risk;
    double ratio; ///< treatment over control, not 1
    double treatment_share = 0.5;

    /// \throws invalid_input unless the control risk and the share are in (0, 1), and the ratio positive and
    ///   not 1
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_ratio(ratio);
        double const others = 1 - control_risk;
        double const odds = control_risk * ratio; // times `others`
        auto const both = detail::risks{control_risk,
                                        {odds / (others + odds), others / (others + odds),
                                         others * control_risk * (ratio - 1) / (others + odds)},
                                        treatment_share};
        detail::check(both);
        double const unit_variance =
            1 / (both.treatment.value * both.treatment.complement * treatment_share) +
            1 / (control_risk * others * (1 - treatment_share));
        return detail::size_for_ratio(quantiles, both, unit_variance, "odds ratio", ratio);
    }
};

/// A ratio of two hazards, analysed as its logarithm. Events carry the information, not participants:
///
///     events = q / (share (1 - share) log(ratio)²)
///
/// Participants are events / event_probability where that is stated. Schoenfeld 1983, Biometrics 39:499-503,
/// doi:10.2307/2531021; for meta-analysis Miladinovic et al. 2013, J Clin Epidemiol 66:654-659,
/// doi:10.1016/j.jclinepi.2012.11.007.
struct hazard_ratio_target {
    double ratio; ///< treatment over control, not 1
    /// The share of participants, of both arms, who will have the event; NaN when unknown.
    double event_probability = detail::not_a_number<double>();
    double treatment_share = 0.5;

    /// \throws invalid_input unless the ratio is positive and not 1, the event probability in (0, 1] or NaN
    [[nodiscard]] information_size operator()(double const quantiles) const {
        detail::check_ratio(ratio);
        detail::check_share(treatment_share);
        detail::require(!(event_probability <= 0 || event_probability > 1), "event_probability",
                        "above 0 and at most 1, or NaN when unknown", event_probability);
        auto size =
            detail::size_for(quantiles, std::log(ratio), 1 / (treatment_share * (1 - treatment_share)),
                             {{"hazard ratio", ratio},
                              {"event probability", event_probability},
                              {"share of participants in the treatment arm", treatment_share}});
        size.events = size.participants;
        size.participants = size.events / event_probability;
        return size;
    }
};

} // namespace accrue
