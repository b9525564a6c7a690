#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// Weights 1 / variance, relative to the smallest variance: those of the common-effect model.
///
/// The types of this header say how much each study counts in statistics whose weights do not depend on
/// tau²: the mean of `weighted_average`, the statistic of `generalised_q` and `generalised_q_profile`. Each
/// is a callable value (variance, smallest variance) -> relative weight; your own will do. Only ratios of
/// weights matter, and `smallest`, in units of variance, keeps them near 1, where powers of them neither
/// overflow nor underflow.
///
/// These weights make the variance of the mean smallest if there is no heterogeneity (Gauss-Markov), and let
/// a single large study dominate whether or not there is.
struct inverse_variance_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
        return smallest / variance;
    }
};

/// Weights 1 / standard error, relative to that of the smallest variance: between those of the common effect
/// and equal ones, a good compromise where tau² is unknown. The best weights, 1/(v + tau²), are close to
/// 1/v for a small tau² and to equal ones for a large. Jackson 2013, Res Synth Methods
/// 4:220-229, doi:10.1002/jrsm.1081.
struct inverse_standard_error_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
        using std::sqrt;
        return sqrt(Real(smallest / variance));
    }
};

/// The same weight for every study: nearly the best when tau² is much larger than all variances. The mean
/// then describes the studies rather than their participants, and no large study dominates; nor does a small
/// one count less for being imprecise.
struct equal_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const&, Real const&) const {
        return Real(1);
    }
};

/// Weights of your own, one a study in the order of the estimates, on any scale: numbers of participants,
/// say, or ratings of quality. Of studies in groups the order is group by group.
///
/// They must be fixed before the effects are seen, or variances and tests that take them as constants do not
/// hold. They need the list of estimates: an accumulator no longer knows which study was which. Using them
/// throws `invalid_input` unless there is a weight for each study and all are positive and finite; it names
/// the first one that is not.
template <real Real>
struct basic_user_weights {
    std::vector<Real> values; ///< relative weights; twice all of them means the same
};

using user_weights = basic_user_weights<double>;

namespace detail {

template <class Weights>
inline constexpr bool belong_to_studies = false;
template <real Weight>
inline constexpr bool belong_to_studies<basic_user_weights<Weight>> = true;

} // namespace detail

/// Weights that do not depend on tau²: a callable value from (variance, smallest variance) to a relative
/// weight, or `basic_user_weights`, which need evidence that still knows each study.
template <class Weights, class Evidence>
concept weighting_for =
    (detail::belong_to_studies<Weights> && (listed_evidence<Evidence> || evidence_in_groups<Evidence>)) ||
    (evidence<Evidence> && requires(Weights const& weights, real_t<Evidence> const& variance) {
        { weights(variance, variance) } -> std::convertible_to<real_t<Evidence>>;
    });

namespace detail {

/// Studies together with weights that do not depend on tau²: the fit with those weights, and sums over
/// studies of functions of the relative weight and the variance. `scale` is the variance that the weights are
/// relative to.
template <evidence Evidence, class Weights>
class weighted_studies {
  public:
    using real_type = real_t<Evidence>;

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
    /// Whether one study has nearly all the weight and sums hold it by itself.
    [[nodiscard]] bool traces_cancel(real_type const& total, real_type const& squared_weights) const {
        return detail::traces_cancel(studies_, total, squared_weights) &&
               !(2 * dominating_weight(total) < total);
    }
    /// What tells that study's weight from the others'.
    [[nodiscard]] real_type dominating_weight(real_type const& total) const {
        return detail::dominating_weight(studies_, total,
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

/// Weights of one's own relative to the largest of them.
template <real Real, real Weight>
[[nodiscard]] std::vector<Real> relative_to_largest(basic_user_weights<Weight> const& weights,
                                                    std::size_t const studies) {
    if (weights.values.size() != studies) {
        throw invalid_input("user_weights must hold one weight a study, but holds " +
                            std::to_string(weights.values.size()) + " for " + std::to_string(studies) +
                            " studies");
    }
    Weight largest = weights.values.front();
    for (std::size_t i = 0; i < weights.values.size(); ++i) {
        if (!(weights.values[i] > 0 && is_finite(weights.values[i]))) {
            throw invalid_input(i, "weight must be positive and finite");
        }
        largest = weights.values[i] > largest ? weights.values[i] : largest;
    }
    std::vector<Real> relative;
    relative.reserve(studies);
    for (auto const& weight : weights.values) {
        relative.push_back(Real(weight) / Real(largest));
    }
    return relative;
}

/// The same for weights that belong to studies rather than to variances. They are taken relative to the
/// largest, and go with the studies one by one; of the fit there is what quadratic forms and means need: the
/// sums of powers of the weights, the mean and the sum of squares about it.
template <listed_evidence Evidence, real Weight>
class weighted_studies<Evidence, basic_user_weights<Weight>> {
  public:
    using real_type = real_t<Evidence>;

    weighted_studies(Evidence const& studies, basic_user_weights<Weight> const& weights, real_type const&)
        : weighted_studies(studies, relative_to_largest<real_type>(weights, studies.size())) {}
    /// Takes relative weights, one a study.
    weighted_studies(Evidence const& studies, std::vector<real_type> relative)
        : studies_(studies), weights_(std::move(relative)) {}

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
    [[nodiscard]] bool traces_cancel(real_type const& total, real_type const& squared_weights) const {
        return detail::traces_cancel(studies_, total, squared_weights);
    }
    [[nodiscard]] real_type dominating_weight(real_type const& total) const { return total / 2; }
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

/// The groups of `grouped_evidence` with their weights; any other evidence is one group. Weights that are
/// functions of the variance are the same function in every group; of those that belong to studies each group
/// takes its own, relative to the largest of all.
template <evidence Evidence, class Weights>
[[nodiscard]] auto weighted_groups(Evidence const& studies, Weights const& weights,
                                   real_t<Evidence> const& scale) {
    using Real = real_t<Evidence>;
    if constexpr (evidence_in_groups<Evidence>) {
        std::vector<weighted_studies<study_evidence<Real>, Weights>> groups;
        groups.reserve(studies.groups().size());
        if constexpr (belong_to_studies<Weights>) {
            auto const relative = relative_to_largest<Real>(weights, studies.size());
            auto next = relative.begin();
            for (auto const& group : studies.groups()) {
                auto const end = next + static_cast<std::ptrdiff_t>(group.size());
                groups.emplace_back(group, std::vector<Real>(next, end));
                next = end;
            }
        } else {
            for (auto const& group : studies.groups()) {
                groups.emplace_back(group, weights, scale);
            }
        }
        return groups;
    } else {
        return std::array{weighted_studies<Evidence, Weights>(studies, weights, scale)};
    }
}

} // namespace detail
} // namespace accrue
