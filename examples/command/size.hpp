#pragma once

#include "output.hpp"
#include "target.hpp"

#include <string>

namespace command {

/// `accrue size`: how much information a conclusive meta-analysis needs.
struct size_options {
    std::string measure = "RR";
    target_options target{};
    double tau_squared = target_options::none; ///< for the number of trials
    bool cpp = false;
    output to{};
};

void run(size_options const& options);

} // namespace command
