#pragma once

#include <accrue/rare_events/detail/log_binomial_coefficient.hpp>
#include <accrue/real.hpp>

namespace accrue::detail {

/// The likelihood of `count` of `total` independent events whose probability has the logit theta + offset:
///
///     ln L = count (theta + offset) - total ln(1 + e^(theta + offset)) + ln C(total, count).
///
/// It is a proportion's; a trial's given all its events, where events are rare; and, exactly, that of two
/// Poisson counts given their sum.
template <real Real>
class binomial_count {
  public:
    /// Whether the likelihood of the fewest events, or the most, tends to 1 as the effect becomes infinite.
    static constexpr bool tends_to_one = true;

    binomial_count(Real const& count, Real const& total, Real const& offset)
        : count_(count), total_(total), offset_(offset), constant_(log_binomial_coefficient(total, count)),
          height_(beyond_stirling(total) - beyond_stirling(count) - beyond_stirling(Real(total - count))) {}

    /// About where the likelihood is highest; finite where that is not.
    [[nodiscard]] Real about_peak() const {
        Real const half = Real(1) / 2;
        return log(Real((count_ + half) / (total_ - count_ + half))) - offset_;
    }
    [[nodiscard]] bool is_informative() const { return total_ > 0; }
    [[nodiscard]] bool is_lowest() const { return !(count_ > 0); }
    [[nodiscard]] bool is_highest() const { return !(count_ < total_); }

    struct point {
        Real value;
        Real slope;
        Real curvature;
    };
    [[nodiscard]] point at(Real const& theta) const {
        // One exponential for 1 / (1 + e^-x), its complement and ln(1 + e^x), none of which overflows.
        Real const x = theta + offset_;
        Real const power = exp(x > 0 ? Real(-x) : x);
        Real const larger = 1 / (1 + power);
        Real const smaller = power * larger;
        Real const others = total_ - count_;
        Real const expected = total_ * (x > 0 ? larger : smaller);
        Real const spared = total_ * (x > 0 ? smaller : larger);
        Real const slope = x > 0 ? Real(spared - others) : Real(count_ - expected);
        Real const curvature = -total_ * larger * smaller;
        Real const distance = 2 * magnitude(slope);
        if (total_ > 1000 && distance < expected && distance < spared) {
            // About the peak, where the terms of large counts would cancel. Of small ones they cost less.
            return {height_ - count_ * log1p(Real(slope / expected)) - others * log1p(Real(-slope / spared)),
                    slope, curvature};
        }
        return {constant_ + count_ * x - total_ * ((x > 0 ? x : Real(0)) + log1p(power)), slope, curvature};
    }
    [[nodiscard]] Real log_likelihood(Real const& theta) const { return at(theta).value; }

  private:
    Real count_;
    Real total_;
    Real offset_;
    Real constant_;
    Real height_; ///< of the peak
};

/// The likelihood of a Poisson count at the rate e^theta over a time: ln L = count (theta + ln time) - time
/// e^theta - ln count!.
template <real Real>
class poisson_count {
  public:
    /// Whether the likelihood of the fewest events, or the most, tends to 1 as the effect becomes infinite.
    static constexpr bool tends_to_one = true;

    poisson_count(Real const& count, Real const& time)
        : count_(count), time_(time), height_(-beyond_stirling(count)) {
        constant_ = count > 0 ? Real(height_ - count * (log_quotient(count, time) - 1)) : Real(0);
    }

    /// About where the likelihood is highest; finite where that is not.
    [[nodiscard]] Real about_peak() const { return log(Real((count_ + Real(1) / 2) / time_)); }
    [[nodiscard]] bool is_informative() const { return true; }
    [[nodiscard]] bool is_lowest() const { return !(count_ > 0); }
    [[nodiscard]] bool is_highest() const { return false; }

    struct point {
        Real value;
        Real slope;
        Real curvature;
    };
    [[nodiscard]] point at(Real const& theta) const {
        Real const expected = time_ * exp(theta);
        Real const slope = count_ - expected;
        // About the peak the terms of a large count would cancel.
        return {count_ > 1000 && 2 * magnitude(slope) < expected
                    ? Real(height_ - count_ * log1p(Real(slope / expected)) + slope)
                    : Real(constant_ + count_ * theta - expected),
                slope, -expected};
    }
    [[nodiscard]] Real log_likelihood(Real const& theta) const { return at(theta).value; }

  private:
    Real count_;
    Real time_;
    Real constant_;
    Real height_; ///< of the peak
};

} // namespace accrue::detail
