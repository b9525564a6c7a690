#pragma once

#include <accrue/error.hpp>
#include <accrue/interval.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>

/// \file
/// Monitoring without a plan. An e-process is what a gambler's money has become who bets against the null
/// hypothesis, trial by trial, in bets that are fair or worse if the null is true: it starts at 1, and its
/// expectation never rises above 1. By Ville's inequality (1939) the probability that it EVER reaches 1/alpha
/// is at most alpha. So one may look after every trial, decide by the results whether to go on, and never has
/// to say when it will end: reject when E >= 1/alpha, 20 for 5 %.
///
/// What a process promises depends on its null hypothesis, which its header states. No process here covers
/// publication bias, biased trials, or an order of trials that was chosen by their results: the order must be
/// that in which they became known. Ramdas, Grünwald, Vovk & Shafer 2023, doi:10.1214/23-STS894, is a survey.

namespace accrue {

/// A running test against a null hypothesis, whose members are
///
/// - `add(observation)`: the next trial, in the order in which they became known;
/// - `size()`: the number of trials so far;
/// - `log_e_value(null)`: the natural logarithm of E against this null after these trials, 0 unless given;
/// - `p_value()`: 1 over the largest E so far against the process's stated null, at most 1. It may be looked
///   at after every trial, and it never rises;
/// - `confidence_sequence(level)`: the nulls that are not rejected now at error 1 - level. All intervals of
///   the sequence cover the truth together with probability `level`;
/// - `leaning()`: positive where the evidence points above the stated null, negative where below.
///
/// A process is a value: a copy, or what was stored of it, goes on where it was.
template <class Process, class Observation>
concept e_process_for =
    requires(Process& process, Process const& so_far, Observation const& observation, double const x) {
        process.add(observation);
        { so_far.size() } -> std::convertible_to<std::size_t>;
        { so_far.log_e_value(x) } -> std::convertible_to<double>;
        { so_far.p_value() } -> std::convertible_to<double>;
        { so_far.confidence_sequence(x) } -> std::convertible_to<interval>;
        { so_far.leaning() } -> std::convertible_to<double>;
    };

namespace detail {

/// The smallest 1/E so far: min(1, 1/E).
inline double anytime_p_value(double const largest_log_e_value) {
    return largest_log_e_value > 0 ? std::exp(-largest_log_e_value) : 1;
}

/// ln(1/alpha) for a level 1 - alpha.
inline double log_threshold(double const level) {
    require_between_0_and_1("level", level);
    return -std::log1p(-level);
}

} // namespace detail
} // namespace accrue
