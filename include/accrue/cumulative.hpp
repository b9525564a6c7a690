#pragma once

#include <accrue/pool.hpp>

#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace accrue {

/// The pooled result after the first study, the first two, and so on to all, in the order given (usually by
/// date).
///
/// Lau et al. 1992, N Engl J Med 327:248-254, doi:10.1056/NEJM199207233270406.
/// \param estimates a contiguous range of estimates, or of trials for a model that pools those
/// \throws invalid_input as `pool` does
template <class Model, class Range>
[[nodiscard]] auto cumulative(Model const& model, Range const& estimates) {
    auto const all = std::span(std::data(estimates), std::size(estimates));
    detail::require_not_empty("estimates", all.size());
    auto results = std::vector<decltype(pool(model, all))>{};
    results.reserve(all.size());
    for (std::size_t count = 1; count <= all.size(); ++count) {
        results.push_back(pool(model, all.first(count)));
    }
    return results;
}

} // namespace accrue
