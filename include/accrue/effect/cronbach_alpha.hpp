#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/reliability.hpp>

/// \file
/// The reliability of a scale, for reviews that ask how well a questionnaire measures rather than how well a
/// treatment works. With Cronbach's alpha a of m items in n participants, on three scales:
///
///     cronbach_alpha                     a              2m (1-a)² / ((m-1)(n-2))
///     bonett_transformed_alpha           -ln(1-a)       2m / ((m-1)(n-2))
///     hakstian_whalen_transformed_alpha  1 - (1-a)^⅓    18m (n-1) (1-a)^⅔ / ((m-1)(9n-11)²)
///
/// All grow with alpha and are zero where it is. The distribution of 1 - a is skewed and its spread grows
/// with it: the transformations make it nearly normal, and Bonett's frees the variance of a as well, so that
/// studies are weighted by their size. `back_transform` leads back to alpha, which is at most 1. They assume
/// items that measure one thing equally well (parallel, or at least compound symmetric). All throw
/// `invalid_input` for a report that is not valid (`basic_reliability`).

namespace accrue {

/// Cronbach's alpha as it is (variance: van Zyl, Neudecker & Nel 2000, doi:10.1007/BF02296146, for compound
/// symmetric items, with n - 2 as in Bonett 2010, doi:10.1037/a0020142; metafor "ARAW").
struct cronbach_alpha {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_reliability<Real> const& study) const {
        detail::check(study);
        Real const lack = 1 - study.alpha;
        return {study.alpha, 2 * study.items * lack * lack / ((study.items - 1) * (study.n - 2))};
    }

    static constexpr identity_back_transform back_transform{};
};

namespace detail {

struct inverse_bonett {
    template <real Real>
    Real operator()(Real const& x) const {
        return -exp_minus_one(Real(-x));
    }
};

struct inverse_hakstian_whalen {
    template <real Real>
    Real operator()(Real const& x) const {
        if (x >= 1) {
            return Real(1);
        }
        return -exp_minus_one(Real(3 * log1p_of(Real(-x)))); // 1 - (1-x)³
    }
};

} // namespace detail

/// Bonett's transformation of Cronbach's alpha (Bonett 2002, doi:10.3102/10769986027004335; metafor "ABT").
struct bonett_transformed_alpha {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_reliability<Real> const& study) const {
        detail::check(study);
        return {-detail::log1p_of(Real(-study.alpha)), 2 * study.items / ((study.items - 1) * (study.n - 2))};
    }

    static constexpr back_transformation<detail::inverse_bonett> back_transform{};
};

/// Hakstian and Whalen's transformation of Cronbach's alpha (1976, doi:10.1007/BF02291840; metafor "AHW").
struct hakstian_whalen_transformed_alpha {
    template <real Real>
    [[nodiscard]] basic_estimate<Real> operator()(basic_reliability<Real> const& study) const {
        detail::check(study);
        Real const log_root = detail::log1p_of(Real(-study.alpha)) / 3;
        Real const scale = 9 * study.n - 11;
        return {-detail::exp_minus_one(log_root), 18 * study.items / (study.items - 1) *
                                                      ((study.n - 1) / scale) * exp(Real(2 * log_root)) /
                                                      scale};
    }

    static constexpr back_transformation<detail::inverse_hakstian_whalen> back_transform{};
};

} // namespace accrue
