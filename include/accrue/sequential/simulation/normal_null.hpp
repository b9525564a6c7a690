#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/sequential/simulation/null_scenario.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace accrue {

/// Reviews without an effect by the random-effects model, with the variances of the trials so far:
///
///     y_i ~ N(0, v_i + tau²)   independently, v_i known,
///
/// for each of a grid of values of tau², all of which have to hold their error.
///
/// Unless stated, the grid follows from the trials: 0; the first trial's variance times all powers of
/// `step` between an eighth of the smallest variance and 64 times the largest; and a value so far above all
/// variances that trials count alike. Each value counts from the trial on that brings it within this range:
/// trials that come later add values, and take none away. Beyond both ends of the range nothing changes any
/// more: tau² far below every variance is as 0, and far above as infinite.
///
/// It suits effects that are about normal with variances that are about known: means, standardised mean
/// differences, log ratios of common events. Log ratios of rare events are correlated with their estimated
/// variances: see `binary_null`. Skewed true effects need a null of your own (`any_null`).
struct normal_null {
    std::vector<double> tau_squared = {}; ///< the grid, on the scale of the trials' variances; see above
    double step = 2;                      ///< ratio of neighbours in the grid that follows from the trials

    /// The scenarios of a review with these trials, of which only the variances are used.
    ///
    /// \throws invalid_input when there is no trial, a variance is not positive and finite (it names the
    ///   trial), a tau² is negative or not finite, or `step` is not above 1 by enough for less than
    ///   10000 values
    [[nodiscard]] std::vector<null_scenario> operator()(std::span<estimate const> const trials) const {
        detail::require_not_empty("trials", trials.size());
        auto variances = std::vector<double>{};
        detail::for_each_study(trials.size(), [&](std::size_t const i) {
            detail::require_positive("variance", trials[i].variance);
            variances.push_back(trials[i].variance);
        });
        auto scenarios = std::vector<null_scenario>{};
        auto const add = [&](double const value, std::size_t const from) {
            detail::require_not_negative("tau_squared", value);
            scenarios.push_back({value, draw_from(variances, value), true, from});
        };
        for (auto const value : tau_squared) {
            add(value, 0);
        }
        if (tau_squared.empty()) {
            add(0, 0);
            for (auto const& [exponent, from] : exponents(variances)) {
                add(variances.front() * std::pow(step, exponent), from);
            }
        }
        return scenarios;
    }

  private:
    /// The powers of `step` in the grid, and the number of trials from which on each belongs to it.
    [[nodiscard]] std::map<int, std::size_t> exponents(std::vector<double> const& variances) const {
        detail::require(step > 1 && detail::is_finite(step), "step", "above 1 and finite", step);
        auto result = std::map<int, std::size_t>{};
        double const first = variances.front();
        double smallest = first;
        double largest = first;
        auto const power = [&](double const variance) { return std::log(variance / first) / std::log(step); };
        for (std::size_t i = 0; i < variances.size(); ++i) {
            smallest = (std::min)(smallest, variances[i]);
            largest = (std::max)(largest, variances[i]);
            detail::require(power(1e4 * largest) - power(smallest / 8) < 1e4, "step",
                            "so large that the grid has less than 10000 values", step);
            auto const highest = static_cast<int>(std::ceil(power(64 * largest)));
            for (auto exponent = static_cast<int>(std::floor(power(smallest / 8))); exponent <= highest;
                 ++exponent) {
                result.emplace(exponent, i + 1);
            }
            result.emplace(static_cast<int>(std::ceil(power(1e4 * largest))), i + 1);
        }
        return result;
    }

    static std::function<void(random_stream&, double, std::span<estimate>)>
    draw_from(std::vector<double> const& variances, double const tau_squared) {
        auto deviations = std::vector<double>{};
        for (auto const variance : variances) {
            deviations.push_back(std::sqrt(variance + tau_squared));
        }
        return [variances, deviations](random_stream& random, double const effect,
                                       std::span<estimate> const trials) {
            for (std::size_t i = 0; i < trials.size(); ++i) {
                trials[i] = {effect + deviations[i] * random.normal(), variances[i]};
            }
        };
    }
};

} // namespace accrue
