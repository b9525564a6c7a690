// What must hold of every meta-regression: the special cases that the library computes otherwise, and changes
// of units and order.

#include "support/moderated_example.hpp"
#include "support/relative.hpp"
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/regression.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>
#include <accrue/uncertainty.hpp>

#include <Eigen/Dense>
#include <boost/math/quadrature/gauss.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_regression_laws {
namespace {

using test::simulated;

template <class Visit>
void for_each_estimator(Visit const& visit) {
    visit("DL", dersimonian_laird{});
    visit("HE", hedges_olkin{});
    visit("HS", hunter_schmidt{});
    visit("HSk", hunter_schmidt_small_sample{});
    visit("SJ", sidik_jonkman{});
    visit("SJ2", two_step_sidik_jonkman{});
    visit("ML", maximum_likelihood{});
    visit("REML", reml{});
    visit("PM", paule_mandel{});
    visit("PMM", median_unbiased_paule_mandel{});
    visit("GENQ", generalised_q{});
    visit("DL2", two_step{});
    visit("HM", hartung_makambi{});
    visit("semi-Bayes", semi_bayes{inverse_gamma_prior{2, 0.1}});
    visit("fixed", fixed_tau_squared{0.3});
}

template <class Visit>
void for_each_uncertainty(Visit const& visit) {
    visit("wald", wald{});
    visit("wald_t", wald_t{});
    visit("hartung_knapp", hartung_knapp{});
    visit("floored", hartung_knapp_floored{});
    visit("hybrid", hartung_knapp_hybrid{});
    visit("kenward_roger", kenward_roger{});
}

TEST(EggersTest, IsMetaRegressionOnTheStandardErrorByEveryEstimator) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        auto const estimates = simulated(seed, 12, 0.5).estimates;
        auto errors = std::vector<double>{};
        for (auto const& study : estimates) {
            errors.push_back(standard_error(study));
        }
        auto const given = moderators{}.with("error", errors);
        for_each_estimator([&](char const* const name, auto const& estimator) {
            SCOPED_TRACE(name);
            auto const test = egger_test{by_standard_error{}, additive_dispersion{estimator}}(estimates);
            auto const fit = meta_regression(random_effects{estimator, wald{}}, estimates, given);
            EXPECT_RELATIVE(test.tau_squared, fit.tau_squared, 1e-9, 1e-12);
            EXPECT_RELATIVE(test.slope, fit.coefficients[1], 1e-9);
            EXPECT_RELATIVE(test.p_value, p_values(fit)[1], 1e-8);
        });
    }
}

// Few studies may differ much from all others: the likelihood has maxima where tau² falls steeply, apart from
// those of gentle slopes.
TEST(LocationScale, IsBeatenByNoPlaceOfAGrid) {
    auto random = std::mt19937_64{11};
    auto normal = std::normal_distribution<double>{};
    auto uniform = std::uniform_real_distribution<double>{};
    int usable = 0;
    for (int repetition = 0; repetition < 200; ++repetition) {
        auto studies = std::vector<estimate>{};
        auto x = std::vector<double>{};
        double const level = -4 + 4 * uniform(random);
        double const slope = 3 * (uniform(random) - 0.5);
        for (auto k = 4 + random() % 30; k > 0; --k) {
            x.push_back(normal(random));
            double const variance = std::pow(10, -3 + 2.5 * uniform(random));
            double const sd = std::sqrt(variance + std::exp(level + slope * x.back()));
            studies.push_back({sd * normal(random), variance});
        }
        auto const scale = moderators{}.with("x", x);
        bool const restricted = repetition % 2 == 0;
        auto const fit = restricted ? location_scale{}(studies, moderators{}, scale)
                                    : location_scale{maximum_likelihood{}}(studies, moderators{}, scale);
        if (fit.status != status::ok) {
            continue; // where the likelihood rises for ever
        }
        ++usable;
        for (double a = -14; a <= 6; a += 0.5) {
            for (double b = -8; b <= 8; b += 0.5) {
                auto spread = studies;
                for (std::size_t i = 0; i < spread.size(); ++i) {
                    spread[i].variance += std::exp(a + b * x[i]);
                }
                ASSERT_LE(restricted ? restricted_log_likelihood(spread, 0.0) : log_likelihood(spread, 0.0),
                          fit.log_likelihood + 1e-9)
                    << repetition << ": " << a << ", " << b << ", not " << fit.scale.coefficients[0] << ", "
                    << fit.scale.coefficients[1];
            }
        }
    }
    EXPECT_GT(usable, 180);
}

TEST(LocationScale, PredictsWhereItWasFitted) {
    auto const data = simulated(5, 30, 0.5);
    auto x = std::vector<double>{};
    for (std::size_t i = 0; i < 30; ++i) {
        x.push_back(1990 + static_cast<double>(i));
    }
    auto const given = moderators{}.with("year", x);
    auto const fit = location_scale{}(data.estimates, given, given);
    auto const here = predict(fit, {{"year", 1997.0}}, {{"year", 1997.0}}, 0.95);
    EXPECT_RELATIVE(here.tau_squared, fit.tau_squared[7], 1e-9);
    EXPECT_RELATIVE(here.effect, predict(fit.location, {1997.0}, 0.95).effect, 1e-12);
    double const half = 1.959963984540054 * std::sqrt(fit.tau_squared[7] + here.variance);
    EXPECT_RELATIVE(here.prediction.upper - here.effect, half, 1e-8);
    EXPECT_LE(here.tau_squared_confidence.lower, here.tau_squared);
    EXPECT_GE(here.tau_squared_confidence.upper, here.tau_squared);
    EXPECT_DOUBLE_EQ(predict(fit, {1997.0}, {1997.0}, 0.95).prediction.lower, here.prediction.lower);
    // An intercept alone in the scale: `random_effects` with moderators.
    auto const constant = location_scale{}(data.estimates, given, moderators{});
    auto const plain = meta_regression(random_effects{}, data.estimates, given);
    if (plain.tau_squared > 0) {
        EXPECT_RELATIVE(predict(constant, {{"year", 1997.0}}, {}, 0.9).prediction.upper,
                        predict(plain, {1997.0}, 0.9).prediction.upper, 1e-11);
    }
    EXPECT_THROW((void)predict(fit, {{"year", 1997.0}}, {}, 0.95), invalid_input);
}

TEST(InterceptAlone, IsPooling) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        auto const data = simulated(seed, 5 + seed % 12, seed % 4 == 0 ? 3 : 0.7);
        auto const studies = moderated(data.estimates, moderators{});
        auto const compare = [&](auto const& model) {
            auto const pooled = pool(model, data.estimates);
            auto const fit = meta_regression(model, studies);
            // Estimates of tau² stop within 1e-10 of v + tau² of the truth.
            EXPECT_RELATIVE(fit.tau_squared, pooled.tau_squared, 1e-9, 1e-12);
            EXPECT_RELATIVE(fit.coefficients[0], pooled.effect, 1e-9);
            EXPECT_RELATIVE(fit.covariance(0, 0), pooled.variance, 1e-9);
            EXPECT_RELATIVE(fit.degrees_of_freedom, pooled.degrees_of_freedom, 1e-9);
            EXPECT_EQ(fit.k, pooled.k);
        };
        // Estimator and uncertainty know nothing of each other.
        for_each_estimator([&](char const* const name, auto const& estimator) {
            SCOPED_TRACE(name);
            compare(random_effects{estimator, hartung_knapp{}});
        });
        for_each_uncertainty([&](char const* const name, auto const& uncertainty) {
            SCOPED_TRACE(name);
            compare(random_effects{reml{}, uncertainty});
        });
        auto const common = pool(common_effect{}, data.estimates);
        auto const fit = meta_regression(common_effect{}, data.estimates, moderators{});
        EXPECT_RELATIVE(fit.coefficients[0], common.effect, 1e-13);
        EXPECT_RELATIVE(fit.covariance(0, 0), common.variance, 1e-13);
    }
}

TEST(GroupIndicators, AreSubgroupsWithACommonTauSquared) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        auto const data = simulated(seed, 15 + seed % 5, 1);
        auto groups = std::vector<std::vector<estimate>>(3);
        for (std::size_t i = 0; i < data.kind.size(); ++i) {
            groups[static_cast<std::size_t>(data.kind[i][0] - 'a')].push_back(data.estimates[i]);
        }
        auto const given = moderators{}.with_factor("kind", data.kind).without_intercept();
        auto const studies = moderated(data.estimates, given);
        auto lists = std::vector<study_evidence<double>>{};
        for (auto const& group : groups) {
            lists.push_back(detail::as_evidence(group));
        }
        auto const grouped = grouped_evidence<double>(lists);
        for_each_estimator([&](char const* const name, auto const& estimator) {
            SCOPED_TRACE(name);
            auto const shared = estimator(grouped);
            EXPECT_RELATIVE(estimator(studies).value, shared.value, 1e-9, 1e-12);
            if constexpr (requires { estimator.standard_error(grouped, 0.1); }) {
                EXPECT_RELATIVE(estimator.standard_error(studies, 0.1),
                                estimator.standard_error(grouped, 0.1), 1e-11);
            }
            auto const fit = meta_regression(random_effects{estimator}, studies);
            auto const apart = subgroups(random_effects{common_tau_squared(estimator, groups)}, groups);
            for (std::size_t g = 0; g < 3; ++g) {
                EXPECT_RELATIVE(fit.coefficients[g], apart.groups[g].effect, 1e-8, 1e-11);
                EXPECT_RELATIVE(coefficient(fit, g).variance, apart.groups[g].variance, 1e-8);
            }
            // The test of differences between groups is that of the factor beside an intercept.
            auto const beside = meta_regression(random_effects{estimator}, data.estimates,
                                                moderators{}.with_factor("kind", data.kind));
            EXPECT_RELATIVE(omnibus_test(beside).statistic, apart.q_between, 1e-8);
            EXPECT_RELATIVE(omnibus_test(beside).p_value, apart.p_value, 1e-7);
        });
        for (double const tau_squared : {0.0, 0.2}) {
            EXPECT_RELATIVE(restricted_log_likelihood(studies, tau_squared),
                            restricted_log_likelihood(grouped, tau_squared), 1e-12);
            EXPECT_RELATIVE(log_likelihood(studies, tau_squared), log_likelihood(grouped, tau_squared),
                            1e-12);
        }
        auto const same = [&](auto const& method) {
            auto const one = tau_squared_interval(method, studies, 0.9);
            auto const other = tau_squared_interval(method, grouped, 0.9);
            EXPECT_RELATIVE(one.lower, other.lower, 1e-8, 1e-11);
            EXPECT_RELATIVE(one.upper, other.upper, 1e-8);
        };
        same(q_profile{});
        same(generalised_q_profile{});
        same(generalised_q_profile{inverse_variance_weights{}});
        same(profile_likelihood{});
        EXPECT_RELATIVE(heterogeneity(studies).q, inverse_variance_fit(grouped, 0.0).q(), 1e-12);
    }
}

TEST(AffineChangesOfAModerator, MoveCoefficientsExactly) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        auto const data = simulated(seed, 12 + seed % 7, 1);
        auto changed = data.year;
        for (double& year : changed) {
            year = 3 * (year - 1000);
        }
        auto const model = random_effects{reml{}, hartung_knapp{}};
        auto const plain = meta_regression(model, data.estimates, data.all());
        auto const other = meta_regression(
            model, data.estimates,
            moderators{}.with("year", changed).with_factor("kind", data.kind).with("dose", data.dose));
        EXPECT_RELATIVE(other.tau_squared, plain.tau_squared, 1e-9);
        EXPECT_RELATIVE(other.coefficients[1], plain.coefficients[1] / 3, 1e-9);
        EXPECT_RELATIVE(other.coefficients[0], plain.coefficients[0] + 1000 * plain.coefficients[1], 1e-8);
        for (std::size_t j = 2; j < 5; ++j) {
            EXPECT_RELATIVE(other.coefficients[j], plain.coefficients[j], 1e-8);
            EXPECT_RELATIVE(coefficient(other, j).variance, coefficient(plain, j).variance, 1e-9);
        }
        EXPECT_RELATIVE(omnibus_test(other).statistic, omnibus_test(plain).statistic, 1e-8);
    }
}

TEST(ReferenceLevel, ChangesNoFittedValue) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        auto const data = simulated(seed, 13 + seed % 6, 1);
        auto const model = random_effects{reml{}, kenward_roger{}};
        auto const given = [&](std::string const& reference) {
            return moderators{}.with("dose", data.dose).with_factor("kind", data.kind, reference);
        };
        auto const first = fitted_values(model, data.estimates, given("a"));
        auto const last = fitted_values(model, data.estimates, given("c"));
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_RELATIVE(last[i].effect, first[i].effect, 1e-9);
            EXPECT_RELATIVE(last[i].variance, first[i].variance, 1e-9);
            EXPECT_RELATIVE(last[i].degrees_of_freedom, first[i].degrees_of_freedom, 1e-8);
        }
        auto const one = moderator_test(meta_regression(model, data.estimates, given("a")), "kind");
        auto const other = moderator_test(meta_regression(model, data.estimates, given("c")), "kind");
        EXPECT_RELATIVE(other.statistic, one.statistic, 1e-8);
        EXPECT_RELATIVE(other.denominator_degrees_of_freedom, one.denominator_degrees_of_freedom, 1e-8);
        EXPECT_RELATIVE(variance_inflation(meta_regression(model, data.estimates, given("a")))[1].factor,
                        variance_inflation(meta_regression(model, data.estimates, given("c")))[1].factor,
                        1e-9);
    }
}

// All levels beside an intercept are one too many. It does not matter which is dropped, nor whether it is the
// intercept, nor whether the levels are given as numbers.
TEST(RedundantLevel, ChangesNothingWhenItIsDropped) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        auto const data = simulated(seed, 13 + seed % 6, 1);
        auto indicators = std::vector<std::vector<double>>(3);
        for (auto const& kind : data.kind) {
            for (std::size_t level = 0; level < 3; ++level) {
                indicators[level].push_back(kind[0] - 'a' == static_cast<int>(level) ? 1 : 0);
            }
        }
        auto const with = [&](std::vector<std::size_t> const& levels) {
            auto given = moderators{}.with("dose", data.dose);
            for (auto const level : levels) {
                given = given.with(std::string(1, static_cast<char>('a' + level)), indicators[level]);
            }
            return given;
        };
        auto const model = random_effects{reml{}, hartung_knapp{}};
        EXPECT_THROW((void)meta_regression(model, data.estimates, with({0, 1, 2})), invalid_input);
        auto const plain = meta_regression(
            model, data.estimates, moderators{}.with("dose", data.dose).with_factor("kind", data.kind));
        auto const fitted = fitted_values(model, data.estimates, with({1, 2}));
        auto const check = [&](moderators const& given) {
            auto const fit = meta_regression(model, data.estimates, given);
            EXPECT_RELATIVE(fit.tau_squared, plain.tau_squared, 1e-9, 1e-12);
            EXPECT_RELATIVE(fit.q, plain.q, 1e-11);
            EXPECT_RELATIVE(coefficient(fit, "dose").effect, coefficient(plain, "dose").effect, 1e-8);
            EXPECT_RELATIVE(coefficient(fit, "dose").variance, coefficient(plain, "dose").variance, 1e-8);
            auto const others = fitted_values(model, data.estimates, given);
            for (std::size_t i = 0; i < others.size(); ++i) {
                EXPECT_RELATIVE(others[i].effect, fitted[i].effect, 1e-8, 1e-9);
                EXPECT_RELATIVE(others[i].variance, fitted[i].variance, 1e-8);
            }
        };
        check(with({0, 1}));
        check(with({0, 2}));
        check(with({1, 2}));
        check(with({0, 1, 2}).without_intercept());
    }
}

TEST(KenwardRogerTestOfOneCoefficient, IsItsT) {
    auto const data = simulated(5, 15, 1);
    auto const fit = meta_regression(random_effects{reml{}, kenward_roger{}}, data.estimates, data.all());
    auto const one = coefficient(fit, "dose");
    auto const test = moderator_test(fit, "dose");
    EXPECT_RELATIVE(test.statistic, test_statistic(one) * test_statistic(one), 1e-11);
    EXPECT_RELATIVE(test.denominator_degrees_of_freedom, one.degrees_of_freedom, 1e-10);
    EXPECT_RELATIVE(test.p_value, p_value(one), 1e-9);
}

TEST(OrderOfStudies, DoesNotMatter) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        auto const data = simulated(seed, 12 + seed % 7, 1);
        auto turned = data;
        std::reverse(turned.estimates.begin(), turned.estimates.end());
        std::reverse(turned.year.begin(), turned.year.end());
        std::reverse(turned.dose.begin(), turned.dose.end());
        std::reverse(turned.kind.begin(), turned.kind.end());
        auto const one = meta_regression(random_effects{}, data.estimates, data.all());
        auto const other = meta_regression(random_effects{}, turned.estimates, turned.all());
        for (std::size_t j = 0; j < one.coefficients.size(); ++j) {
            EXPECT_EQ(one.names[j], other.names[j]);
            EXPECT_RELATIVE(other.coefficients[j], one.coefficients[j], 1e-9);
        }
    }
}

TEST(SignAndScaleOfEffects, CarryOver) {
    auto const data = simulated(8, 16, 1);
    for (double const factor : {-1.0, 1e-120, 1e120}) {
        auto scaled = data.estimates;
        for (auto& study : scaled) {
            study = {factor * study.effect, factor * factor * study.variance};
        }
        auto const one = meta_regression(random_effects{reml{}, hartung_knapp{}}, data.estimates, data.all());
        auto const other = meta_regression(random_effects{reml{}, hartung_knapp{}}, scaled, data.all());
        EXPECT_EQ(other.status, status::ok);
        EXPECT_RELATIVE(other.tau_squared, factor * factor * one.tau_squared, 1e-9);
        for (std::size_t j = 0; j < one.coefficients.size(); ++j) {
            EXPECT_RELATIVE(other.coefficients[j], factor * one.coefficients[j], 1e-8);
            EXPECT_RELATIVE(p_values(other)[j], p_values(one)[j], 1e-7);
        }
        auto const plain = influence(random_effects{}, data.estimates, data.all());
        auto const found = influence(random_effects{}, scaled, data.all());
        for (std::size_t i = 0; i < plain.size(); ++i) { // as exact as tau², of which they are made
            EXPECT_EQ(found[i].status, status::ok);
            EXPECT_RELATIVE(found[i].cooks_distance, plain[i].cooks_distance, 1e-7);
            EXPECT_RELATIVE(found[i].covariance_ratio, plain[i].covariance_ratio, 1e-7);
        }
    }
}

TEST(CommonOffsetOfEffects, CostsNoDigits) {
    auto const data = simulated(9, 16, 1);
    auto moved = data.estimates;
    for (auto& study : moved) {
        study.effect = std::ldexp(std::round(std::ldexp(study.effect, 20)), -20);
    }
    auto const one = meta_regression(random_effects{dersimonian_laird{}}, moved, data.all());
    for (auto& study : moved) {
        study.effect += 1048576;
    }
    auto const other = meta_regression(random_effects{dersimonian_laird{}}, moved, data.all());
    EXPECT_RELATIVE(other.tau_squared, one.tau_squared, 1e-9);
    EXPECT_RELATIVE(other.coefficients[1], one.coefficients[1], 1e-9);
}

/// P(sum lambda_j chi²(1) <= q), by the inversion of the characteristic function along the real axis. Imhof
/// 1961, Biometrika 48:419-426, doi:10.1093/biomet/48.3-4.419.
double imhof(Eigen::VectorXd const& eigenvalues, double const q) {
    auto const size = [&](double const u) {
        double log_size = 0;
        for (double const lambda : eigenvalues) {
            log_size -= std::log1p(lambda * lambda * u * u) / 4;
        }
        return std::exp(log_size);
    };
    auto const integrand = [&](double const u) {
        double angle = -q * u;
        for (double const lambda : eigenvalues) {
            angle += std::atan(lambda * u);
        }
        return std::sin(angle / 2) / u * size(u);
    };
    double const period = 12.0 / q;
    double total = 0;
    for (double from = 0; size(from) > 1e-13; from += period) {
        total += boost::math::quadrature::gauss<double, 30>::integrate(integrand, from, from + period);
    }
    return 0.5 - total / 3.14159265358979324;
}

// The eigenvalues that the transform does without: of S^½ M S^½, with S = diag(v + tau²), A the weights and
// M = A - A X (X'A X)^-1 X'A.
TEST(GeneralisedQDistribution, IsThatOfItsEigenvaluesWithModerators) {
    auto const weights = inverse_standard_error_weights{};
    for (unsigned seed = 1; seed <= 6; ++seed) {
        auto const data = simulated(seed, 12, 1);
        auto const studies = moderated(data.estimates, data.all());
        Eigen::MatrixXd const& x = studies.design().columns();
        auto const k = static_cast<Eigen::Index>(studies.size());
        Eigen::VectorXd y(k), v(k);
        for (Eigen::Index i = 0; i < k; ++i) {
            y[i] = data.estimates[static_cast<std::size_t>(i)].effect;
            v[i] = data.estimates[static_cast<std::size_t>(i)].variance;
        }
        Eigen::MatrixXd const a = v.cwiseSqrt().cwiseInverse().asDiagonal();
        Eigen::MatrixXd const m = a - a * x * (x.transpose() * a * x).inverse() * x.transpose() * a;
        double const relative = detail::make_quadratic_form(studies, weights).statistic / y.dot(m * y);
        for (double const tau_squared : {0.0, 0.1, 2.0}) {
            Eigen::VectorXd const root = (v.array() + tau_squared).sqrt();
            Eigen::MatrixXd const product = root.asDiagonal() * m * root.asDiagonal();
            Eigen::VectorXd const eigenvalues =
                Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(product).eigenvalues().tail(k - x.cols());
            auto const distribution = detail::generalised_q_distribution<moderated_evidence<double>,
                                                                         inverse_standard_error_weights>(
                studies, weights, tau_squared);
            for (double const share : {0.3, 1.0, 2.0}) {
                double const q = share * eigenvalues.sum();
                EXPECT_NEAR(distribution.cumulative(relative * q), imhof(eigenvalues, q), 1e-10)
                    << seed << ' ' << tau_squared << ' ' << share;
            }
        }
    }
}

TEST(GeneralisedQInterval, EndsWhereTheDistributionHasItsTails) {
    auto const data = simulated(6, 12, 1);
    auto const studies = moderated(data.estimates, data.all());
    for (double const level : {0.5, 0.9, 0.99}) {
        auto const interval = tau_squared_interval(generalised_q_profile{}, studies, level);
        auto const weights = inverse_standard_error_weights{};
        double const observed = detail::make_quadratic_form(studies, weights).statistic;
        auto const probability = [&](double const tau_squared) {
            return detail::generalised_q_distribution<moderated_evidence<double>,
                                                      inverse_standard_error_weights>(studies, weights,
                                                                                      tau_squared)
                .cumulative(observed);
        };
        EXPECT_RELATIVE(probability(interval.upper), (1 - level) / 2, 1e-9);
        if (!interval.one_sided) {
            EXPECT_RELATIVE(probability(interval.lower), (1 + level) / 2, 1e-9);
        }
    }
}

TEST(Predictions, OfAStudyAreItsFittedValue) {
    auto const data = simulated(2, 12, 1);
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto const fit = meta_regression(model, data.estimates, data.all());
    auto const fitted = fitted_values(model, data.estimates, data.all());
    for (std::size_t i = 0; i < fitted.size(); ++i) {
        auto const named =
            predict(fit, {{"kind", data.kind[i]}, {"dose", data.dose[i]}, {"year", data.year[i]}}, 0.9);
        EXPECT_RELATIVE(named.effect, fitted[i].effect, 1e-13, 1e-13);
        double const b = data.kind[i] == "b" ? 1 : 0;
        double const c = data.kind[i] == "c" ? 1 : 0;
        auto const numbered = predict(fit, {data.year[i], b, c, data.dose[i]}, 0.9);
        EXPECT_EQ(numbered.effect, named.effect);
        EXPECT_EQ(predict(fit, {1, data.year[i], b, c, data.dose[i]}, 0.9).confidence.lower,
                  named.confidence.lower);
    }
}

TEST(Predictions, OfAnInterceptAloneHaveAnEmptyRow) {
    auto const data = simulated(2, 12, 1);
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto const alone = predict(meta_regression(model, data.estimates, moderators{}), {}, 0.95);
    auto const pooled = pool(model, data.estimates);
    EXPECT_RELATIVE(alone.effect, pooled.effect, 1e-12);
    EXPECT_RELATIVE(alone.confidence.upper, confidence_interval(pooled, 0.95).upper, 1e-11);
    auto const both = location_scale{}(data.estimates, moderators{}, moderators{});
    EXPECT_RELATIVE(predict(both, {}, {}, 0.95).effect, pooled.effect, 1e-11);
    EXPECT_THROW((void)predict(location_scale{}(data.estimates, data.all(), moderators{}), {}, {}, 0.95),
                 invalid_input);
    EXPECT_THROW((void)predict(location_scale{}(data.estimates, moderators{}, data.all()), {}, {}, 0.95),
                 invalid_input);
    EXPECT_THROW((void)predict(meta_regression(model, data.estimates, data.all()), {}, 0.95), invalid_input);
}

TEST(Refusals, CountOneStudyAsOne) {
    auto const one = std::vector<estimate>{{0.3, 0.1}};
    try {
        (void)meta_regression(random_effects{}, one, moderators{}.with("dose", std::vector{1.0}));
        ADD_FAILURE();
    } catch (invalid_input const& error) {
        EXPECT_NE(std::string(error.what()).find("there is 1 study"), std::string::npos) << error.what();
    }
}

TEST(MarginalMeans, DifferByTheFactorsCoefficients) {
    auto const data = simulated(2, 12, 1);
    auto const fit = meta_regression(random_effects{}, data.estimates, data.all());
    auto const means = marginal_means(fit, data.all(), "kind", 0.95);
    ASSERT_EQ(means.size(), 3U);
    EXPECT_EQ(means[0].level, "a");
    EXPECT_RELATIVE(means[1].mean.effect - means[0].mean.effect, fit.coefficients[2], 1e-10);
    EXPECT_RELATIVE(means[2].mean.effect - means[0].mean.effect, fit.coefficients[3], 1e-10);
}

TEST(DeletedRegressions, AreRegressionsOfTheOthers) {
    auto const data = simulated(10, 12, 1);
    auto const model = random_effects{reml{}, wald{}};
    auto const found = influence(model, data.estimates, data.all());
    auto others = data;
    others.estimates.erase(others.estimates.begin() + 4);
    others.year.erase(others.year.begin() + 4);
    others.dose.erase(others.dose.begin() + 4);
    others.kind.erase(others.kind.begin() + 4);
    auto const without = meta_regression(model, others.estimates, others.all());
    EXPECT_RELATIVE(found[4].tau_squared_deleted, without.tau_squared, 1e-9);
    EXPECT_RELATIVE(found[4].q_deleted, without.q, 1e-11);
    double hats = 0;
    for (auto const& study : found) {
        hats += study.hat;
    }
    EXPECT_RELATIVE(hats, 5.0, 1e-12);
}

TEST(StudyThatAloneDeterminesACoefficient, HasNoDeletedRegression) {
    auto data = simulated(11, 9, 1);
    data.kind.assign(9, "a");
    data.kind[3] = "b";
    auto const given = moderators{}.with_factor("kind", data.kind);
    auto const found = influence(random_effects{}, data.estimates, given);
    EXPECT_EQ(found[3].status, status::undefined);
    EXPECT_TRUE(std::isnan(found[3].cooks_distance));
    EXPECT_RELATIVE(found[3].hat, 1.0, 1e-14);
    EXPECT_EQ(found[2].status, status::ok);
    EXPECT_GT(found[2].cooks_distance, 0);
}

// Evidence that was made before knows its columns by their names alone.
TEST(EvidenceMadeBefore, HasTheInterceptThatModeratorsHave) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        auto const data = simulated(seed, 14, 1);
        for (auto const& given : {data.all(), data.all().without_intercept()}) {
            auto const model = random_effects{reml{}, hartung_knapp{}};
            auto const expected = meta_regression(model, data.estimates, given);
            auto const fit = meta_regression(model, moderated(data.estimates, given));
            EXPECT_EQ(fit.terms.has_intercept(), expected.terms.has_intercept());
            EXPECT_EQ(fit.terms.names(), expected.terms.names());
            EXPECT_EQ(omnibus_test(fit).statistic, omnibus_test(expected).statistic);
            EXPECT_EQ(omnibus_test(fit).degrees_of_freedom, omnibus_test(expected).degrees_of_freedom);
            EXPECT_EQ(variance_inflation(fit).front().factor, variance_inflation(expected).front().factor);
            auto const means = marginal_means(fit, given, "kind", 0.95);
            auto const others = marginal_means(expected, given, "kind", 0.95);
            for (std::size_t i = 0; i < others.size(); ++i) {
                EXPECT_EQ(means[i].mean.effect, others[i].mean.effect) << others[i].level;
            }
        }
    }
}

} // namespace
} // namespace accrue::test_regression_laws
