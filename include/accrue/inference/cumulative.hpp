#pragma once

#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/sum.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/refused.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace accrue {

namespace detail {

/// Pools with the result of nearly the same studies at hand, for models that gain from it.
template <class Model, class Evidence, class Pooled>
[[nodiscard]] Pooled pool_after(Pooled const& previous, Model const& model, Evidence const& studies) {
    if constexpr (requires { model(studies, previous.tau_squared); }) {
        return finite_or_undefined(model(studies, previous.tau_squared));
    } else {
        return pool(model, studies);
    }
}

/// Up to this many studies a pass over all of them takes no longer than one over an accumulator's points.
inline constexpr std::size_t direct_is_faster = 100;

/// Calls `visit` with the result for every beginning of a list of estimates: of the first ones from the list
/// itself, of longer ones from an accumulator, at a cost that does not grow. A model that takes nothing but
/// lists gets lists.
template <class Model, real Real, class Visit>
void visit_beginnings(Model const& model, study_evidence<Real> const& studies, Visit const& visit) {
    using accumulator = basic_evidence_accumulator<Real>;
    auto const all = studies.studies();
    bool const accumulates = std::all_of(all.begin(), all.end(), accumulator::takes);
    std::size_t const direct = accumulates ? direct_is_faster : all.size();
    auto so_far = accumulator{};
    auto previous = decltype(pool(model, all)){};
    for (std::size_t count = 1; count <= all.size(); ++count) {
        auto const from_list = [&] {
            return pool_after(previous, model, study_evidence<Real>(all.first(count)));
        };
        if constexpr (std::invocable<Model const&, accumulator const&>) {
            if (direct < all.size()) {
                so_far.add(all[count - 1]);
            }
            previous = count > direct ? pool_after(previous, model, so_far) : from_list();
        } else {
            previous = from_list();
        }
        visit(previous);
    }
}

/// The same for a common effect, which needs no more than two running sums, of weights 1/v and of weighted
/// effects: after study j,
///
///     effect_j = sum_{i<=j} y_i/v_i / sum_{i<=j} 1/v_i,   variance_j = 1 / sum_{i<=j} 1/v_i.
///
/// Weights are relative to about the smallest variance so far, so that they neither over- nor underflow, and
/// both sums are compensated, so that a million studies lose no digit. Lists with effects too large for
/// accumulators are pooled as `pool` does, beginning by beginning.
template <real Real, class Visit>
void visit_beginnings(common_effect const&, study_evidence<Real> const& studies, Visit const& visit) {
    auto const all = studies.studies();
    if (!std::all_of(all.begin(), all.end(), basic_evidence_accumulator<Real>::takes)) {
        for (std::size_t first = 1; first <= all.size(); ++first) {
            visit(pool(common_effect{}, all.first(first)));
        }
        return;
    }
    basic_compensated_sum<Real> weights;
    basic_compensated_sum<Real> weighted_effects;
    Real unit = studies.studies().front().variance;
    std::size_t count = 0;
    for (auto const& [effect, variance] : all) {
        Real weight = unit / variance;
        // Each new unit is less than half the last one: rescaling rounds, but a few dozen times at most.
        if (weight > 2) {
            weights *= variance / unit;
            weighted_effects *= variance / unit;
            unit = variance;
            weight = Real(1);
        }
        weights += weight;
        weighted_effects += weight * effect;
        visit(finite_or_undefined(basic_pooled<Real>{weighted_effects.value() / weights.value(),
                                                     unit / weights.value(), Real(0), infinity<Real>(),
                                                     ++count, status::ok}));
    }
}

/// The same for trials.
template <class Model, class Trial, class Visit>
void visit_beginnings(Model const& model, std::span<Trial const> const trials, Visit const& visit) {
    require_not_empty("estimates", trials.size());
    for (std::size_t count = 1; count <= trials.size(); ++count) {
        visit(pool(model, trials.first(count)));
    }
}

/// A range as what `visit_beginnings` takes.
template <class Range>
auto as_studies(Range const& range) {
    if constexpr (estimates<Range>) {
        return as_evidence(range);
    } else {
        return as_span(range);
    }
}

} // namespace detail

/// The pooled result after the first study, the first two, and so on to all, in the order given (usually by
/// date).
///
/// It shows when the studies first agreed on an effect, and whether later ones changed it. It is no licence
/// to test after every study: at 5 % each, some look finds an effect that is not there far more often than in
/// 5 % of reviews; `trial_sequential_analysis` has the boundaries for that.
///
/// Long lists of estimates take a constant time a study: beyond the first hundred, an `evidence_accumulator`
/// stands for the studies so far. Iterated estimators of tau² start from the last result. Either changes the
/// results by rounding errors only. One study that accumulators do not take (a variance below 2.2e-308, an
/// effect of 1.9e143 or more) makes the time grow with the square of the number of studies; so does a model
/// that takes lists or trials alone.
///
/// Lau et al. 1992, N Engl J Med 327:248-254, doi:10.1056/NEJM199207233270406.
/// \param estimates a contiguous range of estimates, or of trials for a model that pools those
/// \return a result of the model for each study, on the scale of the estimates; the last is that of `pool`
/// \throws invalid_input as `pool` does
template <class Model, detail::contiguous Range>
    requires pools<Model, Range>
[[nodiscard]] auto cumulative(Model const& model, Range const& estimates) {
    auto const studies = detail::as_studies(estimates);
    auto results = std::vector<decltype(pool(model, estimates))>{};
    results.reserve(studies.size());
    detail::visit_beginnings(model, studies, [&](auto const& result) { results.push_back(result); });
    return results;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(cumulative(Model const&, Studies const&, Rest const&...));
ACCRUE_REFUSE_SUMS_OF_STUDIES(cumulative(Model const&, Studies const&));
ACCRUE_REFUSE_STUDIES_ALONE("cumulative(random_effects{}, estimates)", cumulative(Studies const&));

} // namespace accrue
