#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace accrue::detail {

template <spending_function Spending>
double spent(Spending const& spending, double const t, double const error) {
    if constexpr (requires { spending(t, error); }) {
        return spending(t, error);
    } else {
        return spending(t);
    }
}

/// Whether a look comes before a fraction at which a spending function jumps: looks short of it by no more
/// than 1e-12 of it are at it, as fractions come from sums and quotients.
inline bool comes_before(double const look, double const fraction) {
    return look * (1 + 1e-12) < fraction;
}

/// Throws unless the fractions between which a spending function works are in order, and shows both.
inline void require_order(bool const holds, std::string_view const function, std::string_view const order,
                          double const from, double const to) {
    if (!holds) [[unlikely]] {
        throw invalid_input("fractions of " + std::string(function) + " must be " + std::string(order) +
                            ", but from is " + to_text(from) + " and to is " + to_text(to));
    }
}

/// The error spent between two fractions; checked, so that a user's function may be anything.
template <spending_function Spending>
double spent_between(Spending const& spending, double const from, double const to, double const error) {
    auto value = 0.0;
    if constexpr (requires { spending.increment(from, to, error); }) {
        value = spending.increment(from, to, error);
    } else {
        value =
            from > 0 ? spent(spending, to, error) - spent(spending, from, error) : spent(spending, to, error);
    }
    auto const noise = 1e-12 * error;
    if (!(value >= -noise && value <= error + noise)) [[unlikely]] {
        throw invalid_input("spending function must not fall and must stay between 0 and " + to_text(error) +
                            ", but spends " + to_text(value) + " between " + to_text(from) + " and " +
                            to_text(to));
    }
    return (std::max)(value, 0.0);
}

/// G(to) - G(from) for a distribution function G on [0, 1], given as its lower tail, its upper tail and its
/// density, with all digits. Where the step is small against the distance to both ends, at which densities
/// may be singular, the density is integrated; elsewhere the difference of the smaller tails loses nothing.
template <class Lower, class Upper, class Density>
double probability_between(double const from, double const to, Lower const& lower, Upper const& upper,
                           Density const& density) {
    if (to - from < 0.25 * (std::min)(from, 1 - to)) {
        auto const middle = 0.5 * (from + to);
        auto const half = 0.5 * (to - from);
        return half * gauss_legendre<double, 20>().integral(
                          [&](double const u) { return density(middle + half * u); });
    }
    if (from < 1 - to) {
        return from > 0 ? lower(to) - lower(from) : lower(to);
    }
    return to < 1 ? upper(from) - upper(to) : upper(from);
}

} // namespace accrue::detail
