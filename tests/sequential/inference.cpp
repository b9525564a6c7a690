// Inference after a trial that could stop early, and the probability of how it will end.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/sequential.hpp>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace accrue::test_sequential_inference {
namespace {

auto const infinity = std::numeric_limits<double>::infinity();

std::vector<double> fractions_of(std::string const& pattern) {
    if (pattern == "eq5") {
        return {0.2, 0.4, 0.6, 0.8, 1.0};
    }
    if (pattern == "eq10") {
        return {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    }
    EXPECT_EQ(pattern, "u5");
    return {0.05, 0.061, 0.13, 0.22, 0.231, 0.4, 0.47, 0.65, 0.83, 1.0};
}

stopping_boundaries bounds_of(std::string const& spending, bool const symmetric, double const error,
                              std::vector<double> const& fractions) {
    auto const by = [&](auto const& function) {
        return symmetric ? stopping_boundaries::symmetric(boundaries(two_sided{error}, function, fractions))
                         : stopping_boundaries::upper_only(boundaries(one_sided{error}, function, fractions));
    };
    if (spending == "OF") {
        return by(lan_demets_obrien_fleming{});
    }
    if (spending == "PO") {
        return by(lan_demets_pocock{});
    }
    EXPECT_EQ(spending, "HSD");
    return by(hwang_shih_decani{.gamma = -4});
}

// Qualifies: MONITOR-4
TEST(StagewiseInference, ReproducesTheReferenceInBothDirections) {
    for (auto const& row : test::golden("sequential/stagewise_inference.csv")) {
        SCOPED_TRACE(row.text("id"));
        auto const fractions = fractions_of(row.text("pattern"));
        auto const bounds =
            bounds_of(row.text("spending"), row.text("sides") == "2", row.number("alpha"), fractions);
        auto const look = static_cast<std::size_t>(row.number("stop_look")) - 1;
        auto const found = infer_stagewise(
            {.bounds = bounds, .fractions = fractions, .look = look, .z = row.number("z_stop")});
        EXPECT_EQ(found.status, status::ok);
        EXPECT_RELATIVE(found.p_value_upper, row.number("p_one_sided_up"), 1e-12);
        EXPECT_RELATIVE(found.p_value_two_sided, row.number("p_two_sided"), 1e-12);
        EXPECT_RELATIVE(found.drift.lower, row.number("theta_lower95"), 1e-9);
        EXPECT_RELATIVE(found.drift.upper, row.number("theta_upper95"), 1e-9);
        EXPECT_RELATIVE(found.median_unbiased_drift, row.number("theta_median_unbiased"), 1e-9);
    }
}

TEST(StagewiseInference, OfOneLookIsTheFixedSampleOne) {
    for (auto const z : {-8.0, -1.0, 0.0, 2.5, 20.0}) {
        auto const found = infer_stagewise(
            {.bounds = {.lower = {-2}, .upper = {2}}, .fractions = {0.64}, .look = 0, .z = z}, 0.9);
        auto const limit = normal::upper_quantile(0.05);
        EXPECT_RELATIVE(found.p_value_upper, normal::survival(z), 1e-13);
        EXPECT_RELATIVE(found.p_value_lower, normal::cumulative(z), 1e-13);
        EXPECT_RELATIVE(found.drift.lower, (z - limit) / 0.8, 1e-13);
        EXPECT_RELATIVE(found.drift.upper, (z + limit) / 0.8, 1e-13);
        EXPECT_RELATIVE(found.median_unbiased_drift, z / 0.8, 1e-13, 1e-13);
        EXPECT_RELATIVE(effect_of_drift(found.median_unbiased_drift, 0.64, 0.3), z * 0.3, 1e-13, 1e-13);
    }
}

TEST(StagewiseInference, MirrorsWithTheSignOfZ) {
    auto const fractions = fractions_of("u5");
    auto const bounds = bounds_of("PO", true, 0.05, fractions);
    for (auto const look : {0U, 4U, 9U}) {
        for (auto const z : {3.5, 0.3}) {
            auto const up = infer_stagewise({bounds, fractions, look, z});
            auto const down = infer_stagewise({bounds, fractions, look, -z});
            EXPECT_RELATIVE(up.p_value_two_sided, down.p_value_two_sided, 1e-12);
            EXPECT_RELATIVE(up.p_value_upper, down.p_value_lower, 1e-12);
            EXPECT_RELATIVE(up.drift.lower, -down.drift.upper, 1e-11);
            EXPECT_RELATIVE(up.drift.upper, -down.drift.lower, 1e-11);
            EXPECT_RELATIVE(up.median_unbiased_drift, -down.median_unbiased_drift, 1e-11);
        }
    }
}

// Boundaries with a wedge from the second look on, or from the first, even or not.
auto const with_wedges = std::vector<stopping_boundaries>{
    {.lower = {-3.8, -2.6, -2}, .upper = {3.8, 2.6, 2}, .wedge = {-infinity, 0.5, 2}},
    {.lower = {-3, -2.5, -2.1}, .upper = {3, 2.5, 2.1}, .wedge = {0.2, 0.9, 1.4}},
    {.lower = {-2.2, -2.2, -2.2}, .upper = {2.2, 2.2, 2.2}, .wedge = {1, 0.1, 2.2}},
    {.lower = {-4, -2, -2},
     .upper = {3, 2.5, 2.2},
     .wedge = {0.3, 0.8, 2.2},
     .wedge_below = {-0.1, -0.6, -2}}};
auto const three_fractions = std::vector<double>{0.3, 0.65, 1};

TEST(StagewiseInference, MirrorsWithTheSignOfZBesideAWedge) {
    for (auto const& bounds : with_wedges) {
        for (auto const look : {0U, 1U, 2U}) {
            for (auto const z : {5.0, 2.3, 1.2, 0.4, 1e-3}) {
                auto const trial = ended_trial{bounds, three_fractions, look, z};
                auto const up = infer_stagewise(trial);
                auto const down = infer_stagewise(detail::mirrored(trial));
                SCOPED_TRACE(testing::Message() << "look " << look << ", z " << z);
                EXPECT_EQ(down.status, status::ok);
                EXPECT_RELATIVE(up.p_value_two_sided, down.p_value_two_sided, 1e-12);
                EXPECT_RELATIVE(up.p_value_upper, down.p_value_lower, 1e-12);
                EXPECT_RELATIVE(up.drift.lower, -down.drift.upper, 1e-11);
                EXPECT_RELATIVE(up.drift.upper, -down.drift.lower, 1e-11);
                EXPECT_RELATIVE(up.median_unbiased_drift, -down.median_unbiased_drift, 1e-11);
            }
        }
    }
}

// Wedges that lie to one side, so that their middle, as a drift, is beyond a boundary of a later look.
TEST(StagewiseInference, PutsWhatCrossesABoundaryBeyondAnEarlierWedgeWhereverThatLies) {
    auto random = random_stream(1, 0);
    auto const between = [&](double const low, double const high) {
        return low + (high - low) * random.uniform();
    };
    for (int repetition = 0; repetition < 40; ++repetition) {
        double const first = between(0.03, 0.2);
        auto const fractions = std::vector{first, 4 * first, 1.0};
        double const edge = between(-1, 0);
        auto const bounds = stopping_boundaries{.lower = {-3.5, -2.4, -2},
                                                .upper = {between(3, 4), between(1.2, 2.5), between(1.2, 2)},
                                                .wedge = {between(2, 3), -infinity, -infinity},
                                                .wedge_below = {edge, infinity, infinity}};
        for (auto const look : {1U, 2U}) {
            double const z = bounds.upper[look] + between(0, 0.4);
            auto ends_there = bounds;
            ends_there.upper[look] = z;
            auto const exit = exits(ends_there, fractions).upper;
            double const larger = std::accumulate(exit.begin(), exit.begin() + look + 1, 0.0);
            auto const trial = ended_trial{bounds, fractions, look, z};
            auto const up = infer_stagewise(trial);
            auto const down = infer_stagewise(detail::mirrored(trial));
            EXPECT_RELATIVE(up.p_value_upper, larger, 1e-10);
            EXPECT_RELATIVE(down.p_value_lower, larger, 1e-10);
            EXPECT_RELATIVE(up.drift.lower, -down.drift.upper, 1e-10);
            EXPECT_RELATIVE(up.drift.upper, -down.drift.lower, 1e-10);
            EXPECT_RELATIVE(up.median_unbiased_drift, -down.median_unbiased_drift, 1e-10, 1e-10);
        }
    }
}

TEST(StagewiseInference, PutsWhatEndedInAnEarlierWedgeBetweenTheTwoSides) {
    for (auto const& bounds : with_wedges) {
        for (auto const look : {1U, 2U}) {
            double last = 0;
            for (double z = 4.95; z > -5; z -= 0.1) {
                auto const found = infer_stagewise({bounds, three_fractions, look, z});
                EXPECT_GT(found.p_value_upper, last) << look << " " << z;
                last = found.p_value_upper;
                EXPECT_LE(found.drift.lower, found.median_unbiased_drift);
                EXPECT_LE(found.median_unbiased_drift, found.drift.upper);
            }
            // Of a wedge at the look before, where there was one.
            double const middle = bounds.wedge[look - 1] > 0
                                      ? (bounds.wedge[look - 1] + bounds.lower_edge(look - 1)) / 2 *
                                            std::sqrt(three_fractions[look] / three_fractions[look - 1])
                                      : 0;
            auto const at = [&](double const z) {
                return infer_stagewise({bounds, three_fractions, look, z});
            };
            auto const above = at(middle + 1e-12);
            auto const below = at(middle - 1e-12);
            auto const ended = exits(bounds, three_fractions).wedge;
            double in_wedge = 0;
            for (std::size_t k = 0; k < look; ++k) {
                in_wedge += ended[k];
            }
            EXPECT_NEAR(below.p_value_upper - above.p_value_upper, in_wedge, 1e-11) << look;
        }
    }
}

// Limits and estimate grow with Z at each look, so that what lies above a drift are the trials that ended
// beyond a Z of each look, whose probability is known. Trials that change sides around a wedge make limits
// miss less often than they may, and the estimate's median differ.
TEST(StagewiseInference, MissesTheDriftAsOftenAsItSaysBesideAWedge) {
    for (auto const& bounds : with_wedges) {
        for (double const drift : {-3.0, -1.5, -0.7, -0.4, -0.2, -0.05, 0.05, 0.2, 0.4, 0.7, 1.5, 3.0}) {
            auto const probability_above = [&](auto const& value) {
                auto thresholds = std::vector<double>{};
                for (std::size_t k = 0; k < three_fractions.size(); ++k) {
                    auto range = interval{-12, 12};
                    while (range.width() > 1e-12) {
                        double const z = (range.lower + range.upper) / 2;
                        bool const is_above = value(infer_stagewise({bounds, three_fractions, k, z})) > drift;
                        (is_above ? range.upper : range.lower) = z;
                    }
                    thresholds.push_back(range.upper);
                }
                return detail::exit_measure(bounds, three_fractions, thresholds, {drift, drift}, 9)
                    .at(drift)
                    .value;
            };
            auto const lower = [](sequential_inference const& found) { return found.drift.lower; };
            auto const upper = [](sequential_inference const& found) { return found.drift.upper; };
            auto const median = [](sequential_inference const& found) { return found.median_unbiased_drift; };
            // 1e-10: thresholds to 1e-12.
            EXPECT_LE(probability_above(lower), 0.025 + 1e-10) << drift;
            EXPECT_LE(1 - probability_above(upper), 0.025 + 1e-10) << drift;
            EXPECT_NEAR(probability_above(median), 0.5, 0.02) << drift;
        }
    }
}

// Qualifies: MONITOR-4
TEST(StagewiseInference, RejectsExactlyWhenTheBoundaryIsCrossed) {
    auto const fractions = fractions_of("eq5");
    auto const bounds = bounds_of("OF", true, 0.05, fractions);
    for (std::size_t look = 0; look < 5; ++look) {
        auto const at = infer_stagewise({bounds, fractions, look, bounds.upper[look]});
        // By then half of the error spent so far is on this side.
        EXPECT_RELATIVE(at.p_value_upper, lan_demets_obrien_fleming{}(fractions[look], 0.025), 1e-13);
    }
    auto const last = infer_stagewise({bounds, fractions, 4, bounds.upper[4]});
    EXPECT_NEAR(last.drift.lower, 0, 1e-12);
}

TEST(StagewiseInference, RefusesWhatCannotBeMeant) {
    auto const bounds = stopping_boundaries{.lower = {-2, -2}, .upper = {2, 2}};
    EXPECT_THROW((void)infer_stagewise({bounds, {0.5, 1.0}, 2, 1.0}), invalid_input);
    EXPECT_THROW((void)infer_stagewise({bounds, {0.5, 1.0}, 1, infinity}), invalid_input);
    EXPECT_THROW((void)infer_stagewise({bounds, {1.0}, 0, 1.0}), invalid_input);
    EXPECT_THROW((void)infer_stagewise({bounds, {0.5, 1.0}, 1, 1.0}, 1.0), invalid_input);
}

// Qualifies: MONITOR-4
TEST(RepeatedInference, AgreesWithTheBoundary) {
    auto const fractions = std::vector{0.2, 0.5, 0.8};
    auto const spending = lan_demets_obrien_fleming{};
    auto const z = boundaries(two_sided{0.01}, spending, fractions).back();
    EXPECT_RELATIVE(repeated_p_value<two_sided>(spending, fractions, z), 0.01, 1e-12);
    EXPECT_RELATIVE(repeated_p_value<two_sided>(spending, fractions, -z), 0.01, 1e-12);
    auto const once = boundaries(one_sided{0.2}, spending, fractions).back();
    EXPECT_RELATIVE(repeated_p_value<one_sided>(spending, fractions, once), 0.2, 1e-12);
    EXPECT_EQ(repeated_p_value<two_sided>(spending, fractions, 0.0), 1);
    auto const around = repeated_confidence_interval(-0.4, 0.1, 2.5);
    EXPECT_RELATIVE(around.lower, -0.65, 1e-15);
    EXPECT_RELATIVE(around.upper, -0.15, 1e-15);
    EXPECT_EQ(repeated_confidence_interval(1, 1, infinity).upper, infinity);
}

TEST(ConditionalPower, WithOneLookToComeIsANormalTail) {
    auto const fractions = std::vector{0.3, 0.6, 1.1};
    auto const bounds = stopping_boundaries::symmetric({3, 2.5, 2});
    for (auto const drift : {-2.0, 0.0, 3.2}) {
        for (auto const z : {-1.0, 0.0, 2.2}) {
            auto const expected =
                normal::survival((2 * std::sqrt(1.1) - z * std::sqrt(0.6) - drift * 0.5) / std::sqrt(0.5));
            EXPECT_RELATIVE(conditional_power(bounds, fractions, 1, z, drift), expected, 1e-13);
        }
    }
    EXPECT_THROW((void)conditional_power(bounds, fractions, 2, 1, 1), invalid_input);
}

TEST(ConditionalPower, AveragesToThePower) {
    // Over the first look's statistic, within its continuation region.
    auto const fractions = std::vector{0.3, 0.6, 0.7, 1.0};
    auto const bounds = stopping_boundaries{
        .lower = {-3, -2.5, -2, -2}, .upper = {2.8, 2.4, 2.2, 2.1}, .wedge = {-infinity, 0.2, 0.5, 1}};
    for (auto const drift : {0.0, 2.5}) {
        auto const mean = drift * std::sqrt(0.3);
        auto const later = boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
            [&](double const z) {
                return normal::density(z - mean) * conditional_power(bounds, fractions, 0, z, drift);
            },
            -3.0, 2.8, 5, 1e-14);
        auto const all = exits(bounds, fractions, drift);
        EXPECT_RELATIVE(later, all.total_upper() - all.upper[0], 1e-12);
    }
}

TEST(PredictivePower, AveragesConditionalPowerOverThePosterior) {
    auto const fractions = std::vector{0.3, 0.6, 0.7, 1.0};
    auto const bounds = stopping_boundaries{
        .lower = {-3, -2.5, -2, -2}, .upper = {2.8, 2.4, infinity, 2.1}, .wedge = {-infinity, 0.2, 0.5, 1}};
    for (auto const& prior : {drift_prior{}, drift_prior{.mean = 3, .information = 0.2}}) {
        for (auto const z : {-0.5, 1.7}) {
            auto const information = 0.6 + prior.information;
            auto const centre = (prior.information * prior.mean + z * std::sqrt(0.6)) / information;
            auto const average = boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
                [&](double const drift) {
                    return std::sqrt(information) *
                           normal::density((drift - centre) * std::sqrt(information)) *
                           conditional_power(bounds, fractions, 1, z, drift);
                },
                centre - 9 / std::sqrt(information), centre + 9 / std::sqrt(information), 5, 1e-14);
            EXPECT_RELATIVE(predictive_power(bounds, fractions, 1, z, prior), average, 1e-12);
        }
    }
    // A prior that is certain is a given drift.
    EXPECT_RELATIVE(predictive_power(bounds, fractions, 0, 1.0, {.mean = 2, .information = 1e9}),
                    conditional_power(bounds, fractions, 0, 1.0, 2.0), 1e-8);
}

} // namespace
} // namespace accrue::test_sequential_inference
