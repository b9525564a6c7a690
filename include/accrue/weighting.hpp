#pragma once

#include <accrue/detail/residual_trace.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/weighted_fit.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// Weights 1 / variance, relative to the smallest variance: those of the common-effect model.
struct inverse_variance_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
        return smallest / variance;
    }
};

/// Weights 1 / standard error, relative to the smallest: between those of the common effect and equal ones,
/// which makes them a good compromise where tau² is unknown. Jackson 2013, Res Synth Methods 4:220-229.
struct inverse_standard_error_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
        using std::sqrt;
        return sqrt(Real(smallest / variance));
    }
};

/// The same weight for every study.
struct equal_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const&, Real const&) const {
        return Real(1);
    }
};

/// Weights of your own, one a study in the order of the estimates, positive, on any scale. They need the list
/// of estimates: an accumulator no longer knows which study was which.
template <real Real>
struct basic_user_weights {
    std::vector<Real> values;
};

using user_weights = basic_user_weights<double>;

namespace detail {

/// Studies together with weights that do not depend on tau²: the fit with those weights, and sums over
/// studies of functions of the relative weight and the variance. `scale` is the variance that the weights are
/// relative to.
template <evidence Evidence, class Weights>
class weighted_studies {
  public:
    using real_type = typename Evidence::real_type;

    weighted_studies(Evidence const& studies, Weights const& weights, real_type const& scale)
        : studies_(studies), weights_(weights), scale_(scale) {}

    [[nodiscard]] auto fit() const {
        return studies_.fit(scale_, [&](real_type const& v) { return real_type(weights_(v, scale_)); });
    }
    template <class Function>
    [[nodiscard]] real_type sum(Function const& function) const {
        return studies_.sum(
            [&](real_type const& v) { return real_type(function(real_type(weights_(v, scale_)), v)); });
    }
    [[nodiscard]] real_type trace(auto const& fit) const {
        return residual_trace(studies_, fit,
                              [&](real_type const& v) { return real_type(weights_(v, scale_)); });
    }
    /// The weights of a list of studies, adding up to 1.
    [[nodiscard]] std::vector<real_type> shares() const {
        real_type const total = sum([](real_type const& u, real_type const&) { return u; });
        std::vector<real_type> result;
        for (auto const& study : studies_.studies()) {
            result.push_back(weights_(study.variance, scale_) / total);
        }
        return result;
    }

  private:
    Evidence const& studies_;
    Weights const& weights_;
    real_type scale_;
};

template <evidence Evidence, real Weight>
class weighted_studies<Evidence, basic_user_weights<Weight>> {
  public:
    using real_type = typename Evidence::real_type;

    weighted_studies(Evidence const& studies, basic_user_weights<Weight> const& weights, real_type const&)
        : studies_(studies) {
        if (weights.values.size() != studies.size()) {
            throw invalid_input("user_weights must hold one weight a study, but holds " +
                                std::to_string(weights.values.size()) + " for " +
                                std::to_string(studies.size()) + " studies");
        }
        Weight largest = weights.values.front();
        for (std::size_t i = 0; i < weights.values.size(); ++i) {
            if (!(weights.values[i] > 0 && is_finite(weights.values[i]))) {
                throw invalid_input(i, "weight must be positive and finite");
            }
            largest = weights.values[i] > largest ? weights.values[i] : largest;
        }
        weights_.reserve(studies.size());
        for (auto const& weight : weights.values) {
            weights_.push_back(real_type(weight) / real_type(largest));
        }
    }

    [[nodiscard]] weighted_fit<real_type> fit() const {
        auto const estimates = studies_.studies();
        real_type const origin = estimates.front().effect;
        real_type const zero(0);
        auto total = weighted_fit<real_type>{
            studies_.size(), real_type(1), zero, zero, zero, zero, zero, zero, zero, zero};
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            real_type const u = weights_[i];
            total.weights += u;
            total.squared_weights += u * u;
            total.cubed_weights += u * u * u;
            total.mean += u * (estimates[i].effect - origin);
        }
        total.mean = origin + total.mean / total.weights;
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            total.squares += weights_[i] * square(real_type(estimates[i].effect - total.mean));
        }
        return total;
    }
    template <class Function>
    [[nodiscard]] real_type sum(Function const& function) const {
        auto const estimates = studies_.studies();
        real_type total(0);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            total += function(weights_[i], estimates[i].variance);
        }
        return total;
    }
    [[nodiscard]] real_type trace(weighted_fit<real_type> const& fit) const { return fit.trace(); }
    [[nodiscard]] std::vector<real_type> shares() const {
        real_type const total = sum([](real_type const& u, real_type const&) { return u; });
        auto result = weights_;
        for (auto& weight : result) {
            weight = weight / total;
        }
        return result;
    }

  private:
    Evidence const& studies_;
    std::vector<real_type> weights_;
};

} // namespace detail
} // namespace accrue
