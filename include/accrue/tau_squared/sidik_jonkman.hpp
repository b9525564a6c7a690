#pragma once

#include <accrue/evidence/detail/quadratic_form.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighting.hpp>
#include <accrue/tau_squared/detail/in_larger_units.hpp>
#include <accrue/tau_squared/hedges_olkin.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

namespace detail {

/// sum (y - ybar)² about the mean of all studies, whatever means the evidence has: of groups, the sum of
/// their own and of k_g (mean_g - ybar)².
template <evidence Evidence>
[[nodiscard]] auto scatter(Evidence const& studies) -> real_t<Evidence> {
    using Real = real_t<Evidence>;
    if constexpr (evidence_in_groups<Evidence>) {
        auto const fits = unweighted_fit(studies).groups();
        Real const origin = fits.front().mean;
        Real const mean = sum_over<Real>(fits, [&](auto const& group) {
            return Real(group.weights / from_count<Real>(studies.size()) * (group.mean - origin));
        });
        return sum_over<Real>(fits, [&](auto const& group) {
            return Real(group.squares + group.weights * square(Real(group.mean - origin - mean)));
        });
    } else if constexpr (listed_evidence<Evidence>) {
        return unweighted_fit(study_evidence<Real>(studies.studies())).squares;
    } else {
        return unweighted_fit(studies).squares;
    }
}

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
    auto const weight = relative_weight_at(studies, start);
    auto const form = make_quadratic_form(studies, weight);
    return start / weight.unit * quadratic_form_deviation(studies, weight, form, tau_squared) /
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
    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "Sidik-Jonkman"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        if (detail::should_be_in_larger_units(studies)) [[unlikely]] {
            return detail::in_larger_units(studies, [&](auto const& larger) { return (*this)(larger); });
        }
        Real const start = first_guess(studies);
        if (start <= 0 || studies.degrees_of_freedom() == 0) {
            return {Real(0), 0, status::ok};
        }
        return detail::moment_estimate(detail::sidik_jonkman_step(studies, start));
    }

    /// The standard error of the estimate at tau² for normal effects, with the first guess taken as known.
    template <evidence Evidence>
    [[nodiscard]] auto standard_error(Evidence const& studies, real_t<Evidence> const& tau_squared) const {
        return detail::sidik_jonkman_standard_error(studies, first_guess(studies), tau_squared);
    }

  private:
    template <evidence Evidence>
    [[nodiscard]] static auto first_guess(Evidence const& studies) -> real_t<Evidence> {
        return detail::scatter(studies) / detail::from_count<real_t<Evidence>>(studies.size());
    }
};

/// `sidik_jonkman` with the Hedges-Olkin estimate as its first guess, or `least_start` where that is 0: less
/// biased when there is little heterogeneity. Sidik & Jonkman 2007, Stat Med 26:1964-1981,
/// doi:10.1002/sim.2688.
struct two_step_sidik_jonkman {
    double least_start = 0.01; ///< in squared units of the effect; 0.01 is the authors' choice for log ratios

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "two-step Sidik-Jonkman"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const -> tau_squared_estimate_of<Evidence> {
        using Real = real_t<Evidence>;
        if (studies.degrees_of_freedom() == 0) {
            return {Real(0), 0, status::ok};
        }
        return detail::moment_estimate(detail::sidik_jonkman_step(studies, first_guess(studies)));
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
        detail::require_positive("least_start", least_start);
        Real const start = hedges_olkin{}(studies).value;
        return start <= 0 ? Real(least_start) : start;
    }
};

} // namespace accrue
