#pragma once

#include <accrue/evidence/likelihood.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/regression/detail/scale_likelihood.hpp>
#include <accrue/regression/detail/solution.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/predict.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/likelihood_estimator.hpp>

#include <Eigen/Cholesky>

#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// What a location-scale model says: of the mean effect, and of how heterogeneous effects are about it.
template <real Real>
struct basic_location_scale {
    basic_regression<Real> location; ///< of the effects; its tau² is NaN, as each study has its own
    basic_regression<Real> scale;    ///< of log tau²; a coefficient of log 2 doubles tau² with each unit
    std::vector<Real> tau_squared;   ///< of each study
    Real log_likelihood; ///< the (restricted) log-likelihood, with the constant of the functions so named
    /// `undefined` where the likelihood rises for ever, as tau² vanishes somewhere, higher than any maximum
    /// that was found; `not_converged` where the iterations did not suffice.
    accrue::status status;
};

using location_scale_regression = basic_location_scale<double>;

/// The location-scale model: effects with a mean and a heterogeneity that both depend on moderators,
///
///     y_i ~ N(x_i'b, v_i + tau²_i),   log tau²_i = z_i'a.
///
///     auto const fit = location_scale{}(estimates, given, moderators{}.with("latitude", latitudes));
///     p_values(fit.scale);   predict(fit.location, {33.0}, 0.95).confidence;
///
/// a maximises the restricted likelihood (or the full one): the highest maximum from starts where tau² is the
/// same for all, and where it changes little or steeply along a column, which is likely the highest of all,
/// not certainly. b is the weighted least-squares fit there. Standard errors are those of the inverse
/// observed information for a and of (X'WX)^-1 for b, referred to the normal. With an intercept alone in the
/// scale it is `random_effects{}` with a positive tau². Heterogeneity is hard to learn: with fewer than some
/// 30 studies little can be said of what it depends on.
///
/// Viechtbauer & López-López 2022, Res Synth Methods 13:697-715, doi:10.1002/jrsm.1562.
template <likelihood_estimator Estimator = reml>
struct location_scale {
    Estimator estimator{};    ///< `reml` or `maximum_likelihood`: the likelihood that is maximised
    double tolerance = 1e-10; ///< stop when a step is below this share of a standard error
    int max_iterations = 200; ///< for each start

    /// \throws invalid_input as `meta_regression` does, for either set of moderators
    template <real Real, detail::estimates_of<Real> Range>
    [[nodiscard]] basic_location_scale<Real> operator()(Range const& estimates,
                                                        basic_moderators<Real> const& location,
                                                        basic_moderators<Real> const& scale) const {
        constexpr bool restricted = detail::is_restricted<Estimator>;
        auto const studies = moderated(estimates, location);
        auto const scale_design = scale.design(studies.size());
        auto const& z = scale_design.basis();
        auto const likelihood = detail::scale_likelihood<Real>(studies, z, restricted);
        auto best = detail::scale_maximum<Real>{};
        bool any = false;
        for (auto const& start : starts(studies, z)) {
            auto found = detail::climb(likelihood, start, Real(tolerance), max_iterations);
            bool const better = !any || found.best.log_likelihood > best.best.log_likelihood ||
                                (found.converged && !best.converged &&
                                 found.best.log_likelihood > best.best.log_likelihood - Real(1e-9));
            if (better) {
                best = std::move(found);
                any = true;
            }
        }
        if (best.converged) {
            best.best = detail::polished(likelihood, std::move(best.best));
            best.converged = detail::falls_around(likelihood, best.best);
        }
        return result(studies, scale_design, best, location.terms(), scale.terms());
    }

  private:
    /// Where climbs begin: tau² the same for all, at its estimate and away from it, and rising or falling
    /// along each column by a factor of e a standard deviation; and by e^5, to what it is for all at the
    /// column's end, as few studies may be all that differ.
    template <real Real>
    [[nodiscard]] std::vector<detail::matrix<Real>> starts(moderated_evidence<Real> const& studies,
                                                           detail::matrix<Real> const& z) const {
        Real const typical =
            studies.smallest_variance() + (studies.largest_variance() - studies.smallest_variance()) / 10;
        Real const constant_estimate = estimator(studies).value;
        Real const unit = sqrt(detail::from_count<Real>(studies.size())); // a slope of 1 a standard deviation
        detail::matrix<Real> const one = z.transpose() * detail::matrix<Real>::Constant(z.rows(), 1, Real(1));
        auto result = std::vector<detail::matrix<Real>>{};
        for (Real const& level : {constant_estimate > 0 ? constant_estimate : Real(typical / 10), typical}) {
            Real const height = log(level);
            result.push_back(one * height);
            for (Eigen::Index j = 0; j < z.cols(); ++j) {
                for (int const side : {-1, 1}) {
                    detail::matrix<Real> gentle = one * height;
                    gentle(j, 0) += side * unit;
                    result.push_back(std::move(gentle));
                    Real const end = side > 0 ? z.col(j).maxCoeff() : Real(-z.col(j).minCoeff());
                    detail::matrix<Real> steep = one * Real(height - 4 * unit * end);
                    steep(j, 0) += 5 * side * unit;
                    result.push_back(std::move(steep));
                }
            }
        }
        return result;
    }

    template <real Real>
    [[nodiscard]] static basic_location_scale<Real>
    result(moderated_evidence<Real> const& studies, basic_design_matrix<Real> const& scale_design,
           detail::scale_maximum<Real> const& maximum, basic_design_terms<Real> location_terms,
           basic_design_terms<Real> scale_terms) {
        auto const& best = maximum.best;
        auto const q = best.a.rows();
        auto const ended = maximum.converged ? status::ok
                           : maximum.ran_out ? status::not_converged
                                             : status::undefined;
        detail::matrix<Real> const from_basis = detail::inverse_triangle(scale_design.triangle());
        // observed = LL', so the covariance is (T^-1 L'^-1)(...)'.
        detail::matrix<Real> root = detail::matrix<Real>::Constant(q, q, detail::not_a_number<Real>());
        if (maximum.converged) {
            detail::matrix<Real> const upper = Eigen::LLT<detail::matrix<Real>>(best.observed).matrixU();
            root = from_basis * detail::inverse_triangle(upper);
        }
        detail::matrix<Real> const scaled = from_basis * best.a;
        auto const projection = detail::scale_likelihood<Real>(studies, scale_design.basis(), true)
                                    .projection(best.tau_squared, best.unit);
        auto const found = detail::solve(studies, projection, best.unit);
        return {detail::regression_of(studies.design().names(), found.coefficients, found.root,
                                      studies.size(), ended, std::move(location_terms)),
                detail::regression_of(scale_design.names(),
                                      std::vector<Real>(scaled.data(), scaled.data() + q), root,
                                      studies.size(), ended, std::move(scale_terms)),
                best.tau_squared, best.log_likelihood, ended};
    }
};

/// What a location-scale model expects in one place.
template <real Real>
struct basic_location_scale_prediction : basic_prediction<Real> {
    Real tau_squared;                            ///< exp(z'a), the heterogeneity there
    basic_interval<Real> tau_squared_confidence; ///< for it: that of z'a, back-transformed
};

using location_scale_prediction = basic_location_scale_prediction<double>;

namespace detail {

template <real Real, class LocationRow, class ScaleRow>
[[nodiscard]] basic_location_scale_prediction<Real> predict_at(basic_location_scale<Real> const& fit,
                                                               LocationRow const& location,
                                                               ScaleRow const& scale, double const level) {
    auto const heterogeneity = predict(fit.scale, scale, level);
    auto at = fit.location;
    at.tau_squared = exp(heterogeneity.effect);
    return {predict(at, location, level), at.tau_squared,
            basic_interval<Real>{exp(heterogeneity.confidence.lower), exp(heterogeneity.confidence.upper)}};
}

} // namespace detail

/// The mean of the true effects at given moderators with its confidence interval, and the prediction interval
/// for the true effect of a new study where tau² = exp(z'a),
///
///     x'b ± c sqrt(x'Cx),   x'b ± c sqrt(exp(z'a) + x'Cx).
///
///     predict(fit, {{"latitude", 33.0}}, {{"latitude", 33.0}}, 0.95);
///
/// \param location one value for each moderator of the effects
/// \param scale one value for each moderator of tau²; `{}` for an intercept alone
/// \throws invalid_input unless the rows fit, and unless 0 < level < 1
template <real Real>
[[nodiscard]] basic_location_scale_prediction<Real>
predict(basic_location_scale<Real> const& fit,
        std::type_identity_t<basic_moderator_row<Real>> const& location,
        std::type_identity_t<basic_moderator_row<Real>> const& scale, double const level) {
    return detail::predict_at(fit, location, scale, level);
}

/// The same from numbers, one a coefficient; those of intercepts may be left out.
///
/// \throws invalid_input unless the rows fit, and unless 0 < level < 1
template <real Real>
[[nodiscard]] basic_location_scale_prediction<Real>
predict(basic_location_scale<Real> const& fit, std::type_identity_t<std::vector<Real>> const& location,
        std::type_identity_t<std::vector<Real>> const& scale, double const level) {
    return detail::predict_at(fit, location, scale, level);
}

/// The same for a model of two intercepts alone: `predict(fit, {}, {}, 0.95)`.
///
/// \throws invalid_input unless there are no moderators, and unless 0 < level < 1
template <real Real>
[[nodiscard]] basic_location_scale_prediction<Real>
predict(basic_location_scale<Real> const& fit, std::initializer_list<detail::nothing>,
        std::initializer_list<detail::nothing>, double const level) {
    return detail::predict_at(fit, std::vector<Real>{}, std::vector<Real>{}, level);
}

template <class Estimator>
location_scale(Estimator) -> location_scale<Estimator>;

} // namespace accrue
