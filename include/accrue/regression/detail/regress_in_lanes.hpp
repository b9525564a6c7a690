#pragma once

#include <accrue/batch/detail/lane_models.hpp>
#include <accrue/batch/detail/lanes.hpp>
#include <accrue/evidence/moderated_evidence.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// Regressions side by side on one design: `weighted_projection` and `moderated_fit` for a pack of them.
///
/// With u as weights of the inner product no roots are needed, and each projection of a column is done once,
/// since those of the basis are orthonormal to begin with. Where weights differ so much that digits would be
/// lost, `holds` says so.
template <class Pack>
struct lane_regression_fit {
    Pack unit;
    Pack squares;
    Pack weighted_squares;
    Pack tr_p;
    Pack tr_pp;
    Pack curvature;
    typename Pack::mask holds;

    [[nodiscard, gnu::always_inline]] Pack score_squares() const { return weighted_squares / unit; }
    [[nodiscard, gnu::always_inline]] Pack curvature_squares() const { return curvature / unit; }
    [[nodiscard, gnu::always_inline]] Pack trace() const { return tr_p; }
    [[nodiscard, gnu::always_inline]] Pack squared_trace() const { return tr_pp; }
    [[nodiscard, gnu::always_inline]] Pack q() const { return squares / unit; }
};

template <class Pack>
[[nodiscard, gnu::always_inline]] inline typename Pack::mask traces_hold(lane_regression_fit<Pack> const& fit,
                                                                         Pack const&) {
    return fit.holds;
}

/// Packs in memory that need not be aligned for them.
template <class Pack>
struct lane_array {
    double* numbers;

    [[nodiscard, gnu::always_inline]] Pack operator[](std::size_t const i) const {
        return Pack::load(numbers + i * Pack::width);
    }
    [[gnu::always_inline]] void set(std::size_t const i, Pack const& these) const {
        these.store(numbers + i * Pack::width);
    }
    [[nodiscard]] lane_array from(std::size_t const i) const { return {numbers + i * Pack::width}; }
};

/// Room for the fits of a pack.
template <class Pack>
struct lane_regression_room {
    lane_regression_room(std::size_t const k, std::size_t const p)
        : numbers((k * p + 2 * k + 2 * p * p + p) * Pack::width), columns{numbers.data()},
          weights(columns.from(k * p)), residuals(weights.from(k)), r(residuals.from(k)),
          inverse(r.from(p * p)), parts(inverse.from(p * p)) {}
    lane_regression_room(lane_regression_room const&) = delete;
    lane_regression_room& operator=(lane_regression_room const&) = delete;

    std::vector<double> numbers;
    lane_array<Pack> columns; ///< orthonormal under u
    lane_array<Pack> weights;
    lane_array<Pack> residuals;
    lane_array<Pack> r;
    lane_array<Pack> inverse; ///< of R
    lane_array<Pack> parts;
};

template <class Pack>
struct lane_regressions {
    lane_view view;
    std::size_t lane;
    lane_summary<Pack> summary;
    double const* basis;
    std::size_t p;
    lane_regression_room<Pack>* room;

    [[nodiscard, gnu::always_inline]] Pack degrees_of_freedom() const {
        return summary.sizes - static_cast<double>(p);
    }

    [[nodiscard, gnu::always_inline]] lane_regression_fit<Pack> fit(Pack const& tau_squared) const {
        std::size_t const k = view.depth;
        auto const u = room->weights;
        auto const e = room->residuals;
        Pack const unit = summary.smallest + tau_squared;
        auto holds = summary.sizes > 0;
        for (std::size_t i = 0; i < k; ++i) {
            std::size_t const place = i * view.stride + lane;
            u.set(i, unit / (Pack::load(view.variances + place) + tau_squared));
            e.set(i, Pack::load(view.effects + place));
        }
        for (std::size_t j = 0; j < p; ++j) {
            auto const column = room->columns.from(j * k);
            Pack before = 0;
            for (std::size_t i = 0; i < k; ++i) {
                Pack const entry = basis[j * k + i];
                column.set(i, entry);
                before += u[i] * (entry * entry);
            }
            for (std::size_t l = 0; l < j; ++l) {
                room->r.set(j * p + l, take_out(room->columns.from(l * k), column));
            }
            Pack length = 0;
            for (std::size_t i = 0; i < k; ++i) {
                length += u[i] * (column[i] * column[i]);
            }
            holds = holds & (length > 1e-3 * before);
            Pack const norm = sqrt(length);
            room->r.set(j * p + j, norm);
            Pack const scale = 1 / norm;
            for (std::size_t i = 0; i < k; ++i) {
                column.set(i, column[i] * scale);
            }
        }
        for (std::size_t j = 0; j < p; ++j) {
            room->parts.set(j, 0);
        }
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t j = 0; j < p; ++j) {
                room->parts.set(j, room->parts[j] + take_out(room->columns.from(j * k), e));
            }
        }
        auto result = lane_regression_fit<Pack>{unit, 0, 0, 0, 0, 0, holds};
        // Residuals that are but rounding are seen one regression at a time.
        Pack const rounding = 4 * std::numeric_limits<double>::epsilon();
        Pack largest_effect = 0;
        Pack largest_residual = 0;
        for (std::size_t i = 0; i < k; ++i) {
            Pack const y = Pack::load(view.effects + i * view.stride + lane) * rounding;
            largest_effect = select(y * y > largest_effect, y * y, largest_effect);
            largest_residual = select(e[i] * e[i] > largest_residual, e[i] * e[i], largest_residual);
        }
        result.holds = result.holds & (largest_residual > largest_effect);
        for (std::size_t i = 0; i < k; ++i) {
            Pack h = 0;
            for (std::size_t j = 0; j < p; ++j) {
                Pack const q = room->columns[j * k + i];
                h += q * q;
            }
            h = u[i] * h;
            result.holds = result.holds & (h < 0.95);
            Pack const square = u[i] * (e[i] * e[i]);
            result.squares += square;
            result.weighted_squares += u[i] * square;
            result.tr_p += u[i] * (1 - h);
            result.tr_pp += (u[i] * u[i]) * (1 - 2 * h);
        }
        // |M U e|² = sum u³ r² - |Q'U e|², and Q'UQ.
        for (std::size_t a = 0; a < p; ++a) {
            auto const left = room->columns.from(a * k);
            for (std::size_t b = a; b < p; ++b) {
                auto const right = room->columns.from(b * k);
                Pack entry = 0;
                for (std::size_t i = 0; i < k; ++i) {
                    entry += (u[i] * u[i]) * (left[i] * right[i]);
                }
                result.tr_pp += (a == b ? 1.0 : 2.0) * (entry * entry);
            }
        }
        result.curvature = curvature();
        return result;
    }
    [[nodiscard, gnu::always_inline]] lane_regression_fit<Pack> fit(Pack const& tau_squared,
                                                                    lane_regression_fit<Pack> const&) const {
        return fit(tau_squared);
    }

  private:
    [[gnu::always_inline]] Pack take_out(lane_array<Pack> const column, lane_array<Pack> const from) const {
        std::size_t const k = view.depth;
        auto const u = room->weights;
        Pack part = 0;
        for (std::size_t i = 0; i < k; ++i) {
            part += u[i] * (column[i] * from[i]);
        }
        for (std::size_t i = 0; i < k; ++i) {
            from.set(i, from[i] - part * column[i]);
        }
        return part;
    }

    [[nodiscard, gnu::always_inline]] Pack curvature() const {
        std::size_t const k = view.depth;
        auto const u = room->weights;
        auto const e = room->residuals;
        Pack total = 0;
        for (std::size_t i = 0; i < k; ++i) {
            total += (u[i] * u[i]) * (u[i] * (e[i] * e[i]));
        }
        for (std::size_t j = 0; j < p; ++j) {
            auto const column = room->columns.from(j * k);
            Pack part = 0;
            for (std::size_t i = 0; i < k; ++i) {
                part += (u[i] * u[i]) * (column[i] * e[i]);
            }
            total -= part * part;
        }
        return total;
    }
};

template <class Pack>
[[gnu::always_inline]] inline lane_tau_squared<Pack>
estimate_in_lanes(dersimonian_laird const&, lane_regressions<Pack> const& studies,
                  lane_regression_fit<Pack> const& common) {
    Pack const excess = common.squares - studies.degrees_of_freedom() * common.unit;
    return {select(excess > 0, excess / common.tr_p, 0), common.holds};
}

} // namespace accrue::detail
