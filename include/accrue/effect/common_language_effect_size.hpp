#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/hedges_correction.hpp>
#include <accrue/effect/heteroscedastic_standardized_mean_difference.hpp>
#include <accrue/effect/overlap.hpp>

namespace accrue {

/// Common-language effect size for normal outcomes: the probability that a participant under treatment has
/// the larger outcome of two drawn at random, one from each group (McGraw & Wong 1992,
/// doi:10.1037/0033-2909.111.2.361).
///
///     effect = Φ((x̄1 - x̄2)/√(s1² + s2²)) = Φ(d/√2),   variance = φ(d/√2)² var(d)/2,
///
/// with d the standardised difference that `Difference` computes. The default divides by the average of the
/// two variances and lets them differ (metafor "CLESN"). `standardized_mean_difference{uncorrected{}}` makes
/// them equal (its "HO"); `pooled_standardized_mean_change{uncorrected{}, paired_unequal_variances{}}` takes
/// participants measured twice ("CLESCN": of two drawn independently, not of one participant's two
/// measurements). 1/2 is no difference; above, treatment has the larger values. Throws `invalid_input` for
/// what `Difference` refuses.
template <class Difference = heteroscedastic_standardized_mean_difference<uncorrected>>
struct common_language_effect_size {
    Difference difference{};

    template <class Report>
        requires requires(Difference const& measure, Report const& report) { measure(report).effect; }
    [[nodiscard]] auto operator()(Report const& report) const {
        return common_language_from_d(difference(report));
    }

    static constexpr identity_back_transform back_transform{};
};

template <class Difference>
common_language_effect_size(Difference) -> common_language_effect_size<Difference>;

} // namespace accrue
