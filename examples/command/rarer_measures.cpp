#include "report_measures.hpp"
#include <accrue/effect.hpp>

namespace command {
namespace {

using namespace accrue;

/// The standardised mean difference that an odds ratio stands for.
template <class Rule, class ZeroCells>
struct d_from_odds_ratio {
    Rule rule{};
    ZeroCells zeros{};

    [[nodiscard]] estimate operator()(two_arms<events> const& trial) const {
        return d_from_log_odds_ratio(log_odds_ratio{zeros}(trial), rule);
    }
    static constexpr identity_back_transform back_transform{};
};

/// The odds ratio that a standardised mean difference stands for.
template <class Rule>
struct odds_ratio_from_means {
    [[nodiscard]] estimate operator()(two_arms<arm> const& trial) const {
        return log_odds_ratio_from_d(standardized_mean_difference{uncorrected{}}(trial), Rule{});
    }
    static constexpr exponential_back_transform back_transform{};
};

/// Peto's method, which needs a correction only where nobody or everybody had the event.
auto by_peto(zero_cells const& zeros) {
    return peto_log_odds_ratio{zero_cell_policy{zeros.correction, double_zero_studies{}}};
}

} // namespace

std::vector<measure> rarer_measures() {
    auto result = std::vector<measure>{
        of_reports<two_arms<events>>("PETO", "Odds ratio", "log odds ratio by Peto", "peto_log_odds_ratio{}",
                                     "two_arms<events>", by_peto),
        of_reports<two_arms<events>>("OR2DL", "Standardised mean difference",
                                     "standardised mean difference from odds ratio (logistic)",
                                     "d_from_odds_ratio<hasselblad_hedges>{}", "two_arms<events>",
                                     [](auto zeros) {
                                         return d_from_odds_ratio<hasselblad_hedges, zero_cells>{{}, zeros};
                                     }),
        of_reports<two_arms<events>>("OR2DN", "Standardised mean difference",
                                     "standardised mean difference from odds ratio (normal)",
                                     "d_from_odds_ratio<cox>{}", "two_arms<events>",
                                     [](auto zeros) {
                                         return d_from_odds_ratio<cox, zero_cells>{{}, zeros};
                                     }),
        of_reports<two_arms<events>>("PBIT", "Probit difference", "probit difference", "probit_difference{}",
                                     "two_arms<events>", [](auto zeros) { return probit_difference{zeros}; }),
        of_reports<two_arms<events>>("YUQ", "Yule's Q", "Yule's Q", "yules_q{}", "two_arms<events>",
                                     [](auto zeros) { return yules_q{zeros}; }),
        of_reports<two_arms<events>>("YUY", "Yule's Y", "Yule's Y", "yules_y{}", "two_arms<events>",
                                     [](auto zeros) { return yules_y{zeros}; }),
        of_reports<two_arms<events>>("PHI", "Phi coefficient", "phi coefficient", "phi_coefficient{}",
                                     "two_arms<events>", [](auto) { return phi_coefficient{}; }),
        of_reports<two_arms<arm>>("SMDH", "Standardised mean difference",
                                  "standardised mean difference, unequal variances",
                                  "heteroscedastic_standardized_mean_difference{}", "two_arms<arm>",
                                  [](auto) { return heteroscedastic_standardized_mean_difference{}; }),
        of_reports<two_arms<arm>>("SMD1", "Standardised mean difference",
                                  "standardised mean difference, SD of the control arm", "glass_delta{}",
                                  "two_arms<arm>", [](auto) { return glass_delta{}; }),
        of_reports<two_arms<arm>>("VR", "Variability ratio", "log variability ratio",
                                  "log_variability_ratio{}", "two_arms<arm>",
                                  [](auto) { return log_variability_ratio{}; }),
        of_reports<two_arms<arm>>("CVR", "Ratio of the coefficients of variation",
                                  "log ratio of the coefficients of variation",
                                  "log_coefficient_of_variation_ratio{}", "two_arms<arm>",
                                  [](auto) { return log_coefficient_of_variation_ratio{}; }),
        of_reports<two_arms<arm>>("D2ORL", "Odds ratio",
                                  "log odds ratio from standardised mean difference (logistic)",
                                  "odds_ratio_from_means<hasselblad_hedges>{}", "two_arms<arm>",
                                  [](auto) { return odds_ratio_from_means<hasselblad_hedges>{}; }),
        of_reports<two_arms<arm>>("D2ORN", "Odds ratio",
                                  "log odds ratio from standardised mean difference (normal)",
                                  "odds_ratio_from_means<cox>{}", "two_arms<arm>",
                                  [](auto) { return odds_ratio_from_means<cox>{}; }),
        of_reports<two_arms<arm>>("RPB", "Point-biserial correlation", "point-biserial correlation",
                                  "point_biserial_correlation{}", "two_arms<arm>",
                                  [](auto) { return point_biserial_correlation{}; }),
        of_reports<two_arms<arm>>("RBIS", "Biserial correlation", "biserial correlation",
                                  "biserial_correlation{}", "two_arms<arm>",
                                  [](auto) { return biserial_correlation{}; }),
        of_reports<two_arms<arm>>("CLESN", "Common language effect size", "common language effect size",
                                  "common_language_effect_size{}", "two_arms<arm>",
                                  [](auto) { return common_language_effect_size{}; }),
        of_reports<two_arms<rate>>("IRSD", "Square root rate difference", "square root rate difference",
                                   "square_root_rate_difference{}", "two_arms<rate>",
                                   [](auto) { return square_root_rate_difference{}; }),
        of_reports<paired_arms>("SMCC", "Standardised mean change", "standardised mean change, SD of changes",
                                "standardized_mean_change{}", "paired_arms",
                                [](auto) { return standardized_mean_change{}; }),
        of_reports<before_and_after>(
            "SMCRH", "Standardised mean change", "standardised mean change, unequal variances",
            "baseline_standardized_mean_change{hedges_exact{}, baseline_unequal_variances{}}", "paired_arms",
            [](auto) {
                return baseline_standardized_mean_change{hedges_exact{}, baseline_unequal_variances{}};
            }),
        of_reports<paired_arms>("SMCRP", "Standardised mean change", "standardised mean change, pooled SD",
                                "pooled_standardized_mean_change{}", "paired_arms",
                                [](auto) { return pooled_standardized_mean_change{}; }),
        of_reports<paired_arms>("ROMC", "Ratio of means", "log ratio of means", "log_ratio_of_means{}",
                                "paired_arms", [](auto) { return log_ratio_of_means{}; }),
        of_reports<paired_arms>("VRC", "Variability ratio", "log variability ratio",
                                "log_variability_ratio{}", "paired_arms",
                                [](auto) { return log_variability_ratio{}; }),
        of_reports<paired_arms>("CVRC", "Ratio of the coefficients of variation",
                                "log ratio of the coefficients of variation",
                                "log_coefficient_of_variation_ratio{}", "paired_arms",
                                [](auto) { return log_coefficient_of_variation_ratio{}; }),
        of_reports<matched_pairs>("MPOR", "Odds ratio", "log odds ratio, marginal", "log_odds_ratio{}",
                                  "matched_pairs", [](auto zeros) { return log_odds_ratio{zeros}; }),
        of_reports<matched_pairs>("MPORC", "Odds ratio", "log odds ratio, conditional",
                                  "conditional_log_odds_ratio{}", "matched_pairs",
                                  [](auto zeros) { return conditional_log_odds_ratio{zeros}; }),
        of_reports<matched_pairs>("MPRR", "Risk ratio", "log risk ratio", "log_risk_ratio{}", "matched_pairs",
                                  [](auto zeros) { return log_risk_ratio{zeros}; }),
        of_reports<matched_pairs>("MPRD", "Risk difference", "risk difference", "risk_difference{}",
                                  "matched_pairs", [](auto zeros) { return risk_difference{zeros}; }),
        of_reports<matched_pairs>("MPPETO", "Odds ratio", "log odds ratio by Peto", "peto_log_odds_ratio{}",
                                  "matched_pairs", by_peto),
        of_reports<events>("PAS", "Proportion", "arcsine of the root of the proportion",
                           "arcsine_proportion{}", "events", [](auto) { return arcsine_proportion{}; }),
        of_reports<events>("PRZ", "Proportion", "probit of the proportion", "probit_proportion{}", "events",
                           [](auto zeros) { return probit_proportion{zeros}; }),
        of_reports<rate>("IRS", "Incidence rate", "square root of the incidence rate",
                         "square_root_incidence_rate{}", "rate",
                         [](auto) { return square_root_incidence_rate{}; }),
        of_reports<events>("PFT", "Proportion", "double arcsine of the proportion",
                           "freeman_tukey_proportion{}", "events",
                           [](auto) { return freeman_tukey_proportion{}; }),
        of_reports<rate>("IRFT", "Incidence rate", "double root of the incidence rate",
                         "freeman_tukey_incidence_rate{}", "rate",
                         [](auto) { return freeman_tukey_incidence_rate{}; }),
        of_reports<arm>("SMN", "Standardised mean", "standardised mean", "standardized_mean{}", "arm",
                        [](auto) { return standardized_mean{}; }),
        of_reports<arm>("SDLN", "Standard deviation", "log standard deviation", "log_standard_deviation{}",
                        "arm", [](auto) { return log_standard_deviation{}; }),
        of_reports<arm>("CVLN", "Coefficient of variation", "log coefficient of variation",
                        "log_coefficient_of_variation{}", "arm",
                        [](auto) { return log_coefficient_of_variation{}; }),
        of_reports<reliability>("AHW", "Cronbach's alpha", "cube root of 1 - alpha",
                                "hakstian_whalen_transformed_alpha{}", "reliability",
                                [](auto) { return hakstian_whalen_transformed_alpha{}; }),
        of_reports<association>("UCOR", "Correlation", "unbiased correlation", "unbiased_correlation{}",
                                "association", [](auto) { return unbiased_correlation{}; }),
    };
    // A program in C++ writes the effects of conversions as numbers: they are no measures of the library.
    for (auto& each : result) {
        if (each.name == "OR2DL" || each.name == "OR2DN" || each.name == "D2ORL" || each.name == "D2ORN") {
            each.report = "estimate";
            each.initialisers = estimates_as_initialisers;
        }
    }
    return result;
}

} // namespace command
