#pragma once

#include <accrue/platform.hpp>

#include <concepts>

namespace accrue {

/// A spending function: called with an information fraction t in [0, 1] and the error that one boundary may
/// spend in all, it returns the error spent by then (Lan KKG, DeMets DL (1983), Biometrika 70:659-663,
/// doi:10.1093/biomet/70.3.659). It must not fall as t grows, be 0 at 0 and at most the whole error at 1; the
/// functions that use it check that.
///
/// Any callable will do. One that takes t alone returns the error that one boundary has spent. A callable may
/// also have a member `increment(from, to, error)`, the error spent between two fractions: the difference of
/// two nearly equal values loses the digits that they share, and a formula for it does not. All spending
/// functions of this library have it.
template <class T>
concept spending_function = requires(T const& f, double const x) {
    { f(x, x) } -> std::convertible_to<double>;
} || requires(T const& f, double const x) {
    { f(x) } -> std::convertible_to<double>;
};

} // namespace accrue
