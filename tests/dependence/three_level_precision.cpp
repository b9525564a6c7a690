// Three levels with moderators against themselves at 50 digits: years that are not centred, variances that
// differ by orders of magnitude.

#include "support/relative.hpp"
#include <accrue/dependence/three_level.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/uncertainty/kenward_roger.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace accrue::test_dependence_three_level_precision {
namespace {

using exact =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

template <class Real>
basic_three_level_regression<Real> fit_of(unsigned const seed, double const spread) {
    auto random = std::mt19937(seed);
    auto normal = std::normal_distribution<double>();
    auto estimates = std::vector<basic_estimate<Real>>{};
    auto years = std::vector<Real>{};
    auto clusters = std::vector<int>{};
    double shared = 0;
    for (int i = 0; i < 18; ++i) {
        shared = i % 3 == 0 ? 0.4 * normal(random) : shared;
        double const year = std::round(1990 + 10 * normal(random));
        double const variance = 0.05 * std::exp(spread * normal(random));
        double const effect =
            0.02 * (year - 1990) + shared + 0.3 * normal(random) + std::sqrt(variance) * normal(random);
        estimates.push_back({Real(effect), Real(variance)});
        years.push_back(Real(year));
        clusters.push_back(i / 3);
    }
    auto const estimator = reml{.tolerance = 1e-14};
    return three_level{estimator, kenward_roger{}}(estimates, basic_moderators<Real>{}.with("year", years),
                                                   clusters);
}

// The variances are roots, which a double finds to the tolerance; everything else follows them.
TEST(ThreeLevelModeratorPrecision, DoublesHaveTheDigitsOfFifty) {
    for (double const spread : {0.5, 3.0}) {
        for (unsigned const seed : {1U, 2U}) {
            SCOPED_TRACE(spread);
            SCOPED_TRACE(seed);
            auto const actual = fit_of<double>(seed, spread);
            auto const expected = fit_of<exact>(seed, spread);
            auto const compare = [](double const here, exact const& there, double const tolerance) {
                EXPECT_RELATIVE(here, static_cast<double>(there), tolerance, 1e-12);
            };
            ASSERT_EQ(actual.status, expected.status);
            compare(actual.tau_squared_between, expected.tau_squared_between, 1e-8);
            compare(actual.tau_squared_within, expected.tau_squared_within, 1e-8);
            compare(actual.log_likelihood, expected.log_likelihood, 1e-11);
            compare(actual.q, expected.q, 1e-11);
            for (std::size_t j = 0; j < 2; ++j) {
                compare(actual.coefficients[j], expected.coefficients[j], 1e-8);
                compare(coefficient(actual, j).variance, coefficient(expected, j).variance, 1e-8);
                compare(coefficient(actual, j).degrees_of_freedom,
                        coefficient(expected, j).degrees_of_freedom, 1e-7);
            }
        }
    }
}

} // namespace
} // namespace accrue::test_dependence_three_level_precision
