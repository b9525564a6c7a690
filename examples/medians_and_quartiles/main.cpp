// Trials that report medians: means and standard deviations from quantiles, and what to ask first.
//
// Data: made up for this example, days in hospital.

#include <accrue/accrue.hpp>

#include <cstdio>
#include <vector>

int main() {
    using namespace accrue;

    // What four trials print of treatment and control: means, quartiles, a range, all five numbers.
    auto const quartiles =
        two_arms<quartile_summary>{{.n = 61, .first_quartile = 5, .median = 7, .third_quartile = 10},
                                   {.n = 58, .first_quartile = 6, .median = 8.5, .third_quartile = 11}};
    auto const range = two_arms<range_summary>{{.n = 30, .minimum = 2, .median = 7, .maximum = 13},
                                               {.n = 31, .minimum = 3, .median = 9, .maximum = 15}};
    auto const five = two_arms<five_number_summary>{
        {.n = 120, .minimum = 1, .first_quartile = 5, .median = 7, .third_quartile = 9.5, .maximum = 15},
        {.n = 118, .minimum = 2, .first_quartile = 6, .median = 8, .third_quartile = 10.5, .maximum = 17}};

    auto const as_means = [](char const* const name, auto const& trial) {
        auto const result =
            two_arms<arm>{arm_from_quantiles(trial.treatment), arm_from_quantiles(trial.control)};
        std::printf("%-10s mean %.2f (SD %.2f) against %.2f (SD %.2f), skewed: %s\n", name,
                    result.treatment.mean, result.treatment.sd, result.control.mean, result.control.sd,
                    is_skewed(trial.treatment) || is_skewed(trial.control) ? "yes" : "no");
        return result;
    };
    auto const trials = std::vector<two_arms<arm>>{
        {{.n = 80, .mean = 7.1, .sd = 3.2}, {.n = 82, .mean = 8.4, .sd = 3.6}},
        as_means("quartiles", quartiles),
        as_means("range", range),
        as_means("five", five),
    };
    auto const result =
        pool(random_effects{reml{}, hartung_knapp_floored{}}, effects(mean_difference{}, trials));
    auto const ci = confidence_interval(result, 0.95);
    std::printf("mean difference %.2f days (%.2f to %.2f)\n", result.effect, ci.lower, ci.upper);

    // The formulas are of normal outcomes. Where a group is too skewed for that, its mean tells little.
    auto const intensive_care =
        quartile_summary{.n = 90, .first_quartile = 2, .median = 4, .third_quartile = 14};
    std::printf("a skewed group (2, 4, 14): is_skewed says %s\n", is_skewed(intensive_care) ? "yes" : "no");
}
