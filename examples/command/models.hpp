#pragma once

#include <accrue/evidence.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>
#include <accrue/uncertainty/precision.hpp>

#include <functional>
#include <string>

namespace command {

/// An estimator of tau² as a value of one type.
struct any_estimator {
    std::function<accrue::tau_squared_estimate(accrue::study_evidence<double> const&)> of_studies;
    std::function<accrue::tau_squared_estimate(accrue::grouped_evidence<double> const&)> of_groups;

    accrue::tau_squared_estimate operator()(accrue::study_evidence<double> const& studies) const {
        return of_studies(studies);
    }
    accrue::tau_squared_estimate operator()(accrue::grouped_evidence<double> const& groups) const {
        return of_groups(groups);
    }
};

/// A method of uncertainty as a value of one type.
struct any_uncertainty {
    std::function<accrue::basic_precision<double>(accrue::weighted_fit<double> const&,
                                                  accrue::study_evidence<double> const&, double)>
        method;

    accrue::basic_precision<double> operator()(accrue::weighted_fit<double> const& fit,
                                               accrue::study_evidence<double> const& studies,
                                               double const tau_squared) const {
        return method(fit, studies, tau_squared);
    }
};

/// A model by its name: "reml,hk" is random effects by REML and Hartung-Knapp. A common effect is the one
/// whose tau² is 0.
struct chosen_model {
    std::string name;
    std::string words; ///< "random effects (REML, Hartung-Knapp)"
    std::string cpp;   ///< "random_effects{reml{}, hartung_knapp{}}"
    accrue::random_effects<any_estimator, any_uncertainty> model;
};

/// \throws usage_error that lists the names
[[nodiscard]] chosen_model model_named(std::string const& name);

} // namespace command
