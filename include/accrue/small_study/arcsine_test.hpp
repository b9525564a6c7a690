#pragma once

#include <accrue/effect/arcsine_difference.hpp>
#include <accrue/effect/effects.hpp>
#include <accrue/error.hpp>
#include <accrue/small_study/detail/informative_trials.hpp>
#include <accrue/small_study/egger_test.hpp>

#include <iterator>

namespace accrue {

/// Rücker's arcsine test for trials with two arms and a binary outcome: Egger's test of the arcsine
/// differences (`arcsine_difference`).
///
/// The variance of an arcsine difference depends on the sizes of the arms alone, so that effects and standard
/// errors do not go together by themselves, and trials without events take part uncorrected. The null is that
/// the arcsine difference does not change with size: when risks differ between small and large trials it can
/// fail although the odds ratio is the same everywhere. With `additive_dispersion` it is Rücker's AS+RE.
///
/// Rücker, Schwarzer & Carpenter 2008, Stat Med 27:746-763, doi:10.1002/sim.2971.
template <class Dispersion = estimated_dispersion>
struct arcsine_test {
    Dispersion dispersion{};

    /// \param trials any contiguous range of `two_arms<basic_events>`
    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <detail::two_by_two_tables Trials>
    [[nodiscard]] auto operator()(Trials const& trials) const
        -> basic_asymmetry_test<detail::counts_real<Trials>> {
        detail::require_not_empty("trials", std::size(trials));
        return egger_test{by_standard_error{}, dispersion}(effects(arcsine_difference{}, trials));
    }
    ACCRUE_REFUSE_ALL_BUT_TABLES(operator()(Studies const&) const);
};

template <class Dispersion>
arcsine_test(Dispersion) -> arcsine_test<Dispersion>;

} // namespace accrue
