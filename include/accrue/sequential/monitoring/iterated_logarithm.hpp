#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// The Z statistic penalised by the law of the iterated logarithm,
///
///     Z* = Z / sqrt(lambda ln ln I),
///
/// to be held against the quantile of a single test at every look. By the law of the iterated logarithm the
/// cumulative Z of a true null hypothesis exceeds c sqrt(2 ln ln I) only finitely often for any c above 1,
/// however long one looks; no number of looks or required size has to be fixed. It controls the error less
/// tightly than boundaries do.
///
/// Lan, Hu & Cappelleri 2003, Stat Sin 13:1135-1145; Hu, Cappelleri & Lan 2007, Clin Trials 4:329-340,
/// doi:10.1177/1740774507081219.
///
/// \param z the cumulative Z
/// \param information statistical information, the inverse variance of the cumulative effect; NaN is returned
///   up to e, where the penalty isn't defined
/// \param lambda 2 for (log) odds and risk ratios, 1.5 for risk differences, by the authors' simulations
/// \throws invalid_input unless z is finite, and information and lambda are positive
template <real Real>
[[nodiscard]] Real iterated_logarithm_z(Real const& z, Real const& information,
                                        Real const& lambda = Real(2)) {
    detail::require_finite("z", z);
    detail::require_positive("information", information);
    detail::require_positive("lambda", lambda);
    Real const logarithm = log(information);
    return logarithm > 1 ? Real(z / sqrt(Real(lambda * log(logarithm)))) : detail::not_a_number<Real>();
}

} // namespace accrue
