#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

// Weight functions of selection models: the relative probability w(p) that a study with p-value p is
// published. Values of these types hold the options; the parameters are estimated.

namespace detail {

inline void check_cutpoints(std::vector<double> const& cutpoints) {
    require_not_empty("cutpoints", cutpoints.size());
    double last = 0;
    for (double const cutpoint : cutpoints) {
        require(cutpoint > last && cutpoint < 1, "cutpoint", "between 0 and 1 and above the one before",
                cutpoint);
        last = cutpoint;
    }
}

/// log w at a p-value, its derivatives with respect to the parameters, and the second derivative where it has
/// one (no family has mixed ones).
template <real Real>
struct log_weight {
    Real value;
    Real gradient[2];
    Real curvature;
};

/// log p and log(1 - p), each with its digits.
template <real Real>
struct log_probability {
    Real p;
    Real q;
};

/// What weight functions with one parameter d >= 0 share; d = 0 is no selection.
struct weights_of_one_parameter {
    static void check() {}
    [[nodiscard]] static constexpr std::size_t parameters() { return 1; }
    static constexpr double lower = 0;
    static constexpr double starts[][2] = {{0, 0}, {1, 0}, {5, 0}, {25, 0}};
};

} // namespace detail

/// A step function: w is 1 up to the first cutpoint, and a weight to be estimated in each interval beyond.
///
/// One cutpoint at a one-sided p of 0.025 is the three-parameter selection model. Every interval needs some
/// p-values. Hedges 1992, Stat Sci 7:246-255, doi:10.1214/ss/1177011364; Vevea & Hedges 1995, Psychometrika
/// 60:419-435, doi:10.1007/BF02294384.
struct step_weights {
    std::vector<double> cutpoints = {0.025}; ///< p-values between 0 and 1, increasing

    void check() const { detail::check_cutpoints(cutpoints); }
    [[nodiscard]] std::size_t parameters() const { return cutpoints.size(); }
    /// The weights where they are given rather than estimated: none.
    [[nodiscard]] static std::vector<double> given() { return {}; }
    static constexpr bool conditional = false;
};

/// A step function with weights that are given, not estimated: what would the mean be if results that are not
/// significant had a tenth of the chance to be published? For sensitivity analysis of few studies, which
/// cannot tell the weights. Vevea & Woods 2005, Psychol Methods 10:428-443, doi:10.1037/1082-989X.10.4.428.
struct fixed_step_weights {
    std::vector<double> cutpoints; ///< p-values between 0 and 1, increasing
    std::vector<double> weights;   ///< positive, one for each interval: one more than cutpoints

    void check() const {
        detail::check_cutpoints(cutpoints);
        if (weights.size() != cutpoints.size() + 1) {
            throw invalid_input("there must be one weight more than cutpoints, of which there are " +
                                std::to_string(cutpoints.size()) + ", but there are " +
                                std::to_string(weights.size()) + " weights");
        }
        for (double const weight : weights) {
            detail::require_positive("weight", weight);
        }
    }
    [[nodiscard]] static constexpr std::size_t parameters() { return 0; }
    [[nodiscard]] std::vector<double> const& given() const { return weights; }
    static constexpr bool conditional = false;
};

/// w(p) = p^(a-1) (1-p)^(b-1): few parameters for many shapes, also with significant results suppressed.
/// a = b = 1 is no selection. Integrals take far longer in numbers of more digits than double: a fit may take
/// minutes. Citkowicz & Vevea 2017, Psychol Methods 22:28-41, doi:10.1037/met0000119.
struct beta_weights {
    static void check() {}
    [[nodiscard]] static constexpr std::size_t parameters() { return 2; }
    static constexpr double lower = 1e-6;
    static constexpr double starts[][2] = {{1, 1},       {0.8, 0.8},   {0.9, 2},   {2, 0.9},
                                           {0.6, 0.9},   {0.9, 0.6},   {0.3, 0.4}, {0.4, 0.3},
                                           {0.15, 0.25}, {0.25, 0.15}, {1.6, 1.6}};
    template <real Real>
    [[nodiscard]] static detail::log_weight<Real> log_weight_at(detail::log_probability<Real> const& log_p,
                                                                Real const* const parameters) {
        return {(parameters[0] - 1) * log_p.p + (parameters[1] - 1) * log_p.q, {log_p.p, log_p.q}, Real(0)};
    }
};

/// w(p) = exp(-d p²), the right half of a normal density: gentle for small p-values. d = 0 is no selection.
/// Preston, Ashby & Smyth 2004, Stat Med 23:3003-3013 and J Eval Clin Pract 10:247-258, whose families this
/// and the next three are.
struct half_normal_weights : detail::weights_of_one_parameter {
    template <real Real>
    [[nodiscard]] static detail::log_weight<Real> log_weight_at(detail::log_probability<Real> const& log_p,
                                                                Real const* const parameters) {
        Real const squared = exp(Real(2 * log_p.p));
        return {-parameters[0] * squared, {-squared, Real(0)}, Real(0)};
    }
};

/// w(p) = exp(-d p): steepest at the smallest p-values. d = 0 is no selection.
struct negative_exponential_weights : detail::weights_of_one_parameter {
    template <real Real>
    [[nodiscard]] static detail::log_weight<Real> log_weight_at(detail::log_probability<Real> const& log_p,
                                                                Real const* const parameters) {
        Real const p = exp(log_p.p);
        return {-parameters[0] * p, {-p, Real(0)}, Real(0)};
    }
};

/// w(p) = 2 exp(-d p) / (1 + exp(-d p)), half a logistic density's tail. d = 0 is no selection.
struct logistic_weights : detail::weights_of_one_parameter {
    template <real Real>
    [[nodiscard]] static detail::log_weight<Real> log_weight_at(detail::log_probability<Real> const& log_p,
                                                                Real const* const parameters) {
        Real const p = exp(log_p.p);
        Real const decay = exp(Real(-parameters[0] * p));
        Real const share = 1 / (1 + decay);
        return {log(Real(2 * decay * share)), {-p * share, Real(0)}, -p * p * decay * share * share};
    }
};

/// w(p) = (1 - p)^d: only p-values near 1 are suppressed altogether. d = 0 is no selection.
struct power_weights : detail::weights_of_one_parameter {
    template <real Real>
    [[nodiscard]] static detail::log_weight<Real> log_weight_at(detail::log_probability<Real> const& log_p,
                                                                Real const* const parameters) {
        // Of a p-value of 1: no weight, unless d = 0.
        Real const log_q = log_p.q > Real(-1e30) ? log_p.q : Real(-1e30);
        return {parameters[0] * log_q, {log_q, Real(0)}, Real(0)};
    }
};

} // namespace accrue
