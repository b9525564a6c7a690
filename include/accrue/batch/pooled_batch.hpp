#pragma once

#include <accrue/pooled.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <vector>

namespace accrue {

/// What a model says of each meta-analysis of a batch, in columns: what `pooled` holds, Cochran's Q and z. A
/// meta-analysis that could not be pooled has NaN everywhere, and a `status` that says why; none affects any
/// other.
///
/// Effects and variances are on the analysis scale, tau² in squared units of the effect, as in `pooled`.
/// Q = sum (y - mean)² / v is Cochran's (1954, Biometrics 10:101-129, doi:10.2307/3001666), z the test
/// statistic effect / sqrt(variance). p-values are functions of a result, `p_value(results[i])`, or a column
/// of their logarithms, `log_p_value(results)`.
struct pooled_batch {
    /// Room for the results of a batch of that size.
    explicit pooled_batch(std::size_t const size)
        : effect(size), variance(size), tau_squared(size), q(size), z(size), degrees_of_freedom(size),
          k(size), status(size) {}

    std::vector<double> effect;
    std::vector<double> variance;
    std::vector<double> tau_squared;
    std::vector<double> q; ///< Cochran's Q, about the common-effect mean
    std::vector<double> z; ///< effect / sqrt(variance); a t statistic where the degrees of freedom are finite
    std::vector<double> degrees_of_freedom; ///< of the reference distribution; infinite for the normal
    std::vector<std::size_t> k;             ///< studies that were not missing
    std::vector<accrue::status> status;     ///< `undefined` without studies, `invalid` with an unusable one

    [[nodiscard]] std::size_t size() const { return effect.size(); }
    /// One of the results; `p_value`, `confidence_interval` and so on apply to it.
    [[nodiscard]] pooled operator[](std::size_t const i) const {
        return {effect[i], variance[i], tau_squared[i], degrees_of_freedom[i], k[i], status[i]};
    }
};

} // namespace accrue
