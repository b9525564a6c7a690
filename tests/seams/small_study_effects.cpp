// Tests of small-study effects and corrections for them, with every model that they can be given.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/monitored.hpp"
#include "seams/parts.hpp"
#include "seams/trials.hpp"
#include <accrue/small_study.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams::test_small_study_effects {
namespace {

template <class Test>
void expect_sound_test(Test const& test) {
    if constexpr (requires { test.status; }) {
        if (test.status == status::undefined) {
            return;
        }
    }
    EXPECT_TRUE(test.p_value >= 0 && test.p_value <= 1) << "p-value " << test.p_value;
    if constexpr (requires { test.slope; }) {
        EXPECT_TRUE(std::isfinite(test.slope) && test.slope_standard_error > 0)
            << to_string(test.status) << ", but slope " << test.slope << ", standard error "
            << test.slope_standard_error;
        expect_sound(test.intercept);
    }
}

template <class... Dispersion>
auto asymmetry_tests(Dispersion const&... dispersion) {
    return std::tuple_cat(
        std::tuple(named{"egger_test by standard error", egger_test{by_standard_error{}, dispersion}},
                   named{"egger_test by variance", egger_test{by_variance{}, dispersion}})...);
}

TEST(SmallStudyEffects, OfEstimatesMeetEveryModel) {
    auto tried = combinations{};
    auto const tests =
        std::tuple_cat(asymmetry_tests(estimated_dispersion{}, unit_dispersion{}, additive_dispersion{}),
                       std::tuple(named{"begg_test, exact", begg_test{}},
                                  named{"begg_test, normal", begg_test{normal_rank_distribution{}}}));
    for (auto const& data : data_sets()) {
        auto const& studies = data.studies;
        for_each_part(tests, [&](auto const& test) {
            tried.run(test.name, data.name, [&] {
                auto const result = test.part(studies);
                expect_sound_test(result);
                auto const turned = test.part(changed(studies, -1, 0));
                EXPECT_TRUE(same(result.p_value, turned.p_value))
                    << result.p_value << " and, with other signs, " << turned.p_value;
            });
        });
        tried.run("pet_peese", data.name, [&] { expect_sound(pet_peese{}(studies).pooled); });
        tried.run("p_curve", data.name, [&] {
            auto const result = p_curve{}(studies);
            expect_sound_test(result.right_skew);
            expect_sound_test(result.flatness);
        });
        for_each_part(std::tuple(named{"rosenthal", rosenthal{}}, named{"orwin", orwin{}},
                                 named{"rosenberg", rosenberg{}}),
                      [&](auto const& method) {
                          tried.run("fail_safe_n by " + method.name, data.name, [&] {
                              double const n = fail_safe_n(method.part, studies).n;
                              EXPECT_TRUE(n >= 0 || !data.regular) << n;
                          });
                      });
        for (auto const& model : all_models()) {
            tried.run("excess_significance, " + model.name, data.name, [&] {
                auto const result = excess_significance<any_model>{.model = model.part}(studies);
                bool const defined = pool(model.part, studies).status != status::undefined;
                EXPECT_TRUE(!defined || (result.exact_p_value >= 0 && result.exact_p_value <= 1))
                    << result.exact_p_value;
            });
            for_each_part(std::tuple(named{"l0", l0{}}, named{"r0", r0{}}, named{"q0", q0{}}),
                          [&](auto const& estimator) {
                              tried.run(
                                  "trim_and_fill by " + estimator.name + ", " + model.name, data.name, [&] {
                                      auto const result = trim_and_fill{estimator.part}(model.part, studies);
                                      EXPECT_EQ(result.filled.size(), studies.size() + result.added);
                                      expect_sound(result.pooled);
                                  });
                          });
        }
    }
    tried.report();
}

TEST(SmallStudyEffects, OfTrialsMeetEveryKindOfTrial) {
    auto tried = combinations{};
    auto const tests =
        std::tuple(named{"harbord_test", harbord_test{}}, named{"peters_test", peters_test{}},
                   named{"macaskill_test", macaskill_test{}}, named{"deeks_test", deeks_test{}},
                   named{"arcsine_test", arcsine_test{}}, named{"schwarzer_test", schwarzer_test{}});
    for (auto const& data : trial_sets()) {
        for_each_part(tests, [&](auto const& test) {
            tried.run(test.name, data.name, [&] { expect_sound_test(test.part(data.trials)); });
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_small_study_effects
