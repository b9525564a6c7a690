#pragma once

#include <accrue/error.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// \file
/// After which trials a look at the cumulative result is taken: callable values from the information fraction
/// after each trial to the numbers of trials that the looks comprise. Trials between two looks are pooled
/// into the later one; trials after the last look wait for the next. Nothing is pooled unless asked for, and
/// no schedule moves an earlier look when a later trial is added.

namespace accrue {

/// When looks are taken: a callable value from the information fraction after each trial to the numbers of
/// trials that the looks comprise, rising.
template <class Schedule>
concept look_schedule = requires(Schedule const& schedule, std::span<double const> const fractions) {
    { schedule(fractions) } -> std::convertible_to<std::vector<std::size_t>>;
};

/// A look after every trial, from the `first`-th on.
///
/// A random-effects analysis should start at 2 or later: one trial says nothing about the differences between
/// trials, so its Z claims more than it knows. The trials before the first look are part of it.
struct every_trial {
    std::size_t first = 1; ///< at least 1

    /// \throws invalid_input when `first` is 0
    [[nodiscard]] std::vector<std::size_t> operator()(std::span<double const> const fractions) const {
        detail::require(first > 0, "first", "at least 1", static_cast<double>(first));
        auto looks = std::vector<std::size_t>{};
        for (auto count = first; count <= fractions.size(); ++count) {
            looks.push_back(count);
        }
        return looks;
    }
};

/// Looks at least `fraction` of the required information apart, but for 1e-12 of what has accrued, which is
/// rounding: a trial that adds less is pooled with those after it, and waits for them.
struct minimum_increment {
    double fraction = 0.01;

    /// \throws invalid_input unless the fraction is positive and finite
    [[nodiscard]] std::vector<std::size_t> operator()(std::span<double const> const fractions) const {
        detail::require_positive("fraction", fraction);
        auto looks = std::vector<std::size_t>{};
        double reached = 0;
        for (std::size_t i = 0; i < fractions.size(); ++i) {
            if (fractions[i] * (1 + 1e-12) >= reached + fraction) {
                looks.push_back(i + 1);
                reached = fractions[i];
            }
        }
        return looks;
    }
};

/// Looks after the stated numbers of trials, such as {3, 6, 10}, when a review was updated at those times.
struct after_trials {
    std::vector<std::size_t> counts; ///< rising, at least 1

    /// \throws invalid_input unless the counts rise and are at most the number of trials
    [[nodiscard]] std::vector<std::size_t> operator()(std::span<double const> const fractions) const {
        std::size_t previous = 0;
        for (auto const count : counts) {
            if (count <= previous || count > fractions.size()) [[unlikely]] {
                throw invalid_input("counts must rise from look to look up to the number of trials, " +
                                    std::to_string(fractions.size()) + ", but " + std::to_string(count) +
                                    " follows " + std::to_string(previous));
            }
            previous = count;
        }
        return counts;
    }
};

/// One look for all trials of the same date (a year, a day number: any number that orders them).
struct by_date {
    std::vector<double> dates; ///< of each trial, never falling

    /// \throws invalid_input unless there is one date for each trial, all are finite, and none is earlier
    /// than the one before; it names the trial
    [[nodiscard]] std::vector<std::size_t> operator()(std::span<double const> const fractions) const {
        detail::require_one_each("dates", dates.size(), "trials", fractions.size());
        auto looks = std::vector<std::size_t>{};
        for (std::size_t i = 0; i < dates.size(); ++i) {
            detail::for_study(i, [&] { detail::require_finite("date", dates[i]); });
            if (i > 0 && dates[i] < dates[i - 1]) [[unlikely]] {
                throw invalid_input(i, "trials must be in the order of their dates, but its date " +
                                           detail::to_text(dates[i]) + " follows " +
                                           detail::to_text(dates[i - 1]));
            }
            if (i + 1 == dates.size() || dates[i] < dates[i + 1]) {
                looks.push_back(i + 1);
            }
        }
        return looks;
    }
};

} // namespace accrue
