// A living review: trials come in, each update continues the plan, and says when there is enough.
//
// Data: deaths under streptokinase after a heart attack in 33 trials, 1959 to 1988, from Lau et al. 1992 (N
// Engl J Med 327:248-254, doi:10.1056/NEJM199207233270406). Counts of deaths are facts, which nobody owns.
// An update is a year here; with a month an update nothing changes.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

struct report {
    int year;
    char const* name;
    accrue::two_arms<accrue::events> counts;
};

int main() {
    using namespace accrue;
    auto const reports = std::vector<report>{
        {1959, "Fletcher", {{1, 12}, {4, 11}}},         {1963, "Dewar", {{4, 21}, {7, 21}}},
        {1969, "European 1", {{20, 83}, {15, 84}}},     {1971, "European 2", {{69, 373}, {94, 357}}},
        {1971, "Heikinheimo", {{22, 219}, {17, 207}}},  {1971, "Italian", {{19, 164}, {18, 157}}},
        {1973, "Australian 1", {{26, 264}, {32, 253}}}, {1973, "Frankfurt 2", {{13, 102}, {29, 104}}},
        {1974, "NHLBI SMIT", {{7, 53}, {3, 54}}},       {1975, "Frank", {{6, 55}, {6, 53}}},
        {1975, "Valere", {{11, 49}, {9, 42}}},          {1976, "Klein", {{4, 14}, {1, 9}}},
        {1976, "UK Collab", {{38, 302}, {40, 293}}},    {1977, "Austrian", {{37, 352}, {65, 376}}},
        {1977, "Australian 2", {{25, 123}, {31, 107}}}, {1977, "Lasierra", {{1, 13}, {3, 11}}},
        {1977, "N Ger Collab", {{63, 249}, {51, 234}}}, {1977, "Witchitz", {{5, 32}, {5, 26}}},
        {1979, "European 3", {{18, 156}, {30, 159}}},   {1986, "ISAM", {{54, 859}, {63, 882}}},
        {1986, "GISSI-1", {{628, 5860}, {758, 5852}}},  {1986, "Olson", {{1, 28}, {2, 24}}},
        {1986, "Baroffio", {{0, 29}, {6, 30}}},         {1986, "Schreiber", {{1, 19}, {3, 19}}},
        {1986, "Cribier", {{1, 21}, {1, 23}}},          {1986, "Sainsous", {{3, 49}, {6, 49}}},
        {1987, "Durand", {{3, 35}, {4, 29}}},           {1987, "White", {{2, 107}, {12, 112}}},
        {1987, "Bassand", {{4, 52}, {7, 55}}},          {1988, "Vlay", {{1, 13}, {2, 12}}},
        {1988, "Kennedy", {{12, 191}, {17, 177}}},      {1988, "ISIS-2", {{791, 8592}, {1029, 8595}}},
        {1988, "Wisenberg", {{2, 41}, {5, 25}}},
    };
    auto const measure = log_odds_ratio{};
    auto const target = odds_ratio_target{.control_risk = 0.15, .ratio = 0.8};
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};
    auto const size_at = [&](double const diversity) {
        return required_information_size(target, two_sided{0.05}, 0.9, diversity_adjustment{diversity});
    };
    auto design = sequential_design{.error = two_sided{0.05},
                                    .power = 0.9,
                                    .spending = lan_demets_obrien_fleming{},
                                    .information = size_at(0),
                                    .boundaries = simulated_monitoring{.replicates = 10000}};

    auto names = std::vector<std::string>{};
    auto estimates = std::vector<estimate>{};
    auto participants = std::vector<double>{};
    auto looks = std::vector<std::size_t>{}; // after how many trials there was an update
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto const& [year, name, counts] = reports[i];
        names.push_back(std::string(name) + " " + std::to_string(year));
        estimates.push_back(measure(counts));
        participants.push_back(counts.treatment.total + counts.control.total);
        bool const year_ends = i + 1 == reports.size() || reports[i + 1].year != year;
        if (!year_ends || estimates.size() < 2) {
            continue; // the next report is of this year too; one trial is no review
        }
        looks.push_back(estimates.size());
        auto const tsa =
            trial_sequential_analysis(model, design, estimates, participants, after_trials{looks});
        auto const& look = tsa.last_look();
        auto const ci = measure.back_transform(confidence_interval(look.cumulative, 0.95));
        std::printf("%d: %2zu trials, %5.0f of %5.0f, odds ratio %.2f (%.2f to %.2f), Z %5.2f, %s\n", year,
                    look.trials, look.information, tsa.information.required,
                    measure.back_transform(look.cumulative.effect), ci.lower, ci.upper, look.z,
                    std::string(to_string(tsa.conclusion)).c_str());
        if (tsa.concluded_at) {
            std::puts(result_sentence(tsa).c_str());
            auto plot = plot_of(names, tsa);
            plot.title = "Streptokinase: a review that is updated each year";
            plot.favours_negative = "favours streptokinase";
            std::ofstream("monitoring.svg") << svg(plot);
            break;
        }
        // The trials turn out to differ more, or less: the plan goes on with another size.
        design = continued(tsa, size_at(diversity(estimates, model)));
    }
}
