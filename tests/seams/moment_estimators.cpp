// Every moment estimator of tau² on every kind of evidence.

#include "seams/estimator_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_moment_estimators {
namespace {

TEST(MomentEstimators, MeetEveryKindOfEvidence) {
    estimator_laws{}.expect_of_all(moment_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_moment_estimators
