#pragma once

// Whole analyses of known answer, run anew on this machine: from what the trials reported to the conclusion.

#include "dossier.hpp"
#include "support/table.hpp"
#include <accrue/accrue.hpp>

namespace accrue::qualification {

inline std::vector<two_arms<events>> tables(test::table const& rows, char const* const a, char const* const b,
                                            char const* const c, char const* const d,
                                            bool const second_is_total) {
    auto trials = std::vector<two_arms<events>>{};
    for (auto const& row : rows) {
        auto const total = [&](char const* const count, char const* const other) {
            return row.number(other) + (second_is_total ? 0 : row.number(count));
        };
        trials.push_back({.treatment = {.count = row.number(a), .total = total(a, b)},
                          .control = {.count = row.number(c), .total = total(c, d)}});
    }
    return trials;
}

/// Log risk ratios by REML with the interval of Hartung and Knapp, against R metafor 3.8-1.
inline void risk_ratios(std::vector<check>& checks, std::string const& name, std::string const& folder) {
    auto const trials = tables(test::golden(folder + "/input.csv"), "ai", "bi", "ci", "di", false);
    auto const expected = test::golden(folder + "/pooled.csv")
                              .where("measure", "RR")
                              .where("method", "REML")
                              .where("test", "knha")
                              .only();
    auto const studies = effects(log_risk_ratio{}, trials);
    auto const summary = pool(random_effects{reml{}, hartung_knapp{}}, studies);
    auto const limits = confidence_interval(summary, 0.95);
    checks.push_back(compared(name + ": log risk ratio", summary.effect, expected.number("beta"), 1e-8));
    checks.push_back(
        compared(name + ": standard error", standard_error(summary), expected.number("se"), 1e-8));
    checks.push_back(compared(name + ": tau squared", summary.tau_squared, expected.number("tau2"), 1e-8));
    checks.push_back(compared(name + ": lower limit", limits.lower, expected.number("ci_lb"), 1e-8));
    checks.push_back(compared(name + ": upper limit", limits.upper, expected.number("ci_ub"), 1e-8));
    checks.push_back(compared(name + ": p-value", p_value(summary), expected.number("pval"), 1e-7));
    checks.push_back(
        compared(name + ": Cochran's Q", heterogeneity(studies).q, expected.number("QE"), 1e-10));
    checks.push_back(
        {name + ": status", summary.status == status::ok ? "ok" : "not ok", summary.status == status::ok});
}

inline void naltrexone(std::vector<check>& checks) {
    // R metafor 3.8-1 on these ten printed digits.
    auto const studies = std::vector<estimate>{{.effect = -0.4155412942, .variance = 0.02784555721},
                                               {.effect = -0.177570607, .variance = 0.1158496039},
                                               {.effect = -0.1018575612, .variance = 0.01472313351},
                                               {.effect = -0.2282162846, .variance = 0.04067120707}};
    auto const model = random_effects{dersimonian_laird{}};
    auto const summary = pool(model, studies);
    checks.push_back(compared("naltrexone: standardised difference", summary.effect, -0.2114911904, 1e-9));
    checks.push_back(compared("naltrexone: p-value", p_value(summary), 0.01328968418, 1e-9));
    auto const size = required_information_size(standardized_mean_difference_target{.difference = -0.3},
                                                two_sided{0.05}, 0.90);
    checks.push_back({"naltrexone: required participants",
                      digits(size.participants_rounded_up()) + ", expected 467",
                      size.participants_rounded_up() > 466 && size.participants_rounded_up() < 468});
    auto const design = sequential_design{.error = two_sided{0.05},
                                          .power = 0.90,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = size};
    auto const analysis = trial_sequential_analysis(model, design, studies, std::vector{28, 43, 49, 99});
    auto const undecided = analysis.conclusion == conclusion::insufficient;
    checks.push_back({"naltrexone: conclusion", undecided ? "too early to tell" : "decided", undecided});
}

inline void coronary(std::vector<check>& checks) {
    // Cannon 2006 (10.1016/j.jacc.2006.04.070); cumulative results by R metafor 3.8-1.
    auto const trials =
        tables(test::golden("sequential/analysis/data_coronary.csv"), "eI", "nI", "eC", "nC", true);
    auto const curve = z_curve(mantel_haenszel{log_risk_ratio{}}, trials);
    auto const expected = test::golden("sequential/analysis/cumulative_metafor.csv")
                              .where("dataset", "coronary")
                              .where("outcome", "RR")
                              .where("model", "FE_MH");
    auto k = std::size_t{0};
    for (auto const& row : expected) {
        checks.push_back(compared("coronary events: Z after " + std::to_string(k + 1) + " trials", curve[k],
                                  row.number("z"), 1e-10));
        ++k;
    }
    checks.push_back({"coronary events: trials", std::to_string(k), k == 4});
}

inline void group_sequential(std::vector<check>& checks) {
    // Lan and DeMets's function of O'Brien and Fleming, one side, five equal looks, against a reference in
    // 80 bits.
    auto fractions = std::vector<double>{};
    auto expected = std::vector<double>{};
    for (auto const& row : test::golden("sequential/boundaries.csv").where("design_id", "D00005")) {
        fractions.push_back(row.number("t"));
        expected.push_back(row.number("z_ref"));
    }
    auto const found = boundaries(one_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
    for (auto k = std::size_t{0}; k < found.size(); ++k) {
        checks.push_back(compared("group sequential design: boundary " + std::to_string(k + 1) + " of 5",
                                  found[k], expected[k], 1e-12));
    }
    checks.push_back({"group sequential design: looks", std::to_string(found.size()), found.size() == 5});
}

inline void performance(page& out) {
    out.heading("3. Performance: whole analyses of known answer");
    out.paragraph("From what trials reported to the conclusion, run by this program on this machine. BCG "
                  "vaccine and intravenous "
                  "magnesium: log risk ratios by restricted maximum likelihood with the interval of Hartung "
                  "and Knapp.");
    auto checks = std::vector<check>{};
    naltrexone(checks);
    risk_ratios(checks, "BCG vaccine", "bcg");
    risk_ratios(checks, "magnesium", "li2007");
    coronary(checks);
    group_sequential(checks);
    out.table(checks);
}

} // namespace accrue::qualification
