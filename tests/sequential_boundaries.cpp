// Boundaries against reference values, and the laws that hold for every spending function.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
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

/// Calls f with the design's spending function; false when there is none of that name.
template <class F>
bool with_spending(golden_design const& design, F&& f) {
    auto const parameter = design.parameters.empty() ? 1.0 : std::stod(design.parameters);
    if (design.spending == "OF") {
        f(lan_demets_obrien_fleming{parameter});
    } else if (design.spending == "PO") {
        f(lan_demets_pocock{});
    } else if (design.spending == "KD") {
        f(kim_demets{parameter});
    } else if (design.spending == "HSD") {
        f(hwang_shih_decani{parameter});
    } else {
        return false;
    }
    return true;
}

template <class Spending>
std::vector<double> boundaries_of(golden_design const& design, Spending const& spending) {
    return design.two_sided ? boundaries(two_sided{design.error}, spending, design.fractions)
                            : boundaries(one_sided{design.error}, spending, design.fractions);
}

struct comparison {
    int compared = 0;
    int impossible_references = 0;
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
    EXPECT_GT(seen.compared, 5000);
    EXPECT_EQ(seen.impossible_references, 0);
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
