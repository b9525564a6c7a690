// Every composed estimator of tau² on every kind of evidence.

#include "seams/estimator_laws.hpp"

#include <gtest/gtest.h>

namespace accrue::test::seams::test_composed_estimators {
namespace {

TEST(ComposedEstimators, MeetEveryKindOfEvidence) {
    estimator_laws{}.expect_of_all(composed_estimators);
}

} // namespace
} // namespace accrue::test::seams::test_composed_estimators
