// What the zero-cell policies do to single studies and to sets of them.

#include "support/relative.hpp"
#include <accrue/effect/conditional_log_odds_ratio.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/effect/incidence_rate.hpp>
#include <accrue/effect/log_incidence_rate_ratio.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/proportion.hpp>
#include <accrue/effect/raw_correlation.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_effect_zero_cells {
namespace {

auto constexpr tolerance = 1e-13; // closed forms

auto const no_events = two_arms<events>{{.count = 0, .total = 40}, {.count = 0, .total = 80}};
auto const no_treatment_events = two_arms<events>{{.count = 0, .total = 15}, {.count = 4, .total = 15}};
auto const no_zero = two_arms<events>{{.count = 7, .total = 100}, {.count = 9, .total = 110}};
auto const trials = std::vector{no_events, no_treatment_events, no_zero};

// Qualifies: EFFECT-2
TEST(zero_cells, default_adds_half_to_each_cell_of_a_study_with_a_zero) {
    auto const corrected = log_odds_ratio{}(no_treatment_events);
    EXPECT_RELATIVE(corrected.effect, std::log(0.5 * 11.5 / (15.5 * 4.5)), tolerance);
    EXPECT_RELATIVE(corrected.variance, 1 / 0.5 + 1 / 15.5 + 1 / 4.5 + 1 / 11.5, tolerance);
    auto const untouched = log_odds_ratio{}(no_zero);
    EXPECT_RELATIVE(untouched.effect, std::log(7.0 * 101 / (93.0 * 9)), tolerance);
}

TEST(zero_cells, amount_can_be_chosen) {
    auto const measure = log_odds_ratio{zero_cell_policy{constant_correction{0.1}}};
    EXPECT_RELATIVE(measure(no_treatment_events).effect, std::log(0.1 * 11.1 / (15.1 * 4.1)), tolerance);
}

// Qualifies: EFFECT-2
TEST(zero_cells, without_correction_a_ratio_with_a_zero_is_refused) {
    auto const measure = log_odds_ratio{zero_cell_policy{no_correction{}}};
    EXPECT_NO_THROW((void)measure(no_zero));
    try {
        (void)effects(measure, trials);
        FAIL() << "a log odds ratio of a zero cell was computed";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 0u);
        EXPECT_NE(std::string(error.what()).find("treatment events"), std::string::npos) << error.what();
    }
}

TEST(zero_cells, event_correction_adds_once_to_the_total) {
    auto const measure = log_risk_ratio{zero_cell_policy{event_correction{}}};
    EXPECT_RELATIVE(measure(no_treatment_events).effect, std::log((0.5 / 15.5) / (4.5 / 15.5)), tolerance);
}

TEST(zero_cells, treatment_arm_correction_of_a_double_zero_study_shows_no_effect) {
    auto const measure = log_odds_ratio{zero_cell_policy{treatment_arm_correction{}}};
    EXPECT_NEAR(measure(no_events).effect, 0, 1e-15);
    EXPECT_LT(log_odds_ratio{}(no_events).variance, measure(no_events).variance);
    EXPECT_GT(std::abs(log_odds_ratio{}(no_events).effect), 0.5);
}

TEST(zero_cells, empirical_correction_of_a_double_zero_study_shows_the_other_studies_effect) {
    auto const measure = log_odds_ratio{zero_cell_policy{empirical_correction{1e-9}}};
    auto const all = effects(measure, trials);
    EXPECT_RELATIVE(all[0].effect, log_odds_ratio{}(no_zero).effect, 1e-6); // equal as the amount vanishes
    EXPECT_THROW((void)effects(measure, std::vector{no_events}), invalid_input);
}

TEST(zero_cells, the_empirical_correction_takes_counts_whose_products_are_beyond_the_type) {
    auto const vast = two_arms<events>{{2e200, 6e200}, {1e200, 6e200}};
    EXPECT_RELATIVE(
        empirical_correction{}.for_studies(std::span<two_arms<events> const>(&vast, 1)).odds_ratio, 2.5,
        1e-14);
}

// Of 2 of 6 and 1 of 10: 4 * 1 / 16, which is less than one, and the odds ratio 2 * 9 / 4.
TEST(zero_cells, empirical_correction_takes_the_odds_ratio_of_one_small_study) {
    auto const measure = log_odds_ratio{zero_cell_policy{empirical_correction{1e-9}}};
    auto const small = two_arms<events>{{.count = 2, .total = 6}, {.count = 1, .total = 10}};
    EXPECT_RELATIVE(effects(measure, std::vector{no_events, small})[0].effect, std::log(4.5), 1e-6)
        << "equal as the amount vanishes";
}

TEST(zero_cells, all_studies_are_corrected_once_one_has_a_zero) {
    auto const if_any =
        log_odds_ratio{zero_cell_policy{constant_correction{}, all_studies_if_any_has_a_zero{}}};
    auto const always = log_odds_ratio{zero_cell_policy{constant_correction{}, all_studies{}}};
    EXPECT_RELATIVE(effects(if_any, trials)[2].effect, always(no_zero).effect, 0);
    EXPECT_RELATIVE(effects(if_any, std::vector{no_zero})[0].effect, log_odds_ratio{}(no_zero).effect, 0);
}

// As metafor 3.8-1: escalc(measure = "OR", to = "if0all", drop00 = TRUE), to
// the four digits that were printed.
TEST(zero_cells, a_study_that_is_left_out_changes_no_other) {
    auto const measure = log_odds_ratio{
        zero_cell_policy{constant_correction{}, all_studies_if_any_has_a_zero{}, drop_double_zeros{}}};
    auto const kept = effects(
        measure, std::vector<two_arms<events>>{{{0, 50}, {0, 50}}, {{3, 40}, {4, 45}}, {{4, 30}, {6, 31}}});
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_NEAR(kept[0].effect, -0.1850, 5e-5);
    EXPECT_NEAR(kept[0].variance, 0.6348, 5e-5);
    EXPECT_NEAR(kept[1].effect, -0.4447, 5e-5);
    EXPECT_NEAR(kept[1].variance, 0.4951, 5e-5);
}

// Qualifies: EFFECT-2
TEST(zero_cells, dropped_double_zero_studies_are_recoverable) {
    auto const measure =
        log_odds_ratio{zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}}};
    auto const kept = effects(measure, trials);
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(included_studies(measure, trials), (std::vector<std::size_t>{1, 2}));
    EXPECT_RELATIVE(kept[0].effect, log_odds_ratio{}(no_treatment_events).effect, 0);
    EXPECT_EQ(included_studies(log_odds_ratio{}, trials).size(), 3u);
}

// Qualifies: EFFECT-2
TEST(zero_cells, an_invalid_study_is_not_dropped_but_reported) {
    auto const measure =
        log_odds_ratio{zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}}};
    auto const bad = std::vector{no_zero, two_arms<events>{{-1, 10}, {0, 10}}};
    try {
        (void)effects(measure, bad);
        FAIL() << "a negative count was accepted";
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1u);
        EXPECT_STREQ(error.what(), "study 2: treatment: count must be from 0 to the total, but is -1");
    }
}

template <class Policy>
concept works_on_one_study = std::invocable<log_odds_ratio<Policy>, two_arms<events>>;

TEST(zero_cells, a_policy_that_needs_the_set_does_not_compile_on_one_study) {
    EXPECT_TRUE(works_on_one_study<zero_cell_policy<>>);
    EXPECT_FALSE((works_on_one_study<zero_cell_policy<empirical_correction>>));
    EXPECT_FALSE((works_on_one_study<zero_cell_policy<constant_correction, all_studies_if_any_has_a_zero>>));
    EXPECT_FALSE(
        (works_on_one_study<zero_cell_policy<constant_correction, studies_with_a_zero, drop_double_zeros>>));
}

// Choices of a user that depend on the set say so by having `for_studies`, and nothing else.
struct amount_of_the_rarest {
    template <real Real>
    auto for_studies(std::span<two_arms<basic_events<Real>> const> const all) const {
        auto rarest = 1.0;
        for (auto const& trial : all)
            if (trial.treatment.count > 0)
                rarest = std::min(rarest, static_cast<double>(trial.treatment.count / trial.treatment.total));
        return constant_correction{rarest};
    }
};

struct all_studies_if_most_have_a_zero {
    template <class Trial>
    auto for_studies(std::span<Trial const> const all) const {
        auto const zeros = std::ranges::count_if(all, studies_with_a_zero{});
        return all_or_none{2 * zeros > std::ssize(all)};
    }
};

template <template <class...> class Measure, class Report, class Policy>
constexpr bool is_measure = measure_for<Measure<Policy>, Report>;

// For every correction, choice of studies and treatment of double zeros: groups and pairs have what is of one
// group, trials have all. What no policy can do is said by the concept, and not by an error further in.
TEST(zero_cells, a_policy_for_two_arms_is_none_for_groups_and_pairs) {
    auto const expect = []<class Policy>(Policy const&, bool const of_rates, bool const of_groups) {
        EXPECT_TRUE((is_measure<log_odds_ratio, two_arms<events>, Policy>));
        EXPECT_EQ((is_measure<log_incidence_rate_ratio, two_arms<rate>, Policy>), of_rates);
        EXPECT_EQ((is_measure<log_proportion, events, Policy>), of_groups);
        EXPECT_EQ((is_measure<proportion, events, Policy>), of_groups);
        EXPECT_EQ((is_measure<log_incidence_rate, rate, Policy>), of_groups);
        EXPECT_EQ((is_measure<log_odds_ratio, matched_pairs, Policy>), of_groups);
        EXPECT_EQ((is_measure<conditional_log_odds_ratio, matched_pairs, Policy>), of_groups);
    };
    auto const expect_with_studies = [&](auto const& correction, bool const of_rates, bool const of_groups) {
        expect(zero_cell_policy{correction, studies_with_a_zero{}}, of_rates, of_groups);
        expect(zero_cell_policy{correction, all_studies{}}, of_rates, of_groups);
        expect(zero_cell_policy{correction, all_studies_if_any_has_a_zero{}}, of_rates, of_groups);
        expect(zero_cell_policy{correction, double_zero_studies{}}, of_rates, false);
        expect(zero_cell_policy{correction, studies_with_a_zero{}, drop_double_zeros{}}, of_rates, false);
    };
    expect_with_studies(no_correction{}, true, true);
    expect_with_studies(constant_correction{}, true, true);
    expect_with_studies(treatment_arm_correction{}, true, false);
    expect_with_studies(event_correction{}, false, false);
    expect_with_studies(odds_ratio_correction{0.5}, false, false);
    expect_with_studies(empirical_correction{}, false, false);
    using dropping = zero_cell_policy<constant_correction, studies_with_a_zero, drop_double_zeros>;
    EXPECT_FALSE((measure_for<proportion<dropping, binomial_variance, average_risks>, events>));
    EXPECT_TRUE((measure_for<proportion<zero_cell_policy<>, binomial_variance, average_risks>, events>));
}

TEST(zero_cells, a_users_own_choices_may_need_the_set) {
    auto const own = zero_cell_policy{amount_of_the_rarest{}, all_studies_if_most_have_a_zero{}};
    auto const expected = zero_cell_policy{constant_correction{0.07}, all_studies{}};
    auto const actual = effects(log_odds_ratio{own}, trials);
    for (std::size_t i = 0; i < trials.size(); ++i)
        EXPECT_RELATIVE(actual[i].effect, log_odds_ratio{expected}(trials[i]).effect, tolerance);
    auto const few = std::vector{no_zero, no_zero, no_treatment_events};
    EXPECT_THROW((void)effects(log_odds_ratio{own}, few), invalid_input); // nothing is corrected here
    EXPECT_FALSE((works_on_one_study<zero_cell_policy<amount_of_the_rarest>>));
    EXPECT_FALSE(
        (works_on_one_study<zero_cell_policy<constant_correction, all_studies_if_most_have_a_zero>>));
}

TEST(zero_cells, any_callable_can_take_the_place_of_a_policy) {
    auto const one_more_event = [](two_arms<events> trial) {
        ++trial.control.count;
        ++trial.treatment.count;
        return trial;
    };
    auto const measure = log_odds_ratio<decltype(one_more_event)>{one_more_event};
    EXPECT_RELATIVE(measure(no_treatment_events).effect, std::log(1.0 * 10 / (14.0 * 5)), tolerance);
    EXPECT_RELATIVE(effects(measure, trials)[1].effect, std::log(1.0 * 10 / (14.0 * 5)), tolerance);
}

TEST(average_variances, are_those_of_the_set_after_zero_cells_were_corrected) {
    auto const measure = log_odds_ratio{zero_cell_policy{}, average_risks{}};
    auto const actual = effects(measure, trials);
    auto const at =
        risks_of{two_arms<events>{{0.5 + 0.5 + 7, 41 + 16 + 100}, {0.5 + 4.5 + 9, 81 + 16 + 110}}};
    for (std::size_t i = 0; i < trials.size(); ++i) {
        auto const expected = log_odds_ratio{zero_cell_policy{}, at}(trials[i]);
        EXPECT_RELATIVE(actual[i].effect, log_odds_ratio{}(trials[i]).effect, 0);
        EXPECT_RELATIVE(actual[i].variance, expected.variance, tolerance);
    }
}

TEST(average_variances, leave_out_what_the_policy_drops) {
    auto const dropping = zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}};
    auto const kept = effects(log_odds_ratio{dropping, average_risks{}}, trials);
    auto const without = effects(log_odds_ratio{zero_cell_policy{}, average_risks{}},
                                 std::vector{no_treatment_events, no_zero});
    ASSERT_EQ(kept.size(), without.size());
    for (std::size_t i = 0; i < kept.size(); ++i)
        EXPECT_RELATIVE(kept[i].variance, without[i].variance, 0);
}

TEST(average_variances, need_the_set) {
    EXPECT_FALSE((std::invocable<log_odds_ratio<zero_cell_policy<>, average_risks>, two_arms<events>>));
    EXPECT_TRUE((std::invocable<log_odds_ratio<zero_cell_policy<>, common_risk>, two_arms<events>>));
    EXPECT_FALSE((std::invocable<raw_correlation<average_correlation>, association>));
    EXPECT_FALSE(
        (std::invocable<standardized_mean_difference<hedges_exact, average_effect_variance>, two_arms<arm>>));
}

// Whatever the chance results, equally large studies then have one weight.
TEST(average_variances, depend_on_sizes_alone) {
    auto const same_size =
        std::vector<two_arms<events>>{{{2, 50}, {9, 40}}, {{11, 50}, {3, 40}}, {{7, 50}, {6, 40}}};
    auto const risks =
        effects(risk_difference{zero_cell_policy{}, binomial_variance{}, average_risks{}}, same_size);
    auto const means =
        effects(standardized_mean_difference{hedges_exact{}, average_effect_variance{}},
                std::vector<two_arms<arm>>{{{20, 3, 1}, {25, 1, 2}}, {{20, 1, 3}, {25, 4, 1}}});
    auto const correlations = effects(raw_correlation{average_correlation{}},
                                      std::vector<association>{{30, 0.2}, {30, 0.8}, {30, -0.1}});
    EXPECT_RELATIVE(risks[1].variance, risks[0].variance, tolerance);
    EXPECT_RELATIVE(risks[2].variance, risks[0].variance, tolerance);
    EXPECT_RELATIVE(means[1].variance, means[0].variance, tolerance);
    EXPECT_RELATIVE(correlations[2].variance, std::pow(1 - 0.09, 2) / 29, tolerance);
}

TEST(effects, takes_any_contiguous_range_and_any_callable) {
    auto const fixed = std::array{no_zero, no_treatment_events};
    EXPECT_EQ(effects(risk_difference{}, fixed).size(), 2u);
    EXPECT_EQ(effects(log_risk_ratio{}, std::span(fixed)).size(), 2u);
    auto const own = [](two_arms<events> const& t) { return estimate{t.treatment.count, 1}; };
    EXPECT_DOUBLE_EQ(effects(own, fixed)[0].effect, 7);
    EXPECT_TRUE(effects(log_odds_ratio{}, std::vector<two_arms<events>>{}).empty());
}

TEST(effects, flipping_the_arms_turns_the_sign) {
    EXPECT_RELATIVE(log_odds_ratio{}(flip(no_zero)).effect, -log_odds_ratio{}(no_zero).effect, tolerance);
    EXPECT_RELATIVE(log_risk_ratio{}(flip(no_zero)).effect, -log_risk_ratio{}(no_zero).effect, tolerance);
    EXPECT_RELATIVE(risk_difference{}(flip(no_zero)).effect, -risk_difference{}(no_zero).effect, tolerance);
}

} // namespace
} // namespace accrue::test_effect_zero_cells
