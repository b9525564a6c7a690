#pragma once

#include <accrue/bayes/flat_prior.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/bayes/point_prior.hpp>

#include <variant>

namespace accrue {

/// Any of the priors of the mean effect.
using mean_prior = std::variant<flat_prior, normal_prior, point_prior>;

} // namespace accrue
