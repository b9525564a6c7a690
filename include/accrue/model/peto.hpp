#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/pooled.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <span>
#include <string>

namespace accrue {

/// Peto's one-step pooled log odds ratio, treatment over control:
///
///     effect = sum (O - E) / sum V,   variance = 1 / sum V,
///
/// with O the events under treatment, E and V their mean and variance given the margins of the trial's table
/// (hypergeometric). No zero cell needs a correction; trials without events, or with nothing but events, say
/// nothing and count as studies only. It is good for rare events and arms of similar size, biased for large
/// effects and very unequal arms. Referred to the normal distribution. NaN with the status `undefined` when
/// no trial says anything.
///
/// Yusuf, Peto, Lewis, Collins & Sleight 1985, Prog Cardiovasc Dis 27:335-371,
/// doi:10.1016/S0033-0620(85)80003-7.
struct peto {
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Peto's method"; }

    /// \throws invalid_input when there is no trial, or one's counts are impossible; it names the trial
    template <real Real>
    [[nodiscard]] basic_pooled<Real>
    operator()(std::span<two_arms<basic_events<Real>> const> const trials) const {
        detail::check_trials(trials);
        Real excess(0);
        Real information(0);
        for (auto const& trial : trials) {
            auto const t = detail::table_cells<Real>(trial);
            if (t.n > 1) {
                excess += t.excess();
                information += t.excess_variance();
            }
        }
        if (!(information > 0)) {
            return detail::undefined_pooled<Real>(trials.size());
        }
        return {excess / information,     1 / information, Real(0),
                detail::infinity<Real>(), trials.size(),   status::ok};
    }
};

} // namespace accrue
