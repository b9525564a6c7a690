#pragma once

#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/spending/quantile_spending.hpp>

#include <string>

namespace accrue {

/// Student's t distribution as `quantile_spending` needs it.
struct student_t_shape {
    double degrees_of_freedom = 1;

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "Student's t on " + detail::to_text(degrees_of_freedom) + " degrees of freedom";
    }

    [[nodiscard]] double cumulative(double const x) const {
        return detail::student_t_cumulative(checked(), x);
    }
    [[nodiscard]] double survival(double const x) const { return cumulative(-x); }
    [[nodiscard]] double density(double const x) const { return detail::student_t_density(checked(), x); }
    /// The x with P(T <= x) = p, infinite at 0 and 1.
    [[nodiscard]] double quantile(double const p) const { return detail::student_t_quantile(checked(), p); }

  private:
    [[nodiscard]] double checked() const {
        detail::require_positive("degrees of freedom of student_t_spending", degrees_of_freedom);
        return degrees_of_freedom;
    }
};

/// Spends a F(intercept + slope F^-1(t)) with F Student's t distribution:
/// `student_t_spending{-0.9, 1.4, {.degrees_of_freedom = 4}}`. Between `cauchy_spending` (1 degree of
/// freedom) and `normal_spending` (infinitely many).
///
/// Anderson & Clark 2010, Stat Med 29:321-327.
using student_t_spending = quantile_spending<student_t_shape>;

} // namespace accrue
