#pragma once

#include <accrue/interval.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/score_density.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue::detail {

/// The probability of a set of results under a drift, and its derivative by the drift.
struct set_probability {
    double value;
    double slope;
};

/// The probability, under any drift near a reference, of ending at some look with a Z at or above a threshold
/// of that look.
///
/// One recursion serves all drifts: the density of an ending at score s and information t under drift b is
/// that under drift a times exp((b - a) s - (b² - a²) t / 2), whatever the boundaries. So the endings are
/// kept as the nodes and weights of a quadrature, and a drift costs one exponential a node.
class exit_measure {
  public:
    /// \param fractions the looks; the trial ends at the last, whatever its Z
    /// \param thresholds the least Z that counts, for each look
    /// \param drifts where probabilities will be asked for
    /// \param reach how many standard deviations beyond these matter
    exit_measure(stopping_boundaries const& bounds, std::span<double const> const fractions,
                 std::span<double const> const thresholds, interval const& drifts, double const reach)
        : reference_(0.5 * (drifts.lower + drifts.upper)) {
        auto looks = std::vector<std::size_t>{};
        for (std::size_t k = 0; k < fractions.size(); ++k) {
            if (k + 1 == fractions.size() || can_stop(region_at(bounds, k))) {
                looks.push_back(k);
            }
        }
        auto density =
            score_density(reference_, 0, 0, refinement(bounds, fractions, thresholds, drifts, looks));
        auto going_on = score_interval{0, 0}; ///< the scores of all that have not ended
        auto before = 0.0;
        for (std::size_t i = 0; i < looks.size(); ++i) {
            auto const k = looks[i];
            auto const t = fractions[k];
            auto const root = std::sqrt(t);
            auto const half = 0.5 * drifts.width() * root;
            bool const is_last = i + 1 == looks.size();
            auto const stop = region_at(bounds, k);
            auto const top =
                (std::max)({is_last ? thresholds[k] : stop.upper, thresholds[k], drifts.upper * root});
            auto const bottom = (std::min)(drifts.lower * root, is_last ? 0.0 : stop.lower);
            // No step of this length, under any of the drifts, has a probability that a double holds.
            auto const farthest = 46 * std::sqrt(t - before);
            auto const lowest = (going_on.lower + drifts.lower * (t - before) - farthest) / root;
            auto const highest = (going_on.upper + drifts.upper * (t - before) + farthest) / root;
            auto const clip =
                score_interval{.lower = (std::max)({thresholds[k], finite_or(bottom, 0) - reach, lowest}),
                               .upper = (std::min)(finite_or(top, drifts.upper * root) + reach, highest)};
            add_exits(density, t, is_last, stop, clip);
            auto const region = continuation(stop, t, reference_ * root, reach + half);
            if (is_last || region.count == 0) {
                break;
            }
            density.advance(t, region.span(), fractions[looks[i + 1]]);
            going_on = {region.intervals[0].lower, region.intervals[region.count - 1].upper};
            before = t;
        }
    }

    [[nodiscard]] set_probability at(double const drift) const {
        auto result = set_probability{0, 0};
        auto const shift = drift - reference_;
        for (auto const& look : looks_) {
            auto const constant = -0.5 * shift * (drift + reference_) * look.information;
            for (std::size_t i = look.first; i < look.last; ++i) {
                auto const mass = mass_[i] * std::exp(shift * score_[i] + constant);
                result.value += mass;
                result.slope += mass * (score_[i] - drift * look.information);
            }
        }
        return result;
    }

    /// The sum of what `value(score, information)` is at the endings, each times its probability under a
    /// drift.
    template <class Value>
    [[nodiscard]] double sum(double const drift, Value const& value) const {
        double result = 0;
        auto const shift = drift - reference_;
        for (auto const& look : looks_) {
            auto const constant = -0.5 * shift * (drift + reference_) * look.information;
            for (std::size_t i = look.first; i < look.last; ++i) {
                result +=
                    mass_[i] * std::exp(shift * score_[i] + constant) * value(score_[i], look.information);
            }
        }
        return result;
    }

  private:
    struct look_nodes {
        double information;
        std::size_t first;
        std::size_t last;
    };

    static double finite_or(double const value, double const otherwise) {
        return std::abs(value) < std::numeric_limits<double>::infinity() ? value : otherwise;
    }

    /// What ends at the next look of a density within `clip`, both on the Z scale.
    void add_exits(score_density const& density, double const t, bool const is_last,
                   stopping_region const& stop, score_interval const& clip) {
        auto const infinity = std::numeric_limits<double>::infinity();
        auto const root = std::sqrt(t);
        auto counted = std::vector<score_interval>{};
        auto const add = [&](double const lower, double const upper) {
            auto const from = (std::max)(lower, clip.lower);
            auto const to = (std::min)(upper, clip.upper);
            if (from < to) {
                counted.push_back({from * root, to * root});
            }
        };
        if (is_last) {
            add(-infinity, infinity);
        } else {
            add(-infinity, stop.lower);
            add((std::max)(stop.inner.lower, stop.lower), (std::min)(stop.inner.upper, stop.upper));
            add(stop.upper, infinity);
        }
        if (counted.empty()) {
            return;
        }
        auto exits = density;
        exits.advance(t, counted, infinity);
        auto const first = mass_.size();
        exits.for_each_node([&](double const score, double const mass) {
            if (mass > 0) { // a tilt of nothing could be 0 times infinity
                score_.push_back(score);
                mass_.push_back(mass);
            }
        });
        looks_.push_back({t, first, mass_.size()});
    }

    /// The refinement that the exits need: the density of an ending falls the steeper the further out it is.
    static double refinement(stopping_boundaries const& bounds, std::span<double const> const fractions,
                             std::span<double const> const thresholds, interval const& drifts,
                             std::span<std::size_t const> const looks) {
        auto steepest = 0.0;
        auto previous = 0.0;
        for (auto const k : looks) {
            auto const root = std::sqrt(fractions[k]);
            auto const step = std::sqrt(fractions[k] - previous);
            previous = fractions[k];
            for (auto const z : {bounds.upper[k], bounds.lower[k], thresholds[k]}) {
                for (auto const drift : {drifts.lower, drifts.upper}) {
                    auto const slope = std::abs(z - drift * root) * step / root;
                    steepest = slope < 40 ? (std::max)(steepest, slope) : steepest;
                }
            }
        }
        return (std::max)(refinement_for(steepest), refinement_for_bounds(bounds, 0, fractions));
    }

    double reference_;
    std::vector<look_nodes> looks_;
    std::vector<double> score_;
    std::vector<double> mass_;
};

} // namespace accrue::detail
