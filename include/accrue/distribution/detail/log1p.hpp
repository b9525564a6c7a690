#pragma once

#include <accrue/real.hpp>

#include <concepts>

namespace accrue::detail {

/// Whether the type has log(1 + x), and so the functions that Boost.Math's distributions need. Automatic
/// differentiation types of Boost have not.
template <class Real>
concept has_log1p = requires(Real const& x) {
    { log1p(x) } -> std::convertible_to<Real>;
};

/// log(1 + x), with its digits where x is small; for types without it by Kahan's log(u) x / (u - 1).
template <class Real>
[[nodiscard]] Real log1p_of(Real const& x) {
    if constexpr (has_log1p<Real>) {
        return log1p(x);
    } else {
        Real const u = 1 + x;
        Real const change = u - 1;
        return change < 0 || change > 0 ? Real(log(u) * x / change) : x;
    }
}

} // namespace accrue::detail
