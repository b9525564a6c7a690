// Every row of the golden tables that the pooling half of the library covers is compared, cell by cell, or is
// excluded by name with a reason: a row that is neither fails.

#include "support/ledger.hpp"
#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace accrue::test_model_golden {
namespace {

using test::closed;
using test::golden;
using test::iterated;
using test::ledger;
using test::row;
using test::table;

using estimator = std::function<tau_squared_estimate(study_evidence<double> const&)>;
using uncertainty = std::function<basic_precision<double>(weighted_fit<double> const&)>;
using model = std::function<pooled(study_evidence<double> const&)>;

/// A data set's estimates for one measure and the studies' places in the table; studies without an estimate
/// are left out, as the golden values' program does.
struct data_set {
    std::vector<estimate> estimates;
    std::vector<std::size_t> places;
};

data_set read_estimates(std::string const& name, std::string const& measure) {
    data_set result;
    auto const add = [&](std::size_t const place, double const effect, double const variance) {
        if (!std::isnan(effect) && !std::isnan(variance)) {
            result.estimates.push_back({effect, variance});
            result.places.push_back(place);
        }
    };
    if (auto const input = golden(name + "/input.csv"); input.has("yi")) {
        for (std::size_t i = 0; i < input.size(); ++i) {
            add(i + 1, input[i].number("yi"), input[i].number("vi"));
        }
        return result;
    }
    for (auto const& r : golden(name + "/effects.csv")) {
        if (r.text("measure") == measure && r.text("vtype") == "LS" && r.text("to") == "only0" &&
            r.text("drop00") == "FALSE" && r.text("correct") == "default" &&
            (r.text("add") == "0.5" || r.text("add") == "0")) {
            add(static_cast<std::size_t>(r.number("i")), r.number("yi"), r.number("vi"));
        }
    }
    return result;
}

/// The data sets and their main measures.
std::vector<row> manifest() {
    auto const all = golden("manifest.csv");
    return {all.begin(), all.end()};
}

bool exists(std::string const& file) {
    return std::filesystem::exists(std::filesystem::path(ACCRUE_GOLDEN_DIR) / file);
}

/// Calls `visit(data set, row)` for each row of the table of that name in each data set.
template <class Visit>
void for_each_row(std::string const& file, Visit const& visit) {
    for (auto const& set : manifest()) {
        auto const path = set.text("dataset") + "/" + file;
        if (exists(path)) {
            for (auto const& r : golden(path)) {
                visit(set, r);
            }
        }
    }
}

std::map<std::string, estimator> const estimators = {
    {"EE", basic_fixed_tau_squared<double>{0}},
    {"DL", dersimonian_laird{}},
    {"HE", hedges_olkin{}},
    {"HS", hunter_schmidt{}},
    {"HSk", hunter_schmidt_small_sample{}},
    {"SJ", sidik_jonkman{}},
    {"ML", maximum_likelihood{}},
    {"REML", reml{}},
    {"EB", paule_mandel{}},
    {"PM", paule_mandel{}},
    {"PMM", median_unbiased_paule_mandel{}},
    {"HM", hartung_makambi{}},
    {"DL2", two_step{dersimonian_laird{}}},
    {"HE2", two_step{hedges_olkin{}}},
    {"SJ2", two_step_sidik_jonkman{}},
    {"GENQ_invse_REw", generalised_q{inverse_standard_error_weights{}}},
};

std::map<std::string, uncertainty> const uncertainties = {
    {"z", wald{}}, {"t", wald_t{}}, {"knha", hartung_knapp{}}, {"adhoc", hartung_knapp_floored{}}};

/// Models whose weights do not follow from an estimator of tau².
std::map<std::string, model> const weighted_models = {
    {"GENQ_invvar", weighted_average{inverse_variance_weights{}, generalised_q{inverse_variance_weights{}}}},
    {"GENQ_invse",
     weighted_average{inverse_standard_error_weights{}, generalised_q{inverse_standard_error_weights{}}}},
    {"REML_unweighted", weighted_average{equal_weights{}, reml{}}},
    {"DL_IVhet", ivhet{dersimonian_laird{}}},
    {"REML_IVhet", ivhet{reml{}}},
};

model find_model(std::string const& method, std::string const& test) {
    if (auto const found = weighted_models.find(method); found != weighted_models.end()) {
        return test == "z" ? found->second : model();
    }
    auto const first = estimators.find(method);
    auto const second = uncertainties.find(test);
    if (first == estimators.end() || second == uncertainties.end()) {
        return {};
    }
    return [composed = random_effects{first->second, second->second}](study_evidence<double> const& studies) {
        return composed(studies);
    };
}

using standard_error_function = std::function<double(study_evidence<double> const&, double)>;

template <class Estimator>
standard_error_function error_of(Estimator const& which) {
    return [which](study_evidence<double> const& studies, double const tau_squared) {
        return double(which.standard_error(studies, tau_squared));
    };
}

std::map<std::string, standard_error_function> const standard_errors = {
    {"DL", error_of(dersimonian_laird{})},
    {"HE", error_of(hedges_olkin{})},
    {"HS", error_of(hunter_schmidt{})},
    {"HSk", error_of(hunter_schmidt_small_sample{})},
    {"SJ", error_of(sidik_jonkman{})},
    {"ML", error_of(maximum_likelihood{})},
    {"REML", error_of(reml{})},
    {"EB", error_of(paule_mandel{})},
    {"PM", error_of(paule_mandel{})},
    {"PMM", error_of(median_unbiased_paule_mandel{})},
    {"REML_unweighted", error_of(reml{})},
    {"DL_IVhet", error_of(dersimonian_laird{})},
    {"REML_IVhet", error_of(reml{})},
    {"GENQ_invvar", error_of(generalised_q{inverse_variance_weights{}})},
    {"GENQ_invse", error_of(generalised_q{inverse_standard_error_weights{}})},
};

bool is_iterated(std::string const& method) {
    return method.starts_with("REML") || method == "ML" || method == "EB" || method.starts_with("PM");
}

/// The pooled effect, its test and interval, in the columns that all tables share. An effect is compared on
/// the scale of its standard error, since it can cancel to nothing; a tail probability loses digits in
/// proportion to the square of the statistic.
void compare_effect(ledger& book, row const& r, pooled const& result, double const tolerance,
                    double const least_tau_squared = 0) {
    double const error = standard_error(result);
    double const statistic = test_statistic(result);
    book.cell(r, "beta", result.effect, tolerance, tolerance * error);
    book.cell(r, "se", error, tolerance);
    if (r.has("stat")) {
        book.cell(r, "stat", statistic, tolerance, tolerance);
    }
    // Below 1e-300 their p-values are 0.
    book.cell(r, "pval", p_value(result), tolerance * std::max(1.0, statistic * statistic), 1e-300);
    auto const ci = confidence_interval(result, 0.95);
    book.cell(r, "ci_lb", ci.lower, tolerance, tolerance * ci.width());
    book.cell(r, "ci_ub", ci.upper, tolerance, tolerance * ci.width());
    if (r.has("tau2")) {
        book.cell(r, "tau2", result.tau_squared, tolerance, least_tau_squared);
    }
}

// Qualifies: TAU-1 POOL-1
TEST(GoldenPooling, PooledEffectsByEveryMethodAndTest) {
    ledger book("pooled.csv");
    for_each_row("pooled.csv", [&](row const& set, row const& r) {
        auto const& method = r.text("method");
        auto const compute = find_model(method, r.text("test"));
        ASSERT_TRUE(compute) << r.where() << " " << method << " " << r.text("test");
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const studies = detail::as_evidence(data.estimates);
        ASSERT_EQ(double(studies.size()), r.number("k")) << r.where();
        auto const result = compute(studies);
        EXPECT_EQ(result.status, status::ok);
        double const tolerance = is_iterated(method) ? iterated : closed;
        compare_effect(book, r, result, tolerance);

        auto const spread = heterogeneity(data.estimates);
        bool const common = method == "EE";
        book.cell(r, "I2",
                  100 * (common ? spread.i_squared
                                : i_squared_from_tau_squared(result.tau_squared, data.estimates)),
                  tolerance);
        book.cell(r, "H2",
                  common ? spread.h_squared : h_squared_from_tau_squared(result.tau_squared, data.estimates),
                  tolerance);
        book.cell(r, "QE", spread.q, tolerance, closed * double(spread.degrees_of_freedom) * 1e-3);
        book.cell(r, "QEp", spread.p_value, closed * std::max(1.0, spread.q));
        book.cell(r, "I2_Q", 100 * spread.i_squared, closed);
        book.cell(r, "H2_Q", spread.h_squared, closed, closed * 1e-3);
        book.cell(r, "D2", diversity(data.estimates, compute), tolerance, tolerance * 1e-3);
        book.cell(r, "Rb", between_study_share(data.estimates, compute), tolerance);
        if (auto const error = standard_errors.find(method); error != standard_errors.end()) {
            book.cell(r, "se_tau2", error->second(studies, result.tau_squared), tolerance);
        } else {
            EXPECT_TRUE(r.missing("se_tau2")) << r.where();
        }

        // The golden values' program was handed the tau² of these as known, and so counts the mean alone.
        std::set<std::string> const given = {"EE", "HM", "DL2", "HE2", "SJ2", "GENQ_invse_REw"};
        auto const parameters = std::size_t(given.contains(method) ? 1 : 2);
        if (weighted_models.contains(method)) {
            book.exclude("likelihoods of weighted models: theirs is at the weighted mean, ours is maximal "
                         "over the mean");
        } else {
            double const plain = log_likelihood(data.estimates, result.tau_squared);
            double const restricted = restricted_log_likelihood(data.estimates, result.tau_squared);
            double const floor = tolerance * double(studies.size());
            book.cell(r, "logLik_ML", plain, tolerance, floor);
            book.cell(r, "logLik_REML", restricted, tolerance, floor);
            auto const of_plain = information_criteria(plain, parameters, studies.size());
            auto const of_restricted = information_criteria(restricted, parameters, studies.size() - 1);
            book.cell(r, "AIC_ML", of_plain.aic, tolerance, floor);
            book.cell(r, "BIC_ML", of_plain.bic, tolerance, floor);
            book.cell(r, "AIC_REML", of_restricted.aic, tolerance, floor);
            book.cell(r, "BIC_REML", of_restricted.bic, tolerance, floor);
            if (studies.size() > parameters + 1) {
                book.cell(r, "AICc_ML", of_plain.corrected_aic, tolerance, floor);
            } else {
                EXPECT_EQ(of_plain.corrected_aic, std::numeric_limits<double>::infinity());
            }
            if (studies.size() - 1 > parameters + 1) {
                book.cell(r, "AICc_REML", of_restricted.corrected_aic, tolerance, floor);
            }
        }

        auto const predict = [&](std::string const& name, auto const& rule) {
            if (!r.missing("pi_lb_" + name)) {
                auto const range = prediction_interval(result, 0.95, rule);
                book.cell(r, "pi_lb_" + name, range.lower, tolerance, tolerance * range.width());
                book.cell(r, "pi_ub_" + name, range.upper, tolerance, tolerance * range.width());
            }
        };
        predict("z", infinite_degrees_of_freedom{});
        predict("tkm1", k_minus_one{});
        predict("tkm2", k_minus_two{});
        book.compared();
    });
    EXPECT_GE(book.rows(), 2500u);
}

/// Rows of pooled results without some of the studies, in cumul.csv and leave1out.csv.
void compare_sequence(ledger& book, row const& r, std::vector<pooled> const& results,
                      std::vector<heterogeneity_summary> const& spreads, std::size_t const index,
                      double const i_squared_from_tau) {
    auto const& method = r.text("method");
    double const tolerance = is_iterated(method) ? iterated : closed;
    compare_effect(book, r, results.at(index), tolerance);
    auto const& spread = spreads.at(index);
    book.cell(r, "QE", spread.q, tolerance, closed * 1e-3);
    book.cell(r, "QEp", spread.p_value, closed * std::max(1.0, spread.q));
    double const i_squared = method == "EE" ? spread.i_squared : i_squared_from_tau;
    book.cell(r, "I2", 100 * i_squared, tolerance);
    book.cell(r, "H2", method == "EE" ? spread.h_squared : 1 / (1 - i_squared), tolerance * 10);
    book.compared();
}

// Qualifies: INFERENCE-2
TEST(GoldenPooling, CumulativeResults) {
    ledger book("cumul.csv");
    for_each_row("cumul.csv", [&](row const& set, row const& r) {
        auto const compute = find_model(r.text("method"), r.text("test"));
        ASSERT_TRUE(compute) << r.where();
        auto const name = set.text("dataset");
        auto const data = read_estimates(name, set.text("main_measure"));
        auto const orders = golden(name + "/input.csv").numbers("cumul_order");
        std::vector<std::pair<double, std::size_t>> by_date;
        for (std::size_t i = 0; i < data.places.size(); ++i) {
            by_date.emplace_back(orders.at(data.places[i] - 1), i);
        }
        std::sort(by_date.begin(), by_date.end());
        std::vector<estimate> ordered;
        for (auto const& [date, i] : by_date) {
            ordered.push_back(data.estimates[i]);
        }
        auto const results = cumulative(compute, ordered);
        std::vector<heterogeneity_summary> spreads;
        for (std::size_t count = 1; count <= ordered.size(); ++count) {
            spreads.push_back(heterogeneity(std::span(ordered).first(count)));
        }
        auto const index = static_cast<std::size_t>(r.number("i")) - 1;
        compare_sequence(book, r, results, spreads, index,
                         i_squared_from_tau_squared(results.at(index).tau_squared,
                                                    std::span<estimate const>(ordered).first(index + 1)));
    });
    EXPECT_GE(book.rows(), 2100u);
}

// Qualifies: INFERENCE-2
TEST(GoldenPooling, LeaveOneOut) {
    ledger book("leave1out.csv");
    for_each_row("leave1out.csv", [&](row const& set, row const& r) {
        auto const compute = find_model(r.text("method"), r.text("test"));
        ASSERT_TRUE(compute) << r.where();
        auto const data = read_estimates(set.text("dataset"), set.text("main_measure"));
        auto const place = static_cast<std::size_t>(r.number("i"));
        auto const found = std::find(data.places.begin(), data.places.end(), place);
        ASSERT_NE(found, data.places.end());
        auto const index = static_cast<std::size_t>(found - data.places.begin());
        auto const results = leave_one_out(compute, data.estimates);
        std::vector<heterogeneity_summary> spreads;
        std::vector<estimate> rest;
        for (std::size_t i = 0; i < data.estimates.size(); ++i) {
            auto others = data.estimates;
            others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
            spreads.push_back(heterogeneity(others));
            if (i == index) {
                rest = others;
            }
        }
        compare_sequence(book, r, results, spreads, index,
                         i_squared_from_tau_squared(results.at(index).tau_squared, rest));
    });
    EXPECT_GE(book.rows(), 1200u);
}

std::size_t index_of(data_set const& data, row const& r) {
    auto const found =
        std::find(data.places.begin(), data.places.end(), static_cast<std::size_t>(r.number("i")));
    EXPECT_NE(found, data.places.end()) << r.where();
    return static_cast<std::size_t>(found - data.places.begin());
}

// Qualifies: INFERENCE-2
TEST(GoldenPooling, InfluenceDiagnostics) {
    ledger book("influence.csv");
    for_each_row("influence.csv", [&](row const& set, row const& r) {
        auto const data = read_estimates(set.text("dataset"), set.text("main_measure"));
        auto const diagnostics =
            influence(random_effects{estimators.at(r.text("method"))}, data.estimates).at(index_of(data, r));
        // The golden values themselves carry 1e-8 here; a change of the pooled effect is compared on the
        // scale of the effect's standard error, which is 1 in these units.
        book.cell(r, "rstudent", diagnostics.studentised_residual, iterated, iterated);
        book.cell(r, "dffits", diagnostics.dffits, iterated, iterated);
        book.cell(r, "cook_d", diagnostics.cooks_distance, iterated, iterated);
        book.cell(r, "cov_r", diagnostics.covariance_ratio, iterated);
        // Where tau² is 0 their iteration ends a little above it.
        auto const studies = detail::as_evidence(data.estimates);
        book.cell(r, "tau2_del", diagnostics.tau_squared_deleted, iterated,
                  1e-9 * studies.smallest_variance());
        book.cell(r, "QE_del", diagnostics.q_deleted, iterated, 1e-12);
        book.cell(r, "hat", diagnostics.hat, iterated);
        book.cell(r, "weight", 100 * diagnostics.hat, iterated);
        book.cell(r, "dfbs", diagnostics.dfbetas, iterated, iterated);
        auto const all = random_effects{estimators.at(r.text("method"))}(studies);
        double const error =
            std::sqrt(data.estimates.at(index_of(data, r)).variance + all.tau_squared - all.variance);
        book.cell(r, "resid", diagnostics.residual, iterated, iterated * error);
        book.cell(r, "rstandard_se", error, iterated);
        book.cell(r, "rstandard_z", diagnostics.standardised_residual, iterated, iterated);
        book.compared();
    });
    EXPECT_GE(book.rows(), 890u);
}

TEST(GoldenPooling, StudyEffectsByBestLinearUnbiasedPrediction) {
    ledger book("blup.csv");
    for_each_row("blup.csv", [&](row const& set, row const& r) {
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const prediction = study_effects(random_effects{reml{}}, data.estimates).at(index_of(data, r));
        double const error = std::sqrt(prediction.variance);
        book.cell(r, "pred", prediction.effect, iterated, iterated * error);
        book.cell(r, "se", error, iterated);
        auto const ci = confidence_interval(prediction, 0.95);
        book.cell(r, "pi_lb", ci.lower, iterated, iterated * ci.width());
        book.cell(r, "pi_ub", ci.upper, iterated, iterated * ci.width());
        book.compared();
    });
    EXPECT_GE(book.rows(), 300u);
}

TEST(GoldenPooling, BaujatCoordinatesAndWeights) {
    ledger book("plotdata.csv");
    for_each_row("plotdata.csv", [&](row const& set, row const& r) {
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const i = index_of(data, r);
        auto const point = baujat(data.estimates).at(i);
        book.cell(r, "baujat_x", point.heterogeneity, closed, 1e-14);
        book.cell(r, "baujat_y", point.influence, 1e-9, 1e-14);
        auto const weight = [&](std::string const& method) {
            return forest_rows(random_effects{estimators.at(method)}, data.estimates, 0.95).at(i).weight;
        };
        book.cell(r, "weight_EE", weight("EE"), closed);
        book.cell(r, "weight_DL", weight("DL"), closed);
        book.cell(r, "weight_REML", weight("REML"), iterated);
        book.compared();
    });
    EXPECT_GE(book.rows(), 300u);
}

/// The estimates of each group, in alphabetical order of the groups' names.
std::map<std::string, std::vector<estimate>> read_groups(row const& set, std::string const& measure,
                                                         std::string const& column) {
    auto const name = set.text("dataset");
    auto const data = read_estimates(name, measure);
    auto const input = golden(name + "/input.csv");
    std::map<std::string, std::vector<estimate>> groups;
    for (std::size_t i = 0; i < data.places.size(); ++i) {
        groups[input[data.places[i] - 1].text(column)].push_back(data.estimates[i]);
    }
    return groups;
}

std::vector<std::vector<estimate>> values(std::map<std::string, std::vector<estimate>> const& groups) {
    std::vector<std::vector<estimate>> result;
    for (auto const& [name, group] : groups) {
        result.push_back(group);
    }
    return result;
}

// Qualifies: INFERENCE-2
TEST(GoldenPooling, SubgroupsWithSeparateTauSquared) {
    ledger book("subgroup.csv");
    for_each_row("subgroup.csv", [&](row const& set, row const& r) {
        if (r.text("tau2_mode") != "separate") {
            book.exclude(
                "tau2_mode 'common': holds a tau² for each group, fitted jointly to about 1e-6; a common "
                "tau² is compared with metareg_fit.csv");
            return;
        }
        auto const& method = r.text("method");
        double const tolerance = is_iterated(method) ? iterated : closed;
        auto const groups = read_groups(set, r.text("measure"), "group");
        auto const analysis = subgroups(random_effects{estimators.at(method)}, values(groups));
        if (r.text("group") == "_between_") {
            book.cell(r, "beta", analysis.combined.effect, tolerance);
            book.cell(r, "se", standard_error(analysis.combined), tolerance);
            book.cell(r, "QE", analysis.q_between, 10 * tolerance);
            book.cell(r, "QEp", analysis.p_value, 10 * tolerance * std::max(1.0, analysis.q_between));
        } else {
            auto const found = groups.find(r.text("group"));
            ASSERT_NE(found, groups.end()) << r.where();
            auto const index = static_cast<std::size_t>(std::distance(groups.begin(), found));
            auto const& result = analysis.groups.at(index);
            EXPECT_EQ(double(result.k), r.number("k"));
            compare_effect(book, r, result, tolerance);
            auto const spread = heterogeneity(found->second);
            book.cell(r, "QE", spread.q, closed);
            book.cell(r, "QEp", spread.p_value, closed * std::max(1.0, spread.q));
            book.cell(r, "I2",
                      100 * (method == "EE" ? spread.i_squared
                                            : i_squared_from_tau_squared(result.tau_squared, found->second)),
                      tolerance);
        }
        book.compared();
    });
    EXPECT_GE(book.rows(), 30u);
}

using grouped_estimator = std::function<tau_squared_estimate(grouped_evidence<double> const&)>;

// Qualifies: INFERENCE-2
TEST(GoldenPooling, SubgroupsWithACommonTauSquared) {
    std::map<std::string, grouped_estimator> const common_estimators = {
        {"EE", basic_fixed_tau_squared<double>{0}},
        {"DL", dersimonian_laird{}},
        {"HE", hedges_olkin{}},
        {"HS", hunter_schmidt{}},
        {"SJ", sidik_jonkman{}},
        {"ML", maximum_likelihood{}},
        {"REML", reml{}},
        {"EB", paule_mandel{}},
        {"PM", paule_mandel{}},
    };
    ledger book("metareg_fit.csv");
    for_each_row("metareg_fit.csv", [&](row const& set, row const& r) {
        auto const input = golden(set.text("dataset") + "/input.csv");
        auto const column = r.text("formula").substr(1);
        if (column != "alloc" && column != "design" && column != "quality" && column != "caregivers") {
            book.exclude("continuous or several moderators: meta-regression");
            return;
        }
        auto const groups = values(read_groups(set, r.text("measure"), column));
        if (double(groups.size()) != r.number("p") || r.text("test") != "z") {
            book.exclude(r.text("test") != "z" ? "F test: meta-regression" : "moderator that is not a group");
            return;
        }
        auto const found = common_estimators.find(r.text("method"));
        ASSERT_NE(found, common_estimators.end()) << r.where();
        double const tolerance = is_iterated(r.text("method")) ? iterated : closed;
        auto const tau_squared = common_tau_squared(found->second, groups);
        book.cell(r, "tau2", tau_squared.value, tolerance);
        auto const analysis = subgroups(random_effects{tau_squared}, groups);
        book.cell(r, "QM", analysis.q_between, 10 * tolerance, 1e-12);
        book.cell(r, "QMp", analysis.p_value, 10 * tolerance * std::max(1.0, analysis.q_between));
        book.compared();
    });
    EXPECT_GE(book.rows(), 27u);
}

using interval_method =
    std::function<basic_tau_squared_interval<double>(study_evidence<double> const&, double)>;

void compare_tau_squared_interval(ledger& book, row const& r, interval_method const& method,
                                  std::vector<estimate> const& estimates, double const tolerance) {
    auto const set = tau_squared_interval(method, estimates, 0.95);
    EXPECT_EQ(set.status, status::ok) << r.where();
    book.cell(r, "tau2_lb", set.lower, tolerance);
    book.cell(r, "tau2_ub", set.upper, tolerance);
    book.cell(r, "tau_lb", std::sqrt(set.lower), tolerance);
    book.cell(r, "tau_ub", std::sqrt(set.upper), tolerance);
    auto const i_squared = i_squared_interval(method, estimates, 0.95);
    book.cell(r, "I2_lb", 100 * i_squared.lower, tolerance);
    book.cell(r, "I2_ub", 100 * i_squared.upper, tolerance);
    auto const h_squared = h_squared_interval(method, estimates, 0.95);
    book.cell(r, "H2_lb", h_squared.lower, tolerance);
    book.cell(r, "H2_ub", h_squared.upper, tolerance);
    book.compared();
}

// Qualifies: TAU-3
TEST(GoldenPooling, IntervalsForTauSquaredAndWhatFollowsFromThem) {
    ledger book("tau2ci.csv");
    for_each_row("tau2ci.csv", [&](row const& set, row const& r) {
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const& type = r.text("type");
        // There the golden values' root finder stops at its absolute tolerance.
        double const tolerance = set.text("dataset") == "edge_tiny_scale" ? 1e-6 : iterated;
        if (type == "QP") {
            compare_tau_squared_interval(book, r, q_profile{}, data.estimates, tolerance);
        } else if (type == "PL" && r.text("method") == "REML") {
            compare_tau_squared_interval(book, r, profile_likelihood{reml{}}, data.estimates, tolerance);
        } else if (type == "PL") {
            ASSERT_EQ(r.text("method"), "ML");
            compare_tau_squared_interval(book, r, profile_likelihood{maximum_likelihood{}}, data.estimates,
                                         tolerance);
        } else {
            ASSERT_EQ(type, "HT_I2_from_Q") << r.where();
            auto const i_squared = i_squared_interval(test_based{}, data.estimates, 0.95);
            book.cell(r, "I2_lb", 100 * i_squared.lower, closed);
            book.cell(r, "I2_ub", 100 * i_squared.upper, closed);
            auto const h_squared = h_squared_interval(test_based{}, data.estimates, 0.95);
            book.cell(r, "H2_lb", h_squared.lower, closed);
            book.cell(r, "H2_ub", h_squared.upper, closed);
            book.compared();
        }
    });
    EXPECT_GE(book.rows(), 270u);
}

// Qualifies: TAU-3
TEST(GoldenPooling, GeneralisedQIntervalsForTauSquared) {
    ledger book("v5_tau2ci_genq.csv");
    for_each_row("v5_tau2ci_genq.csv", [&](row const& set, row const& r) {
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const& type = r.text("type");
        ASSERT_TRUE(type == "BJ" || type == "J") << r.where();
        if (set.text("dataset") == "edge_tiny_scale") {
            book.exclude(
                "variances of 1e-12, below the absolute tolerance of the golden values' root finder");
            return;
        }
        auto const found = type == "BJ"
                               ? tau_squared_interval(generalised_q_profile{inverse_variance_weights{}},
                                                      data.estimates, 0.95)
                               : tau_squared_interval(generalised_q_profile{inverse_standard_error_weights{}},
                                                      data.estimates, 0.95);
        // Their root finder stops within 2^-13 = 1.2e-4 of tau²; `GeneralisedQ` in heterogeneity.cpp defends
        // the digits beyond.
        double const root_finder = 1.3e-4;
        book.cell(r, "tau2_lb", found.lower, iterated, root_finder);
        book.cell(r, "tau2_ub", found.upper, iterated, root_finder);
        book.compared();
    });
    EXPECT_GE(book.rows(), 48u);
}

// Qualifies: POOL-1
TEST(GoldenPooling, HartungKnappVariantsAndKenwardRoger) {
    std::map<std::string, uncertainty> const variants = {{"classic", wald{}},
                                                         {"HK", hartung_knapp{}},
                                                         {"HK-se", hartung_knapp_floored{}},
                                                         {"HK-ci", hartung_knapp_hybrid{}},
                                                         {"KR", kenward_roger{}}};
    ledger book("meta_random_ci.csv");
    for_each_row("meta_random_ci.csv", [&](row const& set, row const& r) {
        auto const found = variants.find(r.text("method.random.ci"));
        if (found == variants.end()) {
            ASSERT_EQ(r.text("method.random.ci"), "HK-IQWiG6");
            book.exclude(
                "HK-IQWiG6, which compares with the DerSimonian-Laird interval whatever the estimator");
            return;
        }
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const& method = r.text("method.tau");
        double const tolerance = is_iterated(method) ? iterated : closed;
        auto const result = pool(random_effects{estimators.at(method), found->second}, data.estimates);
        // Where tau² is 0 their iteration ends a little above it.
        double const leftover =
            is_iterated(method) ? 1e-9 * detail::as_evidence(data.estimates).smallest_variance() : 0;
        compare_effect(book, r, result, tolerance, leftover);
        if (!r.missing("df")) {
            book.cell(r, "df", result.degrees_of_freedom, tolerance);
        }
        auto const spread = heterogeneity(data.estimates);
        book.cell(r, "I2_Q", spread.i_squared, closed);
        book.cell(r, "Q", spread.q, closed, 1e-13);
        book.cell(r, "pval_Q", spread.p_value, closed * std::max(1.0, spread.q));
        auto const i_squared = i_squared_interval(test_based{}, data.estimates, 0.95);
        book.cell(r, "I2_Q_lb", i_squared.lower, closed);
        book.cell(r, "I2_Q_ub", i_squared.upper, closed);
        auto const h_squared = h_squared_interval(test_based{}, data.estimates, 0.95);
        book.cell(r, "H_Q", std::max(1.0, std::sqrt(spread.h_squared)), closed);
        book.cell(r, "H_Q_lb", std::sqrt(h_squared.lower), closed);
        book.cell(r, "H_Q_ub", std::sqrt(h_squared.upper), closed);
        book.cell(r, "Rb", between_study_share(data.estimates, random_effects{estimators.at(method)}),
                  tolerance, is_iterated(method) ? 1e-9 : 0);
        book.compared();
    });
    EXPECT_GE(book.rows(), 400u);
}

// Qualifies: INFERENCE-1
TEST(GoldenPooling, PredictionIntervals) {
    ledger book("meta_prediction.csv");
    for_each_row("meta_prediction.csv", [&](row const& set, row const& r) {
        auto const data = read_estimates(set.text("dataset"), r.text("measure"));
        auto const& method = r.text("method.tau");
        auto const& rule = r.text("method.predict");
        double const tolerance = is_iterated(method) ? iterated : closed;
        auto const compare = [&](uncertainty const& known, auto const& degrees_of_freedom) {
            auto const result = pool(random_effects{estimators.at(method), known}, data.estimates);
            book.cell(r, "se_predict", std::sqrt(result.variance + result.tau_squared), tolerance);
            book.cell(r, "df_predict", degrees_of_freedom(result), tolerance);
            if (!r.missing("pi_lb")) {
                auto const range = prediction_interval(result, 0.95, degrees_of_freedom);
                book.cell(r, "pi_lb", range.lower, tolerance, tolerance * range.width());
                book.cell(r, "pi_ub", range.upper, tolerance, tolerance * range.width());
            }
            book.compared();
        };
        if (rule == "V") {
            compare(wald{}, k_minus_one{});
        } else if (rule == "HTS") {
            compare(wald{}, k_minus_two{});
        } else if (rule == "HK") {
            compare(hartung_knapp{}, k_minus_one{});
        } else if (rule == "HK-PR") {
            compare(hartung_knapp{}, k_minus_two{});
        } else if (rule == "KR") {
            compare(kenward_roger{}, degrees_of_freedom_of_effect{});
        } else if (rule == "KR-PR") {
            compare(kenward_roger{}, degrees_of_freedom_of_effect{.fewer = 1});
        } else {
            ASSERT_EQ(rule, "S") << r.where();
            compare(wald{}, infinite_degrees_of_freedom{});
        }
    });
    EXPECT_GE(book.rows(), 290u);
}

std::vector<two_arms<events>> read_tables(std::string const& name) {
    std::vector<two_arms<events>> trials;
    for (auto const& r : golden(name + "/input.csv")) {
        double const a = r.number("ai");
        double const c = r.number("ci");
        trials.push_back({{a, a + r.number("bi")}, {c, c + r.number("di")}});
    }
    return trials;
}

std::vector<two_arms<rate>> read_rates(std::string const& name) {
    std::vector<two_arms<rate>> trials;
    for (auto const& r : golden(name + "/input.csv")) {
        trials.push_back({{r.number("x1i"), r.number("t1i")}, {r.number("x2i"), r.number("t2i")}});
    }
    return trials;
}

// Qualifies: POOL-2
TEST(GoldenPooling, MantelHaenszelPetoAndTheTestsOfTables) {
    ledger book("mh_peto.csv");
    for_each_row("mh_peto.csv", [&](row const& set, row const& r) {
        auto const name = set.text("dataset");
        auto const& method = r.text("method");
        auto const compare = [&](pooled const& result, std::vector<estimate> const& estimates) {
            EXPECT_EQ(result.status, status::ok);
            compare_effect(book, r, result, closed);
            EXPECT_EQ(double(estimates.size()), r.number("k_yi")) << r.where();
            double const q = q_about(result.effect, estimates);
            double const freedom = double(estimates.size()) - 1;
            book.cell(r, "QE", q, closed);
            book.cell(r, "QEp", chi_squared{freedom}.survival(q), closed * std::max(1.0, q));
            book.cell(r, "I2", 100 * i_squared_from_q(q, freedom), closed);
            book.cell(r, "H2", h_squared_from_q(q, freedom), closed);
            book.compared();
        };
        // Their Q is about estimates with 0.5 added where there is a zero, without double-zero studies;
        // Peto's without additions.
        auto const policy =
            zero_cell_policy{constant_correction{}, studies_with_a_zero{}, drop_double_zeros{}};
        auto const uncorrected =
            zero_cell_policy{no_correction{}, studies_with_a_zero{}, drop_double_zeros{}};
        double const continuity = r.text("correct") == "TRUE" ? 0.5 : 0;
        auto const compare_test = [&](std::string const& column, chi_squared_test const& test) {
            book.cell(r, column, test.statistic, closed, 1e-13);
            book.cell(r, column + "p", test.p_value, closed * std::max(1.0, test.statistic));
        };
        if (set.text("type") == "t22") {
            auto const trials = read_tables(name);
            if (method == "MH_OR") {
                compare(pool(mantel_haenszel{}, trials), effects(log_odds_ratio{policy}, trials));
                compare_test("CO", cochran_test(trials, continuity));
                compare_test("MH", cochran_mantel_haenszel_test(trials, continuity));
                auto const one_odds_ratio = breslow_day_test(trials);
                compare_test("BD", one_odds_ratio.breslow_day);
                compare_test("TA", one_odds_ratio.tarone);
            } else if (method == "MH_RR") {
                compare(pool(mantel_haenszel{log_risk_ratio{}}, trials),
                        effects(log_risk_ratio{policy}, trials));
            } else if (method == "MH_RD") {
                compare(pool(mantel_haenszel{risk_difference{}}, trials),
                        effects(risk_difference{policy}, trials));
            } else {
                ASSERT_EQ(method, "PETO");
                compare(pool(peto{}, trials), effects(peto_log_odds_ratio{uncorrected}, trials));
            }
        } else {
            ASSERT_EQ(set.text("type"), "rate2") << r.where();
            auto const trials = read_rates(name);
            if (method == "MH_IRR") {
                compare(pool(mantel_haenszel{log_incidence_rate_ratio{}}, trials),
                        effects(log_incidence_rate_ratio{policy}, trials));
                compare_test("MH", cochran_mantel_haenszel_test(trials, continuity));
            } else {
                ASSERT_EQ(method, "MH_IRD");
                compare(pool(mantel_haenszel{incidence_rate_difference{}}, trials),
                        effects(incidence_rate_difference{policy}, trials));
            }
        }
    });
    EXPECT_GE(book.rows(), 46u);
}

/// R meta's additions for the risk ratio: to the events and the total of a group, not to those without the
/// event.
template <class Correction>
two_arms<events> add_to_events(Correction const& correction, two_arms<events> const& trial) {
    auto const both = correction(trial);
    auto const only_events = [](events const& before, events const& after) {
        double const added = after.count - before.count;
        return events{before.count + added, before.total + added};
    };
    return {only_events(trial.treatment, both.treatment), only_events(trial.control, both.control)};
}

// Qualifies: POOL-2
TEST(GoldenPooling, BinaryOutcomesUnderEachHandlingOfZeroCells) {
    ledger book("meta_binary_cc.csv");
    for_each_row("meta_binary_cc.csv", [&](row const& set, row const& r) {
        auto const& sm = r.text("sm");
        auto const& method = r.text("method");
        std::vector<two_arms<events>> trials;
        for (auto const& trial : read_tables(set.text("dataset"))) {
            auto const& [treatment, control] = trial;
            bool const no_events = !(treatment.count + control.count > 0);
            bool const nothing_else = !(non_events(treatment) + non_events(control) > 0);
            bool const says_nothing =
                (sm == "OR" && (no_events || nothing_else)) || (sm == "RR" && no_events);
            if (!says_nothing || r.text("allstudies") == "TRUE") {
                trials.push_back(trial);
            }
        }
        ASSERT_EQ(double(trials.size()), r.number("k")) << r.where();

        // The Mantel-Haenszel sums always have the addition in both cells; estimates of single studies follow
        // RR_Cochrane.
        std::vector<two_arms<events>> corrected;
        std::vector<two_arms<events>> both_cells;
        for (auto const& trial : trials) {
            bool const adds = r.text("method_incr") == "all" || studies_with_a_zero{}(trial);
            bool const to_events = sm == "RR" && r.text("RR_Cochrane") == "FALSE";
            auto const correct = [&](auto const& correction) {
                both_cells.push_back(adds ? correction(trial) : trial);
                return !adds ? trial : to_events ? add_to_events(correction, trial) : both_cells.back();
            };
            corrected.push_back(r.text("incr") == "TACC" ? correct(treatment_arm_correction{})
                                                         : correct(constant_correction{r.number("incr")}));
        }

        auto const compare = [&](auto const& measure, auto const& uncorrected_measure) {
            auto estimates = effects(uncorrected_measure, corrected);
            if (sm == "RD") {
                // The difference itself needs no addition; only its variance gets one.
                for (std::size_t i = 0; i < trials.size(); ++i) {
                    estimates[i].effect = uncorrected_measure.formula(trials[i]).effect;
                }
            }
            bool const exact = r.text("MH_exact") == "TRUE";
            pooled const common = method == "MH" && sm == "RD"
                                      ? pool(mantel_haenszel{risk_difference{}, greenland_robins_variance{}},
                                             exact ? trials : both_cells)
                                  : method == "MH"
                                      ? pool(mantel_haenszel{measure}, exact ? trials : both_cells)
                                      : pool(common_effect{}, estimates);
            double const z = std::max(1.0, detail::square(test_statistic(common)));
            double const error = standard_error(common);
            book.cell(r, "beta_common", common.effect, closed, closed * error);
            book.cell(r, "se_common", error, closed);
            auto const ci = confidence_interval(common, 0.95);
            book.cell(r, "ci_lb_common", ci.lower, closed, closed * error);
            book.cell(r, "ci_ub_common", ci.upper, closed, closed * error);
            book.cell(r, "pval_common", p_value(common), closed * z);

            double const q = q_about(common.effect, estimates);
            double const freedom = double(estimates.size()) - 1;
            book.cell(r, "Q", q, closed, 1e-13);
            book.cell(r, "pval_Q", chi_squared{freedom}.survival(q), closed * std::max(1.0, q));
            book.cell(r, "I2", 100 * i_squared_from_q(q, freedom), closed);

            pooled random = pool(random_effects{dersimonian_laird{}}, estimates);
            if (method == "MH") {
                auto const fit = inverse_variance_fit(detail::as_evidence(estimates), 0.0);
                double const tau_squared = std::max(0.0, (q - freedom) * fit.unit / fit.trace());
                random = pool(random_effects{basic_fixed_tau_squared<double>{tau_squared}}, estimates);
                // The model itself, where effect and centre come from the same counts.
                if (!exact && (sm == "OR" || r.text("RR_Cochrane") == "TRUE")) {
                    auto const composed =
                        pool(mantel_haenszel_random_effects{uncorrected_measure}, corrected);
                    EXPECT_RELATIVE(composed.tau_squared, tau_squared, closed, 1e-14);
                    EXPECT_RELATIVE(composed.effect, random.effect, closed);
                    EXPECT_RELATIVE(composed.variance, random.variance, closed);
                }
            }
            double const random_error = standard_error(random);
            book.cell(r, "beta_DL", random.effect, closed, closed * random_error);
            book.cell(r, "se_DL", random_error, closed);
            auto const range = confidence_interval(random, 0.95);
            book.cell(r, "ci_lb_DL", range.lower, closed, closed * random_error);
            book.cell(r, "ci_ub_DL", range.upper, closed, closed * random_error);
            book.cell(r, "tau2_DL", random.tau_squared, closed, 1e-14);
            book.compared();
        };
        auto const nothing = zero_cell_policy{no_correction{}};
        if (sm == "RD" && method == "MH" && r.text("MH_exact") == "FALSE") {
            book.exclude("RD, MH_exact = FALSE: corrected weights for differences of uncorrected risks");
            return;
        }
        if (method == "Peto") {
            ASSERT_EQ(sm, "OR");
            auto const estimates = effects(peto_log_odds_ratio{nothing}, trials);
            auto const common = pool(peto{}, trials);
            book.cell(r, "beta_common", common.effect, closed);
            book.cell(r, "se_common", standard_error(common), closed);
            book.cell(r, "pval_common", p_value(common), closed * 100);
            book.cell(r, "Q", q_about(common.effect, estimates), closed);
            auto const random = pool(random_effects{dersimonian_laird{}}, estimates);
            book.cell(r, "beta_DL", random.effect, closed);
            book.cell(r, "se_DL", standard_error(random), closed);
            book.cell(r, "tau2_DL", random.tau_squared, closed, 1e-14);
            book.compared();
        } else if (sm == "OR") {
            compare(log_odds_ratio{}, log_odds_ratio{nothing});
        } else if (sm == "RR" && set.text("dataset") == "edge_zero_cells" &&
                   r.text("RR_Cochrane") == "FALSE") {
            EXPECT_THROW(compare(log_risk_ratio{}, log_risk_ratio{nothing}), invalid_input);
            book.exclude(
                "risk ratio of a trial in which all had the event, additions to events only: variance 0, "
                "which we refuse");
        } else if (sm == "RR") {
            compare(log_risk_ratio{}, log_risk_ratio{nothing});
        } else {
            ASSERT_EQ(sm, "RD") << r.where();
            compare(risk_difference{}, risk_difference{nothing});
        }
    });
    EXPECT_GE(book.rows(), 680u);
}

} // namespace
} // namespace accrue::test_model_golden
