#pragma once

#include <accrue/platform.hpp>

namespace accrue {

/// Pocock's boundary: the same critical value at every look.
///
/// Pocock SJ (1977), Biometrika 64:191-199, doi:10.1093/biomet/64.2.191.
struct pocock {
    /// The critical value at a share t_k / t_K of the final information, relative to that of the last look.
    [[nodiscard]] static constexpr double shape(double) { return 1; }
};

} // namespace accrue
