// Standard errors of tau² at any scale of the data.

#include "support/relative.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/tau_squared.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace accrue::test_tau_squared_standard_errors {
namespace {

using list = std::vector<estimate>;

list scaled(double const scale) {
    auto studies = list{{0.3, 0.1}, {0.2, 0.4}, {-0.5, 0.2}, {1.2, 0.05}};
    for (auto& study : studies) {
        study.effect *= scale;
        study.variance *= scale * scale;
    }
    return studies;
}

template <class Check>
void for_each_estimator(Check const& check) {
    check("reml", reml{});
    check("ml", maximum_likelihood{});
    check("pm", paule_mandel{});
    check("mupm", median_unbiased_paule_mandel{});
    check("dl", dersimonian_laird{});
    check("dl2", two_step{});
    check("he", hedges_olkin{});
    check("q", generalised_q{});
    check("hm", hartung_makambi{});
    check("hs", hunter_schmidt{});
    check("hss", hunter_schmidt_small_sample{});
    check("sj", sidik_jonkman{});
}

// The square of a variance of 1e-194 is 0 in a double, that of 1e194 infinite.
TEST(StandardErrorsOfTauSquared, ScaleWithTheDataWhereSquaresOfVariancesVanishOrOverflow) {
    for_each_estimator([](std::string const& name, auto const& estimator) {
        double const expected = tau_squared_standard_error(estimator, scaled(1));
        for (double const scale : {1e-148, 1e-97, 1e-75, 1e75, 1e97, 1e148}) {
            auto const studies = scaled(scale);
            EXPECT_RELATIVE(tau_squared_standard_error(estimator, studies) / scale / scale, expected, 1e-12)
                << name << " " << scale;
            auto accumulator = evidence_accumulator{};
            if (!evidence_accumulator::takes(studies[3])) {
                continue;
            }
            for (auto const& study : studies) {
                accumulator.add(study);
            }
            EXPECT_RELATIVE(tau_squared_standard_error(estimator, accumulator) / scale / scale, expected,
                            1e-9)
                << name << " of an accumulator, " << scale;
        }
    });
}

// Numbers below 2e-308 have fewer digits, but are numbers still.
TEST(StandardErrorsOfTauSquared, ScaleDownToNumbersThatAreNotNormal) {
    for_each_estimator([](std::string const& name, auto const& estimator) {
        EXPECT_RELATIVE(tau_squared_standard_error(estimator, scaled(1e-155)) / 1e-155 / 1e-155,
                        tau_squared_standard_error(estimator, scaled(1)), 1e-9)
            << name;
    });
}

// Whether one study is 10^40 or 10^300 times as precise as the others changes nothing, with or without
// heterogeneity; but for maximum likelihood and Hunter and Schmidt, whose formulas have the precision as a
// factor.
TEST(StandardErrorsOfTauSquared, ApproachALimitUnderADominatingStudy) {
    for (double const spread : {1e-3, 1.0}) {
        auto const with = [&](double const tiny) {
            return list{{0.3, tiny}, {0.3 + 1.7 * spread, 1}, {0.3 + 0.7 * spread, 1.5}};
        };
        for_each_estimator([&](std::string const& name, auto const& estimator) {
            if (name == "hs" || name == "hss" || name == "ml" || name == "pm" || name == "mupm") {
                return;
            }
            double const expected = tau_squared_standard_error(estimator, with(1e-40));
            EXPECT_GT(expected, 1e-9) << name;
            for (double const tiny : {1e-100, 1e-160, 1e-250, 1e-307}) {
                EXPECT_RELATIVE(tau_squared_standard_error(estimator, with(tiny)), expected, 1e-11)
                    << name << " " << tiny << " " << spread;
            }
        });
    }
}

// Also where effects are all equal, so that there is nothing to divide.
TEST(ClosedForms, CountNoIterations) {
    auto const none = [](auto const& estimator) {
        auto studies = scaled(1);
        EXPECT_EQ(estimator(detail::as_evidence(studies)).iterations, 0) << estimator.name();
        for (auto& study : studies) {
            study.effect = 0.25;
        }
        auto const found = estimator(detail::as_evidence(studies));
        EXPECT_EQ(found.iterations, 0) << estimator.name();
        EXPECT_EQ(found.value, 0) << estimator.name();
        EXPECT_EQ(found.status, status::ok) << estimator.name();
    };
    none(dersimonian_laird{});
    none(two_step{});
    none(hedges_olkin{});
    none(generalised_q{});
    none(hartung_makambi{});
    none(hunter_schmidt{});
    none(hunter_schmidt_small_sample{});
}

} // namespace
} // namespace accrue::test_tau_squared_standard_errors
