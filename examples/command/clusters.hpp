#pragma once

#include "input.hpp"
#include "output.hpp"
#include <accrue/pooled.hpp>

#include <string>
#include <vector>

namespace command {

/// What is pooled of effects in clusters.
struct clustered {
    std::string words;
    std::string cpp;       ///< "three_level{reml{}, wald{}}"
    accrue::pooled result; ///< by three levels
    std::vector<section> sections;
};

/// Three levels (clusters, effects in them, sampling), and beside them a variance that is robust.
///
/// \param model reml or ml, and the uncertainty by z, t, hk or sat
/// \param clusters one label for each study
/// \throws usage_error for another model, and where the program was built without Eigen
[[nodiscard]] clustered pooled_in_clusters(std::string const& model, data const& given,
                                           std::vector<std::string> const& clusters, double level);

} // namespace command
