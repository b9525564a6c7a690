#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/inference/detail/shrunk_estimate.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>

#include <Eigen/LU>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace accrue {

/// How one study bears on a meta-regression. Quantities marked 'deleted' come from the regression of the
/// others, with tau² estimated anew; they are NaN, with the status `undefined`, where the others do not
/// determine it.
template <real Real>
struct basic_regression_influence {
    Real fitted;                ///< x'b
    Real residual;              ///< y - x'b
    Real hat;                   ///< h, the weight that the study has in its own fitted value, 0 to 1
    Real standardised_residual; ///< residual / sqrt((1 - h) (v + tau²))
    Real studentised_residual; ///< (y - deleted x'b) / sqrt(v + deleted (tau² + x'Cx)): beyond 2, an outlier
    Real dffits;               ///< change of the fitted value, in sqrt(h (v + deleted tau²))
    Real cooks_distance;       ///< change d of all coefficients, as d'C^-1 d
    Real covariance_ratio;     ///< det(deleted C) / det(C): below 1, precision gains from leaving it out
    std::vector<Real> dfbetas; ///< change of each coefficient, in its standard error at the deleted tau²
    Real tau_squared_deleted;  ///< tau² of the others
    Real q_deleted;            ///< Q_E of the others
    accrue::status status;     ///< of the regression of the others
};

using regression_influence = basic_regression_influence<double>;

namespace detail {

/// The regression without one study. It throws where the others do not determine a coefficient.
template <class Model, real Real>
[[nodiscard]] basic_regression<Real>
regression_without(Model const& model, moderated_evidence<Real> const& studies, std::size_t const left_out) {
    auto const& columns = studies.design().columns();
    auto others = std::vector<basic_estimate<Real>>{};
    matrix<Real> rows(columns.rows() - 1, columns.cols());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        if (i != left_out) {
            rows.row(index(others.size())) = columns.row(index(i));
            others.push_back(studies.studies()[i]);
        }
    }
    auto const design = basic_design_matrix<Real>(rows, studies.design().names());
    return meta_regression(model,
                           moderated_evidence<Real>(std::span<basic_estimate<Real> const>(others), design));
}

/// The Wald covariance's root and the hat values at a tau². What is kept of h is 1 - h, which residuals are
/// divided by: where a study determines its own fitted value, the difference would have no digits.
template <real Real>
struct wald_parts {
    solution<Real> found;
    std::vector<Real> hats;        ///< h
    std::vector<Real> complements; ///< 1 - h
    /// The residuals, with digits of their own where a study has nearly all the weight.
    std::vector<basic_estimate<Real>> residuals;
};

/// x'b for one study, x its row of the design.
template <real Real>
[[nodiscard]] Real product_with_row(moderated_evidence<Real> const& studies, std::size_t const study,
                                    std::vector<Real> const& coefficients) {
    return sum_to<Real>(coefficients.size(), [&](std::size_t const j) {
        return Real(studies.design().columns()(index(study), index(j)) * coefficients[j]);
    });
}

template <real Real>
[[nodiscard]] wald_parts<Real> wald_parts_at(moderated_evidence<Real> const& studies,
                                             Real const& tau_squared) {
    Real const unit = studies.smallest_variance() + tau_squared;
    auto const projection = projection_at(studies, unit, tau_squared);
    auto result = wald_parts<Real>{solve(studies, projection, unit), {}, {}, {}};
    for (std::size_t i = 0; i < studies.size(); ++i) {
        Real const complement = projection.complement(i);
        Real residual = projection.residual(i);
        if (complement < Real(0.5)) {
            // A study with nearly all the weight is fitted nearly exactly: y - x'b would cancel. Residuals
            // times sqrt(u) have no part in the columns of Q, which gives this one from the others.
            residual = -projection.sum([&](std::size_t const l) {
                return l == i ? Real(0) : Real(projection.hat(i, l) * projection.residual(l));
            }) / projection.hat(i, i);
        }
        result.hats.push_back(complement < Real(0.5) ? Real(1 - complement) : projection.hat(i, i));
        result.complements.push_back(complement);
        auto const& [effect, variance] = studies.studies()[i];
        // Beside a far more precise study a weight may be below the type.
        result.residuals.push_back(
            {projection.weight(i) > 0
                 ? Real(residual / sqrt(projection.weight(i)))
                 : Real(effect - product_with_row(studies, i, result.found.coefficients)),
             variance});
    }
    return result;
}

template <real Real>
[[nodiscard]] std::vector<Real> row_of(moderated_evidence<Real> const& studies, std::size_t const study) {
    std::vector<Real> row;
    for (std::size_t j = 0; j < studies.design().coefficients(); ++j) {
        row.push_back(studies.design().columns()(index(study), index(j)));
    }
    return row;
}

} // namespace detail

/// The fitted values x'b of the studies as pooled results, for intervals and tests: their variance is x'Cx,
/// with C the covariance of the coefficients and the regression's degrees of freedom. They are on the
/// analysis scale, in the order of the studies.
///
/// \throws invalid_input as `meta_regression` does
template <class Model, real Real, detail::estimates_of<Real> Range>
    requires regression_model<Model>
[[nodiscard]] std::vector<basic_pooled<Real>> fitted_values(Model const& model, Range const& estimates,
                                                            basic_moderators<Real> const& given) {
    auto const studies = moderated(estimates, given);
    auto const fit = meta_regression(model, studies);
    std::vector<basic_pooled<Real>> result;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        result.push_back(linear_combination(fit, detail::row_of(studies, i)));
    }
    return result;
}

/// Residuals and influence of every study under a meta-regression: which is an outlier, which moves the
/// coefficients, which determines their precision? C is the covariance of the coefficients by the model's
/// uncertainty method. One result a study, in their order; k + 1 regressions are fitted.
///
/// A study that alone determines a coefficient (h = 1) has no deleted quantities. With p coefficients,
/// metafor marks |dffits| beyond 3 sqrt(p / (k - p)), h beyond 3 p / k and |dfbetas| beyond 1; these are no
/// tests.
///
/// Belsley, Kuh & Welsch 1980, Regression Diagnostics, doi:10.1002/0471725153; Viechtbauer & Cheung 2010, Res
/// Synth Methods 1:112-125, doi:10.1002/jrsm.11.
///
/// \throws invalid_input as `meta_regression` does
template <class Model, real Real, detail::estimates_of<Real> Range>
    requires regression_model<Model>
[[nodiscard]] std::vector<basic_regression_influence<Real>>
influence(Model const& model, Range const& estimates, basic_moderators<Real> const& given) {
    auto const studies = moderated(estimates, given);
    auto const fit = meta_regression(model, studies);
    auto const parts = detail::wald_parts_at(studies, fit.tau_squared);
    std::size_t const p = fit.coefficients.size();
    Real const nan = detail::not_a_number<Real>();
    auto const whole = Eigen::PartialPivLU<detail::matrix<Real>>(fit.root);
    std::vector<basic_regression_influence<Real>> results;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const& study = studies.studies()[i];
        Real const fitted = detail::product_with_row(studies, i, fit.coefficients);
        Real const spread = study.variance + fit.tau_squared;
        auto result = basic_regression_influence<Real>{
            .fitted = fitted,
            .residual = parts.residuals[i].effect,
            .hat = parts.hats[i],
            .standardised_residual = parts.residuals[i].effect / sqrt(parts.complements[i]) / sqrt(spread),
            .studentised_residual = nan,
            .dffits = nan,
            .cooks_distance = nan,
            .covariance_ratio = nan,
            .dfbetas = std::vector<Real>(p, nan),
            .tau_squared_deleted = nan,
            .q_deleted = nan,
            .status = status::undefined,
        };
        try {
            auto const without = detail::regression_without(model, studies, i);
            auto const at_row = linear_combination(without, detail::row_of(studies, i));
            auto const same = detail::wald_parts_at(studies, without.tau_squared).found.root;
            // What the others' regression changes is the regression of the residuals: no digit cancels.
            auto const of_residuals = moderated_evidence<Real>(
                std::span<basic_estimate<Real> const>(parts.residuals), studies.design());
            auto const changes = detail::regression_without(
                random_effects{basic_fixed_tau_squared<Real>{without.tau_squared}, wald{}}, of_residuals, i);
            detail::matrix<Real> change(detail::index(p), 1);
            for (std::size_t j = 0; j < p; ++j) {
                change(detail::index(j), 0) = -changes.coefficients[j];
                Real const error = detail::sum_to<Real>(p, [&](std::size_t const l) {
                    return detail::square(same(detail::index(j), detail::index(l)));
                });
                result.dfbetas[j] = change(detail::index(j), 0) / sqrt(error);
            }
            detail::matrix<Real> const standardised = whole.solve(change);
            Real const moved = detail::product_with_row(studies, i, changes.coefficients);
            result.studentised_residual = (parts.residuals[i].effect - moved) /
                                          sqrt(Real(study.variance + at_row.variance + without.tau_squared));
            result.dffits = -moved / sqrt(Real(result.hat * (study.variance + without.tau_squared)));
            result.cooks_distance = detail::inner_product(standardised.data(), standardised.data(), p);
            detail::matrix<Real> const ratio = whole.solve(without.root); // in no units
            result.covariance_ratio = detail::square(Real(ratio.determinant()));
            result.tau_squared_deleted = without.tau_squared;
            result.q_deleted = without.q;
            result.status = without.status;
        } catch (invalid_input const&) {
            // The others leave a coefficient undetermined: the study is the only one of its level, say. Or
            // the regression is undefined, and there are no residuals.
        }
        results.push_back(result);
    }
    return results;
}

/// The best linear unbiased predictions of the studies' own true effects: each study's estimate, shrunk
/// towards its fitted value by as much as it is uncertain,
///
///     prediction = l y + (1 - l) x'b,   variance = l v + (1 - l)² x'Cx,   l = tau² / (tau² + v).
///
/// The variance takes tau² as known. Raudenbush & Bryk 1985, J Educ Stat 10:75-98,
/// doi:10.3102/10769986010002075.
///
/// \throws invalid_input as `meta_regression` does
template <class Model, real Real, detail::estimates_of<Real> Range>
    requires regression_model<Model>
[[nodiscard]] std::vector<basic_estimate<Real>> study_effects(Model const& model, Range const& estimates,
                                                              basic_moderators<Real> const& given) {
    auto const studies = moderated(estimates, given);
    auto const fit = meta_regression(model, studies);
    std::vector<basic_estimate<Real>> result;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const mean = linear_combination(fit, detail::row_of(studies, i));
        result.push_back(detail::shrunk_estimate<Real>(studies.studies()[i], {mean.effect, mean.variance},
                                                       fit.tau_squared));
    }
    return result;
}

/// One study's place in a bubble plot of one moderator.
template <real Real>
struct basic_bubble {
    Real moderator; ///< the study's value of the moderator
    Real effect;
    Real weight; ///< 1 / (v + tau²), to which the bubble's area is proportional
};

using bubble = basic_bubble<double>;

/// The bubbles of a plot of the effects over one column of the design; the line and its band are
/// `predict`ions.
///
/// \param name of a coefficient
/// \throws invalid_input as `meta_regression` does, and when there is no coefficient of that name
template <class Model, real Real, detail::estimates_of<Real> Range>
    requires regression_model<Model>
[[nodiscard]] std::vector<basic_bubble<Real>> bubbles(Model const& model, Range const& estimates,
                                                      basic_moderators<Real> const& given,
                                                      std::string const& name) {
    auto const studies = moderated(estimates, given);
    auto const& names = studies.design().names();
    auto const place = std::find(names.begin(), names.end(), name);
    if (place == names.end()) {
        throw invalid_input(detail::none_named("coefficient", name, names));
    }
    Real const tau_squared = detail::tau_squared_of(model, studies).value;
    std::vector<basic_bubble<Real>> result;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const& [effect, variance] = studies.studies()[i];
        result.push_back({studies.design().columns()(detail::index(i), place - names.begin()), effect,
                          1 / (variance + tau_squared)});
    }
    return result;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(fitted_values(Model const&, Studies const&,
                                                     basic_moderators<Real> const&, Rest const&...));
ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(bubbles(Model const&, Studies const&, basic_moderators<Real> const&,
                                               Rest const&...));

} // namespace accrue
