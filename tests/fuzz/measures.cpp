// Effect measures of every kind of report, and models of trials.

#include "fuzz/studies.hpp"
#include <accrue/effect.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

/// Whether all numbers of the report are 0 or of a size whose fourth power is a double.
bool moderate = true;

double noted(double const x) {
    double const size = std::abs(x);
    moderate = moderate && (size <= 0 || (size > 1e-70 && size < 1e70));
    return x;
}

/// A measure refuses a report or gives a finite effect and a variance that is not below 0; where numbers are
/// huge or tiny, they may overflow.
template <class Report, class... Measures>
void measure(Report const& report, Measures const&... measures) {
    auto const one = [&](auto const& of) {
        attempt([&] {
            auto const result = of(report);
            require(!moderate || (std::isfinite(result.effect) && std::isfinite(result.variance) &&
                                  result.variance >= 0),
                    "a measure gives numbers");
            if constexpr (requires { of.back_transform(result.effect); }) {
                static_cast<void>(of.back_transform(result.effect));
            }
        });
    };
    (one(measures), ...);
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    moderate = true;
    auto const any = [&] { return noted(in.number()); };
    auto const number = [&] { return in.flag() ? in.count(400) : any(); };
    auto const group = [&]() -> arm {
        double const n = number();
        double const mean = any();
        return {n, mean, any()};
    };
    auto const some = [&]() -> events {
        double const count = number();
        return {count, number()};
    };
    auto const over_time = [&]() -> rate {
        double const count = number();
        return {count, any()};
    };
    switch (in.up_to(8)) {
    case 0: {
        auto const treatment = some();
        auto const trial = two_arms<events>{treatment, some()};
        measure(trial, log_odds_ratio{}, log_risk_ratio{}, risk_difference{}, arcsine_difference{}, yules_q{},
                yules_y{}, phi_coefficient{}, probit_difference{}, peto_log_odds_ratio{});
        break;
    }
    case 1: {
        auto const treatment = group();
        auto const trial = two_arms<arm>{treatment, group()};
        measure(trial, mean_difference{}, standardized_mean_difference{}, glass_delta{}, log_ratio_of_means{},
                log_variability_ratio{}, log_coefficient_of_variation_ratio{},
                heteroscedastic_standardized_mean_difference{});
        break;
    }
    case 2: {
        auto const treatment = over_time();
        auto const trial = two_arms<rate>{treatment, over_time()};
        measure(trial, log_incidence_rate_ratio{}, incidence_rate_difference{},
                square_root_rate_difference{});
        break;
    }
    case 3:
        measure(some(), proportion{}, log_proportion{}, logit_proportion{}, arcsine_proportion{},
                freeman_tukey_proportion{}, probit_proportion{});
        break;
    case 4:
        measure(over_time(), incidence_rate{}, log_incidence_rate{}, square_root_incidence_rate{},
                freeman_tukey_incidence_rate{});
        break;
    case 5:
        measure(group(), group_mean{}, log_group_mean{}, log_standard_deviation{},
                log_coefficient_of_variation{}, standardized_mean{});
        break;
    case 6: {
        double const n = number();
        double const m = number();
        double const t = any();
        measure(two_sample_t{n, m, t}, standardized_mean_difference{});
        measure(cohens_d{n, m, t}, standardized_mean_difference{}, biserial_correlation{},
                point_biserial_correlation{});
        measure(paired_t{n, t}, standardized_mean_change{});
        measure(log_rank{t, m}, log_hazard_ratio{});
        attempt([&] { measure(association{n, t}, fisher_z{}, raw_correlation{}, unbiased_correlation{}); });
        measure(reliability{n, m, t}, cronbach_alpha{}, bonett_transformed_alpha{},
                hakstian_whalen_transformed_alpha{});
        break;
    }
    case 7: {
        double const both = number();
        double const one = number();
        double const other = number();
        measure(matched_pairs{both, one, other, number()}, log_odds_ratio{}, conditional_log_odds_ratio{},
                log_risk_ratio{}, risk_difference{});
        break;
    }
    default: {
        auto const trials = read_trials(in, 6, 300);
        attempt([&] { require_sound(pool(mantel_haenszel{}, trials), "Mantel-Haenszel"); });
        attempt([&] { require_sound(pool(mantel_haenszel{log_risk_ratio{}}, trials), "Mantel-Haenszel"); });
        attempt([&] { require_sound(pool(mantel_haenszel{risk_difference{}}, trials), "Mantel-Haenszel"); });
        attempt([&] { require_sound(pool(peto{}, trials), "Peto"); });
        attempt([&] {
            auto const test = cochran_mantel_haenszel_test(trials);
            require(test.status != status::ok || std::isfinite(test.statistic), "a test has a statistic");
        });
        attempt([&] { static_cast<void>(breslow_day_test(trials)); });
        break;
    }
    }
}
