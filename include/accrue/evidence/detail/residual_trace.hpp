#pragma once

#include <accrue/evidence/evidence.hpp>

#include <concepts>
#include <cstddef>

namespace accrue::detail {

/// Traces of the residual maker P = U - uu'/W of studies with relative weights u, W = sum u, with all their
/// digits also where one study has nearly all the weight: W - u is then the sum of the others' weights, not a
/// difference that cancels, so that every term is positive. X is a diagonal matrix.
///
///     tr PX    = sum u x (W - u) / W
///     tr PXPX  = sum [u x (W - u) / W]² + sum over i of b_i (sum b - b_i),   b = u² x / W
///
/// So is that of u - sum u²/W, the excess of a weight over the mean weight: for the study that dominates it
/// is the sum over the others of u (u_0 - u), over W.
///
/// `sum` is the sum over studies of a function of weight and variance, (u, v) -> a real; `least` is more than
/// the weight of any study but the one that dominates. The functions have a step there, so the sum must hold
/// that study by itself (see `traces_cancel`).
template <real Real, class Sum>
class dominated_traces {
  public:
    dominated_traces(Real const& total, Real const& least, Sum const& sum)
        : sum_(sum), total_(total), least_(least),
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

    /// The sum of function(u, u - sum u²/W).
    template <class Function>
    [[nodiscard]] Real sum_with_excess(Function const& function) const {
        Real const mean = sum_([](Real const& u, Real const&) -> Real { return square(u); }) / total_;
        Real const squares_of_others =
            sum_([&](Real const& u, Real const&) { return dominates(u) ? Real(0) : square(u); });
        return sum_([&](Real const& u, Real const&) -> Real {
            return function(u,
                            dominates(u) ? Real((u * others_ - squares_of_others) / total_) : Real(u - mean));
        });
    }

  private:
    [[nodiscard]] bool dominates(Real const& u) const { return !(u < least_); }
    /// W - u
    [[nodiscard]] Real but(Real const& u) const { return dominates(u) ? others_ : Real(total_ - u); }

    Sum const& sum_;
    Real total_;
    Real least_;
    Real others_;
};

/// Evidence whose sums can hold the study with the smallest variance by itself.
template <class Evidence>
concept singles_out_smallest_variance = requires(Evidence const& studies) {
    { studies.smallest_variance_is_alone() } -> std::convertible_to<bool>;
};

/// Whether one study has so much of the weight that the traces of `weighted_fit` lose digits, and sums over
/// the evidence hold that study by itself.
///
/// The sum of squared shares of the weight is no more than the greatest share and no less than its square. So
/// if it exceeds 0.6, a study has more than 0.6 of the weight; if not, none has more than 0.78. An
/// accumulator knows the study with the smallest variance if that is alone in its band, as it is wherever a
/// study has more than 0.8 of the weight by 1/v or 1/(v + tau²): any other in its band has 1/4 of its weight
/// or more.
template <class Evidence, real Real>
[[nodiscard, gnu::always_inline]] inline bool traces_cancel(Evidence const& studies, Real const& total,
                                                            Real const& squared_weights) {
    bool const is_dominated = 5 * squared_weights > 3 * (total * total);
    if constexpr (listed_evidence<Evidence>) {
        return is_dominated;
    } else if constexpr (singles_out_smallest_variance<Evidence>) {
        return is_dominated && studies.smallest_variance_is_alone();
    } else {
        return false;
    }
}

/// The weight that tells the study that dominates from the others, if traces cancel.
///
/// \param weight variance -> relative weight
template <class Evidence, real Real, class Weight>
[[nodiscard]] Real dominating_weight(Evidence const& studies, Real const& total, Weight const& weight) {
    if constexpr (listed_evidence<Evidence>) {
        return total / 2;
    } else {
        return weight(studies.smallest_variance());
    }
}

/// The traces of a fit with weights 1 / (v + tau²) from sums over the studies, whether or not one of them has
/// nearly all the weight.
template <evidence Evidence, class Fit, class Sum>
[[nodiscard]] auto summed_traces(Evidence const& studies, Fit const& fit,
                                 typename Evidence::real_type const& tau_squared, Sum const& sum) {
    using Real = typename Evidence::real_type;
    auto const weight = inverse_variance_weight<Real>{fit.unit, tau_squared};
    Real const beyond_all = 2 * fit.weights;
    Real const least = traces_cancel(studies, fit.weights, fit.squared_weights)
                           ? dominating_weight(studies, fit.weights, weight)
                           : beyond_all;
    return dominated_traces<Real, Sum>(fit.weights, least, sum);
}

/// A function of the traces of studies one of which has nearly all the weight. Not inlined, and what it needs
/// of the fit is passed by value, so that fits stay in registers where it is not needed.
template <class Evidence, real Real, class Dominated>
[[nodiscard, gnu::noinline]] Real dominated_form(Evidence const& studies, Real const total,
                                                 inverse_variance_weight<Real> const weight,
                                                 Dominated const& dominated) {
    auto const sum = [&](auto const& function) -> Real {
        return studies.sum([&](Real const& v) { return Real(function(weight(v), v)); });
    };
    return dominated(
        dominated_traces<Real, decltype(sum)>(total, dominating_weight(studies, total, weight), sum));
}

/// A trace of the residual maker of a fit with weights 1 / (v + tau²), summed over groups: by `dominated`
/// from the studies where one has nearly all the weight, else by `plain` from the fit.
template <evidence Evidence, class Fit, class Dominated, class Plain>
[[nodiscard, gnu::always_inline]] inline auto residual_form(Evidence const& studies, Fit const& fit,
                                                            typename Evidence::real_type const& tau_squared,
                                                            Dominated const& dominated, Plain const& plain) ->
    typename Evidence::real_type {
    using Real = typename Evidence::real_type;
    if constexpr (evidence_in_groups<Evidence>) {
        Real total(0);
        for (std::size_t i = 0; i < studies.groups().size(); ++i) {
            total += residual_form(studies.groups()[i], fit.groups()[i], tau_squared, dominated, plain);
        }
        return total;
    } else {
        if (traces_cancel(studies, fit.weights, fit.squared_weights)) [[unlikely]] {
            return dominated_form<Evidence, Real>(studies, fit.weights, {fit.unit, tau_squared}, dominated);
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
