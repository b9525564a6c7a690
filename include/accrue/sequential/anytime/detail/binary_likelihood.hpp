#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/rare_events/detail/normal_effect_integral.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace accrue::detail {

using binary_trial = noncentral_hypergeometric<double>;

/// ln of the conditional likelihood of trials with log odds ratios N(mean, tau²), at one mean and all tau >=
/// 0, as far as a grid knows: tau = 0, a factor of e^(1/4) from 1e-4 to 100, and the limit of an infinite
/// tau.
///
/// A trial's likelihood is smooth in ln tau on the scale of 1, so that no peak of the sum hides between
/// points. Where tau tends to infinity all log odds ratios do, half of them to each side: a trial has the
/// likelihood 1/2 if its treatment group has the most, or the fewest, events that its margins allow, and
/// otherwise 0.
class tau_profile {
  public:
    explicit tau_profile(double const mean) : mean_(mean), logs_(points) {}

    void add(binary_trial const& trial) {
        if (!trial.is_informative()) {
            return;
        }
        for (std::size_t i = 0; i < points; ++i) {
            logs_[i] += log_normal_effect_integral(trial, mean_, tau(i));
        }
        at_infinity_ += trial.is_lowest() || trial.is_highest() ? -std::numbers::ln2 : -infinity<double>();
    }

    /// The largest known value, which the supremum is not below.
    [[nodiscard]] double largest_known() const {
        double largest = at_infinity_;
        for (double const log : logs_) {
            largest = largest < log ? log : largest;
        }
        return largest;
    }

    /// The supremum over tau >= 0: the largest known value, or more where a peak lies between points. Every
    /// point that is as high as its neighbours, and within 3 of the highest, is refined.
    [[nodiscard]] double supremum(std::span<binary_trial const> const trials) const {
        double const known = largest_known();
        double best = known;
        for (std::size_t i = 0; i < points; ++i) {
            bool const peak = (i == 0 || logs_[i] >= logs_[i - 1]) &&
                              (i + 1 == points || logs_[i] >= logs_[i + 1]) && logs_[i] > known - 3;
            if (!peak) {
                continue;
            }
            auto const minus_log = [&](double const tau) {
                double total = 0;
                for (auto const& trial : trials) {
                    total -= trial.is_informative() ? log_normal_effect_integral(trial, mean_, tau) : 0;
                }
                return total;
            };
            double const lower = i > 0 ? tau(i - 1) : 0;
            double const upper = i + 1 < points ? tau(i + 1) : 2 * tau(i);
            auto const refined = least_between<double>(minus_log, lower, upper, 26, 30);
            best = best < -refined.value ? -refined.value : best;
        }
        return best;
    }

    friend bool operator==(tau_profile const&, tau_profile const&) = default;

  private:
    static constexpr std::size_t points = 57;

    [[nodiscard]] static double tau(std::size_t const i) {
        return i == 0 ? 0 : 1e-4 * std::exp(0.25 * static_cast<double>(i - 1));
    }

    double mean_;
    std::vector<double> logs_;
    double at_infinity_ = 0;
};

} // namespace accrue::detail
