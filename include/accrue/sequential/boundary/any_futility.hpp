#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/boundary/futility.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/error/error_rate.hpp>
#include <accrue/sequential/spending/any_spending_function.hpp>
#include <accrue/status.hpp>

#include <concepts>
#include <functional>
#include <span>
#include <utility>
#include <variant>

namespace accrue {

/// A `futility` with any spending function and rule as one type, so that a design can be a plain value:
/// `any_futility const stop = futility{0.10, kim_demets{2}, binding{}}`.
///
/// It has no sign of its own: it works for an anticipated effect that is positive, and a design whose benefit
/// is negative has its boundaries mirrored by the monitoring rule.
class any_futility {
  public:
    /// A copy of the plan. Which errors it suits is seen only when boundaries are asked for: a wedge rule
    /// (`upper_half`, `copenhagen`) has none with a one-sided error.
    template <spending_function Spending, class Rule>
    any_futility(futility<Spending, Rule> const& stop)
        : error_(stop.error), spending_(stop.spending), binds_(std::same_as<Rule, binding>),
          boundaries_([stop](error_rate const& error, any_spending_function const& spending,
                             std::span<double const> const fractions,
                             std::span<double const> const spending_times) {
              return bounds(stop, error, spending, fractions, spending_times);
          }) {}

    /// The type II error that stopping for futility may spend in all.
    [[nodiscard]] double error() const { return error_; }
    /// How it is spent over the looks.
    [[nodiscard]] any_spending_function const& spending() const { return spending_; }
    /// Whether a trial that meets the boundary must stop; true for the rule `binding` alone. If it need not,
    /// p-values and intervals are computed as if there were no futility boundary.
    [[nodiscard]] bool binds() const { return binds_; }

    /// The boundaries for success and for futility, as Z values at each look.
    ///
    /// \param error the type I error; with `asymmetric` the benefit is above
    /// \param spending how the type I error is spent; the type II error has its own function in `futility`
    /// \param fractions information fractions of all looks, rising; the boundaries meet at the last
    /// \param spending_times the fractions at which both errors are spent, where that is another clock
    /// \throws invalid_input as `boundaries` with futility does, for an error that has no such boundaries,
    ///   and when no effect makes the boundaries meet at the last look
    [[nodiscard]] stopping_boundaries operator()(error_rate const& error,
                                                 any_spending_function const& spending,
                                                 std::span<double const> const fractions,
                                                 std::span<double const> const spending_times = {}) const {
        return boundaries_(error, spending, fractions, spending_times);
    }

  private:
    static stopping_boundaries converged(boundaries_with_futility design) {
        detail::require_that(
            design.status == status::ok,
            "futility must have boundaries that meet at the final look, but there are none for these looks");
        return std::move(design.bounds);
    }

    template <class Stop>
    static stopping_boundaries
    bounds(Stop const& stop, error_rate const& error, any_spending_function const& spending,
           std::span<double const> const fractions, std::span<double const> const spending_times) {
        if (auto const* const sides = std::get_if<two_sided>(&error)) {
            return converged(boundaries(*sides, spending, stop, fractions, spending_times));
        }
        if constexpr (std::same_as<decltype(stop.rule), binding> ||
                      std::same_as<decltype(stop.rule), non_binding>) {
            if (auto const* const side = std::get_if<one_sided>(&error)) {
                return converged(boundaries(*side, spending, stop, fractions, spending_times));
            }
        }
        if constexpr (std::same_as<decltype(stop.rule), non_binding>) {
            return converged(
                boundaries(std::get<asymmetric>(error), spending, stop, fractions, spending_times));
        }
        throw invalid_input("futility boundaries of this rule must have a two-sided error, be binding or "
                            "non-binding with a one-sided one, or non-binding with an asymmetric one");
    }

    double error_;
    any_spending_function spending_;
    bool binds_;
    std::function<stopping_boundaries(error_rate const&, any_spending_function const&,
                                      std::span<double const>, std::span<double const>)>
        boundaries_;
};

} // namespace accrue
