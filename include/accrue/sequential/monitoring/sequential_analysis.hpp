#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/information/information_time.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/sequential/monitoring/sequential_design.hpp>
#include <accrue/sequential/monitoring/sequential_look.hpp>
#include <accrue/sequential/monitoring/simulated_error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace accrue {

/// A trial sequential analysis: the design, each look, and what they come to. It holds what a report needs;
/// `methods_sentence` and `result_sentence` write it down.
struct sequential_analysis {
    sequential_design design;
    information_time information; ///< after every trial, also those that wait for the next look
    std::vector<sequential_look> looks;
    /// Information fractions of the looks and, when none of them is the final one, of the final look to come
    /// (`sequential_design::final_fraction_after`).
    std::vector<double> fractions;
    stopping_boundaries boundaries; ///< at `fractions`
    /// The first decision other than 'insufficient', which stands whatever came after it.
    accrue::conclusion conclusion;
    std::optional<std::size_t> concluded_at; ///< index of the look that led to it
    /// The error of the boundaries so far at each tau² of the simulation that found them; empty where the
    /// monitoring rule does not simulate.
    std::vector<simulated_error> simulated_errors = {};
    std::string model = {}; ///< how the model is called in reports (`name_of`)

    /// The look that the conclusion rests on: the one that led to it, or the last.
    ///
    /// \throws invalid_input when there is no look, which `trial_sequential_analysis` never returns
    [[nodiscard]] std::size_t decisive_look() const {
        detail::require_not_empty("looks of the analysis", looks.size());
        return concluded_at.value_or(looks.size() - 1);
    }
    /// \throws invalid_input when there is no look
    [[nodiscard]] sequential_look const& last_look() const {
        detail::require_not_empty("looks of the analysis", looks.size());
        return looks.back();
    }

    /// What is still to be collected to reach the required size, 0 when that is reached; same unit.
    ///
    /// \throws invalid_input when there is no trial
    [[nodiscard]] double information_needed() const {
        detail::require_not_empty("trials of the analysis", information.accrued.size());
        double const missing = information.required - information.accrued.back();
        return missing > 0 ? missing : 0;
    }
};

} // namespace accrue
