#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <limits>

namespace accrue::detail {

/// What `negligible_variance` (below) returns where the smallest variance is less than epsilon³ of the
/// largest: above 0 only if a single study has the smallest variance, and the mean is estimated.
template <evidence Evidence>
[[nodiscard, gnu::noinline, gnu::cold]] auto negligible_beside_most_precise(Evidence const& studies)
    -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    Real const smallest = studies.smallest_variance();
    Real const largest = studies.largest_variance();
    Real const epsilon = std::numeric_limits<Real>::epsilon();
    Real const precise = studies.sum([&](Real const& v) { return v > smallest ? Real(0) : Real(1); });
    Real const others =
        studies.sum([&](Real const& v) { return v > smallest ? Real(largest / v) : Real(0); });
    // About a mean that is known each study tells of tau² by itself, not by its contrasts alone.
    bool const mean_is_known = studies.degrees_of_freedom() == studies.size();
    bool const is_alone = precise < Real(1.5) && is_finite(others) && !mean_is_known;
    Real const negligible = largest / others * epsilon * epsilon;
    return is_alone && negligible > smallest ? negligible : Real(0);
}

/// What may be added to all variances without changing an estimate of tau²: 0, unless one study is so much
/// more precise than all others that powers of their relative weights could underflow.
///
/// With one such study every contrast of effects has at least about the variance v of the second most precise
/// one: 1e-30 v more changes nothing that a `double` holds, and makes the most precise variance 1e-30 v at
/// least. v is taken as the harmonic sum of the others' variances.
template <evidence Evidence>
[[nodiscard]] auto negligible_variance(Evidence const& studies) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    Real const smallest = studies.smallest_variance();
    Real const largest = studies.largest_variance();
    Real const epsilon = std::numeric_limits<Real>::epsilon();
    if (!(smallest < epsilon * epsilon * epsilon * largest)) [[likely]] {
        return Real(0);
    }
    return negligible_beside_most_precise(studies);
}

} // namespace accrue::detail
