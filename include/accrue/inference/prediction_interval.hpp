#pragma once

#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

#include <concepts>
#include <string>

namespace accrue {

/// Prediction with t and k - 2 degrees of freedom: one is taken by the mean and one by tau². Higgins,
/// Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159, doi:10.1111/j.1467-985X.2008.00552.x.
struct k_minus_two {
    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const& result) const {
        return detail::from_count<Real>(result.k) - 2;
    }
};

/// Prediction with t and k - 1 degrees of freedom. Veroniki et al. 2019, Res Synth Methods 10:23-43,
/// doi:10.1002/jrsm.1319.
struct k_minus_one {
    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const& result) const {
        return detail::from_count<Real>(result.k) - 1;
    }
};

/// Prediction with the normal distribution, as if tau² were known. Skipka 2006, cited by Viechtbauer 2010, J
/// Stat Softw 36(3), doi:10.18637/jss.v036.i03.
struct infinite_degrees_of_freedom {
    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const&) const {
        return detail::infinity<Real>();
    }
};

/// Prediction with the degrees of freedom of the pooled effect itself, such as those of `kenward_roger`, less
/// `fewer`. Partlett & Riley 2017, Stat Med 36:301-317, doi:10.1002/sim.7140.
struct degrees_of_freedom_of_effect {
    double fewer = 0; ///< taken off the result's degrees of freedom

    template <real Real>
    [[nodiscard]] Real operator()(basic_pooled<Real> const& result) const {
        return result.degrees_of_freedom - Real(fewer);
    }
};

namespace detail {

/// How many studies are enough, for the rules that say so.
template <class Rule>
[[nodiscard]] std::string studies_for_prediction(Rule const&) {
    if constexpr (std::same_as<Rule, k_minus_two>) {
        return ": at least 3 with k - 2 degrees of freedom";
    } else if constexpr (std::same_as<Rule, k_minus_one>) {
        return ": at least 2 with k - 1 degrees of freedom";
    } else {
        return ": its rule leaves no degrees of freedom";
    }
}

} // namespace detail

/// The prediction interval for the true effect in a new study like these:
///
///     effect ± c sqrt(tau² + SE²),   c the (1 + level)/2 quantile of t.
///
/// It says where a new study's true effect will lie, not how well the mean is known. The degrees of freedom
/// are k - 2 unless another rule is given (programs differ: `k_minus_one`, `infinite_degrees_of_freedom`);
/// the standard error is the model's, so that `hartung_knapp` in the model means it here as well. Higgins,
/// Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137-159, doi:10.1111/j.1467-985X.2008.00552.x.
///
/// \param level coverage, such as 0.95
/// \param rule callable value: result -> degrees of freedom
/// \throws invalid_input unless 0 < level < 1, and when the rule leaves no degrees of freedom (fewer than 3
/// studies for k - 2)
template <real Real, class DegreesOfFreedom = k_minus_two>
[[nodiscard]] basic_interval<Real> prediction_interval(basic_pooled<Real> const& result, double const level,
                                                       DegreesOfFreedom const& rule = {}) {
    detail::require_between_0_and_1("level", level);
    Real const degrees_of_freedom = rule(result);
    if (!(degrees_of_freedom > 0)) [[unlikely]] {
        throw invalid_input("a prediction interval needs more studies" +
                            detail::studies_for_prediction(rule) + ", but there " +
                            (result.k == 1 ? "is " : "are ") + std::to_string(result.k));
    }
    Real const tail = (1 - Real(level)) / 2;
    Real const half_width = basic_student_t<Real>{degrees_of_freedom}.upper_quantile(tail) *
                            sqrt(Real(result.tau_squared + result.variance));
    return {result.effect - half_width, result.effect + half_width};
}

template <estimates Studies, class... Rest>
ACCRUE_REFUSED("pool the estimates first: prediction_interval(pool(model, estimates), level)",
               prediction_interval(Studies const&, double, Rest const&...));
ACCRUE_REFUSED("there is no level: prediction_interval(result, 0.95)", prediction_interval(auto const&));

} // namespace accrue
