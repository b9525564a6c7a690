#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/inference/detail/shrunk_estimate.hpp>
#include <accrue/inference/leave_one_out.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/refused.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue {

/// How one study bears on a pooled result. Quantities marked 'deleted' come from pooling the others, with
/// tau² estimated anew.
template <real Real>
struct basic_influence {
    Real hat;                   ///< the study's share in the pooled effect, 0 to 1
    Real residual;              ///< effect minus pooled effect
    Real standardised_residual; ///< residual over its standard error at tau² (`influence`)
    Real studentised_residual;  ///< effect minus deleted pooled effect, over sqrt(v + deleted (tau² + V))
    Real dffits;                ///< change of the pooled effect, in sqrt(hat (v + deleted tau²))
    Real cooks_distance;        ///< squared change of the pooled effect, in V
    Real covariance_ratio;      ///< deleted V / V: below 1, precision gains from leaving the study out
    Real dfbetas;               ///< change of the pooled effect, in its standard error at the deleted tau²
    Real tau_squared_deleted;   ///< tau² of the others
    Real q_deleted;             ///< Cochran's Q of the others
};

using influence_diagnostics = basic_influence<double>;

namespace detail {

template <real Real>
[[nodiscard]] bool same_but_for_rounding(Real const& a, Real const& b, std::size_t const terms) {
    Real const difference = a < b ? Real(b - a) : Real(a - b);
    return difference <= from_count<Real>(16 + terms) * std::numeric_limits<Real>::epsilon() * a;
}

/// Whether shares are in proportion to 1 / (v + tau²).
template <real Real>
[[nodiscard]] bool follow_tau_squared(study_evidence<Real> const& studies, std::vector<Real> const& shares,
                                      Real const& tau_squared) {
    auto const expected = weighted_studies(studies, relative_weight_at(studies, tau_squared)).shares();
    return std::equal(shares.begin(), shares.end(), expected.begin(), [&](Real const& a, Real const& b) {
        return same_but_for_rounding(a, b, shares.size());
    });
}

/// Distances of the studies from their mean. That of the study with the largest share is a sum of its
/// distances from the others: it does not cancel where the study has nearly all the weight.
template <real Real>
[[nodiscard]] std::vector<Real> distances_from_mean(std::vector<basic_estimate<Real>> const& studies,
                                                    std::vector<Real> const& shares) {
    auto const& centre =
        studies[static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin())];
    Real const mean = sum_to<Real>(studies.size(), [&](std::size_t const j) {
        return Real(shares[j] * (studies[j].effect - centre.effect));
    });
    std::vector<Real> result;
    for (auto const& study : studies) {
        result.push_back(study.effect - centre.effect - mean);
    }
    return result;
}

/// How far the mean of studies with the weights 1 / (v + tau²) moves from one tau² to another, times what the
/// shares at the other add up to: with w at the one and s, the shares, at the other, the change of tau² times
/// sum s w (y - mean).
template <real Real>
[[nodiscard]] Real drift_with_tau_squared(std::vector<basic_estimate<Real>> const& studies,
                                          std::span<Real const> const shares, Real const& tau_squared,
                                          Real const& from) {
    auto const evidence = as_evidence(studies);
    auto const distances =
        distances_from_mean(studies, weighted_studies(evidence, relative_weight_at(evidence, from)).shares());
    return sum_to<Real>(studies.size(), [&](std::size_t const j) {
        return Real(shares[j] * ((from - tau_squared) / (studies[j].variance + from)) * distances[j]);
    });
}

/// The same from one set of shares to another, whatever they are. Of two sets in the same proportions, but
/// for rounding, it is 0.
template <real Real>
[[nodiscard]] Real drift_of_shares(std::vector<basic_estimate<Real>> const& studies,
                                   std::span<Real const> const shares, std::vector<Real> const& from) {
    auto const distances = distances_from_mean(studies, from);
    Real const sum = sum_over<Real>(shares);
    Real total(0);
    for (std::size_t j = 0; j < studies.size(); ++j) {
        Real const proportional = sum * from[j];
        if (!same_but_for_rounding(shares[j], proportional, studies.size())) {
            total += (shares[j] - proportional) * distances[j];
        }
    }
    return total;
}

/// The standard errors of effects about their mean with weights s that sum to 1,
///
///     sqrt((1 - s)² (v + tau²) + sum over the others s² (v + tau²)),
///
/// with the greatest term taken out of the root, so that no square underflows. As a sum of positive terms it
/// keeps its digits where one study has nearly all the weight.
template <real Real>
[[nodiscard]] std::vector<Real> residual_errors(std::span<basic_estimate<Real> const> const studies,
                                                std::vector<Real> const& shares, std::size_t const heaviest,
                                                Real const& tau_squared) {
    Real rest(0); // what the study with the greatest share lacks
    std::vector<Real> deviations;
    for (std::size_t j = 0; j < studies.size(); ++j) {
        rest += j != heaviest ? shares[j] : Real(0);
        deviations.push_back(sqrt(Real(studies[j].variance + tau_squared)));
    }
    std::vector<Real> errors;
    for (std::size_t i = 0; i < studies.size(); ++i) {
        Real const own = i == heaviest ? rest : Real(1 - shares[i]);
        auto const part = [&](std::size_t const j) -> Real {
            return (j == i ? own : shares[j]) * deviations[j];
        };
        Real greatest(0);
        for (std::size_t j = 0; j < studies.size(); ++j) {
            greatest = greatest < part(j) ? part(j) : greatest;
        }
        Real const squares = sum_to<Real>(
            studies.size(), [&](std::size_t const j) { return square(Real(part(j) / greatest)); });
        errors.push_back(greatest * sqrt(squares));
    }
    return errors;
}

} // namespace detail

/// Influence diagnostics of every study under a model: which of them is an outlier (studentised residual
/// beyond about 2), which moves the result (Cook's distance, DFFITS, DFBETAS), which determines its precision
/// (covariance ratio)?
///
/// V is the variance of the pooled effect by the model's uncertainty method. The standardised residual of
/// study i is y_i less the pooled effect, over
///
///     sqrt((1 - s_i)² (v_i + tau²) + sum over j != i of s_j² (v_j + tau²)),
///
/// its standard deviation at tau² with the shares s as the model has them: sqrt(v_i + tau² - V) where they
/// are in proportion to 1/(v + tau²) and V is what follows from them. Viechtbauer & Cheung 2010, Res
/// Synth Methods 1:112-125, doi:10.1002/jrsm.11.
///
/// \param model a model with weights, such as `common_effect` and `random_effects`
/// \param estimates two or more
/// \throws invalid_input as `leave_one_out` does
template <class Model, estimates Range>
    requires weighs<Model, Range>
[[nodiscard]] auto influence(Model const& model, Range const& estimates) {
    using Real = real_t<Range>;
    auto const evidence = detail::as_evidence(estimates);
    auto const studies = evidence.studies();
    auto const deleted = leave_one_out(model, estimates);
    auto const all = pool(model, estimates);
    std::vector<Real> const shares = model.weights(evidence);

    // The residual of the study with the most weight is a sum of differences from the others, which does not
    // cancel where it has nearly all.
    auto const heaviest =
        static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    auto const errors = detail::residual_errors(studies, shares, heaviest, all.tau_squared);
    Real distance(0); // of the heaviest study from the pooled effect, a sum of its distances from the others
    for (std::size_t i = 0; i < studies.size(); ++i) {
        distance += shares[i] * (studies[heaviest].effect - studies[i].effect);
    }
    // A model may have weights and yet no weighted mean for its effect.
    Real const largest = detail::largest_effect(studies);
    Real const rounding = sqrt(std::numeric_limits<Real>::epsilon()) / 100;
    Real const beside = studies[heaviest].effect - all.effect - distance;
    bool const is_mean = detail::magnitude(beside) <= rounding * largest;
    bool const follow = detail::follow_tau_squared(evidence, shares, all.tau_squared);

    auto others = std::vector(studies.begin() + 1, studies.end());
    auto all_but_one = std::vector(shares.begin() + 1, shares.end());
    auto results = std::vector<basic_influence<Real>>{};
    results.reserve(studies.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const& [effect, variance] = studies[i];
        auto const& without = deleted[i];
        Real const residual = i == heaviest && is_mean ? distance : Real(effect - all.effect);
        // Pooled effects of nearly the same studies are nearly equal: what the study moves by its share, and
        // what the others move as their weights change, is added up instead.
        std::span<Real const> const shares_of_others(all_but_one);
        auto const left = detail::as_evidence(others);
        // Where tau² is 0, weights 1/v may follow it or not.
        bool const still_follow =
            follow && (all.tau_squared > 0 || !(without.tau_squared > 0) ||
                       detail::follow_tau_squared(left, model.weights(left), without.tau_squared));
        Real const moved =
            shares[i] * (effect - without.effect) +
            (still_follow ? detail::drift_with_tau_squared(others, shares_of_others, all.tau_squared,
                                                           without.tau_squared)
                          : detail::drift_of_shares(others, shares_of_others, model.weights(left)));
        Real const change = is_mean ? moved : Real(all.effect - without.effect);
        Real const same_weights = inverse_variance_fit(evidence, without.tau_squared).variance();
        results.push_back({
            .hat = shares[i],
            .residual = residual,
            .standardised_residual = residual / errors[i],
            .studentised_residual =
                (effect - without.effect) / sqrt(Real(variance + without.variance + without.tau_squared)),
            .dffits = change / sqrt(shares[i]) / sqrt(Real(variance + without.tau_squared)),
            .cooks_distance = detail::square(Real(change / sqrt(all.variance))),
            .covariance_ratio = without.variance / all.variance,
            .dfbetas = change / sqrt(same_weights),
            .tau_squared_deleted = without.tau_squared,
            .q_deleted = inverse_variance_fit(left, Real(0)).q(),
        });
        if (i + 1 < studies.size()) {
            others[i] = studies[i];
            all_but_one[i] = shares[i];
        }
    }
    return results;
}

/// A study's place in the plot of Baujat: to the right, it adds to heterogeneity; high up, it moves the
/// result.
template <real Real>
struct basic_baujat_point {
    Real heterogeneity; ///< its term of Cochran's Q, (effect - pooled effect)² / v
    Real influence; ///< squared change of the pooled effect when it is left out, in the variance of what is
                    ///< left
};

using baujat_point = basic_baujat_point<double>;

/// The coordinates of Baujat's plot, one point a study, about the common effect.
///
/// Baujat, Mahé, Pignon & Hill 2002, Stat Med 21:2641-2652, doi:10.1002/sim.1221.
/// \throws invalid_input as `leave_one_out` does
template <estimates Range>
[[nodiscard]] auto baujat(Range const& estimates) {
    using Real = real_t<Range>;
    auto const studies = detail::as_evidence(estimates).studies();
    auto const deleted = leave_one_out(common_effect{}, estimates);
    Real const variance = pool(common_effect{}, estimates).variance;
    auto points = std::vector<basic_baujat_point<Real>>{};
    points.reserve(studies.size());
    for (std::size_t i = 0; i < studies.size(); ++i) {
        // The pooled effect lies between the study's and the others', at shares of their distance that are
        // quotients of variances: differences from it would cancel where a study has nearly all the weight.
        Real const distance = studies[i].effect - deleted[i].effect;
        points.push_back(
            {detail::square(Real(variance / deleted[i].variance * distance / sqrt(studies[i].variance))),
             detail::square(Real(variance / studies[i].variance * distance / sqrt(deleted[i].variance)))});
    }
    return points;
}

/// The best linear unbiased prediction of each study's own true effect: the study's estimate, shrunk towards
/// the pooled effect by as much as it is uncertain,
///
///     prediction = l y + (1 - l) effect,   variance = l v + (1 - l)² V,   l = tau² / (tau² + v).
///
/// With tau² = 0 all predictions are the pooled effect. The variance takes tau² as known. Raudenbush & Bryk
/// 1985, J Educ Stat 10:75-98, doi:10.3102/10769986010002075.
///
/// \returns an estimate for each study, on the analysis scale; `confidence_interval` gives its interval
/// \throws invalid_input as `pool` does
template <class Model, estimates Range>
    requires pools<Model, Range>
[[nodiscard]] auto study_effects(Model const& model, Range const& estimates) {
    using Real = real_t<Range>;
    auto const evidence = detail::as_evidence(estimates);
    auto const all = pool(model, estimates);
    auto predictions = std::vector<basic_estimate<Real>>{};
    predictions.reserve(evidence.size());
    for (auto const& study : evidence.studies()) {
        predictions.push_back(
            detail::shrunk_estimate<Real>(study, {all.effect, all.variance}, all.tau_squared));
    }
    return predictions;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(influence(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("influence(random_effects{}, estimates)", influence(Studies const&));
template <class Model, study_set Studies>
    requires(pools<Model, Studies> && !weighs<Model, Studies>)
ACCRUE_REFUSED("influence needs a model with weights: common_effect, random_effects and the like",
               influence(Model const&, Studies const&));

template <class Model, detail::reports Trials>
    requires pools<Model, Trials>
ACCRUE_REFUSED("influence is of estimates: effects(measure, trials) first, or leave_one_out for this model",
               influence(Model const&, Trials const&));

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(study_effects(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("study_effects(random_effects{}, estimates)", study_effects(Studies const&));

ACCRUE_REFUSE_ALL_BUT_STUDIES(baujat(Studies const&, Rest const&...));

} // namespace accrue
