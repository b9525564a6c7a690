// Confidence levels that differ from 1 by less than a quadrature resolves, and beliefs that say next to
// nothing: limits are found from the side on which their probability is small, and a walk that hardly moves
// after the first look is averaged over that look.

#include "support/relative.hpp"
#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/error.hpp>
#include <accrue/sequential/spending.hpp>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace accrue {
namespace {

auto const infinity = detail::infinity<double>();

std::vector<double> const fractions = {0.3, 0.6, 1.0};

template <class Ordering>
void expect_limits_to_mirror(Ordering const& ordering) {
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions);
    for (double const tail : {1e-2, 1e-4, 1e-6, 1e-9, 1e-12, 1e-15}) {
        for (std::size_t const look : {0U, 2U}) {
            for (double const z : {2.1, 0.5, -2.0}) {
                auto const trial = ended_trial{bounds, fractions, look, z};
                auto const found = infer_by(ordering, trial, 1 - tail);
                auto const image = infer_by(ordering, detail::mirrored(trial), 1 - tail);
                EXPECT_EQ(found.status, status::ok);
                EXPECT_RELATIVE(found.drift.upper, -image.drift.lower, 1e-10);
                EXPECT_RELATIVE(found.drift.lower, -image.drift.upper, 1e-10);
            }
        }
    }
}

TEST(LimitsAtLevelsNextToOne, AreThoseOfTheTrialInTheMirror) {
    expect_limits_to_mirror(stagewise_ordering{});
    expect_limits_to_mirror(maximum_likelihood_ordering{});
    expect_limits_to_mirror(likelihood_ratio_ordering{});
}

// At the upper limit the smaller results, which ended below, in a wedge before or short of z, have the
// probability that the level leaves.
TEST(LimitsAtLevelsNextToOne, LeaveTheSmallerResultsTheirShareBesideAWedge) {
    auto const bounds = stopping_boundaries{.lower = {-3, -2.5, -2},
                                            .upper = {2.8, 2.4, 2.1},
                                            .wedge = {-infinity, 0.4, 1},
                                            .wedge_below = {infinity, -0.1, -1}};
    for (double const z : {2.3, 1.2, -1.5}) {
        auto ends = bounds;
        ends.lower[2] = ends.upper[2] = z;
        ends.wedge[2] = -infinity;
        ends.wedge_below[2] = infinity;
        auto const smaller = [&](double const drift) {
            auto const exit = exits(ends, fractions, drift);
            return exit.total_lower() + exit.total_wedge();
        };
        for (double const tail : {1e-2, 1e-4, 1e-6, 1e-9, 1e-12}) {
            auto const found = infer_stagewise({bounds, fractions, 2, z}, 1 - 2 * tail);
            EXPECT_EQ(found.status, status::ok);
            EXPECT_RELATIVE(smaller(found.drift.upper), (1 - (1 - 2 * tail)) / 2, 1e-8);
            EXPECT_RELATIVE(found.p_value_lower, smaller(0), 1e-12);
        }
    }
    // Of a result far below, with no boundary there, the probability is no difference from 1.
    auto narrow = bounds;
    narrow.lower = {-infinity, -infinity, -infinity};
    narrow.wedge = {-infinity, 1e-13, -infinity};
    narrow.wedge_below = {infinity, -1e-13, infinity};
    auto ends = narrow;
    ends.lower[2] = ends.upper[2] = -8.0;
    auto const exit = exits(ends, fractions);
    EXPECT_RELATIVE(infer_stagewise({narrow, fractions, 2, -8.0}).p_value_lower,
                    exit.total_lower() + exit.total_wedge(), 1e-3); // of a wedge of 1e-13, by cancellation
}

TEST(PValuesOfAnOrdering, AreAtMostOne) {
    auto const looks = std::vector{5.43e-90, 2.02e-85, 4.58e-81, 1.0};
    auto const bounds = efficacy_boundaries(two_sided{0.979}, lan_demets_obrien_fleming{}, looks);
    for (double z = -30; z < 30; z += 0.7) {
        for (std::size_t look = 0; look < looks.size(); ++look) {
            auto const found = infer_by(likelihood_ratio_ordering{}, {bounds, looks, look, z});
            EXPECT_LE(found.p_value_lower, 1);
            EXPECT_LE(found.p_value_upper, 1);
            auto const staged = infer_stagewise({bounds, looks, look, z});
            EXPECT_LE(staged.p_value_lower, 1);
            EXPECT_LE(staged.p_value_upper, 1);
        }
    }
}

// With a prior sd s that is large beside the drifts at which the power is neither 0 nor 1, the assurance is
// P(drift > 0) + density(0) x the integral of the power less that of a sure decision.
TEST(AssuranceOfAVaguePrior, IsOneHalfAndWhatThePowerLacksOverTheStandardDeviation) {
    auto const with_wedge = stopping_boundaries{
        .lower = {-3, -2.5, -2}, .upper = {infinity, 2.4, 2.1}, .wedge = {-infinity, 0.2, 1}};
    for (auto const& bounds :
         {efficacy_boundaries(one_sided{0.025}, lan_demets_pocock{}, fractions),
          efficacy_boundaries(two_sided{0.8}, lan_demets_pocock{}, fractions), with_wedge}) {
        auto const power_at = [&](double const drift) { return power(bounds, fractions, drift); };
        using kronrod = boost::math::quadrature::gauss_kronrod<double, 61>;
        double const above =
            kronrod::integrate([&](double const drift) { return 1 - power_at(drift); }, 0.0, 25.0, 4, 1e-10);
        double const below = kronrod::integrate(power_at, -25.0, 0.0, 4, 1e-10);
        for (double const information : {1e-8, 1e-11, 1e-12, 2e-13, 1e-13, 1e-16, 1e-20, 1e-60, 1e-200}) {
            auto const found = assurance(bounds, fractions, {.mean = 0, .information = information});
            auto const lacking = std::sqrt(information) * normal::density(0) * (below - above);
            EXPECT_NEAR(found - 0.5, lacking, 1e-6 * std::abs(lacking) + 2e-11) << information;
        }
    }
    // Known after the first of many looks, however early it comes.
    auto const early = std::vector{1e-30, 0.5, 1.0};
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_pocock{}, early);
    EXPECT_RELATIVE(predictive_power(bounds, early, 0, 1.3), normal::cumulative(1.3), 1e-12);
}

} // namespace
} // namespace accrue
