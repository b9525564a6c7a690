#pragma once

#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue::detail {

/// A two-by-two table: a and b participants with and without the event under treatment, c and d under
/// control.
template <real Real>
struct table_cells {
    Real a, b, c, d, n1, n2, n;

    explicit table_cells(two_arms<basic_events<Real>> const& trial)
        : a(trial.treatment.count), b(non_events(trial.treatment)), c(trial.control.count),
          d(non_events(trial.control)), n1(trial.treatment.total), n2(trial.control.total), n(n1 + n2) {}

    /// Summed over trials these are numerator and denominator of the Mantel-Haenszel odds ratio.
    [[nodiscard]] Real concordant() const { return a * (d / n); }
    [[nodiscard]] Real discordant() const { return b * (c / n); }
    /// The events under treatment less what the margins lead to expect: a - n1 (a + c)/N.
    [[nodiscard]] Real excess() const { return difference_of_products(a, n2, c, n1) / n; }
    /// Its variance: n1 n2 (a + c)(b + d) / (N² (N - fewer)). `fewer` is 1 for the variance of the
    /// hypergeometric distribution, 0 for that of two binomial ones.
    [[nodiscard]] Real excess_variance(int const fewer = 1) const {
        return (n1 / n) * (n2 / n) * (a + c) * ((b + d) / (n - fewer));
    }
};

} // namespace accrue::detail
