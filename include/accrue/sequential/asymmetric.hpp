#pragma once

#include <accrue/error.hpp>

namespace accrue {

/// Two boundaries with an error of their own each, `asymmetric{.lower = 0.05, .upper = 0.025}`: the
/// probabilities of crossing them under no effect.
struct asymmetric {
    double lower; ///< in (0, 1)
    double upper; ///< in (0, 1); together less than 1

    /// \throws invalid_input unless both errors are in (0, 1) and their sum is below 1
    void validate() const {
        detail::require_between_0_and_1("error of the lower boundary", lower);
        detail::require_between_0_and_1("error of the upper boundary", upper);
        detail::require(lower + upper < 1, "sum of the errors of both boundaries", "below 1", lower + upper);
    }
};

} // namespace accrue
