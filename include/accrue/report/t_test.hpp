#pragma once

#include <accrue/real.hpp>
#include <accrue/report/correlation.hpp>

namespace accrue {

/// What a parallel trial reports when it gives the t statistic of its two groups' comparison but not their
/// means and standard deviations.
template <real Real>
struct basic_two_sample_t {
    Real n_treatment; ///< participants analysed under treatment, at least 2
    Real n_control;   ///< participants analysed under control, at least 2
    Real t;           ///< t statistic, positive when treatment's mean is the larger
};

using two_sample_t = basic_two_sample_t<double>;

/// What a paired study reports when it gives the paired t statistic alone.
template <real Real>
struct basic_paired_t {
    Real n; ///< participants measured twice, at least 2
    Real t; ///< paired t statistic, positive when the mean under (or after) treatment is the larger
};

using paired_t = basic_paired_t<double>;

/// A paired t statistic with the correlation between the measurements, which a difference in units of the
/// outcome's own standard deviation (rather than that of the difference) needs.
template <real Real>
struct basic_correlated_t {
    Real n;                              ///< participants measured twice, at least 2
    Real t;                              ///< paired t statistic, of the sign of treatment minus control
    basic_correlation<Real> correlation; ///< between the two measurements, in (-1, 1)
};

using correlated_t = basic_correlated_t<double>;

/// A standardised difference without bias correction (Cohen's d) as a report states it.
template <real Real>
struct basic_cohens_d {
    Real n_treatment; ///< participants analysed under treatment, at least 2
    Real n_control;   ///< participants analysed under control, at least 2
    Real d;           ///< treatment minus control, in units of the pooled standard deviation
};

using cohens_d = basic_cohens_d<double>;

} // namespace accrue
