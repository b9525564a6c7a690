// Meta-regression in double and at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

// Each study's effect and variance, then each one's year.
template <class Real>
void compute(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const k = numbers.size() / 3;
    auto const estimates = as_estimates(numbers.first(2 * k));
    auto years = std::vector<Real>(numbers.begin() + static_cast<std::ptrdiff_t>(2 * k), numbers.end());
    auto kinds = std::vector<std::string>{};
    for (std::size_t i = 0; i < k; ++i) {
        kinds.push_back(i % 3 == 0 ? "a" : "b");
    }
    auto const given = basic_moderators<Real>{}.with("year", years).with_factor("kind", kinds);
    auto restricted = reml{};
    if constexpr (is_exact<Real>) {
        restricted.tolerance = 1e-35;
    }
    auto const regress = [&](std::string const& name, auto const& model) {
        auto const fit = meta_regression(model, estimates, given);
        out(name + ", tau²", fit.tau_squared);
        for (std::size_t i = 0; i < fit.coefficients.size(); ++i) {
            out(name + ", coefficient", fit.coefficients[i]);
            out(name + ", variance",
                fit.covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i)));
            out(name + ", p", p_values(fit)[i]);
        }
        out(name + ", degrees of freedom", fit.degrees_of_freedom);
        auto const all = omnibus_test(fit);
        out(name + ", omnibus statistic", all.statistic);
        out(name + ", omnibus p", all.p_value);
        auto const at = predict(fit, {{"year", years.front()}, {"kind", "b"}}, 0.95);
        out.limits(name + ", confidence at a row", at.confidence);
        out.limits(name + ", prediction at a row", at.prediction);
        return fit;
    };
    regress("common effect", common_effect{});
    auto const moments = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const fit = regress("DerSimonian-Laird with Hartung-Knapp", moments);
    regress("REML with Kenward-Roger", random_effects{restricted, kenward_roger{}});
    out("residual Q", residual_heterogeneity(fit).q);
    out("residual I²", residual_heterogeneity(fit).i_squared);
    out("variance inflation", variance_inflation(fit).front().factor);
    auto const diagnostics = influence(moments, estimates, given).front();
    out("influence: hat", diagnostics.hat);
    out("influence: residual", diagnostics.residual);
    out("influence: studentised residual", diagnostics.studentised_residual);
    out("influence: Cook's distance", diagnostics.cooks_distance);
    out("influence: covariance ratio", diagnostics.covariance_ratio);
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Meta-regression", argc, argv);
    table.allow(
        "influence: Cook's distance", 1e-9,
        "A change of all coefficients, in a covariance whose parts differ by 12 decades where variances "
        "do: rounding of coefficients is a million times as large beside the best known of their "
        "combinations.");
    auto source = study_source(9, 16);
    for (int i = 0; i < table.cases(4); ++i) {
        auto input = source();
        auto const k = input.numbers.size() / 2;
        for (std::size_t j = 0; j < k; ++j) {
            input.numbers.push_back(i % 2 == 0 ? source.normal() : 1990 + source.uniform(0, 30));
        }
        input.words += i % 2 == 0 ? ", a centred moderator" : ", years as they are";
        table.compare(input, [](auto const numbers, auto& out) { compute(numbers, out); });
    }
    return table.finish();
}
