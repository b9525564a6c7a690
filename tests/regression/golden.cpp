// Every row of the golden tables of meta-regressions: coefficients, fit, predictions; compared cell by cell,
// or excluded by name with a reason.

#include "support/ledger.hpp"
#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/evidence/likelihood.hpp>
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace accrue::test_regression_golden {
namespace {

using test::closed;
using test::golden;
using test::iterated;
using test::ledger;
using test::row;

// Columns of years as they are: the normal equations of the golden values' program lose eight digits to them.
// What is right is shown at 50 digits (laws.cpp).
constexpr double uncentred = 1e-6;

double tolerance_of(row const& r, double const otherwise) {
    auto const& formula = r.text("formula");
    return formula.find("year") != std::string::npos && formula.find("I(") == std::string::npos ? uncentred
                                                                                                : otherwise;
}

double tolerance_of(row const& r) {
    auto const& method = r.text("method");
    bool const is_iterated = method == "ML" || method == "REML" || method == "PM" || method == "EB";
    return tolerance_of(r, is_iterated ? iterated : closed);
}

/// Calls `visit` with the model of that name.
template <class Visit>
auto with_model(std::string const& method, std::string const& test, Visit const& visit) {
    auto const random = [&](auto const& estimator) {
        return test == "knha" ? visit(random_effects{estimator, hartung_knapp{}})
                              : visit(random_effects{estimator, wald{}});
    };
    if (method == "EE") {
        return visit(common_effect{});
    }
    if (method == "DL") {
        return random(dersimonian_laird{});
    }
    if (method == "HE") {
        return random(hedges_olkin{});
    }
    if (method == "HS") {
        return random(hunter_schmidt{});
    }
    if (method == "SJ") {
        return random(sidik_jonkman{});
    }
    if (method == "ML") {
        return random(maximum_likelihood{});
    }
    if (method == "REML") {
        return random(reml{});
    }
    if (method == "PM" || method == "EB") {
        return random(paule_mandel{});
    }
    throw std::invalid_argument("no method " + method);
}

struct data_set {
    std::vector<estimate> estimates;
    std::vector<row> rows; ///< of input.csv, of the studies that have an estimate
};

data_set read_data(std::string const& name, std::string const& measure) {
    auto const input = golden(name + "/input.csv");
    data_set result;
    if (input.has("yi")) {
        for (auto const& r : input) {
            result.estimates.push_back({r.number("yi"), r.number("vi")});
            result.rows.push_back(r);
        }
        return result;
    }
    for (auto const& r : golden(name + "/effects.csv")) {
        bool const plain = r.text("measure") == measure && r.text("vtype") == "LS" &&
                           r.text("to") == "only0" && r.text("drop00") == "FALSE" &&
                           r.text("correct") == "default" && (r.text("add") == "0.5" || r.text("add") == "0");
        if (plain && !r.missing("yi")) {
            result.estimates.push_back({r.number("yi"), r.number("vi")});
            result.rows.push_back(input[static_cast<std::size_t>(r.number("i")) - 1]);
        }
    }
    return result;
}

/// The moderators of a formula such as ~ablat+alloc; words are factors, numbers are numbers.
moderators moderators_of(std::string const& formula, data_set const& data) {
    auto result = moderators{};
    auto const add = [&](std::string const& name, bool const centred) {
        auto numbers = std::vector<double>{};
        auto labels = std::vector<std::string>{};
        for (auto const& r : data.rows) {
            labels.push_back(r.text(name));
            try {
                numbers.push_back(r.number(name));
            } catch (std::invalid_argument const&) {
            }
        }
        if (numbers.size() != labels.size()) {
            result = result.with_factor(name, labels);
            return;
        }
        double const mean =
            std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
        for (double& number : numbers) {
            number -= centred ? mean : 0;
        }
        result = result.with(name, numbers);
    };
    if (formula == "~I(year-mean(year))") {
        add("year", true);
        return result;
    }
    auto rest = formula.substr(1);
    for (std::size_t plus = 0; plus != std::string::npos;) {
        plus = rest.find('+');
        add(rest.substr(0, plus), false);
        rest = plus == std::string::npos ? "" : rest.substr(plus + 1);
    }
    return result;
}

/// Calls `visit(data, moderators, row)` for each row of that table in each data set.
template <class Visit>
void for_each_row(std::string const& file, Visit const& visit) {
    for (auto const& set : golden("manifest.csv")) {
        auto const name = set.text("dataset");
        if (!std::filesystem::exists(std::filesystem::path(ACCRUE_GOLDEN_DIR) / name / file)) {
            continue;
        }
        auto const data = read_data(name, set.text("main_measure"));
        for (auto const& r : golden(name + "/" + file)) {
            visit(data, moderators_of(r.text("formula"), data), r);
        }
    }
}

// Qualifies: REGRESSION-1
TEST(GoldenMetaRegression, Coefficients) {
    auto book = ledger("metareg_coef");
    auto place = std::size_t{0};
    auto last = std::string{};
    for_each_row("metareg_coef.csv", [&](data_set const& data, moderators const& given, row const& r) {
        auto const key = r.text("measure") + r.text("formula") + r.text("method") + r.text("test");
        place = key == last ? place + 1 : 0;
        last = key;
        auto const fit = with_model(r.text("method"), r.text("test"), [&](auto const& model) {
            return meta_regression(model, data.estimates, given);
        });
        double const tolerance = tolerance_of(r);
        auto const one = coefficient(fit, place);
        auto const interval = confidence_intervals(fit, 0.95)[place];
        EXPECT_EQ(fit.status, status::ok);
        book.compared();
        double const se = standard_error(one);
        book.cell(r, "beta", fit.coefficients[place], tolerance, tolerance * se);
        book.cell(r, "se", std::sqrt(fit.covariance(static_cast<int>(place), static_cast<int>(place))),
                  tolerance);
        book.cell(r, "stat", test_statistic(one), tolerance, tolerance);
        book.cell(r, "pval", p_values(fit)[place], tolerance * 100);
        book.cell(r, "ci_lb", interval.lower, tolerance, tolerance * se);
        book.cell(r, "ci_ub", interval.upper, tolerance, tolerance * se);
    });
    EXPECT_EQ(book.rows(), 595U);
}

// Qualifies: REGRESSION-1
TEST(GoldenMetaRegression, Fits) {
    auto book = ledger("metareg_fit");
    for_each_row("metareg_fit.csv", [&](data_set const& data, moderators const& given, row const& r) {
        auto const method = r.text("method");
        double const tolerance = tolerance_of(r);
        book.compared();
        with_model(method, r.text("test"), [&](auto const& model) {
            auto const fit = meta_regression(model, data.estimates, given);
            auto const studies = moderated(data.estimates, given);
            auto const left = residual_heterogeneity(model, fit);
            auto const omnibus = omnibus_test(fit);
            std::size_t const p = fit.coefficients.size();
            book.cell(r, "k", static_cast<double>(fit.k), 0);
            book.cell(r, "p", static_cast<double>(p), 0);
            book.cell(r, "tau2", fit.tau_squared, tolerance);
            book.cell(r, "I2", 100 * left.i_squared, tolerance);
            book.cell(r, "H2", left.h_squared, tolerance);
            book.cell(r, "QE", left.q, tolerance_of(r, closed));
            book.cell(r, "QEp", left.p_value, tolerance_of(r, 1e-9));
            book.cell(r, "QM", omnibus.statistic, tolerance, tolerance);
            book.cell(r, "QMp", omnibus.p_value, tolerance * 100);
            book.cell(r, "QMdf1", omnibus.degrees_of_freedom, 0);
            book.cell(r, "QMdf2", omnibus.denominator_degrees_of_freedom, 0);
            book.cell(r, "logLik_ML", log_likelihood(studies, fit.tau_squared), tolerance, tolerance);
            double const restricted = restricted_log_likelihood(studies, fit.tau_squared);
            book.cell(r, "logLik_REML", restricted, tolerance, tolerance);
            if constexpr (detail::model_with_parts<std::remove_cvref_t<decltype(model)>>) {
                book.cell(r, "R2", 100 * r_squared(model, data.estimates, given), tolerance, tolerance);
                book.cell(r, "AICc_REML", information_criteria(restricted, p + 1, fit.k - p).corrected_aic,
                          tolerance, tolerance);
                if constexpr (requires { model.estimator.standard_error(studies, 0.0); }) {
                    book.cell(r, "se_tau2", model.estimator.standard_error(studies, fit.tau_squared),
                              tolerance);
                }
            } else {
                book.cell(r, "R2", 100 * r_squared(model, data.estimates, given), tolerance, tolerance);
                book.cell(r, "AICc_REML", information_criteria(restricted, p, fit.k - p).corrected_aic,
                          tolerance);
            }
        });
    });
    EXPECT_EQ(book.rows(), 255U);
}

// Qualifies: REGRESSION-1
TEST(GoldenMetaRegression, Predictions) {
    auto book = ledger("metareg_pred");
    for_each_row("metareg_pred.csv", [&](data_set const& data, moderators const& given, row const& r) {
        auto const method = r.text("method");
        double const tolerance = tolerance_of(r);
        book.compared();
        with_model(method, r.text("test"), [&](auto const& model) {
            auto const fit = meta_regression(model, data.estimates, given);
            auto const i = static_cast<std::size_t>(r.number("i")) - 1;
            auto const columns = given.design(data.estimates.size()).columns();
            auto numbers = std::vector<double>{};
            for (int j = 0; j < columns.cols(); ++j) {
                numbers.push_back(columns(static_cast<int>(i), j));
            }
            auto const found = predict(fit, numbers, 0.95);
            double const floor = tolerance * std::sqrt(found.variance);
            book.cell(r, "fit", found.effect, tolerance, floor);
            book.cell(r, "se", std::sqrt(found.variance), tolerance);
            book.cell(r, "ci_lb", found.confidence.lower, tolerance, floor);
            book.cell(r, "ci_ub", found.confidence.upper, tolerance, floor);
            book.cell(r, "pi_lb", found.prediction.lower, tolerance, floor);
            book.cell(r, "pi_ub", found.prediction.upper, tolerance, floor);
        });
    });
    EXPECT_GT(book.rows(), 0U);
}

} // namespace
} // namespace accrue::test_regression_golden
