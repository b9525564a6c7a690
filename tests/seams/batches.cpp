// Models of estimates in batches, as columns and as a matrix: each of a batch is what pooling it alone says.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/batch.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_batches {
namespace {

struct columns {
    std::vector<double> effects;
    std::vector<double> variances;
    std::vector<std::size_t> starts = {0};
};

columns all_as_columns() {
    auto result = columns{};
    for (auto const& data : data_sets()) {
        for (auto const& [effect, variance] : data.studies) {
            result.effects.push_back(effect);
            result.variances.push_back(variance);
        }
        result.starts.push_back(result.effects.size());
    }
    return result;
}

/// A row for each study, a column for each data set; what is missing is NaN.
columns all_as_matrix(std::size_t const rows) {
    auto const missing = std::vector<double>(rows * data_sets().size(), detail::not_a_number<double>());
    auto result = columns{missing, missing, {}};
    for (std::size_t j = 0; j < data_sets().size(); ++j) {
        auto const& studies = data_sets()[j].studies;
        for (std::size_t i = 0; i < studies.size(); ++i) {
            result.effects[i * data_sets().size() + j] = studies[i].effect;
            result.variances[i * data_sets().size() + j] = studies[i].variance;
        }
    }
    return result;
}

template <class Model>
void expect_batch(combinations& tried, std::string const& name, Model const& model,
                  pooled_batch const& batch) {
    for (std::size_t i = 0; i < data_sets().size(); ++i) {
        auto const& data = data_sets()[i];
        tried.run(name, data.name, [&] {
            auto const alone = pool(model, data.studies);
            expect_sound(batch[i]);
            EXPECT_EQ(to_string(batch[i].status), to_string(alone.status));
            EXPECT_EQ(batch[i].k, alone.k);
            if (data.regular) {
                double const scale = list(data.studies).smallest_variance();
                expect_close("effect", batch[i].effect, alone.effect, 1e-9, 1e-3);
                expect_close("variance", batch[i].variance, alone.variance, 1e-8, 0);
                expect_close("tau²", batch[i].tau_squared, alone.tau_squared, 1e-8, scale);
                expect_close("degrees of freedom", batch[i].degrees_of_freedom, alone.degrees_of_freedom,
                             1e-6, 0);
            }
        });
    }
}

auto const batch_estimators =
    std::tuple(named{"reml", reml{}}, named{"paule_mandel", paule_mandel{}},
               named{"dersimonian_laird", dersimonian_laird{}}, named{"hedges_olkin", hedges_olkin{}},
               named{"hartung_makambi", hartung_makambi{}},
               named{"semi_bayes", semi_bayes{inverse_gamma_prior{2, 0.1}}});
auto const estimators_without_lanes =
    std::tuple_cat(std::tuple(named{"maximum_likelihood", maximum_likelihood{}},
                              named{"median_unbiased_paule_mandel", median_unbiased_paule_mandel{}},
                              named{"hunter_schmidt", hunter_schmidt{}},
                              named{"hunter_schmidt_small_sample", hunter_schmidt_small_sample{}},
                              named{"sidik_jonkman", sidik_jonkman{}},
                              named{"two_step_sidik_jonkman", two_step_sidik_jonkman{}}),
                   composed_estimators, given_estimators);
auto const batch_uncertainties = std::tuple(
    named{"wald", wald{}}, named{"wald_t", wald_t{}}, named{"hartung_knapp", hartung_knapp{}},
    named{"hartung_knapp_floored", hartung_knapp_floored{}},
    named{"hartung_knapp_hybrid", hartung_knapp_hybrid{}}, named{"kenward_roger", kenward_roger{}});

// Qualifies: SEAM-1
TEST(Batches, MeetEveryModel) {
    auto tried = combinations{};
    auto const lists = all_as_columns();
    constexpr std::size_t rows = 8;
    auto const table = all_as_matrix(rows);
    auto const expect_of = [&](std::string const& name, auto const& model) {
        expect_batch(tried, "columns, " + name, model,
                     pool_each(model, study_columns{lists.effects, lists.variances, lists.starts}));
        auto const matrix = study_matrix{table.effects, table.variances, rows};
        expect_batch(tried, "matrix, " + name, model, pool_each(model, matrix));
    };
    expect_of("common_effect", common_effect{});
    expect_of("ivhet", ivhet{});
    for_each_part(batch_estimators, [&](auto const& estimator) {
        for_each_part(batch_uncertainties, [&](auto const& uncertainty) {
            expect_of(estimator.name + " and " + uncertainty.name,
                      random_effects{estimator.part, uncertainty.part});
        });
    });
    // The others have no code of their own in batches.
    for_each_part(estimators_without_lanes, [&](auto const& estimator) {
        for_each_part(batch_uncertainties, [&](auto const& uncertainty) {
            expect_of(estimator.name + " and " + uncertainty.name,
                      random_effects{any_estimator(estimator.part), uncertainty.part});
        });
    });
    expect_of("weighted_average", weighted_average{});
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_batches
