// Effects in clusters and several outcomes, in double and at 50 digits: by the library's own
// templates where they are that, else by plain formulas.

#include "accuracy/studies.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/multivariate.hpp>
#include <accrue/dependence/satterthwaite.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/model/common_effect.hpp>
#include <accrue/model/pool.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

std::vector<int> in_threes(std::size_t const k) {
    auto clusters = std::vector<int>{};
    for (std::size_t i = 0; i < k; ++i) {
        clusters.push_back(static_cast<int>(i / 3));
    }
    return clusters;
}

template <class Real>
void levels(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const estimates = as_estimates(numbers);
    auto const fit = three_level{}(estimates, in_threes(estimates.size()));
    out("three levels, effect", fit.effect);
    out("three levels, variance", fit.variance);
    out("three levels, tau² between", fit.tau_squared_between);
    out("three levels, tau² within", fit.tau_squared_within);
    out("three levels, log-likelihood", fit.log_likelihood);
    auto places = std::vector<Real>{};
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        places.push_back(Real(static_cast<double>(i * i % 7)));
    }
    auto const line = three_level<reml, satterthwaite>{}(
        estimates, basic_moderators<Real>{}.with("place", places), in_threes(estimates.size()));
    out("three levels and a moderator, slope", line.coefficients[1]);
    out("three levels and a moderator, variance of the slope", line.covariance(1, 1));
    out("three levels and a moderator, degrees of freedom", coefficient(line, 1).degrees_of_freedom);
    out("three levels and a moderator, tau² between", line.tau_squared_between);
    out("three levels and a moderator, tau² within", line.tau_squared_within);
    out("three levels and a moderator, log-likelihood", line.log_likelihood);
}

// Liang and Zeger's variance of a common effect.
struct robust {
    void operator()(std::span<double const> const numbers, statistics<double>& out) const {
        auto const estimates = as_estimates(numbers);
        auto const clusters = in_threes(estimates.size());
        auto const common = pool(common_effect{}, estimates);
        out("CR0 of a common effect", cluster_robust(common, estimates, clusters, cr0{}).variance);
        out("CR1 of a common effect", cluster_robust(common, estimates, clusters, cr1{}).variance);
        auto each = std::vector<int>{};
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            each.push_back(static_cast<int>(i));
        }
        out("CR2 of a common effect, clusters of one",
            cluster_robust(common, estimates, each, cr2{}).variance);
    }
    void operator()(std::span<exact const> const numbers, statistics<exact>& out) const {
        auto const estimates = as_estimates(numbers);
        exact weights(0), total(0);
        for (auto const& study : estimates) {
            weights += 1 / study.variance;
            total += study.effect / study.variance;
        }
        exact const mean = total / weights;
        exact sum(0), alone(0), meat(0);
        exact clusters(0);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            exact const weight = 1 / estimates[i].variance;
            exact const score = weight * (estimates[i].effect - mean);
            sum += score;
            alone += score * score / (1 - weight / weights);
            if (i % 3 == 2 || i + 1 == estimates.size()) {
                meat += sum * sum;
                sum = exact(0);
                clusters += 1;
            }
        }
        exact const cr0_variance = meat / weights / weights;
        out("CR0 of a common effect", cr0_variance);
        out("CR1 of a common effect", exact(cr0_variance * clusters / (clusters - 1)));
        out("CR2 of a common effect, clusters of one", exact(alone / weights / weights));
    }
};

// Two outcomes a study, correlated by a half: the means given the covariance that is found.
void outcomes(accuracy_table& table, accuracy_case const& input) {
    auto studies = std::vector<study_outcomes>{};
    for (std::size_t i = 0; i + 3 < input.numbers.size(); i += 4) {
        auto const* const x = input.numbers.data() + i;
        auto covariance = Eigen::MatrixXd(2, 2);
        double const shared = 0.5 * std::sqrt(x[1] * x[3]);
        covariance << x[1], shared, shared, x[3];
        studies.push_back({.effects = {x[0], x[2]}, .covariance = covariance, .outcomes = {}});
    }
    auto const fit = multivariate{}(studies);
    auto given = accuracy_case{
        {fit.between_covariance(0, 0), fit.between_covariance(0, 1), fit.between_covariance(1, 1)},
        input.words};
    for (auto const& study : studies) {
        given.numbers.insert(given.numbers.end(), {study.effects[0], study.effects[1], study.covariance(0, 0),
                                                   study.covariance(0, 1), study.covariance(1, 1)});
    }
    table.compare(
        given,
        [&](std::span<double const>, statistics<double>& out) {
            for (Eigen::Index j = 0; j < 2; ++j) {
                out("two outcomes, effect given the between-study covariance", fit.effects(j));
                out("two outcomes, variance given the between-study covariance", fit.covariance(j, j));
            }
        },
        [](std::span<exact const> const v, statistics<exact>& out) {
            exact one(0), both(0), other(0), first(0), second(0);
            for (std::size_t i = 3; i + 4 < v.size(); i += 5) {
                exact const x = v[i + 2] + v[0];
                exact const xy = v[i + 3] + v[1];
                exact const y = v[i + 4] + v[2];
                exact const determinant = x * y - xy * xy;
                one += y / determinant;
                both -= xy / determinant;
                other += x / determinant;
                first += (y * v[i] - xy * v[i + 1]) / determinant;
                second += (x * v[i + 1] - xy * v[i]) / determinant;
            }
            exact const determinant = one * other - both * both;
            for (bool const is_first : {true, false}) {
                exact const effect =
                    is_first ? exact(other * first - both * second) : exact(one * second - both * first);
                out("two outcomes, effect given the between-study covariance", exact(effect / determinant));
                out("two outcomes, variance given the between-study covariance",
                    exact((is_first ? other : one) / determinant));
            }
        });
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Dependent effects", argc, argv);
    table.allow(
        "three levels and a moderator, degrees of freedom", 1e-6,
        "Where one study has a thousand million times the weight of the others, what the data say of the "
        "variances is what is left of its terms.");
    auto source = study_source(9, 15);
    for (int i = 0; i < table.cases(6); ++i) {
        auto const input = source();
        table.compare(input, robust{});
        if (i < table.cases(2)) {
            table.compare(input, [](auto const numbers, auto& out) { levels(numbers, out); });
        }
    }
    auto ordinary = study_source(6, 10);
    for (int i = 0; i < table.cases(1); ++i) {
        outcomes(table, ordinary());
    }
    return table.finish();
}
