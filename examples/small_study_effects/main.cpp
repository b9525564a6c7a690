// Do small studies say something else than large ones? Tests, a funnel, and estimates that allow for it.
//
// Data: deaths in 16 trials of magnesium in myocardial infarction, from Egger, Davey Smith & Altman 2001,
// Systematic Reviews in Health Care, BMJ Books. Facts, which nobody owns.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>
#include <accrue/small_study.hpp>

#include <cstdio>
#include <fstream>
#include <vector>

int main() {
    using namespace accrue;
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
    auto const model = random_effects{dersimonian_laird{}, wald{}};

    std::printf("Egger's test p %.4f, Harbord's %.4f, Begg's %.4f\n", egger_test{}(estimates).p_value,
                harbord_test{}(trials).p_value, begg_test{}(estimates).p_value);

    auto const show = [&](char const* const name, pooled const& result) {
        auto const ci = measure.back_transform(confidence_interval(result, 0.95));
        std::printf("%-32s %.2f (%.2f to %.2f)\n", name, measure.back_transform(result.effect), ci.lower,
                    ci.upper);
    };
    show("random effects", pool(model, estimates));
    show("common effect", pool(common_effect{}, estimates)); // nearly ISIS-4 alone
    auto const filled = trim_and_fill{}(model, estimates);
    show("trim and fill", filled.pooled);
    std::printf("  studies filled in: %zu\n", filled.added);
    show("PET-PEESE", pet_peese{}(estimates).pooled);
    show("limit of an endless study", limit_meta_analysis{}(estimates).pooled);

    // Were studies that did not find benefit less likely to be seen?
    auto const selected = selection_model{step_weights{{0.025}}, selects_negative{}}(estimates);
    show("selection model, one step", selected.pooled);
    std::printf("  chance to be seen without significant benefit, relative: %.2f, p %.3f\n",
                selected.weights[1], selected.likelihood_ratio.p_value);

    auto plot = funnel_plot{.title = "Magnesium in myocardial infarction",
                            .effect_name = "Log odds ratio",
                            .studies = estimates,
                            .filled = {filled.filled.begin() + static_cast<std::ptrdiff_t>(estimates.size()),
                                       filled.filled.end()},
                            .effect = pool(model, estimates).effect,
                            .contours = {0.1, 0.05, 0.01}};
    std::ofstream("funnel.svg") << svg(plot);
}
