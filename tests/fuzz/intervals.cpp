// Intervals of tau², tests of heterogeneity and of small-study effects.

#include "fuzz/studies.hpp"
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/small_study.hpp>
#include <accrue/tau_squared.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

template <class Method>
void limits(Method const& method, std::vector<estimate> const& studies, double const level) {
    attempt([&] {
        auto const set = tau_squared_interval(method, studies, level);
        if (set.status == status::ok && !set.empty) {
            require(set.lower >= 0 && set.lower <= set.upper, "an interval of tau² has an order");
        }
    });
}

template <class Result>
void sound(Result const& result, char const* const what) {
    if (result.status == status::ok) {
        require_finite(result.statistic, what);
        require(result.p_value >= 0 && result.p_value <= 1, what);
    }
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto const which = in.up_to(7);
    double const level = in.flag() ? 0.95 : in.fraction();
    auto const studies = read_studies(in, 9);
    switch (which) {
    case 0:
        limits(q_profile{}, studies, level);
        break;
    case 1:
        limits(profile_likelihood<>{}, studies, level);
        break;
    case 2:
        limits(generalised_q_profile<>{.tolerance = 1e-6, .max_iterations = 60}, studies, level);
        break;
    case 3:
        attempt([&] {
            auto const spread = heterogeneity(studies);
            static_cast<void>(spread);
            static_cast<void>(baujat(studies));
        });
        break;
    case 4:
        attempt([&] { sound(egger_test{}(studies), "Egger's test"); });
        attempt([&] {
            sound(egger_test{by_standard_error{}, additive_dispersion{dersimonian_laird{}}}(studies),
                  "Egger's test");
        });
        break;
    case 5:
        attempt([&] { static_cast<void>(begg_test{}(studies)); });
        attempt([&] { static_cast<void>(fail_safe_n(rosenthal{}, studies)); });
        attempt([&] { static_cast<void>(fail_safe_n(rosenberg{}, studies)); });
        attempt([&] { static_cast<void>(excess_significance{}(studies)); });
        attempt([&] { static_cast<void>(p_curve{}(studies)); });
        break;
    case 6:
        attempt([&] { require_sound(trim_and_fill{}(common_effect{}, studies).pooled, "trim and fill"); });
        attempt([&] { require_sound(limit_meta_analysis{}(studies).pooled, "limit meta-analysis"); });
        break;
    default:
        attempt([&] {
            auto const groups = std::vector{studies, read_studies(in, 5)};
            auto const result = subgroups(random_effects{dersimonian_laird{}}, groups);
            require_sound(result.combined, "subgroups");
        });
        break;
    }
}
