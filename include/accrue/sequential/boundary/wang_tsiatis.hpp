#pragma once

#include <accrue/error.hpp>

#include <cmath>

namespace accrue {

/// The family of Wang and Tsiatis: critical values proportional to t_k^(delta - 1/2), from O'Brien and
/// Fleming's boundary at `delta` = 0 to Pocock's at 0.5.
///
/// Wang SK, Tsiatis AA (1987), Biometrics 43:193-199, doi:10.2307/2531959.
struct wang_tsiatis {
    double delta;

    /// The critical value at a share t_k / t_K of the final information, relative to that of the last look.
    [[nodiscard]] double shape(double const share) const {
        detail::require_finite("delta of wang_tsiatis", delta);
        return std::pow(share, delta - 0.5);
    }
};

} // namespace accrue
