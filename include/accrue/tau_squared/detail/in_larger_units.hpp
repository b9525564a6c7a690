#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <cmath>
#include <concepts>
#include <span>
#include <vector>

namespace accrue::detail {

template <class Evidence>
inline constexpr bool is_list_that_may_underflow = false;
template <std::floating_point Real>
inline constexpr bool is_list_that_may_underflow<study_evidence<Real>> = sizeof(Real) >= sizeof(double);

/// Whether variances are so small that squares of effects, times the square of a relative weight, are lost as
/// a `double` ends at 1e-308; and whether there is room above.
template <evidence Evidence>
[[nodiscard]] bool should_be_in_larger_units([[maybe_unused]] Evidence const& studies) {
    if constexpr (is_list_that_may_underflow<Evidence>) {
        using Real = real_t<Evidence>;
        if (studies.smallest_variance() < Real(1e-200)) [[unlikely]] {
            Real largest(0); // effect
            for (auto const& [effect, variance] : studies.studies()) {
                Real const size = std::abs(effect);
                largest = largest < size ? size : largest;
            }
            return largest < Real(1e40) && studies.largest_variance() < Real(1e-100);
        }
    }
    return false;
}

/// An estimate of tau² from the studies in units 2^332, about 1e100, times as small, so that their numbers
/// are as much larger; a power of 2 changes no digit.
///
/// \param estimate studies -> estimate of tau²
template <evidence Evidence, class Estimate>
[[nodiscard, gnu::noinline, gnu::cold]] auto in_larger_units(Evidence const& studies,
                                                             Estimate const& estimate)
    -> tau_squared_estimate_of<Evidence> {
    using Real = real_t<Evidence>;
    if constexpr (is_list_that_may_underflow<Evidence>) {
        Real const scale = std::ldexp(Real(1), 332);
        auto larger = std::vector<basic_estimate<Real>>{};
        for (auto const& [effect, variance] : studies.studies()) {
            larger.push_back({scale * effect, scale * variance * scale});
        }
        auto result = estimate(study_evidence<Real>(std::span<basic_estimate<Real> const>(larger)));
        result.value = result.value / scale / scale;
        return result;
    } else {
        return estimate(studies);
    }
}

} // namespace accrue::detail
