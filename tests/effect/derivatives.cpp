// Every measure differentiates: Boost's automatic derivatives with respect to each reported number agree with
// difference quotients at 50 digits, and where a variance formula is a delta method, with its square.

#include "support/relative.hpp"
#include <accrue/effect.hpp>

#include <boost/math/differentiation/autodiff.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace accrue::test_effect_derivatives {
namespace {

using dual = boost::math::differentiation::autodiff_fvar<double, 1>;
using precise = boost::multiprecision::cpp_bin_float_50;

template <class Real>
using numbers = std::vector<Real>;

// Reports made of a list of numbers.
struct arms {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> two_arms<basic_arm<Real>> {
        return {{x[0], x[1], x[2]}, {x[3], x[4], x[5]}};
    }
};
struct trial {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> two_arms<basic_events<Real>> {
        return {{x[0], x[1]}, {x[2], x[3]}};
    }
};
struct person_time {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> two_arms<basic_rate<Real>> {
        return {{x[0], x[1]}, {x[2], x[3]}};
    }
};
struct pairs {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_paired_arms<Real> {
        return {x[0], {x[1], x[2]}, {x[3], x[4]}, x[5]};
    }
};
struct pair_counts {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_matched_pairs<Real> {
        return {x[0], x[1], x[2], x[3]};
    }
};
struct group {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_events<Real> {
        return {x[0], x[1]};
    }
};
struct time_at_risk {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_rate<Real> {
        return {x[0], x[1]};
    }
};
struct one_arm {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_arm<Real> {
        return {x[0], x[1], x[2]};
    }
};
struct correlated {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_association<Real> {
        return {x[0], x[1]};
    }
};
struct plain_estimate {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_estimate<Real> {
        return {x[0], x[1]};
    }
};
struct scale {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_reliability<Real> {
        return {x[0], x[1], x[2]};
    }
};
struct survival {
    template <class Real>
    auto operator()(numbers<Real> const& x) const -> basic_log_rank<Real> {
        return {x[0], x[1]};
    }
};

template <class Report, class Measure>
auto gradient(Report const& report, Measure const& measure, numbers<double> const& at) -> numbers<double> {
    auto result = numbers<double>();
    for (std::size_t i = 0; i < at.size(); ++i) {
        auto x = numbers<dual>(at.begin(), at.end());
        x[i] = boost::math::differentiation::make_fvar<double, 1>(at[i]);
        result.push_back(measure(report(x)).effect.derivative(1));
    }
    return result;
}

// Twice the digits of a double: the quotient's error is h² = 1e-30.
template <class Report, class Measure>
auto quotients(Report const& report, Measure const& measure, numbers<double> const& at) -> numbers<double> {
    auto result = numbers<double>();
    for (std::size_t i = 0; i < at.size(); ++i) {
        auto const h = precise(1e-15) * (1 + std::abs(at[i]));
        auto up = numbers<precise>(at.begin(), at.end());
        auto down = up;
        up[i] += h;
        down[i] -= h;
        precise const difference = measure(report(up)).effect - measure(report(down)).effect;
        result.push_back(static_cast<double>(precise(difference / (2 * h))));
    }
    return result;
}

auto constexpr tolerance = 1e-11; // a few roundings in derivatives of up to fifty operations

template <class Report, class Measure>
void expect_derivatives(std::string const& name, Report const& report, Measure const& measure,
                        numbers<double> const& at) {
    SCOPED_TRACE(name);
    auto const actual = gradient(report, measure, at);
    auto const expected = quotients(report, measure, at);
    for (std::size_t i = 0; i < at.size(); ++i)
        EXPECT_RELATIVE(actual[i], expected[i], tolerance, 1e-14) << "with respect to number " << i;
    auto const plain = measure(report(at));
    auto const x = numbers<dual>(at.begin(), at.end());
    EXPECT_RELATIVE(measure(report(x)).effect.derivative(0), plain.effect, 1e-13);
    EXPECT_RELATIVE(measure(report(x)).variance.derivative(0), plain.variance, 1e-13);
}

// The delta method: gradient' Σ gradient, with Σ the sampling covariance of the reported numbers.
using covariance = std::function<double(std::size_t, std::size_t)>;

template <class Report, class Measure>
void expect_delta_method(std::string const& name, Report const& report, Measure const& measure,
                         numbers<double> const& at, covariance const& sampling) {
    SCOPED_TRACE(name);
    expect_derivatives(name, report, measure, at);
    auto const g = gradient(report, measure, at);
    auto sum = 0.0;
    for (std::size_t i = 0; i < at.size(); ++i)
        for (std::size_t j = 0; j < at.size(); ++j)
            sum += g[i] * sampling(i, j) * g[j];
    EXPECT_RELATIVE(measure(report(at)).variance, sum, tolerance);
}

auto independent(numbers<double> const& variances) -> covariance {
    return [=](std::size_t i, std::size_t j) { return i == j ? variances[i] : 0.0; };
}

// Qualifies: EFFECT-1
TEST(derivatives, binary_delta_method) {
    auto const at = numbers<double>{12, 80, 25, 95};
    auto const binomial = independent({12 * 68 / 80., 0, 25 * 70 / 95., 0});
    expect_delta_method("log_odds_ratio", trial{}, log_odds_ratio{}, at, binomial);
    expect_delta_method("log_risk_ratio", trial{}, log_risk_ratio{}, at, binomial);
    expect_delta_method("risk_difference", trial{}, risk_difference{}, at, binomial);
    expect_delta_method("arcsine_difference", trial{}, arcsine_difference{}, at, binomial);
    expect_derivatives("log_odds_ratio, common risk", trial{},
                       log_odds_ratio{zero_cell_policy{}, common_risk{}}, at);
    expect_derivatives("peto_log_odds_ratio", trial{}, peto_log_odds_ratio{}, at);
    expect_delta_method("yules_q", trial{}, yules_q{}, at, binomial);
    expect_delta_method("yules_y", trial{}, yules_y{}, at, binomial);
    expect_delta_method("phi_coefficient", trial{}, phi_coefficient{}, at, binomial);
    expect_delta_method("probit_difference", trial{}, probit_difference{}, at, binomial);

    auto const one = numbers<double>{12, 80};
    auto const one_binomial = independent({12 * 68 / 80., 0});
    expect_delta_method("proportion", group{}, proportion{}, one, one_binomial);
    expect_delta_method("log_proportion", group{}, log_proportion{}, one, one_binomial);
    expect_delta_method("logit_proportion", group{}, logit_proportion{}, one, one_binomial);
    expect_delta_method("arcsine_proportion", group{}, arcsine_proportion{}, one, one_binomial);
    expect_delta_method("probit_proportion", group{}, probit_proportion{}, one, one_binomial);
    expect_derivatives("freeman_tukey_proportion", group{}, freeman_tukey_proportion{}, one);
}

// Participants sampled at random who fall into four cells: the group sizes vary with the events.
TEST(derivatives, cross_sectional_phi_is_the_multinomial_delta_method) {
    auto const cells = [](auto const& x) {
        using Real = std::remove_cvref_t<decltype(x.both)>;
        return phi_coefficient{cross_sectional_phi_variance{}}(two_arms<basic_events<Real>>{
            {x.both, Real(x.both + x.treatment_only)}, {x.control_only, Real(x.control_only + x.neither)}});
    };
    auto const at = numbers<double>{12, 68, 25, 70};
    auto const multinomial = [=](std::size_t i, std::size_t j) {
        return (i == j ? at[i] : 0) - at[i] * at[j] / 175;
    };
    expect_delta_method("phi_coefficient, cross-sectional", pair_counts{}, cells, at, multinomial);
}

TEST(derivatives, matched_pairs_delta_method) {
    auto const at = numbers<double>{30, 12, 7, 41};
    auto const multinomial = [=](std::size_t i, std::size_t j) {
        return (i == j ? at[i] : 0) - at[i] * at[j] / 90;
    };
    expect_delta_method("log_odds_ratio", pair_counts{}, log_odds_ratio{}, at, multinomial);
    expect_delta_method("conditional_log_odds_ratio", pair_counts{}, conditional_log_odds_ratio{}, at,
                        multinomial);
    expect_delta_method("log_risk_ratio", pair_counts{}, log_risk_ratio{}, at, multinomial);
    expect_delta_method("risk_difference", pair_counts{}, risk_difference{}, at, multinomial);
    expect_derivatives("peto_log_odds_ratio", pair_counts{}, peto_log_odds_ratio{}, at);
}

TEST(derivatives, person_time_delta_method) {
    auto const at = numbers<double>{14, 130, 9, 55};
    auto const poisson = independent({14, 0, 9, 0});
    expect_delta_method("log_incidence_rate_ratio", person_time{}, log_incidence_rate_ratio{}, at, poisson);
    expect_delta_method("incidence_rate_difference", person_time{}, incidence_rate_difference{}, at, poisson);
    expect_delta_method("square_root_rate_difference", person_time{}, square_root_rate_difference{}, at,
                        poisson);
    auto const one = numbers<double>{14, 130};
    auto const one_poisson = independent({14, 0});
    expect_delta_method("incidence_rate", time_at_risk{}, incidence_rate{}, one, one_poisson);
    expect_delta_method("log_incidence_rate", time_at_risk{}, log_incidence_rate{}, one, one_poisson);
    expect_delta_method("square_root_incidence_rate", time_at_risk{}, square_root_incidence_rate{}, one,
                        one_poisson);
    expect_derivatives("freeman_tukey_incidence_rate", time_at_risk{}, freeman_tukey_incidence_rate{}, one);
    expect_derivatives("log_hazard_ratio", survival{}, log_hazard_ratio{}, {-4, 11});
}

// Qualifies: EFFECT-1
TEST(derivatives, continuous_delta_method) {
    auto const at = numbers<double>{40, 21, 6, 35, 17, 4.5};
    auto const normal_theory = independent({0, 36 / 40., 36 / 78., 0, 4.5 * 4.5 / 35, 4.5 * 4.5 / 68});
    expect_delta_method("mean_difference", arms{}, mean_difference{}, at, normal_theory);
    expect_delta_method("log_ratio_of_means", arms{}, log_ratio_of_means{}, at, normal_theory);
    expect_delta_method("log_variability_ratio", arms{}, log_variability_ratio{}, at, normal_theory);
    expect_delta_method("log_coefficient_of_variation_ratio", arms{}, log_coefficient_of_variation_ratio{},
                        at, normal_theory);
    // Bonett's formulas have n - 1 for the means as well.
    auto const bonett = independent({0, 36 / 39., 36 / 78., 0, 4.5 * 4.5 / 34, 4.5 * 4.5 / 68});
    expect_delta_method("heteroscedastic_standardized_mean_difference", arms{},
                        heteroscedastic_standardized_mean_difference{uncorrected{}}, at, bonett);
    expect_delta_method("glass_delta, unequal variances", arms{},
                        glass_delta{uncorrected{}, glass_unequal_variances{}}, at, bonett);
    expect_delta_method("common_language_effect_size", arms{}, common_language_effect_size{}, at, bonett);
    expect_derivatives("glass_delta", arms{}, glass_delta{}, at);
    expect_derivatives("point_biserial_correlation", arms{}, point_biserial_correlation{}, at);
    expect_derivatives("biserial_correlation", arms{}, biserial_correlation{}, at);
    expect_derivatives("standardized_mean_difference", arms{}, standardized_mean_difference{}, at);
    expect_derivatives("standardized_mean_difference, unbiased", arms{},
                       standardized_mean_difference{hedges_exact{}, unbiased_variance{}}, at);
    auto const one = numbers<double>{40, 21, 6};
    auto const one_mean = independent({0, 36 / 40., 0});
    expect_delta_method("group_mean", one_arm{}, group_mean{}, one, one_mean);
    expect_delta_method("log_group_mean", one_arm{}, log_group_mean{}, one, one_mean);
    auto const one_normal = independent({0, 36 / 40., 36 / 78.});
    expect_delta_method("log_standard_deviation", one_arm{}, log_standard_deviation{}, one, one_normal);
    expect_delta_method("log_coefficient_of_variation", one_arm{}, log_coefficient_of_variation{}, one,
                        one_normal);
    auto const one_equal = independent({0, 36 / 40., 36 / 80.});
    expect_delta_method("standardized_mean", one_arm{}, standardized_mean{uncorrected{}}, one, one_equal);
    auto const alpha = numbers<double>{40, 7, 0.8};
    auto const alpha_variance = independent({0, 0, 14 * 0.04 / (6 * 38)});
    expect_delta_method("cronbach_alpha", scale{}, cronbach_alpha{}, alpha, alpha_variance);
    expect_delta_method("bonett_transformed_alpha", scale{}, bonett_transformed_alpha{}, alpha,
                        alpha_variance);
    expect_derivatives("hakstian_whalen_transformed_alpha", scale{}, hakstian_whalen_transformed_alpha{},
                       alpha);
}

TEST(derivatives, paired_delta_method) {
    auto const r = 0.6;
    auto const at = numbers<double>{30, 21, 6, 17, 4.5, r};
    auto const sampling = [=](double degrees_of_freedom) -> covariance {
        return [=](std::size_t i, std::size_t j) {
            auto const sd = [](std::size_t k) { return k <= 2 ? 6 : 4.5; };
            auto const product = sd(i) * sd(j);
            if ((i == 1 || i == 3) && (j == 1 || j == 3))
                return product * (i == j ? 1 : r) / 30;
            if ((i == 2 || i == 4) && (j == 2 || j == 4))
                return product * (i == j ? 1 : r * r) / (2 * degrees_of_freedom);
            return 0.0;
        };
    };
    expect_delta_method("mean_difference", pairs{}, mean_difference{}, at, sampling(29));
    expect_delta_method("log_ratio_of_means", pairs{}, log_ratio_of_means{}, at, sampling(29));
    expect_delta_method("log_variability_ratio", pairs{}, log_variability_ratio{}, at, sampling(29));
    expect_delta_method("log_coefficient_of_variation_ratio", pairs{}, log_coefficient_of_variation_ratio{},
                        at, sampling(29));
    expect_derivatives("standardized_mean_change", pairs{}, standardized_mean_change{}, at);
    expect_derivatives("crossover_standardized_mean_difference", pairs{},
                       crossover_standardized_mean_difference{}, at);
    expect_derivatives("baseline_standardized_mean_change", pairs{}, baseline_standardized_mean_change{}, at);
    expect_derivatives("pooled_standardized_mean_change", pairs{}, pooled_standardized_mean_change{}, at);
    // Bonett's formulas have n - 1 for the means as well.
    auto const bonett = [=](std::size_t i, std::size_t j) {
        auto const of_means = (i == 1 || i == 3) && (j == 1 || j == 3);
        return sampling(29)(i, j) * (of_means ? 30 / 29. : 1);
    };
    expect_delta_method("baseline_standardized_mean_change, unequal variances", pairs{},
                        baseline_standardized_mean_change{uncorrected{}, baseline_unequal_variances{}}, at,
                        bonett);
    expect_delta_method("pooled_standardized_mean_change, unequal variances", pairs{},
                        pooled_standardized_mean_change{uncorrected{}, paired_unequal_variances{}}, at,
                        bonett);
}

TEST(derivatives, correlations_and_conversions) {
    auto const at = numbers<double>{30, 0.4};
    expect_derivatives("fisher_z", correlated{}, fisher_z{}, at);
    expect_derivatives("unbiased_correlation", correlated{}, unbiased_correlation{}, at);
    auto const sampling = independent({0, 0.84 * 0.84 / 29});
    expect_delta_method("raw_correlation", correlated{}, raw_correlation{}, at, sampling);

    auto const d = numbers<double>{0.4, 0.05};
    auto const own = independent({0.05, 0});
    expect_delta_method(
        "log_odds_ratio_from_d", plain_estimate{}, [](auto const& x) { return log_odds_ratio_from_d(x); }, d,
        own);
    expect_delta_method(
        "d_from_log_odds_ratio", plain_estimate{}, [](auto const& x) { return d_from_log_odds_ratio(x); }, d,
        own);
    expect_delta_method(
        "correlation_from_d", plain_estimate{}, [](auto const& x) { return correlation_from_d(x, 20, 35); },
        d, own);
    expect_delta_method(
        "common_language_from_d", plain_estimate{}, [](auto const& x) { return common_language_from_d(x); },
        d, own);
    expect_delta_method(
        "u3_from_d", plain_estimate{}, [](auto const& x) { return u3_from_d(x); }, d, own);
    expect_delta_method(
        "d_from_correlation", plain_estimate{}, [](auto const& x) { return d_from_correlation(x); }, d, own);
}

} // namespace
} // namespace accrue::test_effect_derivatives
