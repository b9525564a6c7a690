// Asymmetry, selection and what corrects for them, in double and at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/model.hpp>
#include <accrue/small_study.hpp>
#include <accrue/tau_squared.hpp>

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
    return table.finish();
}
