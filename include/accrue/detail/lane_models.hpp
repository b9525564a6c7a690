#pragma once

#include <accrue/detail/lanes.hpp>
#include <accrue/detail/likelihood_maximum.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace accrue::detail {

/// Estimates of tau², and which of them did not converge.
struct lane_tau_squared {
    pack value;
    std::array<bool, pack_size> converged;

    static lane_tau_squared closed_form(pack const& value) {
        auto result = lane_tau_squared{value, {}};
        result.converged.fill(true);
        return result;
    }
};

// The estimators that are computed side by side, each as in its own header. `common` is the fit with tau² =
// 0.

[[gnu::always_inline]] inline lane_tau_squared
estimate_in_lanes(dersimonian_laird const&, lane_studies const& studies, weighted_fit<pack> const& common) {
    pack const excess = common.squares - (studies.summary.sizes - 1) * common.unit;
    pack const trace = common.trace();
    auto result = lane_tau_squared::closed_form(excess > 0 ? excess / trace : pack{});
    // Where one study has nearly all the weight the trace cancels: that is left to the estimator itself.
    auto const keeps_digits = (trace > 0.001 * common.weights) | (excess <= 0);
    for (std::size_t i = 0; i < pack_size; ++i) {
        result.converged[i] = keeps_digits[i] != 0;
    }
    return result;
}

inline lane_tau_squared estimate_in_lanes(paule_mandel const& estimator, lane_studies const& studies,
                                          weighted_fit<pack> const& common) {
    auto result = lane_tau_squared::closed_form(pack{});
    pack const target = studies.summary.sizes - 1;
    pack running = broadcast(1); // 0 where the iteration is over
    auto fit = common;
    for (int iteration = 0; iteration < estimator.max_iterations; ++iteration) {
        pack const goal = target * fit.unit;
        running = ((fit.squares > goal) & (goal > 0)) ? running : pack{};
        pack const step = running > 0
                              ? (fit.squares - goal) / goal * (fit.squares / fit.weighted_squares) * fit.unit
                              : pack{};
        result.value += step;
        running = step > estimator.tolerance * fit.unit ? running : pack{};
        double left = 0;
        for (std::size_t i = 0; i < pack_size; ++i) {
            left += running[i];
        }
        if (!(left > 0)) {
            return result;
        }
        fit = studies.fit(result.value);
    }
    for (std::size_t i = 0; i < pack_size; ++i) {
        result.converged[i] = !(running[i] > 0);
    }
    return result;
}

inline lane_tau_squared estimate_in_lanes(reml const& estimator, lane_studies const& studies,
                                          weighted_fit<pack> const& common) {
    using search = likelihood_search<double>;
    auto result = lane_tau_squared::closed_form(pack{});
    auto searches = [&]<std::size_t... i>(std::index_sequence<i...>) {
        return std::array<search, pack_size>{search(studies.summary.smallest[i], studies.summary.largest[i],
                                                    0.0, estimator.tolerance, estimator.max_iterations)...};
    }
    (std::make_index_sequence<pack_size>{});
    auto const is_running = [&](std::size_t const i) {
        return studies.summary.sizes[i] > 1 && !searches[i].finished();
    };
    pack tau_squared{};
    auto fit = common;
    for (bool running = true; running;) {
        running = false;
        pack const squares = fit.score_squares();
        pack const trace = fit.trace();
        pack const cubes = fit.curvature_squares();
        pack const squared_trace = fit.squared_trace();
        for (std::size_t i = 0; i < pack_size; ++i) {
            if (is_running(i)) {
                searches[i].take(
                    {tau_squared[i], fit.unit[i], squares[i], trace[i], cubes[i], squared_trace[i]});
                tau_squared[i] = searches[i].point();
                running = running || is_running(i);
            }
        }
        if (running) {
            fit = studies.fit(tau_squared);
        }
    }
    for (std::size_t i = 0; i < pack_size; ++i) {
        if (studies.summary.sizes[i] > 1) {
            // Several maxima are rare: they are left to the estimator itself, as if not converged.
            result.value[i] = searches[i].maxima()[0];
            result.converged[i] = !searches[i].exhausted() && searches[i].maxima().size() == 1;
        }
    }
    return result;
}

/// What of a model can be computed side by side: nothing, unless it is specialised.
template <class Model>
struct lane_model {
    static constexpr bool exists = false;
};

template <>
struct lane_model<common_effect> {
    static constexpr bool exists = true;
    using uncertainty = wald;
    static uncertainty uncertainty_of(common_effect const&) { return {}; }
    static lane_tau_squared tau_squared(common_effect const&, lane_studies const&,
                                        weighted_fit<pack> const&) {
        return lane_tau_squared::closed_form(pack{});
    }
    [[gnu::always_inline]] static weighted_fit<pack>
    fit(lane_studies const&, weighted_fit<pack> const& common, lane_tau_squared const&) {
        return common;
    }
};

template <class TauSquared, class Uncertainty>
requires requires(TauSquared const& estimator, lane_studies const& studies,
                  weighted_fit<pack> const& common) {
    estimate_in_lanes(estimator, studies, common);
}
struct lane_model<random_effects<TauSquared, Uncertainty>> {
    using model = random_effects<TauSquared, Uncertainty>;
    static constexpr bool exists = true;
    using uncertainty = Uncertainty;
    static uncertainty const& uncertainty_of(model const& parts) { return parts.uncertainty; }
    [[gnu::always_inline]] static lane_tau_squared
    tau_squared(model const& parts, lane_studies const& studies, weighted_fit<pack> const& common) {
        return estimate_in_lanes(parts.estimator, studies, common);
    }
    [[gnu::always_inline]] static weighted_fit<pack>
    fit(lane_studies const& studies, weighted_fit<pack> const&, lane_tau_squared const& tau_squared) {
        return studies.fit(tau_squared.value);
    }
};

/// The fit of one of the meta-analyses.
[[gnu::always_inline]] inline weighted_fit<double> fit_of_lane(weighted_fit<pack> const& fit,
                                                               std::size_t const lane, std::size_t const k) {
    return {k,
            fit.unit[lane],
            fit.mean[lane],
            fit.weights[lane],
            fit.squared_weights[lane],
            fit.cubed_weights[lane],
            fit.squares[lane],
            fit.weighted_squares[lane],
            fit.twice_weighted_squares[lane],
            fit.weighted_residuals[lane]};
}

/// Any method of uncertainty, and `wald` side by side.
struct lane_precision {
    pack variance;
    pack degrees_of_freedom;
};

template <class Uncertainty>
[[gnu::always_inline]] inline lane_precision
precision_in_lanes(Uncertainty const& uncertainty, weighted_fit<pack> const& fit, pack const& sizes) {
    if constexpr (std::is_same_v<Uncertainty, wald>) {
        return {fit.variance(), broadcast(infinity<double>())};
    } else {
        auto result = lane_precision{};
        for (std::size_t i = 0; i < pack_size; ++i) {
            auto const precision = uncertainty(fit_of_lane(fit, i, static_cast<std::size_t>(sizes[i])));
            result.variance[i] = precision.variance;
            result.degrees_of_freedom[i] = precision.degrees_of_freedom;
        }
        return result;
    }
}

} // namespace accrue::detail
