// Several effects from one study are no independent evidence: three levels, and variances that are robust.
//
// Data: achievement under modified school calendars, 56 schools in 11 districts, from Konstantopoulos 2011
// (Res Synth Methods 2:61-76, doi:10.1002/jrsm.35). Facts, which nobody owns.

#include <accrue/accrue.hpp>
#include <accrue/dependence.hpp>

#include <cstdio>
#include <vector>

int main() {
    using namespace accrue;
    struct district {
        int number;
        std::vector<estimate> schools; // standardised mean difference, its variance
    };
    auto const districts = std::vector<district>{
        {11, {{-0.18, 0.118}, {-0.22, 0.118}, {0.23, 0.144}, {-0.3, 0.144}}},
        {12, {{0.13, 0.014}, {-0.26, 0.014}, {0.19, 0.015}, {0.32, 0.024}}},
        {18, {{0.45, 0.023}, {0.38, 0.043}, {0.29, 0.012}}},
        {27, {{0.16, 0.02}, {0.65, 0.004}, {0.36, 0.004}, {0.6, 0.007}}},
        {56, {{0.08, 0.019}, {0.04, 0.007}, {0.19, 0.005}, {-0.06, 0.004}}},
        {58,
         {{-0.18, 0.02},
          {0, 0.018},
          {0, 0.019},
          {-0.28, 0.022},
          {-0.04, 0.02},
          {-0.3, 0.021},
          {0.07, 0.006},
          {0, 0.007},
          {0.05, 0.007},
          {-0.08, 0.007},
          {-0.09, 0.007}}},
        {71, {{0.3, 0.015}, {0.98, 0.011}, {1.19, 0.01}}},
        {86,
         {{-0.07, 0.001},
          {-0.05, 0.001},
          {-0.01, 0.001},
          {0.02, 0.001},
          {-0.03, 0.001},
          {0, 0.001},
          {0.01, 0.001},
          {-0.1, 0.001}}},
        {91, {{0.5, 0.01}, {0.66, 0.011}, {0.2, 0.01}, {0, 0.009}, {0.05, 0.013}, {0.07, 0.013}}},
        {108, {{-0.52, 0.031}, {0.7, 0.031}, {-0.03, 0.03}, {0.27, 0.03}, {-0.34, 0.03}}},
        {644, {{0.12, 0.087}, {0.61, 0.082}, {0.04, 0.067}, {-0.05, 0.067}}},
    };
    auto effects_of_schools = std::vector<estimate>{};
    auto clusters = std::vector<int>{};
    for (auto const& each : districts) {
        for (auto const& school : each.schools) {
            effects_of_schools.push_back(school);
            clusters.push_back(each.number);
        }
    }
    auto const show = [](char const* const name, auto const& result) {
        auto const ci = confidence_interval(result, 0.95);
        std::printf("%-46s %.3f (%.3f to %.3f), p %.3f\n", name, result.effect, ci.lower, ci.upper,
                    p_value(result));
    };

    // As if the schools of a district had nothing in common.
    show("independent effects", pool(random_effects{reml{}, wald{}}, effects_of_schools));

    // Districts differ, and so do the schools of each.
    auto const fit = three_level{reml{}, satterthwaite{}}(effects_of_schools, clusters);
    show("three levels", fit);
    auto const share = i_squared_by_level(fit);
    std::printf("  tau2 between districts %.4f, within %.4f; I2 %.0f %% and %.0f %%\n",
                fit.tau_squared_between, fit.tau_squared_within, 100 * share.between, 100 * share.within);

    // The same weights, with a variance that holds whatever the dependence within districts is.
    show("three levels, cluster-robust (CR2)", cluster_robust(fit, clusters, cr2{}));
    auto const simple = pool(random_effects{reml{}, wald{}}, effects_of_schools);
    show("independent effects, cluster-robust (CR2)",
         cluster_robust(simple, effects_of_schools, clusters, cr2{}));
}
