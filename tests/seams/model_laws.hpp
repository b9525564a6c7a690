#pragma once

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/inference.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue::test::seams {

/// What is reported of a pooled result says nothing impossible: limits in order about the effect, p-values
/// between 0 and 1 that agree with their logarithms.
inline void expect_reportable(pooled const& result) {
    for (double const level : {0.5, 0.95}) {
        auto const interval = confidence_interval(result, level);
        EXPECT_TRUE(interval.lower <= result.effect && result.effect <= interval.upper)
            << interval.lower << " to " << interval.upper << " about " << result.effect;
    }
    double const p = p_value(result);
    EXPECT_TRUE(p >= 0 && p <= 1) << "p-value " << p;
    EXPECT_NEAR(p_value_greater(result) + p_value_less(result), 1, 1e-12);
    double const log_p = log_p_value(result);
    EXPECT_TRUE(log_p <= 1e-15) << "log p-value " << log_p;
    if (p > 1e-290) {
        expect_close("the logarithm of p", std::log(p), log_p, 1e-9, 1e-6);
    }
    EXPECT_FALSE(std::isnan(log_p_value_greater(result)) || std::isnan(log_p_value_less(result)));
    EXPECT_FALSE(std::isnan(z_value(result)));
}

/// Each rule for the degrees of freedom of predictions, which may refuse few studies.
inline void expect_predictions(combinations& tried, std::string const& model, std::string const& data,
                               pooled const& result) {
    auto const rules = std::tuple(named{"k_minus_two", k_minus_two{}}, named{"k_minus_one", k_minus_one{}},
                                  named{"infinite_degrees_of_freedom", infinite_degrees_of_freedom{}},
                                  named{"degrees_of_freedom_of_effect", degrees_of_freedom_of_effect{}});
    for_each_part(rules, [&](auto const& rule) {
        tried.run("prediction_interval by " + rule.name + ", " + model, data, [&] {
            auto const interval = prediction_interval(result, 0.95, rule.part);
            if (result.status != status::undefined) {
                EXPECT_TRUE(interval.lower <= result.effect && result.effect <= interval.upper)
                    << interval.lower << " to " << interval.upper;
            }
        });
    });
}

/// The laws that hold for every model of estimates, whatever its estimator and its uncertainty.
class model_laws {
  public:
    template <class Estimators>
    void expect_of_random_effects(Estimators const& estimators) {
        for_each_part(estimators, [&](auto const& estimator) {
            for_each_part(uncertainties, [&](auto const& uncertainty) {
                expect_of(named<any_model>{estimator.name + " and " + uncertainty.name,
                                           any_model(random_effects{estimator.part, uncertainty.part}),
                                           estimator.has_scale});
            });
        });
        tried_.report();
    }

    template <class Models>
    void expect_of_all(Models const& models) {
        for_each_part(models, [&](auto const& each) {
            expect_of(named<any_model>{each.name, any_model(each.part), each.has_scale});
        });
        tried_.report();
    }

  private:
    void expect_of(named<any_model> const& each) {
        for (auto const& data : data_sets()) {
            expect_pooled(each, data);
            expect_of_sequences(each, data);
            expect_of_each_study(each, data);
            expect_of_groups(each, data);
        }
    }

    void run(std::string const& function, named<any_model> const& each, data_set const& data,
             auto const& check) {
        tried_.run(function + ", " + each.name, data.name, check);
    }

    void expect_pooled(named<any_model> const& each, data_set const& data) {
        auto const& model = each.part;
        auto const& studies = data.studies;
        auto const result = pool(model, studies);
        run("pool a list", each, data, [&] {
            expect_sound(result);
            if (data.regular && result.k > 1) {
                EXPECT_EQ(to_string(result.status), "ok");
            }
        });
        auto const expect_as_list = [&](pooled const& other, double const shift = 0) {
            expect_sound(other);
            if (!data.regular) {
                return;
            }
            EXPECT_EQ(to_string(other.status), to_string(result.status));
            double const scale = list(studies).smallest_variance();
            expect_close("effect", other.effect - shift, result.effect, 1e-8, 1);
            expect_close("variance", other.variance, result.variance, 1e-6, 1e-3 * scale);
            expect_close("tau²", other.tau_squared, result.tau_squared, 1e-6, scale);
        };
        run("pool an accumulator", each, data, [&] {
            auto accumulator = evidence_accumulator{};
            for (auto const& study : studies) {
                accumulator.add(study);
            }
            expect_as_list(pool(model, accumulator));
        });
        run("pool merged accumulators", each, data, [&] {
            auto merged = evidence_accumulator{};
            for (auto const& study : studies) {
                merged += evidence_accumulator{}.add(study);
            }
            expect_as_list(pool(model, merged));
        });
        run("pool in another order", each, data, [&] { expect_as_list(pool(model, reversed(studies))); });
        run("pool with an offset", each, data,
            [&] { expect_as_list(pool(model, changed(studies, 1, 5)), 5); });
        run("pool with other signs", each, data, [&] {
            auto const turned = pool(model, changed(studies, -1, 0));
            EXPECT_EQ(to_string(turned.status), to_string(result.status));
            EXPECT_TRUE(same(turned.effect, -result.effect) && same(turned.variance, result.variance))
                << turned.effect << ", " << turned.variance << "; " << result.effect << ", "
                << result.variance;
        });
        if (!each.has_scale && data.regular) {
            for (double const factor : {std::ldexp(1.0, 30), std::ldexp(1.0, -200)}) {
                run("pool on another scale", each, data, [&] {
                    auto const scaled = pool(model, changed(studies, factor, 0));
                    EXPECT_TRUE(same(scaled.effect, result.effect * factor)) << scaled.effect / factor;
                    EXPECT_TRUE(same(standard_error(scaled), standard_error(result) * factor))
                        << standard_error(scaled) / factor << " and " << standard_error(result);
                    EXPECT_TRUE(same(scaled.degrees_of_freedom, result.degrees_of_freedom));
                });
            }
        }
        run("what is reported", each, data, [&] {
            if (result.status != status::undefined) {
                expect_reportable(result);
                static_cast<void>(is_narrower_than_common_effect(result, studies, 0.95));
            }
        });
        expect_predictions(tried_, each.name, data.name, result);
        auto const expect_share = [&](double const value) {
            EXPECT_TRUE((value >= 0 && value <= 1 + 1e-14) || result.status == status::undefined) << value;
        };
        run("diversity", each, data, [&] { expect_share(diversity(studies, model)); });
        run("between_study_share", each, data, [&] { expect_share(between_study_share(studies, model)); });
    }

    void expect_of_sequences(named<any_model> const& each, data_set const& data) {
        auto const& [model, studies] = std::tie(each.part, data.studies);
        run("cumulative", each, data, [&] {
            auto const looks = cumulative(model, studies);
            ASSERT_EQ(looks.size(), studies.size());
            for (std::size_t i = 0; i < looks.size(); ++i) {
                EXPECT_EQ(looks[i].k, i + 1);
                expect_sound(looks[i]);
            }
            auto const all = pool(model, studies);
            EXPECT_EQ(to_string(looks.back().status), to_string(all.status));
            if (data.regular) {
                expect_close("the last look", looks.back().effect, all.effect, 1e-8, 1e-3);
            }
            auto const curve = z_curve(model, studies);
            for (std::size_t i = 0; i < looks.size(); ++i) {
                EXPECT_TRUE(same(curve[i], z_value(looks[i]))) << "look " << i + 1 << ": " << curve[i];
            }
        });
        run("leave_one_out", each, data, [&] {
            auto const without = leave_one_out(model, studies);
            ASSERT_EQ(without.size(), studies.size());
            for (std::size_t i = 0; i < studies.size(); ++i) {
                expect_sound(without[i]);
                auto others = studies;
                others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
                EXPECT_TRUE(same(without[i].effect, pool(model, others).effect));
            }
        });
    }

    void expect_of_each_study(named<any_model> const& each, data_set const& data) {
        auto const& [model, studies] = std::tie(each.part, data.studies);
        bool const defined = pool(model, studies).status != status::undefined;
        run("influence", each, data, [&] {
            auto const diagnostics = influence(model, studies);
            ASSERT_EQ(diagnostics.size(), studies.size());
            for (auto const& study : diagnostics) {
                if (data.regular && studies.size() > 2) {
                    EXPECT_TRUE(std::isfinite(study.residual + study.standardised_residual) &&
                                std::isfinite(study.studentised_residual) &&
                                std::isfinite(study.dffits + study.cooks_distance + study.dfbetas) &&
                                std::isfinite(study.covariance_ratio + study.tau_squared_deleted))
                        << study.studentised_residual << ", " << study.dffits << ", " << study.dfbetas;
                }
            }
        });
        run("forest_rows", each, data, [&] {
            double total = 0;
            for (auto const& row : forest_rows(model, studies, 0.95)) {
                total += row.weight;
                EXPECT_TRUE(row.interval.lower <= row.effect && row.effect <= row.interval.upper);
                EXPECT_TRUE(row.weight >= 0 || !defined) << row.weight;
            }
            EXPECT_TRUE(std::fabs(total - 100) < 1e-9 || !defined) << total << " per cent";
        });
        run("study_effects", each, data, [&] {
            for (auto const& prediction : study_effects(model, studies)) {
                EXPECT_TRUE((std::isfinite(prediction.effect) && prediction.variance >= 0) || !defined)
                    << prediction.effect << " with variance " << prediction.variance;
            }
        });
    }

    void expect_of_groups(named<any_model> const& each, data_set const& data) {
        auto const& [model, studies] = std::tie(each.part, data.studies);
        run("subgroups", each, data, [&] {
            auto const halves = by_turns(studies);
            auto const apart = subgroups(model, halves);
            ASSERT_EQ(apart.groups.size(), halves.size());
            expect_sound(apart.combined);
            for (std::size_t i = 0; i < halves.size(); ++i) {
                expect_sound(apart.groups[i]);
                EXPECT_TRUE(same(apart.groups[i].effect, pool(model, halves[i]).effect));
            }
            EXPECT_TRUE((apart.p_value >= 0 && apart.p_value <= 1) ||
                        apart.combined.status == status::undefined)
                << apart.p_value << " with " << to_string(apart.combined.status);
        });
        run("subgroups of one", each, data, [&] {
            auto const whole = std::vector<std::vector<estimate>>(1, studies);
            auto const apart = subgroups(model, whole);
            auto const all = pool(model, studies);
            EXPECT_EQ(to_string(apart.combined.status), to_string(all.status));
            if (all.status != status::undefined) {
                expect_close("effect", apart.combined.effect, all.effect, 1e-15, 0);
                expect_close("variance", apart.combined.variance, all.variance, 1e-15, 0);
            }
        });
    }

    combinations tried_;
};

} // namespace accrue::test::seams
