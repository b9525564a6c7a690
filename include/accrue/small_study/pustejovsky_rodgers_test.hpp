#pragma once

#include <accrue/effect/effects.hpp>
#include <accrue/effect/standardized_mean_difference.hpp>
#include <accrue/error.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/small_study/detail/weighted_line.hpp>
#include <accrue/small_study/dispersion.hpp>

#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

namespace accrue {

/// Pustejovsky and Rodgers's test for standardised mean differences: Egger's test with the part of the
/// standard error that does not depend on the effect as predictor,
///
///     g on sqrt(1/n1 + 1/n2),   weights 1/v.
///
/// The variance of a standardised mean difference, 1/n1 + 1/n2 + g²/(2N) or so, grows with the effect, and
/// Egger's test takes that for asymmetry: it rejects far too often when the effect is large. The null is that
/// the effect does not change with the sizes of the groups.
///
/// Pustejovsky & Rodgers 2019, Res Synth Methods 10:57-71, doi:10.1002/jrsm.1332. The weights 1/v are those
/// of R meta.
template <class Dispersion = estimated_dispersion, class Measure = standardized_mean_difference<>>
struct pustejovsky_rodgers_test {
    Dispersion dispersion{};
    Measure measure{}; ///< trial -> estimate

    /// \param trials any contiguous range of `two_arms<basic_arm>`
    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <class Trials>
        requires requires(Trials const& trials) { std::data(trials)[0].treatment.n; }
    [[nodiscard]] auto operator()(Trials const& trials) const {
        using Real = std::remove_cvref_t<decltype(std::data(trials)[0].treatment.n)>;
        detail::require_not_empty("trials", std::size(trials));
        auto const estimates = effects(measure, trials);
        std::vector<detail::line_point<Real>> points;
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            auto const& trial = std::data(trials)[i];
            points.push_back({sqrt(Real(1 / trial.treatment.n + 1 / trial.control.n)), estimates[i].effect,
                              1 / estimates[i].variance});
        }
        return dispersion(std::span<detail::line_point<Real> const>(points));
    }
    template <class Studies>
        requires(!requires(Studies const& trials) { std::data(trials)[0].treatment.n; })
    ACCRUE_REFUSED("this test takes trials with means in two arms: not their estimates, nor other reports",
                   operator()(Studies const&) const);
};

template <class Dispersion, class Measure = standardized_mean_difference<>>
pustejovsky_rodgers_test(Dispersion, Measure = {}) -> pustejovsky_rodgers_test<Dispersion, Measure>;

} // namespace accrue
