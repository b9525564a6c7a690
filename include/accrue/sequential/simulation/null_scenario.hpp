#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

/// \file
/// Nulls: what reviews look like that have no effect, as callable values from the trials so far to one or
/// more `null_scenario`s. `normal_null` and `binary_null` are nulls, and so is any callable of yours.

namespace accrue {

/// One way in which reviews may come about when there is no effect, such as one value of tau².
struct null_scenario {
    /// The between-trial variance, on the scale of the trials' variances; NaN where that is no question.
    double tau_squared = detail::not_a_number<double>();

    /// Draws as many trials as the span has, in order. What trial i is must not depend on how many come after
    /// it, or adding a trial would move the boundaries of earlier looks. `effect` is the mean of the true
    /// effects: 0 for the null, and the anticipated effect where stopping for futility is simulated.
    std::function<void(random_stream&, double effect, std::span<estimate>)> draw;

    /// Whether a review and its mirror image, with all effects negative, are as likely under no effect. Both
    /// directions then share what was simulated, and a two-sided error has symmetric boundaries.
    bool symmetric = false;

    /// The number of trials from which on the scenario counts. A scenario that depends on a trial must not
    /// count before it, or adding that trial would move earlier boundaries.
    std::size_t from = 0;

    /// The same as `draw` in 2x2 tables, for reviews whose model pools those. Empty where the null has none.
    std::function<void(random_stream&, double effect, std::span<two_arms<events>>)> draw_tables = {};
};

/// A null that depends on the trials so far: returns the scenarios, every one of which has to hold its error.
template <class T>
concept scenario_null =
    std::is_invocable_r_v<std::vector<null_scenario>, T const&, std::span<estimate const>>;

/// A null with a single scenario, by a callable that draws the trials: `(random, trials, simulated)` fills
/// `simulated`, one for each of the trials so far, under no effect, and may take the trials' variances.
template <class T>
concept drawing_null =
    std::invocable<T const&, random_stream&, std::span<estimate const>, std::span<estimate>>;

/// A null of any type as one type.
class any_null {
  public:
    template <scenario_null Null>
        requires(!std::same_as<std::remove_cvref_t<Null>, any_null>)
    any_null(Null const& null) : scenarios_(null) {}

    /// The anticipated effect, where it is needed for futility, is added to what is drawn.
    template <drawing_null Null>
    any_null(Null const& null)
        : scenarios_([null](std::span<estimate const> const trials) {
              auto const copy = std::vector<estimate>(trials.begin(), trials.end());
              auto scenario = null_scenario{};
              scenario.draw = [null, copy](random_stream& random, double const effect,
                                           std::span<estimate> const simulated) {
                  null(random, std::span<estimate const>(copy), simulated);
                  for (auto& trial : simulated) {
                      trial.effect += effect;
                  }
              };
              return std::vector{scenario};
          }) {}

    /// The scenarios of a review with these trials.
    [[nodiscard]] std::vector<null_scenario> operator()(std::span<estimate const> const trials) const {
        return scenarios_(trials);
    }

  private:
    std::function<std::vector<null_scenario>(std::span<estimate const>)> scenarios_;
};

} // namespace accrue
