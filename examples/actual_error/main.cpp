// Prints, as Markdown, how often monitoring at two-sided 5 % stops when there is no effect, by method, tau²,
// number and size of trials; and what calibrated boundaries give back in power. docs/actual-error.md is this
// output with a commentary.
//
//     actual_error [replicates [threads]]

#include <accrue/accrue.hpp>
#include <accrue/sequential/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace accrue;

struct method {
    std::string name;
    std::function<pooled(study_evidence<double> const&)> model;
};

std::vector<method> methods() {
    auto const prior = semi_bayes{inverse_gamma_prior{.shape = 1.5, .scale = 0.3}};
    return {{"common effect", common_effect{}},
            {"DerSimonian-Laird, Wald", random_effects{dersimonian_laird{}}},
            {"Paule-Mandel, Wald", random_effects{paule_mandel{}}},
            {"REML, Wald", random_effects{reml{}}},
            {"Sidik-Jonkman, Wald", random_effects{sidik_jonkman{}}},
            {"semi-Bayes, Wald", random_effects{prior}},
            {"DerSimonian-Laird, HKSJ", random_effects{dersimonian_laird{}, hartung_knapp{}}},
            {"REML, HKSJ", random_effects{reml{}, hartung_knapp{}}},
            {"Sidik-Jonkman, HKSJ", random_effects{sidik_jonkman{}, hartung_knapp{}}},
            {"semi-Bayes, HKSJ", random_effects{prior, hartung_knapp{}}},
            {"DerSimonian-Laird, floored HKSJ", random_effects{dersimonian_laird{}, hartung_knapp_floored{}}},
            {"Paule-Mandel, floored HKSJ", random_effects{paule_mandel{}, hartung_knapp_floored{}}},
            {"REML, floored HKSJ", random_effects{reml{}, hartung_knapp_floored{}}},
            {"Sidik-Jonkman, floored HKSJ", random_effects{sidik_jonkman{}, hartung_knapp_floored{}}},
            {"REML, Kenward-Roger", random_effects{reml{}, kenward_roger{}}}};
}

auto const trial_numbers = std::vector<std::size_t>{5, 10, 20};
auto const heterogeneities = std::vector{0.0, 0.3, 0.6, 1.2, 2.0};

/// Five looks at equal distances, none before `first` trials.
monitored_looks five_looks(std::size_t const trials, any_spending_function const& spending,
                           std::size_t const first = 2) {
    auto counts = std::vector<std::size_t>{};
    auto fractions = std::vector<double>{};
    for (std::size_t look = 1; look <= 5; ++look) {
        if (look * trials / 5 >= first) {
            counts.push_back(look * trials / 5);
            fractions.push_back(static_cast<double>(look) / 5);
        }
    }
    return symmetric_looks(counts, boundaries(two_sided{0.05}, spending, fractions));
}

/// How sampling variances are drawn; their median is 1, so that tau² is in units of it.
using variance_draw = std::function<void(random_stream&, std::vector<estimate>&)>;

struct sizes {
    std::string name;
    std::function<variance_draw(std::size_t)> of;
};

/// Variances that fall by a factor of nine from the first trial to the last, or rise.
variance_draw geometric(std::size_t const trials, bool const growing_trials) {
    auto variances = std::vector<double>{};
    for (std::size_t i = 0; i < trials; ++i) {
        variances.push_back(3 * std::pow(1.0 / 9, static_cast<double>(i) / static_cast<double>(trials - 1)));
    }
    if (!growing_trials) {
        std::reverse(variances.begin(), variances.end());
    }
    return stated_variances{variances};
}

variance_draw one_large_trial(std::size_t const trials) {
    auto variances = std::vector<double>(trials, 1.0);
    variances[trials / 2] = 0.1;
    return stated_variances{variances};
}

variance_draw scattered(std::size_t const trials, double const log_sd) {
    return log_normal_variances{.trials = trials, .log_sd = log_sd};
}

std::vector<sizes> trial_sizes() {
    return {{"equal sizes", [](std::size_t const n) { return scattered(n, 0); }},
            {"moderately unequal sizes", [](std::size_t const n) { return scattered(n, 0.5); }},
            {"very unequal sizes", [](std::size_t const n) { return scattered(n, 1); }},
            {"growing trials", [](std::size_t const n) { return geometric(n, true); }},
            {"shrinking trials", [](std::size_t const n) { return geometric(n, false); }},
            {"one trial ten times as large", one_large_trial}};
}

std::string percent(double const share) {
    char buffer[32];
    (void)std::snprintf(buffer, sizeof buffer, "%.1f", 100 * share);
    return buffer;
}

std::string number(double const value) {
    char buffer[32];
    (void)std::snprintf(buffer, sizeof buffer, "%.3g", value);
    return buffer;
}

void print_row(std::vector<std::string> const& cells) {
    auto line = std::string("|");
    for (auto const& cell : cells) {
        line += " " + cell + " |";
    }
    std::puts(line.c_str());
}

void print_header(std::vector<std::string> const& cells) {
    print_row(cells);
    auto rule = std::vector<std::string>(cells.size(), "---:");
    rule.front() = "---";
    print_row(rule);
}

double standard_error_at(double const share, std::uint64_t const replicates) {
    return std::sqrt(share * (1 - share) / static_cast<double>(replicates));
}

void print_errors(simulation_options const& options) {
    std::puts("### Moderately unequal sizes\n");
    std::printf(
        "Per cent of %llu simulated reviews without an effect that crossed a boundary (standard error "
        "%.2f at 5 %%, %.2f at 20 %%), by tau² in units of the median sampling variance.\n\n",
        static_cast<unsigned long long>(options.replicates),
        100 * standard_error_at(0.05, options.replicates), 100 * standard_error_at(0.2, options.replicates));
    for (auto const trials : trial_numbers) {
        auto header = std::vector{std::to_string(trials) + " trials: tau²"};
        for (double const tau_squared : heterogeneities) {
            header.push_back(number(tau_squared));
        }
        print_header(header);
        auto const looks = five_looks(trials, lan_demets_obrien_fleming{});
        for (auto const& [name, model] : methods()) {
            auto row = std::vector{name};
            for (double const tau_squared : heterogeneities) {
                auto const series = trial_series{scattered(trials, 0.5), constant_heterogeneity{tau_squared}};
                row.push_back(percent(simulate_monitoring(series, model, looks, options).either().value));
            }
            print_row(row);
        }
        std::puts("");
    }
}

/// A way in which trials may come: their sizes, their heterogeneity, and how the error is spent.
struct setting {
    std::string words;
    std::function<void(random_stream&, std::vector<estimate>&)> series;
    monitored_looks looks;
};

std::vector<setting> settings(std::size_t const trials) {
    auto const obrien_fleming = five_looks(trials, lan_demets_obrien_fleming{});
    auto const pocock = five_looks(trials, lan_demets_pocock{});
    auto result = std::vector<setting>{};
    for (auto const& size : trial_sizes()) {
        auto const add = [&](auto const& heterogeneity, std::string const& words) {
            auto const series = trial_series{size.of(trials), heterogeneity};
            result.push_back({size.name + ", " + words, series, obrien_fleming});
            result.push_back({size.name + ", " + words + ", Pocock", series, pocock});
        };
        for (double const tau_squared : heterogeneities) {
            add(constant_heterogeneity{tau_squared}, "tau² " + number(tau_squared));
        }
        add(changing_heterogeneity{.first = 0, .last = 2}, "tau² rising to 2");
        add(changing_heterogeneity{.first = 2, .last = 0}, "tau² falling from 2");
    }
    return result;
}

/// The setting in which a method does worst, found with a tenth of the replicates, and its error, found with
/// fresh random numbers so that it is not too high for being the largest of many.
struct worst_case {
    double error = 0;
    std::string where;
};

worst_case find_worst(method const& by, std::size_t const trials, simulation_options const& options) {
    auto search = options;
    search.replicates = std::max<std::uint64_t>(options.replicates / 10, 1);
    auto const all = settings(trials);
    auto const error_in = [&](setting const& at, simulation_options const& effort) {
        return simulate_monitoring(at.series, by.model, at.looks, effort).either().value;
    };
    auto const* worst = &all.front();
    double largest = 0;
    for (auto const& at : all) {
        double const error = error_in(at, search);
        if (error > largest) {
            largest = error;
            worst = &at;
        }
    }
    auto fresh = options;
    ++fresh.seed;
    return {error_in(*worst, fresh), worst->words};
}

void print_worst(simulation_options const& options) {
    std::puts("### The worst that was found\n");
    std::printf("Per cent of %llu reviews (standard error %.2f at 5 %%) in the setting that is worst for the "
                "method, of 84: six patterns of trial sizes, tau² from 0 to 2, rising or falling, "
                "O'Brien-Fleming or Pocock spending.\n\n",
                static_cast<unsigned long long>(options.replicates),
                100 * standard_error_at(0.05, options.replicates));
    print_header({"method", "5 trials", "10 trials", "20 trials", "worst with 20 trials"});
    for (auto const& by : methods()) {
        auto row = std::vector{by.name};
        auto worst = worst_case{};
        for (auto const trials : trial_numbers) {
            worst = find_worst(by, trials, options);
            row.push_back(percent(worst.error));
        }
        row.push_back(worst.where);
        print_row(row);
    }
    std::puts("");
}

void print_single_trial_looks(simulation_options const& options) {
    std::puts("### A look at a single trial\n");
    std::puts(
        "Five trials with looks after each, by Sidik-Jonkman with floored HKSJ: one trial is pooled as if "
        "tau² were 0.\n");
    auto header = std::vector<std::string>{"looks from, spending: tau²"};
    for (double const tau_squared : heterogeneities) {
        header.push_back(number(tau_squared));
    }
    print_header(header);
    auto const model = random_effects{sidik_jonkman{}, hartung_knapp_floored{}};
    auto const print = [&](std::string const& name, monitored_looks const& looks) {
        auto row = std::vector{name};
        for (double const tau_squared : heterogeneities) {
            auto const series = trial_series{scattered(5, 0.5), constant_heterogeneity{tau_squared}};
            row.push_back(percent(simulate_monitoring(series, model, looks, options).either().value));
        }
        print_row(row);
    };
    print("trial 1, O'Brien-Fleming", five_looks(5, lan_demets_obrien_fleming{}, 1));
    print("trial 1, Pocock", five_looks(5, lan_demets_pocock{}, 1));
    print("trial 2, O'Brien-Fleming", five_looks(5, lan_demets_obrien_fleming{}));
    print("trial 2, Pocock", five_looks(5, lan_demets_pocock{}));
    std::puts("");
}

void print_calibrated(simulation_options const& options) {
    std::puts("### Calibrated boundaries and power\n");
    std::puts(
        "Moderately unequal sizes; an effect for which the common-effect analysis has 90 % power at tau² "
        "0. Per cent of reviews that show the effect. 'Calibrated' boundaries are multiplied by a factor "
        "that keeps the error within 5 % for tau² from 0 to 2.\n");
    auto const prior = semi_bayes{inverse_gamma_prior{.shape = 1.5, .scale = 0.3}};
    auto const held = std::vector<method>{
        {"Sidik-Jonkman, floored HKSJ", random_effects{sidik_jonkman{}, hartung_knapp_floored{}}},
        {"REML, Kenward-Roger", random_effects{reml{}, kenward_roger{}}}};
    auto const calibrated = std::vector<method>{
        {"DerSimonian-Laird, Wald, calibrated", random_effects{dersimonian_laird{}}},
        {"Sidik-Jonkman, floored HKSJ, calibrated", random_effects{sidik_jonkman{}, hartung_knapp_floored{}}},
        {"DerSimonian-Laird, HKSJ, calibrated", random_effects{dersimonian_laird{}, hartung_knapp{}}},
        {"Sidik-Jonkman, HKSJ, calibrated", random_effects{sidik_jonkman{}, hartung_knapp{}}},
        {"semi-Bayes, HKSJ, calibrated", random_effects{prior, hartung_knapp{}}}};
    for (auto const trials : trial_numbers) {
        // The mean of 1/v for log-normal variances is exp(log_sd² / 2).
        double const information = static_cast<double>(trials) * std::exp(0.5 * 0.5 / 2);
        double const effect =
            (normal::upper_quantile(0.025) + normal::quantile(0.9)) / std::sqrt(information);
        auto header = std::vector{std::to_string(trials) + " trials: tau²"};
        for (double const tau_squared : heterogeneities) {
            header.push_back(number(tau_squared));
        }
        header.insert(header.end(), {"factor", "largest error"});
        print_header(header);
        auto const print_power = [&](method const& by, monitored_looks const& looks, double const factor,
                                     double const error) {
            auto row = std::vector{by.name};
            for (double const tau_squared : heterogeneities) {
                auto const series =
                    trial_series{scattered(trials, 0.5), constant_heterogeneity{tau_squared}, effect};
                row.push_back(percent(simulate_monitoring(series, by.model, looks, options).above().value));
            }
            row.insert(row.end(), {number(factor), percent(error)});
            print_row(row);
        };
        auto const looks = five_looks(trials, lan_demets_obrien_fleming{});
        for (auto const& by : held) {
            double largest = 0;
            for (double const tau_squared : heterogeneities) {
                auto const series = trial_series{scattered(trials, 0.5), constant_heterogeneity{tau_squared}};
                largest =
                    std::max(largest, simulate_monitoring(series, by.model, looks, options).either().value);
            }
            print_power(by, looks, 1, largest);
        }
        for (auto const& by : calibrated) {
            auto const result =
                calibrate_boundaries(by.model, looks, scattered(trials, 0.5), heterogeneities, 0.05, options);
            print_power(by, result.looks, result.factor, result.worst().value);
        }
        std::puts("");
    }
}

} // namespace

int main(int const argc, char** const argv) {
    try {
        auto options = simulation_options{.replicates = 50'000};
        if (argc > 1) {
            options.replicates = std::stoull(argv[1]);
        }
        if (argc > 2) {
            options.run = on_threads{static_cast<unsigned>(std::stoul(argv[2]))};
        }
        print_errors(options);
        print_worst(options);
        print_single_trial_looks(options);
        print_calibrated(options);
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "actual_error: %s\n", problem.what());
        return 1;
    }
    return 0;
}
