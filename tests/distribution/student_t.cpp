#include "support/relative.hpp"
#include <accrue/distribution/student_t.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

namespace {

using namespace accrue;
using fifty =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

// The exponents of this type are large enough for the probability itself.
// Qualifies: DISTRIBUTION-1
TEST(StudentT, KeepsItsDigitsWhereTheTailIsTooSmallForTheType) {
    for (double const df : {150.0, 200.5, 1000.0, 1e4, 1e5}) {
        for (double const x : {95.0, 300.0, 1e4, 1e100}) {
            double const expected = static_cast<double>(basic_student_t<fifty>{df}.log_survival(x));
            if (expected < -680) {
                EXPECT_RELATIVE(student_t{df}.log_survival(x), expected, 2e-14) << df << " " << x;
            }
        }
    }
}

} // namespace
