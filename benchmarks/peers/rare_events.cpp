// accrue's side of rare_events.R: reads lines "events participants events participants" of treatment and
// control from the file that is named, and prints for each model its log odds ratio, variance, variance
// between trials, and the processor seconds of a fit.

#include <accrue/model/pool.hpp>
#include <accrue/rare_events.hpp>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <vector>

namespace {

using namespace accrue;

template <class Model>
void time(char const* const name, Model const& model, std::vector<two_arms<events>> trials) {
    auto const fit = pool(model, trials);
    int repetitions = 0;
    double sum = 0;
    auto const start = std::clock();
    do {
        trials[0].control.total += 1; // no fit is the last one's again
        sum += pool(model, trials).effect;
        ++repetitions;
    } while (std::clock() - start < CLOCKS_PER_SEC / 2);
    double const seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / repetitions;
    std::printf("%s %.17g %.17g %.17g %.6g\n", name, fit.effect, fit.variance, fit.tau_squared,
                sum < 0 || sum >= 0 ? seconds : 0);
}

} // namespace

int main(int const count, char** const arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: rare_events_peer FILE\n");
        return 1;
    }
    auto file = std::ifstream(arguments[1]);
    auto trials = std::vector<two_arms<events>>{};
    auto trial = two_arms<events>{};
    while (file >> trial.treatment.count >> trial.treatment.total >> trial.control.count >>
           trial.control.total) {
        trials.push_back(trial);
    }
    time("CM.EL", binomial_normal{}, trials);
    time("CM.AL", binomial_normal{conditional_approximate{}}, trials);
    time("UM.FS", binomial_normal{fixed_intercepts{}}, trials);
    time("UM.RS", binomial_normal{random_intercepts{}}, trials);
    time("exact", exact_odds_ratio{}, trials);
    time("beta", beta_binomial{}, trials);
    return 0;
}
