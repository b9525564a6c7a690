// What an accumulator condenses studies to: the points of a band of variances, and where its sums are
// centred.

#include "support/relative.hpp"
#include <accrue/evidence/detail/variance_band.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue::test_evidence_bands {
namespace {

// No polynomial of a degree n with the leading coefficient 1 is smaller on [-1, 1] than Chebyshev's, whose
// greatest value is 2^(1 - n): the law that tells his points from any others.
TEST(BandPoints, AreThoseWhoseDistancesHaveTheLeastGreatestProduct) {
    auto const& points = detail::band_points<double>::instance();
    double greatest = 0;
    for (double x = -1; x <= 1; x += 1e-4) {
        double product = 1;
        for (double const position : points.position) {
            product *= x - position;
        }
        greatest = std::max(greatest, std::abs(product));
    }
    EXPECT_RELATIVE(greatest, std::ldexp(1.0, 1 - static_cast<int>(points.count)), 1e-12);
}

// Squares about the first effect would be k times those about the mean, and lose as many digits.
TEST(Accumulator, KeepsItsDigitsWhereTheFirstStudyLiesFarFromAllOthers) {
    for (double const others : {1e3, 1e5}) {
        for (double const effect : {1.1, 1.234567, 1.7}) {
            auto all = evidence_accumulator{};
            all.add({0, 2});
            for (double i = 0; i < others; ++i) {
                all.add({effect, 2});
            }
            auto const fit = inverse_variance_fit(all, 0.0);
            EXPECT_RELATIVE(fit.mean, effect * others / (others + 1), 1e-15) << others;
            EXPECT_RELATIVE(fit.q(), effect * effect * others / (others + 1) / 2, 1e-14)
                << others << " " << effect;
        }
    }
}

// 1024 times a quarter of the last digit of 1, none of which is in the sum by itself.
TEST(CompensatedArray, HasTheDigitsThatEveryAdditionLost) {
    auto sums = detail::compensated_array<double, 2>{};
    sums.add(std::array{1.0, -1.0});
    for (int i = 0; i < 1024; ++i) {
        sums.add(std::array{std::ldexp(1.0, -54), 0.0});
    }
    EXPECT_EQ(sums.sum[0], 1);
    EXPECT_EQ(sums.values()[0], 1 + std::ldexp(1.0, -44));
    EXPECT_EQ(sums.values()[1], -1);
    EXPECT_EQ(sums.total(), std::ldexp(1.0, -44));
}

// The squares of 0, 1, 2 and 3 about 1.5 add up to 5. The first study says nothing, so that its effect is no
// origin for the mean of the others, which share an offset.
TEST(StudySums, KeepTheirDigitsWhereTheFirstStudyWeighsNextToNothing) {
    for (double const offset : {0.0, 1e5, -1e8, 1e12}) {
        auto studies = std::vector<estimate>{{offset / 2, 1e40}};
        for (double const effect : {0.0, 1.0, 2.0, 3.0}) {
            studies.push_back({offset + effect, 1});
        }
        auto const fit = inverse_variance_fit(detail::as_evidence(studies), 0.0);
        EXPECT_RELATIVE(fit.mean, offset + 1.5, 1e-15) << offset;
        EXPECT_RELATIVE(fit.q(), 5.0, 1e-14) << offset;
    }
}

} // namespace
} // namespace accrue::test_evidence_bands
