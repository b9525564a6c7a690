#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/anytime/direction.hpp>
#include <accrue/sequential/anytime/effect_node.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace accrue::detail {

/// ln(exp(a) + exp(b)).
inline double log_sum(double const a, double const b) {
    double const larger = a < b ? b : a;
    double const smaller = a < b ? a : b;
    return smaller > -infinity<double>() ? larger + std::log1p(std::exp(smaller - larger)) : larger;
}

/// Two effects of the same size on both sides of the null, and the money that is bet on each.
///
/// With x = theta s for the scaled result s of a trial, the stake on theta > 0 is multiplied by
/// 2 / (1 + exp(-2x)), and that on -theta by 2 / (1 + exp(2x)). Both have the factor 2 / (1 + exp(-2|x|)),
/// and one of them exp(-2|x|) as well. So the sum of ln(1 + exp(-2|x|)) is all that a pair must keep; the
/// sums of the positive and of the negative s are common to all pairs.
struct bet_pair {
    double size;            ///< theta > 0
    double log_share_above; ///< of theta; minus infinity for none
    double log_share_below; ///< of -theta
    double log_loss = 0;    ///< sum of ln(1 + exp(-2 theta |s|))

    friend bool operator==(bet_pair const&, bet_pair const&) = default;
};

/// What the bets on all effects have come to against one null.
class symmetric_bets {
  public:
    symmetric_bets(std::span<effect_node const> const nodes, effect_direction const& direction) {
        double total = 0;
        double idle = 0;
        for (auto const& node : nodes) {
            require_finite("effect of a node", node.effect);
            require_positive("weight of a node", node.weight);
            bool const above = node.effect > 0;
            bool const below = node.effect < 0;
            if ((above && !seeks_above(direction)) || (below && !seeks_below(direction)) ||
                (!above && !below && !seeks_both(direction))) {
                continue;
            }
            total += node.weight;
            if (!above && !below) {
                idle += node.weight;
                continue;
            }
            double const size = std::abs(node.effect);
            auto const same = std::find_if(pairs_.begin(), pairs_.end(), [&](bet_pair const& pair) {
                return pair.size <= size && pair.size >= size;
            });
            auto& pair = same != pairs_.end()
                             ? *same
                             : pairs_.emplace_back(bet_pair{size, -infinity<double>(), -infinity<double>()});
            auto& share = above ? pair.log_share_above : pair.log_share_below;
            share = log_sum(share, std::log(node.weight));
        }
        require_that(!pairs_.empty(), "nodes must have an effect in the direction that is sought");
        log_idle_ = std::log(idle / total);
        for (auto& pair : pairs_) {
            pair.log_share_above -= std::log(total);
            pair.log_share_below -= std::log(total);
            log_above_ = log_sum(log_above_, pair.log_share_above);
            log_below_ = log_sum(log_below_, pair.log_share_below);
        }
    }

    /// One more trial, with the scaled result s = (effect - null) / (v + t).
    void add(double const scaled) {
        ++size_;
        (scaled < 0 ? below_ : above_) += std::abs(scaled);
        double const minus_two = -2 * std::abs(scaled);
        for (auto& pair : pairs_) {
            pair.log_loss += std::log1p(std::exp(minus_two * pair.size));
        }
    }

    /// ln E of the whole mixture.
    [[nodiscard]] double log_value() const { return log_mixture(true, true, log_idle_); }
    /// ln E of the effects above the null alone, their shares divided by their sum.
    [[nodiscard]] double log_value_above() const {
        return log_mixture(true, false, -infinity<double>()) - log_above_;
    }
    /// ln E of the effects below the null alone.
    [[nodiscard]] double log_value_below() const {
        return log_mixture(false, true, -infinity<double>()) - log_below_;
    }

    /// The same bets, with no trial yet.
    [[nodiscard]] symmetric_bets afresh() const {
        auto result = *this;
        result.size_ = 0;
        result.above_ = result.below_ = 0;
        for (auto& pair : result.pairs_) {
            pair.log_loss = 0;
        }
        return result;
    }

    friend bool operator==(symmetric_bets const&, symmetric_bets const&) = default;

  private:
    /// Where a direction counts for nothing its shares are 0. A first pass finds the largest term; what is
    /// e^-45 of it or less is rounding.
    [[nodiscard]] double log_mixture(bool const above, bool const below, double const log_idle) const {
        double const gain = static_cast<double>(size_) * std::numbers::ln2;
        double const never = -infinity<double>();
        auto const of_above = [&](bet_pair const& pair) {
            return above ? pair.log_share_above - pair.log_loss - 2 * pair.size * below_ : never;
        };
        auto const of_below = [&](bet_pair const& pair) {
            return below ? pair.log_share_below - pair.log_loss - 2 * pair.size * above_ : never;
        };
        double largest = log_idle - gain;
        for (auto const& pair : pairs_) {
            double const up = of_above(pair);
            double const down = of_below(pair);
            double const larger = up < down ? down : up;
            largest = largest < larger ? larger : largest;
        }
        double total = 0;
        auto const take = [&](double const term) {
            double const distance = term - largest;
            total += distance > -45 ? std::exp(distance) : 0;
        };
        take(log_idle - gain);
        for (auto const& pair : pairs_) {
            take(of_above(pair));
            take(of_below(pair));
        }
        return gain + largest + std::log(total);
    }

    std::vector<bet_pair> pairs_;
    double log_idle_ = -infinity<double>();  ///< the share of no effect, which keeps its money
    double log_above_ = -infinity<double>(); ///< the share of all effects above the null
    double log_below_ = -infinity<double>();
    std::size_t size_ = 0;
    double above_ = 0; ///< sum of the positive s
    double below_ = 0; ///< sum of the sizes of the negative s
};

} // namespace accrue::detail
