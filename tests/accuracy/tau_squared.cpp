// Every estimator of tau² and every interval of it, in double and at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/evidence/evidence.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

template <class Real>
void compute(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const estimates = as_estimates(numbers);
    auto const studies = detail::as_evidence(estimates);
    double const fine = 1e-35;

    auto const estimator = [&](std::string const& name, auto const& method) {
        Real const value = method(studies).value;
        out("tau² by " + name, value);
        if constexpr (requires { method.standard_error(studies, value); }) {
            out("standard error of tau² by " + name, method.standard_error(studies, value));
        }
    };
    estimator("DerSimonian-Laird", dersimonian_laird{});
    estimator("Hedges-Olkin", hedges_olkin{});
    estimator("Hartung-Makambi", hartung_makambi{});
    estimator("Hunter-Schmidt", hunter_schmidt{});
    estimator("Hunter-Schmidt, small samples", hunter_schmidt_small_sample{});
    estimator("Sidik-Jonkman", sidik_jonkman{});
    estimator("two-step Sidik-Jonkman", two_step_sidik_jonkman{});
    estimator("two-step DerSimonian-Laird", two_step{});
    estimator("generalised Q", generalised_q{});
    estimator("generalised Q, equal weights", generalised_q{equal_weights{}});
    auto paule = paule_mandel{};
    auto median = median_unbiased_paule_mandel{};
    auto restricted = reml{};
    auto likelihood = maximum_likelihood{};
    auto profile = q_profile{};
    auto likelihood_profile = profile_likelihood<>{};
    if constexpr (is_exact<Real>) {
        paule.tolerance = median.tolerance = restricted.tolerance = likelihood.tolerance = fine;
        profile.tolerance = likelihood_profile.tolerance = fine;
    }
    estimator("Paule-Mandel", paule);
    estimator("median-unbiased Paule-Mandel", median);
    estimator("REML", restricted);
    estimator("maximum likelihood", likelihood);

    out.limits("tau² by Q-profile", tau_squared_interval(profile, estimates, 0.95));
    out.limits("tau² by profile likelihood", tau_squared_interval(likelihood_profile, estimates, 0.95));
}

// The same studies, their effects drawn together or apart until Q exceeds its expectation by a share between
// 1 and 1e-8: where estimates of tau² begin.
accuracy_case beside_the_expectation_of_q(accuracy_case input, double const share) {
    auto const fit =
        inverse_variance_fit(detail::as_evidence(as_estimates(std::span<double const>(input.numbers))), 0.0);
    double const factor = std::sqrt(static_cast<double>(fit.degrees_of_freedom()) / fit.q() * (1 + share));
    for (std::size_t i = 0; i < input.numbers.size(); i += 2) {
        input.numbers[i] = factor * (input.numbers[i] - fit.mean);
    }
    input.words += ", Q near its expectation";
    return input;
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Heterogeneity", argc, argv);
    table.allow(
        "tau² by profile likelihood, lower limit", 1e-11,
        "Where a sum of logarithms has fallen by half a quantile: rounding of the sum is divided by its "
        "slope, which is small there.");
    auto const add = [&](accuracy_case const& input) {
        table.compare(input, [](auto const numbers, auto& out) { compute(numbers, out); });
    };
    auto source = study_source();
    for (int i = 0; i < table.cases(8); ++i) {
        auto const input = source();
        add(input);
        if (i % 2 == 0) {
            add(beside_the_expectation_of_q(input, std::pow(10, -i % 9)));
        }
    }
    return table.finish();
}
