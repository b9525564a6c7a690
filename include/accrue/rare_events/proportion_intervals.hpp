#pragma once

#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/rare_events/detail/log_odds_root.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>

/// \file
/// Intervals of one group's risk, for the rows of a forest plot of proportions: each is a callable value,
/// (events, level) -> interval, with limits from 0 to 1. The normal interval of a logit has no finite limits
/// where there is no event; these have.

namespace accrue {

namespace detail {

/// Refuses what incomplete beta functions have no digits for.
template <real Real>
void check_for_incomplete_beta(basic_events<Real> const& group) {
    check(group);
    require(group.total < Real(9007199254740992.0), "total",
            "below 2^53, from where a double can't count participants", group.total);
}

} // namespace detail

/// The exact interval: the risks at which as many events or more, and as few or fewer, have a probability of
/// (1 - level) / 2. It covers with at least its level, whatever the risk. In groups of 1e9 and more it loses
/// digits, as the incomplete beta function does; `wilson` keeps them, and differs by little there. Clopper &
/// Pearson 1934, Biometrika 26:404-413, doi:10.1093/biomet/26.4.404.
struct clopper_pearson {
    /// \throws invalid_input unless 0 < level < 1, for impossible counts, and unless the total is below 2^53
    template <real Real>
    [[nodiscard]] basic_interval<Real> operator()(basic_events<Real> const& group, double const level) const {
        detail::check_for_incomplete_beta(group);
        detail::require_between_0_and_1("level", level);
        Real const share = (1 - Real(level)) / 2;
        Real const others = group.total - group.count;
        return detail::in_order<Real>(
            {group.count > 0 ? detail::incomplete_beta_inverse(group.count, Real(others + 1), share)
                             : Real(0),
             others > 0 ? detail::incomplete_beta_complement_inverse(Real(group.count + 1), others, share)
                        : Real(1)});
    }
};

/// The score interval: the risks that a test by the normal distribution with their own variance does not
/// reject,
///
///     [p + z²/(2n) ± z sqrt(p (1 - p)/n + z²/(4n²))] / (1 + z²/n).
///
/// Its coverage is near its level on average. Wilson 1927, J Am Stat Assoc 22:209-212, doi:10.2307/2276774.
struct wilson {
    /// \throws invalid_input unless 0 < level < 1, and for impossible counts
    template <real Real>
    [[nodiscard]] basic_interval<Real> operator()(basic_events<Real> const& group, double const level) const {
        detail::check(group);
        detail::require_between_0_and_1("level", level);
        Real const z = basic_normal<Real>::upper_quantile((1 - Real(level)) / 2);
        Real const z_square = z * z;
        Real const others = group.total - group.count;
        Real const root = z * sqrt(Real(group.count * (others / group.total) + z_square / 4));
        Real const upper = group.count + z_square / 2 + root;
        // The product of the two limits is known, so that neither is a difference.
        return detail::in_order<Real>(
            {group.count > 0 ? Real(group.count * (group.count / group.total) / upper) : Real(0),
             others > 0 ? Real(upper / (group.total + z_square)) : Real(1)});
    }
};

/// As Clopper and Pearson's, with the events observed counted by half in both tails: narrower, and with its
/// level as the coverage on average rather than at least. It loses digits in large groups as that does.
/// Lancaster 1961, doi:10.2307/2282247.
struct mid_p_interval {
    /// \throws invalid_input unless 0 < level < 1, for impossible counts, and unless the total is below 2^53
    template <real Real>
    [[nodiscard]] basic_interval<Real> operator()(basic_events<Real> const& group, double const level) const {
        detail::check_for_incomplete_beta(group);
        detail::require_between_0_and_1("level", level);
        Real const share = (1 - Real(level)) / 2;
        Real const others = group.total - group.count;
        auto const risk_at = [](Real const& logit) { return Real(1 / (1 + exp(Real(-logit)))); };
        // P(X > x) and P(X >= x), whose mean the share is, are the incomplete beta functions I_p(x + 1, n -
        // x) and I_p(x, n - x + 1); P(X <= x) and P(X < x) are what they leave.
        auto const above = [&](Real const& logit) {
            Real const risk = risk_at(logit);
            Real const at_least = detail::incomplete_beta(group.count, Real(others + 1), risk);
            Real const more =
                others > 0 ? detail::incomplete_beta(Real(group.count + 1), others, risk) : Real(0);
            return Real(share - (at_least + more) / 2);
        };
        auto const below = [&](Real const& logit) {
            Real const risk = risk_at(logit);
            Real const at_most = detail::incomplete_beta_complement(Real(group.count + 1), others, risk);
            Real const fewer = group.count > 0
                                   ? detail::incomplete_beta_complement(group.count, Real(others + 1), risk)
                                   : Real(0);
            return Real((at_most + fewer) / 2 - share);
        };
        return detail::in_order<Real>(
            {group.count > 0 ? risk_at(detail::log_odds_root<Real>(above)) : Real(0),
             others > 0 ? risk_at(detail::log_odds_root<Real>(below)) : Real(1)});
    }
};

} // namespace accrue
