// Batches, in double side by side, against the same meta-analyses one by one at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/batch.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

/// One meta-analysis among others in a matrix: the same studies in other orders.
template <class Model>
void compute(std::string const& name, Model const& model, std::span<double const> const numbers,
             statistics<double>& out) {
    constexpr std::size_t size = 5;
    std::size_t const k = numbers.size() / 2;
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    for (std::size_t study = 0; study < k; ++study) {
        for (std::size_t i = 0; i < size; ++i) {
            effects.push_back(numbers[2 * ((study + i) % k)]);
            variances.push_back(numbers[2 * ((study + i) % k) + 1]);
        }
    }
    auto const results = pool_each(model, study_matrix{effects, variances, k});
    for (std::size_t i = 0; i < size; ++i) {
        out(name + ", effect", results.effect[i]);
        out(name + ", variance", results.variance[i]);
        out(name + ", tau²", results.tau_squared[i]);
        out(name + ", Q", results.q[i]);
        out(name + ", z", results.z[i]);
        out(name + ", logarithm of p", log_p_value(results)[i], 1);
    }
}

template <class Model>
void compute(std::string const& name, Model const& model, std::span<exact const> const numbers,
             statistics<exact>& out) {
    auto const estimates = as_estimates(numbers);
    auto const result = pool(model, estimates);
    for (std::size_t i = 0; i < 5; ++i) {
        out(name + ", effect", result.effect);
        out(name + ", variance", result.variance);
        out(name + ", tau²", result.tau_squared);
        out(name + ", Q", heterogeneity(estimates).q);
        out(name + ", z", result.effect / sqrt(result.variance));
        out(name + ", logarithm of p", log_p_value(result), 1);
    }
}

template <class Real>
void compute(std::span<Real const> const numbers, statistics<Real>& out) {
    auto restricted = reml{};
    auto paule = paule_mandel{};
    if constexpr (is_exact<Real>) {
        restricted.tolerance = paule.tolerance = 1e-35;
    }
    compute("common effect", common_effect{}, numbers, out);
    compute("DerSimonian-Laird", random_effects{dersimonian_laird{}, wald{}}, numbers, out);
    compute("Paule-Mandel with Hartung-Knapp", random_effects{paule, hartung_knapp{}}, numbers, out);
    compute("REML", random_effects{restricted, wald{}}, numbers, out);
    compute("REML with Kenward-Roger", random_effects{restricted, kenward_roger{}}, numbers, out);
    compute("Sidik-Jonkman", random_effects{sidik_jonkman{}, wald{}}, numbers, out);
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Batches", argc, argv);
    auto source = study_source();
    for (int i = 0; i < table.cases(8); ++i) {
        auto const input = source();
        table.compare(input, [](auto const numbers, auto& out) { compute(numbers, out); });
    }
    return table.finish();
}
