// Models and tests that take trials with events, in double and at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/effect.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/rare_events.hpp>
#include <accrue/small_study.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

template <class Real>
void compute(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const trials = as_trials_of(numbers);
    out.pooled("Mantel-Haenszel odds ratio", pool(mantel_haenszel{}, trials));
    out.pooled("Mantel-Haenszel risk ratio", pool(mantel_haenszel{log_risk_ratio{}}, trials));
    out.pooled("Mantel-Haenszel risk difference", pool(mantel_haenszel{risk_difference{}}, trials));
    out.pooled("Mantel-Haenszel, random effects", pool(mantel_haenszel_random_effects{}, trials));
    out.pooled("Peto", pool(peto{}, trials));
    auto const test = [&](std::string const& name, auto const& result) {
        out(name + ", statistic", result.statistic);
        out(name + ", p", result.p_value);
    };
    test("Cochran-Mantel-Haenszel test", cochran_mantel_haenszel_test(trials));
    test("Cochran-Mantel-Haenszel test, continuity 0.5", cochran_mantel_haenszel_test(trials, 0.5));
    test("Cochran's test", cochran_test(trials));
    test("Breslow-Day test", breslow_day_test(trials).breslow_day);
    test("Breslow-Day test, Tarone", breslow_day_test(trials).tarone);
    if (trials.size() > 3) {
        test("Harbord's test", harbord_test{}(trials));
        test("Peters's test", peters_test{}(trials));
        test("Macaskill's test", macaskill_test{}(trials));
        test("Deeks's test", deeks_test{}(trials));
        test("Ruecker's arcsine test", arcsine_test{}(trials));
    }
}

// These ask for whole counts, so that nothing can be said of their condition.
template <class Real>
void compute_exact(std::span<Real const> const numbers, statistics<Real>& out) {
    auto whole = std::vector<Real>{};
    for (auto const& number : numbers) {
        whole.push_back(Real(std::round(static_cast<double>(number))));
    }
    auto const trials = as_trials_of(std::span<Real const>(whole));
    out.pooled("exact odds ratio", pool(exact_odds_ratio{}, trials));
    out.limits("exact odds ratio", exact_interval(exact_tails{}, trials, 0.95));
    out.limits("mid-p odds ratio", exact_interval(mid_p_tails{}, trials, 0.95));
    out("exact odds ratio, p", exact_p_value(trials));
    auto const group = trials.front().treatment;
    out.limits("Clopper-Pearson", clopper_pearson{}(group, 0.95));
    out.limits("Wilson", wilson{}(group, 0.95));
    out.limits("mid-p of a risk", mid_p_interval{}(group, 0.95));
}

template <class Real>
void compute_beta_binomial(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const result = pool(beta_binomial{}, as_trials_of(numbers));
    out.pooled("beta-binomial", result);
    out("beta-binomial, intraclass correlation", result.intraclass_correlation);
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Trials with events", argc, argv);
    auto source = trial_source();
    auto small = trial_source(40);
    for (int i = 0; i < table.cases(10); ++i) {
        table.compare(source(), [](auto const numbers, auto& out) { compute(numbers, out); });
    }
    for (int i = 0; i < table.cases(3); ++i) {
        table.compare(small(), [](auto const numbers, auto& out) { compute_exact(numbers, out); });
    }
    auto const trials = accuracy_case{{2, 18, 5, 15, 1, 30, 4, 25, 6, 44, 9, 41}, "three small trials"};
    table.compare(trials, [](auto const numbers, auto& out) { compute_beta_binomial(numbers, out); });
    return table.finish();
}
