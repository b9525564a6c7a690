#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>

namespace accrue {

namespace detail {

struct normal_cumulative {
    template <real Real>
    Real operator()(Real const& x) const {
        return basic_normal<Real>::cumulative(x);
    }
};

} // namespace detail

/// Normal quantile of one group's proportion p = x/n, with variance p q/(n φ(z)²) by the delta method
/// (metafor "PRZ").
///
///     effect z: P(Z <= z) = p for a standard normal Z.
///
/// For events that mark where a normal variable passes a threshold. `back_transform` is Φ.
///
/// Zero cells: by default 0.5 is added to events and to non-events of a group with a zero
/// (`zero_cell_policy`); with `no_correction` such a group throws `invalid_input`, as does one that is not
/// valid.
template <class ZeroCells = zero_cell_policy<>>
struct probit_proportion {
    ZeroCells zero_cells{};

    template <real Real>
        requires detail::settled_for<basic_events<Real>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(basic_events<Real> const& group) const {
        detail::check(group);
        return formula(zero_cells(group));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(basic_events<Real> const& group) {
        Real const others = non_events(group);
        detail::require_positive("events in a probit", group.count);
        detail::require_positive("non-events in a probit", others);
        Real const p = group.count / group.total;
        Real const q = others / group.total;
        Real const z = p < q ? basic_normal<Real>::quantile(p) : basic_normal<Real>::upper_quantile(q);
        Real const f = basic_normal<Real>::density(z);
        return {z, p / f * (q / f) / group.total};
    }

    static constexpr back_transformation<detail::normal_cumulative> back_transform{};
};

template <class ZeroCells>
probit_proportion(ZeroCells) -> probit_proportion<ZeroCells>;

} // namespace accrue
