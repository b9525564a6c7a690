#pragma once

#include <accrue/compiled.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/interleaved_sum.hpp>
#include <accrue/evidence/detail/inverse_variance_weight.hpp>
#include <accrue/evidence/detail/study_sums.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>

namespace accrue {

/// What a model needs to know of the studies that it pools: sums over them of functions of the variance,
/// times 1, the effect and its square. A list of estimates gives them by a pass over the list
/// (`study_evidence`), an `evidence_accumulator` from constant memory; every estimator and model of this
/// library works on either.
///
/// - `size()`: the number of studies, k;
/// - `degrees_of_freedom()`: studies beyond those that it takes to estimate the mean, k - 1, or the means of
///   `grouped_evidence`;
/// - `smallest_variance()`, `largest_variance()`: in squared units of the effect, which set the scale of
///   brackets and tolerances for tau²;
/// - `fit(unit, weight)`: the weighted least-squares fit with relative weights `weight(variance)`, of which
///   `unit` is the variance with weight 1;
/// - `sum(function)`: the sum over studies of `function(variance)`.
///
/// That is enough because the model y_i ~ N(mean, v_i + tau²) treats studies of equal variance alike: its
/// likelihood, score and information, Cochran's Q and all moment estimators are sums of f(v), f(v) y and
/// f(v) y² for some f. An estimator or model written on this concept works on lists, accumulators and groups;
/// on accumulators its functions of v must be smooth in log v, without steps or kinks, as all those of
/// this library are.
template <class Evidence>
concept evidence = real<typename Evidence::real_type> &&
                   requires(Evidence const& studies, typename Evidence::real_type const x) {
                       { studies.size() } -> std::convertible_to<std::size_t>;
                       { studies.degrees_of_freedom() } -> std::convertible_to<std::size_t>;
                       { studies.smallest_variance() } -> std::convertible_to<typename Evidence::real_type>;
                       { studies.largest_variance() } -> std::convertible_to<typename Evidence::real_type>;
                       {
                           studies.fit(x, [](auto const& v) { return v; })
                       };
                       {
                           studies.sum([](auto const& v) { return v; })
                       };
                   };

/// Evidence that holds its studies one by one, for what concerns each of them: its weight, its residual.
template <class Evidence>
concept listed_evidence = evidence<Evidence> && requires(Evidence const& studies) {
    { studies.studies() } -> estimates;
};

/// Evidence whose studies are in groups with a mean each, themselves evidence.
template <class Evidence>
concept evidence_in_groups = evidence<Evidence> && requires(Evidence const& studies) {
    requires evidence<detail::element_t<decltype(studies.groups())>>;
};

/// Evidence whose fit has one mean, for models that pool: not so with a mean for each group, or with
/// moderators.
template <class Evidence>
concept evidence_with_mean =
    evidence<Evidence> && requires(Evidence const& studies, typename Evidence::real_type const x) {
        studies.fit(x, [](auto const& v) { return v; }).mean;
    };

/// What a statistic of studies takes: a contiguous range of estimates, or evidence.
template <class Studies>
concept study_set = estimates<Studies> || evidence<Studies>;

namespace detail {

template <class Studies>
struct real_of_studies {};
template <evidence Evidence>
struct real_of_studies<Evidence> {
    using type = typename Evidence::real_type;
};
template <estimates Estimates>
struct real_of_studies<Estimates> {
    using type = range_real<Estimates>;
};

} // namespace detail

/// The number type of evidence, or of a range of estimates.
template <class Studies>
using real_t = typename detail::real_of_studies<Studies>::type;

/// A list of estimates seen as evidence: a view, which does not own them and must not outlive them. The order
/// of the studies does not matter, but for rounding errors.
template <real Real>
class study_evidence {
  public:
    using real_type = Real;

    /// Throws `invalid_input` when there is no study, and for an effect that is not finite or a variance that
    /// is not positive and finite, naming the study.
    explicit study_evidence(std::span<basic_estimate<Real> const> const studies) : studies_(studies) {
        detail::require_not_empty("estimates", studies.size());
        auto const survey = detail::survey(studies);
        smallest_ = survey.smallest_variance;
        if (!(survey.finite && smallest_ > 0)) [[unlikely]] {
            name_the_invalid_study();
        }
    }

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    /// k - 1.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return studies_.size() - 1; }
    [[nodiscard]] Real smallest_variance() const { return smallest_; }
    [[nodiscard]] Real largest_variance() const {
        return detail::largest_over<Real>(studies_, [](auto const& study) { return study.variance; });
    }
    /// The estimates themselves, for what concerns each study: its weight, its residual.
    [[nodiscard]] std::span<basic_estimate<Real> const> studies() const { return studies_; }

    /// The weighted mean of each block of studies first, then sums about it, so that no digit is lost to a
    /// large common offset.
    template <class Weight>
    [[nodiscard, gnu::always_inline]] weighted_fit<Real> fit(Real const& unit, Weight const& weight) const {
        return detail::study_sums<Real, Weight>::of(studies_, weight).fit(unit);
    }

    /// The sum of `function(variance)`, by halves so that rounding errors grow with log k only; of logarithms
    /// in likelihoods, say.
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return halved_sum(studies_, function);
    }

  private:
    using list = std::span<basic_estimate<Real> const>;

    template <class Function>
    [[gnu::noinline]] static Real halved_sum(list const studies, Function const& function) {
        if (studies.size() <= 256) {
            return detail::interleaved_sum<Real>(
                studies.size(), [&](std::size_t const i) { return function(studies[i].variance); });
        }
        std::size_t const half = studies.size() / 2;
        return halved_sum(studies.first(half), function) + halved_sum(studies.subspan(half), function);
    }

    /// The constructor's check is one branch for the whole list; which study failed it is sought only now.
    [[gnu::cold]] void name_the_invalid_study() const;

    std::span<basic_estimate<Real> const> studies_;
    Real smallest_;
};

template <real Real>
void study_evidence<Real>::name_the_invalid_study() const {
    detail::for_each_study(studies_.size(), [&](std::size_t const i) { detail::check(studies_[i]); });
}

ACCRUE_HELD_BY_THE_LIBRARY(void study_evidence<double>::name_the_invalid_study() const);

namespace detail {

/// A range of estimates as evidence.
template <estimates Range>
study_evidence<range_real<Range>> as_evidence(Range const& estimates) {
    return study_evidence<range_real<Range>>(
        std::span<basic_estimate<range_real<Range>> const>(std::data(estimates), std::size(estimates)));
}

/// The weight 1 / (variance + tau²), relative to that of the smallest variance.
template <evidence Evidence>
[[nodiscard, gnu::always_inline]] inline auto relative_weight_at(Evidence const& studies,
                                                                 real_t<Evidence> const& tau_squared)
    -> inverse_variance_weight<real_t<Evidence>> {
    return {studies.smallest_variance() + tau_squared, tau_squared};
}

template <class Studies>
struct evidence_from {
    using type = Studies;
};
template <estimates Estimates>
struct evidence_from<Estimates> {
    using type = study_evidence<range_real<Estimates>>;
};

/// The evidence that a range of estimates, or evidence itself, is.
template <class Studies>
using evidence_of = typename evidence_from<Studies>::type;

/// Calls `function` with the evidence that a range of estimates, or evidence itself, is.
template <study_set Range, class Function>
auto with_evidence(Range const& estimates, Function const& function) {
    if constexpr (evidence<Range>) {
        require_not_empty("evidence", estimates.size());
        return function(estimates);
    } else {
        return function(as_evidence(estimates));
    }
}

} // namespace detail

/// The weighted least-squares fit with weights 1 / (variance + tau²), the core of every inverse-variance
/// method: the mean, Cochran's Q at this tau², and the traces that estimators of tau² need (`weighted_fit`).
///
/// With the true tau² its mean has the smallest variance of all unbiased linear ones, 1 / sum w, and its Q
/// has the distribution chi²(k - 1) if effects are normal. `tau_squared` is in squared units of the effect,
/// zero or positive; weights are relative to smallest variance + tau², the study with the most weight.
template <evidence Evidence>
[[nodiscard, gnu::always_inline]] inline auto
inverse_variance_fit(Evidence const& studies, typename Evidence::real_type const& tau_squared) {
    auto const weight = detail::relative_weight_at(studies, tau_squared);
    return studies.fit(weight.unit, weight);
}

/// The fit with the same weight for every study: its `mean` is the arithmetic mean of the effects, its
/// `squares` their sum of squares about it, in squared units of the effect.
template <evidence Evidence>
[[nodiscard]] auto unweighted_fit(Evidence const& studies) {
    using Real = typename Evidence::real_type;
    return studies.fit(Real(1), [](Real const&) { return Real(1); });
}

} // namespace accrue
