#pragma once

#include <accrue/distribution/fisher_f.hpp>
#include <accrue/error.hpp>
#include <accrue/pooled.hpp>
#include <accrue/refused.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// A test of several linear hypotheses on the coefficients at once.
template <real Real>
struct basic_coefficient_test {
    Real statistic;          ///< chi² where the denominator has infinite degrees of freedom, else F
    Real degrees_of_freedom; ///< hypotheses
    Real denominator_degrees_of_freedom; ///< of F; infinite for chi²
    Real p_value;
    /// That of the regression; `undefined`, with NaN for F and p, where no F distribution fits (see
    /// `contrast_test`).
    accrue::status status;
};

using coefficient_test = basic_coefficient_test<double>;

namespace detail {

/// The F distribution that Kenward and Roger give a test: `factor` F ~ F(hypotheses, degrees_of_freedom).
template <real Real>
struct scaled_f {
    Real factor;
    Real degrees_of_freedom;
};

/// It has the mean 1 / e, e = 1 - A2/l, and the variance that they derive from the traces A1 = (tr H)² and
/// A2 = tr HH for l hypotheses. Where H is a multiple of the identity, as for one hypothesis or equal
/// variances, A1 = l A2, F is exact and needs no factor. Elsewhere there may be no F distribution with such
/// moments: NaN.
template <real Real>
[[nodiscard]] scaled_f<Real> scaled_f_of(Real const& l, Real const& a1, Real const& a2) {
    if (l * a2 - a1 <= Real(1e-10) * a1) {
        return {Real(1), Real(2 * l / a2)};
    }
    Real const g = ((l + 1) * a1 - (l + 4) * a2) / ((l + 2) * a2);
    Real const b = (a1 + 6 * a2) / (2 * l * (3 * l + 2 * (1 - g)));
    Real const share = a2 / l;
    Real const e = 1 - share;
    Real const c = l - g;
    Real const d = l + 2 - g;
    Real const spread = square(Real(1 - c * b)) * (1 - d * b);
    // (1 + g b) e² - spread, both of which are near 1 where the traces are small. Of the first order
    // (a1 + 2 a2) / (2 l) is left.
    Real const beyond = (a1 + 2 * a2) / (2 * l) + share * (share * (1 + g * b) - 2 * g * b) -
                        square(b) * (c * (c + 2 * d) - square(c) * d * b);
    Real const found = 4 + (l + 2) * spread / beyond;
    Real const factor = found * e / (found - 2);
    bool const exists = found > 0 && factor > 0 && is_finite(Real(factor + found));
    return {exists ? factor : not_a_number<Real>(), exists ? found : not_a_number<Real>()};
}

} // namespace detail

/// Tests that all combinations sum_j l_ij b_j of the coefficients are zero:
///
///     Q_M = (Lb)' (L C L')^-1 Lb,   C the covariance,
///
/// against chi² with m degrees of freedom, m the number of combinations, where the model refers coefficients
/// to the normal, else F = Q_M / m against F(m, k - p). With `kenward_roger` F is scaled and its degrees of
/// freedom are those of Kenward & Roger 1997, Biometrics 53:983-997, doi:10.2307/2533558, with the adjusted
/// covariance in their traces A1 and A2 too, where the paper has the unadjusted one: so a single hypothesis
/// has the degrees of freedom that `kenward_roger` gives its coefficient. With a handful of studies and
/// several hypotheses there may be no F distribution with the moments that they match: the test is then
/// `undefined`, and `hartung_knapp` or a permutation test is there.
///
/// \param combinations one row a hypothesis, with a number for each coefficient
/// \throws invalid_input when there is none, unless each has a finite number a coefficient, and when one
/// follows from the others
template <real Real>
[[nodiscard]] basic_coefficient_test<Real> contrast_test(basic_regression<Real> const& fit,
                                                         std::vector<std::vector<Real>> const& combinations) {
    std::size_t const m = combinations.size();
    std::size_t const p = fit.coefficients.size();
    detail::require_not_empty("combinations", m);
    Real const l = detail::from_count<Real>(m);
    if (fit.status == status::undefined) {
        Real const none = detail::not_a_number<Real>();
        return {none, l, fit.degrees_of_freedom, none, fit.status};
    }
    auto const tested = [&](Real const& statistic, Real const& f, Real const& denominator) {
        Real const p_value = basic_fisher_f<Real>{l, denominator}.survival(f);
        return basic_coefficient_test<Real>{statistic, l, denominator, p_value,
                                            detail::is_finite(Real(statistic + p_value)) ? fit.status
                                                                                         : status::undefined};
    };
    auto columns = std::vector<Real>(p * m, Real(0)); // G'L', whose triangle R has R'R = L C L'
    auto values = std::vector<Real>(m);
    for (std::size_t i = 0; i < m; ++i) {
        values[i] = linear_combination(fit, combinations[i]).effect;
        for (std::size_t a = 0; a < p; ++a) {
            for (std::size_t b = 0; b < p; ++b) {
                columns[i * p + b] += combinations[i][a] * fit.root(detail::index(a), detail::index(b));
            }
        }
    }
    auto r = std::vector<Real>(m * m);
    detail::require_that(m <= p && detail::orthonormalise(columns.data(), m, p, r.data(),
                                                          detail::least_independent_share<Real>()) >= m,
                         "combinations of coefficients must be linearly independent");
    // R'^-1 by columns of what it is applied to.
    auto const solve = [&](std::vector<Real> x) {
        for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                x[i] -= r[i * m + j] * x[j];
            }
            x[i] /= r[i * m + i];
        }
        return x;
    };
    auto const standardised = solve(values);
    Real const q = detail::inner_product(standardised.data(), standardised.data(), m);
    if (fit.sensitivities.empty()) {
        Real const denominator = fit.degrees_of_freedom;
        return tested(detail::is_finite(denominator) ? Real(q / l) : q, Real(q / l), denominator);
    }
    Real a1(0);
    Real a2(0);
    for (auto const& sensitivity : fit.sensitivities) {
        // H = R'^-1 L G S G' L' R^-1, where G'L'R^-1 is what the columns have become.
        auto h = std::vector<std::vector<Real>>(m, std::vector<Real>(m, Real(0)));
        for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t j = 0; j < m; ++j) {
                for (std::size_t a = 0; a < p; ++a) {
                    for (std::size_t b = 0; b < p; ++b) {
                        h[i][j] += columns[i * p + a] * sensitivity(detail::index(a), detail::index(b)) *
                                   columns[j * p + b];
                    }
                }
            }
        }
        Real trace(0);
        for (std::size_t i = 0; i < m; ++i) {
            trace += h[i][i];
            for (std::size_t j = 0; j < m; ++j) {
                a2 += h[i][j] * h[j][i];
            }
        }
        a1 += trace * trace;
    }
    auto const scale = detail::scaled_f_of(l, a1, a2);
    Real const f = scale.factor * q / l;
    return tested(f, f, scale.degrees_of_freedom);
}

/// The omnibus test: that all coefficients but the intercept are zero; all of them without an intercept. See
/// `contrast_test`.
///
/// \throws invalid_input when there is nothing but an intercept
template <real Real>
[[nodiscard]] basic_coefficient_test<Real> omnibus_test(basic_regression<Real> const& fit) {
    std::size_t const first = fit.terms.has_intercept() ? 1 : 0;
    std::size_t const p = fit.coefficients.size();
    detail::require_that(first < p, "an omnibus test needs a moderator");
    std::vector<std::vector<Real>> combinations;
    for (std::size_t j = first; j < p; ++j) {
        combinations.emplace_back(p, Real(0));
        combinations.back()[j] = Real(1);
    }
    return contrast_test(fit, combinations);
}

/// Tests one moderator: that all coefficients of a factor, or that of a number, are zero.
///
/// \throws invalid_input when there is no moderator of that name; it names those that there are
template <real Real>
[[nodiscard]] basic_coefficient_test<Real> moderator_test(basic_regression<Real> const& fit,
                                                          std::string const& name) {
    for (auto const& term : fit.terms.terms()) {
        if (term.name == name) {
            std::vector<std::vector<Real>> combinations;
            for (std::size_t j = term.column; j < term.column + term.columns(); ++j) {
                combinations.emplace_back(fit.coefficients.size(), Real(0));
                combinations.back()[j] = Real(1);
            }
            return contrast_test(fit, combinations);
        }
    }
    throw fit.terms.no_moderator(name);
}

template <real Real>
ACCRUE_REFUSED("a pooled result has no moderators to test: p_value(result) tests its effect",
               omnibus_test(basic_pooled<Real> const&));

} // namespace accrue
