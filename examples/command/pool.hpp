#pragma once

#include "input.hpp"
#include "output.hpp"
#include "pictures.hpp"

#include <string>

namespace command {

/// `accrue pool`: the studies, the pooled effect, heterogeneity, groups.
struct pool_options {
    input from{};
    std::string model = "reml,hk";
    std::string by{};      ///< column of groups
    std::string cluster{}; ///< column of clusters, whose effects are not independent
    std::string forest{};  ///< file of the picture
    picture_style style{};
    double level = 0.95;
    bool cpp = false;
    output to{};
};

void run(pool_options const& options);

} // namespace command
