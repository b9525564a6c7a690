// From what papers print to arms and estimates, between measures, and from the analysis scale back to the
// scale of reporting: against tables of R metafor and R meta, and against the laws that the conversions obey.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/effect.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <concepts>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace accrue::test_effect_reports {
namespace {

using accrue::test::golden;
using accrue::test::row;

auto constexpr closed_form = 1e-12;

TEST(golden_conversions, scales_and_corrections) {
    using function = std::function<double(row const&)>;
    auto const x = [](row const& r) { return r.number("x"); };
    auto const correlation_of = [=](row const& r) { return association{.n = 10, .correlation = x(r)}; };
    auto const logit = [](double p) { return logit_proportion{}.formula(events{p, 1}).effect; };
    auto const d = [=](row const& r) { return estimate{x(r), 1}; };
    auto const alpha = [=](row const& r) { return reliability{.n = 10, .items = 5, .alpha = x(r)}; };
    auto const ipft = [](double value, double n) {
        return freeman_tukey_proportion::back_transform(value, n);
    };
    auto const functions = std::map<std::string, function>{
        {"rtoz", [=](row const& r) { return fisher_z{}(correlation_of(r)).effect; }},
        {"ztor", [=](row const& r) { return fisher_z{}.back_transform(x(r)); }},
        {"logit", [=](row const& r) { return logit(x(r)); }},
        {"ilogit", [=](row const& r) { return logit_proportion{}.back_transform(x(r)); }},
        {"arcsin",
         [=](row const& r) {
             return arcsine_proportion{}(events{x(r), 1}).effect;
         }},
        {"iarcsin", [=](row const& r) { return arcsine_proportion{}.back_transform(x(r)); }},
        {"ipft", [=](row const& r) { return ipft(x(r), r.number("arg")); }},
        {"ipft_hm(10,20,40)", [=](row const& r) { return ipft(x(r), 3 / (1 / 10. + 1 / 20. + 1 / 40.)); }},
        {"hedges_J_exact(df)", [=](row const& r) { return hedges_exact{}(x(r)); }},
        {"hedges_J_approx(df)", [=](row const& r) { return hedges_approximate{}(x(r)); }},
        {"d_to_lnOR_logistic", [=](row const& r) { return log_odds_ratio_from_d(d(r)).effect; }},
        {"abt", [=](row const& r) { return bonett_transformed_alpha{}(alpha(r)).effect; }},
        {"iabt", [=](row const& r) { return bonett_transformed_alpha{}.back_transform(x(r)); }},
        {"ahw", [=](row const& r) { return hakstian_whalen_transformed_alpha{}(alpha(r)).effect; }},
        {"dtou3", [=](row const& r) { return u3_from_d(d(r)).effect; }},
        {"dtocles", [=](row const& r) { return common_language_from_d(d(r)).effect; }},
        {"d_to_r_equal_n", [=](row const& r) { return correlation_from_d(d(r), 50, 50).effect; }},
    };
    std::string const mean = "mean over the distribution of true effects; back_transform gives the median";
    std::string const cut = "metafor cuts a negative alpha at 0; here the back-transform undoes the measure";
    auto const excluded = std::map<std::string, std::string>{{"iabt of a negative number", cut},
                                                             {"exp_int_tau2=.2", mean},
                                                             {"ilogit_int_tau2=.2", mean},
                                                             {"ztor_int_tau2=.2", mean}};
    auto used = std::set<std::string>();
    for (auto const& r : golden("transforms.csv")) {
        SCOPED_TRACE(r.where());
        auto const fn = r.text("fn");
        auto const name = fn == "iabt" && x(r) < 0 ? fn + " of a negative number" : fn;
        used.insert(name);
        if (excluded.contains(name))
            continue;
        if (name == "pft_x0" || name == "pft_x1") { // a proportion of 0 or 1 in n
            auto const n = r.number("arg");
            EXPECT_RELATIVE(freeman_tukey_proportion{}(events{n * x(r), n}).effect, r.number("y"),
                            closed_form);
            used.insert("pft");
            continue;
        }
        if (name == "pft_x5" || name == "pft_x10") { // a proportion above 1 has no angle
            auto const n = r.number("arg");
            EXPECT_TRUE(r.missing("y"));
            EXPECT_THROW((void)freeman_tukey_proportion{}(events{n * x(r), n}), invalid_input);
            continue;
        }
        ASSERT_TRUE(functions.contains(name)) << name << " is neither compared nor excluded";
        // R subtracts logarithms of gamma functions, which leaves this much of the correction.
        auto const tolerance =
            name == "hedges_J_exact(df)" ? 1e-15 * (100 + std::lgamma(x(r) / 2)) : closed_form;
        // R forms 1 - alpha and 1 - its root, which round at one.
        auto const absolute = name == "abt" || name == "ahw" ? 2e-16 : 0;
        EXPECT_RELATIVE(functions.at(name)(r), r.number("y"), tolerance, absolute) << name;
    }
    for (auto const& entry : functions)
        EXPECT_TRUE(used.contains(entry.first)) << entry.first;
    for (auto const& entry : excluded)
        EXPECT_TRUE(used.contains(entry.first)) << entry.first;
}

// Qualifies: EFFECT-3
TEST(golden_conversions, intervals_statistics_and_p_values) {
    auto rows = 0;
    for (auto const& r : golden("v5_conv_wald.csv")) {
        SCOPED_TRACE(r.where());
        auto const out = r.number("out");
        auto const actual = r.text("kind") == "ratio_ci"
                                ? from_ratio_interval(out, interval{r.number("ci_lb"), r.number("ci_ub")})
                            : r.text("kind") == "zval"
                                ? from_z(out, r.number("zval"))
                                : from_p_value(out, reported::two_sided_p{r.number("pval")});
        EXPECT_RELATIVE(actual.effect, r.number("yi"), closed_form);
        EXPECT_RELATIVE(actual.variance, r.number("vi"), closed_form);
        ++rows;
    }
    EXPECT_EQ(rows, 7);
}

// metafor refuses to convert what its skewness test rejects: NA in the table.
template <class Summary>
void expect_arm(Summary const& summary, row const& r) {
    EXPECT_EQ(is_skewed(summary), r.missing("mean"));
    if (!r.missing("mean")) {
        auto const group = arm_from_quantiles(summary);
        EXPECT_RELATIVE(group.n, r.number("n"), 0);
        EXPECT_RELATIVE(group.mean, r.number("mean"), closed_form);
        EXPECT_RELATIVE(group.sd, r.number("sd"), closed_form);
    }
}

// Qualifies: EFFECT-3
TEST(golden_conversions, mean_and_sd_from_quantiles) {
    auto rows = 0;
    for (auto const& r : golden("v5_conv_fivenum.csv")) {
        SCOPED_TRACE(r.where());
        auto const value = [&](char const* column) { return r.number(column); };
        if (r.text("inputs") == "min,median,max")
            expect_arm(range_summary{value("n"), value("min"), value("median"), value("max")}, r);
        else if (r.text("inputs") == "q1,median,q3")
            expect_arm(quartile_summary{value("n"), value("q1"), value("median"), value("q3")}, r);
        else
            expect_arm(five_number_summary{value("n"), value("min"), value("q1"), value("median"),
                                           value("q3"), value("max")},
                       r);
        ++rows;
    }
    EXPECT_EQ(rows, 18);
}

// R meta's inverse-variance common effect with its zero-cell variants, which metafor does not have.
auto const pooled = [](auto const& measure, std::vector<two_arms<events>> const& trials) {
    auto weights = 0.0;
    auto sum = 0.0;
    for (auto const& one : effects(measure, trials)) {
        weights += 1 / one.variance;
        sum += one.effect / one.variance;
    }
    return sum / weights;
};

auto fourfold_tables(std::string const& folder) -> std::vector<two_arms<events>> {
    auto trials = std::vector<two_arms<events>>();
    for (auto const& r : golden(folder + "/input.csv"))
        trials.push_back({{r.number("ai"), r.number("ai") + r.number("bi")},
                          {r.number("ci"), r.number("ci") + r.number("di")}});
    return trials;
}

TEST(golden_conversions, treatment_arm_and_event_corrections) {
    auto const arms = zero_cell_policy{treatment_arm_correction{}};
    auto const arms_always = zero_cell_policy{treatment_arm_correction{}, all_studies{}};
    auto const added_once = zero_cell_policy{event_correction{}};
    auto rows = 0;
    for (std::string const folder : {"egger2001", "edge_zero_cells"}) {
        auto const trials = fourfold_tables(folder);
        for (auto const& r :
             golden(folder + "/meta_binary_cc.csv").where("method", "Inverse").where("allstudies", "TRUE")) {
            SCOPED_TRACE(r.where());
            auto const is = [&](char const* column, char const* text) { return r.text(column) == text; };
            auto const expect = [&](double actual) {
                EXPECT_RELATIVE(actual, r.number("beta_common"), closed_form);
                ++rows;
            };
            if (is("incr", "TACC") && is("sm", "OR"))
                expect(is("method_incr", "all") ? pooled(log_odds_ratio{arms_always}, trials)
                                                : pooled(log_odds_ratio{arms}, trials));
            else if (is("incr", "0.5") && is("sm", "RR") && is("RR_Cochrane", "FALSE") &&
                     is("method_incr", "only0") &&
                     folder != "edge_zero_cells") // has a group in which all had the event
                expect(pooled(log_risk_ratio{added_once}, trials));
            else if (is("incr", "0.5") && is("sm", "RR") && is("RR_Cochrane", "TRUE") &&
                     is("method_incr", "only0"))
                expect(pooled(log_risk_ratio{}, trials));
        }
    }
    EXPECT_EQ(rows, 7);
}

TEST(golden_conversions, risk_difference_with_zero_cells_corrected_in_the_variance_alone) {
    auto rows = 0;
    for (std::string const folder : {"bcg", "egger2001", "edge_zero_cells"}) {
        auto const trials = fourfold_tables(folder);
        for (auto const& r :
             golden(folder + "/meta_binary_cc.csv").where("method", "Inverse").where("sm", "RD")) {
            SCOPED_TRACE(r.where());
            auto const expect = [&](auto const& correction) {
                auto const none = zero_cell_policy{no_correction{}};
                auto const only_zeros = zero_cell_policy{correction};
                auto const all = zero_cell_policy{correction, all_studies{}};
                auto const actual =
                    r.text("method_incr") == "all"
                        ? pooled(risk_difference{none, binomial_variance{}, all}, trials)
                        : pooled(risk_difference{none, binomial_variance{}, only_zeros}, trials);
                EXPECT_RELATIVE(actual, r.number("beta_common"), closed_form);
                ++rows;
            };
            if (r.text("incr") == "TACC")
                expect(treatment_arm_correction{});
            else
                expect(constant_correction{r.number("incr")});
        }
    }
    EXPECT_EQ(rows, 18);
}

// Qualifies: EFFECT-3
TEST(reported_numbers, one_interval_level_and_statistic_give_one_variance) {
    auto const se = 0.21;
    auto const effect = -0.4;
    auto const expected = from_standard_error(effect, reported::standard_error{se});
    EXPECT_RELATIVE(expected.variance, se * se, 1e-15);
    EXPECT_RELATIVE(from_t(effect, effect / se).variance, expected.variance, closed_form);
    EXPECT_RELATIVE(from_z(effect, -effect / se).variance, expected.variance, closed_form);
    for (auto const level : {0.8, 0.9, 0.95, 0.99}) {
        for (auto const df : {3.0, 40.0, std::numeric_limits<double>::infinity()}) {
            auto const q = student_t{df}.upper_quantile((1 - level) / 2);
            auto const limits = interval{effect - q * se, effect + q * se};
            auto const back = from_interval(effect, limits, reported::confidence_level{level}, df);
            EXPECT_RELATIVE(back.variance, expected.variance, closed_form);
            auto const middle = from_interval(limits, reported::confidence_level{level}, df);
            EXPECT_RELATIVE(middle.effect, effect, closed_form);
            auto const p = student_t{df}.survival(-effect / se);
            EXPECT_RELATIVE(from_p_value(effect, reported::two_sided_p{2 * p}, df).variance,
                            expected.variance, 1e-11);
            EXPECT_RELATIVE(from_p_value(effect, reported::one_sided_p{p}, df).variance, expected.variance,
                            1e-11);
        }
    }
}

TEST(reported_numbers, hazard_ratio_from_log_rank_and_from_its_interval) {
    auto const direct = log_hazard_ratio{}(log_rank{.observed_minus_expected = -7.5, .variance = 16});
    EXPECT_RELATIVE(direct.effect, -7.5 / 16, 1e-15);
    auto const q = normal::upper_quantile(0.025);
    auto const ratio = log_hazard_ratio{}.back_transform(direct);
    auto const limits =
        log_hazard_ratio{}.back_transform(interval{direct.effect - q / 4, direct.effect + q / 4});
    auto const printed = from_ratio_interval(ratio, limits);
    EXPECT_RELATIVE(printed.effect, direct.effect, closed_form);
    EXPECT_RELATIVE(printed.variance, direct.variance, closed_form);
}

TEST(reported_numbers, arms_and_their_t_statistic_give_one_standardised_difference) {
    auto const trial = two_arms<arm>{{.n = 21, .mean = 7.5, .sd = 3}, {.n = 30, .mean = 9, .sd = 2.5}};
    auto const md = mean_difference{pooled_sds{}}(trial);
    auto const t = md.effect / standard_error(md);
    auto const from_arms = standardized_mean_difference{}(trial);
    auto const from_statistic = standardized_mean_difference{}(two_sample_t{21, 30, t});
    EXPECT_RELATIVE(from_statistic.effect, from_arms.effect, closed_form);
    EXPECT_RELATIVE(from_statistic.variance, from_arms.variance, closed_form);
    auto const sd = standard_deviation_from_difference(21, 30, reported::standard_error{standard_error(md)});
    auto const from_d = standardized_mean_difference{}(cohens_d{21, 30, md.effect / sd});
    EXPECT_RELATIVE(from_d.effect, from_arms.effect, closed_form);
}

TEST(reported_numbers, pairs_and_their_t_statistic_give_one_standardised_change) {
    auto const study = paired_arms{.n = 18, .treatment = {12, 4}, .control = {10, 4}, .correlation = 0.55};
    auto const change = mean_difference{}(study);
    auto const t = change.effect / standard_error(change);
    EXPECT_RELATIVE(standardized_mean_change{}(paired_t{18, t}).effect,
                    standardized_mean_change{}(study).effect, closed_form);
    auto const crossover = crossover_standardized_mean_difference{};
    EXPECT_RELATIVE(crossover(correlated_t{18, t, 0.55}).effect, crossover(study).effect, closed_form);
    EXPECT_RELATIVE(crossover(correlated_t{18, t, 0.55}).variance, crossover(study).variance, closed_form);
    EXPECT_RELATIVE(correlation_from_sd_of_difference(4, 4, sd_of_difference(study)), 0.55, closed_form);
}

TEST(reported_numbers, sd_from_standard_error_and_from_interval) {
    auto const n = 17.0;
    auto const sd = 6.25;
    auto const se = sd / std::sqrt(n);
    EXPECT_RELATIVE(standard_deviation_from_standard_error(n, reported::standard_error{se}), sd, closed_form);
    auto const q = student_t{n - 1}.upper_quantile(0.05);
    EXPECT_RELATIVE(standard_deviation_from_interval(n, interval{40 - q * se, 40 + q * se},
                                                     reported::confidence_level{0.9}),
                    sd, closed_form);
}

TEST(reported_numbers, a_correlation_is_mandatory) {
    EXPECT_FALSE(std::is_default_constructible_v<correlation>);
    EXPECT_FALSE((std::is_constructible_v<paired_arms, double, measurement, measurement>));
}

TEST(quantiles, an_exactly_normal_sample_gives_its_mean_and_sd) {
    for (auto const n : {25.0, 400.0, 1e6}) {
        auto const z = normal::upper_quantile((n / 4 + 0.375) / (n + 0.25));
        auto const group = arm_from_quantiles(quartile_summary{n, 50 - 8 * z, 50, 50 + 8 * z});
        EXPECT_RELATIVE(group.mean, 50, closed_form);
        EXPECT_RELATIVE(group.sd, 8, closed_form);
        auto const far = normal::upper_quantile(0.625 / (n + 0.25));
        auto const five = arm_from_quantiles(
            five_number_summary{n, 50 - 8 * far, 50 - 8 * z, 50, 50 + 8 * z, 50 + 8 * far});
        EXPECT_RELATIVE(five.sd, 8, closed_form);
    }
}

// 4,000 samples: the rejection rate of a 5 % test has standard error 0.0034; the authors' critical values
// hold it between 0.04 and 0.06.
TEST(quantiles, the_skewness_tests_reject_one_normal_sample_in_twenty) {
    auto generator = std::mt19937_64(20231);
    auto gaussian = std::normal_distribution<double>();
    for (auto const quarter : {10, 50}) {
        auto rejected = std::array{0, 0, 0};
        auto sample = std::vector<double>(static_cast<std::size_t>(4 * quarter + 1));
        auto const n = static_cast<double>(sample.size());
        auto constexpr samples = 4000;
        for (auto i = 0; i < samples; ++i) {
            for (auto& value : sample)
                value = gaussian(generator);
            std::sort(sample.begin(), sample.end());
            auto const at = [&](int k) { return sample[static_cast<std::size_t>(k * quarter)]; };
            rejected[0] += is_skewed(range_summary{n, at(0), at(2), at(4)});
            rejected[1] += is_skewed(quartile_summary{n, at(1), at(2), at(3)});
            rejected[2] += is_skewed(five_number_summary{n, at(0), at(1), at(2), at(3), at(4)});
        }
        for (auto const count : rejected) {
            EXPECT_NEAR(count / double{samples}, 0.05, 0.02) << "n = " << n;
        }
    }
}

RC_GTEST_PROP(combined_groups, are_the_group_of_all_participants, ()) {
    auto const values = *rc::gen::container<std::vector<double>>(
        10, rc::gen::map(rc::gen::inRange(-1000, 1000), [](int i) { return i / 8.0; }));
    auto const summarise = [&](std::size_t from, std::size_t to) {
        auto const n = static_cast<double>(to - from);
        auto sum = 0.0;
        for (auto i = from; i < to; ++i)
            sum += values[i];
        auto squares = 0.0;
        for (auto i = from; i < to; ++i)
            squares += (values[i] - sum / n) * (values[i] - sum / n);
        return arm{n, sum / n, std::sqrt(squares / (n - 1))};
    };
    auto const first = summarise(0, 4);
    auto const second = summarise(4, 10);
    RC_PRE(first.sd > 0 && second.sd > 0);
    auto const together = combine(first, second);
    auto const all = summarise(0, 10);
    RC_ASSERT(std::abs(together.mean - all.mean) <
              1e-12 * (1 + std::abs(first.mean) + std::abs(second.mean)));
    RC_ASSERT(std::abs(together.sd - all.sd) < 1e-12 * all.sd);
}

TEST(conversions, return_to_where_they_came_from) {
    auto const start = estimate{0.35, 0.02};
    auto const there = d_from_log_odds_ratio(log_odds_ratio_from_d(start));
    EXPECT_RELATIVE(there.effect, start.effect, closed_form);
    EXPECT_RELATIVE(there.variance, start.variance, closed_form);
    auto const cox_there = d_from_log_odds_ratio(log_odds_ratio_from_d(start, cox{}), cox{});
    EXPECT_RELATIVE(cox_there.variance, start.variance, closed_form);
    auto const r = correlation_from_d(start, 30, 30);
    auto const d = d_from_correlation(r);
    EXPECT_RELATIVE(d.effect, start.effect, closed_form);
    EXPECT_RELATIVE(d.variance, start.variance, closed_form);
    EXPECT_RELATIVE(correlation_from_t(2, 12), 0.5, closed_form);
    auto const both = difference(start, estimate{0.1, 0.03});
    EXPECT_RELATIVE(both.effect, 0.25, closed_form);
    EXPECT_RELATIVE(both.variance, 0.05, closed_form);
}

TEST(back_transform, undoes_the_measure) {
    for (auto const count : {0.0, 1.0, 7.0, 20.0, 39.0, 40.0}) {
        auto const group = events{count, 40};
        auto const p = count / 40;
        EXPECT_RELATIVE(freeman_tukey_proportion::back_transform(freeman_tukey_proportion{}(group), 40.0), p,
                        1e-12);
        EXPECT_RELATIVE(arcsine_proportion{}.back_transform(arcsine_proportion{}(group)), p, 1e-12);
        if (count > 0 && count < 40) {
            EXPECT_RELATIVE(logit_proportion{}.back_transform(logit_proportion{}(group)), p, 1e-12);
            EXPECT_RELATIVE(log_proportion{}.back_transform(log_proportion{}(group)), p, 1e-12);
        }
        auto const time = rate{count, 12.5};
        EXPECT_RELATIVE(
            freeman_tukey_incidence_rate::back_transform(freeman_tukey_incidence_rate{}(time), 12.5),
            count / 12.5, 1e-12);
        EXPECT_RELATIVE(square_root_incidence_rate{}.back_transform(square_root_incidence_rate{}(time)),
                        count / 12.5, 1e-12);
    }
    for (double const alpha : {-0.8, 0.0, 0.3, 0.95}) {
        auto const scale = reliability{50, 6, alpha};
        EXPECT_RELATIVE(cronbach_alpha{}.back_transform(cronbach_alpha{}(scale)), alpha, 0);
        EXPECT_RELATIVE(bonett_transformed_alpha{}.back_transform(bonett_transformed_alpha{}(scale)), alpha,
                        1e-14);
        EXPECT_RELATIVE(
            hakstian_whalen_transformed_alpha{}.back_transform(hakstian_whalen_transformed_alpha{}(scale)),
            alpha, 1e-14);
    }
    EXPECT_RELATIVE(log_odds_ratio{}.back_transform(interval{0, 1}).upper, std::exp(1), closed_form);
    EXPECT_RELATIVE(fisher_z{}.back_transform(estimate{0.5, 1}), std::tanh(0.5), closed_form);
    EXPECT_RELATIVE(mean_difference{}.back_transform(-2.0), -2.0, 0);
    EXPECT_RELATIVE(arcsine_proportion{}.back_transform(interval{-0.1, 2}).lower, 0.0, 0);
    EXPECT_RELATIVE(arcsine_proportion{}.back_transform(interval{-0.1, 2}).upper, 1.0, 0);
}

/// An interval that says more than its limits, as `repeated_interval` does.
struct annotated_interval {
    double lower;
    double upper;
    int note;
    bool contains(double const x) const { return lower <= x && x <= upper; }
};

TEST(BackTransform, TakesIntervalsThatSayMoreThanTheirLimits) {
    auto const ratio = log_odds_ratio{}.back_transform(annotated_interval{-1, 2, 3});
    static_assert(std::same_as<decltype(ratio), interval const>);
    EXPECT_RELATIVE(ratio.lower, std::exp(-1), closed_form);
    EXPECT_RELATIVE(ratio.upper, std::exp(2), closed_form);
}

TEST(FromReports, ThatLeaveNoVarianceAreRefused) {
    auto const limits = interval{0.1, 0.5};
    EXPECT_THROW((void)from_interval(0.3, limits, {1e-17}), invalid_input); // its critical value is 0
    EXPECT_THROW((void)from_ratio_interval(0.3, limits, {1e-300}), invalid_input);
    EXPECT_THROW((void)from_standard_error(0.3, reported::standard_error{1e-200}), invalid_input);
    EXPECT_THROW((void)from_standard_error(0.3, reported::standard_error{1e200}), invalid_input);
    EXPECT_THROW((void)from_z(0.3, 1e-200), invalid_input);
    EXPECT_THROW((void)from_z(0.3, 1e200), invalid_input);
    EXPECT_THROW((void)from_t(1e-300, 2.0), invalid_input);
    EXPECT_THROW((void)from_interval(0.3, limits, {}, 1e-3), invalid_input);
    EXPECT_THROW((void)from_p_value(0.3, reported::two_sided_p{1e-300}, 1.0), invalid_input);
    EXPECT_EQ(from_interval(interval{-1e150, 1e150}).effect, 0);
}

TEST(FromReports, LimitsMayBeGivenInBraces) {
    EXPECT_RELATIVE(from_interval(-6.1, {-11.9, -0.3}, {0.9}, 58).variance,
                    from_interval(-6.1, interval{-11.9, -0.3}, reported::confidence_level{0.9}, 58).variance,
                    0);
    EXPECT_RELATIVE(from_interval({-11.9, -0.3}).effect, -6.1, closed_form);
    EXPECT_RELATIVE(from_ratio_interval(0.8, {0.65, 0.98}).variance,
                    from_ratio_interval(0.8, interval{0.65, 0.98}).variance, 0);
    EXPECT_RELATIVE(standard_deviation_from_interval(30, {1.0, 3.0}),
                    standard_deviation_from_interval(30, interval{1.0, 3.0}), 0);
}

} // namespace
} // namespace accrue::test_effect_reports
