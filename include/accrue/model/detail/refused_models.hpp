#pragma once

#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/model/model_for.hpp>
#include <accrue/refused.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

namespace accrue::detail {

// Why a model can't pool studies, one reason for each call.

template <class Studies>
concept some_studies = contiguous<Studies> || evidence<Studies>;

template <class Model, class Studies>
concept in_wrong_order = some_studies<Model> && !some_studies<Studies>;

template <class Model, class Studies>
concept given_trials = reports<Studies> && !pools<Model, Studies>;

template <class Model, class Studies>
concept given_no_studies =
    neither_estimates_nor_reports<Studies> && !pools<Model, Studies> && !in_wrong_order<Model, Studies>;

template <class Model, class Studies>
concept given_no_model = study_set<Studies> && !pools<Model, Studies>;

template <class Model, class Studies>
concept given_an_estimator =
    given_no_model<Model, Studies> && tau_squared_estimator_for<Model, evidence_of<Studies>>;

template <class Model, class Studies>
concept given_no_mean = given_no_model<Model, Studies> && !given_an_estimator<Model, Studies> &&
                        evidence<Studies> && !evidence_with_mean<Studies>;

/// A model with an estimator that estimates no tau².
template <class Model, class Studies>
concept given_no_estimator = given_no_model<Model, Studies> && !given_no_mean<Model, Studies> &&
                             requires(Model const& model) { model.estimator; } &&
                             !tau_squared_estimator_for<decltype(Model::estimator), evidence_of<Studies>>;

template <class Model, class Studies>
concept given_another_model = given_no_model<Model, Studies> && !given_an_estimator<Model, Studies> &&
                              !given_no_mean<Model, Studies> && !given_no_estimator<Model, Studies>;

/// Evidence that a model pools, but that keeps no single study.
template <class Model, class Studies>
concept given_sums = pools<Model, Studies> && !contiguous<Studies>;

} // namespace accrue::detail

/// Refuses a function that needs single studies for evidence that keeps none.
#define ACCRUE_REFUSE_SUMS_OF_STUDIES(...)                                                                   \
    template <class Model, class Studies>                                                                    \
        requires accrue::detail::given_sums<Model, Studies>                                                  \
    ACCRUE_REFUSED("single studies are needed, which this evidence does not keep: give the estimates",       \
                   __VA_ARGS__)

/// Refuses studies without a model: `call` is what to write, `...` the declarator, with `Studies` for their
/// type.
#define ACCRUE_REFUSE_STUDIES_ALONE(call, ...)                                                               \
    template <accrue::detail::some_studies Studies>                                                          \
    ACCRUE_REFUSED("there is no model: " call, __VA_ARGS__)

/// Refuses a function of a model and studies where the one can't pool the other: `...` is its declarator,
/// with `Model` and `Studies` for their types.
#define ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(...)                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_trials<Model, Studies>                                                \
    ACCRUE_REFUSED("these are trials: effects(measure, trials) first (or a model of such trials)",           \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::in_wrong_order<Model, Studies>                                              \
    ACCRUE_REFUSED("model and studies are the wrong way round, or the model is missing", __VA_ARGS__);       \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_no_studies<Model, Studies>                                            \
    ACCRUE_REFUSED("estimates must be a contiguous range of estimate: a vector, an array or a span",         \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_an_estimator<Model, Studies>                                          \
    ACCRUE_REFUSED("this estimates tau squared and is no model: random_effects{estimator} is one",           \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_no_mean<Model, Studies>                                               \
    ACCRUE_REFUSED(                                                                                          \
        "groups and moderators leave no one mean to pool: subgroups and meta_regression are for those",      \
        __VA_ARGS__);                                                                                        \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_no_estimator<Model, Studies>                                          \
    ACCRUE_REFUSED("the model needs an estimator of tau squared, such as random_effects{reml{}}",            \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_another_model<Model, Studies>                                         \
    ACCRUE_REFUSED("these are estimates, which this is no model for: random_effects{} is one, "              \
                   "mantel_haenszel, peto and the like pool trials",                                         \
                   __VA_ARGS__)
