#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <iterator>
#include <limits>
#include <optional>

namespace accrue {

/// How many studies without an effect it would take to undo a result, as `fail_safe_n` finds.
template <real Real>
struct basic_fail_safe_number {
    Real n;       ///< a whole number: `exact` rounded up, unless rounding errors alone lift it above one
    Real exact;   ///< the solution of the method's equation; 0 if nothing is there to undo
    Real p_value; ///< of the result as it is, by the method's own test; NaN for `orwin`
};

using fail_safe_number = basic_fail_safe_number<double>;

namespace detail {

/// The solution of a method's equation, which is negative where nothing is there to undo, and the p-value of
/// its test.
template <real Real>
struct fail_safe_solution {
    Real exact;
    Real p_value;
};

} // namespace detail

/// Rosenthal's: how many studies with an average z of 0 make Stouffer's combined test lose significance,
/// (sum z)² / z_a² - k, where z_a is the one-sided quantile. Of historical interest: it rests on p-values,
/// not on effects, and takes missing studies to be unbiased.
///
/// Rosenthal 1979, Psychol Bull 86:638-641, doi:10.1037/0033-2909.86.3.638.
struct rosenthal {
    double significance = 0.05; ///< one-sided, below a half

    template <real Real>
    [[nodiscard]] detail::fail_safe_solution<Real> operator()(study_evidence<Real> const& studies) const {
        detail::require(significance > 0 && significance < 0.5, "significance", "above 0 and below 0.5",
                        significance);
        Real const total = detail::sum_over<Real>(
            studies.studies(), [&](auto const& study) { return Real(study.effect / standard_error(study)); });
        Real const k = detail::from_count<Real>(studies.size());
        Real const size = detail::magnitude(total);
        Real const quantile = basic_normal<Real>::upper_quantile(Real(significance));
        Real const ratio = size / quantile;
        return {Real(ratio * ratio - k), basic_normal<Real>::survival(Real(size / sqrt(k)))};
    }
};

/// Orwin's: how many studies with no effect bring the average effect down to a target that no longer matters,
/// k (mean - target) / target. The mean is that of all effects with equal weights. No number of them takes it
/// across 0: it is infinite for a target on the other side. A mean that is 0 but for rounding is on no side.
///
/// Orwin 1983, J Educ Stat 8:157-159, doi:10.3102/10769986008002157.
struct orwin {
    std::optional<double> target = {}; ///< on the scale of the effects; half the mean unless given

    template <real Real>
    [[nodiscard]] detail::fail_safe_solution<Real> operator()(study_evidence<Real> const& studies) const {
        Real const k = detail::from_count<Real>(studies.size());
        Real const found = unweighted_fit(studies).mean;
        // What rounding leaves of a mean of 0 has no side.
        Real const rounding =
            2 * std::numeric_limits<Real>::epsilon() * k * detail::largest_effect(studies.studies());
        Real const mean = detail::magnitude(found) <= rounding ? Real(0) : found;
        Real const goal = target ? Real(*target) : Real(mean / 2);
        detail::require(!target || ((goal < 0 || goal > 0) && detail::is_finite(goal)), "target",
                        "finite and other than 0", goal);
        // Half a mean of 0 is there already.
        Real exact = goal < 0 || goal > 0 ? Real(k * ((mean - goal) / goal)) : Real(0);
        if ((mean < 0 && goal > 0) || (mean > 0 && goal < 0)) {
            exact = detail::infinity<Real>();
        }
        return {exact, detail::not_a_number<Real>()};
    }
};

/// Rosenberg's: how many studies with no effect and the average weight make the common-effect mean lose
/// significance, [(sum w y / z_{a/2})² - sum w] k / sum w with w = 1/v. The p-value is two-sided.
/// Rosenberg 2005, Evolution 59:464-468, doi:10.1111/j.0014-3820.2005.tb01004.x.
struct rosenberg {
    double significance = 0.05; ///< two-sided

    template <real Real>
    [[nodiscard]] detail::fail_safe_solution<Real> operator()(study_evidence<Real> const& studies) const {
        detail::require_between_0_and_1("significance", significance);
        auto const fit = inverse_variance_fit(studies, Real(0));
        Real const k = detail::from_count<Real>(studies.size());
        Real const z = fit.mean / sqrt(fit.variance());
        Real const size = detail::magnitude(z);
        Real const ratio = size / basic_normal<Real>::upper_quantile(Real(Real(significance) / 2));
        return {Real((ratio * ratio - 1) * k), Real(2 * basic_normal<Real>::survival(size))};
    }
};

/// The fail-safe number (file-drawer number) of a set of studies:
///
///     fail_safe_n(rosenthal{}, estimates)     fail_safe_n(orwin{.target = 0.1}, estimates)
///     fail_safe_n(rosenberg{}, estimates)
///
/// A large number was once read as proof that no publication bias could explain a result. It is none: missing
/// studies are not those without an effect but those with one in the other direction, of which far fewer
/// suffice, and the number says nothing of the size of the effect. Cochrane advises against it.
///
/// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study), or
/// an option is
template <class Method, estimates Range>
[[nodiscard]] auto fail_safe_n(Method const& method, Range const& estimates)
    -> basic_fail_safe_number<detail::range_real<Range>> {
    using Real = detail::range_real<Range>;
    auto const found = method(detail::as_evidence(estimates));
    Real const exact = found.exact < 0 ? Real(0) : found.exact;
    // An exact answer of 13 that rounding left at 13 + 1e-15 is 13.
    Real const nearest = floor(Real(exact + Real(0.5)));
    Real const k = detail::from_count<Real>(std::size(estimates));
    Real const rounding = 16 * std::numeric_limits<Real>::epsilon() * k * (k + exact);
    bool const whole = detail::magnitude(Real(exact - nearest)) < rounding;
    return {whole ? nearest : Real(ceil(exact)), exact, found.p_value};
}

ACCRUE_REFUSE_ALL_BUT_STUDIES(fail_safe_n(auto const&, Studies const&, Rest const&...));
ACCRUE_REFUSED("the method comes first: fail_safe_n(rosenthal{}, estimates)",
               fail_safe_n(estimates auto const&));
template <estimates Studies, class Method>
    requires(!estimates<Method>)
ACCRUE_REFUSED("the method comes first: fail_safe_n(rosenthal{}, estimates)",
               fail_safe_n(Studies const&, Method const&));

} // namespace accrue
