// The concepts: what each takes and refuses, shown with the library's own parts and with the least that a
// user has to write.

#include <accrue/accrue.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace accrue::test_model_concepts {
namespace {

using list = study_evidence<double>;
using binary_trial = two_arms<events>;

// Ranges of estimates.
static_assert(estimates<std::vector<estimate>> && estimates<std::array<estimate, 3>> &&
              estimates<estimate[2]>);
static_assert(estimates<std::span<estimate const>> && estimates<std::vector<basic_estimate<float>>>);
static_assert(!estimates<std::list<estimate>> && !estimates<std::vector<double>> && !estimates<estimate>);
static_assert(!estimates<std::vector<binary_trial>> && !estimates<std::string> && !estimates<int>);

// Evidence, and what more some of it can do.
static_assert(evidence<list> && evidence<grouped_evidence<double>> && evidence<evidence_accumulator>);
static_assert(!evidence<std::vector<estimate>> && !evidence<weighted_fit<double>>);
static_assert(listed_evidence<list> && !listed_evidence<evidence_accumulator>);
static_assert(!listed_evidence<grouped_evidence<double>> && evidence_in_groups<grouped_evidence<double>>);
static_assert(!evidence_in_groups<list> && !evidence_in_groups<evidence_accumulator>);
static_assert(study_set<std::vector<estimate>> && study_set<evidence_accumulator> && !study_set<double>);
static_assert(std::is_same_v<real_t<list>, double> && std::is_same_v<real_t<std::vector<estimate>>, double>);
static_assert(std::is_same_v<real_t<basic_evidence_accumulator<float>>, float>);

// Models, estimators, uncertainties, methods, measures.
static_assert(model_for<random_effects<>, list> && model_for<random_effects<>, evidence_accumulator>);
static_assert(model_for<henmi_copas, list> && model_for<common_effect, evidence_accumulator>);
static_assert(!model_for<reml, list> && !model_for<peto, list> && !model_for<mantel_haenszel<>, list>);
static_assert(!model_for<random_effects<wald, reml>, list>, "swapped by template arguments");
static_assert(trial_model_for<peto, binary_trial> && trial_model_for<mantel_haenszel<>, binary_trial>);
static_assert(!trial_model_for<mantel_haenszel<>, two_arms<arm>> && !trial_model_for<reml, binary_trial>);
static_assert(pools<peto, std::vector<binary_trial>> && !pools<peto, std::vector<estimate>>);
static_assert(pools<ivhet<>, std::vector<estimate>> && !pools<ivhet<>, std::vector<binary_trial>>);
static_assert(tau_squared_estimator_for<reml, grouped_evidence<double>> &&
              !tau_squared_estimator_for<wald, list>);
static_assert(uncertainty_for<wald, list> && uncertainty_for<kenward_roger, evidence_accumulator>);
static_assert(!uncertainty_for<reml, list>);
static_assert(tau_squared_interval_for<q_profile, list> && !tau_squared_interval_for<reml, list>);
static_assert(measure_for<log_odds_ratio<>, binary_trial> && !measure_for<log_odds_ratio<>, two_arms<arm>>);
static_assert(measure_for<mean_difference<>, two_arms<arm>> && !measure_for<reml, binary_trial>);
static_assert(spending_function<kim_demets> && !spending_function<two_sided>);
static_assert(look_schedule<every_trial> && look_schedule<by_date> && !look_schedule<two_sided>);
static_assert(information_scale<participants_accrued, estimate> &&
              information_scale<events_accrued, binary_trial>);
static_assert(!information_scale<common_effect_information, binary_trial>, "it needs variances");

/// The least that is evidence: nothing beyond what the concept names.
class least_evidence {
  public:
    using real_type = double;

    explicit least_evidence(std::vector<estimate> const& studies) : studies_(studies) {}

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] std::size_t degrees_of_freedom() const { return studies_.degrees_of_freedom(); }
    [[nodiscard]] double smallest_variance() const { return studies_.smallest_variance(); }
    [[nodiscard]] double largest_variance() const { return studies_.largest_variance(); }
    template <class Weight>
    [[nodiscard]] auto fit(double const unit, Weight const& weight) const {
        return studies_.fit(unit, weight);
    }
    template <class Function>
    [[nodiscard]] double sum(Function const& function) const {
        return studies_.sum(function);
    }

  private:
    list studies_;
};
static_assert(evidence<least_evidence> && !listed_evidence<least_evidence>);

auto const studies = std::vector<estimate>{{0.1, 0.04}, {0.5, 0.02}, {-0.2, 0.09}, {0.4, 0.05}};

TEST(Evidence, NeedsNoMoreThanTheConceptNames) {
    auto const model = random_effects{reml{}, kenward_roger{}};
    auto const expected = pool(model, studies);
    auto const result = pool(model, least_evidence(studies));
    EXPECT_NEAR(result.effect, expected.effect, 1e-14);
    EXPECT_NEAR(result.tau_squared, expected.tau_squared, 1e-14);
    EXPECT_NEAR(heterogeneity(least_evidence(studies)).q, heterogeneity(studies).q, 1e-14);
    EXPECT_NEAR(tau_squared_interval(q_profile{}, least_evidence(studies), 0.95).upper,
                tau_squared_interval(q_profile{}, studies, 0.95).upper, 1e-9);
}

TEST(Evidence, HasDegreesOfFreedom) {
    auto accumulator = evidence_accumulator{};
    EXPECT_EQ(accumulator.degrees_of_freedom(), 0U);
    for (auto const& study : studies) {
        accumulator.add(study);
    }
    EXPECT_EQ(accumulator.degrees_of_freedom(), 3U);
    EXPECT_EQ(list(studies).degrees_of_freedom(), 3U);
    EXPECT_EQ(grouped_evidence<double>({list(studies), list(studies)}).degrees_of_freedom(), 6U);
}

TEST(Models, AreAnyCallableThatReturnsAResult) {
    auto const half = [](auto const& evidence) {
        auto result = common_effect{}(evidence);
        result.effect /= 2;
        return result;
    };
    EXPECT_EQ(pool(half, studies).effect, pool(common_effect{}, studies).effect / 2);
    EXPECT_EQ(cumulative(half, studies).back().effect, pool(half, studies).effect);

    auto const counting = [](std::span<binary_trial const> const trials) {
        return pooled{0, 1, 0, 1, trials.size(), status::ok};
    };
    EXPECT_EQ(pool(counting, std::vector<binary_trial>(3)).k, 3U);
}

TEST(Models, OfOtherReportsThanTrialsWithTwoArms) {
    auto const mean_of_groups = [](std::span<events const> const groups) {
        return pooled{groups[0].count, 1, 0, 1, groups.size(), status::ok};
    };
    auto const groups = std::vector<events>{{1, 2}, {3, 4}};
    EXPECT_EQ(pool(mean_of_groups, groups).k, 2U);
    EXPECT_EQ(leave_one_out(mean_of_groups, groups).front().effect, 3);
}

TEST(RandomEffects, TakeUncertaintyWrittenForAnyFit) {
    auto const cautious = [](auto const& fit) { return basic_precision<double>{2 * fit.variance(), 1}; };
    auto const result = pool(random_effects{reml{}, cautious}, studies);
    EXPECT_EQ(result.variance, 2 * pool(random_effects{}, studies).variance);
    auto const estimator = [](auto const& evidence) { return dersimonian_laird{}(evidence); };
    EXPECT_EQ(pool(random_effects{estimator}, studies).effect,
              pool(random_effects{dersimonian_laird{}}, studies).effect);
}

} // namespace
} // namespace accrue::test_model_concepts
