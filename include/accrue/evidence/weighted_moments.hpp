#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <cstddef>

namespace accrue {

/// The weighted mean of a stream of values, and their weighted sum of squares about it, in constant memory.
///
/// With weights 1/variance the mean is the common-effect estimate, 1/weight() its variance and
/// centred_squares() is Cochran's Q. Adding a value x of weight w updates
///
///     W' = W + w,   mean' = mean + (x - mean) w / W',   Q' = Q + (x - mean)² w W / W'
///
/// (West 1979, Commun ACM 22:532-535, doi:10.1145/359146.359153). Nothing is ever subtracted from a sum of
/// squares, so a large common offset of the values costs no digits. Two sets merge by the same identity with
/// the second set's mean and weight in place of x and w, plus its own Q: that term between the means is what
/// makes `+=` exact (Chan, Golub & LeVeque 1983, Am Stat 37:242-247, doi:10.1080/00031305.1983.10483115).
template <real Real>
class basic_weighted_moments {
  public:
    /// Adds a value. Throws `invalid_input` for a value that is not finite, or a weight that is not positive.
    constexpr basic_weighted_moments& add(Real const& value, Real const& weight = Real(1)) {
        detail::require_finite("value", value);
        detail::require_positive("weight", weight);
        return merge(1, weight, value, Real(0));
    }

    /// Merges the values of another set.
    constexpr basic_weighted_moments& operator+=(basic_weighted_moments const& other) {
        return other.count_ == 0 ? *this
                                 : merge(other.count_, other.weight_, other.mean_, other.centred_squares_);
    }

    friend constexpr basic_weighted_moments operator+(basic_weighted_moments left,
                                                      basic_weighted_moments const& right) {
        return left += right;
    }

    [[nodiscard]] constexpr std::size_t count() const { return count_; }
    /// Sum of the weights.
    [[nodiscard]] constexpr Real weight() const { return weight_; }
    /// Weighted mean; 0 while empty.
    [[nodiscard]] constexpr Real mean() const { return mean_; }
    /// Sum of w (x - mean)².
    [[nodiscard]] constexpr Real centred_squares() const { return centred_squares_; }

  private:
    constexpr basic_weighted_moments& merge(std::size_t const count, Real const& weight, Real const& mean,
                                            Real const& centred_squares) {
        Real const total = weight_ + weight;
        Real const difference = mean - mean_;
        Real const share = weight / total;
        centred_squares_ += centred_squares + difference * difference * (weight_ * share);
        mean_ += difference * share;
        weight_ = total;
        count_ += count;
        return *this;
    }

    std::size_t count_ = 0;
    Real weight_ = Real(0);
    Real mean_ = Real(0);
    Real centred_squares_ = Real(0);
};

using weighted_moments = basic_weighted_moments<double>;

} // namespace accrue
