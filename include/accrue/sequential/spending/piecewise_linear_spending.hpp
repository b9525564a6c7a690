#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/spending/quantile_spending.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// Spends given shares s_i of the error a at given information fractions t_i, and evenly between them:
///
///     a (s_i + (s_{i+1} - s_i) (t - t_i) / (t_{i+1} - t_i))   for t_i <= t <= t_{i+1},
///
/// from nothing at 0 to everything at 1, which need not be listed; a point at 1 is what is spent in all.
/// `piecewise_linear_spending{{{0.5, 0.1}, {0.8, 0.5}}}` spends 10 % of the error by half of the information
/// and 50 % by 80 %; without points it spends evenly, a t.
///
/// It is for plans that are stated in numbers: so much by the first look, so much by the second. Between two
/// points of the same share nothing is spent, and looks there have infinite boundaries; one that is off a
/// point by no more than 1e-12 of its fraction, which is rounding, is at it. `quantile_spending` passes
/// smoothly through two points.
///
/// Any function that rises from 0 to the error is a spending function: Lan KKG, DeMets DL (1983), Biometrika
/// 70:659-663, doi:10.1093/biomet/70.3.659.
struct piecewise_linear_spending {
    std::vector<spending_point> points; ///< fractions rising, shares never falling, both at most 1

    /// How it is called in reports: "piecewise linear (0.1 by 0.5, 0.5 by 0.8)".
    [[nodiscard]] std::string name() const {
        std::string shares;
        for (auto const& [fraction, share] : points) {
            shares +=
                (shares.empty() ? " (" : ", ") + detail::to_text(share) + " by " + detail::to_text(fraction);
        }
        return "piecewise linear" + shares + (points.empty() ? "" : ")");
    }

    /// The error spent by the information fraction t.
    ///
    /// \throws invalid_input unless the fractions rise from above 0 and the shares do not fall, both up to 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return increment(0, t, error);
    }
    /// The error spent between two fractions, from the length that they share with each piece: no digits are
    /// lost to a difference of totals.
    ///
    /// \throws invalid_input as above
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        auto share = 0.0;
        auto previous = spending_point{.fraction = 0, .share = 0};
        for (std::size_t i = 0; i <= points.size(); ++i) {
            auto const next = i < points.size() ? points[i] : spending_point{.fraction = 1, .share = 1};
            auto const width = next.fraction - previous.fraction;
            detail::require(width > 0 || (i == points.size() && width >= 0), "fraction of a spending point",
                            "above the one before and at most 1", next.fraction);
            detail::require(next.share >= previous.share && next.share <= 1, "share of a spending point",
                            "at least the one before and at most 1", next.share);
            auto const covered = (std::min)(to, next.fraction) - (std::max)(from, previous.fraction);
            if (covered > 1e-12 * to) {
                share += (next.share - previous.share) * (covered / width);
            }
            previous = next;
        }
        return error * share;
    }
};

} // namespace accrue
