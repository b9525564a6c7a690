#pragma once

#include "input.hpp"
#include "output.hpp"

#include <string>

namespace command {

/// `accrue pool`: the studies, the pooled effect, heterogeneity, groups.
struct pool_options {
    input from{};
    std::string model = "reml,hk";
    std::string by{};     ///< column of groups
    std::string forest{}; ///< file of the picture
    double level = 0.95;
    bool cpp = false;
    output to{};
};

void run(pool_options const& options);

} // namespace command
