// Two units compiled for different processors give the same results in one program, but for rounding.

#include "results.hpp"

#include <cmath>
#include <cstddef>
#include <cstdio>

int main() {
    auto const plain = plain_results();
    auto const special = special_results();
    int failures = plain.size() == special.size() && !plain.empty() ? 0 : 1;
    for (std::size_t i = 0; i < plain.size() && i < special.size(); ++i) {
        if (!(std::abs(plain[i] - special[i]) <= 1e-11 * std::abs(plain[i]))) {
            std::printf("result %zu: %.17g and %.17g\n", i, plain[i], special[i]);
            ++failures;
        }
    }
    return failures == 0 ? 0 : 1;
}
