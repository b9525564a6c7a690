#pragma once

#include <accrue/effect/detail/settled.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/matched_pairs.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

#include <algorithm>
#include <span>
#include <type_traits>

/// \file
/// A ratio does not exist when a count it is made of is zero. The customary way out adds a little to the
/// counts. What is added, to which studies, and what becomes of studies without events in either group are
/// three choices that change results when events are rare; here each is a value, and together they are a
/// `zero_cell_policy`, an option of every measure that needs one.
///
/// The default, `zero_cell_policy{}`, adds 0.5 to every cell of each study that has a zero cell, and keeps
/// double-zero studies: the default of metafor's `escalc` and of Stata's `meta esize`, and RevMan's for a
/// study with one zero. RevMan and Mantel-Haenszel methods leave double-zero studies out of ratios, which is
/// `drop_double_zeros{}`. They are kept here unless asked otherwise because leaving out participants should
/// be somebody's decision. Where it is open to you, prefer a method that needs no correction
/// (Mantel-Haenszel, Peto).

namespace accrue {

namespace detail {

template <real Real>
bool has_zero(basic_events<Real> const& group) {
    return !(group.count > 0) || !(group.count < group.total);
}

template <real Real>
bool has_zero(basic_rate<Real> const& group) {
    return !(group.events > 0);
}

template <class Group>
bool has_zero(two_arms<Group> const& trial) {
    return has_zero(trial.treatment) || has_zero(trial.control);
}

template <real Real>
bool has_zero(basic_matched_pairs<Real> const& study) {
    return !(study.both > 0) || !(study.treatment_only > 0) || !(study.control_only > 0) ||
           !(study.neither > 0);
}

// No participant of either group had the event, or (for groups of participants) every one had it.
template <real Real>
bool is_double_zero(two_arms<basic_events<Real>> const& trial) {
    auto const& [a, c] = trial;
    return (!(a.count > 0) && !(c.count > 0)) || (!(a.count < a.total) && !(c.count < c.total));
}

template <real Real>
bool is_double_zero(two_arms<basic_rate<Real>> const& trial) {
    return has_zero(trial.treatment) && has_zero(trial.control);
}

// `amount` more in each cell: both events and non-events of a group of participants.
template <real Real>
basic_events<Real> with_added(basic_events<Real> const& group, Real const& amount) {
    return {group.count + amount, group.total + 2 * amount};
}

template <real Real>
basic_rate<Real> with_added(basic_rate<Real> const& group, Real const& amount) {
    return {group.events + amount, group.time};
}

template <real Real>
basic_matched_pairs<Real> with_added(basic_matched_pairs<Real> const& study, Real const& amount) {
    return {study.both + amount, study.treatment_only + amount, study.control_only + amount,
            study.neither + amount};
}

template <real Real>
Real size_of(basic_events<Real> const& group) {
    return group.total;
}

template <real Real>
Real size_of(basic_rate<Real> const& group) {
    return group.time;
}

// Of two groups: one alone is no double zero, and matched pairs are not.
template <class Trial>
concept can_be_double_zero = requires(Trial const& trial) { is_double_zero(trial); };

inline void require_amount(double const amount) {
    require_not_negative("zero-cell amount", amount);
}

} // namespace detail

/// Adds nothing. A ratio with a zero cell then throws `invalid_input`.
struct no_correction {
    template <class Trial>
    [[nodiscard]] Trial operator()(Trial const& trial) const {
        return trial;
    }
};

/// Adds the same to every cell: 0.5 is the correction of Haldane (1956,
/// doi:10.1111/j.1469-1809.1955.tb01285.x), Gart and Anscombe, and of RevMan, Stata and metafor. It pulls
/// towards no effect when groups have one size, and away from it when they do not.
struct constant_correction {
    double amount = 0.5; ///< added to each cell, zero or positive

    template <class Group>
    [[nodiscard]] two_arms<Group> operator()(two_arms<Group> const& trial) const {
        return {(*this)(trial.treatment), (*this)(trial.control)};
    }
    template <template <real> class Report, real Real>
    [[nodiscard]] Report<Real> operator()(Report<Real> const& report) const {
        detail::require_amount(amount);
        return detail::with_added(report, Real(amount));
    }
};

/// Adds to the events and to the total, but nothing to the non-events: (a + c)/(n + c). Hartung and Knapp
/// 2001 (doi:10.1002/sim.1009, eq. 18) use it for the risk ratio; so does R meta unless `RR.Cochrane = TRUE`.
struct event_correction {
    double amount = 0.5; ///< added to the events of each group, zero or positive

    template <real Real>
    [[nodiscard]] two_arms<basic_events<Real>> operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::require_amount(amount);
        Real const c(amount);
        return {{trial.treatment.count + c, trial.treatment.total + c},
                {trial.control.count + c, trial.control.total + c}};
    }
};

/// Adds to each group in proportion to its size (that is, to the reciprocal of the opposite group's):
/// `total` n1/N to the treatment cells, `total` n2/N to the control cells (Sweeting, Sutton & Lambert 2004,
/// doi:10.1002/sim.1761, "treatment arm correction"; meta's "TACC"). A double-zero study then shows no effect
/// however unequal its groups. Person-time takes the place of n for rates.
struct treatment_arm_correction {
    double total = 1; ///< what one treatment cell and one control cell receive together, zero or positive

    template <class Group>
    [[nodiscard]] two_arms<Group> operator()(two_arms<Group> const& trial) const {
        detail::require_amount(total);
        auto const n1 = detail::size_of(trial.treatment);
        auto const n2 = detail::size_of(trial.control);
        using Real = std::remove_const_t<decltype(n1)>;
        return {detail::with_added(trial.treatment, Real(total * n1 / (n1 + n2))),
                detail::with_added(trial.control, Real(total * n2 / (n1 + n2)))};
    }
};

/// The `empirical_correction` once the odds ratio of the other studies is known: with R = n2/n1 it adds
/// `total` Ω/(R + Ω) to the treatment cells and `total` R/(R + Ω) to the control cells.
struct odds_ratio_correction {
    double odds_ratio; ///< Ω, the odds ratio expected before seeing the study, positive
    double total = 1;  ///< what one treatment cell and one control cell receive together, zero or positive

    template <real Real>
    [[nodiscard]] two_arms<basic_events<Real>> operator()(two_arms<basic_events<Real>> const& trial) const {
        detail::require_amount(total);
        detail::require_positive("odds ratio of the zero-cell correction", odds_ratio);
        Real const r = trial.control.total / trial.treatment.total;
        Real const omega(odds_ratio);
        return {detail::with_added(trial.treatment, Real(total * omega / (r + omega))),
                detail::with_added(trial.control, Real(total * r / (r + omega)))};
    }
};

/// Adds so that a study without events shows about the odds ratio of those that have them (Sweeting et al.
/// 2004, "empirical correction"): an `odds_ratio_correction` whose Ω is the Mantel-Haenszel odds ratio of the
/// studies without a zero cell. It needs the whole set, so a measure that holds it works through `effects`
/// alone; `effects` throws `invalid_input` when no study is free of zeros.
struct empirical_correction {
    double total = 1; ///< what one treatment cell and one control cell receive together, zero or positive

    template <real Real>
    [[nodiscard]] odds_ratio_correction
    for_studies(std::span<two_arms<basic_events<Real>> const> const trials) const {
        Real concordant(0);
        Real discordant(0);
        for (auto const& trial : trials) {
            if (!detail::has_zero(trial)) {
                auto const t = detail::table_cells<Real>(trial);
                concordant += t.concordant();
                discordant += t.discordant();
            }
        }
        detail::require_that(discordant > 0,
                             "the empirical zero-cell correction needs a study without a zero cell");
        return {static_cast<double>(concordant / discordant), total};
    }
};

/// Corrects the studies that have a zero cell, and no other.
struct studies_with_a_zero {
    template <class Trial>
    [[nodiscard]] bool operator()(Trial const& trial) const {
        return detail::has_zero(trial);
    }
};

/// Corrects double-zero studies, and no other; of trials with two arms.
struct double_zero_studies {
    template <detail::can_be_double_zero Trial>
    [[nodiscard]] bool operator()(Trial const& trial) const {
        return detail::is_double_zero(trial);
    }
};

/// Corrects every study.
struct all_studies {
    template <class Trial>
    [[nodiscard]] bool operator()(Trial const&) const {
        return true;
    }
};

/// Corrects every study or none, as decided beforehand; what `all_studies_if_any_has_a_zero` becomes.
struct all_or_none {
    bool all;

    template <class Trial>
    [[nodiscard]] bool operator()(Trial const&) const {
        return all;
    }
};

/// Corrects every study as soon as one has a zero cell (metafor "if0all"); one that `drop_double_zeros`
/// leaves out does not count. It needs the whole set, so a measure that holds it works through `effects`
/// alone.
struct all_studies_if_any_has_a_zero {
    template <class Trial>
    [[nodiscard]] all_or_none for_studies(std::span<Trial const> const trials) const {
        return {std::any_of(trials.begin(), trials.end(),
                            [](Trial const& trial) { return detail::has_zero(trial); })};
    }
};

/// Keeps double-zero studies, corrected like the others.
struct keep_double_zeros {
    template <class Trial>
    [[nodiscard]] bool operator()(Trial const&) const {
        return true;
    }
};

/// Leaves out studies in which no participant had the event, or all had it, in both groups (RevMan; metafor
/// `drop00`); of trials with two arms. A measure that holds it works through `effects` alone, whose result is
/// then shorter than the trials; `included_studies` says which ones it holds.
struct drop_double_zeros {
    template <detail::can_be_double_zero Trial>
    [[nodiscard]] bool operator()(Trial const& trial) const {
        return !detail::is_double_zero(trial);
    }
    template <class Trial>
    [[nodiscard]] keep_double_zeros for_studies(std::span<Trial const>) const {
        return {};
    }
};

namespace detail {

template <class Choice, class Trial>
auto settled(Choice const& choice, std::span<Trial const> const trials) {
    if constexpr (needs_all_studies<Choice, Trial>) {
        return choice.for_studies(trials);
    } else {
        return choice;
    }
}

} // namespace detail

/// What is added to zero cells, to which studies, and whether double-zero studies stay; see the top of this
/// header for the conventions' names.
///
/// Each choice is a callable value: `Correction` takes a report to a report, `Studies` and `DoubleZeros` say
/// of a report whether it is corrected and whether it is kept. Your own types work like those of this header.
/// A choice that depends on the set of studies has a member `for_studies(std::span<Trial const>)` instead,
/// which returns the choice for that set; the policy can then be used through `effects` alone.
template <class Correction = constant_correction, class Studies = studies_with_a_zero,
          class DoubleZeros = keep_double_zeros>
struct zero_cell_policy {
    Correction correction{};
    Studies studies{};
    DoubleZeros double_zeros{};

    /// The report with its cells as the measure's formula shall see them; only for a policy whose choices
    /// don't depend on the other studies.
    template <class Trial>
        requires(!detail::needs_all_studies<Correction, Trial> &&
                 !detail::needs_all_studies<Studies, Trial> &&
                 !detail::needs_all_studies<DoubleZeros, Trial> &&
                 detail::settled_for<Trial, Correction, Studies>)
    [[nodiscard]] Trial operator()(Trial const& trial) const {
        return studies(trial) ? correction(trial) : trial;
    }

    /// The policy for this set of studies, which no longer depends on any other.
    template <class Trial>
    [[nodiscard]] auto for_studies(std::span<Trial const> const trials) const {
        return zero_cell_policy<decltype(detail::settled(correction, trials)),
                                decltype(detail::settled(studies, trials)),
                                decltype(detail::settled(double_zeros, trials))>{
            detail::settled(correction, trials), detail::settled(studies, trials),
            detail::settled(double_zeros, trials)};
    }
};

template <class Correction, class Studies = studies_with_a_zero, class DoubleZeros = keep_double_zeros>
zero_cell_policy(Correction, Studies = {}, DoubleZeros = {})
    -> zero_cell_policy<Correction, Studies, DoubleZeros>;

} // namespace accrue
