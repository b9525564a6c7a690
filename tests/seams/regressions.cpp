// Meta-regression with every estimator of tau² and every uncertainty, and what is asked of a regression.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/inference.hpp>
#include <accrue/regression.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_regressions {
namespace {

moderators years_and_kinds(std::size_t const k) {
    auto years = std::vector<double>{};
    auto kinds = std::vector<std::string>{};
    for (std::size_t i = 0; i < k; ++i) {
        years.push_back(1990 + static_cast<double>((i * 7) % 11));
        kinds.push_back(i % 2 == 0 ? "a" : "b");
    }
    return moderators{}.with("year", years).with_factor("kind", kinds, "a");
}

void expect_sound_regression(regression const& fit) {
    if (fit.status == status::undefined) {
        return;
    }
    EXPECT_TRUE(std::isfinite(fit.tau_squared) && fit.tau_squared >= 0) << fit.tau_squared;
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        auto const at = static_cast<Eigen::Index>(j);
        EXPECT_TRUE(std::isfinite(fit.coefficients[j])) << fit.names[j] << ": " << fit.coefficients[j];
        EXPECT_TRUE(std::isfinite(fit.covariance(at, at)) && fit.covariance(at, at) > 0)
            << fit.names[j] << " with variance " << fit.covariance(at, at);
    }
    for (double const p : p_values(fit)) {
        EXPECT_TRUE(p >= 0 && p <= 1) << p;
    }
    for (auto const& interval : confidence_intervals(fit, 0.95)) {
        EXPECT_TRUE(interval.lower <= interval.upper);
    }
}

/// How often all questions of studies and moderators had an answer.
std::size_t answered = 0;

template <class Model>
void expect_regressions(combinations& tried, std::string const& name, Model const& model,
                        bool const has_scale, data_set const& data) {
    auto const& studies = data.studies;
    auto const run = [&](std::string const& function, auto const& check) {
        tried.run(function + ", " + name, data.name, check);
    };
    auto const moderators_of = [&] { return years_and_kinds(studies.size()); };
    run("meta_regression", [&] {
        auto const given = moderators_of();
        auto const fit = meta_regression(model, studies, given);
        expect_sound_regression(fit);
        EXPECT_TRUE(!data.regular || fit.status == status::ok) << to_string(fit.status);
        auto const turned = meta_regression(model, changed(studies, -1, 0), given);
        EXPECT_TRUE(same(turned.coefficients[1], -fit.coefficients[1]));
        if (data.regular && !has_scale) {
            auto const scaled = meta_regression(model, changed(studies, std::ldexp(1.0, 50), 0), given);
            expect_close("slope", scaled.coefficients[1], std::ldexp(fit.coefficients[1], 50), 1e-10, 0);
        }
    });
    run("what is asked of a regression", [&] {
        auto const given = moderators_of();
        auto const fit = meta_regression(model, studies, given);
        if (fit.status == status::undefined) {
            return;
        }
        auto const omnibus = omnibus_test(fit);
        EXPECT_TRUE((omnibus.p_value >= 0 && omnibus.p_value <= 1 && std::isfinite(omnibus.statistic)) ||
                    omnibus.status == status::undefined)
            << omnibus.p_value << ", " << to_string(omnibus.status);
        auto const predicted = predict(fit, {1995, 1}, 0.95);
        EXPECT_TRUE(predicted.confidence.lower <= predicted.effect &&
                    predicted.effect <= predicted.confidence.upper);
        EXPECT_TRUE(predicted.prediction.lower <= predicted.confidence.lower + 1e-9 || !data.regular)
            << predicted.prediction.lower << " and " << predicted.confidence.lower;
        auto const residual = residual_heterogeneity(model, studies, given);
        EXPECT_TRUE(residual.p_value >= 0 && residual.p_value <= 1) << residual.p_value;
    });
    run("what is asked of studies and moderators", [&] {
        auto const given = moderators_of();
        auto const fit = meta_regression(model, studies, given);
        if (fit.status == status::undefined) {
            return;
        }
        double hats = 0;
        for (auto const& study : influence(model, studies, given)) {
            hats += study.hat;
            EXPECT_TRUE(study.hat >= 0 && study.hat <= 1 + 1e-12) << study.hat;
            EXPECT_TRUE(study.status != status::ok ||
                        (std::isfinite(study.studentised_residual) && study.cooks_distance >= 0 &&
                         study.tau_squared_deleted >= 0))
                << study.studentised_residual << ", " << study.cooks_distance;
        }
        EXPECT_NEAR(hats, 3, 1e-9); // the trace of a projection on three columns
        auto const fitted = fitted_values(model, studies, given);
        auto const shrunk = study_effects(model, studies, given);
        for (std::size_t i = 0; i < studies.size(); ++i) {
            auto const [low, high] = std::minmax(fitted[i].effect, studies[i].effect);
            double const rounding = 1e-9 * (std::fabs(low) + std::fabs(high));
            EXPECT_TRUE(shrunk[i].effect >= low - rounding && shrunk[i].effect <= high + rounding)
                << shrunk[i].effect << " between " << low << " and " << high;
        }
        auto const means = marginal_means(fit, given, "kind", 0.95);
        EXPECT_EQ(means.size(), 2U);
        for (auto const& inflation : variance_inflation(fit)) {
            EXPECT_TRUE(inflation.factor >= 1 - 1e-9) << inflation.factor;
        }
        double const explained = r_squared(model, studies, given);
        EXPECT_TRUE((explained >= 0 && explained <= 1) || std::isnan(explained)) << explained;
        ++answered;
    });
    run("intercept alone and pool", [&] {
        auto const fit = meta_regression(model, studies, moderators{});
        expect_sound_regression(fit);
        auto const result = pool(model, studies);
        if (data.regular) {
            expect_close("effect", fit.coefficients[0], result.effect, 1e-8, 1e-3);
            expect_close("variance", fit.covariance(0, 0), result.variance, 1e-6, 0);
            expect_close("degrees of freedom", fit.degrees_of_freedom, result.degrees_of_freedom, 1e-6, 0);
        }
    });
}

TEST(Regressions, MeetEveryEstimatorAndUncertainty) {
    auto tried = combinations{};
    auto const estimators = std::tuple_cat(likelihood_estimators, root_estimators, moment_estimators,
                                           composed_estimators, given_estimators);
    for (auto const& data : data_sets()) {
        expect_regressions(tried, "common_effect", common_effect{}, false, data);
        for_each_part(estimators, [&](auto const& estimator) {
            auto const erased = any_estimator(estimator.part);
            for_each_part(uncertainties, [&](auto const& uncertainty) {
                if constexpr (regression_model<random_effects<any_estimator, decltype(uncertainty.part)>>) {
                    expect_regressions(tried, estimator.name + " and " + uncertainty.name,
                                       random_effects{erased, uncertainty.part}, estimator.has_scale, data);
                }
            });
        });
    }
    tried.report();
    EXPECT_GE(answered, 1000U);
}

} // namespace
} // namespace accrue::test::seams::test_regressions
