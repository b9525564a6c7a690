// What is said of studies without a model, on every kind of evidence: heterogeneity, likelihoods, confidence
// sets of tau².

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/estimator_laws.hpp"
#include "seams/parts.hpp"
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference/heterogeneity.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_statistics {
namespace {

auto const interval_methods = std::tuple(
    named{"q_profile", q_profile{}}, named{"generalised_q_profile", generalised_q_profile{}},
    named{"generalised_q_profile with weights 1/v", generalised_q_profile{inverse_variance_weights{}}},
    named{"profile_likelihood of reml", profile_likelihood{}},
    named{"profile_likelihood of maximum_likelihood", profile_likelihood{maximum_likelihood{}}});

template <class Interval>
void expect_sound_interval(Interval const& interval) {
    bool const numbers = std::isfinite(interval.lower) && !std::isnan(interval.upper);
    EXPECT_TRUE(interval.status == status::undefined || (numbers && interval.lower <= interval.upper))
        << to_string(interval.status) << ", but from " << interval.lower << " to " << interval.upper;
}

template <class Evidence>
void expect_statistics(combinations& tried, std::string const& kind, data_set const& data,
                       Evidence const& studies) {
    tried.run("heterogeneity of " + kind, data.name, [&] {
        auto const summary = heterogeneity(studies);
        EXPECT_TRUE(summary.q >= 0) << "Q " << summary.q;
        EXPECT_TRUE(summary.p_value >= 0 && summary.p_value <= 1) << "p-value " << summary.p_value;
        EXPECT_TRUE(summary.i_squared >= 0 && summary.i_squared <= 1) << "I² " << summary.i_squared;
        EXPECT_TRUE(summary.h_squared >= 0) << "H² " << summary.h_squared;
    });
    tried.run("typical_variance of " + kind, data.name, [&] {
        double const typical = typical_variance(studies);
        // Beside a variance that is smaller by more than 1e300, all weight of a group can vanish.
        bool const vanishing = studies.smallest_variance() < 1e-300 * studies.largest_variance();
        EXPECT_TRUE(typical > 0 || studies.degrees_of_freedom() == 0 || vanishing) << typical;
    });
    tried.run("likelihoods of " + kind, data.name, [&] {
        for (double const tau_squared : {0.0, 0.1}) {
            double const both =
                log_likelihood(studies, tau_squared) + restricted_log_likelihood(studies, tau_squared);
            EXPECT_TRUE(std::isfinite(both) || !data.regular) << both;
        }
    });
    for_each_part(interval_methods, [&](auto const& method) {
        tried.run("tau_squared_interval by " + method.name + " of " + kind, data.name, [&] {
            auto const interval = tau_squared_interval(method.part, studies, 0.95);
            expect_sound_interval(interval);
            if (data.regular && studies.degrees_of_freedom() > 0) {
                EXPECT_EQ(to_string(interval.status), "ok");
            }
        });
        tried.run("i_squared_interval by " + method.name + " of " + kind, data.name,
                  [&] { expect_sound_interval(i_squared_interval(method.part, studies, 0.95)); });
        tried.run("h_squared_interval by " + method.name + " of " + kind, data.name,
                  [&] { expect_sound_interval(h_squared_interval(method.part, studies, 0.95)); });
    });
    tried.run("h_squared_interval by test_based of " + kind, data.name,
              [&] { expect_sound_interval(h_squared_interval(test_based{}, studies, 0.95)); });
    tried.run("i_squared_interval by test_based of " + kind, data.name,
              [&] { expect_sound_interval(i_squared_interval(test_based{}, studies, 0.95)); });
}

TEST(Statistics, MeetEveryKindOfEvidence) {
    auto tried = combinations{};
    for (auto const& data : data_sets()) {
        auto const whole = std::vector<std::vector<estimate>>(1, data.studies);
        auto const halves = by_turns(data.studies);
        auto const of = [&](std::string const& kind, auto const& make) {
            tried.run(kind, data.name, [&] { expect_statistics(tried, kind, data, make()); });
        };
        of("a list", [&] { return list(data.studies); });
        of("one group", [&] { return grouped(whole); });
        of("two groups", [&] { return grouped(halves); });
        of("an accumulator", [&] { return accumulated(data.studies); });
        of("an intercept", [&] { return with_indicators(data.studies, 1); });
        of("two indicators", [&] { return with_indicators(data.studies, 2); });
    }
    tried.report();
}

/// The statistics that one kind of evidence has in common with another that holds the same.
template <class Evidence, class Other>
void expect_same_statistics(combinations& tried, std::string const& law, data_set const& data,
                            Evidence const& studies, Other const& others, double const factor) {
    double const scale = studies.smallest_variance();
    double const units = factor * factor;
    tried.run("heterogeneity, " + law, data.name, [&] {
        auto const a = heterogeneity(studies);
        auto const b = heterogeneity(others);
        expect_close("Q", a.q, b.q, 1e-8, 1e-3);
        expect_close("p-value", a.p_value, b.p_value, 1e-6, 1e-12);
    });
    tried.run("likelihoods, " + law, data.name, [&] {
        double const contrasts = static_cast<double>(studies.degrees_of_freedom()) * std::log(factor);
        double const all = static_cast<double>(studies.size()) * std::log(factor);
        expect_close("likelihood", log_likelihood(studies, scale),
                     log_likelihood(others, scale * units) + all, 1e-8, 1);
        expect_close("restricted likelihood", restricted_log_likelihood(studies, scale),
                     restricted_log_likelihood(others, scale * units) + contrasts, 1e-8, 1);
    });
    for_each_part(interval_methods, [&](auto const& method) {
        tried.run("tau_squared_interval by " + method.name + ", " + law, data.name, [&] {
            auto const a = tau_squared_interval(method.part, studies, 0.95);
            auto const b = tau_squared_interval(method.part, others, 0.95);
            EXPECT_EQ(to_string(a.status), to_string(b.status));
            EXPECT_TRUE(a.one_sided == b.one_sided && a.empty == b.empty);
            expect_close("lower limit", a.lower * units, b.lower, 1e-6, scale * units);
            expect_close("upper limit", a.upper * units, b.upper, 1e-6, scale * units);
        });
    });
}

TEST(Statistics, ObeyTheLawsOfTheData) {
    auto tried = combinations{};
    for (auto const& data : data_sets()) {
        if (!data.regular) {
            continue;
        }
        auto const& studies = data.studies;
        auto const plain = list(studies);
        auto const backwards = reversed(studies);
        auto const shifted = changed(studies, 1, 5);
        auto const turned = changed(studies, -1, 0);
        auto const scaled = changed(studies, std::ldexp(1.0, 40), 0);
        auto const whole = std::vector<std::vector<estimate>>(1, studies);
        auto const expect_same = [&](std::string const& law, auto const& others, double const factor = 1) {
            expect_same_statistics(tried, law, data, plain, others, factor);
        };
        expect_same("permutation", list(backwards));
        expect_same("translation", list(shifted));
        expect_same("sign", list(turned));
        expect_same("scale", list(scaled), std::ldexp(1.0, 40));
        expect_same("one group and list", grouped(whole));
        expect_same("accumulator and list", accumulated(studies));
        expect_same("intercept and list", with_indicators(studies, 1));
        if (studies.size() > 2) {
            auto const halves = by_turns(studies);
            expect_same_statistics(tried, "groups and indicators", data, grouped(halves),
                                   with_indicators(studies, 2), 1);
        }
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_statistics
