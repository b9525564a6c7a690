#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

#include <concepts>

namespace accrue::detail {

/// Estimates with the numbers of type `Real` that their moderators have.
template <class Range, class Real>
concept estimates_of = estimates<Range> && std::same_as<range_real<Range>, Real>;

} // namespace accrue::detail

/// Refuses a function of a model, studies and moderators for studies that are no estimates and for models
/// without moderators: `...` is its declarator, with `Model` and `Studies` for their types.
#define ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(...)                                                          \
    template <class Model, class Studies, accrue::real Real, class... Rest>                                  \
        requires accrue::detail::reports<Studies>                                                            \
    ACCRUE_REFUSED("these are trials: effects(measure, trials) first", __VA_ARGS__);                         \
    template <class Model, class Studies, accrue::real Real, class... Rest>                                  \
        requires(!accrue::estimates<Studies> && !accrue::detail::reports<Studies>)                           \
    ACCRUE_REFUSED("estimates must be a contiguous range of estimate: a vector, an array or a span",         \
                   __VA_ARGS__);                                                                             \
    template <class Model, accrue::estimates Studies, accrue::real Real, class... Rest>                      \
        requires(!accrue::regression_model<Model>)                                                           \
    ACCRUE_REFUSED("moderators go with common_effect{} or random_effects{estimator, uncertainty}",           \
                   __VA_ARGS__)
