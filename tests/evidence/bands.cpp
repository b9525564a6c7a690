// What an accumulator condenses studies to: the points of a band of variances, and where its sums are
// centred.

#include "support/relative.hpp"
#include <accrue/evidence/detail/variance_band.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

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

} // namespace
} // namespace accrue::test_evidence_bands
