#pragma once

#include <accrue/inference/cumulative.hpp>
#include <accrue/inference/z_value.hpp>
#include <accrue/model/pool.hpp>

#include <vector>

namespace accrue {

/// The cumulative Z-curve: `z_value` of the pooled result after each study, in the order given.
///
/// \throws invalid_input as `pool` does
template <class Model, detail::contiguous Range>
    requires pools<Model, Range>
[[nodiscard]] auto z_curve(Model const& model, Range const& estimates) {
    auto const studies = detail::as_studies(estimates);
    auto curve = std::vector<decltype(z_value(pool(model, estimates)))>{};
    curve.reserve(studies.size());
    detail::visit_beginnings(model, studies, [&](auto const& result) { curve.push_back(z_value(result)); });
    return curve;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(z_curve(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_STUDIES_ALONE("z_curve(random_effects{}, estimates)", z_curve(Studies const&));
ACCRUE_REFUSE_SUMS_OF_STUDIES(z_curve(Model const&, Studies const&));

} // namespace accrue
