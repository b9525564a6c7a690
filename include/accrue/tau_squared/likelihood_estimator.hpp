#pragma once

#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <concepts>

namespace accrue {

/// Estimators that say which likelihood of a model with several variances is to be maximised: `reml` the
/// restricted one, `maximum_likelihood` the full one.
template <class Estimator>
concept likelihood_estimator = std::same_as<Estimator, reml> || std::same_as<Estimator, maximum_likelihood>;

namespace detail {

template <likelihood_estimator Estimator>
inline constexpr bool is_restricted = std::same_as<Estimator, reml>;

} // namespace detail

} // namespace accrue
