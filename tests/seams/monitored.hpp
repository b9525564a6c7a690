#pragma once

#include "seams/parts.hpp"
#include <accrue/sequential/error/two_sided.hpp>
#include <accrue/sequential/information.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/spending/lan_demets_obrien_fleming.hpp>

#include <tuple>
#include <vector>

namespace accrue::test::seams {

/// Every estimator and every uncertainty; which of them meet makes no difference to what looks at results.
[[nodiscard]] inline std::vector<named<any_model>> all_models() {
    auto models = std::vector<named<any_model>>{
        {"common_effect", any_model(common_effect{})},
        {"weighted_average", any_model(weighted_average{})},
    };
    auto const estimators = std::tuple_cat(likelihood_estimators, root_estimators, moment_estimators,
                                           composed_estimators, given_estimators);
    for_each_part(estimators, [&](auto const& each) {
        models.push_back({each.name + " and wald", any_model(random_effects{each.part, wald{}})});
    });
    for_each_part(uncertainties, [&](auto const& each) {
        models.push_back({"reml and " + each.name, any_model(random_effects{reml{}, each.part})});
    });
    return models;
}

[[nodiscard]] inline sequential_design design() {
    return {.error = two_sided{0.05},
            .power = 0.9,
            .spending = lan_demets_obrien_fleming{},
            .information = required_information_size(mean_difference_target{.difference = 0.5, .sd = 1.6},
                                                     two_sided{0.05}, 0.9)};
}

} // namespace accrue::test::seams
