#pragma once

#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/information/information_time.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/monitoring/sequential_look.hpp>
#include <accrue/sequential/monitoring/simulated_error.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace accrue {

/// A trial sequential analysis: the design, each look, and what they come to. It holds what a report needs;
/// `methods_sentence` and `result_sentence` write it down.
struct sequential_analysis {
    sequential_design design;
    information_time information; ///< after every trial, also those that wait for the next look
    std::vector<sequential_look> looks;
    /// Information fractions of the looks and, when none has reached 1, of the final look to come at 1.
    std::vector<double> fractions;
    stopping_boundaries boundaries; ///< at `fractions`
    /// The first decision other than 'insufficient', which stands whatever came after it.
    accrue::conclusion conclusion;
    std::optional<std::size_t> concluded_at; ///< index of the look that led to it
    /// The error of the boundaries so far at each tau² of the simulation that found them; empty where the
    /// monitoring rule does not simulate.
    std::vector<simulated_error> simulated_errors = {};

    /// The look that the conclusion rests on: the one that led to it, or the last.
    [[nodiscard]] std::size_t decisive_look() const { return concluded_at.value_or(looks.size() - 1); }

    /// What is still to be collected to reach the required size, 0 when that is reached; same unit.
    [[nodiscard]] double information_needed() const {
        double const missing = information.required - information.accrued.back();
        return missing > 0 ? missing : 0;
    }
};

} // namespace accrue
