// One set of trials, every usual model side by side: does the conclusion depend on the choice?
//
// Data: tuberculosis in 13 trials of the BCG vaccine, vaccinated against not, from Colditz et al. 1994 (JAMA
// 271:698-702, doi:10.1001/jama.1994.03510330076038). Counts of cases are facts, which nobody owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

int main() {
    using namespace accrue;
    auto const trials = std::vector<two_arms<events>>{
        {{4, 123}, {11, 139}},       {{6, 306}, {29, 303}},        {{3, 231}, {11, 220}},
        {{62, 13598}, {248, 12867}}, {{33, 5069}, {47, 5808}},     {{180, 1541}, {372, 1451}},
        {{8, 2545}, {10, 629}},      {{505, 88391}, {499, 88391}}, {{29, 7499}, {45, 7277}},
        {{17, 1716}, {65, 1665}},    {{186, 50634}, {141, 27338}}, {{5, 2498}, {3, 2341}},
        {{27, 16913}, {29, 17854}},
    };
    auto const measure = log_risk_ratio{};
    auto const estimates = effects(measure, trials);

    auto plot = forest_plot{.title = "The same 13 trials by every model",
                            .effect_name = "Risk ratio (95 % CI)",
                            .axis_name = "Risk ratio",
                            .favours_lower = "favours vaccination",
                            .favours_higher = "favours none",
                            .no_effect = 1,
                            .logarithmic = true,
                            .columns = {"tau²"}};
    auto const show = [&](std::string const& name, auto const& model, auto const& data) {
        auto const result = pool(model, data);
        auto const effect = measure.back_transform(result.effect);
        auto const ci = measure.back_transform(confidence_interval(result, 0.95));
        char spread[16];
        std::snprintf(spread, sizeof spread, "%.3f", result.tau_squared);
        std::printf("%-38s %.3f (%.3f to %.3f)  tau2 %s\n", name.c_str(), effect, ci.lower, ci.upper, spread);
        plot.studies.push_back({.name = name, .effect = effect, .interval = ci, .cells = {spread}});
    };

    show("Common effect", common_effect{}, estimates);
    show("Mantel-Haenszel", mantel_haenszel{measure}, trials);
    show("DerSimonian-Laird", random_effects{dersimonian_laird{}, wald{}}, estimates);
    show("Paule-Mandel", random_effects{paule_mandel{}, wald{}}, estimates);
    show("Hedges-Olkin", random_effects{hedges_olkin{}, wald{}}, estimates);
    show("Sidik-Jonkman", random_effects{sidik_jonkman{}, wald{}}, estimates);
    show("Maximum likelihood", random_effects{maximum_likelihood{}, wald{}}, estimates);
    show("REML", random_effects{reml{}, wald{}}, estimates);
    show("REML, t distribution", random_effects{reml{}, wald_t{}}, estimates);
    show("REML, Hartung-Knapp", random_effects{reml{}, hartung_knapp{}}, estimates);
    show("REML, Kenward-Roger", random_effects{reml{}, kenward_roger{}}, estimates);
    show("Henmi-Copas", henmi_copas{}, estimates);

    // A Bayesian model has a posterior where the others have an interval.
    auto const after = bayesian_random_effects{.heterogeneity = half_normal{0.5}}(estimates).mean();
    std::printf("%-38s %.3f (%.3f to %.3f)\n", "Bayes, half-normal(0.5) prior of tau",
                measure.back_transform(after.quantile(0.5)), measure.back_transform(after.quantile(0.025)),
                measure.back_transform(after.quantile(0.975)));
    std::ofstream("models.svg") << svg(plot);
}
