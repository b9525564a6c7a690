#pragma once

#include <accrue/dependence/detail/moderated_clusters.hpp>
#include <accrue/dependence/nested_information.hpp>
#include <accrue/dependence/satterthwaite.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/detail/solution.hpp>
#include <accrue/uncertainty/kenward_roger.hpp>
#include <accrue/uncertainty/precision.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace accrue::detail {

/// How the covariance of the coefficients of a three-level model depends on its variances, s between and t
/// within clusters, and what the data say of those.
///
/// With C = FF' the covariance of the coefficients and A the derivative of M by a variance, `slopes` are F'X'
/// M⁻¹ A M⁻¹ X F, `products` F'X' M⁻¹ A M⁻¹ A' M⁻¹ X F, and the information is tr(P A P A')/2, or with the
/// inverse of M in place of P for `maximum_likelihood`.
template <real Real>
struct nested_slopes {
    std::array<matrix<Real>, 2> slopes;   ///< by s, by t
    std::array<matrix<Real>, 3> products; ///< s s, s t, t t
    std::array<Real, 3> information;      ///< s s, s t, t t
};

template <real Real>
[[nodiscard]] nested_slopes<Real> slopes_at(moderated_clusters<Real> const& studies,
                                            reduced_clusters<Real> const& at, Real const& between,
                                            bool const restricted) {
    auto const p = index(studies.coefficients());
    auto const projection = at.projection(between);
    matrix<Real> root = inverse_triangle(triangle_of(projection));
    root *= Real(sqrt(Real(at.least + between))); // FF' on the basis
    auto result = nested_slopes<Real>{};
    for (auto* const set : {&result.slopes[0], &result.slopes[1], &result.products[0], &result.products[1],
                            &result.products[2]}) {
        *set = matrix<Real>::Zero(p, p);
    }
    Real ss(0), st(0), tt(0);
    matrix<Real> const means = at.rows.topRows(index(at.clusters)) * root;
    for (std::size_t j = 0; j < at.clusters; ++j) {
        Real const share = between / (between + at.variances[j]);
        Real const one = 1 / (between + at.variances[j]);               // 1'M⁻¹1
        matrix<Real> rows(index(studies.end(j) - studies.first(j)), p); // M⁻¹XF
        matrix<Real> weights(rows.rows(), 1);
        for (Eigen::Index i = 0; i < rows.rows(); ++i) {
            std::size_t const study = studies.first(j) + static_cast<std::size_t>(i);
            weights(i, 0) = 1 / (studies.variance(study) + at.within);
            for (Eigen::Index c = 0; c < p; ++c) {
                Real part(0);
                for (Eigen::Index l = 0; l <= c; ++l) {
                    part += (studies.row(study, static_cast<std::size_t>(l)) - share * at.rows(index(j), l)) *
                            root(l, c);
                }
                rows(i, c) = weights(i, 0) * part;
            }
        }
        matrix<Real> const total = rows.colwise().sum(); // 1'M⁻¹XF
        matrix<Real> const mean = weights.transpose() * rows * at.variances[j];
        matrix<Real> twice = rows; // M⁻²XF
        for (Eigen::Index i = 0; i < rows.rows(); ++i) {
            twice.row(i) = weights(i, 0) * (rows.row(i) - share * mean);
        }
        matrix<Real> const twice_total = twice.colwise().sum();
        result.slopes[0] += total.transpose() * total;
        result.slopes[1] += rows.transpose() * rows;
        result.products[0] += one * (total.transpose() * total);
        result.products[1] += (twice_total.transpose() * total + total.transpose() * twice_total) / 2;
        result.products[2] += rows.transpose() * twice;
        // M⁻¹ = diag(w) - g w w', of which these are the squares of the entries and of sums of them.
        Real const g = share * at.variances[j];
        Real squares(0), cubes(0);
        for (Eigen::Index i = 0; i < rows.rows(); ++i) {
            squares += square(weights(i, 0));
            cubes += square(weights(i, 0)) * (g * weights(i, 0));
        }
        ss += square(one);
        st += squares * square(Real(1 - share));
        tt += squares - 2 * cubes + square(Real(g * squares));
    }
    auto const trace = [](matrix<Real> const& a, matrix<Real> const& b) -> Real { return (a * b).trace(); };
    if (restricted) {
        ss += trace(result.slopes[0], result.slopes[0]) - 2 * result.products[0].trace();
        st += trace(result.slopes[0], result.slopes[1]) - 2 * result.products[1].trace();
        tt += trace(result.slopes[1], result.slopes[1]) - 2 * result.products[2].trace();
    }
    result.information = {ss / 2, st / 2, tt / 2};
    return result;
}

/// The columns of B with BB' the inverse of the information of the variances that were estimated and are not
/// 0.
template <real Real>
[[nodiscard]] std::vector<std::array<Real, 2>> roots_of_uncertainty(std::array<Real, 3> const& information,
                                                                    bool const between_free,
                                                                    bool const within_free) {
    auto columns = std::vector<std::array<Real, 2>>{};
    if (between_free) {
        columns.push_back({Real(1 / sqrt(information[0])), Real(0)});
    }
    if (within_free) {
        Real const slope = between_free ? Real(information[1] / information[0]) : Real(0);
        Real const scale = 1 / sqrt(Real(information[2] - slope * information[1]));
        columns.push_back({Real(-slope * scale), scale});
    }
    return columns;
}

/// How well the coefficients of a three-level model are known, when its variances are `between` and that of
/// `at`: by a method that turns a fit with one mean into a variance and degrees of freedom, which is shown a
/// mean of variance 1 with the squares and degrees of freedom that contrasts of clusters have.
template <class Uncertainty, real Real>
[[nodiscard]] coefficient_precision<Real>
nested_precision(Uncertainty const& uncertainty, moderated_evidence<Real> const& evidence,
                 moderated_clusters<Real> const&, reduced_clusters<Real> const& at, Real const& between,
                 solution<Real> const& found) {
    Real const none = not_a_number<Real>();
    Real const unit = at.least + between;
    auto const fit = weighted_fit<Real>{at.free_contrasts() + 1, unit, Real(0), unit, none, none,
                                        Real(found.q * unit),    none, none,    none};
    auto const precision = precision_of(uncertainty, fit, evidence, Real(between + at.within));
    matrix<Real> root = found.root;
    root *= Real(sqrt(precision.variance));
    return {root, precision.degrees_of_freedom, {}};
}

/// The same with what the data say of the variances: see `satterthwaite`.
template <real Real>
[[nodiscard]] coefficient_precision<Real>
nested_precision(satterthwaite const&, moderated_evidence<Real> const&,
                 moderated_clusters<Real> const& studies, reduced_clusters<Real> const& at,
                 Real const& between, solution<Real> const& found) {
    auto const of = slopes_at(studies, at, between, studies.restricted());
    auto result = coefficient_precision<Real>{found.root, infinity<Real>(), {}};
    for (auto const& column : roots_of_uncertainty(of.information, between > 0, at.within > 0)) {
        matrix<Real> const slope = column[0] * of.slopes[0] + column[1] * of.slopes[1];
        result.sensitivities.push_back(slope);
    }
    return result;
}

/// By Kenward and Roger 1997 with both variances: the covariance is F [I + 2 sum W_ab (products_ab - slopes_a
/// slopes_b)] F', W the inverse of the information. As without clusters, that is restricted whatever the
/// estimator is, and where both variances are 0, that between is no more known than others.
template <real Real>
[[nodiscard]] coefficient_precision<Real>
nested_precision(kenward_roger const&, moderated_evidence<Real> const&,
                 moderated_clusters<Real> const& studies, reduced_clusters<Real> const& at,
                 Real const& between, solution<Real> const& found) {
    auto const of = slopes_at(studies, at, between, true);
    auto const p = index(studies.coefficients());
    auto const columns = roots_of_uncertainty(of.information, between > 0 || !(at.within > 0), at.within > 0);
    matrix<Real> inflation = matrix<Real>::Identity(p, p);
    for (auto const& column : columns) {
        matrix<Real> const slope = column[0] * of.slopes[0] + column[1] * of.slopes[1];
        inflation +=
            2 * (column[0] * column[0] * of.products[0] + 2 * column[0] * column[1] * of.products[1] +
                 column[1] * column[1] * of.products[2] - slope * slope);
    }
    matrix<Real> const factor = cholesky_factor(inflation);
    auto result = coefficient_precision<Real>{found.root * factor, infinity<Real>(), {}};
    for (auto const& column : columns) {
        matrix<Real> const slope = column[0] * of.slopes[0] + column[1] * of.slopes[1];
        result.sensitivities.push_back(factor.transpose() * slope * factor);
    }
    return result;
}

/// The same of a mean alone, by restricted information: its variance V times 1 + 2 sum W_ab excess_ab / V,
/// and Satterthwaite's degrees of freedom by that factor squared.
template <real Real>
[[nodiscard]] basic_precision<Real> kenward_roger_of_mean(nested_information<Real> const& of) {
    // Each over the information and over V, so that no power of a variance leaves the type.
    auto const share = [&](Real const& excess, Real const& one, Real const& other) -> Real {
        return excess / of.variance / sqrt(one) / sqrt(other);
    };
    bool const both = of.between_free && of.within_free;
    Real const none(0);
    Real const joint =
        both ? Real(of.between_within / sqrt(of.between_between) / sqrt(of.within_within)) : none;
    Real const between =
        of.between_free ? share(of.excess_between_between, of.between_between, of.between_between) : none;
    Real const within =
        of.within_free ? share(of.excess_within_within, of.within_within, of.within_within) : none;
    Real const mixed = both ? share(of.excess_between_within, of.between_between, of.within_within) : none;
    Real const inflation = 1 + 2 * (between - 2 * joint * mixed + within) / (1 - joint * joint);
    return {of.variance * inflation, satterthwaite{}(of).degrees_of_freedom / square(inflation)};
}

} // namespace accrue::detail
