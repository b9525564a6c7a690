#include <accrue/accrue.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

#if defined(EXPECT_BOOST_OF_THE_PROJECT) != defined(BOOST_OF_THE_PROJECT)
#error "accrue took another Boost than the one that the project brought"
#endif

double mean_of_two_equally_precise_effects();

int main() {
    // Two effects of 1 and 3 with variance 2: pooled 2 with variance 1, so the interval is 2 -+ 1.96.
    auto const estimates =
        std::vector<accrue::estimate>{{.effect = 1, .variance = 2}, {.effect = 3, .variance = 2}};
    auto const summary = accrue::pool(accrue::common_effect{}, estimates);
    auto const interval = accrue::confidence_interval(summary, 0.95);
    std::printf("%g (%g, %g)\n", summary.effect, interval.lower, interval.upper);
    auto const right = std::abs(interval.upper - 3.959963984540054) < 1e-12 &&
                       std::abs(mean_of_two_equally_precise_effects() - 2) < 1e-12;
    return right ? 0 : 1;
}
