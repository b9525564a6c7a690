// Prints what packs of numbers compute, to the last bit: built with the compiler's vectors and without them
// (as by a compiler that has none) it must print the same.

#include <accrue/batch/pool_each.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace {

double effect_of(std::size_t const i) {
    return std::sin(static_cast<double>(i));
}
double variance_of(std::size_t const i) {
    return 0.01 + 0.2 * std::abs(std::cos(3.0 * static_cast<double>(i)));
}

} // namespace

int main() {
    using namespace accrue;
    for (std::size_t const k : {2U, 3U, 4U, 7U, 13U, 300U, 1001U}) {
        auto studies = std::vector<estimate>{};
        for (std::size_t i = 0; i < k; ++i) {
            studies.push_back({effect_of(i), variance_of(i)});
        }
        auto const reml_fit = pool(random_effects{}, studies);
        auto const moments = pool(random_effects{dersimonian_laird{}, hartung_knapp{}}, studies);
        std::printf("%a %a %a %a %a %a\n", reml_fit.effect, reml_fit.variance, reml_fit.tau_squared,
                    moments.effect, moments.variance, pool(common_effect{}, studies).effect);
    }
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    for (std::size_t i = 0; i < 180; ++i) {
        effects.push_back(effect_of(i));
        variances.push_back(variance_of(i));
    }
    auto const results =
        pool_each(random_effects{}, study_matrix{.effects = effects, .variances = variances, .studies = 9});
    for (double const effect : results.effect) {
        std::printf("%a\n", effect);
    }
}
