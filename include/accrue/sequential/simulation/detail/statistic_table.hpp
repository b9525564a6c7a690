#pragma once

#include <accrue/batch/pooled_batch.hpp>
#include <accrue/batch/study_batch.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/distribution/student_t.hpp>
#include <accrue/error.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/z_value.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/monitoring/monitored_review.hpp>
#include <accrue/sequential/simulation/executor.hpp>
#include <accrue/sequential/simulation/null_scenario.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace accrue::detail {

/// The statistic of every simulated review at every look, by scenario.
///
/// Mapping t to z costs more than pooling does, and keeps the order: where every review of a look has the
/// same degrees of freedom, the table holds t, and only the boundary is mapped. Numbers are kept as floats;
/// what is compared with a boundary is always the rounded one, so that rounding only blurs, by 6e-8, where
/// the boundary lies. A review that could not be pooled has NaN, which crosses nothing.
class statistic_table {
  public:
    statistic_table(std::size_t const scenarios, std::size_t const looks, std::size_t const replicates)
        : looks_(looks), replicates_(replicates), values_(scenarios * looks * replicates),
          degrees_of_freedom_(looks) {}

    [[nodiscard]] std::span<float> column(std::size_t const scenario, std::size_t const look) {
        return std::span(values_).subspan((scenario * looks_ + look) * replicates_, replicates_);
    }
    [[nodiscard]] std::span<float const> column(std::size_t const scenario, std::size_t const look) const {
        return std::span(values_).subspan((scenario * looks_ + look) * replicates_, replicates_);
    }
    [[nodiscard]] std::size_t replicates() const { return replicates_; }

    /// The degrees of freedom that the statistics of a look refer to; infinite where they are z.
    double& degrees_of_freedom(std::size_t const look) { return degrees_of_freedom_[look]; }

    /// The Z of a statistic of that look.
    [[nodiscard]] double to_z(std::size_t const look, double const statistic) const {
        return is_finite(statistic)
                   ? z_value(pooled{statistic, 1, 0, degrees_of_freedom_[look], 1, status::ok})
                   : statistic;
    }
    /// The statistic of a result, on the scale of that look.
    [[nodiscard]] double from(std::size_t const look, double const statistic, double const df) const {
        double const own = degrees_of_freedom_[look];
        if (!(df < own || df > own)) {
            return statistic;
        }
        double const z = z_value(pooled{statistic, 1, 0, df, 1, status::ok});
        double const size = student_t{own}.upper_quantile(normal::survival(std::abs(z)));
        return z < 0 ? -size : size;
    }

  private:
    std::size_t looks_;
    std::size_t replicates_;
    std::vector<float> values_;
    std::vector<double> degrees_of_freedom_;
};

/// Reviews that are pooled together.
inline constexpr std::size_t simulation_block = 512;

/// What `simulate_block` does for a model that pools tables.
template <class AtLook>
void simulate_tables(monitored_review const& review, null_scenario const& scenario, double const effect,
                     std::uint64_t const seed, std::uint64_t const from, std::size_t const count,
                     AtLook const& at_look) {
    auto drawn = std::vector<two_arms<events>>(review.looks.back());
    auto results = std::vector<pooled_batch>(review.looks.size(), pooled_batch(count));
    for (std::size_t i = 0; i < count; ++i) {
        auto random = random_stream(seed, from + i);
        scenario.draw_tables(random, effect, drawn);
        for (std::size_t look = 0; look < review.looks.size(); ++look) {
            auto const result =
                review.pool_tables(std::span<two_arms<events> const>(drawn).first(review.looks[look]));
            results[look].z[i] = test_statistic(result);
            results[look].degrees_of_freedom[i] = result.degrees_of_freedom;
            results[look].status[i] = result.status;
        }
    }
    for (std::size_t look = 0; look < review.looks.size(); ++look) {
        at_look(look, results[look]);
    }
}

/// Draws the reviews `from`, `from` + 1, ... of a scenario, and calls `at_look` with each look and its
/// results.
template <class AtLook>
void simulate_block(monitored_review const& review, null_scenario const& scenario, double const effect,
                    std::uint64_t const seed, std::uint64_t const from, std::size_t const count,
                    AtLook const& at_look) {
    if (review.pool_tables) {
        simulate_tables(review, scenario, effect, seed, from, count, at_look);
        return;
    }
    auto const trials = review.looks.back();
    auto drawn = std::vector<estimate>(trials);
    auto effects = std::vector<double>(trials * count);
    auto variances = std::vector<double>(trials * count);
    for (std::size_t i = 0; i < count; ++i) {
        auto random = random_stream(seed, from + i);
        scenario.draw(random, effect, drawn);
        for (std::size_t j = 0; j < trials; ++j) {
            effects[j * count + i] = drawn[j].effect;
            variances[j * count + i] = drawn[j].variance;
        }
    }
    auto results = pooled_batch(count);
    for (std::size_t look = 0; look < review.looks.size(); ++look) {
        auto const studies = review.looks[look];
        review.pool_each(study_matrix{std::span<double const>(effects).first(studies * count),
                                      std::span<double const>(variances).first(studies * count), studies},
                         results);
        at_look(look, results);
    }
}

/// Finds the looks at which all results have the same degrees of freedom, from some reviews of the first
/// scenario and the last.
inline void settle_degrees_of_freedom(monitored_review const& review,
                                      std::span<null_scenario const> const scenarios,
                                      std::uint64_t const seed, statistic_table& table) {
    bool first = true;
    for (auto const* const scenario : {&scenarios.front(), &scenarios.back()}) {
        simulate_block(review, *scenario, 0, seed, 0, 16, [&](std::size_t const look, auto const& results) {
            auto& common = table.degrees_of_freedom(look);
            common = first ? results.degrees_of_freedom[0] : common;
            for (auto const df : results.degrees_of_freedom) {
                common = df < common || df > common ? infinity<double>() : common;
            }
        });
        first = false;
    }
}

/// Simulates the reviews of every scenario. Replicate r of each scenario has stream r of the seed, so that
/// the table depends on nothing else, and scenarios are compared on the same random numbers.
inline statistic_table simulate_statistics(monitored_review const& review,
                                           std::span<null_scenario const> const scenarios,
                                           double const effect, std::size_t const replicates,
                                           std::uint64_t const seed, executor const& run,
                                           std::function<void()> const& block_done) {
    auto table = statistic_table(scenarios.size(), review.looks.size(), replicates);
    settle_degrees_of_freedom(review, scenarios, seed, table);
    auto const blocks = (replicates + simulation_block - 1) / simulation_block;
    run(blocks, [&](std::size_t const block) {
        auto const from = block * simulation_block;
        auto const count = (std::min)(simulation_block, replicates - from);
        for (std::size_t scenario = 0; scenario < scenarios.size(); ++scenario) {
            simulate_block(review, scenarios[scenario], effect, seed, from, count,
                           [&](std::size_t const look, pooled_batch const& results) {
                               auto const column = table.column(scenario, look).subspan(from, count);
                               for (std::size_t i = 0; i < count; ++i) {
                                   bool const pooled = results.status[i] == status::ok;
                                   column[i] =
                                       pooled ? static_cast<float>(table.from(look, results.z[i],
                                                                              results.degrees_of_freedom[i]))
                                              : not_a_number<float>();
                               }
                           });
        }
        block_done();
    });
    return table;
}

} // namespace accrue::detail
