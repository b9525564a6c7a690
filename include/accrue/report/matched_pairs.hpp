#pragma once

#include <accrue/error.hpp>
#include <accrue/real.hpp>

namespace accrue {

/// What a study reports of matched pairs, or of participants in both periods of a crossover, with a binary
/// outcome: how the two members of the pairs fared together.
///
/// Most papers print the margins (events under treatment, events under control) instead, which is not enough:
/// `two_arms<events>` of the margins would ignore the matching. Pairs whose members agree (`both`, `neither`)
/// say how common the event is; only those that differ say which treatment does better (McNemar 1947,
/// Psychometrika 12:153-157, doi:10.1007/BF02295996). Measures throw `invalid_input` for a negative or
/// infinite number and for no pairs at all.
template <real Real>
struct basic_matched_pairs {
    Real both;           ///< pairs with the event under treatment and under control
    Real treatment_only; ///< pairs with the event under treatment alone
    Real control_only;   ///< pairs with the event under control alone
    Real neither;        ///< pairs without the event
};

using matched_pairs = basic_matched_pairs<double>;

namespace detail {

template <real Real>
void check(basic_matched_pairs<Real> const& study) {
    require_not_negative("both", study.both);
    require_not_negative("treatment_only", study.treatment_only);
    require_not_negative("control_only", study.control_only);
    require_not_negative("neither", study.neither);
    Real const pairs = study.both + study.treatment_only + study.control_only + study.neither;
    require_positive("the sum of both, treatment_only, control_only and neither", pairs);
}

} // namespace detail
} // namespace accrue
