// Selection models of studies of which one is far more precise than the spread of the effects: its
// distribution covers thousands of its standard errors.

#include "support/relative.hpp"
#include <accrue/distribution/normal.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/small_study/detail/selection_likelihood.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <boost/math/quadrature/gauss.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace accrue::test_small_study_precise_studies {
namespace {

/// log of the integral of the weights over N(centre, spread²) on the scale x = y / se: panels of 1 wherever
/// the density is not below e^-100 of its peak; slow and plain.
template <class Weights>
double log_integral(std::vector<double> const& parameters, double const centre, double const spread) {
    auto const at = [&](double const x) {
        auto const p = detail::log_probability<double>{normal::log_survival(x), normal::log_survival(-x)};
        double const z = (x - centre) / spread;
        return std::exp(Weights::template log_weight_at<double>(p, parameters.data()).value - z * z / 2);
    };
    double total = 0;
    auto const first = static_cast<long>(std::floor(centre - 15 * spread));
    auto const last = static_cast<long>(std::ceil(centre + 15 * spread));
    for (long from = first; from < last; ++from) {
        auto const left = static_cast<double>(from);
        total += boost::math::quadrature::gauss<double, 20>::integrate(at, left, left + 1);
    }
    return std::log(total) - std::log(2 * detail::boost_pi<double>()) / 2 - std::log(spread);
}

template <class Weights>
void expect_integral(std::vector<double> const& parameters, double const centre, double const spread) {
    auto const weighting = detail::selection_weighting<double>::of(Weights{}, selects_positive{});
    auto const studies = std::vector<estimate>{{centre, 1}};
    auto const columns = std::vector<std::vector<double>>{{1}};
    auto likelihood = detail::selection_likelihood<double>(weighting, studies, columns);
    auto point = std::vector<double>{centre, spread * spread - 1};
    point.insert(point.end(), parameters.begin(), parameters.end());
    auto const p =
        detail::log_probability<double>{normal::log_survival(centre), normal::log_survival(-centre)};
    double const expected = Weights::template log_weight_at<double>(p, parameters.data()).value -
                            std::log(2 * detail::boost_pi<double>()) / 2 - std::log(spread) -
                            log_integral<Weights>(parameters, centre, spread);
    auto const found = likelihood(point);
    // to 1e-12 of the integral, and to rounding of the weight at the effect
    double const rounding = 1e-12 * (1 + std::abs(expected));
    EXPECT_NEAR(found.value, expected, rounding) << centre << ' ' << spread << ' ' << parameters.front();
    for (std::size_t i = 0; i < (weighting.parameters > 1 ? 2 : point.size());
         ++i) { // derivatives are those of the value
        auto above = point;
        auto below = point;
        double const step = 1e-4 * (i == 0 ? spread : i == 1 ? spread * spread : point[i]);
        above[i] += step;
        below[i] -= step;
        double const difference = likelihood.value_at(above) - likelihood.value_at(below);
        EXPECT_NEAR(2 * step * found.gradient[i], difference, 1e-7 * std::abs(difference) + 20 * rounding)
            << i << ' ' << centre << ' ' << spread << ' ' << parameters.front();
    }
}

TEST(SelectionIntegral, OfADistributionThousandsOfStandardErrorsWideHasAllDigits) {
    for (double const spread : {1.5, 31.0, 33.0, 300.0}) {
        for (double const z : {-3.0, 0.4, 2.5}) {
            double const centre = z * spread;
            for (double const d : {0.3, 80.0}) {
                expect_integral<negative_exponential_weights>({d}, centre, spread);
                expect_integral<half_normal_weights>({d}, centre, spread);
                expect_integral<logistic_weights>({d}, centre, spread);
                expect_integral<power_weights>({d}, centre, spread);
            }
            // weights that are parabolas far out, of about the width of the distribution and others
            for (double const bend : {0.01, 0.8, 3.0, 50.0}) {
                expect_integral<beta_weights>({1 + bend / spread / spread, 1.3}, centre, spread);
                expect_integral<beta_weights>({1.2, 1 + bend / spread / spread}, centre, spread);
            }
            expect_integral<beta_weights>({1 - 0.5 / spread / spread, 2}, centre, spread);
        }
    }
}

/// The studies of which the first becomes ever more precise.
std::vector<estimate> with_first(double const variance) {
    return {{0.26, variance}, {1.06, 0.1}, {0.43, 0.18}, {1.56, 0.035}, {1.5, 0.1}};
}

TEST(SelectionModel, BesideAPreciseStudyIsWhatIndependentIntegralsSay) {
    // Found by another program's quadrature (Gauss-Legendre on the scale of z) and search; metafor 3.8 agrees
    // to 3e-5.
    auto const studies = with_first(1e-6);
    auto const exponential = selection_model{negative_exponential_weights{}}(studies);
    ASSERT_EQ(exponential.status, status::ok);
    EXPECT_NEAR(exponential.log_likelihood, -3.77701, 5e-6);
    EXPECT_NEAR(exponential.pooled.effect, 0.5176, 5e-5);
    EXPECT_NEAR(exponential.pooled.tau_squared, 0.5301, 5e-5);
    EXPECT_NEAR(exponential.weights[0], 4.790, 5e-4);
    EXPECT_NEAR(exponential.likelihood_ratio.statistic, 0.784, 5e-4);
    EXPECT_NEAR(selection_model{half_normal_weights{}}(studies).log_likelihood, -3.61782, 5e-6);
    EXPECT_NEAR(selection_model{power_weights{}}(studies).log_likelihood, -3.70923, 5e-6);
    auto const either = selection_model{power_weights{}, selects_either{}}(studies);
    EXPECT_NEAR(either.log_likelihood, -4.04650, 5e-6);
    EXPECT_NEAR(either.pooled.effect, 0.8871, 5e-5);
}

template <class Model>
void expect_a_limit(Model const& model) {
    auto const limit = model(with_first(1e-20));
    ASSERT_EQ(limit.status, status::ok);
    double const upper = model.mean_interval(with_first(1e-20), 0.95).upper;
    for (double const variance : {1e-7, 1e-12}) {
        auto const fit = model(with_first(variance));
        EXPECT_EQ(fit.status, status::ok) << variance;
        // what changes is of the order of the standard error
        double const allowed = 10 * std::sqrt(variance) + 1e-8;
        EXPECT_NEAR(fit.log_likelihood, limit.log_likelihood, allowed) << variance;
        EXPECT_NEAR(fit.pooled.effect, limit.pooled.effect, allowed) << variance;
        EXPECT_NEAR(model.mean_interval(with_first(variance), 0.95).upper, upper, allowed) << variance;
    }
}

TEST(SelectionModel, TendsToALimitAsAStudyBecomesExact) {
    expect_a_limit(selection_model{negative_exponential_weights{}});
    expect_a_limit(selection_model{half_normal_weights{}});
    expect_a_limit(selection_model{logistic_weights{}});
    expect_a_limit(selection_model{power_weights{}});
    expect_a_limit(selection_model{power_weights{}, selects_either{}});
}

template <class Weights>
void expect_no_lower_than_plain(std::vector<estimate> const& studies) {
    double const plain =
        log_likelihood(studies, pool(random_effects{maximum_likelihood{}}, studies).tau_squared);
    for (auto const& fit :
         {selection_model{Weights{}}(studies), selection_model{Weights{}, selects_either{}}(studies)}) {
        if (fit.status == status::ok) {
            EXPECT_GE(fit.log_likelihood, plain - 1e-9 * (1 + std::abs(plain)));
        }
    }
}

TEST(SelectionModel, IsNeverOkBelowTheLikelihoodWithoutSelection) {
    auto random = std::mt19937_64(3); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same data in every run
    auto const uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (int set = 0; set < 12; ++set) {
        auto studies = std::vector<estimate>{};
        for (int i = 0; i < 4 + set; ++i) {
            studies.push_back({3 * uniform() - 0.8, std::exp(-1 - 3 * uniform())});
        }
        studies[0].variance = std::pow(10, -3 - 8 * uniform());
        expect_no_lower_than_plain<negative_exponential_weights>(studies);
        expect_no_lower_than_plain<half_normal_weights>(studies);
        expect_no_lower_than_plain<power_weights>(studies);
        expect_no_lower_than_plain<step_weights>(studies);
    }
}

// All p-values are next to 0: there is no selection to be seen, as long as the integrals reach there.
TEST(SelectionModel, OfStudiesFartherThanIntegralsReachIsNotOk) {
    for (double const z : {300.0, 2400.0, 2600.0, 1e4, 1e8}) {
        auto studies = std::vector<estimate>{};
        for (double const x : {0.3, -1.1, 0.8, 1.5, -0.6, 0.1}) {
            studies.push_back({1 + x / z, 1 / (z * z)});
        }
        auto const expect = [&](auto const& model) {
            auto const fit = model(studies);
            auto const plain = pool(random_effects{maximum_likelihood{}}, studies);
            if (z > 2500) {
                EXPECT_NE(fit.status, status::ok) << z;
            } else if (fit.status == status::ok) {
                EXPECT_RELATIVE(fit.pooled.effect, plain.effect, 1e-12);
                EXPECT_RELATIVE(fit.log_likelihood, log_likelihood(studies, plain.tau_squared), 1e-10);
            }
        };
        expect(selection_model{negative_exponential_weights{}});
        expect(selection_model{power_weights{}});
    }
    // beta weights, whose starts are elsewhere, end far below the plain likelihood
    auto const fit = selection_model{beta_weights{}}(std::vector<estimate>{{1.00003, 1e-8},
                                                                           {0.99989, 1e-8},
                                                                           {1.00008, 1e-8},
                                                                           {1.00015, 1e-8},
                                                                           {0.99994, 1e-8},
                                                                           {1.00001, 1e-8}});
    EXPECT_EQ(fit.status, status::not_converged);
    EXPECT_EQ(fit.message, "the search ended where the likelihood is lower than without selection");
}

} // namespace
} // namespace accrue::test_small_study_precise_studies
