#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/detail/check_report.hpp>
#include <accrue/effect/detail/log_ratio.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/estimate.hpp>
#include <accrue/report/matched_pairs.hpp>

namespace accrue {

/// Conditional log odds ratio of matched pairs, treatment over control (McNemar; Breslow & Day 1980, ch. 5).
///
/// Only the pairs whose members differ count: effect = ln(b/c), variance = 1/b + 1/c, with b pairs that had
/// the event under treatment alone and c under control alone. It is the odds ratio within a pair, and further
/// from zero than the marginal `log_odds_ratio` of the same pairs: do not mix the two. Zero cells as there.
template <class ZeroCells = zero_cell_policy<>>
struct conditional_log_odds_ratio {
    ZeroCells zero_cells{};

    template <real Real>
        requires detail::settled_for<basic_matched_pairs<Real>, ZeroCells>
    [[nodiscard]] basic_estimate<Real> operator()(basic_matched_pairs<Real> const& study) const {
        detail::check(study);
        return formula(zero_cells(study));
    }

    /// The effect of the cells as they are, without the zero-cell policy.
    template <real Real>
    [[nodiscard]] static basic_estimate<Real> formula(basic_matched_pairs<Real> const& study) {
        detail::require_positive("treatment_only in a conditional log odds ratio", study.treatment_only);
        detail::require_positive("control_only in a conditional log odds ratio", study.control_only);
        return {detail::log_ratio(study.treatment_only, study.control_only),
                1 / study.treatment_only + 1 / study.control_only};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class ZeroCells>
conditional_log_odds_ratio(ZeroCells) -> conditional_log_odds_ratio<ZeroCells>;

} // namespace accrue
