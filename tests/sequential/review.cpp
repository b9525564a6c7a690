// What an analysis says beyond its looks: adjusted inference, futility, power to come, updates, and real
// reviews.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test_sequential_review {
namespace {

auto const infinity = detail::infinity<double>();

std::vector<two_arms<events>> event_trials(std::string const& name) {
    auto trials = std::vector<two_arms<events>>{};
    for (auto const& row : test::golden("sequential/analysis/data_" + name + ".csv")) {
        trials.push_back({.treatment = {row.number("eI"), row.number("nI")},
                          .control = {row.number("eC"), row.number("nC")}});
    }
    return trials;
}

std::vector<two_arms<arm>> continuous_trials(std::string const& name) {
    auto trials = std::vector<two_arms<arm>>{};
    for (auto const& row : test::golden("sequential/analysis/data_" + name + ".csv")) {
        trials.push_back({.treatment = {row.number("nI"), row.number("mI"), row.number("sdI")},
                          .control = {row.number("nC"), row.number("mC"), row.number("sdC")}});
    }
    return trials;
}

std::vector<double> participants_of(std::vector<two_arms<events>> const& trials) {
    auto participants = std::vector<double>{};
    for (auto const& trial : trials) {
        participants.push_back(trial.treatment.total + trial.control.total);
    }
    return participants;
}

std::vector<estimate> estimates_of(std::string const& dataset, std::string const& outcome) {
    if (outcome == "MD") {
        return effects(mean_difference{}, continuous_trials(dataset));
    }
    auto const trials = event_trials(dataset);
    if (outcome == "OR") {
        return effects(log_odds_ratio{}, trials);
    }
    if (outcome == "RR") {
        return effects(log_risk_ratio{}, trials);
    }
    return effects(risk_difference{}, trials);
}

sequential_design design_for(information_size const& size) {
    return {.error = two_sided{0.05},
            .power = 0.90,
            .spending = lan_demets_obrien_fleming{},
            .information = size};
}

auto const small_benefit =
    information_size{.effect = 0.3, .participants = 1000, .statistical_information = 117};

/// Trials of `participants` each whose effects and variances make the common-effect Z what is asked for.
std::vector<estimate> trials_with_z(std::vector<double> const& z) {
    auto trials = std::vector<estimate>{};
    double score = 0;
    for (std::size_t k = 0; k < z.size(); ++k) {
        double const next = z[k] * std::sqrt(static_cast<double>(k + 1));
        trials.push_back({next - score, 1});
        score = next;
    }
    return trials;
}

// metafor's iterations for tau² end with an absolute error of up to 1.3e-4 (Paule-Mandel: the default
// tolerance of R's uniroot) or a step of 1e-5 (restricted likelihood). So tau² is compared to that, and
// everything that follows from it is compared to rounding at metafor's tau².
TEST(CumulativeAnalysis, AgreesWithMetaforOnThreeReviews) {
    auto const design = design_for({.effect = 1, .participants = 1e6});
    constexpr double rounding = 1e-11;
    std::size_t rows = 0;
    auto const check = [&](auto const& model, std::string const& dataset, std::string const& outcome,
                           std::string const& name, double const tau_squared_error) {
        auto const trials = estimates_of(dataset, outcome);
        auto const analysis =
            trial_sequential_analysis(model, design, trials, std::vector<double>(trials.size(), 10.0));
        for (auto const& row : test::golden("sequential/analysis/cumulative_metafor.csv")
                                   .where("dataset", dataset)
                                   .where("outcome", outcome)
                                   .where("model", name)) {
            SCOPED_TRACE(row.where());
            auto const k = static_cast<std::size_t>(row.number("k"));
            auto look = analysis.looks.at(k - 1);
            EXPECT_RELATIVE(look.cumulative.tau_squared, row.number("tau2"), rounding,
                            std::max(tau_squared_error, 1e-14));
            if (tau_squared_error > 0) {
                auto const same = random_effects{fixed_tau_squared{row.number("tau2")}};
                look =
                    trial_sequential_analysis(same, design, trials, std::vector<double>(trials.size(), 10.0))
                        .looks.at(k - 1);
            }
            EXPECT_RELATIVE(look.cumulative.effect, row.number("est"), rounding, 1e-14);
            EXPECT_RELATIVE(standard_error(look.cumulative), row.number("se"), rounding);
            EXPECT_RELATIVE(p_value(look.cumulative), row.number("pval"), 20 * rounding);
            if (!row.missing("D2")) {
                EXPECT_RELATIVE(look.diversity, row.number("D2"), rounding, 1e-12);
            }
            ++rows;
        }
    };
    for (auto const& [dataset, outcome] : std::vector<std::pair<std::string, std::string>>{{"coronary", "OR"},
                                                                                           {"coronary", "RR"},
                                                                                           {"coronary", "RD"},
                                                                                           {"perioOxy", "OR"},
                                                                                           {"perioOxy", "RR"},
                                                                                           {"perioOxy", "RD"},
                                                                                           {"eds", "MD"}}) {
        check(common_effect{}, dataset, outcome, "FE_IV", 0);
        check(random_effects{dersimonian_laird{}}, dataset, outcome, "DL", 0);
        check(random_effects{dersimonian_laird{}, hartung_knapp{}}, dataset, outcome, "DL_HKSJ_t", 0);
        check(random_effects{sidik_jonkman{}}, dataset, outcome, "SJ", 0);
        check(random_effects{paule_mandel{}}, dataset, outcome, "PM", 1.3e-4);
        check(random_effects{reml{}}, dataset, outcome, "REML", 1e-4);
    }
    // 66 common-effect rows and five random-effects models of 59 each.
    EXPECT_EQ(rows, 66u + 5 * 59u);
}

// Mantel and Haenszel pool the trials' counts, so that they are looked at by the cumulative results
// themselves.
TEST(CumulativeAnalysis, OfMantelAndHaenszelAgreesWithMetaforOnTwoReviews) {
    constexpr double rounding = 1e-12;
    std::size_t rows = 0;
    auto const check = [&](auto const& measure, std::string const& outcome) {
        for (std::string const dataset : {"coronary", "perioOxy"}) {
            auto const trials = event_trials(dataset);
            auto const estimates = effects(measure, trials);
            auto const results = cumulative(mantel_haenszel{measure}, trials);
            for (auto const& row : test::golden("sequential/analysis/cumulative_metafor.csv")
                                       .where("dataset", dataset)
                                       .where("outcome", outcome)
                                       .where("model", "FE_MH")) {
                SCOPED_TRACE(row.where());
                auto const k = static_cast<std::size_t>(row.number("k"));
                auto const& found = results.at(k - 1);
                EXPECT_RELATIVE(found.effect, row.number("est"), rounding, 1e-15);
                EXPECT_RELATIVE(standard_error(found), row.number("se"), rounding);
                EXPECT_RELATIVE(test_statistic(found), row.number("z"), rounding, 1e-14);
                EXPECT_RELATIVE(p_value(found), row.number("pval"), 10 * rounding);
                // With a single trial it is rounding squared.
                EXPECT_RELATIVE(q_about(found.effect, std::vector(estimates.begin(),
                                                                  estimates.begin() + std::ptrdiff_t(k))),
                                row.number("Q"), rounding, 1e-25);
                ++rows;
            }
        }
    };
    check(log_odds_ratio{}, "OR");
    check(log_risk_ratio{}, "RR");
    check(risk_difference{}, "RD");
    EXPECT_EQ(rows, 57u);
}

// Odds ratio 0.9 anticipated at a control risk of 0.09, power 80 %, size inflated for its looks. The naive
// and the adjusted p-value differ little: most of the error is left when the third look crosses. (The R
// package RTSA prints p 0.00328 and 0.853 [0.768, 0.948]: it takes the crossed lower boundary for the upper
// one.)
TEST(AdjustedInference, IsRightWhenTheLowerBoundaryIsCrossed) {
    auto const trials = event_trials("coronary");
    auto const target = odds_ratio_target{.control_risk = 0.09, .ratio = 0.9};
    auto const size = required_information_size(target, two_sided{0.05}, 0.80);
    auto fractions = std::vector<double>{};
    double total = 0;
    for (auto const n : participants_of(trials)) {
        total += n;
        fractions.push_back(total / size.participants);
    }
    fractions.push_back(1);
    auto const looks = inflation_for(two_sided{0.05}, lan_demets_obrien_fleming{}, 0.80, fractions);
    EXPECT_NEAR(looks.factor, 1.02, 2e-3);
    auto design = design_for(required_information_size(target, two_sided{0.05}, 0.80, looks));
    design.power = 0.80;
    auto const estimates = effects(log_odds_ratio{}, trials);
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, estimates, participants_of(trials));
    EXPECT_EQ(analysis.conclusion, conclusion::benefit);
    EXPECT_EQ(analysis.concluded_at, 2u);
    auto const inference = infer_adjusted(analysis);
    EXPECT_EQ(inference.status, status::ok);
    EXPECT_EQ(inference.look, 2u);
    // An independent computation gave three digits.
    EXPECT_NEAR(inference.adjusted.p_value, 0.000118, 5e-7);
    EXPECT_NEAR(std::exp(inference.adjusted.effect), 0.812, 5e-4);
    EXPECT_NEAR(std::exp(inference.adjusted.interval.lower), 0.731, 5.5e-4);
    EXPECT_NEAR(std::exp(inference.adjusted.interval.upper), 0.903, 5e-4);
    EXPECT_GT(inference.adjusted.p_value, inference.naive.p_value);

    // With the arms swapped the upper boundary is crossed, and everything is mirrored.
    auto swapped = trials;
    for (auto& trial : swapped) {
        std::swap(trial.treatment, trial.control);
    }
    design.information.effect = -design.information.effect;
    auto const mirrored = infer_adjusted(trial_sequential_analysis(
        common_effect{}, design, effects(log_odds_ratio{}, swapped), participants_of(trials)));
    EXPECT_RELATIVE(mirrored.adjusted.p_value, inference.adjusted.p_value, 1e-9);
    EXPECT_RELATIVE(mirrored.adjusted.effect, -inference.adjusted.effect, 1e-9);
    EXPECT_RELATIVE(mirrored.adjusted.interval.lower, -inference.adjusted.interval.upper, 1e-9);
    EXPECT_RELATIVE(mirrored.adjusted.interval.upper, -inference.adjusted.interval.lower, 1e-9);
}

TEST(AdjustedInference, OfASingleFinalLookIsTheModelsOwn) {
    auto const trials = effects(log_odds_ratio{}, event_trials("perioOxy"));
    auto const participants = std::vector<double>(trials.size(), 1000.0 / 15);
    auto const check = [&](auto const& model) {
        auto const analysis = trial_sequential_analysis(model, design_for(small_benefit), trials,
                                                        participants, after_trials{{trials.size()}});
        auto const inference = infer_adjusted(analysis, 0.9);
        EXPECT_RELATIVE(inference.adjusted.p_value, inference.naive.p_value, 1e-9);
        EXPECT_RELATIVE(inference.adjusted.effect, inference.naive.effect, 1e-9);
        EXPECT_RELATIVE(inference.adjusted.interval.lower, inference.naive.interval.lower, 1e-9);
        EXPECT_RELATIVE(inference.adjusted.interval.upper, inference.naive.interval.upper, 1e-9);
    };
    check(common_effect{});
    check(random_effects{reml{}});
    check(random_effects{dersimonian_laird{}, hartung_knapp{}});
}

TEST(AdjustedInference, PullsTheEstimateOfAnEarlyStopTowardsZero) {
    auto const analysis = trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                    trials_with_z({1.5, 3.5}), std::vector{300, 300});
    EXPECT_EQ(analysis.conclusion, conclusion::benefit);
    auto const inference = infer_adjusted(analysis);
    EXPECT_LT(inference.adjusted.effect, inference.naive.effect);
    EXPECT_GT(inference.adjusted.effect, 0);
    EXPECT_GT(inference.adjusted.interval.lower, 0) << "the boundary was crossed";
}

// Reviews of four trials with a true effect, stopped at the first crossing: the adjusted interval covers it
// in 95 of 100, half of the median-unbiased estimates lie below it, and the naive ones do neither.
// Qualifies: MONITOR-4
TEST(AdjustedInference, CoversTheEffectAsOftenAsItSays) {
    auto design = design_for({.effect = 1, .participants = 4});
    design.spending = lan_demets_pocock{};
    constexpr double effect = 1.2;
    constexpr int replicates = 2000;
    int covered = 0;
    int below = 0;
    int naive_below = 0;
    for (int replicate = 0; replicate < replicates; ++replicate) {
        auto random = random_stream(11, static_cast<std::uint64_t>(replicate));
        auto trials = std::vector<estimate>{};
        trial_series{stated_variances{{1, 1, 1, 1}}, constant_heterogeneity{}, effect}(random, trials);
        auto const inference = infer_adjusted(
            trial_sequential_analysis(common_effect{}, design, trials, std::vector<double>(4, 1)));
        covered += inference.adjusted.interval.contains(effect) ? 1 : 0;
        below += inference.adjusted.effect < effect ? 1 : 0;
        naive_below += inference.naive.effect < effect ? 1 : 0;
    }
    // Three standard errors.
    EXPECT_NEAR(covered / static_cast<double>(replicates), 0.95, 3 * std::sqrt(0.05 * 0.95 / replicates));
    EXPECT_NEAR(below / static_cast<double>(replicates), 0.5, 1.5 / std::sqrt(replicates));
    EXPECT_LT(naive_below / static_cast<double>(replicates), 0.5 - 1.5 / std::sqrt(replicates));
}

TEST(RepeatedConfidenceInterval, ExcludesZeroExactlyWhereABoundaryIsCrossed) {
    auto const analysis = trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                    trials_with_z({2, 3.4, 1}), std::vector{200, 400, 100});
    for (std::size_t k = 0; k < analysis.looks.size(); ++k) {
        auto const& look = analysis.looks[k];
        auto const limits = repeated_confidence_interval(analysis, k);
        EXPECT_EQ(limits.lower > 0, look.z >= look.upper_boundary) << k;
        EXPECT_RELATIVE(limits.lower,
                        look.cumulative.effect - look.upper_boundary * standard_error(look.cumulative), 1e-12,
                        1e-13);
    }
    EXPECT_THROW((void)repeated_confidence_interval(analysis, 3), invalid_input);
}

// The boundary of futility of a one-sided design says nothing against effects in the direction of benefit.
TEST(RepeatedConfidenceInterval, OfAOneSidedDesignIsThatWithoutFutilityOrWithoutItsOtherSide) {
    auto const of = lan_demets_obrien_fleming{};
    for (double const sign : {1.0, -1.0}) {
        auto const size =
            information_size{.effect = sign * 0.3, .participants = 467, .statistical_information = 467 / 4.0};
        auto const trials = std::vector<estimate>{{sign * 0.25, 4 / 120.0},
                                                  {sign * 0.1, 4 / 120.0},
                                                  {sign * 0.15, 4 / 130.0},
                                                  {sign * 0.12, 4 / 150.0}};
        auto const participants = std::vector<double>{120, 120, 130, 150};
        auto const free = sequential_design{one_sided{0.025}, 0.9, of, size};
        auto const unbound = sequential_design{one_sided{0.025}, 0.9, of, size, futility{0.1, of}};
        auto const bound = sequential_design{one_sided{0.025}, 0.9, of, size, futility{0.1, of, binding{}}};
        auto const without = trial_sequential_analysis(common_effect{}, free, trials, participants);
        for (auto const& design : {unbound, bound}) {
            auto const analysis = trial_sequential_analysis(common_effect{}, design, trials, participants);
            for (std::size_t k = 0; k < trials.size(); ++k) {
                auto const limits = repeated_confidence_interval(analysis, k);
                auto const expected = repeated_confidence_interval(without, k);
                auto const& look = analysis.looks[k];
                EXPECT_TRUE(limits.contains(look.cumulative.effect)) << k;
                EXPECT_EQ(sign > 0 ? limits.upper : -limits.lower, infinity) << k;
                EXPECT_EQ(sign > 0 ? expected.upper : -expected.lower, infinity) << k;
                double const boundary = sign > 0 ? look.upper_boundary : look.lower_boundary;
                EXPECT_RELATIVE(sign > 0 ? limits.lower : limits.upper,
                                look.cumulative.effect - boundary * standard_error(look.cumulative), 1e-12);
                if (!design.futility->binds()) {
                    EXPECT_EQ(limits.lower, expected.lower) << k;
                    EXPECT_EQ(limits.upper, expected.upper) << k;
                }
            }
        }
    }
}

// All intervals of a review cover no effect with the probability that no boundary of efficacy is crossed.
TEST(RepeatedConfidenceInterval, KeepsItsErrorBesideBindingFutilityOnlyWhereThatIsObeyed) {
    auto const fractions = std::vector<double>{0.3, 0.55, 0.8, 1};
    auto const of = lan_demets_obrien_fleming{};
    auto const pocock = lan_demets_pocock{};
    auto const errors_of = [&](auto const& error, auto const& stop) {
        auto const bounds = boundaries(error, of, stop, fractions).bounds;
        auto without = bounds;
        without.wedge.clear();
        without.wedge_below.clear();
        if (bounds.wedge.empty()) {
            without.lower.assign(fractions.size(), -infinity);
        }
        auto const error_by = [&](stopping_boundaries const& by) {
            auto const found = exits(by, fractions);
            return found.total_upper() + (bounds.wedge.empty() ? 0 : found.total_lower());
        };
        return std::pair(error_by(bounds), error_by(without));
    };
    auto const expect_errors = [&](double const error, std::pair<double, double> const& found,
                                   bool const binds) {
        EXPECT_RELATIVE(binds ? found.first : found.second, error, 1e-11);
        EXPECT_LT(found.first, found.second);
    };
    for (double const beta : {0.1, 0.2}) {
        expect_errors(0.025, errors_of(one_sided{0.025}, futility{beta, of, binding{}}), true);
        expect_errors(0.05, errors_of(two_sided{0.05}, futility{beta, pocock, binding{}}), true);
        expect_errors(0.025, errors_of(one_sided{0.025}, futility{beta, pocock}), false);
        expect_errors(0.05, errors_of(two_sided{0.05}, futility{beta, of}), false);
    }
}

TEST(Futility, ConcludesWithinTheWedge) {
    auto design = design_for(small_benefit);
    design.futility = futility{0.10, lan_demets_obrien_fleming{}};
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, trials_with_z({0.5, 0.1}), std::vector{400, 350});
    EXPECT_EQ(analysis.conclusion, conclusion::futility);
    EXPECT_EQ(analysis.concluded_at, 1u);
    EXPECT_GT(analysis.looks[1].wedge, 0.1);
    // A final look is planned at the required size; the boundaries are those of all three.
    auto const expected =
        boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, futility{0.10, lan_demets_obrien_fleming{}},
                   std::vector{0.4, 0.75, 1.0});
    EXPECT_EQ(analysis.boundaries.wedge, expected.bounds.wedge);
    EXPECT_EQ(analysis.looks[1].upper_boundary, expected.bounds.upper[1]);
    EXPECT_EQ(analysis.fractions, (std::vector{0.4, 0.75, 1.0}));

    auto const strong =
        trial_sequential_analysis(common_effect{}, design, trials_with_z({0.5, 4}), std::vector{400, 350});
    EXPECT_EQ(strong.conclusion, conclusion::benefit);
}

TEST(Futility, OfAOneSidedDesignLiesOnTheOtherSide) {
    auto design = design_for(small_benefit);
    design.error = one_sided{0.025};
    design.futility = futility{0.10, lan_demets_obrien_fleming{}, binding{}};
    auto const up =
        trial_sequential_analysis(common_effect{}, design, trials_with_z({0.5, 0.1}), std::vector{400, 350});
    EXPECT_EQ(up.conclusion, conclusion::futility);
    design.information.effect = -0.3;
    auto const down = trial_sequential_analysis(common_effect{}, design, trials_with_z({-0.5, -0.1}),
                                                std::vector{400, 350});
    EXPECT_EQ(down.conclusion, conclusion::futility);
    for (std::size_t k = 0; k < 2; ++k) {
        EXPECT_EQ(up.looks[k].lower_boundary, -down.looks[k].upper_boundary);
        EXPECT_EQ(up.looks[k].upper_boundary, -down.looks[k].lower_boundary);
    }
}

TEST(Futility, ThatDoesNotBindIsIgnoredByInference) {
    auto design = design_for(small_benefit);
    auto const inferred = [&] {
        auto const analysis = trial_sequential_analysis(
            common_effect{}, design, trials_with_z({1.5, 1.9, 3.5}), std::vector{400, 300, 100});
        EXPECT_EQ(analysis.concluded_at, 2u);
        return infer_adjusted(analysis);
    };
    auto const without = inferred();
    design.futility = futility{0.10, lan_demets_obrien_fleming{}};
    auto const non_binding = inferred();
    EXPECT_EQ(non_binding.adjusted.p_value, without.adjusted.p_value);
    EXPECT_EQ(non_binding.adjusted.effect, without.adjusted.effect);
    design.futility = futility{0.10, lan_demets_obrien_fleming{}, binding{}};
    EXPECT_NE(inferred().adjusted.p_value, without.adjusted.p_value);
}

TEST(Futility, ThatAnErrorDoesNotHaveIsRefused) {
    auto design = design_for(small_benefit);
    design.futility = futility{0.10, lan_demets_obrien_fleming{}, copenhagen{}};
    auto const analyse = [&] {
        return trial_sequential_analysis(common_effect{}, design, trials_with_z({1}), std::vector{400});
    };
    EXPECT_NO_THROW((void)analyse());
    design.error = one_sided{0.025};
    EXPECT_THROW((void)analyse(), invalid_input);
    design.error = asymmetric{.lower = 0.05, .upper = 0.025};
    EXPECT_THROW((void)analyse(), invalid_input);
}

TEST(AsymmetricError, HasBoundariesOfItsOwnOnEachSide) {
    auto design = design_for(small_benefit);
    design.error = asymmetric{.lower = 0.05, .upper = 0.025};
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, trials_with_z({1, 1.2}), std::vector{500, 500});
    auto const expected = boundaries(asymmetric{.lower = 0.05, .upper = 0.025}, lan_demets_obrien_fleming{},
                                     std::vector{0.5, 1.0});
    EXPECT_EQ(analysis.looks[1].lower_boundary, expected.lower[1]);
    EXPECT_EQ(analysis.looks[1].upper_boundary, expected.upper[1]);
    EXPECT_LT(-analysis.looks[1].lower_boundary, analysis.looks[1].upper_boundary);
    // The size is that of the side of the benefit.
    auto const up = standardized_mean_difference_target{.difference = 0.3};
    auto const down = standardized_mean_difference_target{.difference = -0.3};
    EXPECT_EQ(required_information_size(up, design.error, 0.9).participants,
              required_information_size(up, one_sided{0.025}, 0.9).participants);
    EXPECT_EQ(required_information_size(down, design.error, 0.9).participants,
              required_information_size(down, one_sided{0.05}, 0.9).participants);
}

TEST(ScaledMonitoring, MultipliesTheBoundaries) {
    auto design = design_for(small_benefit);
    auto const analyse = [&] {
        return trial_sequential_analysis(common_effect{}, design, trials_with_z({1, 1}),
                                         std::vector{500, 540});
    };
    auto const planned = analyse();
    design.boundaries = scaled_monitoring{1.05};
    auto const scaled = analyse();
    for (std::size_t k = 0; k < 2; ++k) {
        EXPECT_EQ(scaled.looks[k].upper_boundary, 1.05 * planned.looks[k].upper_boundary);
        EXPECT_EQ(scaled.looks[k].lower_boundary, 1.05 * planned.looks[k].lower_boundary);
    }
    design.boundaries = scaled_monitoring{0};
    EXPECT_THROW((void)analyse(), invalid_input);
}

TEST(RtsaMonitoring, PutsTheFinalLookAtTheRequiredSize) {
    auto design = design_for(small_benefit);
    design.boundaries = rtsa_monitoring{};
    auto const analysis = trial_sequential_analysis(common_effect{}, design, trials_with_z({1, 1, 1}),
                                                    std::vector{500, 540, 300});
    auto const expected = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, std::vector{0.5, 1.0});
    EXPECT_EQ(analysis.looks[0].upper_boundary, expected[0]);
    EXPECT_EQ(analysis.looks[1].upper_boundary, expected[1]);
    EXPECT_EQ(analysis.looks[2].upper_boundary, expected[1]);
    // Where the first look is past it already, it is the only one: no adjustment for looking.
    auto const late = rtsa_monitoring{}(design, std::vector{1.2, 1.5}).upper;
    ASSERT_EQ(late.size(), 2u);
    EXPECT_RELATIVE(late[0], 1.959963984540054, 1e-14);
    EXPECT_EQ(late[1], late[0]);
}

TEST(InflationForLooks, GivesThePlannedPower) {
    auto const fractions = std::vector{0.25, 0.5, 0.75, 1.0};
    for (double const planned : {0.8, 0.9}) {
        auto const factor = inflation_for(two_sided{0.05}, lan_demets_pocock{}, planned, fractions).factor;
        auto const z = boundaries(two_sided{0.05}, lan_demets_pocock{}, fractions);
        double const drift = (1.959963984540054 + normal::quantile(planned)) * std::sqrt(factor);
        EXPECT_RELATIVE(power(stopping_boundaries::symmetric(z), fractions, drift), planned, 1e-9);
    }
    EXPECT_RELATIVE(inflation_for(one_sided{0.025}, lan_demets_pocock{}, 0.9, std::vector{1.0}).factor, 1,
                    1e-9);
    EXPECT_THROW((void)inflation_for(two_sided{0.05}, lan_demets_pocock{}, 0.01, fractions), invalid_input);
    EXPECT_THROW((void)inflation_for(two_sided{0.05}, lan_demets_pocock{}, 0.9, std::vector{1.0, 0.5}),
                 invalid_input);
}

// The drift of a size with the factor is that at fraction 1, wherever the looks end; it can't be below that
// of a single look at 1.
TEST(InflationForLooks, GivesThePlannedPowerWhereverTheLooksEnd) {
    for (double const end : {0.2, 0.6, 0.8, 0.99, 1.0, 1.05, 1.5}) {
        for (double const planned : {0.6, 0.8, 0.95}) {
            auto const fractions = std::vector{end / 4, end / 2, end};
            auto const expect = [&](auto const& error, auto const& spending) {
                auto const looks = inflation_for(error, spending, planned, fractions);
                auto const bounds = efficacy_boundaries(error, spending, fractions);
                auto const size = required_information_size(
                    standardized_mean_difference_target{.difference = 0.3}, error, planned, looks);
                double const drift = planned_drift(
                    {.error = error, .power = planned, .spending = spending, .information = size});
                double const reached = power(bounds, fractions, drift);
                if (looks.factor > 1) {
                    EXPECT_RELATIVE(reached, planned, 1e-9) << end;
                    EXPECT_RELATIVE(drift, drift_for_power(bounds, fractions, planned).value, 1e-9) << end;
                } else {
                    EXPECT_GE(reached, planned) << end;
                    EXPECT_GE(end, 1) << end;
                }
            };
            expect(two_sided{0.05}, lan_demets_pocock{});
            expect(two_sided{0.05}, lan_demets_obrien_fleming{});
            expect(one_sided{0.025}, lan_demets_pocock{});
        }
    }
}

// Where looks cost nothing but rounding, as one look does and an early one that hardly spends.
TEST(InflationForLooks, IsAlwaysOneThatASizeCanBeAdjustedBy) {
    auto const target = standardized_mean_difference_target{.difference = 0.3};
    auto const expect = [&](auto const& error, double const planned, std::vector<double> const& fractions) {
        auto const looks = inflation_for(error, lan_demets_obrien_fleming{}, planned, fractions);
        EXPECT_GE(looks.factor, 1);
        EXPECT_NO_THROW((void)required_information_size(target, error, planned, looks));
    };
    for (double error = 0.003; error < 0.2; error += 0.007) {
        for (double const planned : {0.51, 0.7, 0.8, 0.9, 0.95, 0.99}) {
            for (auto const& fractions : {std::vector{1.0}, {0.7}, {0.02, 1.0}, {0.005, 0.01, 1.0}}) {
                expect(two_sided{error}, planned, fractions);
                expect(one_sided{error}, planned, fractions);
            }
        }
    }
}

TEST(PowerToCome, IsTheClosedFormWithTheFinalLookToCome) {
    auto const analysis = trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                    trials_with_z({0.5, 1.2}), std::vector{200, 300});
    double const t = 0.5;
    double const final_boundary = analysis.boundaries.upper.back();
    auto const closed = [&](double const drift) {
        return normal::survival((final_boundary - 1.2 * std::sqrt(t) - drift * (1 - t)) / std::sqrt(1 - t));
    };
    double const planned = planned_drift(analysis.design);
    EXPECT_RELATIVE(planned, 1.959963984540054 + 1.2815515655446004, 1e-14);
    EXPECT_RELATIVE(conditional_power(analysis, planned), closed(planned), 1e-10);
    EXPECT_RELATIVE(current_drift(analysis), 1.2 / std::sqrt(t), 1e-13);
    EXPECT_RELATIVE(conditional_power(analysis, current_drift(analysis)), closed(1.2 / std::sqrt(t)), 1e-10);
    // From a flat prior the drift is N(z / sqrt(t), 1 / t).
    EXPECT_RELATIVE(predictive_power(analysis),
                    normal::survival((final_boundary * std::sqrt(t) - 1.2) / std::sqrt(1 - t)), 1e-10);

    // Towards a negative benefit everything is mirrored.
    auto mirrored_design = design_for(small_benefit);
    mirrored_design.information.effect = -0.3;
    auto const mirrored = trial_sequential_analysis(common_effect{}, mirrored_design,
                                                    trials_with_z({-0.5, -1.2}), std::vector{200, 300});
    EXPECT_RELATIVE(conditional_power(mirrored, planned), closed(planned), 1e-10);
    EXPECT_RELATIVE(predictive_power(mirrored), predictive_power(analysis), 1e-12);

    auto const complete = trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                    trials_with_z({0.5, 1.2}), std::vector{200, 800});
    EXPECT_THROW((void)conditional_power(complete, 1.0), invalid_input);
    EXPECT_THROW((void)predictive_power(complete), invalid_input);
}

TEST(IteratedLogarithm, PenalisesZ) {
    EXPECT_RELATIVE(iterated_logarithm_z(3.0, 100.0), 3 / std::sqrt(2 * std::log(std::log(100.0))), 1e-15);
    EXPECT_RELATIVE(iterated_logarithm_z(-3.0, 100.0, 1.5), -3 / std::sqrt(1.5 * std::log(std::log(100.0))),
                    1e-15);
    EXPECT_TRUE(std::isnan(iterated_logarithm_z(3.0, 2.7)));
    EXPECT_THROW((void)iterated_logarithm_z(3.0, -1.0), invalid_input);
    EXPECT_THROW((void)iterated_logarithm_z(3.0, 100.0, 0.0), invalid_input);
    EXPECT_THROW((void)iterated_logarithm_z(infinity, 100.0), invalid_input);
}

// A living review: the required size changes twice, once up and once down.
TEST(UpdatedReview, KeepsEarlierBoundariesWhenTheRequiredSizeChanges) {
    auto const target = standardized_mean_difference_target{.difference = 0.3};
    auto const size = [&](double const d_squared) {
        return required_information_size(target, two_sided{0.05}, 0.9, diversity_adjustment{d_squared});
    };
    auto const z = std::vector{0.5, 1.0, 1.5, 1.2, 1.4, 1.6};
    auto const all = trials_with_z(z);
    auto const analyse = [&](sequential_design const& design, std::size_t const count) {
        return trial_sequential_analysis(
            common_effect{}, design,
            std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)),
            std::vector<double>(count, 80.0));
    };
    for (auto const& spending :
         std::vector<any_spending_function>{lan_demets_obrien_fleming{}, lan_demets_pocock{}}) {
        auto design = design_for(size(0.1));
        design.spending = spending;
        auto const first = analyse(design, 2);
        auto const second = analyse(continued(first, size(0.4)), 4);
        auto const third = analyse(continued(second, size(0.2)), 6);
        for (std::size_t k = 0; k < 2; ++k) {
            EXPECT_RELATIVE(second.looks[k].upper_boundary, first.looks[k].upper_boundary, 1e-12);
            EXPECT_RELATIVE(third.looks[k].upper_boundary, first.looks[k].upper_boundary, 1e-12);
        }
        for (std::size_t k = 2; k < 4; ++k) {
            EXPECT_RELATIVE(third.looks[k].upper_boundary, second.looks[k].upper_boundary, 1e-12);
        }
        // All of the error is spent, no more, however often the size changed.
        auto const total = exits(third.boundaries, third.fractions);
        EXPECT_RELATIVE(total.total_upper(), 0.025, 1e-9);
    }
}

TEST(UpdatedReview, SpendsNothingUntilANewPlanHasCaughtUp) {
    auto design = design_for(small_benefit);
    design.spending = lan_demets_pocock{};
    auto const first =
        trial_sequential_analysis(common_effect{}, design, trials_with_z({0.5}), std::vector{500});
    auto larger = small_benefit;
    larger.participants = 4000;
    auto const second =
        trial_sequential_analysis(common_effect{}, continued(first, larger), trials_with_z({0.5, 0.6, 0.7}),
                                  std::vector{500, 500, 1500});
    EXPECT_EQ(second.looks[1].upper_boundary, infinity) << "1000 of 4000: less than is gone";
    EXPECT_LT(second.looks[2].upper_boundary, infinity);
}

TEST(UpdatedReview, TellsWhatDiversityDoesToTheRequiredSize) {
    auto const model = random_effects{dersimonian_laird{}};
    auto const trials = effects(log_odds_ratio{}, event_trials("perioOxy"));
    auto const early = std::vector(trials.begin(), trials.begin() + 4);
    auto const target = odds_ratio_target{.control_risk = 0.15, .ratio = 0.8};
    auto const design =
        design_for(required_information_size(target, two_sided{0.05}, 0.9, diversity_adjustment{0.25}));
    auto const before = trial_sequential_analysis(model, design, early, std::vector<int>(early.size(), 300));
    auto const after = trial_sequential_analysis(model, design, trials, std::vector<int>(trials.size(), 300));
    auto const change = compare(before, after);
    EXPECT_EQ(change.tau_squared_before, pool(model, early).tau_squared);
    EXPECT_EQ(change.tau_squared_after, pool(model, trials).tau_squared);
    EXPECT_RELATIVE(change.diversity_before, diversity(early, model), 1e-12);
    EXPECT_RELATIVE(change.diversity_after, diversity(trials, model), 1e-12);
    EXPECT_EQ(change.required_before, change.required_after);
    EXPECT_RELATIVE(
        change.required_at_diversity,
        required_information_size(target, two_sided{0.05}, 0.9, diversity_adjustment{change.diversity_after})
            .participants,
        1e-12);
    auto counted = design;
    counted.information.trials = 20;
    auto const by_trials = trial_sequential_analysis(model, counted, trials, trials_accrued{});
    EXPECT_EQ(compare(by_trials, by_trials).required_at_diversity, 20)
        << "no adjustment changes their number";
    EXPECT_THROW((void)continued(before, information_size{.effect = -0.2, .events = 100}), invalid_input);
    EXPECT_THROW((void)continued(before, information_size{.effect = 0.2, .participants = 100}), invalid_input)
        << "the benefit lies on the other side";
}

TEST(MethodsSentence, NamesWhatTheAnalysisWasMadeOf) {
    auto design = design_for(required_information_size(risk_ratio_target{.control_risk = 0.12, .ratio = 0.8},
                                                       two_sided{0.05}, 0.9));
    auto const sentence = [&](auto const& model) {
        return methods_sentence(trial_sequential_analysis(model, design, trials_with_z({-1, -1.3, -1.1}),
                                                          std::vector{300, 400, 500}));
    };
    auto const holds = [](std::string const& text, std::string const& words) {
        return text.find(words) != std::string::npos;
    };
    EXPECT_TRUE(holds(sentence(common_effect{}), "pooled by a common-effect model and"));
    EXPECT_TRUE(holds(sentence(random_effects{reml{}, hartung_knapp_floored{}}),
                      "pooled by a random-effects model (REML, floored Hartung-Knapp) and"));
    EXPECT_TRUE(holds(sentence(random_effects{two_step{}}), "(two-step DerSimonian-Laird, Wald)"));
    auto const of_its_own = [](auto const& studies) { return common_effect{}(studies); };
    EXPECT_TRUE(holds(sentence(of_its_own), "pooled by a model of its own and"));
    design.spending = kim_demets{2.5};
    design.boundaries = scaled_monitoring{1.25};
    auto const text = sentence(common_effect{});
    EXPECT_TRUE(holds(text, "with Kim-DeMets (rho 2.5) spending of the error")) << text;
    EXPECT_TRUE(holds(text, ", by exact boundaries times 1.25.")) << text;
    design.spending = [](double const t, double const error) { return t * error; };
    design.boundaries = {};
    EXPECT_TRUE(holds(sentence(common_effect{}), "with user-defined spending of the error."));
}

TEST(MethodsSentence, StatesEveryParameter) {
    auto design = design_for(required_information_size(risk_ratio_target{.control_risk = 0.12, .ratio = 0.8},
                                                       two_sided{0.05}, 0.9, diversity_adjustment{0.25},
                                                       inflation_for_looks{1.04}));
    design.futility = futility{0.10, lan_demets_obrien_fleming{}};
    auto const analysis = trial_sequential_analysis(random_effects{dersimonian_laird{}}, design,
                                                    trials_with_z({-1, -1.3, -1.1}),
                                                    std::vector{300, 400, 500}, after_trials{{2, 3}});
    EXPECT_EQ(
        methods_sentence(analysis),
        "Cumulative evidence was pooled by a random-effects model (DerSimonian-Laird, Wald) and monitored at "
        "a two-sided type I error of 5 % and a power of 90 % with Lan-DeMets O'Brien-Fleming spending of the "
        "error and non-binding futility boundaries that spend a type II error of 10 % by Lan-DeMets "
        "O'Brien-Fleming spending. The required information is " +
            std::to_string(static_cast<int>(std::lround(design.information.participants))) +
            " participants (anticipated effect -0.2231 on the analysis scale, risk ratio 0.8, control "
            "risk 0.12, risk in the treatment arm 0.096, share of participants in the treatment arm 0.5, "
            "diversity D² 0.25, inflation for looks 1.04), of which 1200 (" +
            detail::to_digits(120000 / design.information.participants) +
            " %) had accrued in 3 trials; looks were taken after trials 2, 3. At the last look tau² was 0 "
            "and the diversity D² 0.");
}

TEST(MethodsSentence, LeavesOutWhatIsUnknownAndNoWholeNumber) {
    auto design =
        design_for(required_information_size(hazard_ratio_target{.ratio = 0.95}, two_sided{0.05}, 0.9));
    auto const analysis = trial_sequential_analysis(common_effect{}, design, trials_with_z({-1, -1.3}),
                                                    events_accrued{{3000, 4000}});
    auto const text = methods_sentence(analysis, {.model = "a common effect", .spending = "Lan-DeMets"});
    EXPECT_EQ(text.find("nan"), std::string::npos) << text;
    EXPECT_NE(text.find("required information is 15975 events"), std::string::npos) << text;
    EXPECT_EQ(detail::to_digits(466.97), "467");
    EXPECT_EQ(detail::to_digits(0.05), "0.05");
    EXPECT_EQ(detail::to_digits(1264313.4), "1264313");
    EXPECT_EQ(detail::to_digits(-12643.4), "-12643");
}

TEST(MethodsSentence, CountsOneTrialAndOneLookInTheSingular) {
    auto const text = methods_sentence(trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                                 trials_with_z({1}), std::vector{250}));
    EXPECT_NE(text.find("had accrued in 1 trial; a look was taken after trial 1. "), std::string::npos)
        << text;
    auto const late = methods_sentence(trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                                 trials_with_z({1, 2}), std::vector{250, 10},
                                                                 after_trials{{2}}));
    EXPECT_NE(late.find("had accrued in 2 trials; a look was taken after trial 2. "), std::string::npos)
        << late;
}

TEST(ResultSentence, SaysWhatTheConclusionIs) {
    auto const said = [](std::vector<double> const& z, std::vector<int> const& participants) {
        return result_sentence(trial_sequential_analysis(common_effect{}, design_for(small_benefit),
                                                         trials_with_z(z), participants));
    };
    EXPECT_EQ(said({1}, {250}),
              "The evidence is insufficient after 1 trial (25 % of the required information, "
              "Z 1): no boundary was crossed, and 750 participants are still needed.");
    EXPECT_EQ(said({1, 4}, {250, 250}), "The boundary for benefit was crossed after 2 trials (50 % of the "
                                        "required information, Z 4).");
    EXPECT_EQ(said({-4}, {500}),
              "The boundary for harm was crossed after 1 trial (50 % of the required information, Z -4).");
    EXPECT_EQ(said({1}, {1000}),
              "An effect of the anticipated size was not shown, and more trials are unlikely "
              "to show it, after 1 trial (100 % of the required information, Z 1).");
}

} // namespace
} // namespace accrue::test_sequential_review
