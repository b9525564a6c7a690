#pragma once

#include <accrue/distribution/student_t.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <cstddef>

namespace accrue {

/// What a regression test of funnel plot asymmetry says: whether effects change with the size of the study.
///
/// Asymmetry is not publication bias. Heterogeneity that goes with size, poorer methods in small trials,
/// chance, and effects whose variance depends on the effect itself all make it. With fewer than ten studies
/// these tests have little power (Sterne et al. 2011, BMJ 343:d4002, doi:10.1136/bmj.d4002).
template <real Real>
struct basic_asymmetry_test {
    Real statistic;          ///< slope over its standard error, t or z
    Real degrees_of_freedom; ///< of the t distribution it is referred to; infinite for the normal
    Real p_value;            ///< two-sided, of a slope of zero
    Real log_p_value;        ///< its natural logarithm, which does not underflow
    Real slope;              ///< change of the effect per unit of the predictor
    Real slope_standard_error;
    /// The effect where the predictor is 0, as a pooled result that `confidence_interval` and `p_value` take.
    /// For predictors that vanish as a study grows (standard error, variance, 1/n) it is the limit estimate,
    /// that of an infinitely large study; for n it has no meaning.
    basic_pooled<Real> intercept;
    Real tau_squared; ///< heterogeneity about the line, where the test has a place for it; otherwise 0
    std::size_t k;    ///< studies in the regression; those without information are not counted
    /// `undefined`, with NaN, for fewer than three studies, for predictors that do not differ, and for
    /// effects exactly on a line when their dispersion is to be estimated.
    accrue::status status;
};

using asymmetry_test = basic_asymmetry_test<double>;

/// What a rank test of funnel plot asymmetry says, from Kendall's tau of effect and variance.
template <real Real>
struct basic_rank_test {
    Real statistic;            ///< the z of the normal approximation
    Real degrees_of_freedom;   ///< infinite: a z
    Real p_value;              ///< two-sided, exact or normal as the test says
    Real log_p_value;          ///< its natural logarithm
    Real tau;                  ///< Kendall's tau-b
    Real score;                ///< concordant pairs minus discordant ones
    Real score_standard_error; ///< with ties taken into account
    bool exact;                ///< whether the p-value is exact
    std::size_t k;             ///< studies compared
    accrue::status status;     ///< `undefined`, with NaN, when one of the two does not vary
};

using rank_test = basic_rank_test<double>;

namespace detail {

/// A two-sided p-value and its logarithm.
template <real Real>
struct two_sided_p {
    Real value;
    Real logarithm;

    two_sided_p(Real const& statistic, Real const& degrees_of_freedom) {
        Real const size = magnitude(statistic);
        auto const distribution = basic_student_t<Real>{degrees_of_freedom};
        value = 2 * distribution.survival(size);
        logarithm = log(Real(2)) + distribution.log_survival(size);
    }
};

} // namespace detail
} // namespace accrue
