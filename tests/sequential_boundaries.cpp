// Boundaries against reference values, and the laws that hold for every spending function.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace accrue {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

/// One design of the golden tables.
struct golden_design {
    std::string spending;
    std::string parameters;
    double error = 0;
    bool two_sided = false;
    std::vector<double> fractions;
    std::vector<double> spent;
    std::vector<std::string> z;
};

std::map<std::string, golden_design> read_designs(std::string const& file) {
    auto designs = std::map<std::string, golden_design>{};
    for (auto const& row : test::golden(file)) {
        auto& design = designs[row.text("design_id")];
        design.spending = row.text("spending");
        design.parameters = row.text("param");
        design.error = row.number("alpha_total");
        design.two_sided = row.text("sides") == "2";
        design.fractions.push_back(row.number("t"));
        design.spent.push_back(row.number("cum_spend_per_side"));
        design.z.push_back(row.text("z_ref"));
    }
    return designs;
}

/// Calls f with the design's spending function.
template <class F>
void with_spending(golden_design const& design, F&& f) {
    auto parameters = std::vector<double>{};
    auto text = std::istringstream(design.parameters);
    for (auto part = std::string{}; std::getline(text, part, '|');) {
        parameters.push_back(std::stod(part));
    }
    auto const p = [&](std::size_t const i) { return parameters.at(i); };
    auto const& name = design.spending;
    if (name == "OF") {
        f(lan_demets_obrien_fleming{.rho = parameters.empty() ? 1 : p(0)});
    } else if (name == "PO") {
        f(lan_demets_pocock{});
    } else if (name == "KD") {
        f(kim_demets{.rho = p(0)});
    } else if (name == "HSD") {
        f(hwang_shih_decani{.gamma = p(0)});
    } else if (name == "EXP") {
        f(exponential_spending{.nu = p(0)});
    } else if (name == "LOGIS") {
        f(logistic_spending{p(0), p(1)});
    } else if (name == "NORM") {
        f(normal_spending{p(0), p(1)});
    } else if (name == "CAU") {
        f(cauchy_spending{p(0), p(1)});
    } else if (name == "TD") {
        f(student_t_spending{p(0), p(1), {.degrees_of_freedom = p(2)}});
    } else if (name == "EV") {
        f(extreme_value_maximum_spending{p(0), p(1)});
    } else if (name == "EV2") {
        f(extreme_value_minimum_spending{p(0), p(1)});
    } else if (name == "BETA") {
        f(beta_distribution_spending{p(0), p(1)});
    } else if (name == "XG1") {
        f(xi_gallo{p(0)});
    } else if (name == "XG2") {
        f(xi_gallo_linear{p(0)});
    } else if (name == "XG3") {
        f(xi_gallo_square_root{p(0)});
    } else {
        FAIL() << "no spending function " << name;
    }
}

template <class Spending>
std::vector<double> boundaries_of(golden_design const& design, Spending const& spending) {
    return design.two_sided ? boundaries(two_sided{design.error}, spending, design.fractions)
                            : boundaries(one_sided{design.error}, spending, design.fractions);
}

struct comparison {
    int compared = 0;
    int impossible_references = 0;
    int imprecise_references = 0;
};

/// Every boundary to 1e-12 below 8 and to 1e-8 beyond.
comparison compare(std::string const& file) {
    auto result = comparison{};
    for (auto const& [id, design] : read_designs(file)) {
        SCOPED_TRACE(id + " " + design.spending + " " + design.parameters);
        with_spending(design, [&](auto const& spending) {
            auto const z = boundaries_of(design, spending);
            for (std::size_t k = 0; k < z.size(); ++k) {
                ++result.compared;
                // The reference formed 2 - 2 Phi(x) at 50 digits.
                if (design.spending.starts_with("XG") && design.spent[k] < 1e-38) {
                    ++result.imprecise_references;
                    continue;
                }
                // Spends less than a double can hold: nothing, or z beyond 37.5.
                if (design.spent[k] < std::numeric_limits<double>::min()) {
                    EXPECT_GT(z[k], 37.5);
                    continue;
                }
                auto const expected = std::stod(design.z[k]);
                // Crossing at look k implies having stopped by then: a boundary exceeded more often than
                // the error spent so far is no boundary.
                if (normal::survival(expected) > design.spent[k] * (1 + 1e-9)) {
                    ++result.impossible_references;
                    EXPECT_LE(normal::survival(z[k]), design.spent[k] * (1 + 1e-9));
                    continue;
                }
                EXPECT_RELATIVE(z[k], expected, expected < 8 ? 1e-12 : 1e-8);
            }
        });
    }
    return result;
}

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

TEST(Spending, PassesThroughTwoChosenPoints) {
    auto const spending = normal_spending::through({0.5, 0.01}, {0.8, 0.2});
    EXPECT_RELATIVE(spending(0.5, 0.025), 0.01 * 0.025, 1e-13);
    EXPECT_RELATIVE(spending(0.8, 0.025), 0.2 * 0.025, 1e-13);
}

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

} // namespace
} // namespace accrue
