#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/dispersion.hpp>
#include <accrue/small_study/predictor.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace accrue {

/// Egger's regression test: effects on a measure of the study's size, weighted by precision,
///
///     y = intercept + slope x + error,   weights 1/v,
///
/// tested for a slope of zero. The null is that small and large studies estimate the same effect.
///
///     egger_test{}(estimates)                                             x = standard error, t(k - 2)
///     egger_test{by_variance{}}(estimates)
///     egger_test{by_standard_error{}, additive_dispersion{}}(estimates)   metafor's default
///     egger_test{by_inverse_root_participants{}}(estimates, participants)
///
/// The three ways to see the residuals, `estimated_dispersion`, `unit_dispersion` and `additive_dispersion`,
/// give three p-values: say which was used. It rejects too often for log odds ratios (`harbord_test`,
/// `peters_test`, `arcsine_test`) and standardised mean differences (`pustejovsky_rodgers_test`), whose
/// standard errors depend on the effect.
///
/// Egger, Davey Smith, Schneider & Minder 1997, BMJ 315:629-634, doi:10.1136/bmj.315.7109.629; Sterne & Egger
/// 2005, in Rothstein, Sutton & Borenstein, Publication Bias in Meta-Analysis, 99-110.
template <class Predictor = by_standard_error, class Dispersion = estimated_dispersion>
struct egger_test {
    Predictor predictor{};   ///< estimate, or estimate and participants -> x
    Dispersion dispersion{}; ///< what the residuals say of the variances

    /// \param estimates any contiguous range of `basic_estimate`
    /// \throws invalid_input when there is no study, or an effect, variance or predictor is unusable; it
    /// names the study
    template <estimates Range>
        requires std::invocable<Predictor const&, basic_estimate<detail::range_real<Range>> const&>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_asymmetry_test<detail::range_real<Range>> {
        return test(estimates, [&](std::size_t const, auto const& study) { return predictor(study); });
    }

    /// The same for a predictor that needs the number of participants.
    ///
    /// \param participants one number for each estimate, in the same order
    /// \throws invalid_input also when the ranges differ in length, or a number is not positive
    template <estimates Range, class Participants>
        requires std::invocable<Predictor const&, basic_estimate<detail::range_real<Range>> const&,
                                detail::range_real<Range> const&>
    [[nodiscard]] auto operator()(Range const& estimates, Participants const& participants) const
        -> basic_asymmetry_test<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        if (std::size(estimates) != std::size(participants)) {
            throw invalid_input("there must be a number of participants for each estimate: " +
                                std::to_string(std::size(participants)) + " for " +
                                std::to_string(std::size(estimates)));
        }
        return test(estimates, [&](std::size_t const i, auto const& study) {
            Real const n(std::data(participants)[i]);
            detail::for_study(i, [&] { detail::require_positive("participants", n); });
            return predictor(study, n);
        });
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);

  private:
    template <class Range, class PredictorAt>
    [[nodiscard]] auto test(Range const& estimates, PredictorAt const& predictor_at) const {
        using Real = detail::range_real<Range>;
        auto const studies = detail::as_evidence(estimates).studies();
        std::vector<detail::line_point<Real>> points;
        points.reserve(studies.size());
        for (std::size_t i = 0; i < studies.size(); ++i) {
            Real const x(predictor_at(i, studies[i]));
            detail::for_study(i, [&] { detail::require_finite("predictor", x); });
            points.push_back({x, studies[i].effect, 1 / studies[i].variance});
        }
        return dispersion(std::span<detail::line_point<Real> const>(points));
    }
};

template <class Predictor, class Dispersion = estimated_dispersion>
egger_test(Predictor, Dispersion = {}) -> egger_test<Predictor, Dispersion>;

} // namespace accrue
