#pragma once

#include <accrue/batch/detail/pool_in_lanes.hpp>
#include <accrue/batch/pooled_batch.hpp>
#include <accrue/batch/study_batch.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/z_curve.hpp>
#include <accrue/model/model_for.hpp>
#include <accrue/refused.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <vector>

namespace accrue {

namespace detail {

/// A model of estimates whose results a batch can hold.
template <class Model>
concept pools_in_batches = requires(Model const& model, study_evidence<double> const& studies) {
    { model(studies) } -> std::convertible_to<pooled>;
};

} // namespace detail

/// Pools the meta-analyses `first` to `last` - 1 of a batch into the same places of `results`, which has the
/// size of the batch. Calls for ranges that do not overlap may run at the same time.
///
/// \throws invalid_input when the batch's columns do not fit together, or for a range beyond the batch
template <class Model, study_batch Batch>
    requires detail::pools_in_batches<Model>
void pool_each(Model const& model, Batch const& batch, std::size_t const first, std::size_t const last,
               pooled_batch& results) {
    detail::check(batch);
    detail::require_that(first <= last && last <= batch.size() && results.size() == batch.size(),
                         "the range must lie within the batch, and the results have its size");
    if constexpr (!detail::lane_model<Model>::exists) {
        for (std::size_t i = first; i < last; ++i) {
            detail::pool_alone(model, batch, i, results);
        }
    } else if (detail::wide_packs_run_here()) {
        detail::pool_range_wide(model, batch, first, last, results);
    } else {
        detail::pool_range<detail::pack<detail::two_doubles>>(model, batch, first, last, results);
    }
}

/// Pools every meta-analysis of a batch: 10,000 meta-analyses of 20 studies are
///
///     pool_each(random_effects{}, study_matrix{effects, variances, 20})
///
/// with two columns of 200,000 numbers.
///
/// Takes any model of estimates whose result is a `pooled`. The common effect and random effects with
/// DerSimonian-Laird, REML or Paule-Mandel, whatever the method of uncertainty, are computed several
/// meta-analyses at a time; results agree with those of `pool` to rounding errors.
///
/// For a million short meta-analyses, to allocate the results takes as long as to compute them: a program
/// that pools many such batches keeps the results and uses the form above.
///
/// \param batch `study_columns` or `study_matrix`
/// \throws invalid_input when the batch's columns do not fit together; never for the studies of one
/// meta-analysis, whose result has a status then
template <class Model, study_batch Batch>
    requires detail::pools_in_batches<Model>
[[nodiscard]] pooled_batch pool_each(Model const& model, Batch const& batch) {
    auto results = pooled_batch(batch.size());
    pool_each(model, batch, 0, batch.size(), results);
    return results;
}

/// The natural logarithms of the two-sided p-values of a batch, NaN where there is no result; as
/// `log_p_value` of each.
[[nodiscard]] inline std::vector<double> log_p_value(pooled_batch const& results) {
    auto column = std::vector<double>(results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        column[i] = log_p_value(results[i]);
    }
    return column;
}

/// The Z-curves of every meta-analysis of a batch, as a matrix study by study: the value after study j of
/// meta-analysis i is at the place j * batch.size() + i, and NaN where that study is missing or the
/// meta-analysis could not be pooled. See `z_curve`; a t statistic is mapped to z as there.
///
/// It pools each beginning anew, side by side, which suits the many short sequences of a simulation.
/// \throws invalid_input as `pool_each` does
template <class Model>
    requires detail::pools_in_batches<Model>
[[nodiscard]] std::vector<double> z_curve_each(Model const& model, study_matrix const& batch) {
    detail::check(batch);
    auto curves = std::vector<double>(batch.effects.size());
    for (std::size_t studies = 1; studies <= batch.studies; ++studies) {
        std::size_t const end = studies * batch.size();
        auto const results =
            pool_each(model, study_matrix{batch.effects.first(end), batch.variances.first(end), studies});
        for (std::size_t i = 0; i < batch.size(); ++i) {
            std::size_t const place = end - batch.size() + i;
            bool const missing = std::isnan(batch.effects[place]) || std::isnan(batch.variances[place]);
            curves[place] = missing ? std::numeric_limits<double>::quiet_NaN() : z_value(results[i]);
        }
    }
    return curves;
}

template <class Model, class Batch, class... Rest>
    requires(!study_batch<Batch>)
ACCRUE_REFUSED("pool_each(model, batch) takes study_columns or study_matrix",
               pool_each(Model const&, Batch const&, Rest const&...));
template <class Model, study_batch Batch, class... Rest>
    requires(!detail::pools_in_batches<Model>)
ACCRUE_REFUSED(
    "pool_each(model, batch) takes a model of estimates whose result is a pooled, such as random_effects{}",
    pool_each(Model const&, Batch const&, Rest const&...));

} // namespace accrue
