#pragma once

#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <concepts>
#include <cstddef>

namespace accrue {

/// What a model says of a set of studies. Intervals, p-values and predictions are functions of it
/// (`confidence_interval`, `p_value`, `prediction_interval`).
///
/// Everything is on the analysis scale of the estimates, logarithmic for ratios; the measure's
/// `back_transform` leads from there to the scale of reports. `tau_squared` is in squared units of that
/// scale.
template <real Real>
struct basic_pooled {
    Real effect;   ///< the pooled effect, on the analysis scale of the estimates
    Real variance; ///< of `effect`, by the model's uncertainty method; its square root is the standard error
    Real tau_squared;        ///< the between-study variance; 0 for a common effect
    Real degrees_of_freedom; ///< of the t distribution that `effect` is referred to; infinite for the normal
    std::size_t k;           ///< number of studies
    accrue::status status;   ///< whether tau² met its tolerance; `undefined` after an overflow
};

using pooled = basic_pooled<double>;

/// What a model returns: a `basic_pooled`, or a result of its own that tells as much of the effect.
template <class Result>
concept pooled_result = requires(Result const& result) {
    result.effect;
    result.variance;
    { result.k } -> std::convertible_to<std::size_t>;
    { result.status } -> std::convertible_to<status>;
};

/// The standard error of the pooled effect, on the analysis scale.
template <real Real>
[[nodiscard]] Real standard_error(basic_pooled<Real> const& result) {
    return sqrt(result.variance);
}

namespace detail {

/// The same result, which is `undefined` and not `ok` where its numbers say nothing: after an overflow, or
/// without any variance, as of effects that are equal by a method that takes the variance from their scatter.
/// Results without these members, of models with a type of their own, are returned as they are: such a model
/// checks its numbers itself.
template <class Result>
[[nodiscard]] Result finite_or_undefined(Result result) {
    if constexpr (requires { result.effect, result.variance, result.tau_squared, result.status; }) {
        // A single study has no degrees of freedom, but an effect; those of several can underflow.
        bool has_distribution = true;
        if constexpr (requires { result.degrees_of_freedom; }) {
            has_distribution = result.k < 2 || result.degrees_of_freedom > 0;
        }
        bool const defined = has_distribution && is_finite(result.effect) && is_finite(result.variance) &&
                             result.variance > 0 && is_finite(result.tau_squared);
        if (!defined && result.status != status::invalid) [[unlikely]] {
            result.status = status::undefined;
        }
    }
    return result;
}

/// What a model says of k studies that have no pooled effect.
template <real Real>
[[nodiscard]] basic_pooled<Real> undefined_pooled(std::size_t const k) {
    return {not_a_number<Real>(), not_a_number<Real>(), Real(0), infinity<Real>(), k, status::undefined};
}

} // namespace detail
} // namespace accrue
