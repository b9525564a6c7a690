#pragma once

#include <accrue/bayes/detail/tau_quadrature.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
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
/// integrate the density anew, from the nearer end, over the panels of ln tau that hold all of it. A prior
/// with a heavy tail, such as `half_cauchy`, leaves a posterior of few studies without a mean or a variance:
/// those are infinite then, and quantiles still say what is known.
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

    /// The standard deviation; infinite where the tail is too heavy for one.
    [[nodiscard]] Real sd() const {
        using std::sqrt;
        if (moments_ < 2) {
            return moments_ < 1 ? detail::not_a_number<Real>() : detail::infinity<Real>();
        }
        Real const centre = average();
        Real total(0);
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            total += weights_[i] * detail::square(Real(nodes_[i] - centre));
        }
        return sqrt(total);
    }

    /// Where the distribution begins: 0.
    [[nodiscard]] Real lowest() const { return Real(0); }

    /// The probability density at x; 0 below 0.
    [[nodiscard]] Real density(Real const& x) const {
        using std::exp;
        if (panels_.empty()) { // tau is known
            return x <= nodes_[0] && x >= nodes_[0] ? detail::infinity<Real>() : Real(0 * weights_[0]);
        }
        return x > 0 ? Real(exp(Real(log_density_(x)))) : Real(0);
    }

    /// P(tau <= x).
    [[nodiscard]] Real probability(Real const& x) const {
        using std::log;
        if (panels_.empty()) {
            return (x >= nodes_[0] ? 1 : 0) * weights_[0]; // NaN where all is
        }
        if (!(x > 0)) {
            return Real(0);
        }
        Real const u = log(x);
        Real total(0);
        for (std::size_t i = 0; i < panels_.size(); ++i) {
            if (u < panels_[i].upper) {
                return u > panels_[i].lower ? Real(total + integral(panels_[i].lower, u)) : total;
            }
            total += shares_[i];
        }
        return Real(1);
    }
    /// P(tau > x), with its own digits where it is small.
    [[nodiscard]] Real survival(Real const& x) const {
        using std::log;
        if (panels_.empty() || !(x > 0)) {
            return 1 - probability(x);
        }
        Real const u = log(x);
        Real total(0);
        for (std::size_t i = panels_.size(); i-- > 0;) {
            if (u > panels_[i].lower) {
                return u < panels_[i].upper ? Real(total + integral(u, panels_[i].upper)) : total;
            }
            total += shares_[i];
        }
        return Real(1);
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
        using std::exp;
        detail::require_between_0_and_1("p", p);
        if (panels_.empty()) {
            return nodes_[0];
        }
        if (p > Real(0.5)) {
            Real const rest = 1 - p;
            Real above(0);
            std::size_t i = panels_.size() - 1;
            while (i > 0 && above + shares_[i] < rest) {
                above += shares_[i--];
            }
            auto const& panel = panels_[i];
            return exp(detail::root_between(
                           [&](Real const& u) {
                               return u < panel.upper ? Real(above + integral(u, panel.upper) - rest)
                                                      : Real(above - rest);
                           },
                           panel.lower, panel.upper, {.unit = Real(1)})
                           .value);
        }
        Real below(0);
        std::size_t i = 0;
        while (i + 1 < panels_.size() && below + shares_[i] < p) {
            below += shares_[i++];
        }
        auto const& panel = panels_[i];
        return exp(detail::root_between(
                       [&](Real const& u) {
                           return u > panel.lower ? Real(below + integral(panel.lower, u) - p)
                                                  : Real(below - p);
                       },
                       panel.lower, panel.upper, {.unit = Real(1)})
                       .value);
    }

  private:
    /// The mean over the nodes.
    [[nodiscard]] Real average() const {
        Real total(0);
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            total += weights_[i] * nodes_[i];
        }
        return total;
    }

    /// The probability between two values of ln tau within a panel.
    [[nodiscard]] Real integral(Real const& lower, Real const& upper) const {
        using std::exp;
        auto const& rule = detail::kronrod_rule<Real>::get();
        Real const half = (upper - lower) / 2;
        Real total(0);
        for (std::size_t i = 0; i < rule.node.size(); ++i) {
            Real const u = lower + half * (1 + rule.node[i]);
            total += rule.weight[i] * exp(Real(log_density_(Real(exp(u))) + u));
        }
        return half * total;
    }

    LogDensity log_density_;
    std::vector<Real> nodes_;
    std::vector<Real> weights_;
    std::vector<detail::tau_panel<Real>> panels_;
    std::vector<Real> shares_;
    int moments_;
};

} // namespace accrue
