// Studies of two outcomes: every structure of the covariance between studies and both likelihoods.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/dependence/multivariate.hpp>

#include <Eigen/Core>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_several_outcomes {
namespace {

/// Each study with its neighbour's effect as a second outcome; every third study lacks that.
std::vector<study_outcomes> with_second_outcome(std::vector<estimate> const& studies) {
    auto result = std::vector<study_outcomes>{};
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const& first = studies[i];
        auto const& second = studies[(i + 1) % studies.size()];
        if (i % 3 == 2) {
            result.push_back({{first.effect}, Eigen::MatrixXd::Constant(1, 1, first.variance), {}});
            continue;
        }
        auto covariance = Eigen::MatrixXd(2, 2);
        double const shared = 0.4 * std::sqrt(first.variance) * std::sqrt(second.variance);
        covariance << first.variance, shared, shared, second.variance;
        result.push_back({{first.effect, second.effect}, covariance, {}});
    }
    return result;
}

TEST(SeveralOutcomes, MeetEveryStructure) {
    auto tried = combinations{};
    auto const structures =
        std::tuple(named{"unstructured", unstructured{}}, named{"compound_symmetric", compound_symmetric{}},
                   named{"diagonal", diagonal{}});
    for (auto const& data : data_sets()) {
        for_each_part(structures, [&](auto const& structure) {
            for_each_part(likelihood_estimators, [&](auto const& estimator) {
                auto const model = multivariate{structure.part, estimator.part};
                tried.run("multivariate, " + structure.name + " by " + estimator.name, data.name, [&] {
                    auto const fit = model(with_second_outcome(data.studies));
                    for (std::size_t i = 0; i < 2; ++i) {
                        expect_sound(fit.outcome(i));
                    }
                    EXPECT_TRUE(std::isfinite(fit.log_likelihood) || fit.status == status::undefined)
                        << fit.log_likelihood;
                    if (!data.regular || fit.status != status::ok) {
                        return;
                    }
                    auto const turned = model(with_second_outcome(changed(data.studies, -1, 0)));
                    auto const shifted = model(with_second_outcome(changed(data.studies, 1, 5)));
                    for (Eigen::Index i = 0; i < 2; ++i) {
                        expect_close("other signs", -turned.effects[i], fit.effects[i], 1e-6, 1e-3);
                        expect_close("an offset", shifted.effects[i] - 5, fit.effects[i], 1e-6, 1);
                    }
                    expect_close("likelihood", shifted.log_likelihood, fit.log_likelihood, 1e-7, 1);
                });
            });
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_several_outcomes
