// Prints, to the last bit, what meets each part of the library that the compiled variant holds. Built by the
// headers alone and with accrue::compiled it must print the same.

#include <accrue/accrue.hpp>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace accrue;

void print(char const* const what, double const value) {
    std::printf("%s %a\n", what, value);
}

void print(char const* const what, interval const& value) {
    print(what, value.lower);
    print(what, value.upper);
}

template <class Model>
void print_model(char const* const what, Model const& model, std::vector<estimate> const& estimates) {
    auto const result = pool(model, estimates);
    print(what, result.effect);
    print(what, result.variance);
    print(what, result.tau_squared);
    print(what, p_value(result));
    print(what, log_p_value(result));
    print(what, confidence_interval(result, 0.95));
}

template <class Spending>
void print_spending(char const* const what, Spending const& spending) {
    for (double const bound : boundaries(two_sided{0.05}, spending, std::vector{0.2, 0.45, 0.7, 0.71, 1.0})) {
        print(what, bound);
    }
}

} // namespace

int main() {
    auto const trials = std::vector<two_arms<events>>{{{4, 123}, {11, 139}},    {{6, 306}, {29, 303}},
                                                      {{3, 231}, {11, 220}},    {{62, 13598}, {248, 12867}},
                                                      {{33, 5069}, {47, 5808}}, {{0, 1541}, {3, 1451}}};
    auto const estimates = effects(log_odds_ratio{}, trials);

    print_model("common effect", common_effect{}, estimates);
    print_model("REML", random_effects{reml{}}, estimates);
    print_model("REML, Hartung-Knapp", random_effects{reml{}, hartung_knapp{}}, estimates);
    print_model("ML, Kenward-Roger", random_effects{maximum_likelihood{}, kenward_roger{}}, estimates);
    print_model("DerSimonian-Laird", random_effects{dersimonian_laird{}, hartung_knapp_floored{}}, estimates);
    print_model("Paule-Mandel", random_effects{paule_mandel{}}, estimates);
    print("Henmi-Copas", confidence_interval(pool(henmi_copas{}, estimates), 0.95));
    print("Q profile", tau_squared_interval(q_profile{}, estimates, 0.95).upper);
    print("profile likelihood", tau_squared_interval(profile_likelihood<>{}, estimates, 0.95).upper);
    print("Q", heterogeneity(estimates).p_value);
    print("REML likelihood", restricted_log_likelihood(estimates, 0.1));
    print("ML likelihood", log_likelihood(estimates, 0.1));
    try {
        static_cast<void>(pool(random_effects{}, std::vector<estimate>{{1, 1}, {0, -1}}));
    } catch (invalid_input const& error) {
        std::puts(error.what());
    }

    for (double const x : {-3.0, -0.2, 0.4, 1.9, 7.5, 40.0}) {
        print("normal", normal::survival(x));
        print("t", student_t{3.5}.survival(x));
        print("log t", student_t{3.5}.log_survival(x * 1e90));
        print("chi squared", chi_squared{4}.survival(x));
        print("F", fisher_f{3, 11.5}.survival(x < 0 ? -x : x));
    }
    for (double const p : {1e-300, 0.025, 0.4, 0.9}) {
        print("normal quantile", normal::upper_quantile(p));
        print("t quantile", student_t{3.5}.upper_quantile(p));
        print("chi squared quantile", chi_squared{4}.upper_quantile(p));
        print("chi squared quantile", chi_squared{4}.quantile(p));
    }

    print("exact", clopper_pearson{}(events{3, 40}, 0.95));
    print("mid-p", mid_p_interval{}(events{3, 40}, 0.95));
    print("odds ratio", exact_interval(exact_tails{}, trials, 0.95));

    print_spending("O'Brien-Fleming", lan_demets_obrien_fleming{});
    print_spending("t", student_t_spending{-0.9, 1.4, {.degrees_of_freedom = 4}});
    print_spending("beta", beta_distribution_spending{2, 1.5});
    print_spending("Xi-Gallo", xi_gallo{0.7});
    auto const shape = optimum_wang_tsiatis(two_sided{0.05}, 0.9, std::vector{0.5, 1.0});
    print("Wang-Tsiatis", shape.relative_expectation);
    print("Robbins", narrowest_at(50));
    auto const next = next_trials{.unit_variance = 4, .tau_squared = 0.02, .trials = 3};
    print("next trials",
          next_trials_for_power(pool(random_effects{}, estimates), next, -0.6, two_sided{0.05}, 0.8)
              .participants);
    auto const sequence =
        anytime_analysis(symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.02}, estimates);
    print("e-process", sequence.looks.back().log_e_value);

    auto const posterior = bayesian_random_effects{flat_prior{}, half_student_t{4, 0.5}}(estimates);
    print("posterior", posterior.mean().mean());
    auto const selected = selection_model{step_weights{{0.025}}, selects_negative{}}(estimates);
    print("selection", selected.pooled.effect);
}
