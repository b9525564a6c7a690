// accrue's side of three_levels.R: reads lines "cluster effect variance" from the file that is named, and
// prints the three-level fit's effect, variance and variances between and within, and the processor seconds
// of a fit.

#include <accrue/dependence/three_level.hpp>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <vector>

int main(int const count, char** const arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: three_levels_peer FILE\n");
        return 1;
    }
    auto file = std::ifstream(arguments[1]);
    auto estimates = std::vector<accrue::estimate>{};
    auto clusters = std::vector<int>{};
    auto study = accrue::estimate{0, 0};
    for (int cluster = 0; file >> cluster >> study.effect >> study.variance;) {
        estimates.push_back(study);
        clusters.push_back(cluster);
    }
    constexpr int repetitions = 200;
    auto const fit = accrue::three_level{}(estimates, clusters);
    auto const start = std::clock();
    double sum = 0;
    for (int i = 0; i < repetitions; ++i) {
        estimates[0].effect += 1e-12; // no fit is the last one's again
        sum += accrue::three_level{}(estimates, clusters).effect;
    }
    double const seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / repetitions;
    std::printf("%.17g %.17g %.17g %.17g %.6g\n", fit.effect, fit.variance, fit.tau_squared_between,
                fit.tau_squared_within, seconds);
    return sum < 0 || sum >= 0 ? 0 : 1;
}
