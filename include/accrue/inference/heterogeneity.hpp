#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/detail/residual_trace.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

#include <concepts>
#include <type_traits>

namespace accrue {

/// How much studies differ beyond sampling error, from Cochran's Q.
template <real Real>
struct basic_heterogeneity_summary {
    Real q;                  ///< sum of (y - mean)² / v about the common-effect mean
    Real degrees_of_freedom; ///< df: k - 1, or studies less means where there are several
    Real p_value;            ///< P(chi²(df) >= q), the test that all true effects are equal
    Real i_squared; ///< max(0, (q - df) / q): share of the variation that is not sampling error, 0 to 1
    Real h_squared; ///< q / df; 1 when there is only one study
};

using heterogeneity_summary = basic_heterogeneity_summary<double>;

/// I² from Cochran's Q: max(0, (Q - df) / Q), the share of the variation between effects that is not sampling
/// error, from 0 to 1. Higgins & Thompson 2002, Stat Med 21:1539-1558, doi:10.1002/sim.1186.
template <real Real>
[[nodiscard]] Real i_squared_from_q(Real const& q, Real const& degrees_of_freedom) {
    detail::require(!(degrees_of_freedom < 0), "degrees of freedom", "zero or positive", degrees_of_freedom);
    if (q <= degrees_of_freedom) {
        return Real(0);
    }
    // Q may be beyond the type, of effects whose squares are.
    return detail::is_finite(q) ? Real((q - degrees_of_freedom) / q) : Real(1 - degrees_of_freedom / q);
}

/// H² from Cochran's Q: Q / df, below 1 when effects differ less than expected; 1 without degrees of freedom.
template <real Real>
[[nodiscard]] Real h_squared_from_q(Real const& q, Real const& degrees_of_freedom) {
    return degrees_of_freedom <= 0 ? Real(1) : Real(q / degrees_of_freedom);
}

namespace detail {

/// Cochran's Q, infinite where squares of effects are beyond the type: of finite data a sum of squares is NaN
/// only as the difference of infinite ones.
template <evidence Evidence>
[[nodiscard]] auto cochran_q(Evidence const& studies) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    Real const q = inverse_variance_fit(studies, Real(0)).q();
    return is_finite(q) ? q : infinity<Real>();
}

} // namespace detail

/// Cochran's Q, its test, and I² and H² computed from Q.
///
/// Cochran 1954, Biometrics 10:101-129, doi:10.2307/3001666; Higgins & Thompson 2002, Stat Med 21:1539-1558,
/// doi:10.1002/sim.1186. I² is a proportion here; it does not say how large the differences are, tau² does.
/// Of `grouped_evidence` Q is that within groups, and of moderators that which they leave.
///
/// \throws invalid_input when there is no study
template <evidence Evidence>
[[nodiscard]] auto heterogeneity(Evidence const& studies) -> basic_heterogeneity_summary<real_t<Evidence>> {
    using Real = real_t<Evidence>;
    detail::require_not_empty("evidence", studies.size());
    Real const q = detail::cochran_q(studies);
    Real const degrees_of_freedom = detail::from_count<Real>(studies.degrees_of_freedom());
    return {q, degrees_of_freedom, basic_chi_squared<Real>{degrees_of_freedom}.survival(q),
            i_squared_from_q(q, degrees_of_freedom), h_squared_from_q(q, degrees_of_freedom)};
}

/// `heterogeneity` of any contiguous range of estimates.
///
/// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
template <estimates Range>
[[nodiscard]] auto heterogeneity(Range const& estimates) {
    return heterogeneity(detail::as_evidence(estimates));
}

ACCRUE_REFUSE_ALL_BUT_STUDIES(heterogeneity(Studies const&, Rest const&...));

/// The typical sampling variance of the studies, s² = (k - 1) / (sum w - sum w² / sum w) with w = 1/v, in
/// squared units of the effect: what tau² is measured against. NaN for a single study. Higgins & Thompson
/// 2002, Stat Med 21:1539-1558, doi:10.1002/sim.1186 (eq. 9).
template <study_set Range>
[[nodiscard]] auto typical_variance(Range const& estimates) {
    return detail::with_evidence(estimates, [](auto const& studies) {
        using Real = real_t<std::remove_cvref_t<decltype(studies)>>;
        return detail::typical_variance_of(studies, inverse_variance_fit(studies, Real(0)));
    });
}

ACCRUE_REFUSE_ALL_BUT_STUDIES(typical_variance(Studies const&, Rest const&...));

namespace detail {

/// tau² / s², with s² the `typical_variance`; 0 where no study has another beside it.
template <study_set Range, real Real>
[[nodiscard]] Real relative_tau_squared(Real const& tau_squared, Range const& estimates) {
    bool const alone =
        with_evidence(estimates, [](auto const& studies) { return studies.degrees_of_freedom() == 0; });
    return alone || tau_squared <= 0 ? Real(0) : Real(tau_squared / typical_variance(estimates));
}

} // namespace detail

/// I² from tau²: tau² / (tau² + s²), with s² the `typical_variance`. It equals I² from Q when tau² is the
/// DerSimonian-Laird estimate; with any other estimator of tau², report this one. 0 for a single study.
template <study_set Range, real Real>
[[nodiscard]] Real i_squared_from_tau_squared(Real const& tau_squared, Range const& estimates) {
    Real const relative = detail::relative_tau_squared(tau_squared, estimates);
    return relative > 1 ? Real(1 / (1 + 1 / relative)) : Real(relative / (1 + relative));
}

/// H² from tau²: 1 + tau² / s², with s² the `typical_variance`; at least 1, and 1 for a single study.
template <study_set Range, real Real>
[[nodiscard]] Real h_squared_from_tau_squared(Real const& tau_squared, Range const& estimates) {
    return 1 + detail::relative_tau_squared(tau_squared, estimates);
}

/// A confidence interval for I² or H². Without its status it would say that nothing is known, or that there
/// is no heterogeneity, where it says something else.
///
/// Its upper limit is infinite for H², 1 for I², where the data set none.
template <real Real>
struct basic_heterogeneity_interval : basic_interval<Real> {
    bool empty;            ///< no tau² >= 0 is compatible with the effects; see `basic_tau_squared_interval`
    accrue::status status; ///< that of tau²'s; `undefined` with NaN where studies are too few
};

using heterogeneity_interval = basic_heterogeneity_interval<double>;

/// The test-based confidence interval for H² from Q, by a normal approximation to log H:
///
///     H exp(± z SE),   SE = (log Q - log(k - 1)) / (2 (sqrt(2 Q) - sqrt(2 k - 3)))            if Q > k
///                      SE = sqrt(1 / (2 (k - 2)) (1 - 1 / (3 (k - 2)²)))                      otherwise,
///
/// with H = max(1, sqrt(Q / (k - 1))) and no limit below 1. It needs 3 studies when Q <= k, and else 2: NaN
/// with the status `undefined` for fewer. Of `grouped_evidence` k - 1 stands for the degrees of freedom.
/// Higgins & Thompson 2002, Stat Med 21:1539-1558, doi:10.1002/sim.1186 (appendix A2).
struct test_based {
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies, double const level) const
        -> basic_heterogeneity_interval<real_t<Evidence>> {
        auto result = excess(studies, level);
        result.lower = 1 + result.lower;
        result.upper = 1 + result.upper;
        return result;
    }

    /// The same for H² - 1, which keeps its digits where H² is nearly 1.
    template <evidence Evidence>
    [[nodiscard]] static auto excess(Evidence const& studies, double const level)
        -> basic_heterogeneity_interval<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        auto const summary = heterogeneity(studies);
        Real const k = summary.degrees_of_freedom + 1;
        Real const log_h = summary.h_squared > 1 ? Real(log(summary.h_squared) / 2) : Real(0);
        Real const error = summary.q > k
                               ? Real(log_h / (sqrt(Real(2 * summary.q)) - sqrt(Real(2 * k - 3))))
                               : Real(sqrt(Real((1 - 1 / (3 * (k - 2) * (k - 2))) / (2 * (k - 2)))));
        Real const margin = basic_normal<Real>::upper_quantile((1 - Real(level)) / 2) * error;
        Real const lower = detail::exp_minus_one(Real(2 * (log_h - margin)));
        Real const upper = detail::exp_minus_one(Real(2 * (log_h + margin)));
        if (summary.degrees_of_freedom < 1 || !detail::is_finite(upper)) {
            return {{detail::not_a_number<Real>(), detail::not_a_number<Real>()}, false, status::undefined};
        }
        return {{lower < 0 ? Real(0) : lower, upper}, false, status::ok};
    }
};

/// A method for confidence intervals of I² and H²: `test_based`, or one for tau².
template <class Method, class Evidence>
concept heterogeneity_interval_for =
    std::same_as<Method, test_based> || tau_squared_interval_for<Method, Evidence>;

namespace detail {

/// The limits of H² - 1 = tau² / s².
template <class Method, evidence Evidence>
[[nodiscard]] auto h_squared_excess(Method const& method, Evidence const& studies, double const level)
    -> basic_heterogeneity_interval<real_t<Evidence>> {
    using Real = real_t<Evidence>;
    if constexpr (std::same_as<Method, test_based>) {
        return method.excess(studies, level);
    } else {
        auto const tau_squared = tau_squared_interval(method, studies, level);
        Real const typical = typical_variance(studies);
        Real const lower = tau_squared.lower / typical;
        if (!is_finite(lower)) {
            // H² itself is beyond the type, or tau² has no limits.
            return {{not_a_number<Real>(), not_a_number<Real>()}, false, status::undefined};
        }
        return {{lower, tau_squared.upper / typical}, tau_squared.empty, tau_squared.status};
    }
}

} // namespace detail

/// A confidence interval for H²: by `test_based{}` from Q, or by a method for tau² such as `q_profile{}`,
/// whose limits are turned into 1 + tau² / s² with s² the `typical_variance`. The second covers better.
///
/// \throws invalid_input as `pool` does, and unless 0 < level < 1
template <class Method, study_set Range>
    requires heterogeneity_interval_for<Method, detail::evidence_of<Range>>
[[nodiscard]] auto h_squared_interval(Method const& method, Range const& estimates, double const level) {
    detail::require_between_0_and_1("level", level);
    auto result = detail::with_evidence(
        estimates, [&](auto const& studies) { return detail::h_squared_excess(method, studies, level); });
    result.lower = 1 + result.lower;
    result.upper = 1 + result.upper;
    return result;
}

/// A confidence interval for I² = (H² - 1) / H², by the methods of `h_squared_interval`.
///
/// \throws invalid_input as `pool` does, and unless 0 < level < 1
template <class Method, study_set Range>
    requires heterogeneity_interval_for<Method, detail::evidence_of<Range>>
[[nodiscard]] auto i_squared_interval(Method const& method, Range const& estimates, double const level) {
    detail::require_between_0_and_1("level", level);
    auto result = detail::with_evidence(
        estimates, [&](auto const& studies) { return detail::h_squared_excess(method, studies, level); });
    auto const share = [](auto const& excess) {
        using Real = std::remove_cvref_t<decltype(excess)>;
        // of a limit that is infinite, or near it, or small, all digits
        return excess < 1 ? Real(excess / (1 + excess)) : Real(1 - 1 / (1 + excess));
    };
    result.lower = share(result.lower);
    result.upper = share(result.upper);
    return result;
}

ACCRUE_REFUSE_ALL_BUT_INTERVALS(h_squared_interval, heterogeneity_interval_for);
ACCRUE_REFUSE_ALL_BUT_INTERVALS(i_squared_interval, heterogeneity_interval_for);

namespace detail {

/// 1 - V_common / V_random at a stated tau², as sum tau² / (v (v + tau²)) over sum 1 / v: the difference
/// would cancel for a small tau².
template <evidence Evidence>
[[nodiscard]] real_t<Evidence> diversity_at(Evidence const& studies, real_t<Evidence> const& tau_squared) {
    using Real = real_t<Evidence>;
    auto const weight = relative_weight_at(studies, Real(0));
    Real const lost =
        studies.sum([&](Real const& v) { return Real(weight(v) * (tau_squared / (v + tau_squared))); });
    return Real(lost / studies.sum(weight));
}

} // namespace detail

/// The diversity D² = 1 - V_common / V_random, the share of the random-effects variance that heterogeneity
/// causes; required information sizes are divided by 1 - D².
///
/// V_random is 1 / sum w with w = 1/(v + tau²) at the model's tau², whatever the model's uncertainty method:
/// the Hartung-Knapp variance would make D² reflect chance scatter. D² >= I² from the same tau². Wetterslev
/// et al. 2009, BMC Med Res Methodol 9:86, doi:10.1186/1471-2288-9-86.
///
/// \param model the model whose tau² is used, such as `random_effects{dersimonian_laird{}}`
/// \throws invalid_input as `pool` does
template <study_set Range, class Model>
    requires pools<Model, Range>
[[nodiscard]] auto diversity(Range const& estimates, Model const& model) {
    auto const tau_squared = pool(model, estimates).tau_squared;
    return detail::with_evidence(
        estimates, [&](auto const& studies) { return detail::diversity_at(studies, tau_squared); });
}

/// R_b = tau² / (k V_random), the between-study share of the total variance, averaged over studies: unlike I²
/// it needs no 'typical' sampling variance. V_random is as in `diversity`.
///
/// Crippa, Khudyakov, Wang, Orsini & Spiegelman 2016, Stat Med 35:3661-3675, doi:10.1002/sim.6980.
///
/// \throws invalid_input as `pool` does
template <study_set Range, class Model>
    requires pools<Model, Range>
[[nodiscard]] auto between_study_share(Range const& estimates, Model const& model) {
    auto const tau_squared = pool(model, estimates).tau_squared;
    return detail::with_evidence(estimates, [&](auto const& studies) {
        using Real = real_t<std::remove_cvref_t<decltype(studies)>>;
        Real const variance = inverse_variance_fit(studies, tau_squared).variance();
        Real const share = tau_squared / (detail::from_count<Real>(studies.size()) * variance);
        return tau_squared <= 0 ? Real(0) : share; // also where the variance is below the type
    });
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(diversity(Studies const&, Model const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("diversity(estimates, random_effects{})", diversity(Studies const&));
ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(between_study_share(Studies const&, Model const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("between_study_share(estimates, random_effects{})",
                            between_study_share(Studies const&));

} // namespace accrue
