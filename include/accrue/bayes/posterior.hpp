#pragma once

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/detail/conditional_mean.hpp>
#include <accrue/bayes/detail/tau_quadrature.hpp>
#include <accrue/bayes/heterogeneity_prior.hpp>
#include <accrue/bayes/normal_mixture.hpp>
#include <accrue/bayes/tau_posterior.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace accrue {

namespace detail {

/// The log density of tau after the studies, as a value.
template <class Studies, class MeanPrior, class TauPrior, real Real>
struct posterior_log_density {
    Studies studies;
    MeanPrior mean;
    TauPrior heterogeneity;
    Real log_marginal_likelihood;

    [[nodiscard]] Real operator()(Real const& tau) const {
        return Real(heterogeneity(tau)) - log_marginal_likelihood +
               with_evidence(studies,
                             [&](auto const& list) { return condition(list, mean, tau).log_likelihood; });
    }
};

} // namespace detail

/// What is believed after the studies were seen: a value from which the distributions of the mean, of tau, of
/// each study's own effect and of a new study's effect are taken, all on the analysis scale.
///
///     auto const after = bayesian_random_effects{...}(estimates);
///     after.mean().quantile(0.975);     after.mean().probability(0.0);     after.tau().mean();
///
/// Given tau all of them are normal, with weights w = 1 / (v + tau²), W = sum w, and a normal prior N(m, s²)
/// of the mean,
///
///     mean | tau ~ N((sum w y + m/s²) / (W + 1/s²), 1 / (W + 1/s²)),
///
/// so that one integral is left, over tau, of its prior times the likelihood. It is taken over ln tau on
/// panels that are halved until their Gauss-Kronrod rules agree, and its nodes are kept: each distribution is
/// a mixture of as many normals. Röver 2020, J Stat Softw 93(6), doi:10.18637/jss.v093.i06; Gelman et al.
/// 2013, Bayesian Data Analysis, 3rd ed., section 5.4.
///
/// Moments that do not exist, such as the mean of a new study's effect after a flat prior and two studies,
/// are NaN or infinite; quantiles and probabilities exist all the same.
///
/// `Studies` is a vector of estimates, or other evidence (an accumulator), which knows no single study.
template <class Studies, class MeanPrior, class TauPrior, real Real>
class basic_posterior {
  public:
    Real log_marginal_likelihood; ///< ln of the studies' density under the model, its priors included
    /// `not_converged` when the integrals did not reach their tolerance; `undefined` when they do not exist,
    /// as the prior of tau is improper and the studies do not mend it, or are no numbers of the type. All
    /// numbers are then NaN.
    accrue::status status;

    /// \throws invalid_input for unusable priors
    basic_posterior(Studies studies, MeanPrior mean, TauPrior heterogeneity)
        : studies_(std::move(studies)), mean_prior_(std::move(mean)), tau_prior_(std::move(heterogeneity)) {
        detail::check(mean_prior_);
        detail::with_evidence(studies_, [&](auto const& list) {
            if (auto const tau = detail::known_value(tau_prior_)) {
                know(list, *tau);
            } else {
                integrate(list);
            }
            return 0;
        });
    }

    /// The mean effect of the population of studies.
    [[nodiscard]] basic_normal_mixture<Real> mean() const {
        return mixture(
            [](node const& at) {
                return moments{at.mean, at.sd};
            },
            detail::is_flat(mean_prior_) ? moments_ : 2);
    }

    /// The effect in a new study of the same population: N(mean, tau²), its own sampling error left out.
    [[nodiscard]] basic_normal_mixture<Real> new_study() const {
        return mixture(
            [](node const& at) {
                return moments{at.mean, detail::root_of_squares(at.sd, at.tau)};
            },
            moments_);
    }

    /// The true effect of one of the studies, which the others draw towards the mean ('shrinkage'): given tau
    /// and the mean it is normal about B mean + (1 - B) y with B = v / (v + tau²).
    ///
    /// \param index counted from 0, in the order of the estimates
    /// \throws invalid_input unless there is such a study
    [[nodiscard]] basic_normal_mixture<Real> study(std::size_t const index) const
        requires requires(Studies const& s) { s.data(); }
    {
        detail::require_below("study", index, "the number of studies", studies_.size());
        auto const& own = studies_[index];
        return mixture(
            [&](node const& at) {
                Real const total = own.variance + at.tau * at.tau;
                Real const pull = own.variance / total;
                Real const mean = pull * at.mean + (at.tau * at.tau / total) * own.effect;
                return moments{mean, detail::root_of_squares(Real(at.tau * sqrt(pull)), Real(pull * at.sd))};
            },
            2);
    }

    /// The heterogeneity.
    [[nodiscard]] auto tau() const {
        using density = detail::posterior_log_density<Studies, MeanPrior, TauPrior, Real>;
        auto nodes = std::vector<Real>{};
        auto weights = std::vector<Real>{};
        for (auto const& at : nodes_) {
            nodes.push_back(at.tau);
            weights.push_back(at.weight);
        }
        return basic_tau_posterior<Real, density>(
            density{studies_, mean_prior_, tau_prior_, log_marginal_likelihood}, std::move(nodes),
            std::move(weights), panels_, shares_, moments_);
    }

    /// The estimates, or the other evidence, that this is the posterior of.
    [[nodiscard]] Studies const& studies() const { return studies_; }

  private:
    struct node {
        Real tau;
        Real weight;
        Real mean;
        Real sd;
    };
    struct moments {
        Real mean;
        Real sd;
    };

    template <class Function>
    [[nodiscard]] basic_normal_mixture<Real> mixture(Function const& function, int const moment_count) const {
        auto parts = std::vector<basic_mixture_component<Real>>{};
        parts.reserve(nodes_.size());
        for (auto const& at : nodes_) {
            auto const given_tau = function(at);
            parts.push_back({at.weight, given_tau.mean, given_tau.sd});
        }
        return basic_normal_mixture<Real>(std::move(parts), moment_count);
    }

    template <class Evidence>
    void know(Evidence const& list, double const tau) {
        detail::require_not_negative("tau", tau);
        auto const at = detail::condition(list, mean_prior_, Real(tau));
        if (!detail::is_finite(at.log_likelihood) || !detail::is_finite(at.mean + at.sd)) {
            have_nothing();
            return;
        }
        moments_ = 2;
        nodes_.push_back({Real(tau), Real(1), at.mean, at.sd});
        log_marginal_likelihood = at.log_likelihood;
        status = status::ok;
    }

    /// No number stands beside a posterior that does not exist.
    void have_nothing() {
        Real const nan = detail::not_a_number<Real>();
        status = status::undefined;
        log_marginal_likelihood = nan;
        nodes_.push_back({nan, nan, nan, nan});
        moments_ = 2;
    }

    template <class Evidence>
    void integrate(Evidence const& list) {
        auto const log_integrand = [&](Real const& u) -> Real {
            Real const tau = exp(u);
            Real const prior(tau_prior_(tau));
            if (!(prior > -detail::infinity<Real>())) {
                return prior; // NaN as well
            }
            return prior + u + detail::condition(list, mean_prior_, tau).log_likelihood;
        };
        (void)log_integrand(Real(log(list.smallest_variance()) / 2)); // lets the prior refuse its options
        auto scales = std::vector<Real>{log(list.smallest_variance()) / 2, log(list.largest_variance()) / 2};
        auto const spread = unweighted_fit(list);
        if (spread.squares > 0 && detail::is_finite(spread.squares)) {
            scales.push_back(log(Real(spread.squares / detail::from_count<Real>(list.size()))) / 2);
        }
        double const typical = detail::typical_value(tau_prior_);
        if (typical > 0 && detail::is_finite(typical)) {
            scales.push_back(log(Real(typical)));
        }
        double const end = detail::largest_value(tau_prior_);
        detail::require(end > 0, "largest tau of the prior", "positive", end);
        Real const largest = detail::is_finite(end) ? Real(log(Real(end))) : detail::infinity<Real>();
        auto const result = detail::tau_quadrature<Real>(log_integrand, scales, largest);
        status = result.status;
        moments_ = result.exists[1] ? (result.exists[2] ? 2 : 1) : 0;
        if (status == status::undefined) {
            have_nothing();
            return;
        }
        log_marginal_likelihood = log(result.integral[0]) + result.log_scale;
        collect(list, result);
    }

    template <class Evidence>
    void collect(Evidence const& list, detail::tau_quadrature<Real> const& result) {
        auto const& rule = detail::kronrod_rule<Real>::get();
        Real const negligible = std::numeric_limits<Real>::epsilon() / 4096;
        for (auto const& panel : result.panels) {
            panels_.push_back(panel);
            shares_.push_back(result.share(panel) / result.integral[0]);
            for (std::size_t i = 0; i < rule.node.size(); ++i) {
                Real const tau = exp(panel.u(i));
                Real const weight = rule.weight[i] * panel.half_width() *
                                    exp(Real(panel.log_integrand[i] - result.log_scale));
                // Nodes that no moment which exists would notice are left out.
                bool const counts = weight > negligible * result.integral[0] ||
                                    (moments_ > 0 && weight * tau > negligible * result.integral[1]) ||
                                    (moments_ > 1 && weight * tau * tau > negligible * result.integral[2]);
                if (counts) {
                    auto const at = detail::condition(list, mean_prior_, tau);
                    nodes_.push_back({tau, weight / result.integral[0], at.mean, at.sd});
                }
            }
        }
    }

    Studies studies_;
    MeanPrior mean_prior_;
    TauPrior tau_prior_;
    std::vector<node> nodes_;
    std::vector<detail::tau_panel<Real>> panels_;
    std::vector<Real> shares_;
    int moments_ = 0;
};

template <class Real, class MeanPrior, class TauPrior>
basic_posterior(std::vector<basic_estimate<Real>>, MeanPrior, TauPrior)
    -> basic_posterior<std::vector<basic_estimate<Real>>, MeanPrior, TauPrior, Real>;

/// What `bayesian_random_effects` makes of a list of estimates.
using random_effects_posterior =
    basic_posterior<std::vector<estimate>, mean_prior, any_heterogeneity_prior, double>;

template <class Studies, class MeanPrior, class TauPrior, real Real, class... Rest>
ACCRUE_REFUSED("a posterior has credible intervals: shortest_interval(posterior.mean(), level)",
               confidence_interval(basic_posterior<Studies, MeanPrior, TauPrior, Real> const&,
                                   Rest const&...));
template <class Studies, class MeanPrior, class TauPrior, real Real, class... Rest>
ACCRUE_REFUSED("a posterior predicts a new study: shortest_interval(posterior.new_study(), level)",
               prediction_interval(basic_posterior<Studies, MeanPrior, TauPrior, Real> const&,
                                   Rest const&...));

} // namespace accrue