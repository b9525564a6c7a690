#pragma once

#include <accrue/platform.hpp>

#include <cmath>

namespace accrue {

/// O'Brien and Fleming's boundary: critical values proportional to 1 / sqrt(t_k), a constant boundary for the
/// score. (`lan_demets_obrien_fleming` spends error in a similar way and needs no planned looks.)
///
/// O'Brien PC, Fleming TR (1979), Biometrics 35:549-556, doi:10.2307/2530245.
struct obrien_fleming {
    /// The critical value at a share t_k / t_K of the final information, relative to that of the last look.
    [[nodiscard]] static double shape(double const share) { return 1 / std::sqrt(share); }
};

} // namespace accrue
