#pragma once

#include <accrue/bayes/credible_interval.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <vector>

namespace accrue {

/// One study's line in a forest plot with shrinkage: what it says by itself, and what is believed of its
/// effect given all studies. On the analysis scale.
template <real Real>
struct basic_shrinkage_row {
    Real effect;                      ///< as the study estimates it
    basic_interval<Real> interval;    ///< normal confidence interval of this study alone
    Real shrunken;                    ///< posterior mean of the study's true effect
    basic_interval<Real> credibility; ///< its equal-tailed interval
};

using shrinkage_row = basic_shrinkage_row<double>;

/// The studies' lines in a forest plot with shrinkage, in the order of the estimates. The diamonds below them
/// are `equal_tailed_interval` of the posterior's `mean()` and `new_study()`.
///
/// \param posterior of a list of estimates
/// \param level of both kinds of interval, such as 0.95
/// \throws invalid_input unless 0 < level < 1
template <class Posterior>
[[nodiscard]] auto shrinkage_rows(Posterior const& posterior, double const level)
    requires requires { posterior.study(std::size_t{}); }
{
    using Real = detail::distribution_real<decltype(posterior.mean())>;
    auto rows = std::vector<basic_shrinkage_row<Real>>{};
    auto const& studies = posterior.studies();
    for (std::size_t i = 0; i < studies.size(); ++i) {
        auto const own = posterior.study(i);
        rows.push_back({studies[i].effect, confidence_interval(studies[i], level), own.mean(),
                        equal_tailed_interval(own, level)});
    }
    return rows;
}

} // namespace accrue
