// The program reproduces other programs' results through its JSON, digit for digit.

#include "program.hpp"
#include "support/relative.hpp"
#include "support/table.hpp"
#include <accrue/model/random_effects.hpp>
#include <accrue/sequential.hpp>
#include <accrue/tau_squared/sidik_jonkman.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace accrue::test {
namespace {

double number(nlohmann::json const& value) {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

/// One data set of tests/golden by one measure.
struct golden_set {
    char const* folder;
    char const* measure;       ///< its name in pooled.csv
    char const* own = nullptr; ///< the program's name of it, where that is another

    friend std::ostream& operator<<(std::ostream& out, golden_set const& set) {
        return out << set.folder << ' ' << set.measure;
    }
};

class Golden : public testing::TestWithParam<golden_set> {};

// Closed forms carry 1e-11, iterated ones 1e-9, and so do p-values (tests/golden/README.md). Results near 0
// are differences of much larger terms.
// Qualifies: TABLE-1
TEST_P(Golden, IsReproducedThroughJson) {
    auto const methods = std::map<std::string, std::string>{{"EE", "common"}, {"DL", "dl"},     {"HE", "he"},
                                                            {"HS", "hs"},     {"SJ", "sj"},     {"ML", "ml"},
                                                            {"HM", "hm"},     {"REML", "reml"}, {"PM", "pm"}};
    auto const tests =
        std::map<std::string, std::string>{{"z", "z"}, {"t", "t"}, {"knha", "hk"}, {"adhoc", "hkf"}};
    auto const [folder, measure, own] = GetParam();
    auto const file = std::string("'" ACCRUE_GOLDEN_DIR "/") + folder + "/input.csv'";
    std::size_t compared = 0;
    for (auto const& row : golden(std::string(folder) + "/pooled.csv").where("measure", measure)) {
        auto const method = methods.find(row.text("method"));
        auto const test = tests.find(row.text("test"));
        if (method == methods.end() || test == tests.end()) {
            continue;
        }
        SCOPED_TRACE(row.where());
        auto const result = run_accrue("pool " + file + " --measure " + (own == nullptr ? measure : own) +
                                       " --model " + method->second + "," + test->second + " --json -");
        ASSERT_EQ(result.exit_code, 0) << result.errors;
        auto const found = result.json();
        auto const& pooled = found["pooled"];
        auto const& scatter = found["heterogeneity"];
        EXPECT_EQ(pooled["status"], "ok");
        EXPECT_EQ(pooled["k"], row.number("k"));
        EXPECT_RELATIVE(number(pooled["estimate"]), row.number("beta"), 1e-9, 1e-12);
        EXPECT_RELATIVE(number(pooled["standard_error"]), row.number("se"), 1e-9);
        EXPECT_RELATIVE(number(pooled["estimate_lower"]), row.number("ci_lb"), 1e-9, 1e-12);
        EXPECT_RELATIVE(number(pooled["estimate_upper"]), row.number("ci_ub"), 1e-9, 1e-12);
        EXPECT_RELATIVE(number(pooled["p_value"]), row.number("pval"), 1e-8, 1e-300);
        EXPECT_RELATIVE(number(pooled["degrees_of_freedom"]), row.number("ddf"), 1e-12);
        EXPECT_RELATIVE(number(scatter["tau_squared"]), row.number("tau2"), 1e-9, 1e-12);
        EXPECT_RELATIVE(number(scatter["q"]), row.number("QE"), 1e-9);
        EXPECT_RELATIVE(number(scatter["q_p_value"]), row.number("QEp"), 1e-9);
        ++compared;
    }
    EXPECT_GE(compared, 9U);
}

INSTANTIATE_TEST_SUITE_P(
    DataSets, Golden,
    testing::Values(
        golden_set{"bcg", "RR"}, golden_set{"bcg", "OR"}, golden_set{"li2007", "RD"},
        golden_set{"li2007", "AS"}, golden_set{"hine1989", "OR"}, golden_set{"egger2001", "OR"},
        golden_set{"clasp2007", "OR"}, golden_set{"edge_zero_cells", "OR"}, golden_set{"normand1999", "SMD"},
        golden_set{"normand1999", "MD"}, golden_set{"normand1999", "ROM"}, golden_set{"molloy2014", "ZCOR"},
        golden_set{"molloy2014", "COR"}, golden_set{"pritz1997", "PLO"}, golden_set{"pritz1997", "PLN"},
        golden_set{"pritz1997", "PR"}, golden_set{"pritz1997", "PFT"}, golden_set{"hart1999", "IRR"},
        golden_set{"hart1999", "IRD"}, golden_set{"hart1999_control_rate", "IRLN"},
        golden_set{"hart1999_control_rate", "IRFT"}, golden_set{"hackshaw1998", "GEN"},
        golden_set{"raudenbush1985", "GEN"}, golden_set{"konstantopoulos2011", "GEN"},
        golden_set{"bonett2010", "ABT"}, golden_set{"bonett2010", "ARAW"}, golden_set{"morris2008_T", "SMCR"},
        golden_set{"morris2008_T", "MC"}, golden_set{"normand1999_arm1_mean", "MN"}));

// tests/oracles/double_arcsine.R: the sizes are the studies' own, and 1/(4v) - 1/2 or 1/(4v) for the pooled
// effect.
TEST(DoubleArcsine, LeadsBackByTheSizes) {
    auto const file = file_of("xi,ni,ti\n0,12,1.5\n3,40,20\n10,33,7\n28,61,61.25\n95,100,100\n");
    auto const proportions = run_accrue("pool " + file + " --measure PFT --model dl,z --json -").json();
    double const estimates[] = {0.14051745075140681, 0.29578823664283238, 0.58912255615827047,
                                0.74502644955807673, 1.3355021082503999};
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_RELATIVE(number(proportions["studies"]["estimate"][i]), estimates[i], 1e-14);
    }
    double const shares[] = {0, 3.0 / 40, 10.0 / 33, 28.0 / 61, 0.95};
    double const rates[] = {0, 3.0 / 20, 10.0 / 7, 28.0 / 61.25, 0.95};
    auto const incidence = run_accrue("pool " + file + " --measure IRFT --model dl,z --json -").json();
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_RELATIVE(number(proportions["studies"]["effect"][i]), shares[i], 1e-12, 1e-15);
        EXPECT_RELATIVE(number(incidence["studies"]["effect"][i]), rates[i], 1e-12, 1e-15);
    }
    EXPECT_RELATIVE(number(proportions["pooled"]["estimate"]), 0.62862134000020131, 1e-12);
    EXPECT_RELATIVE(number(proportions["pooled"]["effect"]), 0.3145980716961812, 1e-12);
    EXPECT_EQ(number(proportions["pooled"]["lower"]), 0);
    EXPECT_RELATIVE(number(proportions["pooled"]["upper"]), 0.82183407276396925, 1e-12);
    EXPECT_RELATIVE(number(incidence["pooled"]["effect"]), 0.56430286941659502, 1e-12);
    EXPECT_RELATIVE(number(incidence["pooled"]["lower"]), 0.23230135771375604, 1e-12);
}

// Counts as they are, with empty trials, beside metafor's rma.mh and rma.peto.
TEST(Counts, ArePooledByMantelHaenszelAndPeto) {
    std::size_t compared = 0;
    for (auto const* const folder : {"bcg", "edge_zero_cells", "hart1999", "li2007"}) {
        for (auto const& row : golden(std::string(folder) + "/mh_peto.csv")) {
            auto const method = row.text("method");
            bool const is_peto = method == "PETO";
            auto const arguments =
                std::string("pool '" ACCRUE_GOLDEN_DIR "/") + folder + "/input.csv' --model " +
                (is_peto ? "peto --measure OR" : "mh --measure " + method.substr(method.find('_') + 1)) +
                " --json -";
            SCOPED_TRACE(row.where());
            auto const result = run_accrue(arguments);
            ASSERT_EQ(result.exit_code, 0) << result.errors;
            auto const pooled = result.json()["pooled"];
            EXPECT_RELATIVE(number(pooled["estimate"]), row.number("beta"), 1e-10);
            // The variance of a risk difference is Sato's here and Greenland and Robins' there.
            if (method != "MH_RD") {
                EXPECT_RELATIVE(number(pooled["standard_error"]), row.number("se"), 1e-10);
                EXPECT_RELATIVE(number(pooled["p_value"]), row.number("pval"), 1e-9);
            }
            ++compared;
        }
    }
    EXPECT_GE(compared, 20U);
    EXPECT_EQ(
        run_accrue("pool '" ACCRUE_GOLDEN_DIR "/normand1999/input.csv' --measure SMD --model mh").exit_code,
        2);
    EXPECT_EQ(run_accrue("pool '" ACCRUE_GOLDEN_DIR "/bcg/input.csv' --measure RR --model peto").exit_code,
              2);
}

TEST(Results, ThatAreUndefinedHaveNoIntervalAndSaySo) {
    auto const file = file_of("yi,vi,by\n0.1,0.2,a\n0.1,0.2,a\n0.1,0.2,b\n");
    auto const result = run_accrue("pool " + file + " --model reml,hk --by by --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const found = result.json();
    EXPECT_EQ(found["pooled"]["status"], "undefined");
    for (auto const* const name :
         {"standard_error", "lower", "upper", "p_value", "prediction_upper", "statistic"}) {
        EXPECT_TRUE(found["pooled"][name].is_null()) << name << ' ' << found["pooled"][name];
    }
    EXPECT_TRUE(found["groups"]["lower"][0].is_null());
    EXPECT_EQ(found["sentences"][0], "The result is not to be used: undefined.");
}

std::string const ldn = "'" ACCRUE_SOURCE_DIR "/examples/command/ldn.csv'";

// Limits mean nothing without their level, nor a boundary without its error, to whoever reads JSON alone.
TEST(Json, TellsTheLevelOfLimitsAndTheErrorOfBoundaries) {
    auto const of = [](std::string const& command, char const* const section) {
        auto const result = run_accrue(command + " --json -");
        EXPECT_EQ(result.exit_code, 0) << result.errors;
        return result.json()[section];
    };
    EXPECT_EQ(of("pool " + ldn + " --level 0.9", "pooled")["level"], 0.9);
    EXPECT_EQ(of("bias " + ldn + " --level 0.9", "trim_and_fill")["level"], 0.9);
    auto const regression = of("regress " + ldn + " --on vi --level 0.9", "regression");
    EXPECT_EQ(regression["level"], 0.9);
    EXPECT_EQ(regression["measure"], "GEN");
    EXPECT_EQ(regression["model"], "reml,hk");
    for (auto const* const monitored : {"--boundaries exact --power 0.8", "--anytime"}) {
        auto const analysis = of("monitor " + ldn + " --effect -0.3 --alpha 0.01 " + monitored, "analysis");
        EXPECT_EQ(analysis["error"], 0.01) << monitored;
    }
    auto const size = of("size --measure MD --effect -1 --sd 4 --alpha 0.01 --power 0.8", "size");
    EXPECT_EQ(size["error"], 0.01);
    EXPECT_EQ(size["power"], 0.8);
}

// The README's analysis.
TEST(Monitoring, OfTheTrialsOfNaltrexoneIsThatOfTheReadme) {
    auto const result = run_accrue("monitor " + ldn + " --measure GEN --effect -0.3 --power 0.9 --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const looks = result.json()["looks"];
    auto const z = std::vector{-1.16, -1.34, -1.70};
    ASSERT_EQ(looks["z"].size(), z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
        EXPECT_NEAR(number(looks["z"][i]), z[i], 5e-3);
    }
    EXPECT_TRUE(looks["lower_boundary"][0].is_null());
    EXPECT_TRUE(looks["lower_boundary"][1].is_null());
    EXPECT_NEAR(number(looks["lower_boundary"][2]), -3.13, 5e-3);
    EXPECT_NE(result.output.find(
                  "The evidence is insufficient after 4 trials (47.54 % of the required information, Z "
                  "-1.698): no boundary was crossed, and 245 participants are still needed."),
              std::string::npos)
        << result.output;
}

// The exact boundaries are those that examples/ldn prints.
TEST(Monitoring, OfTheTrialsOfNaltrexoneByTheorySaysNotYet) {
    auto const result = run_accrue("monitor " + ldn +
                                   " --measure GEN --effect -0.3 --power 0.9 --model sj,hkf "
                                   "--boundaries exact --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const found = result.json();
    auto const& looks = found["looks"];
    auto const fractions = std::vector{0.1585, 0.2634, 0.4754};
    auto const z = std::vector{-1.1197, -1.2782, -1.6029};
    auto const boundaries = std::vector{-5.5099, -4.2136, -3.0495};
    ASSERT_EQ(looks["z"].size(), z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
        EXPECT_NEAR(number(looks["fraction"][i]), fractions[i], 5e-5);
        EXPECT_NEAR(number(looks["z"][i]), z[i], 5e-5);
        EXPECT_NEAR(number(looks["lower_boundary"][i]), boundaries[i], 5e-5);
        EXPECT_EQ(looks["upper_boundary"][i], -number(looks["lower_boundary"][i]));
    }
    EXPECT_EQ(found["analysis"]["conclusion"], "insufficient evidence");
    EXPECT_NEAR(number(found["analysis"]["still_needed"]), 245, 0.5);
    EXPECT_NE(result.output.find("no boundary was crossed, and 245 participants are still needed"),
              std::string::npos);
}

TEST(Monitoring, IsThatOfTheLibrary) {
    auto const estimates =
        std::vector<estimate>{{-0.4155, 0.0278}, {-0.1776, 0.1158}, {-0.1019, 0.0147}, {-0.2282, 0.0407}};
    auto const design =
        sequential_design{.error = one_sided{0.025},
                          .power = 0.8,
                          .spending = lan_demets_pocock{},
                          .information = required_information_size(standardized_mean_difference_target{-0.4},
                                                                   one_sided{0.025}, 0.8),
                          .futility = futility{1 - 0.8, lan_demets_obrien_fleming{}, non_binding{}}};
    auto const model = random_effects{sidik_jonkman{}, hartung_knapp_floored{}};
    auto const analysis =
        trial_sequential_analysis(model, design, estimates, model_information{}, after_trials{{2, 4}});
    auto const result = run_accrue("monitor " + ldn +
                                   " --model sj,hkf --boundaries exact --effect -0.4 --power 0.8 --alpha "
                                   "0.025 --sides 1 --spending pocock "
                                   "--futility non-binding --clock model-information --looks 2,4 --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const looks = result.json()["looks"];
    ASSERT_EQ(looks["z"].size(), analysis.looks.size());
    for (std::size_t i = 0; i < analysis.looks.size(); ++i) {
        EXPECT_RELATIVE(number(looks["z"][i]), analysis.looks[i].z, 1e-14);
        EXPECT_RELATIVE(number(looks["fraction"][i]), analysis.looks[i].information_fraction, 1e-14);
        EXPECT_RELATIVE(number(looks["lower_boundary"][i]), analysis.looks[i].lower_boundary, 1e-14);
        EXPECT_RELATIVE(number(looks["upper_boundary"][i]), analysis.looks[i].upper_boundary, 1e-14);
        EXPECT_EQ(looks["decision"][i], to_string(analysis.looks[i].decision));
    }
}

// The trials of intensive statins (Cannon et al. 2006), beside the cumulative analyses of metafor.
TEST(Monitoring, OfTheCoronaryTrialsIsThatOfTheGoldenValues) {
    for (std::string const measure : {"OR", "RR"}) {
        auto const result = run_accrue(
            "monitor '" ACCRUE_GOLDEN_DIR "/sequential/analysis/data_coronary.csv' --measure " + measure +
            " --columns ai=eI,n1i=nI,ci=eC,n2i=nC --model dl,z --boundaries exact --effect 0.9 "
            "--control-risk 0.08 "
            "--json -");
        ASSERT_EQ(result.exit_code, 0) << result.errors;
        auto const found = result.json();
        auto const& looks = found["looks"];
        auto const rows = golden("sequential/analysis/cumulative_metafor.csv")
                              .where("dataset", "coronary")
                              .where("outcome", measure)
                              .where("model", "DL");
        ASSERT_EQ(looks["z"].size(), 3U); // after two trials, three, and four
        for (std::size_t i = 0; i < 3; ++i) {
            auto const row = rows.where("k", std::to_string(i + 2)).only();
            EXPECT_RELATIVE(number(looks["estimate"][i]), row.number("est"), 1e-9);
            EXPECT_RELATIVE(number(looks["z"][i]), row.number("est") / row.number("se"), 1e-9);
        }
        EXPECT_EQ(number(looks["information"][2]), 27548);
        EXPECT_EQ(looks["after"][0], "AtoZ");
    }
}

TEST(Monitoring, WithoutAPlanIsThatOfTheLibrary) {
    auto const estimates =
        std::vector<estimate>{{-0.4155, 0.0278}, {-0.1776, 0.1158}, {-0.1019, 0.0147}, {-0.2282, 0.0407}};
    auto const series = anytime_analysis(
        symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.02}, estimates, {.error = 0.1});
    auto const picture = (own_folder() / "wealth.svg").string();
    auto const result =
        run_accrue("monitor " + ldn +
                   " --anytime --effect -0.3 --initial-tau2 0.02 --alpha 0.1 --json - --picture " + picture);
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const looks = result.json()["looks"];
    ASSERT_EQ(looks["log_e_value"].size(), series.looks.size());
    for (std::size_t i = 0; i < series.looks.size(); ++i) {
        EXPECT_RELATIVE(number(looks["log_e_value"][i]), series.looks[i].log_e_value, 1e-13, 1e-15);
        EXPECT_RELATIVE(number(looks["p_value"][i]), series.looks[i].p_value, 1e-13);
    }
    EXPECT_NE(contents_of(picture).find("E-value"), std::string::npos);
    EXPECT_EQ(run_accrue("monitor " + ldn + " --anytime").exit_code, 2);
}

// One side is that of the benefit, and the target may be a relative reduction where there is one.
TEST(Monitoring, WithoutAPlanTakesSidesAndReductions) {
    auto const estimates =
        std::vector<estimate>{{-0.4155, 0.0278}, {-0.1776, 0.1158}, {-0.1019, 0.0147}, {-0.2282, 0.0407}};
    for (double const effect : {-0.3, 0.3}) {
        auto process = symmetric_e_process{.smallest_effect = 0.3,
                                           .initial_tau_squared = 0.05,
                                           .direction = effect > 0 ? effect_direction{above_null{}}
                                                                   : effect_direction{below_null{}}};
        auto const result = run_accrue("monitor " + ldn + " --anytime --sides 1 --effect " +
                                       (effect > 0 ? "0.3" : "-0.3") + " --json -");
        ASSERT_EQ(result.exit_code, 0) << result.errors;
        auto const looks = result.json()["looks"];
        ASSERT_EQ(looks["log_e_value"].size(), estimates.size());
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            process.add(estimates[i]);
            EXPECT_RELATIVE(number(looks["log_e_value"][i]), process.log_e_value(), 1e-13, 1e-15);
        }
    }
    auto const without_plan = std::string("monitor '" ACCRUE_SOURCE_DIR "/examples/command/trials.csv' "
                                          "--measure RD --anytime --json - ");
    auto const by_reduction = run_accrue(without_plan + "--reduction 0.25 --control-risk 0.5");
    EXPECT_EQ(by_reduction.exit_code, 0) << by_reduction.errors;
    EXPECT_EQ(by_reduction.output, run_accrue(without_plan + "--effect -0.125").output);
    EXPECT_EQ(run_accrue(without_plan + "--effect -0.02 --harm-alpha 0.1").exit_code, 2);
    EXPECT_EQ(run_accrue(without_plan + "--effect -0.02 --sides 3").exit_code, 2);
    EXPECT_EQ(run_accrue(without_plan + "--effect -0.02 --reduction 0.2 --control-risk 0.1").exit_code, 2);
    auto const odds = [](std::string const& measure) {
        auto const result =
            run_accrue("monitor '" ACCRUE_SOURCE_DIR "/examples/command/trials.csv' --measure " + measure +
                       " --anytime --json - --reduction 0.25 --control-risk 0.5");
        EXPECT_EQ(result.exit_code, 0) << result.errors;
        return number(result.json()["analysis"]["smallest_effect"]);
    };
    EXPECT_EQ(odds("PETO"), odds("OR")); // of the risk, whatever the measure
}

// A reduction of a risk is no target of means, nor of a size that is stated.
TEST(Targets, TakeNoReductionThatTheyDoNotUse) {
    for (std::string const target : {"size --measure SMD --effect -0.3",
                                     "size --measure MD --effect -3 --sd 10", "size --measure GEN"}) {
        auto const result = run_accrue(target + " --reduction 0.2");
        EXPECT_EQ(result.exit_code, 2) << target;
        EXPECT_NE(result.errors.find("--reduction is that of a risk"), std::string::npos) << result.errors;
    }
    for (std::string const size : {" --anytime", " --participants 500"}) {
        auto const result = run_accrue("monitor " + ldn + size + " --effect -0.3 --reduction 0.2");
        EXPECT_EQ(result.exit_code, 2) << size;
        EXPECT_NE(result.errors.find("--reduction is that of a risk"), std::string::npos) << result.errors;
    }
}

TEST(Monitoring, WithTwoErrorsIsThatOfTheLibrary) {
    auto const picture = (own_folder() / "effects.svg").string();
    auto const result =
        run_accrue("monitor " + ldn +
                   " --effect -0.3 --boundaries exact --alpha 0.025 --harm-alpha 0.1 --json - "
                   "--scale effect --theme dark --width 700 --picture " +
                   picture);
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const looks = result.json()["looks"];
    auto const fractions = std::vector{number(looks["fraction"][0]), number(looks["fraction"][1]),
                                       number(looks["fraction"][2]), 1.0};
    auto const bounds =
        efficacy_boundaries(asymmetric{.lower = 0.025, .upper = 0.1}, lan_demets_obrien_fleming{}, fractions);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_RELATIVE(number(looks["lower_boundary"][i]), bounds.lower[i], 1e-12);
        EXPECT_RELATIVE(number(looks["upper_boundary"][i]), bounds.upper[i], 1e-12);
    }
    EXPECT_NE(contents_of(picture).find("monitoring boundary"), std::string::npos);
    EXPECT_EQ(run_accrue("monitor " + ldn + " --effect -0.3 --harm-alpha 0.1 --sides 1").exit_code, 2);
    EXPECT_EQ(run_accrue("monitor " + ldn + " --effect -0.3 --theme purple --picture x.svg").exit_code, 2);
}

// Effects of one district are not independent.
// Of a size that is stated, too, a ratio below 1 is a benefit below: whatever measure shows ratios.
TEST(Monitoring, OfAnyRatioHasItsBenefitOnTheSideOfTheEffect) {
    for (std::string const measure : {"OR", "RR", "PETO"}) {
        for (std::string const effect : {"0.8", "1.25"}) {
            auto const result =
                run_accrue("monitor '" ACCRUE_SOURCE_DIR
                           "/examples/command/trials.csv' --participants 400000 --measure " +
                           measure + " --effect " + effect +
                           " --boundaries exact --spending pocock --sides 1 --alpha 0.025 --json -");
            ASSERT_EQ(result.exit_code, 0) << result.errors;
            auto const found = result.json();
            bool const below = effect == "0.8";
            EXPECT_RELATIVE(number(found["analysis"]["anticipated_effect"]), std::log(below ? 0.8 : 1.25),
                            1e-14);
            auto const& looks = found["looks"];
            EXPECT_FALSE(looks[below ? "lower_boundary" : "upper_boundary"].back().is_null()) << measure;
            EXPECT_TRUE(looks[below ? "upper_boundary" : "lower_boundary"].back().is_null()) << measure;
        }
    }
    EXPECT_EQ(run_accrue("monitor '" ACCRUE_SOURCE_DIR
                         "/examples/command/trials.csv' --measure PETO --participants 400000 --effect -0.2")
                  .exit_code,
              2);
}

// Where a look has no boundary of harm, futility reaches as far as Z does, on the side of harm.
TEST(Monitoring, ShowsFutilityWithoutABoundaryOfHarm) {
    auto const estimates =
        std::vector<estimate>{{-0.4155, 0.0278}, {-0.1776, 0.1158}, {-0.1019, 0.0147}, {-0.2282, 0.0407}};
    for (std::string const effect : {"-0.3", "0.3"}) {
        bool const below = effect == "-0.3";
        auto const error = below ? asymmetric{.lower = 0.025, .upper = 0.1} : asymmetric{0.1, 0.025};
        auto const design =
            sequential_design{.error = error,
                              .power = 0.9,
                              .spending = lan_demets_obrien_fleming{},
                              .information = required_information_size(
                                  standardized_mean_difference_target{below ? -0.3 : 0.3}, error, 0.9),
                              .futility = futility{0.2, lan_demets_pocock{}, non_binding{}},
                              .boundaries = simulated_monitoring{}};
        auto const first =
            trial_sequential_analysis(random_effects{dersimonian_laird{}, hartung_knapp_floored{}}, design,
                                      estimates, std::vector{31, 43, 49, 99}, after_trials{{2}})
                .looks[0];
        auto const result =
            run_accrue("monitor " + ldn + " --alpha 0.025 --harm-alpha 0.1 --effect " + effect +
                       " --power 0.9 --futility non-binding --futility-spending pocock "
                       "--futility-error 0.2 --looks 2 --json -");
        ASSERT_EQ(result.exit_code, 0) << result.errors;
        auto const looks = result.json()["looks"];
        ASSERT_TRUE(std::isinf(below ? first.upper_boundary : first.lower_boundary)) << "no boundary of harm";
        double const shown = number(looks[below ? "futility_lower" : "futility_upper"][0]);
        EXPECT_RELATIVE(shown, below ? first.wedge_below : first.wedge, 1e-12);
        EXPECT_TRUE(looks[below ? "futility_upper" : "futility_lower"][0].is_null()) << "without end";
    }
}

TEST(Clusters, AreThoseOfTheGoldenValues) {
    auto const file = std::string("'" ACCRUE_GOLDEN_DIR "/konstantopoulos2011/input.csv'");
    for (std::string const method : {"REML", "ML"}) {
        auto const result = run_accrue("pool " + file + " --measure GEN --cluster cluster --model " +
                                       (method == "REML" ? "reml,z" : "ml,z") + " --json -");
        ASSERT_EQ(result.exit_code, 0) << result.errors;
        auto const found = result.json();
        auto const row = golden("dependence/three_level.csv")
                             .where("dataset", "konstantopoulos2011")
                             .where("method", method)
                             .only();
        EXPECT_RELATIVE(number(found["pooled"]["estimate"]), row.number("effect"), 1e-8);
        EXPECT_RELATIVE(number(found["pooled"]["standard_error"]), std::sqrt(row.number("variance")), 1e-8);
        EXPECT_RELATIVE(number(found["levels"]["tau_squared_between"]), row.number("between"), 1e-7);
        EXPECT_RELATIVE(number(found["levels"]["tau_squared_within"]), row.number("within"), 1e-7);
        EXPECT_EQ(found["robust"]["status"], "ok");
        EXPECT_TRUE(found["sentences"].empty());
    }
    EXPECT_EQ(run_accrue("pool " + file + " --measure GEN --cluster cluster --model dl").exit_code, 2);
    EXPECT_EQ(run_accrue("pool " + file + " --measure GEN --cluster nowhere").exit_code, 1);
}

TEST(Groups, OfCountsArePooledByTheModelOfCounts) {
    auto const bcg = std::string("'" ACCRUE_GOLDEN_DIR "/bcg/input.csv'");
    auto const result = run_accrue("pool " + bcg + " --measure OR --model mh --by alloc --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const groups = result.json()["groups"];
    auto const random = file_of("ai,bi,ci,di\n4,119,11,128\n6,300,29,274\n3,228,11,209\n62,13536,248,12619\n"
                                "8,2537,10,619\n505,87886,499,87892\n29,7470,45,7232\n");
    auto const alone = run_accrue("pool " + random + " --measure OR --model mh --json -");
    ASSERT_EQ(alone.exit_code, 0) << alone.errors;
    ASSERT_EQ(groups["name"][0], "random");
    EXPECT_EQ(groups["estimate"][0], alone.json()["pooled"]["estimate"]);
}

// Each measure that has a name in metafor, on each data set that has its columns.
TEST(Measures, AreThoseOfTheGoldenValues) {
    auto const names = std::vector<std::string>{
        "RR",   "OR",   "RD",   "AS",    "OR2DL", "OR2DN", "PBIT",  "YUQ",  "YUY",  "PHI",   "MD",   "SMD",
        "SMDH", "SMD1", "ROM",  "VR",    "CVR",   "D2ORL", "D2ORN", "RPB",  "RBIS", "IRR",   "IRD",  "IRSD",
        "MC",   "SMCC", "SMCR", "SMCRH", "ROMC",  "MPOR",  "MPORC", "MPRR", "MPRD", "PR",    "PLN",  "PLO",
        "PAS",  "PRZ",  "IR",   "IRLN",  "IRS",   "MN",    "MNLN",  "SMN",  "SDLN", "CVLN",  "ARAW", "AHW",
        "ABT",  "ZCOR", "COR",  "UCOR",  "CLESN", "SMCRP", "VRC",   "CVRC", "PETO", "MPPETO"};
    std::size_t compared = 0;
    auto seen = std::vector<std::string>();
    for (auto const& folder : std::filesystem::directory_iterator(ACCRUE_GOLDEN_DIR)) {
        auto const name = folder.path().filename().string();
        for (std::string const file : {"effects.csv", "v5_effects.csv"}) {
            if (name.rfind("edge_", 0) == 0 || !std::filesystem::exists(folder.path() / file)) {
                continue;
            }
            auto const all = golden(name + "/" + file);
            for (auto const& measure : names) {
                auto const rows = all.where("measure", measure)
                                      .where("vtype", measure == "PHI" || measure == "RPB" ? "ST" : "LS")
                                      .where("to", "only0")
                                      .where("drop00", "FALSE")
                                      .where("correct", "default");
                auto estimates = std::vector<row>();
                for (auto const& each : rows) {
                    if (each.number("add") == 0.5 || rows.where("add", "0.5").size() == 0) {
                        estimates.push_back(each);
                    }
                }
                // metafor adds to the cells of trials with a zero, of which Peto's method has no need.
                if (estimates.empty() || (measure == "PETO" && name != "bcg")) {
                    continue;
                }
                SCOPED_TRACE(name + " " + measure);
                auto const result = run_accrue("pool '" + (folder.path() / "input.csv").string() +
                                               "' --model common --measure " + measure + " --json -");
                ASSERT_EQ(result.exit_code, 0) << result.errors;
                auto const studies = result.json()["studies"];
                ASSERT_EQ(studies["estimate"].size(), estimates.size());
                for (std::size_t i = 0; i < estimates.size(); ++i) {
                    EXPECT_RELATIVE(number(studies["estimate"][i]), estimates[i].number("yi"), 1e-12, 2e-15);
                    EXPECT_RELATIVE(number(studies["variance"][i]), estimates[i].number("vi"), 1e-12);
                    ++compared;
                }
                seen.push_back(measure);
            }
        }
    }
    for (auto const& measure : names) {
        EXPECT_NE(std::find(seen.begin(), seen.end(), measure), seen.end()) << measure << " has no row";
    }
    EXPECT_GE(compared, 500U);
}

// The columns of metareg_coef.csv; "intrcpt" is the intercept there.
TEST(Regression, OfTheVaccineIsThatOfTheGoldenValues) {
    for (auto const* const test : {"z", "knha"}) {
        auto const result =
            run_accrue("regress '" ACCRUE_GOLDEN_DIR "/bcg/input.csv' --measure OR --on ablat,year "
                       "--model reml," +
                       std::string(test == std::string("z") ? "z" : "hk") + " --json -");
        ASSERT_EQ(result.exit_code, 0) << result.errors;
        auto const found = result.json();
        auto const rows = golden("bcg/metareg_coef.csv")
                              .where("measure", "OR")
                              .where("formula", "~ablat+year")
                              .where("method", "REML")
                              .where("test", test);
        ASSERT_EQ(found["coefficients"]["coefficient"].size(), rows.size());
        for (std::size_t j = 0; j < rows.size(); ++j) {
            SCOPED_TRACE(rows[j].where());
            EXPECT_RELATIVE(number(found["coefficients"]["coefficient"][j]), rows[j].number("beta"), 1e-7);
            EXPECT_RELATIVE(number(found["coefficients"]["standard_error"][j]), rows[j].number("se"), 1e-7);
            EXPECT_RELATIVE(number(found["coefficients"]["p_value"][j]), rows[j].number("pval"), 1e-7);
        }
    }
}

TEST(Bias, OfTheVaccineTrialsIsThatOfTheGoldenValues) {
    auto const result = run_accrue("bias '" ACCRUE_GOLDEN_DIR "/bcg/input.csv' --measure OR --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const found = result.json();
    auto const rows = golden("bcg/bias.csv").where("measure", "OR");
    auto const egger = rows.where("variant", "lm/EE/t/sei").only();
    EXPECT_RELATIVE(number(found["egger"]["statistic"]), egger.number("stat"), 1e-10);
    EXPECT_RELATIVE(number(found["egger"]["p_value"]), egger.number("pval"), 1e-10);
    EXPECT_RELATIVE(number(found["egger"]["limit_estimate"]), egger.number("limit_est"), 1e-10);
    auto const begg = rows.where("variant", "exact_default").only();
    EXPECT_RELATIVE(number(found["begg"]["tau"]), begg.number("stat"), 1e-12);
    EXPECT_RELATIVE(number(found["begg"]["p_value"]), begg.number("pval"), 1e-12);
    for (auto const* const method : {"rosenthal", "orwin", "rosenberg"}) {
        auto const test =
            std::string("fsn_") + method + (method == std::string("orwin") ? "_unweighted" : "");
        EXPECT_EQ(number(found["fail_safe_n"][method]), rows.where("test", test).only().number("extra"));
    }
    auto const filled = golden("bcg/trimfill.csv")
                            .where("measure", "OR")
                            .where("method", "REML")
                            .where("estimator", "L0")
                            .where("side_arg", "auto")
                            .only();
    EXPECT_EQ(number(found["trim_and_fill"]["added"]), filled.number("k0"));
    EXPECT_EQ(found["trim_and_fill"]["side"], filled.text("side"));
    EXPECT_RELATIVE(number(found["trim_and_fill"]["estimate"]), filled.number("beta"), 1e-9);
}

TEST(Size, IsThatOfTheLibrary) {
    auto const result = run_accrue(
        "size --measure RR --reduction 0.2 --control-risk 0.12 --power 0.9 --diversity 0.25 --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    auto const size = required_information_size(risk_ratio_target{0.12, 0.8}, two_sided{0.05}, 0.9,
                                                diversity_adjustment{0.25});
    EXPECT_RELATIVE(number(result.json()["size"]["participants_exact"]), size.participants, 1e-14);
    EXPECT_EQ(number(result.json()["size"]["participants"]), size.participants_rounded_up());
}

// Numbers too long for a table keep four digits, where whole ones had kept one.
TEST(Size, OfATinyEffectIsPrintedWithDigits) {
    auto const result = run_accrue("size --measure SMD --effect 0.00003");
    EXPECT_NE(result.output.find("participants, both arms                  4.670e+10"), std::string::npos)
        << result.output;
}

// A hazard ratio's information is in its events.
TEST(Size, OfAHazardRatioIsOfEventsInEachTrialToo) {
    auto const found = run_accrue("size --measure HR --effect 0.8 --tau2 0.1 --json -").json()["size"];
    auto const trials =
        required_trials(required_information_size(hazard_ratio_target{0.8}, two_sided{0.05}, 0.9), 0.1);
    EXPECT_RELATIVE(number(found["events_per_trial"]), trials.participants_per_trial(trials.minimum()),
                    1e-14);
    EXPECT_FALSE(found.contains("participants_per_trial"));
}

// The size has the error of the side of the benefit, which of a ratio below 1 is below.
TEST(Size, BesideAnErrorOfHarmIsThatOfTheBenefit) {
    for (std::string const target :
         {"RR --effect 0.8 --control-risk 0.12", "RR --effect 1.25 --control-risk 0.12",
          "OR --effect 0.8 --control-risk 0.12", "OR --reduction 0.2 --control-risk 0.12", "HR --effect 0.8",
          "RD --effect -0.05 --control-risk 0.12", "SMD --effect -0.3", "SMD --effect 0.3"}) {
        auto const size = [&](std::string const& error) {
            auto const result =
                run_accrue("size --measure " + target + " --alpha 0.025 " + error + " --json -");
            EXPECT_EQ(result.exit_code, 0) << result.errors;
            return number(result.json()["size"]["statistical_information"]);
        };
        EXPECT_EQ(size("--harm-alpha 0.1"), size("--sides 1")) << target;
    }
}

} // namespace
} // namespace accrue::test
