#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>

#include <algorithm>

namespace accrue {

/// A spending function that has already been used up to some look, and goes on by another one.
///
/// What was spent stays spent, at the information at which it was spent. From there on the total is that of
/// the new function, but never less than what is gone: where the new one would have spent less by now,
/// nothing is spent until it has caught up.
struct resumed_spending {
    any_spending_function before; ///< used up to the last look
    any_spending_function after;  ///< used from there on
    double last;                  ///< information fraction of the last look, of the new required information
    double ratio;                 ///< new required information over that of `before`

    [[nodiscard]] double operator()(double const t, double const error) const {
        double const gone = before((std::min)((std::min)(t, last) * ratio, 1.0), error);
        return is_used_up(t) ? gone : (std::max)(gone, after((std::min)(t, 1.0), error));
    }
    [[nodiscard]] double increment(double const from, double const to, double const error) const {
        if (is_used_up(to)) {
            return before.increment((std::min)(from * ratio, 1.0), (std::min)(to * ratio, 1.0), error);
        }
        return (std::max)((*this)(to, error) - (*this)(from, error), 0.0);
    }

  private:
    /// Fractions are quotients, so that the last look may come out a rounding error later.
    [[nodiscard]] bool is_used_up(double const t) const { return t <= last * (1 + 1e-12); }
};

/// The design for the next version of a living review: the same, but with a required information that has
/// changed because tau², D² or the control risk turned out otherwise.
///
/// Earlier looks keep their boundaries, since they keep their place in the information and what they spent;
/// later looks spend what is left by the new information fractions. A review is then a sequence of values:
///
///     auto const first = trial_sequential_analysis(model, design, trials, participants);
///     ... // more trials, another D²
///     auto const next = continued(first, required_information_size(target, error, power,
///                                                                  diversity_adjustment{new_d_squared}));
///     auto const second = trial_sequential_analysis(model, next, more_trials, more_participants);
///
/// The looks of the earlier analysis have to be looks of the next one too. Without a change of the size no
/// `continued` is needed: adding trials never moves an earlier boundary.
///
/// \throws invalid_input when the new size lacks the unit in which the earlier analysis counted, or has
///   another anticipated direction
[[nodiscard]] inline sequential_design continued(sequential_analysis const& previous,
                                                 information_size const& size) {
    double const before = previous.information.required;
    double const after = size.*previous.information.quantity;
    detail::require_positive("required information in " + previous.information.unit, after);
    detail::require(size.effect * previous.design.information.effect > 0,
                    "anticipated effect (information.effect)", "of the same sign as before", size.effect);
    auto next = previous.design;
    next.information = size;
    next.spending = resumed_spending{.before = previous.design.spending,
                                     .after = previous.design.spending,
                                     .last = previous.looks.back().information / after,
                                     .ratio = after / before};
    return next;
}

/// What has changed from one version of a review to the next.
struct review_update {
    double tau_squared_before;
    double tau_squared_after;
    double diversity_before;
    double diversity_after;
    double required_before; ///< by the design of each version, in the analyses' unit
    double required_after;
    /// What the later design would require if it were adjusted for the diversity that its trials show now.
    double required_at_diversity;
};

/// Compares two versions of a review at their last looks: how tau² and D² moved, and what that does to the
/// required information. It is for deciding whether a design needs `continued`.
[[nodiscard]] inline review_update compare(sequential_analysis const& before,
                                           sequential_analysis const& after) {
    auto const& then = before.looks.back();
    auto const& now = after.looks.back();
    double const unadjusted = after.information.required / after.design.information.heterogeneity_factor;
    return {.tau_squared_before = then.cumulative.tau_squared,
            .tau_squared_after = now.cumulative.tau_squared,
            .diversity_before = then.diversity,
            .diversity_after = now.diversity,
            .required_before = before.information.required,
            .required_after = after.information.required,
            .required_at_diversity = unadjusted / (1 - now.diversity)};
}

} // namespace accrue
