#pragma once

#include "input.hpp"
#include "output.hpp"
#include "pictures.hpp"

#include <string>
#include <vector>

namespace command {

/// `accrue regress`: meta-regression on columns of the table.
struct regress_options {
    input from{};
    std::string model = "reml,hk";
    std::vector<std::string> numbers{}; ///< columns of numbers
    std::vector<std::string> factors{}; ///< columns of labels
    std::string bubble{};               ///< file of the picture, along the first of the numbers
    picture_style style{};
    double level = 0.95;
    bool cpp = false;
    output to{};
};

void run(regress_options const& options);

} // namespace command
