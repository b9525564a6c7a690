#pragma once

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/half_normal.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/anytime/detail/binary_likelihood.hpp>
#include <accrue/sequential/anytime/detail/process_bytes.hpp>
#include <accrue/sequential/anytime/e_process.hpp>
#include <accrue/sequential/anytime/effect_node.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// A mean and a tau that the exact binary e-process bets on, and their share.
struct binary_node {
    double mean;      ///< of the log odds ratios
    double tau;       ///< their standard deviation
    double log_share; ///< shares need not sum to 1, they are divided by their sum

    friend bool operator==(binary_node const&, binary_node const&) = default;
};

/// The nodes of a normal prior of the mean (21, equally spaced within ±3.5 sd) times those of a prior of tau
/// (12 midpoints of equal parts up to three times its typical value), with the priors' densities as shares.
///
/// The result is a proper prior itself, which is all that the error depends on.
///
/// \throws invalid_input for options of the priors that mean nothing
[[nodiscard]] inline std::vector<binary_node> binary_nodes(normal_prior const& mean,
                                                           any_heterogeneity_prior const& heterogeneity) {
    detail::require_finite("mean of the prior", mean.mean);
    struct tau_node {
        double tau;
        double log_share;
    };
    auto taus = std::vector<tau_node>{};
    if (auto const known = heterogeneity.known()) {
        detail::require_not_negative("tau", *known);
        taus.push_back({*known, 0});
    } else {
        constexpr int parts = 12;
        double const typical = heterogeneity.typical();
        double const end = (std::min)(3 * (typical > 0 ? typical : 0.5), heterogeneity.largest());
        for (int i = 0; i < parts; ++i) {
            double const tau = end * (i + 0.5) / parts;
            taus.push_back({tau, heterogeneity(tau)});
        }
    }
    auto nodes = std::vector<binary_node>{};
    for (auto const& at : normal_effect_nodes(mean.sd, 21, 3.5)) {
        for (auto const& spread : taus) {
            nodes.push_back({mean.mean + at.effect, spread.tau, std::log(at.weight) + spread.log_share});
        }
    }
    return nodes;
}

/// An exact e-process for the mean log odds ratio of trials with rare events: universal inference on the
/// probability of each 2x2 table given its margins (noncentral hypergeometric), with log odds ratios
/// N(mean, tau²) whatever tau² is,
///
///     E = sum_j pi_j prod_i P_i(mean_j, tau_j) / sup_{tau >= 0} prod_i P_i(null, tau),
///     P_i(mean, tau) = integral of P(a_i; theta) over theta ~ N(mean, tau²).
///
/// No estimate is made of a trial, so there is no correction of zeros and no bias from one; a trial without
/// events, or with nothing but events, multiplies by 1.
///
/// **Its null**: given its margins (the events of both groups together), a trial's log odds ratio is N(null,
/// tau²) with one tau², and participants are independent. So effects must not depend on the number of events.
/// For rare events that is so where control risks are spread evenly on a log scale: with a mean number of
/// events of L (1 + r e^theta) the margin m has the likelihood integral dL/L = 1/m, whatever theta. Where all
/// control risks are the same, trials with many events are those with a large theta, if their treatment
/// groups are large. Of 400 simulated reviews of 40 trials, tau 1, 2 % risk, so many crossed 20
/// (benchmarks/anytime_error.cpp):
///
/// | log odds ratios vary                                 | arms 1:1 | arms 4:1 |
/// | ---------------------------------------------------- | -------: | -------: |
/// | apart from the margins (the null)                    |    1.0 % |    0.5 % |
/// | in both risks, half each                             |    0.5 % |    2.3 % |
/// | in the treatment risk, log control odds with an sd of 1 | 1.5 % |    5.0 % |
/// | in the treatment risk, control risks all the same    |    1.3 % |    9.8 % |
///
/// So the promise is broken where tau is large, the treatment group much larger, and the control risk
/// everywhere the same; by 20 trials it was 1.8 % there, and with tau 0 and 0.3 2 % or less by 40. A
/// likelihood with each trial's control risk as a nuisance would hold there too, but its supremum over them
/// takes, by rough reckoning, half a unit of ln E from every trial: more than rare events bring.
///
/// **Not covered**: other distributions of effects, publication bias, biased trials, an order chosen by
/// results.
/// **What it costs**: rare events say little, and a trial whose margins allow few tables can multiply E but
/// little.
///
/// Wasserman, Ramdas & Balakrishnan 2020, doi:10.1073/pnas.1922664117; the likelihood: Stijnen, Hamza &
/// Özdemir 2010, doi:10.1002/sim.4040. Every integral is computed until its digits stop changing.
///
/// `add` costs some 300 integrals, a millisecond or two when events are few; an e-value at another null 60
/// integrals a trial, and a confidence sequence about 50 such e-values.
struct exact_binary_e_process {
    normal_prior mean = {0, 0.6};                             ///< of the numerator, on the log odds scale
    any_heterogeneity_prior heterogeneity = half_normal{0.5}; ///< of the numerator
    double null = 0;                                          ///< the stated null of `p_value`
    std::vector<binary_node> nodes = binary_nodes(mean, heterogeneity); ///< what is bet on

    /// What was kept of the trials so far; not to be set.
    struct running {
        std::vector<double> log_stakes; ///< ln pi_j prod P_i, of each node
        detail::tau_profile null_profile;
        std::vector<detail::binary_trial> trials = {};
        std::vector<two_arms<events>> tables = {}; ///< the same as they were reported
        double largest_log_e_value = 0;
    };
    running state = {start(nodes), detail::tau_profile(null)};

    /// \throws invalid_input unless counts are whole numbers from 0 to the totals, and for options that mean
    /// nothing
    void add(two_arms<events> const& trial) {
        detail::require_finite("null", null);
        auto const& table = state.trials.emplace_back(trial);
        state.tables.push_back(trial);
        if (!table.is_informative()) {
            return;
        }
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            state.log_stakes[j] += detail::log_normal_effect_integral(table, nodes[j].mean, nodes[j].tau);
        }
        state.null_profile.add(table);
        // The supremum is sought only if E could be the largest so far.
        double const numerator = log_numerator();
        if (numerator - state.null_profile.largest_known() > state.largest_log_e_value) {
            double const now = numerator - state.null_profile.supremum(state.trials);
            state.largest_log_e_value = now > state.largest_log_e_value ? now : state.largest_log_e_value;
        }
    }

    /// Trials so far, those without information among them.
    [[nodiscard]] std::size_t size() const { return state.trials.size(); }

    /// \throws invalid_input unless the null is finite
    [[nodiscard]] double log_e_value(double const at_null = 0) const {
        detail::require_finite("null", at_null);
        if (at_null <= null && at_null >= null) {
            return log_numerator() - state.null_profile.supremum(state.trials);
        }
        auto profile = detail::tau_profile(at_null);
        for (auto const& trial : state.trials) {
            profile.add(trial);
        }
        return log_numerator() - profile.supremum(state.trials);
    }

    [[nodiscard]] double p_value() const { return detail::anytime_p_value(state.largest_log_e_value); }

    /// The mean log odds ratios that are not rejected: {mean: E(mean) < 1/alpha}, from the centre outwards.
    ///
    /// A limit beyond ±40 is infinite: as long as all trials have the most events (or the fewest) that their
    /// margins allow, there is none.
    ///
    /// \throws invalid_input unless 0 < level < 1
    [[nodiscard]] interval confidence_sequence(double const level) const {
        double const threshold = detail::log_threshold(level);
        double const centre = null + leaning();
        if (log_e_value(centre) >= threshold) {
            return {centre, centre};
        }
        auto const limit = [&](double const side) {
            auto const falling = [&](double const at) { return side * (threshold - log_e_value(at)); };
            auto const search = detail::root_search<double>{.unit = 1, .tolerance = 1e-9, .farthest = 40};
            return detail::falling_root(falling, centre, 0.25, search).value;
        };
        return {limit(-1), limit(1)};
    }

    /// The process as bytes, to store it until there is another trial. Version 1: 8-byte words, least
    /// significant byte first, numbers as IEEE 754 doubles: "accrueEB", 1, null, number of nodes, mean, tau
    /// and log share of each, number of trials, events and total of treatment and control of each, the
    /// largest ln E, a hash of it all. The nodes are what is bet on; the priors that they came from are not
    /// stored.
    [[nodiscard]] std::vector<std::byte> bytes() const {
        return detail::process_bytes(signature, 1, [this](detail::byte_writer& out) {
            out.write(null);
            out.write(std::uint64_t{nodes.size()});
            for (auto const& node : nodes) {
                out.write(node.mean);
                out.write(node.tau);
                out.write(node.log_share);
            }
            out.write(std::uint64_t{size()});
            for (auto const& table : state.tables) {
                for (auto const& [count, total] : {table.treatment, table.control}) {
                    out.write(count);
                    out.write(total);
                }
            }
            out.write(state.largest_log_e_value);
        });
    }
    /// The process that `bytes()` describes; its trials are added again, which gives the same state.
    ///
    /// \throws invalid_input for bytes that are no such process, of another version, changed or cut short
    [[nodiscard]] static exact_binary_e_process from_bytes(std::span<std::byte const> const bytes) {
        auto in = detail::process_reader(bytes, signature, 1, "an exact binary e-process");
        double const stated_null = in.number();
        auto bets = std::vector<binary_node>(detail::item_count(in, 3));
        for (auto& node : bets) {
            node.mean = in.number();
            node.tau = in.number();
            node.log_share = in.number();
        }
        auto process = exact_binary_e_process{.null = stated_null, .nodes = std::move(bets)};
        for (auto left = detail::item_count(in, 4); left > 0; --left) {
            auto table = two_arms<events>{};
            table.treatment.count = in.number();
            table.treatment.total = in.number();
            table.control.count = in.number();
            table.control.total = in.number();
            process.add(table);
        }
        double const largest = in.number();
        detail::require_end(in);
        if (!(std::abs(largest - process.state.largest_log_e_value) <= 1e-9 * (1 + std::abs(largest)))) {
            throw invalid_input("bytes must hold an exact binary e-process, but disagree with its e-value");
        }
        return process;
    }

    /// The posterior mean of the bets, less the null.
    [[nodiscard]] double leaning() const {
        double const total = log_numerator();
        double sum = 0;
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            sum += std::exp(state.log_stakes[j] - total) * (nodes[j].mean - null);
        }
        return sum;
    }

  private:
    static constexpr std::uint64_t signature = 0x4245657572636361; // "accrueEB" as a little-endian word

    static std::vector<double> start(std::vector<binary_node> const& nodes) {
        detail::require_not_empty("nodes", nodes.size());
        auto logs = std::vector<double>{};
        for (auto const& node : nodes) {
            detail::require_finite("mean of a node", node.mean);
            detail::require_not_negative("tau of a node", node.tau);
            logs.push_back(node.log_share);
        }
        double const total = log_of_sum(logs);
        for (double& log : logs) {
            log -= total;
        }
        return logs;
    }
    static double log_of_sum(std::vector<double> const& logs) {
        double const largest = *std::max_element(logs.begin(), logs.end());
        double total = 0;
        for (double const log : logs) {
            total += std::exp(log - largest);
        }
        return largest + std::log(total);
    }
    [[nodiscard]] double log_numerator() const { return log_of_sum(state.log_stakes); }
};

} // namespace accrue
