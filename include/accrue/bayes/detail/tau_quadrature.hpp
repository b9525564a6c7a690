#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// Gauss-Kronrod rules on [-1, 1]: 31 nodes, of which 15 are those of a Gauss rule. For an analytic integrand
/// the error of the 31 is about that of the 15 to the power 1.5.
template <real Real>
struct kronrod_rule {
    static constexpr std::size_t size = 31;

    std::array<Real, size> node;
    std::array<Real, size> weight;
    std::array<Real, size> coarse_weight; ///< of the Gauss rule, 0 at nodes that are not its own

    [[nodiscard]] static kronrod_rule const& get() {
        static kronrod_rule const rule = make();
        return rule;
    }

  private:
    static kronrod_rule make() {
        auto const& fine = gauss_kronrod<Real, size>();
        auto const& coarse = gauss_legendre<Real, size / 2>();
        auto rule = kronrod_rule{};
        for (std::size_t i = 0; i <= size / 2; ++i) {
            Real const x = fine.node[i];
            Real const w = fine.weight[i];
            Real const c = i % 2 == 0 ? coarse.weight[i / 2] : Real(0);
            rule.node[size / 2 + i] = x;
            rule.node[size / 2 - i] = -x;
            rule.weight[size / 2 + i] = rule.weight[size / 2 - i] = w;
            rule.coarse_weight[size / 2 + i] = rule.coarse_weight[size / 2 - i] = c;
        }
        return rule;
    }
};

/// How far u = ln tau goes to either side: a square of a tau beyond could not be represented.
template <real Real>
[[nodiscard]] Real farthest_log_tau() {
    return Real(0.47) * log((std::numeric_limits<Real>::max)());
}

/// A piece of the axis u = ln tau, and the integrand at its nodes.
template <real Real>
struct tau_panel {
    Real lower;
    Real upper;
    std::array<Real, kronrod_rule<Real>::size> log_integrand; ///< with respect to u
    Real peak;                                                ///< the largest of them

    [[nodiscard]] Real half_width() const { return (upper - lower) / 2; }
    [[nodiscard]] Real u(std::size_t const i) const {
        return lower + half_width() * (1 + kronrod_rule<Real>::get().node[i]);
    }
};

/// Composite Gauss-Kronrod quadrature over tau in (0, infinity) of a density given by its logarithm, on the
/// axis u = ln tau: power laws at 0 and in the tail become exponentials there, so that no tail is cut off,
/// and a density that is infinite at 0 is none with respect to u.
///
/// Panels begin around the scales that are named and go on to both sides, until what they add to the
/// integrals of 1, tau and tau² is below rounding. Where one holds more than eps^(5/4) of the density it is
/// no wider than 4, so that its nodes serve as well for what changes within a factor of e of tau, as tail
/// probabilities of a mean given tau do; beyond, each is twice as wide as the one before. Panels on which the
/// rules of 31 and 15 nodes differ by more than eps^(3/4) of the whole are halved.
template <real Real>
class tau_quadrature {
  public:
    std::vector<tau_panel<Real>> panels; ///< from left to right
    Real log_scale;                      ///< ln of the largest integrand
    std::array<Real, 3> integral;        ///< of tau^m times the density, m = 0, 1, 2, over exp(log_scale)
    std::array<bool, 3> exists;          ///< whether it has died out where tau can no longer be represented
    accrue::status status;

    /// \param log_integrand u -> ln(density(e^u) e^u)
    /// \param scales values of u in the bulk of the parts of the integrand
    /// \param largest u above which the integrand is 0
    template <class Function>
    tau_quadrature(Function const& log_integrand, std::vector<Real> const& scales, Real const& largest) {
        Real const farthest = farthest_log_tau<Real>();
        Real const end = largest < farthest ? largest : farthest;
        // With respect to the studies a tau of e^-farthest is 0.
        Real const begin = end - 40 < -farthest ? Real(end - 40) : Real(-farthest);
        Real left = end - 2;
        Real right = begin;
        for (Real const& scale : scales) {
            left = scale - 1 < left ? Real(scale - 1) : left;
            right = right < scale + 1 ? Real(scale + 1) : right;
        }
        left = left < begin ? begin : left;
        right = right < end ? right : end;
        right = left < right ? right : end;
        int const count = 1 + static_cast<int>((std::min)(400.0, static_cast<double>(right - left) / 2));
        for (int i = 0; i < count; ++i) {
            panels.push_back(evaluate(log_integrand, Real(left + (right - left) * i / count),
                                      Real(left + (right - left) * (i + 1) / count)));
        }
        extend(log_integrand, begin, false);
        extend(log_integrand, end, true);
        refine(log_integrand);
        std::sort(panels.begin(), panels.end(),
                  [](auto const& a, auto const& b) { return a.lower < b.lower; });
        judge(end < farthest);
    }

    /// The integral of tau^power over a panel, over exp(log_scale).
    [[nodiscard]] Real share(tau_panel<Real> const& panel, int const power = 0) const {
        return rules(panel, power).fine;
    }

  private:
    struct two_rules {
        Real fine;
        Real coarse;
    };

    [[nodiscard]] two_rules rules(tau_panel<Real> const& panel, int const power) const {
        auto const& rule = kronrod_rule<Real>::get();
        auto result = two_rules{Real(0), Real(0)};
        for (std::size_t i = 0; i < rule.node.size(); ++i) {
            Real const value = exp(Real(panel.log_integrand[i] - log_scale + power * panel.u(i)));
            result.fine += rule.weight[i] * value;
            result.coarse += rule.coarse_weight[i] * value;
        }
        result.fine = result.fine * panel.half_width();
        result.coarse = result.coarse * panel.half_width();
        return result;
    }

    template <class Function>
    [[nodiscard]] static tau_panel<Real> evaluate(Function const& log_integrand, Real const& lower,
                                                  Real const& upper) {
        auto panel = tau_panel<Real>{lower, upper, {}, -infinity<Real>()};
        for (std::size_t i = 0; i < panel.log_integrand.size(); ++i) {
            Real const value = log_integrand(panel.u(i));
            panel.log_integrand[i] = value;
            panel.peak = value <= panel.peak ? panel.peak : value; // NaN comes through
        }
        return panel;
    }

    void rescale() {
        log_scale = panels.front().peak;
        for (auto const& panel : panels) {
            log_scale = panel.peak <= log_scale ? log_scale : panel.peak;
        }
        for (int power = 0; power < 3; ++power) {
            Real const total = sum_over<Real>(panels, [&](auto const& panel) { return share(panel, power); });
            integral[static_cast<std::size_t>(power)] = total;
        }
    }

    template <class Function>
    void extend(Function const& log_integrand, Real const& end, bool const upwards) {
        Real const epsilon = std::numeric_limits<Real>::epsilon();
        Real const seen = epsilon * sqrt(sqrt(epsilon));
        Real width(4);
        Real edge = upwards ? panels.front().upper : panels.front().lower;
        for (auto const& panel : panels) {
            edge = upwards ? (edge < panel.upper ? panel.upper : edge)
                           : (panel.lower < edge ? panel.lower : edge);
        }
        while (upwards ? edge < end : end < edge) {
            Real next = upwards ? Real(edge + width) : Real(edge - width);
            next = (upwards ? end < next : next < end) ? end : next;
            panels.push_back(upwards ? evaluate(log_integrand, edge, next)
                                     : evaluate(log_integrand, next, edge));
            edge = next;
            rescale();
            if (share(panels.back()) <= seen * integral[0]) {
                width = 2 * width;
            }
            bool negligible = true;
            for (int power = 0; power < 3; ++power) {
                negligible = negligible && share(panels.back(), power) <=
                                               epsilon / 16 * integral[static_cast<std::size_t>(power)];
            }
            if (negligible) {
                return;
            }
        }
    }

    template <class Function>
    void refine(Function const& log_integrand) {
        Real const epsilon = std::numeric_limits<Real>::epsilon();
        Real const tolerance = sqrt(epsilon) * sqrt(sqrt(epsilon));
        status = status::ok;
        auto settled = std::vector<tau_panel<Real>>{};
        for (int pass = 0; pass < 60; ++pass) {
            rescale();
            auto next = std::vector<tau_panel<Real>>{};
            next.reserve(2 * panels.size());
            bool changed = false;
            for (auto const& panel : panels) {
                bool good = true;
                for (int power = 0; power < 3 && good; ++power) {
                    auto const both = rules(panel, power);
                    Real const error = both.fine - both.coarse;
                    good = magnitude(error) <= tolerance * integral[static_cast<std::size_t>(power)];
                }
                if (good || !(log_scale > -infinity<Real>())) {
                    next.push_back(panel);
                    continue;
                }
                Real const middle = panel.lower + panel.half_width();
                next.push_back(evaluate(log_integrand, panel.lower, middle));
                next.push_back(evaluate(log_integrand, middle, panel.upper));
                changed = true;
            }
            panels = std::move(next);
            if (!changed) {
                return;
            }
            if (panels.size() > 4000) {
                break;
            }
        }
        rescale();
        status = status::not_converged;
    }

    /// What lies beyond the ends, estimated by the integrand there times the whole length, is to be 1e-9 of
    /// the integral or less. A moment with more does not exist, and with a thousandth of the density's own
    /// integral there the density is improper. An end at which the density itself ends is no concern.
    void judge(bool const ends_sharply) {
        Real const length = panels.back().upper - panels.front().lower;
        auto const rest = [&](tau_panel<Real> const& panel, std::size_t const i, int const power) {
            return Real(exp(Real(panel.log_integrand[i] - log_scale + power * panel.u(i))) * length);
        };
        Real lost(0);
        for (int power = 0; power < 3; ++power) {
            auto const m = static_cast<std::size_t>(power);
            Real const left = power > 0 ? Real(0) : rest(panels.front(), 0, power);
            Real const right =
                ends_sharply ? Real(0) : rest(panels.back(), panels.back().log_integrand.size() - 1, power);
            exists[m] = left + right <= Real(1e-9) * integral[m] && integral[m] > 0 && is_finite(integral[m]);
            lost = power == 0 ? Real((left + right) / integral[m]) : lost;
        }
        if (!(lost < Real(1e-3)) || !is_finite(log_scale) || !is_finite(integral[0])) {
            status = status::undefined;
        } else if (!exists[0]) {
            status = status::not_converged;
        }
    }
};

} // namespace accrue::detail
