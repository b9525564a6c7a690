#pragma once

#include <accrue/evidence/detail/pack.hpp>
#include <accrue/evidence/weighted_fit.hpp>

#include <cstddef>

namespace accrue::detail {

/// Sums over studies of something times u, u² and u³, where u is a study's relative weight.
template <class Real>
struct sums_by_power {
    Real first;
    Real second;
    Real third;

    /// Adds a study's u x, u² x and u³ x, where `ux` is u x.
    [[gnu::always_inline]] void add(Real const& u, Real const& ux) {
        first += ux;
        second += u * ux;
        third += u * u * ux;
    }
    [[gnu::always_inline]] sums_by_power& operator+=(sums_by_power const& other) {
        first += other.first;
        second += other.second;
        third += other.third;
        return *this;
    }
};

/// The sums over all of a pack.
template <class Number>
[[nodiscard, gnu::always_inline]] inline auto total_of(sums_by_power<Number> const& sums)
    -> sums_by_power<decltype(total_of(sums.first))> {
    return {total_of(sums.first), total_of(sums.second), total_of(sums.third)};
}

/// The sums over a set of studies of u^p, u^p d and u^p d² for p = 1, 2, 3, where u is a study's relative
/// weight and d = effect - centre.
///
/// They hold all that a `weighted_fit` needs, and two sets combine: both move to a common centre and add. The
/// centre may be any point, but sums of squares about it lose the digits that they exceed the squares about
/// the mean by; `operator+=` therefore moves to the common mean. Where one study has most of the weight the
/// centre is its effect: the mean would be rounded to a number that is further from that effect than the true
/// mean is, and the residual of that study lost.
template <class Real>
struct centred_sums {
    std::size_t k = 0;
    Real centre{};
    sums_by_power<Real> ones{};    ///< of 1
    sums_by_power<Real> firsts{};  ///< of d
    sums_by_power<Real> seconds{}; ///< of d²

    /// Adds a study whose d is known.
    [[gnu::always_inline]] void add_difference(Real const& u, Real const& d) {
        Real const ud = u * d;
        firsts.add(u, ud);
        seconds.add(u, ud * d);
    }

    [[gnu::always_inline]] centred_sums& operator+=(centred_sums other) {
        k += other.k;
        // Sums of weights that all underflowed, beside a far more precise study, have no mean.
        if (!(other.ones.first > 0)) {
            return *this;
        }
        if (!(ones.first > 0)) {
            other.k = k;
            return *this = other;
        }
        Real const distance = other.centre - centre;
        Real const total = ones.first + other.ones.first;
        if (is_dominated(total, Real(ones.second + other.ones.second))) {
            if (ones.second < other.ones.second) {
                move_to(other.centre);
            } else {
                other.move_to(centre);
            }
        } else {
            Real const mean =
                centre + (firsts.first + other.firsts.first + distance * other.ones.first) / total;
            move_to(mean);
            other.move_to(mean);
        }
        ones += other.ones;
        firsts += other.firsts;
        seconds += other.seconds;
        return *this;
    }

    /// Whether one study has more than 0.6 of the weight; see `weighted_fit::traces_cancel`.
    [[nodiscard, gnu::always_inline]] static bool is_dominated(Real const& total,
                                                               Real const& squared_weights) {
        return 5 * squared_weights > 3 * (total * total);
    }

    /// The fit that these sums describe, for weights relative to `unit`.
    ///
    /// Its sums of squares are about the exact mean, not about the number that the mean is rounded to: when
    /// effects share a large offset, that would cost weighted_squares digits, since weighted_residuals is not
    /// zero.
    [[nodiscard, gnu::always_inline]] weighted_fit<Real> fit(Real const& unit) const {
        Real const offset = firsts.first / ones.first;
        return {k,
                unit,
                centre + offset,
                ones.first,
                ones.second,
                ones.third,
                moved_second(offset, ones.first, firsts.first, seconds.first),
                moved_second(offset, ones.second, firsts.second, seconds.second),
                moved_second(offset, ones.third, firsts.third, seconds.third),
                moved_first(offset, ones.second, firsts.second)};
    }

  private:
    [[gnu::always_inline]] static Real moved_first(Real const& distance, Real const& one, Real const& first) {
        return first - distance * one;
    }
    [[gnu::always_inline]] static Real moved_second(Real const& distance, Real const& one, Real const& first,
                                                    Real const& second) {
        return second + distance * (distance * one - 2 * first);
    }

    [[gnu::always_inline]] void move_to(Real const& new_centre) {
        Real const distance = new_centre - centre;
        seconds.first = moved_second(distance, ones.first, firsts.first, seconds.first);
        seconds.second = moved_second(distance, ones.second, firsts.second, seconds.second);
        seconds.third = moved_second(distance, ones.third, firsts.third, seconds.third);
        firsts.first = moved_first(distance, ones.first, firsts.first);
        firsts.second = moved_first(distance, ones.second, firsts.second);
        firsts.third = moved_first(distance, ones.third, firsts.third);
        centre = new_centre;
    }
};

} // namespace accrue::detail
