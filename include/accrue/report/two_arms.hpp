#pragma once

#include <accrue/platform.hpp>

namespace accrue {

/// A trial's two groups. Every effect measure is treatment minus control, or treatment over control, so that
/// naming the arms settles the sign. The arms hold what the trial reports of each group: `events`, `arm`
/// (mean and standard deviation) or `rate`. They are independent groups; `paired_arms` and `matched_pairs`
/// are for participants who are measured twice.
template <class Arm>
struct two_arms {
    Arm treatment;
    Arm control;
};

template <class Arm>
two_arms(Arm, Arm) -> two_arms<Arm>;

/// The same trial with the groups' roles exchanged; it turns every effect's sign.
template <class Arm>
[[nodiscard]] constexpr two_arms<Arm> flip(two_arms<Arm> const& trial) {
    return {trial.control, trial.treatment};
}

} // namespace accrue
