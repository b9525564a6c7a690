#pragma once

#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/model/model_for.hpp>
#include <accrue/refused.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

namespace accrue::detail {

// Why a model can't pool studies, one reason for each call.

template <class Model, class Studies>
concept in_wrong_order = (contiguous<Model> || evidence<Model>)&&!(contiguous<Studies> || evidence<Studies>);

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
concept given_no_mean = given_no_model<Model, Studies> && evidence<Studies> && !evidence_with_mean<Studies>;

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

/// Refuses a function of a model and studies where the one can't pool the other: `...` is its declarator,
/// with `Model` and `Studies` for their types.
#define ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(...)                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_trials<Model, Studies>                                                \
    ACCRUE_REFUSED("these are trials: effects(measure, trials) first (or a model of such trials)",           \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::in_wrong_order<Model, Studies>                                              \
    ACCRUE_REFUSED("model and studies are the wrong way round", __VA_ARGS__);                                \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_no_studies<Model, Studies>                                            \
    ACCRUE_REFUSED("estimates must be a contiguous range of estimate: a vector, an array or a span",         \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires accrue::detail::given_an_estimator<Model, Studies>                                          \
    ACCRUE_REFUSED("this estimates tau squared and is no model: random_effects{estimator} is one",           \
                   __VA_ARGS__);                                                                             \
    template <class Model, class Studies, class... Rest>                                                     \
        requires(accrue::detail::given_no_mean<Model, Studies> &&                                            \
                 !accrue::detail::given_an_estimator<Model, Studies>)                                        \
    ACCRUE_REFUSED(                                                                                          \
        "groups and moderators leave no one mean to pool: subgroups and meta_regression are for those",      \
        __VA_ARGS__);                                                                                        \
    template <class Model, class Studies, class... Rest>                                                     \
        requires(accrue::detail::given_no_model<Model, Studies> &&                                           \
                 !accrue::detail::given_an_estimator<Model, Studies> &&                                      \
                 !accrue::detail::given_no_mean<Model, Studies>)                                             \
    ACCRUE_REFUSED(                                                                                          \
        "these are estimates, which this is no model for: mantel_haenszel, peto and the like pool trials",   \
        __VA_ARGS__)
