// Prints results of every folder, a name and a number a line: what tests/agreement.sh compares between ways
// to compile.

#include <accrue/accrue.hpp>
#include <accrue/dependence.hpp>
#include <accrue/regression.hpp>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace accrue;

void print(char const* const name, double const value) {
    std::printf("%s %.17g\n", name, value);
}

std::vector<estimate> studies() {
    return {{-0.889, 0.326}, {-1.585, 0.195}, {-1.348, 0.415}, {-1.442, 0.020}, {-0.218, 0.051},
            {-0.786, 0.007}, {-1.621, 0.223}, {0.012, 0.004},  {-0.469, 0.056}, {-1.371, 0.073},
            {-0.339, 0.012}, {0.446, 0.533},  {-0.017, 0.071}};
}

/// Twelve sets of such studies, each with larger effects than the one before.
struct batch_of_studies {
    std::vector<double> effects;
    std::vector<double> variances;
    std::size_t studies;

    [[nodiscard]] study_matrix matrix() const { return {effects, variances, studies}; }
};

batch_of_studies many() {
    auto batch = batch_of_studies{{}, {}, studies().size()};
    for (auto const& study : studies()) {
        for (int set = 0; set < 12; ++set) {
            batch.effects.push_back(study.effect * (1 + 0.01 * set));
            batch.variances.push_back(study.variance);
        }
    }
    return batch;
}

moderators years() {
    auto values = std::vector<double>{};
    for (std::size_t i = 0; i < studies().size(); ++i) {
        values.push_back(1950 + 3.0 * static_cast<double>(i * i % 13));
    }
    return moderators{}.with("year", values);
}

void pooling() {
    auto const y = studies();
    auto const all = [&](char const* const name, auto const& model) {
        auto const result = pool(model, y);
        print(name, result.effect);
        print(name, result.variance);
        print(name, result.tau_squared);
        print(name, p_value(result));
        print(name, prediction_interval(result, 0.95).lower);
    };
    all("reml", random_effects{reml{}});
    all("reml-kenward-roger", random_effects{reml{}, kenward_roger{}});
    all("maximum-likelihood", random_effects{maximum_likelihood{}, hartung_knapp{}});
    all("paule-mandel", random_effects{paule_mandel{}, hartung_knapp{}});
    all("sidik-jonkman", random_effects{sidik_jonkman{}});
    auto const limits = tau_squared_interval(profile_likelihood<>{}, y, 0.95);
    print("profile-likelihood", limits.lower);
    print("profile-likelihood", limits.upper);
    print("henmi-copas", confidence_interval(pool(henmi_copas{}, y), 0.95).upper);
    auto sums = evidence_accumulator{};
    for (auto const& study : y) {
        sums.add(study);
    }
    print("accumulator", pool(random_effects{reml{}}, sums).effect);
    auto const batch = many();
    for (double const effect : pool_each(random_effects{reml{}}, batch.matrix()).effect) {
        print("batch", effect);
    }
    auto const posterior =
        bayesian_random_effects{.mean = normal_prior{0, 2}, .heterogeneity = half_normal{0.5}}(y);
    print("posterior", posterior.mean().quantile(0.975));
    print("posterior", posterior.tau().mean());
    print("posterior", posterior.log_marginal_likelihood);
    print("egger", egger_test{}(y).p_value);
}

void regressions() {
    auto const print_all = [](char const* const name, auto const& numbers) {
        for (double const number : numbers) {
            print(name, number);
        }
    };
    auto const y = studies();
    print_all("regression",
              meta_regression(random_effects{reml{}, kenward_roger{}}, y, years()).coefficients);
    auto const batch = many();
    print_all("batch-of-regressions",
              regress_each(random_effects{reml{}}, batch.matrix(), years()).coefficients);
    print_all("location-scale", location_scale{}(y, years(), years()).location.coefficients);
}

void dependent_effects() {
    auto const y = studies();
    auto const study = std::vector{1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 6};
    auto const nested = three_level{reml{}, satterthwaite{}}(y, study);
    print("three-levels", nested.effect);
    print("three-levels", confidence_interval(nested, 0.95).lower);
    auto const all = correlated(y, study, constant_correlation{0.6});
    auto const robust = cluster_robust(hierarchical_effects{}(all), study, cr2{});
    print("cluster-robust", robust.effect);
    print("cluster-robust", robust.variance);
    auto outcomes = std::vector<study_outcomes>{};
    for (std::size_t i = 0; i + 1 < y.size(); i += 2) {
        double const covariance = 0.5 * std::sqrt(y[i].variance * y[i + 1].variance);
        outcomes.push_back(
            {.effects = {y[i].effect, y[i + 1].effect},
             .covariance = Eigen::MatrixXd{{y[i].variance, covariance}, {covariance, y[i + 1].variance}}});
    }
    auto const fit = multivariate{}(outcomes);
    print("multivariate", fit.outcome(0).effect);
    print("multivariate", fit.outcome(1).variance);
}

void trials() {
    auto const all = std::vector<two_arms<events>>{
        {{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{3, 231}, {11, 220}}, {{62, 1367}, {98, 1345}}};
    print("mantel-haenszel", pool(mantel_haenszel{}, all).effect);
    print("mantel-haenszel", pool(mantel_haenszel{log_risk_ratio{}}, all).variance);
    print("peto", pool(peto{}, all).effect);
    print("exact", pool(exact_odds_ratio{}, all).effect);
    print("binomial-normal", pool(binomial_normal{}, all).effect);
    for (auto const& trial : all) {
        print("odds-ratio", log_odds_ratio{}(trial).variance);
        print("yule", yules_y{}(trial).effect);
    }
    print("hedges", standardized_mean_difference{}(two_arms<arm>{{20, 1.3, 2.1}, {23, 0.4, 1.8}}).effect);
}

void sequential() {
    auto const fractions = std::vector{0.1, 0.25, 0.5, 0.75, 1.0};
    for (double const z : boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions)) {
        print("obrien-fleming", z);
    }
    auto const both = boundaries(one_sided{0.025}, lan_demets_pocock{},
                                 futility{0.1, lan_demets_obrien_fleming{}}, fractions);
    print("futility", both.drift);
    for (double const z : both.bounds.lower) {
        print("futility", z);
    }
    print("power",
          power(efficacy_boundaries(two_sided{0.05}, kim_demets{.rho = 2}, fractions), fractions, 3.2));
    print("size", required_information_size(mean_difference_target{.difference = 0.3, .sd = 1.5},
                                            two_sided{0.05}, 0.9)
                      .participants);
}

} // namespace

int main() {
    pooling();
    regressions();
    dependent_effects();
    trials();
    sequential();
}
