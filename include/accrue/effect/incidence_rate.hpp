#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/report/rate.hpp>

#include <type_traits>

/// \file
/// One group's incidence rate x/t, events per unit of time, on four scales. With Poisson counts:
///
///     incidence_rate               x/t                     x/t²
///     log_incidence_rate           ln(x/t)                 1/x
///     square_root_incidence_rate   √(x/t)                  1/(4t)
///     freeman_tukey_incidence_rate ½(√(x/t) + √((x+1)/t))  1/(4t)
///
/// Zero counts: the first two add 0.5 to the events of such a group by default (`zero_cell_policy`; metafor);
/// with `no_correction` the logarithm throws `invalid_input`. The roots need no correction and get none. All
/// throw `invalid_input` for a group that is not valid.

namespace accrue {

/// An incidence rate, untransformed.
template <class ZeroCells = zero_cell_policy<>>
struct incidence_rate {
    ZeroCells zero_cells{};

    template <real Real>
        requires detail::settled_for<basic_rate<Real>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(basic_rate<Real> const& group) const {
        detail::check(group);
        return formula(zero_cells(group));
    }

    /// The effect of the counts as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(basic_rate<Real> const& group) {
        return {group.events / group.time, group.events / group.time / group.time};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells>
incidence_rate(ZeroCells) -> incidence_rate<ZeroCells>;

/// Logarithm of an incidence rate.
template <class ZeroCells = zero_cell_policy<>>
struct log_incidence_rate {
    ZeroCells zero_cells{};

    template <real Real>
        requires detail::settled_for<basic_rate<Real>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(basic_rate<Real> const& group) const {
        detail::check(group);
        return formula(zero_cells(group));
    }

    /// The effect of the counts as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(basic_rate<Real> const& group) {
        detail::require_positive("events in a log incidence rate", group.events);
        return {detail::log_ratio(group.events, group.time), 1 / group.events};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells>
log_incidence_rate(ZeroCells) -> log_incidence_rate<ZeroCells>;

namespace detail {

struct square_of_positive {
    template <real Real>
    Real operator()(Real const& x) const {
        return x < 0 ? Real(0) : Real(x * x);
    }
};

} // namespace detail

/// Square root of an incidence rate. `back_transform` squares, taking what is below zero to zero.
struct square_root_incidence_rate {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_rate<Real> const& group) const {
        detail::check(group);
        return {sqrt(Real(group.events / group.time)), 1 / (4 * group.time)};
    }

    static constexpr back_transformation<detail::square_of_positive> back_transform{};
};

/// Freeman and Tukey's double root of an incidence rate (1950, doi:10.1214/aoms/1177729756). Its inverse,
/// (y - 1/(4ty))², depends on the time t, for which a pooled value has no right one; see
/// `freeman_tukey_proportion` for the same difficulty.
struct freeman_tukey_incidence_rate {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_rate<Real> const& group) const {
        detail::check(group);
        return {(sqrt(Real(group.events / group.time)) + sqrt(Real((group.events + 1) / group.time))) / 2,
                1 / (4 * group.time)};
    }

    /// The rate whose double root over the time t is x; 0 where x is below that of no events. Throws
    /// `invalid_input` unless the time is positive.
    template <real Real>
    [[nodiscard]] static Real back_transform(Real const& x, std::type_identity_t<Real> const& time) {
        detail::require_positive<Real>("time", time);
        if (4 * time * x * x <= 1 || x <= 0) {
            return Real(0);
        }
        return detail::square(Real(x - 1 / (4 * time * x)));
    }

    /// The same for both ends of an interval.
    template <real Real>
    [[nodiscard]] static basic_interval<Real> back_transform(basic_interval<Real> const& x,
                                                             std::type_identity_t<Real> const& time) {
        return {back_transform(x.lower, time), back_transform(x.upper, time)};
    }

    /// The same for the point of an estimate or a pooled result.
    template <detail::has_effect Result, class Real>
    [[nodiscard]] static auto back_transform(Result const& x, Real const& time) {
        return back_transform(x.effect, time);
    }
};

} // namespace accrue
