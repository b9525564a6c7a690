#pragma once

#include <accrue/error.hpp>
#include <accrue/pooled.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <exception>
#include <iostream>
#include <set>
#include <string>
#include <vector>

namespace accrue::test::seams {

/// Runs combinations of parts on data and counts both. A combination may refuse data by `invalid_input`, and
/// by nothing else.
class combinations {
  public:
    /// Calls `check`, which is to fail with a message that says what went wrong; the parts and data are said
    /// here.
    template <class Check>
    void run(std::string const& parts, std::string const& data, Check const& check) {
        SCOPED_TRACE(parts + ", " + data);
        parts_.insert(parts);
        ++runs_;
        try {
            check();
        } catch (invalid_input const&) {
            ++refused_;
        } catch (std::exception const& error) {
            ADD_FAILURE() << "threw what is not invalid_input: " << error.what();
        }
    }

    /// Prints the counts, and leaves them in the test's report.
    void report() const {
        ::testing::Test::RecordProperty("combinations", static_cast<int>(parts_.size()));
        ::testing::Test::RecordProperty("runs", static_cast<int>(runs_));
        std::cout << parts_.size() << " combinations, " << runs_ << " runs (" << refused_
                  << " refused by invalid_input)\n";
        EXPECT_GT(runs_, refused_);
    }

  private:
    std::set<std::string> parts_;
    std::size_t runs_ = 0;
    std::size_t refused_ = 0;
};

/// That `ok` stands beside finite numbers only, and that NaN has the status `undefined`.
inline void expect_sound(tau_squared_estimate const& result) {
    EXPECT_TRUE(result.status == status::undefined || (std::isfinite(result.value) && result.value >= 0))
        << to_string(result.status) << ", but tau² = " << result.value;
}
inline void expect_sound(pooled const& result) {
    if (result.status == status::undefined) {
        return;
    }
    EXPECT_TRUE(std::isfinite(result.effect) && std::isfinite(result.variance) && result.variance > 0 &&
                std::isfinite(result.tau_squared) && result.tau_squared >= 0 && result.degrees_of_freedom > 0)
        << to_string(result.status) << ", but effect " << result.effect << ", variance " << result.variance
        << ", tau² " << result.tau_squared << ", degrees of freedom " << result.degrees_of_freedom;
}

/// Equal to the last bit, where NaN equals NaN.
inline bool same(double const a, double const b) {
    return (std::isnan(a) && std::isnan(b)) || (a <= b && a >= b);
}
/// That |a - b| is within `tolerance` of the larger size, or of `scale`.
inline void expect_close(std::string const& what, double const a, double const b, double const tolerance,
                         double const scale) {
    double const allowed = tolerance * (std::fmax(std::fabs(a), std::fabs(b)) + scale);
    EXPECT_TRUE(same(a, b) || std::fabs(a - b) <= allowed) << what << ": " << a << " and " << b;
}

} // namespace accrue::test::seams
