#pragma once

#include <accrue/distribution/detail/normal_between.hpp>
#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>

#include <cmath>
#include <string>

/// \file
/// Spending functions that fix what a trial could still have shown when it stops.
///
/// Suppose that a trial stops at the boundary at fraction t, with Z_t, and imagine that it had gone on. Had
/// there been no effect, its final Z would have exceeded c with probability
///
///     P(Z_1 > c | Z_t) = Phi((Z_t sqrt(t) - c) / sqrt(1 - t)),
///
/// the conditional error. Stopping at Z_t = (c - z_gamma sqrt(1 - t)) / sqrt(t) makes it the same `gamma` at
/// all looks, z_gamma being the upper gamma quantile. Xi and Gallo put this boundary in the place of O'Brien
/// and Fleming's in Lan and DeMets' function, with c = z_{a/2}; two variants simplify how t enters. At gamma
/// = 0.5, where z_gamma is 0, all three are `lan_demets_obrien_fleming`; a larger gamma spends less early,
/// and demands more of a trial that stops.
///
/// Xi D, Gallo P (2019), Stat Med 38:4656-4669, doi:10.1002/sim.8325.

namespace accrue {

namespace detail {

/// 2 (1 - Phi(x)) between two information fractions at which x is `later` and `earlier`: where these are too
/// close to be subtracted, the integral of `rate`, 2 phi(x) dx by a variable in which x is smooth, over
/// [from, from + width].
///
/// \param ratio of the fractions, the later to the earlier: x is smooth up to about 2
template <class Rate>
double twice_normal_between(double const later, double const earlier, double const ratio, Rate const& rate,
                            double const from, double const width) {
    auto const distance = earlier - later;
    if (ratio > 2 || distance * (1 + std::abs(later)) > 1) {
        return 2 * normal_between(later, distance);
    }
    return 0.5 * width * gauss_legendre<double, 20>().integral([&](double const u) {
        return rate(from + 0.5 * width * (1 + u));
    });
}

} // namespace detail

/// Spends 2 (1 - Phi((z_{a/2} - z_gamma sqrt(1 - t)) / sqrt(t))), z_p being the upper p quantile: a trial
/// that stops at the boundary would have had a probability of about `gamma` of success under no effect, had
/// it gone on. (About, since the boundary solved from what is spent differs a little from this formula's.)
/// Method 1 of Xi & Gallo 2019, doi:10.1002/sim.8325.
struct xi_gallo {
    double gamma; ///< conditional error at stopping, at least 0.5 and below 1

    /// How it is called in reports.
    [[nodiscard]] std::string name() const { return "Xi-Gallo (gamma " + detail::to_text(gamma) + ")"; }

    /// \throws invalid_input unless 0.5 <= gamma < 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return 2 * normal::survival(quantile_at(std::sqrt(1 - t), error));
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        if (!(from > 0)) {
            return (*this)(to, error);
        }
        // In u = sqrt(1 - t), which falls as t grows, the quantile is smooth also at t = 1.
        auto const last = std::sqrt(1 - to);
        auto const first = std::sqrt(1 - from);
        auto const z = normal::upper_quantile(error / 2);
        auto const shift = normal::upper_quantile(gamma);
        auto const spending_rate = [&](double const u) {
            auto const t = (1 - u) * (1 + u);
            auto const x = (z - shift * u) / std::sqrt(t);
            return 2 * normal::density(x) * (z * u - shift) / (t * std::sqrt(t));
        };
        return detail::twice_normal_between(quantile_at(last, error), quantile_at(first, error), to / from,
                                            spending_rate, last,
                                            to > from ? (to - from) / (first + last) : 0);
    }

  private:
    [[nodiscard]] double quantile_at(double const u, double const error) const {
        detail::require(gamma >= 0.5 && gamma < 1, "gamma of xi_gallo", "at least 0.5 and below 1", gamma);
        return (normal::upper_quantile(error / 2) - normal::upper_quantile(gamma) * u) /
               std::sqrt((1 - u) * (1 + u));
    }
};

/// `xi_gallo` with 1 - t in place of sqrt(1 - t), which is smaller: 2 (1 - Phi((z_{a/2} - z_gamma (1 - t)) /
/// sqrt(t))). Method 2 of Xi & Gallo 2019, doi:10.1002/sim.8325.
struct xi_gallo_linear {
    double gamma; ///< at least 0.5 and below 1

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "linear Xi-Gallo (gamma " + detail::to_text(gamma) + ")";
    }

    /// \throws invalid_input unless 0.5 <= gamma < 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return 2 * normal::survival(quantile_at(t, error));
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        if (!(from > 0)) {
            return (*this)(to, error);
        }
        auto const z = normal::upper_quantile(error / 2);
        auto const shift = normal::upper_quantile(gamma);
        auto const spending_rate = [&](double const t) {
            auto const x = (z - shift * (1 - t)) / std::sqrt(t);
            return normal::density(x) * (z - shift * (1 + t)) / (t * std::sqrt(t));
        };
        return detail::twice_normal_between(quantile_at(to, error), quantile_at(from, error), to / from,
                                            spending_rate, from, to - from);
    }

  private:
    [[nodiscard]] double quantile_at(double const t, double const error) const {
        detail::require(gamma >= 0.5 && gamma < 1, "gamma of xi_gallo_linear", "at least 0.5 and below 1",
                        gamma);
        return (normal::upper_quantile(error / 2) - normal::upper_quantile(gamma) * (1 - t)) / std::sqrt(t);
    }
};

/// `xi_gallo` with 1 - sqrt(t) in place of sqrt(1 - t), which is smaller still: 2 (1 - Phi((z_{a/2} -
/// z_gamma) / sqrt(t) + z_gamma)). Method 3 of Xi & Gallo 2019, doi:10.1002/sim.8325.
struct xi_gallo_square_root {
    double gamma; ///< at least 0.5 and below 1

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "square-root Xi-Gallo (gamma " + detail::to_text(gamma) + ")";
    }

    /// \throws invalid_input unless 0.5 <= gamma < 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return 2 * normal::survival(quantile_at(t, error));
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        if (!(from > 0)) {
            return (*this)(to, error);
        }
        auto const slope = normal::upper_quantile(error / 2) - normal::upper_quantile(gamma);
        auto const spending_rate = [&](double const t) {
            auto const x = quantile_at(t, error);
            return normal::density(x) * slope / (t * std::sqrt(t));
        };
        return detail::twice_normal_between(quantile_at(to, error), quantile_at(from, error), to / from,
                                            spending_rate, from, to - from);
    }

  private:
    [[nodiscard]] double quantile_at(double const t, double const error) const {
        detail::require(gamma >= 0.5 && gamma < 1, "gamma of xi_gallo_square_root",
                        "at least 0.5 and below 1", gamma);
        auto const shift = normal::upper_quantile(gamma);
        return (normal::upper_quantile(error / 2) - shift) / std::sqrt(t) + shift;
    }
};

} // namespace accrue
