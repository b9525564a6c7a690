#pragma once

#include <accrue/evidence.hpp>

namespace accrue::detail {

/// The relative tr P = sum u - sum u² / sum u of a fit, with all its digits also where one study has nearly
/// all the weight and the difference cancels: there as sum u (W - u) / W, with W - u summed over the others
/// for that study.
template <evidence Evidence, class Fit, class Weight>
[[nodiscard]] auto residual_trace(Evidence const& studies, Fit const& fit, Weight const& weight) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    if constexpr (requires { studies.studies(); }) {
        Real const total = fit.weights;
        if (2 * fit.squared_weights > total * total) {
            Real largest(0);
            Real others(0);
            Real pairs(0);
            for (auto const& study : studies.studies()) {
                Real const u = weight(study.variance);
                if (2 * u > total) {
                    largest = u;
                } else {
                    others += u;
                    pairs += u * (total - u);
                }
            }
            return (pairs + largest * others) / total;
        }
    }
    return fit.trace();
}

/// The same for weights 1 / variance, relative to the smallest variance.
template <evidence Evidence, class Fit>
[[nodiscard]] auto residual_trace(Evidence const& studies, Fit const& fit) {
    using Real = typename Evidence::real_type;
    return residual_trace(studies, fit, [&](Real const& variance) { return Real(fit.unit / variance); });
}

} // namespace accrue::detail
