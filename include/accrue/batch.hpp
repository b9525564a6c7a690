#pragma once

#include <accrue/detail/lane_models.hpp>
#include <accrue/error.hpp>
#include <accrue/heterogeneity.hpp>
#include <accrue/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/sequential/z_curve.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue {

/// Many meta-analyses in columns, one after the other: the studies of meta-analysis i are at the places
/// starts[i] to starts[i + 1] - 1 of both columns (compressed sparse rows).
///
/// Effects and variances are those of `estimate`: on the analysis scale, the variance the square of the
/// standard error. A study whose effect or variance is NaN is missing; a meta-analysis may have no study. The
/// columns are viewed, not owned, and part of `starts` is a part of the batch.
struct study_columns {
    std::span<double const> effects;
    std::span<double const> variances;
    std::span<std::size_t const> starts; ///< one more than there are meta-analyses, not decreasing

    /// The number of meta-analyses.
    [[nodiscard]] std::size_t size() const { return starts.empty() ? 0 : starts.size() - 1; }
};

/// Many meta-analyses of up to `studies` studies each as two matrices, study by study: study j of
/// meta-analysis i is at the place j * size() + i. Neighbours in memory are then the same study of
/// neighbouring meta-analyses, which one instruction can take together; this form is the faster one.
///
/// Effects, variances and missing studies as in `study_columns`. The matrices are viewed, not owned.
struct study_matrix {
    std::span<double const> effects;
    std::span<double const> variances;
    std::size_t studies; ///< of each meta-analysis, missing ones included

    /// The number of meta-analyses.
    [[nodiscard]] std::size_t size() const { return studies == 0 ? 0 : effects.size() / studies; }
};

/// What a model says of each meta-analysis of a batch, in columns: what `pooled` holds, Cochran's Q and z. A
/// meta-analysis that could not be pooled has NaN everywhere, and a `status` that says why; none affects any
/// other. Effects and variances are on the analysis scale, tau² in squared units of the effect.
struct pooled_batch {
    explicit pooled_batch(std::size_t const size)
        : effect(size), variance(size), tau_squared(size), q(size), z(size), degrees_of_freedom(size),
          k(size), status(size) {}

    std::vector<double> effect;
    std::vector<double> variance;
    std::vector<double> tau_squared;
    std::vector<double> q; ///< Cochran's Q, about the common-effect mean
    std::vector<double> z; ///< effect / sqrt(variance); a t statistic where the degrees of freedom are finite
    std::vector<double> degrees_of_freedom; ///< of the reference distribution; infinite for the normal
    std::vector<std::size_t> k;             ///< studies that were not missing
    std::vector<accrue::status> status;     ///< `undefined` without studies, `invalid` with an unusable one

    [[nodiscard]] std::size_t size() const { return effect.size(); }
    /// One of the results; `p_value`, `confidence_interval` and so on apply to it.
    [[nodiscard]] pooled operator[](std::size_t const i) const {
        return {effect[i], variance[i], tau_squared[i], degrees_of_freedom[i], k[i], status[i]};
    }
};

namespace detail {

inline void check(study_columns const& batch) {
    if (batch.effects.size() != batch.variances.size()) {
        throw invalid_input("effects and variances must be equally many");
    }
    bool const in_order = batch.starts.empty() || std::ranges::is_sorted(batch.starts);
    if (!in_order || (!batch.starts.empty() && batch.starts.back() > batch.effects.size())) {
        throw invalid_input("starts must not decrease nor exceed the number of effects");
    }
}

inline void check(study_matrix const& batch) {
    if (batch.effects.size() != batch.variances.size()) {
        throw invalid_input("effects and variances must be equally many");
    }
    if (batch.studies == 0 ? !batch.effects.empty() : batch.effects.size() % batch.studies != 0) {
        throw invalid_input("effects must be a multiple of studies");
    }
}

/// The meta-analyses `first` to `last` - 1, at most `lane_count`, side by side, in the buffer where they are
/// not so already; NaN where there is none.
inline lane_view load(lane_buffer& buffer, study_columns const& batch, std::size_t const first,
                      std::size_t const last) {
    std::size_t depth = 0;
    for (std::size_t i = first; i < last; ++i) {
        depth = std::max(depth, batch.starts[i + 1] - batch.starts[i]);
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
        // Processors foresee the need of fewer columns than these.
        constexpr std::size_t ahead = 8 * lane_count;
        for (std::size_t place = first + ahead; place < batch.effects.size(); place += batch.size()) {
            __builtin_prefetch(&batch.effects[place]);
            __builtin_prefetch(&batch.variances[place]);
        }
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

/// The studies of one meta-analysis that are not missing.
inline std::vector<estimate> studies_of(study_columns const& batch, std::size_t const i) {
    auto studies = std::vector<estimate>{};
    for (std::size_t place = batch.starts[i]; place < batch.starts[i + 1]; ++place) {
        if (!std::isnan(batch.effects[place]) && !std::isnan(batch.variances[place])) {
            studies.push_back({batch.effects[place], batch.variances[place]});
        }
    }
    return studies;
}

inline std::vector<estimate> studies_of(study_matrix const& batch, std::size_t const i) {
    auto studies = std::vector<estimate>{};
    for (std::size_t place = i; place < batch.effects.size(); place += batch.size()) {
        if (!std::isnan(batch.effects[place]) && !std::isnan(batch.variances[place])) {
            studies.push_back({batch.effects[place], batch.variances[place]});
        }
    }
    return studies;
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

/// Any model, one meta-analysis at a time. What else it throws than `invalid_input` is no failure of data,
/// and goes to the caller.
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
    if (buffer.has_gaps || !all(usable)) [[unlikely]] {
        summary = buffer.template settle<Pack>(view, lane);
        used = buffer.view();
        usable = summary.usable();
        if (!all(usable)) {
            buffer.disarm(lane, summary);
        }
        buffer.has_gaps = !all(Pack(static_cast<double>(view.depth)) <= summary.sizes);
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

    /// Not where a sum has overflowed, which `pool` may avoid.
    [[nodiscard, gnu::always_inline]] typename Pack::mask finite() const {
        return (effect - effect) + (variance - variance) + (tau_squared - tau_squared) + (q - q) <= 0;
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
        if (last - i >= Pack::width && all(usable & good)) [[likely]] {
            set(results, i, found);
        } else {
            set_each(results, i, std::min(i + Pack::width, last), found, usable, good, model, batch);
        }
    }
}

/// Pools a range of meta-analyses; all of its arithmetic is inlined here.
template <class Pack, class Model, class Batch>
[[gnu::always_inline]] inline void pool_range(Model const& model, Batch const& batch, std::size_t const first,
                                              std::size_t const last, pooled_batch& results) {
    auto buffer = lane_buffer{};
    for (std::size_t i = first; i < last; i += lane_count) {
        pool_in_lanes<Pack>(model, batch, i, std::min(i + lane_count, last), buffer, results);
    }
}

template <class Model, class Batch>
ACCRUE_WIDE_PACK_TARGET void pool_range_wide(Model const& model, Batch const& batch, std::size_t const first,
                                             std::size_t const last, pooled_batch& results) {
    pool_range<wide_pack>(model, batch, first, last, results);
}

} // namespace detail

/// Pools the meta-analyses `first` to `last` - 1 of a batch into the same places of `results`, which has the
/// size of the batch. Calls for ranges that do not overlap may run at the same time.
///
/// \throws invalid_input when the batch's columns do not fit together, or for a range beyond the batch
template <class Model, class Batch>
void pool_each(Model const& model, Batch const& batch, std::size_t const first, std::size_t const last,
               pooled_batch& results) {
    detail::check(batch);
    if (first > last || last > batch.size() || results.size() != batch.size()) {
        throw invalid_input("the range must lie within the batch, and the results have its size");
    }
    if constexpr (!detail::lane_model<Model>::exists) {
        for (std::size_t i = first; i < last; ++i) {
            detail::pool_alone(model, batch, i, results);
        }
    } else if (detail::wide_packs_run_here()) {
        detail::pool_range_wide(model, batch, first, last, results);
    } else {
        detail::pool_range<detail::native_pack>(model, batch, first, last, results);
    }
}

/// Pools every meta-analysis of a batch: 10,000 meta-analyses of 20 studies are
///
///     pool_each(random_effects{}, study_matrix{effects, variances, 20})
///
/// with two columns of 200,000 numbers.
///
/// Takes any model. The common effect and random effects with DerSimonian-Laird, REML or Paule-Mandel,
/// whatever the method of uncertainty, are computed several meta-analyses at a time; results agree with those
/// of `pool` to rounding errors.
///
/// New memory costs a million short meta-analyses as much time as their arithmetic: a program that pools many
/// such batches keeps the results and uses the form above.
///
/// \param batch `study_columns` or `study_matrix`
/// \throws invalid_input when the batch's columns do not fit together; never for the studies of one
/// meta-analysis, whose result has a status then
template <class Model, class Batch>
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

} // namespace accrue
