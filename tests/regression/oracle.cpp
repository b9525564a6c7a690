// What metafor says of the BCG trials with two moderators, by tests/oracles/regression.R (R 4.2.2,
// metafor 3.8-1).

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/evidence/likelihood.hpp>
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_regression_oracle {
namespace {

class MetaforsBcgTrials : public ::testing::Test {
  protected:
    MetaforsBcgTrials() {
        for (auto const& r : test::golden("regression/metafor.csv")) {
            values_[r.text("case") + " " + r.text("quantity")].push_back(r.number("value"));
        }
        latitude = of("data", "latitude");
        for (std::size_t i = 0; i < latitude.size(); ++i) {
            estimates.push_back({of("data", "effect")[i], of("data", "variance")[i]});
        }
    }

    std::vector<double> const& of(std::string const& name, std::string const& quantity) const {
        return values_.at(name + " " + quantity);
    }

    [[nodiscard]] bool has(std::string const& name, std::string const& quantity) const {
        return values_.contains(name + " " + quantity);
    }

    template <class Values>
    void same(std::string const& name, std::string const& quantity, Values const& found,
              double const tolerance) const {
        auto const& expected = of(name, quantity);
        ASSERT_EQ(found.size(), expected.size()) << name << " " << quantity;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_RELATIVE(found[i], expected[i], tolerance) << name << " " << quantity << " " << i;
        }
    }

    std::vector<std::string> const allocation = {
        "random", "random", "random",     "random",     "alternate",  "alternate", "random",
        "random", "random", "systematic", "systematic", "systematic", "systematic"};
    std::vector<double> latitude;
    std::vector<estimate> estimates;

    [[nodiscard]] moderators given() const {
        return moderators{}.with("latitude", latitude).with_factor("allocation", allocation);
    }

  private:
    std::map<std::string, std::vector<double>> values_;
};

// Everything that metafor iterates stops at about 1e-9 of it; its deleted fits at their default, 1e-5.
constexpr double iterated = 1e-8;

template <class Select>
std::vector<double> column(std::vector<regression_influence> const& studies, Select const& select) {
    std::vector<double> result;
    for (auto const& study : studies) {
        result.push_back(select(study));
    }
    return result;
}

// Qualifies: REGRESSION-1
TEST_F(MetaforsBcgTrials, EveryEstimatorAndUncertainty) {
    auto const studies = moderated(estimates, given());
    auto const check = [&](std::string const& name, auto const& model) {
        auto const fit = meta_regression(model, estimates, given());
        auto errors = std::vector<double>{};
        for (int j = 0; j < 4; ++j) {
            errors.push_back(std::sqrt(fit.covariance(j, j)));
        }
        auto const omnibus = omnibus_test(fit);
        same(name, "tau2", std::vector{fit.tau_squared}, iterated);
        same(name, "beta", fit.coefficients, iterated);
        same(name, "se", errors, iterated);
        same(name, "p", p_values(fit), 1e-7);
        same(name, "omnibus", std::vector{omnibus.statistic, omnibus.p_value}, 1e-7);
    };
    std::size_t standard_errors = 0;
    // One type for all, so that each estimator is compiled once.
    using uncertainty = std::function<basic_precision<double>(weighted_fit<double> const&)>;
    auto const each = [&](std::string const& method, auto const& estimator) {
        // metafor's own standard errors are in each of its fits; of the rest once.
        for (auto const& name : {method, method + "-z"}) {
            if constexpr (requires { estimator.standard_error(studies, 0.1); }) {
                if (has(name, "se_tau2")) {
                    ++standard_errors;
                    double const tau_squared = estimator(studies).value;
                    same(name, "se_tau2", std::vector{estimator.standard_error(studies, tau_squared)},
                         iterated);
                }
            }
        }
        check(method + "-z", random_effects{estimator, uncertainty(wald{})});
        check(method + "-t", random_effects{estimator, uncertainty(wald_t{})});
        check(method + "-knha", random_effects{estimator, uncertainty(hartung_knapp{})});
        check(method + "-adhoc", random_effects{estimator, uncertainty(hartung_knapp_floored{})});
    };
    each("HSk", hunter_schmidt_small_sample{});
    each("PMM", median_unbiased_paule_mandel{});
    each("DL", dersimonian_laird{});
    each("HE", hedges_olkin{});
    each("HS", hunter_schmidt{});
    each("SJ", sidik_jonkman{});
    each("ML", maximum_likelihood{});
    each("REML", reml{});
    each("PM", paule_mandel{});
    each("GENQ", generalised_q{});
    each("GENQ-equal", generalised_q{equal_weights{}});
    each("DL2", two_step{});
    each("HE2", two_step{hedges_olkin{}});
    each("HM", hartung_makambi{});
    each("SJ2", two_step_sidik_jonkman{});
    each("fixed", fixed_tau_squared{0.3});
    each("semi-Bayes", semi_bayes{inverse_gamma_prior{2, 0.1}});
    EXPECT_EQ(standard_errors, 13U);
}

TEST_F(MetaforsBcgTrials, Influence) {
    auto const found = influence(random_effects{}, estimates, given());
    // The deleted fits of metafor iterate to 1e-5 of tau².
    same("influence", "rstudent", column(found, [](auto const& s) { return s.studentised_residual; }), 1e-4);
    same("influence", "dffits", column(found, [](auto const& s) { return s.dffits; }), 1e-4);
    same("influence", "cook", column(found, [](auto const& s) { return s.cooks_distance; }), 1e-4);
    same("influence", "covariance_ratio", column(found, [](auto const& s) { return s.covariance_ratio; }),
         1e-4);
    same("influence", "tau2_deleted", column(found, [](auto const& s) { return s.tau_squared_deleted; }),
         1e-4);
    same("influence", "q_deleted", column(found, [](auto const& s) { return s.q_deleted; }), 1e-10);
    same("influence", "hat", column(found, [](auto const& s) { return s.hat; }), iterated);
    same("influence", "rstandard", column(found, [](auto const& s) { return s.standardised_residual; }),
         iterated);
    same("influence", "dfbetas_latitude", column(found, [](auto const& s) { return s.dfbetas[1]; }), 1e-4);
}

TEST_F(MetaforsBcgTrials, StudyEffectsInflationContrastsAndMeans) {
    auto const model = random_effects{};
    auto const fit = meta_regression(model, estimates, given());
    auto effects = std::vector<double>{};
    auto errors = std::vector<double>{};
    for (auto const& study : study_effects(model, estimates, given())) {
        effects.push_back(study.effect);
        errors.push_back(standard_error(study));
    }
    same("blup", "effect", effects, iterated);
    same("blup", "se", errors, iterated);
    auto const inflation = variance_inflation(fit);
    EXPECT_RELATIVE(inflation[0].factor, of("vif", "each")[0], iterated);
    EXPECT_RELATIVE(inflation[1].factor, of("vif", "allocation")[0], iterated);

    auto const combinations = std::vector<std::vector<double>>{{0, 0, 1, -1}, {0, 10, 0, 1}};
    same("contrast", "each",
         std::vector{test_statistic(linear_combination(fit, combinations[0])),
                     test_statistic(linear_combination(fit, combinations[1]))},
         iterated);
    auto const both = contrast_test(fit, combinations);
    same("contrast", "both", std::vector{both.statistic, both.p_value}, iterated);

    auto means = std::vector<double>{};
    auto mean_errors = std::vector<double>{};
    auto lower = std::vector<double>{};
    for (auto const& level : marginal_means(fit, given(), "allocation", 0.95)) {
        means.push_back(level.mean.effect);
        mean_errors.push_back(std::sqrt(level.mean.variance));
        lower.push_back(level.mean.prediction.lower);
    }
    same("means", "effect", means, iterated);
    same("means", "se", mean_errors, iterated);
    same("means", "prediction_lower", lower, iterated);
}

TEST_F(MetaforsBcgTrials, IntervalsForTauSquaredAndCriteria) {
    auto const studies = moderated(estimates, given());
    auto const q = tau_squared_interval(q_profile{}, studies, 0.95);
    same("interval", "q_profile", std::vector{q.lower, q.upper}, 1e-7);
    auto const profile = tau_squared_interval(profile_likelihood{}, studies, 0.95);
    same("interval", "profile", std::vector{profile.lower, profile.upper}, 1e-7);
    auto const criteria = [&](std::string const& name, double const log_likelihood,
                              std::size_t const observations) {
        auto const found = information_criteria(log_likelihood, 5, observations);
        auto const& expected = of("criteria", name);
        EXPECT_RELATIVE(log_likelihood, expected[0], 1e-9);
        EXPECT_RELATIVE(found.aic, expected[2], 1e-9);
        EXPECT_RELATIVE(found.bic, expected[3], 1e-9);
        EXPECT_RELATIVE(found.corrected_aic, expected[4], 1e-9);
    };
    criteria("REML", restricted_log_likelihood(studies, reml{}(studies).value), 13 - 4);
    criteria("ML", log_likelihood(studies, maximum_likelihood{}(studies).value), 13);
}

TEST_F(MetaforsBcgTrials, LocationScale) {
    // metafor's general-purpose optimiser reaches five to seven digits, its numerical Hessian fewer.
    auto const check = [&](std::string const& name, auto const& model) {
        auto const only = moderators{}.with("latitude", latitude);
        auto const fit = model(estimates, only, only);
        EXPECT_EQ(fit.status, status::ok);
        auto const errors = [](auto const& part) {
            return std::vector{std::sqrt(part.covariance(0, 0)), std::sqrt(part.covariance(1, 1))};
        };
        same(name, "location", fit.location.coefficients, 1e-5);
        same(name, "location_se", errors(fit.location), 1e-5);
        for (std::size_t j = 0; j < 2; ++j) {
            EXPECT_RELATIVE(fit.scale.coefficients[j], of(name, "scale")[j], 1e-4,
                            1e-4 * errors(fit.scale)[j]);
        }
        same(name, "scale_se", errors(fit.scale), 1e-3);
        EXPECT_RELATIVE(fit.log_likelihood, of(name, "log_likelihood")[0], 1e-9);
        EXPECT_GE(fit.log_likelihood, of(name, "log_likelihood")[0] - 1e-10);
    };
    check("scale-REML", location_scale{});
    check("scale-ML", location_scale{maximum_likelihood{}});
}

TEST_F(MetaforsBcgTrials, PermutationsOfSevenAllTried) {
    auto const seven = std::vector(estimates.begin(), estimates.begin() + 7);
    auto const only = moderators{}.with("latitude", {latitude.begin(), latitude.begin() + 7});
    auto const check = [&](std::string const& name, auto const& model) {
        auto const found = permutation_test(model, seven, only);
        EXPECT_TRUE(found.exact);
        same(name, "p", found.p_values, 1e-12);
        EXPECT_RELATIVE(*found.omnibus_p_value, of(name, "omnibus")[0], 1e-12);
    };
    check("permutation-EE", common_effect{});
    check("permutation-DL", random_effects{dersimonian_laird{}});
    check("permutation-REML", random_effects{});
}

// The sign-flip tests of golden/*/permutest.csv: all 2^k changes of sign.
TEST(GoldenPermutationTests, OfThePooledEffect) {
    std::size_t rows = 0;
    for (auto const& set : test::golden("manifest.csv")) {
        auto const name = set.text("dataset");
        if (!std::filesystem::exists(std::filesystem::path(ACCRUE_GOLDEN_DIR) / name / "permutest.csv")) {
            continue;
        }
        auto studies = std::vector<estimate>{};
        if (auto const input = test::golden(name + "/input.csv"); input.has("yi")) {
            for (auto const& r : input) {
                studies.push_back({r.number("yi"), r.number("vi")});
            }
        } else {
            for (auto const& r : test::golden(name + "/effects.csv")) {
                if (r.text("measure") == set.text("main_measure") && r.text("vtype") == "LS" &&
                    r.text("to") == "only0" && r.text("drop00") == "FALSE" &&
                    r.text("correct") == "default" && (r.text("add") == "0.5" || r.text("add") == "0") &&
                    !r.missing("yi")) {
                    studies.push_back({r.number("yi"), r.number("vi")});
                }
            }
        }
        for (auto const& r : test::golden(name + "/permutest.csv")) {
            auto const found =
                r.text("method") == "EE"
                    ? permutation_test(common_effect{}, studies, moderators{})
                    : permutation_test(random_effects{dersimonian_laird{}}, studies, moderators{});
            EXPECT_TRUE(found.exact);
            EXPECT_EQ(static_cast<double>(found.tried), r.number("iter")) << r.where();
            EXPECT_EQ(found.p_values[0], r.number("pval")) << r.where();
            ++rows;
        }
    }
    EXPECT_EQ(rows, 34U);
}

TEST(RandomPermutations, RepeatWithTheirSeedAndComeNearTheExactTest) {
    auto studies = std::vector<estimate>{};
    auto dose = std::vector<double>{};
    for (int i = 0; i < 8; ++i) {
        dose.push_back(i);
        studies.push_back({0.1 * i + (i % 3 == 0 ? 0.3 : -0.2), 0.05 + 0.01 * i});
    }
    auto const given = moderators{}.with("dose", dose);
    auto const all = permutation_test(common_effect{}, studies, given, {.most = 50000});
    EXPECT_TRUE(all.exact);
    EXPECT_EQ(all.tried, 40320U);
    auto const some = permutation_test(common_effect{}, studies, given, {.most = 4000, .seed = 3});
    EXPECT_FALSE(some.exact);
    EXPECT_EQ(some.p_values,
              permutation_test(common_effect{}, studies, given, {.most = 4000, .seed = 3}).p_values);
    double const p = all.p_values[1];
    EXPECT_NEAR(some.p_values[1], p, 4 * std::sqrt(p * (1 - p) / 4000));
}

// A remainder alone would have every second number of these in the lowest third.
TEST(RandomPermutations, DrawNumbersBelowALargeBoundWithoutBias) {
    auto generator = std::mt19937_64(5);
    std::size_t const third = (std::numeric_limits<std::size_t>::max)() / 4;
    int in_lowest = 0;
    for (int i = 0; i < 4000; ++i) {
        in_lowest += detail::uniform_below(generator, 3 * third) < third ? 1 : 0;
    }
    EXPECT_NEAR(in_lowest / 4000.0, 1.0 / 3, 4 * std::sqrt(2.0 / 9 / 4000)); // four standard errors
}

} // namespace
} // namespace accrue::test_regression_oracle
