// Anytime-valid processes on every set of studies, and posteriors under every prior of tau.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include "seams/trials.hpp"
#include <accrue/bayes.hpp>
#include <accrue/sequential/anytime.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

namespace accrue::test::seams::test_processes {
namespace {

TEST(Processes, MeetEverySetOfStudies) {
    auto tried = combinations{};
    auto const processes = std::tuple(
        named{"robbins_mixture", robbins_mixture{.effect_sd = 0.5}},
        named{"grow", grow{.planned_effect = 0.5}},
        named{"symmetric_e_process",
              symmetric_e_process{.smallest_effect = 0.5, .initial_tau_squared = 0.04}},
        named{"robbins_mixture above the null", robbins_mixture{.effect_sd = 0.5, .direction = above_null{}}},
        named{"grow below the null", grow{.planned_effect = 0.5, .direction = below_null{}}},
        named{"symmetric_e_process above the null", symmetric_e_process{.smallest_effect = 0.5,
                                                                        .initial_tau_squared = 0.04,
                                                                        .direction = above_null{}}},
        named{"universal_inference",
              universal_inference{.mean = {0, 0.6}, .heterogeneity = half_normal{0.5}}},
        named{"universal_inference below the null", universal_inference{.mean = {0, 0.6},
                                                                        .heterogeneity = half_normal{0.5},
                                                                        .direction = below_null{}}});
    for (auto const& data : data_sets()) {
        for_each_part(processes, [&](auto const& process) {
            tried.run("anytime_analysis by " + process.name, data.name, [&] {
                double before = 1;
                for (auto const& look : anytime_analysis(process.part, data.studies).looks) {
                    EXPECT_FALSE(std::isnan(look.log_e_value)) << "after " << look.trials;
                    EXPECT_TRUE(look.p_value >= 0 && look.p_value <= before) << look.p_value;
                    EXPECT_TRUE(look.interval.lower <= look.interval.upper)
                        << look.interval.lower << " to " << look.interval.upper;
                    before = look.p_value;
                }
            });
        });
    }
    tried.report();
}

TEST(Processes, OfTablesMeetEverySetOfTrials) {
    auto tried = combinations{};
    // Variation that may lie in either risk, so that groups may be exchanged.
    auto const processes = std::tuple(
        named{"exact_binary_e_process", exact_binary_e_process{.treatment_share = {0, 1}}},
        named{"exact_binary_e_process of a known tau",
              exact_binary_e_process{.heterogeneity = point_prior{0.3}, .treatment_share = {0, 1}}});
    for (auto const& data : trial_sets()) {
        if (data.trials.front().treatment.total > 100) {
            continue; // integrals over hundreds of events take their time, and say the same
        }
        for_each_part(processes, [&](auto const& process) {
            tried.run("anytime_analysis by " + process.name, data.name, [&] {
                double before = 1;
                for (auto const& look : anytime_analysis(process.part, data.trials).looks) {
                    EXPECT_TRUE(std::isfinite(look.log_e_value)) << look.log_e_value;
                    EXPECT_TRUE(look.p_value > 0 && look.p_value <= before) << look.p_value;
                    EXPECT_TRUE(look.interval.lower <= look.interval.upper);
                    before = look.p_value;
                }
            });
            tried.run(process.name + " of exchanged groups", data.name, [&] {
                auto plain = process.part;
                auto turned = process.part;
                for (auto const& trial : data.trials) {
                    plain.add(trial);
                    turned.add(flip(trial));
                }
                expect_close("ln E", turned.log_e_value(), plain.log_e_value(), 1e-7, 1);
            });
        });
    }
    tried.report();
}

TEST(Posteriors, MeetEverySetOfStudies) {
    auto tried = combinations{};
    auto const priors =
        std::tuple(named{"half_normal", half_normal{0.5}}, named{"half_cauchy", half_cauchy{0.5}},
                   named{"exponential", exponential{0.5}}, named{"uniform", uniform{2}});
    for (auto const& data : data_sets()) {
        for_each_part(priors, [&](auto const& prior) {
            tried.run("bayesian_random_effects by " + prior.name, data.name, [&] {
                auto const posterior = bayesian_random_effects{.mean = normal_prior{0, 2},
                                                               .heterogeneity = prior.part}(data.studies);
                auto const mean = posterior.mean();
                EXPECT_TRUE((std::isfinite(mean.mean()) && mean.sd() > 0) || !data.regular)
                    << mean.mean() << ", sd " << mean.sd();
                if (data.regular) {
                    EXPECT_TRUE(mean.quantile(0.025) < mean.quantile(0.975));
                    EXPECT_TRUE(posterior.tau().quantile(0.5) > 0);
                    EXPECT_TRUE(std::isfinite(posterior.log_marginal_likelihood));
                }
            });
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_processes
