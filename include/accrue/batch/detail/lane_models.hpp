#pragma once

#include <accrue/batch/detail/lanes.hpp>
#include <accrue/batch/detail/likelihood_in_lanes.hpp>
#include <accrue/error.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>

namespace accrue::detail {

// The estimators that are computed side by side, each as in its own header. `common` is the fit with tau² =
// 0.

template <class Pack>
[[gnu::always_inline]] inline lane_tau_squared<Pack> estimate_in_lanes(dersimonian_laird const&,
                                                                       lane_studies<Pack> const& studies,
                                                                       weighted_fit<Pack> const& common) {
    Pack const beyond = excess(common, Pack(studies.summary.sizes - 1));
    return {select(beyond > 0, beyond / common.trace(), 0),
            traces_hold(common, studies.summary.sizes) | (beyond <= 0)};
}

template <class Pack>
[[gnu::always_inline]] inline lane_tau_squared<Pack> estimate_in_lanes(paule_mandel const& estimator,
                                                                       lane_studies<Pack> const& studies,
                                                                       weighted_fit<Pack> const& common) {
    Pack tau_squared = 0;
    Pack const target = studies.summary.sizes - 1;
    Pack done = 0; // 1 where the iteration is over
    auto fit = common;
    for (int iteration = 0; iteration < estimator.max_iterations; ++iteration) {
        done = select((excess(fit, target) > 0) & (target > 0), done, 1);
        Pack const step = select(done > 0, 0, newton_step(fit, target));
        tau_squared += step;
        done = select(step > estimator.tolerance * fit.unit, done, 1);
        if ((done > 0).everywhere()) {
            break;
        }
        fit = studies.fit(tau_squared, fit);
    }
    // Where one study has nearly all the weight, its residual loses its digits here.
    return {tau_squared, (done > 0) & traces_hold(common, studies.summary.sizes)};
}

template <template <class> class Studies, class Pack, class Fit>
[[gnu::always_inline]] inline lane_maximum<Pack, Fit>
estimate_in_lanes(reml const& estimator, Studies<Pack> const& studies, Fit const& common) {
    auto maximum = lane_likelihoods<Pack, Studies<Pack>, Fit>(studies, common).maximum(estimator.tolerance);
    // An estimator that may take few passes says itself whether they were enough.
    maximum.good = maximum.good & (Pack(100) <= Pack(estimator.max_iterations));
    return maximum;
}

/// What of a model can be computed side by side: nothing, unless it is specialised.
template <class Model>
struct lane_model {
    static constexpr bool exists = false;
};

template <>
struct lane_model<common_effect> {
    static constexpr bool exists = true;
    static wald uncertainty_of(common_effect const&) { return {}; }
    template <class Pack>
    [[gnu::always_inline]] static lane_tau_squared<Pack>
    tau_squared(common_effect const&, lane_studies<Pack> const& studies, weighted_fit<Pack> const&) {
        return {0, studies.summary.sizes > 0};
    }
    template <class Pack>
    [[gnu::always_inline]] static weighted_fit<Pack>
    fit(lane_studies<Pack> const&, weighted_fit<Pack> const& common, lane_tau_squared<Pack> const&) {
        return common;
    }
};

template <class TauSquared, class Uncertainty>
    requires requires(TauSquared const& estimator, lane_studies<wide_pack> const& studies,
                      weighted_fit<wide_pack> const& common) {
        estimate_in_lanes(estimator, studies, common);
    }
struct lane_model<random_effects<TauSquared, Uncertainty>> {
    using model = random_effects<TauSquared, Uncertainty>;
    static constexpr bool exists = true;
    static Uncertainty const& uncertainty_of(model const& parts) { return parts.uncertainty; }
    template <class Pack>
    [[gnu::always_inline]] static auto tau_squared(model const& parts, lane_studies<Pack> const& studies,
                                                   weighted_fit<Pack> const& common) {
        return estimate_in_lanes(parts.estimator, studies, common);
    }
    template <class Pack>
    [[gnu::always_inline]] static weighted_fit<Pack> fit(lane_studies<Pack> const& studies,
                                                         weighted_fit<Pack> const&,
                                                         lane_tau_squared<Pack> const& tau_squared) {
        return studies.fit(tau_squared.value);
    }
    template <class Pack>
    [[gnu::always_inline]] static weighted_fit<Pack>
    fit(lane_studies<Pack> const&, weighted_fit<Pack> const&,
        lane_maximum<Pack, weighted_fit<Pack>> const& maximum) {
        return maximum.fit;
    }
};

template <class Pack>
struct lane_precision {
    Pack variance;
    Pack degrees_of_freedom;
    typename Pack::mask good; ///< as in `lane_tau_squared`
};

/// Any method of uncertainty, and `wald` side by side.
template <class Uncertainty, class Pack>
[[gnu::always_inline]] inline lane_precision<Pack>
precision_in_lanes(Uncertainty const& uncertainty, weighted_fit<Pack> const& fit, Pack const& sizes) {
    if constexpr (std::is_same_v<Uncertainty, wald>) {
        return {fit.variance(), infinity<double>(), sizes > 0};
    } else {
        auto variance = std::array<double, Pack::width>{};
        auto degrees_of_freedom = std::array<double, Pack::width>{};
        auto refused = std::array<double, Pack::width>{};
        auto const size = sizes.unpacked();
        auto const unit = fit.unit.unpacked();
        auto const mean = fit.mean.unpacked();
        auto const weights = fit.weights.unpacked();
        auto const squared_weights = fit.squared_weights.unpacked();
        auto const cubed_weights = fit.cubed_weights.unpacked();
        auto const squares = fit.squares.unpacked();
        auto const weighted_squares = fit.weighted_squares.unpacked();
        auto const twice_weighted_squares = fit.twice_weighted_squares.unpacked();
        auto const weighted_residuals = fit.weighted_residuals.unpacked();
        for (std::size_t i = 0; i < Pack::width; ++i) {
            try {
                auto const precision = uncertainty(weighted_fit<double>{
                    static_cast<std::size_t>(size[i]), unit[i], mean[i], weights[i], squared_weights[i],
                    cubed_weights[i], squares[i], weighted_squares[i], twice_weighted_squares[i],
                    weighted_residuals[i]});
                variance[i] = precision.variance;
                degrees_of_freedom[i] = precision.degrees_of_freedom;
            } catch (invalid_input const&) {
                refused[i] = 1;
            }
        }
        auto const given = Pack::load(refused.data()) <= 0;
        constexpr bool uses_traces = std::invocable<Uncertainty const&, weighted_fit<double> const&,
                                                    study_evidence<double> const&, double const&>;
        return {Pack::load(variance.data()), Pack::load(degrees_of_freedom.data()),
                (uses_traces ? traces_hold(fit, sizes) : sizes > 0) & given};
    }
}

} // namespace accrue::detail
