#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/report/reported.hpp>

#include <type_traits>

/// \file
/// From one effect measure to another: standardised mean difference d, log odds ratio, correlation r. For
/// reviews in which some studies dichotomised what others measured. Each is the delta method: effect f(x)
/// with variance f'(x)² v.

namespace accrue {

/// A log odds ratio is d π/√3 when the outcome behind the events is logistic (Hasselblad & Hedges 1995,
/// doi:10.1037/0033-2909.117.1.167; Chinn 2000).
struct hasselblad_hedges {
    template <real Real>
    [[nodiscard]] static Real factor() {
        return 4 * atan(Real(1)) / sqrt(Real(3));
    }
};

/// A log odds ratio is 1.65 d, a good approximation when the outcome behind the events is normal (Cox 1970;
/// Haddock, Rindskopf & Shadish 1998, doi:10.1037/1082-989X.3.3.339).
struct cox {
    template <real Real>
    [[nodiscard]] static Real factor() {
        return Real(33) / 20;
    }
};

/// Log odds ratio with the same meaning as a standardised mean difference: d times the method's factor.
/// Throws `invalid_input` for an estimate that is not valid.
template <class Method = hasselblad_hedges, real Real>
[[nodiscard]] basic_estimate<Real> log_odds_ratio_from_d(basic_estimate<Real> const& d, Method const& = {}) {
    detail::check(d);
    Real const factor = Method::template factor<Real>();
    return {d.effect * factor, d.variance * factor * factor};
}

/// Standardised mean difference with the same meaning as a log odds ratio: the log odds ratio divided by the
/// method's factor. Throws `invalid_input` for an estimate that is not valid.
template <class Method = hasselblad_hedges, real Real>
[[nodiscard]] basic_estimate<Real> d_from_log_odds_ratio(basic_estimate<Real> const& log_odds_ratio,
                                                         Method const& = {}) {
    detail::check(log_odds_ratio);
    Real const factor = Method::template factor<Real>();
    return {log_odds_ratio.effect / factor, log_odds_ratio.variance / factor / factor};
}

/// Correlation between group and outcome: r = d/√(d² + a) with a = N²/(n1 n2), 4 for equal groups, and
/// variance a² v/(d² + a)³ (Borenstein et al. 2009, doi:10.1002/9780470743386, ch. 7). Throws `invalid_input`
/// for an estimate or a group size that is not valid.
template <real Real>
[[nodiscard]] basic_estimate<Real> correlation_from_d(basic_estimate<Real> const& d,
                                                      std::type_identity_t<Real> const& n_treatment,
                                                      std::type_identity_t<Real> const& n_control) {
    detail::check(d);
    detail::require_positive<Real>("n_treatment", n_treatment);
    detail::require_positive<Real>("n_control", n_control);
    Real const n = n_treatment + n_control;
    Real const a = (n / n_treatment) * (n / n_control);
    Real const size = detail::magnitude(d.effect);
    Real const scale = size < 1 ? Real(1) : size; // taken out of the root, so that no square overflows
    Real const scaled = d.effect / scale;
    Real const rest = a / scale / scale;
    Real const sum = scaled * scaled + rest;
    return {scaled / sqrt(sum), detail::square(Real(rest / sum / scale)) / sum * d.variance};
}

/// Standardised difference between the halves that a median split of one variable would give in the other:
/// d = 2r/√(1 - r²), variance 4v/(1 - r²)³ (Borenstein et al. 2009, ch. 7). Throws `invalid_input` for a
/// correlation outside (-1, 1) or a variance that is not positive.
template <real Real>
[[nodiscard]] basic_estimate<Real> d_from_correlation(basic_estimate<Real> const& r) {
    detail::check(r);
    detail::require_correlation("effect", r.effect);
    Real const u = (1 - r.effect) * (1 + r.effect);
    return {2 * r.effect / sqrt(u), 4 * r.variance / (u * u * u)};
}

/// Correlation from the t statistic of its test, r = t/√(t² + df). Throws `invalid_input` for a t that is not
/// finite or degrees of freedom that are not positive.
template <real Real = double>
[[nodiscard]] Real correlation_from_t(std::type_identity_t<Real> const& t,
                                      std::type_identity_t<Real> const& degrees_of_freedom) {
    detail::require_finite<Real>("t", t);
    detail::require_positive<Real>("degrees of freedom", degrees_of_freedom);
    Real const size = detail::magnitude(t);
    Real const scale = size < 1 ? Real(1) : size; // taken out of the root, so that no square overflows
    return t / scale / sqrt(Real(detail::square(Real(t / scale)) + degrees_of_freedom / scale / scale));
}

} // namespace accrue
