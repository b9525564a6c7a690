#pragma once

#include <accrue/real.hpp>

namespace accrue {

/// A running sum that keeps the rounding error of every addition and gives it back at the end: 1e16 + 1 -
/// 1e16 is 1, where plain additions make it 0.
///
/// The error of the result is about one unit in the last place of the sum plus n² eps² times the sum of
/// absolute values, instead of n eps times it: a million terms lose nothing. Neumaier 1974, Z Angew Math Mech
/// 54:39-51, doi:10.1002/zamm.19740540106.
template <real Real>
class basic_compensated_sum {
  public:
    constexpr basic_compensated_sum() = default;
    constexpr explicit basic_compensated_sum(Real const& start) : sum_(start) {}

    constexpr basic_compensated_sum& operator+=(Real const& term) {
        Real const total = sum_ + term;
        Real const magnitude = detail::magnitude(sum_);
        Real const term_magnitude = detail::magnitude(term);
        if (magnitude >= term_magnitude) {
            lost_ += (sum_ - total) + term;
        } else {
            lost_ += (term - total) + sum_;
        }
        sum_ = total;
        return *this;
    }

    /// Adds another sum, with what that one has kept.
    constexpr basic_compensated_sum& operator+=(basic_compensated_sum const& other) {
        Real const lost = lost_ + other.lost_;
        lost_ = Real(0);
        *this += other.sum_;
        lost_ += lost;
        return *this;
    }

    /// Scales every term so far; rounds once, unless the factor is a power of 2.
    constexpr basic_compensated_sum& operator*=(Real const& factor) {
        sum_ = sum_ * factor;
        lost_ = lost_ * factor;
        return *this;
    }

    [[nodiscard]] constexpr Real value() const { return sum_ + lost_; }

  private:
    Real sum_ = Real(0);
    Real lost_ = Real(0);
};

using compensated_sum = basic_compensated_sum<double>;

} // namespace accrue
