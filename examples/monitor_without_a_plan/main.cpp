// Monitoring that never has to plan: no size, no schedule, no tau². Look whenever a trial comes in, as often
// as you like, and start another because of what you saw.
//
// Data: tuberculosis in 13 trials of the BCG vaccine in the order of their years, from Colditz et al. 1994
// (JAMA 271:698-702, doi:10.1001/jama.1994.03510330076038). Facts, which nobody owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

int main() {
    using namespace accrue;
    auto const names = std::vector<std::string>{"Aronson 1948",
                                                "Ferguson 1949",
                                                "Stein 1953",
                                                "Rosenthal 1960",
                                                "Rosenthal 1961",
                                                "Coetzee 1968",
                                                "Comstock & Webster 1969",
                                                "Frimodt-Moller 1973",
                                                "Vandiviere 1973",
                                                "Comstock 1974",
                                                "Comstock 1976",
                                                "Hart 1977",
                                                "Madras 1980"};
    auto const trials = std::vector<two_arms<events>>{
        {{4, 123}, {11, 139}},        {{6, 306}, {29, 303}},      {{180, 1541}, {372, 1451}},
        {{3, 231}, {11, 220}},        {{17, 1716}, {65, 1665}},   {{29, 7499}, {45, 7277}},
        {{5, 2498}, {3, 2341}},       {{33, 5069}, {47, 5808}},   {{8, 2545}, {10, 629}},
        {{186, 50634}, {141, 27338}}, {{27, 16913}, {29, 17854}}, {{62, 13598}, {248, 12867}},
        {{505, 88391}, {499, 88391}}};
    auto const measure = log_risk_ratio{};
    auto const estimates = effects(measure, trials);

    // A bet against "no effect on average". It needs to know what effect would matter (a fifth fewer cases)
    // and a first guess of the heterogeneity; both affect how soon it finds something, never its error.
    auto const process = symmetric_e_process{.smallest_effect = -std::log(0.8), .initial_tau_squared = 0.1};
    auto const series = anytime_analysis(process, estimates);
    std::puts("after                    e-value  p-value  risk ratio, 95 % at all times");
    for (std::size_t i = 0; i < series.looks.size(); ++i) {
        auto const& look = series.looks[i];
        auto const limits = measure.back_transform(look.interval);
        std::printf("%-24s %7.2f  %7.4f  %.2f to %.2f\n", names[i].c_str(), std::exp(look.log_e_value),
                    look.p_value, limits.lower, limits.upper);
    }
    std::puts(result_sentence(series).c_str());

    auto plot = plot_of(names, series);
    plot.title = "BCG vaccine: the wealth of a bet against no effect";
    std::ofstream("e-process.svg") << svg(plot);
}
