// Looks that come close to each other: boundaries as exact as elsewhere, at a bounded cost.

#include "support/processor_time.hpp"
#include "support/relative.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue::test_sequential_clustered_looks {
namespace {

/// The boundary by one density over the whole range of scores, with panels as fine as the steps ask for.
std::vector<double> without_clusters(detail::error_schedule const& plan, std::vector<double> const& fractions,
                                     bool const symmetric) {
    auto const cut = detail::cut_for(plan, fractions);
    auto density = detail::score_density(0, 0, 0, detail::refinement_for_plan(plan));
    auto result = std::vector<double>{};
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        double const root = std::sqrt(fractions[k]);
        double const guess = normal::upper_quantile(plan.cumulative[k]) * root;
        result.push_back(
            detail::boundary_root(density, detail::side::upper, fractions[k], plan.increment[k], guess) /
            root);
        if (k + 1 < fractions.size()) {
            double const upper = std::fmin(result[k], cut.own[k]) * root;
            double const lower = symmetric ? -upper : -cut.opposite[k] * root;
            density.advance(fractions[k], std::array{detail::score_interval{lower, upper}}, fractions[k + 1]);
        }
    }
    return result;
}

template <class Spending>
void expect_same(Spending const& spending, std::vector<double> const& fractions) {
    for (bool const symmetric : {true, false}) {
        auto const plan = detail::schedule(spending, 0.025, fractions);
        auto const plain = without_clusters(plan, fractions, symmetric);
        auto const found = symmetric ? boundaries(two_sided{0.05}, spending, fractions)
                                     : boundaries(one_sided{0.025}, spending, fractions);
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            EXPECT_RELATIVE(found[k], plain[k], 2e-13) << "look " << k;
        }
    }
}

// Qualifies: BOUNDARY-1
TEST(ClusteredLooks, HaveTheBoundariesOfOneFineDensity) {
    for (double const step : {1e-4, 1e-5}) {
        expect_same(lan_demets_obrien_fleming{}, {0.3, 0.5, 0.5 + step, 0.7, 0.7 + step, 1});
        expect_same(lan_demets_pocock{}, {0.1, 0.1 + step, 0.1 + 3 * step, 0.1 + 50 * step, 0.4, 0.4 + step});
        expect_same(kim_demets{2}, {0.5, 0.5 + step, 0.5 + 2 * step, 0.5 + 3 * step, 0.5 + 4 * step, 0.9});
    }
}

// The second of two looks spends twenty thousand times as much as all before: its boundary lies far inside of
// the first one's, among the trials that could be thought to rest.
TEST(ClusteredLooks, MayHaveABoundaryFarInsideOfTheOneBefore) {
    for (double const step : {1e-4, 1e-5}) {
        auto const late = [=](double const t) { return t < 0.5 + step / 2 ? 1e-6 * t : 0.02 * t; };
        expect_same(late, {0.3, 0.5, 0.5 + step, 0.7, 0.7 + step, 1});
    }
}

RC_GTEST_PROP(ClusteredLooksLaws, HaveTheBoundariesOfOneFineDensityAtAnySpacing, ()) {
    auto fractions = std::vector{*rc::gen::inRange(1, 60) / 100.0};
    for (int looks = *rc::gen::inRange(2, 9); looks > 0; --looks) {
        // Steps of all sizes, small ones mostly.
        double const size = std::pow(10.0, -*rc::gen::inRange(10, 48) / 10.0);
        fractions.push_back(fractions.back() + size);
    }
    auto const plan = *rc::gen::inRange(0, 2) == 0 ? detail::schedule(lan_demets_pocock{}, 0.025, fractions)
                                                   : detail::schedule(kim_demets{3}, 0.01, fractions);
    if (plan.increment.back() > 0) {
        auto const plain = without_clusters(plan, fractions, true);
        auto const found = detail::one_boundary(plan, fractions, true);
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            RC_ASSERT(plan.increment[k] <= 0 || std::abs(found[k] / plain[k] - 1) < 1e-12);
        }
    }
}

// The same by a plan for each side.
TEST(ClusteredLooks, MayHaveAnErrorOfTheirOwnOnEachSide) {
    auto const fractions = std::vector{0.3, 0.5, 0.5 + 1e-8, 0.7, 0.7 + 1e-8, 1.0};
    auto const symmetric = boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions);
    auto const both = boundaries(asymmetric{.lower = 0.025, .upper = 0.025}, lan_demets_pocock{}, fractions);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        EXPECT_RELATIVE(both.upper[k], symmetric[k], 1e-12) << k;
        EXPECT_RELATIVE(both.lower[k], -symmetric[k], 1e-12) << k;
    }
}

/// The exits of a walk over one density with panels as fine as the steps ask for.
exit_probabilities plain_exits(stopping_boundaries const& bounds, std::size_t const first,
                               std::vector<double> const& fractions, double const drift, double const start,
                               double const score) {
    auto walk = detail::monitored_walk(fractions, drift, start, score,
                                       detail::refinement_for_bounds(bounds, first, fractions));
    auto result =
        exit_probabilities{.fractions = fractions, .lower = {}, .upper = {}, .wedge = {}, .going_on = 0};
    double const reach = detail::reach_for(1e-8);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        auto const stop = detail::region_at(bounds, first + k);
        result.upper.push_back(walk.beyond(detail::side::upper, stop.upper));
        result.lower.push_back(walk.beyond(detail::side::lower, stop.lower));
        auto inside = walk;
        inside.pass({.lower = (std::max)(stop.inner.lower, stop.lower),
                     .upper = (std::min)(stop.inner.upper, stop.upper)},
                    reach);
        result.wedge.push_back(stop.inner.lower < stop.inner.upper ? inside.density().mass() : 0);
        walk.pass(stop, reach);
    }
    result.going_on = walk.density().mass();
    return result;
}

void expect_same_exits(exit_probabilities const& found, exit_probabilities const& plain) {
    EXPECT_RELATIVE(found.going_on, plain.going_on, 1e-11, 1e-14);
    for (std::size_t k = 0; k < plain.upper.size(); ++k) {
        EXPECT_RELATIVE(found.upper[k], plain.upper[k], 1e-10, 1e-14) << k;
        EXPECT_RELATIVE(found.lower[k], plain.lower[k], 1e-10, 1e-14) << k;
        EXPECT_RELATIVE(found.wedge[k], plain.wedge[k], 1e-10, 1e-14) << k;
    }
}

// Qualifies: BOUNDARY-1
TEST(ClusteredLooks, HaveTheExitsOfOneFineDensityUnderAnyBoundaries) {
    auto const infinity = std::numeric_limits<double>::infinity();
    for (double const step : {1e-4, 2e-5}) {
        auto const fractions = std::vector{0.3, 0.5, 0.5 + step, 0.7, 0.7 + step, 1.0};
        // Of spending functions; hand-made, with the second of two close looks far inside of the first; where
        // a look can't stop.
        auto const spent = boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions);
        for (auto const& bounds :
             {stopping_boundaries::symmetric(spent), stopping_boundaries::upper_only(spent),
              stopping_boundaries{.lower = {-3, -3.5, -1.2, -2, -2.5, -2}, .upper = {3, 3, 1.5, 2.5, 2.4, 2}},
              stopping_boundaries{.lower = {-infinity, -2, -infinity, -infinity, -1, -infinity},
              .upper = {infinity, infinity, 2, 2.5, infinity, 2}}}) {
            for (double const drift : {0.0, 2.8, -1.5}) {
                expect_same_exits(exits(bounds, fractions, drift),
                                  plain_exits(bounds, 0, fractions, drift, 0, 0));
                auto const later = std::vector(fractions.begin() + 2, fractions.end());
                expect_same_exits(
                    conditional_exits(bounds, fractions, 1, 1.2, drift),
                    plain_exits(bounds, 2, later, drift, fractions[1], 1.2 * std::sqrt(fractions[1])));
            }
        }
    }
}

// The density is as sharp as the last step where a boundary has just vanished, or the trial just begun.
TEST(ClusteredLooks, MayFollowABoundaryThatVanishesOrTheBeginning) {
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const none = -infinity;
    for (double const step : {3e-6, 2e-5}) {
        auto const fractions = std::vector{0.5, 0.5 + step, 0.5 + 2 * step, 0.5 + 2 * step + 2e-5, 1.0};
        for (auto const& bounds :
             {stopping_boundaries{.lower = {-3, -3, -3, -3, -2},
             .upper = {3, 3, 3, 3, 2},
             .wedge = {0.5, none, none, none, 2}},
              stopping_boundaries{.lower = {0, none, none, none, 2}, .upper = {3, 3, 3, 3, 2}},
              stopping_boundaries{.lower = {none, none, none, none, 2},
              .upper = {1, infinity, infinity, infinity, 2},
              .wedge = {none, 0.1, 0.1, 0.1, 2}}}) {
            for (double const drift : {0.0, 2.0}) {
                expect_same_exits(exits(bounds, fractions, drift),
                                  plain_exits(bounds, 0, fractions, drift, 0, 0));
                auto const later = std::vector(fractions.begin() + 1, fractions.end());
                expect_same_exits(
                    conditional_exits(bounds, fractions, 0, 1.0, drift),
                    plain_exits(bounds, 1, later, drift, fractions[0], std::sqrt(fractions[0])));
            }
        }
    }
    // However close: every trial ends somewhere.
    auto const bounds = stopping_boundaries::symmetric({3, 3, 3, 3, 2});
    for (double const step : {1e-9, 1e-8, 1e-7, 1e-6}) {
        auto const fractions = std::vector{0.5, 0.5 + step, 0.5 + 2 * step, 0.5 + 2 * step + 2e-5, 1.0};
        auto const found = conditional_exits(bounds, fractions, 0, 1.0, 1.0);
        EXPECT_NEAR(found.total_upper() + found.total_lower() + found.going_on, 1, 1e-12) << step;
    }
}

/// Expects that each look spends its type II error, by one fine density.
void expect_spent(boundaries_with_futility const& found, std::vector<double> const& fractions,
                  std::vector<double> const& due, bool const is_wedge) {
    ASSERT_EQ(found.status, status::ok);
    auto const plain = plain_exits(found.bounds, 0, fractions, found.drift, 0, 0);
    expect_same_exits(exits(found.bounds, fractions, found.drift), plain);
    expect_same_exits(exits(found.bounds, fractions), plain_exits(found.bounds, 0, fractions, 0, 0, 0));
    double left = 0;
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        left += due[k];
        double const spent = is_wedge ? plain.wedge[k] : plain.lower[k];
        if (spent > 0) {
            EXPECT_RELATIVE(spent, left, 1e-9, 1e-13) << k;
            left = 0;
        }
    }
    EXPECT_EQ(left, 0);
}

template <class Spending>
void expect_futility_spent(Spending const& spending, std::vector<double> const& fractions) {
    auto const due = detail::schedule(spending, 0.1, fractions).increment;
    expect_spent(boundaries(one_sided{0.025}, spending, futility{0.1, spending}, fractions), fractions, due,
                 false);
    expect_spent(boundaries(one_sided{0.025}, spending, futility{0.1, spending, binding{}}, fractions),
                 fractions, due, false);
    expect_spent(boundaries(two_sided{0.05}, spending, futility{0.1, spending}, fractions), fractions, due,
                 true);
    expect_spent(boundaries(two_sided{0.05}, spending, futility{0.1, spending, binding{}}, fractions),
                 fractions, due, true);
}

// Qualifies: BOUNDARY-2
TEST(ClusteredLooks, SpendTheTypeTwoErrorByOneFineDensity) {
    for (double const step : {1e-4, 1e-5}) {
        expect_futility_spent(lan_demets_obrien_fleming{}, {0.3, 0.5, 0.5 + step, 0.7, 0.7 + step, 1});
        expect_futility_spent(lan_demets_pocock{},
                              {0.1, 0.1 + step, 0.1 + 3 * step, 0.1 + 50 * step, 0.4, 0.4 + step, 1});
        expect_futility_spent(kim_demets{2}, {0.5, 0.5 + step, 0.9, 1 - 3 * step, 1 - step, 1});
        expect_futility_spent(kim_demets{2}, {1 - step, 1});
        // Futility at the second of two close looks, far inside of that at the first.
        expect_futility_spent(
            [=](double const t, double const error) { return (t < 0.5 + step / 2 ? 1e-5 * t : t) * error; },
            {0.5, 0.5 + step, 0.5 + 2 * step, 0.7, 0.7 + step, 1});
        // Boundaries that begin within a group of close looks.
        expect_futility_spent(trimmed_spending{lan_demets_pocock{}, 0.5 + step},
                              {0.5, 0.5 + step, 0.5 + 2 * step, 0.5 + 3 * step, 1});
    }
}

// The wedges of 20 looks took 0.4 s at steps of 1e-6 and 4.5 s at 1e-8; success alone, 1 ms.
TEST(ClusteredLooks, HaveFutilityAtABoundedCost) {
    auto const spending = lan_demets_obrien_fleming{};
    auto const taken = test::processor_time{};
    for (double const step : {1e-6, 1e-8, 2e-10}) {
        auto fractions = std::vector<double>{};
        for (int k = 0; k < 20; ++k) {
            fractions.push_back(0.5 + k * step);
        }
        fractions.push_back(1);
        auto const below = boundaries(one_sided{0.025}, spending, futility{0.1, spending}, fractions);
        auto const wedge =
            boundaries(two_sided{0.05}, spending, futility{0.1, spending, binding{}}, fractions);
        EXPECT_EQ(below.status, status::ok);
        EXPECT_EQ(wedge.status, status::ok);
        EXPECT_RELATIVE(exits(below.bounds, fractions, below.drift).total_upper(), 0.9, 1e-9);
        EXPECT_RELATIVE(exits(wedge.bounds, fractions, wedge.drift).total_wedge(), 0.1, 1e-9);
        EXPECT_RELATIVE(exits(wedge.bounds, fractions).total_upper(), 0.025, 1e-11);
        // The limit is that of the looks at 0.5 and 1.
        EXPECT_NEAR(
            below.drift,
            boundaries(one_sided{0.025}, spending, futility{0.1, spending}, std::vector{0.5, 1.0}).drift,
            0.2 * std::sqrt(step));
    }
    EXPECT_LT(taken.seconds(), 2);
}

// Six looks 1e-8 apart took six seconds.
TEST(ClusteredLooks, HaveExitsAndConditionalPowerAtABoundedCost) {
    auto const taken = test::processor_time{};
    for (double const step : {1e-7, 1e-8, 1e-9}) {
        auto const fractions = std::vector{0.3, 0.5, 0.5 + step, 0.7, 0.7 + step, 1.0};
        auto const bounds = stopping_boundaries::symmetric(
            boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions));
        auto const none = exits(bounds, fractions);
        EXPECT_RELATIVE(none.total_upper() + none.total_lower(), 0.05, 1e-11);
        EXPECT_RELATIVE(none.going_on, 0.95, 1e-11);
        // The limit as the step tends to 0.
        // Brownian motion moves by sqrt(step) between the looks: the power is so near to the limit.
        EXPECT_NEAR(power(bounds, fractions, 3.2), 0.8880462710, 5 * std::sqrt(step) * 1e-2);
        EXPECT_NEAR(conditional_power(bounds, fractions, 1, 1.5, 3.2), 0.8271985556, step);
    }
    EXPECT_LT(taken.seconds(), 1);
}

// Values of the fine density at 1e-6, which takes 0.1 s for six looks, and minutes at 1e-9; of 200 looks
// 2e-10 apart by 200 fine densities, half a minute.
TEST(ClusteredLooks, CostLittleHoweverCloseTheyCome) {
    auto const taken = test::processor_time{};
    auto const fractions = [](double const step) {
        return std::vector{0.3, 0.5, 0.5 + step, 0.7, 0.7 + step, 1.0};
    };
    for (double const step : {1e-6, 1e-7, 1e-8, 1e-9, 1.5e-10}) {
        auto const z = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions(step));
        EXPECT_RELATIVE(z.back(), 2.00182109891, step) << step;
        EXPECT_GT(z[2], z[1]);
        EXPECT_NEAR(z[2], z[1], 8 * std::sqrt(step));
    }
    EXPECT_RELATIVE(boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions(1e-6)).back(),
                    2.00182152196390, 1e-13);
    auto many = std::vector<double>{};
    for (int k = 0; k < 200; ++k) {
        many.push_back(0.5 + k * 2e-10);
    }
    auto const z = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, many);
    EXPECT_RELATIVE(z.front(), 2.96258804272757, 1e-13);
    EXPECT_RELATIVE(z.back(), 2.96356380358767, 1e-13);
    // Processor time, which a busy machine does not stretch.
    auto const seconds = taken.seconds();
    EXPECT_LT(seconds, 5);
}

TEST(ClusteredLooks, HaveShapesAndHarmAtABoundedCost) {
    for (auto const gap : {1e-2, 1e-6, 1e-9}) {
        auto const fractions = std::vector{0.3, 0.5, 0.5 + gap, 0.7, 0.7 + gap, 1.0};
        auto const timer = test::processor_time();
        auto const expect_spent = [&](auto const& shape) {
            auto const once = boundaries(one_sided{0.025}, shape, fractions);
            EXPECT_RELATIVE(exits(stopping_boundaries::upper_only(once), fractions).total_upper(), 0.025,
                            1e-12)
                << gap;
            auto const both = boundaries(two_sided{0.05}, shape, fractions);
            EXPECT_RELATIVE(exits(stopping_boundaries::symmetric(both), fractions).total_lower(), 0.025,
                            1e-12)
                << gap;
        };
        expect_spent(pocock{});
        expect_spent(obrien_fleming{});
        expect_spent(wang_tsiatis{0.25});
        expect_spent(haybittle_peto{3});
        auto const spending = lan_demets_pocock{};
        auto const both =
            boundaries(one_sided{0.025}, lan_demets_obrien_fleming{}, harm{0.1, spending}, fractions);
        EXPECT_EQ(both.upper, boundaries(one_sided{0.025}, lan_demets_obrien_fleming{}, fractions));
        auto const found = exits(both, fractions);
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            double const before = k > 0 ? spending(fractions[k - 1], 0.1) : 0;
            double const due = spending(fractions[k], 0.1) - before;
            EXPECT_RELATIVE(found.lower[k], due, 1e-12, 1e-16) << gap;
        }
        EXPECT_LT(timer.seconds(), 1) << gap; // some had taken 30 s
    }
}

// The last look may come close to the one before, and may have next to nothing left to spend.
TEST(ClusteredLooks, MayEndByALastValueThatIsFree) {
    for (auto const gap : {1e-2, 2e-4, 5e-5, 1e-5, 1e-7, 1e-9}) {
        for (auto const& fractions : {std::vector{0.5, 1 - gap, 1.0}, std::vector{0.3, 0.6, 1 - gap, 1.0}}) {
            for (auto const interim : {2.1, 3.0}) {
                auto interim_looks =
                    stopping_boundaries::symmetric(std::vector(fractions.size() - 1, interim));
                auto const spent =
                    exits(interim_looks, std::span(fractions).first(fractions.size() - 1)).total_upper();
                for (auto const share : {1 + 1e-6, 1.01, 5.0}) {
                    double const error = share * spent;
                    auto const z = boundaries(two_sided{2 * error}, haybittle_peto{interim}, fractions);
                    auto const found = exits(stopping_boundaries::symmetric(z), fractions);
                    EXPECT_RELATIVE(found.total_upper(), error, 1e-11)
                        << gap << " " << interim << " " << share;
                }
            }
        }
    }
}

// What matters beyond an early look that spends next to nothing is far out, and is much nearer beyond the
// last of the looks beside it; that must not reach the trials that rest.
TEST(ClusteredLooks, MaySpendNextToNothingAtABoundedCost) {
    auto const apart = std::vector{0.01, 0.5, 1.0};
    auto const close = std::vector{0.01, 0.01 + 4e-9, 0.01 + 4e-9 + 1.5e-12, 0.01 + 4e-9 + 3e-12, 0.5, 1.0};
    auto const spending = lan_demets_obrien_fleming{};
    auto const timer = test::processor_time();
    auto const without = boundaries(one_sided{0.025}, spending, apart);
    auto const with = boundaries(one_sided{0.025}, spending, close);
    EXPECT_EQ(with.front(), without.front());
    EXPECT_RELATIVE(with.back(), without.back(), 1e-12);
    auto const stop = futility{0.1, spending};
    auto const expected = boundaries(one_sided{0.025}, spending, stop, apart);
    auto const found = boundaries(one_sided{0.025}, spending, stop, close);
    EXPECT_EQ(found.status, status::ok);
    EXPECT_RELATIVE(found.drift, expected.drift, 1e-12);
    EXPECT_RELATIVE(found.bounds.lower.front(), expected.bounds.lower.front(), 1e-12);
    for (std::size_t k = 1; k < 4; ++k) {
        EXPECT_LT(found.bounds.lower[k], found.bounds.lower[k - 1] + 1e-3);
        EXPECT_GT(found.bounds.lower[k], found.bounds.lower[k - 1] - 1);
    }
    EXPECT_LT(timer.seconds(), 10); // it had taken minutes
}

} // namespace
} // namespace accrue::test_sequential_clustered_looks
