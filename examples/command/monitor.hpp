#pragma once

#include "input.hpp"
#include "output.hpp"
#include "pictures.hpp"
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
    std::string futility_spending = "obf";
    double futility_error = target_options::none; ///< what the power leaves, unless given
    bool anytime = false;                         ///< an e-process in place of boundaries
    double initial_tau_squared = 0.05;            ///< the e-process's guess before there are trials
    bool on_effect_scale = false;                 ///< the picture shows effects in place of Z
    std::string clock = "participants";
    std::string boundaries = "simulated";
    std::size_t first = 2;
    std::vector<std::size_t> looks{}; ///< numbers of trials; after every trial unless given
    std::string picture{};
    picture_style style{};
    bool cpp = false;
    output to{};
};

void run(monitor_options const& options);

} // namespace command
