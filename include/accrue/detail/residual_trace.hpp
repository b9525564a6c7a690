#pragma once

#include <accrue/evidence.hpp>

#include <cstddef>

namespace accrue::detail {

/// Traces of the residual maker P = U - uu'/W of studies with relative weights u, W = sum u, with all their
/// digits also where one study has nearly all the weight: W - u is then the sum of the others' weights, not a
/// difference that cancels, so that every term is positive. X is a diagonal matrix.
///
///     tr PX = sum u x (W - u) / W
///
/// `sum` is the sum over studies of a function of weight and variance, (u, v) -> a real. It must hold the
/// studies one by one: that a study has more than half of the weight is a step, which an accumulator can't
/// interpolate.
template <real Real, class Sum>
class dominated_traces {
  public:
    dominated_traces(Real const& total, Sum const& sum)
        : sum_(sum), total_(total),
          others_(sum([&](Real const& u, Real const&) { return dominates(u) ? Real(0) : u; })) {}

    /// Whether one study has so much of the weight that the traces of `weighted_fit` lose digits. Below that,
    /// no study has more than 0.71 of it.
    [[nodiscard]] static bool are_needed(Real const& total, Real const& squared_weights) {
        return 2 * squared_weights > total * total;
    }

    /// tr PX for x = diagonal(variance).
    template <class Diagonal>
    [[nodiscard]] Real trace(Diagonal const& diagonal) const {
        return sum_([&](Real const& u, Real const& v) -> Real { return u * diagonal(v) * but(u); }) / total_;
    }

  private:
    [[nodiscard]] bool dominates(Real const& u) const { return 2 * u > total_; }
    /// W - u
    [[nodiscard]] Real but(Real const& u) const { return dominates(u) ? others_ : Real(total_ - u); }

    Sum const& sum_;
    Real total_;
    Real others_;
};

/// Whether evidence holds its studies one by one.
template <class Evidence>
concept list_of_studies = requires(Evidence const& studies) {
    studies.studies();
};

/// The relative tr P = sum u - sum u² / sum u of a fit, also where one study has nearly all the weight.
template <evidence Evidence, class Fit, class Weight>
[[nodiscard]] auto residual_trace(Evidence const& studies, Fit const& fit, Weight const& weight) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    if constexpr (requires { studies.groups(); }) {
        Real total(0);
        for (std::size_t i = 0; i < studies.groups().size(); ++i) {
            total += residual_trace(studies.groups()[i], fit.groups()[i], weight);
        }
        return total;
    } else {
        if constexpr (list_of_studies<Evidence>) {
            auto const sum = [&](auto const& function) -> Real {
                return studies.sum([&](Real const& v) { return Real(function(Real(weight(v)), v)); });
            };
            using traces = dominated_traces<Real, decltype(sum)>;
            if (traces::are_needed(fit.weights, fit.squared_weights)) [[unlikely]] {
                return traces(fit.weights, sum).trace([](Real const&) { return Real(1); });
            }
        }
        return fit.trace();
    }
}

/// The same for weights 1 / variance, relative to the smallest variance.
template <evidence Evidence, class Fit>
[[nodiscard]] auto residual_trace(Evidence const& studies, Fit const& fit) {
    using Real = typename Evidence::real_type;
    return residual_trace(studies, fit, [&](Real const& variance) { return Real(fit.unit / variance); });
}

} // namespace accrue::detail
