#pragma once

#include <accrue/distribution/detail/normal_between.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <vector>

namespace accrue {

/// Significant results among studies, as many as there are and as many as were to be expected.
template <real Real>
struct basic_excess_significance_result {
    std::size_t observed;     ///< studies with a significant result
    Real expected;            ///< the sum of the studies' powers
    Real statistic;           ///< (O - E)² / E + (O - E)² / (k - E), chi² with one degree of freedom
    Real p_value;             ///< one-sided, from the statistic: small when there are too many
    Real binomial_p_value;    ///< P(X >= O) for a binomial with probability E/k
    Real exact_p_value;       ///< P(X >= O) with each study's own power (Poisson binomial)
    Real effect;              ///< the effect at which the powers are taken
    std::vector<Real> powers; ///< one a study
    accrue::status status;    ///< that of the model
};

using excess_significance_result = basic_excess_significance_result<double>;

/// The test of excess significance: are there more significant studies than their power allows, if the true
/// effect is that of the model?
///
/// A study's power is the probability of |y| > z sqrt(v) when y ~ N(effect, v + tau²), with the effect and
/// tau² that the model finds. The null is that every result was reported as it came. It has little power
/// itself, takes the pooled effect as the truth although selection inflates it (which hides the excess), and
/// a random-effects model's tau² also explains an excess away. The statistic is signed before it is squared:
/// where fewer studies are significant than were to be expected, the p-value is above one half.
///
/// Of the three p-values the exact one assumes least; the binomial one takes all studies to have the mean
/// power, and chi² needs an expected number that is not near 0 or k.
///
/// Ioannidis & Trikalinos 2007, Clin Trials 4:245-253, doi:10.1177/1740774507079441, who take the
/// common-effect mean. metafor's `tes` has the same chi² and, as "exact", the Poisson binomial.
template <class Model = common_effect>
struct excess_significance {
    double significance = 0.05; ///< of the studies' own two-sided tests
    Model model{};              ///< what the true effect is taken to be

    /// \param estimates on the analysis scale, in any order; `powers` come in theirs
    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or `significance` is not between 0 and 1
    template <estimates Range>
        requires pools<Model, Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_excess_significance_result<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        using standard = basic_normal<Real>;
        detail::require_between_0_and_1("significance", significance);
        auto const studies = detail::as_evidence(estimates).studies();
        auto const truth = pool(model, estimates);
        Real const quantile = standard::upper_quantile(Real(Real(significance) / 2));
        auto result = basic_excess_significance_result<Real>{};
        result.effect = truth.effect;
        result.status = truth.status;
        std::vector<Real> silent; // 1 - power, with its digits
        for (auto const& study : studies) {
            Real const limit = quantile * standard_error(study);
            Real const deviation = sqrt(Real(study.variance + truth.tau_squared));
            Real const above = standard::survival(Real((limit - truth.effect) / deviation));
            Real const below = standard::survival(Real((limit + truth.effect) / deviation));
            Real const same_side = truth.effect < 0 ? below : above;
            Real const other_side = truth.effect < 0 ? above : below;
            result.powers.push_back(same_side + other_side);
            Real const size = detail::magnitude(truth.effect);
            silent.push_back(
                detail::normal_between(Real((size - limit) / deviation), Real(2 * limit / deviation)));
            result.expected += result.powers.back();
            bool const significant = study.effect > limit || -study.effect > limit;
            result.observed += significant ? 1U : 0U;
        }
        Real const k = detail::from_count<Real>(studies.size());
        Real const unexpected =
            detail::sum_over<Real>(silent, [&](Real const& probability) { return probability; });
        // O - E, or (k - E) - (k - O) where most are significant: what rounding leaves of k - E is nothing
        // then.
        Real const observed = detail::from_count<Real>(result.observed);
        Real const difference =
            2 * observed > k ? Real(unexpected - (k - observed)) : Real(observed - result.expected);
        bool const as_expected = difference <= 0 && difference >= 0;
        Real const root =
            as_expected ? Real(0) : Real(difference * sqrt(Real(k / result.expected)) / sqrt(unexpected));
        result.statistic = root * root;
        result.p_value = standard::survival(root);
        result.exact_p_value = at_least(
            result.observed,
            [&](std::size_t const i) {
                return share<Real>{result.powers[i], silent[i]};
            },
            studies.size());
        result.binomial_p_value = at_least(
            result.observed,
            [&](std::size_t) {
                return share<Real>{result.expected / k, unexpected / k};
            },
            studies.size());
        return result;
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);

  private:
    template <class Real>
    struct share {
        Real success;
        Real failure;
    };

    /// The probability of at least `count` successes in independent attempts; every term is positive.
    template <class Share>
    [[nodiscard]] static auto at_least(std::size_t const count, Share const& share_of,
                                       std::size_t const attempts) {
        using Real = decltype(share_of(0).success);
        std::vector<Real> probability(attempts + 1, Real(0));
        probability[0] = Real(1);
        for (std::size_t i = 0; i < attempts; ++i) {
            auto const p = share_of(i);
            for (std::size_t j = i + 1; j > 0; --j) {
                probability[j] = probability[j] * p.failure + probability[j - 1] * p.success;
            }
            probability[0] = probability[0] * p.failure;
        }
        Real total(0);
        for (std::size_t j = attempts + 1; j > count; --j) {
            total += probability[j - 1];
        }
        return count == 0 || total > 1 ? Real(1) : total; // rounding errors can lift it above 1
    }
};

#if defined(__clang__) && __clang_major__ < 17 // which does not deduce from members
template <class Model>
excess_significance(double, Model) -> excess_significance<Model>;
#endif

} // namespace accrue
