// Every measure's error in double, bounded by the same formulas at 50 digits over a wide random grid: from
// two participants to 1e9, events from none but one to all but one, standard deviations from 1e-6 to 1e6. The
// program prints the worst relative error of each measure's effect and variance:
//     test_effect_accuracy --gtest_filter='accuracy.*'

#include <accrue/effect.hpp>

#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_effect_accuracy {
namespace {

using precise = boost::multiprecision::cpp_bin_float_50;

// The double report at 50 digits: its numbers are taken as exact.
auto lift(arm const& x) -> basic_arm<precise> {
    return {x.n, x.mean, x.sd};
}
auto lift(events const& x) -> basic_events<precise> {
    return {x.count, x.total};
}
auto lift(rate const& x) -> basic_rate<precise> {
    return {x.events, x.time};
}
auto lift(measurement const& x) -> basic_measurement<precise> {
    return {x.mean, x.sd};
}
auto lift(association const& x) -> basic_association<precise> {
    return {x.n, precise(x.correlation.value())};
}
auto lift(matched_pairs const& x) -> basic_matched_pairs<precise> {
    return {x.both, x.treatment_only, x.control_only, x.neither};
}
auto lift(paired_arms const& x) -> basic_paired_arms<precise> {
    return {x.n, lift(x.treatment), lift(x.control), precise(x.correlation.value())};
}
auto lift(reliability const& x) -> basic_reliability<precise> {
    return {x.n, x.items, x.alpha};
}
auto lift(log_rank const& x) -> basic_log_rank<precise> {
    return {x.observed_minus_expected, x.variance};
}
auto lift(two_sample_t const& x) -> basic_two_sample_t<precise> {
    return {x.n_treatment, x.n_control, x.t};
}
auto lift(paired_t const& x) -> basic_paired_t<precise> {
    return {x.n, x.t};
}
auto lift(correlated_t const& x) -> basic_correlated_t<precise> {
    return {x.n, x.t, precise(x.correlation.value())};
}
auto lift(cohens_d const& x) -> basic_cohens_d<precise> {
    return {x.n_treatment, x.n_control, x.d};
}
auto lift(range_summary const& x) -> basic_range_summary<precise> {
    return {x.n, x.minimum, x.median, x.maximum};
}
auto lift(quartile_summary const& x) -> basic_quartile_summary<precise> {
    return {x.n, x.first_quartile, x.median, x.third_quartile};
}
auto lift(five_number_summary const& x) -> basic_five_number_summary<precise> {
    return {x.n, x.minimum, x.first_quartile, x.median, x.third_quartile, x.maximum};
}
template <class T>
auto lift(two_arms<T> const& x) -> two_arms<decltype(lift(x.treatment))> {
    return {lift(x.treatment), lift(x.control)};
}

auto relative_error(double actual, precise const& exact) -> double {
    if (exact < 0 || exact > 0)
        return std::abs(static_cast<double>((precise(actual) - exact) / exact));
    return std::abs(actual);
}

// What is drawn. One in eight studies has groups that hardly differ, where differences and ratios cancel.
class grid {
  public:
    explicit grid(unsigned long seed) : generator_(seed) {}

    auto uniform(double low, double high) -> double {
        return std::uniform_real_distribution<double>(low, high)(generator_);
    }
    auto log_uniform(double low, double high) -> double {
        return std::exp(uniform(std::log(low), std::log(high)));
    }
    auto size() -> double { return std::round(log_uniform(3, 1e9)); }
    auto alike() -> bool { return uniform(0, 8) < 1; }
    auto near(double x) -> double { return x * (1 + uniform(-1, 1) * log_uniform(1e-12, 1e-2)); }
    auto sign() -> double { return uniform(0, 1) < 0.5 ? -1 : 1; }

    auto one_arm() -> arm { return {size(), sign() * log_uniform(1e-6, 1e6), log_uniform(1e-6, 1e6)}; }
    auto arms() -> two_arms<arm> {
        auto const first = one_arm();
        auto second = one_arm();
        if (second.mean * first.mean < 0)
            second.mean = -second.mean;
        if (alike())
            second = {second.n, near(first.mean), near(first.sd)};
        return {first, second};
    }
    auto group() -> events {
        auto const total = size() + 1;
        auto const few = std::max(1.0, std::floor(log_uniform(1, total - 1)));
        auto const count = std::min(few, total - 1);
        return {uniform(0, 1) < 0.5 ? count : total - count, total};
    }
    auto trial() -> two_arms<events> {
        auto const first = group();
        if (!alike())
            return {first, group()};
        auto const times = std::round(log_uniform(1, 1e3));
        auto const more = std::min(first.count * times + 1, first.total * times - 1);
        return {first, {more, first.total * times}};
    }
    auto person_time() -> two_arms<rate> {
        auto const first = rate{size(), log_uniform(1e-3, 1e9)};
        if (alike())
            return {first, {near(first.events), near(first.time)}};
        return {first, {size(), log_uniform(1e-3, 1e9)}};
    }
    auto correlation_coefficient() -> double { return sign() * (1 - log_uniform(1e-9, 1)); }
    auto pairs() -> paired_arms {
        auto const both = arms();
        return {both.treatment.n,
                {both.treatment.mean, both.treatment.sd},
                {both.control.mean, both.control.sd},
                correlation_coefficient()};
    }
    auto pair_counts() -> matched_pairs { return {size(), size(), alike() ? 3.0 : size(), size()}; }
    auto correlated() -> association { return {size() + 2, correlation_coefficient()}; }
    auto scale() -> reliability {
        auto const alpha = uniform(0, 1) < 0.5 ? 1 - log_uniform(1e-9, 10) : log_uniform(1e-9, 0.5);
        return {size(), std::round(log_uniform(2, 1000)), alpha};
    }
    // Groups of similar size, as when a variable is cut near its middle.
    auto halves() -> cohens_d {
        auto const n = std::round(log_uniform(10, 1e9));
        return {n, std::round(n * uniform(0.5, 2)), sign() * log_uniform(1e-6, 2)};
    }
    auto moderate_d() -> cohens_d { return {size(), size(), sign() * log_uniform(1e-6, 10)}; }
    auto statistic() -> two_sample_t { return {size(), size(), sign() * log_uniform(1e-6, 1e3)}; }
    auto paired_statistic() -> paired_t { return {size(), sign() * log_uniform(1e-6, 1e3)}; }
    auto correlated_statistic() -> correlated_t {
        return {size(), sign() * log_uniform(1e-6, 1e3), correlation_coefficient()};
    }
    auto reported_d() -> cohens_d { return {size(), size(), sign() * log_uniform(1e-6, 1e3)}; }
    auto survival() -> log_rank { return {sign() * log_uniform(1e-3, 1e3), log_uniform(1e-3, 1e6)}; }
    auto five() -> five_number_summary {
        auto const q1 = sign() * log_uniform(1e-6, 1e6);
        auto const step = [&] { return log_uniform(1e-6, 1e6); };
        auto const median = q1 + step();
        auto const q3 = median + step();
        return {size(), q1 - step(), q1, median, q3, q3 + step()};
    }
    auto range() -> range_summary {
        auto const x = five();
        return {x.n, x.minimum, x.median, x.maximum};
    }
    auto quartiles() -> quartile_summary {
        auto const x = five();
        return {x.n, x.first_quartile, x.median, x.third_quartile};
    }
    auto p_value() -> double {
        return uniform(0, 1) < 0.5 ? log_uniform(1e-300, 0.9) : 1 - log_uniform(1e-9, 0.5);
    }

  private:
    std::mt19937_64 generator_;
};

auto constexpr draws = 4000;
auto constexpr bound = 1e-13;

struct worst {
    double effect = 0;
    double variance = 0;
};

void print_row(std::string const& name, worst const& error, std::string const& remark = "") {
    std::printf("%-46s %9.1e %9.1e  %s\n", name.c_str(), error.effect, error.variance, remark.c_str());
}

class accuracy : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        std::printf("%-46s %9s %9s\n", "worst relative error of", "effect", "variance");
    }

    struct nothing_cancels {
        template <class Report>
        auto operator()(Report const&) const -> double {
            return 0;
        }
    };

    // The same generic callable in both types, over `draw`. Where an effect is a sum whose terms can cancel
    // whatever the arithmetic, `largest` gives the size of its largest term, and the error is relative to
    // that.
    template <class Draw, class Measure, class Largest = nothing_cancels>
    void expect_accurate(std::string const& name, Draw draw, Measure const& measure, int count = draws,
                         Largest const& largest = {}) {
        auto source = grid(20240229);
        auto error = worst{};
        for (auto i = 0; i < count; ++i) {
            auto const report = (source.*draw)();
            auto const actual = measure(report);
            auto const exact = measure(lift(report));
            auto const size = std::abs(static_cast<double>(exact.effect));
            auto const shrink = size > 0 ? size / std::max(size, largest(report)) : 1;
            error.effect = std::max(error.effect, relative_error(actual.effect, exact.effect) * shrink);
            error.variance = std::max(error.variance, relative_error(actual.variance, exact.variance));
        }
        auto const exempt = !std::is_same_v<Largest, nothing_cancels>;
        print_row(name, error, exempt ? "effect relative to its largest term: the sum can cancel" : "");
        EXPECT_LT(error.effect, bound) << name;
        EXPECT_LT(error.variance, bound) << name;
    }
};

// Qualifies: EFFECT-1
TEST_F(accuracy, binary) {
    expect_accurate("log_odds_ratio", &grid::trial, log_odds_ratio{});
    expect_accurate("log_odds_ratio, 0.5 always", &grid::trial,
                    log_odds_ratio{zero_cell_policy{constant_correction{}, all_studies{}}});
    expect_accurate("log_risk_ratio", &grid::trial, log_risk_ratio{});
    expect_accurate("log_odds_ratio, common risk", &grid::trial,
                    log_odds_ratio{zero_cell_policy{}, common_risk{}});
    expect_accurate("log_risk_ratio, common risk", &grid::trial,
                    log_risk_ratio{zero_cell_policy{}, common_risk{}});
    expect_accurate("risk_difference, common risk", &grid::trial,
                    risk_difference{zero_cell_policy{}, binomial_variance{}, common_risk{}});
    expect_accurate("risk_difference", &grid::trial, risk_difference{});
    expect_accurate("risk_difference, unbiased variance", &grid::trial,
                    risk_difference{zero_cell_policy{}, unbiased_binomial_variance{}});
    expect_accurate("peto_log_odds_ratio", &grid::trial, peto_log_odds_ratio{});
    expect_accurate("arcsine_difference", &grid::trial, arcsine_difference{});
    expect_accurate("yules_q", &grid::trial, yules_q{});
    expect_accurate("yules_y", &grid::trial, yules_y{});
    expect_accurate("phi_coefficient", &grid::trial, phi_coefficient{});
    expect_accurate("phi_coefficient, cross-sectional", &grid::trial,
                    phi_coefficient{cross_sectional_phi_variance{}});
    expect_accurate("probit_difference", &grid::trial, probit_difference{}, 500,
                    [](two_arms<events> const& trial) {
                        return std::max(std::abs(probit_proportion{}(trial.treatment).effect),
                                        std::abs(probit_proportion{}(trial.control).effect));
                    });
}

// Qualifies: EFFECT-1
TEST_F(accuracy, continuous) {
    expect_accurate("mean_difference", &grid::arms, mean_difference{});
    expect_accurate("mean_difference, pooled SDs", &grid::arms, mean_difference{pooled_sds{}});
    expect_accurate("standardized_mean_difference", &grid::arms, standardized_mean_difference{});
    expect_accurate("standardized_mean_difference, scaled", &grid::arms,
                    standardized_mean_difference{hedges_exact{}, scaled_variance{}});
    expect_accurate("standardized_mean_difference, unbiased", &grid::arms,
                    standardized_mean_difference{hedges_exact{}, unbiased_variance{}});
    expect_accurate("standardized_mean_difference, RevMan", &grid::arms,
                    standardized_mean_difference{hedges_approximate{}, revman_variance{}});
    expect_accurate("glass_delta", &grid::arms, glass_delta{});
    expect_accurate("glass_delta, unequal variances", &grid::arms,
                    glass_delta{hedges_exact{}, glass_unequal_variances{}});
    expect_accurate("heteroscedastic_standardized_mean_difference", &grid::arms,
                    heteroscedastic_standardized_mean_difference{});
    expect_accurate("log_ratio_of_means", &grid::arms, log_ratio_of_means{});
    auto const ratio = [](auto const& trial) {
        return std::abs(std::log(trial.treatment.mean / trial.control.mean));
    };
    auto const bias = [](arm const& group) {
        return group.sd * group.sd / (group.mean * group.mean * group.n);
    };
    auto const means = [=](two_arms<arm> const& trial) {
        return std::max({ratio(trial), bias(trial.treatment), bias(trial.control)});
    };
    auto const spreads = [](two_arms<arm> const& trial) {
        return std::max(std::abs(std::log(trial.treatment.sd / trial.control.sd)),
                        0.5 / (std::min(trial.treatment.n, trial.control.n) - 1));
    };
    expect_accurate("log_ratio_of_means, bias-corrected", &grid::arms, log_ratio_of_means{bias_corrected{}},
                    draws, means);
    expect_accurate("log_ratio_of_means, second order", &grid::arms, log_ratio_of_means{second_order{}},
                    draws, means);
    expect_accurate("log_variability_ratio", &grid::arms, log_variability_ratio{}, draws, spreads);
    expect_accurate("log_coefficient_of_variation_ratio", &grid::arms, log_coefficient_of_variation_ratio{},
                    draws,
                    [=](two_arms<arm> const& trial) { return std::max(spreads(trial), ratio(trial)); });
}

TEST_F(accuracy, person_time) {
    expect_accurate("log_incidence_rate_ratio", &grid::person_time, log_incidence_rate_ratio{});
    expect_accurate("incidence_rate_difference", &grid::person_time, incidence_rate_difference{});
    expect_accurate("square_root_rate_difference", &grid::person_time, square_root_rate_difference{});
}

TEST_F(accuracy, paired) {
    expect_accurate("mean_difference, paired", &grid::pairs, mean_difference{});
    expect_accurate("standardized_mean_change", &grid::pairs, standardized_mean_change{});
    expect_accurate("baseline_standardized_mean_change", &grid::pairs, baseline_standardized_mean_change{});
    expect_accurate("baseline_standardized_mean_change, unequal", &grid::pairs,
                    baseline_standardized_mean_change{hedges_exact{}, baseline_unequal_variances{}});
    expect_accurate("pooled_standardized_mean_change", &grid::pairs, pooled_standardized_mean_change{});
    expect_accurate("pooled_standardized_mean_change, unequal", &grid::pairs,
                    pooled_standardized_mean_change{hedges_exact{}, paired_unequal_variances{}});
    expect_accurate("crossover_standardized_mean_difference", &grid::pairs,
                    crossover_standardized_mean_difference{});
    expect_accurate("log_ratio_of_means, paired", &grid::pairs, log_ratio_of_means{});
    expect_accurate("log_variability_ratio, paired", &grid::pairs, log_variability_ratio{});
    expect_accurate("log_odds_ratio, matched pairs", &grid::pair_counts, log_odds_ratio{});
    expect_accurate("conditional_log_odds_ratio", &grid::pair_counts, conditional_log_odds_ratio{});
    expect_accurate("log_risk_ratio, matched pairs", &grid::pair_counts, log_risk_ratio{});
    expect_accurate("risk_difference, matched pairs", &grid::pair_counts, risk_difference{});
    expect_accurate("peto_log_odds_ratio, matched pairs", &grid::pair_counts, peto_log_odds_ratio{});
}

TEST_F(accuracy, one_group) {
    expect_accurate("proportion", &grid::group, proportion{});
    expect_accurate("log_proportion", &grid::group, log_proportion{});
    expect_accurate("logit_proportion", &grid::group, logit_proportion{});
    expect_accurate("arcsine_proportion", &grid::group, arcsine_proportion{});
    expect_accurate("freeman_tukey_proportion", &grid::group, freeman_tukey_proportion{});
    expect_accurate("probit_proportion", &grid::group, probit_proportion{}, 500);
    auto const treated = [](auto const& measure) {
        return [measure](auto const& trial) { return measure(trial.treatment); };
    };
    expect_accurate("incidence_rate", &grid::person_time, treated(incidence_rate{}));
    expect_accurate("log_incidence_rate", &grid::person_time, treated(log_incidence_rate{}));
    expect_accurate("square_root_incidence_rate", &grid::person_time, treated(square_root_incidence_rate{}));
    expect_accurate("freeman_tukey_incidence_rate", &grid::person_time,
                    treated(freeman_tukey_incidence_rate{}));
    expect_accurate("group_mean", &grid::one_arm, group_mean{});
    expect_accurate("log_group_mean", &grid::one_arm, [](auto group) {
        group.mean = group.mean < 0 ? decltype(group.mean)(-group.mean) : group.mean;
        return log_group_mean{}(group);
    });
    auto const bias = [](arm const& group) { return 0.5 / (group.n - 1); };
    expect_accurate("log_standard_deviation", &grid::one_arm, log_standard_deviation{}, draws,
                    [=](arm const& group) { return std::max(std::abs(std::log(group.sd)), bias(group)); });
    expect_accurate(
        "log_coefficient_of_variation", &grid::one_arm,
        [](auto group) {
            group.mean = group.mean < 0 ? decltype(group.mean)(-group.mean) : group.mean;
            return log_coefficient_of_variation{}(group);
        },
        draws,
        [=](arm const& group) {
            return std::max(std::abs(std::log(group.sd / std::abs(group.mean))), bias(group));
        });
    expect_accurate("standardized_mean", &grid::one_arm, standardized_mean{});
    expect_accurate("cronbach_alpha", &grid::scale, cronbach_alpha{});
    expect_accurate("bonett_transformed_alpha", &grid::scale, bonett_transformed_alpha{});
    expect_accurate("hakstian_whalen_transformed_alpha", &grid::scale, hakstian_whalen_transformed_alpha{});
}

TEST_F(accuracy, correlations) {
    expect_accurate("fisher_z", &grid::correlated, fisher_z{});
    expect_accurate("raw_correlation", &grid::correlated, raw_correlation{});
    expect_accurate("unbiased_correlation", &grid::correlated, unbiased_correlation{}, 100);
    expect_accurate("unbiased_correlation, unbiased variance", &grid::correlated,
                    unbiased_correlation{unbiased_correlation_variance{}}, 100);
}

TEST_F(accuracy, groups_as_a_variable) {
    expect_accurate("point_biserial_correlation", &grid::reported_d, point_biserial_correlation{});
    expect_accurate("point_biserial_correlation, cross-sectional", &grid::reported_d,
                    point_biserial_correlation{cross_sectional_point_biserial_variance{}});
    expect_accurate("biserial_correlation", &grid::halves, biserial_correlation{}, 500);
    expect_accurate("common_language_effect_size from d", &grid::moderate_d,
                    common_language_effect_size{standardized_mean_difference{uncorrected{}}}, 500);
    expect_accurate(
        "u3_from_d", &grid::moderate_d,
        [](auto const& x) { return u3_from_d(standardized_mean_difference{}(x)); }, 500);
}

// A number in place of an estimate: `effect` holds it.
template <class Real>
auto only(Real const& x) -> basic_estimate<Real> {
    return {x, Real(1)};
}

TEST_F(accuracy, reported_numbers) {
    expect_accurate("standardized_mean_difference from t", &grid::statistic, standardized_mean_difference{});
    expect_accurate("standardized_mean_difference from d", &grid::reported_d, standardized_mean_difference{});
    expect_accurate("standardized_mean_change from t", &grid::paired_statistic, standardized_mean_change{});
    expect_accurate("crossover_standardized_mean_difference from t", &grid::correlated_statistic,
                    crossover_standardized_mean_difference{});
    expect_accurate("log_hazard_ratio", &grid::survival, log_hazard_ratio{});
    auto const as_arm = [](auto const& summary) {
        auto const group = arm_from_quantiles(summary);
        return basic_estimate<std::remove_cvref_t<decltype(group.mean)>>{group.mean, group.sd};
    };
    auto const largest_quantile = [](auto const& x) {
        return std::max(std::abs(x.median), std::max(std::abs(x.minimum), std::abs(x.maximum)));
    };
    expect_accurate("arm_from_quantiles, range (mean, SD)", &grid::range, as_arm, 500, largest_quantile);
    expect_accurate(
        "arm_from_quantiles, quartiles (mean, SD)", &grid::quartiles, as_arm, 500,
        [](quartile_summary const& x) {
            return std::max({std::abs(x.median), std::abs(x.first_quartile), std::abs(x.third_quartile)});
        });
    expect_accurate("arm_from_quantiles, five numbers (mean, SD)", &grid::five, as_arm, 500,
                    largest_quantile);
    expect_accurate(
        "combine (mean, SD)", &grid::arms,
        [](auto const& trial) {
            auto const group = combine(trial.treatment, trial.control);
            return basic_estimate<std::remove_cvref_t<decltype(group.mean)>>{group.mean, group.sd};
        },
        draws,
        [](two_arms<arm> const& trial) {
            return std::max(std::abs(trial.treatment.mean), std::abs(trial.control.mean));
        });
    expect_accurate("sd_of_difference", &grid::pairs,
                    [](auto const& study) { return only(sd_of_difference(study)); });
    expect_accurate("correlation_from_d", &grid::reported_d, [](auto const& x) {
        using Real = std::remove_cvref_t<decltype(x.d)>;
        return correlation_from_d(basic_estimate<Real>{x.d, Real(0.25)}, x.n_treatment, x.n_control);
    });
    expect_accurate("d_from_correlation", &grid::correlated,
                    [](auto const& x) { return d_from_correlation(raw_correlation{}(x)); });
    expect_accurate("log_odds_ratio_from_d", &grid::reported_d,
                    [](auto const& x) { return log_odds_ratio_from_d(standardized_mean_difference{}(x)); });
}

TEST_F(accuracy, intervals_and_p_values) {
    auto source = grid(7);
    auto interval_error = worst{};
    auto ratio_error = worst{};
    auto p_error = worst{};
    for (auto i = 0; i < 1000; ++i) {
        auto const lower = source.sign() * source.log_uniform(1e-6, 1e6);
        auto const upper = lower + source.log_uniform(1e-6, 1e6);
        auto const level = 1 - source.log_uniform(1e-6, 0.5);
        auto const exact = from_interval(basic_interval<precise>{lower, upper}, {precise(level)});
        auto const actual = from_interval(interval{lower, upper}, {level});
        auto const larger = std::max(std::abs(lower), std::abs(upper));
        interval_error.effect = std::max(
            interval_error.effect, std::abs(static_cast<double>((actual.effect - exact.effect) / larger)));
        interval_error.variance =
            std::max(interval_error.variance, relative_error(actual.variance, exact.variance));

        auto const low = std::abs(lower);
        auto const high = low * (1 + source.log_uniform(1e-6, 1e3));
        auto const middle = low + (high - low) / 2;
        auto const exact_ratio = from_ratio_interval(precise(middle), basic_interval<precise>{low, high});
        auto const actual_ratio = from_ratio_interval(middle, interval{low, high});
        ratio_error.effect =
            std::max(ratio_error.effect, relative_error(actual_ratio.effect, exact_ratio.effect));
        ratio_error.variance =
            std::max(ratio_error.variance, relative_error(actual_ratio.variance, exact_ratio.variance));

        auto const p = source.p_value();
        auto const exact_p = from_p_value(precise(lower), reported::basic_two_sided_p<precise>{precise(p)});
        auto const actual_p = from_p_value(lower, reported::two_sided_p{p});
        p_error.effect = std::max(p_error.effect, relative_error(actual_p.effect, exact_p.effect));
        p_error.variance = std::max(p_error.variance, relative_error(actual_p.variance, exact_p.variance));
    }
    print_row("from_interval", interval_error, "effect relative to the larger limit: the middle can cancel");
    print_row("from_ratio_interval", ratio_error);
    print_row("from_p_value, normal", p_error);
    for (auto const& error : {interval_error, ratio_error, p_error}) {
        EXPECT_LT(error.effect, bound);
        EXPECT_LT(error.variance, bound);
    }
}

TEST_F(accuracy, small_sample_correction) {
    auto source = grid(11);
    auto error = worst{};
    for (auto i = 0; i < draws; ++i) {
        auto const df = source.log_uniform(1.0001, 1e12);
        error.effect =
            std::max(error.effect, relative_error(hedges_exact{}(df), hedges_exact{}(precise(df))));
        error.variance =
            std::max(error.variance, relative_error(hedges_exact{}.square_minus_one(df),
                                                    hedges_exact{}.square_minus_one(precise(df))));
    }
    print_row("hedges_exact (J, J^2 - 1)", error);
    EXPECT_LT(error.effect, 1e-15);
    EXPECT_LT(error.variance, bound);
}

// The expansion itself, which both sides of the comparison above share, against gamma functions at 100
// digits.
TEST_F(accuracy, small_sample_correction_is_the_ratio_of_gamma_functions) {
    using more_precise = boost::multiprecision::cpp_bin_float_100;
    for (auto const df : {1.25, 2.0, 3.0, 10.0, 13.9, 14.1, 99.0, 1e4, 1e6}) {
        auto const m = more_precise(df);
        more_precise const logarithm =
            boost::math::lgamma(more_precise(m / 2)) - boost::math::lgamma(more_precise((m - 1) / 2));
        more_precise const exact = exp(logarithm) / sqrt(more_precise(m / 2));
        more_precise const error = more_precise(hedges_exact{}(precise(df))) / exact - 1;
        EXPECT_LT(abs(error), 1e-48) << df;
    }
}

// As above for the hypergeometric functions: the integral against the power series where both apply.
TEST_F(accuracy, the_two_ways_to_the_unbiased_correlation_agree) {
    for (auto const r : {0.3, 0.6, 0.7}) {
        for (auto const n : {38.0, 39.5, 40.0}) {
            precise const u = (1 - precise(r)) * (1 + precise(r));
            auto const series_estimate =
                detail::hypergeometric_rest<precise>(precise(0.5), (precise(n) - 2) / 2, u);
            auto const series_variance = detail::hypergeometric_rest<precise>(precise(1), precise(n) / 2, u);
            auto const integral = detail::olkin_pratt(precise(n), precise(r));
            EXPECT_LT(abs(precise(integral.estimate / series_estimate - 1)), 1e-40);
            EXPECT_LT(abs(precise(integral.variance / series_variance - 1)), 1e-40);
        }
    }
}

} // namespace
} // namespace accrue::test_effect_accuracy
