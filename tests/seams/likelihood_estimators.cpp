// Every likelihood estimator of tau² on every kind of evidence.

#include "seams/estimator_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_likelihood_estimators {
namespace {

TEST(LikelihoodEstimators, MeetEveryKindOfEvidence) {
    estimator_laws{}.expect_of_all(likelihood_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_likelihood_estimators
