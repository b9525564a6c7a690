#pragma once

#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/effect/incidence_rate_difference.hpp>
#include <accrue/effect/log_incidence_rate_ratio.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/log_risk_ratio.hpp>
#include <accrue/effect/risk_difference.hpp>
#include <accrue/pooled.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace accrue {

/// The variance of a Mantel-Haenszel risk difference D that holds for a few large trials and for many small
/// ones. With the cells of `mantel_haenszel` and W = sum n1 n2/N,
///
///     (D sum [c n1² - a n2² + n1 n2 (n2 - n1)/2] / N² + sum [a d + b c] / (2 N)) / W²
///
/// (computed as a sum of positive terms and one in the trials' distances from D; see
/// `detail::mantel_haenszel_sums`). Sato, Greenland & Robins 1989, Biometrics 45:1323-1324. metafor uses it.
struct sato_variance {};

/// The variance of a Mantel-Haenszel risk difference for a few large trials,
///
///     sum [(a b n2³ + c d n1³) / (n1 n2 N²)] / W²,   W = sum n1 n2/N,
///
/// which is the sum of the trials' binomial variances under the weights n1 n2/N. Greenland & Robins 1985,
/// Biometrics 41:55-68, doi:10.2307/2530643. RevMan and R meta use it.
struct greenland_robins_variance {};

namespace detail {

template <real Real>
basic_pooled<Real> mantel_haenszel_result(Real const& effect, Real const& variance, std::size_t const k) {
    bool const defined = is_finite(effect) && is_finite(variance) && variance > 0;
    return defined ? basic_pooled<Real>{effect, variance, Real(0), infinity<Real>(), k, status::ok}
                   : undefined_pooled<Real>(k);
}

/// Sums of products R and S whose ratio is the effect, with the variance of its logarithm, spread / (R S).
template <real Real>
struct ratio_sums {
    Real r = Real(0);
    Real s = Real(0);
    Real spread = Real(0);

    [[nodiscard]] basic_pooled<Real> result(std::size_t const k) const {
        return mantel_haenszel_result(log_ratio(r, s), Real(spread / r / s), k);
    }
};

/// Sums of weighted differences and of weights, whose ratio is the effect, with its variance, spread /
/// weights².
template <real Real>
struct difference_sums {
    Real weights = Real(0);
    Real difference = Real(0);
    Real spread = Real(0);

    [[nodiscard]] basic_pooled<Real> result(std::size_t const k) const {
        return mantel_haenszel_result(Real(difference / weights), Real(spread / weights / weights), k);
    }
};

/// The sums over trials that a measure's Mantel-Haenszel estimate is made of: `add(trial)` and `result(k)`;
/// `weight(trial)` is a trial's weight, the sum of which is the denominator of the pooled effect. `Choice` is
/// the variance that a risk difference has.
template <class Measure, class Choice, class Trial>
struct mantel_haenszel_sums;

template <class Measure, class Choice, class Trial>
concept has_mantel_haenszel_sums =
    requires(Trial const& trial) { mantel_haenszel_sums<Measure, Choice, Trial>::weight(trial); };

template <class ZeroCells, class Choice, real Real>
struct mantel_haenszel_sums<log_odds_ratio<ZeroCells>, Choice, two_arms<basic_events<Real>>> {
    using trial = two_arms<basic_events<Real>>;
    Real r = Real(0);
    Real s = Real(0);
    Real pr = Real(0);
    Real cross = Real(0);
    Real qs = Real(0);

    [[nodiscard]] static Real weight(trial const& report) { return table_cells<Real>(report).discordant(); }
    void add(trial const& report) {
        auto const t = table_cells<Real>(report);
        Real const ri = t.concordant();
        Real const si = t.discordant();
        Real const p = (t.a + t.d) / t.n;
        Real const q = (t.b + t.c) / t.n;
        r += ri;
        s += si;
        pr += p * ri;
        cross += p * si + q * ri;
        qs += q * si;
    }
    [[nodiscard]] basic_pooled<Real> result(std::size_t const k) const {
        return mantel_haenszel_result(log_ratio(r, s), Real((pr / r / r + cross / r / s + qs / s / s) / 2),
                                      k);
    }
};

template <class ZeroCells, class Choice, real Real>
struct mantel_haenszel_sums<log_risk_ratio<ZeroCells>, Choice, two_arms<basic_events<Real>>>
    : ratio_sums<Real> {
    using trial = two_arms<basic_events<Real>>;

    [[nodiscard]] static Real weight(trial const& report) {
        auto const t = table_cells<Real>(report);
        return t.c * (t.n1 / t.n);
    }
    void add(trial const& report) {
        auto const t = table_cells<Real>(report);
        this->r += t.a * (t.n2 / t.n);
        this->s += t.c * (t.n1 / t.n);
        // n1 n2 (a + c) / N² - a c / N without the difference, which cancels for frequent events.
        this->spread += t.a * (t.n1 / t.n) * (t.d / t.n) + t.c * (t.n2 / t.n) * (t.b / t.n);
    }
};

template <class ZeroCells, class Variance, real Real>
struct mantel_haenszel_sums<risk_difference<ZeroCells, Variance>, greenland_robins_variance,
                            two_arms<basic_events<Real>>> : difference_sums<Real> {
    using trial = two_arms<basic_events<Real>>;

    [[nodiscard]] static Real weight(trial const& report) {
        auto const t = table_cells<Real>(report);
        return t.n1 * (t.n2 / t.n);
    }
    void add(trial const& report) {
        auto const t = table_cells<Real>(report);
        Real const share1 = t.n1 / t.n;
        Real const share2 = t.n2 / t.n;
        this->weights += weight(report);
        this->difference += t.excess();
        this->spread += (t.a / t.n1) * share2 * share2 * t.b + (t.c / t.n2) * share1 * share1 * t.d;
    }
};

/// The numerator of Sato's variance cancels where events are rare or frequent. With the risks p1 and p2 of a
/// trial, its difference d = p1 - p2, its weight w = n1 n2/N and the arms' shares s1 = n1/N and s2 = n2/N it
/// is the sum over trials of
///
///     w [s1 p2 (1 - p2) + s2 p1 (1 - p1)] + w (d - D) [s1 (1/2 - p2) - s2 (1/2 - p1)],
///
/// the first term positive, the second 0 where all trials have the same difference. As the w (d - D) add up
/// to 0, one number can be taken from all square brackets of the second: with 1/2 or -1/2 they become sums,
///
///     -[s1 p2 + s2 (1 - p1)]   and   s1 (1 - p2) + s2 p1,
///
/// and the smaller of the two is taken.
template <class ZeroCells, class Variance, real Real>
struct mantel_haenszel_sums<risk_difference<ZeroCells, Variance>, sato_variance, two_arms<basic_events<Real>>>
    : difference_sums<Real> {
    using trial = two_arms<basic_events<Real>>;
    /// Of a trial: its difference and its weight, and the two sums.
    struct distance {
        Real difference;
        Real weight;
        Real against;
        Real with;
    };
    Real against = Real(0);
    Real with = Real(0);
    std::vector<distance> distances{};

    [[nodiscard]] static Real weight(trial const& report) {
        auto const t = table_cells<Real>(report);
        return t.n1 * (t.n2 / t.n);
    }
    void add(trial const& report) {
        auto const t = table_cells<Real>(report);
        Real const share1 = t.n1 / t.n;
        Real const share2 = t.n2 / t.n;
        Real const w = weight(report);
        this->weights += w;
        this->difference += t.excess();
        this->spread += share1 * share1 * t.c * (t.d / t.n2) + share2 * share2 * t.a * (t.b / t.n1);
        auto const one = distance{difference_of_products(t.a, t.n2, t.c, t.n1) / (t.n1 * t.n2), w,
                                  share1 * (t.c / t.n2) + share2 * (t.b / t.n1),
                                  share1 * (t.d / t.n2) + share2 * (t.a / t.n1)};
        against += w * one.against;
        with += w * one.with;
        distances.push_back(one);
    }
    [[nodiscard]] basic_pooled<Real> result(std::size_t const k) const {
        // Distances from the heaviest trial first, so that they are 0 where the differences are equal and the
        // effect's rounding error is not multiplied by numbers of participants.
        auto const heaviest =
            std::max_element(distances.begin(), distances.end(),
                             [](auto const& x, auto const& y) { return x.weight < y.weight; });
        Real const centre = sum_over<Real>(distances, [&](auto const& one) {
            return Real((one.difference - heaviest->difference) * (one.weight / this->weights));
        });
        auto sums = difference_sums<Real>(*this);
        for (auto const& one : distances) {
            Real const moment = one.weight * (one.difference - heaviest->difference - centre);
            sums.spread += with < against ? Real(moment * one.with) : Real(-moment * one.against);
        }
        return sums.result(k);
    }
};

template <class ZeroCells, class Choice, real Real>
struct mantel_haenszel_sums<log_incidence_rate_ratio<ZeroCells>, Choice, two_arms<basic_rate<Real>>>
    : ratio_sums<Real> {
    using trial = two_arms<basic_rate<Real>>;

    [[nodiscard]] static Real weight(trial const& report) {
        auto const& [treatment, control] = report;
        Real const time = treatment.time + control.time;
        return control.events * (treatment.time / time);
    }
    void add(trial const& report) {
        auto const& [treatment, control] = report;
        Real const time = treatment.time + control.time;
        this->r += treatment.events * (control.time / time);
        this->s += weight(report);
        this->spread += (treatment.events + control.events) * (treatment.time / time) * (control.time / time);
    }
};

template <class ZeroCells, class Choice, real Real>
struct mantel_haenszel_sums<incidence_rate_difference<ZeroCells>, Choice, two_arms<basic_rate<Real>>>
    : difference_sums<Real> {
    using trial = two_arms<basic_rate<Real>>;

    [[nodiscard]] static Real weight(trial const& report) {
        auto const& [treatment, control] = report;
        Real const time = treatment.time + control.time;
        return treatment.time * (control.time / time);
    }
    void add(trial const& report) {
        auto const& [treatment, control] = report;
        Real const time = treatment.time + control.time;
        Real const share1 = treatment.time / time;
        Real const share2 = control.time / time;
        this->weights += weight(report);
        this->difference +=
            difference_of_products(treatment.events, control.time, control.events, treatment.time) / time;
        this->spread += treatment.events * share2 * share2 + control.events * share1 * share1;
    }
};

} // namespace detail
} // namespace accrue
