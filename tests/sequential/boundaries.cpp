// Boundaries against reference values, and the laws that hold for every spending function.

#include "support/golden_designs.hpp"
#include "support/relative.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace accrue::test_sequential_boundaries {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

struct comparison {
    int compared = 0;
    int impossible_references = 0;
    int imprecise_references = 0;
};

/// Every boundary to 1e-12 below 8 and to 1e-8 beyond.
comparison compare(std::string const& file) {
    auto result = comparison{};
    for (auto const& [id, design] : test::read_designs(file)) {
        SCOPED_TRACE(id + " " + design.spending + " " + design.parameters);
        auto const z = test::boundaries_of(design);
        for (std::size_t k = 0; k < z.size(); ++k) {
            ++result.compared;
            switch (test::kind_of_reference(design, k)) {
            case test::reference_kind::beyond:
                EXPECT_GT(z[k], 37.5);
                break;
            case test::reference_kind::imprecise:
                ++result.imprecise_references;
                break;
            case test::reference_kind::impossible:
                ++result.impossible_references;
                EXPECT_LE(normal::survival(z[k]), design.spent[k] * (1 + 1e-9));
                break;
            case test::reference_kind::exact:
                auto const expected = std::stod(design.z[k]);
                EXPECT_RELATIVE(z[k], expected, expected < 8 ? 1e-12 : 1e-8);
            }
        }
    }
    return result;
}

// Qualifies: BOUNDARY-1
TEST(Boundaries, ReproduceTheReferenceForEverySpendingFunctionAndSpacing) {
    auto const seen = compare("sequential/boundaries.csv");
    EXPECT_EQ(seen.compared, 7380);
    EXPECT_EQ(seen.impossible_references, 0);
    EXPECT_EQ(seen.imprecise_references, 23);
}

TEST(Spending, XiGalloKeepsItsDigitsFarOutInTheTail) {
    // 2 (1 - Phi) at 100 digits by mpmath.
    EXPECT_RELATIVE(xi_gallo{0.8}(0.05, 0.005), 3.52649150084111e-59, 1e-12);
    EXPECT_RELATIVE(xi_gallo{0.8}.increment(0, 0.061, 0.005), 1.04257404193784e-48, 1e-12);
    EXPECT_RELATIVE(xi_gallo_linear{0.8}(0.05, 0.01), 1.74393669868823e-51, 1e-12);
}

/// The increments of fine steps must add up to those of coarse ones, to x² roundings for a tail at x (x = 21
/// at the earliest).
template <class Spending>
void expect_additive(Spending const& spending) {
    for (auto const& [from, to] :
         {interval{0.02, 0.021}, {0.3, 0.5}, {0.49, 0.51}, {0.9, 0.901}, {0.99, 1.0}}) {
        auto const total = spending.increment(from, to, 0.025);
        for (auto const pieces : {2, 7, 1000}) {
            auto sum = 0.0;
            for (auto i = 0; i < pieces; ++i) {
                auto const a = from + (to - from) * i / pieces;
                auto const b = i + 1 < pieces ? from + (to - from) * (i + 1) / pieces : to;
                sum += spending.increment(a, b, 0.025);
            }
            EXPECT_RELATIVE(sum, total, 5e-12) << from << " to " << to << " in " << pieces;
        }
        EXPECT_RELATIVE(total, spending(to, 0.025) - spending(from, 0.025), 1e-12, 1e-16);
    }
    EXPECT_EQ(spending(0.0, 0.025), 0);
    EXPECT_RELATIVE(spending(1.0, 0.025), 0.025, 1e-14);
    EXPECT_RELATIVE(spending.increment(0.0, 0.3, 0.025), spending(0.3, 0.025), 1e-14);
    for (double const t : {0.0, 0.4, 1.0}) {
        EXPECT_EQ(spending.increment(t, t, 0.025), 0) << t;
    }
}

// Of a large error hardly any is left to quantiles, which are close at fractions that are far apart.
TEST(Spending, OfXiAndGalloIsThatOfItsTotalsAtLargeErrors) {
    auto const expect = [](auto const& spending, double const error) {
        for (double const from : {0.001, 0.05, 0.4}) {
            EXPECT_RELATIVE(spending.increment(from, 1, error), spending(1, error) - spending(from, error),
                            1e-10)
                << from << " " << error;
        }
    };
    for (double const error : {0.2, 0.9, 0.99}) {
        expect(xi_gallo{0.5}, error);
        expect(xi_gallo_linear{0.5}, error);
        expect(xi_gallo_square_root{0.5}, error);
    }
}

TEST(Spending, IncrementsAddUpWithoutLosingDigits) {
    expect_additive(lan_demets_obrien_fleming{});
    expect_additive(lan_demets_obrien_fleming{.rho = 2});
    expect_additive(lan_demets_pocock{});
    expect_additive(kim_demets{.rho = 1.5});
    expect_additive(hwang_shih_decani{.gamma = -4});
    expect_additive(hwang_shih_decani{.gamma = 0});
    expect_additive(hwang_shih_decani{.gamma = 4});
    expect_additive(exponential_spending{});
    expect_additive(logistic_spending{-1.2, 1.5});
    expect_additive(normal_spending{-0.8, 1.3});
    expect_additive(cauchy_spending{-0.5, 1.2});
    expect_additive(student_t_spending{-0.9, 1.4, {.degrees_of_freedom = 4}});
    expect_additive(extreme_value_maximum_spending{-0.5, 1.1});
    expect_additive(extreme_value_minimum_spending{-1, 1.4});
    expect_additive(beta_distribution_spending{2.5, 1.5});
    expect_additive(xi_gallo{0.8});
    expect_additive(xi_gallo_linear{0.8});
    expect_additive(xi_gallo_square_root{0.8});
    expect_additive(piecewise_linear_spending{{{0.4, 0.1}, {0.5, 0.1}, {0.8, 0.6}}});
}

TEST(Spending, ComposesIntoTruncatedTrimmedGappedAndSkipping) {
    auto const inner = kim_demets{.rho = 2};
    auto const truncated = truncated_spending{inner, 0.2, 0.7};
    EXPECT_EQ(truncated(0.2, 1), 0);
    EXPECT_RELATIVE(truncated(0.45, 1), 0.25, 1e-15);
    EXPECT_EQ(truncated(0.7, 1), 1);
    EXPECT_RELATIVE(truncated.increment(0.45, 0.9, 1), 0.75, 1e-15);
    auto const trimmed = trimmed_spending{inner, 0.2, 0.7};
    EXPECT_EQ(trimmed(0.19, 1), 0);
    EXPECT_RELATIVE(trimmed(0.2, 1), 0.04, 1e-15);
    EXPECT_EQ(trimmed(0.7, 1), 1);
    EXPECT_RELATIVE(trimmed.increment(0.1, 0.5, 1), 0.25, 1e-15);
    EXPECT_RELATIVE(trimmed.increment(0.5, 0.8, 1), 0.75, 1e-15);
    auto const gapped = gapped_spending{inner, 0.5, 0.9};
    EXPECT_RELATIVE(gapped(0.8, 1), 0.25, 1e-15);
    EXPECT_EQ(gapped(0.9, 1), 1);
    EXPECT_EQ(gapped.increment(0.6, 0.8, 1), 0);
    auto const skipping = only_at{inner, {0.4, 1.0}};
    auto const looks = std::vector{0.2, 0.4, 0.6, 1.0};
    auto const z = boundaries(two_sided{0.05}, skipping, looks);
    auto const same = boundaries(two_sided{0.05}, inner, std::vector{0.4, 1.0});
    EXPECT_EQ(z[0], infinity);
    EXPECT_RELATIVE(z[1], same[0], 1e-14);
    EXPECT_EQ(z[2], infinity);
    EXPECT_RELATIVE(z[3], same[1], 1e-14);
}

// Fractions come from sums and quotients: a look short of a listed one by rounding is that look.
TEST(Spending, AtChosenLooksForgivesRounding) {
    auto const skipping = only_at{kim_demets{.rho = 2}, {0.3, 0.7, 1.0}};
    auto const exact = boundaries(two_sided{0.05}, skipping, std::vector{0.2, 0.3, 0.7, 1.0});
    auto const below = boundaries(two_sided{0.05}, skipping,
                                  std::vector{0.2, 0.3 * (1 - 1e-15), 0.7 * (1 - 9e-13), 1 - 1e-15});
    auto const above =
        boundaries(two_sided{0.05}, skipping, std::vector{0.2, 0.3 * (1 + 1e-15), 0.7 * (1 + 9e-13), 1.0});
    for (std::size_t k = 1; k < exact.size(); ++k) {
        EXPECT_RELATIVE(below[k], exact[k], 1e-12) << k; // the fractions differ by as much
        EXPECT_RELATIVE(above[k], exact[k], 1e-12) << k;
    }
    EXPECT_EQ(boundaries(two_sided{0.05}, skipping, std::vector{0.3 * (1 - 1e-11), 1.0}).front(), infinity);
}

// Ten tenths add up to less than 1 by rounding: the last look is at 1, and so with every fraction of a plan.
TEST(Spending, BesideGapsForgivesRounding) {
    auto tenths = std::vector<double>{};
    for (double sum = 0.1; sum < 1; sum += 0.1) {
        tenths.push_back(sum);
    }
    ASSERT_EQ(tenths.size(), 10u);
    ASSERT_LT(tenths.back(), 1);
    auto const inner = kim_demets{.rho = 2};
    auto const expect_rounding_forgiven = [&](auto const& spending, std::vector<double> const& fractions) {
        for (double const off : {-9e-13, -1e-15, 0.0, 1e-15}) {
            auto moved = fractions;
            for (double& t : moved) {
                t *= 1 + off;
            }
            auto const bounds = efficacy_boundaries(two_sided{0.05}, spending, moved);
            auto const ends = exits(bounds, moved);
            double total = 0;
            for (std::size_t k = 0; k < fractions.size(); ++k) {
                total += ends.upper[k];
                EXPECT_RELATIVE(total, spending(std::round(10 * fractions[k]) / 10, 0.025), 1e-11, 1e-17)
                    << k << ", off by " << off; // the fractions differ by nearly as much
            }
        }
    };
    expect_rounding_forgiven(gapped_spending{inner, 0.5}, tenths);
    expect_rounding_forgiven(gapped_spending{inner, 0.2, 0.8}, tenths);
    expect_rounding_forgiven(trimmed_spending{inner, 0.3, 0.8}, tenths);
    EXPECT_EQ((gapped_spending{inner, 0.5}(1 - 1e-11, 1)), 0.25);
    EXPECT_EQ((trimmed_spending{inner, 0.3, 0.8}(0.3 * (1 - 1e-11), 1)), 0);
}

// A look that is past the beginning of what is spent by rounding alone spends nothing, and one short of its
// end leaves nothing to the looks after it.
TEST(Spending, NextToItsBeginningAndEndForgivesRounding) {
    auto const expect = [](auto const& spending, std::vector<double> const& fractions) {
        auto const exact = boundaries(two_sided{0.05}, spending, fractions);
        for (double const off : {-9e-13, -1e-15, 1e-15, 9e-13}) {
            auto moved = fractions;
            for (double& t : moved) {
                t *= 1 + off;
            }
            auto const found = boundaries(two_sided{0.05}, spending, moved);
            for (std::size_t k = 0; k < fractions.size(); ++k) {
                EXPECT_EQ(found[k] == infinity, exact[k] == infinity) << k << ", off by " << off;
                EXPECT_TRUE(found[k] == exact[k] || std::abs(found[k] - exact[k]) < 1e-10) << found[k];
            }
        }
    };
    auto const looks = std::vector{0.15, 0.3, 0.5, 0.7, 0.85, 1.0, 1.2};
    expect(truncated_spending{kim_demets{.rho = 2}, 0.3, 0.7}, looks);
    expect(truncated_spending{kim_demets{.rho = 0.5}, 0.3, 0.7}, looks);
    expect(truncated_spending{lan_demets_pocock{}, 0.15}, looks);
    expect(piecewise_linear_spending{{{0.3, 0.0}, {0.5, 0.4}, {0.85, 0.4}}}, looks);
    expect(piecewise_linear_spending{{{0.15, 0.1}, {0.3, 0.1}, {0.7, 0.9}, {1.0, 0.9}}}, looks);
    EXPECT_GT((truncated_spending{lan_demets_pocock{}, 0.3}(0.3 * (1 + 1e-11), 1)), 0);
}

TEST(Spending, PassesThroughTwoChosenPoints) {
    auto const spending = normal_spending::through({0.5, 0.01}, {0.8, 0.2});
    EXPECT_RELATIVE(spending(0.5, 0.025), 0.01 * 0.025, 1e-13);
    EXPECT_RELATIVE(spending(0.8, 0.025), 0.2 * 0.025, 1e-13);
}

// Qualifies: BOUNDARY-1
TEST(Boundaries, ReproduceTheReferenceForManyAndCloseAndEarlyLooks) {
    auto const seen = compare("sequential/stress.csv");
    EXPECT_EQ(seen.compared, 2529);
    // The reference cut its integrals too early at the first looks of two designs (z from 19 to 37).
    EXPECT_LE(seen.impossible_references, 19);
}

TEST(Boundaries, OneLookIsTheFixedSampleTest) {
    for (auto const error : {0.2, 0.05, 0.01, 1e-6, 1e-12}) {
        auto const once = std::vector{1.0};
        EXPECT_RELATIVE(boundaries(two_sided{error}, lan_demets_pocock{}, once).front(),
                        normal::upper_quantile(error / 2), 1e-15);
        EXPECT_RELATIVE(boundaries(one_sided{error}, lan_demets_obrien_fleming{}, once).front(),
                        normal::upper_quantile(error), 1e-15);
    }
}

TEST(Boundaries, AreInfiniteWhereNothingIsSpent) {
    auto const late = [](double const t, double const error) { return t < 0.5 ? 0.0 : error * (2 * t - 1); };
    auto const z = boundaries(two_sided{0.05}, late, std::vector{0.1, 0.3, 0.6, 1.0});
    EXPECT_EQ(z[0], infinity);
    EXPECT_EQ(z[1], infinity);
    EXPECT_RELATIVE(z[2], normal::upper_quantile(0.025 * 0.2), 1e-14);
    EXPECT_LT(z[3], 2.0);
}

// Below 2.2e-308 no `double` has all its digits: the error counts as none.
TEST(Boundaries, OfAFixedShapeSpendTheLeastErrorsToo) {
    auto const fractions = std::vector{0.3, 0.6, 1.0};
    for (double const error : {1e-300, 1e-306, 1e-310, 5e-324}) {
        auto const expect = [&](std::vector<double> const& bounds) {
            if (error < 2e-308) {
                EXPECT_EQ(bounds, std::vector<double>(3, infinity));
            } else {
                auto const spent = exits(stopping_boundaries::upper_only(bounds), fractions).total_upper();
                EXPECT_RELATIVE(spent, error, 1e-8);
            }
        };
        expect(boundaries(one_sided{error}, pocock{}, fractions));
        expect(boundaries(one_sided{error}, obrien_fleming{}, fractions));
        expect(boundaries(one_sided{error}, wang_tsiatis{0.3}, fractions));
        auto const last = boundaries(one_sided{error}, haybittle_peto{40}, fractions).back();
        EXPECT_RELATIVE(last, error < 2e-308 ? infinity : normal::upper_quantile(error), 1e-12);
    }
}

TEST(Boundaries, AcceptAnyCallableOfTheFractionAlone) {
    auto const fractions = std::vector{0.25, 0.5, 1.0};
    auto const own = boundaries(
        one_sided{0.025}, [](double const t) { return 0.025 * t * t; }, fractions);
    auto const same = boundaries(one_sided{0.025}, kim_demets{.rho = 2}, fractions);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_RELATIVE(own[k], same[k], 1e-14);
    }
}

TEST(Boundaries, PastThePlannedInformationSpendWhatIsLeft) {
    auto const z = boundaries(two_sided{0.05}, lan_demets_pocock{}, std::vector{0.5, 1.2, 1.5});
    auto const same = boundaries(
        two_sided{0.05},
        [](double const t, double const error) {
            return t > 0 ? lan_demets_pocock{}(t < 1 ? 0.5 : 1.0, error) : 0.0;
        },
        std::vector{0.5 / 1.2, 1.0});
    EXPECT_RELATIVE(z[0], same[0], 1e-15);
    EXPECT_RELATIVE(z[1], same[1], 1e-15);
    EXPECT_EQ(z[2], infinity);
}

TEST(Boundaries, RefuseWhatCannotBeMeant) {
    auto const fractions = std::vector{0.5, 1.0};
    auto const refused = [&](auto const& spending) {
        EXPECT_THROW((void)boundaries(two_sided{0.05}, spending, fractions), invalid_input);
    };
    refused([](double, double const error) { return error; });
    refused([](double const t, double const error) { return 2 * t * error; });
    refused([](double const t, double const error) { return error * std::sin(3.2 * t); });
    refused([](double, double) { return std::numeric_limits<double>::quiet_NaN(); });
    refused(kim_demets{.rho = 0});
    auto const pocock = lan_demets_pocock{};
    EXPECT_THROW((void)boundaries(two_sided{0}, pocock, fractions), invalid_input);
    EXPECT_THROW((void)boundaries(two_sided{1}, pocock, fractions), invalid_input);
    EXPECT_THROW((void)boundaries(one_sided{infinity}, pocock, fractions), invalid_input);
    EXPECT_THROW((void)boundaries(two_sided{0.05}, pocock, std::vector<double>{}), invalid_input);
    EXPECT_THROW((void)boundaries(two_sided{0.05}, pocock, std::vector{0.5, 0.5}), invalid_input);
    EXPECT_THROW((void)boundaries(two_sided{0.05}, pocock, std::vector{0.0, 1.0}), invalid_input);
    EXPECT_THROW((void)boundaries(two_sided{0.05}, pocock, std::vector{0.5, infinity}), invalid_input);
}

// tests/oracles/sequential.R: rpact brackets its roots to 1e-10 and integrates to about 1e-7.
// Qualifies: BOUNDARY-1
TEST(Boundaries, AgreeWithRpact) {
    auto designs = std::map<std::string, test::golden_design>{};
    for (auto const& row : test::golden("sequential/rpact.csv")) {
        auto& design = designs[row.text("design")];
        design.spending = row.text("spending");
        design.parameters = row.text("parameter");
        design.error = row.number("error");
        design.two_sided = row.text("sides") == "2";
        design.fractions.push_back(row.number("t"));
        design.z.push_back(row.text("z"));
    }
    for (auto const& [id, design] : designs) {
        SCOPED_TRACE(id + " " + design.spending);
        auto const by = [&, &d = design](auto const& shape) {
            return boundaries(two_sided{d.error}, shape, d.fractions);
        };
        auto const z = design.spending == "pocock"           ? by(pocock{})
                       : design.spending == "obrien_fleming" ? by(obrien_fleming{})
                       : design.spending == "wang_tsiatis"
                           ? by(wang_tsiatis{.delta = std::stod(design.parameters)})
                           : test::boundaries_of(design);
        for (std::size_t k = 0; k < z.size(); ++k) {
            EXPECT_RELATIVE(z[k], std::stod(design.z[k]), 1e-6);
        }
    }
}

TEST(OnlyAt, RefusesFractionsThatFall) {
    auto const unsorted = only_at{lan_demets_obrien_fleming{}, {1.0, 0.4}};
    EXPECT_THROW((void)boundaries(two_sided{0.05}, unsorted, {0.2, 0.4, 0.7, 1}), invalid_input);
}

} // namespace
} // namespace accrue::test_sequential_boundaries
