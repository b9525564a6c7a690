#pragma once

#include <accrue/effect/effects.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/detail/informative_trials.hpp>
#include <accrue/small_study/detail/weighted_line.hpp>

#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace accrue::detail {

/// The regression of trials' effects by `measure` on a predictor from the margins of their tables. Both
/// `predictor` and `weight` take the margins and the estimate; trials of weight 0 are left out.
template <class Measure, class Trials, class Predictor, class Weight, class Dispersion>
[[nodiscard]] auto margins_test(Measure const& measure, Trials const& trials, Predictor const& predictor,
                                Weight const& weight, Dispersion const& dispersion) {
    using Real = counts_real<Trials>;
    require_not_empty("trials", std::size(trials));
    auto const estimates = effects(measure, trials);
    auto const places = included_studies(measure, trials);
    std::vector<line_point<Real>> points;
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto const margins = table_margins<Real>(std::data(trials)[places[i]]);
        Real const w = weight(margins, estimates[i]);
        if (w > 0) {
            points.push_back({predictor(margins, estimates[i]), estimates[i].effect, w});
        }
    }
    return dispersion(std::span<line_point<Real> const>(points));
}

} // namespace accrue::detail
