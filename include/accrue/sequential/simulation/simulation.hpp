#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/z_curve.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/simulation/executor.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// \file
/// The actual error and power of monitoring, by simulation.
///
/// Group sequential boundaries are exact for a Z whose increments are independent and whose variance is
/// known. A random-effects meta-analysis has neither: tau² is estimated again at every look, from few trials
/// at first. How often its Z really crosses is found by drawing many reviews and counting.

/// After which trials a simulated review is looked at, and which Z stops it there.
struct monitored_looks {
    std::vector<std::size_t> trials; ///< number of trials at each look, rising
    stopping_boundaries boundaries;  ///< of the same length; infinite where a look cannot stop
};

/// Looks with symmetric boundaries: Z stops at or above `upper`, and at or below its negative. `upper` has a
/// value for each look; `simulate_monitoring` checks that.
[[nodiscard]] inline monitored_looks symmetric_looks(std::vector<std::size_t> trials,
                                                     std::vector<double> const& upper) {
    return {std::move(trials), stopping_boundaries::symmetric(upper)};
}

/// How much to simulate, and with what.
struct simulation_options {
    /// Simulated reviews. 20 000 give a standard error of 0.0015 at a probability of 0.05.
    std::uint64_t replicates = 20'000;
    std::uint64_t seed = 1; ///< replicate r uses stream r of this seed, so the result is reproducible
    executor run = in_this_thread{}; ///< or `on_threads{}`, from <accrue/sequential/parallel.hpp>; the result
                                     ///< is the same
    /// Called now and then with the share done, 0 to 1; by any of the threads, but never by two at once. What
    /// it throws ends the simulation, and is thrown again to the caller.
    std::function<void(double)> progress = {};
};

/// A probability estimated by simulation, with its Monte Carlo standard error sqrt(p (1 - p) / replicates).
/// That is 0 when no replicate, or every one, had the event: then it says nothing about the precision.
struct simulated_probability {
    double value;
    double standard_error;
};

/// How often a simulated review stopped where. Each replicate is counted once, at the look where it stopped
/// first; those that reach no boundary are in no count but `replicates`.
struct stopping_frequencies {
    std::uint64_t replicates;
    std::vector<std::size_t> trials;           ///< number of trials at each look
    std::vector<std::uint64_t> stopped_below;  ///< replicates that crossed the lower boundary first at a look
    std::vector<std::uint64_t> stopped_above;  ///< that crossed the upper boundary first at a look
    std::vector<std::uint64_t> stopped_inside; ///< that stopped in the wedge, for futility, at a look

    /// Of crossing the lower boundary at any look.
    [[nodiscard]] simulated_probability below() const { return probability(count(stopped_below)); }
    /// Of crossing the upper boundary at any look.
    [[nodiscard]] simulated_probability above() const { return probability(count(stopped_above)); }
    /// Of stopping in the wedge at any look.
    [[nodiscard]] simulated_probability inside() const { return probability(count(stopped_inside)); }
    /// Of crossing either boundary: the two-sided type I error when there is no effect.
    [[nodiscard]] simulated_probability either() const {
        return probability(count(stopped_below) + count(stopped_above));
    }
    /// The mean number of trials when monitoring ends, at a boundary or after the last look.
    [[nodiscard]] double mean_trials() const {
        auto going_on = replicates;
        double total = 0;
        for (std::size_t look = 0; look < trials.size(); ++look) {
            auto const stopped = stopped_below[look] + stopped_above[look] + stopped_inside[look];
            total += static_cast<double>(trials[look]) * static_cast<double>(stopped);
            going_on -= stopped;
        }
        total += static_cast<double>(trials.back()) * static_cast<double>(going_on);
        return total / static_cast<double>(replicates);
    }

  private:
    static std::uint64_t count(std::vector<std::uint64_t> const& stopped) {
        return std::accumulate(stopped.begin(), stopped.end(), std::uint64_t{0});
    }
    [[nodiscard]] simulated_probability probability(std::uint64_t const stopped) const {
        double const share = static_cast<double>(stopped) / static_cast<double>(replicates);
        return {share, std::sqrt(share * (1 - share) / static_cast<double>(replicates))};
    }
};

namespace detail {

/// Throws unless the looks come after 1 trial or more, each after more trials than the one before, and no
/// lower boundary lies above the upper one: they meet at the last look of a design with futility.
inline void check(monitored_looks const& looks) {
    require_not_empty("looks", looks.trials.size());
    require_boundaries(looks.boundaries, looks.trials.size());
    std::size_t previous = 0;
    for (std::size_t look = 0; look < looks.trials.size(); ++look) {
        require_that(looks.trials[look] > previous, "numbers of trials must rise from look to look");
        previous = looks.trials[look];
        require_that(looks.boundaries.lower[look] <= looks.boundaries.upper[look],
                     "the lower boundary must not lie above the upper one at any look");
    }
}

inline void check(simulation_options const& options) {
    require(options.replicates > 0, "replicates", "positive", static_cast<double>(options.replicates));
}

/// Replicates are shared out in blocks, each a piece of work for the executor; not so many that their results
/// take room.
inline std::uint64_t block_size(simulation_options const& options) {
    return (std::max)(std::uint64_t{512}, options.replicates / 1024);
}

inline std::size_t number_of_blocks(simulation_options const& options) {
    return static_cast<std::size_t>((options.replicates - 1) / block_size(options) + 1);
}

/// Calls `work(block, from, to)` for the replicates of each block, by the executor that was asked for.
template <class Work>
void for_each_block(simulation_options const& options, Work const& work) {
    auto const size = block_size(options);
    auto begun = std::atomic<std::uint64_t>{0};
    auto telling = std::atomic_flag{};
    options.run(number_of_blocks(options), [&](std::size_t const block) {
        begun += size;
        // One that finds another thread telling need not wait: there is more to tell soon.
        if (options.progress && !telling.test_and_set()) {
            options.progress(static_cast<double>(begun - size) / static_cast<double>(options.replicates));
            telling.clear();
        }
        std::uint64_t const from = block * size;
        work(block, from, (std::min)(from + size, options.replicates));
    });
    if (options.progress) {
        options.progress(1);
    }
}

/// The Z of a result, or NaN where that decides nothing, as its status is not `ok`.
inline double deciding_z(pooled const& result) {
    return result.status == status::ok ? z_value(result) : not_a_number<double>();
}

/// The same, or NaN if it lies between the boundaries. Mapping t to z costs more than pooling does, and moves
/// towards 0: a t between boundaries on either side of 0 needs no mapping.
inline double crossing_z(pooled const& result, double const lower, double const upper) {
    double const statistic = test_statistic(result);
    if (lower <= 0 && upper >= 0 && lower < statistic && statistic < upper) {
        return not_a_number<double>();
    }
    return deciding_z(result);
}

inline void require_trials(std::vector<estimate> const& series, std::size_t const needed) {
    if (series.size() < needed) [[unlikely]] {
        throw invalid_input("the series must have at least " + std::to_string(needed) +
                            " trials for the looks, but has " + std::to_string(series.size()));
    }
}

} // namespace detail

/// Simulates reviews that are monitored while their trials accrue.
///
/// Each replicate draws a series of trials, pools them at every look by the model, and stops at the first
/// look whose Z (`z_value`, so that t statistics are mapped to z) crosses a boundary or lies in the wedge. A
/// look whose status is not `ok` stops nothing, as in `trial_sequential_analysis`. With no effect the
/// probability of crossing is the type I error, and with an effect the power.
///
///     auto const upper = boundaries(two_sided{0.05}, spending, fractions);
///     auto const looks = symmetric_looks({4, 8, 12, 16, 20}, upper);
///     auto const series = trial_series{log_normal_variances{.trials = 20}, constant_heterogeneity{0.6}};
///     auto const result = simulate_monitoring(series, random_effects{dersimonian_laird{}}, looks);
///     auto const error = result.either();
///
/// The result depends on seed and replicates alone. Two simulations with the same seed draw the same random
/// numbers, so models are compared on the same reviews, and their difference is more precise than either.
///
/// \param series draws the trials: (random_stream&, std::vector<estimate>&). Its call must not change
///   it, since threads share it.
/// \param model any model that `pool` takes
/// \param looks when to look, and the boundaries there
/// \param options how many replicates, from which seed, and how they are carried out
/// \throws invalid_input when looks or options are unusable, when the series has fewer trials than the last
///   look, and as `pool` does
template <class Series, class Model>
[[nodiscard]] stopping_frequencies simulate_monitoring(Series const& series, Model const& model,
                                                       monitored_looks const& looks,
                                                       simulation_options const& options = {}) {
    detail::check(looks);
    detail::check(options);
    auto const count = looks.trials.size();
    auto const& lower = looks.boundaries.lower;
    auto const& upper = looks.boundaries.upper;
    auto const& wedge = looks.boundaries.wedge;
    auto const none = std::vector<std::uint64_t>(count);
    auto const empty = stopping_frequencies{0, looks.trials, none, none, none};
    auto parts = std::vector<stopping_frequencies>(detail::number_of_blocks(options), empty);

    detail::for_each_block(
        options, [&](std::size_t const block, std::uint64_t const from, std::uint64_t const to) {
            auto& part = parts[block];
            auto trials = std::vector<estimate>{};
            for (auto replicate = from; replicate < to; ++replicate) {
                auto random = random_stream(options.seed, replicate);
                trials.clear();
                series(random, trials);
                detail::require_trials(trials, looks.trials.back());
                auto const all = std::span<estimate const>(trials);
                for (std::size_t look = 0; look < count; ++look) {
                    auto const result = pool(model, all.first(looks.trials[look]));
                    double const z = wedge.empty() ? detail::crossing_z(result, lower[look], upper[look])
                                                   : detail::deciding_z(result);
                    bool const below = z <= lower[look];
                    bool const above = z >= upper[look];
                    bool const inside =
                        !wedge.empty() && z >= looks.boundaries.lower_edge(look) && z <= wedge[look];
                    if (below || above || inside) {
                        auto& stopped = below   ? part.stopped_below
                                        : above ? part.stopped_above
                                                : part.stopped_inside;
                        ++stopped[look];
                        break;
                    }
                }
            }
        });

    auto total = empty;
    total.replicates = options.replicates;
    for (auto const& part : parts) {
        for (std::size_t look = 0; look < count; ++look) {
            total.stopped_below[look] += part.stopped_below[look];
            total.stopped_above[look] += part.stopped_above[look];
            total.stopped_inside[look] += part.stopped_inside[look];
        }
    }
    return total;
}

} // namespace accrue
