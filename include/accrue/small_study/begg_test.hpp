#pragma once

#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/detail/kendall.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue {

/// The exact distribution of Kendall's score where it exists: fewer than `limit` studies and no ties; the
/// normal approximation otherwise.
struct exact_rank_distribution {
    std::size_t limit = 50; ///< studies from which on the normal approximation is used

    [[nodiscard]] bool is_exact(std::size_t const k, bool const has_ties) const {
        return k < limit && !has_ties;
    }
    static constexpr double continuity = 0;
};

/// The normal approximation to the distribution of Kendall's score, with the variance that ties leave.
struct normal_rank_distribution {
    /// Subtracted from the score's size, 0 or more; 1 is the usual correction for continuity.
    double continuity = 0;

    [[nodiscard]] static constexpr bool is_exact(std::size_t, bool) { return false; }
};

/// Begg and Mazumdar's rank test: Kendall's tau between the standardised effects and the variances,
///
///     (y - mean) / sqrt(v - 1 / sum w)   with   v,   w = 1/v,   mean = sum(w y) / sum w.
///
/// The null is that effects and their variances are independent. It assumes no line, unlike `egger_test`, and
/// pays for it with power: with fewer than 25 studies a large p-value says little. It is misled as Egger's
/// test is where variances depend on effects.
///
/// Begg & Mazumdar 1994, Biometrics 50:1088-1101, doi:10.2307/2533446. The exact p-value is twice the smaller
/// tail of the permutation distribution.
template <class Distribution = exact_rank_distribution>
struct begg_test {
    Distribution distribution{}; ///< `exact_rank_distribution` or `normal_rank_distribution`

    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or `continuity` is negative or not finite
    template <estimates Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_rank_test<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        auto const evidence = detail::as_evidence(estimates);
        auto const fit = inverse_variance_fit(evidence, Real(0));
        Real const rounding =
            4 * std::numeric_limits<Real>::epsilon() * detail::largest_effect(evidence.studies());
        std::vector<Real> effects;
        std::vector<Real> variances;
        for (auto const& study : evidence.studies()) {
            // v - 1/sum w = v (sum of the other studies' weights) / sum w
            Real const u = fit.unit / study.variance;
            Real others = fit.weights - u;
            Real difference = study.effect - fit.mean;
            Real share(1); // of the difference from the others' mean, that is left of `difference`
            if (2 * u > fit.weights) {
                others = Real(0);
                difference = Real(0);
                for (auto const& other : evidence.studies()) {
                    Real const w = &other == &study ? Real(0) : Real(fit.unit / other.variance);
                    others += w;
                    difference += w * (study.effect - other.effect);
                }
                share = others / fit.weights;
                difference = others > 0 ? Real(difference / others) : Real(0);
            }
            bool const is_mean = difference <= rounding && -difference <= rounding;
            effects.push_back(is_mean ? Real(0)
                                      : Real(difference * share /
                                             (sqrt(study.variance) * sqrt(Real(others / fit.weights)))));
            variances.push_back(study.variance);
        }
        auto const kendall = detail::kendall_score(effects, variances);
        return detail::rank_test_of<Real>(kendall, distribution.is_exact(kendall.k, kendall.has_ties),
                                          distribution.continuity);
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);
};

template <class Distribution>
begg_test(Distribution) -> begg_test<Distribution>;

} // namespace accrue
