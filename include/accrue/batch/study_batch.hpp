#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue {

/// Many meta-analyses in columns, one after the other: the studies of meta-analysis i are at the places
/// starts[i] to starts[i + 1] - 1 of both columns (compressed sparse rows).
///
/// Effects and variances are those of `estimate`: on the analysis scale, the variance the square of the
/// standard error. A study whose effect or variance is NaN is missing; a meta-analysis may have no study. The
/// columns are viewed, not owned, and a sub-span of `starts` is a batch of those meta-analyses.
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

namespace detail {

inline void check(study_columns const& batch) {
    require_that(batch.effects.size() == batch.variances.size(),
                 "effects and variances must be equally many");
    bool const in_order = batch.starts.empty() || std::is_sorted(batch.starts.begin(), batch.starts.end());
    require_that(in_order && (batch.starts.empty() || batch.starts.back() <= batch.effects.size()),
                 "starts must not decrease nor exceed the number of effects");
}

inline void check(study_matrix const& batch) {
    require_that(batch.effects.size() == batch.variances.size(),
                 "effects and variances must be equally many");
    require_that(batch.studies == 0 ? batch.effects.empty() : batch.effects.size() % batch.studies == 0,
                 "effects must be a multiple of studies");
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

} // namespace detail
/// Many meta-analyses in columns: `study_columns` or `study_matrix`.
template <class Batch>
concept study_batch = std::same_as<Batch, study_columns> || std::same_as<Batch, study_matrix>;

} // namespace accrue
