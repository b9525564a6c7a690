#pragma once

#include <accrue/bayes/heterogeneity_prior.hpp>
#include <accrue/bayes/point_prior.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace accrue {

namespace detail {

/// The value of tau that a prior takes as known, if it does.
inline std::optional<double> known_value(point_prior const& prior) {
    return prior.value;
}
template <class Prior>
std::optional<double> known_value(Prior const& prior) {
    if constexpr (requires { prior.known(); }) {
        return prior.known();
    } else {
        return std::nullopt;
    }
}

/// A value in the bulk of a prior; NaN where it does not say.
template <class Prior>
double typical_value(Prior const& prior) {
    if constexpr (requires { prior.typical(); }) {
        return prior.typical();
    } else {
        return not_a_number<double>();
    }
}

/// The largest value that a prior thinks possible.
template <class Prior>
double largest_value(Prior const& prior) {
    if constexpr (requires { prior.largest(); }) {
        return prior.largest();
    } else {
        return infinity<double>();
    }
}

} // namespace detail

/// Any prior of tau, so that a model is a plain value whichever prior it holds. It is made from one by
/// assignment: `.heterogeneity = half_normal{0.5}`.
///
/// A prior is a callable value, tau -> its log density (`heterogeneity_prior_for`); `point_prior` is the one
/// that says that tau is known and has no density. What a prior may say beside its density helps the
/// quadrature to find it, and changes no result.
class any_heterogeneity_prior {
  public:
    template <class Words = refused<"state a prior of tau: .heterogeneity = half_normal{0.5}, say">>
    any_heterogeneity_prior() = delete;
    /// Of any prior of tau, of this library or your own; it is copied.
    template <class Prior>
        requires(!std::same_as<std::remove_cvref_t<Prior>, any_heterogeneity_prior> &&
                 (heterogeneity_prior_for<Prior, double> || std::same_as<Prior, point_prior>))
    any_heterogeneity_prior(Prior prior)
        : known_(detail::known_value(prior)), typical_(detail::typical_value(prior)),
          largest_(detail::largest_value(prior)) {
        if constexpr (heterogeneity_prior_for<Prior, double>) {
            log_density_ = [density = std::move(prior)](double const tau) -> double { return density(tau); };
        }
    }

    /// The log density at tau; only for a prior that has one, not for `point_prior`.
    [[nodiscard]] double operator()(double const tau) const { return log_density_(tau); }
    /// The tau of a `point_prior`; empty for every other.
    [[nodiscard]] std::optional<double> known() const { return known_; }
    /// A tau in the bulk of the prior, such as its scale, where quadrature looks first; NaN where it does not
    /// say.
    [[nodiscard]] double typical() const { return typical_; }
    /// The largest tau that the prior allows; infinite where it has no end.
    [[nodiscard]] double largest() const { return largest_; }

  private:
    std::function<double(double)> log_density_;
    std::optional<double> known_;
    double typical_;
    double largest_;
};

} // namespace accrue
