// The search for tau² ends at its maximum wherever it begins, and however little is tolerated.

#include "support/relative.hpp"
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace accrue::test_tau_squared_searches {
namespace {

template <class Estimator>
void expect_the_same_from_anywhere(Estimator const& exacting) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        auto generator = std::mt19937_64{seed};
        auto normal = std::normal_distribution<double>{};
        auto studies = std::vector<estimate>{};
        for (int i = 0; i < 6; ++i) {
            double const variance = 0.3 * std::exp(1.5 * normal(generator));
            studies.push_back({std::sqrt(1 + variance) * normal(generator), variance});
        }
        auto const evidence = detail::as_evidence(studies);
        auto const plain = Estimator{}(evidence);
        EXPECT_EQ(plain.status, status::ok) << seed;
        auto const guessed = Estimator{}(evidence, plain.value);
        EXPECT_EQ(guessed.status, status::ok) << seed;
        EXPECT_RELATIVE(guessed.value, plain.value, 1e-9, 1e-12) << seed;
        EXPECT_RELATIVE(exacting(evidence).value, plain.value, 1e-9, 1e-12) << seed;
        EXPECT_RELATIVE(exacting(evidence, plain.value).value, plain.value, 1e-9, 1e-12) << seed;
    }
}

TEST(LikelihoodSearch, EndsAtTheSameMaximumFromAnywhere) {
    expect_the_same_from_anywhere(reml{.tolerance = 0});
    expect_the_same_from_anywhere(maximum_likelihood{.tolerance = 0});
}

} // namespace
} // namespace accrue::test_tau_squared_searches
