#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/refused.hpp>

#include <type_traits>

namespace accrue::detail {

/// What studies report, before a measure made estimates of it.
template <class Studies>
concept reports = contiguous<Studies> && !study_set<Studies> && std::is_class_v<element_t<Studies>> &&
                  !contiguous<element_t<Studies>>;

/// What is neither estimates nor what estimates are made of: numbers, lists that are not contiguous, models.
template <class Studies>
concept neither_estimates_nor_reports = !study_set<Studies> && !reports<Studies>;

} // namespace accrue::detail

/// Refuses a function of studies for all but these: `...` is its declarator, with `Studies` for the type of
/// the studies.
#define ACCRUE_REFUSE_ALL_BUT_STUDIES(...)                                                                   \
    template <class Studies, class... Rest>                                                                  \
        requires accrue::detail::reports<Studies>                                                            \
    ACCRUE_REFUSED("these are trials: effects(measure, trials) first", __VA_ARGS__);                         \
    template <class Studies, class... Rest>                                                                  \
        requires accrue::detail::neither_estimates_nor_reports<Studies>                                      \
    ACCRUE_REFUSED("estimates must be a contiguous range of estimate: a vector, an array or a span",         \
                   __VA_ARGS__)
