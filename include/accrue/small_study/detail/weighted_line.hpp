#pragma once

#include <accrue/real.hpp>

#include <cstddef>
#include <limits>
#include <span>

namespace accrue::detail {

/// One point of a weighted regression on a line.
template <real Real>
struct line_point {
    Real x;
    Real y;
    Real weight;
};

/// The weighted least-squares line of points, y = intercept + slope x, in closed form.
///
/// Sums are centred at the weighted means and taken in units of the largest |x|, the largest |y - mean| and
/// the largest weight, so that neither a large common offset nor the scale of the data costs digits. The
/// residual sum of squares is that of the residuals themselves, never a difference of sums. Roots stand in
/// place of squares, which could leave the type.
template <real Real>
struct weighted_line {
    std::size_t k;
    Real slope;
    Real intercept;
    Real residual_squares;     ///< sum w r²
    Real residual_root;        ///< its root, where the square may have left the type
    Real slope_unit_statistic; ///< the slope over its standard error when the variances are exactly 1/w
    Real slope_unit_error;     ///< that standard error
    Real intercept_unit_error; ///< of the intercept likewise
    bool determined;           ///< the x differ, by more than rounding
    bool exact;                ///< all points lie on the line but for rounding: the residuals say nothing

    explicit weighted_line(std::span<line_point<Real> const> const points) : k(points.size()) {
        Real const largest_x =
            largest_over<Real>(points, [](auto const& point) { return magnitude(point.x); });
        Real const largest_y =
            largest_over<Real>(points, [](auto const& point) { return magnitude(point.y); });
        Real const unit_x = largest_x > 0 ? largest_x : Real(1);
        Real const unit_w = largest_over<Real>(points, [](auto const& point) { return point.weight; });
        auto const mean_of = [&](auto const& value) {
            // A second pass about the first mean recovers what the first lost to rounding.
            Real mean(0);
            for (int pass = 0; pass < 2; ++pass) {
                Real sum(0);
                Real weights(0);
                for (auto const& point : points) {
                    Real const u = point.weight / unit_w;
                    weights += u;
                    sum += u * (value(point) - mean);
                }
                mean += sum / weights;
            }
            return mean;
        };
        auto const x_of = [&](line_point<Real> const& point) { return Real(point.x / unit_x); };
        Real const mean_x = mean_of(x_of);
        Real const mean_y = mean_of([](line_point<Real> const& point) { return point.y; });
        Real const farthest_y =
            largest_over<Real>(points, [&](auto const& point) { return magnitude(Real(point.y - mean_y)); });
        Real const unit_y = farthest_y > 0 ? farthest_y : Real(1);
        auto const y_of = [&](line_point<Real> const& point) { return Real((point.y - mean_y) / unit_y); };
        Real weights(0);
        Real xx(0);
        Real xy(0);
        for (auto const& point : points) {
            Real const u = point.weight / unit_w;
            Real const dx = x_of(point) - mean_x;
            weights += u;
            xx += u * dx * dx;
            xy += u * dx * y_of(point);
        }
        Real const rounding = 4 * std::numeric_limits<Real>::epsilon();
        determined = xx > square(rounding) * weights;
        Real const slope_in_units = determined ? Real(xy / xx) : not_a_number<Real>();
        Real squares(0);
        for (auto const& point : points) {
            Real const r = y_of(point) - slope_in_units * (x_of(point) - mean_x);
            squares += point.weight / unit_w * r * r;
        }
        exact = !(squares > square(Real(rounding * (largest_y / unit_y))) * weights);
        Real const root_xx = sqrt(xx);
        Real const root_unit_w = sqrt(unit_w);
        residual_squares = squares * unit_w * unit_y * unit_y;
        residual_root = sqrt(squares) * (root_unit_w * unit_y);
        slope = slope_in_units * (unit_y / unit_x);
        intercept = mean_y - slope_in_units * mean_x * unit_y;
        slope_unit_statistic = slope_in_units * root_xx * (root_unit_w * unit_y);
        slope_unit_error = 1 / root_xx / root_unit_w / unit_x;
        intercept_unit_error = sqrt(Real(1 / weights + mean_x * mean_x / xx)) / root_unit_w;
    }
};

} // namespace accrue::detail
