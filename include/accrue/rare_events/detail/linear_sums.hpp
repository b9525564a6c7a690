#pragma once

#include <accrue/real.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace accrue::detail {

/// Sums over j < n of functions of x = base + j gamma, 0 < base, 0 <= gamma: the derivatives of the sum of ln
/// x, a rising factorial's logarithm, by base and gamma.
///
/// Past the first terms, x is many times gamma, and sums are integrals with the corrections of Euler and
/// Maclaurin, those of Stirling's series: their cost does not grow with n.
template <real Real>
struct linear_sums {
    Real inverse{0};        ///< 1 / x
    Real inverse_square{0}; ///< 1 / x²
    Real first{0};          ///< j / x
    Real mixed{0};          ///< j / x²
    Real second{0};         ///< j² / x²

    void add(std::size_t const n, Real const& base, Real const& gamma) {
        constexpr std::size_t few = 64;
        constexpr int distance = 20;
        if (n <= few || std::numeric_limits<Real>::digits > 64) {
            add_terms(n, base, gamma);
            return;
        }
        std::size_t head = 0;
        while (head < n && base + from_count<Real>(head) * gamma < distance * gamma) {
            ++head;
        }
        add_terms(head, base, gamma);
        auto rest = linear_sums{};
        rest.add_integral(from_count<Real>(n - head), Real(base + from_count<Real>(head) * gamma), gamma);
        // The rest counts its j from `head`.
        Real const shift = from_count<Real>(head);
        inverse += rest.inverse;
        inverse_square += rest.inverse_square;
        first += rest.first + shift * rest.inverse;
        mixed += rest.mixed + shift * rest.inverse_square;
        second += rest.second + shift * (2 * rest.mixed + shift * rest.inverse_square);
    }

  private:
    void add_terms(std::size_t const n, Real const& base, Real const& gamma) {
        for (std::size_t j = 0; j < n; ++j) {
            Real const x = base + from_count<Real>(j) * gamma;
            Real const one_over = 1 / x;
            Real const share = from_count<Real>(j) * one_over;
            inverse += one_over;
            inverse_square += one_over * one_over;
            first += share;
            mixed += share * one_over;
            second += share * share;
        }
    }

    /// With u = n gamma / b, the integral of ln(b + gamma v) over 0 < v < n is n ln b + n e(u),
    /// e(u) = (1 + 1 / u) ln(1 + u) - 1, and these are its derivatives.
    void add_integral(Real const& n, Real const& b, Real const& gamma) {
        Real const u = n * gamma / b;
        auto const [e1, e2] = slopes_of_excess(u);
        Real const share = n / b;
        inverse += share * (u > Real(0.25) ? Real(log1p(u) / u) : Real(1 - u * e1));
        inverse_square += share / b / (1 + u);
        first += n * share * e1;
        mixed += share * share * (e1 + u * e2);
        second -= n * share * share * e2;
        // Half of the last term is too much, half of the first too little.
        Real const x = b * (1 + u);
        inverse -= (1 / x - 1 / b) / 2;
        inverse_square -= (1 / x / x - 1 / b / b) / 2;
        first -= n / x / 2;
        mixed -= n / x / x / 2;
        second -= n / x * (n / x) / 2;
        // B_2k / [2k (2k - 1)] of (gamma / x)^(2k - 1) at the end less the start.
        constexpr auto numerators = std::array<double, 6>{1, -1, 1, -1, 1, -691};
        constexpr auto denominators = std::array<double, 6>{12, 360, 1260, 1680, 1188, 360360};
        Real power_end = 1 / x;
        Real power_start = 1 / b;
        Real gammas = gamma;
        for (std::size_t i = 0; i < 6; ++i) {
            Real const factor = Real(numerators[i]) / Real(denominators[i]);
            Real const p(static_cast<double>(2 * i + 1));
            // f = gammas x^-p with gammas = gamma^p, x = b + n gamma.
            Real const value_end = gammas * power_end;
            Real const value_start = gammas * power_start;
            inverse -= factor * p * (value_end / x - value_start / b);
            inverse_square -= factor * p * (p + 1) * (value_end / x / x - value_start / b / b);
            // By gamma, ln f changes by p / gamma - p n / x = p b / (gamma x).
            Real const lower_end = i == 0 ? power_end : Real(value_end / gamma);
            Real const lower_start = i == 0 ? power_start : Real(value_start / gamma);
            if (i == 0 || gamma > 0) {
                first += factor * p * (lower_end * (b / x) - lower_start);
                mixed += factor * p *
                         (p * lower_end * (b / x) / x - lower_end * n / x * gamma / x - p * lower_start / b);
                Real const start_twice = i == 0 ? Real(0) : Real(p * (p - 1) * value_start / gamma / gamma);
                Real const end_twice = (i == 0 ? Real(0) : Real(p * (p - 1) * value_end / gamma / gamma)) -
                                       2 * p * p * lower_end * n / x +
                                       p * (p + 1) * value_end * (n / x) * (n / x);
                second -= factor * (end_twice - start_twice);
            }
            power_end /= x * x;
            power_start /= b * b;
            gammas *= gamma * gamma;
        }
    }

    struct two {
        Real slope;
        Real curvature;
    };
    /// The two derivatives of (1 + 1 / u) ln(1 + u) - 1.
    static two slopes_of_excess(Real const& u) {
        if (u > Real(0.25)) {
            Real const log = log1p(u);
            return {(u - log) / (u * u), (u * u / (1 + u) - 2 * u + 2 * log) / (u * u * u)};
        }
        // Of u / 2 - u² / 6 + u³ / 12 - ...
        auto sum = two{Real(0), Real(0)};
        Real before(0); // u^(k - 2)
        Real power(1);  // u^(k - 1)
        for (int k = 1; k < 40; ++k) {
            Real const factor = (k % 2 == 1 ? Real(1) : Real(-1)) / Real(k * (k + 1));
            sum.slope += factor * k * power;
            sum.curvature += factor * k * (k - 1) * before;
            before = power;
            power *= u;
        }
        return sum;
    }
};

} // namespace accrue::detail
