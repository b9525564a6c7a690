// Rare events: what is added to empty cells decides more than the data do. Models that add nothing.
//
// Data: the 8 trials are made up for this example: a severe side effect, two trials without any.

#include <accrue/accrue.hpp>
#include <accrue/rare_events.hpp>

#include <cstdio>
#include <vector>

int main() {
    using namespace accrue;
    auto const trials = std::vector<two_arms<events>>{
        {{3, 520}, {1, 260}}, {{0, 210}, {0, 104}}, {{2, 433}, {0, 216}}, {{5, 1021}, {1, 1019}},
        {{1, 150}, {0, 152}}, {{0, 95}, {0, 96}},   {{4, 610}, {2, 604}}, {{2, 340}, {1, 338}}};
    auto const show = [](char const* const name, pooled const& result) {
        auto const back = log_odds_ratio{};
        auto const ci = back.back_transform(confidence_interval(result, 0.95));
        std::printf("%-44s %.2f (%.2f to %.2f), p %.3f, studies %zu\n", name,
                    back.back_transform(result.effect), ci.lower, ci.upper, p_value(result), result.k);
    };

    // Corrections: a constant, one by the sizes of the arms, one by the other trials; without the two trials
    // that say nothing of an odds ratio.
    auto const model = random_effects{reml{}, wald{}};
    auto const corrected = [&](auto const& correction) {
        return pool(model, effects(log_odds_ratio{zero_cell_policy{correction, studies_with_a_zero{},
                                                                   drop_double_zeros{}}},
                                   trials));
    };
    show("0.5 to cells of trials with a zero", corrected(constant_correction{0.5}));
    show("0.01 to them", corrected(constant_correction{0.01}));
    show("by the sizes of the arms", corrected(treatment_arm_correction{}));
    show("by the odds ratio of the other trials", corrected(empirical_correction{}));
    show("0.5, trials without events kept", pool(model, effects(log_odds_ratio{}, trials)));

    // Nothing added.
    show("Mantel-Haenszel", pool(mantel_haenszel{log_odds_ratio{}}, trials));
    show("Peto", pool(peto{}, trials));
    show("conditional likelihood, one odds ratio", pool(exact_odds_ratio{}, trials));
    show("binomial-normal, exact conditional", pool(binomial_normal{conditional_exact{}}, trials));
    show("beta-binomial", pool(beta_binomial{}, trials));
    auto const exact = log_odds_ratio{}.back_transform(exact_interval(mid_p_tails{}, trials, 0.95));
    std::printf("%-44s      (%.2f to %.2f), p %.3f\n", "exact interval and p-value, mid-p", exact.lower,
                exact.upper, tailed_p_value(mid_p_tails{}, trials));
}
