// Every number that a report can hold, made bad in every way it can be bad: each measure and conversion
// refuses it, and the message names the number, its value, the arm, and in a set the study.

#include <accrue/effect.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test_effect_invalid_input {
namespace {

auto constexpr nan = std::numeric_limits<double>::quiet_NaN();
auto constexpr infinity = std::numeric_limits<double>::infinity();

using numbers = std::vector<double>;

struct field {
    std::string name; ///< as the message must name it, with the arm
    double good;
    numbers bad;
};

auto const bad_numbers = numbers{nan, infinity, -infinity};
auto const bad_sample = numbers{nan, infinity, -infinity, -5, 0, 1};
auto const bad_positive = numbers{nan, infinity, -infinity, -2, 0};
auto const bad_count = numbers{nan, infinity, -infinity, -1};
auto const bad_correlation = numbers{nan, infinity, -infinity, -1, 1, 1.5, -30};

auto text(double value) -> std::string {
    return detail::to_text(value);
}

// The message must say every one of `parts`.
template <class Call>
void expect_refused(Call const& call, std::vector<std::string> const& parts) {
    try {
        call();
        ADD_FAILURE() << "accepted what it must refuse: " << parts.front();
    } catch (invalid_input const& error) {
        for (auto const& part : parts)
            EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
                << "'" << error.what() << "' does not say '" << part << "'";
    }
}

// Each field in turn takes each of its bad values, the others stay good.
template <class Report, class Measure>
void expect_each_field_checked(std::string const& name, std::vector<field> const& fields,
                               Report const& report, Measure const& measure) {
    SCOPED_TRACE(name);
    auto good = numbers();
    for (auto const& one : fields)
        good.push_back(one.good);
    EXPECT_NO_THROW((void)measure(report(good)));
    for (std::size_t i = 0; i < fields.size(); ++i) {
        for (auto const value : fields[i].bad) {
            auto x = good;
            x[i] = value;
            auto const parts = std::vector{fields[i].name, "but is " + text(value)};
            expect_refused([&] { (void)measure(report(x)); }, parts);
            auto const set = std::vector{report(good), report(good), report(x)};
            expect_refused([&] { (void)effects(measure, set); }, {fields[i].name, "study 3: "});
        }
    }
}

// Qualifies: EFFECT-4
TEST(invalid_arms, are_refused_by_every_measure_of_two_means) {
    auto const fields =
        std::vector<field>{{"treatment: n", 20, bad_sample},   {"treatment: mean", 5, bad_numbers},
                           {"treatment: sd", 2, bad_positive}, {"control: n", 30, bad_sample},
                           {"control: mean", 4, bad_numbers},  {"control: sd", 3, bad_positive}};
    auto const report = [](numbers const& x) {
        return two_arms<arm>{{x[0], x[1], x[2]}, {x[3], x[4], x[5]}};
    };
    auto const check = [&](char const* name, auto const& measure) {
        expect_each_field_checked(name, fields, report, measure);
    };
    check("mean_difference", mean_difference{});
    check("mean_difference, pooled SDs", mean_difference{pooled_sds{}});
    check("standardized_mean_difference", standardized_mean_difference{});
    check("glass_delta", glass_delta{});
    check("heteroscedastic_standardized_mean_difference", heteroscedastic_standardized_mean_difference{});
    check("log_ratio_of_means", log_ratio_of_means{});
    check("log_variability_ratio", log_variability_ratio{});
    check("log_coefficient_of_variation_ratio", log_coefficient_of_variation_ratio{});
    check("point_biserial_correlation", point_biserial_correlation{});
    check("biserial_correlation", biserial_correlation{});
    check("common_language_effect_size", common_language_effect_size{});
    for (auto const mean : {0.0, -4.0}) {
        auto const trial = report({20, 5, 2, 30, mean, 3});
        expect_refused([&] { (void)log_ratio_of_means{}(trial); }, {"ratio of the means", "positive"});
        expect_refused([&] { (void)log_coefficient_of_variation_ratio{}(trial); }, {"ratio of the means"});
    }
}

TEST(invalid_arms, are_refused_by_measures_of_one_mean) {
    auto const fields =
        std::vector<field>{{"n", 20, bad_sample}, {"mean", 5, bad_numbers}, {"sd", 2, bad_positive}};
    auto const report = [](numbers const& x) { return arm{x[0], x[1], x[2]}; };
    expect_each_field_checked("group_mean", fields, report, group_mean{});
    expect_each_field_checked("log_group_mean", fields, report, log_group_mean{});
    expect_each_field_checked("log_standard_deviation", fields, report, log_standard_deviation{});
    expect_each_field_checked("log_coefficient_of_variation", fields, report, log_coefficient_of_variation{});
    expect_each_field_checked("standardized_mean", fields, report, standardized_mean{});
    for (auto const mean : {0.0, -1.0}) {
        auto const group = arm{20, mean, 2};
        expect_refused([&] { (void)log_group_mean{}(group); }, {"mean", "but is " + text(mean)});
        expect_refused([&] { (void)log_coefficient_of_variation{}(group); },
                       {"mean", "but is " + text(mean)});
    }
    for (auto const* part : {"first: ", "second: "})
        for (auto const value : bad_sample) {
            auto const bad = arm{value, 5, 2};
            auto const good = arm{20, 5, 2};
            auto const first = std::string(part) == "first: ";
            expect_refused([&] { (void)(first ? combine(bad, good) : combine(good, bad)); },
                           {part, "n", text(value)});
        }
}

// Qualifies: EFFECT-4
TEST(invalid_events, are_refused_by_every_measure_of_two_risks) {
    auto const fields = std::vector<field>{{"treatment: count", 7, {nan, infinity, -infinity, -1, 21}},
                                           {"treatment: total", 20, bad_positive},
                                           {"control: count", 3, {nan, infinity, -infinity, -1, 31}},
                                           {"control: total", 30, bad_positive}};
    auto const report = [](numbers const& x) { return two_arms<events>{{x[0], x[1]}, {x[2], x[3]}}; };
    auto const check = [&](char const* name, auto const& measure) {
        expect_each_field_checked(name, fields, report, measure);
    };
    check("log_odds_ratio", log_odds_ratio{});
    check("log_risk_ratio", log_risk_ratio{});
    check("risk_difference", risk_difference{});
    check("peto_log_odds_ratio", peto_log_odds_ratio{});
    check("arcsine_difference", arcsine_difference{});
    check("yules_q", yules_q{});
    check("yules_y", yules_y{});
    check("phi_coefficient", phi_coefficient{});
    check("probit_difference", probit_difference{});
    check("log_odds_ratio, nothing added", log_odds_ratio{zero_cell_policy{no_correction{}}});
}

// Policies that look at the whole set look at a bad study before any formula does.
TEST(invalid_events, are_refused_by_policies_that_need_the_set) {
    auto const good = two_arms<events>{{7, 20}, {3, 30}};
    auto const bad =
        std::vector<two_arms<events>>{{{-1, 20}, {3, 30}}, {{nan, 20}, {nan, 30}}, {{0, 0}, {0, 0}}};
    auto const always =
        log_odds_ratio{zero_cell_policy{constant_correction{}, all_studies_if_any_has_a_zero{}}};
    auto const dropping =
        log_odds_ratio{zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}}};
    auto const empirical = log_odds_ratio{zero_cell_policy{empirical_correction{}}};
    for (auto const& one : bad) {
        auto const set = std::vector{good, one};
        expect_refused([&] { (void)effects(always, set); }, {"study 2: treatment: "});
        expect_refused([&] { (void)effects(dropping, set); }, {"study 2: treatment: "});
        expect_refused([&] { (void)included_studies(dropping, set); }, {"study 2: treatment: "});
        expect_refused([&] { (void)effects(empirical, set); }, {"study 2: treatment: "});
    }
}

// Variances that look at the whole set name the study whose report is bad.
TEST(invalid_sets, are_refused_by_average_variances) {
    auto const check = [](auto const& measure, auto const& good, auto const& bad) {
        auto const set = std::vector{good, good, bad};
        expect_refused([&] { (void)effects(measure, set); }, {"study 3: "});
    };
    check(log_odds_ratio{zero_cell_policy{}, average_risks{}}, two_arms<events>{{7, 20}, {3, 30}},
          two_arms<events>{{nan, 20}, {3, 30}});
    check(proportion{zero_cell_policy{}, binomial_variance{}, average_risks{}}, events{7, 20},
          events{21, 20});
    check(raw_correlation{average_correlation{}}, association{20, 0.5}, association{20, nan});
    check(standardized_mean_difference{hedges_exact{}, average_effect_variance{}},
          two_arms<arm>{{20, 5, 2}, {30, 4, 3}}, two_arms<arm>{{20, nan, 2}, {30, 4, 3}});
}

TEST(invalid_fixed_values, are_refused_by_variances) {
    auto const trial = two_arms<events>{{7, 20}, {3, 30}};
    auto const good = events{31, 1000};
    auto const bad = std::vector<std::pair<events, std::string>>{
        {{nan, 1000}, "events of the risk"},      {{infinity, 1000}, "events of the risk"},
        {{-1, 1000}, "events of the risk"},       {{0, 1000}, "events of the risk"},
        {{1000, 1000}, "non-events of the risk"}, {{1001, 1000}, "non-events of the risk"},
        {{31, nan}, "non-events of the risk"},    {{31, infinity}, "non-events of the risk"}};
    for (auto const& [group, says] : bad) {
        auto const at_treatment = risks_of{two_arms<events>{group, good}};
        auto const at_control = risks_of{two_arms<events>{good, group}};
        auto const at = risks_of{group};
        expect_refused([&] { (void)log_odds_ratio{zero_cell_policy{}, at_treatment}(trial); }, {says});
        expect_refused([&] { (void)log_risk_ratio{zero_cell_policy{}, at_control}(trial); }, {says});
        auto const one = proportion{zero_cell_policy{}, binomial_variance{}, at};
        expect_refused([&] { (void)one(events{7, 20}); }, {says});
    }
    for (auto const r : bad_correlation)
        expect_refused(
            [&] {
                (void)raw_correlation{fixed_correlation{r}}(association{20, 0.5});
            },
            {"fixed correlation", text(r)});
    for (auto const d : bad_numbers)
        expect_refused(
            [&] {
                (void)standardized_mean_difference{hedges_exact{},
                                                   fixed_effect_variance{d}}(cohens_d{20, 30, 1});
            },
            {"effect in a variance", text(d)});
}

TEST(invalid_events, are_refused_by_measures_of_one_risk) {
    auto const fields =
        std::vector<field>{{"count", 7, {nan, infinity, -infinity, -1, 21}}, {"total", 20, bad_positive}};
    auto const report = [](numbers const& x) { return events{x[0], x[1]}; };
    auto const check = [&](char const* name, auto const& measure) {
        expect_each_field_checked(name, fields, report, measure);
    };
    check("proportion", proportion{});
    check("log_proportion", log_proportion{});
    check("logit_proportion", logit_proportion{});
    check("arcsine_proportion", arcsine_proportion{});
    check("freeman_tukey_proportion", freeman_tukey_proportion{});
    check("probit_proportion", probit_proportion{});
    auto const none = zero_cell_policy{no_correction{}};
    expect_refused([&] { (void)log_proportion{none}(events{0, 20}); }, {"events", "but is 0"});
    expect_refused([&] { (void)logit_proportion{none}(events{0, 20}); }, {"events", "but is 0"});
    expect_refused([&] { (void)logit_proportion{none}(events{20, 20}); }, {"non-events", "but is 0"});
    expect_refused([&] { (void)probit_proportion{none}(events{0, 20}); }, {"events", "but is 0"});
    expect_refused([&] { (void)probit_proportion{none}(events{20, 20}); }, {"non-events", "but is 0"});
    expect_refused([&] { (void)combine(events{-1, 20}, events{1, 20}); }, {"first: count"});
    expect_refused([&] { (void)combine(events{1, 20}, events{21, 20}); }, {"second: count"});
    for (auto const n : bad_positive)
        expect_refused([&] { (void)freeman_tukey_proportion::back_transform(0.5, n); }, {"n must", text(n)});
}

TEST(invalid_events, a_zero_without_correction_names_the_cell) {
    auto const none = zero_cell_policy{no_correction{}};
    auto const no_treated = two_arms<events>{{0, 20}, {3, 20}};
    auto const all_controls = two_arms<events>{{4, 20}, {20, 20}};
    expect_refused([&] { (void)log_odds_ratio{none}(no_treated); }, {"treatment events", "but is 0"});
    expect_refused([&] { (void)log_odds_ratio{none}(flip(no_treated)); }, {"control events", "but is 0"});
    expect_refused([&] { (void)log_odds_ratio{none}(all_controls); }, {"control non-events", "but is 0"});
    expect_refused([&] { (void)log_odds_ratio{none}(flip(all_controls)); },
                   {"treatment non-events", "but is 0"});
    expect_refused([&] { (void)log_risk_ratio{none}(no_treated); }, {"treatment events", "but is 0"});
    expect_refused([&] { (void)log_risk_ratio{none}(flip(no_treated)); }, {"control events", "but is 0"});
    expect_refused([&] { (void)yules_q{none}(no_treated); }, {"treatment events", "but is 0"});
    expect_refused([&] { (void)yules_y{none}(flip(no_treated)); }, {"control events", "but is 0"});
    expect_refused([&] { (void)yules_q{none}(all_controls); }, {"control non-events", "but is 0"});
    expect_refused([&] { (void)yules_y{none}(flip(all_controls)); }, {"treatment non-events", "but is 0"});
    expect_refused([&] { (void)probit_difference{none}(no_treated); }, {"events in a probit", "but is 0"});
    auto const nobody = two_arms<events>{{0, 20}, {0, 20}};
    auto const everybody = two_arms<events>{{20, 20}, {20, 20}};
    expect_refused([&] { (void)phi_coefficient{}(nobody); }, {"events in both groups", "but is 0"});
    expect_refused([&] { (void)phi_coefficient{}(everybody); }, {"non-events in both groups", "but is 0"});
    expect_refused([&] { (void)peto_log_odds_ratio{none}(nobody); }, {"events in both groups", "but is 0"});
    expect_refused([&] { (void)peto_log_odds_ratio{none}(everybody); },
                   {"non-events in both groups", "but is 0"});
}

TEST(invalid_events, too_few_for_the_variance_formula) {
    auto const measure = risk_difference{zero_cell_policy{no_correction{}}, unbiased_binomial_variance{}};
    expect_refused(
        [&] {
            (void)measure(two_arms<events>{{1, 1}, {3, 20}});
        },
        {"total", "above 1", "but is 1"});
    expect_refused(
        [&] {
            (void)peto_log_odds_ratio{}(two_arms<events>{{0.25, 0.5}, {0.25, 0.5}});
        },
        {"total of both groups", "but is 1"});
}

TEST(invalid_zero_cell_amounts, are_refused) {
    auto const trial = two_arms<events>{{0, 20}, {3, 30}};
    for (auto const amount : {nan, infinity, -0.5}) {
        auto const parts = std::vector<std::string>{"zero-cell amount", "but is " + text(amount)};
        auto const check = [&](auto const& correction) {
            expect_refused([&] { (void)log_odds_ratio{zero_cell_policy{correction}}(trial); }, parts);
        };
        check(constant_correction{amount});
        check(event_correction{amount});
        check(treatment_arm_correction{amount});
        check(odds_ratio_correction{.odds_ratio = 1, .total = amount});
        expect_refused(
            [&] {
                (void)effects(log_odds_ratio{zero_cell_policy{empirical_correction{amount}}},
                              std::vector{trial, two_arms<events>{{2, 20}, {3, 30}}});
            },
            parts);
    }
    for (auto const ratio : bad_positive)
        expect_refused(
            [&] {
                (void)log_odds_ratio{zero_cell_policy{odds_ratio_correction{.odds_ratio = ratio}}}(trial);
            },
            {"odds ratio", "but is " + text(ratio)});
    expect_refused(
        [&] { (void)effects(log_odds_ratio{zero_cell_policy{empirical_correction{}}}, std::vector{trial}); },
        {"without a zero cell"});
}

TEST(invalid_rates, are_refused) {
    auto const fields = std::vector<field>{{"treatment: events", 7, bad_count},
                                           {"treatment: time", 20, bad_positive},
                                           {"control: events", 3, bad_count},
                                           {"control: time", 30, bad_positive}};
    auto const report = [](numbers const& x) { return two_arms<rate>{{x[0], x[1]}, {x[2], x[3]}}; };
    expect_each_field_checked("log_incidence_rate_ratio", fields, report, log_incidence_rate_ratio{});
    expect_each_field_checked("incidence_rate_difference", fields, report, incidence_rate_difference{});
    expect_each_field_checked("square_root_rate_difference", fields, report, square_root_rate_difference{});

    auto const one_fields = std::vector<field>{{"events", 7, bad_count}, {"time", 20, bad_positive}};
    auto const one = [](numbers const& x) { return rate{x[0], x[1]}; };
    expect_each_field_checked("incidence_rate", one_fields, one, incidence_rate{});
    expect_each_field_checked("log_incidence_rate", one_fields, one, log_incidence_rate{});
    expect_each_field_checked("square_root_incidence_rate", one_fields, one, square_root_incidence_rate{});
    expect_each_field_checked("freeman_tukey_incidence_rate", one_fields, one,
                              freeman_tukey_incidence_rate{});

    auto const none = zero_cell_policy{no_correction{}};
    expect_refused(
        [&] {
            (void)log_incidence_rate_ratio{none}(report({0, 20, 3, 30}));
        },
        {"treatment events"});
    expect_refused([&] { (void)log_incidence_rate_ratio{none}(report({7, 20, 0, 30})); }, {"control events"});
    expect_refused([&] { (void)log_incidence_rate{none}(rate{0, 20}); }, {"events", "but is 0"});
    expect_refused([&] { (void)combine(rate{-1, 20}, rate{1, 20}); }, {"first: events"});
    expect_refused([&] { (void)combine(rate{1, 20}, rate{1, 0}); }, {"second: time"});
    for (auto const time : bad_positive)
        expect_refused([&] { (void)freeman_tukey_incidence_rate::back_transform(0.5, time); },
                       {"time", text(time)});
    expect_each_field_checked(
        "log_hazard_ratio", {{"observed_minus_expected", -3, bad_numbers}, {"variance", 8, bad_positive}},
        [](numbers const& x) {
            return log_rank{x[0], x[1]};
        },
        log_hazard_ratio{});
}

TEST(invalid_pairs, are_refused) {
    auto const fields = std::vector<field>{{"n", 20, bad_sample},
                                           {"treatment: mean", 5, bad_numbers},
                                           {"treatment: sd", 2, bad_positive},
                                           {"control: mean", 4, bad_numbers},
                                           {"control: sd", 3, bad_positive},
                                           {"correlation", 0.5, bad_correlation}};
    auto const report = [](numbers const& x) { return paired_arms{x[0], {x[1], x[2]}, {x[3], x[4]}, x[5]}; };
    auto const check = [&](char const* name, auto const& measure) {
        expect_each_field_checked(name, fields, report, measure);
    };
    check("mean_difference", mean_difference{});
    check("standardized_mean_change", standardized_mean_change{});
    check("baseline_standardized_mean_change", baseline_standardized_mean_change{});
    check("baseline_standardized_mean_change, unequal variances",
          baseline_standardized_mean_change{hedges_exact{}, baseline_unequal_variances{}});
    check("pooled_standardized_mean_change", pooled_standardized_mean_change{});
    check("common_language_effect_size",
          common_language_effect_size{pooled_standardized_mean_change{uncorrected{}}});
    check("crossover_standardized_mean_difference", crossover_standardized_mean_difference{});
    check("log_ratio_of_means", log_ratio_of_means{});
    check("log_variability_ratio", log_variability_ratio{});
    check("log_coefficient_of_variation_ratio", log_coefficient_of_variation_ratio{});
    check("sd_of_difference", [](paired_arms const& x) { return estimate{sd_of_difference(x), 1}; });
    expect_refused(
        [&] {
            (void)log_ratio_of_means{}(report({20, 5, 2, -4, 3, 0.5}));
        },
        {"ratio of the means"});

    auto const counts = std::vector<field>{{"both", 9, bad_count},
                                           {"treatment_only", 4, bad_count},
                                           {"control_only", 2, bad_count},
                                           {"neither", 11, bad_count}};
    auto const pairs = [](numbers const& x) { return matched_pairs{x[0], x[1], x[2], x[3]}; };
    expect_each_field_checked("log_odds_ratio", counts, pairs, log_odds_ratio{});
    expect_each_field_checked("conditional_log_odds_ratio", counts, pairs, conditional_log_odds_ratio{});
    expect_each_field_checked("log_risk_ratio", counts, pairs, log_risk_ratio{});
    expect_each_field_checked("risk_difference", counts, pairs, risk_difference{});
    expect_each_field_checked("peto_log_odds_ratio", counts, pairs, peto_log_odds_ratio{});
    expect_refused([&] { (void)log_odds_ratio{}(matched_pairs{0, 0, 0, 0}); }, {"sum of both", "but is 0"});
    expect_refused(
        [&] {
            (void)peto_log_odds_ratio{}(matched_pairs{9, 0, 0, 9});
        },
        {"pairs whose members differ"});
    auto const none = zero_cell_policy{no_correction{}};
    expect_refused([&] { (void)conditional_log_odds_ratio{none}(pairs({9, 0, 2, 11})); }, {"treatment_only"});
    expect_refused([&] { (void)conditional_log_odds_ratio{none}(pairs({9, 4, 0, 11})); }, {"control_only"});
    expect_refused([&] { (void)log_odds_ratio{none}(pairs({0, 0, 2, 11})); }, {"with treatment events"});
    expect_refused([&] { (void)log_odds_ratio{none}(pairs({9, 4, 0, 0})); }, {"without treatment events"});
    expect_refused([&] { (void)log_odds_ratio{none}(pairs({0, 4, 0, 11})); }, {"with control events"});
    expect_refused([&] { (void)log_odds_ratio{none}(pairs({9, 0, 2, 0})); }, {"without control events"});
    expect_refused([&] { (void)log_risk_ratio{none}(pairs({0, 0, 2, 11})); }, {"with treatment events"});
    expect_refused([&] { (void)log_risk_ratio{none}(pairs({0, 4, 0, 11})); }, {"with control events"});
}

TEST(invalid_correlations, are_refused) {
    auto const fields = std::vector<field>{{"n", 20, {nan, infinity, -infinity, -5, 0, 3}},
                                           {"correlation", 0.5, bad_correlation}};
    auto const report = [](numbers const& x) { return association{x[0], x[1]}; };
    expect_each_field_checked("fisher_z", fields, report, fisher_z{});
    expect_each_field_checked("raw_correlation", fields, report, raw_correlation{});
    expect_each_field_checked("unbiased_correlation", fields, report, unbiased_correlation{});
    expect_refused(
        [&] {
            (void)unbiased_correlation{}(association{4.5, 0.5});
        },
        {"n must be at least 5", "4.5"});
    for (auto const sd : bad_positive) {
        auto const value = "but is " + text(sd);
        expect_refused([&] { (void)correlation_from_sd_of_difference(sd, 2, 1); }, {"sd_treatment", value});
        expect_refused([&] { (void)correlation_from_sd_of_difference(2, sd, 1); }, {"sd_control", value});
        expect_refused([&] { (void)correlation_from_sd_of_difference(2, 2, sd); },
                       {"sd of the difference", value});
    }
    expect_refused([&] { (void)correlation_from_sd_of_difference(2, 2, 5); }, {"correlation implied"});
    expect_refused([&] { (void)correlation_from_sd_of_difference(9, 2, 5); }, {"correlation implied"});
    for (auto const t : bad_numbers)
        expect_refused([&] { (void)correlation_from_t(t, 9); }, {"t must", text(t)});
    for (auto const df : bad_positive)
        expect_refused([&] { (void)correlation_from_t(2, df); }, {"degrees of freedom", text(df)});
}

TEST(invalid_reliabilities, are_refused) {
    auto const fields = std::vector<field>{{"n", 20, {nan, infinity, -infinity, -5, 0, 2}},
                                           {"items", 8, bad_sample},
                                           {"alpha", 0.8, {nan, infinity, -infinity, 1, 1.5, 80}}};
    auto const report = [](numbers const& x) { return reliability{x[0], x[1], x[2]}; };
    expect_each_field_checked("cronbach_alpha", fields, report, cronbach_alpha{});
    expect_each_field_checked("bonett_transformed_alpha", fields, report, bonett_transformed_alpha{});
    expect_each_field_checked("hakstian_whalen_transformed_alpha", fields, report,
                              hakstian_whalen_transformed_alpha{});
}

TEST(invalid_t_statistics, are_refused) {
    auto const t_fields = std::vector<field>{
        {"n_treatment", 20, bad_sample}, {"n_control", 30, bad_sample}, {"t", 2, bad_numbers}};
    auto const t = [](numbers const& x) { return two_sample_t{x[0], x[1], x[2]}; };
    expect_each_field_checked("point_biserial_correlation", t_fields, t, point_biserial_correlation{});
    expect_each_field_checked("biserial_correlation", t_fields, t, biserial_correlation{});
    auto const d_fields = std::vector<field>{
        {"n_treatment", 20, bad_sample}, {"n_control", 30, bad_sample}, {"d", 2, bad_numbers}};
    auto const d = [](numbers const& x) { return cohens_d{x[0], x[1], x[2]}; };
    expect_each_field_checked("point_biserial_correlation", d_fields, d, point_biserial_correlation{});
    expect_each_field_checked("biserial_correlation", d_fields, d, biserial_correlation{});
    expect_each_field_checked(
        "standardized_mean_difference",
        {{"n_treatment", 20, bad_sample}, {"n_control", 30, bad_sample}, {"t", 2, bad_numbers}},
        [](numbers const& x) {
            return two_sample_t{x[0], x[1], x[2]};
        },
        standardized_mean_difference{});
    expect_each_field_checked(
        "standardized_mean_difference",
        {{"n_treatment", 20, bad_sample}, {"n_control", 30, bad_sample}, {"d", 2, bad_numbers}},
        [](numbers const& x) {
            return cohens_d{x[0], x[1], x[2]};
        },
        standardized_mean_difference{});
    expect_each_field_checked(
        "standardized_mean_change", {{"n", 20, bad_sample}, {"t", 2, bad_numbers}},
        [](numbers const& x) {
            return paired_t{x[0], x[1]};
        },
        standardized_mean_change{});
    expect_each_field_checked(
        "crossover_standardized_mean_difference",
        {{"n", 20, bad_sample}, {"t", 2, bad_numbers}, {"correlation", 0.5, bad_correlation}},
        [](numbers const& x) {
            return correlated_t{x[0], x[1], x[2]};
        },
        crossover_standardized_mean_difference{});
}

TEST(invalid_degrees_of_freedom, are_refused_by_the_small_sample_corrections) {
    for (auto const df : {nan, -infinity, -3.0, 0.0, 1.0}) {
        auto const parts = std::vector<std::string>{"degrees of freedom", "above 1", text(df)};
        expect_refused([&] { (void)hedges_exact{}(df); }, parts);
        expect_refused([&] { (void)hedges_exact{}.square_minus_one(df); }, parts);
        expect_refused([&] { (void)hedges_approximate{}(df); }, parts);
    }
    auto const pair = two_arms<arm>{{20, 5, 2}, {2, 5, 2}};
    expect_refused([&] { (void)glass_delta{}(pair); }, {"degrees of freedom", "but is 1"});
    expect_refused(
        [&] {
            (void)standardized_mean_change{}(paired_t{2, 1});
        },
        {"degrees of freedom", "but is 1"});
    auto const smallest = two_arms<arm>{{2, 5, 2}, {2, 5, 2}};
    expect_refused(
        [&] {
            (void)standardized_mean_difference{hedges_approximate{}, revman_variance{}}(smallest);
        },
        {"total n", "but is 4"});
    expect_refused(
        [&] {
            (void)standardized_mean_difference{hedges_exact{}, null_variance{}}(smallest);
        },
        {"total n", "but is 4"});
}

// Qualifies: EFFECT-4
TEST(invalid_intervals, are_refused) {
    auto const good = interval{-1, 2};
    for (auto const value : bad_numbers) {
        auto const is = "but is " + text(value);
        expect_refused([&] { (void)from_interval(value, good); }, {"effect", is});
        expect_refused([&] { (void)from_interval(0, interval{value, 2}); }, {"interval lower", is});
        expect_refused([&] { (void)from_interval(0, interval{-1, value}); }, {"interval upper", is});
        expect_refused([&] { (void)from_interval(interval{value, 2}); }, {"interval lower", is});
        expect_refused([&] { (void)from_interval(interval{-1, value}); }, {"interval upper", is});
    }
    expect_refused([&] { (void)from_interval(2.5, good); }, {"effect", "inside its interval", "but is 2.5"});
    expect_refused([&] { (void)from_interval(-1.5, good); },
                   {"effect", "inside its interval", "but is -1.5"});
    expect_refused(
        [&] {
            (void)from_interval(0, interval{2, -1});
        },
        {"interval upper", "above the lower", "-1"});
    expect_refused(
        [&] {
            (void)from_interval(interval{2, 2});
        },
        {"interval upper", "above the lower", "but is 2"});
    for (auto const level : {nan, infinity, -0.95, 0.0, 1.0, 95.0}) {
        auto const parts = std::vector<std::string>{"level", "between 0 and 1", "but is " + text(level)};
        expect_refused([&] { (void)from_interval(0, good, {level}); }, parts);
        expect_refused([&] { (void)from_interval(good, {level}); }, parts);
        expect_refused([&] { (void)from_ratio_interval(1, interval{0.5, 2}, {level}); }, parts);
        expect_refused([&] { (void)standard_deviation_from_interval(20, good, {level}); }, parts);
    }
    for (auto const df : {nan, -infinity, -2.0, 0.0}) {
        auto const parts = std::vector<std::string>{"degrees of freedom", "but is " + text(df)};
        expect_refused([&] { (void)from_interval(0, good, {}, df); }, parts);
        expect_refused([&] { (void)from_interval(good, {}, df); }, parts);
        expect_refused([&] { (void)from_ratio_interval(1, interval{0.5, 2}, {}, df); }, parts);
        expect_refused([&] { (void)from_p_value(1, reported::two_sided_p{0.1}, df); }, parts);
        expect_refused([&] { (void)from_p_value(1, reported::one_sided_p{0.1}, df); }, parts);
        expect_refused([&] { (void)statistic_from_p_value(reported::two_sided_p{0.1}, df); }, parts);
        expect_refused([&] { (void)statistic_from_p_value(reported::one_sided_p{0.1}, df); }, parts);
    }
    for (auto const value : bad_positive) {
        auto const is = "but is " + text(value);
        expect_refused([&] { (void)from_ratio_interval(value, interval{0.5, 2}); }, {"ratio", is});
        expect_refused([&] { (void)from_ratio_interval(1, interval{value, 2}); }, {"interval lower", is});
        expect_refused([&] { (void)from_ratio_interval(1, interval{0.5, value}); }, {"interval upper", is});
    }
    expect_refused(
        [&] {
            (void)from_ratio_interval(3, interval{0.5, 2});
        },
        {"ratio", "inside its interval", "3"});
    expect_refused([&] { (void)from_ratio_interval(1, interval{2, 0.5}); }, {"interval upper", "0.5"});
    for (auto const n : bad_sample)
        expect_refused([&] { (void)standard_deviation_from_interval(n, good); }, {"n must", text(n)});
}

TEST(invalid_standard_errors_and_p_values, are_refused) {
    using reported::one_sided_p;
    using reported::two_sided_p;
    auto const error = reported::standard_error{0.3};
    for (auto const value : bad_positive) {
        auto const parts = std::vector<std::string>{"standard error", "but is " + text(value)};
        auto const bad = reported::standard_error{value};
        expect_refused([&] { (void)from_standard_error(1, bad); }, parts);
        expect_refused([&] { (void)standard_deviation_from_standard_error(20, bad); }, parts);
        expect_refused([&] { (void)standard_deviation_from_difference(20, 20, bad); }, parts);
    }
    for (auto const n : bad_sample) {
        expect_refused([&] { (void)standard_deviation_from_standard_error(n, error); }, {"n must", text(n)});
        expect_refused([&] { (void)standard_deviation_from_difference(n, 9, error); },
                       {"n_treatment", text(n)});
        expect_refused([&] { (void)standard_deviation_from_difference(9, n, error); },
                       {"n_control", text(n)});
    }
    for (auto const value : {nan, infinity, -infinity}) {
        auto const is = "but is " + text(value);
        expect_refused([&] { (void)from_standard_error(value, error); }, {"effect", is});
        expect_refused([&] { (void)from_t(value, 2); }, {"effect", is});
        expect_refused([&] { (void)from_z(value, 2); }, {"effect", is});
        expect_refused([&] { (void)from_t(2, value); }, {"test statistic", is});
        expect_refused([&] { (void)from_z(2, value); }, {"test statistic", is});
        expect_refused([&] { (void)from_p_value(value, two_sided_p{0.1}); }, {"effect", is});
        expect_refused([&] { (void)from_p_value(value, one_sided_p{0.1}); }, {"effect", is});
    }
    expect_refused([&] { (void)from_t(0, 2); }, {"effect", "other than zero"});
    expect_refused([&] { (void)from_z(0, 2); }, {"effect", "other than zero"});
    expect_refused([&] { (void)from_t(2, 0); }, {"test statistic", "other than zero"});
    expect_refused([&] { (void)from_z(2, 0); }, {"test statistic", "other than zero"});
    expect_refused([&] { (void)from_p_value(0, two_sided_p{0.1}); }, {"effect", "other than zero"});
    for (auto const p : {nan, infinity, -0.1, 0.0, 1.0, 5.0}) {
        auto const parts = std::vector<std::string>{"p-value", "but is " + text(p)};
        expect_refused([&] { (void)from_p_value(1, two_sided_p{p}); }, parts);
        expect_refused([&] { (void)from_p_value(1, one_sided_p{p}); }, parts);
        expect_refused([&] { (void)statistic_from_p_value(two_sided_p{p}); }, parts);
        expect_refused([&] { (void)statistic_from_p_value(one_sided_p{p}); }, parts);
    }
    expect_refused([&] { (void)from_p_value(1, one_sided_p{0.6}); }, {"one-sided p-value", "0.6"});
}

TEST(invalid_estimates, are_refused_by_conversions) {
    auto const good = estimate{0.4, 0.05};
    auto const expect_all = [&](estimate const& bad, std::vector<std::string> const& parts) {
        expect_refused([&] { (void)log_odds_ratio_from_d(bad); }, parts);
        expect_refused([&] { (void)d_from_log_odds_ratio(bad); }, parts);
        expect_refused([&] { (void)correlation_from_d(bad, 20, 20); }, parts);
        expect_refused([&] { (void)d_from_correlation(bad); }, parts);
        expect_refused([&] { (void)common_language_from_d(bad); }, parts);
        expect_refused([&] { (void)u3_from_d(bad); }, parts);
        expect_refused([&] { (void)difference(bad, good); }, parts);
        expect_refused([&] { (void)difference(good, bad); }, parts);
    };
    for (auto const value : bad_numbers)
        expect_all({value, 0.05}, {"effect", "but is " + text(value)});
    for (auto const value : bad_positive)
        expect_all({0.4, value}, {"variance", "but is " + text(value)});
    for (auto const r : {-1.0, 1.0, 2.5})
        expect_refused(
            [&] {
                (void)d_from_correlation(estimate{r, 0.05});
            },
            {"effect", "between -1 and 1", text(r)});
    for (auto const n : bad_positive) {
        expect_refused([&] { (void)correlation_from_d(good, n, 20); }, {"n_treatment", text(n)});
        expect_refused([&] { (void)correlation_from_d(good, 20, n); }, {"n_control", text(n)});
    }
}

TEST(invalid_quantiles, are_refused) {
    auto const as_estimate = [](auto const& summary) {
        (void)is_skewed(summary);
        auto const group = arm_from_quantiles(summary);
        return estimate{group.mean, group.sd};
    };
    auto const sample = field{"n", 40, bad_sample};
    expect_each_field_checked(
        "range",
        {sample,
         {"minimum", 1, {nan, infinity, -infinity, 4}},
         {"median", 3, bad_numbers},
         {"maximum", 7, {nan, infinity, -infinity, 2}}},
        [](numbers const& x) {
            return range_summary{x[0], x[1], x[2], x[3]};
        },
        as_estimate);
    expect_each_field_checked(
        "quartiles",
        {sample,
         {"first_quartile", 1, {nan, infinity, -infinity, 4}},
         {"median", 3, bad_numbers},
         {"third_quartile", 7, {nan, infinity, -infinity, 2}}},
        [](numbers const& x) {
            return quartile_summary{x[0], x[1], x[2], x[3]};
        },
        as_estimate);
    expect_each_field_checked(
        "five numbers",
        {sample,
         {"minimum", 1, {nan, infinity, -infinity, 2.5}},
         {"first_quartile", 2, {nan, infinity, -infinity, 3.5}},
         {"median", 3, bad_numbers},
         {"third_quartile", 5, {nan, infinity, -infinity, 2.5}},
         {"maximum", 7, {nan, infinity, -infinity, 4}}},
        [](numbers const& x) { return five_number_summary{x[0], x[1], x[2], x[3], x[4], x[5]}; },
        as_estimate);
    expect_refused([&] { (void)arm_from_quantiles(range_summary{40, 3, 3, 3}); }, {"maximum", "spread"});
    expect_refused(
        [&] {
            (void)arm_from_quantiles(quartile_summary{40, 3, 3, 3});
        },
        {"third_quartile", "spread"});
    expect_refused([&] { (void)is_skewed(quartile_summary{40, 3, 3, 3}); }, {"third_quartile", "spread"});
}

} // namespace
} // namespace accrue::test_effect_invalid_input
