#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/from_report.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/log_rank.hpp>
#include <accrue/report/reported.hpp>
#include <accrue/report/two_arms.hpp>

#include <type_traits>

/// \file
/// The log-rank statistic, O - E and V, of papers that print a log-rank chi² or p-value and numbers of events
/// alone. `log_hazard_ratio` makes an estimate of it:
///
///     auto const v = log_rank_variance(two_arms{events{34, 120}, events{45, 118}});
///     log_hazard_ratio{}(log_rank_from_p_value(reported::two_sided_p{0.04}, v, -1));
///
/// Neither a chi² nor a two-sided p-value says which group did better: `direction` is any number with the
/// sign of the log hazard ratio, negative where the treatment had fewer events than expected.
///
/// Parmar, Torri & Stewart 1998, Stat Med 17:2815-2834; Tierney, Stewart, Ghersi, Burdett & Sydes 2007,
/// Trials 8:16, doi:10.1186/1745-6215-8-16, methods 3 to 9 of its calculations.

namespace accrue {

namespace detail {

template <real Real>
[[nodiscard]] basic_log_rank<Real> log_rank_of_size(Real const& statistic, Real const& variance,
                                                    Real const& direction) {
    require_positive("variance", variance);
    require(direction < 0 || direction > 0, "direction",
            "negative where the treatment had fewer events than expected, or positive", direction);
    Real const size = statistic * sqrt(variance);
    return {direction < 0 ? Real(-size) : size, variance};
}

} // namespace detail

/// V from the events of both groups together and the treatment's share of participants:
/// V = events x share (1 - share), a quarter of the events where groups are equal.
///
/// \throws invalid_input unless there are events, and the share is in (0, 1)
template <real Real = double>
[[nodiscard]] Real log_rank_variance(std::type_identity_t<Real> const& all_events,
                                     std::type_identity_t<Real> const& treatment_share = Real(0.5)) {
    detail::require_positive("all_events", all_events);
    detail::require_between_0_and_1("treatment_share", treatment_share);
    return all_events * treatment_share * (1 - treatment_share);
}

/// V from the events and participants of each group: the events of both together times the two shares of
/// participants.
///
/// \throws invalid_input for impossible counts, and where there is no event
template <real Real>
[[nodiscard]] Real log_rank_variance(two_arms<basic_events<Real>> const& trial) {
    auto const& [treatment, control] = trial;
    detail::check(trial);
    return log_rank_variance<Real>(Real(treatment.count + control.count),
                                   Real(treatment.total / (treatment.total + control.total)));
}

/// V from the events of each group alone: their product over their sum. It presumes that groups are of one
/// size and hazards not far apart.
///
/// \throws invalid_input unless both groups have events
template <real Real = double>
[[nodiscard]] Real log_rank_variance_from_events(std::type_identity_t<Real> const& treatment_events,
                                                 std::type_identity_t<Real> const& control_events) {
    detail::require_positive("treatment_events", treatment_events);
    detail::require_positive("control_events", control_events);
    return treatment_events / (treatment_events + control_events) * control_events;
}

/// O - E = ± sqrt(chi² V).
///
/// \throws invalid_input unless chi² is finite and not negative, V positive and the direction not 0
template <real Real = double>
[[nodiscard]] basic_log_rank<Real> log_rank_from_chi_squared(std::type_identity_t<Real> const& statistic,
                                                             std::type_identity_t<Real> const& variance,
                                                             std::type_identity_t<Real> const& direction) {
    detail::require(statistic >= 0 && detail::is_finite(statistic), "chi²", "finite and not negative",
                    statistic);
    return detail::log_rank_of_size<Real>(sqrt(statistic), variance, direction);
}

/// O - E = ± z sqrt(V), z the normal deviate of a two-sided or one-sided p-value.
///
/// \throws invalid_input unless 0 < p < 1 (a one-sided p below 0.5), V is positive and the direction not 0
template <real Real, template <real> class P>
    requires requires(P<Real> const& p) { statistic_from_p_value(p); }
[[nodiscard]] basic_log_rank<Real> log_rank_from_p_value(P<Real> const& p,
                                                         std::type_identity_t<Real> const& variance,
                                                         std::type_identity_t<Real> const& direction) {
    return detail::log_rank_of_size<Real>(statistic_from_p_value(p), variance, direction);
}

} // namespace accrue
