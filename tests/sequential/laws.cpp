// The boundary engine against an independent quadrature, and the laws that it obeys for every design.

#include "support/plain_recursion.hpp"
#include "support/relative.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace accrue::test_sequential_laws {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

/// Boundaries by the plain recursion from increments of the error.
std::vector<double> plain_boundaries(std::vector<double> const& increments,
                                     std::vector<double> const& fractions, bool const symmetric,
                                     int const nodes) {
    auto recursion = test::plain_recursion();
    auto result = std::vector<double>{};
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        auto const t = static_cast<long double>(fractions[k]);
        auto const root = std::sqrt(t);
        auto const free = increments[k] <= 0;
        auto const upper = free ? 38 * root : recursion.boundary(1, increments[k], t);
        result.push_back(free ? infinity : static_cast<double>(upper / root));
        if (k + 1 < fractions.size()) {
            recursion.advance(t, symmetric ? -upper : -10 * root, upper, nodes);
        }
    }
    return result;
}

template <class Spending>
void expect_twins_agree(Spending const& spending, std::vector<double> const& fractions, int const nodes) {
    for (auto const symmetric : {true, false}) {
        auto const plan = detail::schedule(spending, 0.025, fractions);
        auto const plain = plain_boundaries(plan.increment, fractions, symmetric, nodes);
        auto const tuned = symmetric ? boundaries(two_sided{0.05}, spending, fractions)
                                     : boundaries(one_sided{0.025}, spending, fractions);
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            EXPECT_RELATIVE(tuned[k], plain[k], 1e-13) << "look " << k << " of " << fractions.size();
        }
    }
}

TEST(BoundaryEngine, AgreesWithThePlainRecursion) {
    expect_twins_agree(lan_demets_obrien_fleming{}, {0.2, 0.4, 0.6, 0.8, 1.0}, 250);
    expect_twins_agree(lan_demets_pocock{}, {0.1, 0.15, 0.5, 0.55, 0.9, 1.0}, 400);
    expect_twins_agree(kim_demets{.rho = 3}, {0.3, 0.9, 0.99, 1.0}, 400);
    expect_twins_agree(hwang_shih_decani{.gamma = -4}, {0.01, 0.02, 0.03, 0.04}, 250);
}

TEST(BoundaryEngine, AgreesWithThePlainRecursionWhenTheFirstLookIsFarTooEarly) {
    expect_twins_agree(lan_demets_pocock{}, {0.001, 0.5, 1.0}, 900);
    expect_twins_agree(kim_demets{.rho = 1}, {0.001, 0.002, 1.0}, 900);
}

TEST(BoundaryEngine, AgreesWithThePlainRecursionWhenLooksNearlyCoincide) {
    expect_twins_agree(lan_demets_pocock{}, {0.5, 0.501, 1.0}, 2000);
}

// O'Brien-Fleming spending at 500 planned looks: at the first ones there is next to nothing to spend.
TEST(BoundaryEngine, AgreesWithThePlainRecursionFarOutInTheTail) {
    auto fractions = std::vector<double>{};
    for (auto k = 1; k <= 8; ++k) {
        fractions.push_back(k / 500.0);
    }
    expect_twins_agree(lan_demets_obrien_fleming{}, fractions, 700);
}

TEST(BoundaryEngine, AgreesWithThePlainRecursionUnderADrift) {
    auto const fractions = std::vector{0.15, 0.4, 0.7, 1.0};
    auto const bounds = stopping_boundaries{.lower = {-1, -0.2, 0.6, 1.5}, .upper = {3.5, 2.7, 2.2, 2.0}};
    for (auto const drift : {-4.0, 0.0, 3.3, 9.0}) {
        auto const tuned = exits(bounds, fractions, drift);
        auto plain = test::plain_recursion(drift);
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            auto const t = static_cast<long double>(fractions[k]);
            auto const lower = bounds.lower[k] * std::sqrt(t);
            auto const upper = bounds.upper[k] * std::sqrt(t);
            EXPECT_RELATIVE(tuned.upper[k], static_cast<double>(plain.beyond(1, upper, t)), 2e-13);
            EXPECT_RELATIVE(tuned.lower[k], static_cast<double>(plain.beyond(-1, lower, t)), 2e-13);
            plain.advance(t, lower, upper, 300);
        }
        EXPECT_RELATIVE(tuned.going_on, static_cast<double>(plain.mass()), 2e-13);
    }
}

/// Between 1 and 12 looks; steps differ by factors of up to 10^4.
rc::Gen<std::vector<double>> random_looks() {
    return rc::gen::exec([] {
        auto fractions = std::vector<double>{};
        auto total = 0.0;
        auto const steps = rc::gen::resize(100, rc::gen::inRange(0, 9210));
        for (auto looks = *rc::gen::inRange(1, 13); looks > 0; --looks) {
            total += std::exp(*steps / 1000.0);
            fractions.push_back(total);
        }
        for (auto& t : fractions) {
            t /= total;
        }
        return fractions;
    });
}

/// A power family member, which spans everything from even to very late spending.
rc::Gen<kim_demets> random_spending() {
    return rc::gen::map(rc::gen::inRange(3, 80),
                        [](int const tenths) { return kim_demets{.rho = tenths / 10.0}; });
}

// The law holds for every spending function. Without look j the next boundary need not make up for trials
// that crossed at j and have come back, so it is lower. The trials that go on past it are as many as with
// look j, but with scores that are stochastically smaller (one density crosses the other once), which the
// normal kernel preserves from look to look, since it is totally positive; so all later boundaries are lower
// too.
template <class Spending>
void more_looks_never_lower_the_last_boundary(Spending const& spending) {
    auto fractions = *random_looks();
    auto const all = boundaries(two_sided{0.05}, spending, fractions).back();
    auto const upper = boundaries(one_sided{0.025}, spending, fractions).back();
    auto const left_out = *rc::gen::inRange<std::size_t>(0, fractions.size());
    if (left_out + 1 < fractions.size()) {
        fractions.erase(fractions.begin() + static_cast<std::ptrdiff_t>(left_out));
    }
    auto const fewer = boundaries(two_sided{0.05}, spending, fractions).back();
    RC_ASSERT(all >= fewer * (1 - 1e-12));
    RC_ASSERT(fewer >= normal::upper_quantile(0.025) * (1 - 1e-12));
    RC_ASSERT(upper >= boundaries(one_sided{0.025}, spending, fractions).back() * (1 - 1e-12));
}

RC_GTEST_PROP(BoundaryLaw, MoreLooksNeverLowerTheLastBoundaryOfThePowerFamily, ()) {
    more_looks_never_lower_the_last_boundary(*random_spending());
}

RC_GTEST_PROP(BoundaryLaw, MoreLooksNeverLowerTheLastBoundaryOfLanAndDeMets, ()) {
    auto const rho = *rc::gen::inRange(2, 40) / 10.0;
    more_looks_never_lower_the_last_boundary(lan_demets_obrien_fleming{.rho = rho});
    more_looks_never_lower_the_last_boundary(lan_demets_pocock{});
}

RC_GTEST_PROP(BoundaryLaw, MoreLooksNeverLowerTheLastBoundaryOfHwangShihAndDeCani, ()) {
    more_looks_never_lower_the_last_boundary(hwang_shih_decani{.gamma = *rc::gen::inRange(-100, 101) / 10.0});
}

RC_GTEST_PROP(BoundaryLaw, EarlierBoundariesStayWhenALookIsAdded, ()) {
    auto fractions = *random_looks();
    auto const spending = *random_spending();
    auto const all = boundaries(two_sided{0.05}, spending, fractions);
    fractions.pop_back();
    if (!fractions.empty()) {
        auto const before = boundaries(two_sided{0.05}, spending, fractions);
        for (std::size_t k = 0; k < before.size(); ++k) {
            RC_ASSERT(std::abs(before[k] - all[k]) <= 1e-13 * all[k]);
        }
    }
}

RC_GTEST_PROP(BoundaryLaw, BoundariesSpendWhatTheyAreMeantTo, ()) {
    auto const fractions = *random_looks();
    auto const spending = *random_spending();
    auto const ends =
        exits(stopping_boundaries::symmetric(boundaries(two_sided{0.05}, spending, fractions)), fractions);
    auto total = 0.0;
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        total += ends.upper[k];
        RC_ASSERT(std::abs(total - spending(fractions[k], 0.025)) <= 1e-12 * total);
        RC_ASSERT(std::abs(ends.upper[k] - ends.lower[k]) <= 1e-12 * ends.upper[k]);
    }
}

// Increments over the whole range of doubles, in any order.
RC_GTEST_PROP(BoundaryLaw, IncrementsMayBeAsSmallAsDoublesGo, ()) {
    auto const fractions = *random_looks();
    auto const exponent = rc::gen::resize(100, rc::gen::inRange(0, 270));
    auto plan = detail::error_schedule{};
    auto total = 0.0;
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        plan.increment.push_back(0.002 * std::pow(10.0, -*exponent));
        total += plan.increment.back();
        plan.cumulative.push_back(total);
    }
    auto const symmetric = *rc::gen::arbitrary<bool>();
    auto const z = detail::one_boundary(plan, fractions, symmetric);
    auto const ends =
        exits(symmetric ? stopping_boundaries::symmetric(z) : stopping_boundaries::upper_only(z), fractions);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        // The exponent of a probability p is rounded to |log p| roundings, and by the scores' own rounding.
        auto const tolerance = 1e-12 * std::max(1.0, -std::log(plan.increment[k]));
        RC_ASSERT(std::abs(ends.upper[k] / plan.increment[k] - 1) <= tolerance);
    }
}

stopping_boundaries random_bounds(std::size_t const looks) {
    auto const between = [](int const low, int const high) {
        return *rc::gen::map(rc::gen::inRange(low, high), [](int const x) { return x / 1000.0; });
    };
    auto bounds = stopping_boundaries{};
    auto const has_wedge = *rc::gen::arbitrary<bool>();
    for (std::size_t k = 0; k < looks; ++k) {
        bounds.lower.push_back(between(0, 10) == 0 ? -infinity : between(-5000, 0));
        bounds.upper.push_back(between(0, 10) == 0 ? infinity : between(0, 5000));
        if (has_wedge) {
            bounds.wedge.push_back(between(-1000, 2000));
        }
    }
    return bounds;
}

RC_GTEST_PROP(ExitLaw, ExitsAndGoingOnAddToOne, ()) {
    auto const fractions = *random_looks();
    auto const bounds = random_bounds(fractions.size());
    auto const drift = *rc::gen::inRange(-60, 60) / 10.0;
    auto const ends = exits(bounds, fractions, drift);
    auto const total = ends.total_lower() + ends.total_upper() + ends.total_wedge() + ends.going_on;
    RC_ASSERT(std::abs(total - 1) <= 1e-12);
}

RC_GTEST_PROP(ExitLaw, SignsMirror, ()) {
    auto const fractions = *random_looks();
    auto const bounds = random_bounds(fractions.size());
    auto mirrored = stopping_boundaries{.lower = bounds.upper, .upper = bounds.lower, .wedge = bounds.wedge};
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        mirrored.lower[k] *= -1;
        mirrored.upper[k] *= -1;
    }
    auto const drift = *rc::gen::inRange(-60, 60) / 10.0;
    auto const ends = exits(bounds, fractions, drift);
    auto const image = exits(mirrored, fractions, -drift);
    // A tail at x carries x² roundings of x; the shortest steps here round scores to 1e-14 of themselves.
    auto const same = [](double const a, double const b) {
        return a < 1e-290 ? b < 1e-289 : std::abs(a - b) <= 1e-12 * a * std::max(1.0, -std::log(a));
    };
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        RC_ASSERT(same(ends.upper[k], image.lower[k]));
        RC_ASSERT(same(ends.lower[k], image.upper[k]));
        RC_ASSERT(same(ends.wedge[k], image.wedge[k]));
    }
    RC_ASSERT(same(ends.going_on, image.going_on));
}

RC_GTEST_PROP(ExitLaw, PowerGrowsWithTheDrift, ()) {
    auto const fractions = *random_looks();
    auto bounds = random_bounds(fractions.size());
    bounds.wedge.clear();
    auto const drift = *rc::gen::inRange(-40, 40) / 10.0;
    RC_ASSERT(power(bounds, fractions, drift + 0.1) >= power(bounds, fractions, drift) * (1 - 1e-12));
}

RC_GTEST_PROP(EngineLaw, FinerPanelsChangeNothing, ()) {
    auto const fractions = *random_looks();
    auto const plan = detail::schedule(*random_spending(), 0.025, fractions);
    auto const symmetric = *rc::gen::arbitrary<bool>();
    auto const usual = detail::one_boundary(plan, fractions, symmetric);
    auto const finer = detail::one_boundary(plan, fractions, symmetric, 1.7);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        if (usual[k] < infinity) {
            RC_ASSERT(std::abs(usual[k] - finer[k]) <= 1e-13 * usual[k]);
        }
    }
}

TEST(EngineLaw, FinerPanelsChangeNothingAtManyLooks) {
    for (auto const count : {200, 1000}) {
        auto fractions = std::vector<double>{};
        for (auto k = 1; k <= count; ++k) {
            fractions.push_back(std::pow(static_cast<double>(k) / count, 1.3));
        }
        auto const plan = detail::schedule(lan_demets_pocock{}, 0.025, fractions);
        auto const usual = detail::one_boundary(plan, fractions, true);
        auto const finer = detail::one_boundary(plan, fractions, true, 1.7);
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            EXPECT_RELATIVE(usual[k], finer[k], 1e-13);
        }
    }
}

TEST(EngineLaw, StepsOfOneMillionthEnd) {
    auto fractions = std::vector<double>{};
    for (auto k = 0; k < 50; ++k) {
        fractions.push_back(0.2 + 1e-6 * k);
    }
    fractions.push_back(1.0);
    for (auto const value : boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions)) {
        EXPECT_TRUE(std::isfinite(value));
    }
}

} // namespace
} // namespace accrue::test_sequential_laws
