#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/spending/quantile_spending.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace accrue {

/// Spends the given shares of the error at the given information fractions and straight lines between them,
/// from nothing at 0 to everything at 1: `piecewise_linear_spending{{{0.5, 0.1}, {0.8, 0.5}}}` spends 10 % of
/// the error by half of the information and 50 % by 80 %. Without points it spends evenly.
struct piecewise_linear_spending {
    std::vector<spending_point> points; ///< fractions rising, shares never falling, both at most 1

    /// \throws invalid_input unless the fractions rise and the shares do not fall, up to 1
    [[nodiscard]] double operator()(double const t, double const error) const {
        return increment(0, t, error);
    }
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
            auto const covered = std::min(to, next.fraction) - std::max(from, previous.fraction);
            if (covered > 0) {
                share += (next.share - previous.share) * (covered / width);
            }
            previous = next;
        }
        return error * share;
    }
};

} // namespace accrue
