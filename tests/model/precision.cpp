// Every statistic of pooling at 50 digits is the reference for the same statistic in double: the worst error
// over random data sets is printed and bounded.

#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/inference.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>
#include <accrue/tau_squared/tau_squared_standard_error.hpp>
#include <accrue/uncertainty.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace accrue::test_model_precision {
namespace {

using exact =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

/// A statistic with the size that its error is measured in.
struct measured {
    exact value;
    exact unit;
};

using statistics = std::map<std::string, measured>;

template <class Real>
statistics all_statistics(std::vector<basic_estimate<Real>> const& estimates, bool const with_generalised_q) {
    auto const studies = detail::as_evidence(estimates);
    exact const typical = exact(typical_variance(estimates));
    statistics result;
    auto const relative = [&](std::string const& name, Real const& value) {
        result[name] = {exact(value), abs(exact(value))};
    };
    auto const in = [&](std::string const& name, Real const& value, exact const& unit) {
        result[name] = {exact(value), unit};
    };
    auto const common = pool(common_effect{}, estimates);
    in("common effect, in SE", common.effect, exact(standard_error(common)));
    relative("common-effect variance", common.variance);
    auto const spread = heterogeneity(estimates);
    relative("Q", spread.q);
    // A tail probability's relative error is that of Q, times Q; below 1e-300 a double has no digits left.
    in("p of Q, in p (1 + Q)", spread.p_value,
       std::max(abs(exact(spread.p_value)), exact(1e-300)) * (exact(spread.q) + 1));
    in("I² from Q", spread.i_squared, exact(1));

    auto const tau_squared = [&](std::string const& name, auto const& estimator) {
        Real const value = estimator(studies).value;
        in("tau² " + name + ", in tau² + s²", value, exact(value) + typical);
        relative("SE of tau² " + name, estimator.standard_error(studies, value));
    };
    tau_squared("DerSimonian-Laird", dersimonian_laird{});
    tau_squared("Hedges-Olkin", hedges_olkin{});
    tau_squared("Hunter-Schmidt", hunter_schmidt{});
    tau_squared("generalised Q", generalised_q{});
    tau_squared("two-step", two_step{});
    tau_squared("Sidik-Jonkman", sidik_jonkman{});
    tau_squared("Paule-Mandel", paule_mandel{});
    tau_squared("median-unbiased Paule-Mandel", median_unbiased_paule_mandel{});
    tau_squared("maximum likelihood", maximum_likelihood{});
    tau_squared("REML", reml{});

    auto const random = pool(random_effects{reml{}, wald{}}, estimates);
    in("random effect, in SE", random.effect, exact(standard_error(random)));
    relative("Wald variance", random.variance);
    relative("Hartung-Knapp variance", pool(random_effects{reml{}, hartung_knapp{}}, estimates).variance);
    auto const adjusted = pool(random_effects{reml{}, kenward_roger{}}, estimates);
    relative("Kenward-Roger variance", adjusted.variance);
    relative("Kenward-Roger degrees of freedom", adjusted.degrees_of_freedom);
    relative("unweighted variance", pool(weighted_average{}, estimates).variance);
    auto const ci = confidence_interval(random, 0.95);
    in("confidence limit, in width", ci.lower, exact(ci.width()));
    Real const z = test_statistic(random);
    in("log p, in 1 + z²", log_p_value(random), exact(1 + z * z));
    in("D²", diversity(estimates, random_effects{reml{}}), exact(1));
    in("R_b", between_study_share(estimates, random_effects{reml{}}), exact(1));
    in("I² from tau²", i_squared_from_tau_squared(random.tau_squared, estimates), exact(1));
    in("log-likelihood, in k", log_likelihood(estimates, random.tau_squared), exact(estimates.size()));
    in("restricted log-likelihood, in k", restricted_log_likelihood(estimates, random.tau_squared),
       exact(estimates.size()));

    auto const limits = [&](std::string const& name, auto const& method) {
        auto const set = tau_squared_interval(method, estimates, 0.95);
        in(name + " lower limit, in tau² + s²", set.lower, exact(set.lower) + typical);
        in(name + " upper limit, in tau² + s²", set.upper, exact(set.upper) + typical);
    };
    limits("Q-profile", q_profile{});
    if (with_generalised_q) {
        limits("generalised Q", generalised_q_profile<>{.tolerance = 1e-16});
    }
    limits("profile likelihood", profile_likelihood<>{.tolerance = 1e-16});
    return result;
}

std::vector<basic_estimate<exact>> with_fifty_digits(std::vector<estimate> const& studies) {
    std::vector<basic_estimate<exact>> result;
    for (auto const& study : studies) {
        result.push_back({exact(study.effect), exact(study.variance)});
    }
    return result;
}

std::vector<estimate> random_studies(std::mt19937_64& generator, double const orders_of_magnitude) {
    auto const k = std::uniform_int_distribution<std::size_t>(3, 40)(generator);
    auto exponent = std::uniform_real_distribution<>(-orders_of_magnitude / 2, orders_of_magnitude / 2);
    auto normal_deviate = std::normal_distribution<>();
    double const tau = std::exp(std::uniform_real_distribution<>(-3, 2)(generator));
    double const offset = 3 * normal_deviate(generator);
    std::vector<estimate> studies;
    for (std::size_t i = 0; i < k; ++i) {
        double const variance = std::pow(10, exponent(generator));
        studies.push_back({offset + std::sqrt(variance + tau * tau) * normal_deviate(generator), variance});
    }
    return studies;
}

/// The worst error of each statistic over `sets` random data sets, in the statistic's unit.
std::map<std::string, double> worst_errors(double const orders_of_magnitude, int const sets) {
    auto generator = std::mt19937_64(20240229);
    std::map<std::string, double> worst;
    for (int set = 0; set < sets; ++set) {
        auto const studies = random_studies(generator, orders_of_magnitude);
        // It takes seconds at 50 digits.
        bool const with_generalised_q = set < 1;
        auto const reference = all_statistics(with_fifty_digits(studies), with_generalised_q);
        for (auto const& [name, found] : all_statistics(studies, with_generalised_q)) {
            auto const& expected = reference.at(name);
            double const error = expected.unit > 0
                                     ? static_cast<double>(abs(found.value - expected.value) / expected.unit)
                                     : static_cast<double>(abs(found.value - expected.value));
            worst[name] = std::max(worst[name], error);
        }
    }
    return worst;
}

// Qualifies: POOL-5
TEST(PoolingPrecision, OfEveryStatisticAgainstFiftyDigits) {
    auto const near = worst_errors(2, 20);
    auto const far = worst_errors(6, 20);
    std::cout << "worst error of double against 50 digits; variances over 2 and over 6 orders of magnitude\n"
              << std::scientific << std::setprecision(1);
    for (auto const& [name, error] : near) {
        std::cout << "    " << error << "  " << far.at(name) << "  " << name << '\n';
        EXPECT_LT(error, 1e-13) << name;
        EXPECT_LT(far.at(name), 1e-12) << name;
    }
}

/// Standard errors of tau² and what Kenward and Roger make of it, at a given tau²: forms in which the weight
/// of a dominating study cancels.
template <class Real>
statistics of_traces(std::vector<basic_estimate<Real>> const& estimates, double const at) {
    auto const studies = detail::as_evidence(estimates);
    Real const tau_squared(at);
    statistics result;
    auto const relative = [&](std::string const& name, Real const& value) {
        result[name] = {exact(value), abs(exact(value))};
    };
    relative("SE of REML", reml{}.standard_error(studies, tau_squared));
    relative("SE of DerSimonian-Laird", dersimonian_laird{}.standard_error(studies, tau_squared));
    relative("SE of generalised Q", generalised_q{}.standard_error(studies, tau_squared));
    relative("SE of generalised Q with weights of one's own",
             generalised_q{user_weights{{1e9, 1, 2, 0.5}}}.standard_error(studies, tau_squared));
    relative("SE of two-step", two_step{}.standard_error(studies, tau_squared));
    relative("SE of Sidik-Jonkman", sidik_jonkman{}.standard_error(studies, tau_squared));
    auto const adjusted =
        pool(random_effects{basic_fixed_tau_squared<Real>{tau_squared}, kenward_roger{}}, estimates);
    relative("Kenward-Roger variance", adjusted.variance);
    relative("Kenward-Roger degrees of freedom", adjusted.degrees_of_freedom);
    auto const half = estimates.size() / 2;
    auto const groups = grouped_evidence<Real>({detail::as_evidence(std::span(estimates).first(half)),
                                                detail::as_evidence(std::span(estimates).subspan(half))});
    relative("SE of REML in groups", reml{}.standard_error(groups, tau_squared));
    relative("SE of DerSimonian-Laird in groups", dersimonian_laird{}.standard_error(groups, tau_squared));
    return result;
}

TEST(PoolingPrecision, OfTracesUnderAStudyWithNearlyAllTheWeight) {
    std::map<std::string, double> worst;
    for (double const smallest : {1e-1, 1e-3, 1e-6, 1e-12, 1e-30}) {
        auto const one = std::vector<estimate>{{0.7, smallest}, {5, 1}, {-3, 1}, {2, 2}};
        auto const last = std::vector<estimate>{{5, 1}, {-3, 1}, {2, 2}, {0.7, smallest}};
        // Two of the same precision share the weight; of two precise ones the second dominates the rest.
        auto const several = std::vector<estimate>{{0.7, smallest}, {0.8, smallest}, {5, 1}, {2, 2}};
        auto const steps = std::vector<estimate>{{0.7, smallest}, {5, std::sqrt(smallest)}, {-3, 1}, {2, 2}};
        for (auto const& studies : {one, last, several, steps}) {
            for (double const tau_squared : {0.0, smallest / 10, std::sqrt(smallest) / 10, 0.3}) {
                auto const expected = of_traces(with_fifty_digits(studies), tau_squared);
                for (auto const& [name, found] : of_traces(studies, tau_squared)) {
                    auto const& reference = expected.at(name);
                    double const error =
                        static_cast<double>(abs(found.value - reference.value) / reference.unit);
                    EXPECT_LT(error, 1e-13)
                        << name << " at " << smallest << " and tau squared " << tau_squared;
                    worst[name] = std::max(worst[name], error);
                }
            }
        }
    }
    for (auto const& [name, error] : worst) {
        std::cout << "    " << std::scientific << std::setprecision(1) << error << "  " << name << '\n';
    }
}

// Lists are summed in blocks, runs of blocks and, from 16,385 studies on, halves of runs.
TEST(PoolingPrecision, OfMoreStudiesThanAreSummedInOneRun) {
    auto generator = std::mt19937_64(7);
    auto draw = std::normal_distribution<double>();
    for (std::size_t const k : {16'384U, 16'385U, 40'001U}) {
        auto studies = std::vector<estimate>(k);
        for (auto& study : studies) {
            study = {0.3 + draw(generator), std::exp(draw(generator))};
        }
        exact weights(0);
        exact weighted(0);
        exact squared_weights(0);
        for (auto const& [effect, variance] : studies) {
            exact const weight = 1 / exact(variance);
            weights += weight;
            weighted += weight * effect;
            squared_weights += weight * weight;
        }
        exact const mean = weighted / weights;
        exact q(0);
        for (auto const& [effect, variance] : studies) {
            q += (effect - mean) * (effect - mean) / exact(variance);
        }
        exact const tau_squared = (q - (k - 1)) / (weights - squared_weights / weights);
        auto const relative = [](double const found, exact const& expected) {
            return static_cast<double>(abs((found - expected) / expected));
        };
        auto const common = pool(common_effect{}, studies);
        EXPECT_LT(relative(common.effect, mean), 1e-14) << k;
        EXPECT_LT(relative(common.variance, 1 / weights), 1e-14) << k;
        EXPECT_LT(relative(heterogeneity(studies).q, q), 1e-14) << k;
        EXPECT_LT(relative(pool(random_effects{dersimonian_laird{}}, studies).tau_squared, tau_squared),
                  1e-13)
            << k;
    }
}

} // namespace
} // namespace accrue::test_model_precision
