// Where a posterior ends: values that are certain, priors that end sharply or vanish, scales beyond what tau
// can be, densities that no quadrature meets.

#include "support/processor_time.hpp"
#include "support/relative.hpp"
#include <accrue/bayes.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/model.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace accrue::test_bayes_edges {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<estimate> three_studies() {
    return {{0.2, 0.3}, {1.1, 0.2}, {-0.4, 0.5}};
}

TEST(PosteriorOfTau, ThatIsKnownHasAllProbabilityOnItsValue) {
    auto const tau = bayesian_random_effects{.heterogeneity = point_prior{0.7}}(three_studies()).tau();
    EXPECT_EQ(tau.density(0.7), infinity);
    EXPECT_EQ(tau.density(0.6), 0);
    EXPECT_EQ(tau.density(0.8), 0);
    EXPECT_EQ(tau.probability(0.69), 0);
    EXPECT_EQ(tau.probability(0.7), 1);
    EXPECT_EQ(tau.survival(0.69), 1);
    EXPECT_EQ(tau.survival(0.7), 0);
    EXPECT_EQ(tau.mean(), 0.7);
    EXPECT_EQ(tau.sd(), 0);
    EXPECT_EQ(tau.probability(interval{0.5, 0.7}), 1);
    EXPECT_EQ(tau.probability(interval{0.7, 0.9}), 0);
}

TEST(PosteriorOfTau, IsWithinWhatThePriorAllows) {
    auto const after = bayesian_random_effects{.heterogeneity = uniform{0.5}}(three_studies());
    auto const tau = after.tau();
    EXPECT_EQ(tau.density(-1), 0);
    EXPECT_RELATIVE(tau.density(0), tau.density(1e-20), 1e-12);
    EXPECT_EQ(tau.density(0.5000001), 0);
    EXPECT_GT(tau.density(0.4999999), 1);
    EXPECT_EQ(tau.probability(-1), 0);
    EXPECT_EQ(tau.probability(0), 0);
    EXPECT_EQ(tau.probability(infinity), 1);
    EXPECT_EQ(tau.probability(2), 1);
    EXPECT_EQ(tau.survival(-1), 1);
    EXPECT_EQ(tau.survival(0), 1);
    EXPECT_EQ(tau.survival(2), 0);
    // Below every panel of the quadrature: what is left there is below rounding.
    EXPECT_NEAR(tau.probability(1e-300), 0, 1e-15);
    EXPECT_NEAR(tau.survival(1e-300), 1, 1e-15);
    // A range is measured from the end that is nearer to it; the two ways agree.
    for (auto const& range : {interval{0.1, 0.2}, interval{0.35, 0.45}, interval{0.2, 0.5}}) {
        EXPECT_NEAR(tau.probability(range), tau.probability(range.upper) - tau.probability(range.lower),
                    1e-13);
        EXPECT_GT(tau.probability(range), 0.1);
    }
}

// Of one study the posterior of tau is its prior, in any unit. 1e-12: what is promised of the integral.
TEST(PosteriorOfTau, HasTheLimitOfItsDensityAtZero) {
    for (double const c : {1e-100, 1e-3, 1.0, 1e20}) {
        auto const at_zero = [&](any_heterogeneity_prior const& prior) {
            return c * bayesian_random_effects{.heterogeneity =
                                                   prior}(std::vector<estimate>{{0.3 * c, 0.04 * c * c}})
                           .tau()
                           .density(0);
        };
        EXPECT_RELATIVE(at_zero(half_normal{0.5 * c}), std::sqrt(8 / std::numbers::pi), 1e-12) << c;
        EXPECT_RELATIVE(at_zero(half_cauchy{0.5 * c}), 4 / std::numbers::pi, 1e-12) << c;
        EXPECT_RELATIVE(at_zero(exponential{0.5 * c}), 2, 1e-12) << c;
        EXPECT_RELATIVE(at_zero(uniform{0.5 * c}), 2, 1e-12) << c;
        // Those that vanish at 0, by any power of tau.
        double const l = 2 * std::log(c);
        EXPECT_LT(at_zero(on_tau_squared{half_normal{0.5 * c * c}}), 1e-40) << c;
        EXPECT_LT(at_zero(on_tau_squared{log_normal{l - 2.56, 1.74}}), 1e-40) << c;
        EXPECT_LT(at_zero(log_normal{l / 2, 1}), 1e-40) << c;
        EXPECT_LT(at_zero(on_tau_squared{inverse_gamma{1.5, 0.3 * c * c}}), 1e-40) << c;
        // Those that do not.
        EXPECT_GT(at_zero(on_tau_squared{log_student_t{l - 3.44, 2.59, 5}}), 1e10) << c;
        EXPECT_GT(
            at_zero([c](double const tau) { return -0.5 * std::log(tau * c * std::numbers::pi) - tau / c; }),
            1e10)
            << c;
    }
    EXPECT_RELATIVE(
        bayesian_random_effects{.heterogeneity = uniform{1e-200}}(three_studies()).tau().density(0), 1e200,
        1e-12);
}

// Six studies that scatter by more than the prior allows: the posterior rises up to the prior's end.
TEST(PosteriorOfTau, KeepsItsTailsUpToTheEndOfThePrior) {
    auto const studies =
        std::vector<estimate>{{.1, .01}, {1.5, .02}, {-1.2, .015}, {2, .01}, {-.9, .02}, {.4, .01}};
    for (double const end : {0.5, 1.0, 2.0, 5.0}) {
        auto const tau = bayesian_random_effects{.heterogeneity = uniform{end}}(studies).tau();
        for (double const share : {0.9, 0.99, 0.9999, 0.99999}) {
            // The difference from 1 has the digits of 1.
            EXPECT_NEAR(tau.survival(share * end), 1 - tau.probability(share * end), 1e-13)
                << end << " " << share;
        }
        for (double const p : {1e-6, 0.5, 0.9995, 0.99999, 0.999999}) {
            EXPECT_RELATIVE(tau.probability(tau.quantile(p)), p, 1e-12) << end;
        }
        auto const shortest = shortest_interval(tau, 0.95);
        EXPECT_NEAR(tau.probability(shortest), 0.95, 1e-12);
        if (end <= 2) { // the density is highest at the end
            EXPECT_RELATIVE(shortest.upper, end, 1e-12);
            EXPECT_RELATIVE(shortest.lower, tau.quantile(0.05), 1e-11);
        }
    }
}

// Far ranges keep digits that a difference of probabilities near 1 has lost.
TEST(PosteriorOfTau, FarRangesKeepTheirDigits) {
    auto const tau =
        bayesian_random_effects{.heterogeneity = exponential{0.01}}(std::vector<estimate>{{0, 1}}).tau();
    // One study and a flat prior of the mean leave the prior, so that P(tau > x) = exp(-x / 0.01).
    EXPECT_RELATIVE(tau.probability(interval{0.5, 0.6}), std::exp(-50.0) - std::exp(-60.0), 1e-11);
}

// Far out nothing is left of the probability but a piece of a steep density, above 1 as below 1.
TEST(PosteriorOfTau, FarTailsOfANarrowPriorAreTheSameInEveryUnit) {
    auto const tau_in = [](double const unit) {
        auto const studies = std::vector<estimate>{{0.1 * unit, 0.2 * unit * unit},
                                                   {0.5 * unit, 0.3 * unit * unit},
                                                   {-0.3 * unit, 0.1 * unit * unit}};
        return bayesian_random_effects{.mean = flat_prior{},
                                       .heterogeneity = log_normal{std::log(0.1 * unit), 0.05}}(studies)
            .tau();
    };
    auto const expected = tau_in(1e3);
    for (double const unit : {1.0, 1e-3, 1e-6}) {
        auto const tau = tau_in(unit);
        for (double const place : {0.025, 0.03, 0.05}) {
            // exp loses what rounding does to exponents of some 400.
            EXPECT_RELATIVE(tau.probability(place * unit), expected.probability(place * 1e3), 1e-11) << unit;
        }
        for (double const place : {0.2, 0.3}) {
            EXPECT_RELATIVE(tau.survival(place * unit), expected.survival(place * 1e3), 1e-11) << unit;
        }
    }
}

TEST(PosteriorOfTau, OfATailWithAMeanButNoVarianceHasAnInfiniteStandardDeviation) {
    // With one study the prior is left: a density like tau^-2.5 at infinity has a mean alone, tau^-1.5 none.
    auto const power = [](double const shape) {
        return [shape](double const tau) { return std::log(shape) - (shape + 1) * std::log1p(tau); };
    };
    auto const one = std::vector<estimate>{{0.5, 1}};
    auto const with_mean = bayesian_random_effects{.heterogeneity = power(1.5)}(one);
    EXPECT_RELATIVE(with_mean.tau().mean(), 2, 1e-8);
    EXPECT_EQ(with_mean.tau().sd(), infinity);
    EXPECT_EQ(with_mean.new_study().sd(), infinity);
    EXPECT_RELATIVE(with_mean.new_study().mean(), 0.5, 1e-8);
    auto const without = bayesian_random_effects{.heterogeneity = power(0.5)}(one);
    EXPECT_EQ(without.tau().mean(), infinity);
    EXPECT_TRUE(std::isnan(without.tau().sd()));
    EXPECT_TRUE(std::isnan(without.new_study().mean()));
    EXPECT_TRUE(std::isnan(without.new_study().sd()));
    EXPECT_RELATIVE(without.tau().quantile(0.5), 3, 1e-10); // (1 + x)^-0.5 = 0.5
}

// With a known mean and no heterogeneity nothing is uncertain.
TEST(PosteriorOfTheMean, ThatIsKnownHasAllProbabilityOnItsValue) {
    auto const after =
        bayesian_random_effects{.mean = point_prior{0.3}, .heterogeneity = point_prior{0}}(three_studies());
    for (auto const& distribution : {after.mean(), after.new_study(), after.study(1)}) {
        EXPECT_EQ(distribution.mean(), 0.3);
        EXPECT_EQ(distribution.sd(), 0);
        EXPECT_EQ(distribution.quantile(0.01), 0.3);
        EXPECT_EQ(distribution.quantile(0.99), 0.3);
        EXPECT_EQ(distribution.density(0.3), infinity);
        EXPECT_EQ(distribution.density(0.2), 0);
        EXPECT_EQ(distribution.density(0.4), 0);
        EXPECT_EQ(distribution.probability(0.2999), 0);
        EXPECT_EQ(distribution.probability(0.3), 1);
        EXPECT_EQ(distribution.survival(0.2999), 1);
        EXPECT_EQ(distribution.survival(0.3), 0);
    }
    auto const interval = shortest_interval(after.mean(), 0.9);
    EXPECT_EQ(interval.lower, 0.3);
    EXPECT_EQ(interval.upper, 0.3);
}

// Of one study the posterior of tau is its prior, also where that ends below all other values of tau that the
// quadrature visits, down to e^-40 of its end. 1e-11: that is 4e-12 of the least probability.
TEST(PosteriorOfTau, HasTheProbabilitiesOfAUniformPriorInEveryUnit) {
    for (double const end : {1e-150, 1e-147, 1e-144, 1e-100, 1.0, 1e100}) {
        auto const tau =
            bayesian_random_effects{.heterogeneity = uniform{end}}(std::vector<estimate>{{0.3, 0.04}}).tau();
        for (double const share : {1e-6, 1e-4, 1e-3, 0.01, 0.5, 0.99}) {
            EXPECT_RELATIVE(tau.probability(share * end), share, 1e-11) << end;
            EXPECT_RELATIVE(tau.quantile(share), share * end, 1e-11) << end;
            EXPECT_RELATIVE(tau.survival(share * end), 1 - share, 1e-11) << end;
        }
    }
}

// Of one study the posterior of tau is its prior. By mpmath 1.3, 30 digits: the integral of the prior times
// Phi(x / sqrt(v + tau^2)). Components that are left out weigh 1e-17 together.
TEST(PosteriorOfTheMean, HasItsDigitsFarOutInHeavyTails) {
    auto const one = std::vector<estimate>{{0.0, 0.04}};
    auto const wide = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = log_normal{0, 5}}(one);
    EXPECT_RELATIVE(wide.mean().probability(-1e6), 1.14348910399e-3, 1e-10);
    EXPECT_RELATIVE(wide.mean().probability(-1e9), 6.70461176e-6, 1e-9);
    auto const heavy = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_cauchy{1}}(one);
    EXPECT_RELATIVE(heavy.mean().probability(-1e4), 2.53974542145e-5, 1e-10);
    EXPECT_RELATIVE(heavy.mean().survival(1e9), 2.5397454374e-10, 4e-9);
    auto const two = std::vector<estimate>{{-0.2, 0.04}, {0.1, 0.09}};
    auto const after = bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = half_cauchy{0.5}}(two);
    EXPECT_RELATIVE(after.mean().survival(1e4), 2.49371973549e-10, 1e-10);
    EXPECT_RELATIVE(after.new_study().survival(1e5), 7.48122655e-12, 2e-9);
}

/// A posterior of the user's own, without upper quantiles.
struct exponential_posterior {
    [[nodiscard]] double mean() const { return 1; }
    [[nodiscard]] double quantile(double const p) const { return -std::log1p(-p); }
    [[nodiscard]] double density(double const x) const { return std::exp(-x); }
    [[nodiscard]] double probability(double const x) const { return -std::expm1(-x); }
    [[nodiscard]] double lowest() const { return 0; }
};

TEST(CredibleIntervals, TakeADistributionOfTheUsersOwn) {
    auto const central = equal_tailed_interval(exponential_posterior{}, 0.9);
    EXPECT_RELATIVE(central.lower, -std::log(0.95), 1e-14);
    EXPECT_RELATIVE(central.upper, -std::log(0.05), 1e-14);
    auto const shortest = shortest_interval(exponential_posterior{}, 0.9);
    EXPECT_EQ(shortest.lower, 0);
    EXPECT_RELATIVE(shortest.upper, -std::log(0.1), 1e-14);
}

TEST(CredibleIntervals, ArePointsAtLevelsNextToNone) {
    auto const after = bayesian_random_effects{.heterogeneity = half_normal{0.5}}(
        std::vector<estimate>{{0.1, 0.04}, {0.4, 0.05}, {0.9, 0.03}});
    for (double const level : {1e-300, 1e-17, 1e-14, 1e-10}) {
        for (auto const& found :
             {shortest_interval(after.mean(), level), equal_tailed_interval(after.mean(), level),
              shortest_interval(after.new_study(), level)}) {
            EXPECT_NEAR(found.lower, found.upper, 1e-9) << level;
            EXPECT_GT(found.lower, 0.1) << level;
            EXPECT_LT(found.upper, 0.9) << level;
        }
        for (auto const& distribution : {after.mean(), after.new_study()}) {
            auto const mode = shortest_interval(distribution, level).lower;
            for (double const step : {-0.01, 0.01}) {
                EXPECT_GT(distribution.density(mode), distribution.density(mode + step)) << level;
            }
        }
    }
}

// Of equal effects the posterior density of tau falls from 0 on; where they scatter, or with a prior that
// vanishes at 0, it rises first.
TEST(ShortestIntervalOfTau, BeginsAtZeroWhereTheDensityIsHighestThere) {
    auto const equal = std::vector<estimate>{{0.3, 0.04}, {0.3, 0.04}, {0.3, 0.04}};
    auto const apart = std::vector<estimate>{{0.3, 0.04}, {1.9, 0.04}, {-1.3, 0.04}};
    for (double const level : {1e-300, 1e-12, 1e-9, 1.4e-8, 1.6e-8, 0.5}) {
        for (any_heterogeneity_prior const& prior :
             {any_heterogeneity_prior(half_normal{0.5}), any_heterogeneity_prior(uniform{1}),
              any_heterogeneity_prior(
                  [](double const tau) { return -0.5 * std::log(tau * std::numbers::pi) - tau; })}) {
            auto const tau = bayesian_random_effects{.heterogeneity = prior}(equal).tau();
            auto const found = shortest_interval(tau, level);
            EXPECT_EQ(found.lower, 0) << level;
            // 1 - level has no more digits of the level than these.
            EXPECT_NEAR(tau.probability(found), level, 1e-9 * level + 4e-16) << level;
        }
        auto const vanishes = on_tau_squared{inverse_gamma{1.5, 0.2}};
        for (auto const& tau : {bayesian_random_effects{.heterogeneity = half_normal{0.5}}(apart).tau(),
                                bayesian_random_effects{.heterogeneity = vanishes}(equal).tau()}) {
            EXPECT_GT(shortest_interval(tau, level).lower, 0.01) << level;
        }
    }
}

// A prior of tau that is all but flat leaves a narrow peak on wide shoulders, which a search by probability
// steps over. At such levels the width is level / density; 1e-6: the density is flat at its peak, where
// quantiles have few digits.
TEST(CredibleIntervals, AtLevelsNextToNoneAreNoWiderThanEqualTailedOnes) {
    for (auto const& studies :
         {std::vector<estimate>{{0.3, 0.04}}, std::vector<estimate>{{0.3, 0.04}, {0.5, 0.02}},
          std::vector<estimate>{{0, 1}, {0.1, 0.01}, {0.4, 0.3}}}) {
        for (double const scale : {1e2, 1e6, 1e10, 1e14}) {
            auto const after = bayesian_random_effects{.heterogeneity = half_normal{scale}}(studies);
            for (auto const& distribution : {after.mean(), after.new_study(), after.study(0)}) {
                for (double const level : {1e-16, 1e-12, 1e-9}) {
                    double const found = distribution.density(shortest_interval(distribution, level).lower);
                    double const central =
                        distribution.density(equal_tailed_interval(distribution, level).lower);
                    EXPECT_GE(found, central * (1 - 1e-6)) << scale << ' ' << level;
                }
            }
        }
    }
}

TEST(NormalMixtures, MeasureRangesFromTheNearerEnd) {
    auto const mixture = normal_mixture({{0.25, -1, 1}, {0.75, 1, 0.5}});
    auto const expected = [](double const lower, double const upper) {
        return 0.25 * (normal::survival(lower + 1) - normal::survival(upper + 1)) +
               0.75 * (normal::survival((lower - 1) / 0.5) - normal::survival((upper - 1) / 0.5));
    };
    EXPECT_RELATIVE(mixture.probability(interval{-0.5, 1.5}), expected(-0.5, 1.5), 1e-13);
    EXPECT_RELATIVE(mixture.probability(interval{9, 10}), expected(9, 10), 1e-12);
    // The mirror image of the far range on the other side.
    auto const mirrored = normal_mixture({{0.25, 1, 1}, {0.75, -1, 0.5}});
    EXPECT_RELATIVE(mirrored.probability(interval{-10, -9}), expected(9, 10), 1e-12);
}

// An atom among normals, and atoms alone: the quantile is the least x with P(X <= x) >= p.
TEST(NormalMixtures, WithCertainValuesHaveTheQuantilesOfTheirSteps) {
    auto const half = normal_mixture({{0.6, 0, 0}, {0.4, 1, 1}});
    for (double const p : {0.01, 0.03, 0.7, 0.9, 0.999}) {
        double const x = half.quantile(p);
        EXPECT_NEAR(half.probability(x), p, 1e-12) << p;
    }
    // P(X < 0) = 0.4 * 0.1587, and 0.6 more on 0 itself.
    for (double const p : {0.07, 0.3, 0.5, 0.66}) {
        EXPECT_NEAR(half.quantile(p), 0, 1e-12) << p;
    }
    auto const steps = normal_mixture({{0.2, -1, 0}, {0.5, 3, 0}, {0.3, 1, 0}});
    EXPECT_NEAR(steps.quantile(0.1), -1, 1e-12);
    EXPECT_NEAR(steps.quantile(0.4), 1, 1e-12);
    EXPECT_NEAR(steps.quantile(0.6), 3, 1e-12);
    EXPECT_NEAR(steps.quantile(0.99), 3, 1e-12);
}

TEST(BayesianRandomEffects, OfEqualEffectsFindTheirPosterior) {
    // No spread of the effects says where tau may be; the posterior of the mean is symmetric about them.
    auto const equal = std::vector<estimate>{{0.4, 0.1}, {0.4, 0.2}, {0.4, 0.4}};
    auto const after = bayesian_random_effects{.heterogeneity = half_normal{0.5}}(equal);
    EXPECT_EQ(after.status, status::ok);
    EXPECT_NEAR(after.mean().mean(), 0.4, 1e-15);
    EXPECT_NEAR(after.mean().quantile(0.5), 0.4, 1e-12);
    EXPECT_GT(after.mean().sd(), std::sqrt(1 / (1 / 0.1 + 1 / 0.2 + 1 / 0.4)));
}

// The scales of studies and prior may lie beyond the values of tau that the quadrature visits: from its end,
// or 40 factors of e below the prior's.
TEST(BayesianRandomEffects, ScalesBeyondThoseOfTauAreNoObstacle) {
    auto const tiny = std::vector<estimate>{{1e-160, 1e-320}, {2e-160, 1e-320}};
    auto const wide = bayesian_random_effects{.mean = point_prior{0}, .heterogeneity = half_normal{1}}(tiny);
    EXPECT_NE(wide.status, status::ok); // variances without digits
    // A prior of tau that allows almost nothing comes to the common effect.
    auto const narrow = bayesian_random_effects{.heterogeneity = uniform{1e-200}}(three_studies());
    EXPECT_EQ(narrow.status, status::ok);
    auto const common = bayesian_random_effects{.heterogeneity = point_prior{0}}(three_studies());
    EXPECT_RELATIVE(narrow.mean().mean(), common.mean().mean(), 1e-12);
    EXPECT_RELATIVE(narrow.mean().quantile(0.9), common.mean().quantile(0.9), 1e-12);
    EXPECT_RELATIVE(narrow.tau().quantile(0.5), 0.5e-200, 1e-10);
}

TEST(BayesianRandomEffects, APriorWithoutAnyDensityIsUndefined) {
    auto const nowhere = [](double) { return -infinity; };
    auto const nan = [](double) { return std::numeric_limits<double>::quiet_NaN(); };
    for (auto const& after : {bayesian_random_effects{.heterogeneity = nowhere}(three_studies()),
                              bayesian_random_effects{.heterogeneity = nan}(three_studies())}) {
        EXPECT_EQ(after.status, status::undefined);
        EXPECT_TRUE(std::isnan(after.log_marginal_likelihood));
    }
}

// Neither 0 nor 1 nor infinity: no number stands beside a posterior that does not exist.
TEST(BayesianRandomEffects, AnUndefinedPosteriorHasNoNumbers) {
    auto const even = [](double) { return 0.0; };
    auto const one = std::vector<estimate>{{1, 0.2}};
    for (auto const& after :
         {bayesian_random_effects{.heterogeneity = even}(one),
          bayesian_random_effects{.heterogeneity = point_prior{1e154}}(three_studies()),
          bayesian_random_effects{.heterogeneity = point_prior{1e200}}(three_studies()),
          bayesian_random_effects{.mean = normal_prior{1e300, 1},
          .heterogeneity = point_prior{0}}(three_studies()),
          bayesian_random_effects{.mean = point_prior{1e200}, .heterogeneity = point_prior{1}}(one)}) {
        ASSERT_EQ(after.status, status::undefined);
        auto const check = [](auto const& distribution) {
            for (double const number :
                 {distribution.mean(), distribution.sd(), distribution.density(0.5),
                  distribution.probability(0.5), distribution.survival(0.5), distribution.quantile(0.5),
                  distribution.probability(interval{0.2, 0.5})}) {
                EXPECT_TRUE(std::isnan(number)) << number;
            }
        };
        EXPECT_TRUE(std::isnan(after.log_marginal_likelihood));
        check(after.mean());
        check(after.tau());
        check(after.new_study());
        check(after.study(0));
    }
}

// A prior of the mean without end is a flat one, but for its density, and one without width leaves nothing to
// the studies, also where the squares of their sds are no numbers.
TEST(PosteriorOfTheMean, OfAnyWidthOfItsPriorIsThatOfItsLimits) {
    double const root_of_two_pi = std::sqrt(2 * std::numbers::pi);
    for (any_heterogeneity_prior const& prior :
         {any_heterogeneity_prior{half_normal{0.5}}, any_heterogeneity_prior{point_prior{0.3}}}) {
        auto const flat = bayesian_random_effects{.heterogeneity = prior}(three_studies());
        for (double const sd : {1e20, 1e100, 1e154, 1e170, 1e300}) {
            auto const wide = bayesian_random_effects{.mean = normal_prior{0.7, sd},
                                                      .heterogeneity = prior}(three_studies());
            ASSERT_EQ(wide.status, status::ok) << sd;
            EXPECT_RELATIVE(wide.log_marginal_likelihood,
                            flat.log_marginal_likelihood - std::log(sd) - std::log(root_of_two_pi), 1e-13);
            EXPECT_RELATIVE(wide.mean().mean(), flat.mean().mean(), 1e-12) << sd;
            EXPECT_RELATIVE(wide.mean().sd(), flat.mean().sd(), 1e-12) << sd;
            EXPECT_RELATIVE(wide.study(1).sd(), flat.study(1).sd(), 1e-12) << sd;
            EXPECT_RELATIVE(wide.new_study().quantile(0.9), flat.new_study().quantile(0.9), 1e-12) << sd;
        }
        auto const known =
            bayesian_random_effects{.mean = point_prior{0}, .heterogeneity = prior}(three_studies());
        for (double const sd : {1e-20, 1e-100, 1e-162, 1e-170, 1e-300}) {
            auto const narrow =
                bayesian_random_effects{.mean = normal_prior{0, sd}, .heterogeneity = prior}(three_studies());
            ASSERT_EQ(narrow.status, status::ok) << sd;
            EXPECT_RELATIVE(narrow.log_marginal_likelihood, known.log_marginal_likelihood, 1e-13);
            EXPECT_RELATIVE(narrow.mean().sd(), sd, 1e-12) << sd;
            EXPECT_RELATIVE(narrow.mean().quantile(0.975), 1.959963984540054 * sd, 1e-11) << sd;
            EXPECT_RELATIVE(narrow.new_study().sd(), known.new_study().sd(), 1e-12) << sd;
        }
    }
}

TEST(BayesianRandomEffects, WhatNoQuadratureMeetsDoesNotConverge) {
    // A pole that is just integrable keeps too much of its probability in the last panels.
    auto const pole = [](double const tau) { return -0.98 * std::log(std::abs(tau - 1)) - tau; };
    EXPECT_NE(bayesian_random_effects{.heterogeneity = pole}(three_studies()).status, status::ok);
    // Noise: each halving finds another density.
    auto const noise = [](double const tau) { return 5 * std::sin(1e12 * std::log(tau)) - tau; };
    auto const after = bayesian_random_effects{.heterogeneity = noise}(three_studies());
    EXPECT_EQ(after.status, status::not_converged);
    // A tail has no digits to find, and yet an end.
    EXPECT_GT(after.tau().quantile(0.9995), after.tau().quantile(0.9));
    // A tail that falls like 1 / ln³ tau has a millionth left where tau can no longer be represented.
    auto const slow = bayesian_random_effects{.heterogeneity = log_student_t{0, 1, 2}}(three_studies());
    EXPECT_EQ(slow.status, status::not_converged);
    // What could not be represented is left out of the whole as well: 1 but for the rounding of a sum.
    EXPECT_NEAR(slow.mean().probability(infinity), 1, 1e-13);
}

TEST(PosteriorZ, IsUndefinedWhereTheProbabilityHasNoDigits) {
    auto const certain = posterior_z{{.mean = flat_prior{}, .heterogeneity = point_prior{0}}, -100};
    auto const result = pool(certain, three_studies());
    EXPECT_EQ(result.status, status::undefined);
    EXPECT_FALSE(std::isfinite(result.effect));
    EXPECT_EQ(certain(detail::as_evidence(three_studies())).status, status::undefined);
    // What the posterior says of itself comes first.
    auto const even = posterior_z{{.mean = flat_prior{}, .heterogeneity = [](double) { return 0.0; }}};
    EXPECT_EQ(pool(even, std::vector<estimate>{{1, 0.2}}).status, status::undefined);
}

// At a uniform prior's end the interval that is left between two numbers can't be halved any further: the
// search went on for minutes.
TEST(ShortestIntervalOfTau, AtTheEndOfAUniformPriorTakesNoTime) {
    auto const studies = std::vector<estimate>{{0.43, 0.017}, {0.53, 0.017}, {0.43, 0.017}, {0.53, 0.017}};
    auto const taken = test::processor_time{};
    for (double const end : {0.001, 0.0034, 0.02, 0.05}) {
        auto const posterior =
            bayesian_random_effects{.mean = flat_prior{}, .heterogeneity = uniform{end}}(studies);
        auto const tau = posterior.tau();
        for (double const level : {1e-6, 0.3, 0.95, 1 - 1e-9}) {
            auto const found = shortest_interval(tau, level);
            EXPECT_NEAR(tau.probability(found), level, 1e-9 * level);
            EXPECT_LE(found.upper, end);
            EXPECT_LE(found.width(), equal_tailed_interval(tau, level).width() * (1 + 1e-8));
        }
    }
    EXPECT_LT(taken.seconds(), 10.0);
}

// Of sds whose squares are beyond the type, to one without end.
TEST(NormalMixture, HasTheSdOfItsWidestPart) {
    for (double const wide : {1e-300, 1e-200, 1.0, 1e200, 1e300, infinity}) {
        EXPECT_RELATIVE(normal_mixture({{0.25, 0, 0}, {0.75, 0, wide}}).sd(), std::sqrt(0.75) * wide, 1e-15);
        EXPECT_RELATIVE(normal_mixture({{1, 3, wide}}).sd(), wide, 1e-15);
    }
    EXPECT_EQ(normal_mixture({{0.5, 1, infinity}, {0.5, -1, 2}}).sd(), infinity);
}

} // namespace
} // namespace accrue::test_bayes_edges
