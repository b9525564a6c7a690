#pragma once

#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/log_odds_ratio_line.hpp>
#include <accrue/small_study/dispersion.hpp>

namespace accrue {

/// Weights (events)(non-events)/N of both arms together, the inverse of 1/events + 1/non-events: the 'pooled
/// variance' of Macaskill et al. (FPV). They do not depend on which arm had the events.
struct pooled_variance_weights {
    template <real Real>
    [[nodiscard]] Real operator()(detail::table_margins<Real> const& margins,
                                  basic_estimate<Real> const&) const {
        return margins.with * (margins.without / margins.total);
    }
};

/// Weights 1/v (FIV of Macaskill et al.). R meta's "Macaskill" uses these.
struct sampling_variance_weights {
    template <real Real>
    [[nodiscard]] Real operator()(detail::table_margins<Real> const&,
                                  basic_estimate<Real> const& study) const {
        return 1 / study.variance;
    }
};

/// Macaskill's test for trials with two arms and a binary outcome: the log odds ratio on the number of
/// participants N, with `pooled_variance_weights` or `sampling_variance_weights`: say which.
///
/// The null is that the log odds ratio does not change with the size of the trial. The intercept belongs to
/// a trial without participants and means nothing. With weights 1/v, which depend on the effect, it shares
/// the faults of Egger's test; one very large trial decides it, since N is not scaled. `peters_test` has more
/// power.
///
/// Macaskill, Walter & Irwig 2001, Stat Med 20:641-654, doi:10.1002/sim.698.
template <class Weights = pooled_variance_weights, class Dispersion = estimated_dispersion,
          class Measure = log_odds_ratio<>>
struct macaskill_test {
    Weights weights{};
    Dispersion dispersion{};
    Measure measure{}; ///< of the effects, with its policy for zero cells

    /// \param trials any contiguous range of `two_arms<basic_events>`
    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <detail::two_by_two_tables Trials>
    [[nodiscard]] auto operator()(Trials const& trials) const {
        return detail::margins_test(
            measure, trials, [](auto const& margins, auto const&) { return margins.total; }, weights,
            dispersion);
    }
    ACCRUE_REFUSE_ALL_BUT_TABLES(operator()(Studies const&) const);
};

template <class Weights, class Dispersion = estimated_dispersion, class Measure = log_odds_ratio<>>
macaskill_test(Weights, Dispersion = {}, Measure = {}) -> macaskill_test<Weights, Dispersion, Measure>;

} // namespace accrue
