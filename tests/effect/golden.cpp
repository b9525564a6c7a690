// Every effect in the golden tables against R metafor, row by row: none is left out, and a comparison that no
// row needs is an error as well.

#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/effect.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <concepts>
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test_effect_golden {
namespace {

using accrue::test::golden;
using accrue::test::row;
using accrue::test::table;

auto const undefined =
    estimate{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};

// What the studies of a data set report.

auto binary(row const& r) -> two_arms<events> {
    auto const group = [&](char const* with, char const* without) {
        return events{.count = r.number(with), .total = r.number(with) + r.number(without)};
    };
    return {.treatment = group("ai", "bi"), .control = group("ci", "di")};
}

auto continuous(row const& r) -> two_arms<arm> {
    return {.treatment = {.n = r.number("n1i"), .mean = r.number("m1i"), .sd = r.number("sd1i")},
            .control = {.n = r.number("n2i"), .mean = r.number("m2i"), .sd = r.number("sd2i")}};
}

auto person_time(row const& r) -> two_arms<rate> {
    return {.treatment = {.events = r.number("x1i"), .time = r.number("t1i")},
            .control = {.events = r.number("x2i"), .time = r.number("t2i")}};
}

auto pairs_of_means(row const& r) -> paired_arms {
    return {.n = r.number("ni"),
            .treatment = {.mean = r.number("m1i"), .sd = r.number("sd1i")},
            .control = {.mean = r.number("m2i"), .sd = r.number("sd2i")},
            .correlation = r.number("ri")};
}

// The tables' first mean is the one after, their first SD the one before treatment.
auto before_and_after(row const& r) -> paired_arms {
    return {.n = r.number("ni"),
            .treatment = {.mean = r.number("m1i"), .sd = r.number("sd2i")},
            .control = {.mean = r.number("m2i"), .sd = r.number("sd1i")},
            .correlation = r.number("ri")};
}

auto pairs_of_events(row const& r) -> matched_pairs {
    return {.both = r.number("ai"),
            .treatment_only = r.number("bi"),
            .control_only = r.number("ci"),
            .neither = r.number("di")};
}

auto one_proportion(row const& r) -> events {
    return {.count = r.number("xi"), .total = r.number("ni")};
}
auto one_rate(row const& r) -> rate {
    return {.events = r.number("xi"), .time = r.number("ti")};
}
auto one_mean(row const& r) -> arm {
    return {.n = r.number("ni"), .mean = r.number("mi"), .sd = r.number("sdi")};
}
auto one_correlation(row const& r) -> association {
    return {.n = r.number("ni"), .correlation = r.number("ri")};
}
auto one_scale(row const& r) -> reliability {
    return {.n = r.number("ni"), .items = r.number("mi"), .alpha = r.number("ai")};
}

// The effects of all studies of a data set, `undefined` for those that have none or were left out.
using procedure = std::function<std::vector<estimate>(table const&)>;

template <class Report, class Measure>
auto apply(Report const& report, Measure const& measure) -> procedure {
    return [=](table const& input) {
        using trial = std::invoke_result_t<Report, row const&>;
        auto trials = std::vector<trial>();
        for (auto const& r : input)
            trials.push_back(report(r));
        auto result = std::vector<estimate>(trials.size(), undefined);
        if constexpr (std::invocable<Measure, trial>) {
            for (std::size_t i = 0; i < trials.size(); ++i) {
                try {
                    result[i] = measure(trials[i]);
                } catch (invalid_input const&) {
                }
            }
        } else {
            auto const estimates = effects(measure, trials);
            auto const included = included_studies(measure, trials);
            for (std::size_t i = 0; i < included.size(); ++i)
                result[included[i]] = estimates[i];
        }
        return result;
    };
}

struct comparison {
    procedure compute;
    double variance_tolerance = 1e-12;
};

// "measure vtype add to drop00 correct", as in the tables. Columns that make no difference to a measure are
// those that the tables were made with.
auto key(row const& r) -> std::string {
    auto text = r.text("measure");
    for (auto const* column : {"vtype", "add", "to", "drop00", "correct"})
        text += ' ' + r.text(column);
    return text;
}

template <template <class...> class Measure>
void add_zero_cell_variants(std::map<std::string, comparison>& all, std::string const& name) {
    auto const half = constant_correction{0.5};
    auto const put = [&](std::string const& variant, auto const& policy) {
        all[name + " LS " + variant + " default"] = {
            apply(binary, Measure<std::remove_cvref_t<decltype(policy)>>{policy})};
    };
    put("0 none FALSE", zero_cell_policy{no_correction{}});
    put("0.5 only0 FALSE", zero_cell_policy{});
    put("0.5 all FALSE", zero_cell_policy{half, all_studies{}});
    put("0.5 if0all FALSE", zero_cell_policy{half, all_studies_if_any_has_a_zero{}});
    put("0.5 only0 TRUE", zero_cell_policy{half, studies_with_a_zero{}, drop_double_zeros{}});
}

auto comparisons() -> std::map<std::string, comparison> {
    auto all = std::map<std::string, comparison>();
    auto const put = [&](std::string const& name, auto const& report, auto const& measure,
                         double variance_tolerance = 1e-12) {
        all[name] = {apply(report, measure), variance_tolerance};
    };
    // In R the unbiased variances are differences of nearly equal numbers.
    auto constexpr cancelled = 1e-10;
    std::string const usual = " 0.5 only0 FALSE default";
    std::string const unadded = " 0 only0 FALSE default";

    add_zero_cell_variants<log_odds_ratio>(all, "OR");
    add_zero_cell_variants<log_risk_ratio>(all, "RR");
    put("OR LS 0.10000000000000001 only0 FALSE default", binary,
        log_odds_ratio{zero_cell_policy{constant_correction{0.1}}});
    put("RD LS" + usual, binary, risk_difference{});
    put("RD LS 0 none FALSE default", binary, risk_difference{zero_cell_policy{no_correction{}}});
    put("RD UB" + usual, binary, risk_difference{zero_cell_policy{}, unbiased_binomial_variance{}});
    // metafor adds to every study with a zero, of which Peto's method has no need.
    put("PETO LS" + usual, binary, peto_log_odds_ratio{zero_cell_policy{}});
    put("AS LS" + unadded, binary, arcsine_difference{});
    put("OR2DL LS" + usual, binary,
        [](two_arms<events> const& t) { return d_from_log_odds_ratio(log_odds_ratio{}(t)); });
    put("OR2DN LS" + usual, binary,
        [](two_arms<events> const& t) { return d_from_log_odds_ratio(log_odds_ratio{}(t), cox{}); });

    put("PBIT LS" + usual, binary, probit_difference{});
    put("YUQ LS" + usual, binary, yules_q{});
    put("YUY LS" + usual, binary, yules_y{});
    put("PHI ST" + unadded, binary, phi_coefficient{});
    put("PHI CS" + unadded, binary, phi_coefficient{cross_sectional_phi_variance{}});
    put("OR H0" + usual, binary, log_odds_ratio{zero_cell_policy{}, common_risk{}});
    put("RR H0" + usual, binary, log_risk_ratio{zero_cell_policy{}, common_risk{}});
    put("RD H0" + usual, binary, risk_difference{zero_cell_policy{}, binomial_variance{}, common_risk{}});
    put("OR AV" + usual, binary, log_odds_ratio{zero_cell_policy{}, average_risks{}});
    put("RR AV" + usual, binary, log_risk_ratio{zero_cell_policy{}, average_risks{}});
    put("RD AV" + usual, binary, risk_difference{zero_cell_policy{}, binomial_variance{}, average_risks{}});

    put("MD LS" + usual, continuous, mean_difference{});
    put("MD HO" + usual, continuous, mean_difference{pooled_sds{}});
    put("SMD LS" + usual, continuous, standardized_mean_difference{});
    put("SMD LS2" + usual, continuous, standardized_mean_difference{hedges_exact{}, scaled_variance{}});
    put("SMD UB" + usual, continuous, standardized_mean_difference{hedges_exact{}, unbiased_variance{}},
        cancelled);
    put("SMD AV" + usual, continuous,
        standardized_mean_difference{hedges_exact{}, average_effect_variance{}});
    put("SMD H0" + usual, continuous, standardized_mean_difference{hedges_exact{}, null_variance{}});
    put("SMD LS 0.5 only0 FALSE FALSE", continuous, standardized_mean_difference{uncorrected{}});
    put("SMDH LS" + usual, continuous, heteroscedastic_standardized_mean_difference{});
    put("SMD1 LS" + usual, continuous, glass_delta{});
    put("SMD1H LS" + usual, continuous, glass_delta{hedges_exact{}, glass_unequal_variances{}});
    put("ROM LS" + usual, continuous, log_ratio_of_means{});
    put("ROM HO" + usual, continuous, log_ratio_of_means{first_order{}, pooled_sds{}});
    put("ROM LS 0.5 only0 FALSE TRUE", continuous, log_ratio_of_means{bias_corrected{}});
    put("ROM LS2 0.5 only0 FALSE TRUE", continuous, log_ratio_of_means{second_order{}});
    put("VR LS" + usual, continuous, log_variability_ratio{});
    put("CVR LS" + usual, continuous, log_coefficient_of_variation_ratio{});
    put("CVR LS 0.5 only0 FALSE TRUE", continuous, log_coefficient_of_variation_ratio{bias_corrected{}});
    put("D2ORL LS" + usual, continuous, [](two_arms<arm> const& t) {
        return log_odds_ratio_from_d(standardized_mean_difference{uncorrected{}}(t));
    });
    put("D2ORN LS" + usual, continuous, [](two_arms<arm> const& t) {
        return log_odds_ratio_from_d(standardized_mean_difference{uncorrected{}}(t), cox{});
    });

    put("RPB ST" + usual, continuous, point_biserial_correlation{});
    put("RPB CS" + usual, continuous, point_biserial_correlation{cross_sectional_point_biserial_variance{}});
    put("RBIS LS" + usual, continuous, biserial_correlation{});
    put("CLESN LS" + usual, continuous, common_language_effect_size{});
    put("CLESN HO" + usual, continuous,
        common_language_effect_size{standardized_mean_difference{uncorrected{}}});

    put("IRR LS" + usual, person_time, log_incidence_rate_ratio{});
    put("IRR LS 0.5 all FALSE default", person_time,
        log_incidence_rate_ratio{zero_cell_policy{constant_correction{}, all_studies{}}});
    put("IRD LS" + usual, person_time, incidence_rate_difference{});
    put("IRSD LS" + unadded, person_time, square_root_rate_difference{});

    put("MC LS" + usual, pairs_of_means, mean_difference{});
    put("SMCC LS" + usual, pairs_of_means, standardized_mean_change{});
    put("SMCC LS2" + usual, pairs_of_means,
        standardized_mean_change{hedges_exact{}, paired_scaled_variance{}});
    put("SMCR LS" + usual, before_and_after, baseline_standardized_mean_change{});
    put("SMCR LS2" + usual, before_and_after,
        baseline_standardized_mean_change{hedges_exact{}, scaled_becker_variance{}});
    put("SMCRH LS" + usual, before_and_after,
        baseline_standardized_mean_change{hedges_exact{}, baseline_unequal_variances{}});
    put("SMCRP LS" + usual, pairs_of_means, pooled_standardized_mean_change{});
    put("SMCRPH LS" + usual, pairs_of_means,
        pooled_standardized_mean_change{hedges_exact{}, paired_unequal_variances{}});
    put("CLESCN LS" + usual, pairs_of_means,
        common_language_effect_size{
            pooled_standardized_mean_change{uncorrected{}, paired_unequal_variances{}}});
    put("ROMC LS" + usual, pairs_of_means, log_ratio_of_means{});
    put("VRC LS" + usual, pairs_of_means, log_variability_ratio{});
    put("CVRC LS" + usual, pairs_of_means, log_coefficient_of_variation_ratio{});
    put("MPOR LS" + usual, pairs_of_events, log_odds_ratio{});
    put("MPORC LS" + usual, pairs_of_events, conditional_log_odds_ratio{});
    put("MPRR LS" + usual, pairs_of_events, log_risk_ratio{});
    put("MPRD LS" + usual, pairs_of_events, risk_difference{});
    put("MPPETO LS" + usual, pairs_of_events, peto_log_odds_ratio{});

    put("PR LS" + usual, one_proportion, proportion{});
    put("PR UB" + usual, one_proportion, proportion{zero_cell_policy{}, unbiased_binomial_variance{}});
    put("PR AV" + usual, one_proportion,
        proportion{zero_cell_policy{}, binomial_variance{}, average_risks{}});
    put("PLN LS" + usual, one_proportion, log_proportion{});
    put("PLO LS" + usual, one_proportion, logit_proportion{});
    put("PAS LS" + unadded, one_proportion, arcsine_proportion{});
    put("PFT LS" + unadded, one_proportion, freeman_tukey_proportion{});
    put("PRZ LS" + usual, one_proportion, probit_proportion{});
    put("IR LS" + usual, one_rate, incidence_rate{});
    put("IRLN LS" + usual, one_rate, log_incidence_rate{});
    put("IRS LS" + unadded, one_rate, square_root_incidence_rate{});
    put("IRFT LS" + unadded, one_rate, freeman_tukey_incidence_rate{});
    put("MN LS" + usual, one_mean, group_mean{});
    put("MNLN LS" + usual, one_mean, log_group_mean{});
    put("SMN LS" + usual, one_mean, standardized_mean{});
    put("SDLN LS" + usual, one_mean, log_standard_deviation{});
    put("CVLN LS" + usual, one_mean, log_coefficient_of_variation{});

    put("ARAW LS" + usual, one_scale, cronbach_alpha{});
    put("AHW LS" + usual, one_scale, hakstian_whalen_transformed_alpha{});
    put("ABT LS" + usual, one_scale, bonett_transformed_alpha{});

    put("ZCOR LS" + usual, one_correlation, fisher_z{});
    put("COR LS" + usual, one_correlation, raw_correlation{});
    put("COR AV" + usual, one_correlation, raw_correlation{average_correlation{}});
    put("UCOR LS" + usual, one_correlation, unbiased_correlation{});
    put("UCOR UB" + usual, one_correlation, unbiased_correlation{unbiased_correlation_variance{}}, cancelled);
    return all;
}

// Qualifies: EFFECT-1
TEST(golden_effects, agree_row_by_row) {
    auto const known = comparisons();
    auto used = std::set<std::string>();
    auto compared = 0;
    auto tables = 0;
    for (auto const& folder : std::filesystem::directory_iterator(ACCRUE_GOLDEN_DIR)) {
        for (auto const* file : {"effects.csv", "v5_effects.csv"}) {
            if (!std::filesystem::exists(folder.path() / file))
                continue;
            ++tables;
            auto const input = table(folder.path() / "input.csv");
            auto computed = std::map<std::string, std::vector<estimate>>();
            for (auto const& expected : table(folder.path() / file)) {
                SCOPED_TRACE(expected.where());
                auto const name = key(expected);
                auto const found = known.find(name);
                if (found == known.end()) {
                    ADD_FAILURE() << name << " is not compared";
                    continue;
                }
                used.insert(name);
                if (!computed.contains(name))
                    computed[name] = found->second.compute(input);
                auto const study = static_cast<std::size_t>(expected.number("i")) - 1;
                auto const actual = computed.at(name).at(study);
                // Where the true effect is zero, R is left with the rounding of what cancels.
                EXPECT_RELATIVE(actual.effect, expected.number("yi"), 1e-12, 2e-15) << name;
                EXPECT_RELATIVE(actual.variance, expected.number("vi"), found->second.variance_tolerance)
                    << name;
                ++compared;
            }
        }
    }
    for (auto const& entry : known)
        EXPECT_TRUE(used.contains(entry.first)) << entry.first << " has no row to be compared with";
    EXPECT_EQ(tables, 25);
    std::cout << compared << " effects compared\n";
    EXPECT_EQ(compared, 2686);
}

} // namespace
} // namespace accrue::test_effect_golden
