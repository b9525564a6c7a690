#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/tau_squared/hedges_olkin.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <cmath>

namespace accrue {

namespace detail {

/// Weights 1 / (variance + tau²) at a tau² that is given.
template <real Tau>
struct given_tau_squared_weights {
    Tau tau_squared;

    template <real Real>
    [[nodiscard]] Real operator()(Real const& variance, Real const& smallest) const {
        return (smallest + tau_squared) / (variance + tau_squared);
    }
};

/// One step of Sidik and Jonkman from a first guess t0 > 0: t0 sum (y - mean)² t0-weights / (k - 1).
template <evidence Evidence>
[[nodiscard]] auto sidik_jonkman_step(Evidence const& studies, real_t<Evidence> const& start)
    -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    auto const fit = inverse_variance_fit(studies, start);
    return start * (fit.squares / (fit.unit * from_count<Real>(fit.degrees_of_freedom())));
}

template <evidence Evidence>
[[nodiscard]] auto sidik_jonkman_standard_error(Evidence const& studies, real_t<Evidence> const& start,
                                                real_t<Evidence> const& tau_squared) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    using std::sqrt;
    Real const scale = studies.smallest_variance();
    auto const weights = given_tau_squared_weights<Real>{start};
    return start / (scale + start) * sqrt(quadratic_form_variance(studies, weights, scale, tau_squared)) /
           from_count<Real>(studies.degrees_of_freedom());
}

} // namespace detail

/// The Sidik-Jonkman estimator of tau²: with the crude guess t0 = sum (y - ybar)² / k,
///
///     tau² = t0 sum w (y - mean)² / (k - 1),   w = 1 / (v + t0).
///
/// It is positive whenever two effects differ, which makes it too large where there is little heterogeneity
/// and safe where there is much. Note the divisors: k in the guess, k - 1 in the estimate. Closed form; 0 for
/// a single study or equal effects. Sidik & Jonkman 2005, J R Stat Soc C 54:367-384,
/// doi:10.1111/j.1467-9876.2005.00489.x.
struct sidik_jonkman {
    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const
        -> basic_tau_squared_estimate<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        Real const start = first_guess(studies);
        bool const defined = start > 0 && studies.degrees_of_freedom() > 0;
        return {defined ? detail::sidik_jonkman_step(studies, start) : Real(0), 0, status::ok};
    }

    /// The standard error of the estimate at tau² for normal effects, with the first guess taken as known.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::sidik_jonkman_standard_error(studies, first_guess(studies), tau_squared);
    }

  private:
    template <evidence Evidence>
    [[nodiscard]] static auto first_guess(Evidence const& studies) -> real_t<Evidence> {
        if constexpr (evidence_in_groups<Evidence>) {
            return first_guess(studies.ungrouped());
        } else {
            auto const fit = unweighted_fit(studies);
            return fit.squares / detail::from_count<real_t<Evidence>>(fit.k);
        }
    }
};

/// `sidik_jonkman` with the Hedges-Olkin estimate as its first guess, or `least_start` where that is 0: less
/// biased when there is little heterogeneity. Sidik & Jonkman 2007, Stat Med 26:1964-1981,
/// doi:10.1002/sim.2688.
struct two_step_sidik_jonkman {
    double least_start = 0.01; ///< in squared units of the effect; 0.01 is the authors' choice for log ratios

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const
        -> basic_tau_squared_estimate<real_t<Evidence>> {
        using Real = real_t<Evidence>;
        if (studies.degrees_of_freedom() == 0) {
            return {Real(0), 0, status::ok};
        }
        return {detail::sidik_jonkman_step(studies, first_guess(studies)), 0, status::ok};
    }

    /// The standard error of the estimate at tau² for normal effects, with the first guess taken as known.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::sidik_jonkman_standard_error(studies, first_guess(studies), tau_squared);
    }

  private:
    template <evidence Evidence>
    [[nodiscard]] auto first_guess(Evidence const& studies) const -> real_t<Evidence> {
        using Real = real_t<Evidence>;
        Real const start = hedges_olkin{}(studies).value;
        return start > 0 ? start : Real(least_start);
    }
};

} // namespace accrue
