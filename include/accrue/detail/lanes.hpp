#pragma once

#include <accrue/detail/centred_sums.hpp>
#include <accrue/weighted_fit.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

namespace accrue::detail {

// As many doubles as one instruction of the target takes. The compilers that the library supports know these
// vector types and their operators; no library is needed, and loops over studies read like scalar ones.
#if defined(__AVX512F__)
inline constexpr std::size_t pack_size = 8;
#elif defined(__AVX__)
inline constexpr std::size_t pack_size = 4;
#else
inline constexpr std::size_t pack_size = 2;
#endif
using pack [[gnu::vector_size(pack_size * sizeof(double))]] = double;

inline pack broadcast(double const number) {
    return pack{} + number;
}

/// Meta-analyses that are loaded side by side: as many as there are doubles in a cache line.
inline constexpr std::size_t lane_count = 8;

inline pack load_pack(double const* const from) {
    pack result;
    std::memcpy(&result, from, sizeof result);
    return result;
}

inline void store_pack(double* const to, pack const& numbers) {
    std::memcpy(to, &numbers, sizeof numbers);
}

[[nodiscard]] inline bool all(auto const& mask) {
    bool result = true;
    for (std::size_t i = 0; i < pack_size; ++i) {
        result = result && mask[i] != 0;
    }
    return result;
}

/// The studies of up to `lane_count` meta-analyses: effect and variance of study j of lane i are at the
/// places j * stride + i.
struct lane_view {
    double const* effects;
    double const* variances;
    std::size_t stride;
    std::size_t depth; ///< studies of the largest of the meta-analyses
};

/// What there is to know of the studies of a pack of meta-analyses before any model is fitted.
struct lane_summary {
    pack sizes;    ///< studies that are not missing
    pack defects;  ///< 0, or NaN if one of these is not finite
    pack smallest; ///< variance
    pack largest;

    [[nodiscard]] auto usable() const { return (sizes > 0) & (smallest > 0) & (defects <= 0); }
};

/// Surveys a pack whose studies are all there; if one is missing, its lane will not seem usable.
inline lane_summary survey(lane_view const& view, std::size_t const lane) {
    pack const first = load_pack(view.variances + lane);
    auto summary = lane_summary{broadcast(static_cast<double>(view.depth)), pack{}, first, first};
    for (std::size_t study = 0; study < view.depth; ++study) {
        pack const effect = load_pack(view.effects + study * view.stride + lane);
        pack const variance = load_pack(view.variances + study * view.stride + lane);
        summary.defects += (effect - effect) + (variance - variance);
        summary.smallest = variance < summary.smallest ? variance : summary.smallest;
        summary.largest = variance > summary.largest ? variance : summary.largest;
    }
    return summary;
}

/// A copy of the studies of `lane_count` meta-analyses, and the weights of a fit.
class lane_buffer {
  public:
    void resize(std::size_t const studies) {
        effects_.resize(studies * lane_count);
        variances_.resize(studies * lane_count);
        weights_.resize(studies * pack_size);
    }
    [[nodiscard]] lane_view view() const {
        return {effects_.data(), variances_.data(), lane_count, effects_.size() / lane_count};
    }
    double& effect(std::size_t const study, std::size_t const lane) {
        return effects_[study * lane_count + lane];
    }
    double& variance(std::size_t const study, std::size_t const lane) {
        return variances_[study * lane_count + lane];
    }
    double* weights() { return weights_.data(); }

    /// Surveys a pack and replaces what is missing (NaN) by studies of infinite variance, which have no
    /// weight.
    lane_summary settle(std::size_t const lane) {
        pack const infinite = broadcast(std::numeric_limits<double>::infinity());
        pack const zero{};
        auto summary = lane_summary{zero, zero, infinite, zero};
        for (std::size_t place = lane; place < effects_.size(); place += lane_count) {
            pack const effect = load_pack(&effects_[place]);
            pack const variance = load_pack(&variances_[place]);
            auto const there = (effect <= infinite) & (variance <= infinite);
            pack const weightless = there ? variance : infinite;
            store_pack(&effects_[place], there ? effect : zero);
            store_pack(&variances_[place], weightless);
            summary.sizes += there ? broadcast(1) : zero;
            summary.defects += there ? (effect - effect) + (variance - variance) : zero;
            summary.smallest = weightless < summary.smallest ? weightless : summary.smallest;
            summary.largest = (there & (variance > summary.largest)) ? variance : summary.largest;
        }
        return summary;
    }

    /// Puts studies that do no harm in the place of those of a meta-analysis that can't be pooled.
    void disarm(std::size_t const lane) {
        for (std::size_t place = lane; place < effects_.size(); place += lane_count) {
            effects_[place] = 0;
            variances_[place] = 1;
        }
    }

  private:
    std::vector<double> effects_;
    std::vector<double> variances_;
    std::vector<double> weights_;
};

/// A pack of meta-analyses.
struct lane_studies {
    lane_view view;
    std::size_t lane;
    lane_summary summary;
    double* weights; ///< room for those of a fit

    /// The inverse-variance fits of the meta-analyses; as `study_evidence::fit`.
    [[gnu::always_inline]] weighted_fit<pack> fit(pack const& tau_squared) const {
        pack const unit = summary.smallest + tau_squared;
        centred_sums<pack> sums{};
        sums.k = view.depth;
        pack moment{};
        for (std::size_t study = 0; study < view.depth; ++study) {
            std::size_t const place = study * view.stride + lane;
            pack const u = unit / (load_pack(view.variances + place) + tau_squared);
            store_pack(weights + study * pack_size, u);
            sums.ones[0] += u;
            sums.ones[1] += u * u;
            sums.ones[2] += u * u * u;
            moment += u * load_pack(view.effects + place);
        }
        sums.centre = moment * (1 / sums.ones[0]);
        for (std::size_t study = 0; study < view.depth; ++study) {
            pack const u = load_pack(weights + study * pack_size);
            pack const d = load_pack(view.effects + study * view.stride + lane) - sums.centre;
            pack const ud = u * d;
            sums.firsts[0] += ud;
            sums.firsts[1] += u * ud;
            sums.firsts[2] += u * u * ud;
            sums.seconds[0] += ud * d;
            sums.seconds[1] += ud * ud;
            sums.seconds[2] += u * ud * ud;
        }
        return sums.fit(unit);
    }
};

} // namespace accrue::detail
