// A forest plot with groups, columns of data and a prediction interval.
//
// Data: coronary death or myocardial infarction under intensive and moderate statins in four trials, from
// Cannon et al. 2006 (J Am Coll Cardiol 48:438-445, doi:10.1016/j.jacc.2006.04.070). Facts, which nobody
// owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

int main() {
    using namespace accrue;
    auto const names = std::vector<std::string>{"PROVE IT", "A to Z", "TNT", "IDEAL"};
    auto const trials = std::vector<two_arms<events>>{{{147, 2099}, {172, 2063}},
                                                      {{205, 2265}, {235, 2232}},
                                                      {{334, 4995}, {418, 5006}},
                                                      {{411, 4439}, {463, 4449}}};
    auto const measure = log_odds_ratio{};
    auto const estimates = effects(measure, trials);
    auto const model = random_effects{reml{}, hartung_knapp_floored{}};
    auto const result = pool(model, estimates);
    auto const ci = measure.back_transform(confidence_interval(result, 0.95));
    std::printf("odds ratio %.3f (%.3f to %.3f), tau2 %.4f\n", measure.back_transform(result.effect),
                ci.lower, ci.upper, result.tau_squared);

    // `plot_of` fills rows, diamond, prediction interval and the line on heterogeneity.
    auto plot = plot_of(measure, names, model, estimates);
    plot.title = "Intensive against moderate statins";
    plot.effect_name = "Odds ratio (95 % CI)";
    plot.axis_name = "Odds ratio of coronary death or myocardial infarction";
    plot.favours_lower = "favours intensive";
    plot.favours_higher = "favours moderate";

    // Columns of one's own: a head, and a text for each row.
    plot.columns = {"Intensive", "Moderate"};
    auto const text = [](events const& group) {
        return std::to_string(static_cast<int>(group.count)) + "/" +
               std::to_string(static_cast<int>(group.total));
    };
    for (std::size_t i = 0; i < trials.size(); ++i) {
        plot.studies[i].cells = {text(trials[i].treatment), text(trials[i].control)};
    }

    // Groups: each its rows, its own diamond and a line of text.
    auto const groups =
        std::vector<std::vector<estimate>>{{estimates[0], estimates[1]}, {estimates[2], estimates[3]}};
    auto const apart = subgroups(model, groups);
    auto const heads = std::vector<std::string>{"After an acute coronary syndrome", "Stable disease"};
    for (std::size_t g = 0; g < groups.size(); ++g) {
        auto const& pooled_group = apart.groups[g];
        auto const limits = measure.back_transform(confidence_interval(pooled_group, 0.95));
        plot.groups.push_back(
            {.name = heads[g],
             .studies = {plot.studies[2 * g], plot.studies[2 * g + 1]},
             .summaries = {{"Pooled", measure.back_transform(pooled_group.effect), limits}}});
        std::printf("%s: %.3f (%.3f to %.3f)\n", heads[g].c_str(),
                    measure.back_transform(pooled_group.effect), limits.lower, limits.upper);
    }
    plot.studies.clear();
    std::printf("Do the groups differ? Q %.2f, p %.2f\n", apart.q_between, apart.p_value);
    std::ofstream("forest.svg") << svg(plot);
    std::ofstream("forest-dark.svg") << svg(plot, canvas{.colours = dark_theme});
}
