#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>

namespace accrue {

/// What one study says: an effect and its sampling variance, both on the analysis scale (the log scale for
/// ratios).
///
/// This is the common currency of the library: effect measures produce estimates, models pool them. The
/// variance is the square of the standard error, not of a standard deviation of participants.
template <real Real>
struct basic_estimate {
    Real effect;
    Real variance;
};

using estimate = basic_estimate<double>;

/// The square root of an estimate's variance, on the scale of its effect.
template <real Real>
[[nodiscard]] Real standard_error(basic_estimate<Real> const& study) {
    return sqrt(study.variance);
}

namespace detail {

/// A range that lies in memory as an array does: a vector, an array, a span.
template <class Range>
concept contiguous = requires(Range const& range) {
    { *std::data(range) };
    { std::size(range) } -> std::convertible_to<std::size_t>;
};

/// The type of a contiguous range's elements.
template <class Range>
using element_t = std::remove_cvref_t<decltype(*std::data(std::declval<Range const&>()))>;

template <contiguous Range>
[[nodiscard]] auto as_span(Range const& range) -> std::span<element_t<Range> const> {
    return {std::data(range), static_cast<std::size_t>(std::size(range))};
}

template <class T>
inline constexpr bool is_estimate = false;
template <real Real>
inline constexpr bool is_estimate<basic_estimate<Real>> = true;

/// The real type of a contiguous range of `basic_estimate<Real>`.
template <class Real>
Real real_of(basic_estimate<Real> const&);

template <class Range>
using range_real = decltype(real_of(*std::data(std::declval<Range const&>())));

} // namespace detail

/// A contiguous range of `basic_estimate`: `std::vector<estimate>`, `std::array`, `std::span`, an array.
template <class Range>
concept estimates = detail::contiguous<Range> && detail::is_estimate<detail::element_t<Range>>;

namespace detail {

template <real Real>
void check(basic_estimate<Real> const& study) {
    require_finite("effect", study.effect);
    require_positive("variance", study.variance);
}

/// The largest |effect|, by which what rounding leaves of effects is measured.
template <estimates Range>
[[nodiscard]] auto largest_effect(Range const& studies) {
    return largest_over<range_real<Range>>(studies,
                                           [](auto const& study) { return magnitude(study.effect); });
}

} // namespace detail
} // namespace accrue
