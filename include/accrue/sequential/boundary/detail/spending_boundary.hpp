#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/sequential/boundary/detail/boundary_root.hpp>
#include <accrue/sequential/boundary/detail/clustered_density.hpp>
#include <accrue/sequential/boundary/detail/score_density.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
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
/// every later look changes no crossing probability in its last digit. Looks that may be in one cluster have
/// the cut of the first of them: a nearer one would reach the trials that rest.
struct score_cut {
    std::vector<double> own;      ///< on the boundary's own side
    std::vector<double> opposite; ///< on the other side
};

inline score_cut cut_for(error_schedule const& plan, std::span<double const> const fractions) {
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
    std::size_t first = 0;
    for (std::size_t k = 0; k < count; ++k) {
        while (fractions[k] - fractions[first] > clustered_density::widest * fractions[first]) {
            ++first;
        }
        result.own[k] = result.own[first];
        result.opposite[k] = result.opposite[first];
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

/// One boundary that spends a plan, look by look.
class spending_side {
  public:
    /// \param given the boundary itself, where it is known already
    spending_side(error_schedule const& plan, std::span<double const> const fractions, side const where,
                  std::span<double const> const given = {})
        : plan_(plan), cut_(cut_for(plan, fractions)), side_(where), given_(given) {}

    [[nodiscard]] bool spends(std::size_t const look) const { return plan_.increment[look] > 0; }
    /// How far out scores matter to the looks after this one, as Z.
    [[nodiscard]] score_cut const& cut() const { return cut_; }
    /// The boundary at a look, as Z; infinite where nothing is spent.
    [[nodiscard]] double boundary(clustered_density const& density, std::size_t const look, double const t) {
        if (!spends(look)) {
            return sign() * std::numeric_limits<double>::infinity();
        }
        if (!given_.empty()) {
            return given_[look];
        }
        auto const root = std::sqrt(t);
        auto const start = sign() * guess_(plan_.increment[look], plan_.cumulative[look]) * root;
        auto const z = boundary_root(density, side_, t, plan_.increment[look], start) / root;
        guess_.learn(sign() * z);
        return z;
    }

  private:
    [[nodiscard]] double sign() const { return side_ == side::upper ? 1 : -1; }

    error_schedule const& plan_;
    score_cut cut_;
    side side_;
    std::span<double const> given_;
    boundary_guess guess_;
};

/// Both boundaries of a trial that spend a plan each. Without a lower plan the lower boundary is the negative
/// of the upper one, or there is none. An upper boundary that is given is not computed anew.
inline stopping_boundaries spending_boundaries(error_schedule const* const lower_plan,
                                               error_schedule const& upper_plan,
                                               std::span<double const> const fractions, bool const symmetric,
                                               double const refinement = 1,
                                               std::span<double const> const given_upper = {}) {
    auto const count = fractions.size();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto upper = spending_side(upper_plan, fractions, side::upper, given_upper);
    auto lower = spending_side(lower_plan != nullptr ? *lower_plan : upper_plan, fractions, side::lower);
    // A look that spends nothing stops nothing, and the recursion goes past it in one step.
    auto looks = std::vector<std::size_t>{};
    auto information = std::vector<double>{};
    for (std::size_t k = 0; k < count; ++k) {
        if (upper.spends(k) || lower.spends(k)) {
            looks.push_back(k);
            information.push_back(fractions[k]);
        }
    }
    auto density = clustered_density(
        information, refinement * (lower_plan != nullptr ? (std::max)(refinement_for_plan(*lower_plan),
                                                                      refinement_for_plan(upper_plan))
                                                         : refinement_for_plan(upper_plan)));
    auto result = stopping_boundaries{.lower = std::vector<double>(count, -infinity),
                                      .upper = std::vector<double>(count, infinity)};
    for (std::size_t i = 0; i < looks.size();) {
        auto const k = looks[i];
        auto const t = fractions[k];
        auto const root = std::sqrt(t);
        result.upper[k] = upper.boundary(density, k, t);
        if (lower_plan != nullptr) {
            result.lower[k] = lower.boundary(density, k, t);
        } else if (symmetric) {
            result.lower[k] = -result.upper[k];
        }
        // A cut must serve both plans; what it leaves out of one is bounded as in `score_cut`.
        bool const lower_stops = lower_plan != nullptr || symmetric;
        auto const reach = (std::max)(upper.cut().own[k], lower.cut().own[k]);
        auto const bottom = lower_stops ? reach : upper.cut().opposite[k];
        auto const region = score_interval{.lower = (std::max)(result.lower[k], -bottom) * root,
                                           .upper = (std::min)(result.upper[k], reach) * root};
        if (density.holds(region)) {
            if (++i < looks.size()) {
                density.advance(region, reach, lower_stops);
            }
        } else {
            density.restart();
            i = 0;
        }
    }
    return result;
}

/// The one boundary, at each look, whose crossing probabilities are the increments of the plan.
inline std::vector<double> one_boundary(error_schedule const& plan, std::span<double const> const fractions,
                                        bool const symmetric, double const refinement = 1) {
    return spending_boundaries(nullptr, plan, fractions, symmetric, refinement).upper;
}

} // namespace accrue::detail
