// Results have the same bits on any number of threads, and when several threads compute at once: nothing is
// shared that changes. Run under ThreadSanitizer by tests/sanitize.sh.

#include <accrue/accrue.hpp>
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>
#include <accrue/sequential/parallel.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace accrue;

std::vector<estimate> some_studies(std::size_t const k) {
    auto studies = std::vector<estimate>{};
    for (std::size_t i = 0; i < k; ++i) {
        auto const x = static_cast<double>(i);
        studies.push_back({0.3 + std::sin(7 * x), 0.05 + std::abs(std::cos(3 * x))});
    }
    return studies;
}

/// The bits of all that is computed from the same studies, by parts of every kind.
std::vector<std::uint64_t> all_results() {
    auto const studies = some_studies(17);
    auto bits = std::vector<std::uint64_t>{};
    auto const keep = [&](double const x) { bits.push_back(std::bit_cast<std::uint64_t>(x)); };
    auto const model = random_effects{reml{}, kenward_roger{}};
    for (auto const& result : cumulative(model, studies)) {
        keep(result.effect);
        keep(result.variance);
        keep(result.degrees_of_freedom);
    }
    auto const limits = tau_squared_interval(profile_likelihood<>{}, studies, 0.95);
    keep(limits.lower);
    keep(limits.upper);
    for (double const z :
         boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, std::vector{0.2, 0.5, 0.8, 1.0})) {
        keep(z);
    }
    auto const posterior =
        bayesian_random_effects{.mean = normal_prior{0, 2}, .heterogeneity = half_normal{0.5}}(studies);
    keep(posterior.mean().quantile(0.975));
    keep(posterior.tau().mean());
    auto const names = std::vector<std::string>(studies.size(), "Study");
    for (char const letter : svg(plot_of(names, forest_rows(model, studies, 0.95)))) {
        bits.push_back(static_cast<unsigned char>(letter));
    }
    return bits;
}

TEST(Threads, ThatComputeAtOnceGetTheBitsThatOneGets) {
    auto const expected = all_results();
    auto found = std::vector<std::vector<std::uint64_t>>(4);
    auto running = std::vector<std::thread>{};
    for (auto& mine : found) {
        running.emplace_back([&mine] { mine = all_results(); });
    }
    for (auto& thread : running) {
        thread.join();
    }
    for (auto const& mine : found) {
        EXPECT_EQ(mine, expected);
    }
}

TEST(Threads, MayReadOneResultAtOnce) {
    auto const posterior = bayesian_random_effects{.mean = normal_prior{0, 2},
                                                   .heterogeneity = half_normal{0.5}}(some_studies(9));
    auto const tau = posterior.tau();
    auto const mean = posterior.mean();
    double const expected = tau.quantile(0.9) + mean.quantile(0.1);
    auto found = std::vector<double>(4);
    auto running = std::vector<std::thread>{};
    for (auto& mine : found) {
        running.emplace_back([&] { mine = tau.quantile(0.9) + mean.quantile(0.1); });
    }
    for (auto& thread : running) {
        thread.join();
    }
    EXPECT_EQ(found, std::vector<double>(4, expected));
}

TEST(Threads, OfASimulationDoNotChangeIt) {
    auto const fractions = std::vector{0.25, 0.5, 0.75, 1.0};
    auto const series = trial_series{log_normal_variances{.trials = 8}, constant_heterogeneity{0.6}};
    auto const looks =
        symmetric_looks({2, 4, 6, 8}, boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions));
    auto const run = [&](unsigned const threads) {
        return simulate_monitoring(series, random_effects{dersimonian_laird{}}, looks,
                                   {.replicates = 3000, .seed = 5, .run = on_threads{threads}});
    };
    auto const one = run(1);
    for (unsigned const threads : {2U, 3U, 4U, 8U}) {
        auto const several = run(threads);
        EXPECT_EQ(several.stopped_above, one.stopped_above) << threads;
        EXPECT_EQ(several.stopped_below, one.stopped_below) << threads;
    }
}

TEST(Threads, ThatPoolRangesOfABatchGetTheBitsOfTheWhole) {
    std::size_t const items = 240;
    std::size_t const k = 6;
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    for (auto const& study : some_studies(items * k)) {
        effects.push_back(study.effect);
        variances.push_back(study.variance);
    }
    auto const batch = study_matrix{effects, variances, k};
    auto const model = random_effects{reml{}, hartung_knapp{}};
    auto const whole = pool_each(model, batch);
    for (std::size_t const threads : {2U, 3U, 5U}) {
        auto parts = pooled_batch(items);
        auto running = std::vector<std::thread>{};
        for (std::size_t t = 0; t < threads; ++t) {
            // Several are computed at a time; ranges that begin elsewhere agree to rounding.
            auto const bound = [&](std::size_t const i) { return items * i / threads / 8 * 8; };
            running.emplace_back([&, first = bound(t), last = t + 1 == threads ? items : bound(t + 1)] {
                pool_each(model, batch, first, last, parts);
            });
        }
        for (auto& thread : running) {
            thread.join();
        }
        EXPECT_EQ(parts.effect, whole.effect) << threads;
        EXPECT_EQ(parts.variance, whole.variance) << threads;
        EXPECT_EQ(parts.tau_squared, whole.tau_squared) << threads;
    }
}

} // namespace
