#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/detail/refused_regressions.hpp>
#include <accrue/regression/detail/solution.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// What a selection model with moderators says. It is a `regression`, of the studies before selection:
/// `predict`, `omnibus_test`, `contrast_test`, `confidence_intervals` and whatever else takes one can be
/// applied to it.
template <real Real>
struct basic_selection_regression : basic_regression<Real> {
    /// Of step functions the weight of every interval, the first of which is 1; of smooth functions the
    /// parameters.
    std::vector<Real> weights;
    /// From the observed information: 0 for what is given, NaN for a parameter that is at its bound.
    std::vector<Real> weight_standard_errors;
    std::vector<p_value_interval> intervals;       ///< of step functions
    Real log_likelihood;                           ///< at the maximum
    basic_likelihood_ratio<Real> likelihood_ratio; ///< against no selection, by `maximum_likelihood`
    Real tau_squared_standard_error;               ///< NaN where tau² is 0
    /// The interval with too few p-values, when that makes the likelihood flat.
    std::optional<std::size_t> sparse_interval;
    std::string message; ///< why the status is not `ok`; otherwise empty
};

using selection_regression = basic_selection_regression<double>;

namespace detail {

template <class Model>
struct is_selection_model : std::false_type {};
template <class Weights, class Side>
struct is_selection_model<selection_model<Weights, Side>> : std::true_type {};

/// The studies' means as combinations of the orthonormal columns of a design, which are as long as a column
/// of ones.
template <real Real>
struct means_of_design {
    basic_design_matrix<Real> design;

    [[nodiscard]] static Real length(std::size_t const studies) { return sqrt(from_count<Real>(studies)); }
    [[nodiscard]] std::vector<std::vector<Real>> columns(std::size_t const studies) const {
        std::vector<std::vector<Real>> result;
        for (std::size_t j = 0; j < design.coefficients(); ++j) {
            Real const* const column = design.basis().data() + j * studies;
            result.emplace_back(column, column + studies);
            for (auto& entry : result.back()) {
                entry *= length(studies);
            }
        }
        return result;
    }
    [[nodiscard]] plain_maximum<Real> plain(std::vector<basic_estimate<Real>> const& studies) const {
        auto const standard =
            moderated_evidence<Real>(std::span<basic_estimate<Real> const>(studies), design);
        auto const tau_squared = maximum_likelihood{}(standard).value;
        Real const unit = standard.smallest_variance() + tau_squared;
        auto const projection = projection_at(standard, unit, tau_squared);
        auto coefficients =
            basis_coefficients(standard.offsets(), projection, inverse_triangle(triangle_of(projection)));
        for (auto& coefficient : coefficients) {
            coefficient /= length(studies.size());
        }
        return {std::move(coefficients), tau_squared, log_likelihood(standard, tau_squared)};
    }
};

} // namespace detail

/// A model of selection by p-values, for `meta_regression`.
template <class Model>
concept selection_model_type = detail::is_selection_model<Model>::value;

/// A selection model with moderators: studies y_i ~ N(x_i'b, v_i + tau²) of which one with p-value p is
/// published with a probability in proportion to w(p),
///
///     log L = sum [log w(p_i) + log phi(y_i; x_i'b, v_i + tau²) - log A_i],
///     A_i = integral of w(p(y)) phi(y; x_i'b, v_i + tau²) dy.
///
///     auto const fit = meta_regression(selection_model{step_weights{{0.025}}}, estimates,
///                                      moderators{}.with("year", years));
///     fit.weights;   predict(fit, {2000.0}, 0.95);   fit.likelihood_ratio.p_value;
///
/// Does an effect that seems to depend on a moderator remain once selection is allowed for? See
/// `selection_model` for what it assumes and how it is fitted. Coefficients are referred to the normal, their
/// covariance is from the observed information. Vevea & Hedges 1995, Psychometrika 60:419-435,
/// doi:10.1007/BF02294384.
///
/// \param estimates a contiguous range of `basic_estimate`
/// \return status `undefined`, with NaN and a message, where the likelihood has no maximum
/// \throws invalid_input as `moderated` does, and when the weight function's options are unusable
template <selection_model_type Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_selection_regression<Real> meta_regression(Model const& model, Range const& estimates,
                                                               basic_moderators<Real> const& given) {
    auto const weighting = model.template weighting_of<Real>();
    auto const evidence = moderated(estimates, given);
    auto const& design = evidence.design();
    std::size_t const k = evidence.size();
    std::size_t const p = design.coefficients();
    auto const studies = study_evidence<Real>(evidence.studies());
    auto described = detail::blank_selection(weighting, studies, p);
    Real const unknown = detail::not_a_number<Real>();
    auto const common = inverse_variance_fit(evidence, Real(0));
    detail::matrix<Real> root = detail::matrix<Real>::Constant(detail::index(p), detail::index(p), unknown);
    auto coefficients = std::vector<Real>(p, unknown);
    if (described.message.empty()) {
        auto const both =
            detail::determined_fit<Real>(weighting, studies, detail::means_of_design<Real>{design});
        if (detail::describe(both, weighting, described)) {
            detail::matrix<Real> block(detail::index(p), detail::index(p));
            detail::matrix<Real> on_basis(detail::index(p), 1);
            Real const length = detail::means_of_design<Real>::length(k) * both.fit.unit();
            for (std::size_t i = 0; i < p; ++i) {
                on_basis(detail::index(i), 0) = both.fit.best().point[i] * length;
                for (std::size_t j = 0; j < p; ++j) {
                    block(detail::index(i), detail::index(j)) =
                        both.covariance[i][j] * detail::square(length);
                }
            }
            detail::matrix<Real> const from_basis = detail::inverse_triangle(design.triangle());
            detail::matrix<Real> const found = from_basis * on_basis;
            coefficients.assign(found.data(), found.data() + p);
            root = from_basis * detail::cholesky_factor(block);
        }
    }
    detail::matrix<Real> const covariance = root * root.transpose();
    return {{design.names(),
             std::move(coefficients),
             covariance,
             described.pooled.tau_squared,
             detail::infinity<Real>(),
             k,
             described.status,
             common.q(),
             detail::typical_variance_of(evidence, common),
             given.terms(),
             std::move(root),
             {}},
            std::move(described.weights),
            std::move(described.weight_standard_errors),
            std::move(described.intervals),
            described.log_likelihood,
            described.likelihood_ratio,
            described.tau_squared_standard_error,
            described.sparse_interval,
            std::move(described.message)};
}

/// The profile likelihood interval of a coefficient: its values at which the likelihood, with everything else
/// at its best, has not fallen by more than half a chi²(1) quantile. Ends may be infinite. NaN where the
/// model has no maximum.
///
/// \param place of the coefficient, counted from 0
/// \throws invalid_input as the model does, unless 0 < level < 1, and for a place beyond the last
template <selection_model_type Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_interval<Real> coefficient_interval(Model const& model, Range const& estimates,
                                                        basic_moderators<Real> const& given,
                                                        std::size_t const place, double const level) {
    auto const weighting = model.template weighting_of<Real>();
    auto const evidence = moderated(estimates, given);
    std::size_t const p = evidence.design().coefficients();
    detail::require_below("coefficient (counted from 0)", place, "the number of coefficients", p);
    // The last coefficient is one of the basis, too.
    auto columns = evidence.design().columns();
    auto names = evidence.design().names();
    columns.col(detail::index(place)).swap(columns.col(detail::index(p - 1)));
    std::swap(names[place], names[p - 1]);
    auto const means = detail::means_of_design<Real>{basic_design_matrix<Real>(columns, std::move(names))};
    auto const profile = detail::selection_profile<Real>(weighting, study_evidence<Real>(evidence.studies()),
                                                         level, p - 1, means, p);
    return profile.times(Real(profile.unit * means.length(evidence.size()) /
                              means.design.triangle()(detail::index(p - 1), detail::index(p - 1))));
}

/// The profile likelihood interval of tau², likewise.
///
/// \throws invalid_input as the model does, and unless 0 < level < 1
template <selection_model_type Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_interval<Real> tau_squared_interval(Model const& model, Range const& estimates,
                                                        basic_moderators<Real> const& given,
                                                        double const level) {
    auto const evidence = moderated(estimates, given);
    std::size_t const p = evidence.design().coefficients();
    auto const profile = detail::selection_profile<Real>(model.template weighting_of<Real>(),
                                                         study_evidence<Real>(evidence.studies()), level, p,
                                                         detail::means_of_design<Real>{evidence.design()}, p);
    return profile.times(detail::square(profile.unit));
}

/// The profile likelihood interval of an estimated weight or parameter, counted as in the result's `weights`.
///
/// \throws invalid_input as the model does, unless 0 < level < 1, and when that weight is not estimated
template <selection_model_type Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_interval<Real> weight_interval(Model const& model, Range const& estimates,
                                                   basic_moderators<Real> const& given,
                                                   std::size_t const place, double const level) {
    auto const evidence = moderated(estimates, given);
    std::size_t const p = evidence.design().coefficients();
    return model.interval_of_weight(detail::selection_profile<Real>(
        model.template weighting_of<Real>(), study_evidence<Real>(evidence.studies()), level,
        p + 1 + model.place_of_weight(place), detail::means_of_design<Real>{evidence.design()}, p));
}

} // namespace accrue
