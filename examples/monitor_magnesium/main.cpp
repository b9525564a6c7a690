// Magnesium after a heart attack: small trials together were "significant", until a large one was not. Would
// monitoring have warned?
//
// Data: deaths in 16 trials, from Egger, Davey Smith & Altman 2001, Systematic Reviews in Health Care, BMJ
// Books; the last is ISIS-4 (1995, Lancet 345:669-685). Counts of deaths are facts, which nobody owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

int main() {
    using namespace accrue;
    auto const names =
        std::vector<std::string>{"Morton 1984",    "Rasmussen 1986", "Smith 1986",        "Abraham 1987",
                                 "Feldstedt 1988", "Shechter 1989",  "Ceremuzynski 1989", "Bertschat 1989",
                                 "Singh 1990",     "Pereira 1990",   "Shechter 1991",     "Golf 1991",
                                 "Thogersen 1991", "LIMIT-2 1992",   "Shechter 1995",     "ISIS-4 1995"};
    auto const trials = std::vector<two_arms<events>>{{{1, 40}, {2, 36}},    {{9, 135}, {23, 135}},
                                                      {{2, 200}, {7, 200}},  {{1, 48}, {1, 46}},
                                                      {{10, 150}, {8, 148}}, {{1, 59}, {9, 56}},
                                                      {{1, 25}, {3, 23}},    {{0, 22}, {1, 21}},
                                                      {{6, 76}, {11, 75}},   {{1, 27}, {7, 27}},
                                                      {{2, 89}, {12, 80}},   {{5, 23}, {13, 33}},
                                                      {{4, 130}, {8, 122}},  {{90, 1159}, {118, 1157}},
                                                      {{4, 107}, {17, 108}}, {{2216, 29011}, {2103, 29039}}};
    auto const measure = log_odds_ratio{};
    auto const estimates = effects(measure, trials);
    auto participants = std::vector<double>{};
    for (auto const& trial : trials) {
        participants.push_back(trial.treatment.total + trial.control.total);
    }

    // Enough to tell a fifth fewer deaths from 8 %, if the trials agree as badly as they do (D²) before
    // ISIS-4.
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};
    auto const before = std::vector(estimates.begin(), estimates.end() - 1);
    auto const size =
        required_information_size(odds_ratio_target{.control_risk = 0.08, .ratio = 0.8}, two_sided{0.05}, 0.9,
                                  diversity_adjustment{diversity(before, model)});
    auto const design = sequential_design{.error = two_sided{0.05},
                                          .power = 0.9,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = size,
                                          .boundaries = simulated_monitoring{}};
    auto const tsa =
        trial_sequential_analysis(model, design, estimates, participants, every_trial{.first = 2});

    std::size_t warned = 0; // looks that a single test would have called significant, and monitoring did not
    std::puts("after                 participants  odds ratio (95 % CI)       Z   boundary");
    for (auto const& look : tsa.looks) {
        auto const ci = measure.back_transform(confidence_interval(look.cumulative, 0.95));
        std::printf("%-20s %8.0f of %.0f  %.2f (%.2f to %.2f)  %6.2f  %s\n", names[look.trials - 1].c_str(),
                    look.information, tsa.information.required,
                    measure.back_transform(look.cumulative.effect), ci.lower, ci.upper, look.z,
                    std::isfinite(look.lower_boundary)
                        ? std::to_string(look.lower_boundary).substr(0, 5).c_str()
                        : "none yet");
        warned += look.z < -1.96 && look.decision == conclusion::insufficient ? 1 : 0;
    }
    std::printf("%zu looks beyond 1.96 and within the boundary: not yet, said monitoring\n", warned);
    std::puts(result_sentence(tsa).c_str());

    auto plot = plot_of(names, tsa);
    plot.title = "Magnesium in myocardial infarction: deaths";
    plot.favours_negative = "favours magnesium";
    plot.favours_positive = "favours control";
    std::ofstream("monitoring.svg") << svg(plot);
}
