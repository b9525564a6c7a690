#pragma once

#include <accrue/error.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace accrue {

/// Which effects belong together: effects of one study, studies of one group of authors, schools of a
/// district.
struct clustering {
    std::vector<std::size_t> of; ///< each effect's cluster, numbered from 0 in the order of first appearance
    std::size_t count;           ///< number of clusters
};

/// What can name a cluster: an integer or a string. Not a floating-point number, of which it is unclear when
/// two are the same.
template <class Label>
concept cluster_label = std::integral<Label> || std::convertible_to<Label const&, std::string_view>;

namespace detail {

template <class Range>
using range_label = std::remove_cvref_t<decltype(*std::data(std::declval<Range const&>()))>;

} // namespace detail

/// A contiguous range with a label for each effect.
template <class Range>
concept cluster_labels = requires(Range const& labels) {
    std::size(labels);
    requires cluster_label<detail::range_label<Range>>;
};

/// Numbers the clusters of a list of labels. Effects with the same label are in one cluster, wherever they
/// stand. A label is compared as it is written: "A" and "a " are two clusters.
///
/// Every function that takes clusters takes labels or a `clustering`; make one yourself to number long lists
/// of strings but once.
///
/// \param labels a contiguous range of integers or strings, one for each effect
/// \returns as many numbers as there are labels; no labels give no clusters. Functions that take both refuse
/// labels that are not as many as the effects.
template <cluster_labels Labels>
[[nodiscard]] clustering make_clustering(Labels const& labels) {
    using label = detail::range_label<Labels>;
    using key = std::conditional_t<std::integral<label>, label, std::string_view>;
    auto result = clustering{{}, 0};
    auto const size = static_cast<std::size_t>(std::size(labels));
    result.of.reserve(size);
    auto numbers = std::unordered_map<key, std::size_t>{};
    auto const* const data = std::data(labels);
    for (std::size_t i = 0; i < size; ++i) {
        if (i > 0 && key(data[i]) == key(data[i - 1])) {
            result.of.push_back(result.of.back());
        } else {
            result.of.push_back(numbers.try_emplace(key(data[i]), numbers.size()).first->second);
        }
    }
    result.count = numbers.size();
    return result;
}

/// The same, of what is a clustering already.
[[nodiscard]] inline clustering make_clustering(clustering const& clusters) {
    return clusters;
}

namespace detail {

/// Whatever says which effects belong together.
template <class Clusters>
concept says_clusters = requires(Clusters const& clusters) { make_clustering(clusters); };

/// The clustering of `size` effects.
template <says_clusters Clusters>
[[nodiscard]] clustering clustering_of(Clusters const& clusters, std::size_t const size) {
    auto result = make_clustering(clusters);
    if (result.of.size() != size) [[unlikely]] {
        throw invalid_input("clusters must be as many as estimates, which are " + std::to_string(size) +
                            ", but are " + std::to_string(result.of.size()));
    }
    // One that was made by hand may number clusters that there are not.
    if (result.count > size) [[unlikely]] {
        throw invalid_input("clusters must have an effect each, but are " + std::to_string(result.count) +
                            " for " + std::to_string(size) + " estimates");
    }
    auto met = std::vector<bool>(result.count, false);
    std::size_t used = 0;
    for (std::size_t i = 0; i < size; ++i) {
        for_study(i, [&] { require_below("cluster", result.of[i], "the number of clusters", result.count); });
        used += met[result.of[i]] ? 0U : 1U;
        met[result.of[i]] = true;
    }
    if (used != result.count) [[unlikely]] {
        throw invalid_input("clusters must have an effect each: of " + std::to_string(result.count) + ", " +
                            std::to_string(result.count - used) + " have none");
    }
    return result;
}

/// The effects' places by cluster: those of each cluster stand together, in the order given.
struct grouped_places {
    std::vector<std::size_t> places;
    std::vector<std::size_t> first; ///< of each cluster in `places`, and the end

    explicit grouped_places(clustering const& clusters)
        : places(clusters.of.size()), first(clusters.count + 1, 0) {
        for (auto const cluster : clusters.of) {
            ++first[cluster + 1];
        }
        for (std::size_t j = 0; j < clusters.count; ++j) {
            first[j + 1] += first[j];
        }
        auto next = first;
        for (std::size_t i = 0; i < places.size(); ++i) {
            places[next[clusters.of[i]]++] = i;
        }
    }

    /// The places of one cluster.
    [[nodiscard]] std::vector<std::size_t> of(std::size_t const cluster) const {
        auto const own = std::span(places).subspan(first[cluster], first[cluster + 1] - first[cluster]);
        return {own.begin(), own.end()};
    }
};

} // namespace detail
} // namespace accrue
