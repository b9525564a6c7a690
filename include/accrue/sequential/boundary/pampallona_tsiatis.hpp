#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/boundaries_with_futility.hpp>
#include <accrue/sequential/boundary/detail/shaped_boundary.hpp>
#include <accrue/sequential/boundary/exit_probabilities.hpp>
#include <accrue/sequential/boundary/futility.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// Boundaries for success and for futility of a fixed shape, by Pampallona and Tsiatis: with u_k = t_k / t_K
/// the share of the final information,
///
///     upper_k    = C1 u_k^(efficacy_delta - 1/2)
///     futility_k = (C1 + C2) sqrt(u_k) - C2 u_k^(futility_delta - 1/2),
///
/// so that the two meet at the last look, where the expected Z under the planned effect is C1 + C2. C1 and C2
/// are chosen so that the type I and the type II error are what was asked for. `delta` 0 is like O'Brien and
/// Fleming's boundary, 0.5 like Pocock's.
///
/// Pampallona & Tsiatis 1994, J Stat Plan Inference 42:19-35, doi:10.1016/0378-3758(94)90187-2; Jennison &
/// Turnbull 2000, sections 4.2 and 5.2.
template <class Rule = binding>
struct pampallona_tsiatis {
    double type_two_error = 0.1; ///< 1 - power
    double efficacy_delta = 0;   ///< of the boundary for success
    double futility_delta = 0;   ///< of the boundary for futility
    Rule rule = {}; ///< `binding`, or `non_binding`: the upper boundary is what it would be without the other
};

#if defined(__clang__) && __clang_major__ < 17 // which does not deduce from members
template <class Rule>
pampallona_tsiatis(double, double, double, Rule) -> pampallona_tsiatis<Rule>;
#endif

namespace detail {

template <class Rule>
inline constexpr bool has_boundaries<pampallona_tsiatis<Rule>> = true;

/// The boundaries of given constants at shares of the final information.
template <class Rule>
stopping_boundaries pampallona_tsiatis_bounds(pampallona_tsiatis<Rule> const& shape, double const success,
                                              double const failure, std::span<double const> const shares,
                                              bool const is_wedge) {
    auto upper = std::vector<double>{};
    auto futility = std::vector<double>{};
    for (double const share : shares) {
        upper.push_back(success * std::pow(share, shape.efficacy_delta - 0.5));
        double const inner =
            (success + failure) * std::sqrt(share) - failure * std::pow(share, shape.futility_delta - 0.5);
        bool const none = is_wedge && !(inner > 0);
        futility.push_back(none ? -infinity<double>() : (std::min)(inner, upper.back()));
    }
    futility.back() = upper.back();
    auto bounds = is_wedge ? stopping_boundaries::symmetric(upper)
                           : stopping_boundaries{.lower = futility, .upper = upper};
    if (is_wedge) {
        bounds.wedge = futility;
    }
    return bounds;
}

} // namespace detail

/// The boundaries of Pampallona and Tsiatis, and the drift at which they have the planned power.
///
/// One-sided: `lower` stops for futility. Two-sided: an inner wedge does, where it is positive; the power is
/// that of crossing either outer boundary.
///
/// The status is `not_converged` when no constants are found that give both errors to a millionth of each.
///
/// \param error `one_sided` or `two_sided`
/// \param fractions information fractions of all looks, rising; only their ratios matter for the boundaries
/// \throws invalid_input when the error of one side or the type II error is not between 2.3e-308 and 0.5, a
///   delta is not finite, or the fractions do not rise
template <single_error Error, class Rule>
    requires std::same_as<Rule, binding> || std::same_as<Rule, non_binding>
[[nodiscard]] boundaries_with_futility boundaries(Error const& error, pampallona_tsiatis<Rule> const& shape,
                                                  std::span<double const> const fractions) {
    detail::require_fractions(fractions);
    double const alpha = error.per_side();
    for (auto const& [name, value] :
         {std::pair{"error of one boundary", alpha}, {"type II error", shape.type_two_error}}) {
        detail::require(value >= detail::least_error && value < 0.5, name,
                        "between 0 and 0.5, and no less than 2.3e-308, for a boundary of fixed shape", value);
    }
    detail::require_finite("efficacy_delta", shape.efficacy_delta);
    detail::require_finite("futility_delta", shape.futility_delta);
    constexpr bool is_wedge = Error::is_symmetric;
    auto shares = std::vector<double>{};
    for (double const t : fractions) {
        shares.push_back(t / fractions.back());
    }
    double const z_alpha = normal::upper_quantile(alpha);
    double const z_beta = normal::upper_quantile(shape.type_two_error);
    auto const bounds_at = [&](double const success, double const failure) {
        return detail::pampallona_tsiatis_bounds(shape, success, failure, shares, is_wedge);
    };
    auto const type_one_excess = [&](double const success, double const failure) {
        auto bounds = bounds_at(success, failure);
        if constexpr (std::same_as<Rule, non_binding>) {
            bounds.wedge.clear();
            if (!is_wedge) {
                bounds.lower.assign(shares.size(), -detail::infinity<double>());
            }
        }
        return detail::log_excess(exits(bounds, shares).total_upper(), alpha);
    };
    auto const type_two_excess = [&](double const success, double const failure) {
        auto const ends = exits(bounds_at(success, failure), shares, success + failure);
        double const failing = ends.going_on + ends.total_wedge() + (is_wedge ? 0 : ends.total_lower());
        return detail::log_excess(failing, shape.type_two_error);
    };
    // The constant of the upper boundary that spends alpha beside a futility boundary.
    auto const success_beside = [&](double const failure, double const guess) {
        return detail::falling_root(
                   [&](double const success) {
                       return success > 0 ? type_one_excess(success, failure) : 1.0;
                   },
                   guess, 0.05)
            .value;
    };
    double success = success_beside(z_beta, z_alpha);
    auto const found = detail::falling_root(
        [&](double const failure) {
            success = success_beside(failure, success);
            return type_two_excess(success, failure);
        },
        z_beta, 0.05);
    success = success_beside(found.value, success);
    bool const is_found = found.status == status::ok && detail::is_finite(success) &&
                          std::abs(type_one_excess(success, found.value)) < 1e-6 &&
                          std::abs(type_two_excess(success, found.value)) < 1e-6;
    double const end = success + found.value;
    double const relative = end / (z_alpha + z_beta);
    return {.bounds = bounds_at(success, found.value),
            .drift = end / std::sqrt(fractions.back()),
            .inflation = relative * relative / fractions.back(),
            .status = is_found ? status::ok : status::not_converged};
}

} // namespace accrue
