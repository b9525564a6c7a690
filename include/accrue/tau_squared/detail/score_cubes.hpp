#pragma once

#include <accrue/real.hpp>

#include <type_traits>

namespace accrue::detail {

template <real Real>
[[nodiscard]] Real at_least(Real const& bound, Real const& value) {
    return value < bound ? bound : value;
}

/// unit² * y'PPPy of a fit. By Cauchy and Schwarz it is at least (y'PPy)² / y'Py; the bound stands in where
/// the difference that it is computed by has cancelled, under a study with nearly all the weight.
template <class Fit>
[[nodiscard]] auto score_cubes(Fit const& fit) {
    using Real = std::remove_cvref_t<decltype(fit.squares)>;
    Real const cubes = fit.curvature_squares();
    if (!(fit.squares > 0)) {
        return cubes;
    }
    return at_least(Real(fit.weighted_squares * (fit.weighted_squares / fit.squares) / fit.unit), cubes);
}

} // namespace accrue::detail
