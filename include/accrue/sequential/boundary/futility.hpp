#pragma once

#include <accrue/sequential/boundary/boundaries.hpp>
#include <accrue/sequential/boundary/boundaries_with_futility.hpp>
#include <accrue/sequential/boundary/detail/futility_path.hpp>
#include <accrue/sequential/boundary/detail/spending_boundary.hpp>
#include <accrue/sequential/error/asymmetric.hpp>
#include <accrue/sequential/error/one_sided.hpp>
#include <accrue/sequential/error/two_sided.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <concepts>
#include <cstddef>
#include <span>

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
/// reaches a decision there, and the futility boundary has spent exactly b: the power is 1 - b. The last look
/// is the first at or past t = 1, which spends all that is left; looks after it have no boundaries.
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

/// The wedge of the Copenhagen Trial Unit's TSA program, by name, for comparison:
///
///     wedge_k = sqrt(t_k) (c + w_K sqrt(t_K)) - w_k,   none where that is not positive.
///
/// w_k is the symmetric boundary that spends the type II error under no effect by O'Brien-Fleming spending.
/// It falls with information t, and the wedge must rise: so w_k is taken from what it comes to at the
/// required information, t = 1, where the wedge is to meet the last boundary c.
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

template <class Spending, class Rule = non_binding>
futility(double, Spending, Rule = {}) -> futility<Spending, Rule>;

/// Boundaries of a one-sided trial that also stops for futility: `upper` spends the type I error under no
/// effect, `lower` spends the type II error under the drift that makes the two meet at the last look. That
/// drift, and the information it takes relative to a fixed-sample trial, are returned with them.
///
/// The status is `not_converged` when no drift makes the boundaries meet, and `undefined`, without a drift,
/// when the type I error that is spent is too small for any boundary above (none is finite), or the type II
/// error too small for any below.
///
/// \param error the type I error, spent on the upper boundary
/// \param spending how it is spent
/// \param stop the type II error, how that is spent, and whether the trial must obey; `non_binding` or
///   `binding`
/// \param fractions information fractions of all looks, rising
/// \param spending_times the fractions at which both errors are spent, where that is another clock
/// \throws invalid_input as `boundaries` without futility does, for either spending function
template <spending_function Spending, spending_function Beta, class Rule>
[[nodiscard]] boundaries_with_futility
boundaries(one_sided const& error, Spending const& spending, futility<Beta, Rule> const& stop,
           std::span<double const> const fractions, std::span<double const> const spending_times = {}) {
    static_assert(std::same_as<Rule, non_binding> || std::same_as<Rule, binding>,
                  "a one-sided futility boundary is non_binding or binding");
    auto problem = detail::pose_futility(spending, error.per_side(), stop, fractions, spending_times);
    if constexpr (std::same_as<Rule, non_binding>) {
        problem.upper = detail::one_boundary(problem.efficacy, problem.fractions, false);
    }
    return detail::meet(problem, detail::futility_region::below, false, detail::first_guess(problem));
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
/// `not_converged` when no drift makes wedge and boundary meet at the last look, and `undefined`, without a
/// drift, when the type I error that is spent is too small for any outer boundary (none is finite), or the
/// type II error too small for any wedge.
///
/// \param error the type I error; each side spends half of it
/// \param spending how it is spent
/// \param stop the type II error, how that is spent, and the rule
/// \param fractions information fractions of all looks, rising
/// \param spending_times the fractions at which both errors are spent, where that is another clock
/// \throws invalid_input as `boundaries` without futility does, for either spending function
template <spending_function Spending, spending_function Beta, class Rule>
[[nodiscard]] boundaries_with_futility
boundaries(two_sided const& error, Spending const& spending, futility<Beta, Rule> const& stop,
           std::span<double const> const fractions, std::span<double const> const spending_times = {}) {
    static_assert(std::same_as<Rule, non_binding> || std::same_as<Rule, binding> ||
                      std::same_as<Rule, upper_half> || std::same_as<Rule, copenhagen>,
                  "a wedge is non_binding, binding, upper_half or copenhagen");
    auto problem = detail::pose_futility(spending, error.per_side(), stop, fractions, spending_times);
    problem.upper = detail::one_boundary(problem.efficacy, problem.fractions, true);
    if constexpr (std::same_as<Rule, copenhagen>) {
        return detail::copenhagen_wedge(problem);
    } else {
        auto guess = detail::remove_negative_wedges(problem);
        if constexpr (std::same_as<Rule, upper_half>) {
            return detail::meet(problem, detail::futility_region::below, true, guess);
        } else {
            if constexpr (std::same_as<Rule, binding>) {
                problem.upper.clear();
                guess.value *= 0.975; // trials that stop for futility can't succeed by chance
            }
            return detail::meet(problem, detail::futility_region::wedge, true, guess);
        }
    }
}

/// Boundaries of a trial that may stop above for benefit, below for harm, with an error each, and in between
/// because a benefit has become unlikely. The wedge reaches from the boundary of harm (`wedge_below`) up to
/// the futility boundary of a one-sided trial (`wedge`), which spends the type II error under the drift that
/// makes it meet the upper boundary at the last look. It does not bind: both errors hold whether or not the
/// trial stops there. A look at which the futility boundary would lie below that of harm has no wedge; what
/// may be lost below the boundary of harm then is not counted in the power, as it is improbable under the
/// drift.
///
/// \param error the type I errors of harm (lower) and of benefit (upper)
/// \param spending how either is spent
/// \param stop the type II error and how that is spent; `non_binding` alone
/// \param fractions information fractions of all looks, rising
/// \param spending_times the fractions at which all errors are spent, where that is another clock
/// \throws invalid_input as `boundaries` without futility does, for either spending function
template <spending_function Spending, spending_function Beta>
[[nodiscard]] boundaries_with_futility
boundaries(asymmetric const& error, Spending const& spending, futility<Beta, non_binding> const& stop,
           std::span<double const> const fractions, std::span<double const> const spending_times = {}) {
    auto const both = boundaries(error, spending, fractions, spending_times);
    auto problem = detail::pose_futility(spending, error.upper, stop, fractions, spending_times);
    problem.upper = both.upper;
    problem.upper.resize(problem.fractions.size());
    auto design = detail::meet(problem, detail::futility_region::below, false, detail::first_guess(problem));
    auto const edge = design.bounds.lower;
    design.bounds.lower = both.lower;
    design.bounds.wedge = edge;
    design.bounds.wedge_below = both.lower;
    for (std::size_t k = 0; k < edge.size(); ++k) {
        if (!(edge[k] > both.lower[k])) {
            design.bounds.wedge[k] = -detail::infinity<double>();
            design.bounds.wedge_below[k] = detail::infinity<double>();
        }
    }
    return design;
}

} // namespace accrue
