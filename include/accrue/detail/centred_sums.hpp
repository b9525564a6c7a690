#pragma once

#include <accrue/real.hpp>
#include <accrue/weighted_fit.hpp>

#include <array>
#include <cstddef>

namespace accrue::detail {

/// The sums over a set of studies of u^p, u^p d and u^p d² for p = 1, 2, 3, where u is a study's relative
/// weight and d = effect - centre.
///
/// They hold all that a `weighted_fit` needs, and two sets combine: both move to a common centre and add. The
/// centre may be any point, but sums of squares about it lose the digits that they exceed the squares about
/// the mean by; `operator+=` therefore moves to the common mean.
template <class Real>
struct centred_sums {
    std::size_t k = 0;
    Real centre{};
    std::array<Real, 3> ones{};    ///< sum u^p, at index p - 1
    std::array<Real, 3> firsts{};  ///< sum u^p d
    std::array<Real, 3> seconds{}; ///< sum u^p d²

    [[gnu::always_inline]] void move_to(Real const& new_centre) {
        shift(new_centre - centre);
        centre = new_centre;
    }

    [[gnu::always_inline]] centred_sums& operator+=(centred_sums other) {
        if (other.k == 0) {
            return *this;
        }
        if (k == 0) {
            return *this = other;
        }
        Real const weight = ones[0] + other.ones[0];
        Real const distance = other.centre - centre;
        move_to(centre + (firsts[0] + other.firsts[0] + distance * other.ones[0]) / weight);
        other.move_to(centre);
        for (std::size_t p = 0; p < 3; ++p) {
            ones[p] += other.ones[p];
            firsts[p] += other.firsts[p];
            seconds[p] += other.seconds[p];
        }
        k += other.k;
        return *this;
    }

    /// The fit that these sums describe, for weights relative to `unit`.
    ///
    /// Its sums of squares are about the exact mean, not about the number that the mean is rounded to: when
    /// effects share a large offset, that would cost weighted_squares digits, since weighted_residuals is not
    /// zero.
    [[nodiscard, gnu::always_inline]] weighted_fit<Real> fit(Real const& unit) const {
        Real const inverse = 1 / ones[0]; // need not wait for the other sums
        Real const offset = firsts[0] * inverse;
        centred_sums about_mean = *this;
        about_mean.shift(offset);
        return {k,
                unit,
                centre + offset,
                about_mean.ones[0],
                about_mean.ones[1],
                about_mean.ones[2],
                about_mean.seconds[0],
                about_mean.seconds[1],
                about_mean.seconds[2],
                about_mean.firsts[1]};
    }

  private:
    [[gnu::always_inline]] void shift(Real const& distance) {
        for (std::size_t p = 0; p < 3; ++p) {
            Real const moved = distance * ones[p];
            seconds[p] += distance * (moved - 2 * firsts[p]);
            firsts[p] -= moved;
        }
    }
};

} // namespace accrue::detail
