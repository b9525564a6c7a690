#pragma once

#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/small_study/detail/log_odds_ratio_line.hpp>
#include <accrue/small_study/dispersion.hpp>
#include <accrue/small_study/macaskill_test.hpp>

namespace accrue {

/// Peters's test for trials with two arms and a binary outcome: the log odds ratio on 1/N,
///
///     log odds ratio on 1/N,   weights (events)(non-events)/N, both of the two arms together.
///
/// The null is that the log odds ratio does not change with the size of the trial; the intercept is that of
/// an infinitely large one. Neither the predictor nor the weights depend on which arm had the events, so it
/// keeps its error where Egger's test does not. Trials in which nobody or everybody had the event have weight
/// 0 and are not counted. It is Macaskill's test with 1/N in place of N.
///
/// Peters, Sutton, Jones, Abrams & Rushton 2006, JAMA 295:676-680, doi:10.1001/jama.295.6.676.
template <class Dispersion = estimated_dispersion, class Measure = log_odds_ratio<>>
struct peters_test {
    Dispersion dispersion{};
    Measure measure{}; ///< of the effects, with its policy for zero cells

    /// \param trials any contiguous range of `two_arms<basic_events>`
    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <detail::two_by_two_tables Trials>
    [[nodiscard]] auto operator()(Trials const& trials) const {
        return detail::margins_test(
            measure, trials, [](auto const& margins, auto const&) { return 1 / margins.total; },
            pooled_variance_weights{}, dispersion);
    }
    ACCRUE_REFUSE_ALL_BUT_TABLES(operator()(Studies const&) const);
};

template <class Dispersion, class Measure = log_odds_ratio<>>
peters_test(Dispersion, Measure = {}) -> peters_test<Dispersion, Measure>;

} // namespace accrue
