// Regressions differentiate: Boost's automatic derivatives with respect to each study's effect, variance and
// moderator agree with difference quotients at 50 digits.

#include "support/derivatives.hpp"

#include <accrue/regression/meta_regression.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <accrue/tau_squared/hedges_olkin.hpp>
#include <accrue/tau_squared/paule_mandel.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/uncertainty.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace accrue::test_regression_derivatives {
namespace {

// Effect, variance and year of each study in turn.
std::vector<double> const input = {0.31, 0.04, 1991, -0.22, 0.09, 1994, 0.75,  0.15, 2003, 0.12, 0.02, 1999,
                                   1.10, 0.30, 2010, 0.44,  0.05, 2007, -0.05, 0.11, 1996, 0.90, 0.07, 2012};

template <class Real, class Model>
std::vector<Real> numbers_of(std::vector<Real> const& x, Model const& model) {
    auto estimates = std::vector<basic_estimate<Real>>{};
    auto years = std::vector<Real>{};
    for (std::size_t i = 0; i + 2 < x.size(); i += 3) {
        estimates.push_back({x[i], x[i + 1]});
        years.push_back(x[i + 2]);
    }
    auto const fit = meta_regression(model, estimates, basic_moderators<Real>{}.with("year", years));
    auto result = std::vector<Real>{fit.tau_squared, fit.q, fit.typical_variance};
    for (std::size_t j = 0; j < 2; ++j) {
        result.push_back(coefficient(fit, j).effect);
        result.push_back(coefficient(fit, j).variance);
    }
    auto const at = linear_combination(fit, std::vector<Real>{Real(1), Real(2001)});
    result.push_back(at.effect);
    result.push_back(at.variance);
    return result;
}

/// \param make tolerance -> model. At 50 digits an iteration has to end at more digits than a quotient takes.
template <class Make>
void expect_derivatives_by(std::string const& name, Make const& make) {
    test::expect_derivatives(name, input, [&](auto const& x) {
        using Real = std::remove_cvref_t<decltype(x[0])>;
        return numbers_of(x, make(std::same_as<Real, test::dual> ? 1e-10 : 1e-35));
    });
}

template <class Estimator>
Estimator ending_at(double const tolerance) {
    auto estimator = Estimator{};
    estimator.tolerance = tolerance;
    return estimator;
}

TEST(MetaRegression, Differentiates) {
    expect_derivatives_by("common effect", [](double) { return common_effect{}; });
    expect_derivatives_by("DerSimonian-Laird", [](double) {
        return random_effects{dersimonian_laird{}, hartung_knapp{}};
    });
    expect_derivatives_by("Hedges-Olkin, Kenward-Roger", [](double) {
        return random_effects{hedges_olkin{}, kenward_roger{}};
    });
    expect_derivatives_by("REML", [](double const tolerance) {
        return random_effects{ending_at<reml>(tolerance), wald{}};
    });
    expect_derivatives_by("Paule-Mandel", [](double const tolerance) {
        return random_effects{ending_at<paule_mandel>(tolerance), hartung_knapp{}};
    });
}

} // namespace
} // namespace accrue::test_regression_derivatives
