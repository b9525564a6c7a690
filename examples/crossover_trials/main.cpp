// Crossover trials beside parallel ones: each participant is their own control, so the correlation counts.
//
// Data: made up for this example, pain on a scale of 0 to 100.

#include <accrue/accrue.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
    using namespace accrue;

    // A crossover trial that reports both treatments and the standard deviation of the differences, which
    // tells the correlation that papers leave out.
    auto const r = correlation_from_sd_of_difference(21, 22, 18.5);
    std::printf("correlation of a participant's two measurements: %.3f\n", r);
    auto const first = paired_arms{
        .n = 40, .treatment = {.mean = 41, .sd = 21}, .control = {.mean = 49, .sd = 22}, .correlation = r};

    // One that reports means and SDs alone borrows the correlation. It has no default: a forgotten one does
    // not compile.
    auto second = paired_arms{.n = 26, .treatment = {44, 19}, .control = {50, 20}, .correlation = r};

    // One that reports the paired test, and a parallel trial.
    auto const third = from_p_value(-7.2, reported::two_sided_p{0.03}, 31);
    auto const parallel = two_arms<arm>{{.n = 60, .mean = 42, .sd = 20}, {.n = 58, .mean = 47, .sd = 23}};

    auto const model = random_effects{reml{}, hartung_knapp_floored{}};
    auto const measure = mean_difference{};
    for (double const borrowed : {r, 0.4, 0.8}) {
        second.correlation = borrowed;
        auto const result =
            pool(model, std::vector<estimate>{measure(first), measure(second), third, measure(parallel)});
        auto const ci = confidence_interval(result, 0.95);
        std::printf("second trial by a correlation of %.2f: difference %.2f (%.2f to %.2f)\n", borrowed,
                    result.effect, ci.lower, ci.upper);
    }

    // Taking the arms for independent groups throws the gain of the design away.
    auto const ignored = measure(two_arms<arm>{{40, 41, 21}, {40, 49, 22}});
    std::printf("standard error of the first trial %.2f; as if its arms were other people %.2f\n",
                standard_error(measure(first)), standard_error(ignored));
}
