// An accumulator says what the list of its studies says, whatever the list is like.

#include "support/relative.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/evidence/sum.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/henmi_copas.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/model/weighted_average.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_standard_error.hpp>
#include <accrue/uncertainty.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace accrue::test_evidence_accumulator {
namespace {

// What the accumulator promises. Its own error is about 1e-15; the rest is room for the conditioning of tau².
constexpr double promised = 1e-12;

evidence_accumulator accumulate(std::vector<estimate> const& studies) {
    auto result = evidence_accumulator{};
    for (auto const& study : studies) {
        result.add(study);
    }
    return result;
}

/// The same studies with ten more bits in every operation.
std::vector<basic_estimate<long double>> extended(std::vector<estimate> const& studies) {
    auto result = std::vector<basic_estimate<long double>>{};
    for (auto const& [effect, variance] : studies) {
        result.push_back({effect, variance});
    }
    return result;
}

template <class Model>
void expect_the_pooled_result_of_the_list(Model const& model, std::vector<estimate> const& studies) {
    auto const direct = pool(model, extended(studies));
    auto const streamed = pool(model, accumulate(studies));
    EXPECT_RELATIVE(streamed.effect, direct.effect, promised);
    EXPECT_RELATIVE(streamed.variance, direct.variance, promised);
    EXPECT_RELATIVE(streamed.tau_squared, direct.tau_squared, promised);
    EXPECT_RELATIVE(streamed.degrees_of_freedom, direct.degrees_of_freedom, promised);
    EXPECT_EQ(streamed.k, direct.k);
    EXPECT_EQ(streamed.status, direct.status);
}

void expect_the_results_of_the_list(std::vector<estimate> const& studies) {
    expect_the_pooled_result_of_the_list(common_effect{}, studies);
    expect_the_pooled_result_of_the_list(random_effects{dersimonian_laird{}}, studies);
    expect_the_pooled_result_of_the_list(random_effects{reml{}, hartung_knapp{}}, studies);
    auto const direct = heterogeneity(extended(studies));
    auto const streamed = heterogeneity(accumulate(studies));
    EXPECT_RELATIVE(streamed.q, direct.q, promised);
    EXPECT_RELATIVE(streamed.i_squared, direct.i_squared, promised);
}

/// Studies whose true effects scatter by `tau` about `mean`, with variances spread evenly on a log scale.
std::vector<estimate> simulated(std::size_t const k, double const mean, double const tau,
                                double const smallest, double const largest) {
    auto engine = std::mt19937_64{k};
    auto normal = std::normal_distribution<>{};
    auto log_variance = std::uniform_real_distribution<>{std::log(smallest), std::log(largest)};
    auto studies = std::vector<estimate>{};
    for (std::size_t i = 0; i < k; ++i) {
        double const variance = std::exp(log_variance(engine));
        studies.push_back({mean + std::sqrt(tau * tau + variance) * normal(engine), variance});
    }
    return studies;
}

using exact = boost::multiprecision::cpp_bin_float_50;

template <class Real>
struct named_result {
    std::string name;
    Real value;
};

/// All that is pooled of studies, by every estimator of tau² and every method of uncertainty.
template <evidence Evidence>
auto every_result(Evidence const& studies) {
    using Real = typename Evidence::real_type;
    auto results = std::vector<named_result<Real>>{};
    auto const add = [&](std::string const& name, Real const& value) { results.push_back({name, value}); };
    Real const degrees_of_freedom(static_cast<double>(studies.size() - 1));
    Real const q = inverse_variance_fit(studies, Real(0)).q();
    add("Q", q);
    add("I² from Q", i_squared_from_q(q, degrees_of_freedom));
    add("typical variance", typical_variance(studies));
    auto const by = [&](std::string const& name, auto const& estimator) {
        auto const model = random_effects{estimator, wald{}};
        auto const summary = pool(model, studies);
        EXPECT_EQ(summary.status, status::ok) << name;
        add(name + ": tau²", summary.tau_squared);
        add(name + ": effect", summary.effect);
        add(name + ": variance", summary.variance);
        add(name + ": I²", i_squared_from_tau_squared(summary.tau_squared, studies));
        add(name + ": D²", diversity(studies, model));
        if constexpr (requires { estimator.standard_error(studies, Real(1)); }) {
            add(name + ": standard error of tau²", estimator.standard_error(studies, summary.tau_squared));
        }
    };
    by("DerSimonian-Laird", dersimonian_laird{});
    by("Paule-Mandel", paule_mandel{});
    by("REML", reml{});
    by("maximum likelihood", maximum_likelihood{});
    by("Hedges-Olkin", hedges_olkin{});
    by("Hunter-Schmidt", hunter_schmidt{});
    by("Hunter-Schmidt, small sample", hunter_schmidt_small_sample{});
    by("Sidik-Jonkman", sidik_jonkman{});
    by("two-step Sidik-Jonkman", two_step_sidik_jonkman{});
    by("Hartung-Makambi", hartung_makambi{});
    by("generalised Q", generalised_q<>{});
    by("two-step", two_step{});
    auto const with = [&](std::string const& name, auto const& uncertainty) {
        auto const summary = pool(random_effects{reml{}, uncertainty}, studies);
        add(name + ": variance", summary.variance);
        add(name + ": degrees of freedom", summary.degrees_of_freedom);
    };
    with("Wald t", wald_t{});
    with("Hartung-Knapp", hartung_knapp{});
    with("Hartung-Knapp, floored", hartung_knapp_floored{});
    with("Kenward-Roger", kenward_roger{});
    add("weighted average: variance", pool(weighted_average{}, studies).variance);
    for (double const tau_squared : {0.0, 1e-3, 1.0}) {
        add("log-likelihood", log_likelihood(studies, Real(tau_squared)));
        add("restricted log-likelihood", restricted_log_likelihood(studies, Real(tau_squared)));
    }
    return results;
}

std::vector<basic_estimate<exact>> exactly(std::vector<estimate> const& studies) {
    auto result = std::vector<basic_estimate<exact>>{};
    for (auto const& [effect, variance] : studies) {
        result.push_back({effect, variance});
    }
    return result;
}

/// Every other study from either end of a list: values that alternate between the extremes.
std::vector<estimate> alternating(std::vector<estimate> const& sorted) {
    auto result = std::vector<estimate>{};
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        result.push_back(sorted[i % 2 == 0 ? i / 2 : sorted.size() - 1 - i / 2]);
    }
    return result;
}

/// Expects every result of an accumulator to be, within what it promises, what 50 digits make of the list,
/// whatever the order in which the studies are added.
void expect_every_result_in_every_order(std::vector<estimate> studies) {
    auto const list = exactly(studies);
    auto const expected = every_result(detail::as_evidence(list));
    auto const check = [&](std::string const& order) {
        SCOPED_TRACE(order);
        auto const actual = every_result(accumulate(studies));
        for (std::size_t i = 0; i < expected.size(); ++i) {
            SCOPED_TRACE(expected[i].name);
            // An effect near 0 is as exact as the effects that balance: beside its standard error, which
            // follows it.
            double const floor = expected[i].name.ends_with(": effect")
                                     ? promised * std::sqrt(static_cast<double>(expected[i + 1].value))
                                     : 0;
            EXPECT_RELATIVE(actual[i].value, expected[i].value, promised, floor);
        }
    };
    check("as they come");
    std::ranges::sort(studies, {}, &estimate::variance);
    check("the precise first");
    studies = alternating(studies);
    check("the precise and the imprecise by turns");
    std::ranges::sort(studies, std::ranges::greater{}, &estimate::variance);
    check("the imprecise first");
    std::ranges::sort(studies, {}, &estimate::effect);
    check("by effect");
    studies = alternating(studies);
    check("large and small effects by turns");
    std::ranges::sort(studies, std::ranges::greater{}, &estimate::effect);
    check("by falling effect");
}

// Qualifies: ACCUMULATOR-1
TEST(EvidenceAccumulator, GivesEveryResultForVariancesOver24Decades) {
    for (double const tau : {1e-5, 1.0, 1e5}) {
        SCOPED_TRACE(tau);
        expect_every_result_in_every_order(simulated(200, 2, tau, 1e-12, 1e12));
    }
}

TEST(EvidenceAccumulator, GivesEveryResultUnderAnOffsetOfAMillionTimesTheSpread) {
    expect_every_result_in_every_order(simulated(150, 1e6, 0.5, 0.01, 1));
    expect_every_result_in_every_order(simulated(150, -1e12, 1, 1e-12, 1e12));
}

TEST(EvidenceAccumulator, GivesEveryResultWhereOneStudyHasNearlyAllTheWeight) {
    for (double const smallest : {1.0 / 18, 1e-2, 1e-3, 1e-6, 1e-12}) {
        SCOPED_TRACE(smallest);
        for (double const mean : {0.3, 1e6}) {
            SCOPED_TRACE(mean);
            for (std::size_t const k : {2U, 3U, 7U}) {
                auto studies = simulated(k, mean, 1, 1, 3);
                studies.back().variance = smallest;
                expect_every_result_in_every_order(studies);
            }
            auto studies = simulated(150, mean, 1, 1, 1e12);
            studies[5].variance = smallest;
            expect_every_result_in_every_order(studies);
        }
    }
}

TEST(EvidenceAccumulator, GivesEveryResultWhereAFewStudiesHaveNearlyAllTheWeight) {
    for (double const next : {1.0, 3.0, 5.0, 20.0, 1e3, 1e6}) {
        SCOPED_TRACE(next);
        auto studies = simulated(100, 0.3, 1, 1, 1e12);
        studies[5].variance = 1e-12;
        studies[50].variance = next * 1e-12;
        expect_every_result_in_every_order(studies);
    }
}

/// From the accumulator and from the list.
void expect_the_distribution_of_henmi_and_copas(std::vector<estimate> const& studies) {
    auto const expected = pool(henmi_copas{}, exactly(studies));
    for (auto const& actual : {pool(henmi_copas{}, accumulate(studies)), pool(henmi_copas{}, studies)}) {
        EXPECT_RELATIVE(actual.variance, expected.variance, promised);
        EXPECT_RELATIVE(actual.q.mean_base, expected.q.mean_base, promised);
        EXPECT_RELATIVE(actual.q.mean_slope, expected.q.mean_slope, promised);
        EXPECT_RELATIVE(actual.q.variance_base, expected.q.variance_base, promised);
        EXPECT_RELATIVE(actual.q.variance_slope, expected.q.variance_slope, promised);
        EXPECT_RELATIVE(actual.q.room, expected.q.room, promised);
    }
}

TEST(EvidenceAccumulator, GivesTheDistributionOfHenmiAndCopas) {
    expect_the_distribution_of_henmi_and_copas(simulated(200, 2, 1, 1e-12, 1e12));
    expect_the_distribution_of_henmi_and_copas(simulated(150, 1e6, 0.5, 0.01, 1));
    for (double const smallest : {1e-1, 1e-2, 1e-6, 1e-12}) {
        SCOPED_TRACE(smallest);
        for (std::size_t const k : {3U, 7U, 150U}) {
            auto studies = simulated(k, 0.3, 2, 1, 3);
            studies.back().variance = smallest;
            expect_the_distribution_of_henmi_and_copas(studies);
        }
    }
}

TEST(EvidenceAccumulator, AgreesWithTheListForAFewStudies) {
    for (std::size_t const k : {2U, 3U, 4U, 13U, 100U}) {
        SCOPED_TRACE(k);
        expect_the_results_of_the_list(simulated(k, 0.3, 0.5, 0.001, 0.1));
    }
}

TEST(EvidenceAccumulator, AgreesWithTheListForOneStudy) {
    auto const summary = pool(random_effects{}, accumulate({{0.3, 0.04}}));
    EXPECT_RELATIVE(summary.effect, 0.3, promised);
    EXPECT_RELATIVE(summary.variance, 0.04, promised);
    EXPECT_EQ(summary.tau_squared, 0);
}

TEST(EvidenceAccumulator, AgreesWithTheListWhenVariancesSpan24Decades) {
    for (double const tau : {1e-5, 1e-2, 1.0, 1e3, 1e5}) {
        SCOPED_TRACE(tau);
        expect_the_results_of_the_list(simulated(3000, 2, tau, 1e-12, 1e12));
    }
}

TEST(EvidenceAccumulator, AgreesWithTheListWhenOneStudyHasNearlyAllTheWeight) {
    for (double const smallest : {1e-2, 1e-4, 1e-8, 1e-12, 1e-20}) {
        SCOPED_TRACE(smallest);
        expect_the_results_of_the_list({{0.25, smallest}, {1.75, 1}, {-1.25, 1}});
        expect_the_results_of_the_list({{0.1, smallest}, {1.5, 1}, {-1.5, 1.3}, {2, 2}});
        auto studies = simulated(3000, 0.3, 1.6, 1, 1e12);
        studies[5].variance = smallest;
        expect_the_results_of_the_list(studies);
    }
}

TEST(EvidenceAccumulator, AgreesWithTheListOnAnyScale) {
    for (double const scale : {1e-140, 1e-20, 1e20, 1e140}) {
        SCOPED_TRACE(scale);
        auto studies = simulated(50, 0.3, 0.5, 0.001, 10);
        for (auto& [effect, variance] : studies) {
            effect *= scale;
            variance *= scale * scale;
        }
        expect_the_results_of_the_list(studies);
    }
}

TEST(EvidenceAccumulator, LosesNoDigitsToAnOffsetOfAMillionTimesTheSpread) {
    for (double const mean : {1e6, -1e6}) {
        expect_the_results_of_the_list(simulated(2000, mean, 0.5, 0.01, 1));
    }
}

TEST(EvidenceAccumulator, LosesNoDigitsToTheOrderOfTheStudies) {
    auto const by_effect = [](estimate const& a, estimate const& b) { return a.effect < b.effect; };
    auto const by_variance = [](estimate const& a, estimate const& b) { return a.variance < b.variance; };
    auto studies = simulated(3000, 1e6, 0.5, 1e-6, 1e6);
    std::ranges::sort(studies, by_effect);
    expect_the_results_of_the_list(studies);
    std::ranges::reverse(studies);
    expect_the_results_of_the_list(studies);
    std::ranges::sort(studies, by_variance);
    expect_the_results_of_the_list(studies);
    std::ranges::reverse(studies);
    expect_the_results_of_the_list(studies);
}

TEST(EvidenceAccumulator, LosesNoDigitsToAFirstStudyFarFromTheOthers) {
    auto studies = simulated(3000, 1e6, 0.5, 0.01, 1);
    studies.insert(studies.begin(), {0, 1e12});
    expect_the_results_of_the_list(studies);
    studies.front() = {-1e9, 0.1};
    expect_the_results_of_the_list(studies);
}

TEST(EvidenceAccumulator, FollowsEffectsThatKeepDoubling) {
    auto studies = simulated(900, 0, 0.5, 0.01, 1);
    for (std::size_t i = 0; i < studies.size(); ++i) {
        studies[i].effect = std::ldexp(1 + studies[i].variance, static_cast<int>(i) / 2);
    }
    expect_the_results_of_the_list(studies);
}

TEST(EvidenceAccumulator, KeepsEqualVariancesApartFromTheirBand) {
    for (double const variance : {1.0, 4.0, std::nextafter(4.0, 0.0), 2.5}) {
        auto studies = simulated(40, 0.3, 0.5, 1, 2);
        for (auto& study : studies) {
            study.variance = variance / 100;
        }
        expect_the_results_of_the_list(studies);
    }
}

/// A reproducible stream that needs no memory: the effect is normal by the sum of 12 uniforms.
class long_stream {
  public:
    estimate next() {
        double effect = -6;
        for (int i = 0; i < 12; ++i) {
            effect += uniform();
        }
        double const variance = std::exp2(20 * uniform() - 14);
        return {1e3 + std::sqrt(0.04 + variance) * effect, variance};
    }

  private:
    double uniform() {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<double>(state_ >> 11U) * 0x1p-53;
    }
    std::uint64_t state_ = 1;
};

TEST(EvidenceAccumulator, LosesNoDigitsToTenMillionStudies) {
    constexpr std::size_t k = 10'000'000;
    auto all = evidence_accumulator{};
    for (auto stream = long_stream{}; all.size() < k;) {
        all.add(stream.next());
    }
    auto const summary = pool(random_effects{dersimonian_laird{}, hartung_knapp{}}, all);
    // Direct sums of the definitions, in extended precision and compensated, about the nominal mean.
    using sum = basic_compensated_sum<long double>;
    struct direct_sums {
        long double mean;
        long double variance;
        long double q;
        long double trace;
        long double score_squares; ///< sum w² (y - mean)²
        long double squared_weights;
    };
    auto const direct = [&](long double const tau_squared) -> direct_sums {
        sum w1;
        sum w2;
        sum wd;
        sum wdd;
        sum wwd;
        sum wwdd;
        auto stream = long_stream{};
        for (std::size_t i = 0; i < k; ++i) {
            auto const [effect, variance] = stream.next();
            long double const w = 1 / (variance + tau_squared);
            long double const d = effect - 1e3L;
            w1 += w;
            w2 += w * w;
            wd += w * d;
            wdd += w * d * d;
            wwd += w * w * d;
            wwdd += w * w * d * d;
        }
        long double const mean = wd.value() / w1.value();
        return {1e3L + mean,
                1 / w1.value(),
                wdd.value() - mean * wd.value(),
                w1.value() - w2.value() / w1.value(),
                wwdd.value() - mean * (2 * wwd.value() - mean * w2.value()),
                w2.value()};
    };
    auto const common = direct(0);
    EXPECT_RELATIVE(heterogeneity(all).q, common.q, promised);
    long double const tau_squared = (common.q - (k - 1)) / common.trace;
    EXPECT_RELATIVE(summary.tau_squared, tau_squared, promised);
    auto const random = direct(tau_squared);
    EXPECT_RELATIVE(summary.effect, random.mean, promised);
    EXPECT_RELATIVE(summary.variance, random.variance * random.q / (k - 1), promised);
    // Estimates without a formula solve an equation: what it leaves over the slope is the estimate's error.
    double const paule_mandel_estimate = paule_mandel{}(all).value;
    auto const at_paule_mandel = direct(paule_mandel_estimate);
    long double const q_error = (at_paule_mandel.q - (k - 1)) / at_paule_mandel.score_squares;
    EXPECT_LE(std::abs(static_cast<double>(q_error)), promised * paule_mandel_estimate);
    double const reml_estimate = reml{}(all).value;
    auto const at_reml = direct(reml_estimate);
    long double const score_error = (at_reml.score_squares - at_reml.trace) / at_reml.squared_weights;
    EXPECT_LE(std::abs(static_cast<double>(score_error)), promised * reml_estimate);
}

TEST(EvidenceAccumulator, TakesNoMoreMemoryForMoreStudies) {
    auto const few = accumulate(simulated(1000, 0.3, 0.5, 0.001, 10)).bytes().size();
    EXPECT_EQ(accumulate(simulated(100'000, 0.3, 0.5, 0.001, 10)).bytes().size(), few);
}

RC_GTEST_PROP(EvidenceAccumulator, SumsTheFunctionsThatModelsNeed, (std::uint32_t const seed)) {
    auto engine = std::mt19937_64{seed};
    auto const studies = simulated(1 + engine() % 200, 0, 1, 1e-6, 1e6);
    double const tau_squared = std::exp2(std::uniform_real_distribution<>{-60, 60}(engine));
    auto const all = accumulate(studies);
    auto const agrees = [&](auto const& function) {
        long double direct = 0;
        long double size = 0;
        for (auto const& study : studies) {
            direct += function(static_cast<long double>(study.variance));
            size += std::abs(function(static_cast<long double>(study.variance)));
        }
        RC_ASSERT(std::abs(static_cast<double>(all.sum(function) - direct)) <=
                  1e-14 * static_cast<double>(size));
    };
    agrees([](auto const v) { return std::decay_t<decltype(v)>(1); });
    agrees([](auto const v) { return 1 / std::sqrt(v); });
    agrees([&](auto const v) { return std::log(v + tau_squared); });
    agrees([&](auto const v) { return 1 / (v + tau_squared); });
    agrees([&](auto const v) { return std::pow(v + tau_squared, -3); });
}

std::vector<std::byte> merged(evidence_accumulator left, evidence_accumulator const& right) {
    return (left += right).bytes();
}

RC_GTEST_PROP(EvidenceAccumulator, MergesInEitherOrderToTheSameBits, (std::uint32_t const seed)) {
    auto engine = std::mt19937_64{seed};
    auto const a = accumulate(simulated(engine() % 50, 1e3, 1, 1e-3, 1e3));
    auto const b = accumulate(simulated(engine() % 50, -5, 7, 1e-1, 1e5));
    bool const same = merged(a, b) == merged(b, a);
    RC_ASSERT(same);
}

// Qualifies: ACCUMULATOR-1
TEST(EvidenceAccumulator, MergesToTheResultsOfAllStudiesHoweverTheyWereSplit) {
    auto const studies = simulated(999, 1e6, 0.5, 1e-6, 1e6);
    for (std::size_t const parts : {2U, 3U, 10U, 999U}) {
        auto split = std::vector<evidence_accumulator>(parts);
        for (std::size_t i = 0; i < studies.size(); ++i) {
            split[i * i % parts].add(studies[i]);
        }
        auto forwards = evidence_accumulator{};
        auto backwards = evidence_accumulator{};
        for (std::size_t i = 0; i < parts; ++i) {
            forwards += split[i];
            backwards = split[parts - 1 - i] + backwards;
        }
        auto const direct = pool(random_effects{reml{}, hartung_knapp{}}, extended(studies));
        for (auto const& whole : {forwards, backwards}) {
            auto const summary = pool(random_effects{reml{}, hartung_knapp{}}, whole);
            EXPECT_EQ(summary.k, 999u);
            EXPECT_RELATIVE(summary.effect, direct.effect, promised);
            EXPECT_RELATIVE(summary.variance, direct.variance, promised);
            EXPECT_RELATIVE(summary.tau_squared, direct.tau_squared, promised);
        }
        EXPECT_RELATIVE(forwards.smallest_variance(), accumulate(studies).smallest_variance(), 0);
        EXPECT_RELATIVE(forwards.largest_variance(), accumulate(studies).largest_variance(), 0);
    }
}

TEST(EvidenceAccumulator, MergesSitesWhoseEffectsLieFarApart) {
    auto near = simulated(300, 0, 0.5, 0.01, 1);
    auto const far = simulated(500, 1e6, 0.5, 0.01, 1);
    auto const both = accumulate(near) + accumulate(far);
    near.insert(near.end(), far.begin(), far.end());
    auto const direct = heterogeneity(extended(near));
    EXPECT_RELATIVE(heterogeneity(both).q, direct.q, promised);
}

TEST(EvidenceAccumulator, MergesWithItselfAndWithNothing) {
    auto const some = accumulate(simulated(20, 1, 0.5, 0.01, 1));
    EXPECT_EQ(merged(some, evidence_accumulator{}), some.bytes());
    EXPECT_EQ((evidence_accumulator{} + some).size(), 20u);
    auto twice = some;
    twice += twice;
    EXPECT_EQ(twice.bytes(), merged(some, some));
    EXPECT_RELATIVE(heterogeneity(twice).q, 2 * heterogeneity(some).q, promised);
}

TEST(EvidenceAccumulator, ComesBackFromItsBytes) {
    auto const studies = simulated(500, 1e3, 0.5, 1e-9, 1e9);
    auto original = accumulate(studies);
    auto copy = evidence_accumulator::from_bytes(original.bytes());
    EXPECT_EQ(copy.bytes(), original.bytes());
    original.add({7, 3});
    copy.add({7, 3});
    EXPECT_EQ(copy.bytes(), original.bytes());
    EXPECT_EQ(evidence_accumulator::from_bytes(evidence_accumulator{}.bytes()).size(), 0u);
}

TEST(EvidenceAccumulator, HasTheDocumentedByteForm) {
    auto const bytes = accumulate({{2.5, 1.5}, {2.5, 3}, {2.5, 70}}).bytes();
    auto const text = std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    EXPECT_EQ(text.substr(0, 8), "accrueEA");
    auto in = detail::byte_reader{bytes};
    in.word();
    EXPECT_EQ(in.word(), 1u);  // version
    EXPECT_EQ(in.word(), 20u); // points
    EXPECT_EQ(in.word(), 3u);  // studies
    EXPECT_RELATIVE(in.number(), 1.5, 0);
    EXPECT_RELATIVE(in.number(), 70, 0);
    EXPECT_EQ(in.word(), 2u); // bands with studies
    EXPECT_EQ(in.word(), 0u); // variances in [1, 4)
    EXPECT_EQ(in.word(), 2u); // studies
    EXPECT_RELATIVE(in.number(), 2.5, 0);
    double shares = 0;
    for (int j = 0; j < 20; ++j) {
        shares += in.number();
    }
    EXPECT_RELATIVE(shares, 2, 1e-14);
    EXPECT_EQ(bytes.size(), 7u * 8 + 2 * 984);
}

// Qualifies: ACCUMULATOR-1
TEST(EvidenceAccumulator, RefusesBytesThatAreNoAccumulator) {
    auto const bytes = accumulate(simulated(9, 0, 1, 1e-3, 1e3)).bytes();
    for (std::size_t length = 0; length < bytes.size(); length += 8) {
        EXPECT_THROW(static_cast<void>(evidence_accumulator::from_bytes(std::span(bytes).first(length))),
                     invalid_input);
    }
    // Signature, version, points, studies, smallest and largest variance, bands; then index and studies.
    for (std::size_t word = 0; word < 9; ++word) {
        auto altered = bytes;
        altered[8 * word + (word == 4 || word == 5 ? 7 : 0)] ^= std::byte{0x7F};
        EXPECT_THROW(static_cast<void>(evidence_accumulator::from_bytes(altered)), invalid_input)
            << "word " << word;
    }
    auto longer = bytes;
    longer.resize(bytes.size() + 8);
    EXPECT_THROW(static_cast<void>(evidence_accumulator::from_bytes(longer)), invalid_input);
}

TEST(EvidenceAccumulator, RefusesUnusableStudiesAndStaysAsItWas) {
    auto some = accumulate({{1, 2}, {3, 4}});
    auto const before = some.bytes();
    double const nan = std::nan("");
    for (auto const& bad : std::vector<estimate>{
             {nan, 1}, {HUGE_VAL, 1}, {1, 0}, {1, -1}, {1, nan}, {1, HUGE_VAL}, {1, 1e-310}}) {
        EXPECT_THROW(some.add(bad), invalid_input);
    }
    for (auto const& bad : std::vector<estimate>{{1e144, 1}, {-1e200, 1}}) {
        EXPECT_FALSE(evidence_accumulator::takes(bad));
        try {
            some.add(bad);
            FAIL() << "an effect whose square overflows was added";
        } catch (invalid_input const& error) {
            EXPECT_NE(std::string(error.what()).find("effect must be"), std::string::npos);
        }
    }
    EXPECT_EQ(some.bytes(), before);
    EXPECT_THROW(static_cast<void>(pool(common_effect{}, evidence_accumulator{})), invalid_input);
}

// As often as a `std::size_t` counts the studies: 60 times in 64 bits, 28 times in 32.
TEST(EvidenceAccumulator, TakesTheLargestEffectsThroughAnyNumberOfMerges) {
    constexpr int doublings = std::numeric_limits<std::size_t>::digits - 4;
    auto all = accumulate({{1.9e143, 1}, {-1.9e143, 3}, {1.9e143, 1}});
    for (int doubled = 0; doubled < doublings; ++doubled) {
        all += all;
    }
    EXPECT_EQ(evidence_accumulator::from_bytes(all.bytes()).size(), std::size_t{3} << unsigned{doublings});
    auto const fit = inverse_variance_fit(all, 0.0);
    EXPECT_RELATIVE(fit.mean, 1.9e143 * 5 / 7, promised);
    EXPECT_RELATIVE(fit.q(), std::ldexp(1.9e143 * 1.9e143 * 24 / 21, doublings), promised);
}

TEST(EvidenceAccumulator, RefusesMoreStudiesThanCanBeCounted) {
    auto all = accumulate({{1, 1}, {2, 3}});
    for (int doubled = 2; doubled < std::numeric_limits<std::size_t>::digits; ++doubled) {
        all += all; // to half of what can be counted, and a half more
    }
    auto const half = all;
    EXPECT_THROW(all += all, invalid_input);
    EXPECT_THROW(all += half, invalid_input);
    EXPECT_EQ(all.size(), std::size_t{1} << unsigned{std::numeric_limits<std::size_t>::digits - 1});
    EXPECT_EQ(inverse_variance_fit(all, 0.0).mean, inverse_variance_fit(half, 0.0).mean);
}

TEST(EvidenceAccumulator, RefusesNumbersThatAreNotNormalInItsType) {
    auto all = basic_evidence_accumulator<float>{};
    EXPECT_THROW(all.add({1, 1e-40F}), invalid_input);
    EXPECT_THROW(all.add({1e10F, 1}), invalid_input);
    EXPECT_EQ(all.size(), 0u);
    EXPECT_EQ(all.add({1e8F, std::numeric_limits<float>::min()}).size(), 1u);
    EXPECT_THROW(basic_evidence_accumulator<exact>{}.add({1, exact("1e-310")}), invalid_input);
    EXPECT_THROW(basic_evidence_accumulator<exact>{}.add({1, exact("1e310")}), invalid_input);
}

TEST(EvidenceAccumulator, HasThePrecisionOfItsType) {
    auto list = std::vector<basic_estimate<exact>>{};
    auto all = basic_evidence_accumulator<exact>{};
    for (auto const& [effect, variance] : simulated(60, 1e6, 0.5, 1e-3, 1e3)) {
        list.push_back({effect, variance});
        all.add(list.back());
    }
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    EXPECT_RELATIVE(pool(model, all).effect, pool(model, list).effect, 1e-48);
    EXPECT_RELATIVE(pool(model, all).variance, pool(model, list).variance, 1e-42);
    EXPECT_RELATIVE(pool(model, all).tau_squared, pool(model, list).tau_squared, 1e-42);
}

} // namespace
} // namespace accrue::test_evidence_accumulator
