#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/simulation/detail/statistic_table.hpp>

#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace accrue::detail {

/// How many of the replicates may have stopped by each look: the share that may be spent by then, less a
/// number of Monte Carlo standard errors. 0 where that is less than one replicate: such an increment spends
/// nothing, and is carried on.
inline std::vector<std::size_t> allowed_stops(std::vector<double> const& cumulative,
                                              std::size_t const replicates, double const standard_errors) {
    auto result = std::vector<std::size_t>{};
    auto const n = static_cast<double>(replicates);
    for (auto const share : cumulative) {
        double const count = n * share - standard_errors * std::sqrt(n * share * (1 - share));
        result.push_back(count >= 1 ? static_cast<std::size_t>(count) : 0);
    }
    return result;
}

/// The simulated reviews of every scenario, and which of them have stopped.
class simulated_stops {
  public:
    simulated_stops(statistic_table const& table, std::span<null_scenario const> const scenarios)
        : table_(table), scenarios_(scenarios),
          stopped_(scenarios.size(), std::vector<char>(table.replicates())) {}

    /// The smallest boundary, `least` or more, at or above which no scenario has more than its share of
    /// reviews that have not stopped before; infinite where one has no share left. `key` is how far out a
    /// statistic is, and `available` how many may stop, by scenario.
    template <class Key>
    [[nodiscard]] float boundary(std::size_t const look, std::size_t const trials, Key const& key,
                                 std::vector<std::size_t> const& available, float const least) {
        constexpr float infinite = std::numeric_limits<float>::infinity();
        float result = least;
        for (std::size_t s = 0; s < scenarios_.size(); ++s) {
            if (!counts(s, trials)) {
                continue;
            }
            if (available[s] == 0) {
                return infinite;
            }
            auto const& stopped = stopped_[s];
            beyond_.clear();
            auto const column = table_.column(s, look);
            for (std::size_t i = 0; i < column.size(); ++i) {
                float const size = key(column[i]);
                if (size >= result && stopped[i] == 0) {
                    beyond_.push_back(size);
                }
            }
            if (beyond_.size() > available[s]) {
                auto const kept = beyond_.begin() + static_cast<std::ptrdiff_t>(available[s]);
                std::nth_element(beyond_.begin(), kept, beyond_.end(), std::greater<>{});
                result = std::nextafter(*kept, infinite);
            }
        }
        return result;
    }

    /// Stops the reviews whose statistic satisfies `condition`, and calls `count(scenario, statistic)` for
    /// each of them.
    template <class Condition, class Count>
    void stop(std::size_t const look, Condition const& condition, Count const& count) {
        for (std::size_t s = 0; s < scenarios_.size(); ++s) {
            auto& stopped = stopped_[s];
            auto const column = table_.column(s, look);
            for (std::size_t i = 0; i < column.size(); ++i) {
                if (condition(column[i]) && stopped[i] == 0) {
                    stopped[i] = 1;
                    count(s, column[i]);
                }
            }
        }
    }

  private:
    [[nodiscard]] bool counts(std::size_t const scenario, std::size_t const trials) const {
        return scenarios_[scenario].from <= trials;
    }

    statistic_table const& table_;
    std::span<null_scenario const> scenarios_;
    std::vector<std::vector<char>> stopped_;
    std::vector<float> beyond_ = {};
};

/// What each scenario may still stop by some look.
inline std::vector<std::size_t> available_stops(std::size_t const allowed,
                                                std::vector<std::size_t> const& spent) {
    auto result = std::vector<std::size_t>{};
    for (auto const count : spent) {
        result.push_back(allowed > count ? allowed - count : 0);
    }
    return result;
}

} // namespace accrue::detail
