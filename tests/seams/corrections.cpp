// Models of selection and of small-study effects on every set of studies: what they correct, and their laws.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/report.hpp>
#include <accrue/small_study.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_corrections {
namespace {

/// What every correction says: `ok` beside finite numbers alone, and the same of studies in another order.
template <class Correction>
void expect_correction(combinations& tried, std::string const& name, Correction const& correct,
                       data_set const& data) {
    tried.run(name, data.name, [&] {
        auto const result = correct(data.studies);
        expect_sound(result.pooled);
        EXPECT_EQ(to_string(result.status), to_string(result.pooled.status));
        if constexpr (requires { result.likelihood_ratio; }) {
            double const p = result.likelihood_ratio.p_value;
            bool const tested = result.likelihood_ratio.degrees_of_freedom > 0; // else all weights were given
            EXPECT_TRUE((p >= 0 && p <= 1) || !tested || result.status != status::ok) << p;
        }
        if constexpr (requires { result.p_value_residual; }) {
            EXPECT_TRUE((result.p_value_residual >= 0 && result.p_value_small_study <= 1) ||
                        result.status != status::ok)
                << result.p_value_residual << ", " << result.p_value_small_study;
        }
        auto const backwards = correct(reversed(data.studies));
        if (data.regular && result.status == status::ok) {
            EXPECT_EQ(to_string(backwards.status), "ok");
            expect_close("effect", backwards.pooled.effect, result.pooled.effect, 1e-6, 1e-2);
            expect_close("variance", backwards.pooled.variance, result.pooled.variance, 1e-5, 1e-4);
        }
    });
}

TEST(Corrections, OfSelectionMeetEveryWeightFunction) {
    auto tried = combinations{};
    auto const weights = std::tuple(
        named{"step_weights", step_weights{}},
        named{"fixed_step_weights", fixed_step_weights{.cutpoints = {0.025, 0.5}, .weights = {1, 0.8, 0.4}}},
        named{"half_normal_weights", half_normal_weights{}}, named{"power_weights", power_weights{}},
        named{"negative_exponential_weights", negative_exponential_weights{}});
    for (auto const& data : data_sets()) {
        for_each_part(weights, [&](auto const& weight) {
            expect_correction(tried, "selection_model by " + weight.name, selection_model{weight.part}, data);
        });
        expect_correction(tried, "p_uniform_star", p_uniform_star{}, data);
    }
    tried.report();
}

TEST(Corrections, OfSmallStudyEffectsMeetEveryEstimator) {
    auto tried = combinations{};
    auto const estimators = std::tuple_cat(likelihood_estimators, root_estimators, moment_estimators,
                                           composed_estimators, given_estimators);
    for (auto const& data : data_sets()) {
        for_each_part(estimators, [&](auto const& estimator) {
            auto const erased = any_estimator(estimator.part);
            auto const correct = limit_meta_analysis{erased};
            expect_correction(tried, "limit_meta_analysis by " + estimator.name, correct, data);
            if (!data.regular || estimator.has_scale) {
                return;
            }
            tried.run("limit_meta_analysis by " + estimator.name + " on another scale", data.name, [&] {
                auto const plain = correct(data.studies);
                auto const scaled = correct(changed(data.studies, std::ldexp(1.0, 40), 0));
                auto const turned = correct(changed(data.studies, -1, 0));
                expect_close("effect", std::ldexp(scaled.pooled.effect, -40), plain.pooled.effect, 1e-7,
                             1e-3);
                expect_close("other signs", -turned.pooled.effect, plain.pooled.effect, 1e-12, 0);
            });
        });
    }
    tried.report();
}

TEST(Corrections, OfMeansMeetEveryDispersion) {
    auto tried = combinations{};
    auto const sets = std::vector<std::vector<two_arms<arm>>>{
        {{{20, 1.5, 1.1}, {22, 1.1, 1}},
         {{80, 0.4, 2}, {75, 0.1, 2.2}},
         {{11, 3, 1}, {9, 1.2, 1.4}},
         {{200, 1, 1}, {200, 0.8, 1}}},
        {{{20, 1.5, 1}, {20, 1, 1}}, {{20, 1.5, 1}, {20, 1, 1}}, {{20, 1.5, 1}, {20, 1, 1}}},
        {{{20, 1.5, 1}, {22, 1.5, 1}}, {{10, 1, 1}, {12, 1, 1}}, {{30, 1, 2}, {12, 1, 3}}},
        {{{20, 1.5, 1.1}, {22, 1.1, 1}}, {{80, 0.4, 2}, {75, 0.1, 2.2}}},
        {{{20, 1.5, 1.1}, {22, 1.1, 1}}},
        {{{2, 1e100, 1e-50}, {2, -1e100, 1e-50}}, {{3, 1, 1}, {3, 1, 1}}, {{4, 0, 1e100}, {4, 1, 1e90}}},
    };
    auto const dispersions = std::tuple(named{"estimated_dispersion", estimated_dispersion{}},
                                        named{"unit_dispersion", unit_dispersion{}},
                                        named{"additive_dispersion", additive_dispersion{}});
    for (auto const& trials : sets) {
        for_each_part(dispersions, [&](auto const& dispersion) {
            tried.run("pustejovsky_rodgers_test by " + dispersion.name, std::to_string(trials.size()), [&] {
                auto const result = pustejovsky_rodgers_test{dispersion.part}(trials);
                EXPECT_TRUE((result.p_value >= 0 && result.p_value <= 1 && std::isfinite(result.slope) &&
                             result.slope_standard_error > 0) ||
                            result.status == status::undefined)
                    << result.p_value << ", slope " << result.slope << ", " << result.slope_standard_error;
            });
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_corrections
