// Asymmetry, selection and what corrects for them, in double and at 50 digits.

#include "accuracy/search.hpp"
#include "accuracy/studies.hpp"
#include <accrue/model.hpp>
#include <accrue/small_study.hpp>
#include <accrue/tau_squared.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

template <class Real>
void compute(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const estimates = as_estimates(numbers);
    auto restricted = reml{};
    if constexpr (is_exact<Real>) {
        restricted.tolerance = 1e-35;
    }
    auto const line = [&](std::string const& name, auto const& result) {
        out(name + ", slope", result.slope);
        out(name + ", statistic", result.statistic);
        out(name + ", p", result.p_value);
        out.pooled(name + ", intercept", result.intercept);
    };
    line("Egger's test", egger_test{}(estimates));
    line("Egger's test, unit dispersion", egger_test{by_standard_error{}, unit_dispersion{}}(estimates));
    line("Egger's test, DerSimonian-Laird",
         egger_test{by_standard_error{}, additive_dispersion{dersimonian_laird{}}}(estimates));
    auto const ranks = begg_test{}(estimates);
    out("Begg's test, tau", ranks.tau);
    out("Begg's test, p", ranks.p_value);
    out("Rosenthal's fail-safe N", fail_safe_n(rosenthal{}, estimates).n);
    out("Orwin's fail-safe N", fail_safe_n(orwin{}, estimates).n);
    out("Rosenberg's fail-safe N", fail_safe_n(rosenberg{}, estimates).n);
    auto const limit = limit_meta_analysis{restricted}(estimates);
    out.pooled("limit meta-analysis", limit.pooled);
    out("limit meta-analysis, bias", limit.bias);
    out("limit meta-analysis, Q of small studies", limit.q_small_study);
    out("limit meta-analysis, residual Q", limit.q_residual);
    auto const excess = excess_significance{}(estimates);
    out("excess significance, expected", excess.expected);
    out("excess significance, statistic", excess.statistic);
    auto const curve = p_curve{}(estimates);
    out("p curve, right skew", curve.right_skew.statistic);
    out.pooled("trim and fill", trim_and_fill{}(common_effect{}, estimates).pooled);
}

// p-uniform*: log L = sum [log phi(y; mean, v + tau²) - log P(region)], with P(significant) = Phi((mean - z
// sqrt(v)) / sqrt(v + tau²)), by a formula of its own.
exact conditional_log_likelihood(std::vector<basic_estimate<exact>> const& studies, exact const& mean,
                                 exact const& tau_squared) {
    exact const z = upper_quantile(exact(0.025));
    exact total(0);
    for (auto const& study : studies) {
        exact const variance = study.variance + tau_squared;
        exact const away = study.effect - mean;
        exact const edge = (z * sqrt(study.variance) - mean) / sqrt(variance);
        bool const significant = study.effect >= z * sqrt(study.variance);
        total -= (log(exact(2 * pi() * variance)) + away * away / variance) / 2 +
                 log(upper_tail(significant ? edge : exact(-edge)));
    }
    return total;
}

// Its largest value over tau² >= 0 and, unless it is given, the mean, beside what the library found.
maximum conditional_maximum(std::vector<basic_estimate<exact>> const& studies, double const mean,
                            double const tau_squared, bool const has_mean) {
    auto start = std::vector<exact>{};
    if (!has_mean) {
        start.push_back(exact(mean));
    }
    bool const has_tau = tau_squared > 0;
    if (has_tau) {
        start.push_back(exact(tau_squared));
    }
    auto const value = [&](std::vector<exact> const& x) {
        return conditional_log_likelihood(studies, has_mean ? exact(mean) : x.front(),
                                          has_tau ? x.back() : exact(0));
    };
    return start.empty() ? maximum{{}, value(start), {}}
                         : maximum_beside(start, std::vector<exact>(start.size(), exact(0.1)), value);
}

void compare_p_uniform_star(accuracy_table& table, accuracy_case const& input) {
    auto fit = basic_p_uniform_star_result<double>{};
    table.compare(
        input,
        [&](std::span<double const> const numbers, statistics<double>& out) {
            fit = p_uniform_star{}(as_estimates(numbers));
            bool const is_ok = fit.status == status::ok;
            double const none = std::nan("");
            out.pooled("p-uniform*", fit.pooled);
            out("p-uniform*, tau²", is_ok ? fit.pooled.tau_squared : none);
            out("p-uniform*, log-likelihood", is_ok ? fit.log_likelihood : none, 1);
            out("p-uniform*, test of no effect", fit.no_effect.statistic, 1);
        },
        [&](std::span<exact const> const numbers, statistics<exact>& out) {
            auto const studies = as_estimates(numbers);
            exact effect(std::nan("")), variance = effect, tau_squared = effect, height = effect,
                                        test = effect;
            if (fit.status == status::ok) {
                auto const best =
                    conditional_maximum(studies, fit.pooled.effect, fit.pooled.tau_squared, false);
                effect = best.point.front();
                bool const inside = best.point.size() > 1;
                tau_squared = inside ? best.point[1] : exact(0);
                height = best.value;
                auto const& i = best.information;
                variance =
                    inside ? exact(i(1, 1) / (i(0, 0) * i(1, 1) - i(0, 1) * i(0, 1))) : exact(1 / i(0, 0));
                // With no effect tau² is larger: the best of a hundred.
                double at = 0;
                exact null = conditional_log_likelihood(studies, exact(0), exact(0));
                for (int j = 0; j < 100; ++j) {
                    double const other = 1e-3 * std::exp(0.1 * j);
                    exact const here = conditional_log_likelihood(studies, exact(0), exact(other));
                    at = here > null ? other : at;
                    null = here > null ? here : null;
                }
                test = 2 * (height - conditional_maximum(studies, 0, at, true).value);
            }
            out("p-uniform*, effect", effect);
            out("p-uniform*, variance", variance);
            out("p-uniform*, tau²", tau_squared);
            out("p-uniform*, log-likelihood", height, 1);
            out("p-uniform*, test of no effect", test, 1);
        });
}

// The likelihood's maximum is found to the tolerance of its search, and its value to many more digits.
template <class Real>
void select(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const fit = selection_model{step_weights{{0.025}}}(as_estimates(numbers));
    out("selection model, log-likelihood", fit.log_likelihood);
    out("selection model, effect", fit.pooled.effect);
    out("selection model, tau²", fit.pooled.tau_squared);
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Small-study effects", argc, argv);
    table.allow("selection model, effect", 1e-7, "The maximum of a likelihood whose slope is rounded.");
    table.allow("selection model, tau²", 1e-7, "The maximum of a likelihood whose slope is rounded.");
    auto source = study_source(6, 20);
    for (int i = 0; i < table.cases(8); ++i) {
        table.compare(source(), [](auto const numbers, auto& out) { compute(numbers, out); });
    }
    auto input = accuracy_case{{}, "ordinary studies"};
    for (int i = 0; i < 12; ++i) {
        input.numbers.push_back(0.25 + 0.15 * ((i * 7) % 12));
        input.numbers.push_back(0.02 + 0.03 * ((i * 5) % 11));
    }
    table.compare(input, [](auto const numbers, auto& out) { select(numbers, out); });
    // Most of them significant.
    for (int i = 0; i < table.cases(2); ++i) {
        auto few =
            accuracy_case{{}, i % 2 == 0 ? "eight studies, some heterogeneity" : "eight studies alike"};
        for (int j = 0; j < 8; ++j) {
            double const variance = source.uniform(0.01, 0.1);
            double const spread = std::sqrt(variance + (i % 2 == 0 ? 0.05 : 0.0));
            few.numbers.push_back(0.5 + spread * source.normal());
            few.numbers.push_back(variance);
        }
        compare_p_uniform_star(table, few);
    }
    return table.finish();
}
