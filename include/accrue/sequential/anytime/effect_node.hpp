#pragma once

#include <accrue/error.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue {

/// One effect that a mixture bets on, as a distance from the null, and its share.
struct effect_node {
    double effect; ///< finite, of either sign
    double weight; ///< positive; shares of a mixture need not sum to 1, they are divided by their sum

    friend bool operator==(effect_node const&, effect_node const&) = default;
};

/// Equally spaced effects within ±`reach` sd, with weights of N(0, sd²): a discrete prior, as good a prior as
/// the continuous one that it looks like.
///
/// \param count an odd number includes 0
/// \throws invalid_input unless sd and reach are positive and finite, and count is at least 2
[[nodiscard]] inline std::vector<effect_node>
normal_effect_nodes(double const sd, std::size_t const count = 61, double const reach = 4) {
    detail::require_positive("sd of the effects", sd);
    detail::require_positive("reach", reach);
    detail::require(count >= 2, "count", "at least 2", static_cast<double>(count));
    auto nodes = std::vector<effect_node>{};
    auto const last = static_cast<double>(count - 1);
    for (std::size_t i = 0; i < count; ++i) {
        // From the middle, so that the nodes are symmetric to the last bit.
        double const x = reach * (2 * static_cast<double>(i) - last) / last;
        nodes.push_back({x * sd, std::exp(-x * x / 2)});
    }
    return nodes;
}

} // namespace accrue
