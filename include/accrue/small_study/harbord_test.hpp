#pragma once

#include <accrue/effect/peto_log_odds_ratio.hpp>
#include <accrue/estimate.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/detail/informative_trials.hpp>
#include <accrue/small_study/egger_test.hpp>

#include <iterator>
#include <vector>

namespace accrue {

/// Harbord's score test for trials with two arms and a binary outcome: with the score Z = a - E(a) and its
/// variance V given the margins of the table (those of Peto's method), the regression
///
///     Z/V on 1/sqrt(V),   weights V.
///
/// It is Egger's test of Peto's log odds ratios. The null is that the score per information does not change
/// with information. Unlike the standard error of the log odds ratio, V hardly depends on the effect when the
/// effect is moderate, so that it keeps its error where Egger's test does not; with large effects it does not
/// either. Trials in which nobody or everybody had the event have V = 0; they add nothing, and `k` does not
/// count them.
///
/// Harbord, Egger & Sterne 2006, Stat Med 25:3443-3457, doi:10.1002/sim.2380.
template <class Dispersion = estimated_dispersion>
struct harbord_test {
    Dispersion dispersion{};

    /// \param trials any contiguous range of `two_arms<basic_events>`
    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <detail::two_by_two_tables Trials>
    [[nodiscard]] auto operator()(Trials const& trials) const
        -> basic_asymmetry_test<detail::counts_real<Trials>> {
        using Real = detail::counts_real<Trials>;
        std::vector<basic_estimate<Real>> scores;
        for (std::size_t const i : detail::informative_trials(trials)) {
            scores.push_back(peto_log_odds_ratio<>::formula(std::data(trials)[i]));
        }
        if (scores.empty()) {
            return detail::undefined_asymmetry_test<Real>(0, Real(0));
        }
        return egger_test{by_standard_error{}, dispersion}(scores);
    }
    ACCRUE_REFUSE_ALL_BUT_TABLES(operator()(Studies const&) const);
};

template <class Dispersion>
harbord_test(Dispersion) -> harbord_test<Dispersion>;

} // namespace accrue
