#pragma once

#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace accrue {

/// No correction for small samples: the standardised difference is Cohen's d.
struct uncorrected {
    template <real Real>
    [[nodiscard]] constexpr Real operator()(Real const&) const {
        return Real(1);
    }
};

/// Hedges' correction for small samples, exact.
///
/// A difference divided by an estimated standard deviation overstates the true standardised difference, by
/// 4 % with 20 degrees of freedom. Multiplying it by
///
///     J(m) = Γ(m/2) / (√(m/2) Γ((m-1)/2)),    m = degrees of freedom of the standard deviation,
///
/// makes it unbiased (Hedges 1981, doi:10.3102/10769986006002107).
///
/// Gamma functions overflow at m = 344, and the difference of their logarithms loses digits as m grows. This
/// evaluates Γ(x+3/4) / Γ(x+1/4), x = m/2 - 3/4, by its expansion in even powers of 1/x,
///
///     ln J(m) = ½ ln(1 - 3/(2m)) - Σ_k E_2k / (k 4^(2k+1) x^(2k)),
///
/// with the Euler numbers E_2k = -1, 5, -61, ..., after raising a small m by 2 as often as the type's digits
/// ask for (each step divides the ratio of gamma functions by m/(m-1)).
///
/// Throws `invalid_input` unless m > 1: with one degree of freedom the mean of the difference does not exist.
struct hedges_exact {
    template <real Real>
    [[nodiscard]] Real operator()(Real const& degrees_of_freedom) const {
        detail::require(degrees_of_freedom > 1, "degrees of freedom", "above 1", degrees_of_freedom);
        if (!detail::is_finite(degrees_of_freedom)) {
            return Real(1);
        }
        Real raised = degrees_of_freedom;
        Real numerator(1);
        Real denominator(1);
        while (raised < smallest_expanded<Real>()) {
            numerator = numerator * (raised - 1);
            denominator = denominator * raised;
            raised = raised + 2;
        }
        Real const x = raised / 2 - Real(0.75);
        return sqrt(Real(2 * x / degrees_of_freedom)) * exp(Real(-series(x))) * (numerator / denominator);
    }

    /// J² - 1, which for many degrees of freedom is so small that J itself has lost its digits.
    template <real Real>
    [[nodiscard]] Real square_minus_one(Real const& degrees_of_freedom) const {
        if (!(degrees_of_freedom >= smallest_expanded<Real>())) {
            Real const j = (*this)(degrees_of_freedom);
            return (j - 1) * (j + 1);
        }
        Real const x = degrees_of_freedom / 2 - Real(0.75);
        Real const log_square = detail::log1p_of(Real(Real(-1.5) / degrees_of_freedom)) - 2 * series(x);
        return detail::exp_minus_one(log_square);
    }

  private:
    struct term {
        double euler_number; // E_2k
        double divisor;      // k 4^(2k+1)
    };
    // The last Euler number is rounded to double; its term is then far below the last digit of any type.
    static constexpr std::array<term, 11> terms{{{-1.0, 0x1p6},
                                                 {5.0, 2 * 0x1p10},
                                                 {-61.0, 3 * 0x1p14},
                                                 {1385.0, 4 * 0x1p18},
                                                 {-50521.0, 5 * 0x1p22},
                                                 {2702765.0, 6 * 0x1p26},
                                                 {-199360981.0, 7 * 0x1p30},
                                                 {19391512145.0, 8 * 0x1p34},
                                                 {-2404879675441.0, 9 * 0x1p38},
                                                 {370371188237525.0, 10 * 0x1p42},
                                                 {-69348874393137901.0, 11 * 0x1p46}}};

    template <real Real>
    static Real series(Real const& x) {
        Real const inverse_square = 1 / (x * x);
        Real sum(0);
        for (std::size_t k = terms.size(); k > 0; --k) {
            sum = (sum + Real(terms[k - 1].euler_number) / Real(terms[k - 1].divisor)) * inverse_square;
        }
        return sum;
    }

    // The first term left out is 1149 / x^24: below the type's precision once x exceeds this power of two.
    template <real Real>
    static Real smallest_expanded() {
        static double const x = std::exp2((std::numeric_limits<Real>::digits + 11) / 24.0);
        return Real(2 * x + 1.5);
    }
};

/// Hedges' correction by the approximation J(m) ≈ 1 - 3/(4m - 1), good to 0.2 % from m = 5 on (Hedges 1981).
/// RevMan and many papers use it.
struct hedges_approximate {
    template <real Real>
    [[nodiscard]] constexpr Real operator()(Real const& degrees_of_freedom) const {
        detail::require(degrees_of_freedom > 1, "degrees of freedom", "above 1", degrees_of_freedom);
        return detail::is_finite(degrees_of_freedom) ? Real(1 - 3 / (4 * degrees_of_freedom - 1)) : Real(1);
    }
};

} // namespace accrue
