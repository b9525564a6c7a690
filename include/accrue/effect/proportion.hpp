#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/binomial_variance.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/risks.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/report/events.hpp>

#include <span>
#include <type_traits>

/// \file
/// One group's proportion p = x/n, with q = 1 - p, on five scales.
///
/// The proportion itself has variance pq/n; on the scale g(p) the delta method makes that g'(p)² pq/n:
///
///     proportion               p                  pq/n
///     log_proportion           ln p               1/x - 1/n
///     logit_proportion         ln(p/q)            1/x + 1/(n-x)
///     arcsine_proportion       asin √p            1/(4n)
///     freeman_tukey_proportion two arcsines' mean 1/(4n+2)
///
/// Intervals on the first can leave [0, 1]; the logit's can't, and its back-transform needs no n, which makes
/// it the usual choice. Zero cells, which here means x = 0 or x = n: the first three add 0.5 to events and to
/// non-events of such a study by default (`zero_cell_policy`; metafor); with `no_correction` a logarithm of
/// zero throws `invalid_input`. The arcsines need no correction and get none. All throw `invalid_input` for a
/// group that is not valid.

namespace accrue {

/// A proportion, untransformed. `Variance` is `binomial_variance` or `unbiased_binomial_variance`;
/// `VarianceAt` is `own_risks` or `average_risks`, the risk that is put into it.
template <class ZeroCells = zero_cell_policy<>, class Variance = binomial_variance,
          class VarianceAt = own_risks>
struct proportion {
    ZeroCells zero_cells{};
    Variance variance{};
    VarianceAt variance_at{};

    template <real Real>
        requires detail::settled_for<basic_events<Real>, ZeroCells, VarianceAt>
    [[nodiscard]] basic_estimate<Real> operator()(basic_events<Real> const& group) const {
        detail::check(group);
        return formula(zero_cells(group));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] basic_estimate<Real> formula(basic_events<Real> const& group) const {
        return {group.count / group.total, variance(variance_at(group))};
    }

    /// The measure for this set of studies, whose `variance_at` no longer depends on any other.
    template <class Trial>
        requires detail::needs_all_studies<VarianceAt, Trial>
    [[nodiscard]] auto for_studies(std::span<Trial const> const cells) const {
        auto at = variance_at.for_studies(cells);
        return proportion<ZeroCells, Variance, decltype(at)>{zero_cells, variance, at};
    }

    static constexpr identity_back_transform back_transform{};
};

template <class ZeroCells, class Variance = binomial_variance, class VarianceAt = own_risks>
proportion(ZeroCells, Variance = {}, VarianceAt = {}) -> proportion<ZeroCells, Variance, VarianceAt>;

/// Logarithm of a proportion.
template <class ZeroCells = zero_cell_policy<>>
struct log_proportion {
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
        detail::require_positive("events in a log proportion", group.count);
        return {detail::log_ratio(group.count, group.total), non_events(group) / group.count / group.total};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells>
log_proportion(ZeroCells) -> log_proportion<ZeroCells>;

namespace detail {

struct inverse_logit {
    template <real Real>
    Real operator()(Real const& x) const {
        return 1 / (1 + exp(Real(-x)));
    }
};

struct squared_sine {
    template <real Real>
    Real operator()(Real const& x) const {
        Real const right_angle = 2 * atan(Real(1));
        if (!(x > 0)) {
            return x <= 0 ? Real(0) : x;
        }
        return x < right_angle ? square(Real(sin(x))) : Real(1);
    }
};

} // namespace detail

/// Log odds of a proportion. `back_transform` is 1/(1 + e^-x).
template <class ZeroCells = zero_cell_policy<>>
struct logit_proportion {
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
        detail::require_positive("events in a logit proportion", group.count);
        detail::require_positive("non-events in a logit proportion", others);
        return {detail::log_ratio(group.count, others), 1 / group.count + 1 / others};
    }

    static constexpr back_transformation<detail::inverse_logit> back_transform{};
};

template <class ZeroCells>
logit_proportion(ZeroCells) -> logit_proportion<ZeroCells>;

/// Arcsine of the root of a proportion. `back_transform` is sin², with what lies outside [0, π/2] taken to 0
/// or 1.
struct arcsine_proportion {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_events<Real> const& group) const {
        detail::check(group);
        Real const others = non_events(group);
        return {atan2(Real(sqrt(group.count)), Real(sqrt(others))), 1 / (4 * group.total)};
    }

    static constexpr back_transformation<detail::squared_sine> back_transform{};
};

/// Freeman and Tukey's double arcsine (1950, doi:10.1214/aoms/1177729756),
///
///     ½ (asin √(x/(n+1)) + asin √((x+1)/(n+1))),   variance 1/(4n+2);
///
/// some programs leave out the ½ and quadruple the variance.
///
/// Its inverse depends on n (Miller 1978, doi:10.1080/00031305.1978.10479283), so `back_transform` asks for
/// one. For a single study that is its n. For a pooled value there is no right n: the harmonic mean of the
/// studies' can mislead badly, even to a proportion outside all of them (Schwarzer et al. 2019,
/// doi:10.1002/jrsm.1348). The n of a study that had the pooled variance, 1/(4v) - 1/2, is the better choice
/// (Barendregt et al. 2013, doi:10.1136/jech-2013-203104), and `logit_proportion`, which needs none, better
/// still.
struct freeman_tukey_proportion {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_events<Real> const& group) const {
        detail::check(group);
        return {angle(group.count, group.total), 1 / (4 * group.total + 2)};
    }

    /// The proportion whose double arcsine in n participants is x; 0 or 1 where x is beyond those of 0 or n
    /// events. Throws `invalid_input` unless n is positive.
    template <real Real>
    [[nodiscard]] static Real back_transform(Real const& x, std::type_identity_t<Real> const& n) {
        detail::require_positive<Real>("n", n);
        if (!(x > angle<Real>(Real(0), n))) {
            return x > 0 || x <= 0 ? Real(0) : x;
        }
        if (x >= angle<Real>(n, n)) {
            return Real(1);
        }
        Real const sine = sin(Real(2 * x));
        Real const cosine = cos(Real(2 * x));
        // Miller's 1 - (sin T + (sin T - 1/sin T)/n)², T = 2x, is cos² T (1 + 2/n - (cos T/(n sin T))²);
        // written so, p = 1/2 costs no digits. The smaller of p and 1 - p comes from the square itself.
        Real const root =
            detail::magnitude(cosine) * sqrt(Real(1 + 2 / n - detail::square(Real(cosine / (n * sine)))));
        Real const smaller = detail::square(Real(sine - cosine * cosine / sine / n)) / (2 * (1 + root));
        return cosine < 0 ? Real(1 - smaller) : smaller;
    }

    /// The same for both ends of an interval.
    template <real Real>
    [[nodiscard]] static basic_interval<Real> back_transform(basic_interval<Real> const& x,
                                                             std::type_identity_t<Real> const& n) {
        return {back_transform(x.lower, n), back_transform(x.upper, n)};
    }

    /// The same for the point of an estimate or a pooled result.
    template <detail::has_effect Result, class Real>
    [[nodiscard]] static auto back_transform(Result const& x, Real const& n) {
        return back_transform(x.effect, n);
    }

  private:
    template <real Real>
    [[nodiscard]] static Real angle(Real const& count, Real const& total) {
        // asin √(p) = atan2(√p, √(1-p)); the two differ in one event of n + 1.
        Real const others = total - count;
        return (atan2(Real(sqrt(count)), Real(sqrt(Real(others + 1)))) +
                atan2(Real(sqrt(Real(count + 1))), Real(sqrt(others)))) /
               2;
    }
};

} // namespace accrue
