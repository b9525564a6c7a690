#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/model/mantel_haenszel.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>

namespace accrue {

/// A test whose statistic has a chi² distribution if the null hypothesis holds.
template <real Real>
struct basic_chi_squared_test {
    Real statistic;
    Real degrees_of_freedom;
    Real p_value;          ///< P(chi² >= statistic)
    accrue::status status; ///< `undefined` where no trial says anything: statistic and p-value are NaN
};

using chi_squared_test = basic_chi_squared_test<double>;

namespace detail {

template <real Real>
basic_chi_squared_test<Real> make_chi_squared_test(Real const& statistic, Real const& degrees_of_freedom) {
    if (!is_finite(statistic)) {
        return {not_a_number<Real>(), degrees_of_freedom, not_a_number<Real>(), status::undefined};
    }
    return {statistic, degrees_of_freedom, basic_chi_squared<Real>{degrees_of_freedom}.survival(statistic),
            status::ok};
}

/// Sums over trials of the events under treatment, less what the margins lead to expect, and of their
/// variance.
template <real Real>
struct excess_of_events {
    Real excess = Real(0);
    Real variance = Real(0);

    [[nodiscard]] basic_chi_squared_test<Real> test(double const continuity) const {
        require_not_negative("continuity", continuity);
        Real const size = magnitude(excess) - Real(continuity);
        // 0 / 0, so NaN, where no trial says anything.
        Real const statistic = (size > 0 ? Real(size * size) : Real(0)) / variance;
        return make_chi_squared_test(statistic, Real(1));
    }
};

template <real Real>
excess_of_events<Real> count_excess(std::span<two_arms<basic_events<Real>> const> const trials,
                                    int const fewer) {
    check_trials(trials);
    excess_of_events<Real> total;
    for (auto const& trial : trials) {
        auto const t = table_cells<Real>(trial);
        if (t.n > 1) {
            total.excess += t.excess();
            total.variance += t.excess_variance(fewer);
        }
    }
    return total;
}

template <real Real>
excess_of_events<Real> count_excess(std::span<two_arms<basic_rate<Real>> const> const trials, int) {
    check_trials(trials);
    excess_of_events<Real> total;
    for (auto const& [treatment, control] : trials) {
        Real const time = treatment.time + control.time;
        total.excess +=
            difference_of_products(treatment.events, control.time, control.events, treatment.time) / time;
        total.variance +=
            (treatment.events + control.events) * (treatment.time / time) * (control.time / time);
    }
    return total;
}

template <class Range>
concept has_excess_of_events = requires(Range const& trials) { count_excess(as_span(trials), 1); };

template <class Range>
concept has_odds = requires(Range const& trials) { table_cells(std::data(trials)[0]); };

} // namespace detail

/// The Cochran-Mantel-Haenszel test of no effect in any trial, chi² with 1 degree of freedom:
///
///     max(0, |sum (a - E)| - continuity)² / sum V,
///     E = n1 (a + c)/N,   V = n1 n2 (a + c)(b + d) / (N² (N - 1)).
///
/// For rates E = t1 x/T and V = x t1 t2/T², x the events of both groups. Mantel & Haenszel 1959, J Natl
/// Cancer Inst 22:719-748, doi:10.1093/jnci/22.4.719.
///
/// \param trials a contiguous range of `two_arms` of events or of rates
/// \param continuity 0.5 for the continuity correction, 0 for none. It corrects the statistic; it has nothing
/// to do with additions to zero cells
/// \throws invalid_input when there is no trial, or one's report is unusable (it names the trial), and for a
/// continuity that is negative or not finite
template <detail::has_excess_of_events Range>
[[nodiscard]] auto cochran_mantel_haenszel_test(Range const& trials, double const continuity = 0) {
    return detail::count_excess(detail::as_span(trials), 1).test(continuity);
}

/// Cochran's test of no effect in any trial: as `cochran_mantel_haenszel_test` with N in place of N - 1 in
/// the variance of events. For rates both tests are the same.
///
/// Cochran 1954, Biometrics 10:417-451, doi:10.2307/3001616.
///
/// \param trials a contiguous range of `two_arms` of events or of rates
/// \param continuity 0.5 for the continuity correction, 0 for none
/// \throws invalid_input when there is no trial, or one's report is unusable (it names the trial), and for a
/// continuity that is negative or not finite
template <detail::has_excess_of_events Range>
[[nodiscard]] auto cochran_test(Range const& trials, double const continuity = 0) {
    return detail::count_excess(detail::as_span(trials), 0).test(continuity);
}

/// The Breslow-Day test that all trials have one odds ratio, and Tarone's correction of it.
template <real Real>
struct basic_breslow_day {
    basic_chi_squared_test<Real> breslow_day; ///< sum (a - A)² / V
    basic_chi_squared_test<Real>
        tarone; ///< the same less (sum (a - A))² / sum V, which makes it exactly chi²
};

using breslow_day_tests = basic_breslow_day<double>;

/// Tests that all trials have the same odds ratio, chi² with k - 1 degrees of freedom:
///
///     sum (a - A)² / V,   V = 1 / (1/A + 1/B + 1/C + 1/D),
///
/// where A to D are the cells that have the trial's margins and the Mantel-Haenszel odds ratio. Trials with
/// an empty margin say nothing and don't count. The tests need no correction of zero cells; where the common
/// odds ratio is 0, infinite or told by no trial, they are `undefined`.
///
/// Breslow & Day 1980, Statistical Methods in Cancer Research 1:142-146; Tarone 1985, Biometrika 72:91-95,
/// doi:10.1093/biomet/72.1.91.
///
/// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
template <detail::has_odds Range>
[[nodiscard]] auto breslow_day_test(Range const& trials) {
    auto const all = detail::as_span(trials);
    detail::check_trials(all);
    using Real = std::remove_cvref_t<decltype(all.front().treatment.count)>;
    Real concordant(0), discordant(0);
    for (auto const& trial : all) {
        auto const t = detail::table_cells<Real>(trial);
        concordant += t.concordant();
        discordant += t.discordant();
    }
    bool const known = concordant > 0 && discordant > 0;
    Real const ratio = known ? Real(concordant / discordant) : detail::not_a_number<Real>();
    Real squares(0), excess(0), information(0);
    std::size_t informative = 0;
    for (auto const& trial : all) {
        auto const t = detail::table_cells<Real>(trial);
        Real const with = t.a + t.c;
        Real const without = t.b + t.d;
        if (!(with > 0 && without > 0)) {
            continue;
        }
        ++informative;
        // A is the root of (ratio - 1) A² - (ratio (with + n1) + n2 - with) A + ratio n1 with = 0 within the
        // margins. The discriminant is a sum of positive terms, and each other cell has a like formula by
        // exchanging arms or outcomes: none is a difference.
        Real const first = ratio * (t.n1 - with);
        Real const second = t.n2 - with;
        Real const mixed = 2 * ratio * (t.n1 * t.n2 + with * without);
        Real const root = sqrt(Real(first * first + mixed + second * second));
        auto const plus_root = [&](Real const& x, Real const& other) -> Real {
            return x < 0 ? Real((other * other + mixed) / (root - x)) : Real(x + root);
        };
        Real const a = 2 * ratio * t.n1 * with / (ratio * (with + t.n1) + plus_root(second, first));
        Real const b = 2 * t.n1 * without / (without + t.n1 + plus_root(Real(-first), second));
        Real const c = 2 * t.n2 * with / (with + t.n2 + plus_root(first, second));
        Real const d =
            2 * ratio * t.n2 * without / (ratio * (without + t.n2) + plus_root(Real(-second), first));
        Real const variance = 1 / (1 / a + 1 / b + 1 / c + 1 / d);
        // The difference of the values that the same quadratic has at the cell and at its root.
        Real const beyond =
            detail::difference_of_products(t.a, t.d, Real(ratio * t.b), t.c) / (ratio * (t.c + b) + t.a + d);
        squares += detail::square(beyond) / variance;
        excess += beyond;
        information += variance;
    }
    Real const degrees_of_freedom = detail::from_count<Real>(informative > 0 ? informative - 1 : 0);
    if (informative == 0 || !known) {
        squares = detail::not_a_number<Real>();
    } else if (informative == 1) {
        squares = excess = Real(0); // a single trial is fitted exactly, but for rounding
    }
    // excess² / information is 0 / 0 where there is no trial that says anything.
    return basic_breslow_day<Real>{
        detail::make_chi_squared_test(squares, degrees_of_freedom),
        detail::make_chi_squared_test(Real(squares - excess * excess / information), degrees_of_freedom)};
}

template <class Studies, class... Rest>
    requires(!detail::has_excess_of_events<Studies>)
ACCRUE_REFUSED("this test takes trials with events or rates in two arms: not their estimates",
               cochran_mantel_haenszel_test(Studies const&, Rest const&...));
template <class Studies, class... Rest>
    requires(!detail::has_excess_of_events<Studies>)
ACCRUE_REFUSED("this test takes trials with events or rates in two arms: not their estimates",
               cochran_test(Studies const&, Rest const&...));
template <class Studies>
    requires(!detail::has_odds<Studies>)
ACCRUE_REFUSED("this test takes trials with events in two arms: not their estimates, nor other reports",
               breslow_day_test(Studies const&));

} // namespace accrue
