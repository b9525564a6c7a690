// A batch gives what pooling its meta-analyses one by one gives: `pool` is the readable twin of the lanes.

#include "support/relative.hpp"
#include <accrue/batch/pool_each.hpp>
#include <accrue/inference.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace accrue {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double rounding = 1e-12;

/// Meta-analyses of different sizes, some of them with studies missing.
struct simulated_batch {
    std::vector<std::vector<estimate>> sets; ///< without the missing studies
    std::vector<double> column_effects;
    std::vector<double> column_variances;
    std::vector<std::size_t> starts;
    std::vector<double> matrix_effects;
    std::vector<double> matrix_variances;
    std::size_t depth;

    simulated_batch(std::size_t const size, std::size_t const most_studies, double const mean,
                    double const tau, double const spread, bool const with_missing)
        : starts{0}, matrix_effects(size * most_studies, nan), matrix_variances(size * most_studies, nan),
          depth(most_studies) {
        auto engine = std::mt19937_64{size + most_studies};
        auto normal = std::normal_distribution<>{};
        auto log_variance = std::uniform_real_distribution<>{0, std::log(spread)};
        for (std::size_t i = 0; i < size; ++i) {
            std::size_t const k = with_missing ? 1 + engine() % most_studies : most_studies;
            auto& set = sets.emplace_back();
            for (std::size_t j = 0; j < k; ++j) {
                double const variance = 0.01 * std::exp(log_variance(engine));
                double const effect = mean + std::sqrt(tau * tau + variance) * normal(engine);
                bool const missing = with_missing && j > 0 && engine() % 5 == 0;
                column_effects.push_back(missing && engine() % 2 ? nan : effect);
                column_variances.push_back(missing && !std::isnan(column_effects.back()) ? nan : variance);
                matrix_effects[j * size + i] = column_effects.back();
                matrix_variances[j * size + i] = column_variances.back();
                if (!missing) {
                    set.push_back({effect, variance});
                }
            }
            starts.push_back(column_effects.size());
        }
    }

    [[nodiscard]] study_columns columns() const { return {column_effects, column_variances, starts}; }
    [[nodiscard]] study_matrix matrix() const { return {matrix_effects, matrix_variances, depth}; }
};

template <class Model>
void expect_the_twin(Model const& model, pooled_batch const& actual, simulated_batch const& batch,
                     double const tolerance) {
    ASSERT_EQ(actual.size(), batch.sets.size());
    for (std::size_t i = 0; i < actual.size() && !::testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE("meta-analysis " + std::to_string(i));
        auto const expected = pool(model, batch.sets[i]);
        double const scale = batch.sets[i].front().variance;
        EXPECT_RELATIVE(actual.effect[i], expected.effect, tolerance, tolerance * std::sqrt(scale));
        EXPECT_RELATIVE(actual.variance[i], expected.variance, tolerance);
        EXPECT_RELATIVE(actual.tau_squared[i], expected.tau_squared, tolerance, tolerance * scale);
        EXPECT_RELATIVE(actual.q[i], heterogeneity(batch.sets[i]).q, rounding, 1e-20);
        EXPECT_RELATIVE(actual.z[i], test_statistic(expected), tolerance, tolerance);
        double const degrees_of_freedom = expected.degrees_of_freedom;
        bool const is_count = !(std::trunc(degrees_of_freedom) < degrees_of_freedom);
        EXPECT_RELATIVE(actual.degrees_of_freedom[i], degrees_of_freedom, is_count ? 0 : tolerance);
        EXPECT_EQ(actual.k[i], expected.k);
        EXPECT_EQ(actual.status[i], expected.status);
    }
}

template <class Model>
void expect_the_twin(Model const& model, simulated_batch const& batch,
                     double const tolerance = 10 * rounding) {
    expect_the_twin(model, pool_each(model, batch.columns()), batch, tolerance);
    expect_the_twin(model, pool_each(model, batch.matrix()), batch, tolerance);
}

void expect_the_twins_of_all_models(simulated_batch const& batch) {
    expect_the_twin(common_effect{}, batch);
    expect_the_twin(random_effects{dersimonian_laird{}}, batch);
    expect_the_twin(random_effects{dersimonian_laird{}, hartung_knapp{}}, batch);
    expect_the_twin(random_effects{paule_mandel{}}, batch);
    expect_the_twin(random_effects{paule_mandel{}, hartung_knapp_floored{}}, batch);
    expect_the_twin(random_effects{reml{}}, batch);
    expect_the_twin(random_effects{reml{}, hartung_knapp{}}, batch);
    expect_the_twin(random_effects{maximum_likelihood{}}, batch); // one by one
}

// Qualifies: BATCH-1
TEST(Batch, PoolsAsOneByOne) {
    for (std::size_t const size : {1U, 7U, 8U, 9U, 203U}) {
        SCOPED_TRACE(size);
        expect_the_twins_of_all_models({size, 6, 0.3, 0.2, 50, false});
    }
}

TEST(Batch, PoolsAsOneByOneWithStudiesMissing) {
    expect_the_twins_of_all_models({300, 12, -1, 0.4, 50, true});
    expect_the_twins_of_all_models({64, 1, 2, 0.4, 50, true});
}

TEST(Batch, PoolsAsOneByOneWhenLikelihoodsHaveSeveralMaxima) {
    // Where two maxima nearly merge the likelihood is flat, and tau² magnifies rounding errors.
    expect_the_twin(random_effects{reml{}}, {5000, 4, 0, 1, 1e6, false}, 1e-8);
}

/// How many of a batch by REML differ from what `pool` says of them one by one: another status, or an effect
/// or tau² that is further away than rounding.
std::size_t unlike_pool(std::size_t const size, std::size_t const k, double const spread, double const tau,
                        double const tolerance) {
    auto const batch = simulated_batch{size, k, 0.3, tau, spread, false};
    auto const actual = pool_each(random_effects{reml{}}, batch.matrix());
    std::size_t differences = 0;
    for (std::size_t i = 0; i < size; ++i) {
        auto const expected = pool(random_effects{reml{}}, batch.sets[i]);
        double const scale = batch.sets[i].front().variance;
        auto const differs = [&](double const one, double const other, double const unit) {
            return !(std::abs(one - other) <= tolerance * (std::abs(other) + unit));
        };
        bool const agrees = actual.status[i] == expected.status &&
                            !differs(actual.effect[i], expected.effect, std::sqrt(scale)) &&
                            !differs(actual.tau_squared[i], expected.tau_squared, scale) &&
                            !differs(actual.variance[i], expected.variance, 0);
        differences += agrees ? 0 : 1;
    }
    return differences;
}

// The search and its proofs go other ways side by side: a million meta-analyses must come to the same place.
TEST(Batch, PoolsAMillionByRemlAsOneByOne) {
    // Equal variances, spreads that are usual in medicine, and such as give several maxima. Where two of
    // these nearly merge the likelihood is flat, and tau² magnifies rounding errors.
    for (double const spread : {1.0, 4.0, 50.0, 1e3, 1e6}) {
        double const tolerance = spread > 1e4 ? 1e-8 : 10 * rounding;
        for (double const tau : {0.0, 0.1, 0.5}) {
            for (std::size_t const k : {2U, 3U, 4U, 5U, 7U, 10U, 20U, 33U, 60U}) {
                SCOPED_TRACE(testing::Message() << k << " studies, spread " << spread << ", tau " << tau);
                EXPECT_EQ(unlike_pool(k < 20 ? 10000 : 3000, k, spread, tau, tolerance), 0u);
            }
        }
    }
}

TEST(Batch, PoolsBySpreadsOfManyOrdersOfMagnitudeAsOneByOne) {
    for (double const spread : {1e12, 1e29, 1e45, 1e100, 1e200}) {
        for (std::size_t const k : {2U, 3U, 5U, 10U, 60U}) {
            SCOPED_TRACE(testing::Message() << k << " studies, spread " << spread);
            EXPECT_EQ(unlike_pool(2000, k, spread, 0.1, 1e-8), 0u);
        }
    }
}

TEST(Batch, PoolsEqualEffectsByRemlAsOneByOne) {
    auto const variances = std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5, 1e-12, 1, 2, 4, 1};
    auto const effects = std::vector<double>(10, 0.3);
    auto const results = pool_each(random_effects{reml{}}, study_matrix{effects, variances, 2});
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(results.status[i], status::ok);
        EXPECT_RELATIVE(results.tau_squared[i], 0, 0);
        EXPECT_RELATIVE(results.effect[i], 0.3, rounding);
    }
}

// An estimator that may take few passes says itself whether they were enough.
TEST(Batch, SaysAsPoolDoesThatPassesWereTooFew) {
    auto const batch = simulated_batch{200, 9, 0.3, 0.4, 50, false};
    for (int const passes : {1, 2, 3, 4, 6, 500}) {
        expect_the_twin(random_effects{reml{.max_iterations = passes}}, batch);
    }
}

TEST(Batch, LosesNoDigitsToALargeOffset) {
    // A spread of 1 and an offset of 10^6: effects are rounded by 1e-10 themselves, the same in both.
    expect_the_twin(random_effects{reml{}, hartung_knapp{}}, {50, 10, 1e6, 1, 10, false});
    expect_the_twin(random_effects{reml{}, hartung_knapp{}}, {50, 10, 1e6, 1, 10, true});
}

/// A batch in which the first study of each meta-analysis is that much more precise.
simulated_batch dominated_batch(std::size_t const size, double const factor) {
    auto batch = simulated_batch{size, 5, 0.3, 1, 50, true};
    for (std::size_t i = 0; i < size; ++i) {
        batch.sets[i][0].variance *= factor;
        batch.column_variances[batch.starts[i]] *= factor;
        batch.matrix_variances[i] *= factor;
    }
    return batch;
}

TEST(Batch, KeepsAllDigitsUnderAStudyWithNearlyAllTheWeight) {
    for (double const factor : {1e-2, 1e-6, 1e-9, 1e-12, 1e-16}) {
        SCOPED_TRACE(factor);
        auto const batch = dominated_batch(60, factor);
        expect_the_twins_of_all_models(batch);
        expect_the_twin(random_effects{reml{}, kenward_roger{}}, batch);
        expect_the_twin(random_effects{reml{}}, dominated_batch(5000, factor), 1e-8);
    }
}

TEST(Batch, LeavesToPoolWhatOverflows) {
    auto const effects = std::vector<double>{1.5e308, 1.5e308, 1.4e308};
    auto const variances = std::vector<double>(3, 1.0);
    auto const results = pool_each(common_effect{}, study_matrix{effects, variances, 3});
    auto const studies = std::vector<estimate>{{1.5e308, 1}, {1.5e308, 1}, {1.4e308, 1}};
    EXPECT_RELATIVE(results.effect[0], pool(common_effect{}, studies).effect, 0);
}

TEST(Batch, TakesMetaAnalysesWithoutStudies) {
    auto const effects = std::vector<double>{1, 2, 3, nan};
    auto const variances = std::vector<double>{1, 1, 2, 1};
    auto const starts = std::vector<std::size_t>{0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4};
    auto const results = pool_each(random_effects{}, study_columns{effects, variances, starts});
    for (std::size_t i = 0; i < results.size(); ++i) {
        SCOPED_TRACE(i);
        std::size_t const k = i == 1 ? 2 : i == 16 ? 1 : 0;
        EXPECT_EQ(results.k[i], k);
        EXPECT_EQ(results.status[i], k == 0 ? status::undefined : status::ok);
    }
    EXPECT_RELATIVE(results.effect[1], 1.5, rounding);
    EXPECT_RELATIVE(results.effect[16], 3, 0);
}

template <class Model>
void expect_failures_apart(Model const& model) {
    // 39: the last pack is not full.
    constexpr std::size_t size = 39;
    auto batch = simulated_batch{size, 5, 0.3, 0.2, 50, false};
    auto const undisturbed = pool_each(model, batch.matrix());
    double const infinity = std::numeric_limits<double>::infinity();
    auto const spoil = [&](std::size_t const i, double const effect, double const variance) {
        batch.matrix_effects[2 * size + i] = effect;
        batch.matrix_variances[2 * size + i] = variance;
        batch.column_effects[5 * i + 2] = effect;
        batch.column_variances[5 * i + 2] = variance;
    };
    spoil(3, infinity, 1);
    spoil(4, -infinity, 1);
    spoil(10, 1, 0);
    spoil(17, 1, -1);
    spoil(23, 1, infinity);
    spoil(38, 1, -infinity);
    for (std::size_t study = 0; study < 5; ++study) {
        batch.matrix_effects[study * size + 31] = nan;
        batch.column_effects[5 * 31 + study] = nan;
    }
    auto const spoilt = std::set<std::size_t>{3, 4, 10, 17, 23, 38};
    auto const expect = [&](pooled_batch const& disturbed) {
        for (std::size_t i = 0; i < size; ++i) {
            SCOPED_TRACE(i);
            EXPECT_EQ(disturbed.status[i], spoilt.contains(i) ? status::invalid
                                           : i == 31          ? status::undefined
                                                              : status::ok);
            if (spoilt.contains(i) || i == 31) {
                EXPECT_TRUE(std::isnan(disturbed.effect[i]) && std::isnan(disturbed.variance[i]) &&
                            std::isnan(disturbed.tau_squared[i]) && std::isnan(disturbed.q[i]) &&
                            std::isnan(disturbed.z[i]));
            } else {
                EXPECT_RELATIVE(disturbed.effect[i], undisturbed.effect[i], 1e-14);
                EXPECT_RELATIVE(disturbed.tau_squared[i], undisturbed.tau_squared[i], rounding, 1e-14);
            }
        }
    };
    expect(pool_each(model, batch.matrix()));
    expect(pool_each(model, batch.columns()));
    auto const curves = z_curve_each(model, batch.matrix());
    for (std::size_t i = 0; i < size; ++i) {
        bool const failed = spoilt.contains(i) || i == 31;
        EXPECT_EQ(std::isnan(curves[4 * size + i]), failed) << i;
        EXPECT_EQ(std::isnan(curves[size + i]), i == 31) << i; // before the third study
    }
}

TEST(Batch, KeepsTheFailureOfOneFromTheOthers) {
    expect_failures_apart(common_effect{});
    expect_failures_apart(random_effects{dersimonian_laird{}});
    expect_failures_apart(random_effects{paule_mandel{}});
    expect_failures_apart(random_effects{reml{}, hartung_knapp{}});
    expect_failures_apart(random_effects{maximum_likelihood{}}); // one by one
}

TEST(Batch, SplitsByRange) {
    auto const batch = simulated_batch{101, 7, 0.3, 0.2, 50, true};
    auto const model = random_effects{dersimonian_laird{}};
    auto const whole = pool_each(model, batch.columns());
    auto parts = pooled_batch(101);
    auto first = std::thread([&] { pool_each(model, batch.columns(), 0, 37, parts); });
    auto second = std::thread([&] { pool_each(model, batch.columns(), 37, 101, parts); });
    first.join();
    second.join();
    for (std::size_t i = 0; i < 101; ++i) {
        EXPECT_RELATIVE(parts.effect[i], whole.effect[i], 1e-14);
        EXPECT_RELATIVE(parts.variance[i], whole.variance[i], 1e-14);
    }
}

// Qualifies: BATCH-1
TEST(Batch, DoesNotDependOnTheWidthOfInstructions) {
    auto const batch = simulated_batch{203, 7, 0.3, 0.2, 50, true};
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto narrow = pooled_batch(batch.sets.size());
    detail::pool_range<detail::native_pack>(model, batch.matrix(), 0, batch.sets.size(), narrow);
    auto const chosen = pool_each(model, batch.matrix());
    for (std::size_t i = 0; i < narrow.size(); ++i) {
        EXPECT_RELATIVE(chosen.effect[i], narrow.effect[i], 0);
        EXPECT_RELATIVE(chosen.variance[i], narrow.variance[i], 0);
        EXPECT_RELATIVE(chosen.tau_squared[i], narrow.tau_squared[i], 0);
        EXPECT_RELATIVE(chosen.q[i], narrow.q[i], 0);
        EXPECT_RELATIVE(chosen.z[i], narrow.z[i], 0);
    }
}

TEST(Batch, HasLogarithmsOfPValuesAsAColumn) {
    auto batch = simulated_batch{20, 4, 3, 0.2, 50, false};
    batch.matrix_variances[7] = -1;
    auto const results = pool_each(random_effects{reml{}, hartung_knapp{}}, batch.matrix());
    auto const column = log_p_value(results);
    ASSERT_EQ(column.size(), results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (i == 7) {
            EXPECT_TRUE(std::isnan(column[i]));
        } else {
            EXPECT_RELATIVE(column[i],
                            log_p_value(pool(random_effects{reml{}, hartung_knapp{}}, batch.sets[i])), 1e-11);
        }
    }
}

TEST(Batch, RefusesColumnsThatDoNotFitTogether) {
    auto const four = std::vector<double>(4, 1.0);
    auto const three = std::vector<double>(3, 1.0);
    auto const pooled_by = [](auto const& batch) { static_cast<void>(pool_each(common_effect{}, batch)); };
    EXPECT_THROW(pooled_by(study_matrix{four, three, 1}), invalid_input);
    EXPECT_THROW(pooled_by(study_matrix{four, four, 3}), invalid_input);
    auto const beyond = std::vector<std::size_t>{0, 5};
    auto const backwards = std::vector<std::size_t>{0, 3, 2};
    EXPECT_THROW(pooled_by(study_columns{four, four, beyond}), invalid_input);
    EXPECT_THROW(pooled_by(study_columns{four, four, backwards}), invalid_input);
    EXPECT_EQ(pool_each(common_effect{}, study_columns{}).size(), 0u);
    auto too_small = pooled_batch(3);
    EXPECT_THROW(pool_each(common_effect{}, study_matrix{four, four, 1}, 0, 4, too_small), invalid_input);
    auto own = pooled_batch(4);
    EXPECT_THROW(pool_each(common_effect{}, study_matrix{four, four, 1}, 0, 5, own), invalid_input);
    EXPECT_THROW(pool_each(common_effect{}, study_matrix{four, four, 1}, 3, 2, own), invalid_input);
    EXPECT_NO_THROW(pool_each(common_effect{}, study_matrix{four, four, 1}, 4, 4, own));
    EXPECT_THROW(pooled_by(study_columns{four, three, {}}), invalid_input);
    EXPECT_THROW(pooled_by(study_matrix{four, four, 0}), invalid_input);
    EXPECT_EQ(pool_each(common_effect{}, study_matrix{{}, {}, 0}).size(), 0u);
}

TEST(Batch, DrawsZCurvesAsOneByOne) {
    auto const batch = simulated_batch{30, 9, 0.3, 0.2, 50, false};
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const curves = z_curve_each(model, batch.matrix());
    for (std::size_t i = 0; i < 30; ++i) {
        auto const expected = z_curve(model, batch.sets[i]);
        for (std::size_t j = 0; j < 9; ++j) {
            EXPECT_RELATIVE(curves[j * 30 + i], expected[j], 1e-9, 1e-12);
        }
    }
}

// As one by one: an iteration that may not go on has its estimate and says so.
TEST(Batch, OfIterationsThatEndTooSoonSaySo) {
    auto const batch = simulated_batch{30, 9, 0.3, 0.5, 50, false};
    auto const model = random_effects{paule_mandel{.max_iterations = 1}};
    auto const results = pool_each(model, batch.matrix());
    std::size_t ended = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        auto const alone = pool(model, batch.sets[i]);
        EXPECT_EQ(results[i].status, alone.status) << i;
        EXPECT_RELATIVE(results[i].tau_squared, alone.tau_squared, 1e-9, 1e-12);
        ended += results[i].status == status::not_converged ? 1U : 0U;
    }
    EXPECT_GT(ended, 5u);
}

TEST(Batch, LeavesGapsInZCurvesWhereStudiesAreMissing) {
    auto const effects = std::vector<double>{1, 2, nan, 3, 5, 7};
    auto const variances = std::vector<double>{1, 1, 1, 1, 1, nan};
    auto const curves = z_curve_each(common_effect{}, study_matrix{effects, variances, 3});
    EXPECT_RELATIVE(curves[0], 1, rounding);
    EXPECT_TRUE(std::isnan(curves[2]));
    EXPECT_TRUE(std::isnan(curves[5]));
    EXPECT_RELATIVE(curves[4], 6 / std::sqrt(2.0), rounding);
    EXPECT_RELATIVE(curves[3], 5 / std::sqrt(2.0), rounding);
}

TEST(LogPValue, GoesOnWhereThePValueUnderflows) {
    auto const log_p = [](double const statistic, double const degrees_of_freedom) {
        return log_p_value(pooled{statistic, 1, 0, degrees_of_freedom, 5, status::ok});
    };
    double const normal = std::numeric_limits<double>::infinity();
    // log 2 + pnorm(-z, log.p = TRUE) and log 2 + pt(-t, df, log.p = TRUE) of R 4.2
    EXPECT_RELATIVE(log_p(1.959963984540054, normal), std::log(0.05), 1e-13);
    EXPECT_RELATIVE(log_p(-40, normal), -803.91529483319391, 1e-14);
    EXPECT_RELATIVE(log_p(1e4, normal), -50000009.436131731, 1e-15);
    EXPECT_RELATIVE(log_p(3, 4), std::log(0.039941968071718827), 1e-14);
    EXPECT_RELATIVE(log_p(-1e4, 200), -1315.1127367808454, 1e-14);
    EXPECT_TRUE(std::isnan(log_p(nan, normal)));
}

/// An uncertainty of one's own that has no answer for fewer than three studies.
struct wald_of_three {
    template <class Real>
    [[nodiscard]] basic_precision<Real> operator()(weighted_fit<Real> const& fit) const {
        detail::require_that(fit.k >= 3, "three studies are needed");
        return wald{}(fit);
    }
};

TEST(Batch, KeepsTheRefusalsOfAnUncertaintyToTheirOwn) {
    auto const batch = simulated_batch{203, 6, 0.3, 0.2, 50, true};
    auto const expect = [&](auto const& model) {
        auto const results = pool_each(model, batch.columns());
        std::size_t refused = 0;
        for (std::size_t i = 0; i < batch.sets.size(); ++i) {
            if (batch.sets[i].size() < 3) {
                ++refused;
                EXPECT_EQ(results.status[i], status::invalid) << i;
                EXPECT_TRUE(std::isnan(results.effect[i])) << i;
            } else {
                EXPECT_EQ(results.status[i], status::ok) << i;
                EXPECT_RELATIVE(results.effect[i], pool(model, batch.sets[i]).effect, 10 * rounding, 1e-12);
            }
        }
        EXPECT_GT(refused, 0U);
    };
    expect(random_effects{dersimonian_laird{}, wald_of_three{}});
    expect(random_effects{reml{}, wald_of_three{}});
    expect(random_effects{paule_mandel{}, wald_of_three{}});
    expect(random_effects{hedges_olkin{}, wald_of_three{}}); // one by one
    for (auto const each :
         pool_each(random_effects{reml{}, hartung_knapp_hybrid{2}}, batch.columns()).status) {
        EXPECT_EQ(each, status::invalid);
    }
}

} // namespace
} // namespace accrue
