#pragma once

#include <accrue/name_of.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <concepts>
#include <functional>
#include <string>

namespace accrue {

/// A spending function of any type as one type, so that a design can be a plain value:
/// `any_spending_function const spending = lan_demets_pocock{}`. It keeps the exact increments of functions
/// that have them.
class any_spending_function {
  public:
    /// Of any callable that is a `spending_function`, of this library or your own.
    template <spending_function Spending>
        requires(!std::same_as<Spending, any_spending_function>)
    any_spending_function(Spending spending)
        : spent_(
              [spending](double const t, double const error) { return detail::spent(spending, t, error); }),
          between_([spending](double const from, double const to, double const error) {
              return detail::spent_between(spending, from, to, error);
          }),
          name_(name_of(spending, "user-defined")) {}

    /// How it is called in reports; "user-defined" for one without a name.
    [[nodiscard]] std::string const& name() const { return name_; }

    /// The error spent by the information fraction t of the `error` that one boundary may spend in all.
    [[nodiscard]] double operator()(double const t, double const error) const { return spent_(t, error); }
    /// The error spent between two information fractions.
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        return between_(from, to, error);
    }

  private:
    std::function<double(double, double)> spent_;
    std::function<double(double, double, double)> between_;
    std::string name_;
};

} // namespace accrue
