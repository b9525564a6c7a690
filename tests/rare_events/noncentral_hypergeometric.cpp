// The conditional likelihood of a 2x2 table and its integral over a normal effect: by enumeration, by Boost's
// central distribution, by a fine rule, and at 50 digits.

#include "support/relative.hpp"
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/rare_events/detail/normal_effect_integral.hpp>

#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/special_functions/binomial.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace accrue::test_rare_events_noncentral_hypergeometric {
namespace {

using table = two_arms<events>;
using likelihood = detail::noncentral_hypergeometric<double>;
using precise =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

auto const tables = std::vector<table>{{{1, 100}, {3, 100}},  {{0, 50}, {2, 150}}, {{0, 10}, {0, 12}},
                                       {{30, 100}, {20, 90}}, {{5, 5}, {1, 7}},    {{1, 400}, {0, 100}},
                                       {{9, 10}, {7, 8}},     {{2, 40}, {2, 40}},  {{300, 900}, {290, 1000}}};

precise binomial(double const n, double const k) {
    precise result(1);
    for (int i = 1; i <= static_cast<int>(k); ++i) {
        result = result * (n - k + i) / i;
    }
    return result;
}

precise enumerated(table const& trial, precise const& theta) {
    double const both = trial.treatment.count + trial.control.count;
    precise total(0);
    for (double x = std::max(0.0, both - trial.control.total); x <= std::min(both, trial.treatment.total);
         ++x) {
        total += binomial(trial.treatment.total, x) * binomial(trial.control.total, both - x) *
                 exp(precise(x * theta));
    }
    double const a = trial.treatment.count;
    return log(precise(binomial(trial.treatment.total, a) * binomial(trial.control.total, both - a) *
                       exp(precise(a * theta)) / total));
}

// 1e-12 of the log-likelihood's terms: its coefficients are running sums of up to 600 logarithms.
// Qualifies: RARE-1
TEST(NoncentralHypergeometric, IsTheEnumerationOfTables) {
    for (auto const& trial : tables) {
        for (double const theta : {-40.0, -3.0, -0.5, 0.0, 1.0, 12.0}) {
            auto const expected = static_cast<double>(enumerated(trial, precise(theta)));
            EXPECT_NEAR(likelihood(trial).log_likelihood(theta), expected, 1e-12 * (1 + std::abs(expected)));
            EXPECT_NEAR(likelihood(trial).at(theta).value, expected, 1e-12 * (1 + std::abs(expected)));
        }
    }
}

TEST(NoncentralHypergeometric, IsBoostsCentralDistributionWithoutAnEffect) {
    for (auto const& trial : tables) {
        auto const [a, c] = trial;
        auto const central = boost::math::hypergeometric_distribution<double>(
            static_cast<unsigned>(a.count + c.count), static_cast<unsigned>(a.total),
            static_cast<unsigned>(a.total + c.total));
        EXPECT_RELATIVE(std::exp(likelihood(trial).log_likelihood(0)),
                        boost::math::pdf(central, static_cast<unsigned>(a.count)), 1e-10);
    }
}

TEST(NoncentralHypergeometric, HasItsDerivatives) {
    for (auto const& trial : tables) {
        auto const l = likelihood(trial);
        for (double const theta : {-2.0, 0.3, 4.0}) {
            constexpr double h = 1e-4;
            auto const here = l.at(theta);
            double const up = l.log_likelihood(theta + h);
            double const down = l.log_likelihood(theta - h);
            EXPECT_NEAR(here.slope, (up - down) / (2 * h), 1e-6 * (1 + std::abs(here.slope)));
            EXPECT_NEAR(here.curvature, (l.at(theta + h).slope - l.at(theta - h).slope) / (2 * h),
                        1e-5 * (1 + std::abs(here.curvature)));
            EXPECT_LE(here.curvature, 0);
        }
    }
}

TEST(NoncentralHypergeometric, SaysNothingWithoutEventsOrWithNothingElse) {
    for (auto const& trial : {table{{0, 10}, {0, 20}}, table{{10, 10}, {20, 20}}}) {
        EXPECT_FALSE(likelihood(trial).is_informative());
        EXPECT_EQ(likelihood(trial).log_likelihood(3), 0);
    }
    EXPECT_TRUE(likelihood({{0, 10}, {1, 20}}).is_lowest());
    EXPECT_TRUE(likelihood({{1, 10}, {0, 20}}).is_highest());
    EXPECT_THROW((likelihood(table{{0.5, 10}, {1, 20}})), invalid_input);
    EXPECT_THROW((likelihood(table{{1, 10.5}, {1, 20}})), invalid_input);
    EXPECT_THROW((likelihood(table{{11, 10}, {1, 20}})), invalid_input);
}

// A trapezoidal rule with 8,000 points over ±20 sd, in long double.
double fine_integral(table const& trial, double const mean, double const sd) {
    auto const lift = [](events const& x) {
        return basic_events<long double>{static_cast<long double>(x.count),
                                         static_cast<long double>(x.total)};
    };
    auto const l =
        detail::noncentral_hypergeometric<long double>({lift(trial.treatment), lift(trial.control)});
    auto logs = std::vector<long double>{};
    long double const step = 40.0L / 8000;
    for (int i = 0; i <= 8000; ++i) {
        long double const x = -20 + step * i;
        logs.push_back(l.log_likelihood(mean + sd * x) - x * x / 2);
    }
    long double const top = *std::max_element(logs.begin(), logs.end());
    long double sum = 0;
    for (long double const log : logs) {
        sum += std::exp(log - top);
    }
    return static_cast<double>(top + std::log(sum * step) -
                               std::log(2 * std::numbers::pi_v<long double>) / 2);
}

TEST(NormalEffectIntegral, HasAllDigits) {
    for (auto const& trial : tables) {
        if (trial.treatment.total > 500) {
            continue; // the fine rule would take seconds
        }
        auto const l = likelihood(trial);
        for (double const mean : {-1.0, 0.0, 6.0}) {
            for (double const sd : {0.001, 0.2, 1.0, 5.0}) {
                double const expected = fine_integral(trial, mean, sd);
                EXPECT_NEAR(detail::log_normal_effect_integral(l, mean, sd), expected,
                            1e-12 * (1 + std::abs(expected)));
            }
            EXPECT_EQ(detail::log_normal_effect_integral(l, mean, 0.0), l.log_likelihood(mean));
        }
    }
}

// Thousands of tables of which few are probable: sums over all of those, since a stride is for wide ones.
TEST(NoncentralHypergeometric, OfThousandsOfTablesHasTheMomentsOfFiftyDigits) {
    for (double const events_treated : {40.0, 300.0, 900.0}) {
        auto const one = likelihood({{events_treated, 1e6}, {6000 - events_treated, 1e6}});
        auto const other =
            detail::noncentral_hypergeometric<precise>({{events_treated, 1e6}, {6000 - events_treated, 1e6}});
        for (double const beside : {0.0, 0.01}) {
            double const theta = std::log(events_treated / (6000 - events_treated)) + beside;
            auto const found = one.at(theta);
            auto const expected = other.at(precise(theta));
            EXPECT_NEAR(found.slope, static_cast<double>(expected.slope), 2e-16 * events_treated + 2e-15);
            EXPECT_RELATIVE(found.curvature, static_cast<double>(expected.curvature), 5e-15);
        }
    }
}

TEST(NormalEffectIntegral, AgreesWithItselfAtFiftyDigits) {
    for (auto const& trial : {tables[0], tables[1], tables[4]}) {
        auto const lift = [](events const& x) {
            return basic_events<precise>{precise(x.count), precise(x.total)};
        };
        auto const l =
            detail::noncentral_hypergeometric<precise>({lift(trial.treatment), lift(trial.control)});
        auto const expected =
            static_cast<double>(detail::log_normal_effect_integral(l, precise(-0.3), precise(0.7)));
        EXPECT_RELATIVE(detail::log_normal_effect_integral(likelihood(trial), -0.3, 0.7), expected, 1e-14);
    }
}

// With one event in all, and arms of one size, the likelihood is logistic; about 0 its integral is 1/2 by
// symmetry.
TEST(NormalEffectIntegral, OfOneEventIsAHalfWhateverTheSpread) {
    for (double const sd : {0.0, 0.1, 1.0, 10.0, 100.0}) {
        EXPECT_RELATIVE(detail::log_normal_effect_integral(likelihood({{1, 50}, {0, 50}}), 0.0, sd),
                        -std::numbers::ln2, 1e-13);
    }
}

} // namespace
} // namespace accrue::test_rare_events_noncentral_hypergeometric
