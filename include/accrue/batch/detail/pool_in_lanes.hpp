#pragma once

#include <accrue/batch/detail/lane_models.hpp>
#include <accrue/batch/pooled_batch.hpp>
#include <accrue/batch/study_batch.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/pack.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace accrue::detail {

/// The meta-analyses `first` to `last` - 1, at most `lane_count`, side by side, in the buffer where they are
/// not so already; NaN where there is none.
inline lane_view load(lane_buffer& buffer, study_columns const& batch, std::size_t const first,
                      std::size_t const last) {
    std::size_t depth = 0;
    for (std::size_t i = first; i < last; ++i) {
        depth = (std::max)(depth, batch.starts[i + 1] - batch.starts[i]);
    }
    buffer.resize(depth);
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        std::size_t const i = first + lane;
        std::size_t const size = i < last ? batch.starts[i + 1] - batch.starts[i] : 0;
        for (std::size_t study = 0; study < size; ++study) {
            buffer.effect(study, lane) = batch.effects[batch.starts[i] + study];
            buffer.variance(study, lane) = batch.variances[batch.starts[i] + study];
        }
        for (std::size_t study = size; study < depth; ++study) {
            buffer.effect(study, lane) = missing;
            buffer.variance(study, lane) = missing;
        }
    }
    return buffer.view();
}

inline lane_view load(lane_buffer& buffer, study_matrix const& batch, std::size_t const first,
                      std::size_t const last) {
    buffer.resize(batch.studies);
    if (last - first == lane_count) {
#if defined(__GNUC__)
        // Processors foresee the need of fewer columns than these.
        constexpr std::size_t ahead = 8 * lane_count;
        for (std::size_t place = first + ahead; place < batch.effects.size(); place += batch.size()) {
            __builtin_prefetch(&batch.effects[place]);
            __builtin_prefetch(&batch.variances[place]);
        }
#endif
        return {batch.effects.data() + first, batch.variances.data() + first, batch.size(), batch.studies};
    }
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t study = 0; study < batch.studies; ++study) {
        std::size_t const place = study * batch.size() + first;
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            bool const there = first + lane < last;
            buffer.effect(study, lane) = there ? batch.effects[place + lane] : missing;
            buffer.variance(study, lane) = there ? batch.variances[place + lane] : missing;
        }
    }
    return buffer.view();
}

inline void set(pooled_batch& results, std::size_t const i, pooled const& result, double const q) {
    results.effect[i] = result.effect;
    results.variance[i] = result.variance;
    results.tau_squared[i] = result.tau_squared;
    results.q[i] = q;
    results.z[i] = result.effect / std::sqrt(result.variance);
    results.degrees_of_freedom[i] = result.degrees_of_freedom;
    results.k[i] = result.k;
    results.status[i] = result.status;
}

inline void set_failed(pooled_batch& results, std::size_t const i, std::size_t const k) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    set(results, i, {none, none, none, none, k, k == 0 ? status::undefined : status::invalid}, none);
}

/// Any model, one meta-analysis at a time. `invalid_input` becomes a status, other exceptions
/// propagate.
template <class Model, class Batch>
void pool_alone(Model const& model, Batch const& batch, std::size_t const i, pooled_batch& results) {
    auto const studies = studies_of(batch, i);
    if (studies.empty()) {
        set_failed(results, i, 0);
        return;
    }
    try {
        set(results, i, pool(model, studies), heterogeneity(studies).q);
    } catch (invalid_input const&) {
        set_failed(results, i, studies.size());
    }
}

/// The studies of a pack, surveyed. If some are missing or unusable, they are replaced in a copy; `usable`
/// says which meta-analyses can be pooled.
template <class Pack>
[[gnu::always_inline]] inline lane_studies<Pack>
prepare(lane_buffer& buffer, lane_view const& view, std::size_t const lane, typename Pack::mask& usable) {
    auto used = view;
    lane_summary<Pack> summary;
    if (!buffer.has_gaps) {
        summary = survey<Pack>(view, lane);
        usable = summary.usable();
    }
    if (buffer.has_gaps || !usable.everywhere()) [[unlikely]] {
        summary = buffer.template settle<Pack>(view, lane);
        used = buffer.view();
        usable = summary.usable();
        if (!usable.everywhere()) {
            buffer.disarm(lane, summary);
        }
        buffer.has_gaps = !(Pack(static_cast<double>(view.depth)) <= summary.sizes).everywhere();
    }
    return {used, lane, summary, buffer.weights()};
}

/// What was found for a pack of meta-analyses.
template <class Pack>
struct lane_results {
    Pack effect;
    Pack variance;
    Pack tau_squared;
    Pack q;
    Pack degrees_of_freedom;
    Pack sizes;

    /// Not where a sum has overflowed, which `pool` may avoid, and not without any variance.
    [[nodiscard, gnu::always_inline]] typename Pack::mask finite() const {
        return ((effect - effect) + (variance - variance) + (tau_squared - tau_squared) + (q - q) <= 0) &
               (variance > 0);
    }
};

/// Stores results, all of them `ok`, for the meta-analyses from `first` on.
template <class Pack>
[[gnu::always_inline]] inline void set(pooled_batch& results, std::size_t const first,
                                       lane_results<Pack> const& found) {
    found.effect.store(&results.effect[first]);
    found.variance.store(&results.variance[first]);
    found.tau_squared.store(&results.tau_squared[first]);
    found.q.store(&results.q[first]);
    (found.effect / sqrt(found.variance)).store(&results.z[first]);
    found.degrees_of_freedom.store(&results.degrees_of_freedom[first]);
    auto const sizes = found.sizes.unpacked();
    for (std::size_t i = 0; i < Pack::width; ++i) {
        results.k[first + i] = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(sizes[i]));
    }
    std::fill_n(&results.status[first], Pack::width, status::ok);
}

/// Stores results for the meta-analyses from `first` to `last` - 1 one by one, which differ in status.
template <class Pack, class Model, class Batch>
[[gnu::always_inline]] inline void
set_each(pooled_batch& results, std::size_t const first, std::size_t const last,
         lane_results<Pack> const& found, typename Pack::mask const& usable, typename Pack::mask const& good,
         Model const& model, Batch const& batch) {
    auto const effect = found.effect.unpacked();
    auto const variance = found.variance.unpacked();
    auto const tau_squared = found.tau_squared.unpacked();
    auto const q = found.q.unpacked();
    auto const degrees_of_freedom = found.degrees_of_freedom.unpacked();
    auto const sizes = found.sizes.unpacked();
    for (std::size_t i = first; i < last; ++i) {
        std::size_t const lane = i - first;
        auto const k = static_cast<std::size_t>(sizes[lane]);
        if (!usable[lane]) {
            set_failed(results, i, k);
        } else if (!good[lane]) {
            pool_alone(model, batch, i, results);
        } else {
            set(results, i,
                {effect[lane], variance[lane], tau_squared[lane], degrees_of_freedom[lane], k, status::ok},
                q[lane]);
        }
    }
}

/// Pools up to `lane_count` meta-analyses, a pack at a time.
template <class Pack, class Model, class Batch>
[[gnu::always_inline]] inline void pool_in_lanes(Model const& model, Batch const& batch,
                                                 std::size_t const first, std::size_t const last,
                                                 lane_buffer& buffer, pooled_batch& results) {
    using parts = lane_model<Model>;
    auto const view = load(buffer, batch, first, last);
    if (view.depth == 0) {
        for (std::size_t i = first; i < last; ++i) {
            set_failed(results, i, 0);
        }
        return;
    }
    for (std::size_t i = first; i < last; i += Pack::width) {
        typename Pack::mask usable;
        auto const studies = prepare<Pack>(buffer, view, i - first, usable);
        auto const common = studies.fit(0);
        auto const tau_squared = parts::tau_squared(model, studies, common);
        auto const fit = parts::fit(studies, common, tau_squared);
        auto const precision = precision_in_lanes(parts::uncertainty_of(model), fit, studies.summary.sizes);
        auto const found =
            lane_results<Pack>{fit.mean,   precision.variance,           tau_squared.value,
                               common.q(), precision.degrees_of_freedom, studies.summary.sizes};
        auto const good = tau_squared.good & precision.good & found.finite();
        if (last - i >= Pack::width && (usable & good).everywhere()) [[likely]] {
            set(results, i, found);
        } else {
            set_each(results, i, (std::min)(i + Pack::width, last), found, usable, good, model, batch);
        }
    }
}

/// Pools a range of meta-analyses; all of its arithmetic is inlined here.
template <class Pack, class Model, class Batch>
[[gnu::always_inline]] inline void pool_range(Model const& model, Batch const& batch, std::size_t const first,
                                              std::size_t const last, pooled_batch& results) {
    auto buffer = lane_buffer{};
    for (std::size_t i = first; i < last; i += lane_count) {
        pool_in_lanes<Pack>(model, batch, i, (std::min)(i + lane_count, last), buffer, results);
    }
}

template <class Model, class Batch>
ACCRUE_WIDE_PACK_TARGET void pool_range_wide(Model const& model, Batch const& batch, std::size_t const first,
                                             std::size_t const last, pooled_batch& results) {
    pool_range<wide_pack>(model, batch, first, last, results);
}

} // namespace accrue::detail
