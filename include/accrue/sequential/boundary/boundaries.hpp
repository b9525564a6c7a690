#pragma once

#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/detail/shaped_boundary.hpp>
#include <accrue/sequential/boundary/detail/spending_boundary.hpp>
#include <accrue/sequential/boundary/haybittle_peto.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/asymmetric.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/error/two_sided.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <concepts>
#include <span>
#include <vector>

namespace accrue {

namespace detail {

template <class Error>
concept error_of_boundaries =
    std::same_as<Error, two_sided> || std::same_as<Error, one_sided> || std::same_as<Error, asymmetric>;

/// What boundaries can be made by: a spending function, a shape, or the rule of Haybittle and Peto.
template <class Spending>
concept shapes_boundaries =
    spending_function<Spending> || boundary_shape<Spending> || std::same_as<Spending, haybittle_peto>;

} // namespace detail

/// The boundaries of a monitored trial, as Z values: at each look the upper one, the lower being its
/// negative.
///
/// Each side spends half of the error by the spending function; boundary k is the z_k at which a trial under
/// no effect that has not stopped before crosses with probability f(t_k) - f(t_{k-1}).
///
/// `fractions` are the information fractions of the looks, rising from look to look; a fraction above 1
/// spends what is left. Boundaries are infinite where nothing is spent. They are accurate to 12 digits for z
/// below 8 and to 8 digits beyond, for any number and spacing of looks; increments below 2.2e-308 (z
/// above 37.5) count as nothing. Jennison C, Turnbull BW (2000), Group Sequential Methods, chapters 7 and 19.
///
/// \throws invalid_input when the error is not between 0 and 1, the fractions do not rise, or the spending
///         function falls, spends at 0, or spends more than the error
template <spending_function Spending>
[[nodiscard]] std::vector<double> boundaries(two_sided const& error, Spending const& spending,
                                             std::span<double const> const fractions) {
    return detail::one_boundary(detail::schedule(spending, error.per_side(), fractions), fractions, true);
}

/// The boundary of a trial that stops early only for large Z: the whole error is spent on it, and nothing is
/// stopped at low values.
template <spending_function Spending>
[[nodiscard]] std::vector<double> boundaries(one_sided const& error, Spending const& spending,
                                             std::span<double const> const fractions) {
    return detail::one_boundary(detail::schedule(spending, error.per_side(), fractions), fractions, false);
}

/// Two boundaries that spend an error of their own each, by the same spending function or one for each. Each
/// is the boundary that the other one's stopping leaves: a trial that has crossed one can't cross the other.
///
/// \throws invalid_input as for a two-sided error, and when the two errors add up to 1 or more
template <spending_function Lower, spending_function Upper>
[[nodiscard]] stopping_boundaries boundaries(asymmetric const& error, Lower const& lower_spending,
                                             Upper const& upper_spending,
                                             std::span<double const> const fractions) {
    error.validate();
    return detail::two_boundaries(detail::schedule(lower_spending, error.lower, fractions),
                                  detail::schedule(upper_spending, error.upper, fractions), fractions);
}

/// Two boundaries with an error of their own each, and one spending function for both.
template <spending_function Spending>
[[nodiscard]] stopping_boundaries boundaries(asymmetric const& error, Spending const& spending,
                                             std::span<double const> const fractions) {
    return boundaries(error, spending, spending, fractions);
}

/// The boundaries of a shape that is fixed up to a constant (`pocock`, `obrien_fleming`, `wang_tsiatis`): the
/// constant is chosen so that the whole error is spent by the last of the planned looks. Only the ratios of
/// the fractions matter.
///
/// \throws invalid_input when the error is not between 0 and 1 or the fractions do not rise
template <detail::boundary_shape Shape>
[[nodiscard]] std::vector<double> boundaries(two_sided const& error, Shape const& shape,
                                             std::span<double const> const fractions) {
    return detail::shaped_boundary(error.per_side(), shape, fractions, true);
}

/// The same for a boundary on large Z alone, which may spend the whole error.
template <detail::boundary_shape Shape>
[[nodiscard]] std::vector<double> boundaries(one_sided const& error, Shape const& shape,
                                             std::span<double const> const fractions) {
    return detail::shaped_boundary(error.per_side(), shape, fractions, false);
}

/// Haybittle and Peto's boundary; the last critical value is infinite when the interim looks have spent
/// everything.
[[nodiscard]] inline std::vector<double> boundaries(two_sided const& error, haybittle_peto const& rule,
                                                    std::span<double const> const fractions) {
    return detail::boundary_with_last_free(error.per_side(), rule.interim, fractions, true);
}

/// The same for a boundary on large Z alone, which may spend the whole error.
[[nodiscard]] inline std::vector<double> boundaries(one_sided const& error, haybittle_peto const& rule,
                                                    std::span<double const> const fractions) {
    return detail::boundary_with_last_free(error.per_side(), rule.interim, fractions, false);
}

template <detail::error_of_boundaries Error, class Spending, class... Rest>
    requires(!detail::shapes_boundaries<Spending>)
ACCRUE_REFUSED("a spending function is called with (fraction, error) and returns the error spent by then",
               boundaries(Error const&, Spending const&, Rest const&...));

} // namespace accrue
