#pragma once

#include <accrue/bayes/detail/tau_quadrature.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace accrue {

/// The posterior distribution of tau, the standard deviation of the studies' true effects, in their units.
///
/// Its square is tau²: P(tau² <= x) is `probability(sqrt(x))`, and quantiles are squared likewise. (Means are
/// not.) A tau that is known has all probability on its value.
///
/// `LogDensity` is the logarithm of the posterior density of tau, a callable value that holds the studies.
///
/// Moments are sums over the nodes of the quadrature that found the posterior; probabilities and quantiles
/// integrate the density anew, from the nearer end, over the panels of ln tau that hold all of it, and beyond
/// them where a tail is small. A prior with a heavy tail, such as `half_cauchy`, leaves a posterior of few
/// studies without a mean or a variance: those are infinite then, and quantiles still say what is known.
template <real Real, class LogDensity>
class basic_tau_posterior {
  public:
    /// Made by `basic_posterior::tau`.
    ///
    /// \param nodes of the quadrature, values of tau; a single one where tau is known
    /// \param weights of the nodes, which sum to 1
    /// \param panels of ln tau, rising, that hold all of the distribution; none where tau is known
    /// \param shares the probability of each panel
    /// \param moments how many moments the distribution has: 0, 1 or 2 for two or more
    basic_tau_posterior(LogDensity log_density, std::vector<Real> nodes, std::vector<Real> weights,
                        std::vector<detail::tau_panel<Real>> panels, std::vector<Real> shares,
                        int const moments)
        : log_density_(std::move(log_density)), nodes_(std::move(nodes)), weights_(std::move(weights)),
          panels_(std::move(panels)), shares_(std::move(shares)), moments_(moments) {}

    /// Infinite where the tail is too heavy for a mean.
    [[nodiscard]] Real mean() const { return moments_ < 1 ? detail::infinity<Real>() : average(); }

    /// The standard deviation; infinite where the tail is too heavy for one, NaN where it is for a mean.
    [[nodiscard]] Real sd() const {
        if (moments_ < 2) {
            return moments_ < 1 ? detail::not_a_number<Real>() : detail::infinity<Real>();
        }
        Real const centre = average();
        Real const total = detail::sum_to<Real>(nodes_.size(), [&](std::size_t const i) {
            return Real(weights_[i] * detail::square(Real(nodes_[i] - centre)));
        });
        return sqrt(total);
    }

    /// Where the distribution begins: 0.
    [[nodiscard]] Real lowest() const { return Real(0); }

    /// The probability density at x; 0 below 0. At 0 it is that at a tau which is nothing beside what the
    /// studies and the prior say, about 1e-145 or less: the limit where it is finite, and next to 0, or very
    /// large, where the limit is 0 or infinite.
    [[nodiscard]] Real density(Real const& x) const {
        if (panels_.empty()) { // tau is known
            return x <= nodes_[0] && x >= nodes_[0] ? detail::infinity<Real>() : Real(0 * weights_[0]);
        }
        if (x < 0) {
            return Real(0);
        }
        // Priors are asked about tau > 0 alone.
        Real const farthest = detail::farthest_log_tau<Real>();
        Real const first = panels_.front().lower;
        Real const least = exp(first < -farthest ? first : Real(-farthest));
        return exp(Real(log_density_(x < least ? least : x)));
    }

    /// P(tau <= x), with its own digits where it is small.
    [[nodiscard]] Real probability(Real const& x) const {
        if (panels_.empty()) {
            return (x >= nodes_[0] ? 1 : 0) * weights_[0]; // NaN where all is
        }
        return x > 0 ? below(Real(log(x))) : Real(0);
    }
    /// P(tau > x), with its own digits where it is small.
    [[nodiscard]] Real survival(Real const& x) const {
        if (panels_.empty() || !(x > 0)) {
            return 1 - probability(x);
        }
        return above(Real(log(x)));
    }
    /// P(lower < tau <= upper).
    [[nodiscard]] Real probability(basic_interval<Real> const& range) const {
        return probability(range.lower) > Real(0.5) ? survival(range.lower) - survival(range.upper)
                                                    : probability(range.upper) - probability(range.lower);
    }

    /// The x with P(tau <= x) = p.
    ///
    /// \throws invalid_input unless 0 < p < 1
    [[nodiscard]] Real quantile(Real const& p) const {
        detail::require_between_0_and_1("p", p);
        return quantile_between(p, Real(1 - p));
    }
    /// The x with P(tau > x) = p, with its own digits where p is small.
    ///
    /// \throws invalid_input unless 0 < p < 1
    [[nodiscard]] Real upper_quantile(Real const& p) const {
        detail::require_between_0_and_1("p", p);
        return quantile_between(Real(1 - p), p);
    }

  private:
    /// The x with these probabilities below and above it, which add up to 1.
    [[nodiscard]] Real quantile_between(Real const& lower, Real const& upper) const {
        if (panels_.empty()) {
            return nodes_[0];
        }
        auto const missing = [&](Real const& u) {
            return lower > upper ? Real(above(u) - upper) : Real(lower - below(u));
        };
        if (lower < Real(small_share) || upper < Real(small_share)) {
            Real const start = lower < upper ? panels_.front().lower : panels_.back().upper;
            return exp(detail::falling_root(missing, start, Real(1), {.unit = Real(1)}).value);
        }
        std::size_t i = 0;
        Real total(0);
        while (i + 1 < panels_.size() && total + shares_[i] < lower) {
            total += shares_[i++];
        }
        return exp(
            detail::root_between(missing, panels_[i].lower, panels_[i].upper, {.unit = Real(1)}).value);
    }

    /// The mean over the nodes.
    [[nodiscard]] Real average() const {
        return detail::sum_to<Real>(nodes_.size(),
                                    [&](std::size_t const i) { return Real(weights_[i] * nodes_[i]); });
    }

    /// Probabilities below this are integrated anew: the panels' shares have the digits of the whole.
    static constexpr double small_share = 1e-3;

    /// P(ln tau <= u)
    [[nodiscard]] Real below(Real const& u) const {
        Real total(0);
        for (std::size_t i = 0; i < panels_.size(); ++i) {
            auto const& panel = panels_[i];
            if (u < panel.upper) {
                total += u > panel.lower ? rules(panel.lower, u).fine : Real(0);
                return total < Real(small_share) ? tail(u, false) : total;
            }
            total += shares_[i];
        }
        return Real(1);
    }
    /// P(ln tau > u)
    [[nodiscard]] Real above(Real const& u) const {
        Real total(0);
        for (std::size_t i = panels_.size(); i-- > 0;) {
            auto const& panel = panels_[i];
            if (u > panel.lower) {
                total += u < panel.upper ? rules(u, panel.upper).fine : Real(0);
                return total < Real(small_share) ? tail(u, true) : total;
            }
            total += shares_[i];
        }
        return Real(1);
    }
    /// The probability on one side of a value of ln tau, by pieces that double, to digits of its own.
    [[nodiscard]] Real tail(Real u, bool const upwards) const {
        Real const farthest = detail::farthest_log_tau<Real>();
        Real const first = panels_.front().lower;
        Real const least = first < -farthest ? first : Real(-farthest);
        Real total(0);
        Real width(1);
        int pieces = 4000;
        while (upwards ? u < farthest : least < u) {
            Real next = upwards ? Real(u + width) : Real(u - width);
            next = farthest < next ? farthest : next < least ? least : next;
            // Panels end where the prior does, or where it has a step, which no rule may straddle.
            for (auto const& panel : panels_) {
                Real const end = upwards ? panel.upper : panel.lower;
                next = upwards ? (u < end && end < next ? end : next) : (next < end && end < u ? end : next);
            }
            Real const piece = upwards ? refined(u, next, total, pieces) : refined(next, u, total, pieces);
            total += piece;
            u = next;
            width = 2 * width;
            bool const outside = upwards ? !(u < panels_.back().upper) : !(panels_.front().lower < u);
            if (outside && piece <= std::numeric_limits<Real>::epsilon() / 16 * total) {
                break;
            }
        }
        return total;
    }

    struct two_rules {
        Real fine;
        Real coarse;
    };
    /// The probability between two values of ln tau, by both rules.
    [[nodiscard]] two_rules rules(Real const& lower, Real const& upper) const {
        auto const& rule = detail::kronrod_rule<Real>::get();
        Real const half = (upper - lower) / 2;
        auto total = two_rules{Real(0), Real(0)};
        for (std::size_t i = 0; i < rule.node.size(); ++i) {
            Real const u = lower + half * (1 + rule.node[i]);
            Real const value = half * exp(Real(log_density_(Real(exp(u))) + u));
            total.fine += rule.weight[i] * value;
            total.coarse += rule.coarse_weight[i] * value;
        }
        return total;
    }
    /// The same by halves until the rules agree, relative to it and to what there is `beside`, or until no
    /// more pieces may be taken: a density that is rounding, not a function, has no digits to find.
    [[nodiscard]] Real refined(Real const& lower, Real const& upper, Real const& beside, int& pieces) const {
        Real const epsilon = std::numeric_limits<Real>::epsilon();
        auto const both = rules(lower, upper);
        Real const whole = beside < both.fine ? both.fine : beside;
        Real const error = both.fine < both.coarse ? both.coarse - both.fine : both.fine - both.coarse;
        // Next to a prior's end few numbers are left, and some nodes are rounded beyond it.
        Real const size = 1 + detail::magnitude(lower);
        bool const is_resolved = upper - lower <= 64 * epsilon * size;
        if (--pieces <= 0 || is_resolved || !(error > sqrt(epsilon) * sqrt(sqrt(epsilon)) * whole)) {
            return both.fine;
        }
        Real const middle = lower + (upper - lower) / 2;
        Real const first = refined(lower, middle, whole, pieces);
        return first + refined(middle, upper, whole, pieces);
    }

    LogDensity log_density_;
    std::vector<Real> nodes_;
    std::vector<Real> weights_;
    std::vector<detail::tau_panel<Real>> panels_;
    std::vector<Real> shares_;
    int moments_;
};

} // namespace accrue
