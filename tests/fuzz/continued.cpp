// Sequential analyses, their continuation with more trials and other sizes, and what is inferred from them.

#include "fuzz/studies.hpp"
#include <accrue/model.hpp>
#include <accrue/sequential.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

template <class Function>
void with_spending(std::size_t const which, Function const& function) {
    switch (which) {
    case 0:
        return function(any_spending_function(lan_demets_obrien_fleming{}));
    case 1:
        return function(any_spending_function(lan_demets_pocock{}));
    default:
        return function(any_spending_function(kim_demets{.rho = 3}));
    }
}

void inspect(sequential_analysis const& analysis) {
    for (auto const& look : analysis.looks) {
        require(!std::isnan(look.lower_boundary) && !std::isnan(look.upper_boundary),
                "each look has boundaries");
        require(look.status != status::ok || std::isfinite(look.z), "each look that is ok has a z");
    }
    require(!result_sentence(analysis).empty(), "each analysis has a sentence");
    if (analysis.looks.empty()) {
        return;
    }
    attempt([&] {
        auto const inferred = infer_adjusted(analysis);
        if (inferred.status == status::ok) {
            require_finite(inferred.adjusted.effect, "an adjusted effect");
            require(inferred.adjusted.p_value >= 0 && inferred.adjusted.p_value <= 1, "an adjusted p value");
        }
    });
    attempt([&] { static_cast<void>(repeated_confidence_interval(analysis, analysis.looks.size() - 1)); });
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    with_spending(in.up_to(2), [&](any_spending_function const& spending) {
        attempt([&] {
            double const power = in.byte() < 20 ? in.number() : 0.5 + 0.49 * in.fraction();
            double const error = in.byte() < 20 ? in.number() : 0.1 * in.fraction();
            double const difference = in.byte() < 20 ? in.number() : in.flag() ? 0.4 : -0.4;
            auto const size_for = [&](double const wanted) {
                return required_information_size(mean_difference_target{.difference = wanted, .sd = 1.5},
                                                 two_sided{error}, power);
            };
            auto design = sequential_design{.error = two_sided{error},
                                            .power = power,
                                            .spending = spending,
                                            .information = size_for(difference)};
            if (in.flag()) {
                design.futility = futility{1 - power, lan_demets_obrien_fleming{}};
            }
            auto trials = std::vector<estimate>{};
            auto participants = std::vector<double>{};
            for (int time = 0; time < 3; ++time) {
                for (auto const& study : read_studies(in, 3)) {
                    trials.push_back(study);
                    participants.push_back(in.byte() < 10 ? in.number() : 1 + in.count(300));
                }
                auto const analysis = trial_sequential_analysis(random_effects{dersimonian_laird{}}, design,
                                                                trials, participants);
                inspect(analysis);
                if (in.flag()) {
                    return;
                }
                design = continued(analysis, size_for(difference * (0.5 + in.fraction())));
            }
        });
    });
}
