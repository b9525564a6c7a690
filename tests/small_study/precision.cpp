// Small-study effects with 50 digits are the reference for those in double precision.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/small_study/begg_test.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/selection_model.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace accrue {
namespace {

using test::golden;
using precise = boost::multiprecision::cpp_bin_float_50;

std::vector<estimate> hackshaw() {
    std::vector<estimate> studies;
    for (auto const& r : golden("hackshaw1998/input.csv")) {
        studies.push_back({r.number("yi"), r.number("vi")});
    }
    return studies;
}

std::vector<basic_estimate<precise>> with_fifty_digits(std::vector<estimate> const& studies) {
    std::vector<basic_estimate<precise>> result;
    for (auto const& study : studies) {
        result.push_back({precise(study.effect), precise(study.variance)});
    }
    return result;
}

TEST(SmallStudyPrecision, EggersTestKeepsItsDigitsBesideALargeOffset) {
    auto studies = hackshaw();
    for (auto& study : studies) {
        study.effect += 1024; // exact to 2^-43 of the effects
    }
    auto const exact = egger_test{}(with_fifty_digits(studies));
    auto const plain = egger_test{}(studies);
    EXPECT_RELATIVE(plain.statistic, static_cast<double>(exact.statistic), 1e-11);
    EXPECT_RELATIVE(plain.slope, static_cast<double>(exact.slope), 1e-11);
    EXPECT_RELATIVE(plain.p_value, static_cast<double>(exact.p_value), 1e-11);
    EXPECT_RELATIVE(plain.intercept.effect, static_cast<double>(exact.intercept.effect), 1e-15);
    EXPECT_RELATIVE(plain.intercept.variance, static_cast<double>(exact.intercept.variance), 1e-12);
}

TEST(SmallStudyPrecision, FiftyDigitsConfirmTheStepModel) {
    auto const studies = with_fifty_digits(hackshaw());
    auto const model = selection_model{step_weights{{0.025}}};
    auto const exact = model(studies);
    auto const plain = model(hackshaw());
    EXPECT_RELATIVE(plain.pooled.effect, static_cast<double>(exact.pooled.effect), 1e-8);
    EXPECT_RELATIVE(plain.pooled.variance, static_cast<double>(exact.pooled.variance), 1e-7);
    EXPECT_RELATIVE(plain.pooled.tau_squared, static_cast<double>(exact.pooled.tau_squared), 1e-7);
    EXPECT_RELATIVE(plain.log_likelihood, static_cast<double>(exact.log_likelihood), 1e-12);
    EXPECT_RELATIVE(plain.likelihood_ratio.statistic, static_cast<double>(exact.likelihood_ratio.statistic),
                    1e-9);
}

} // namespace
} // namespace accrue
