#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/detail/refused_models.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/pooled.hpp>
#include <accrue/tau_squared/fixed_tau_squared.hpp>

#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// Pooled results of groups of studies and the test that the groups' effects are equal.
template <real Real, class Result = basic_pooled<Real>>
struct basic_subgroups {
    std::vector<Result> groups; ///< each group's result as the model gives it, in the order given
    basic_pooled<Real>
        combined;            ///< the groups' effects, weighted by the inverse of their variances; its status
                             ///< is `not_converged` if a group's is, `undefined` if no group has a result
    Real q_between;          ///< sum over groups of (effect - combined effect)² / variance
    Real degrees_of_freedom; ///< groups that have a result, less 1
    Real p_value;            ///< P(chi² >= q_between)
};

using subgroup_analysis = basic_subgroups<double>;

/// Pools each group of studies by a model and tests whether the groups differ.
///
///     auto const apart = subgroups(random_effects{}, groups);
///     auto const shared = subgroups(random_effects{common_tau_squared(reml{}, groups)}, groups);
///
/// The first estimates a tau² for each group, the second one for all. A tau² for each group is right if
/// heterogeneity differs between groups, but unreliable where a group is small; one for all assumes that it
/// doesn't. The test compares the groups directly: one significant group and another that is not do not
/// differ for that. A group of which the model says nothing (its status is `undefined`) plays no part in the
/// comparison.
///
/// Borenstein, Hedges, Higgins & Rothstein 2009, Introduction to Meta-Analysis, ch. 19,
/// doi:10.1002/9780470743386.
///
/// \param groups a contiguous range of groups, each a contiguous range of estimates (or of trials, if the
/// model pools those)
/// \throws invalid_input as `pool` does, for the first study that is unusable: it names the group, counted
/// from 1, and the study by its place in it; and when there is no group
template <class Model, detail::contiguous Groups>
    requires pools<Model, detail::element_t<Groups>>
[[nodiscard]] auto subgroups(Model const& model, Groups const& groups) {
    using result = decltype(pool(model, *std::data(groups)));
    using Real = std::remove_const_t<decltype(result::effect)>;
    detail::require_not_empty("groups", std::size(groups));
    std::vector<result> pooled_groups;
    std::vector<basic_estimate<Real>> summaries;
    bool converged = true;
    for (auto const& group : groups) {
        detail::for_set("group " + std::to_string(pooled_groups.size() + 1),
                        [&] { pooled_groups.push_back(pool(model, group)); });
        auto const& last = pooled_groups.back();
        converged = converged && last.status != status::not_converged;
        if (last.status != status::undefined) {
            summaries.push_back({last.effect, last.variance});
        }
    }
    if (summaries.empty()) {
        Real const none = detail::not_a_number<Real>();
        return basic_subgroups<Real, result>{
            std::move(pooled_groups), detail::undefined_pooled<Real>(std::size(groups)), none, Real(0), none};
    }
    auto combined = pool(common_effect{}, summaries);
    if (!converged && combined.status == status::ok) {
        combined.status = status::not_converged;
    }
    auto const between = heterogeneity(summaries);
    return basic_subgroups<Real, result>{std::move(pooled_groups), combined, between.q,
                                         between.degrees_of_freedom, between.p_value};
}

/// The tau² that groups of studies share, estimated about each group's own mean, ready to be used as an
/// estimator in a model. The estimator sees the studies as `grouped_evidence`; it is the same as a
/// meta-regression on the groups.
///
/// \throws invalid_input as `pool` does; and when there is no group
template <class Estimator, detail::contiguous Groups>
    requires estimates<detail::element_t<Groups>>
[[nodiscard]] auto common_tau_squared(Estimator const& estimator, Groups const& groups) {
    using Real = real_t<detail::element_t<Groups>>;
    std::vector<study_evidence<Real>> evidence;
    for (auto const& group : groups) {
        detail::for_set("group " + std::to_string(evidence.size() + 1),
                        [&] { evidence.push_back(detail::as_evidence(group)); });
    }
    auto const shared = estimator(grouped_evidence<Real>(std::move(evidence)));
    return basic_fixed_tau_squared<Real>{shared.value, shared.status};
}

template <class Model, detail::contiguous Groups>
    requires(!pools<Model, detail::element_t<Groups>> && !detail::reports<detail::element_t<Groups>>)
ACCRUE_REFUSED("subgroups(model, groups) takes a range of groups, each a range of estimates",
               subgroups(Model const&, Groups const&));
template <class Model, detail::contiguous Groups>
    requires detail::given_trials<Model, detail::element_t<Groups>>
ACCRUE_REFUSED("these are trials: effects(measure, trials) of each group first",
               subgroups(Model const&, Groups const&));
template <class Model, detail::contiguous Studies>
ACCRUE_REFUSED("subgroups(model, groups) takes a range of groups, each a range of estimates",
               subgroups(Model const&, Studies const&, auto const&));
ACCRUE_REFUSE_STUDIES_ALONE("subgroups(random_effects{}, groups)", subgroups(Studies const&));

} // namespace accrue
