// Runs the tests of a program and writes, to the file that ACCRUE_REACHED names, a line for each test: its
// name, its processor time in milliseconds, and the mutants whose places it computed. What a suite computed
// before its first test counts for each.

#include "switches.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <set>

namespace {

std::set<int> taken() {
    auto result = std::set<int>{};
    for (int mutant = 0; mutant < accrue_most_mutants; ++mutant) {
        if (accrue_reached[mutant] != 0) {
            result.insert(mutant);
            accrue_reached[mutant] = 0;
        }
    }
    return result;
}

class reached_places : public testing::EmptyTestEventListener {
  public:
    explicit reached_places(char const* path) : out_(path), before_main_(taken()) {}

    void OnTestSuiteStart(testing::TestSuite const&) override { before_tests_.clear(); }
    void OnTestStart(testing::TestInfo const&) override {
        before_tests_.merge(taken());
        began_ = std::clock();
    }
    void OnTestEnd(testing::TestInfo const& test) override {
        auto reached = taken();
        reached.insert(before_tests_.begin(), before_tests_.end());
        reached.insert(before_main_.begin(), before_main_.end());
        out_ << test.test_suite_name() << '.' << test.name() << ' '
             << (std::clock() - began_) * 1000 / CLOCKS_PER_SEC;
        for (int const mutant : reached) {
            out_ << ' ' << mutant;
        }
        out_ << std::endl;
    }

  private:
    std::ofstream out_;
    std::clock_t began_ = 0;
    std::set<int> before_main_;
    std::set<int> before_tests_;
};

} // namespace

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    if (auto const* const path = std::getenv("ACCRUE_REACHED")) {
        testing::UnitTest::GetInstance()->listeners().Append(new reached_places(path));
    }
    return RUN_ALL_TESTS();
}
