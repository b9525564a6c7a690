// Tests of small-study effects differentiate: Boost's automatic derivatives with respect to each study's
// effect and variance agree with difference quotients at 50 digits.

#include "support/derivatives.hpp"

#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/limit_meta_analysis.hpp>
#include <accrue/small_study/pet_peese.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace accrue::test_small_study_derivatives {
namespace {

template <class Real>
std::vector<Real> numbers_of(std::vector<Real> const& x) {
    auto estimates = std::vector<basic_estimate<Real>>{};
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
        estimates.push_back({x[i], x[i + 1]});
    }
    auto result = std::vector<Real>{};
    auto const take = [&](auto const& test) {
        result.insert(result.end(),
                      {test.statistic, test.p_value, test.log_p_value, test.slope, test.slope_standard_error,
                       test.intercept.effect, test.intercept.variance, test.tau_squared});
    };
    take(egger_test{}(estimates));
    take(egger_test{by_variance{}, unit_dispersion{}}(estimates));
    take(egger_test{by_standard_error{}, additive_dispersion{dersimonian_laird{}}}(estimates));
    auto const limit = limit_meta_analysis{dersimonian_laird{}}(estimates);
    result.insert(result.end(), {limit.pooled.effect, limit.pooled.variance, limit.bias, limit.q_residual});
    return result;
}

TEST(SmallStudyEffects, Differentiate) {
    test::expect_derivatives(
        "", {0.31, 0.04, -0.22, 0.09, 0.95, 0.15, 0.12, 0.02, 1.50, 0.30, 0.44, 0.05, -0.05, 0.11},
        [](auto const& x) { return numbers_of(x); });
}

} // namespace
} // namespace accrue::test_small_study_derivatives
