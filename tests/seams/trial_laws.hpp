#pragma once

#include "seams/combinations.hpp"
#include "seams/model_laws.hpp"
#include "seams/monitored.hpp"
#include "seams/trials.hpp"
#include <accrue/inference.hpp>
#include <accrue/plotting.hpp>
#include <accrue/sequential/monitoring.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue::test::seams {

/// The laws that hold for every model of trials of two groups.
class trial_laws {
  public:
    template <class Model, class Trials>
    void expect_of(std::string const& name, Model const& model, std::string const& data, Trials const& trials,
                   bool const regular) {
        auto const run = [&](std::string const& function, auto const& check) {
            tried_.run(function + ", " + name, data, check);
        };
        run("pool", [&] {
            auto const result = pool(model, trials);
            expect_sound(result);
            EXPECT_EQ(result.k, trials.size());
            if (regular) {
                EXPECT_EQ(to_string(result.status), "ok");
            }
            if (result.status != status::undefined) {
                expect_reportable(result);
            }
            expect_predictions(tried_, name, data, result);
        });
        run("pool in another order", [&] {
            auto const result = pool(model, trials);
            auto const turned = pool(model, Trials(trials.rbegin(), trials.rend()));
            EXPECT_EQ(to_string(turned.status), to_string(result.status));
            expect_close("effect", turned.effect, result.effect, 1e-6, 1e-3);
            expect_close("variance", turned.variance, result.variance, 1e-4, 0);
        });
        run("cumulative", [&] {
            auto const looks = cumulative(model, trials);
            ASSERT_EQ(looks.size(), trials.size());
            for (std::size_t i = 0; i < looks.size(); ++i) {
                EXPECT_EQ(looks[i].k, i + 1);
                expect_sound(looks[i]);
            }
            EXPECT_TRUE(same(looks.back().effect, pool(model, trials).effect));
            auto const curve = z_curve(model, trials);
            for (std::size_t i = 0; i < looks.size(); ++i) {
                EXPECT_TRUE(same(curve[i], z_value(static_cast<pooled const&>(looks[i]))));
            }
        });
        run("leave_one_out", [&] {
            for (auto const& result : leave_one_out(model, trials)) {
                expect_sound(result);
                EXPECT_EQ(result.k, trials.size() - 1);
            }
        });
        run("subgroups", [&] {
            auto const parts = std::vector<Trials>{trials, trials};
            auto const apart = subgroups(model, parts);
            expect_sound(apart.combined);
            if (apart.combined.status == status::ok) {
                EXPECT_NEAR(apart.q_between, 0, 1e-12);
                // 1 - p falls as the root of Q: 1e-12 there is 8e-7 here.
                EXPECT_NEAR(apart.p_value, 1, 1e-5);
            }
        });
        if constexpr (requires { forest_rows(model, trials, 0.95); }) {
            run("forest_rows", [&] {
                double total = 0;
                for (auto const& row : forest_rows(model, trials, 0.95)) {
                    total += row.weight;
                }
                EXPECT_TRUE(!regular || std::fabs(total - 100) < 1e-9) << total << " per cent";
            });
        }
        run("trial_sequential_analysis", [&] {
            auto const participants = std::vector<int>(trials.size(), 60);
            auto const analysis = trial_sequential_analysis(model, design(), trials, participants);
            for (auto const& look : analysis.looks) {
                expect_sound(look.cumulative);
                EXPECT_TRUE(!std::isnan(look.z) || look.cumulative.status == status::undefined);
            }
            auto const names = std::vector<std::string>(trials.size(), "S");
            EXPECT_NE(svg(plot_of(names, analysis)).find("</svg>"), std::string::npos);
        });
        static_assert(!information_scale<model_information, typename Trials::value_type> &&
                          !information_scale<common_effect_information, typename Trials::value_type>,
                      "trials have no variance before a measure is chosen");
    }

    /// Exchanged groups turn the sign of the effect.
    template <class Model>
    void expect_antisymmetry(std::string const& name, Model const& model) {
        for (auto const& data : trial_sets()) {
            tried_.run("exchanged groups, " + name, data.name, [&] {
                auto const result = pool(model, data.trials);
                auto const turned = pool(model, exchanged(data.trials));
                EXPECT_EQ(to_string(turned.status), to_string(result.status));
                expect_close("effect", turned.effect, -result.effect, 1e-6, 1e-3);
                expect_close("variance", turned.variance, result.variance, 1e-4, 0);
            });
        }
    }

    template <class Model>
    void expect_of_events(std::string const& name, Model const& model) {
        for (auto const& data : trial_sets()) {
            expect_of(name, model, data.name, data.trials, data.regular);
        }
    }
    template <class Model>
    void expect_of_rates(std::string const& name, Model const& model) {
        for (auto const& data : trial_sets()) {
            expect_of(name, model, data.name, as_rates(data.trials), data.regular);
        }
    }
    void report() const { tried_.report(); }

  private:
    combinations tried_;
};

} // namespace accrue::test::seams
