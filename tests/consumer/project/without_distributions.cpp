#include <accrue/estimate.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>

#include <vector>

double mean_of_two_equally_precise_effects();

double mean_of_two_equally_precise_effects() {
    auto const estimates =
        std::vector<accrue::estimate>{{.effect = 1, .variance = 2}, {.effect = 3, .variance = 2}};
    return accrue::pool(accrue::common_effect{}, estimates).effect;
}
