// Models of counts: generalised linear mixed models, beta-binomial, exact.

#include "fuzz/studies.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/rare_events.hpp>

using namespace accrue;
using namespace accrue::test;

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto const which = in.up_to(5);
    auto const trials = read_trials(in, 4, 60);
    attempt([&] {
        switch (which) {
        case 0:
            return require_sound(pool(binomial_normal{conditional_exact{}}, trials), "conditional");
        case 1:
            return require_sound(pool(binomial_normal{conditional_approximate{}}, trials), "approximate");
        case 2:
            return require_sound(pool(binomial_normal{fixed_intercepts{}}, trials), "fixed intercepts");
        case 3:
            return require_sound(pool(beta_binomial{}, trials), "beta-binomial");
        case 4: {
            auto groups = std::vector<two_arms<rate>>{};
            for (auto const& trial : trials) {
                groups.push_back(
                    {{trial.treatment.count, trial.treatment.total}, {trial.control.count, in.positive()}});
            }
            return require_sound(pool(poisson_normal{}, groups), "Poisson-normal");
        }
        default: {
            require_sound(pool(exact_odds_ratio{}, trials), "exact odds ratio");
            auto const limits = exact_interval(exact_tails{}, trials, 0.95);
            require(limits.lower <= limits.upper, "an exact interval has an order");
            double const p = exact_p_value(trials);
            require(!(p < 0) && !(p > 1 + 1e-9), "an exact p value");
            return;
        }
        }
    });
}
