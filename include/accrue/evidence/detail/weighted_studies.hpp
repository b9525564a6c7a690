#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/inverse_variance_weight.hpp>
#include <accrue/evidence/detail/residual_maker.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Weights that are divided by their sum.
template <real Real>
[[nodiscard]] std::vector<Real> shares_of(std::vector<Real> weights) {
    Real const total = sum_over<Real>(weights);
    for (auto& weight : weights) {
        weight = weight / total;
    }
    return weights;
}

/// Studies together with relative weights that are a function of the variance: the fit with those weights,
/// sums over studies of functions of the relative weight and the variance, and the residual maker.
template <evidence Evidence, class Weight>
class weighted_studies {
  public:
    using evidence_type = Evidence;
    using real_type = real_t<Evidence>;

    /// \param weight variance -> relative weight
    weighted_studies(Evidence const& studies, Weight const& weight) : studies_(&studies), weight_(weight) {}

    [[nodiscard]] Evidence const& evidence() const { return *studies_; }
    [[nodiscard]] real_type weight(real_type const& variance) const { return real_type(weight_(variance)); }

    [[nodiscard]] auto fit() const { return studies_->fit(real_type(1), weight_); }
    template <class Function>
    [[nodiscard]] real_type sum(Function const& function) const {
        return studies_->sum([&](real_type const& v) { return real_type(function(weight(v), v)); });
    }
    /// Its own where evidence has one, such as for several means; else that of studies with one mean.
    [[nodiscard]] auto residual_maker() const {
        if constexpr (requires { studies_->residual_maker([](std::size_t) { return real_type(1); }); }) {
            return studies_->residual_maker(
                [&](std::size_t const i) { return weight(studies_->studies()[i].variance); });
        } else {
            return detail::residual_maker<weighted_studies>(*this);
        }
    }
    /// The weights of a list of studies, adding up to 1.
    [[nodiscard]] std::vector<real_type> shares() const {
        auto weights = std::vector<real_type>{};
        weights.reserve(studies_->size());
        for (auto const& study : studies_->studies()) {
            weights.push_back(weight(study.variance));
        }
        return shares_of(std::move(weights));
    }

  private:
    Evidence const* studies_;
    Weight weight_;
};

/// The same for weights that belong to studies rather than to variances, and go with them one by one; of the
/// fit there is what quadratic forms and means need.
template <evidence Evidence>
class individually_weighted_studies {
  public:
    using evidence_type = Evidence;
    using real_type = real_t<Evidence>;

    /// Takes relative weights, one a study.
    individually_weighted_studies(Evidence const& studies, std::vector<real_type> relative)
        : studies_(&studies), weights_(std::move(relative)) {}

    [[nodiscard]] Evidence const& evidence() const { return *studies_; }

    [[nodiscard]] weighted_fit<real_type> fit() const {
        auto const estimates = studies_->studies();
        real_type const origin = estimates.front().effect;
        auto total = weighted_fit<real_type>{};
        total.k = studies_->size();
        total.unit = real_type(1);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            total.weights += weights_[i];
            total.mean += weights_[i] * (estimates[i].effect - origin);
        }
        total.mean = origin + total.mean / total.weights;
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            total.squares += weights_[i] * square(real_type(estimates[i].effect - total.mean));
        }
        return total;
    }
    template <class Function>
    [[nodiscard]] real_type sum(Function const& function) const {
        auto const estimates = studies_->studies();
        real_type total(0);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            total += function(weights_[i], estimates[i].variance);
        }
        return total;
    }
    [[nodiscard]] auto residual_maker() const {
        auto const weight = [&](std::size_t const i) { return weights_[i]; };
        if constexpr (requires { studies_->residual_maker(weight); }) {
            return studies_->residual_maker(weight);
        } else {
            return detail::residual_maker<individually_weighted_studies>(*this);
        }
    }
    [[nodiscard]] std::vector<real_type> shares() const { return shares_of(weights_); }

  private:
    Evidence const* studies_;
    std::vector<real_type> weights_;
};

/// Weights of one's own relative to the largest of them.
template <real Real, real Weight>
[[nodiscard]] std::vector<Real> relative_to_largest(basic_user_weights<Weight> const& weights,
                                                    std::size_t const studies) {
    if (weights.values.size() != studies) {
        throw invalid_input("user_weights must hold one weight a study, but holds " +
                            std::to_string(weights.values.size()) + " for " + number_of_studies(studies));
    }
    Weight largest = weights.values.front();
    for (std::size_t i = 0; i < weights.values.size(); ++i) {
        for_study(i, [&] { require_positive("weight", weights.values[i]); });
        largest = weights.values[i] > largest ? weights.values[i] : largest;
    }
    std::vector<Real> relative;
    relative.reserve(studies);
    for (auto const& weight : weights.values) {
        relative.push_back(Real(weight) / Real(largest));
    }
    return relative;
}

/// Public weights (variance, smallest variance) -> relative weight as a function of the variance.
template <class Weights, real Real>
struct scaled_weight {
    Weights const* weights;
    Real smallest;

    [[nodiscard]] Real operator()(Real const& variance) const { return Real((*weights)(variance, smallest)); }
};

/// Studies with the weights of `weighting.hpp`, or with relative weights that are a function of the variance
/// alone.
template <evidence Evidence, class Weights>
[[nodiscard]] auto with_weights(Evidence const& studies, Weights const& weights) {
    using Real = real_t<Evidence>;
    if constexpr (requires(Real const v) { weights(v, v); }) {
        return weighted_studies(studies, scaled_weight<Weights, Real>{&weights, studies.smallest_variance()});
    } else if constexpr (requires(Real const v) { weights(v); }) {
        return weighted_studies(studies, weights);
    } else {
        return individually_weighted_studies(studies, relative_to_largest<Real>(weights, studies.size()));
    }
}

/// The groups of `grouped_evidence` with their weights; any other evidence is one group. Weights that are
/// functions of the variance are the same function in every group; of those that belong to studies each group
/// takes its own, relative to the largest of all.
template <evidence Evidence, class Weights>
[[nodiscard]] auto weighted_groups(Evidence const& studies, Weights const& weights) {
    using Real = real_t<Evidence>;
    if constexpr (!evidence_in_groups<Evidence>) {
        return std::array{with_weights(studies, weights)};
    } else if constexpr (requires { relative_to_largest<Real>(weights, std::size_t()); }) {
        std::vector<individually_weighted_studies<study_evidence<Real>>> groups;
        auto const relative = relative_to_largest<Real>(weights, studies.size());
        auto next = relative.begin();
        for (auto const& group : studies.groups()) {
            auto const end = next + static_cast<std::ptrdiff_t>(group.size());
            groups.emplace_back(group, std::vector<Real>(next, end));
            next = end;
        }
        return groups;
    } else if constexpr (requires(Real const v) { weights(v); }) {
        std::vector<weighted_studies<study_evidence<Real>, Weights>> groups;
        for (auto const& group : studies.groups()) {
            groups.emplace_back(group, weights);
        }
        return groups;
    } else {
        using weight = scaled_weight<Weights, Real>;
        std::vector<weighted_studies<study_evidence<Real>, weight>> groups;
        for (auto const& group : studies.groups()) {
            groups.emplace_back(group, weight{&weights, studies.smallest_variance()});
        }
        return groups;
    }
}

} // namespace accrue::detail
