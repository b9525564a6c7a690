// Required information sizes: reference values, the relations between the units, invalid input.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/sequential.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace accrue::test_sequential_information_size {
namespace {

using target_function = std::function<information_size(double)>;

target_function target_of(test::row const& row) {
    auto const measure = row.text("outcome");
    auto const effect = row.number("mc");
    if (measure == "MD") {
        return mean_difference_target{.difference = effect, .sd = row.number("sd")};
    }
    auto const control_risk = row.number("pC");
    if (measure == "RD") {
        return risk_difference_target{.control_risk = control_risk, .difference = effect};
    }
    if (measure == "RR") {
        return risk_ratio_target{.control_risk = control_risk, .ratio = effect};
    }
    return odds_ratio_target{.control_risk = control_risk, .ratio = effect};
}

error_rate error_of(test::row const& row) {
    if (row.text("side") == "2") {
        return two_sided{row.number("alpha")};
    }
    return one_sided{row.number("alpha")};
}

// The reference values have 18 digits; ours pass through two normal quantiles.
constexpr double reference_digits = 1e-12;

// Qualifies: SIZE-1
TEST(RequiredInformationSize, AgreesWithReferenceValues) {
    std::size_t rows = 0;
    for (auto const& row : test::golden("sequential/required_information_size.csv")) {
        SCOPED_TRACE(row.where());
        auto const target = target_of(row);
        auto const error = error_of(row);
        auto const power = 1 - row.number("beta");
        auto const size = required_information_size(target, error, power);
        EXPECT_RELATIVE(size.participants, row.number("N_fixed_exact"), reference_digits);
        EXPECT_RELATIVE(
            required_information_size(target, error, power, diversity_adjustment{0.3}).participants,
            row.number("N_D2_0.3_exact"), reference_digits);
        EXPECT_RELATIVE(
            required_information_size(target, error, power, inconsistency_adjustment{0.2}).participants,
            row.number("N_I2_0.2_exact"), reference_digits);

        auto const trials = required_trials(size, row.number("tau2"));
        EXPECT_EQ(trials.minimum(), row.number("k_min_exact"));
        auto per_trial = std::istringstream(row.text("n_per_trial_exact(k..k+3)"));
        auto k = trials.minimum();
        for (double expected = 0; per_trial >> expected; ++k) {
            EXPECT_EQ(std::ceil(trials.participants_per_trial(k)), expected) << k << " trials";
        }
        ++rows;
    }
    EXPECT_EQ(rows, 171u);
}

// Qualifies: SIZE-1
TEST(RequiredInformationSize, IsThatOfTheNaltrexoneReview) {
    auto const size = required_information_size(standardized_mean_difference_target{.difference = -0.3},
                                                two_sided{0.05}, 0.90);
    EXPECT_EQ(size.participants_rounded_up(), 467);
    EXPECT_NEAR(222 / size.participants, 0.475, 5e-4);
}

TEST(RequiredInformationSize, OfAStandardisedDifferenceIsThatOfAMeanDifferenceInStandardDeviations) {
    auto const points = required_information_size(mean_difference_target{.difference = 1.0, .sd = 1.6},
                                                  two_sided{0.05}, 0.90);
    auto const standardised = required_information_size(
        standardized_mean_difference_target{.difference = 1.0 / 1.6}, two_sided{0.05}, 0.90);
    EXPECT_RELATIVE(points.participants, standardised.participants, 1e-14);
}

// Each arm brings its own variance; the share that needs fewest participants is that of the standard
// deviations.
TEST(RequiredInformationSize, OfMeansWithUnequalDeviationsAllowsForBoth) {
    auto const participants = [](double const treatment_sd, double const control_sd, double const share) {
        return required_information_size(heteroscedastic_mean_difference_target{.difference = 1.5,
                                                                                .treatment_sd = treatment_sd,
                                                                                .control_sd = control_sd,
                                                                                .treatment_share = share},
                                         two_sided{0.05}, 0.9)
            .participants;
    };
    auto const alike = required_information_size(
        mean_difference_target{.difference = 1.5, .sd = 4, .treatment_share = 0.3}, two_sided{0.05}, 0.9);
    EXPECT_RELATIVE(participants(4, 4, 0.3), alike.participants, 1e-14);
    auto const of_each = required_information_size(
        heteroscedastic_mean_difference_target{
            .difference = 1.5, .treatment_sd = 3, .control_sd = 5, .treatment_share = 0.3},
        two_sided{0.05}, 0.9);
    EXPECT_RELATIVE(of_each.unit_variance, 9 / 0.3 + 25 / 0.7, 1e-14);
    EXPECT_RELATIVE(of_each.participants, of_each.statistical_information * of_each.unit_variance, 1e-14);
    EXPECT_RELATIVE(participants(3, 5, 0.5), participants(5, 3, 0.5), 1e-14);
    EXPECT_RELATIVE(participants(3, 5, 0.5), participants(std::sqrt(17.0), std::sqrt(17.0), 0.5), 1e-14);
    EXPECT_LT(participants(3, 5, 0.375), participants(3, 5, 0.37));
    EXPECT_LT(participants(3, 5, 0.375), participants(3, 5, 0.38));
    EXPECT_THROW((void)participants(0, 5, 0.5), invalid_input);
    EXPECT_THROW((void)participants(3, -5, 0.5), invalid_input);
}

TEST(RequiredInformationSize, OfATwoSidedErrorIsThatOfHalfOfItOneSided) {
    auto const target = odds_ratio_target{.control_risk = 0.09, .ratio = 0.9};
    EXPECT_RELATIVE(required_information_size(target, two_sided{0.05}, 0.8).participants,
                    required_information_size(target, one_sided{0.025}, 0.8).participants, 1e-15);
}

TEST(RequiredInformationSize, DoesNotDependOnWhichArmIsCalledTreatment) {
    auto const one = required_information_size(
        odds_ratio_target{.control_risk = 0.2, .ratio = 0.5, .treatment_share = 0.3}, two_sided{0.05}, 0.9);
    auto const treatment_risk = 0.2 * 0.5 / (1 - 0.2 + 0.2 * 0.5);
    auto const other = required_information_size(
        odds_ratio_target{.control_risk = treatment_risk, .ratio = 2, .treatment_share = 0.7},
        two_sided{0.05}, 0.9);
    EXPECT_RELATIVE(one.participants, other.participants, 1e-13);
    EXPECT_RELATIVE(one.events, other.events, 1e-13);
    EXPECT_RELATIVE(one.unit_variance, other.unit_variance, 1e-13);
    EXPECT_RELATIVE(one.effect, -other.effect, 1e-13);
}

TEST(RequiredInformationSize, IsSmallestWithEqualArmsWhenTheyVaryAlike) {
    auto const participants = [](double const share) {
        return required_information_size(
                   mean_difference_target{.difference = 2, .sd = 5, .treatment_share = share},
                   two_sided{0.05}, 0.9)
            .participants;
    };
    EXPECT_LT(participants(0.5), participants(0.45));
    EXPECT_LT(participants(0.5), participants(0.55));
    EXPECT_RELATIVE(participants(2.0 / 3), participants(0.5) * 9 / 8, 1e-14);
}

TEST(RequiredInformationSize, OfAHazardRatioIsInEvents) {
    double const quantiles = 1.959963984540054 + 1.2815515655446004;
    auto const size = required_information_size(hazard_ratio_target{.ratio = 0.75}, two_sided{0.05}, 0.9);
    EXPECT_RELATIVE(size.events, 4 * std::pow(quantiles / std::log(0.75), 2), 1e-14);
    EXPECT_TRUE(std::isnan(size.participants));
    auto const with_probability = required_information_size(
        hazard_ratio_target{.ratio = 0.75, .event_probability = 0.25}, two_sided{0.05}, 0.9);
    EXPECT_RELATIVE(with_probability.participants, 4 * size.events, 1e-14);
    EXPECT_EQ(with_probability.events_rounded_up(), std::ceil(size.events));
}

TEST(RequiredInformationSize, GivesTheVarianceThatItsStatisticalInformationAsksFor) {
    for (auto const& target :
         std::vector<target_function>{mean_difference_target{.difference = 1, .sd = 3},
                                      risk_difference_target{.control_risk = 0.3, .difference = -0.1}}) {
        auto const size = required_information_size(target, two_sided{0.05}, 0.9);
        EXPECT_RELATIVE(size.unit_variance / size.participants, 1 / size.statistical_information, 1e-14);
    }
}

TEST(InformationAdjustment, ComposesAndIsCarried) {
    auto const target = risk_ratio_target{.control_risk = 0.1, .ratio = 0.8};
    auto const plain = required_information_size(target, two_sided{0.05}, 0.9);
    auto const both = required_information_size(target, two_sided{0.05}, 0.9, diversity_adjustment{0.5},
                                                inflation_for_looks{1.1});
    EXPECT_RELATIVE(both.adjustment(), 2.2, 1e-14);
    EXPECT_RELATIVE(both.participants, 2.2 * plain.participants, 1e-14);
    EXPECT_RELATIVE(both.events, 2.2 * plain.events, 1e-14);
    EXPECT_RELATIVE(both.statistical_information, 2.2 * plain.statistical_information, 1e-14);
    ASSERT_EQ(both.parameters.size(), plain.parameters.size() + 2);
    EXPECT_EQ(both.parameters[1].name, "control risk");
    EXPECT_EQ(both.parameters[1].value, 0.1);
    EXPECT_EQ(both.parameters[plain.parameters.size()].name, "diversity D²");
    EXPECT_EQ(both.parameters[plain.parameters.size()].value, 0.5);
}

TEST(InformationAdjustment, MayBeTheUsersOwn) {
    auto const target = risk_ratio_target{.control_risk = 0.1, .ratio = 0.8};
    auto const dropout = [](information_size size) {
        size.participants /= 0.9;
        return size;
    };
    EXPECT_RELATIVE(required_information_size(target, two_sided{0.05}, 0.9, dropout).participants,
                    required_information_size(target, two_sided{0.05}, 0.9).participants / 0.9, 1e-15);
}

TEST(RequiredTrials, ReachTheInformation) {
    auto const size =
        required_information_size(mean_difference_target{.difference = 1, .sd = 4}, two_sided{0.05}, 0.9);
    auto const tau_squared = 0.3;
    auto const requirement = required_trials(size, tau_squared);
    for (double trials = requirement.minimum(); trials < 20; ++trials) {
        auto const n = requirement.participants_per_trial(trials);
        EXPECT_RELATIVE((size.unit_variance / n + tau_squared) / trials, 1 / size.statistical_information,
                        1e-12);
    }
    EXPECT_THROW((void)requirement.participants_per_trial(requirement.minimum() - 1), invalid_input);
}

TEST(RequiredTrials, AreFewerWhenTrialsHaveBeenDone) {
    auto const size =
        required_information_size(mean_difference_target{.difference = 1, .sd = 4}, two_sided{0.05}, 0.9);
    auto const fresh = required_trials(size, 0.3);
    auto const continued = required_trials(size, 0.3, 0.2);
    EXPECT_RELATIVE(continued.information, fresh.information - 5, 1e-14);
    EXPECT_LT(continued.minimum(), fresh.minimum());
    EXPECT_THROW((void)required_trials(size, 0.3, 0.01), invalid_input);
}

TEST(RequiredTrials, HaveNoUpperLimit) {
    auto const size =
        required_information_size(mean_difference_target{.difference = 0.01, .sd = 1}, two_sided{0.05}, 0.9);
    EXPECT_EQ(required_trials(size, 1.0).minimum(), 105075);
}

// Values of mpmath at 50 digits for the doubles that are given. Two nearly equal risks have no difference to
// speak of, and a risk near 1 no complement, once they are rounded.
TEST(RequiredInformationSize, KeepsItsDigitsForSmallEffectsAndForRisksNearOne) {
    auto const size = [](auto const& target) {
        return required_information_size(target, two_sided{0.05}, 0.9);
    };
    EXPECT_RELATIVE(size(risk_ratio_target{0.1, 1.00001}).participants, 3782689113935.4522, 1e-14);
    EXPECT_RELATIVE(size(odds_ratio_target{0.3, 1.00001}).participants, 2001429927769.5024, 1e-14);
    auto const frequent = size(odds_ratio_target{1 - 1e-9, 0.5});
    EXPECT_RELATIVE(frequent.participants, 63044540267.246747, 1e-14);
    EXPECT_RELATIVE(frequent.unit_variance, 3000000089.8457968, 1e-14);
    EXPECT_RELATIVE(size(risk_ratio_target{1 - 1e-9, 0.999}).participants, 21004.380708496037, 1e-12);
    for (double const ratio : {1e6, 1e12, 1e18}) {
        auto const much = size(odds_ratio_target{0.5, ratio});
        auto const little = size(odds_ratio_target{0.5, 1 / ratio});
        EXPECT_RELATIVE(much.unit_variance, 8 + 2 * (ratio + 2 + 1 / ratio), 1e-14);
        EXPECT_RELATIVE(little.unit_variance, much.unit_variance, 1e-14);
        EXPECT_RELATIVE(little.participants, much.participants, 1e-14);
    }
}

TEST(RequiredInformationSize, OfMeansIsTheSameInAnyUnit) {
    for (double const unit : {1e-170, 1e-300, 1e170}) {
        auto const one =
            required_information_size(mean_difference_target{0.3 * unit, unit, 0.4}, two_sided{0.05}, 0.9);
        EXPECT_RELATIVE(
            one.participants,
            required_information_size(mean_difference_target{0.3, 1, 0.4}, two_sided{0.05}, 0.9).participants,
            1e-14);
        auto const two = required_information_size(
            heteroscedastic_mean_difference_target{0.3 * unit, unit, 2 * unit, 0.4}, two_sided{0.05}, 0.9);
        EXPECT_RELATIVE(two.participants,
                        required_information_size(heteroscedastic_mean_difference_target{0.3, 1, 2, 0.4},
                                                  two_sided{0.05}, 0.9)
                            .participants,
                        1e-14);
    }
}

TEST(RequiredInformationSize, RefusesWhatMakesNoSense) {
    auto const sized = [](target_function const& target) {
        return [=] { return required_information_size(target, two_sided{0.05}, 0.9).participants; };
    };
    auto const nan = std::nan("");
    auto const inf = detail::infinity<double>();
    for (auto const& call : std::vector<std::function<double()>>{
             sized(mean_difference_target{.difference = 0, .sd = 1}),
             sized(mean_difference_target{.difference = nan, .sd = 1}),
             sized(mean_difference_target{.difference = 1, .sd = 0}),
             sized(mean_difference_target{.difference = 1, .sd = inf}),
             sized(mean_difference_target{.difference = 1, .sd = 1, .treatment_share = 1}),
             sized(standardized_mean_difference_target{.difference = 0}),
             sized(standardized_mean_difference_target{.difference = inf}),
             sized(standardized_mean_difference_target{.difference = 1, .treatment_share = 0}),
             sized(risk_difference_target{.control_risk = 0.1, .difference = -0.1}),
             sized(risk_difference_target{.control_risk = 0.1, .difference = 0}),
             sized(risk_difference_target{.control_risk = nan, .difference = 0.1}),
             sized(risk_ratio_target{.control_risk = 0.6, .ratio = 2}),
             sized(risk_ratio_target{.control_risk = 0.6, .ratio = 1}),
             sized(risk_ratio_target{.control_risk = 0.6, .ratio = -1}),
             sized(risk_ratio_target{.control_risk = 0, .ratio = 0.5}),
             sized(odds_ratio_target{.control_risk = 1, .ratio = 0.5}),
             sized(odds_ratio_target{.control_risk = 0.1, .ratio = 0}),
             sized(odds_ratio_target{.control_risk = 0.1, .ratio = inf}),
             sized(hazard_ratio_target{.ratio = 1}),
             sized(hazard_ratio_target{.ratio = 0.8, .event_probability = 1.5}),
             sized(hazard_ratio_target{.ratio = 0.8, .event_probability = 1.01}),
             sized(hazard_ratio_target{.ratio = 0.8, .treatment_share = nan})}) {
        EXPECT_THROW((void)call(), invalid_input);
    }
    auto const target = mean_difference_target{.difference = 1, .sd = 1};
    EXPECT_THROW((void)required_information_size(target, two_sided{0}, 0.9), invalid_input);
    EXPECT_THROW((void)required_information_size(target, one_sided{1}, 0.9), invalid_input);
    EXPECT_THROW((void)required_information_size(target, two_sided{nan}, 0.9), invalid_input);
    EXPECT_THROW((void)required_information_size(target, two_sided{0.05}, 1), invalid_input);
    EXPECT_THROW((void)required_information_size(target, two_sided{0.05}, nan), invalid_input);
    EXPECT_THROW((void)required_information_size(target, two_sided{0.5}, 0.2), invalid_input);
    for (auto const invalid : {-0.1, 1.0, nan}) {
        EXPECT_THROW(
            (void)required_information_size(target, two_sided{0.05}, 0.9, diversity_adjustment{invalid}),
            invalid_input);
        EXPECT_THROW(
            (void)required_information_size(target, two_sided{0.05}, 0.9, inconsistency_adjustment{invalid}),
            invalid_input);
    }
    for (auto const invalid : {0.9, inf, nan}) {
        EXPECT_THROW(
            (void)required_information_size(target, two_sided{0.05}, 0.9, heterogeneity_correction{invalid}),
            invalid_input);
        EXPECT_THROW(
            (void)required_information_size(target, two_sided{0.05}, 0.9, inflation_for_looks{invalid}),
            invalid_input);
    }
    auto const size = required_information_size(target, two_sided{0.05}, 0.9);
    EXPECT_THROW((void)required_trials(size, -0.1), invalid_input);
    EXPECT_THROW((void)required_trials(size, nan), invalid_input);
    EXPECT_THROW((void)required_trials(size, 0.1, 0), invalid_input);
    EXPECT_THROW((void)required_trials(information_size{.effect = 1, .participants = 100}, 0.1),
                 invalid_input);
}

// 29 trials of any size have the information 29 / 0.29, which is 100 but for rounding.
TEST(RequiredTrials, OfTheLeastNumberAreFinite) {
    for (double const information : {50.0, 100.0, 1000.0, 37.0}) {
        for (int i = 1; i < 200; ++i) {
            auto const needed =
                required_trials({.statistical_information = information, .unit_variance = 4}, i * 0.01);
            double const least = needed.minimum();
            double const size = needed.participants_per_trial(least);
            EXPECT_TRUE(std::isfinite(size) && size > 0) << information << " " << i;
            EXPECT_GE(least, i * 0.01 * information * (1 - 1e-15));
            EXPECT_LE(least, i * 0.01 * information + 1 + 1e-9);
        }
    }
}

// k trials of any size have the information k / tau², and k + 1 of them the same with s k / tau² participants
// each. Rounding makes tau² times this information a little less than k, or a little more.
TEST(RequiredTrials, AreOneMoreThanTrialsOfAnySizeThatJustReachTheInformation) {
    for (double const tau_squared : {0.82, 0.145, 0.3, 0.05, 7.0, 1e-9, 36.984613593901777}) {
        for (double k = 1; k <= 2000; ++k) {
            for (double const rounding : {-2e-15, 0.0, 2e-15}) {
                auto const needed = required_trials(
                    {.statistical_information = k / tau_squared * (1 + rounding), .unit_variance = 4},
                    tau_squared);
                ASSERT_EQ(needed.minimum(), k + 1) << tau_squared;
                ASSERT_RELATIVE(needed.participants_per_trial(k + 1), 4 * k / tau_squared, 1e-11);
            }
        }
    }
}

} // namespace
} // namespace accrue::test_sequential_information_size
