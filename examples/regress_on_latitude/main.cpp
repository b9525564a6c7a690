// Does the vaccine protect better far from the equator? A meta-regression and its bubble plot.
//
// Data: the 13 trials of BCG of Colditz et al. 1994 (JAMA 271:698-702,
// doi:10.1001/jama.1994.03510330076038), with the absolute latitude of each in degrees. Facts, which nobody
// owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>
#include <accrue/regression.hpp>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

int main() {
    using namespace accrue;
    auto const names = std::vector<std::string>{
        "Aronson 1948",        "Ferguson 1949",  "Rosenthal 1960",       "Hart 1977",
        "Frimodt-Moller 1973", "Stein 1953",     "Vandiviere 1973",      "Madras 1980",
        "Coetzee 1968",        "Rosenthal 1961", "Comstock et al. 1974", "Comstock & Webster 1969",
        "Comstock et al. 1976"};
    auto const trials = std::vector<two_arms<events>>{
        {{4, 123}, {11, 139}},       {{6, 306}, {29, 303}},        {{3, 231}, {11, 220}},
        {{62, 13598}, {248, 12867}}, {{33, 5069}, {47, 5808}},     {{180, 1541}, {372, 1451}},
        {{8, 2545}, {10, 629}},      {{505, 88391}, {499, 88391}}, {{29, 7499}, {45, 7277}},
        {{17, 1716}, {65, 1665}},    {{186, 50634}, {141, 27338}}, {{5, 2498}, {3, 2341}},
        {{27, 16913}, {29, 17854}},
    };
    auto const latitude = std::vector<double>{44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33};

    auto const measure = log_risk_ratio{};
    auto const estimates = effects(measure, trials);
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto const given = moderators{}.with("latitude", latitude);
    auto const fit = meta_regression(model, estimates, given);
    auto const intervals = confidence_intervals(fit, 0.95);
    auto const tests = p_values(fit);
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        std::printf("%-10s %8.4f (%.4f to %.4f), p %.4f\n", fit.names[j].c_str(), fit.coefficients[j],
                    intervals[j].lower, intervals[j].upper, tests[j]);
    }
    auto const before = pool(model, estimates).tau_squared;
    std::printf("tau2 falls from %.4f to %.4f: latitude explains %.0f %% of the heterogeneity\n", before,
                fit.tau_squared, 100 * (1 - fit.tau_squared / before));

    for (double const at : {15.0, 30.0, 45.0}) {
        auto const there = predict(fit, {at}, 0.95);
        auto const ci = measure.back_transform(there.confidence);
        std::printf("at %2.0f degrees: risk ratio %.2f (%.2f to %.2f)\n", at,
                    measure.back_transform(there.effect), ci.lower, ci.upper);
    }
    std::puts("A difference between places is no experiment: latitude stands for much else.");

    auto plot = plot_of(names, fit, estimates, given, "latitude");
    plot.title = "BCG vaccine by latitude";
    plot.moderator_name = "Absolute latitude, degrees";
    plot.effect_name = "Log risk ratio";
    std::ofstream("latitude.svg") << svg(plot);
}
