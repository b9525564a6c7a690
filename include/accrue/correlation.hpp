#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <utility>

namespace accrue {

/// A product-moment correlation that has no default.
///
/// Paired designs can't be analysed without the correlation between the two measurements, and a forgotten one
/// must not read as zero: a report that holds a `correlation` doesn't compile without a value. Any number
/// converts to it.
template <real Real>
class basic_correlation {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): `.correlation = 0.6` is the point.
    constexpr basic_correlation(Real value) : value_(std::move(value)) {}

    // NOLINTNEXTLINE(google-explicit-constructor)
    [[nodiscard]] constexpr operator Real const&() const { return value_; }

    [[nodiscard]] constexpr Real const& value() const { return value_; }

  private:
    Real value_;
};

using correlation = basic_correlation<double>;

/// What a study reports of the association between two measurements on the same participants.
template <real Real>
struct basic_association {
    Real n;                              ///< participants measured, more than 3
    basic_correlation<Real> correlation; ///< sample correlation, between -1 and 1
};

using association = basic_association<double>;

namespace detail {

template <real Real>
void check(basic_association<Real> const& study) {
    require(study.n > 3 && is_finite(study.n), "n", "above 3 and finite", study.n);
    require_correlation("correlation", study.correlation.value());
}

} // namespace detail
} // namespace accrue
