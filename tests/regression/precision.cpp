// Meta-regression against plain matrix formulas at 100 digits, and against itself at 50.

#include "support/moderated_example.hpp"
#include "support/relative.hpp"
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>
#include <accrue/regression/predict.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace accrue::test_regression_precision {
namespace {

using test::example;
using test::simulated;

using exact =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>, boost::multiprecision::et_off>;

// Plain matrices at 100 digits.
struct plain_matrices {
    using matrix = Eigen::Matrix<exact, Eigen::Dynamic, Eigen::Dynamic>;

    matrix x;
    matrix w;
    matrix p;
    matrix coefficients;
    matrix covariance;
    exact q;
    exact unit;

    plain_matrices(example const& data, moderators const& given, exact const& tau_squared) {
        auto const columns = given.design(data.estimates.size()).columns();
        auto const k = columns.rows();
        x = matrix(k, columns.cols());
        w = matrix::Zero(k, k);
        matrix y(k, 1);
        unit = exact(1e300);
        for (Eigen::Index i = 0; i < k; ++i) {
            auto const& study = data.estimates[static_cast<std::size_t>(i)];
            exact const total = exact(study.variance) + tau_squared;
            unit = total < unit ? total : unit;
            w(i, i) = 1 / total;
            y(i, 0) = exact(study.effect);
            for (Eigen::Index j = 0; j < columns.cols(); ++j) {
                x(i, j) = exact(columns(i, j));
            }
        }
        covariance = (x.transpose() * w * x).inverse();
        coefficients = covariance * x.transpose() * w * y;
        p = w - w * x * covariance * x.transpose() * w;
        q = (y.transpose() * p * y)(0, 0);
        squares = (y.transpose() * p * p * y)(0, 0);
        cubes = (y.transpose() * p * p * p * y)(0, 0);
        log_information = log(exact((x.transpose() * w * x).determinant()));
    }
    exact squares;
    exact cubes;
    exact log_information;
};

// Qualifies: REGRESSION-1
TEST(Fit, IsThatOfPlainMatricesAt100Digits) {
    // From ordinary studies to ones a million million times as precise as others; years as they are.
    for (unsigned seed = 1; seed <= 12; ++seed) {
        double const spread = 0.5 * seed;
        auto const data = simulated(seed, 9 + seed, spread);
        for (double const tau_squared : {0.0, 1e-4, 0.3}) {
            SCOPED_TRACE("spread " + std::to_string(spread) + ", tau² " + std::to_string(tau_squared));
            auto const studies = moderated(data.estimates, data.all());
            auto const fit = inverse_variance_fit(studies, tau_squared);
            auto const reference = plain_matrices(data, data.all(), exact(tau_squared));
            auto const value = [](exact const& x) { return static_cast<double>(x); };
            double const unit = value(reference.unit);
            EXPECT_RELATIVE(fit.unit, unit, 1e-15);
            EXPECT_RELATIVE(fit.q(), value(reference.q), 1e-12);
            EXPECT_RELATIVE(fit.trace(), unit * value(reference.p.trace()), 1e-12);
            EXPECT_RELATIVE(fit.squared_trace(), unit * unit * value((reference.p * reference.p).trace()),
                            1e-12);
            EXPECT_RELATIVE(fit.score_squares(), unit * value(reference.squares), 1e-11);
            EXPECT_RELATIVE(fit.curvature_squares(), unit * unit * value(reference.cubes), 1e-11);
            EXPECT_RELATIVE(fit.log_information(), value(reference.log_information), 1e-13);
            auto const regression = meta_regression(random_effects{fixed_tau_squared{tau_squared}}, studies);
            for (int j = 0; j < reference.coefficients.rows(); ++j) {
                double const error = std::sqrt(value(reference.covariance(j, j)));
                EXPECT_RELATIVE(regression.coefficients[static_cast<std::size_t>(j)],
                                value(reference.coefficients(j, 0)), 1e-12, 1e-12 * error);
                EXPECT_RELATIVE(regression.covariance(j, j), value(reference.covariance(j, j)), 1e-12);
            }
        }
    }
}

/// The test that the coefficients from one on are zero, by the formulas of Kenward & Roger 1997, but with the
/// adjusted covariance in all places, as the library has it.
struct plain_kenward_roger {
    exact statistic;
    exact degrees_of_freedom;

    plain_kenward_roger(plain_matrices const& at, Eigen::Index const first, Eigen::Index const hypotheses) {
        using matrix = plain_matrices::matrix;
        exact const of_tau_squared = 2 / exact((at.p * at.p).trace()); // the variance of its estimate
        matrix const slope = -at.x.transpose() * at.w * at.w * at.x;
        matrix const bend = at.x.transpose() * at.w * at.w * at.w * at.x;
        matrix const covariance = at.covariance + at.covariance * (bend - slope * at.covariance * slope) *
                                                      at.covariance * exact(2 * of_tau_squared);
        matrix const values = at.coefficients.block(first, 0, hypotheses, 1);
        matrix const inverse = covariance.block(first, first, hypotheses, hypotheses).inverse();
        matrix theta = matrix::Zero(covariance.rows(), covariance.cols());
        theta.block(first, first, hypotheses, hypotheses) = inverse;
        matrix const product = theta * covariance * slope * covariance;
        exact const l = static_cast<int>(hypotheses);
        exact const a1 = of_tau_squared * product.trace() * product.trace();
        exact const a2 = of_tau_squared * (product * product).trace();
        exact const b = (a1 + 6 * a2) / (2 * l);
        exact const g = ((l + 1) * a1 - (l + 4) * a2) / ((l + 2) * a2);
        exact const below = 3 * l + 2 * (1 - g);
        exact const c1 = g / below;
        exact const c2 = (l - g) / below;
        exact const c3 = (l + 2 - g) / below;
        exact const mean = 1 / (1 - a2 / l);
        exact const variance = 2 / l * (1 + c1 * b) / ((1 - c2 * b) * (1 - c2 * b) * (1 - c3 * b));
        exact const rho = variance / (2 * mean * mean);
        degrees_of_freedom = 4 + (l + 2) / (l * rho - 1);
        exact const scale = degrees_of_freedom / (mean * (degrees_of_freedom - 2));
        statistic = scale / l * (values.transpose() * inverse * values)(0, 0);
    }
};

TEST(KenwardRogerTest, OfSeveralCoefficientsFollowsTheFormulasOfItsPaper) {
    std::size_t compared = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        auto const data = simulated(seed, 12 + seed, 0.1 * seed);
        auto const fit = meta_regression(random_effects{reml{}, kenward_roger{}}, data.estimates, data.all());
        auto const reference = plain_matrices(data, data.all(), exact(fit.tau_squared));
        auto const compare = [&](basic_coefficient_test<double> const& test, Eigen::Index const first) {
            auto const expected =
                plain_kenward_roger(reference, first, static_cast<Eigen::Index>(test.degrees_of_freedom));
            if (!(expected.degrees_of_freedom > 0 && expected.statistic > 0)) {
                EXPECT_EQ(to_string(test.status), "undefined");
                return;
            }
            EXPECT_EQ(to_string(test.status), "ok");
            EXPECT_RELATIVE(test.statistic, static_cast<double>(expected.statistic), 1e-11);
            EXPECT_RELATIVE(test.denominator_degrees_of_freedom,
                            static_cast<double>(expected.degrees_of_freedom), 1e-11);
            ++compared;
        };
        SCOPED_TRACE(seed);
        compare(omnibus_test(fit), 1);
        compare(moderator_test(fit, "kind"), 2);
    }
    EXPECT_GT(compared, 35u);
}

/// Where variances are far above tau², that it was estimated costs next to no degrees of freedom: there are
/// the more of them, and the test exists.
TEST(KenwardRogerTest, ExistsWhereTauSquaredHardlyMatters) {
    for (double const error : {1e2, 1e3, 1e4, 1e5, 1e6}) {
        auto data = example{};
        for (int i = 0; i < 12; ++i) {
            data.kind.emplace_back(i < 6 ? "near" : i % 2 == 0 ? "far" : "away");
            double const size = i < 6 ? 1 : error;
            data.estimates.push_back({size * std::sin(3.0 * i), 0.1 * (1 + i % 4) * size * size});
        }
        auto const given = moderators{}.with_factor("kind", data.kind);
        auto const fit = meta_regression(random_effects{reml{}, kenward_roger{}}, data.estimates, given);
        ASSERT_GT(fit.tau_squared, 0);
        auto const expected = plain_kenward_roger(plain_matrices(data, given, exact(fit.tau_squared)), 1, 2);
        auto const test = omnibus_test(fit);
        EXPECT_EQ(to_string(test.status), "ok") << error;
        // Coefficients lose digits as the ratio of standard errors grows, what tau² does to their variances
        // as that of variances does.
        double const rounding = 10 * std::numeric_limits<double>::epsilon() * error;
        EXPECT_RELATIVE(test.statistic, static_cast<double>(expected.statistic), rounding) << error;
        EXPECT_RELATIVE(test.denominator_degrees_of_freedom, static_cast<double>(expected.degrees_of_freedom),
                        rounding * error)
            << error;
    }
}

TEST(Regression, KeepsItsDigitsAtFifty) {
    using precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>,
                                                  boost::multiprecision::et_off>;
    auto const data = simulated(4, 13, 1);
    auto estimates = std::vector<basic_estimate<precise>>{};
    auto years = std::vector<precise>{};
    for (std::size_t i = 0; i < data.estimates.size(); ++i) {
        estimates.push_back({precise(data.estimates[i].effect), precise(data.estimates[i].variance)});
        years.emplace_back(data.year[i]);
    }
    auto const check = [&](auto const& model) {
        auto const rough = meta_regression(
            model, data.estimates, moderators{}.with("year", data.year).with_factor("kind", data.kind));
        auto const fine = meta_regression(
            model, estimates, basic_moderators<precise>{}.with("year", years).with_factor("kind", data.kind));
        EXPECT_RELATIVE(rough.tau_squared, static_cast<double>(fine.tau_squared), 1e-9);
        for (std::size_t j = 0; j < 4; ++j) {
            EXPECT_RELATIVE(rough.coefficients[j], static_cast<double>(fine.coefficients[j]), 1e-9);
            EXPECT_RELATIVE(p_values(rough)[j], static_cast<double>(p_values(fine)[j]), 1e-8);
        }
        EXPECT_RELATIVE(omnibus_test(rough).p_value, static_cast<double>(omnibus_test(fine).p_value), 1e-8);
        auto const there = predict(rough, {{"year", 2001.0}, {"kind", "b"}}, 0.95);
        auto const exactly = predict(fine, {{"year", precise(2001)}, {"kind", "b"}}, 0.95);
        EXPECT_RELATIVE(there.prediction.upper, static_cast<double>(exactly.prediction.upper), 1e-8);
    };
    check(random_effects{dersimonian_laird{}, hartung_knapp{}});
    check(random_effects{reml{}, kenward_roger{}});
    check(common_effect{});
}

} // namespace
} // namespace accrue::test_regression_precision
