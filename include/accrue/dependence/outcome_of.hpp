#pragma once

#include <accrue/dependence/multivariate.hpp>
#include <accrue/error.hpp>
#include <accrue/pooled.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace accrue {

/// One outcome of a multivariate model, as a model of its own: what the others lend it is in its result. So
/// `pool`, `cumulative`, `leave_one_out` and monitoring take studies of several outcomes:
///
///     auto const model = outcome_of{multivariate{}, 0};
///     pool(model, outcomes);   cumulative(model, outcomes);   leave_one_out(model, outcomes);
///
/// `undefined` while studies have no more effects than outcomes, or none has this one.
template <class Model = multivariate<>>
struct outcome_of {
    Model model{};           ///< a `multivariate`
    std::size_t outcome = 0; ///< counted from 0

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        return "a multivariate model (outcome " + std::to_string(outcome) + ", counted from 0)";
    }

    /// \throws invalid_input as the model does
    [[nodiscard]] pooled operator()(std::span<study_outcomes const> const studies) const {
        detail::require_not_empty("outcomes", studies.size());
        // Outcomes that these studies lack are left out, since a review may meet them later.
        auto named = std::vector<study_outcomes>(studies.begin(), studies.end());
        auto present = std::vector<std::size_t>{};
        for (std::size_t i = 0; i < named.size(); ++i) {
            named[i].outcomes = detail::checked_outcomes(i, named[i]);
            present.insert(present.end(), named[i].outcomes.begin(), named[i].outcomes.end());
        }
        std::size_t const effects = present.size();
        std::sort(present.begin(), present.end());
        present.erase(std::unique(present.begin(), present.end()), present.end());
        auto const place_of = [&](std::size_t const which) {
            auto const at = std::lower_bound(present.begin(), present.end(), which);
            return static_cast<std::size_t>(at - present.begin());
        };
        std::size_t const place = place_of(outcome);
        if (place == present.size() || present[place] != outcome || effects <= present.size()) {
            return detail::undefined_pooled<double>(studies.size());
        }
        for (auto& study : named) {
            std::transform(study.outcomes.begin(), study.outcomes.end(), study.outcomes.begin(), place_of);
        }
        return model(named).outcome(place);
    }
};

template <class Model>
outcome_of(Model, std::size_t = 0) -> outcome_of<Model>;

} // namespace accrue
