#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

/// Names for the numbers that papers print where the library wants a variance or an SD.
///
/// A standard error, a variance and a standard deviation are all "±" in print and all a bare number in code,
/// and taking one for another changes a study's weight by orders of magnitude. Where such a number enters the
/// library it has to say which it is: `reported::standard_error{0.31}`. These types exist for those entry
/// points and nowhere else.
namespace accrue::reported {

/// Standard error of an effect or a mean, on the scale of that effect or mean; positive.
template <real Real>
struct basic_standard_error {
    Real value;
};
using standard_error = basic_standard_error<double>;

/// Sampling variance of an effect: the square of its standard error; positive.
template <real Real>
struct basic_variance {
    Real value;
};
using variance = basic_variance<double>;

/// Standard deviation between participants, in the outcome's units; positive.
template <real Real>
struct basic_standard_deviation {
    Real value;
};
using standard_deviation = basic_standard_deviation<double>;

/// Confidence level as a probability: 0.95, never 95 or 0.05. Where it is wanted nothing else can be meant,
/// so that a plain number will do.
template <real Real>
struct basic_confidence_level {
    Real value;

    constexpr basic_confidence_level(Real const& level = Real(0.95)) // NOLINT(google-explicit-constructor)
        : value(level) {}
};
using confidence_level = basic_confidence_level<double>;

/// A two-sided p-value.
template <real Real>
struct basic_two_sided_p {
    Real value;
};
using two_sided_p = basic_two_sided_p<double>;

/// A one-sided p-value, in the direction of the effect it was reported with; below 0.5.
template <real Real>
struct basic_one_sided_p {
    Real value;
};
using one_sided_p = basic_one_sided_p<double>;

} // namespace accrue::reported
