#pragma once

#include <accrue/evidence.hpp>

#include <cstddef>

namespace accrue::detail {

/// Traces of the residual maker P = U - uu'/W of studies with relative weights u, W = sum u, with all their
/// digits also where one study has nearly all the weight: W - u is then the sum of the others' weights, not a
/// difference that cancels, so that every term is positive. X is a diagonal matrix.
///
///     tr PX    = sum u x (W - u) / W
///     tr PXPX  = sum [u x (W - u) / W]² + sum over i of b_i (sum b - b_i),   b = u² x / W
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

    /// tr PX for x = diagonal(variance).
    template <class Diagonal>
    [[nodiscard]] Real trace(Diagonal const& diagonal) const {
        return sum_([&](Real const& u, Real const& v) -> Real { return u * diagonal(v) * but(u); }) / total_;
    }

    /// tr PXPX.
    template <class Diagonal>
    [[nodiscard]] Real squared_trace(Diagonal const& diagonal) const {
        Real const within = sum_([&](Real const& u, Real const& v) -> Real {
            return square(Real(u * diagonal(v) * (but(u) / total_)));
        });
        auto const share = [&](Real const& u, Real const& v) -> Real { return u / total_ * u * diagonal(v); };
        Real const all = sum_(share);
        Real const without =
            sum_([&](Real const& u, Real const& v) -> Real { return dominates(u) ? Real(0) : share(u, v); });
        Real const between = sum_([&](Real const& u, Real const& v) -> Real {
            return share(u, v) * (dominates(u) ? without : Real(all - share(u, v)));
        });
        return within + between;
    }

  private:
    [[nodiscard]] bool dominates(Real const& u) const { return 2 * u > total_; }
    /// W - u
    [[nodiscard]] Real but(Real const& u) const { return dominates(u) ? others_ : Real(total_ - u); }

    Sum const& sum_;
    Real total_;
    Real others_;
};

/// Whether one study has so much of the weight that the traces of `weighted_fit` lose digits. Below that, no
/// study has more than 0.71 of it.
template <real Real>
[[nodiscard]] bool traces_cancel(Real const& total, Real const& squared_weights) {
    return 2 * squared_weights > total * total;
}

/// Whether evidence holds its studies one by one.
template <class Evidence>
concept list_of_studies = requires(Evidence const& studies) {
    studies.studies();
};

/// A function of the traces of studies one of which has nearly all the weight. Not inlined, and what it needs
/// of the fit is passed by value, so that fits stay in registers where it is not needed.
template <class Evidence, real Real, class Dominated>
[[nodiscard, gnu::noinline]] Real dominated_form(Evidence const& studies, Real const total,
                                                 inverse_variance_weight<Real> const weight,
                                                 Dominated const& dominated) {
    auto const sum = [&](auto const& function) -> Real {
        return studies.sum([&](Real const& v) { return Real(function(weight(v), v)); });
    };
    return dominated(dominated_traces<Real, decltype(sum)>(total, sum));
}

/// A trace of the residual maker of a fit with weights 1 / (v + tau²), summed over groups: by `dominated`
/// from the studies where one has nearly all the weight, else by `plain` from the fit.
template <evidence Evidence, class Fit, class Dominated, class Plain>
[[nodiscard, gnu::always_inline]] inline auto residual_form(Evidence const& studies, Fit const& fit,
                                                            typename Evidence::real_type const& tau_squared,
                                                            Dominated const& dominated, Plain const& plain) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    if constexpr (requires { studies.groups(); }) {
        Real total(0);
        for (std::size_t i = 0; i < studies.groups().size(); ++i) {
            total += residual_form(studies.groups()[i], fit.groups()[i], tau_squared, dominated, plain);
        }
        return total;
    } else {
        if constexpr (list_of_studies<Evidence>) {
            if (traces_cancel(fit.weights, fit.squared_weights)) [[unlikely]] {
                return dominated_form<Evidence, Real>(studies, fit.weights, {fit.unit, tau_squared},
                                                      dominated);
            }
        }
        return plain(fit);
    }
}

/// The relative tr P = sum u - sum u² / sum u of a fit with weights 1 / (v + tau²), also where one study has
/// nearly all the weight.
template <evidence Evidence, class Fit>
[[nodiscard, gnu::always_inline]] inline auto
residual_trace(Evidence const& studies, Fit const& fit,
               typename Evidence::real_type const& tau_squared = typename Evidence::real_type(0)) {
    using Real = typename Evidence::real_type;
    return residual_form(
        studies, fit, tau_squared,
        [](auto const& traces) { return traces.trace([](Real const&) { return Real(1); }); },
        [](auto const& of_fit) { return of_fit.trace(); });
}

/// The relative tr PP likewise.
template <evidence Evidence, class Fit>
[[nodiscard, gnu::always_inline]] inline auto
residual_squared_trace(Evidence const& studies, Fit const& fit,
                       typename Evidence::real_type const& tau_squared) {
    using Real = typename Evidence::real_type;
    return residual_form(
        studies, fit, tau_squared,
        [](auto const& traces) { return traces.squared_trace([](Real const&) { return Real(1); }); },
        [](auto const& of_fit) { return of_fit.squared_trace(); });
}

} // namespace accrue::detail
