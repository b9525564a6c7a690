#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/model/detail/mantel_haenszel_sums.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// The Mantel-Haenszel model: one true effect behind all trials, estimated from sums over trials of the
/// counts themselves, so that trials may be small and have zero cells. With a and c events of n1 and n2, b
/// and d participants without, N = n1 + n2 (x events in the time t for rates, T = t1 + t2):
///
///     log_odds_ratio             log (sum a d/N / sum b c/N)
///     log_risk_ratio             log (sum a n2/N / sum c n1/N)
///     risk_difference            sum (a n2 - c n1)/N / sum n1 n2/N
///     log_incidence_rate_ratio   log (sum x1 t2/T / sum x2 t1/T)
///     incidence_rate_difference  sum (x1 t2 - x2 t1)/T / sum t1 t2/T
///
/// A difference is the mean of the trials' differences with weights n1 n2/N, the inverse of its variance but
/// for the event's frequency; a ratio puts the same kind of weight on numerator and denominator apart, so
/// that a trial's own ratio need not exist.
///
/// The variance, of the logarithm for ratios, with R and S the two sums of a ratio and W the sum of a
/// difference's weights:
///
/// - `log_odds_ratio` (Robins, Breslow & Greenland 1986): with P = (a + d)/N, Q = (b + c)/N and each trial's
///   r = a d/N, s = b c/N, it is (sum P r / R² + sum (P s + Q r) / (R S) + sum Q s / S²) / 2;
/// - `log_risk_ratio` (Greenland & Robins 1985): sum ((a n1 d + c n2 b) / N²) / (R S);
/// - `risk_difference`: `sato_variance` or `greenland_robins_variance`;
/// - `log_incidence_rate_ratio` (Greenland & Robins 1985): sum ((x1 + x2) t1 t2 / T²) / (R S);
/// - `incidence_rate_difference` (Rothman, Greenland & Lash 2008): sum ((x1 t2² + x2 t1²) / T²) / W².
///
/// Counts are used as they are: the measure says which effect is meant, its zero-cell policy plays no part.
/// (To pool corrected counts, correct the trials first.) Trials without events in either group add nothing to
/// a ratio, but count as studies. NaN with the status `undefined` when a sum is zero. Referred to the normal
/// distribution.
///
/// Mantel & Haenszel 1959, J Natl Cancer Inst 22:719-748, doi:10.1093/jnci/22.4.719; Robins, Breslow &
/// Greenland 1986, Biometrics 42:311-323, doi:10.2307/2531052; Greenland & Robins 1985, Biometrics 41:55-68,
/// doi:10.2307/2530643; Rothman, Greenland & Lash 2008, Modern Epidemiology, 3rd ed., ch. 15.
template <class Measure = log_odds_ratio<>, class Variance = sato_variance>
struct mantel_haenszel {
    Measure measure{};   ///< one of the five measures above
    Variance variance{}; ///< of a risk difference; the other measures have one variance each

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "the Mantel-Haenszel method"; }

    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <class Trial>
        requires detail::has_mantel_haenszel_sums<Measure, Variance, Trial>
    [[nodiscard]] auto operator()(std::span<Trial const> const trials) const {
        detail::check_trials(trials);
        auto sums = detail::mantel_haenszel_sums<Measure, Variance, Trial>{};
        for (auto const& trial : trials) {
            sums.add(trial);
        }
        return sums.result(trials.size());
    }

    /// Each trial's share in the sum of the weights, which is the denominator of the pooled ratio or
    /// difference; the shares add up to 1.
    ///
    /// \throws invalid_input as pooling does
    template <class Trial>
        requires detail::has_mantel_haenszel_sums<Measure, Variance, Trial>
    [[nodiscard]] auto weights(std::span<Trial const> const trials) const {
        detail::check_trials(trials);
        using sums = detail::mantel_haenszel_sums<Measure, Variance, Trial>;
        std::vector<decltype(sums::weight(trials[0]))> weights;
        for (auto const& trial : trials) {
            weights.push_back(sums::weight(trial));
        }
        return detail::shares_of(std::move(weights));
    }
};

template <class Measure, class Variance = sato_variance>
mantel_haenszel(Measure, Variance = {}) -> mantel_haenszel<Measure, Variance>;

} // namespace accrue
