// Prints the largest relative error of the boundaries against the reference values, by spending function, by
// number of looks, and by spacing; fails when one of them exceeds what the library promises.

#include "support/golden_designs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

namespace {

struct worst_errors {
    int boundaries = 0;
    double below_8 = 0;
    double beyond = 0;
};

using table = std::map<std::string, worst_errors>;

void print(char const* const title, table const& rows) {
    std::printf("\n%-28s %10s %14s %14s\n", title, "boundaries", "z below 8", "z beyond 8");
    for (auto const& [name, worst] : rows) {
        std::printf("%-28s %10d %14.1e %14.1e\n", name.c_str(), worst.boundaries, worst.below_8,
                    worst.beyond);
    }
}

} // namespace

int main() {
    auto by_spending = table{};
    auto by_looks = table{};
    auto by_spacing = table{};
    auto left_out = 0;
    for (auto const* const file : {"sequential/boundaries.csv", "sequential/stress.csv"}) {
        for (auto const& [id, design] : accrue::test::read_designs(file)) {
            auto const found = accrue::test::boundaries_of(design);
            char looks[32];
            std::snprintf(looks, sizeof looks, "%4d looks", static_cast<int>(found.size()));
            for (std::size_t k = 0; k < found.size(); ++k) {
                if (accrue::test::kind_of_reference(design, k) != accrue::test::reference_kind::exact) {
                    ++left_out;
                    continue;
                }
                auto const reference = std::stod(design.z[k]);
                auto const error = std::abs(found[k] / reference - 1);
                for (auto* const worst :
                     {&by_spending[design.spending + " " + design.parameters], &by_looks[looks],
                      &by_spacing[design.pattern.starts_with("eq") ? "equal" : design.pattern]}) {
                    ++worst->boundaries;
                    auto& largest = reference < 8 ? worst->below_8 : worst->beyond;
                    largest = std::max(largest, std::isnan(error) ? 1.0 : error);
                }
            }
        }
    }
    std::printf("Largest relative error of z against the reference\n");
    print("spending function", by_spending);
    print("number of looks", by_looks);
    print("spacing", by_spacing);
    std::printf("\n%d reference values left out (z beyond 37.5, or no valid reference)\n", left_out);
    return std::all_of(by_looks.begin(), by_looks.end(),
                       [](auto const& row) { return row.second.below_8 < 1e-12 && row.second.beyond < 1e-8; })
               ? 0
               : 1;
}
