#include "models.hpp"

#include "estimators.hpp"

namespace command {

chosen_model model_named(std::string const& name) {
    auto const parts = model_parts(name);
    bool const is_common = parts.estimator == "common";
    auto result = chosen_model{.name = name, .words = {}, .cpp = {}, .model = {}};
    with_estimator(
        parts.estimator, [&](std::string const& words, std::string const& cpp, auto const& estimator) {
            result.words = is_common ? words : "random effects (" + words;
            result.cpp = "random_effects{" + (is_common ? std::string("fixed_tau_squared{0}") : cpp);
            result.model.estimator = {[estimator](accrue::study_evidence<double> const& studies) {
                                          auto const found = estimator(studies);
                                          return accrue::tau_squared_estimate{found.value, 0, found.status};
                                      },
                                      [estimator](accrue::grouped_evidence<double> const& groups) {
                                          auto const found = estimator(groups);
                                          return accrue::tau_squared_estimate{found.value, 0, found.status};
                                      }};
        });
    with_uncertainty(parts.uncertainty, [&](std::string const& words, std::string const& cpp,
                                            auto const& method) {
        result.words += is_common ? (parts.uncertainty == "z" ? "" : " (" + words + ")") : ", " + words + ")";
        result.cpp =
            is_common && parts.uncertainty == "z" ? "common_effect{}" : result.cpp + ", " + cpp + "}";
        result.model.uncertainty.method = [method](accrue::weighted_fit<double> const& fit,
                                                   accrue::study_evidence<double> const& studies,
                                                   double const tau_squared) {
            return accrue::detail::precision_of(method, fit, studies, tau_squared);
        };
    });
    return result;
}

} // namespace command
