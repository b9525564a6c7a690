#pragma once

#include <accrue/platform.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace accrue {

// The elementary functions of the whole library: those of the standard for its floating types; for other
// types argument-dependent look-up finds the functions of the type's own namespace beside them.
using std::atan;
using std::atan2;
using std::ceil;
using std::cos;
using std::exp;
using std::floor;
using std::lgamma;
using std::log;
using std::log1p;
using std::pow;
using std::sin;
using std::sqrt;

/// A type that the statistics of this library can be computed in.
///
/// `float`, `double` and `long double` are; so are Boost.Multiprecision numbers (to defend the last digit of
/// a `double` result) and forward-mode automatic differentiation types such as Boost's `fvar` (to obtain
/// sensitivities). `std::floating_point` would refuse the latter two. A type qualifies when it has the
/// arithmetic operators, an order, `std::numeric_limits`, conversions from `int` and `double`, and `sqrt`,
/// `log` and `exp` that argument-dependent look-up finds.
///
/// Integers are not: a weight of 1/2 would be 0. Public aggregates are templates on the type,
/// `basic_estimate<Real>`, and have the plain name for `double`, `estimate`. What goes in decides what comes
/// out: estimates of 50 digits are pooled with 50 digits. Quantities that need the distribution functions of
/// Boost.Math need a type that Boost.Math accepts.
template <class T>
concept real = !std::integral<T> && std::numeric_limits<std::remove_cv_t<T>>::is_specialized &&
               std::constructible_from<T, int> && std::constructible_from<T, double> &&
               requires(T const a, T const b, T c) {
                   { a + b } -> std::convertible_to<T>;
                   { a - b } -> std::convertible_to<T>;
                   { a* b } -> std::convertible_to<T>;
                   { a / b } -> std::convertible_to<T>;
                   { -a } -> std::convertible_to<T>;
                   { a < b } -> std::convertible_to<bool>;
                   { sqrt(a) } -> std::convertible_to<T>;
                   { log(a) } -> std::convertible_to<T>;
                   { exp(a) } -> std::convertible_to<T>;
                   c += a;
               };

namespace detail {

/// True for a number that is neither infinite nor NaN, for every `real` (the comparison is false for NaN).
template <real Real>
constexpr bool is_finite(Real const& x) {
    return x <= (std::numeric_limits<Real>::max)() && x >= std::numeric_limits<Real>::lowest();
}

/// Infinite degrees of freedom stand for the normal distribution; an infinite limit for no limit.
template <real Real>
constexpr Real infinity() {
    return Real(std::numeric_limits<Real>::infinity());
}

/// What a quantity is that the data do not determine; the `status` beside it says why.
template <real Real>
constexpr Real not_a_number() {
    return Real(std::numeric_limits<Real>::quiet_NaN());
}

template <real Real>
constexpr Real square(Real const& x) {
    return x * x;
}

/// |x|, for every `real`.
template <real Real>
constexpr Real magnitude(Real const& x) {
    return x < 0 ? Real(-x) : x;
}

/// The plain sum of `term(element)` over a range, in its order.
template <real Real, class Range, class Term>
constexpr Real sum_over(Range const& range, Term const& term) {
    Real total(0);
    for (auto const& element : range) {
        total += term(element);
    }
    return total;
}

/// The plain sum of `term(i)` for i from 0 to count - 1.
template <real Real, class Term>
constexpr Real sum_to(std::size_t const count, Term const& term) {
    Real total(0);
    for (std::size_t i = 0; i < count; ++i) {
        total += term(i);
    }
    return total;
}

/// The plain sum of the elements of a range, in its order.
template <real Real, class Range>
constexpr Real sum_over(Range const& range) {
    return sum_over<Real>(range, [](auto const& element) -> auto const& { return element; });
}

/// The largest of `value(element)` over a range, and of 0.
template <real Real, class Range, class Value>
constexpr Real largest_over(Range const& range, Value const& value) {
    Real largest(0);
    for (auto const& element : range) {
        Real const here = value(element);
        largest = largest < here ? here : largest;
    }
    return largest;
}

/// A count as a real; through `double`, which every `real` can be made from, and exact up to 2^53.
template <real Real>
constexpr Real from_count(std::size_t const count) {
    return Real(static_cast<double>(count));
}

} // namespace detail
} // namespace accrue
