#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/detail/line_evidence.hpp>
#include <accrue/small_study/detail/weighted_line.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

// How far points lie from a line that tests of asymmetry fit to them, weighted: what is a callable value from
// points (x the predictor, y the effect, w the weight) to a `basic_asymmetry_test`.

namespace detail {

/// NaN throughout, with the status `undefined`.
template <real Real>
[[nodiscard]] basic_asymmetry_test<Real> undefined_asymmetry_test(std::size_t const k,
                                                                  Real const& degrees_of_freedom) {
    Real const nan = not_a_number<Real>();
    return {nan,
            degrees_of_freedom,
            nan,
            nan,
            nan,
            nan,
            {nan, nan, nan, degrees_of_freedom, k, status::undefined},
            nan,
            k,
            status::undefined};
}

/// The test of a line's slope when standard deviations are `factor` / √weight: slope / SE with
///
///     SE = factor / √(sum w (x - mean)²),   mean = sum w x / sum w.
template <real Real>
[[nodiscard]] basic_asymmetry_test<Real> slope_test(weighted_line<Real> const& line, Real const& factor,
                                                    Real const& degrees_of_freedom, Real const& tau_squared,
                                                    status const outcome) {
    Real const slope_error = factor * line.slope_unit_error;
    Real const statistic = line.slope_unit_statistic / factor;
    if (!(line.determined && is_finite(statistic) && is_finite(line.slope) && is_finite(slope_error))) {
        return undefined_asymmetry_test(line.k, degrees_of_freedom);
    }
    auto const p = two_sided_p<Real>(statistic, degrees_of_freedom);
    return {statistic,
            degrees_of_freedom,
            p.value,
            p.logarithm,
            line.slope,
            slope_error,
            finite_or_undefined(basic_pooled<Real>{line.intercept,
                                                   square(Real(factor * line.intercept_unit_error)),
                                                   tau_squared, degrees_of_freedom, line.k, outcome}),
            tau_squared,
            line.k,
            outcome};
}

} // namespace detail

/// Variances are right up to a common factor, which the residuals give: s² = sum w r² / (k - 2), and the
/// slope is referred to t(k - 2). It is Egger's original test, an ordinary weighted regression ('lm'). Egger,
/// Davey Smith, Schneider & Minder 1997, BMJ 315:629-634, doi:10.1136/bmj.315.7109.629.
///
/// A factor below 1 is allowed: residuals smaller than sampling error make the test more certain.
struct estimated_dispersion {
    template <real Real>
    [[nodiscard]] basic_asymmetry_test<Real>
    operator()(std::span<detail::line_point<Real> const> const points) const {
        std::size_t const k = points.size();
        if (k < 3) {
            return detail::undefined_asymmetry_test(k, Real(0));
        }
        Real const degrees_of_freedom = detail::from_count<Real>(k - 2);
        auto const line = detail::weighted_line<Real>(points);
        if (line.exact) {
            auto result = detail::undefined_asymmetry_test(k, degrees_of_freedom);
            result.slope = line.slope;
            result.intercept.effect = line.intercept;
            return result;
        }
        return detail::slope_test(line, Real(line.residual_root / sqrt(degrees_of_freedom)),
                                  degrees_of_freedom, Real(0), status::ok);
    }
};

/// Variances are exactly those reported, 1/w, and the slope is referred to the normal distribution. With
/// heterogeneity about the line its p-values are too small. Three points are needed, as by the other
/// dispersions: a line through two says nothing of asymmetry.
struct unit_dispersion {
    template <real Real>
    [[nodiscard]] basic_asymmetry_test<Real>
    operator()(std::span<detail::line_point<Real> const> const points) const {
        if (points.size() < 3) {
            return detail::undefined_asymmetry_test(points.size(), detail::infinity<Real>());
        }
        return detail::slope_test(detail::weighted_line<Real>(points), Real(1), detail::infinity<Real>(),
                                  Real(0), status::ok);
    }
};

/// True effects scatter about the line with a variance tau², which adds to that of every study: weights are
/// 1/(v + tau²) and the slope is referred to the normal distribution. With `reml` it is metafor's default
/// (`regtest`, model "rma").
///
/// Any estimator of tau² will do: it gives what is left about the line. Weights of the points must be the
/// inverse of variances.
template <class Estimator = reml>
    requires tau_squared_estimator_for<Estimator, detail::line_evidence<double>>
struct additive_dispersion {
    Estimator estimator{}; ///< of tau² about the line

    template <real Real>
    [[nodiscard]] basic_asymmetry_test<Real>
    operator()(std::span<detail::line_point<Real> const> const points) const {
        auto const k = points.size();
        auto const plain = detail::weighted_line<Real>(points);
        if (k < 3 || !plain.determined) {
            return detail::undefined_asymmetry_test(k, detail::infinity<Real>());
        }
        std::vector<basic_estimate<Real>> estimates;
        std::vector<Real> predictor;
        Real const largest =
            detail::largest_over<Real>(points, [](auto const& point) { return detail::magnitude(point.x); });
        for (auto const& point : points) {
            estimates.push_back({point.y, 1 / point.weight});
            predictor.push_back(point.x / largest);
        }
        auto const found = estimator(detail::line_evidence<Real>(detail::as_evidence(estimates), predictor));
        std::vector<detail::line_point<Real>> moved;
        for (std::size_t i = 0; i < k; ++i) {
            moved.push_back({points[i].x, points[i].y, 1 / (estimates[i].variance + found.value)});
        }
        return detail::slope_test(detail::weighted_line<Real>(moved), Real(1), detail::infinity<Real>(),
                                  Real(found.value), found.status);
    }
};

template <class Estimator>
additive_dispersion(Estimator) -> additive_dispersion<Estimator>;

} // namespace accrue
