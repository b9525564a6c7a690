// Models and tests that take trials with events, in double and at 50 digits.

#include "accuracy/functions.hpp"
#include "accuracy/studies.hpp"
#include <accrue/effect.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/rare_events.hpp>
#include <accrue/small_study.hpp>

#include <algorithm>
#include <cmath>
#include <span>
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

// Zelen's test: all sets of tables with the margins and the sum of treated events of those observed, by the
// products of binomial coefficients, in which ties are exact.
struct all_sets_of_tables {
    std::vector<two_arms<events>> const& trials;
    exact observed{1};
    exact total{0};
    exact unlikely{0};

    void count(std::size_t const trial, int const left, exact const& product) {
        if (trial == trials.size()) {
            if (left == 0) {
                total += product;
                unlikely += product <= observed * (1 + exact(1e-30)) ? product : exact(0);
            }
            return;
        }
        auto const& [treatment, control] = trials[trial];
        int const both = static_cast<int>(treatment.count + control.count);
        int const n = static_cast<int>(treatment.total);
        int const m = static_cast<int>(control.total);
        for (int x = std::max(0, both - m); x <= std::min({n, both, left}); ++x) {
            count(trial + 1, left - x, exact(product * choose(n, x) * choose(m, both - x)));
        }
    }
    [[nodiscard]] exact p_value() {
        int sum = 0;
        for (auto const& [treatment, control] : trials) {
            sum += static_cast<int>(treatment.count);
            observed *= choose(static_cast<int>(treatment.total), static_cast<int>(treatment.count)) *
                        choose(static_cast<int>(control.total), static_cast<int>(control.count));
        }
        count(0, sum, exact(1));
        return unlikely / total;
    }
};

void compare_zelen(accuracy_table& table, accuracy_case const& input) {
    auto const first =
        std::span<double const>(input.numbers).first(std::min<std::size_t>(16, input.numbers.size()));
    auto const trials = as_trials_of(first);
    table.compare(
        {{}, first.size() < input.numbers.size() ? "the first four of " + input.words : input.words},
        [&](std::span<double const>, statistics<double>& out) {
            out("Zelen's test, p", zelen_test{}(trials).p_value);
        },
        [&](std::span<exact const>, statistics<exact>& out) {
            out("Zelen's test, p", all_sets_of_tables{trials}.p_value());
        });
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
        auto const input = small();
        table.compare(input, [](auto const numbers, auto& out) { compute_exact(numbers, out); });
        compare_zelen(table, input);
    }
    auto const trials = accuracy_case{{2, 18, 5, 15, 1, 30, 4, 25, 6, 44, 9, 41}, "three small trials"};
    table.compare(trials, [](auto const numbers, auto& out) { compute_beta_binomial(numbers, out); });
    return table.finish();
}
