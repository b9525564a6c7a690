#pragma once

#include <accrue/evidence/detail/bits.hpp>
#include <accrue/evidence/detail/centred_sums.hpp>
#include <accrue/evidence/detail/inverse_variance_weight.hpp>
#include <accrue/evidence/detail/pack.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace accrue::detail {

/// 2^exponent for an exponent that a normal `double` can have; `std::ldexp` without the call.
constexpr double power_of_two(int const exponent) {
    return from_bits(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

/// The largest e with 2^e <= value, for a positive normal `double`.
constexpr int binary_exponent(double const value) {
    return static_cast<int>(bits_of(value) >> 52U) - 1023;
}

/// Chebyshev points for interpolating smooth functions of the logarithm of the variance over one factor of 4.
///
/// A polynomial through n Chebyshev points errs by about rho^-n, where rho is the sum of the half axes of the
/// largest ellipse with foci -1 and 1 in which the function is analytic (Trefethen 2013, Approximation Theory
/// and Approximation Practice, SIAM, theorem 8.2). In s = log v the functions that models need, 1/(v + tau²),
/// its powers and log(v + tau²), are singular at s = log tau² ± i pi alone. On the scale where the band is
/// [-1, 1] that is pi / log 2 = 4.5 away from the real axis, so rho is at least 9.2 whatever tau² may be:
/// each point adds nearly one decimal digit.
template <real Real>
struct band_points {
    /// A multiple of 4: 20 for `double`, where the relative error is 2e-19 for 1/(v + tau²), and 1e-16 for
    /// its cube.
    static constexpr std::size_t count =
        4 * ((static_cast<std::size_t>(0.313 * std::numeric_limits<Real>::digits) + 5) / 4);

    std::array<Real, count> position;    ///< in [-1, 1]
    std::array<Real, count> barycentric; ///< 1 / product of the distances to the other points
    std::array<Real, count> variance;    ///< from 1 to 4

    band_points() {
        for (std::size_t j = 0; j < count; ++j) {
            double const angle =
                (static_cast<double>(j) + 0.5) * std::numbers::pi / static_cast<double>(count);
            position[j] = Real(-std::cos(angle));
            variance[j] = exp(Real((position[j] + 1) * log_of_two()));
        }
        for (std::size_t j = 0; j < count; ++j) {
            Real product(1);
            for (std::size_t i = 0; i < count; ++i) {
                product *= i == j ? Real(1) : Real(position[j] - position[i]);
            }
            barycentric[j] = 1 / product;
        }
    }

    static Real const& log_of_two() {
        static Real const value = log(Real(2));
        return value;
    }

    static band_points const& instance() {
        static band_points const points;
        return points;
    }

    /// The shares that a study at x has in each point: f(x) = sum of shares times f(points) for every
    /// polynomial of degree below `count`. They are Lagrange's products, from left and from right, so that x
    /// may coincide with a point.
    [[nodiscard]] std::array<Real, count> shares(Real const& x) const {
        std::array<Real, count> result;
        Real product(1);
        for (std::size_t j = 0; j < count; ++j) {
            result[j] = barycentric[j] * product;
            product *= x - position[j];
        }
        product = Real(1);
        for (std::size_t j = count; j-- > 0;) {
            result[j] *= product;
            product *= x - position[j];
        }
        return result;
    }
};

/// Numbers that keep the rounding errors of all additions to them, side by side so that compilers vectorise.
///
/// The addition is Knuth's two-sum: with part = total - term, the error of total = sum + term is exactly
/// (sum - part) + (term - (total - part)). `basic_compensated_sum` has a branch instead.
template <real Real, std::size_t n>
struct compensated_array {
    std::array<Real, n> sum{};
    std::array<Real, n> lost{};

    void add(std::array<Real, n> const& terms) {
        for (std::size_t j = 0; j < n; ++j) {
            Real const total = sum[j] + terms[j];
            Real const part = total - terms[j];
            lost[j] += (sum[j] - part) + (terms[j] - (total - part));
            sum[j] = total;
        }
    }

    /// Adds another's numbers; the result does not depend on which of the two is added to which.
    void add(compensated_array const& other) {
        for (std::size_t j = 0; j < n; ++j) {
            lost[j] += other.lost[j];
        }
        add(other.sum);
    }

    /// One number or a pack of them, from `first` on.
    template <class Number>
    [[nodiscard, gnu::always_inline]] Number value(std::size_t const first) const {
        return load<Number>(&sum[first]) + load<Number>(&lost[first]);
    }

    [[nodiscard]] std::array<Real, n> values() const {
        std::array<Real, n> result;
        for (std::size_t j = 0; j < n; ++j) {
            result[j] = sum[j] + lost[j];
        }
        return result;
    }
    [[nodiscard]] Real total() const { return sum_over<Real>(values()); }
};

/// The studies whose variances lie in one band [4^b, 4^(b+1)), condensed to sums of 1, d and d² at each of
/// the band's points, d = effect - centre.
///
/// The centre follows the studies: it moves to their mean whenever their number has doubled. Since the m <= n
/// studies that come after a move at n and shift the mean by s add at least (n + m) s² n / m to the sum of
/// squares about the mean, the sum about the centre never exceeds twice the one about the mean. So a common
/// offset costs no digits, in whatever order the studies come.
template <real Real>
struct variance_band {
    using points = band_points<Real>;
    static constexpr std::size_t size = points::count;

    int index = 0; ///< b
    std::size_t count = 0;
    Real centre = Real(0);
    compensated_array<Real, size> ones{};    ///< sums of shares
    compensated_array<Real, size> firsts{};  ///< of shares times d
    compensated_array<Real, size> seconds{}; ///< of shares times d²

    /// The band that a variance belongs to.
    static int index_of(Real const& variance) { return binary_exponent(static_cast<double>(variance)) >> 1; }

    void add(Real const& effect, Real const& variance) {
        if (count == 0) {
            centre = effect;
        }
        Real const scaled = variance * Real(power_of_two(-2 * index));
        auto const shares = points::instance().shares(Real(log(scaled) / points::log_of_two() - 1));
        Real const difference = effect - centre;
        Real const square = difference * difference;
        std::array<Real, size> first;
        std::array<Real, size> second;
        for (std::size_t j = 0; j < size; ++j) {
            first[j] = shares[j] * difference;
            second[j] = shares[j] * square;
        }
        ones.add(shares);
        firsts.add(first);
        seconds.add(second);
        ++count;
        if ((count & (count - 1)) == 0) {
            move_to(mean());
        }
    }

    /// Adds the studies of the same band of another set. Exactly commutative: the larger set's centre (or,
    /// between equals, the lesser centre) is taken, whichever side it is on.
    void merge(variance_band other) {
        if (count == 0) {
            *this = other;
            return;
        }
        bool const keep = count != other.count ? count > other.count : centre < other.centre;
        if (keep) {
            other.move_to(centre);
        } else {
            move_to(other.centre);
        }
        ones.add(other.ones);
        firsts.add(other.firsts);
        seconds.add(other.seconds);
        count += other.count;
        move_to(mean());
    }

    /// Whether the sums can be those of `count` studies, but for rounding errors: no share is above 1.3 in
    /// size, each study's add up to 1, and sums of d and d² obey Cauchy and Schwarz.
    [[nodiscard]] bool is_consistent() const {
        Real const n = from_count<Real>(count);
        Real const rounding(1e-9);
        Real const offset = square(centre) * n * std::numeric_limits<Real>::epsilon();
        Real const squares = seconds.total() + offset;
        bool const balanced = square(Real(ones.total() - n)) <= square(Real(rounding * n));
        bool const possible =
            squares >= 0 && square(firsts.total()) <= (1 + rounding) * n * (squares + offset);
        bool holds = balanced && possible;
        for (std::size_t j = 0; j < size; ++j) {
            // The errors that a sum owes are far below what it has been.
            holds = holds && square(Real(ones.sum[j] + ones.lost[j])) <= square(Real(2 * n)) &&
                    square(ones.lost[j]) <= square(Real(rounding * n)) &&
                    square(Real(firsts.sum[j] + firsts.lost[j])) <= 4 * n * (squares + offset) &&
                    square(firsts.lost[j]) <= rounding * n * (squares + offset) &&
                    square(Real(seconds.sum[j] + seconds.lost[j])) <= square(Real(2 * (squares + offset))) &&
                    square(seconds.lost[j]) <= square(Real(rounding * n * (squares + offset)));
        }
        return holds;
    }

    /// The sums for weights that depend on the variance, with each point standing for a study.
    template <class Weight>
    [[nodiscard, gnu::always_inline]] centred_sums<Real> sums(Weight const& weight) const {
        if constexpr (takes_packs<Real, Weight>) {
            return sums_by<native_pack>(weight);
        } else {
            return sums_by<Real>(weight);
        }
    }

    /// The sum over the band's studies of a function of the variance.
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        auto const one = ones.values();
        auto const values = at_points(function);
        return sum_to<Real>(size, [&](std::size_t const j) { return Real(values[j] * one[j]); });
    }

  private:
    template <class Number, class Weight>
    [[nodiscard, gnu::always_inline]] centred_sums<Real> sums_by(Weight const& weight) const {
        auto const& variances = points::instance().variance;
        Real const scale(power_of_two(2 * index));
        auto total = centred_sums<Number>{};
        static_assert(size % width_of<Number> == 0, "packs must not read beyond a band's points");
        for (std::size_t j = 0; j < size; j += width_of<Number>) {
            Number const u = weight(Number(load<Number>(&variances[j]) * scale));
            total.ones.add(u, u * ones.template value<Number>(j));
            total.firsts.add(u, u * firsts.template value<Number>(j));
            total.seconds.add(u, u * seconds.template value<Number>(j));
        }
        return {count, centre, total_of(total.ones), total_of(total.firsts), total_of(total.seconds)};
    }

    template <class Function>
    std::array<Real, size> at_points(Function const& function) const {
        auto const& variances = points::instance().variance;
        Real const scale(power_of_two(2 * index));
        std::array<Real, size> values;
        for (std::size_t j = 0; j < size; ++j) {
            values[j] = function(Real(variances[j] * scale));
        }
        return values;
    }

    /// Shares add up to 1 for every study, so the sums over all points are those over all studies.
    Real mean() const { return centre + firsts.total() / from_count<Real>(count); }

    void move_to(Real const& new_centre) {
        Real const shift = new_centre - centre;
        auto const one = ones.values();
        auto const first = firsts.values();
        std::array<Real, size> first_change;
        std::array<Real, size> second_change;
        for (std::size_t j = 0; j < size; ++j) {
            Real const moved = shift * one[j];
            first_change[j] = -moved;
            second_change[j] = shift * (moved - 2 * first[j]);
        }
        firsts.add(first_change);
        seconds.add(second_change);
        centre = new_centre;
    }
};

} // namespace accrue::detail
