#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace accrue::test {

/// The worst relative error of the comparisons of one test, printed at its end where the environment variable
/// ACCRUE_WORST_DIGITS is set: what the qualification dossier lists.
class worst_digit : public ::testing::EmptyTestEventListener {
  public:
    void compared(double const relative_error) {
        ++comparisons_;
        worst_ = std::fmax(worst_, relative_error);
    }

    /// The one of this program, which GoogleTest owns.
    static worst_digit& of_this_program() {
        static auto* const instance = [] {
            auto* const listener = new worst_digit;
            ::testing::UnitTest::GetInstance()->listeners().Append(listener);
            return listener;
        }();
        return *instance;
    }

  private:
    void OnTestStart(::testing::TestInfo const&) override {
        comparisons_ = 0;
        worst_ = 0;
    }
    void OnTestEnd(::testing::TestInfo const&) override {
        if (comparisons_ > 0 && std::getenv("ACCRUE_WORST_DIGITS") != nullptr) {
            std::printf("worst relative error %.1e in %ld comparisons\n", worst_, comparisons_);
        }
    }

    long comparisons_ = 0;
    double worst_ = 0;
};

} // namespace accrue::test
