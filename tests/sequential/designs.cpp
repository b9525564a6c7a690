// Designs: exit probabilities, classical shapes, asymmetric errors, futility.

#include "support/golden_designs.hpp"
#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace accrue::test_sequential_designs {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

std::vector<double> equal_looks(int const count) {
    auto fractions = std::vector<double>{};
    for (auto k = 1; k <= count; ++k) {
        fractions.push_back(static_cast<double>(k) / count);
    }
    return fractions;
}

// Published to three or four decimals: Jennison & Turnbull 2000, tables 2.1, 2.3 and 2.9.
TEST(ClassicalDesigns, HaveTheTabulatedConstants) {
    auto const last = [](auto const& shape, double const error, int const looks) {
        return boundaries(two_sided{error}, shape, equal_looks(looks)).back();
    };
    EXPECT_NEAR(last(pocock{}, 0.05, 2), 2.178, 5e-4);
    EXPECT_NEAR(last(pocock{}, 0.05, 5), 2.413, 5e-4);
    EXPECT_NEAR(last(pocock{}, 0.01, 10), 3.117, 5e-4);
    EXPECT_NEAR(last(obrien_fleming{}, 0.05, 2), 1.977, 5e-4);
    EXPECT_NEAR(last(obrien_fleming{}, 0.05, 5), 2.040, 5e-4);
    EXPECT_NEAR(last(obrien_fleming{}, 0.01, 10), 2.660, 5e-4);
    EXPECT_NEAR(last(wang_tsiatis{.delta = 0.25}, 0.05, 5), 2.136, 5e-4);
}

TEST(ClassicalDesigns, SpendExactlyTheirError) {
    for (auto const looks : {1, 2, 5, 20, 100}) {
        auto const fractions = equal_looks(looks);
        auto const expect_spent = [&](auto const& design) {
            auto const z = boundaries(two_sided{0.05}, design, fractions);
            auto const both = exits(stopping_boundaries::symmetric(z), fractions);
            EXPECT_RELATIVE(both.total_upper(), 0.025, 1e-13);
            EXPECT_RELATIVE(both.total_lower(), 0.025, 1e-13);
            auto const once = boundaries(one_sided{0.025}, design, fractions);
            EXPECT_RELATIVE(exits(stopping_boundaries::upper_only(once), fractions).total_upper(), 0.025,
                            1e-13);
        };
        expect_spent(pocock{});
        expect_spent(obrien_fleming{});
        expect_spent(wang_tsiatis{.delta = 0.1});
        expect_spent(haybittle_peto{.interim = 3.5});
    }
    // Delta 0 and 1/2 are the two other shapes.
    auto const fractions = std::vector{0.2, 0.25, 0.9, 1.3};
    EXPECT_EQ(boundaries(two_sided{0.05}, wang_tsiatis{.delta = 0.5}, fractions),
              boundaries(two_sided{0.05}, pocock{}, fractions));
    EXPECT_RELATIVE(boundaries(two_sided{0.05}, wang_tsiatis{.delta = 0}, fractions)[0],
                    boundaries(two_sided{0.05}, obrien_fleming{}, fractions)[0], 1e-15);
}

TEST(ClassicalDesigns, HaybittlesInterimValueIsThree) {
    auto const z = boundaries(two_sided{0.05}, haybittle_peto{}, equal_looks(3));
    EXPECT_EQ(z[0], 3);
    EXPECT_EQ(z[1], 3);
}

TEST(ClassicalDesigns, RefuseInterimValuesThatSpendMoreThanTheError) {
    auto const spends = [](double const interim, std::vector<double> fractions) {
        fractions.pop_back(); // the last look, whose value is free
        auto const bounds = stopping_boundaries::symmetric(std::vector<double>(fractions.size(), interim));
        return exits(bounds, fractions).total_upper();
    };
    for (auto const looks : {2, 3, 5, 20, 60}) {
        auto const fractions = equal_looks(looks);
        for (auto const interim : {1.5, 1.9, 2.2, 2.5, 3.0, 4.0}) {
            auto const spent = spends(interim, fractions);
            auto const refusal = test::refusal_of(
                [&] { (void)boundaries(two_sided{1.999 * spent}, haybittle_peto{interim}, fractions); });
            EXPECT_TRUE(refusal.starts_with("interim critical value must be so high")) << refusal;
            auto const z = boundaries(two_sided{2.001 * spent}, haybittle_peto{interim}, fractions);
            EXPECT_TRUE(std::isfinite(z.back())) << looks << " looks, " << interim;
        }
    }
}

TEST(AsymmetricBoundaries, SpendEachTheirOwnErrorByTheirOwnFunction) {
    auto const fractions = std::vector{0.1, 0.35, 0.36, 0.8, 1.0};
    auto const early = lan_demets_pocock{};
    auto const late = lan_demets_obrien_fleming{};
    auto const bounds = boundaries(asymmetric{.lower = 0.05, .upper = 0.01}, early, late, fractions);
    auto const spent = exits(bounds, fractions);
    auto lower = 0.0;
    auto upper = 0.0;
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        lower += spent.lower[k];
        upper += spent.upper[k];
        EXPECT_RELATIVE(lower, early(fractions[k], 0.05), 1e-13);
        EXPECT_RELATIVE(upper, late(fractions[k], 0.01), 1e-13);
    }
    auto const equal = boundaries(asymmetric{.lower = 0.025, .upper = 0.025}, late, fractions);
    auto const symmetric = boundaries(two_sided{0.05}, late, fractions);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        EXPECT_RELATIVE(equal.upper[k], symmetric[k], 1e-13);
        EXPECT_RELATIVE(equal.lower[k], -symmetric[k], 1e-13);
    }
    EXPECT_THROW((void)boundaries(asymmetric{.lower = 0.5, .upper = 0.5}, late, fractions), invalid_input);
}

TEST(ExitProbabilities, OfOneLookAreNormalTails) {
    for (auto const drift : {-30.0, -3.0, 0.0, 0.5, 12.0}) {
        for (auto const t : {0.01, 1.0, 2.5}) {
            auto const ends =
                exits({.lower = {-1.5}, .upper = {2.5}, .wedge = {0.25}}, std::vector{t}, drift);
            auto const mean = drift * std::sqrt(t);
            EXPECT_RELATIVE(ends.upper[0], normal::survival(2.5 - mean), 1e-13);
            EXPECT_RELATIVE(ends.lower[0], normal::cumulative(-1.5 - mean), 1e-13);
            auto const wedge = mean < 0 ? normal::survival(-0.25 - mean) - normal::survival(0.25 - mean)
                                        : normal::cumulative(0.25 - mean) - normal::cumulative(-0.25 - mean);
            EXPECT_RELATIVE(ends.wedge[0], wedge, 1e-12);
        }
    }
}

TEST(ExitProbabilities, KeepTheirDigitsWhenTiny) {
    // With no boundary at the first look the second exit is a plain normal tail, however small.
    auto const fractions = std::vector{0.3, 1.0};
    for (auto const z : {5.0, 12.0, 25.0, 36.0}) {
        auto const ends = exits({.lower = {-infinity, -infinity}, .upper = {infinity, z}}, fractions);
        EXPECT_RELATIVE(ends.upper[1], normal::survival(z), 1e-12);
        EXPECT_RELATIVE(ends.going_on, 1 - normal::survival(z), 1e-14);
    }
}

TEST(ExitProbabilities, OfTheExpectedTrial) {
    // All trials end at the first look, or none does.
    auto const fractions = std::vector{0.5, 1.0};
    auto const never = exits({.lower = {-infinity, -infinity}, .upper = {infinity, infinity}}, fractions, 3);
    EXPECT_RELATIVE(never.going_on, 1.0, 1e-14);
    EXPECT_RELATIVE(never.expected_fraction(), 1.0, 1e-14);
    auto const at_once = exits({.lower = {1, 0}, .upper = {1, 0}}, fractions, 0.3);
    EXPECT_EQ(at_once.going_on, 0);
    EXPECT_RELATIVE(at_once.expected_fraction(), 0.5, 1e-14);
}

// tests/oracles/sequential.R: by multivariate normal probabilities, to the precision stated there.
TEST(ExitProbabilities, AgreeWithMvtnorm) {
    auto designs = std::map<std::string, std::vector<test::row>>{};
    for (auto const& row : test::golden("sequential/mvtnorm.csv")) {
        designs[row.text("design") + " " + row.text("drift")].push_back(row);
    }
    for (auto const& [id, rows] : designs) {
        SCOPED_TRACE(id);
        auto fractions = std::vector<double>{};
        auto bounds = stopping_boundaries{};
        for (auto const& row : rows) {
            fractions.push_back(row.number("t"));
            bounds.lower.push_back(row.number("lower"));
            bounds.upper.push_back(row.number("upper"));
        }
        auto const found = exits(bounds, fractions, rows.front().number("drift"));
        for (std::size_t k = 0; k < rows.size(); ++k) {
            EXPECT_NEAR(found.upper[k], rows[k].number("exit_upper"), rows[k].number("precision"));
        }
    }
}

TEST(ExitProbabilities, RefuseWhatCannotBeMeant) {
    auto const fractions = std::vector{0.5, 1.0};
    EXPECT_THROW((void)exits({.lower = {-1.0}, .upper = {1.0, 1.0}}, fractions), invalid_input);
    EXPECT_THROW((void)exits({.lower = {-1, -1}, .upper = {1, std::nan("")}}, fractions), invalid_input);
    EXPECT_THROW((void)exits({.lower = {-1, -1}, .upper = {1, 1}}, fractions, infinity), invalid_input);
    EXPECT_THROW((void)drift_for_power({.lower = {-1, -1}, .upper = {1, 1}}, fractions, 1.0), invalid_input);
}

TEST(Power, IsReachedAtTheDriftFoundForIt) {
    auto const fractions = std::vector{0.05, 0.3, 0.7, 0.71, 1.0};
    auto const bounds =
        stopping_boundaries::symmetric(boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions));
    for (auto const wanted : {0.1, 0.8, 0.9, 0.999}) {
        auto const drift = drift_for_power(bounds, fractions, wanted);
        EXPECT_EQ(drift.status, status::ok);
        EXPECT_RELATIVE(power(bounds, fractions, drift.value), wanted, 1e-13);
        EXPECT_GT(drift.inflation(0.025, wanted), 1);
    }
}

/// One design of the futility tables.
struct futility_row {
    std::string rule;
    std::string spending, parameter, beta, beta_parameter;
    double error = 0, type_two_error = 0, drift = 0, inflation = 0;
    std::vector<double> fractions, upper, inner;
};

std::map<std::string, futility_row> read_futility(std::string const& file, std::string const& rule,
                                                  std::string const& inner) {
    auto rows = std::map<std::string, futility_row>{};
    auto const table = test::golden(file);
    for (auto const& line : table) {
        auto& row = rows[line.text("id")];
        row.rule = line.text(rule);
        row.spending = line.text("sf_alpha");
        row.parameter = line.text("par_alpha");
        row.beta = line.text("sf_beta");
        row.beta_parameter = line.text("par_beta");
        row.error = line.number("alpha");
        row.type_two_error = line.number("beta");
        row.drift = line.number("drift_ref");
        row.inflation = table.has("inflation_ref") ? line.number("inflation_ref") : 0;
        row.fractions.push_back(line.number("t"));
        row.upper.push_back(line.number("upper_ref"));
        row.inner.push_back(line.text(inner).empty() ? -infinity : line.number(inner));
    }
    return rows;
}

template <class Error, class Rule>
boundaries_with_futility solve(Error const& error, futility_row const& row, Rule const& rule) {
    return test::with_spending(row.spending, row.parameter, [&](auto const& spending) {
        return test::with_spending(row.beta, row.beta_parameter, [&](auto const& beta) {
            return boundaries(error, spending, futility{row.type_two_error, beta, rule}, row.fractions);
        });
    });
}

/// The reference's drifts were found to 1e-9 (the bounds that it gives belong to the drift that it gives), so
/// that is what its bounds can be compared to when the drift is found here.
constexpr auto drift_tolerance = 1.1e-9;
constexpr auto bound_tolerance = 3e-9;

void expect_same(boundaries_with_futility const& found, futility_row const& row,
                 std::vector<double> const& inner) {
    EXPECT_EQ(found.status, status::ok);
    EXPECT_RELATIVE(found.drift, row.drift, drift_tolerance);
    for (std::size_t k = 0; k < row.fractions.size(); ++k) {
        EXPECT_RELATIVE(found.bounds.upper[k], row.upper[k],
                        row.rule.ends_with("non-binding") ? 1e-12 : 1e-11);
        EXPECT_RELATIVE(inner[k], row.inner[k], bound_tolerance, bound_tolerance);
    }
    EXPECT_EQ(inner.back(), found.bounds.upper.back());
}

// Qualifies: BOUNDARY-2
TEST(OneSidedFutility, ReproducesTheReference) {
    for (auto const& [id, row] : read_futility("sequential/futility_one_sided.csv", "binding", "lower_ref")) {
        SCOPED_TRACE(id);
        auto const error = one_sided{row.error};
        auto const found =
            row.rule == "binding" ? solve(error, row, binding{}) : solve(error, row, non_binding{});
        expect_same(found, row, found.bounds.lower);
        EXPECT_RELATIVE(found.inflation, row.inflation, 2 * drift_tolerance);
        // The planned power is held exactly, whatever the reference.
        auto const planned = exits(found.bounds, row.fractions, found.drift);
        EXPECT_RELATIVE(planned.total_lower(), row.type_two_error, 1e-13);
        EXPECT_RELATIVE(planned.total_upper(), 1 - row.type_two_error, 1e-13);
        auto const null =
            row.rule == "binding" ? found.bounds : stopping_boundaries::upper_only(found.bounds.upper);
        EXPECT_RELATIVE(exits(null, row.fractions).total_upper(), row.error, 1e-13);
    }
}

TEST(OneSidedFutility, MatchesTheReferenceTo12DigitsAtItsOwnDrift) {
    for (auto const& [id, row] : read_futility("sequential/futility_one_sided.csv", "binding", "lower_ref")) {
        SCOPED_TRACE(id);
        auto const path =
            test::with_spending(row.spending, row.parameter, [&, &design = row](auto const& spending) {
                return test::with_spending(design.beta, design.beta_parameter, [&](auto const& beta) {
                    auto problem = detail::pose_futility(
                        spending, design.error, futility{design.type_two_error, beta}, design.fractions);
                    if (design.rule == "non-binding") {
                        problem.upper = detail::one_boundary(problem.efficacy, design.fractions, false);
                    }
                    auto found =
                        detail::futility_search(problem, detail::futility_region::below).walk(design.drift);
                    found.excess *= found.left; // as a probability
                    return found;
                });
            });
        for (std::size_t k = 0; k < row.fractions.size(); ++k) {
            EXPECT_RELATIVE(path.upper[k], row.upper[k], 1e-12);
            EXPECT_RELATIVE(path.futility[k], row.inner[k], 1e-12, 1e-12);
        }
        EXPECT_LT(std::abs(path.excess), 1e-9);
    }
}

// Qualifies: BOUNDARY-2
TEST(Wedge, ReproducesTheReferenceForEveryRule) {
    for (auto const& [id, row] : read_futility("sequential/futility_two_sided.csv", "mode", "wedge_ref")) {
        SCOPED_TRACE(id);
        auto const error = two_sided{row.error};
        if (row.rule.starts_with("RTSA")) {
            auto const found = solve(error, row, upper_half{});
            EXPECT_EQ(found.status, status::ok);
            EXPECT_RELATIVE(found.drift, row.drift, 1e-12);
            for (std::size_t k = 0; k < row.fractions.size(); ++k) {
                EXPECT_RELATIVE(found.bounds.upper[k], row.upper[k], 1e-12);
                EXPECT_RELATIVE(found.bounds.wedge[k], row.inner[k], 1e-12, 1e-12);
            }
            continue;
        }
        auto const binds = row.rule == "exact two-sided binding";
        auto const found = binds ? solve(error, row, binding{}) : solve(error, row, non_binding{});
        expect_same(found, row, found.bounds.wedge);
        auto const planned = exits(found.bounds, row.fractions, found.drift);
        EXPECT_RELATIVE(planned.total_wedge(), row.type_two_error, 1e-12);
        auto const null = binds ? found.bounds : stopping_boundaries::symmetric(found.bounds.upper);
        EXPECT_RELATIVE(exits(null, row.fractions).total_upper(), row.error / 2, 1e-13);
    }
}

TEST(Wedge, OfCopenhagenEndsInTheLastBoundary) {
    auto const fractions = equal_looks(5);
    auto const found = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{},
                                  futility{0.1, lan_demets_obrien_fleming{}, copenhagen{}}, fractions);
    auto const w = boundaries(two_sided{0.2}, lan_demets_obrien_fleming{}, fractions);
    EXPECT_EQ(found.bounds.wedge[0], -infinity);
    for (std::size_t k = 0; k < 5; ++k) {
        auto const expected = std::sqrt(fractions[k]) * (found.bounds.upper.back() + w.back()) - w[k];
        if (expected > 0) {
            EXPECT_RELATIVE(found.bounds.wedge[k], expected, 1e-14);
        } else {
            EXPECT_EQ(found.bounds.wedge[k], -infinity);
        }
    }
    EXPECT_EQ(found.bounds.wedge.back(), found.bounds.upper.back());
    double const fixed = normal::upper_quantile(0.025) + normal::upper_quantile(0.1);
    EXPECT_RELATIVE(found.inflation, found.drift * found.drift / (fixed * fixed), 1e-14);
}

// wedge_k = sqrt(t_k) (c + w_K sqrt(t_K)) - w_k, which meets c at t = 1 and not at the last look.
TEST(Wedge, OfCopenhagenIsTurnedRoundAtTheRequiredInformation) {
    for (auto const& fractions : {std::vector{0.2, 0.5, 0.7}, std::vector{0.2, 0.4, 0.6, 0.8, 1.02},
                                  std::vector{0.3, 0.6, 0.9, 1.5}}) {
        auto const found = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{},
                                      futility{0.1, lan_demets_obrien_fleming{}, copenhagen{}}, fractions);
        auto const w = boundaries(two_sided{0.2}, lan_demets_obrien_fleming{}, fractions);
        auto const last = fractions.size() - 1;
        auto const c = fractions[last] > 1 ? normal::upper_quantile(0.025) : found.bounds.upper[last];
        for (std::size_t k = 0; k < last; ++k) {
            auto const line = std::sqrt(fractions[k]) * (c + w[last] * std::sqrt(fractions[last])) - w[k];
            auto const expected = std::min(line, found.bounds.upper[k]);
            EXPECT_RELATIVE(found.bounds.wedge[k], expected > 0 ? expected : -infinity, 1e-14);
        }
        EXPECT_EQ(found.bounds.wedge[last], c);
    }
}

template <class Error, class Rule>
void expect_nothing_past_the_end(Error const& error, Rule const& rule) {
    auto const spending = lan_demets_obrien_fleming{};
    auto const stop = futility{0.1, spending, rule};
    auto const fractions = std::vector{0.5, 0.8, 1.1};
    auto const more = std::vector{0.5, 0.8, 1.1, 1.3, 2.0};
    auto const ends = boundaries(error, spending, stop, fractions);
    auto const goes_on = boundaries(error, spending, stop, more);
    EXPECT_EQ(goes_on.status, status::ok);
    EXPECT_EQ(goes_on.drift, ends.drift);
    EXPECT_EQ(goes_on.inflation, ends.inflation);
    for (std::size_t k = 0; k < more.size(); ++k) {
        EXPECT_EQ(goes_on.bounds.upper[k], k < 3 ? ends.bounds.upper[k] : infinity);
        EXPECT_EQ(goes_on.bounds.lower[k], k < 3 ? ends.bounds.lower[k] : -infinity);
        if (!ends.bounds.wedge.empty()) {
            EXPECT_EQ(goes_on.bounds.wedge[k], k < 3 ? ends.bounds.wedge[k] : -infinity);
        }
    }
    // By another clock the second look is the last.
    auto const early = boundaries(error, spending, stop, fractions, std::vector{0.4, 1.0, 1.0});
    EXPECT_EQ(early.status, status::ok);
    EXPECT_EQ(early.bounds.upper[2], infinity);
}

// The first look at or past the planned information spends what is left, and there the two boundaries meet.
TEST(Futility, HasNoBoundariesAfterTheLookThatSpendsWhatIsLeft) {
    expect_nothing_past_the_end(one_sided{0.025}, non_binding{});
    expect_nothing_past_the_end(one_sided{0.025}, binding{});
    expect_nothing_past_the_end(two_sided{0.05}, non_binding{});
    expect_nothing_past_the_end(two_sided{0.05}, binding{});
    expect_nothing_past_the_end(two_sided{0.05}, upper_half{});
    expect_nothing_past_the_end(two_sided{0.05}, copenhagen{});
    expect_nothing_past_the_end(asymmetric{.lower = 0.1, .upper = 0.025}, non_binding{});
}

// Looks at .3, .9, .99, 1 and 20 looks are where peers fail or do not end.
TEST(OneSidedFutility, IsFoundWherePeersFail) {
    for (auto const& fractions : {std::vector{0.3, 0.9, 0.99, 1.0}, equal_looks(20), equal_looks(60)}) {
        for (auto const type_two_error : {0.01, 0.1, 0.2, 0.5}) {
            auto const expect_found = [&](auto const& spending, auto const& beta) {
                auto const free =
                    boundaries(one_sided{0.025}, spending, futility{type_two_error, beta}, fractions);
                EXPECT_EQ(free.status, status::ok);
                auto const bound = boundaries(one_sided{0.025}, spending,
                                              futility{type_two_error, beta, binding{}}, fractions);
                EXPECT_EQ(bound.status, status::ok);
                EXPECT_LE(bound.drift, free.drift * (1 + 1e-12));
                EXPECT_EQ(bound.bounds.lower.back(), bound.bounds.upper.back());
            };
            expect_found(lan_demets_obrien_fleming{}, lan_demets_obrien_fleming{});
            expect_found(lan_demets_obrien_fleming{}, lan_demets_pocock{});
            expect_found(lan_demets_pocock{}, kim_demets{.rho = 3});
        }
    }
}

TEST(ClassicalDesigns, SpendTheirErrorHoweverSteepTheyAre) {
    auto const fractions = std::vector{0.1, 0.5, 1.0};
    for (auto const delta : {-300.0, -50.0, -5.0, 5.0, 50.0, 100.0, 250.0, 300.0}) {
        auto const z = boundaries(one_sided{0.025}, wang_tsiatis{delta}, fractions);
        EXPECT_RELATIVE(exits(stopping_boundaries::upper_only(z), fractions).total_upper(), 0.025, 1e-12)
            << delta;
    }
    // 0.1^899.5 is below what a double holds.
    EXPECT_THROW((void)boundaries(one_sided{0.025}, wang_tsiatis{900}, fractions), invalid_input);
}

} // namespace
} // namespace accrue::test_sequential_designs
