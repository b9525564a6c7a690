#pragma once

#include <accrue/error.hpp>
#include <accrue/regression/meta_regression.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// How much the variance of a moderator's coefficients is inflated because it goes along with other
/// moderators.
template <real Real>
struct basic_variance_inflation {
    std::string moderator;
    std::size_t coefficients; ///< d: 1, or those of a factor
    Real factor;              ///< GVIF; 1 where the moderator is unrelated to the others
    Real
        per_coefficient; ///< GVIF^(1/(2d)), comparable between moderators; how many times wider intervals are
};

using variance_inflation_factor = basic_variance_inflation<double>;

/// The (generalised) variance inflation factors of the moderators: with C the covariance of the coefficients
/// other than the intercept, C_aa the block of a moderator and C_bb that of the others,
///
///     GVIF = det(C_aa) det(C_bb) / det(C).
///
/// For a moderator with one coefficient it is 1 / (1 - R²) of the weighted regression on the others. It does
/// not depend on a factor's reference level. Fox & Monette 1992, J Am Stat Assoc 87:178-183,
/// doi:10.1080/01621459.1992.10475190.
template <real Real>
[[nodiscard]] std::vector<basic_variance_inflation<Real>>
variance_inflation(basic_regression<Real> const& fit) {
    std::size_t const p = fit.coefficients.size();
    std::size_t const first = fit.terms.has_intercept() ? 1 : 0;
    // log det of the covariance of chosen coefficients, from the triangle of their rows of its root.
    auto const log_determinant = [&](auto const& chosen) -> Real {
        std::vector<Real> columns;
        std::size_t count = 0;
        for (std::size_t j = first; j < p; ++j) {
            if (chosen(j)) {
                for (std::size_t l = 0; l < p; ++l) {
                    columns.push_back(fit.root(detail::index(j), detail::index(l)));
                }
                ++count;
            }
        }
        auto r = std::vector<Real>(count * count);
        (void)detail::orthonormalise(columns.data(), count, p, r.data(), Real(0));
        return detail::sum_to<Real>(count,
                                    [&](std::size_t const j) { return Real(2 * log(r[j * count + j])); });
    };
    Real const all = log_determinant([](std::size_t) { return true; });
    std::vector<basic_variance_inflation<Real>> result;
    for (auto const& term : fit.terms.terms()) {
        auto const own = [&](std::size_t const j) {
            return j >= term.column && j < term.column + term.columns();
        };
        Real const log_factor =
            log_determinant(own) + log_determinant([&](std::size_t const j) { return !own(j); }) - all;
        Real const d = detail::from_count<Real>(term.columns());
        result.push_back({term.name, term.columns(), exp(log_factor), exp(Real(log_factor / (2 * d)))});
    }
    return result;
}

} // namespace accrue
