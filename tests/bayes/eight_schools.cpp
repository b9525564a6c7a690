// The posterior of the eight schools to all digits: against a quadrature at 34 digits that shares no code
// with the library (tanh-sinh over tau itself, sums about the prior's mean), and against numbers that two
// independent programs agreed on to twelve digits. Data: Rubin 1981, J Educ Stat 6:377-401, with the precise
// effects of Gelman et al., Bayesian Data Analysis.

#include "support/processor_time.hpp"
#include "support/relative.hpp"
#include <accrue/bayes.hpp>

#include <boost/math/constants/constants.hpp>
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace accrue::test_bayes_eight_schools {
namespace {

using precise =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<34>, boost::multiprecision::et_off>;

std::vector<estimate> eight_schools() {
    auto const effects = std::vector{28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16};
    auto const errors = std::vector{14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6};
    auto studies = std::vector<estimate>{};
    for (std::size_t i = 0; i < effects.size(); ++i) {
        studies.push_back({effects[i], errors[i] * errors[i]});
    }
    return studies;
}

/// Moments of the posterior under mean ~ N(0, g²), tau ~ half-Cauchy(scale), by the formula with sums about
/// 0.
struct plain_posterior {
    precise mass, mean, second, tau;

    plain_posterior(std::vector<estimate> const& studies, double const g, double const scale) {
        auto const two_pi = boost::math::constants::two_pi<precise>();
        auto integrate = [&](auto const& function) {
            auto rule = boost::math::quadrature::exp_sinh<precise>();
            return rule.integrate(
                [&](precise const& t) -> precise {
                    precise w(0), s(0), q(0), logs(0);
                    for (auto const& study : studies) {
                        precise const v = precise(study.variance) + t * t;
                        precise const y(study.effect);
                        w += 1 / v;
                        s += y / v;
                        q += y * y / v;
                        logs += log(precise(two_pi * v));
                    }
                    precise const gg = precise(g) * g;
                    precise const gain = 1 + gg * w;
                    precise const prior = 4 / (two_pi * scale * (1 + t * t / (precise(scale) * scale)));
                    precise const height = -(logs + log(gain) + q - gg * s * s / gain) / 2;
                    return prior * exp(height) * function(t, precise(gg * s / gain), precise(gg / gain));
                },
                precise(1e-26));
        };
        mass = integrate([](auto const&, auto const&, auto const&) { return precise(1); });
        mean = integrate([](auto const&, auto const& m, auto const&) { return m; }) / mass;
        second =
            integrate([](auto const&, auto const& m, auto const& v) { return precise(m * m + v); }) / mass;
        tau = integrate([](auto const& t, auto const&, auto const&) { return t; }) / mass;
    }
};

/// Computed once: it takes a second.
plain_posterior const& plain_eight_schools() {
    static auto const result = plain_posterior(eight_schools(), 50, 25);
    return result;
}

auto const model = bayesian_random_effects{.mean = normal_prior{0, 50}, .heterogeneity = half_cauchy{25}};

// 1e-12: quadrature leaves 1e-13, and eight studies a few roundings.
// Qualifies: BAYES-1
TEST(EightSchools, AgreeWithThirtyDigits) {
    auto const& plain = plain_eight_schools();
    auto const after = model(eight_schools());
    ASSERT_EQ(after.status, status::ok);
    EXPECT_RELATIVE(after.mean().mean(), static_cast<double>(plain.mean), 1e-12);
    EXPECT_RELATIVE(after.mean().sd(),
                    static_cast<double>(sqrt(precise(plain.second - plain.mean * plain.mean))), 1e-12);
    EXPECT_RELATIVE(after.tau().mean(), static_cast<double>(plain.tau), 1e-12);
    EXPECT_RELATIVE(after.log_marginal_likelihood, static_cast<double>(log(plain.mass)), 1e-12);
}

TEST(EightSchools, AreThePublishedDigits) {
    auto const after = model(eight_schools());
    EXPECT_NEAR(after.mean().mean(), 7.986041831266, 1e-12);
    EXPECT_NEAR(after.mean().sd(), 4.995597669431, 1e-12);
    EXPECT_NEAR(after.tau().mean(), 5.884511243509, 1e-12);
    EXPECT_NEAR(after.log_marginal_likelihood, -33.726983103168, 1e-12);
}

// The same code with 50 digits agrees with the plain quadrature far beyond double: nothing in it is
// approximate but the arithmetic.
TEST(EightSchools, HaveMoreDigitsWhereTheTypeHas) {
    auto studies = std::vector<basic_estimate<precise>>{};
    for (auto const& study : eight_schools()) {
        studies.push_back({precise(study.effect), precise(study.variance)});
    }
    auto const after = basic_posterior(studies, normal_prior{0, 50}, half_cauchy{25});
    auto const& plain = plain_eight_schools();
    precise const close("1e-24");
    EXPECT_LT(abs(precise(after.mean().mean() / plain.mean - 1)), close);
    EXPECT_LT(abs(precise(after.tau().mean() / plain.tau - 1)), close);
    EXPECT_LT(abs(precise(after.log_marginal_likelihood / log(plain.mass) - 1)), close);
}

// A promise of the documentation, with room for a slower machine.
TEST(EightSchools, TakeFarLessThanTheSecondsOfAPeer) {
    auto const studies = eight_schools();
    auto const taken = test::processor_time{};
    double sum = 0;
    for (int i = 0; i < 20; ++i) {
        auto const after = model(studies);
        sum += after.mean().mean() + after.tau().mean();
    }
    EXPECT_NEAR(sum, 20 * 13.870553074775, 1e-9);
    EXPECT_LT(taken.seconds() / 20, 0.02);
}

TEST(EightSchools, ShrinkToTheMeanAndKeepTheirOrder) {
    auto const after = model(eight_schools());
    auto const rows = shrinkage_rows(after, 0.95);
    ASSERT_EQ(rows.size(), 8U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        double const own = rows[i].effect - after.mean().mean();
        double const drawn = rows[i].shrunken - after.mean().mean();
        EXPECT_LT(std::abs(drawn), std::abs(own));
        EXPECT_LT(rows[i].credibility.width(), rows[i].interval.width());
        EXPECT_RELATIVE(rows[i].shrunken, after.study(i).mean(), 1e-15);
        EXPECT_NEAR(after.study(i).probability(rows[i].credibility), 0.95, 1e-12);
    }
}

} // namespace
} // namespace accrue::test_bayes_eight_schools
