#pragma once

#include <accrue/evidence/detail/weighted_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/name_of.hpp>
#include <accrue/pooled.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <string>
#include <vector>

namespace accrue {

/// A mean with weights a that do not depend on tau², and a variance that holds for any of them:
///
///     effect = sum(a y) / sum(a),   variance = sum(a² (v + tau²)) / sum(a)²,
///
/// referred to the normal distribution. Fixed weights keep small studies, which random-effects weights favour
/// and which are more often biased, from gaining weight as heterogeneity grows; the price is a larger
/// variance. `weighted_average{equal_weights{}}` is the unweighted mean,
/// `weighted_average{user_weights{{...}}}` has weights of your own.
///
/// Henmi & Copas 2010, Stat Med 29:2969-2983, doi:10.1002/sim.4029 (for the variance); Shuster 2010, Stat Med
/// 29:1259-1265, doi:10.1002/sim.3607 (for equal weights).
template <class Weights = equal_weights, class TauSquared = reml>
struct weighted_average {
    Weights weighting{};    ///< such as `equal_weights`, `inverse_variance_weights`, `user_weights`
    TauSquared estimator{}; ///< evidence -> tau²

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "a mean with given weights (" + name_of(estimator, "an estimator of tau²") + ")";
    }

    template <evidence_with_mean Evidence>
        requires weighting_for<Weights, Evidence> && tau_squared_estimator_for<TauSquared, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> basic_pooled<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        auto const tau_squared = estimator(studies);
        auto const weighted = detail::with_weights(studies, weighting);
        auto const fit = weighted.fit();
        Real const spread = weighted.sum([&](Real const& u, Real const& v) {
            return Real(u / fit.weights * (v + tau_squared.value) * u);
        });
        return {fit.mean, spread / fit.weights, tau_squared.value, detail::infinity<Real>(),
                fit.k,    tau_squared.status};
    }

    /// Each study's share in the pooled effect; the shares add up to 1.
    template <real Real>
    [[nodiscard]] std::vector<Real> weights(study_evidence<Real> const& studies) const {
        return detail::with_weights(studies, weighting).shares();
    }
};

template <class Weights, class TauSquared = reml>
weighted_average(Weights, TauSquared = {}) -> weighted_average<Weights, TauSquared>;

/// The inverse-variance heterogeneity model: the common-effect mean with a variance that allows for tau²,
/// `weighted_average` with inverse-variance weights. Doi, Barendregt, Khan, Thalib & Williams 2015, Contemp
/// Clin Trials 45:130-138, doi:10.1016/j.cct.2015.05.009.
template <class TauSquared = dersimonian_laird>
struct ivhet {
    TauSquared estimator{}; ///< evidence -> tau²

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "the inverse-variance heterogeneity model (" + name_of(estimator, "an estimator of tau²") +
               ")";
    }

    template <evidence_with_mean Evidence>
        requires tau_squared_estimator_for<TauSquared, Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const {
        return average()(studies);
    }
    template <real Real>
    [[nodiscard]] std::vector<Real> weights(study_evidence<Real> const& studies) const {
        return average().weights(studies);
    }

  private:
    [[nodiscard]] weighted_average<inverse_variance_weights, TauSquared> average() const {
        return {{}, estimator};
    }
};

template <class TauSquared>
ivhet(TauSquared) -> ivhet<TauSquared>;

} // namespace accrue
