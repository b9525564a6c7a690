#pragma once

#include <accrue/pooled.hpp>
#include <accrue/sequential/monitoring/conclusion.hpp>
#include <accrue/status.hpp>

#include <cstddef>

namespace accrue {

/// One look at the evidence so far: the pooled result of the first trials, and the boundaries that its Z is
/// held against. Z at or beyond a boundary decides in its direction; |Z| up to the wedge is futility;
/// anything else asks for more trials. Boundaries are on the scale of Z, so that they compare with 1.96.
///
/// A look whose `status` is not `ok` decides nothing, whatever its numbers.
struct sequential_look {
    std::size_t trials;          ///< number of trials that the look comprises
    double information;          ///< accrued by then, in the unit of `sequential_analysis::information`
    double information_fraction; ///< of the required information; above 1 past it
    pooled cumulative;           ///< the pooled result of these trials
    double diversity;            ///< D² of these trials at the model's tau²; NaN where it is not defined
    double z;                    ///< of the cumulative effect, `z_value`
    double lower_boundary;       ///< minus infinity where the look can't end below
    double upper_boundary;       ///< infinity where the look can't end above
    double wedge;                ///< |Z| up to here is futility (two-sided); minus infinity where none
    double wedge_below;          ///< Z from here to `wedge` is futility; -wedge where that is symmetric
    conclusion decision;         ///< of this look by itself
    /// That of the pooled result; `undefined` too where it has no finite Z, as when trials agree so well that
    /// the model gives no standard error.
    accrue::status status = accrue::status::ok;
};

} // namespace accrue
