#pragma once

#include <accrue/dependence/multivariate.hpp>
#include <accrue/pooled.hpp>

#include <cstddef>
#include <span>
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

    /// \throws invalid_input as the model does
    [[nodiscard]] pooled operator()(std::span<study_outcomes const> const studies) const {
        // Outcomes that these studies lack are left out, since a review may meet them later.
        auto present = std::vector<bool>{};
        std::size_t effects = 0;
        for (auto const& study : studies) {
            for (std::size_t i = 0; i < study.effects.size(); ++i) {
                std::size_t const which = name_of(study, i);
                if (which >= present.size()) {
                    present.resize(which + 1, false);
                }
                present[which] = true;
                ++effects;
            }
        }
        auto place = std::vector<std::size_t>(present.size(), 0);
        std::size_t count = 0;
        for (std::size_t which = 0; which < present.size(); ++which) {
            place[which] = count;
            count += present[which] ? 1 : 0;
        }
        if (outcome >= present.size() || !present[outcome] || effects <= count) {
            return detail::undefined_pooled<double>(studies.size());
        }
        auto renamed = std::vector<study_outcomes>(studies.begin(), studies.end());
        for (auto& study : renamed) {
            auto names = std::vector<std::size_t>{};
            for (std::size_t i = 0; i < study.effects.size(); ++i) {
                names.push_back(place[name_of(study, i)]);
            }
            // Names that are not as many as effects are left for the model to refuse.
            study.outcomes = study.outcomes.empty() || study.outcomes.size() == study.effects.size()
                                 ? std::move(names)
                                 : study.outcomes;
        }
        return model(renamed).outcome(place[outcome]);
    }

  private:
    [[nodiscard]] static std::size_t name_of(study_outcomes const& study, std::size_t const i) {
        return i < study.outcomes.size() ? study.outcomes[i] : i;
    }
};

template <class Model>
outcome_of(Model, std::size_t = 0) -> outcome_of<Model>;

} // namespace accrue
