// The distributions behind links and priors: cumulative, survival, density and quantile tell the same, and
// tails keep their digits.

#include "support/relative.hpp"
#include <accrue/distribution/cauchy.hpp>
#include <accrue/distribution/extreme_value.hpp>
#include <accrue/distribution/logistic.hpp>
#include <accrue/distribution/normal.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace accrue::test_distribution_links {
namespace {

template <class Check>
void for_each_distribution(Check const& check) {
    check("normal", normal{});
    check("logistic", logistic{});
    check("cauchy", cauchy{});
    check("maximum", extreme_value_maximum{});
    check("minimum", extreme_value_minimum{});
}

// Qualifies: DISTRIBUTION-1
TEST(Links, QuantilesInvertProbabilities) {
    for_each_distribution([](char const* const name, auto const& distribution) {
        SCOPED_TRACE(name);
        for (double const p : {1e-9, 0.001, 0.2, 0.5, 0.75, 0.999}) {
            // Rounding of the quantile is multiplied by its size and the density, a few times p at the most.
            EXPECT_RELATIVE(distribution.cumulative(distribution.quantile(p)), p, 1e-13);
        }
    });
}

TEST(Links, SurvivalIsTheRestAndDensityTheSlope) {
    for_each_distribution([](char const* const name, auto const& distribution) {
        SCOPED_TRACE(name);
        for (double const x : {-3.0, -1.0, -0.1, 0.0, 0.5, 2.5}) {
            EXPECT_NEAR(distribution.survival(x), 1 - distribution.cumulative(x), 1e-15);
            double const step = 1e-4; // the error of a central difference is of the order of its square
            double const slope =
                (distribution.cumulative(x + step) - distribution.cumulative(x - step)) / (2 * step);
            EXPECT_NEAR(distribution.density(x), slope, 1e-8);
        }
    });
}

TEST(Links, HaveTheirClosedForms) {
    EXPECT_RELATIVE(logistic::quantile(0.75), std::log(3.0), 1e-15);
    EXPECT_RELATIVE(logistic::cumulative(-700), std::exp(-700.0), 1e-13);
    EXPECT_RELATIVE(cauchy::quantile(0.75), 1.0, 1e-15);
    EXPECT_RELATIVE(cauchy::cumulative(-1e10), 1 / (std::numbers::pi * 1e10), 1e-15);
    EXPECT_EQ(cauchy::quantile(0), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(cauchy::quantile(1), std::numeric_limits<double>::infinity());
    EXPECT_RELATIVE(extreme_value_maximum::cumulative(0), std::exp(-1.0), 1e-15);
    EXPECT_RELATIVE(extreme_value_maximum::survival(40), std::exp(-40.0), 1e-13);
    EXPECT_RELATIVE(extreme_value_minimum::cumulative(-40), std::exp(-40.0), 1e-13);
}

// R 4.2.2 Patched: pnorm(c(-1, 40, 100), lower.tail = FALSE, log.p = TRUE)
TEST(Links, LogarithmsOfTailsGoOnWhereProbabilitiesVanish) {
    EXPECT_RELATIVE(normal::log_survival(-1), -0.17275377902344988, 1e-14);
    EXPECT_RELATIVE(normal::log_survival(40), -804.6084420137538, 1e-14);
    EXPECT_RELATIVE(normal::log_survival(100), -5005.5242086942053, 1e-14);
    EXPECT_RELATIVE(normal::log_mills_ratio(2), std::log(normal::survival(2) / normal::density(2)), 1e-13);
}

} // namespace
} // namespace accrue::test_distribution_links
