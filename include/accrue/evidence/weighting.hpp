#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <concepts>
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
/// 1/v for a small tau² and to equal ones for a large. Jackson 2013, Res Synth Methods 4:220-229,
/// doi:10.1002/jrsm.1081.
struct inverse_standard_error_weights {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
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

} // namespace accrue
