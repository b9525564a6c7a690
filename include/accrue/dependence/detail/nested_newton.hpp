#pragma once

#include <accrue/dependence/detail/nested_maximum.hpp>
#include <accrue/dependence/detail/nested_studies.hpp>
#include <accrue/dependence/nested_information.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

#include <cstddef>

namespace accrue::detail {

/// The slopes of twice the three-level log-likelihood by the variances between clusters, s, and within, t,
/// and its second derivatives, in powers of `unit`, v_min + t.
///
/// With r = Py the slopes are r'A r - tr P A, and the second derivatives tr(P A P B) - 2 r'A P B r, A and B
/// the identity for t and 1 1' within clusters for s; `maximum_likelihood` has the inverse of the covariance
/// in place of P in the traces.
template <real Real>
struct likelihood_slopes {
    Real unit;
    Real between; ///< unit d/ds
    Real within;  ///< unit d/dt
    Real between_between;
    Real between_within;
    Real within_within;
};

template <real Real>
[[nodiscard]] likelihood_slopes<Real> likelihood_slopes_at(nested_studies<Real> const& studies,
                                                           Real const& between, Real const& within,
                                                           bool const restricted) {
    auto const at = studies.means(within);
    auto const expected = information_of(studies, between, within, restricted);
    Real const mean = inverse_variance_fit(study_evidence<Real>(at.means), between).mean;
    Real const ratio = between / at.unit;
    // Sums over clusters: R the sum of r, U that of u r, and A that of u.
    Real total(0), squared_total(0), rr(0), uu(0), ru(0), one_u(0), one_r(0), squares(0);
    for (std::size_t j = 0; j < studies.clusters(); ++j) {
        Real const growth = 1 + ratio * at.weights[j];
        Real const distance = at.means[j].effect - mean;
        Real const shrunk = between / (between + at.means[j].variance) * distance;
        Real const sum = at.weights[j] / growth * distance;
        Real weighted(0), weighted_squares(0);
        for (auto const& [effect, variance] : studies.cluster(j)) {
            Real const u = at.unit / (variance + within);
            Real const r = u * (effect - mean - shrunk);
            weighted += u * r;
            weighted_squares += u * r * r;
        }
        Real const share = at.weights[j] / growth;
        total += share;
        squared_total += share * share;
        squares += sum * sum;
        rr += sum * sum * share;
        ru += sum * weighted / growth;
        uu += weighted_squares - ratio / growth * (weighted * weighted);
        one_r += sum * share;
        one_u += weighted / growth;
    }
    Real const trace = restricted ? Real(total - squared_total / total) : total;
    Real const scale = 2 * square(at.unit);
    auto const second = [&](Real const& information, Real const& quadratic) {
        return Real(scale * information - 2 * quadratic / at.unit);
    };
    return {at.unit,
            squares / at.unit - trace,
            studies.score_within(at, between, mean, restricted),
            second(expected.between_between, Real(rr - one_r * one_r / total)),
            second(expected.between_within, Real(ru - one_r * one_u / total)),
            second(expected.within_within, Real(uu - one_u * one_u / total))};
}

/// Newton's steps from a maximum that lacks the last digits, over the variances that are not 0: what is left
/// of each step is about its square. Derivatives by the data, of numbers that carry them, are right after
/// the last step whatever they were before. The maximum is as it was where a step is not small or leaves the
/// region.
template <real Real>
[[nodiscard]] nested_maximum<Real> with_last_digits(nested_studies<Real> const& studies,
                                                    nested_maximum<Real> const& maximum,
                                                    bool const restricted) {
    auto result = maximum;
    bool const between_free = maximum.between > 0;
    bool const within_free = maximum.within > 0;
    for (int i = 0; (between_free || within_free) && i < 3; ++i) {
        auto const at = likelihood_slopes_at(studies, result.between, result.within, restricted);
        Real const s = between_free ? Real(-at.between_between) : Real(1);
        Real const t = within_free ? Real(-at.within_within) : Real(1);
        Real const both = between_free && within_free ? Real(-at.between_within) : Real(0);
        Real const determinant = s * t - both * both;
        Real const by_s = between_free ? at.between : Real(0);
        Real const by_t = within_free ? at.within : Real(0);
        Real const between = at.unit * (t * by_s - both * by_t) / determinant;
        Real const within = at.unit * (s * by_t - both * by_s) / determinant;
        auto const is_small = [&](Real const& step, Real const& from) {
            Real const most = Real(1e-4) * (at.unit + from);
            return step < most && -step < most && !(from + step < 0);
        };
        if (!(s > 0 && t > 0 && determinant > 0 && is_small(between, result.between) &&
              is_small(within, result.within))) {
            return maximum;
        }
        result.between += between;
        result.within += within;
    }
    return result;
}

} // namespace accrue::detail
