#pragma once

#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>
#include <accrue/uncertainty/kenward_roger.hpp>
#include <accrue/uncertainty/precision.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

// Products of matrices are lazy ones, whose name is Eigen's alone: `*` is ambiguous for automatic
// differentiation types, which take everything for a factor.

[[nodiscard]] constexpr Eigen::Index index(std::size_t const i) {
    return static_cast<Eigen::Index>(i);
}

/// R as a matrix.
template <real Real>
[[nodiscard]] matrix<Real> triangle_of(weighted_projection<Real> const& projection) {
    auto const p = index(projection.columns());
    matrix<Real> r(p, p);
    for (Eigen::Index j = 0; j < p; ++j) {
        for (Eigen::Index i = 0; i < p; ++i) {
            r(i, j) = projection.r(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
        }
    }
    return r;
}

/// The inverse of an upper triangle.
template <real Real>
[[nodiscard]] matrix<Real> inverse_triangle(matrix<Real> const& r) {
    matrix<Real> inverse = matrix<Real>::Identity(r.rows(), r.cols());
    r.template triangularView<Eigen::Upper>().solveInPlace(inverse);
    return inverse;
}

/// The coefficients in the basis of the design's columns: `offsets` and what a projection adds to them,
/// R^-1 times the effects' parts.
template <real Real>
[[nodiscard]] std::vector<Real> basis_coefficients(std::vector<Real> offsets,
                                                   weighted_projection<Real> const& projection,
                                                   matrix<Real> const& inverse_of_r) {
    for (std::size_t i = 0; i < projection.columns(); ++i) {
        for (std::size_t j = i; j < projection.columns(); ++j) {
            offsets[i] += inverse_of_r(index(i), index(j)) * projection.part(j);
        }
    }
    return offsets;
}

/// Cholesky's factor, lower triangular.
template <real Real>
[[nodiscard]] matrix<Real> cholesky_factor(matrix<Real> const& square_matrix) {
    matrix<Real> factor = matrix<Real>::Zero(square_matrix.rows(), square_matrix.cols());
    for (Eigen::Index j = 0; j < factor.cols(); ++j) {
        for (Eigen::Index i = j; i < factor.rows(); ++i) {
            Real left = square_matrix(i, j);
            for (Eigen::Index l = 0; l < j; ++l) {
                left -= factor(i, l) * factor(j, l);
            }
            factor(i, j) = i == j ? Real(sqrt(left)) : Real(left / factor(j, j));
        }
    }
    return factor;
}

/// The coefficients at a tau² and what their covariance is made of.
template <real Real>
struct solution {
    std::vector<Real> coefficients;
    matrix<Real> root; ///< F, upper triangular, with FF' the covariance (X'WX)^-1
    Real q;            ///< Q_E at this tau²
};

template <real Real>
[[nodiscard]] solution<Real> solve(basic_design_matrix<Real> const& design, std::vector<Real> const& offsets,
                                   weighted_projection<Real> const& projection, Real const& unit) {
    auto const p = index(projection.columns());
    matrix<Real> const inverse = inverse_triangle(triangle_of(projection));
    matrix<Real> const from_basis = inverse_triangle(design.triangle());
    auto const in_basis = basis_coefficients(offsets, projection, inverse);
    matrix<Real> const coefficients =
        from_basis.lazyProduct(Eigen::Map<matrix<Real> const>(in_basis.data(), p, 1));
    auto result = solution<Real>{{}, from_basis.lazyProduct(inverse), Real(0)};
    result.root *= Real(sqrt(unit));
    result.coefficients.assign(coefficients.data(), coefficients.data() + p);
    result.q = projection.sum([&](std::size_t const i) { return square(projection.residual(i)); }) / unit;
    return result;
}

template <real Real>
[[nodiscard]] solution<Real> solve(moderated_evidence<Real> const& studies,
                                   weighted_projection<Real> const& projection, Real const& unit) {
    return solve(studies.design(), studies.offsets(), projection, unit);
}

/// Whether residuals are no more than rounding leaves of the effects: they say nothing of how effects scatter
/// then.
template <real Real>
[[nodiscard]] bool fits_exactly(moderated_evidence<Real> const& studies,
                                weighted_projection<Real> const& projection) {
    Real const rounding = 4 * std::numeric_limits<Real>::epsilon() * largest_effect(studies.studies());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        if (magnitude(projection.residual(i)) > rounding) {
            return false;
        }
    }
    return true;
}

/// The same of what no weights leave: where effects are exactly on a plane, any weights leave nothing.
template <real Real>
[[nodiscard]] bool fits_exactly(moderated_evidence<Real> const& studies) {
    Real const most = largest_over<Real>(studies.beyond_unweighted(), magnitude<Real>);
    return most <= 4 * std::numeric_limits<Real>::epsilon() * largest_effect(studies.studies());
}

template <real Real>
[[nodiscard]] weighted_projection<Real> projection_at(moderated_evidence<Real> const& studies,
                                                      Real const& unit, Real const& tau_squared) {
    return studies.projection(
        [&](std::size_t const i) { return Real(unit / (studies.studies()[i].variance + tau_squared)); });
}

/// How well coefficients are known: their covariance is GG' for `root` G, and a combination of variance V has
/// `degrees_of_freedom` or, if there are `sensitivities` S, 2 V² / sum (l'GSG'l)² of them.
template <real Real>
struct coefficient_precision {
    matrix<Real> root;
    Real degrees_of_freedom;
    std::vector<matrix<Real>> sensitivities;
};

/// By a method that turns a fit with one mean into a variance and degrees of freedom: it is shown a mean of
/// variance 1 with the regression's Q_E and degrees of freedom, and what it makes of that variance is the
/// factor of the covariance of all coefficients.
template <class Uncertainty, real Real>
[[nodiscard]] coefficient_precision<Real>
precision_of_coefficients(Uncertainty const& uncertainty, moderated_evidence<Real> const& studies,
                          weighted_projection<Real> const&, solution<Real> const& found, Real const& unit,
                          Real const& tau_squared) {
    Real const none = not_a_number<Real>();
    auto const fit = weighted_fit<Real>{studies.degrees_of_freedom() + 1,
                                        unit,
                                        Real(0),
                                        unit,
                                        none,
                                        none,
                                        Real(found.q * unit),
                                        none,
                                        none,
                                        none};
    auto const precision = precision_of(uncertainty, fit, studies, tau_squared);
    matrix<Real> root = found.root;
    root *= Real(sqrt(precision.variance));
    return {root, precision.degrees_of_freedom, {}};
}

/// By Kenward and Roger. With the expected information on tau², I = tr PP / 2, and F as in `solution`,
///
///     covariance = F [I + 4 (MUQ)'(MUQ) / tr PP] F',
///
/// and the degrees of freedom of a combination l are 2 I V² / (l' C X'W²X C l)², C the covariance, V = l'Cl:
/// for an intercept alone those of `kenward_roger`.
template <real Real>
[[nodiscard]] coefficient_precision<Real>
precision_of_coefficients(kenward_roger const&, moderated_evidence<Real> const&,
                          weighted_projection<Real> const& projection, solution<Real> const& found,
                          Real const&, Real const&) {
    std::size_t const k = projection.size();
    std::size_t const p = projection.columns();
    Real const squared_trace = projection.squared_trace([](std::size_t) { return Real(1); });
    if (!(squared_trace > 0)) {
        return {found.root, infinity<Real>(), {}};
    }
    // MUQ, column by column; what is taken out of UQ is Q'UQ.
    auto q = std::vector<Real>(k * p);
    auto rest = std::vector<Real>(k * p);
    auto parts = std::vector<Real>(p * p, Real(0));
    for (std::size_t j = 0; j < p; ++j) {
        for (std::size_t i = 0; i < k; ++i) {
            q[j * k + i] = projection.q(i, j);
            rest[j * k + i] = projection.weight(i) * projection.q(i, j);
        }
    }
    matrix<Real> slope(index(p), index(p));
    matrix<Real> inflation(index(p), index(p));
    for (std::size_t j = 0; j < p; ++j) {
        take_out(q.data(), p, k, rest.data() + j * k, parts.data() + j * p);
    }
    for (std::size_t a = 0; a < p; ++a) {
        for (std::size_t b = 0; b < p; ++b) {
            slope(index(a), index(b)) = parts[b * p + a];
            inflation(index(a), index(b)) =
                Real(a == b ? 1 : 0) +
                4 * inner_product(rest.data() + a * k, rest.data() + b * k, k) / squared_trace;
        }
    }
    matrix<Real> const factor = cholesky_factor(inflation);
    matrix<Real> const turned = factor.transpose().lazyProduct(slope);
    matrix<Real> sensitivity = turned.lazyProduct(factor);
    sensitivity *= Real(sqrt(Real(2 / squared_trace)));
    return {found.root.lazyProduct(factor), infinity<Real>(), {sensitivity}};
}

} // namespace accrue::detail
