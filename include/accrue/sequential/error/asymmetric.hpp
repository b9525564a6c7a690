#pragma once

#include <accrue/error.hpp>

namespace accrue {

/// Two boundaries with an error of their own each, `asymmetric{.lower = 0.05, .upper = 0.025}`: the
/// probabilities of crossing them under no effect.
///
/// It is for questions whose two wrong answers cost differently: harm may have to be noticed sooner than
/// benefit be claimed. `two_sided{0.05}` is the symmetric case, 0.025 on each side. Which boundary is that of
/// benefit follows from the sign of the anticipated effect.
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
