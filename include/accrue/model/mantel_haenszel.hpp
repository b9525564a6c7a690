#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/effect/incidence_rate_difference.hpp>
#include <accrue/effect/log_incidence_rate_ratio.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/uncertainty/precision.hpp>
#include <accrue/uncertainty/wald.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace accrue {

/// The variance of a Mantel-Haenszel risk difference D that holds for a few large trials and for many small
/// ones. With the cells of `mantel_haenszel` and W = sum n1 n2/N,
///
///     (D sum [c n1² - a n2² + n1 n2 (n2 - n1)/2] / N² + sum [a d + b c] / (2 N)) / W².
///
/// Sato, Greenland & Robins 1989, Biometrics 45:1323-1324. metafor uses it.
struct sato_variance {};

/// The variance of a Mantel-Haenszel risk difference for a few large trials,
///
///     sum [(a b n2³ + c d n1³) / (n1 n2 N²)] / W²,   W = sum n1 n2/N,
///
/// which is the sum of the trials' binomial variances under the weights n1 n2/N. Greenland & Robins 1985,
/// Biometrics 41:55-68, doi:10.2307/2530643. RevMan and R meta use it.
struct greenland_robins_variance {};

namespace detail {

/// A two-by-two table: a and b participants with and without the event under treatment, c and d under
/// control.
template <real Real>
struct table_cells {
    Real a, b, c, d, n1, n2, n;

    explicit table_cells(two_arms<basic_events<Real>> const& trial)
        : a(trial.treatment.count), b(non_events(trial.treatment)), c(trial.control.count),
          d(non_events(trial.control)), n1(trial.treatment.total), n2(trial.control.total), n(n1 + n2) {}
};

// Each trial's weight: the denominator of the pooled effect is their sum.

template <class ZeroCells, real Real>
Real mantel_haenszel_weight(log_odds_ratio<ZeroCells> const&, two_arms<basic_events<Real>> const& trial) {
    auto const t = table_cells<Real>(trial);
    return t.b * (t.c / t.n);
}
template <class ZeroCells, real Real>
Real mantel_haenszel_weight(log_risk_ratio<ZeroCells> const&, two_arms<basic_events<Real>> const& trial) {
    auto const t = table_cells<Real>(trial);
    return t.c * (t.n1 / t.n);
}
template <class ZeroCells, class Variance, real Real>
Real mantel_haenszel_weight(risk_difference<ZeroCells, Variance> const&,
                            two_arms<basic_events<Real>> const& trial) {
    auto const t = table_cells<Real>(trial);
    return t.n1 * (t.n2 / t.n);
}
template <class ZeroCells, real Real>
Real mantel_haenszel_weight(log_incidence_rate_ratio<ZeroCells> const&,
                            two_arms<basic_rate<Real>> const& trial) {
    return trial.control.events * (trial.treatment.time / (trial.treatment.time + trial.control.time));
}
template <class ZeroCells, real Real>
Real mantel_haenszel_weight(incidence_rate_difference<ZeroCells> const&,
                            two_arms<basic_rate<Real>> const& trial) {
    return trial.treatment.time * (trial.control.time / (trial.treatment.time + trial.control.time));
}

template <real Real>
basic_pooled<Real> mantel_haenszel_result(Real const& effect, Real const& variance, std::size_t const k) {
    bool const defined = is_finite(effect) && is_finite(variance) && variance > 0;
    return {defined ? effect : not_a_number<Real>(),
            defined ? variance : not_a_number<Real>(),
            Real(0),
            infinity<Real>(),
            k,
            defined ? status::ok : status::undefined};
}

template <class ZeroCells, class Choice, real Real>
basic_pooled<Real> pool_mantel_haenszel(log_odds_ratio<ZeroCells> const&, Choice const&,
                                        std::span<two_arms<basic_events<Real>> const> const trials) {
    Real r(0), s(0), pr(0), cross(0), qs(0);
    for (auto const& trial : trials) {
        auto const t = table_cells<Real>(trial);
        Real const ri = t.a * (t.d / t.n);
        Real const si = t.b * (t.c / t.n);
        Real const p = (t.a + t.d) / t.n;
        Real const q = (t.b + t.c) / t.n;
        r += ri;
        s += si;
        pr += p * ri;
        cross += p * si + q * ri;
        qs += q * si;
    }
    return mantel_haenszel_result(log_ratio(r, s), Real((pr / r / r + cross / r / s + qs / s / s) / 2),
                                  trials.size());
}

template <class ZeroCells, class Choice, real Real>
basic_pooled<Real> pool_mantel_haenszel(log_risk_ratio<ZeroCells> const&, Choice const&,
                                        std::span<two_arms<basic_events<Real>> const> const trials) {
    Real r(0), s(0), spread(0);
    for (auto const& trial : trials) {
        auto const t = table_cells<Real>(trial);
        r += t.a * (t.n2 / t.n);
        s += t.c * (t.n1 / t.n);
        spread += (t.n1 / t.n) * (t.n2 / t.n) * (t.a + t.c) - t.a * (t.c / t.n);
    }
    return mantel_haenszel_result(log_ratio(r, s), Real(spread / r / s), trials.size());
}

template <class ZeroCells, class Variance, real Real>
basic_pooled<Real> pool_mantel_haenszel(risk_difference<ZeroCells, Variance> const&, sato_variance const&,
                                        std::span<two_arms<basic_events<Real>> const> const trials) {
    Real weights(0), difference(0), p(0), q(0);
    for (auto const& trial : trials) {
        auto const t = table_cells<Real>(trial);
        Real const share1 = t.n1 / t.n;
        Real const share2 = t.n2 / t.n;
        weights += t.n1 * share2;
        difference += difference_of_products(t.a, t.n2, t.c, t.n1) / t.n;
        p += share1 * share1 * t.c - share2 * share2 * t.a + share1 * share2 * ((t.n2 - t.n1) / 2);
        q += (t.a * (t.d / t.n) + t.c * (t.b / t.n)) / 2;
    }
    Real const effect = difference / weights;
    return mantel_haenszel_result(effect, Real((effect * p + q) / weights / weights), trials.size());
}

template <class ZeroCells, class Variance, real Real>
basic_pooled<Real> pool_mantel_haenszel(risk_difference<ZeroCells, Variance> const&,
                                        greenland_robins_variance const&,
                                        std::span<two_arms<basic_events<Real>> const> const trials) {
    Real weights(0), difference(0), spread(0);
    for (auto const& trial : trials) {
        auto const t = table_cells<Real>(trial);
        Real const share1 = t.n1 / t.n;
        Real const share2 = t.n2 / t.n;
        weights += t.n1 * share2;
        difference += difference_of_products(t.a, t.n2, t.c, t.n1) / t.n;
        spread += (t.a / t.n1) * share2 * share2 * t.b + (t.c / t.n2) * share1 * share1 * t.d;
    }
    return mantel_haenszel_result(Real(difference / weights), Real(spread / weights / weights),
                                  trials.size());
}

template <class ZeroCells, class Choice, real Real>
basic_pooled<Real> pool_mantel_haenszel(log_incidence_rate_ratio<ZeroCells> const&, Choice const&,
                                        std::span<two_arms<basic_rate<Real>> const> const trials) {
    Real r(0), s(0), spread(0);
    for (auto const& [treatment, control] : trials) {
        Real const time = treatment.time + control.time;
        r += treatment.events * (control.time / time);
        s += control.events * (treatment.time / time);
        spread += (treatment.events + control.events) * (treatment.time / time) * (control.time / time);
    }
    return mantel_haenszel_result(log_ratio(r, s), Real(spread / r / s), trials.size());
}

template <class ZeroCells, class Choice, real Real>
basic_pooled<Real> pool_mantel_haenszel(incidence_rate_difference<ZeroCells> const&, Choice const&,
                                        std::span<two_arms<basic_rate<Real>> const> const trials) {
    Real weights(0), difference(0), spread(0);
    for (auto const& [treatment, control] : trials) {
        Real const time = treatment.time + control.time;
        Real const share1 = treatment.time / time;
        Real const share2 = control.time / time;
        weights += treatment.time * share2;
        difference +=
            difference_of_products(treatment.events, control.time, control.events, treatment.time) / time;
        spread += treatment.events * share2 * share2 + control.events * share1 * share1;
    }
    return mantel_haenszel_result(Real(difference / weights), Real(spread / weights / weights),
                                  trials.size());
}

template <class Measure, class Trial>
concept has_mantel_haenszel_weight =
    requires(Measure const& measure, Trial const& trial) { mantel_haenszel_weight(measure, trial); };

template <class Trial>
void check_trials(std::span<Trial const> const trials) {
    require_not_empty("trials", trials.size());
    for_each_study(trials.size(), [&](std::size_t const i) { check(trials[i]); });
}

} // namespace detail

/// The Mantel-Haenszel model: one true effect behind all trials, estimated from sums over trials of the
/// counts themselves, so that trials may be small and have zero cells. With a and c events of n1 and n2, b
/// and d participants without, N = n1 + n2 (x events in the time t for rates, T = t1 + t2):
///
///     log_odds_ratio             log (sum a d/N / sum b c/N)
///     log_risk_ratio             log (sum a n2/N / sum c n1/N)
///     risk_difference            sum (a n2 - c n1)/N / sum n1 n2/N
///     log_incidence_rate_ratio   log (sum x1 t2/T / sum x2 t1/T)
///     incidence_rate_difference  sum (x1 t2 - x2 t1)/T / sum t1 t2/T
///
/// A difference is the mean of the trials' differences with weights n1 n2/N, the inverse of its variance but
/// for the event's frequency; a ratio puts the same kind of weight on numerator and denominator apart, so
/// that a trial's own ratio need not exist.
///
/// The variance, of the logarithm for ratios, with R and S the two sums of a ratio and W the sum of a
/// difference's weights:
///
/// - `log_odds_ratio` (Robins, Breslow & Greenland 1986): with P = (a + d)/N, Q = (b + c)/N and each trial's
///   r = a d/N, s = b c/N, it is (sum P r / R² + sum (P s + Q r) / (R S) + sum Q s / S²) / 2;
/// - `log_risk_ratio` (Greenland & Robins 1985): sum ((n1 n2 (a + c) - a c N) / N²) / (R S);
/// - `risk_difference`: `sato_variance` or `greenland_robins_variance`;
/// - `log_incidence_rate_ratio` (Greenland & Robins 1985): sum ((x1 + x2) t1 t2 / T²) / (R S);
/// - `incidence_rate_difference` (Rothman, Greenland & Lash 2008): sum ((x1 t2² + x2 t1²) / T²) / W².
///
/// Counts are used as they are: the measure says which effect is meant, its zero-cell policy plays no part.
/// (To pool corrected counts, correct the trials first.) Trials without events in either group add nothing to
/// a ratio, but count as studies. NaN with the status `undefined` when a sum is zero. Referred to the normal
/// distribution.
///
/// Mantel & Haenszel 1959, J Natl Cancer Inst 22:719-748, doi:10.1093/jnci/22.4.719; Robins, Breslow &
/// Greenland 1986, Biometrics 42:311-323, doi:10.2307/2531052; Greenland & Robins 1985, Biometrics 41:55-68,
/// doi:10.2307/2530643; Rothman, Greenland & Lash 2008, Modern Epidemiology, 3rd ed., ch. 15.
template <class Measure = log_odds_ratio<>, class Variance = sato_variance>
struct mantel_haenszel {
    Measure measure{};   ///< one of the five measures above
    Variance variance{}; ///< of a risk difference; the other measures have one variance each

    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <class Trial>
        requires detail::has_mantel_haenszel_weight<Measure, Trial>
    [[nodiscard]] auto operator()(std::span<Trial const> const trials) const {
        detail::check_trials(trials);
        return detail::pool_mantel_haenszel(measure, variance, trials);
    }

    /// Each trial's share in the sum of the weights, which is the denominator of the pooled ratio or
    /// difference; the shares add up to 1.
    ///
    /// \throws invalid_input as pooling does
    template <class Trial>
        requires detail::has_mantel_haenszel_weight<Measure, Trial>
    [[nodiscard]] auto weights(std::span<Trial const> const trials) const {
        detail::check_trials(trials);
        using Real = decltype(detail::mantel_haenszel_weight(measure, trials[0]));
        std::vector<Real> shares;
        Real total(0);
        for (auto const& trial : trials) {
            shares.push_back(detail::mantel_haenszel_weight(measure, trial));
            total += shares.back();
        }
        for (auto& share : shares) {
            share = share / total;
        }
        return shares;
    }
};

mantel_haenszel() -> mantel_haenszel<>;
template <class Measure>
mantel_haenszel(Measure) -> mantel_haenszel<Measure>;
template <class Measure, class Variance>
mantel_haenszel(Measure, Variance) -> mantel_haenszel<Measure, Variance>;

/// Cochran's Q about a given effect: sum (y - effect)² / v. The heterogeneity that goes with
/// `mantel_haenszel` and `peto` is about their pooled effect, not about the inverse-variance mean.
///
/// \throws invalid_input as `pool` does
template <estimates Range, real Real>
[[nodiscard]] Real q_about(Real const& effect, Range const& estimates) {
    Real total(0);
    for (auto const& study : detail::as_evidence(estimates).studies()) {
        total += detail::square(Real(study.effect - effect)) / study.variance;
    }
    return total;
}

/// The random-effects model of RevMan for Mantel-Haenszel analyses: the DerSimonian-Laird model with Q taken
/// about the Mantel-Haenszel estimate,
///
///     tau² = max(0, (sum w (y - MH)² - (k - 1)) / (sum w - sum w² / sum w)),   w = 1/v,
///
/// and then the inverse-variance mean with weights 1/(v + tau²). Single studies' effects follow the measure,
/// with its zero-cell policy; a policy that drops double-zero trials drops them here. Deeks & Higgins 2010,
/// Statistical algorithms in Review Manager 5.
template <class Measure = log_odds_ratio<>, class Uncertainty = wald>
struct mantel_haenszel_random_effects {
    Measure measure{};
    Uncertainty uncertainty{};

    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <class Trial>
        requires detail::has_mantel_haenszel_weight<Measure, Trial>
    [[nodiscard]] auto operator()(std::span<Trial const> const trials) const {
        auto const centre = mantel_haenszel{measure}(trials);
        using Real = std::remove_const_t<decltype(centre.effect)>;
        auto const estimates = effects(measure, trials);
        auto const studies = detail::as_evidence(estimates);
        auto const common = inverse_variance_fit(studies, Real(0));
        Real const excess =
            q_about(centre.effect, estimates) - detail::from_count<Real>(common.degrees_of_freedom());
        Real const tau_squared =
            excess > 0 ? Real(excess * common.unit / detail::residual_trace(studies, common)) : Real(0);
        auto const fit = inverse_variance_fit(studies, tau_squared);
        auto const precision = detail::precision_of(uncertainty, fit, studies, tau_squared);
        return basic_pooled<Real>{fit.mean, precision.variance, tau_squared, precision.degrees_of_freedom,
                                  fit.k,    centre.status};
    }
};

mantel_haenszel_random_effects() -> mantel_haenszel_random_effects<>;
template <class Measure>
mantel_haenszel_random_effects(Measure) -> mantel_haenszel_random_effects<Measure>;
template <class Measure, class Uncertainty>
mantel_haenszel_random_effects(Measure, Uncertainty) -> mantel_haenszel_random_effects<Measure, Uncertainty>;

} // namespace accrue
