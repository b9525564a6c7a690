// What holds for every posterior, over random studies and priors; and an independent computation of a
// thousand.

#include "support/relative.hpp"
#include <accrue/bayes.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <boost/math/quadrature/exp_sinh.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_bayes_laws {
namespace {

struct named_prior {
    std::string name;
    any_heterogeneity_prior prior;
};

std::vector<named_prior> priors(double const s) {
    return {{"half-normal", half_normal{s}},
            {"half-Cauchy", half_cauchy{s}},
            {"half-t", half_student_t{3.5, s}},
            {"exponential", exponential{s}},
            {"log-normal of tau²", on_tau_squared{log_normal{2 * std::log(s), 1.74}}},
            {"log-t of tau²", on_tau_squared{log_student_t{2 * std::log(s), 1.5, 5}}},
            {"inverse gamma of tau²", on_tau_squared{inverse_gamma{1.5, s * s}}},
            {"inverse gamma", inverse_gamma{2, s}},
            {"a user's gamma density, infinite at 0",
             [s](double const tau) { return -0.5 * std::log(tau * s * std::numbers::pi) - tau / s; }}};
}

std::vector<estimate> random_studies(std::mt19937& random, double const scale) {
    auto normal = std::normal_distribution<>();
    auto const k = 2 + random() % 9;
    double const tau = scale * std::exp(normal(random)) * (random() % 3 > 0 ? 1 : 0);
    auto studies = std::vector<estimate>{};
    for (std::size_t i = 0; i < k; ++i) {
        double const sd = scale * std::exp(normal(random));
        studies.push_back({scale + tau * normal(random) + sd * normal(random), sd * sd});
    }
    return studies;
}

/// The trapezoidal rule in ln tau with 6,000 points over 24 decades about `scale`, and no rewriting of any
/// sum.
struct plain_posterior {
    long double mass = 0, mean = 0, variance = 0, tau = 0, below_zero = 0;
    double log_marginal_likelihood;

    plain_posterior(std::vector<estimate> const& studies, mean_prior const& prior,
                    std::function<double(double)> const& tau_prior, double const scale,
                    int const first = -3750) {
        struct point {
            long double log, tau, mean, variance;
        };
        auto points = std::vector<point>{};
        long double const step = 80.0L / 6000;
        long double top = -std::numeric_limits<long double>::infinity();
        for (int i = first; i < 2250; ++i) {
            long double const u = std::log(static_cast<long double>(scale)) + step * i;
            long double const t = std::exp(u);
            long double w = 0, s = 0, logs = 0;
            for (auto const& study : studies) {
                long double const v = study.variance + t * t;
                w += 1 / v;
                s += study.effect / v;
                logs += std::log(2 * std::numbers::pi_v<long double> * v);
            }
            long double q = 0;
            for (auto const& study : studies) {
                long double const r = study.effect - s / w;
                q += r * r / (study.variance + t * t);
            }
            long double m = s / w, var = 1 / w;
            long double height = -(logs + q) / 2;
            if (auto const* const known = std::get_if<normal_prior>(&prior)) {
                long double const g = known->sd, m0 = known->mean;
                height -= (m - m0) * (m - m0) / (1 / w + g * g) / 2 + std::log(1 + g * g * w) / 2;
                m = (m0 / (g * g) + s) / (1 / (g * g) + w);
                var = 1 / (1 / (g * g) + w);
            } else {
                height += std::log(2 * std::numbers::pi_v<long double> / w) / 2;
            }
            height += u + tau_prior(static_cast<double>(t));
            points.push_back({height, t, m, var});
            top = std::max(top, height);
        }
        for (auto const& p : points) {
            long double const weight = std::exp(p.log - top);
            mass += weight;
            mean += weight * p.mean;
            tau += weight * p.tau;
            below_zero += weight * std::erfc(p.mean / std::sqrt(2 * p.variance)) / 2;
        }
        mean /= mass;
        tau /= mass;
        below_zero /= mass;
        for (auto const& p : points) {
            variance += std::exp(p.log - top) / mass * (p.variance + (p.mean - mean) * (p.mean - mean));
        }
        log_marginal_likelihood = static_cast<double>(top + std::log(mass * step));
    }
};

// 1e-10: what is promised. Moments that the tail keeps from existing are left out, as the plain rule would
// cut them.
TEST(BayesianRandomEffects, AgreesWithAPlainRuleOnRandomDataSetsAndPriors) {
    auto random = std::mt19937(7);
    auto const names = priors(1).size();
    for (std::size_t i = 0; i < 1000; ++i) {
        double const scale = std::pow(10.0, static_cast<double>(random() % 7) - 3);
        auto const studies = random_studies(random, scale);
        double const prior_scale = scale * std::exp(std::normal_distribution<>()(random));
        auto const prior = priors(prior_scale)[i % names];
        bool const flat = random() % 2 == 0;
        mean_prior const mean = flat ? mean_prior(flat_prior{}) : mean_prior(normal_prior{0, 3 * scale});
        auto const after = bayesian_random_effects{.mean = mean, .heterogeneity = prior.prior}(studies);
        // The log-t density falls to 0 so slowly that the rule has to begin at e^-330.
        bool const slow = prior.name == "log-t of tau²";
        auto const plain = plain_posterior(studies, mean, prior.prior, scale, slow ? -24750 : -3750);
        ASSERT_EQ(after.status, status::ok) << prior.name;
        constexpr double close = 1e-10;
        double const sd = after.mean().sd();
        EXPECT_NEAR(after.mean().probability(0), static_cast<double>(plain.below_zero), close) << prior.name;
        EXPECT_NEAR(after.log_marginal_likelihood, plain.log_marginal_likelihood, close * 50) << prior.name;
        if (studies.size() > 3) {
            EXPECT_NEAR(after.mean().mean(), static_cast<double>(plain.mean), close * sd) << prior.name;
            EXPECT_RELATIVE(sd * sd, static_cast<double>(plain.variance), close * 10) << prior.name;
            EXPECT_RELATIVE(after.tau().mean(), static_cast<double>(plain.tau), close * 10) << prior.name;
        }
    }
}

TEST(BayesianRandomEffects, UniformPriorIsTheLikelihoodCutOff) {
    auto random = std::mt19937(11);
    for (int i = 0; i < 50; ++i) {
        auto const studies = random_studies(random, 1);
        double const upper = std::exp(std::normal_distribution<>()(random));
        auto const after =
            bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = uniform{upper}}(studies);
        // Simpson's rule over tau itself.
        constexpr int n = 4000;
        double mass = 0;
        double tau = 0;
        for (int j = 0; j <= n; ++j) {
            double const t = upper * j / n;
            double const weight = (j == 0 || j == n ? 1 : j % 2 == 1 ? 4 : 2) * upper / n / 3;
            auto const fit = inverse_variance_fit(detail::as_evidence(studies), t * t);
            double const density =
                std::exp(log_likelihood(studies, t * t)) * std::sqrt(2 * std::numbers::pi * fit.variance());
            mass += weight * density;
            tau += weight * density * t;
        }
        EXPECT_RELATIVE(after.log_marginal_likelihood, std::log(mass / upper), 1e-9, 1e-9);
        EXPECT_RELATIVE(after.tau().mean(), tau / mass, 1e-9);
        EXPECT_NEAR(after.tau().probability(upper), 1, 1e-15);
    }
}

TEST(BayesianRandomEffects, PriorsIntegrateToOne) {
    auto rule = boost::math::quadrature::exp_sinh<double>();
    for (double const s : {0.3, 4.0}) {
        for (auto const& [name, prior] : priors(s)) {
            // Over ln tau to both sides of the typical value, so that no density is too narrow or too heavy.
            auto const side = [&](double const sign) {
                return rule.integrate([&](double const x) {
                    double const tau = s * std::exp(sign * x);
                    return tau > 1e-150 && tau < 1e150 ? std::exp(prior(tau)) * tau : 0.0;
                });
            };
            EXPECT_NEAR(side(1) + side(-1), 1, 1e-9) << name;
        }
        EXPECT_NEAR(std::exp(uniform{s}(s / 3)) * s, 1, 1e-15);
    }
}

TEST(BayesianRandomEffects, QuantilesAndProbabilitiesAreInverse) {
    auto random = std::mt19937(3);
    auto const check = [](auto const& distribution) {
        double previous = -std::numeric_limits<double>::infinity();
        for (double const p : {1e-6, 0.025, 0.3, 0.5, 0.8, 0.975, 1 - 1e-6}) {
            double const x = distribution.quantile(p);
            EXPECT_NEAR(distribution.probability(x), p, 1e-12);
            EXPECT_NEAR(distribution.survival(x), 1 - p, 1e-12);
            EXPECT_GT(x, previous);
            previous = x;
        }
        // The density is the derivative of the probability.
        double const x = distribution.quantile(0.6);
        double const h = 1e-4 * x;
        EXPECT_NEAR((distribution.probability(x + h) - distribution.probability(x - h)) / (2 * h),
                    distribution.density(x), 1e-6 * distribution.density(x) + 1e-9);
    };
    for (auto const& [name, prior] : priors(0.5)) {
        SCOPED_TRACE(name);
        auto const after = bayesian_random_effects{.mean = normal_prior{0, 5},
                                                   .heterogeneity = prior}(random_studies(random, 1));
        check(after.mean());
        check(after.tau());
        check(after.new_study());
        check(after.study(1));
    }
}

TEST(BayesianRandomEffects, TurnsWithTheScale) {
    auto random = std::mt19937(5);
    for (double const c : {1e-30, 1e-8, 1e8, 1e30}) {
        auto studies = random_studies(random, 1);
        auto const before =
            bayesian_random_effects{.mean = normal_prior{0.5, 2}, .heterogeneity = half_cauchy{0.4}}(studies);
        for (auto& study : studies) {
            study = {study.effect * c, study.variance * c * c};
        }
        auto const after = bayesian_random_effects{.mean = normal_prior{0.5 * c, 2 * c},
                                                   .heterogeneity = half_cauchy{0.4 * c}}(studies);
        auto const k = static_cast<double>(studies.size());
        EXPECT_RELATIVE(after.mean().mean(), c * before.mean().mean(), 1e-11);
        EXPECT_RELATIVE(after.mean().sd(), c * before.mean().sd(), 1e-11);
        EXPECT_RELATIVE(after.tau().quantile(0.9), c * before.tau().quantile(0.9), 1e-10);
        EXPECT_NEAR(after.log_marginal_likelihood, before.log_marginal_likelihood - k * std::log(c), 1e-10);
    }
}

// A prior much narrower than what the studies say moves by g² W y / (1 + g² W), and no more; a wide one
// leaves y, less y / (1 + g² W). 1e-14: a few roundings of each factor.
TEST(PosteriorOfTheMean, KeepsItsDistanceFromANarrowPrior) {
    for (double const sd : {1e-80, 1e-12, 1e-8, 1e-3, 0.1, 0.2, 0.4, 3.0, 1e8}) {
        for (double const effect : {0.3, -1e-5, 70.0}) {
            for (double const tau : {0.0, 0.1, 5.0}) {
                auto const after =
                    bayesian_random_effects{.mean = normal_prior{0, sd}, .heterogeneity = point_prior{tau}}(
                        std::vector<estimate>{{effect, 0.04}});
                double const gain = sd * sd / (0.04 + tau * tau);
                EXPECT_RELATIVE(after.mean().mean(), effect * gain / (1 + gain), 1e-14) << sd << ' ' << tau;
            }
        }
    }
    // Between the two wherever they are: the mean's distances from both add up to theirs.
    for (double const sd : {1e-6, 0.1, 10.0}) {
        auto const after =
            bayesian_random_effects{.mean = normal_prior{2, sd},
                                    .heterogeneity = point_prior{0.1}}(std::vector<estimate>{{0.3, 0.04}});
        double const gain = sd * sd / 0.05;
        EXPECT_RELATIVE(after.mean().mean(), (2 + 0.3 * gain) / (1 + gain), 1e-15);
    }
}

// Far out ln(1 + z²) is 2 ln |z|, and the density of x / c is c times that of x. 1e-14: a logarithm of a few
// hundred has a rounding of 1e-16 of itself, as has each of the terms that it is the sum of.
TEST(HeavyTailedPriors, HaveTheirDensityInEveryUnit) {
    for (double const c : {1e-80, 1e-30, 1e-3, 1.0, 1e30, 1e80}) {
        for (double const z : {1e-200, 1e-9, 0.3, 1.0, 1.5, 1e9, 1e100, 1e158, 1e200}) {
            double const root = std::log(z > 1e8 ? z : std::hypot(1, z));
            double const expected = std::log(2 / std::numbers::pi) - std::log(c) - 2 * root;
            EXPECT_RELATIVE(half_cauchy{c}(c * z), expected, 1e-14) << c << ' ' << z;
            EXPECT_RELATIVE((half_student_t{1, c}(c * z)), expected, 1e-14) << c << ' ' << z;
            for (double const degrees : {0.5, 3.5, 40.0}) {
                double const there = half_student_t{degrees, c}(c * z);
                EXPECT_RELATIVE(there, (half_student_t{degrees, 1}(z)) - std::log(c), 1e-14, 1e-13);
                // A power law, once z is large.
                double const farther = half_student_t{degrees, c}(c * z * 100);
                if (z > 1e8) {
                    EXPECT_RELATIVE(there - farther, (degrees + 1) * std::log(100), 1e-11) << c << ' ' << z;
                }
            }
        }
    }
}

TEST(BayesianRandomEffects, DoesNotDependOnTheOrderAndMirrors) {
    auto random = std::mt19937(9);
    auto const model = bayesian_random_effects{.mean = normal_prior{0, 2}, .heterogeneity = half_normal{0.5}};
    for (int i = 0; i < 20; ++i) {
        auto studies = random_studies(random, 1);
        auto const before = model(studies);
        std::shuffle(studies.begin(), studies.end(), random);
        EXPECT_RELATIVE(model(studies).mean().mean(), before.mean().mean(), 1e-11, 1e-13);
        for (auto& study : studies) {
            study.effect = -study.effect;
        }
        auto const mirrored = model(studies);
        EXPECT_RELATIVE(mirrored.mean().mean(), -before.mean().mean(), 1e-11, 1e-13);
        EXPECT_RELATIVE(mirrored.mean().probability(0.2), before.mean().survival(-0.2), 1e-11);
        EXPECT_RELATIVE(mirrored.tau().mean(), before.tau().mean(), 1e-11);
    }
}

TEST(BayesianRandomEffects, WithKnownTauAndAFlatPriorIsInverseVariancePooling) {
    auto random = std::mt19937(13);
    for (double const tau : {0.0, 0.7}) {
        auto const studies = random_studies(random, 1);
        auto const after =
            bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = point_prior{tau}}(studies);
        auto const pooled = pool(random_effects{fixed_tau_squared{tau * tau}, wald{}}, studies);
        EXPECT_RELATIVE(after.mean().mean(), pooled.effect, 1e-14);
        EXPECT_RELATIVE(after.mean().sd(), standard_error(pooled), 1e-14);
        EXPECT_RELATIVE(after.mean().quantile(0.975), confidence_interval(pooled, 0.95).upper, 1e-13);
        EXPECT_RELATIVE(after.tau().quantile(0.3), tau, 1e-15);
        EXPECT_RELATIVE(after.tau().mean(), tau, 1e-15);
        // A prior of tau that is all but a point comes to the same.
        if (tau > 0) {
            auto const narrow = bayesian_random_effects{
                .mean = flat_prior{}, .heterogeneity = log_normal{std::log(tau), 1e-6}}(studies);
            EXPECT_RELATIVE(narrow.mean().mean(), pooled.effect, 1e-9, 1e-9);
        } else {
            auto const narrow =
                bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_normal{1e-9}}(studies);
            EXPECT_RELATIVE(narrow.mean().mean(), pooled.effect, 1e-12);
            EXPECT_RELATIVE(narrow.tau().mean(), 1e-9 * std::sqrt(2 / std::numbers::pi), 1e-10);
        }
    }
}

TEST(BayesianRandomEffects, WithOneStudyAndAFlatPriorLeavesThePriorOfTau) {
    auto const one = std::vector<estimate>{{1.5, 0.25}};
    auto const after = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_cauchy{0.4}}(one);
    EXPECT_EQ(after.status, status::ok);
    EXPECT_RELATIVE(after.tau().quantile(0.5), 0.4, 1e-12);
    EXPECT_NEAR(after.log_marginal_likelihood, 0, 1e-12);
    // A half-Cauchy has no mean, and here nothing bounds its tail.
    EXPECT_EQ(after.tau().mean(), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(after.mean().mean()));
    EXPECT_RELATIVE(after.mean().quantile(0.5), 1.5, 1e-12);
    auto const light = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_normal{0.4}}(one);
    EXPECT_RELATIVE(light.mean().mean(), 1.5, 1e-13);
    EXPECT_RELATIVE(light.mean().sd(), std::sqrt(0.25 + 0.16), 1e-11);
}

// The prior is left, which has a mean from more than 1 degree of freedom on, and a variance from more than 2.
// 1e-7: with 3.5 degrees the quadrature cuts the tail of tau² where it adds no more than 1e-9 of itself.
TEST(BayesianRandomEffects, WithOneStudyHasTheMomentsOfThePriorInEveryUnit) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (double const c : {1.0, 1e-10, 1e-30, 1e20}) {
        auto const one = std::vector<estimate>{{0.3 * c, 0.04 * c * c}};
        auto const tau_after = [&](any_heterogeneity_prior const& prior) {
            auto const after = bayesian_random_effects{.heterogeneity = prior}(one);
            EXPECT_EQ(after.status, status::ok) << c;
            return after.tau();
        };
        auto const cauchy = tau_after(half_cauchy{0.5 * c});
        EXPECT_EQ(cauchy.mean(), infinity) << c;
        EXPECT_TRUE(std::isnan(cauchy.sd())) << c;
        EXPECT_RELATIVE(cauchy.quantile(0.5), 0.5 * c, 1e-12);
        auto const with_mean = tau_after(half_student_t{1.5, 0.5 * c});
        EXPECT_EQ(with_mean.sd(), infinity) << c;
        // E |t| = 2 sqrt(n / pi) Gamma((n + 1) / 2) / (Gamma(n / 2) (n - 1))
        auto const mean_of_t = [](double const n) {
            return 2 * std::sqrt(n / std::numbers::pi) * std::tgamma((n + 1) / 2) / std::tgamma(n / 2) /
                   (n - 1);
        };
        EXPECT_RELATIVE(with_mean.mean(), 0.5 * c * mean_of_t(1.5), 1e-7) << c;
        auto const with_both = tau_after(half_student_t{3.5, 0.5 * c});
        double const mean = mean_of_t(3.5);
        EXPECT_RELATIVE(with_both.mean(), 0.5 * c * mean, 1e-7) << c;
        EXPECT_RELATIVE(with_both.sd(), 0.5 * c * std::sqrt(3.5 / 1.5 - mean * mean), 1e-7) << c;
    }
}

TEST(BayesianRandomEffects, AnImproperPosteriorIsUndefined) {
    auto const studies = std::vector<estimate>{{1, 0.2}, {1.2, 0.3}, {0.4, 0.1}};
    auto const reciprocal = [](double const tau) { return -std::log(tau); };
    auto const even = [](double) { return 0.0; };
    for (auto const& after :
         {bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = reciprocal}(studies),
          bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = even}(std::vector{studies[0]}),
          bayesian_random_effects{.mean = flat_prior{},
          .heterogeneity = even}(std::vector{studies[0], studies[1]})}) {
        EXPECT_EQ(after.status, status::undefined);
        EXPECT_TRUE(std::isnan(after.mean().mean()));
        EXPECT_TRUE(std::isnan(after.log_marginal_likelihood));
    }
    // From the third study on, the flat prior of tau gives a proper posterior; its tail 1/tau² has no mean
    // yet.
    auto const after = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = even}(studies);
    EXPECT_EQ(after.status, status::ok);
    EXPECT_TRUE(std::isfinite(after.mean().quantile(0.5)));
    EXPECT_TRUE(std::isnan(after.mean().mean()));
    EXPECT_EQ(after.tau().mean(), std::numeric_limits<double>::infinity());
}

TEST(BayesianRandomEffects, TakesAnAccumulatorForAList) {
    auto random = std::mt19937(17);
    auto const studies = random_studies(random, 1);
    auto accumulator = evidence_accumulator{};
    for (auto const& study : studies) {
        accumulator.add(study);
    }
    auto const model = bayesian_random_effects{.mean = normal_prior{0, 2}, .heterogeneity = half_normal{0.5}};
    EXPECT_RELATIVE(model(accumulator).mean().mean(), model(studies).mean().mean(), 1e-10);
    EXPECT_RELATIVE(model(accumulator).log_marginal_likelihood, model(studies).log_marginal_likelihood,
                    1e-10);
}

TEST(BayesFactor, OfAPointAgainstANormalPriorIsTheSavageDickeyRatio) {
    auto random = std::mt19937(19);
    for (int i = 0; i < 10; ++i) {
        auto const studies = random_studies(random, 1);
        auto const free =
            bayesian_random_effects{.mean = normal_prior{0, 2}, .heterogeneity = half_normal{0.5}}(studies);
        auto const null =
            bayesian_random_effects{.mean = point_prior{0}, .heterogeneity = half_normal{0.5}}(studies);
        double const prior_at_0 = 1 / (2 * std::sqrt(2 * std::numbers::pi));
        EXPECT_RELATIVE(bayes_factor(null, free), free.mean().density(0) / prior_at_0, 1e-10);
        EXPECT_RELATIVE(log_bayes_factor(free, null), -std::log(bayes_factor(null, free)), 1e-10, 1e-12);
    }
}

TEST(CredibleIntervals, HaveTheirProbabilityAndTheShortestIsShortest) {
    auto random = std::mt19937(23);
    for (int i = 0; i < 5; ++i) {
        auto const after = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_normal{0.5}}(
            random_studies(random, 1));
        auto const check = [](auto const& distribution) {
            auto const equal = equal_tailed_interval(distribution, 0.9);
            auto const shortest = shortest_interval(distribution, 0.9);
            EXPECT_NEAR(distribution.probability(equal), 0.9, 1e-12);
            EXPECT_NEAR(distribution.probability(shortest), 0.9, 1e-12);
            EXPECT_LE(shortest.width(), equal.width());
            // At both ends the density is the same, unless the interval begins where the distribution does.
            if (shortest.lower > distribution.lowest()) {
                EXPECT_RELATIVE(distribution.density(shortest.lower), distribution.density(shortest.upper),
                                1e-11);
            } else {
                EXPECT_GE(distribution.density(1e-9), distribution.density(shortest.upper));
            }
        };
        check(after.mean());
        check(after.tau());
    }
}

TEST(BayesianLooks, EndWithThePosteriorOfAllTrials) {
    auto random = std::mt19937(29);
    auto const studies = random_studies(random, 1);
    auto const model = bayesian_random_effects{.mean = normal_prior{0, 2}, .heterogeneity = half_normal{0.5}};
    auto const looks = bayesian_looks(model, studies, 0.3);
    ASSERT_EQ(looks.size(), studies.size());
    auto const after = model(studies);
    EXPECT_RELATIVE(looks.back().probability_below, after.mean().probability(0.3), 1e-15);
    EXPECT_RELATIVE(looks.back().new_study_probability_above, after.new_study().survival(0.3), 1e-15);
    for (auto const& look : looks) {
        EXPECT_NEAR(look.probability_below + look.probability_above, 1, 1e-13);
        EXPECT_EQ(look.status, status::ok);
    }
}

TEST(BayesianRandomEffects, RefusesWhatMeansNothing) {
    auto const studies = std::vector<estimate>{{1, 0.2}, {1.2, 0.3}};
    auto const with = [&](mean_prior const& mean, any_heterogeneity_prior const& prior) {
        return bayesian_random_effects{.mean = mean, .heterogeneity = prior}(studies);
    };
    EXPECT_THROW(with(normal_prior{0, 0}, half_normal{1}), invalid_input);
    EXPECT_THROW(with(normal_prior{NAN, 1}, half_normal{1}), invalid_input);
    EXPECT_THROW(with(flat_prior{}, half_normal{0}), invalid_input);
    EXPECT_THROW(with(flat_prior{}, half_normal{-1}), invalid_input);
    EXPECT_THROW(with(flat_prior{}, half_cauchy{NAN}), invalid_input);
    EXPECT_THROW(with(flat_prior{}, uniform{0}), invalid_input);
    EXPECT_THROW(with(flat_prior{}, point_prior{-1}), invalid_input);
    EXPECT_THROW(with(flat_prior{}, on_tau_squared{inverse_gamma{0, 1}}), invalid_input);
    auto const model = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_normal{1}};
    EXPECT_THROW(model(std::vector<estimate>{}), invalid_input);
    EXPECT_THROW(model(std::vector<estimate>{{1, 0}}), invalid_input);
    EXPECT_THROW((void)model(studies).study(2), invalid_input);
    EXPECT_THROW((void)model(studies).mean().quantile(1), invalid_input);
    EXPECT_THROW((void)model(studies).tau().quantile(0), invalid_input);
    EXPECT_THROW((void)shortest_interval(model(studies).mean(), 95), invalid_input);
}

// The upper quantiles are found from the upper end, where what is left has its own digits.
TEST(BayesianRandomEffects, FarQuantilesOfTauKeepTheirDigits) {
    auto const studies = std::vector<estimate>{{0.2, 0.3}, {1.1, 0.2}, {-0.4, 0.5}};
    for (auto const& [name, prior] : priors(0.7)) {
        auto const tau = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = prior}(studies).tau();
        for (double const left : {0x1p-2, 0x1p-10, 0x1p-20, 0x1p-30, 0x1p-40}) {
            EXPECT_RELATIVE(tau.survival(tau.quantile(1 - left)), left, 1e-9) << name << ' ' << left;
        }
    }
}

// Both limits have the digits of their tails: with a flat prior and a known tau the posterior is normal.
TEST(CredibleIntervals, KeepTheirDigitsAtLevelsNextToOne) {
    auto const mean =
        bayesian_random_effects{flat_prior{}, point_prior{0}}(std::vector<estimate>{{0, 1}}).mean();
    for (double const level : {0.5, 0.95, 0.999999999, 1 - 1e-12, 1 - 1e-15}) {
        double const limit = normal::upper_quantile((1 - level) / 2);
        for (auto const& interval : {equal_tailed_interval(mean, level), shortest_interval(mean, level)}) {
            EXPECT_RELATIVE(interval.upper, limit, 1e-9) << level;
            EXPECT_RELATIVE(interval.lower, -limit, 1e-9) << level;
        }
        EXPECT_RELATIVE(equal_tailed_interval(mean, level).upper, limit, 1e-13) << level;
    }
    auto const tau = bayesian_random_effects{flat_prior{}, half_normal{0.5}}(
                         std::vector<estimate>{{0.1, 0.2}, {0.9, 0.1}, {-0.3, 0.3}})
                         .tau();
    for (double const p : {0.4, 1e-3, 1e-9, 1e-15}) {
        EXPECT_RELATIVE(tau.survival(tau.upper_quantile(p)), p, 1e-9) << p;
        EXPECT_RELATIVE(tau.probability(tau.quantile(p)), p, 1e-9) << p;
    }
}

} // namespace
} // namespace accrue::test_bayes_laws
