// Counts of looks and of replicates, to the last one.

#include "support/relative.hpp"
#include <accrue/model/common_effect.hpp>
#include <accrue/sequential/anytime/detail/process_bytes.hpp>
#include <accrue/sequential/anytime/symmetric_e_process.hpp>
#include <accrue/sequential/monitoring/iterated_logarithm.hpp>
#include <accrue/sequential/monitoring/look_schedule.hpp>
#include <accrue/sequential/monitoring/trial_sequential_analysis.hpp>
#include <accrue/sequential/simulation/calibration.hpp>
#include <accrue/sequential/simulation/detail/simulated_stops.hpp>
#include <accrue/sequential/spending/xi_gallo.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test_sequential_exact_counts {
namespace {

using counts = std::vector<std::size_t>;

// Of n reviews n e - s sqrt(n e (1 - e)) may cross, rounded down, and with the quantile as a boundary as many
// do: 100 of 2000 at an error of 5 %, less 2 or 0.5 times 9.75.
TEST(CalibratedBoundaries, AreCrossedByAsManyReviewsAsMayCross) {
    auto const looks = symmetric_looks({5}, {1.96});
    for (auto const& [standard_errors, allowed] : {std::array{0.0, 100.0}, {0.5, 95.0}, {2, 80.0}}) {
        auto const found =
            calibrate_boundaries(common_effect{}, looks, log_normal_variances{.trials = 5}, std::vector{0.0},
                                 0.05, {.replicates = 2000, .seed = 3}, standard_errors);
        double const share = allowed / 2000;
        EXPECT_EQ(found.worst().value, share) << standard_errors;
        EXPECT_RELATIVE(found.worst().standard_error, std::sqrt(share * (1 - share) / 2000), 1e-14);
    }
}

// A share that is less than one replicate spends nothing.
TEST(SimulatedStops, AreAllowedInWholeReplicates) {
    auto const cumulative = std::vector{0.0, 0.0009, 0.001, 0.0199, 0.05};
    EXPECT_EQ(detail::allowed_stops(cumulative, 1000, 0), (counts{0, 0, 1, 19, 50}));
    // 2 sqrt(50 * 0.95) = 13.8 and 2 sqrt(19.9 * 0.9801) = 8.8
    EXPECT_EQ(detail::allowed_stops(cumulative, 1000, 2), (counts{0, 0, 0, 11, 36}));
}

// The bytes after a count hold as many items or more.
TEST(ProcessBytes, HoldNoMoreItemsThanThereIsRoomFor) {
    for (std::size_t const words : {2U, 3U, 4U}) {
        for (std::size_t const count : {0U, 1U, 2U, 3U, 4U, 9U}) {
            auto out = detail::byte_writer{};
            out.write(std::uint64_t{count});
            for (std::size_t i = 0; i < 2 * words; ++i) {
                out.write(1.5);
            }
            auto const bytes = std::move(out).take();
            auto in = detail::byte_reader{bytes};
            if (count <= 2) {
                EXPECT_EQ(detail::item_count(in, words), count);
            } else {
                EXPECT_THROW((void)detail::item_count(in, words), invalid_input) << words << " " << count;
            }
        }
    }
}

TEST(LookSchedules, RiseFromLookToLook) {
    auto const fractions = std::vector{0.2, 0.4, 0.6};
    EXPECT_EQ((after_trials{{1, 3}}(fractions)), (counts{1, 3}));
    EXPECT_THROW((void)(after_trials{{2, 2}}(fractions)), invalid_input);
    EXPECT_THROW((void)(after_trials{{2, 1}}(fractions)), invalid_input);
    EXPECT_THROW((void)(after_trials{{0, 1}}(fractions)), invalid_input);
    EXPECT_THROW((void)(after_trials{{2, 4}}(fractions)), invalid_input);
    EXPECT_NO_THROW(detail::require_looks(counts{1, 3}, 3));
    EXPECT_THROW(detail::require_looks(counts{2, 2}, 3), invalid_input);
    EXPECT_THROW(detail::require_looks(counts{2, 4}, 3), invalid_input);
    EXPECT_THROW(detail::require_looks(counts{0}, 3), invalid_input);
}

TEST(LookSchedules, NameTheDatesThatFall) {
    try {
        (void)by_date{{2001, 2003, 2002, 2009}}(std::vector{0.1, 0.2, 0.3, 0.4});
        FAIL() << "dates out of order were taken";
    } catch (invalid_input const& error) {
        EXPECT_NE(std::string(error.what()).find("2002 follows 2003"), std::string::npos) << error.what();
    }
}

TEST(LookSchedules, NameTheTrialWhoseDateIsNone) {
    try {
        (void)by_date{{2001, std::nan("")}}(std::vector{0.1, 0.2});
        FAIL() << "a date that is no number was taken";
    } catch (invalid_input const& error) {
        EXPECT_EQ(std::string(error.what()), "study 2: date must be finite, but is nan");
    }
}

// There rounding leaves no penalty, and Z* was infinite.
TEST(IteratedLogarithm, IsNotANumberUpToEAsTheTypeHoldsIt) {
    EXPECT_TRUE(std::isnan(iterated_logarithm_z(1.0, std::nextafter(std::numbers::e, 3.0))));
    EXPECT_TRUE(std::isnan(iterated_logarithm_z(1.0F, 2.7182819F)));
    EXPECT_TRUE(std::isnan(iterated_logarithm_z(1.0, 0.5)));
    EXPECT_TRUE(std::isfinite(iterated_logarithm_z(1.0, 2.7182819)));
}

TEST(Options, AtTheEndsOfTheirRangesAreTakenOrRefused) {
    EXPECT_RELATIVE(xi_gallo_square_root{0.5}(1, 0.025), 0.025, 1e-12);
    EXPECT_THROW((void)(xi_gallo_square_root{0.4999}(0.5, 0.025)), invalid_input);
    auto const worthless =
        symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.05, .guess_worth = 0};
    EXPECT_THROW((void)worthless.tau_squared_guess(), invalid_input);
}

} // namespace
} // namespace accrue::test_sequential_exact_counts
