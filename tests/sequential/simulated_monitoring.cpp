// Boundaries that spend the error by simulation: what they promise, for any model, error, clock and null.

#include "support/simulated_review.hpp"
#include <accrue/accrue.hpp>
#include <accrue/sequential/parallel.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace accrue::test_sequential_simulated_monitoring {
namespace {

using namespace test;

auto const infinity = accrue::detail::infinity<double>();

// ---- what is promised ----

/// The error of the boundaries on fresh random numbers by the plain simulation of monitoring, which shares
/// nothing with the rule but the generator.
template <class Model>
simulated_probability fresh_error(Model const& model, sequential_analysis const& analysis, review const& of,
                                  double const tau_squared, std::uint64_t const replicates = 20'000) {
    auto const series = trial_series{stated_variances{variances_of(of)}, constant_heterogeneity{tau_squared}};
    return simulate_monitoring(series, model, looks_of(analysis),
                               {.replicates = replicates, .seed = 99, .run = on_threads{2}})
        .either();
}

template <class Model>
void expect_error_held(Model const& model, review const& of, char const* const words) {
    auto design = design_for(total(of.participants));
    design.boundaries = simulated_monitoring{.replicates = 20'000, .run = on_threads{2}};
    auto const analysis = analyse(model, design, of);
    for (double const tau_squared : {0.0, 0.4, 1.3, 3.0, 7.0, 40.0}) {
        auto const error = fresh_error(model, analysis, of, tau_squared, 6'000);
        EXPECT_LT(error.value, 0.05 + 2 * error.standard_error) << words << ", tau² " << tau_squared;
    }
}

// Qualifies: MONITOR-3
TEST(SimulatedMonitoring, HoldsItsErrorWhereLargeTrialsComeFirst) {
    auto const large_first = sorted(draw_review(1, 20, 1.5));
    expect_error_held(laird, large_first, "Wald");
    expect_error_held(laird_floored, large_first, "floored");
}

// Qualifies: MONITOR-3
TEST(SimulatedMonitoring, HoldsItsErrorWithOneGiantTrial) {
    auto giant = draw_review(2, 20, 0);
    giant.trials[0].variance = 0.01;
    giant.participants[0] = 10'000;
    expect_error_held(laird_floored, giant, "first");
    std::swap(giant.trials[0], giant.trials[1]);
    std::swap(giant.participants[0], giant.participants[1]);
    expect_error_held(laird, giant, "second");
}

// Qualifies: MONITOR-3
TEST(SimulatedMonitoring, HoldsItsErrorOnAnyClock) {
    auto const of = sorted(draw_review(3, 12, 1.5));
    auto design = design_for(total(of.participants));
    design.information.trials = 12;
    design.information.statistical_information = 12;
    design.boundaries = simulated_monitoring{.replicates = 20'000};
    auto const check = [&](auto const& clock) {
        auto const analysis =
            trial_sequential_analysis(laird_floored, design, of.trials, clock, every_trial{.first = 2});
        for (double const tau_squared : {0.0, 1.0, 5.0}) {
            auto const error = fresh_error(laird_floored, analysis, of, tau_squared, 10'000);
            EXPECT_LT(error.value, 0.05 + 2 * error.standard_error) << "tau² " << tau_squared;
        }
    };
    check(trials_accrued{});
    check(random_effects_information{.tau_squared = 1});
    check(common_effect_information{});
}

TEST(SimulatedMonitoring, HasThePowerThatTheoryWithASafeModelLacks) {
    // An effect for which a single test with known tau² has 90 % power; sizes in random order, sd 1.5.
    auto const of = draw_review(4, 20, 1.5);
    auto design = design_for(total(of.participants));
    auto const power = [&](auto const& model, double const tau_squared) {
        double information = 0;
        for (auto const& trial : of.trials) {
            information += 1 / (trial.variance + tau_squared);
        }
        auto const series =
            trial_series{stated_variances{variances_of(of)}, constant_heterogeneity{tau_squared},
                         (normal::upper_quantile(0.025) + normal::quantile(0.9)) / std::sqrt(information)};
        return simulate_monitoring(series, model, looks_of(analyse(model, design, of)),
                                   {.replicates = 10'000, .run = on_threads{2}})
            .above()
            .value;
    };
    EXPECT_LT(power(random_effects{sidik_jonkman{}, hartung_knapp_floored{}}, 0), 0.3);
    design.boundaries = simulated_monitoring{.replicates = 20'000, .run = on_threads{2}};
    EXPECT_GT(power(laird_floored, 0), 0.55);
    EXPECT_GT(power(laird_floored, 0.3), 0.65);
}

// Qualifies: MONITOR-1
TEST(SimulatedMonitoring, NeverMovesAnEarlierBoundaryWhenATrialIsAdded) {
    auto const check = [](auto const& model, sequential_design design, review const& of,
                          simulated_monitoring const& rule) {
        design.boundaries = rule;
        auto const all = analyse(model, design, of);
        for (std::size_t count = 2; count < of.trials.size(); ++count) {
            auto const fewer = analyse(model, design, beginning(of, count));
            for (std::size_t k = 0; k < fewer.looks.size(); ++k) {
                ASSERT_EQ(all.looks[k].upper_boundary, fewer.looks[k].upper_boundary) << count << " " << k;
                ASSERT_EQ(all.looks[k].lower_boundary, fewer.looks[k].lower_boundary) << count << " " << k;
                ASSERT_EQ(all.looks[k].wedge, fewer.looks[k].wedge) << count << " " << k;
            }
        }
    };
    auto const few = simulated_monitoring{.replicates = 400, .standard_errors = 0};
    for (std::uint64_t number = 0; number < 8; ++number) {
        auto const of = draw_review(number, 8, 2);
        // The plan ends before the last trial, at it or after it.
        double const size = total(of.participants) * (0.7 + 0.1 * static_cast<double>(number % 6));
        auto design = design_for(size);
        check(laird, design, of, few);
        design.error = one_sided{0.025};
        check(laird_floored, design, of, few);
        design.futility = futility{0.2, lan_demets_pocock{}, binding{}};
        check(laird_floored, design, of, few);
        design.error = two_sided{0.1};
        check(laird, design, of, few);
        design.error = asymmetric{0.05, 0.03};
        check(laird, design, of, few);
        design.futility.reset();
        check(common_effect{}, design, of, few);
        auto tables = std::vector<two_arms<events>>{};
        for (auto const participants : of.participants) {
            auto const half = std::ceil(participants / 2);
            tables.push_back({{std::floor(half / 10), half}, {std::floor(half / 8), half}});
        }
        auto rule = few;
        rule.null = binary_null{.trials = tables, .tau_squared = {0, 0.3}};
        check(laird, design, of, rule);
    }
}

// Qualifies: THREADS-1
TEST(SimulatedMonitoring, IsTheSameOnAnyNumberOfThreads) {
    auto const of = draw_review(5, 9, 1);
    auto design = design_for(total(of.participants));
    design.futility = futility{0.2, lan_demets_pocock{}};
    auto rule = simulated_monitoring{.replicates = 3'000, .seed = 7};
    design.boundaries = rule;
    auto const one = analyse(laird_floored, design, of);
    for (unsigned const threads : {1u, 2u, 5u}) {
        rule.run = on_threads{threads};
        design.boundaries = rule;
        auto const several = analyse(laird_floored, design, of);
        EXPECT_EQ(one.boundaries.lower, several.boundaries.lower);
        EXPECT_EQ(one.boundaries.upper, several.boundaries.upper);
        EXPECT_EQ(one.boundaries.wedge, several.boundaries.wedge);
    }
    rule.seed = 8;
    design.boundaries = rule;
    EXPECT_NE(one.boundaries.upper, analyse(laird_floored, design, of).boundaries.upper);
}

TEST(SimulatedMonitoring, AgreesWithTheoryWhereTheoryIsExact) {
    // The common effect of trials of known variance, by the clock of statistical information.
    auto const of = draw_review(6, 10, 1);
    auto design = design_for(1);
    double information = 0;
    for (auto const& trial : of.trials) {
        information += 1 / trial.variance;
    }
    design.information.statistical_information = information;
    design.spending = lan_demets_pocock{};
    for (auto const& error :
         {error_rate{two_sided{0.05}}, error_rate{one_sided{0.025}}, error_rate{asymmetric{0.05, 0.02}}}) {
        design.error = error;
        design.boundaries = simulated_monitoring{.null = normal_null{.tau_squared = {0}},
                                                 .replicates = 100'000,
                                                 .standard_errors = 0,
                                                 .run = on_threads{2}};
        auto const simulated =
            trial_sequential_analysis(common_effect{}, design, of.trials, common_effect_information{});
        design.boundaries = {};
        auto const exact =
            trial_sequential_analysis(common_effect{}, design, of.trials, common_effect_information{});
        auto const spent = exits(simulated.boundaries, simulated.fractions);
        auto const planned = exits(exact.boundaries, exact.fractions);
        double by_now = 0;
        double planned_by_now = 0;
        for (std::size_t k = 0; k < simulated.looks.size(); ++k) {
            by_now += spent.lower[k] + spent.upper[k];
            planned_by_now += planned.lower[k] + planned.upper[k];
            EXPECT_NEAR(by_now, planned_by_now, 4 * std::sqrt(planned_by_now / 100'000)) << k;
            if (planned.upper[k] > 1e-3) {
                EXPECT_NEAR(simulated.looks[k].upper_boundary, exact.looks[k].upper_boundary, 0.1) << k;
            }
        }
    }
}

TEST(SimulatedMonitoring, StatesTheErrorOfEachScenario) {
    auto const of = draw_review(7, 12, 1);
    auto design = design_for(total(of.participants));
    design.boundaries = simulated_monitoring{
        .null = normal_null{.tau_squared = {0, 0.5, 2, 8}}, .replicates = 10'000, .standard_errors = 2};
    auto const analysis = analyse(laird, design, of);
    ASSERT_EQ(analysis.simulated_errors.size(), 4u);
    double const margin = 2 * std::sqrt(0.05 * 0.95 / 10'000);
    double largest = 0;
    for (auto const& error : analysis.simulated_errors) {
        EXPECT_LE(error.either(), 0.05 - margin);
        EXPECT_EQ(error.replicates, 10'000u);
        EXPECT_NEAR(error.standard_error, std::sqrt(error.either() * (1 - error.either()) / 10'000), 1e-12);
        EXPECT_NEAR(error.lower, error.upper, 0.01);
        largest = std::max(largest, error.either());
    }
    EXPECT_GT(largest, 0.045) << "the worst scenario spends what there is";
    design.boundaries = {};
    EXPECT_TRUE(analyse(laird, design, of).simulated_errors.empty());
}

TEST(SimulatedMonitoring, CarriesOnWhatIsTooSmallForTheReplicates) {
    auto const of = draw_review(8, 10, 0);
    auto design = design_for(total(of.participants));
    design.boundaries = simulated_monitoring{
        .null = normal_null{.tau_squared = {0}}, .replicates = 1'000, .standard_errors = 0};
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, of.trials, of.participants, every_trial{});
    EXPECT_EQ(analysis.looks[0].upper_boundary, infinity) << "spends 1e-10";
    EXPECT_EQ(analysis.looks[1].lower_boundary, -infinity) << "spends 1e-5";
    EXPECT_LT(analysis.looks[9].upper_boundary, 3);
    ASSERT_EQ(analysis.simulated_errors.size(), 1u);
    EXPECT_EQ(analysis.simulated_errors[0].either(), 0.05) << "to the last replicate";
}

TEST(SimulatedMonitoring, EndsAtTheRequiredInformation) {
    auto const of = draw_review(9, 8, 0);
    auto design = design_for(of.participants.front() * 5);
    design.boundaries = simulated_monitoring{.replicates = 2'000};
    auto const past = analyse(laird, design, of);
    EXPECT_LT(past.looks[3].upper_boundary, infinity);
    EXPECT_EQ(past.looks[4].upper_boundary, infinity) << "no error is left";
    EXPECT_EQ(past.looks[4].lower_boundary, -infinity);
    // What is to come has the boundary of theory.
    design = design_for(of.participants.front() * 20);
    design.boundaries = simulated_monitoring{.replicates = 2'000};
    auto const short_of = analyse(laird, design, of);
    design.boundaries = {};
    EXPECT_EQ(short_of.boundaries.upper.back(), analyse(laird, design, of).boundaries.upper.back());
}

// Qualifies: MONITOR-2
TEST(SimulatedMonitoring, IsMirroredWhenTheArmsAreSwapped) {
    auto const of = draw_review(10, 7, 1);
    auto swapped = of;
    for (auto& trial : swapped.trials) {
        trial.effect = -trial.effect;
    }
    for (auto const& error : {error_rate{two_sided{0.05}}, error_rate{one_sided{0.05}}}) {
        auto design = design_for(total(of.participants), error);
        design.boundaries = simulated_monitoring{.replicates = 5'000};
        auto opposite = design;
        opposite.information.effect = -design.information.effect;
        auto const one = analyse(laird, design, of);
        auto const other = analyse(laird, opposite, swapped);
        for (std::size_t k = 0; k < one.looks.size(); ++k) {
            if (std::holds_alternative<two_sided>(error)) {
                EXPECT_EQ(one.looks[k].upper_boundary, -one.looks[k].lower_boundary);
                EXPECT_EQ(one.looks[k].upper_boundary, -other.looks[k].lower_boundary);
            } else {
                EXPECT_EQ(one.looks[k].lower_boundary, -infinity);
                EXPECT_EQ(other.looks[k].upper_boundary, infinity);
                // Other reviews were drawn below than above.
                if (one.looks[k].upper_boundary < 3) {
                    EXPECT_NEAR(one.looks[k].upper_boundary, -other.looks[k].lower_boundary, 0.3);
                }
            }
            EXPECT_EQ(one.looks[k].decision, other.looks[k].decision);
        }
    }
}

TEST(SimulatedMonitoring, DoesNotDependOnTheUnitOfEffects) {
    auto const of = draw_review(11, 8, 1.5);
    auto in_other_units = of;
    for (auto& trial : in_other_units.trials) {
        trial = {8 * trial.effect, 64 * trial.variance};
    }
    auto design = design_for(total(of.participants));
    design.boundaries = simulated_monitoring{.replicates = 3'000};
    EXPECT_EQ(analyse(laird, design, of).boundaries.upper,
              analyse(laird, design, in_other_units).boundaries.upper);
}

TEST(SimulatedMonitoring, TakesModelsWhoseDegreesOfFreedomDifferFromReviewToReview) {
    auto const of = draw_review(12, 6, 1);
    auto const model = random_effects{reml{}, kenward_roger{}};
    auto design = design_for(total(of.participants));
    design.boundaries = simulated_monitoring{
        .null = normal_null{.tau_squared = {0, 1, 5}}, .replicates = 5'000, .run = on_threads{2}};
    auto const analysis = analyse(model, design, of);
    for (double const tau_squared : {0.0, 1.0, 5.0}) {
        auto const error = fresh_error(model, analysis, of, tau_squared, 4'000);
        EXPECT_LT(error.value, 0.05 + 3 * error.standard_error);
    }
    EXPECT_LT(analysis.looks.back().upper_boundary, 2.2) << "and not far from what the promise allows";
}

// ---- futility ----

TEST(SimulatedMonitoring, StopsFewEnoughReviewsForFutility) {
    auto const of = draw_review(13, 12, 0.7);
    for (auto const& error : {error_rate{two_sided{0.05}}, error_rate{one_sided{0.025}},
                              error_rate{asymmetric{.lower = 0.1, .upper = 0.025}}}) {
        auto design = design_for(total(of.participants), error);
        design.information.effect = 1;
        auto const rule = simulated_monitoring{
            .null = normal_null{.tau_squared = {0, 0.3, 1}}, .replicates = 20'000, .run = on_threads{2}};
        design.boundaries = rule;
        auto const without = analyse(laird, design, of);
        design.futility = futility{0.1, lan_demets_pocock{}};
        auto const with = analyse(laird, design, of);
        for (std::size_t k = 0; k < with.looks.size(); ++k) {
            EXPECT_EQ(with.looks[k].upper_boundary, without.looks[k].upper_boundary)
                << "what does not bind does not lower the boundary for success";
        }
        auto looks = looks_of(with);
        bool const has_wedge = !std::holds_alternative<one_sided>(error);
        // The last look has no futility boundary of its own: what does not succeed there has failed.
        (has_wedge ? looks.boundaries.wedge : looks.boundaries.lower).back() = -infinity;
        for (double const tau_squared : {0.0, 0.3, 1.0}) {
            auto const series =
                trial_series{stated_variances{variances_of(of)}, constant_heterogeneity{tau_squared}, 1.0};
            auto const stops = simulate_monitoring(series, laird, looks,
                                                   {.replicates = 20'000, .seed = 42, .run = on_threads{2}});
            auto const futile = has_wedge ? stops.inside() : stops.below();
            EXPECT_LT(futile.value, 0.1 + 2 * futile.standard_error) << "tau² " << tau_squared;
        }
        // And it does stop what has no effect.
        auto const hopeless = trial_series{stated_variances{variances_of(of)}, constant_heterogeneity{0}};
        auto const stops = simulate_monitoring(hopeless, laird, looks,
                                               {.replicates = 5'000, .seed = 42, .run = on_threads{2}});
        EXPECT_GT((has_wedge ? stops.inside() : stops.below()).value, 0.3);
    }
}

double total_information(review const& of) {
    double sum = 0;
    for (auto const& trial : of.trials) {
        sum += 1 / trial.variance;
    }
    return sum;
}

std::vector<double> fractions_of(review const& of) {
    auto fractions = std::vector<double>{};
    double so_far = 0;
    for (auto const& trial : of.trials) {
        so_far += 1 / trial.variance;
        fractions.push_back(so_far / total_information(of));
    }
    return fractions;
}

/// Boundaries by simulation where theory is exact too: no heterogeneity, and an effect of that drift.
sequential_analysis with_simulated_futility(review const& of, error_rate const& error, double const drift) {
    auto design = design_for(total(of.participants), error);
    design.futility = futility{0.1, lan_demets_pocock{}};
    design.information.statistical_information = total_information(of);
    design.information.effect = drift / std::sqrt(total_information(of));
    design.boundaries = simulated_monitoring{.null = normal_null{.tau_squared = {0}},
                                             .replicates = 100'000,
                                             .standard_errors = 0,
                                             .run = on_threads{2}};
    return trial_sequential_analysis(common_effect{}, design, of.trials, common_effect_information{},
                                     every_trial{.first = 1});
}

// With known variances, no heterogeneity and the clock of information theory is exact, for either sign of the
// benefit: the effect is the drift under which its boundaries meet.
TEST(SimulatedMonitoring, HasTheFutilityOfTheoryBesideHarm) {
    auto const of = draw_review(14, 8, 0.5);
    for (double const sign : {1.0, -1.0}) {
        auto const fractions = fractions_of(of);
        auto const planned = boundaries(asymmetric{.lower = 0.1, .upper = 0.025}, lan_demets_obrien_fleming{},
                                        futility{0.1, lan_demets_pocock{}}, fractions);
        auto const found =
            with_simulated_futility(of,
                                    sign > 0 ? error_rate{asymmetric{.lower = 0.1, .upper = 0.025}}
                                             : error_rate{asymmetric{.lower = 0.025, .upper = 0.1}},
                                    sign * planned.drift);
        auto const& bounds = planned.bounds;
        for (std::size_t k = 1; k < fractions.size(); ++k) {
            double const futile = sign > 0 ? found.boundaries.wedge[k] : -found.boundaries.wedge_below[k];
            double const harm = sign > 0 ? found.boundaries.lower[k] : -found.boundaries.upper[k];
            double const edge = sign > 0 ? found.boundaries.wedge_below[k] : -found.boundaries.wedge[k];
            EXPECT_NEAR(futile, bounds.wedge[k], 0.08) << k;
            // Of 100,000 reviews some ten are beyond 3.7.
            EXPECT_NEAR(harm, bounds.lower[k], bounds.lower[k] < -3.3 ? 0.25 : 0.08) << k;
            EXPECT_EQ(edge, harm) << k;
        }
    }
}

TEST(SimulatedMonitoring, HasTheFutilityOfTheoryOfEitherSide) {
    auto const of = draw_review(14, 8, 0.5);
    auto const planned = boundaries(one_sided{0.025}, lan_demets_obrien_fleming{},
                                    futility{0.1, lan_demets_pocock{}}, fractions_of(of));
    for (double const sign : {1.0, -1.0}) {
        auto const found = with_simulated_futility(of, one_sided{0.025}, sign * planned.drift);
        for (std::size_t k = 1; k < of.trials.size(); ++k) {
            auto const& bounds = found.boundaries;
            double const success = sign > 0 ? bounds.upper[k] : -bounds.lower[k];
            double const futile = sign > 0 ? bounds.lower[k] : -bounds.upper[k];
            // Of 100,000 reviews some ten are beyond 3.7.
            if (planned.bounds.upper[k] > 4) {
                EXPECT_GT(success, 3.9) << k;
            } else {
                EXPECT_NEAR(success, planned.bounds.upper[k], planned.bounds.upper[k] > 3.3 ? 0.25 : 0.08)
                    << k;
            }
            if (k + 1 < of.trials.size()) {
                EXPECT_NEAR(futile, planned.bounds.lower[k], 0.08) << k;
            } else {
                EXPECT_EQ(futile, success) << "what does not succeed at the end has failed";
            }
        }
    }
}

// A look to come has no trials to simulate: it has the boundary of theory, and what does not cross it is
// futile.
TEST(SimulatedMonitoring, EndsInFutilityAtALookToCome) {
    auto const of = draw_review(9, 6, 0);
    for (auto const& error : {error_rate{two_sided{0.05}}, error_rate{one_sided{0.025}},
                              error_rate{asymmetric{.lower = 0.025, .upper = 0.025}}}) {
        for (double const sign : {1.0, -1.0}) {
            auto design = design_for(2 * total(of.participants), error);
            design.information.effect = 0.5 * sign;
            auto const theory = analyse(laird, design, of).boundaries;
            design.futility = futility{0.1, lan_demets_pocock{}};
            design.boundaries = simulated_monitoring{.replicates = 1'000};
            auto const found = analyse(laird, design, of).boundaries;
            ASSERT_EQ(found.upper.size(), of.trials.size()) << "five looks and one to come";
            double const upper = theory.upper.back();
            double const lower = theory.lower.back();
            if (std::holds_alternative<one_sided>(error)) {
                double const success = sign > 0 ? upper : lower;
                EXPECT_EQ(found.upper.back(), success);
                EXPECT_EQ(found.lower.back(), success);
            } else {
                EXPECT_EQ(found.upper.back(), upper);
                EXPECT_EQ(found.lower.back(), lower);
                EXPECT_EQ(found.wedge.back(), upper);
            }
            if (std::holds_alternative<asymmetric>(error)) {
                EXPECT_EQ(found.wedge_below.back(), lower);
            }
        }
    }
}

TEST(SimulatedMonitoring, LowersTheBoundaryForSuccessWhereFutilityBinds) {
    auto const of = draw_review(13, 12, 0);
    auto design = design_for(total(of.participants));
    design.information.effect = 0.9;
    design.boundaries = simulated_monitoring{.null = normal_null{.tau_squared = {0}}, .replicates = 20'000};
    design.futility = futility{0.2, lan_demets_pocock{}};
    auto const ignored = analyse(common_effect{}, design, of);
    design.futility = futility{0.2, lan_demets_pocock{}, binding{}};
    auto const obeyed = analyse(common_effect{}, design, of);
    for (std::size_t k = 0; k < ignored.looks.size(); ++k) {
        EXPECT_LE(obeyed.looks[k].upper_boundary, ignored.looks[k].upper_boundary);
    }
    EXPECT_LT(obeyed.looks.back().upper_boundary, ignored.looks.back().upper_boundary - 0.03);
    // And the error is still held, by those that obey.
    auto const series = trial_series{stated_variances{variances_of(of)}, constant_heterogeneity{0}};
    auto const stops = simulate_monitoring(series, common_effect{}, looks_of(obeyed),
                                           {.replicates = 20'000, .seed = 3, .run = on_threads{2}});
    EXPECT_LT(stops.either().value, 0.05 + 2 * stops.either().standard_error);
    EXPECT_GT(stops.either().value, 0.04);
}

// ---- rules ----

TEST(MonitoringRule, MayHaveTheTrialsAndTheModel) {
    auto const of = draw_review(15, 5, 1);
    auto design = design_for(2 * total(of.participants));
    design.boundaries = [&](monitored_review const& review) {
        EXPECT_EQ(review.trials.size(), 5u);
        EXPECT_EQ(review.results.size(), 5u);
        EXPECT_EQ(review.looks.size(), 4u);
        EXPECT_EQ(review.fractions.size(), 5u) << "with the look to come";
        EXPECT_EQ(&review.design, &design);
        // The model applies to a batch as to the review itself.
        auto effects = std::vector<double>{};
        auto variances = std::vector<double>{};
        for (auto const& trial : review.trials) {
            effects.push_back(trial.effect);
            variances.push_back(trial.variance);
        }
        auto results = pooled_batch(1);
        review.pool_each(study_matrix{effects, variances, 5}, results);
        EXPECT_NEAR(results.effect[0], review.results.back().effect, 1e-12);
        return stopping_boundaries::symmetric(std::vector<double>(review.fractions.size(), 2.5));
    };
    EXPECT_EQ(analyse(laird, design, of).looks[2].upper_boundary, 2.5);
    // A rule of the fractions alone, as ever.
    design.boundaries = [](sequential_design const&, std::span<double const> const fractions) {
        return stopping_boundaries::symmetric(std::vector<double>(fractions.size(), 3.5));
    };
    EXPECT_EQ(analyse(laird, design, of).looks[2].upper_boundary, 3.5);
}

TEST(MonitoringRule, PlansLooksThatHaveNoTrialsYet) {
    auto const fractions = std::vector{0.3, 0.7, 1.0};
    auto const design = design_for(1000);
    auto const expected = exact_monitoring{}(design, fractions).upper;
    EXPECT_EQ(monitoring_rule(exact_monitoring{})(design, fractions).upper, expected);
    EXPECT_EQ(monitoring_rule(simulated_monitoring{})(design, fractions).upper, expected);
}

TEST(MethodsSentence, TellsOfTheSimulation) {
    auto const of = draw_review(20, 5, 1);
    auto design = design_for(2 * total(of.participants));
    auto const names = procedure_names{.model = "a model", .spending = "a"};
    auto const sentence = [&] { return methods_sentence(analyse(laird, design, of), names); };
    EXPECT_EQ(sentence().find("simulation"), std::string::npos);
    design.boundaries = simulated_monitoring{.null = normal_null{.tau_squared = {0, 2}}, .replicates = 1'000};
    EXPECT_NE(sentence().find("found by simulation under no effect, 1000 reviews for each of 2 scenarios of "
                              "heterogeneity; the error at the looks so far is at most "),
              std::string::npos);
    EXPECT_NE(sentence().find("%), at tau² "), std::string::npos);
    // One scenario, which is not described by a tau².
    design.boundaries =
        simulated_monitoring{.null =
                                 [](std::span<estimate const> const estimates) {
                                     auto scenarios = normal_null{.tau_squared = {0}}(estimates);
                                     scenarios.front().tau_squared = accrue::detail::not_a_number<double>();
                                     return scenarios;
                                 },
                             .replicates = 1'000};
    auto const text = sentence();
    EXPECT_NE(text.find("1000 reviews for each of 1 scenario;"), std::string::npos) << text;
    EXPECT_EQ(text.find(", at tau²"), std::string::npos) << text;
}

TEST(SimulatedMonitoring, RefusesWhatMakesNoSense) {
    auto const of = draw_review(16, 4, 1);
    auto design = design_for(total(of.participants));
    auto const refuses = [&](simulated_monitoring const& rule) {
        design.boundaries = rule;
        EXPECT_THROW((void)analyse(laird, design, of), invalid_input);
    };
    refuses({.replicates = 0});
    refuses({.standard_errors = -1});
    refuses({.null = normal_null{.tau_squared = {accrue::detail::not_a_number<double>()}}});
    refuses({.null = [](std::span<estimate const>) { return std::vector<null_scenario>{}; }});
    refuses({.run = on_threads{0}});
    // A model of reports has no estimates to simulate.
    auto const tables = std::vector<two_arms<events>>{{{3, 50}, {5, 50}}, {{4, 60}, {9, 60}}};
    design = design_for(200);
    design.boundaries = simulated_monitoring{.replicates = 1'000};
    EXPECT_THROW((void)trial_sequential_analysis(mantel_haenszel<>{}, design, tables, std::vector{100, 120}),
                 invalid_input);
}

TEST(SimulatedMonitoring, TellsItsProgressAndCanBeStopped) {
    auto const of = draw_review(17, 4, 1);
    auto design = design_for(total(of.participants));
    auto told = std::vector<double>{};
    auto rule = simulated_monitoring{.replicates = 3'000,
                                     .progress = [&](double const share) { told.push_back(share); }};
    design.boundaries = rule;
    (void)analyse(laird, design, of);
    ASSERT_GT(told.size(), 3u);
    EXPECT_GT(told[told.size() - 2], 0.9) << "the blocks of reviews are all of the work";
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    EXPECT_EQ(told.back(), 1);
    rule.run = on_threads{3};
    rule.progress = [](double const share) {
        if (share > 0.3) {
            throw std::runtime_error("enough");
        }
    };
    design.boundaries = rule;
    EXPECT_THROW((void)analyse(laird, design, of), std::runtime_error);
}

TEST(OnThreads, DoesEachPieceOnce) {
    for (unsigned const threads : {1u, 2u, 7u}) {
        auto done = std::vector<int>(100);
        on_threads{threads}(done.size(), [&](std::size_t const i) { ++done[i]; });
        EXPECT_EQ(done, std::vector<int>(100, 1));
        EXPECT_THROW(on_threads{threads}(10,
                                         [](std::size_t const i) {
                                             if (i == 3) {
                                                 throw std::runtime_error("third");
                                             }
                                         }),
                     std::runtime_error);
    }
}

} // namespace
} // namespace accrue::test_sequential_simulated_monitoring
