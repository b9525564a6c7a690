#pragma once

#include <accrue/error.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/refused.hpp>

#include <cstddef>
#include <iterator>
#include <vector>

namespace accrue {

/// The pooled result without the first study, without the second, and so on: which of them carries the
/// conclusion?
///
/// Tobias 1999, Stata Tech Bull 47:15-17; Viechtbauer & Cheung 2010, Res Synth Methods 1:112-125,
/// doi:10.1002/jrsm.11.
/// \param estimates two or more estimates, or trials for a model that pools those
/// \throws invalid_input as `pool` does, and when there are fewer than two studies
template <class Model, detail::contiguous Range>
    requires pools<Model, Range>
[[nodiscard]] auto leave_one_out(Model const& model, Range const& estimates) {
    auto const* const first = std::data(estimates);
    auto const count = static_cast<std::size_t>(std::size(estimates));
    detail::require_that(count >= 2, "leaving one study out needs at least two studies");
    // Pooling all names an invalid study by its place among all.
    using result = decltype(pool(model, estimates));
    [[maybe_unused]] result const all = pool(model, estimates);
    auto others = std::vector(first + 1, first + count);
    auto results = std::vector<result>{};
    results.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        results.push_back(pool(model, others));
        if (i + 1 < count) {
            others[i] = first[i];
        }
    }
    return results;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(leave_one_out(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_SUMS_OF_STUDIES(leave_one_out(Model const&, Studies const&));
ACCRUE_REFUSE_STUDIES_ALONE("leave_one_out(random_effects{}, estimates)", leave_one_out(Studies const&));

} // namespace accrue
