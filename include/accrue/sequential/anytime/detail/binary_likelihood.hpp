#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/rare_events/detail/normal_effect_integral.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace accrue::detail {

using binary_trial = noncentral_hypergeometric<double>;

/// ln of the conditional likelihood of trials with log odds ratios N(mean, tau²), at one mean and all tau >=
/// 0, as far as a grid knows: tau = 0, a factor of e^(1/4) from 1e-4 to 100, and the limit of an infinite
/// tau. For a one-sided null, the same for the mean and all beyond it.
///
/// A trial's likelihood is smooth in ln tau on the scale of 1, so that no peak of the sum hides between
/// points. Where tau tends to infinity all log odds ratios do, half of them to each side: a trial has the
/// likelihood 1/2 if its treatment group has the most, or the fewest, events that its margins allow, and
/// otherwise 0.
///
/// At one tau the likelihood is log-concave in the mean. So the mean itself is the best of those beyond it
/// unless the likelihood rises in that direction, which a second grid a little way off tells.
class tau_profile {
  public:
    /// \param side 0 for the mean alone, 1 for all means at or below it, -1 for all at or above
    explicit tau_profile(double const mean, double const side = 0)
        : mean_(mean), side_(side), logs_(points), logs_beside_(side < 0 || side > 0 ? points : 0) {}

    void add(binary_trial const& trial) {
        if (!trial.is_informative()) {
            return;
        }
        for (std::size_t i = 0; i < points; ++i) {
            logs_[i] += log_normal_effect_integral(trial, mean_, tau(i));
        }
        for (std::size_t i = 0; i < logs_beside_.size(); ++i) {
            logs_beside_[i] += log_normal_effect_integral(trial, mean_ - side_ * beside, tau(i));
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
        bool rises = false;
        for (std::size_t i = 0; i < points; ++i) {
            rises = rises || rises_beyond(i);
        }
        // Where the best mean has to be sought as well, points a factor of e apart.
        std::size_t const stride = rises ? 4 : 1;
        auto heights = logs_;
        double best = largest_known();
        for (std::size_t i = 0; i < points; i += stride) {
            heights[i] = rises_beyond(i) ? height_at(trials, tau(i), true) : heights[i];
            best = best < heights[i] ? heights[i] : best;
        }
        double const known = best;
        for (std::size_t i = 0; i < points; i += stride) {
            std::size_t const below = i > 0 ? i - stride : i;
            std::size_t const above = (std::min)(i + stride, points - 1);
            if (!(heights[i] >= heights[below] && heights[i] >= heights[above] && heights[i] > known - 3)) {
                continue;
            }
            auto const minus_log = [&](double const at) { return -height_at(trials, at, rises); };
            double const end = above > i ? tau(above) : 2 * tau(i);
            auto const refined = least_between<double>(minus_log, tau(below), end, 26, 30);
            best = best < -refined.value ? -refined.value : best;
        }
        return best;
    }

    friend bool operator==(tau_profile const&, tau_profile const&) = default;

  private:
    static constexpr std::size_t points = 57;
    static constexpr double beside = 1e-5;

    [[nodiscard]] static double tau(std::size_t const i) {
        return i == 0 ? 0 : 1e-4 * std::exp(0.25 * static_cast<double>(i - 1));
    }
    [[nodiscard]] bool rises_beyond(std::size_t const i) const {
        return !logs_beside_.empty() && logs_beside_[i] > logs_[i];
    }

    [[nodiscard]] static double log_likelihood(std::span<binary_trial const> const trials, double const mean,
                                               double const tau) {
        return sum_over<double>(trials, [&](auto const& trial) {
            return trial.is_informative() ? log_normal_effect_integral(trial, mean, tau) : 0;
        });
    }
    /// At this tau the likelihood of the mean, or the largest of the mean and all beyond it.
    [[nodiscard]] double height_at(std::span<binary_trial const> const trials, double const tau,
                                   bool const beyond) const {
        double const here = log_likelihood(trials, mean_, tau);
        if (!beyond) {
            return here;
        }
        auto const minus_log = [&](double const away) {
            return -log_likelihood(trials, mean_ - side_ * away, tau);
        };
        if (!(minus_log(beside) < -here)) {
            return here;
        }
        double distance = 0.5;
        while (distance < 64 && minus_log(2 * distance) < minus_log(distance)) {
            distance *= 2;
        }
        double const best = -least_between<double>(minus_log, 0.0, 2 * distance, 18, 60).value;
        return best > here ? best : here;
    }

    double mean_;
    double side_;
    std::vector<double> logs_;
    std::vector<double> logs_beside_; ///< a little way beyond the mean
    double at_infinity_ = 0;
};

} // namespace accrue::detail
