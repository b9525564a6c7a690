#pragma once

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

} // namespace accrue
