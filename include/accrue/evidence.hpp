#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/weighted_fit.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace accrue {

/// What a model needs to know of the studies that it pools: sums over them of functions of the variance,
/// times 1, the effect and its square. A list of estimates gives them by a pass over the list
/// (`study_evidence`), an `evidence_accumulator` from constant memory; every estimator and model works on
/// either.
///
/// - `size()`: the number of studies;
/// - `smallest_variance()`, `largest_variance()`;
/// - `fit(unit, weight)`: the weighted least-squares fit with relative weights `weight(variance)`;
/// - `sum(function)`: the sum over studies of `function(variance)`.
template <class Evidence>
concept evidence = real<typename Evidence::real_type> &&
    requires(Evidence const& studies, typename Evidence::real_type const x) {
    { studies.size() } -> std::convertible_to<std::size_t>;
    { studies.smallest_variance() } -> std::convertible_to<typename Evidence::real_type>;
    { studies.largest_variance() } -> std::convertible_to<typename Evidence::real_type>;
    {studies.fit(x, [](auto const& v) { return v; })};
    {studies.sum([](auto const& v) { return v; })};
};

/// A list of estimates seen as evidence: a view, which does not own them.
template <real Real>
class study_evidence {
  public:
    using real_type = Real;

    /// Throws `invalid_input` when there is no study, and for an effect that is not finite or a variance that
    /// is not positive and finite, naming the study.
    explicit study_evidence(std::span<basic_estimate<Real> const> const studies) : studies_(studies) {
        detail::require_not_empty("estimates", studies.size());
        smallest_ = largest_ = studies.front().variance;
        bool valid = true;
        for (auto const& study : studies) {
            valid = valid && study.variance > 0 && detail::is_finite(study.variance) &&
                    detail::is_finite(study.effect);
            smallest_ = study.variance < smallest_ ? study.variance : smallest_;
            largest_ = study.variance > largest_ ? study.variance : largest_;
        }
        if (!valid) [[unlikely]] {
            name_the_invalid_study();
        }
    }

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] Real smallest_variance() const { return smallest_; }
    [[nodiscard]] Real largest_variance() const { return largest_; }
    [[nodiscard]] std::span<basic_estimate<Real> const> studies() const { return studies_; }

    /// Two passes: the mean first, then sums about it, so that no digit is lost to a large common offset.
    template <class Weight>
    [[nodiscard]] weighted_fit<Real> fit(Real const& unit, Weight const& weight) const {
        Real const origin = studies_.front().effect;
        auto total = weighted_fit<Real>{size(),  unit,    Real(0), Real(0), Real(0),
                                        Real(0), Real(0), Real(0), Real(0), Real(0)};
        for (auto const& study : studies_) {
            Real const u = weight(study.variance);
            total.weights += u;
            total.squared_weights += u * u;
            total.cubed_weights += u * u * u;
            total.mean += u * (study.effect - origin);
        }
        total.mean = origin + total.mean / total.weights;
        for (auto const& study : studies_) {
            Real const u = weight(study.variance);
            Real const r = study.effect - total.mean;
            total.squares += u * (r * r);
            total.weighted_squares += u * u * (r * r);
            total.twice_weighted_squares += u * u * u * (r * r);
            total.weighted_residuals += u * u * r;
        }
        return total;
    }

    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        Real total(0);
        for (auto const& study : studies_) {
            total += function(study.variance);
        }
        return total;
    }

  private:
    [[noreturn]] void name_the_invalid_study() const {
        for (std::size_t i = 0; i < studies_.size(); ++i) {
            try {
                detail::check(studies_[i]);
            } catch (invalid_input const& error) {
                throw error.at_study(i);
            }
        }
        throw invalid_input("estimates must be finite with positive variances");
    }

    std::span<basic_estimate<Real> const> studies_;
    Real smallest_;
    Real largest_;
};

namespace detail {

/// Studies beyond those that it takes to estimate the mean, or the means of `grouped_evidence`.
template <class Evidence>
[[nodiscard]] std::size_t degrees_of_freedom(Evidence const& studies) {
    if constexpr (requires { studies.degrees_of_freedom(); }) {
        return studies.degrees_of_freedom();
    } else {
        return studies.size() - 1;
    }
}

/// The real type of a contiguous range of `basic_estimate<Real>`.
template <class Real>
Real real_of(basic_estimate<Real> const&);

template <class Range>
using range_real = decltype(real_of(*std::data(std::declval<Range const&>())));

/// A range of estimates as evidence.
template <class Range>
study_evidence<range_real<Range>> as_evidence(Range const& estimates) {
    return study_evidence<range_real<Range>>(
        std::span<basic_estimate<range_real<Range>> const>(std::data(estimates), std::size(estimates)));
}

/// Calls `function` with the evidence that a range of estimates, or evidence itself, is.
template <class Range, class Function>
auto with_evidence(Range const& estimates, Function const& function) {
    if constexpr (evidence<Range>) {
        return function(estimates);
    } else {
        return function(as_evidence(estimates));
    }
}

} // namespace detail

/// The weighted least-squares fit with weights 1 / (variance + tau²), the core of every inverse-variance
/// method.
template <evidence Evidence>
[[nodiscard]] auto inverse_variance_fit(Evidence const& studies,
                                        typename Evidence::real_type const& tau_squared) {
    using Real = typename Evidence::real_type;
    Real const unit = studies.smallest_variance() + tau_squared;
    return studies.fit(unit, [&](Real const& variance) { return Real(unit / (variance + tau_squared)); });
}

/// The fit with the same weight for every study.
template <evidence Evidence>
[[nodiscard]] auto unweighted_fit(Evidence const& studies) {
    using Real = typename Evidence::real_type;
    return studies.fit(Real(1), [](Real const&) { return Real(1); });
}

} // namespace accrue
