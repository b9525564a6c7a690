// Every root estimator of tau² on every kind of evidence.

#include "seams/estimator_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_root_estimators {
namespace {

TEST(RootEstimators, MeetEveryKindOfEvidence) {
    estimator_laws{}.expect_of_all(root_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_root_estimators
