#pragma once

#include "input.hpp"
#include "output.hpp"
#include "pictures.hpp"

#include <string>

namespace command {

/// `accrue bias`: what small studies do.
struct bias_options {
    input from{};
    std::string model = "reml";
    std::string funnel{};
    picture_style style{};
    double level = 0.95;
    bool cpp = false;
    output to{};
};

void run(bias_options const& options);

} // namespace command
