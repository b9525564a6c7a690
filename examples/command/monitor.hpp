#pragma once

#include "input.hpp"
#include "output.hpp"
#include "target.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace command {

/// `accrue monitor`: trial sequential analysis.
struct monitor_options {
    input from{};
    std::string model = "dl,hkf";
    target_options target{};
    bool diversity_of_data = false; ///< adjust the size by the D² of the trials at hand
    std::string spending = "obf";
    std::string futility = "none";
    std::string clock = "participants";
    std::string boundaries = "simulated";
    std::size_t first = 2;
    std::vector<std::size_t> looks{}; ///< numbers of trials; after every trial unless given
    std::string picture{};
    bool cpp = false;
    output to{};
};

void run(monitor_options const& options);

} // namespace command
