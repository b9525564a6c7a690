#pragma once

#include <accrue/bayes/posterior.hpp>
#include <accrue/refused.hpp>

namespace accrue {

namespace detail {

template <class Posterior>
concept says_how_probable_studies_are = requires(Posterior const& after) { after.log_marginal_likelihood; };

} // namespace detail

/// The natural logarithm of the Bayes factor of one model against another: the difference of their log
/// marginal likelihoods on the same studies.
///
/// The two may differ in the prior of the mean, of tau, or of both; `point_prior` states a null hypothesis. A
/// flat prior has no scale, so that a model with one can be compared only with others that have it. Bayes
/// factors depend on the width of the priors however many studies there are; state it. Kass & Raftery 1995,
/// doi:10.1080/01621459.1995.10476572.
template <detail::says_how_probable_studies_are Posterior, detail::says_how_probable_studies_are Other>
[[nodiscard]] auto log_bayes_factor(Posterior const& model, Other const& other) {
    return decltype(model.log_marginal_likelihood)(model.log_marginal_likelihood -
                                                   other.log_marginal_likelihood);
}

/// The Bayes factor itself: how many times as probable the studies are under the first model as under the
/// second; infinite or 0 beyond the range of the type.
template <detail::says_how_probable_studies_are Posterior, detail::says_how_probable_studies_are Other>
[[nodiscard]] auto bayes_factor(Posterior const& model, Other const& other) {
    auto const logarithm = log_bayes_factor(model, other);
    return decltype(model.log_marginal_likelihood)(exp(logarithm));
}

template <class Model, class... Rest>
    requires(sizeof...(Rest) != 1 || !(detail::says_how_probable_studies_are<Model> && ... &&
                                       detail::says_how_probable_studies_are<Rest>))
ACCRUE_REFUSED("a Bayes factor is of two posteriors: bayes_factor(after, after_other)",
               bayes_factor(Model const&, Rest const&...));
template <class Model, class... Rest>
    requires(sizeof...(Rest) != 1 || !(detail::says_how_probable_studies_are<Model> && ... &&
                                       detail::says_how_probable_studies_are<Rest>))
ACCRUE_REFUSED("a Bayes factor is of two posteriors: log_bayes_factor(after, after_other)",
               log_bayes_factor(Model const&, Rest const&...));

} // namespace accrue
