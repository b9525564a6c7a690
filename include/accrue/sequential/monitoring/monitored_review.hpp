#pragma once

#include <accrue/batch/pooled_batch.hpp>
#include <accrue/batch/study_batch.hpp>
#include <accrue/estimate.hpp>
#include <accrue/pooled.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <cstddef>
#include <functional>
#include <span>

namespace accrue {

struct sequential_design;

/// Everything that a monitoring rule may need to know of a review: its plan, its looks, its trials so far and
/// its model. `trial_sequential_analysis` makes it, so that nothing has to be said twice.
///
/// Where looks are only planned there are no looks, no trials and no model. It views what it names; a rule
/// that keeps some of it makes a copy.
struct monitored_review {
    sequential_design const& design;
    /// Information fractions of the looks and, when none has reached 1, of the final look to come at 1.
    std::span<double const> fractions;
    std::span<std::size_t const> looks = {}; ///< number of trials at each look, without the one to come
    std::span<estimate const> trials = {};   ///< empty where the model pools reports rather than estimates
    std::span<pooled const> results = {};    ///< of the first trial, the first two, and so on
    /// The review's model, applied to many reviews at once: `pool_each(model, batch, 0, batch.size(),
    /// results)`. Empty where the model pools reports rather than estimates.
    std::function<void(study_matrix const&, pooled_batch&)> pool_each = {};
    /// Where the model pools 2x2 tables: the result of the given tables, by the review's model. Empty where
    /// it pools estimates, or reports of another kind.
    std::function<pooled(std::span<two_arms<events> const>)> pool_tables = {};
};

} // namespace accrue
