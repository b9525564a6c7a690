#pragma once

#include "support/table.hpp"
#include <accrue/sequential.hpp>

#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace accrue::test {

/// One design of golden/sequential/boundaries.csv or stress.csv.
struct golden_design {
    std::string spending;
    std::string parameters;
    std::string pattern;
    double error = 0;
    bool two_sided = false;
    std::vector<double> fractions;
    std::vector<double> spent;
    std::vector<std::string> z;
};

inline std::map<std::string, golden_design> read_designs(std::string const& file) {
    auto designs = std::map<std::string, golden_design>{};
    for (auto const& row : golden(file)) {
        auto& design = designs[row.text("design_id")];
        design.spending = row.text("spending");
        design.parameters = row.text("param");
        design.pattern = row.text("pattern");
        design.error = row.number("alpha_total");
        design.two_sided = row.text("sides") == "2";
        design.fractions.push_back(row.number("t"));
        design.spent.push_back(row.number("cum_spend_per_side"));
        design.z.push_back(row.text("z_ref"));
    }
    return designs;
}

/// Calls f with the spending function of that name in the tables.
template <class F>
auto with_spending(std::string const& name, std::string const& parameter_list, F const& f) {
    auto parameters = std::vector<double>{};
    auto text = std::istringstream(parameter_list == "NA" ? "" : parameter_list);
    for (auto part = std::string{}; std::getline(text, part, '|');) {
        parameters.push_back(std::stod(part));
    }
    auto const p = [&](std::size_t const i) { return parameters.at(i); };
    if (name == "OF") {
        return f(lan_demets_obrien_fleming{.rho = parameters.empty() ? 1 : p(0)});
    }
    if (name == "PO") {
        return f(lan_demets_pocock{});
    }
    if (name == "KD") {
        return f(kim_demets{.rho = p(0)});
    }
    if (name == "HSD") {
        return f(hwang_shih_decani{.gamma = p(0)});
    }
    if (name == "EXP") {
        return f(exponential_spending{.nu = p(0)});
    }
    if (name == "LOGIS") {
        return f(logistic_spending{p(0), p(1)});
    }
    if (name == "NORM") {
        return f(normal_spending{p(0), p(1)});
    }
    if (name == "CAU") {
        return f(cauchy_spending{p(0), p(1)});
    }
    if (name == "TD") {
        return f(student_t_spending{p(0), p(1), {.degrees_of_freedom = p(2)}});
    }
    if (name == "EV") {
        return f(extreme_value_maximum_spending{p(0), p(1)});
    }
    if (name == "EV2") {
        return f(extreme_value_minimum_spending{p(0), p(1)});
    }
    if (name == "BETA") {
        return f(beta_distribution_spending{p(0), p(1)});
    }
    if (name == "XG1") {
        return f(xi_gallo{p(0)});
    }
    if (name == "XG2") {
        return f(xi_gallo_linear{p(0)});
    }
    if (name == "XG3") {
        return f(xi_gallo_square_root{p(0)});
    }
    throw std::invalid_argument("no spending function " + name);
}

inline std::vector<double> boundaries_of(golden_design const& design) {
    return with_spending(design.spending, design.parameters, [&](auto const& spending) {
        return design.two_sided ? boundaries(two_sided{design.error}, spending, design.fractions)
                                : boundaries(one_sided{design.error}, spending, design.fractions);
    });
}

/// What a reference value is worth.
enum class reference_kind {
    exact,      ///< a boundary to compare with
    beyond,     ///< spends less than a double can hold: nothing, or z above 37.5
    imprecise,  ///< 2 - 2 Phi(x) formed at 50 digits, which are lost here
    impossible, ///< is exceeded more often than the error that is spent so far allows
};

inline reference_kind kind_of_reference(golden_design const& design, std::size_t const k) {
    if (design.spending.starts_with("XG") && design.spent[k] < 1e-38) {
        return reference_kind::imprecise;
    }
    if (design.spent[k] < std::numeric_limits<double>::min()) {
        return reference_kind::beyond;
    }
    // Crossing at look k implies having stopped by then.
    return normal::survival(std::stod(design.z[k])) > design.spent[k] * (1 + 1e-9)
               ? reference_kind::impossible
               : reference_kind::exact;
}

} // namespace accrue::test
