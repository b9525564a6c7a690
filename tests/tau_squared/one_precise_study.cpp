// With one study whose variance is nothing beside the others', how near to nothing does not matter.

#include "support/relative.hpp"
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace accrue::test_tau_squared_one_precise_study {
namespace {

template <class Estimator>
void expect_the_same_however_precise(Estimator const& estimator) {
    for (double const spread : {0.1, 1.0, 3.0}) {
        auto studies = std::vector<estimate>{
            {0.3, 1e-35}, {0.3 + 2 * spread, 1}, {0.3 - 1.5 * spread, 0.8}, {0.3 + 1.1 * spread, 2}};
        double const expected = estimator(detail::as_evidence(studies)).value;
        for (double const variance : {1e-50, 1e-80, 1e-110, 1e-150, 1e-190, 1e-250, 1e-300}) {
            studies[0].variance = variance;
            auto const found = estimator(detail::as_evidence(studies));
            EXPECT_RELATIVE(found.value, expected, 1e-12) << estimator.name() << " " << variance;
            EXPECT_EQ(found.status, status::ok) << estimator.name() << " " << variance;
        }
    }
}

TEST(OnePreciseStudy, LeavesIteratedEstimatesAsTheyAre) {
    expect_the_same_however_precise(reml{});
    expect_the_same_however_precise(maximum_likelihood{});
    expect_the_same_however_precise(paule_mandel{});
    expect_the_same_however_precise(median_unbiased_paule_mandel{});
}

TEST(OnePreciseStudy, LeavesClosedFormsAsTheyAre) {
    expect_the_same_however_precise(dersimonian_laird{});
    expect_the_same_however_precise(hedges_olkin{});
    expect_the_same_however_precise(hartung_makambi{});
}

// tau² is in squared units of the effect: in others it is the same share of the variances.
TEST(OnePreciseStudy, MeansTheSameInEveryUnit) {
    auto const in_units_of = [](double const unit) {
        return std::vector<estimate>{{0.3 * unit, 1e-80 * unit * unit},
                                     {2.3 * unit, unit * unit},
                                     {-1.2 * unit, 0.8 * unit * unit},
                                     {1.4 * unit, 2 * unit * unit}};
    };
    auto const check = [&](auto const& estimator) {
        double const expected = estimator(detail::as_evidence(in_units_of(1))).value;
        for (double const unit : {1e-20, 1e-9, 1e9, 1e20}) {
            double const found = estimator(detail::as_evidence(in_units_of(unit))).value;
            EXPECT_RELATIVE(found / unit / unit, expected, 1e-10) << estimator.name() << " " << unit;
        }
    };
    check(reml{});
    check(maximum_likelihood{});
    check(paule_mandel{});
}

} // namespace
} // namespace accrue::test_tau_squared_one_precise_study
