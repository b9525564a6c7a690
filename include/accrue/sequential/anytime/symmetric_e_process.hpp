#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/little_endian.hpp>
#include <accrue/interval.hpp>
#include <accrue/sequential/anytime/detail/process_bytes.hpp>
#include <accrue/sequential/anytime/detail/running_heterogeneity.hpp>
#include <accrue/sequential/anytime/detail/symmetric_bets.hpp>
#include <accrue/sequential/anytime/direction.hpp>
#include <accrue/sequential/anytime/e_process.hpp>
#include <accrue/sequential/anytime/effect_node.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// One trial as the symmetric e-process keeps it.
struct scaled_trial {
    double effect;
    double variance;
    double scale; ///< v + t, with the tau² that was guessed before the trial was known

    friend bool operator==(scaled_trial const&, scaled_trial const&) = default;
};

/// An e-process for the mean of a random-effects model whose error holds whatever tau² is: with theta_j the
/// effects that it bets on, pi_j their shares, z_i = y_i - null
///
///     E = sum_j pi_j prod_i 2 / (1 + exp(-2 theta_j z_i / (v_i + t_i))).
///
/// **Its null**: given the trials before it, the result of each trial is distributed symmetrically about the
/// null. That is so for a mean effect of exactly the null, a symmetric distribution of true effects of any
/// width and any tails, and symmetric sampling errors; variances may be wrong, tau² may change from trial to
/// trial, and sizes and stopping may depend on the results so far. Each factor has the form e^x / cosh x with
/// x odd in z, so its mean is then exactly 1: the error is a theorem and no simulation (Fisher 1935, The
/// Design of Experiments, ch. 3; de la Peña 1999, doi:10.1214/aop/1022677465; Ramdas, Ruf, Larsson & Koolen
/// 2020, arXiv:2009.03167; Vovk & Wang 2024, arXiv:2208.08925).
///
/// **Not covered**: skewed true effects (exponential ones with tau² of 5 median variances crossed in 6.2 % of
/// simulated reviews by 100 looks, and in 8.2 % with the large trials first), log odds ratios of rare events,
/// whose errors are skewed (see `exact_binary_e_process`), publication bias, biased trials, an order of
/// trials chosen by their results. For symmetric effects the same simulations found 2.5 to 3.3 %
/// (benchmarks/anytime_error.cpp).
///
/// **What it costs**: E at most doubles with a trial, and two-sided the first trial decides nothing (what is
/// won above is lost below). So 5 % take six trials at the very least, five if one direction is sought, and a
/// review of four can't conclude; the confidence sequence is infinite while 2^k <= 2/alpha. The effect that a
/// fixed test of K trials finds with 90 % is found in about 50 % of reviews by K trials and in 90 % by 2 K.
///
/// The guess t of tau² before a trial, from the i earlier ones, is the initial guess while i < 3, and then
/// [(i - 1) tau²_DL + c t0] / (i - 1 + c) with c = `guess_worth`. It decides how much is found, not the
/// error.
///
/// `add` costs a time proportional to the number of distinct sizes of effect (30), about half a microsecond.
/// The trials are kept, 24 bytes each, because other nulls and the confidence sequence need them; those cost
/// a pass.
struct symmetric_e_process {
    double smallest_effect;          ///< g, positive: the smallest effect worth finding
    double initial_tau_squared;      ///< t0, zero or positive: the guess before there are trials
    double null = 0;                 ///< the stated null, of which the state is kept
    effect_direction direction = {}; ///< which effects are sought
    double guess_worth = 2;          ///< c: how many trials' worth t0 is; infinite: t0 is never revised
    std::vector<effect_node> nodes = normal_effect_nodes(smallest_effect); ///< what is bet on

    /// What was kept of the trials so far; not to be set.
    struct running {
        detail::symmetric_bets bets; ///< against the stated null
        detail::running_heterogeneity heterogeneity = {};
        std::vector<scaled_trial> trials = {};
        double largest_log_e_value = 0;
        double log_e_bound = 0; ///< ln E is not above

        friend bool operator==(running const&, running const&) = default;
    };
    running state = {detail::symmetric_bets(nodes, direction)};

    /// \throws invalid_input unless the estimate is finite with positive variance, and for options that mean
    /// nothing
    void add(estimate const& study) {
        detail::check(study);
        detail::require_finite("null", null);
        double const scale = study.variance + tau_squared_guess();
        double const scaled = (study.effect - null) / scale;
        detail::require(std::abs(scaled) < 1e290, "effect over variance", "below 1e290", scaled);
        auto heterogeneity = state.heterogeneity;
        heterogeneity.add(study);
        detail::require(detail::is_finite(heterogeneity.tau_squared()), "effect",
                        "small enough beside its variance that its square is finite", study.effect);
        state.trials.push_back({study.effect, study.variance, scale});
        state.bets.add(scaled);
        state.heterogeneity = heterogeneity;
        // E at most doubles with a trial, so that a new maximum need not be sought at each.
        state.log_e_bound += std::numbers::ln2;
        if (state.log_e_bound > state.largest_log_e_value) {
            double const now = state.bets.log_value();
            state.log_e_bound = now;
            state.largest_log_e_value = now > state.largest_log_e_value ? now : state.largest_log_e_value;
        }
    }

    [[nodiscard]] std::size_t size() const { return state.trials.size(); }

    /// The tau² that the next trial's factor will use, a function of the trials before it alone.
    ///
    /// \throws invalid_input for options that mean nothing
    [[nodiscard]] double tau_squared_guess() const {
        check_options();
        std::size_t const earlier = size();
        if (earlier < 3 || !detail::is_finite(guess_worth)) {
            return initial_tau_squared;
        }
        auto const share = static_cast<double>(earlier - 1);
        return (share * state.heterogeneity.tau_squared() + guess_worth * initial_tau_squared) /
               (share + guess_worth);
    }

    /// \throws invalid_input unless the null is finite, and for options that mean nothing
    [[nodiscard]] double log_e_value(double const at_null = 0) const {
        check_options();
        return bets_at(at_null).log_value();
    }

    /// ln E of the bets on effects above the null alone; it falls as the null rises. It is NaN for a
    /// process that bets on no effect above, such as one that seeks effects below alone.
    [[nodiscard]] double log_e_value_above(double const at_null = 0) const {
        return bets_at(at_null).log_value_above();
    }
    /// ln E of the bets on effects below the null alone; it rises with the null. It is NaN for a process that
    /// bets on no effect below, such as one that seeks effects above alone.
    [[nodiscard]] double log_e_value_below(double const at_null = 0) const {
        return bets_at(at_null).log_value_below();
    }

    [[nodiscard]] double p_value() const { return detail::anytime_p_value(state.largest_log_e_value); }

    /// The nulls against which neither the bets above nor those below have reached 2/alpha (1/alpha where one
    /// direction is sought): an interval, as the former fall and the latter rise with the null. Infinite
    /// while there are too few trials.
    ///
    /// \throws invalid_input unless 0 < level < 1
    [[nodiscard]] interval confidence_sequence(double const level) const {
        double const threshold =
            detail::log_threshold(level) + (detail::seeks_both(direction) ? std::numbers::ln2 : 0);
        double const infinite = detail::infinity<double>();
        if (!(static_cast<double>(size()) * std::numbers::ln2 > threshold)) {
            return {-infinite, infinite};
        }
        auto const limit = [&](auto const& falling) {
            double const scale = std::sqrt(state.trials[0].scale);
            return detail::falling_root(falling, state.trials[0].effect, scale, {.unit = scale}).value;
        };
        return {detail::seeks_above(direction)
                    ? limit([&](double const at) { return log_e_value_above(at) - threshold; })
                    : -infinite,
                detail::seeks_below(direction)
                    ? limit([&](double const at) { return threshold - log_e_value_below(at); })
                    : infinite};
    }

    [[nodiscard]] double leaning() const {
        return detail::seeks_both(direction)    ? state.bets.log_value_above() - state.bets.log_value_below()
               : detail::seeks_above(direction) ? 1
                                                : -1;
    }

    /// The process as bytes, to store it until there is another trial.
    ///
    /// Version 2 of the form is a sequence of 8-byte words, least significant byte first; numbers are IEEE
    /// 754 doubles, counts unsigned: "accrueSE" (in ASCII), version (2), smallest effect, initial tau², null,
    /// direction (0 either, 1 above, 2 below), worth of the guess, number of nodes, effect and weight of
    /// each, number of trials, effect and variance of each, ln E against the null, a hash of it all.
    [[nodiscard]] std::vector<std::byte> bytes() const {
        return detail::process_bytes(signature, version, [this](detail::byte_writer& out) {
            out.write(smallest_effect);
            out.write(initial_tau_squared);
            out.write(null);
            out.write(std::uint64_t{direction.index()});
            out.write(guess_worth);
            out.write(std::uint64_t{nodes.size()});
            for (auto const& node : nodes) {
                out.write(node.effect);
                out.write(node.weight);
            }
            out.write(std::uint64_t{state.trials.size()});
            for (auto const& trial : state.trials) {
                out.write(trial.effect);
                out.write(trial.variance);
            }
            out.write(state.bets.log_value());
        });
    }

    /// The process that `bytes()` describes; its trials are added again, which gives the same state to the
    /// last bit.
    ///
    /// \throws invalid_input for bytes that are no process, of another version, changed or cut short, or
    /// whose trials do not give the e-value that was stored with them
    [[nodiscard]] static symmetric_e_process from_bytes(std::span<std::byte const> const bytes) {
        auto in = detail::process_reader(bytes, signature, version, "a symmetric e-process");
        double const effect = in.number();
        double const guess = in.number();
        double const stated_null = in.number();
        auto const sought = detail::direction_of(in.word());
        double const worth = in.number();
        auto bets = std::vector<effect_node>(detail::item_count(in, 2));
        for (auto& node : bets) {
            node.effect = in.number();
            node.weight = in.number();
        }
        auto process = symmetric_e_process{.smallest_effect = effect,
                                           .initial_tau_squared = guess,
                                           .null = stated_null,
                                           .direction = sought,
                                           .guess_worth = worth,
                                           .nodes = std::move(bets)};
        for (auto left = detail::item_count(in, 2); left > 0; --left) {
            double const result = in.number();
            process.add({result, in.number()});
        }
        double const stored = in.number();
        detail::require_end(in);
        detail::require_that(std::abs(stored - process.state.bets.log_value()) <=
                                 1e-9 * (1 + std::abs(stored)),
                             "bytes must hold a symmetric e-process, but disagree with their e-value");
        return process;
    }

    friend bool operator==(symmetric_e_process const&, symmetric_e_process const&) = default;

  private:
    void check_options() const {
        detail::require_not_negative("initial tau²", initial_tau_squared);
        detail::require(guess_worth > 0, "worth of the guess", "positive", guess_worth);
    }

    static constexpr std::uint64_t signature = 0x4553657572636361; // "accrueSE" as a little-endian word
    static constexpr std::uint64_t version = 2;

    [[nodiscard]] detail::symmetric_bets bets_at(double const at_null) const {
        detail::require_finite("null", at_null);
        if (at_null <= null && at_null >= null) {
            return state.bets;
        }
        auto bets = state.bets.afresh();
        for (auto const& trial : state.trials) {
            bets.add((trial.effect - at_null) / trial.scale);
        }
        return bets;
    }
};

} // namespace accrue
