#pragma once

#include <accrue/evidence/detail/centred_sums.hpp>
#include <accrue/evidence/detail/pack.hpp>
#include <accrue/evidence/weighted_fit.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// Meta-analyses that are loaded side by side: as many as there are doubles in a cache line.
inline constexpr std::size_t lane_count = 8;

/// The studies of up to `lane_count` meta-analyses: effect and variance of study j of lane i are at the
/// places j * stride + i.
struct lane_view {
    double const* effects;
    double const* variances;
    std::size_t stride;
    std::size_t depth; ///< studies of the largest of the meta-analyses
};

/// What there is to know of the studies of a pack of meta-analyses before any model is fitted.
template <class Pack>
struct lane_summary {
    Pack sizes;    ///< studies that are not missing
    Pack defects;  ///< 0, or NaN if one of these is not finite
    Pack smallest; ///< variance
    Pack largest;

    [[nodiscard, gnu::always_inline]] auto usable() const {
        return (sizes > 0) & (smallest > 0) & (defects <= 0);
    }
};

/// Surveys a pack whose studies are all there; if one is missing, its lane will not seem usable.
template <class Pack>
[[gnu::always_inline]] inline lane_summary<Pack> survey(lane_view const& view, std::size_t const lane) {
    auto const first = Pack::load(view.variances + lane);
    auto summary = lane_summary<Pack>{Pack(static_cast<double>(view.depth)), Pack(), first, first};
    for (std::size_t study = 0; study < view.depth; ++study) {
        auto const effect = Pack::load(view.effects + study * view.stride + lane);
        auto const variance = Pack::load(view.variances + study * view.stride + lane);
        summary.defects += (effect - effect) + (variance - variance);
        summary.smallest = select(variance < summary.smallest, variance, summary.smallest);
        summary.largest = select(variance > summary.largest, variance, summary.largest);
    }
    return summary;
}

/// A copy of the studies of `lane_count` meta-analyses, and the weights of a fit.
class lane_buffer {
  public:
    void resize(std::size_t const studies) {
        effects_.resize(studies * lane_count);
        variances_.resize(studies * lane_count);
        weights_.resize(studies * lane_count);
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

    /// Copies a pack, surveys it, and replaces what is missing (NaN) by studies of infinite variance, which
    /// have no weight.
    template <class Pack>
    [[gnu::always_inline]] lane_summary<Pack> settle(lane_view const& view, std::size_t const lane) {
        constexpr double infinite = std::numeric_limits<double>::infinity();
        auto summary = lane_summary<Pack>{0, 0, infinite, 0};
        for (std::size_t study = 0; study < view.depth; ++study) {
            auto const effect = Pack::load(view.effects + study * view.stride + lane);
            auto const variance = Pack::load(view.variances + study * view.stride + lane);
            auto const there = (effect <= infinite) & (variance <= infinite);
            Pack const weightless = select(there, variance, infinite);
            select(there, effect, 0).store(&this->effect(study, lane));
            weightless.store(&this->variance(study, lane));
            summary.sizes += select(there, 1, 0);
            summary.defects += select(there, (effect - effect) + (variance - variance), 0);
            summary.smallest = select(weightless < summary.smallest, weightless, summary.smallest);
            summary.largest = select(there & (variance > summary.largest), variance, summary.largest);
        }
        return summary;
    }

    /// Puts studies that do no harm in the place of those of meta-analyses that can't be pooled.
    template <class Pack>
    [[gnu::always_inline]] void disarm(std::size_t const lane, lane_summary<Pack>& summary) {
        auto const usable = summary.usable();
        for (std::size_t place = lane; place < effects_.size(); place += lane_count) {
            select(usable, Pack::load(&effects_[place]), 0).store(&effects_[place]);
            select(usable, Pack::load(&variances_[place]), 1).store(&variances_[place]);
        }
        summary.smallest = select(usable, summary.smallest, 1);
        summary.largest = select(usable, summary.largest, 1);
    }

    /// Whether the last pack that was prepared had studies missing: the next has too, most likely.
    bool has_gaps = false;

  private:
    std::vector<double> effects_;
    std::vector<double> variances_;
    std::vector<double> weights_;
};

/// A pack of meta-analyses.
template <class Pack>
struct lane_studies {
    lane_view view;
    std::size_t lane;
    lane_summary<Pack> summary;
    double* weights; ///< room for those of a fit

    [[nodiscard, gnu::always_inline]] Pack degrees_of_freedom() const { return summary.sizes - 1; }

    /// The inverse-variance fits of the meta-analyses; as `study_evidence::fit`.
    [[gnu::always_inline]] weighted_fit<Pack> fit(Pack const& tau_squared) const {
        Pack const unit = summary.smallest + tau_squared;
        centred_sums<Pack> sums{}; // k stays 0: it differs, and is in the summary
        Pack moment = 0;
        for (std::size_t study = 0; study < view.depth; ++study) {
            std::size_t const place = study * view.stride + lane;
            Pack const u = unit / (Pack::load(view.variances + place) + tau_squared);
            u.store(weights + study * Pack::width);
            sums.ones.add(u, u);
            moment += u * Pack::load(view.effects + place);
        }
        sums.centre = moment / sums.ones.first;
        for (std::size_t study = 0; study < view.depth; ++study) {
            Pack const effect = Pack::load(view.effects + study * view.stride + lane);
            sums.add_difference(Pack::load(weights + study * Pack::width), effect - sums.centre);
        }
        return sums.fit(unit);
    }
    /// The same, in one go, where the mean is known to be close to that of another fit.
    [[gnu::always_inline]] weighted_fit<Pack> fit(Pack const& tau_squared,
                                                  weighted_fit<Pack> const& known) const {
        Pack const unit = summary.smallest + tau_squared;
        centred_sums<Pack> sums{};
        sums.centre = known.mean;
        for (std::size_t study = 0; study < view.depth; ++study) {
            std::size_t const place = study * view.stride + lane;
            Pack const u = unit / (Pack::load(view.variances + place) + tau_squared);
            sums.ones.add(u, u);
            sums.add_difference(u, Pack::load(view.effects + place) - sums.centre);
        }
        return sums.fit(unit);
    }
};

/// Estimates of tau², and which of them are good: where the iteration did not converge, or a formula lost
/// digits, the estimator itself must decide.
template <class Pack>
struct lane_tau_squared {
    Pack value;
    typename Pack::mask good;
};

/// Where the traces of a fit keep their digits. Where one study has more than 99 % of the weight they cancel,
/// and the estimator itself computes them in another way.
template <class Pack>
[[nodiscard, gnu::always_inline]] inline typename Pack::mask traces_hold(weighted_fit<Pack> const& fit,
                                                                         Pack const& sizes) {
    return (fit.trace() > 0.02 * fit.weights) | (sizes <= 1);
}

} // namespace accrue::detail
