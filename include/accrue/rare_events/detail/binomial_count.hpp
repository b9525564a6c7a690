#pragma once

#include <accrue/rare_events/detail/log_binomial_coefficient.hpp>
#include <accrue/real.hpp>

namespace accrue::detail {

/// ln(1 + e^x), without overflow.
template <real Real>
[[nodiscard]] Real log_one_plus_exp(Real const& x) {
    return x > 0 ? Real(x + log1p(exp(Real(-x)))) : Real(log1p(exp(x)));
}

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
        : count_(count), total_(total), offset_(offset) {
        constant_ = log_binomial_coefficient(total, count);
    }

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
        Real const share = x > 0 ? larger : smaller;
        Real const log_sum = (x > 0 ? x : Real(0)) + log1p(power);
        return {constant_ + count_ * x - total_ * log_sum, count_ - total_ * share,
                -total_ * larger * smaller};
    }
    [[nodiscard]] Real log_likelihood(Real const& theta) const {
        Real const x = theta + offset_;
        return constant_ + count_ * x - total_ * log_one_plus_exp(x);
    }

  private:
    Real count_;
    Real total_;
    Real offset_;
    Real constant_;
};

/// The likelihood of a Poisson count at the rate e^theta over a time: ln L = count (theta + ln time) - time
/// e^theta - ln count!.
template <real Real>
class poisson_count {
  public:
    /// Whether the likelihood of the fewest events, or the most, tends to 1 as the effect becomes infinite.
    static constexpr bool tends_to_one = true;

    poisson_count(Real const& count, Real const& time) : count_(count), time_(time) {
        constant_ = count * log(time) - lgamma(Real(count + 1));
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
        return {constant_ + count_ * theta - expected, count_ - expected, -expected};
    }
    [[nodiscard]] Real log_likelihood(Real const& theta) const {
        return constant_ + count_ * theta - time_ * exp(theta);
    }

  private:
    Real count_;
    Real time_;
    Real constant_;
};

} // namespace accrue::detail
