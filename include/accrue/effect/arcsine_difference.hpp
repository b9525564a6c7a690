#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// Arcsine difference, treatment minus control (Rücker et al. 2009, doi:10.1002/sim.3511).
///
///     effect = asin √p1 - asin √p2,   variance = 1/(4 n1) + 1/(4 n2).
///
/// Negative when treatment makes the event rarer; between -π/2 and π/2. The variance depends on the group
/// sizes alone, so zero cells, and studies without any event, need no correction and get none. The price is a
/// scale that has no interpretation: there is nothing to transform it back to, and `back_transform` leaves it
/// alone.
///
/// Throws `invalid_input` for reports that are not valid.
struct arcsine_difference {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::check(trial);
        auto const t = detail::table_cells<Real>(trial);
        // With n1 n2 as common factor, sin = √(ad) - √(bc) and cos = √(ac) + √(bd); the difference of roots
        // is taken as (ad - bc)/(√(ad) + √(bc)), so that nearly equal proportions keep their digits.
        Real const sum = sqrt(t.a) * sqrt(t.d) + sqrt(t.b) * sqrt(t.c);
        Real const sine = sum > 0 ? Real(detail::difference_of_products(t.a, t.d, t.b, t.c) / sum) : Real(0);
        Real const cosine = sqrt(t.a) * sqrt(t.c) + sqrt(t.b) * sqrt(t.d);
        return {atan2(sine, cosine), (1 / t.n1 + 1 / t.n2) / 4};
    }

    static constexpr identity_back_transform back_transform{};
};

} // namespace accrue
