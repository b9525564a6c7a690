#include <accrue/model/common_effect.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>

#include <cmath>
#include <vector>

int main() {
    // Effects on the line 1 + 2 x.
    auto const estimates = std::vector<accrue::estimate>{{1, 1}, {3, 2}, {5, 1}};
    auto const fit = accrue::meta_regression(accrue::common_effect{}, estimates,
                                             accrue::moderators{}.with("x", std::vector<double>{0, 1, 2}));
    return std::abs(fit.coefficients[0] - 1) < 1e-12 && std::abs(fit.coefficients[1] - 2) < 1e-12 ? 0 : 1;
}
