#pragma once

#include <accrue/evidence/likelihood.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/detail/solution.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/status.hpp>

#include <Eigen/Cholesky>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace accrue::detail {

/// The (restricted) likelihood of log tau²_i = z_i'a and its derivatives, Z an orthonormal basis of the
/// scale's design.
template <real Real>
class scale_likelihood {
  public:
    scale_likelihood(moderated_evidence<Real> const& studies, matrix<Real> const& z, bool const restricted)
        : studies_(studies), z_(z), restricted_(restricted) {}

    struct point {
        matrix<Real> a;
        std::vector<Real> tau_squared;
        Real unit;
        Real log_likelihood;
        matrix<Real> score;
        matrix<Real> observed; ///< information
        matrix<Real> expected;
    };

    [[nodiscard]] weighted_projection<Real> projection(std::vector<Real> const& tau_squared,
                                                       Real const& unit) const {
        return studies_.projection([&](std::size_t const i) {
            return Real(unit / (studies_.studies()[i].variance + tau_squared[i]));
        });
    }

    [[nodiscard]] point at(matrix<Real> const& a) const {
        std::size_t const k = studies_.size();
        auto const q = static_cast<std::size_t>(z_.cols());
        auto result = point{a,
                            {},
                            Real(0),
                            Real(0),
                            matrix<Real>::Zero(z_.cols(), 1),
                            matrix<Real>::Zero(z_.cols(), z_.cols()),
                            matrix<Real>::Zero(z_.cols(), z_.cols())};
        Real unit = infinity<Real>();
        Real log_variances(0);
        for (std::size_t i = 0; i < k; ++i) {
            Real const log_tau_squared = sum_to<Real>(
                q, [&](std::size_t const j) { return Real(z_(index(i), index(j)) * a(index(j), 0)); });
            result.tau_squared.push_back(exp(log_tau_squared));
            Real const total = studies_.studies()[i].variance + result.tau_squared.back();
            unit = total < unit ? total : unit;
            log_variances += log(total);
        }
        result.unit = unit;
        auto const fit = projection(result.tau_squared, unit);
        Real const squares = fit.sum([&](std::size_t const i) { return square(fit.residual(i)); });
        Real const observations =
            from_count<Real>(restricted_ ? studies_.degrees_of_freedom() : studies_.size());
        Real const information =
            restricted_
                ? Real(fit.log_determinant() - from_count<Real>(studies_.design().coefficients()) * log(unit))
                : Real(0);
        result.log_likelihood =
            -(observations * log(Real(8 * atan(Real(1)))) + log_variances + information + squares / unit) / 2;

        // In relative weights: x = z d u / unit is the derivative of log variance, m the diagonal of M (1 for
        // ML), and e² / unit the squared standardised residual.
        std::size_t const p = fit.columns();
        auto x = std::vector<Real>(k * q);
        for (std::size_t j = 0; j < q; ++j) {
            for (std::size_t i = 0; i < k; ++i) {
                x[j * k + i] = z_(index(i), index(j)) * result.tau_squared[i] * (fit.weight(i) / unit);
            }
        }
        auto const m = [&](std::size_t const i) { return restricted_ ? fit.complement(i) : Real(1); };
        auto columns = std::vector<Real>(k * p);
        for (std::size_t j = 0; j < p; ++j) {
            for (std::size_t i = 0; i < k; ++i) {
                columns[j * k + i] = fit.q(i, j);
            }
        }
        auto turned = std::vector<Real>(k * q); // M X e
        auto unused = std::vector<Real>(p, Real(0));
        for (std::size_t j = 0; j < q; ++j) {
            for (std::size_t i = 0; i < k; ++i) {
                turned[j * k + i] = x[j * k + i] * fit.residual(i);
            }
            take_out(columns.data(), p, k, turned.data() + j * k, unused.data());
        }
        for (std::size_t j = 0; j < q; ++j) {
            result.score(index(j), 0) = fit.sum([&](std::size_t const i) {
                return Real(x[j * k + i] * (square(fit.residual(i)) / unit - m(i)));
            }) / 2;
            for (std::size_t l = 0; l <= j; ++l) {
                Real traces = fit.sum([&](std::size_t const i) {
                    Real const pair = x[j * k + i] * x[l * k + i];
                    return restricted_ ? Real(pair * (square(m(i)) - square(Real(1 - m(i))))) : pair;
                });
                if (restricted_) {
                    traces += gram_product(fit, &x[j * k], &x[l * k]);
                }
                Real const curvature = inner_product(&turned[j * k], &turned[l * k], k) / unit;
                Real const bend = fit.sum([&](std::size_t const i) {
                    return Real(x[j * k + i] * z_(index(i), index(l)) *
                                (square(fit.residual(i)) / unit - m(i)));
                });
                result.expected(index(j), index(l)) = traces / 2;
                result.expected(index(l), index(j)) = traces / 2;
                result.observed(index(j), index(l)) = curvature - traces / 2 - bend / 2;
                result.observed(index(l), index(j)) = result.observed(index(j), index(l));
            }
        }
        return result;
    }

  private:
    /// The product of Q'XQ and Q'YQ, entry by entry and summed.
    [[nodiscard]] static Real gram_product(weighted_projection<Real> const& fit, Real const* const x,
                                           Real const* const y) {
        Real total(0);
        for (std::size_t a = 0; a < fit.columns(); ++a) {
            for (std::size_t b = 0; b < fit.columns(); ++b) {
                total += fit.sum([&](std::size_t const i) {
                    return Real(x[i] * fit.q(i, a) * fit.q(i, b));
                }) * fit.sum([&](std::size_t const i) { return Real(y[i] * fit.q(i, a) * fit.q(i, b)); });
            }
        }
        return total;
    }

    moderated_evidence<Real> const& studies_;
    matrix<Real> const& z_;
    bool restricted_;
};

template <real Real>
struct scale_maximum {
    typename scale_likelihood<Real>::point best;
    bool converged;
    bool ran_out = false; ///< of iterations
};

/// A maximum to all its digits. The likelihood itself is flat there to rounding, its score is not: Newton's
/// steps are taken for as long as what they promise to gain falls.
template <real Real>
[[nodiscard]] typename scale_likelihood<Real>::point polished(scale_likelihood<Real> const& likelihood,
                                                              typename scale_likelihood<Real>::point here) {
    Real promised = infinity<Real>();
    auto best = here;
    for (int n = 0; n < 10; ++n) {
        auto const newton = Eigen::LLT<matrix<Real>>(here.observed);
        if (newton.info() != Eigen::ComputationInfo{}) {
            return best;
        }
        matrix<Real> const step = newton.solve(here.score);
        Real const gain =
            inner_product(step.data(), here.score.data(), static_cast<std::size_t>(step.rows()));
        if (!(gain < promised)) {
            return best;
        }
        promised = gain;
        best = std::move(here);
        here = likelihood.at(matrix<Real>(best.a + step));
    }
    return best;
}

/// Whether the likelihood falls on either side along conjugate directions, a standard error away. Where tau²
/// vanishes somewhere it rises towards a limit instead, ever more slowly: Newton's steps then promise little,
/// though they stay as long as they were.
template <real Real>
[[nodiscard]] bool falls_around(scale_likelihood<Real> const& likelihood,
                                typename scale_likelihood<Real>::point const& here) {
    auto const newton = Eigen::LLT<matrix<Real>>(here.observed);
    if (newton.info() != Eigen::ComputationInfo{}) {
        return false;
    }
    using std::abs;
    matrix<Real> const upper = newton.matrixU();
    matrix<Real> const root = inverse_triangle(upper);
    Real const rounding = 64 * std::numeric_limits<Real>::epsilon() *
                          (from_count<Real>(here.tau_squared.size()) + abs(here.log_likelihood));
    for (Eigen::Index j = 0; j < root.cols(); ++j) {
        matrix<Real> step = root.col(j);
        // The basis is orthonormal, so that log tau² changes by no more than the step: 40 is 17 decades.
        Real const most(40);
        Real const length = step.norm();
        if (!(length < most)) {
            step *= Real(most / length);
        }
        for (int const side : {-1, 1}) {
            auto const there = likelihood.at(matrix<Real>(here.a + Real(side) * step));
            if (!(there.log_likelihood < here.log_likelihood - rounding)) {
                return false;
            }
        }
    }
    return true;
}

/// Climbs by Newton's steps where the likelihood is concave, by Fisher's elsewhere, each halved until it
/// rises.
template <real Real>
[[nodiscard]] scale_maximum<Real> climb(scale_likelihood<Real> const& likelihood, matrix<Real> const& start,
                                        Real const& tolerance, int const limit) {
    auto here = likelihood.at(start);
    for (int n = 0; n < limit; ++n) {
        auto const newton = Eigen::LLT<matrix<Real>>(here.observed);
        bool const concave = newton.info() == Eigen::ComputationInfo{};
        auto const fisher = Eigen::LDLT<matrix<Real>>(here.expected);
        matrix<Real> step =
            concave ? matrix<Real>(newton.solve(here.score)) : matrix<Real>(fisher.solve(here.score));
        Real const gain =
            inner_product(step.data(), here.score.data(), static_cast<std::size_t>(step.rows()));
        if (!(gain > tolerance * tolerance)) {
            return {here, concave && gain >= 0};
        }
        bool risen = false;
        for (int halving = 0; halving < 40 && !risen; ++halving) {
            auto next = likelihood.at(matrix<Real>(here.a + step));
            risen = next.log_likelihood > here.log_likelihood;
            if (risen) {
                here = std::move(next);
            }
            step *= Real(0.5);
        }
        if (!risen) {
            return {here, concave && gain < Real(1e-8)}; // as high as rounding lets it come
        }
    }
    return {here, false, true};
}

template <real Real>
[[nodiscard]] basic_regression<Real>
regression_of(std::vector<std::string> names, std::vector<Real> values, matrix<Real> root,
              std::size_t const k, accrue::status const status, basic_design_terms<Real> terms) {
    Real const nan = not_a_number<Real>();
    return {std::move(names),
            std::move(values),
            root * root.transpose(),
            nan,
            infinity<Real>(),
            k,
            status,
            nan,
            nan,
            std::move(terms),
            std::move(root),
            {}};
}

} // namespace accrue::detail
