// Confidence levels that differ from 1 by less than a quadrature resolves, and beliefs that say next to
// nothing: limits are found from the side on which their probability is small, and a walk that hardly moves
// after the first look is averaged over that look.

#include "support/relative.hpp"
#include <accrue/sequential/anytime/robbins_mixture.hpp>
#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/error.hpp>
#include <accrue/sequential/spending.hpp>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue::test_sequential_levels_and_priors_at_the_edge {
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

// At the upper limit the smaller results, which ended below, short of z or, for a z above a wedge before, in
// the wedge, have the probability that the level leaves. Limits of tails above 1e-5 are found from the
// other side of 1: 1e-16 of 1 is 1e-11 of them, and the sums of several looks lose a few digits more.
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
            return exit.total_lower() + (z < 0 ? 0 : exit.total_wedge());
        };
        for (double const tail : {1e-2, 1e-4, 1e-6, 1e-9, 1e-12}) {
            auto const found = infer_stagewise({bounds, fractions, 2, z}, 1 - 2 * tail);
            EXPECT_EQ(found.status, status::ok);
            EXPECT_RELATIVE(smaller(found.drift.upper), (1 - (1 - 2 * tail)) / 2, 1e-8);
            EXPECT_RELATIVE(found.p_value_lower, smaller(0), 1e-12);
        }
    }
    auto narrow = bounds;
    narrow.lower = {-infinity, -infinity, -infinity};
    narrow.wedge = {-infinity, 1e-13, -infinity};
    narrow.wedge_below = {infinity, -1e-13, infinity};
    // Of a result far below, with no boundary before, the probability is no difference from 1, and a wedge
    // before, whose results are larger, changes next to nothing of it.
    double const with_wedge = infer_stagewise({narrow, fractions, 2, -8.0}).p_value_lower;
    EXPECT_RELATIVE(with_wedge, normal::survival(8), 1e-10);
    narrow.wedge = {};
    narrow.wedge_below = {};
    EXPECT_RELATIVE(infer_stagewise({narrow, fractions, 2, -8.0}).p_value_lower, normal::survival(8), 1e-12);
}

// What ended below before is among the smaller results, and what ended in an even wedge is smaller than a z
// that is not negative and larger than one that is, however large the drift must be for it to become rare.
TEST(LimitsBesideAnEarlierEnd, LeaveLargerAndSmallerResultsTheirShares) {
    auto const expect_shares = [](stopping_boundaries const& bounds, std::size_t const look, double const z) {
        auto const seen = std::span(fractions).first(look + 1);
        auto ends = bounds;
        for (auto* const values : {&ends.lower, &ends.upper, &ends.wedge}) {
            values->resize(values->empty() ? 0 : look + 1);
        }
        ends.lower[look] = ends.upper[look] = z;
        if (!ends.wedge.empty()) {
            ends.wedge[look] = -infinity;
        }
        auto const smaller = [&](double const drift) {
            auto const exit = exits(ends, seen, drift);
            return exit.total_lower() + (z < 0 ? 0 : exit.total_wedge());
        };
        auto const larger = [&](double const drift) {
            auto const exit = exits(ends, seen, drift);
            return exit.total_upper() + (z < 0 ? exit.total_wedge() : 0);
        };
        for (double const tail : {0.25, 0.025, 5e-3, 1e-3, 1e-4, 1e-6, 1e-12}) {
            auto const found = infer_stagewise({bounds, fractions, look, z}, 1 - 2 * tail);
            auto const share = (1 - (1 - 2 * tail)) / 2;
            EXPECT_EQ(found.status, status::ok);
            EXPECT_RELATIVE(smaller(found.drift.upper), share, 1e-8);
            EXPECT_RELATIVE(larger(found.drift.lower), share, 1e-8);
            EXPECT_RELATIVE(larger(found.median_unbiased_drift), 0.5, 1e-10);
        }
    };
    auto const with_wedge = stopping_boundaries{
        .lower = {-infinity, -infinity, -2}, .upper = {infinity, 2.5, 2}, .wedge = {0.3, 0.4, 1.2}};
    auto const with_wide_wedge = stopping_boundaries{
        .lower = {-3, -infinity, -2}, .upper = {infinity, 2.5, infinity}, .wedge = {2.2, -infinity, 1}};
    auto const with_futility =
        stopping_boundaries{.lower = {0.4, -infinity, -infinity}, .upper = {3, 2.4, 2.1}};
    for (auto const& bounds : {with_wedge, with_wide_wedge, with_futility}) {
        for (double const z : {-2.3, -1.9, 0.7, 3.1}) {
            expect_shares(bounds, 1, z);
        }
        for (double const z : {-1.7, 0.7, 3.1}) {
            expect_shares(bounds, 2, z);
        }
    }
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
// P(drift > 0) + the integral of density x (the power less that of a sure decision).
TEST(AssuranceOfAVaguePrior, IsOneHalfAndWhatThePowerLacksOverTheStandardDeviation) {
    auto const with_wedge = stopping_boundaries{
        .lower = {-3, -2.5, -2}, .upper = {infinity, 2.4, 2.1}, .wedge = {-infinity, 0.2, 1}};
    for (auto const& bounds :
         {efficacy_boundaries(one_sided{0.025}, lan_demets_pocock{}, fractions),
          efficacy_boundaries(two_sided{0.8}, lan_demets_pocock{}, fractions), with_wedge}) {
        auto const power_at = [&](double const drift) { return power(bounds, fractions, drift); };
        using kronrod = boost::math::quadrature::gauss_kronrod<double, 61>;
        for (double const information : {1e-8, 1e-11, 1e-12, 2e-13, 1e-13, 1e-16, 1e-20, 1e-60, 1e-200}) {
            auto const root = std::sqrt(information);
            auto const lacking_at = [&](double const drift) {
                return normal::density(drift * root) * (drift > 0 ? power_at(drift) - 1 : power_at(drift));
            };
            auto const lacking = kronrod::integrate(lacking_at, 0.0, 25.0, 4, 1e-12) +
                                 kronrod::integrate(lacking_at, -25.0, 0.0, 4, 1e-12);
            auto const found = assurance(bounds, fractions, {.mean = 0, .information = information});
            // A few dozen roundings of one half.
            EXPECT_NEAR(found - 0.5, root * lacking, 1e-14) << information;
        }
    }
    // Known after the first of many looks, however early it comes.
    auto const early = std::vector{1e-30, 0.5, 1.0};
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_pocock{}, early);
    EXPECT_RELATIVE(predictive_power(bounds, early, 0, 1.3), normal::cumulative(1.3), 1e-12);
}

/// (P - 1/2) over the prior's standard deviation, for a prior that says next to nothing.
double lacking_of_vague(stopping_boundaries const& bounds, std::vector<double> const& looks,
                        double const information) {
    return (assurance(bounds, looks, {.mean = 0, .information = information}) - 0.5) / std::sqrt(information);
}

// However close the looks, and however late the first of them.
TEST(AssuranceOfAVaguePrior, LacksTheSameShareOfTheStandardDeviationAtEveryInformation) {
    auto const bounds = stopping_boundaries::upper_only({3, 1.96});
    for (double const first : {0.95, 0.99, 0.999, 0.9999, 1 - 1e-6, 1 - 1e-9}) {
        // With looks so late next to nothing but the lower of the boundaries matters: who is above 3 at the
        // first is below 1.96 at the last with a probability of 1e-6 or less. Differences of ten roundings of
        // one half, over the root of 1e-12, are 1e-9.
        double const wanted = lacking_of_vague(bounds, {first, 1}, 1e-10);
        for (double const information : {1e-11, 2e-12, 1.1e-12, 0.9e-12}) {
            EXPECT_NEAR(lacking_of_vague(bounds, {first, 1}, information), wanted, 1e-9) << first;
        }
        EXPECT_NEAR(wanted, -1.96 * normal::density(0), first < 0.99 ? 2e-8 : 1e-9) << first;
        for (double const information : {1e-14, 1e-18, 1e-24}) {
            EXPECT_NEAR(assurance(bounds, std::vector{first, 1.0}, {.mean = 0, .information = information}),
                        0.5 + wanted * std::sqrt(information), 1e-15)
                << first;
        }
    }
    auto const early =
        stopping_boundaries{.lower = {-infinity, -infinity, -infinity}, .upper = {infinity, 3, 1.96}};
    EXPECT_NEAR(predictive_power(early, std::vector{1.1e-12, 0.99, 1.0}, 0, 0.0),
                0.5 - 1.96 * normal::density(0) * std::sqrt(1.1e-12), 1e-13);
}

TEST(AssuranceOfAVaguePrior, KnowsWhereNoLaterLookCanSucceed) {
    for (double const information : {1e2, 1e-6, 2e-12, 1e-13, 1e-200, 1e-320}) {
        EXPECT_EQ(assurance({.lower = {-2.8, -1.98}, .upper = {infinity, infinity}}, std::vector{0.5, 1.0},
                            {.mean = 0, .information = information}),
                  0);
    }
    auto const first_only = stopping_boundaries::upper_only({20, infinity, infinity});
    for (double const information : {1e-8, 2e-12, 1e-13, 1e-20}) {
        auto const deviation = std::sqrt((1 + information / 0.3) / information);
        EXPECT_NEAR(assurance(first_only, fractions, {.mean = 0, .information = information}),
                    normal::survival(20 / std::sqrt(0.3) / deviation), 1e-14);
    }
}

// Drifts of all sizes, which looks that come so much later than others decide on.
TEST(AssuranceOfAVaguePrior, IsOneHalfHoweverUnlikeTheLooks) {
    auto const looks = std::vector{1e-30, 1e-15, 1.0};
    auto const bounds = stopping_boundaries::upper_only({2.5, 2.2, 2});
    for (double const information : {1e-60, 1e-90}) {
        EXPECT_NEAR(assurance(bounds, looks, {.mean = 0, .information = information}), 0.5, 1e-14);
    }
    // The first two looks tell next to nothing, and stop 2 % of trials by chance. The last look decides on
    // the rest: it fails for drifts between 0 and 2. `told` is what the second look knew of the sign,
    // `widened` what the drift's variance adds to its tail.
    double const first = normal::survival(2.5);
    double const early = first + normal::survival(2.2) - first * normal::survival(2.2);
    double const deviation = 1e4;
    double const between = 2 * normal::density(0) / deviation;
    double const told =
        normal::density(2.2) * (1 - first) * std::sqrt(1e-15) * deviation * normal::density(0);
    double const widened = normal::density(2.2) * 2.2 * (1 - first) * 1e-15 * deviation * deviation / 4;
    EXPECT_NEAR(assurance(bounds, looks, {.mean = 0, .information = 1e-8}),
                early + (1 - early) * (0.5 - between) - told + widened, 1e-10);
}

TEST(Assurance, IsThePowerWhereThePriorIsWorthMoreThanANumberCanTell) {
    auto const bounds = stopping_boundaries{.lower = {-infinity, -1, 0, 1}, .upper = {4, 2.9, 2.3, 2.02}};
    auto const quarters = std::vector<double>{0.25, 0.5, 0.75, 1};
    for (double const information : {1e15, 1e100, 1e155, 1e170, 1e300}) {
        EXPECT_RELATIVE(assurance(bounds, quarters, {2, information}), power(bounds, quarters, 2), 1e-14)
            << information;
        EXPECT_EQ(assurance(bounds, quarters, {-1e200, information}), 0) << information;
        EXPECT_EQ(assurance(bounds, quarters, {1e200, information}), 1) << information;
    }
}

TEST(Assurance, IsTheAverageOfThePowerOverThePrior) {
    using kronrod = boost::math::quadrature::gauss_kronrod<double, 31>;
    auto const designs = {stopping_boundaries::upper_only({infinity, 3, 1.96}),
                          stopping_boundaries{.lower = {-2.5, -0.5, -2}, .upper = {2.8, 2.4, 2.1}},
                          stopping_boundaries{.lower = {-3, -2.5, -2},
                                              .upper = {3, infinity, 2.1},
                                              .wedge = {-infinity, 0.2, 1}}};
    for (auto const& bounds : designs) {
        for (auto const& looks : {fractions, {0.3, 0.99, 1}}) {
            for (auto const& prior :
                 {drift_prior{.mean = 1.2, .information = 1e2}, drift_prior{.mean = -0.7, .information = 2},
                  drift_prior{.mean = 0.5, .information = 0.2}}) {
                auto const deviation = 1 / std::sqrt(prior.information);
                double average = 0;
                for (int piece = -8; piece < 8; piece += 2) {
                    average += kronrod::integrate(
                        [&](double const u) {
                            return normal::density(u) * power(bounds, looks, prior.mean + u * deviation);
                        },
                        piece, piece + 2, 0, 1e-14);
                }
                EXPECT_NEAR(assurance(bounds, looks, prior), average, 1e-10);
            }
        }
    }
}

// As the expected effects vanish the interval at the least level tends to one standard error on either side:
// sqrt(ln(1 + g² W)) sqrt(1 + g² W) / (g W) to 1 / sqrt(W).
TEST(RobbinsMixture, HasItsWidthHoweverSmallTheExpectedEffects) {
    for (double const g : {1e-3, 1e-8, 1e-10, 1e-100}) {
        auto process = robbins_mixture{g};
        process.add({.3, .1});
        process.add({.5, .2});
        EXPECT_RELATIVE(process.confidence_sequence(1e-300).width(), 2 / std::sqrt(15.0), 1e-5) << g;
    }
}

} // namespace
} // namespace accrue::test_sequential_levels_and_priors_at_the_edge
