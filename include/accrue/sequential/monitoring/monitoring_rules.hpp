#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/harm.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/spending/any_spending_function.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// \file
/// Monitoring rules: how a design treats looks at and past the required information.

namespace accrue {

/// The boundaries of group sequential theory. The first look at or past the required information is the final
/// one: it spends all error that is left, and uses the information that was really observed for its
/// correlation with earlier looks, so that earlier boundaries stay as they were. Looks after it have none.
///
/// Futility boundaries depend on all looks, since they must meet the others at the final one; where that is
/// still to come they shift a little with each look.
struct exact_monitoring {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "exact boundaries"; }

    /// \throws invalid_input as `boundaries` does, and unless a design with futility has a final look
    [[nodiscard]] stopping_boundaries operator()(sequential_design const& design,
                                                 std::span<double const> const fractions) const {
        bool const below = design.information.effect < 0;
        auto const* const sides = std::get_if<asymmetric>(&design.error);
        bool const mirror = below && sides == nullptr;
        auto const times = design.spending_times(fractions);
        if (!design.futility) {
            auto bounds = efficacy_boundaries(design.error, design.spending, fractions, times);
            return mirror ? detail::mirrored(std::move(bounds)) : bounds;
        }
        // The look that spends the rest is the final one, of this version or of an earlier one that ended.
        auto const last =
            std::find_if(times.begin(), times.end(), [](double const t) { return t >= 1 - 1e-9; });
        detail::require_that(
            last != times.end(),
            "fractions must reach 1, the final look at which futility boundaries meet the others");
        auto const count = static_cast<std::size_t>(last - times.begin()) + 1;
        // A benefit below is planned in the mirror.
        auto const error = sides != nullptr && below
                               ? error_rate{asymmetric{.lower = sides->upper, .upper = sides->lower}}
                               : design.error;
        auto bounds = (*design.futility)(error, design.spending, fractions.first(count),
                                         std::span<double const>(times).first(count));
        bounds.upper.resize(fractions.size(), detail::infinity<double>());
        bounds.lower.resize(fractions.size(), -detail::infinity<double>());
        if (!bounds.wedge.empty()) {
            bounds.wedge.resize(fractions.size(), -detail::infinity<double>());
        }
        if (!bounds.wedge_below.empty()) {
            bounds.wedge_below.resize(fractions.size(), detail::infinity<double>());
        }
        return below ? detail::mirrored(std::move(bounds)) : bounds;
    }
};

/// A design with an `asymmetric` error whose boundary of harm does not bind: that of benefit is what it would
/// be alone, so that a review which goes on beyond the one of harm keeps its error (`harm`).
struct non_binding_harm_monitoring {
    any_spending_function
        harm_spending; ///< how the error of harm is spent; that of benefit as the design says

    static constexpr bool harm_binds = false; ///< a review may go on beyond the boundary of harm

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "a boundary of harm that does not bind"; }

    /// \throws invalid_input as `boundaries` does, unless the error is `asymmetric`, and where the design has
    ///   futility
    [[nodiscard]] stopping_boundaries operator()(sequential_design const& design,
                                                 std::span<double const> const fractions) const {
        auto const* const sides = std::get_if<asymmetric>(&design.error);
        detail::require_that(sides != nullptr && !design.futility,
                             "monitoring with a boundary of harm that does not bind must have an asymmetric "
                             "error, and no futility");
        sides->validate();
        bool const below = design.information.effect < 0;
        auto bounds = boundaries(one_sided{below ? sides->lower : sides->upper}, design.spending,
                                 harm{below ? sides->upper : sides->lower, harm_spending}, fractions,
                                 design.spending_times(fractions));
        return below ? detail::mirrored(std::move(bounds)) : bounds;
    }
};

/// The exact boundaries times a factor, such as the one that `calibrate_boundaries` finds to hold the error
/// for a range of tau². Futility boundaries and wedges stay as they are, or shrink to what the boundaries
/// leave.
struct scaled_monitoring {
    double factor; ///< positive

    /// How it is called in reports.
    [[nodiscard]] std::string name() const { return "exact boundaries times " + detail::to_text(factor); }

    /// \throws invalid_input unless the factor is positive and finite
    [[nodiscard]] stopping_boundaries operator()(sequential_design const& design,
                                                 std::span<double const> const fractions) const {
        detail::require_positive("factor", factor);
        auto bounds = exact_monitoring{}(design, fractions);
        // The other boundary of a one-sided design is one of futility.
        bool const is_one_sided = std::holds_alternative<one_sided>(design.error);
        bool const below = design.information.effect < 0;
        for (std::size_t look = 0; look < fractions.size(); ++look) {
            auto& lower = bounds.lower[look];
            auto& upper = bounds.upper[look];
            lower *= is_one_sided && !below ? 1 : factor;
            upper *= is_one_sided && below ? 1 : factor;
            (below ? upper : lower) = below ? (std::max)(lower, upper) : (std::min)(lower, upper);
            if (!bounds.wedge.empty()) {
                bounds.wedge[look] = (std::min)(bounds.wedge[look], bounds.upper[look]);
            }
            if (!bounds.wedge_below.empty()) {
                bounds.wedge_below[look] = (std::max)(bounds.wedge_below[look], bounds.lower[look]);
            }
        }
        return bounds;
    }
};

/// The convention of the Copenhagen Trial Unit's TSA program: boundaries up to the required information, and
/// from there on the quantile of a single test, 1.96 at two-sided 5 %, as if nothing had been tested before;
/// a wedge ends in it. The error exceeds the nominal one; this is for comparison with published analyses.
///
/// \throws invalid_input unless the design has a two-sided error
struct copenhagen_monitoring {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "the boundaries of the Copenhagen Trial Unit's TSA"; }

    [[nodiscard]] stopping_boundaries operator()(sequential_design const& design,
                                                 std::span<double const> const fractions) const {
        auto bounds = exact_monitoring{}(design, fractions);
        auto const* const sides = std::get_if<two_sided>(&design.error);
        detail::require_that(sides != nullptr, "Copenhagen monitoring must have a two-sided error");
        double const conventional = normal::upper_quantile(sides->per_side());
        for (std::size_t look = 0; look < fractions.size(); ++look) {
            if (design.is_final(fractions[look])) {
                bounds.upper[look] = conventional;
                bounds.lower[look] = -conventional;
                if (!bounds.wedge.empty()) {
                    bounds.wedge[look] = conventional;
                }
            }
        }
        return bounds;
    }
};

/// The convention of the R package RTSA: looks before the required information as they are, and a final look
/// that is taken to lie exactly at it, whatever was observed. Its boundary serves for every look past it.
/// (The package itself gives no decision when a look is more than 5 % past.) For comparison.
struct rtsa_monitoring {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "the boundaries of RTSA"; }

    [[nodiscard]] stopping_boundaries operator()(sequential_design const& design,
                                                 std::span<double const> const fractions) const {
        auto const end = std::find_if(fractions.begin(), fractions.end(),
                                      [&](double const fraction) { return design.is_final(fraction); });
        double const required = end == fractions.end() ? 1 : design.required_at(*end);
        auto looks = std::vector<double>(fractions.begin(), end);
        looks.push_back(looks.empty() ? required
                                      : required * design.final_fraction_after(looks.back() / required));
        auto bounds = exact_monitoring{}(design, looks);
        for (auto* const values : {&bounds.lower, &bounds.upper, &bounds.wedge, &bounds.wedge_below}) {
            if (!values->empty()) {
                values->resize(fractions.size(), values->back());
            }
        }
        return bounds;
    }
};

} // namespace accrue
