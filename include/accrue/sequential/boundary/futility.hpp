#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/boundaries_with_futility.hpp>
#include <accrue/sequential/boundary/detail/boundary_root.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/monotone_root.hpp>
#include <accrue/sequential/boundary/detail/spending_boundary.hpp>
#include <accrue/sequential/boundary/drift.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/error/two_sided.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/sequential/spending/lan_demets_obrien_fleming.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

/// \file
/// Stopping because success has become unlikely.
///
/// A boundary for success spends the type I error, the probability of crossing it when there is no effect. A
/// boundary for futility spends the type II error in the same way, under the effect that the trial is planned
/// for: with g the spending function, b = g(1) the type II error and t_k the information fraction of look k,
///
///     P(not stopped before look k, Z_k in the futility region) = g(t_k) - g(t_{k-1})
///
/// when Z_k has mean drift sqrt(t_k). The drift, the expected Z at t = 1, equals effect x sqrt(information at
/// t = 1), so it says how much information the planned effect takes. It is not known beforehand: of all
/// drifts the one is sought at which the two kinds of boundaries meet at the last look. Then every trial
/// reaches a decision there, and the futility boundary has spent exactly b: the power is 1 - b.
///
/// Looking for futility costs power, which is bought back with information; `inflation` says how much.

namespace accrue {

/// Futility boundaries that a trial may ignore: the upper boundary is what it would be without them, so that
/// the type I error holds whether or not the trial stops for futility. The power is the planned one if the
/// trial obeys them, and larger if it does not.
struct non_binding {};

/// Futility boundaries that must be obeyed. Under no effect some trials stop for futility that would have
/// crossed the upper boundary later, so it can be lower for the same type I error, and less information is
/// needed. A trial that ignores such a futility boundary exceeds its type I error.
struct binding {};

/// A non-binding wedge of a two-sided trial that looks at the upper boundary alone: P(Z <= wedge) under the
/// planned effect, as if there were no lower boundary. R package RTSA's convention. All Z below the wedge
/// are futile in that computation, those below its negative too: the power is that of crossing the upper
/// boundary.
struct upper_half {};

/// The wedge of the Copenhagen Trial Unit's TSA program, by name, for comparison: a symmetric boundary w_k
/// that spends the type II error under no effect by O'Brien-Fleming spending, turned round so that it ends in
/// the last boundary c at the required information, t = 1:
///
///     wedge_k = sqrt(t_k) (c + w_K sqrt(t_K)) - w_k,   none where that is not positive.
///
/// c is the last boundary for success or, past t = 1, the quantile of a single test. An O'Brien-Fleming
/// boundary is nearly constant times 1 / sqrt(t), so that w_K sqrt(t_K) is what it comes to at t = 1,
/// wherever the last look is; the wedge at the last look itself is c. Where the formula would exceed the
/// boundary for success, the wedge is that boundary. It has no stated power. (From descriptions of the
/// program's behaviour; the spending function of `futility` is not used.)
struct copenhagen {};

/// Stopping for futility: the type II error (0.1 for a power of 90 %), the spending function that spreads it
/// over the looks ("beta spending"), and whether the boundary binds.
///
///     futility{0.10, lan_demets_obrien_fleming{}}             // non-binding
///     futility{0.20, hwang_shih_decani{-2}, binding{}}
///
/// A spending function that spends late makes early stops for futility rare. The error is not checked here
/// but by `boundaries`.
///
/// Pampallona S, Tsiatis AA, Kim K (2001), Drug Inf J 35:1113-1121, doi:10.1177/009286150103500408; Jennison
/// C, Turnbull BW (2000), Group Sequential Methods, chapters 4 and 5.
template <spending_function Spending, class Rule = non_binding>
struct futility {
    double error = 0.1;     ///< type II error in all, 1 - power
    Spending spending = {}; ///< called with an information fraction and `error`
    Rule rule = {};         ///< `non_binding`, `binding`, `upper_half` or `copenhagen`
};

template <class Spending>
futility(double, Spending) -> futility<Spending, non_binding>;
template <class Spending, class Rule>
futility(double, Spending, Rule) -> futility<Spending, Rule>;

namespace detail {

/// The boundaries at a trial drift, and by how much the probability of ending the last look without success
/// exceeds the type II error that is left for it. It falls as the drift grows.
struct futility_path {
    stopping_boundaries bounds;
    double excess;
};

/// What every futility computation knows.
struct futility_problem {
    std::span<double const> fractions;
    error_schedule efficacy;
    error_schedule futility;
    std::vector<double> upper; ///< of the trial without futility; empty when the futility boundary binds
    double efficacy_reach;     ///< how far out scores matter to the type I error
    double futility_reach;     ///< and to the type II error
};

/// Both errors as increments over the looks. The smallest increment that has to be found decides how far into
/// the tails the integration goes.
template <spending_function Efficacy, spending_function Futility>
futility_problem pose_futility(Efficacy const& efficacy, double const per_side, Futility const& futility,
                               double const type_two_error, std::span<double const> const fractions) {
    require_between_0_and_1("type II error", type_two_error);
    auto problem = futility_problem{.fractions = fractions,
                                    .efficacy = schedule(efficacy, per_side, fractions),
                                    .futility = schedule(futility, type_two_error, fractions),
                                    .upper = {},
                                    .efficacy_reach = 0,
                                    .futility_reach = 0};
    auto const smallest = [](error_schedule const& plan) {
        auto result = 1.0;
        for (auto const value : plan.increment) {
            result = value > 0 ? (std::min)(result, value) : result;
        }
        return result;
    };
    problem.efficacy_reach = reach_for(smallest(problem.efficacy));
    problem.futility_reach = reach_for(smallest(problem.futility));
    return problem;
}

/// The upper boundary at the next look under no effect, given what the futility boundary stopped before.
inline double next_upper(futility_problem const& problem, score_density const& null_density,
                         boundary_guess& guess, std::size_t const k) {
    if (!(problem.efficacy.increment[k] > 0)) {
        return std::numeric_limits<double>::infinity();
    }
    auto const root = std::sqrt(problem.fractions[k]);
    auto const start = guess(problem.efficacy.increment[k], problem.efficacy.cumulative[k]);
    auto const z = boundary_root(null_density, side::upper, problem.fractions[k],
                                 problem.efficacy.increment[k], start * root) /
                   root;
    guess.learn(z);
    return z;
}

/// One-sided: at each look P(still going on, Z_k <= lower_k) under the drift is what is spent there, and at
/// the last look the two boundaries meet. Two densities are carried along: under the drift for the lower
/// boundary and, if that binds, under no effect for the upper one. A drift so small that the boundaries cross
/// before the last look reports a negative excess.
inline futility_path one_sided_path(futility_problem const& problem, double const drift) {
    auto const count = problem.fractions.size();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto path = futility_path{
        .bounds = {.lower = std::vector<double>(count, -infinity), .upper = problem.upper}, .excess = -1};
    auto const binds = problem.upper.empty();
    path.bounds.upper.resize(count, infinity);
    auto null = monitored_walk(problem.fractions, 0);
    auto planned = monitored_walk(problem.fractions, drift);
    auto guess = boundary_guess{};
    for (std::size_t k = 0; k < count; ++k) {
        auto& upper = path.bounds.upper[k];
        auto& lower = path.bounds.lower[k];
        if (binds) {
            upper = next_upper(problem, null.density(), guess, k);
        }
        auto const spend = problem.futility.increment[k];
        if (k + 1 == count) {
            lower = upper;
            path.excess = planned.beyond(side::lower, upper) - spend;
            break;
        }
        auto const root = std::sqrt(problem.fractions[k]);
        if (spend > 0) {
            auto const start =
                drift * root - normal::upper_quantile(0.5 * (spend + problem.futility.cumulative[k]));
            lower = boundary_root(planned.density(), side::lower, problem.fractions[k], spend, start * root) /
                    root;
        }
        if (!(lower < upper)) {
            return path;
        }
        planned.pass({.lower = lower, .upper = upper}, problem.futility_reach);
        if (binds) {
            null.pass({.lower = lower, .upper = upper}, problem.efficacy_reach);
        }
    }
    return path;
}

/// Which looks have a wedge. The others pass what they would spend on to the next look.
using wedge_looks = std::vector<bool>;

/// Two-sided, exact: at each look with a wedge P(still going on, |Z_k| <= wedge_k) under the drift is what
/// has been spent since the last one. What lies on either side of the wedge goes on as two separate pieces.
inline futility_path wedge_path(futility_problem const& problem, wedge_looks const& has_wedge,
                                double const drift) {
    auto const count = problem.fractions.size();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const binds = problem.upper.empty();
    auto upper = problem.upper;
    upper.resize(count, infinity);
    auto wedge = std::vector<double>(count, -infinity);
    auto path = futility_path{.bounds = {}, .excess = -1};
    auto null = monitored_walk(problem.fractions, 0);
    auto planned = monitored_walk(problem.fractions, drift);
    auto guess = boundary_guess{};
    auto spend = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
        auto const t = problem.fractions[k];
        auto const root = std::sqrt(t);
        if (binds) {
            upper[k] = next_upper(problem, null.density(), guess, k);
        }
        spend += problem.futility.increment[k];
        if (k + 1 == count) {
            wedge[k] = upper[k];
            path.excess =
                planned.beyond(side::lower, upper[k]) - planned.beyond(side::lower, -upper[k]) - spend;
            break;
        }
        if (has_wedge[k] && spend > 0) {
            wedge[k] = wedge_root(planned.density(), t, spend, 0.5 * root) / root;
            spend = 0;
        }
        if (!(wedge[k] < upper[k])) {
            break;
        }
        auto const stop =
            stopping_region{.lower = -upper[k], .upper = upper[k], .inner = {-wedge[k], wedge[k]}};
        planned.pass(stop, problem.futility_reach);
        if (binds) {
            null.pass(stop, problem.efficacy_reach);
        }
    }
    path.bounds = stopping_boundaries::symmetric(upper);
    path.bounds.wedge = std::move(wedge);
    return path;
}

/// The upper half alone: as `one_sided_path`, at the looks that have a wedge.
inline futility_path upper_half_path(futility_problem const& problem, wedge_looks const& has_wedge,
                                     double const drift) {
    auto const count = problem.fractions.size();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto path = futility_path{.bounds = stopping_boundaries::symmetric(problem.upper), .excess = -1};
    path.bounds.wedge.assign(count, -infinity);
    auto planned = monitored_walk(problem.fractions, drift);
    auto spend = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
        auto const root = std::sqrt(problem.fractions[k]);
        auto const upper = problem.upper[k];
        auto& wedge = path.bounds.wedge[k];
        spend += problem.futility.increment[k];
        if (k + 1 == count) {
            wedge = upper;
            path.excess = planned.beyond(side::lower, upper) - spend;
            break;
        }
        if (has_wedge[k] && spend > 0) {
            auto const start = drift * root - normal::upper_quantile(spend);
            wedge = boundary_root(planned.density(), side::lower, problem.fractions[k], spend, start * root) /
                    root;
            spend = 0;
        }
        if (!(wedge < upper)) {
            break;
        }
        planned.pass({.lower = wedge, .upper = upper}, problem.futility_reach);
    }
    return path;
}

/// The drift at which the boundaries meet at the last look.
template <class Path>
boundaries_with_futility meet(futility_problem const& problem, double const per_side,
                              double const type_two_error, Path const& path) {
    auto const fixed = normal::upper_quantile(per_side) + normal::upper_quantile(type_two_error);
    auto const start = 1.03 * fixed / std::sqrt(problem.fractions.back());
    auto const excess = [&](double const drift) { return path(drift).excess; };
    auto const drift = decreasing_root(excess, start, 0.05 * start);
    auto result = path(drift.value);
    auto const met = std::abs(result.excess) <= 1e-9 * type_two_error;
    return {.bounds = std::move(result.bounds),
            .drift = drift.value,
            .inflation = drift.value * drift.value / (fixed * fixed),
            .status = met ? drift.status : status::not_converged};
}

/// The Copenhagen wedge; the drift is that of the design without it.
inline boundaries_with_futility copenhagen_wedge(futility_problem const& problem, double const per_side,
                                                 double const type_two_error) {
    auto const fractions = problem.fractions;
    auto result = stopping_boundaries::symmetric(problem.upper);
    auto const drift = drift_for_power(result, fractions, 1 - type_two_error);
    auto const last = fractions.back();
    auto const end = last > 1 ? normal::upper_quantile(per_side) : problem.upper.back();
    auto const turned =
        one_boundary(schedule(lan_demets_obrien_fleming{}, type_two_error, fractions), fractions, true);
    auto const slope = end + turned.back() * std::sqrt(last);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        auto const wedge = (std::min)(std::sqrt(fractions[k]) * slope - turned[k], problem.upper[k]);
        result.wedge.push_back(wedge > 0 ? wedge : -std::numeric_limits<double>::infinity());
    }
    result.wedge.back() = end;
    return {.bounds = std::move(result),
            .drift = drift.value,
            .inflation = drift.inflation(per_side, 1 - type_two_error),
            .status = drift.status};
}

/// The upper-half design, with no wedge where it would be negative: from a wedge at all looks, those that
/// come out negative lose theirs (what they would spend is carried to the next look) until none is negative.
struct upper_half_design {
    boundaries_with_futility design;
    wedge_looks has_wedge;
};

inline upper_half_design solve_upper_half(futility_problem const& problem, double const per_side,
                                          double const type_two_error) {
    auto has_wedge = wedge_looks(problem.fractions.size(), true);
    for (;;) {
        auto design = meet(problem, per_side, type_two_error,
                           [&](double const drift) { return upper_half_path(problem, has_wedge, drift); });
        auto negative = false;
        for (std::size_t k = 0; k < has_wedge.size(); ++k) {
            if (has_wedge[k] && !(design.bounds.wedge[k] > 0)) {
                has_wedge[k] = false;
                negative = true;
            }
        }
        if (!negative) {
            return {std::move(design), std::move(has_wedge)};
        }
    }
}

} // namespace detail

/// Boundaries of a one-sided trial that also stops for futility: `upper` spends the type I error under no
/// effect, `lower` spends the type II error under the drift that makes the two meet at the last look. That
/// drift, and the information it takes relative to a fixed-sample trial, are returned with them.
///
/// The status is `not_converged` when no drift makes the boundaries meet.
///
/// \param error the type I error, spent on the upper boundary
/// \param spending how it is spent
/// \param stop the type II error, how that is spent, and whether the trial must obey; `non_binding` or
///   `binding`
/// \param fractions information fractions of all looks, rising
/// \throws invalid_input as `boundaries` without futility does, for either spending function
template <spending_function Spending, spending_function Beta, class Rule>
[[nodiscard]] boundaries_with_futility boundaries(one_sided const& error, Spending const& spending,
                                                  futility<Beta, Rule> const& stop,
                                                  std::span<double const> const fractions) {
    static_assert(std::same_as<Rule, non_binding> || std::same_as<Rule, binding>,
                  "a one-sided futility boundary is non_binding or binding");
    auto problem = detail::pose_futility(spending, error.per_side(), stop.spending, stop.error, fractions);
    if constexpr (std::same_as<Rule, non_binding>) {
        problem.upper = detail::one_boundary(problem.efficacy, fractions, false);
    }
    return detail::meet(problem, error.per_side(), stop.error,
                        [&](double const drift) { return detail::one_sided_path(problem, drift); });
}

/// Boundaries of a two-sided trial that also stops for futility, in an inner wedge |Z| <= wedge.
///
/// The rule is `non_binding` or `binding` (exact: the wedge spends the type II error over both of its
/// halves), `upper_half`, or `copenhagen`. An early look may not have a wedge: where the `upper_half` one
/// would be negative there is none, under every exact rule, and what it would spend is passed on to the next
/// look. (To choose the looks, give `only_at{spending, fractions}` as spending function.)
///
/// The result is the same for a positive and a negative effect. Under the exact rules the power counts both
/// outer boundaries; crossing the wrong one is rare beyond notice at any usual power. The status is
/// `not_converged` when no drift makes wedge and boundary meet at the last look.
///
/// \param error the type I error; each side spends half of it
/// \param spending how it is spent
/// \param stop the type II error, how that is spent, and the rule
/// \param fractions information fractions of all looks, rising
/// \throws invalid_input as `boundaries` without futility does, for either spending function
template <spending_function Spending, spending_function Beta, class Rule>
[[nodiscard]] boundaries_with_futility boundaries(two_sided const& error, Spending const& spending,
                                                  futility<Beta, Rule> const& stop,
                                                  std::span<double const> const fractions) {
    static_assert(std::same_as<Rule, non_binding> || std::same_as<Rule, binding> ||
                      std::same_as<Rule, upper_half> || std::same_as<Rule, copenhagen>,
                  "a wedge is non_binding, binding, upper_half or copenhagen");
    auto problem = detail::pose_futility(spending, error.per_side(), stop.spending, stop.error, fractions);
    problem.upper = detail::one_boundary(problem.efficacy, fractions, true);
    if constexpr (std::same_as<Rule, copenhagen>) {
        return detail::copenhagen_wedge(problem, error.per_side(), stop.error);
    } else {
        auto first = detail::solve_upper_half(problem, error.per_side(), stop.error);
        if constexpr (std::same_as<Rule, upper_half>) {
            return std::move(first.design);
        } else {
            if constexpr (std::same_as<Rule, binding>) {
                problem.upper.clear();
            }
            return detail::meet(problem, error.per_side(), stop.error, [&](double const drift) {
                return detail::wedge_path(problem, first.has_wedge, drift);
            });
        }
    }
}

} // namespace accrue
