#pragma once

#include <accrue/refused.hpp>
#include <accrue/sequential/boundary/detail/shaped_boundary.hpp>
#include <accrue/sequential/boundary/detail/spending_boundary.hpp>
#include <accrue/sequential/boundary/haybittle_peto.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/asymmetric.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <concepts>
#include <initializer_list>
#include <span>
#include <variant>
#include <vector>

namespace accrue {

namespace detail {

template <class Error>
concept error_of_boundaries = single_error<Error> || std::same_as<Error, asymmetric>;

/// Whether a header of its own has `boundaries` for it.
template <class T>
inline constexpr bool has_boundaries = false;

/// What boundaries can be made by: a spending function, a shape, the rule of Haybittle and Peto, or what
/// says so.
template <class Spending>
concept shapes_boundaries = spending_function<Spending> || boundary_shape<Spending> ||
                            std::same_as<Spending, haybittle_peto> || has_boundaries<Spending>;

} // namespace detail

/// The critical values of a monitored trial, as Z values, one for each look: the upper boundary, whose
/// negative is the lower one of a `two_sided` error; a `one_sided` error has no lower one. Functions that
/// take boundaries want both sides, which `efficacy_boundaries` gives.
///
/// Each side spends its share of the error by the spending function; boundary k is the z_k at which a trial
/// under no effect that has not stopped before crosses with probability f(t_k) - f(t_{k-1}).
///
/// Boundaries are infinite where nothing is spent. They are accurate to 12 digits for z below 8 and to 8
/// digits beyond, for any number and spacing of looks; errors below 2.2e-308 (z above 37.5) count as
/// nothing. Jennison C, Turnbull BW (2000), Group Sequential Methods, chapters 7 and 19.
///
/// \param error `two_sided{0.05}`, half of which is spent on each side, or `one_sided{0.025}`
/// \param spending how the error is spent
/// \param fractions information fractions of the looks, rising from look to look; a fraction above 1 spends
///   what is left
/// \param spending_times the fractions at which the error is spent, where that is another clock than
///   information, such as calendar time: one for each look, never falling. Lan & DeMets 1989, Stat Med
///   8:1191-1198, doi:10.1002/sim.4780081003
/// \throws invalid_input when the error is not between 0 and 1, the fractions do not rise, the times fall, or
///   the spending function falls, spends at 0, or spends more than the error
template <single_error Error, spending_function Spending>
[[nodiscard]] std::vector<double> boundaries(Error const& error, Spending const& spending,
                                             std::span<double const> const fractions,
                                             std::span<double const> const spending_times = {}) {
    return detail::one_boundary(detail::schedule(spending, error.per_side(), fractions, spending_times),
                                fractions, Error::is_symmetric);
}

/// The critical values of a shape that is fixed up to a constant (`pocock`, `obrien_fleming`,
/// `wang_tsiatis`): the constant is chosen so that the whole error is spent by the last of the planned looks.
/// Only the ratios of the fractions matter.
///
/// \throws invalid_input when the error of one side is not between 0 and 0.5, the fractions do not rise, or a
///   critical value of the shape is not above 0, as where it is less than a `double` holds
template <single_error Error, detail::boundary_shape Shape>
[[nodiscard]] std::vector<double> boundaries(Error const& error, Shape const& shape,
                                             std::span<double const> const fractions) {
    return detail::shaped_boundary(error.per_side(), shape, fractions, Error::is_symmetric);
}

/// Haybittle and Peto's critical values.
///
/// \throws invalid_input when the error is not between 0 and 1, the fractions do not rise, the critical value
///   of the interim looks is not positive and finite, or these alone spend more than the error, which no
///   value of the last look makes good
template <single_error Error>
[[nodiscard]] std::vector<double> boundaries(Error const& error, haybittle_peto const& rule,
                                             std::span<double const> const fractions) {
    return detail::boundary_with_last_free(error.per_side(), rule.interim, fractions, Error::is_symmetric);
}

/// Two boundaries that spend an error of their own each, by a spending function each. Each is the boundary
/// that the other one's stopping leaves: a trial that has crossed one can't cross the other.
///
/// \throws invalid_input as for a two-sided error, and when the two errors add up to 1 or more
template <spending_function Lower, spending_function Upper>
[[nodiscard]] stopping_boundaries
boundaries(asymmetric const& error, Lower const& lower_spending, Upper const& upper_spending,
           std::span<double const> const fractions, std::span<double const> const spending_times = {}) {
    error.validate();
    auto const lower = detail::schedule(lower_spending, error.lower, fractions, spending_times);
    auto const upper = detail::schedule(upper_spending, error.upper, fractions, spending_times);
    return detail::spending_boundaries(&lower, upper, fractions, false);
}

/// Two boundaries with an error of their own each, and one spending function for both.
///
/// \throws invalid_input as for a two-sided error, and when the two errors add up to 1 or more
template <spending_function Spending>
[[nodiscard]] stopping_boundaries boundaries(asymmetric const& error, Spending const& spending,
                                             std::span<double const> const fractions,
                                             std::span<double const> const spending_times = {}) {
    return boundaries(error, spending, spending, fractions, spending_times);
}

/// Both boundaries of a monitored trial, as every function takes them that computes with boundaries
/// (`exits`, `power`, `drift_for_power`, `conditional_power`, `infer_stagewise`, ...): those of `boundaries`,
/// with the lower one that the form of the error implies.
///
///     auto const fractions = std::vector{0.25, 0.5, 0.75, 1.0};
///     auto const bounds = efficacy_boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
///     auto const drift = drift_for_power(bounds, fractions, 0.9);
///
/// \param error `two_sided`, `one_sided`, `asymmetric`, or the `error_rate` of a design
/// \param procedure a spending function or, for the first two, a shape such as `pocock`, or `haybittle_peto`
/// \param fractions information fractions of the looks, rising from look to look
/// \param spending_times as for `boundaries`; of spending functions alone
/// \throws invalid_input as `boundaries` does
template <class Error, class Procedure, class... SpendingTimes>
    requires requires(Error const& error, Procedure const& procedure, std::span<double const> const fractions,
                      SpendingTimes const&... spending_times) {
        boundaries(error, procedure, fractions, spending_times...);
    }
[[nodiscard]] stopping_boundaries efficacy_boundaries(Error const& error, Procedure const& procedure,
                                                      std::span<double const> const fractions,
                                                      SpendingTimes const&... spending_times) {
    if constexpr (!single_error<Error>) {
        return boundaries(error, procedure, fractions, spending_times...);
    } else if constexpr (Error::is_symmetric) {
        return stopping_boundaries::symmetric(boundaries(error, procedure, fractions, spending_times...));
    } else {
        return stopping_boundaries::upper_only(boundaries(error, procedure, fractions, spending_times...));
    }
}

/// The same for the error of a design, whatever its form.
///
/// \throws invalid_input as `boundaries` does
template <spending_function Spending>
[[nodiscard]] stopping_boundaries efficacy_boundaries(error_rate const& error, Spending const& spending,
                                                      std::span<double const> const fractions,
                                                      std::span<double const> const spending_times = {}) {
    return std::visit(
        [&](auto const& form) { return efficacy_boundaries(form, spending, fractions, spending_times); },
        error);
}

/// The same with the fractions written where they are used: `boundaries(two_sided{0.05},
/// lan_demets_obrien_fleming{}, {0.25, 0.5, 0.75, 1})`.
///
/// \throws invalid_input as with a list that has a name
template <detail::error_of_boundaries Error, detail::shapes_boundaries Procedure>
[[nodiscard]] auto boundaries(Error const& error, Procedure const& procedure,
                              std::initializer_list<double> const fractions) {
    return boundaries(error, procedure, std::span<double const>(fractions.begin(), fractions.size()));
}

/// The same with the fractions written where they are used.
///
/// \throws invalid_input as with a list that has a name
template <class Error, detail::shapes_boundaries Procedure>
    requires detail::error_of_boundaries<Error> || std::same_as<Error, error_rate>
[[nodiscard]] stopping_boundaries efficacy_boundaries(Error const& error, Procedure const& procedure,
                                                      std::initializer_list<double> const fractions) {
    return efficacy_boundaries(error, procedure,
                               std::span<double const>(fractions.begin(), fractions.size()));
}

#define ACCRUE_REFUSE_BOUNDARIES(name)                                                                       \
    template <detail::error_of_boundaries Error, class Spending, class... Rest>                              \
        requires(!detail::shapes_boundaries<Spending>)                                                       \
    ACCRUE_REFUSED(                                                                                          \
        "a spending function is called with (fraction, error) and returns the error spent by then",          \
        name(Error const&, Spending const&, Rest const&...));                                                \
    template <std::convertible_to<double> Number, class... Rest>                                             \
    ACCRUE_REFUSED(                                                                                          \
        "say how an error is shared: two_sided{0.05}, one_sided{0.025} or asymmetric{lower, upper}",         \
        name(Number const&, Rest const&...));                                                                \
    template <class Spending, class... Rest>                                                                 \
        requires(!std::convertible_to<Spending, double> && !std::convertible_to<Spending, error_rate>)       \
    ACCRUE_REFUSED("the error comes first: " #name "(two_sided{0.05}, spending, fractions)",                 \
                   name(Spending const&, error_rate const&, Rest const&...));                                \
    template <detail::error_of_boundaries Error, detail::shapes_boundaries Spending,                         \
              std::convertible_to<double> Number>                                                            \
    ACCRUE_REFUSED("looks are given by their information fractions, such as {0.25, 0.5, 0.75, 1}",           \
                   name(Error const&, Spending const&, Number))
ACCRUE_REFUSE_BOUNDARIES(boundaries);
ACCRUE_REFUSE_BOUNDARIES(efficacy_boundaries);
#undef ACCRUE_REFUSE_BOUNDARIES

} // namespace accrue
