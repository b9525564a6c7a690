#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/error.hpp>
#include <accrue/pooled.hpp>
#include <accrue/rare_events/detail/beta_binomial_arm.hpp>
#include <accrue/rare_events/detail/either_way.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace accrue {

/// What a beta-binomial model says of a set of trials; `tau_squared` is 0, since heterogeneity is in the
/// risks.
template <real Real>
struct basic_beta_binomial_pooled : basic_pooled<Real> {
    /// How alike participants of one group are beyond its mean risk, 0 to 1: the variance of the risks is
    /// rho mu (1 - mu). 0 where every group is of one participant, who tells nothing of it.
    Real intraclass_correlation;
    Real log_likelihood; ///< with all constants
};

using beta_binomial_pooled = basic_beta_binomial_pooled<double>;

/// The log odds ratio by beta-binomial regression: in each group the risk of a trial is drawn from a beta
/// distribution with the mean mu of all treatment groups, or of all control groups, and one intraclass
/// correlation rho; the effect is the difference of the logits of the two means. It compares groups, not
/// groups within trials, so that trials with one group, or without any event, say something as well;
/// confounding by trial is not taken out. It does well with rare events: Kuss 2015, Stat Med 34:1097-1116,
/// doi:10.1002/sim.6383.
///
///     pool(beta_binomial{}, trials)
///
/// Given rho, the two means are found separately, each the maximum of a function concave in it; rho by the
/// root of the profile's slope, over a grid, so that rho = 0 (plain binomials) is found exactly. The variance
/// is from the observed information, referred to the normal distribution. `undefined` where one kind of group
/// has no event at all, or nothing but events, and where the likelihood rises with rho up to 1, as it does
/// where most groups have events in every participant or in none.
struct beta_binomial {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "a beta-binomial model"; }

    /// \throws invalid_input when there is no trial, or one's counts are not whole or impossible, or a
    /// total is above 1e10; it names the trial
    template <real Real>
    [[nodiscard]] basic_beta_binomial_pooled<Real>
    operator()(std::span<two_arms<basic_events<Real>> const> const trials) const {
        auto const way = detail::either_way<basic_events<Real>>(trials);
        return way.turned_result(pool_counts(way.trials()));
    }

  private:
    template <real Real>
    [[nodiscard]] basic_beta_binomial_pooled<Real>
    pool_counts(std::span<two_arms<basic_events<Real>> const> const trials) const {
        detail::require_not_empty("trials", trials.size());
        auto treatment = detail::beta_binomial_arm<Real>{};
        auto control = detail::beta_binomial_arm<Real>{};
        detail::for_each_study(trials.size(), [&](std::size_t const i) {
            treatment.add(trials[i].treatment);
            control.add(trials[i].control);
        });
        if (!treatment.has_mean() || !control.has_mean()) {
            return {detail::undefined_pooled<Real>(trials.size()), detail::not_a_number<Real>(),
                    detail::not_a_number<Real>()};
        }
        auto const profile = [&](Real const& gamma) {
            return detail::beta_binomial_place<Real>{gamma, treatment.best(gamma), control.best(gamma)};
        };
        auto best = profile(Real(0));
        bool have_best = !(best.slope() > 0);
        auto before = best;
        for (int power = -40; power <= 12; power += 2) {
            auto const here = profile(Real(std::ldexp(1.0, power)));
            if (before.slope() > 0 && !(here.slope() > 0)) {
                auto const slope = [&](Real const& gamma) { return profile(gamma).slope(); };
                auto const top =
                    profile(detail::root_between<Real>(
                                slope, {before.gamma, here.gamma, before.slope(), here.slope()}, {here.gamma})
                                .value);
                if (!have_best || best.log_likelihood() < top.log_likelihood()) {
                    best = top;
                    have_best = true;
                }
            }
            before = here;
        }
        if (!have_best) {
            return {detail::undefined_pooled<Real>(trials.size()), detail::not_a_number<Real>(),
                    detail::not_a_number<Real>()};
        }
        // The information of the two logits and of gamma; nothing is lost to gamma where it is 0.
        auto const& [gamma, one, other] = best;
        Real const information_one = -one.by_logit_twice;
        Real const information_other = -other.by_logit_twice;
        Real variance = 1 / information_one + 1 / information_other;
        if (gamma > 0) {
            Real const weight = one.by_both / information_one - other.by_both / information_other;
            Real const left = -(one.by_gamma_twice + other.by_gamma_twice) -
                              one.by_both * one.by_both / information_one -
                              other.by_both * other.by_both / information_other;
            variance += weight * weight / left;
        }
        return {
            {one.logit - other.logit, variance, Real(0), detail::infinity<Real>(), trials.size(), status::ok},
            gamma / (1 + gamma),
            best.log_likelihood()};
    }
};

} // namespace accrue
