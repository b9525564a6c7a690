// Models of rare events on data sets of metafor's, beside rma.glmm and lme4's glmer, and exact tests beside
// R's (tests/oracles/rare_events.R). Peers' optimisers leave four to seven digits: a quadrature at fifty
// digits says that the last of ours are right.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/accrue.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace accrue::test_rare_events_peers {
namespace {

using trial_list = std::vector<two_arms<events>>;
using precise =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

std::map<std::string, trial_list> read_trials(std::string const& kind) {
    auto sets = std::map<std::string, trial_list>{};
    for (auto const& row : test::golden("rare_events/input.csv")) {
        if (row.text("kind") == kind) {
            sets[row.text("dataset")].push_back(
                {{row.number("ai"), row.number("n1i")}, {row.number("ci"), row.number("n2i")}});
        }
    }
    return sets;
}

mixed_pooled fit_of(std::string const& model, std::string const& dataset) {
    if (auto const trials = read_trials("trials"); trials.count(dataset) > 0) {
        auto const& list = trials.at(dataset);
        return model == "CM.EL"   ? pool(binomial_normal{}, list)
               : model == "CM.AL" ? pool(binomial_normal{conditional_approximate{}}, list)
                                  : pool(binomial_normal{fixed_intercepts{}}, list);
    }
    if (auto const trials = read_trials("rates"); trials.count(dataset) > 0) {
        auto rates = std::vector<two_arms<rate>>{};
        for (auto const& [one, other] : trials.at(dataset)) {
            rates.push_back({{one.count, one.total}, {other.count, other.total}});
        }
        return model == "CM.EL" ? pool(poisson_normal{}, rates)
                                : pool(poisson_normal{fixed_intercepts{}}, rates);
    }
    auto groups = std::vector<events>{};
    auto const sets = read_trials("groups");
    for (auto const& group : sets.at(dataset)) {
        groups.push_back(group.treatment);
    }
    return pool(binomial_normal{}, groups);
}

// Where metafor or lme4 warns, only effects are compared, and more loosely. metafor's likelihood has all
// constants in the conditional exact model alone.
TEST(RareEventPeers, AgreeWhereTheyConverge) {
    int converged = 0;
    for (auto const& row : test::golden("rare_events/glmm.csv")) {
        SCOPED_TRACE(row.text("dataset") + " " + row.text("model") + " " + row.text("program"));
        auto const fit = fit_of(row.text("model"), row.text("dataset"));
        ASSERT_EQ(fit.status, status::ok);
        bool const by_lme4 = row.text("program") == "lme4";
        bool const has_converged = row.number("converged") > 0;
        double const error = standard_error(fit);
        // In standard errors: what the optimisers' own tolerances and their 7 or 25 nodes leave.
        EXPECT_NEAR(fit.effect, row.number("effect"), (by_lme4 ? 1e-5 : has_converged ? 3e-4 : 3e-3) * error);
        if (has_converged) {
            EXPECT_RELATIVE(error, std::sqrt(row.number("variance")), by_lme4 ? 1e-4 : 5e-4);
            EXPECT_NEAR(fit.tau_squared, row.number("tau_squared"), by_lme4 ? 5e-6 : 5e-5);
            ++converged;
        }
        if (row.text("model") == "CM.EL" && !by_lme4 && row.text("dataset") != "nielweise2008") {
            EXPECT_LE(row.number("log_likelihood"), fit.log_likelihood + 1e-8);
            EXPECT_GE(row.number("log_likelihood"), fit.log_likelihood - (has_converged ? 2e-6 : 1e-3));
        }
    }
    EXPECT_GE(converged, 40);
}

/// ln of the conditional likelihood by the plainest sums there are, at fifty digits: of all tables, over true
/// effects in steps of an eighth. The rule's error is exp(-2 pi² / step), 1e-68, times what the sums over
/// tables grow by beside the real axis.
precise plain_log_likelihood(trial_list const& trials, precise const& mean, precise const& sd) {
    precise total(0);
    precise const step = precise(1) / 8;
    int const reach = static_cast<int>(13 * static_cast<double>(sd) * 8) + 1;
    int const middle = static_cast<int>(static_cast<double>(mean) * 8);
    for (auto const& [treatment, control] : trials) {
        double const both = treatment.count + control.count;
        double const fewest = std::fmax(0, both - control.total);
        double const most = std::fmin(both, treatment.total);
        precise integral(0);
        for (int i = middle - reach; i <= middle + reach; ++i) {
            precise const theta = i * step;
            precise const odds = exp(theta);
            precise term(1);
            precise sum(1);
            for (double a = treatment.count; a < most; ++a) {
                term *= odds * (treatment.total - a) / (a + 1) * (both - a) / (control.total - both + a + 1);
                sum += term;
            }
            term = 1;
            for (double a = treatment.count; a > fewest; --a) {
                term *= a / (odds * (treatment.total - a + 1)) * (control.total - both + a) / (both - a + 1);
                sum += term;
            }
            precise const x = (theta - mean) / sd;
            integral += exp(precise(-x * x / 2)) / sum;
        }
        total += log(precise(integral * step / sd));
    }
    return total;
}

// Newton's step there, from the maximum in double, is nothing: peers differ in the fourth to seventh digit.
TEST(RareEventPeers, LeaveDigitsThatFiftyDigitsConfirm) {
    auto const sets = read_trials("trials");
    for (auto const* const name : {"nielweise2007", "lee2004", "damico2009"}) {
        SCOPED_TRACE(name);
        auto const& trials = sets.at(name);
        auto const fit = pool(binomial_normal{}, trials);
        precise const mean = fit.effect;
        precise const sd = sqrt(precise(fit.tau_squared));
        precise const h("1e-10");
        auto const at = [&](int const i, int const j) {
            return plain_log_likelihood(trials, precise(mean + i * h), precise(sd + j * h));
        };
        precise const here = at(0, 0);
        auto const up = at(1, 0), down = at(-1, 0), wide = at(0, 1), narrow = at(0, -1);
        precise const by_mean = (up - down) / (2 * h);
        precise const by_sd = (wide - narrow) / (2 * h);
        precise const mean_twice = (up - 2 * here + down) / (h * h);
        precise const sd_twice = (wide - 2 * here + narrow) / (h * h);
        precise const both = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h * h);
        precise const determinant = mean_twice * sd_twice - both * both;
        EXPECT_GT(determinant, 0);
        EXPECT_LT(mean_twice, 0);
        auto const step_of_mean = static_cast<double>((both * by_sd - sd_twice * by_mean) / determinant);
        auto const step_of_sd = static_cast<double>((both * by_mean - mean_twice * by_sd) / determinant);
        EXPECT_NEAR(step_of_mean, 0, 1e-12);
        EXPECT_NEAR(step_of_sd, 0, 1e-12);
        EXPECT_RELATIVE(fit.variance, static_cast<double>(precise(-sd_twice / determinant)), 1e-11);
    }
}

// R's roots are found to 1.2e-4, its p-value is a sum.
TEST(RareEventPeers, ExactTestsAgreeWithR) {
    auto const sets = read_trials("trials");
    int compared = 0;
    for (auto const& row : test::golden("rare_events/mantelhaen_exact.csv")) {
        SCOPED_TRACE(row.text("dataset"));
        auto const& trials = sets.at(row.text("dataset"));
        EXPECT_NEAR(pool(exact_odds_ratio{}, trials).effect, std::log(row.number("odds_ratio")), 2e-4);
        auto const limits = exact_interval(exact_tails{}, trials, 0.95);
        EXPECT_NEAR(limits.lower, std::log(row.number("lower")), 2e-4);
        EXPECT_NEAR(limits.upper, std::log(row.number("upper")), 2e-4);
        EXPECT_RELATIVE(exact_p_value(trials), row.number("p_value"), 1e-9);
        ++compared;
    }
    EXPECT_GE(compared, 8);
}

} // namespace
} // namespace accrue::test_rare_events_peers
