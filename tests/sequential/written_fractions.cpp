// Information fractions that are written where they are used.

#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/error.hpp>
#include <accrue/sequential/spending.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace accrue::test_sequential_written_fractions {
namespace {

auto const fractions = std::vector<double>{0.25, 0.5, 1};

TEST(WrittenFractions, GiveTheBoundariesOfAListWithAName) {
    EXPECT_EQ(boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, {0.25, 0.5, 1}),
              boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions));
    EXPECT_EQ(boundaries(one_sided{0.025}, pocock{}, {0.25, 0.5, 1}),
              boundaries(one_sided{0.025}, pocock{}, fractions));
    EXPECT_EQ(boundaries(two_sided{0.05}, haybittle_peto{}, {0.25, 0.5, 1}),
              boundaries(two_sided{0.05}, haybittle_peto{}, fractions));
    auto const error = asymmetric{.lower = 0.02, .upper = 0.03};
    EXPECT_EQ(boundaries(error, lan_demets_pocock{}, {0.25, 0.5, 1}).upper,
              boundaries(error, lan_demets_pocock{}, fractions).upper);
    EXPECT_EQ(efficacy_boundaries(two_sided{0.05}, lan_demets_pocock{}, {0.25, 0.5, 1}).lower,
              efficacy_boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions).lower);
    EXPECT_EQ(efficacy_boundaries(error_rate{error}, lan_demets_pocock{}, {0.25, 0.5, 1}).lower,
              efficacy_boundaries(error, lan_demets_pocock{}, fractions).lower);
}

TEST(WrittenFractions, GiveThePowerOfAListWithAName) {
    auto const z = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    EXPECT_EQ(drift_for_power(bounds, {0.25, 0.5, 1}, 0.9).value,
              drift_for_power(bounds, fractions, 0.9).value);
    EXPECT_EQ(drift_for_power(z, {0.25, 0.5, 1}, 0.9).value, drift_for_power(z, fractions, 0.9).value);
    EXPECT_EQ(exits(bounds, {0.25, 0.5, 1}, 3).upper, exits(bounds, fractions, 3).upper);
    EXPECT_EQ(power(bounds, {0.25, 0.5, 1}, 3), power(bounds, fractions, 3));
}

} // namespace
} // namespace accrue::test_sequential_written_fractions
