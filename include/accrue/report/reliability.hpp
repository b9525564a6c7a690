#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a study reports of the reliability of a scale (a questionnaire, a panel of raters): Cronbach's alpha
/// and what its precision depends on. If all items measure the same thing, alpha is the share of the variance
/// of their sum that is not error: 1 for a scale without error. `cronbach_alpha` and its like make estimates
/// of it; they throw `invalid_input` for reports outside the limits below.
template <real Real>
struct basic_reliability {
    Real n;     ///< participants, more than 2
    Real items; ///< items (or raters) that the scale adds up, at least 2
    Real alpha; ///< Cronbach's alpha, below 1; negative when items disagree
};

using reliability = basic_reliability<double>;

namespace detail {

template <real Real>
void check(basic_reliability<Real> const& study) {
    require(study.n > 2 && is_finite(study.n), "n", "above 2 and finite", study.n);
    require(study.items >= 2 && is_finite(study.items), "items", "at least 2 and finite", study.items);
    require(study.alpha < 1 && is_finite(study.alpha), "alpha", "below 1 and finite", study.alpha);
}

} // namespace detail
} // namespace accrue
