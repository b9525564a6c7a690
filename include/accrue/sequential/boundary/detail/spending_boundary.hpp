#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/sequential/boundary/detail/boundary_root.hpp>
#include <accrue/sequential/boundary/detail/score_density.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue::detail {

/// Z values that the recursion may leave out where no boundary limits the score.
///
/// A trial that is going on at look k with Z > c can add to a later crossing probability p_j at most P(Z >
/// c); one with Z < -c can add at most P(Z < -c) F_j, F_j being all that is spent by look j, since P(Z_j >
/// z_j) <= F_j and the two events are negatively associated. Cutting where these are below 1e-17 p_j for
/// every later look changes no crossing probability in its last digit.
struct score_cut {
    std::vector<double> own;      ///< on the boundary's own side
    std::vector<double> opposite; ///< on the other side
};

inline score_cut cut_for(error_schedule const& plan) {
    auto const count = plan.increment.size();
    auto const quantile = [](double const probability) {
        return normal::upper_quantile((std::max)(probability, 1e-307));
    };
    auto result = score_cut{std::vector<double>(count, 0.0), std::vector<double>(count, 0.0)};
    auto smallest = 1.0;
    auto smallest_share = 1.0;
    auto own = quantile(1e-17);
    auto opposite = own;
    for (auto k = count; k-- > 0;) {
        result.own[k] = own;
        result.opposite[k] = opposite;
        if (plan.increment[k] > 0) {
            if (plan.increment[k] < smallest) {
                smallest = plan.increment[k];
                own = quantile(1e-17 * smallest);
            }
            auto const share = plan.increment[k] / plan.cumulative[k];
            if (share < smallest_share) {
                smallest_share = share;
                opposite = quantile(1e-17 * smallest_share);
            }
        }
    }
    return result;
}

/// The refinement that a plan needs: an increment p after F has been spent takes a boundary about
/// sqrt(2 log(F / p)) standard deviations of the step above the one before.
inline double refinement_for_plan(error_schedule const& plan) {
    auto distance = 0.0;
    for (std::size_t k = 1; k < plan.increment.size(); ++k) {
        if (plan.increment[k] > 0 && plan.increment[k] < plan.cumulative[k - 1]) {
            distance =
                (std::max)(distance, std::sqrt(2 * std::log(plan.cumulative[k - 1] / plan.increment[k])));
        }
    }
    return refinement_for(distance);
}

/// Where to look first for the boundary that spends `increment` when `cumulative` is spent by then: it lies
/// between the normal quantiles of the two, and at about the same place between them as at the look before.
class boundary_guess {
  public:
    [[nodiscard]] double operator()(double const increment, double const cumulative) {
        low_ = normal::upper_quantile(cumulative);
        high_ = normal::upper_quantile(increment);
        return low_ + place_ * (high_ - low_);
    }
    /// Tells where the boundary was.
    void learn(double const z) {
        if (high_ > low_ && z > low_ && z < high_) {
            place_ = (z - low_) / (high_ - low_);
        }
    }

  private:
    double place_ = 0.25;
    double low_ = 0;
    double high_ = 0;
};

/// For each look the information at the next one at which something is spent (infinite after the last): a
/// look that spends nothing stops nothing, and the recursion goes past it in one step.
inline std::vector<double> next_spending_look(std::span<double const> const fractions,
                                              std::span<double const> const increments,
                                              std::span<double const> const other_increments) {
    auto result = std::vector<double>(fractions.size());
    auto next = std::numeric_limits<double>::infinity();
    for (auto k = fractions.size(); k-- > 0;) {
        result[k] = next;
        if (increments[k] > 0 || other_increments[k] > 0) {
            next = fractions[k];
        }
    }
    return result;
}

/// The boundary of one side at each look that spends a plan, with the trial going on between it and -cut.
inline std::vector<double> one_boundary(error_schedule const& plan, std::span<double const> const fractions,
                                        bool const symmetric, double const refinement = 1) {
    auto const count = fractions.size();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const cut = cut_for(plan);
    auto const next = next_spending_look(fractions, plan.increment, plan.increment);
    auto density = score_density(0, 0, 0, refinement * refinement_for_plan(plan));
    auto guess = boundary_guess{};
    auto result = std::vector<double>(count, infinity);
    for (std::size_t k = 0; k < count; ++k) {
        if (!(plan.increment[k] > 0)) {
            continue;
        }
        auto const root = std::sqrt(fractions[k]);
        auto const start = guess(plan.increment[k], plan.cumulative[k]);
        result[k] = boundary_root(density, side::upper, fractions[k], plan.increment[k], start * root) / root;
        guess.learn(result[k]);
        if (next[k] < infinity) {
            auto const upper = (std::min)(result[k], cut.own[k]) * root;
            auto const lower = symmetric ? -upper : -cut.opposite[k] * root;
            auto const region = std::array{score_interval{.lower = lower, .upper = upper}};
            density.advance(fractions[k], region, next[k]);
        }
    }
    return result;
}

/// Two boundaries that spend a plan each.
inline stopping_boundaries two_boundaries(error_schedule const& lower_plan, error_schedule const& upper_plan,
                                          std::span<double const> const fractions) {
    auto const count = fractions.size();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const lower_cut = cut_for(lower_plan);
    auto const upper_cut = cut_for(upper_plan);
    auto const next = next_spending_look(fractions, lower_plan.increment, upper_plan.increment);
    auto density =
        score_density(0, 0, 0, (std::max)(refinement_for_plan(lower_plan), refinement_for_plan(upper_plan)));
    auto lower_guess = boundary_guess{};
    auto upper_guess = boundary_guess{};
    auto result = stopping_boundaries{.lower = std::vector<double>(count, -infinity),
                                      .upper = std::vector<double>(count, infinity)};
    for (std::size_t k = 0; k < count; ++k) {
        auto const t = fractions[k];
        auto const root = std::sqrt(t);
        if (upper_plan.increment[k] > 0) {
            auto const start = upper_guess(upper_plan.increment[k], upper_plan.cumulative[k]);
            result.upper[k] =
                boundary_root(density, side::upper, t, upper_plan.increment[k], start * root) / root;
            upper_guess.learn(result.upper[k]);
        }
        if (lower_plan.increment[k] > 0) {
            auto const start = lower_guess(lower_plan.increment[k], lower_plan.cumulative[k]);
            result.lower[k] =
                boundary_root(density, side::lower, t, lower_plan.increment[k], -start * root) / root;
            lower_guess.learn(-result.lower[k]);
        }
        auto const spends = upper_plan.increment[k] > 0 || lower_plan.increment[k] > 0;
        if (spends && next[k] < infinity) {
            // A cut must serve both plans; what it leaves out of one is bounded as in `score_cut`.
            auto const reach = (std::max)(upper_cut.own[k], lower_cut.own[k]);
            auto const region =
                std::array{score_interval{.lower = (std::max)(result.lower[k], -reach) * root,
                                          .upper = (std::min)(result.upper[k], reach) * root}};
            density.advance(t, region, next[k]);
        }
    }
    return result;
}

} // namespace accrue::detail
