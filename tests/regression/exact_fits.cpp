// Effects that moderators fit exactly, or nearly: what is left says nothing of how effects scatter.

#include "support/relative.hpp"
#include <accrue/model/common_effect.hpp>
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue::test_regression_exact_fits {
namespace {

auto const years = std::vector<double>{0.0, 0.7, 1.4, 2.1, 2.8, 3.5};
auto const given = moderators{}.with("year", years);

std::vector<estimate> on_a_line(double const offset, double const slope) {
    auto result = std::vector<estimate>{};
    for (std::size_t i = 0; i < years.size(); ++i) {
        result.push_back({offset + slope * years[i], 1 + 0.1 * static_cast<double>(i)});
    }
    return result;
}

TEST(ExactFits, HaveNoVarianceByTheirResiduals) {
    for (double const unit : {1e-100, 1.0, 1e100}) {
        for (double const offset : {0.1, 0.2, 1e6}) {
            for (double const slope : {0.0, 0.37}) {
                auto studies = on_a_line(offset, slope);
                for (auto& study : studies) {
                    study = {study.effect * unit, study.variance * unit * unit};
                }
                auto const fit = meta_regression(random_effects<reml, hartung_knapp>{}, studies, given);
                EXPECT_EQ(fit.status, status::undefined) << unit << ' ' << offset << ' ' << slope;
                auto const wald_fit = meta_regression(random_effects{}, studies, given);
                EXPECT_EQ(wald_fit.status, status::ok);
                EXPECT_RELATIVE(wald_fit.coefficients[0], offset * unit, 1e-12);
            }
        }
    }
    auto studies = on_a_line(1e6, 0.37);
    studies[2].effect += 1e-7; // a thousand times the rounding
    EXPECT_EQ(meta_regression(random_effects<reml, hartung_knapp>{}, studies, given).status, status::ok);
}

TEST(ExactFits, AreNoneInBatchesEither) {
    std::vector<double> effects, variances;
    auto lists = std::vector{on_a_line(0.1, 0.37), on_a_line(0.2, 0), on_a_line(1e6, 0.37)};
    for (std::size_t i = 0; i < 30; ++i) { // more than are computed side by side
        lists.push_back(lists[i]);
    }
    for (std::size_t i = 0; i < years.size(); ++i) {
        for (auto const& studies : lists) {
            effects.push_back(studies[i].effect);
            variances.push_back(studies[i].variance);
        }
    }
    auto const results = regress_each(random_effects<dersimonian_laird, hartung_knapp>{},
                                      study_matrix{effects, variances, years.size()}, given);
    for (std::size_t i = 0; i < lists.size(); ++i) {
        EXPECT_EQ(results.status[i], status::undefined) << i;
    }
}

// Equal effects stay as they are in every order.
TEST(ExactFits, OfEqualEffectsArePermutedWithoutEvidence) {
    auto const studies = on_a_line(0.2, 0);
    for (auto const& test : {permutation_test(random_effects<reml, hartung_knapp>{}, studies, given),
                             permutation_test(random_effects{}, studies, given)}) {
        EXPECT_EQ(test.p_values[1], 1.0);
        EXPECT_EQ(test.omnibus_p_value, 1.0);
    }
}

// Nearly all the weight on two studies whose moderators are near each other amplifies what is rounded.
TEST(ExactFits, OfEqualEffectsArePermutedWithoutEvidenceWhateverTheWeights) {
    for (double const effect : {0.1, 0.2, 0.7, 1e6 / 3}) {
        for (double const apart : {1e-2, 1e-4, 1e-6}) {
            auto studies = std::vector<estimate>{};
            for (std::size_t i = 0; i < years.size(); ++i) {
                studies.push_back({effect, i == 2 || i == 3 ? 1e-9 : 1 + 0.1 * static_cast<double>(i)});
            }
            auto const near = moderators{}.with("year", {0.0, 0.7, 1.4, 1.4 + apart, 2.8, 3.5});
            auto const test = permutation_test(random_effects{}, studies, near, {.most = 100});
            EXPECT_EQ(test.p_values[1], 1.0) << effect << ' ' << apart;
            EXPECT_EQ(test.omnibus_p_value, 1.0) << effect << ' ' << apart;
        }
    }
}

// Of 720 orders the line and its mirror image fit exactly.
TEST(ExactFits, OfALineAreAsRareAsItsTwoOrders) {
    auto studies = on_a_line(0.1, 0.37);
    for (auto& study : studies) {
        study.variance = 1;
    }
    auto const test = permutation_test(random_effects<reml, hartung_knapp>{}, studies, given);
    EXPECT_RELATIVE(test.p_values[1], 2.0 / 720, 1e-15);
}

// The likelihood of few studies rises as tau² vanishes at some of them: no coefficient is its maximum,
// whatever the unit in which the search stops.
TEST(ExactFits, LikelihoodsThatRiseForEverHaveNoMaximum) {
    auto const one = moderators{}.with("x", {0.0, 1.0, 0.0, 1.0, 0.0, 1.0});
    auto const studies =
        std::vector<estimate>{{0.3, 0.5}, {2.1, 0.4}, {0.31, 0.6}, {-1.7, 0.5}, {0.29, 0.4}, {3.3, 0.6}};
    for (double const unit : {1e-60, 1.0, 1e60}) {
        auto scaled = studies;
        for (auto& study : scaled) {
            study = {study.effect * unit, study.variance * unit * unit};
        }
        EXPECT_EQ(location_scale{}(scaled, moderators{}, one).status, status::undefined) << unit;
    }
    // An intercept alone has a maximum, however small tau² is there.
    for (double const spread : {1.0005, 1.001, 1.3}) {
        auto scattered = std::vector<estimate>{};
        for (int i = 0; i < 10; ++i) {
            scattered.push_back({(i % 2 == 0 ? 1 : -1) * std::sqrt(spread * 0.9), 1});
        }
        auto const fit = location_scale{}(scattered, moderators{}, moderators{});
        EXPECT_EQ(fit.status, status::ok) << spread;
        EXPECT_RELATIVE(fit.tau_squared[0], reml{}(detail::as_evidence(scattered)).value, 1e-8) << spread;
    }
    for (double const x : {0.3, 0.0, -2.7}) {
        for (double const unit : {1e-8, 1e-4, 1.0, 3.0, 1e4, 1e8}) {
            auto equal = std::vector<estimate>{};
            for (double const v : {0.5, 0.5, 0.1, 7.0, 0.3}) {
                equal.push_back({x * unit, v * unit * unit});
            }
            auto const scale = moderators{}.with("z", {0.4, -1.1, 0.2, 1.9, -0.3});
            EXPECT_EQ(location_scale{}(equal, moderators{}, scale).status, status::undefined) << unit;
            EXPECT_EQ(location_scale{}(equal, moderators{}, moderators{}).status, status::undefined) << unit;
        }
    }
}

// Without heterogeneity the residual of a study over its standard error is the same whether or not the study
// is among those that are fitted. The first is precise enough to be fitted all but exactly.
TEST(ExactFits, OfADominatingStudyKeepTheDigitsOfItsResidual) {
    for (double const tiny : {1e-2, 1e-6, 1e-12, 1e-24, 1e-100}) {
        auto studies = std::vector<estimate>{{0.3, 1.0}, {2, 1}, {1, 1.5}, {0.4, 0.7}, {-0.2, 1.1}, {0.9, 2}};
        studies[0].variance = tiny;
        for (auto const& moderating : {given, moderators{}}) {
            auto const found = influence(common_effect{}, studies, moderating);
            for (std::size_t i = 0; i < studies.size(); ++i) {
                if (i != 0 && tiny < 1e-30) {
                    continue;
                }
                EXPECT_RELATIVE(found[i].standardised_residual, found[i].studentised_residual, 1e-11)
                    << tiny << ", study " << i + 1;
            }
        }
        auto const mean = influence(common_effect{}, studies, moderators{});
        double information = 0;
        for (auto const& study : studies) {
            information += 1 / study.variance;
        }
        for (std::size_t i = 0; i < studies.size(); ++i) {
            EXPECT_RELATIVE(mean[i].hat, 1 / studies[i].variance / information, 1e-13);
        }
    }
}

// Weights below the type, and a fit that is undefined: what can't be said is NaN, not an exception.
TEST(RegressionInfluence, NeverRefusesStudiesThatTheRegressionTakes) {
    auto const moderating_years = moderators{}.with("year", std::vector<double>{1, 2, 3, 4, 5});
    auto const uneven = std::vector<estimate>{{.1, 1e-170}, {.3, 1e170}, {.2, 1}, {.9, 1}, {.4, 1}};
    for (auto const& study : influence(common_effect{}, uneven, moderating_years)) {
        EXPECT_TRUE(std::isfinite(study.residual) && std::isfinite(study.hat));
    }
    // By hand: the line through the first study's point with the least squares to the other three.
    EXPECT_RELATIVE(influence(common_effect{}, uneven, moderating_years)[1].residual, 0.3 - (0.1 + 3.8 / 29),
                    1e-12);
    auto const overflowing = std::vector<estimate>{{1e200, .04}, {.3, .05}, {.2, .06}, {.9, .04}, {.4, .1}};
    for (auto const& study : influence(random_effects{}, overflowing, moderating_years)) {
        EXPECT_EQ(study.status, status::undefined);
        EXPECT_TRUE(std::isnan(study.dffits) && std::isnan(study.cooks_distance));
    }
}

} // namespace
} // namespace accrue::test_regression_exact_fits
