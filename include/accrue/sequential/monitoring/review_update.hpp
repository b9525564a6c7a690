#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/monitoring/sequential_analysis.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>

namespace accrue {

/// The design for the next version of a living review: the same, but with a required information that has
/// changed because tau², D² or the control risk turned out otherwise.
///
/// Earlier looks keep the boundaries that spend the type I error, whatever the new size, since they keep
/// their place in the information and what they spent; none of them becomes the final look, also where the
/// new size is less than what had accrued by then, and one that was final remains it. Later looks spend what
/// is left by the new information fractions: nothing until the new plan has caught up with what is gone, and
/// all of it at the first look at or past the new size. A review is then a sequence of values:
///
///     auto const first = trial_sequential_analysis(model, design, trials, participants);
///     ... // more trials, another D²
///     auto const next = continued(first, required_information_size(target, error, power,
///                                                                  diversity_adjustment{new_d_squared}));
///     auto const second = trial_sequential_analysis(model, next, more_trials, more_participants);
///
/// The looks of the earlier analysis have to be looks of the next one too. Without a change of the size no
/// `continued` is needed: adding trials never moves an earlier boundary. Futility boundaries depend on the
/// looks to come, and shift a little; so do upper boundaries where futility binds.
///
/// \throws invalid_input when the earlier analysis has no look, and when the new size lacks the unit in which
///   it counted, or has another anticipated direction
[[nodiscard]] inline sequential_design continued(sequential_analysis const& previous,
                                                 information_size const& size) {
    auto const& last = previous.last_look();
    double const before = previous.information.required;
    double const after = size.*previous.information.quantity;
    detail::require_positive("required information in " + previous.information.unit, after);
    detail::require(size.effect * previous.design.information.effect > 0,
                    "anticipated effect (information.effect)", "of the same sign as before", size.effect);
    auto next = previous.design;
    next.information = size;
    for (auto& version : next.earlier) {
        version = {.required = version.required * (before / after), .last = version.last * (before / after)};
    }
    next.earlier.push_back({.required = before / after, .last = last.information / after});
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
    /// What the later design would require if it were adjusted for the diversity that its trials show now; a
    /// number of trials as it is, which no adjustment changes.
    double required_at_diversity;
};

/// Compares two versions of a review at their last looks: how tau² and D² moved, and what that does to the
/// required information. It is for deciding whether a design needs `continued`.
///
/// \throws invalid_input when an analysis has no look
[[nodiscard]] inline review_update compare(sequential_analysis const& before,
                                           sequential_analysis const& after) {
    auto const& then = before.last_look();
    auto const& now = after.last_look();
    double const required = after.information.required;
    double const adjustment = after.design.information.heterogeneity_factor * (1 - now.diversity);
    bool const is_adjusted = after.information.quantity != &information_size::trials;
    return {.tau_squared_before = then.cumulative.tau_squared,
            .tau_squared_after = now.cumulative.tau_squared,
            .diversity_before = then.diversity,
            .diversity_after = now.diversity,
            .required_before = before.information.required,
            .required_after = required,
            .required_at_diversity = is_adjusted ? required / adjustment : required};
}

} // namespace accrue
