// accrue's side of regressions.R: reads lines "effect variance x z cluster" from the file that is named, and
// prints a line of numbers for each thing that is timed there, the processor seconds last.

#include <accrue/dependence/three_level.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/permutation_test.hpp>
#include <accrue/regression/regress_each.hpp>
#include <accrue/regression/selection_regression.hpp>
#include <accrue/small_study/begg_test.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/trim_and_fill.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

namespace {

double sink = 0;

/// Processor seconds of one call, the least of three rounds.
template <class Call>
double seconds(int const repetitions, Call const& call) {
    double least = 1e300;
    for (int round = 0; round < 3; ++round) {
        auto const start = std::clock();
        for (int i = 0; i < repetitions; ++i) {
            sink += call();
        }
        double const taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / repetitions;
        least = taken < least ? taken : least;
    }
    return least;
}

void print(char const* const name, std::vector<double> const& numbers) {
    std::printf("%s", name);
    for (double const number : numbers) {
        std::printf(" %.17g", number);
    }
    std::printf("\n");
}

} // namespace

int main(int const count, char** const arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: regressions_peer FILE\n");
        return 1;
    }
    auto file = std::ifstream(arguments[1]);
    auto estimates = std::vector<accrue::estimate>{};
    auto x = std::vector<double>{};
    auto z = std::vector<double>{};
    auto clusters = std::vector<int>{};
    auto study = accrue::estimate{0, 0};
    double xi = 0, zi = 0;
    for (int cluster = 0; file >> study.effect >> study.variance >> xi >> zi >> cluster;) {
        estimates.push_back(study);
        x.push_back(xi);
        z.push_back(zi);
        clusters.push_back(cluster);
    }
    auto const first = [](auto const& list, std::size_t const size) {
        return std::vector(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(size));
    };
    for (std::size_t const size : {std::size_t{13}, std::size_t{1000}, std::size_t{10000}}) {
        auto const studies = first(estimates, size);
        auto const given = accrue::moderators{}.with("x", first(x, size));
        auto const call = [&] {
            return accrue::meta_regression(accrue::random_effects{}, studies, given).coefficients[1];
        };
        auto const fit = accrue::meta_regression(accrue::random_effects{}, studies, given);
        print(("regression" + std::to_string(size)).c_str(),
              {fit.coefficients[1], fit.covariance(1, 1), fit.tau_squared,
               seconds(size > 1000 ? 30 : 3000, call)});
    }
    {
        auto const studies = first(estimates, 1000);
        auto const given = accrue::moderators{}.with("x", first(x, 1000)).with("z", first(z, 1000));
        auto const labels = first(clusters, 1000);
        auto const fit = accrue::three_level{}(studies, given, labels);
        print("three_level",
              {fit.coefficients[1], fit.covariance(1, 1), fit.tau_squared_between, fit.tau_squared_within,
               seconds(30, [&] { return accrue::three_level{}(studies, given, labels).coefficients[1]; })});
    }
    {
        auto const studies = first(estimates, 100);
        auto const given = accrue::moderators{}.with("x", first(x, 100));
        auto const model = accrue::selection_model{accrue::step_weights{{0.025}}};
        auto const fit = accrue::meta_regression(model, studies, given);
        print("selection", {fit.coefficients[1], fit.covariance(1, 1), fit.tau_squared, seconds(30, [&] {
                                return accrue::meta_regression(model, studies, given).coefficients[1];
                            })});
    }
    {
        auto const studies = first(estimates, 100);
        auto const egger = accrue::egger_test{accrue::by_standard_error{}, accrue::additive_dispersion{}};
        auto const test = egger(studies);
        print("egger",
              {test.statistic, test.tau_squared, seconds(300, [&] { return egger(studies).statistic; })});
        auto const begg = accrue::begg_test{accrue::normal_rank_distribution{}};
        auto const ranks = begg(studies);
        print("begg", {ranks.tau, ranks.p_value, seconds(300, [&] { return begg(studies).tau; })});
        auto const fill = accrue::trim_and_fill{};
        auto const filled = fill(accrue::common_effect{}, studies);
        print("trim_and_fill", {static_cast<double>(filled.added), filled.pooled.effect, seconds(300, [&] {
                                    return fill(accrue::common_effect{}, studies).pooled.effect;
                                })});
    }
    {
        auto const studies = first(estimates, 7);
        auto const given = accrue::moderators{}.with("x", first(x, 7));
        auto const model = accrue::random_effects{accrue::dersimonian_laird{}};
        auto const test = accrue::permutation_test(model, studies, given);
        print("permutation", {test.p_values[0], test.p_values[1], seconds(3, [&] {
                                  return accrue::permutation_test(model, studies, given).p_values[1];
                              })});
    }
    {
        // A million regressions of 20 studies on two moderators; study s of regression i at s * 1e6 + i.
        std::size_t const k = 20, regressions = 1000000;
        auto effects = std::vector<double>(k * regressions);
        auto variances = std::vector<double>(k * regressions);
        for (std::size_t i = 0; i < effects.size(); ++i) {
            std::size_t const from = i * 7919 % estimates.size();
            effects[i] = estimates[from].effect;
            variances[i] = estimates[from].variance;
        }
        auto const given = accrue::moderators{}.with("x", first(x, k)).with("z", first(z, k));
        auto const start = std::clock();
        auto const fits = accrue::regress_each(accrue::random_effects{},
                                               accrue::study_matrix{effects, variances, k}, given);
        print("batch", {fits.coefficients[0], static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC});
    }
    return sink < 0 || sink >= 0 ? 0 : 1;
}
