// Every given estimator of tau² on every kind of evidence.

#include "seams/estimator_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_given_estimators {
namespace {

TEST(GivenEstimators, MeetEveryKindOfEvidence) {
    estimator_laws{}.expect_of_all(given_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_given_estimators
