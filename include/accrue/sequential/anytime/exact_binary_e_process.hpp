#pragma once

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/half_normal.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/anytime/detail/arm_risks.hpp>
#include <accrue/sequential/anytime/detail/binary_likelihood.hpp>
#include <accrue/sequential/anytime/detail/margin_bets.hpp>
#include <accrue/sequential/anytime/detail/process_bytes.hpp>
#include <accrue/sequential/anytime/detail/varied_risks.hpp>
#include <accrue/sequential/anytime/direction.hpp>
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
/// probabilities of 2x2 tables, for log odds ratios theta ~ N(null, tau²) whatever tau² is, and however they
/// come about.
///
/// **Its null** is either of these, with any values of what is not stated:
///
/// 1. Given its margins (the events of both groups together) a trial's log odds ratio is N(null, tau²). So
///    effects don't depend on the number of events.
/// 2. Log odds of the two groups are bivariate normal: with theta = null + d, d ~ N(0, tau²), and a baseline
///    ~ N(centre, spread²) that is independent of d, the log odds are baseline + share d under treatment and
///    baseline - null - (1 - share) d under control. The share of the variation that lies in the treatment
///    risk is from 1/2 (both risks vary alike) to 1 (the treatment risk alone); the spread may be 0, so that
///    control risks are all the same. `treatment_share` states another range. (Both standard deviations are
///    sought up to 3, where the odds of 19 trials in 20 lie within a factor of 400 to either side.)
///
/// E is the smaller of the two e-values against these, so that it is one against either. The first is
///
///     E1 = sum_j pi_j prod_i P_i(mean_j, tau_j) / sup_{tau >= 0} prod_i P_i(null, tau),
///     P_i(mean, tau) = integral of P(table; theta, its margins) over theta ~ N(mean, tau²),
///
/// with the noncentral hypergeometric P. With the same numerator N, a density M of all margins that is
/// settled beforehand, and P(tables | margins) and P(margins) by the bivariate normal model, the second is
///
///     E2 = inf over centre, spread, tau, share of
///          N / P(tables | margins) x [3/4 + 1/4 M / P(margins)].
///
/// For every one of these models both N / P and its product with M / P are likelihood ratios against it, and
/// so their mean is an e-process, and the infimum is below that of the truth. Where N / P alone would let
/// models win that the margins speak against, M / P takes them out. The infimum is searched for, from the
/// best places of a lattice; no proof says that there is no lower one.
///
/// No estimate is made of a trial, so there is no correction of zeros and no bias from one. A trial without
/// events, or with nothing but events, multiplies N, and P given the margins, by 1; what it tells of the
/// risks is its margin.
///
/// With one `direction` the null is also every mean on the other side: nodes there bet nothing, and the
/// denominators are the largest over these means too.
///
/// **Not covered**: other distributions of effects or risks, publication bias, biased trials, an order chosen
/// by results. **What it costs**: rare events say little; docs/actual-error.md has its power beside its
/// error.
///
/// Wasserman, Ramdas & Balakrishnan 2020, doi:10.1073/pnas.1922664117; the likelihoods: Stijnen, Hamza &
/// Özdemir 2010, doi:10.1002/sim.4040; van Houwelingen, Zwinderman & Stijnen 1993,
/// doi:10.1002/sim.4780122405.
///
/// `add` costs some 300 integrals, a millisecond or two when events are few, and where E may be the largest
/// so far a search over the models: 30 ms for 6 trials of 200, 0.1 s for 40; so does an e-value at another
/// null. A confidence sequence takes about ten of these. From a thousand events a trial on the cost grows
/// with their root: ten thousand take some ten times as long, a million a hundred times.
struct exact_binary_e_process {
    normal_prior mean = {0, 0.6};                             ///< of the numerator, on the log odds scale
    any_heterogeneity_prior heterogeneity = half_normal{0.5}; ///< of the numerator
    double null = 0;                                          ///< the stated null of `p_value`
    effect_direction direction = {};                          ///< which effects are sought
    interval treatment_share = {0.5, 1};                      ///< of the second null
    std::vector<binary_node> nodes = binary_nodes(mean, heterogeneity); ///< what is bet on

    /// What was kept of the trials so far; not to be set.
    struct running {
        std::vector<double> log_stakes; ///< ln pi_j prod P_i, of each node
        detail::tau_profile null_profile;
        detail::margin_bets margins = {};
        std::vector<detail::binary_trial> trials = {}; ///< given their margins
        std::vector<detail::arm_counts> arms = {};     ///< the same with both risks
        std::vector<two_arms<events>> tables = {};     ///< the same as they were reported
        double largest_log_e_value = 0;
    };
    running state = {start(nodes, null, direction), detail::tau_profile(null, side_of(direction))};

    /// \throws invalid_input unless counts are whole numbers from 0 to the totals, and for options that mean
    /// nothing
    void add(two_arms<events> const& trial) {
        require_options();
        take(trial);
        // Searches are made only if E could be the largest so far.
        double const largest = state.largest_log_e_value;
        if (log_numerator() - state.null_profile.largest_known() > largest) {
            double now = log_e_value_given_margins(null);
            now = now > largest ? (std::min)(now, log_e_value_of_risks(null, largest)) : now;
            state.largest_log_e_value = now > largest ? now : largest;
        }
    }

    /// Trials so far, those without information among them.
    [[nodiscard]] std::size_t size() const { return state.trials.size(); }

    /// \throws invalid_input unless the null is finite
    [[nodiscard]] double log_e_value(double const at_null = 0) const {
        double const given_margins = log_e_value_given_margins(at_null);
        return (std::min)(given_margins, log_e_value_of_risks(at_null, -detail::infinity<double>()));
    }

    /// ln E1, against the first null alone: for those who know that effects don't depend on the margins.
    ///
    /// \throws invalid_input unless the null is finite
    [[nodiscard]] double log_e_value_given_margins(double const at_null = 0) const {
        detail::require_finite("null", at_null);
        if (at_null <= null && at_null >= null) {
            return log_numerator() - state.null_profile.supremum(state.trials);
        }
        auto profile = detail::tau_profile(at_null, side_of(direction));
        for (auto const& trial : state.trials) {
            profile.add(trial);
        }
        return log_numerator() - profile.supremum(state.trials);
    }

    [[nodiscard]] double p_value() const { return detail::anytime_p_value(state.largest_log_e_value); }

    /// The mean log odds ratios that are not rejected: {mean: E(mean) < 1/alpha}, from the centre outwards.
    ///
    /// A limit beyond ±40 is infinite: as long as all trials have the most events (or the fewest) that their
    /// margins allow, there is none. So is the limit on a side that is not sought.
    ///
    /// \throws invalid_input unless 0 < level < 1
    [[nodiscard]] interval confidence_sequence(double const level) const {
        double const threshold = detail::log_threshold(level);
        double const centre = null + leaning();
        auto const search = detail::root_search<double>{.unit = 1, .tolerance = 1e-7, .farthest = 40};
        auto const outwards = [&](double const side, double const from, auto const& log_e) {
            auto const falling = [&](double const at) { return side * (threshold - log_e(at)); };
            return log_e(from) < threshold ? detail::falling_root(falling, from, 0.25, search).value : from;
        };
        auto const limit = [&](double const side) {
            // As far as E1 goes, and farther where E2 does.
            double end =
                outwards(side, centre, [&](double const at) { return log_e_value_given_margins(at); });
            for (int i = 0; i < 4 && detail::is_finite(end); ++i) {
                auto best = risks_at(end).least(threshold - 1);
                if (!(best.value < threshold - 1e-6)) {
                    break;
                }
                // From null to null the infimum moves little.
                end = outwards(side, end, [&](double const at) {
                    best = risks_at(at).least_downhill_of(best.place, threshold - 1);
                    return best.value;
                });
            }
            return end;
        };
        double const never = detail::infinity<double>();
        return {detail::seeks_above(direction) ? limit(-1) : -never,
                detail::seeks_below(direction) ? limit(1) : never};
    }

    /// The process as bytes, to store it until there is another trial. Version 2: 8-byte words, least
    /// significant byte first, numbers as IEEE 754 doubles: "accrueEB", 2, null, direction (0 either, 1
    /// above, 2 below), least and largest treatment share, number of nodes, mean, tau and log share of each,
    /// number of trials, events and total of treatment and control of each, the largest ln E, a hash of it
    /// all. The nodes are what is bet on; the priors that they came from are not stored.
    [[nodiscard]] std::vector<std::byte> bytes() const {
        return detail::process_bytes(signature, 2, [this](detail::byte_writer& out) {
            out.write(null);
            out.write(std::uint64_t{direction.index()});
            out.write(treatment_share.lower);
            out.write(treatment_share.upper);
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
    /// The process that `bytes()` describes; its trials are taken again, which gives the same state.
    ///
    /// \throws invalid_input for bytes that are no such process, of another version, changed or cut short
    [[nodiscard]] static exact_binary_e_process from_bytes(std::span<std::byte const> const bytes) {
        auto in = detail::process_reader(bytes, signature, 2, "an exact binary e-process");
        double const stated_null = in.number();
        auto const sought = detail::direction_of(in.word());
        double const least_share = in.number();
        double const largest_share = in.number();
        auto bets = std::vector<binary_node>(detail::item_count(in, 3));
        for (auto& node : bets) {
            node.mean = in.number();
            node.tau = in.number();
            node.log_share = in.number();
        }
        auto process = exact_binary_e_process{.null = stated_null,
                                              .direction = sought,
                                              .treatment_share = {least_share, largest_share},
                                              .nodes = std::move(bets)};
        process.require_options();
        for (auto left = detail::item_count(in, 4); left > 0; --left) {
            auto table = two_arms<events>{};
            table.treatment.count = in.number();
            table.treatment.total = in.number();
            table.control.count = in.number();
            table.control.total = in.number();
            process.take(table);
        }
        process.state.largest_log_e_value = in.number();
        detail::require_end(in);
        detail::require_not_negative("largest ln E", process.state.largest_log_e_value);
        return process;
    }

    /// The posterior mean of the bets, less the null.
    [[nodiscard]] double leaning() const {
        double const total = log_numerator();
        double sum = 0;
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            double const stake = std::exp(state.log_stakes[j] - total);
            sum += stake > 0 ? stake * (nodes[j].mean - null) : 0;
        }
        return sum;
    }

  private:
    static constexpr std::uint64_t signature = 0x4245657572636361; // "accrueEB" as a little-endian word

    static double side_of(effect_direction const& sought) {
        return detail::seeks_both(sought) ? 0 : detail::seeks_above(sought) ? 1 : -1;
    }
    static std::vector<double> start(std::vector<binary_node> const& nodes, double const null,
                                     effect_direction const& sought) {
        detail::require_not_empty("nodes", nodes.size());
        auto logs = std::vector<double>{};
        for (auto const& node : nodes) {
            detail::require_finite("mean of a node", node.mean);
            detail::require_not_negative("tau of a node", node.tau);
            double const side = side_of(sought);
            bool const bets = !(side * (node.mean - null) <= 0) || detail::seeks_both(sought);
            logs.push_back(bets ? node.log_share : -detail::infinity<double>());
        }
        double const total = detail::log_of_sum(logs);
        detail::require(detail::is_finite(total), "share of the nodes in the direction sought",
                        "positive and finite", std::exp(total));
        for (double& log : logs) {
            log -= total;
        }
        return logs;
    }
    void require_options() const {
        detail::require_finite("null", null);
        detail::require(treatment_share.lower >= 0 && treatment_share.upper <= 1 &&
                            treatment_share.lower <= treatment_share.upper,
                        "least treatment share", "from 0 to the largest, which is at most 1",
                        treatment_share.lower);
    }

    /// What a trial adds but the search for the largest E.
    void take(two_arms<events> const& trial) {
        auto const& table = state.trials.emplace_back(trial);
        state.arms.emplace_back(trial);
        state.tables.push_back(trial);
        state.margins.add(state.arms.back().count(), state.arms.back().total());
        if (!table.is_informative()) {
            return;
        }
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            if (state.log_stakes[j] > -detail::infinity<double>()) {
                state.log_stakes[j] += detail::log_normal_effect_integral(table, nodes[j].mean, nodes[j].tau);
            }
        }
        state.null_profile.add(table);
    }

    [[nodiscard]] double log_numerator() const { return detail::log_of_sum(state.log_stakes); }

    [[nodiscard]] detail::varied_risks risks_at(double const at_null) const {
        return {.trials = state.arms,
                .log_bets_given_margins = log_numerator(),
                .log_bets_on_margins = state.margins.log_density(),
                .shares = treatment_share,
                .null = at_null,
                .side = side_of(direction)};
    }
    /// ln E2, or something between it and `enough` that is below `enough`.
    [[nodiscard]] double log_e_value_of_risks(double const at_null, double const enough) const {
        return risks_at(at_null).least(enough).value;
    }
};

} // namespace accrue
