// Everything that pools estimates, and what is derived from it, in double and at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

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

    auto const spread = heterogeneity(estimates);
    out("Q", spread.q);
    out("p of Q", spread.p_value);
    out("I² from Q", spread.i_squared);
    out("H²", spread.h_squared);

    auto const common = pool(common_effect{}, estimates);
    out.pooled("common effect", common);
    auto const model = [&](std::string const& name, auto const& uncertainty) {
        auto const result = pool(random_effects{restricted, uncertainty}, estimates);
        out.pooled("random effects, " + name, result);
        out(name + ", degrees of freedom", result.degrees_of_freedom);
        out(name + ", p value", p_value(result));
        out(name + ", logarithm of p", log_p_value(result), 1);
        out(name + ", z value", z_value(result), 1);
        out.limits(name + ", confidence interval", confidence_interval(result, 0.95));
    };
    model("Wald", wald{});
    model("Wald with t", wald_t{});
    model("Hartung-Knapp", hartung_knapp{});
    model("Hartung-Knapp, floored", hartung_knapp_floored{});
    model("Hartung-Knapp hybrid", hartung_knapp_hybrid{});
    model("Kenward-Roger", kenward_roger{});

    auto const random = pool(random_effects{restricted}, estimates);
    out.limits("prediction interval", prediction_interval(random, 0.95));
    out("D²", diversity(estimates, random_effects{restricted}));
    out("R_b", between_study_share(estimates, random_effects{restricted}));
    out("I² from tau²", i_squared_from_tau_squared(random.tau_squared, estimates));
    out("log-likelihood", log_likelihood(estimates, random.tau_squared));
    out("restricted log-likelihood", restricted_log_likelihood(estimates, random.tau_squared));
    out.pooled("equal weights", pool(weighted_average{equal_weights{}, restricted}, estimates));

    auto const henmi = pool(henmi_copas{}, estimates);
    out.pooled("Henmi-Copas", henmi);

    auto const dl = random_effects{dersimonian_laird{}};
    auto const diagnostics = influence(dl, estimates);
    auto const& last = diagnostics.back();
    out("influence: hat", last.hat);
    out("influence: residual", last.residual);
    out("influence: standardised residual", last.standardised_residual);
    out("influence: studentised residual", last.studentised_residual);
    out("influence: DFFITS", last.dffits);
    out("influence: Cook's distance", last.cooks_distance);
    out("influence: covariance ratio", last.covariance_ratio);
    out("influence: DFBETAS", last.dfbetas);
    out("influence: deleted Q", last.q_deleted);
    out("influence: deleted tau²", last.tau_squared_deleted);
    auto const point = baujat(estimates).front();
    out("Baujat, heterogeneity", point.heterogeneity);
    out("Baujat, influence", point.influence);
    out.pooled("shrunken effect of a study", study_effects(dl, estimates).front());
    out.pooled("cumulative", cumulative(dl, estimates)[estimates.size() - 2]);
    out.pooled("leave one out", leave_one_out(dl, estimates).front());
    out("z curve", z_curve(dl, estimates).back());

    auto const half = estimates.begin() + static_cast<std::ptrdiff_t>(estimates.size() / 2);
    auto const groups = std::vector{std::vector(estimates.begin(), half), std::vector(half, estimates.end())};
    auto const between = subgroups(dl, groups);
    out("subgroups, Q between", between.q_between);
    out("subgroups, p", between.p_value);
    out.pooled("subgroups, combined", between.combined);
    out("tau² common to subgroups", common_tau_squared(restricted, groups).value);
}

// What an accumulator gives is compared with the list at 50 digits.
struct accumulated {
    template <class Real>
    void operator()(std::span<Real const> const numbers, statistics<Real>& out) const {
        auto const estimates = as_estimates(numbers);
        auto const all = [&](auto const& studies) {
            out.pooled("accumulator, common effect", pool(common_effect{}, studies));
            out.pooled("accumulator, DerSimonian-Laird", pool(random_effects{dersimonian_laird{}}, studies));
            auto const result = pool(random_effects{paule_mandel{}, hartung_knapp{}}, studies);
            out.pooled("accumulator, Paule-Mandel with Hartung-Knapp", result);
            out("accumulator, Q", heterogeneity(studies).q);
        };
        if constexpr (is_exact<Real>) {
            all(estimates);
        } else {
            auto studies = evidence_accumulator{};
            for (auto const& study : estimates) {
                studies.add(study);
            }
            all(studies);
        }
    }
};

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Pooling estimates", argc, argv);
    auto source = study_source();
    for (int i = 0; i < table.cases(8); ++i) {
        auto const input = source();
        table.compare(input, [](auto const numbers, auto& out) { compute(numbers, out); });
        table.compare(input, accumulated{});
    }
    return table.finish();
}
