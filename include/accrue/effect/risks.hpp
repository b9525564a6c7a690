#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <concepts>
#include <span>

/// \file
/// At which risks the variance of a binary measure is taken. The formula contains the true risks; a report
/// gives estimates. Each study's own are the usual choice, and the default. Where events are few they make a
/// study's weight follow its own chance result: a trial that by luck saw few events looks more (risk
/// difference) or less (ratios) precise than it is. The alternatives replace the events that the variance
/// sees, never the totals and never the effect:
///
///     own_risks       each group's own risk
///     common_risk     the study's risk over both groups: the variance if there were no effect
///     average_risks   the risk of each arm over all studies, for every study
///
/// Any callable from a report to a report will do, a `zero_cell_policy` among them: with
/// `risk_difference{zero_cell_policy{no_correction{}}, binomial_variance{}, zero_cell_policy{}}` a zero cell
/// is corrected in the variance alone.

namespace accrue {

/// The variance is taken at each group's own risk.
struct own_risks {
    template <class Report>
    [[nodiscard]] Report operator()(Report const& report) const {
        return report;
    }
};

/// What a group would show at another risk than its own. Events and non-events are held apart, because one
/// can't be had from the other without loss when nearly everybody has the event.
template <real Real>
struct basic_expected_events {
    Real count;  ///< expected participants with the event
    Real others; ///< expected participants without it
    Real total;  ///< all participants of the group
};

/// Expected participants without the event.
template <real Real>
[[nodiscard]] constexpr Real non_events(basic_expected_events<Real> const& group) {
    return group.others;
}

namespace detail {

// The group with the risk of `reference`.
template <real Real>
basic_expected_events<Real> at_risk_of(basic_events<Real> const& reference, basic_events<Real> const& group) {
    Real const share = group.total / reference.total;
    return {reference.count * share, non_events(reference) * share, group.total};
}

template <real Real>
void require_risk(basic_events<Real> const& reference) {
    require_positive("events of the risk in a variance", reference.count);
    require_positive("non-events of the risk in a variance", non_events(reference));
}

} // namespace detail

/// The variance is taken at the risk (a + c)/N of both groups together, which is right when there is no
/// effect; for tests of that hypothesis (metafor "H0").
struct common_risk {
    template <real Real>
    [[nodiscard]] two_arms<basic_expected_events<Real>>
    operator()(two_arms<basic_events<Real>> const& trial) const {
        auto const& [treatment, control] = trial;
        Real const n = treatment.total + control.total;
        Real const with = treatment.count + control.count;
        Real const without = non_events(treatment) + non_events(control);
        auto const at = [&](Real const& total) -> basic_expected_events<Real> {
            return {with * (total / n), without * (total / n), total};
        };
        return {at(treatment.total), at(control.total)};
    }
};

/// The variance is taken at the risks of this group or trial, whatever a study's own: `risks_of{events{31,
/// 1000}}` for the proportion of one group, `risks_of{two_arms<events>{{31, 1000}, {40, 900}}}` for trials.
/// What `average_risks` becomes. It throws `invalid_input` unless the risks lie between 0 and 1, both
/// excluded.
template <class Report>
struct risks_of {
    Report reference;

    template <real Real>
        requires std::same_as<Report, basic_events<Real>>
    [[nodiscard]] basic_expected_events<Real> operator()(basic_events<Real> const& group) const {
        detail::require_risk(reference);
        return detail::at_risk_of(reference, group);
    }

    template <real Real>
        requires std::same_as<Report, two_arms<basic_events<Real>>>
    [[nodiscard]] two_arms<basic_expected_events<Real>>
    operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::require_risk(reference.treatment);
        detail::require_risk(reference.control);
        return {detail::at_risk_of(reference.treatment, trial.treatment),
                detail::at_risk_of(reference.control, trial.control)};
    }
};

template <class Report>
risks_of(Report) -> risks_of<Report>;

/// The variance is taken at the risks of all studies together, Σa/Σn1 and Σc/Σn2, after zero cells have been
/// corrected, so that weights depend on the studies' sizes alone (Berkey et al. 1995,
/// doi:10.1002/sim.4780140406; metafor "AV"). It needs the whole set, so a measure that holds it works
/// through `effects` alone.
struct average_risks {
    template <real Real>
    [[nodiscard]] risks_of<two_arms<basic_events<Real>>>
    for_studies(std::span<two_arms<basic_events<Real>> const> const trials) const {
        two_arms<basic_events<Real>> all{{Real(0), Real(0)}, {Real(0), Real(0)}};
        for (auto const& trial : trials) {
            add(all.treatment, trial.treatment);
            add(all.control, trial.control);
        }
        return {all};
    }

    template <real Real>
    [[nodiscard]] risks_of<basic_events<Real>>
    for_studies(std::span<basic_events<Real> const> const groups) const {
        basic_events<Real> all{Real(0), Real(0)};
        for (auto const& group : groups) {
            add(all, group);
        }
        return {all};
    }

  private:
    template <real Real>
    static void add(basic_events<Real>& sum, basic_events<Real> const& group) {
        sum.count = sum.count + group.count;
        sum.total = sum.total + group.total;
    }
};

} // namespace accrue
