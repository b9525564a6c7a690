// Three levels in other numbers than doubles: a double has the digits that fifty have, and automatic
// derivatives by every effect and variance are the difference quotients at fifty digits.

#include "support/relative.hpp"
#include <accrue/dependence/three_level.hpp>

#include <boost/math/differentiation/autodiff.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace accrue::test_dependence_three_level_derivatives {
namespace {

using exact =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
using dual = boost::math::differentiation::autodiff_fvar<double, 1>;

/// Effects and variances by turns, of clusters of three.
/// \param growth by how much effects grow with their standard errors
std::vector<double> random_numbers(unsigned const seed, double const growth = 0) {
    auto random = std::mt19937_64(seed);
    auto normal = std::normal_distribution<>{};
    auto uniform = std::uniform_real_distribution<>{};
    auto numbers = std::vector<double>{};
    auto const k = 7 + 2 * (seed % 5);
    double const between = seed % 3 == 0 ? 0 : 0.6;
    double const within = seed % 4 == 1 ? 0 : 0.5;
    double shared = 0;
    for (unsigned i = 0; i < k; ++i) {
        shared = i % 3 == 0 ? between * normal(random) : shared;
        double const variance = std::pow(10, -2 + 2 * uniform(random));
        double const error = std::sqrt(variance);
        numbers.push_back(0.3 + shared + within * normal(random) + error * normal(random) + growth * error);
        numbers.push_back(variance);
    }
    return numbers;
}

template <class Real>
struct results {
    std::array<Real, 4> values; ///< effect, its variance, and those between and within
    accrue::status status;
};

template <class Real, class Estimator>
results<Real> fit_of(Estimator const& estimator, std::vector<Real> const& numbers) {
    auto estimates = std::vector<basic_estimate<Real>>{};
    auto clusters = std::vector<int>{};
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
        estimates.push_back({numbers[i], numbers[i + 1]});
        clusters.push_back(static_cast<int>(i / 6));
    }
    auto const fit = three_level{estimator}(estimates, clusters);
    return {{fit.effect, fit.variance, fit.tau_squared_between, fit.tau_squared_within}, fit.status};
}

template <class Real>
std::vector<Real> lifted(std::vector<double> const& numbers) {
    return {numbers.begin(), numbers.end()};
}

// The search ends at its tolerance of 1e-10; Newton's last steps then bring all the digits.
TEST(ThreeLevelDerivatives, DoublesHaveTheDigitsOfFifty) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        auto const numbers = random_numbers(seed);
        auto const check = [&](auto const& estimator) {
            auto const here = fit_of(estimator, numbers);
            auto const there = fit_of(estimator, lifted<exact>(numbers));
            ASSERT_EQ(here.status, there.status);
            for (std::size_t i = 0; i < 4; ++i) {
                EXPECT_RELATIVE(here.values[i], static_cast<double>(there.values[i]), 1e-12) << i;
            }
        };
        check(reml{});
        check(maximum_likelihood{});
    }
}

// Where the search ends at its tolerance of 1e-4 already, each of three steps squares what is left, which is
// so only by exact second derivatives. Effects that grow with their standard errors tie the mean to the
// variance within clusters, on which all of their terms tell.
TEST(ThreeLevelDerivatives, BringTheLastDigitsWhereverTheSearchEnds) {
    for (double const growth : {0.0, 1.0, 2.0}) {
        for (unsigned seed = 1; seed <= 40; ++seed) {
            SCOPED_TRACE(seed);
            SCOPED_TRACE(growth);
            auto const numbers = random_numbers(seed, growth);
            auto const check = [&](auto const& coarse, auto const& fine) {
                auto const here = fit_of(coarse, numbers);
                auto const there = fit_of(fine, numbers);
                for (std::size_t i = 0; i < 4; ++i) {
                    EXPECT_RELATIVE(here.values[i], there.values[i], 1e-12) << i;
                }
            };
            check(reml{.tolerance = 1e-4}, reml{});
            check(maximum_likelihood{.tolerance = 1e-4}, maximum_likelihood{});
        }
    }
}

// The quotient's error is the square of its step, and the fit's at fifty digits over the step: 1e-20.
TEST(ThreeLevelDerivatives, AreThoseOfAutomaticDifferentiation) {
    int interior = 0;
    for (unsigned seed = 1; seed <= 12; ++seed) {
        auto const numbers = random_numbers(seed);
        auto const check = [&](auto const& estimator) {
            for (std::size_t i = 0; i < numbers.size(); i += 3) {
                SCOPED_TRACE(seed);
                SCOPED_TRACE(i);
                auto moved = std::vector<dual>(numbers.begin(), numbers.end());
                moved[i] = boost::math::differentiation::make_fvar<double, 1>(numbers[i]);
                auto const here = fit_of(estimator, moved);
                auto const step = exact("1e-10");
                auto above = lifted<exact>(numbers);
                auto below = above;
                above[i] += step;
                below[i] -= step;
                auto const up = fit_of(estimator, above);
                auto const down = fit_of(estimator, below);
                interior += up.values[2] > 0 && up.values[3] > 0 ? 1 : 0;
                for (std::size_t j = 0; j < 4; ++j) {
                    auto const quotient =
                        static_cast<double>(exact((up.values[j] - down.values[j]) / (2 * step)));
                    EXPECT_RELATIVE(here.values[j].derivative(1), quotient, 1e-9, 1e-11) << j;
                    EXPECT_RELATIVE(here.values[j].derivative(0), fit_of(estimator, numbers).values[j],
                                    1e-12);
                }
            }
        };
        check(reml{});
        check(maximum_likelihood{});
    }
    EXPECT_GT(interior, 20);
}

} // namespace
} // namespace accrue::test_dependence_three_level_derivatives
