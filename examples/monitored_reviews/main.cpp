// Prints, as Markdown, the actual error and power of reviews that are monitored as real ones are, with a look
// after every trial from the second on: by the boundaries of group sequential theory, and by boundaries that
// spend the error by simulation. docs/actual-error.md is this output with a commentary.
//
//     monitored_reviews [patterns [replicates per pattern [threads [table [rows of the cross]]]]]
//
// A setting is simulated over several patterns of trial sizes. Sizes are log-normal with median 1, and a
// trial of size 1 has a sampling variance of about 1, so that tau² is in units of the median variance. The
// clock runs to 1 at the last trial. The sixth table crosses all of it; the seventh is about a rule on
// posterior probabilities. What it can't cover: more shapes of effects and outcomes than those below, skewed
// effects of binary outcomes, boundaries that are found anew for every review (those of a pattern are found
// once, by the variances of one of its reviews), and required sizes that change with the results.

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

// ---- how reviews come about ----

/// Standardised deviations of true effects: mean 0, variance 1.
using deviation = std::function<double(random_stream&)>;

double normal_effects(random_stream& random) {
    return random.normal();
}

double exponential_effects(random_stream& random) {
    return -std::log(random.uniform()) - 1;
}

/// t with four degrees of freedom, whose variance is 2.
double t4_effects(random_stream& random) {
    double const numerator = random.normal();
    double squares = 0;
    for (int i = 0; i < 4; ++i) {
        double const part = random.normal();
        squares += part * part;
    }
    return numerator / std::sqrt(squares / 4) / std::sqrt(2.0);
}

/// What a trial of a size reports at a true effect.
using outcome = std::function<estimate(random_stream&, double size, double true_effect)>;

estimate known_variance(random_stream& random, double const size, double const true_effect) {
    return {true_effect + random.normal() / std::sqrt(size), 1 / size};
}

/// 20 participants per arm at size 1: a variance of 0.1, so that tau² is given as a tenth of its multiple.
estimate small_trial(random_stream& random, double const size, double const true_effect) {
    double const n = std::round(18 * size) + 2;
    auto const draw = [&](double const mean) {
        double sum = 0;
        double squares = 0;
        for (double i = 0; i < n; ++i) {
            double const value = random.normal();
            sum += value;
            squares += value * value;
        }
        return arm{.n = n, .mean = mean + sum / n, .sd = std::sqrt((squares - sum * sum / n) / (n - 1))};
    };
    return standardized_mean_difference{}(two_arms<arm>{draw(true_effect), draw(0)});
}

/// Two arms with a binary outcome.
struct binary_trial {
    double risk;
    double treated;  ///< at size 1
    double controls; ///< at size 1

    [[nodiscard]] two_arms<events> arms(double const size) const {
        return {{0, std::round(treated * size) + 1}, {0, std::round(controls * size) + 1}};
    }
};

/// Sizes of trials in the order in which they come.
struct sizes {
    std::string words;
    std::size_t trials;
    double log_sd;
    std::function<void(std::vector<double>&)> arrange;

    [[nodiscard]] std::vector<double> pattern(std::uint64_t const number) const {
        auto random = random_stream(2024, number);
        auto result = std::vector<double>{};
        for (std::size_t i = 0; i < trials; ++i) {
            result.push_back(std::exp(log_sd * random.normal()));
        }
        arrange(result);
        return result;
    }
};

void as_they_come(std::vector<double>&) {}
void large_first(std::vector<double>& values) {
    std::sort(values.begin(), values.end(), std::greater<>{});
}
void large_last(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
}
/// The trial with that number is much larger than the others.
auto giant(std::size_t const number, double const times) {
    return [=](std::vector<double>& values) { values[number - 1] = times; };
}

/// Draws the trials of a review in order.
using series = std::function<void(random_stream&, std::vector<estimate>&)>;

/// How reviews of given sizes come about at a tau and a mean effect.
using reviews = std::function<series(std::vector<double> const& trial_sizes, double tau, double effect)>;

reviews trial_by_trial(outcome const& reports, deviation const& deviates) {
    return [=](std::vector<double> const& trial_sizes, double const tau, double const effect) {
        return [=](random_stream& random, std::vector<estimate>& trials) {
            for (auto const size : trial_sizes) {
                double const true_effect = effect + (tau > 0 ? tau * deviates(random) : 0);
                trials.push_back(reports(random, size, true_effect));
            }
        };
    };
}

binary_null null_of(binary_trial const& trial, std::vector<double> const& trial_sizes) {
    auto tables = std::vector<two_arms<events>>{};
    for (auto const size : trial_sizes) {
        tables.push_back(trial.arms(size));
    }
    return {.trials = tables, .control_risks = {trial.risk}};
}

reviews of_tables(binary_trial const& trial) {
    return [=](std::vector<double> const& trial_sizes, double const tau, double const effect) {
        auto null = null_of(trial, trial_sizes);
        null.tau_squared = {tau * tau};
        auto const scenario = null(std::vector<estimate>(trial_sizes.size())).front();
        return [=](random_stream& random, std::vector<estimate>& trials) {
            trials.resize(trial_sizes.size());
            scenario.draw(random, effect, trials);
        };
    };
}

// ---- how they are monitored ----

using clock_of = std::function<std::vector<double>(std::vector<double> const& trial_sizes)>;

std::vector<double> participants_clock(std::vector<double> const& trial_sizes) {
    return trial_sizes;
}
std::vector<double> trials_clock(std::vector<double> const& trial_sizes) {
    return std::vector<double>(trial_sizes.size(), 1.0);
}
std::vector<double> information_clock(std::vector<double> const& trial_sizes) {
    auto result = std::vector<double>{};
    for (auto const size : trial_sizes) {
        result.push_back(1 / (1 / size + 1));
    }
    return result;
}

/// A model with the way in which its boundaries are found.
struct method {
    std::string name;
    std::function<monitored_looks(std::vector<double> const& trial_sizes, std::vector<estimate> const& trials,
                                  clock_of const& clock)>
        plan;
    std::function<stopping_frequencies(series const&, monitored_looks const&, simulation_options const&)>
        simulate;
};

/// The rule may depend on the trials' sizes, as that of a binary null does.
using rule_for = std::function<monitoring_rule(std::vector<double> const& trial_sizes)>;

template <class Model>
method make(std::string const& name, Model const& model, rule_for const& rule) {
    return {name,
            [=](std::vector<double> const& trial_sizes, std::vector<estimate> const& trials,
                clock_of const& clock) {
                auto const counted = clock(trial_sizes);
                double total = 0;
                for (auto const count : counted) {
                    total += count;
                }
                auto const design =
                    sequential_design{.error = two_sided{0.05},
                                      .power = 0.9,
                                      .spending = lan_demets_obrien_fleming{},
                                      .information = information_size{.effect = 1, .participants = total},
                                      .boundaries = rule(trial_sizes)};
                auto const analysis = trial_sequential_analysis(
                    model, design, trials, participants_accrued{counted}, every_trial{.first = 2});
                auto looks = monitored_looks{};
                for (auto const& look : analysis.looks) {
                    looks.trials.push_back(look.trials);
                    looks.boundaries.lower.push_back(look.lower_boundary);
                    looks.boundaries.upper.push_back(look.upper_boundary);
                }
                return looks;
            },
            [=](series const& draws, monitored_looks const& looks, simulation_options const& options) {
                return simulate_monitoring(draws, model, looks, options);
            }};
}

/// How much to simulate.
struct effort {
    std::uint64_t patterns = 6;
    std::uint64_t replicates = 10'000; ///< per pattern
    unsigned threads = 2;
    std::string rows = {}; ///< of the cross: those whose name, as 'known variances, t4, 20 trials', has this
};

auto const sidik_jonkman_floored = random_effects{sidik_jonkman{}, hartung_knapp_floored{}};
auto const laird_floored = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};

rule_for theory() {
    return [](std::vector<double> const&) { return exact_monitoring{}; };
}
rule_for by_simulation(any_null const& null, effort const& how_much) {
    return [=](std::vector<double> const&) {
        return simulated_monitoring{.null = null, .run = on_threads{how_much.threads}};
    };
}
rule_for by_tables(binary_trial const& trial, effort const& how_much) {
    return [=](std::vector<double> const& trial_sizes) {
        return simulated_monitoring{.null = null_of(trial, trial_sizes), .run = on_threads{how_much.threads}};
    };
}

/// What a cell of a table needs to know.
struct situation {
    sizes of;
    reviews come_about = trial_by_trial(known_variance, normal_effects);
    clock_of clock = participants_clock;
    double unit = 1;     ///< that tau² is given in
    double variance = 0; ///< of a trial of size 1; the unit unless given

    /// What the trials tell of the mean effect at a tau² in units.
    [[nodiscard]] double information(std::vector<double> const& trial_sizes, double const tau_squared) const {
        double sum = 0;
        for (auto const size : trial_sizes) {
            sum += 1 / ((variance > 0 ? variance : unit) / size + unit * tau_squared);
        }
        return sum;
    }
};

std::vector<double> const heterogeneities = {0, 0.3, 1, 2, 5, 10, 50};

/// The looks and boundaries of one pattern of sizes.
struct planned_pattern {
    std::vector<double> trial_sizes;
    monitored_looks looks;
};

planned_pattern planned(method const& by, situation const& at, std::uint64_t const number) {
    auto const trial_sizes = at.of.pattern(number);
    auto trials = std::vector<estimate>{};
    auto random = random_stream(77, number);
    at.come_about(trial_sizes, 0, 0)(random, trials);
    return {trial_sizes, by.plan(trial_sizes, trials, at.clock)};
}

/// The share of the reviews of a pattern that cross, at a tau² in units; with an effect, that cross upwards.
double crossed(method const& by, situation const& at, planned_pattern const& plan, std::uint64_t const number,
               double const tau_squared, bool const with_effect, effort const& how_much) {
    double const effect = with_effect ? (normal::upper_quantile(0.025) + normal::quantile(0.9)) /
                                            std::sqrt(at.information(plan.trial_sizes, tau_squared))
                                      : 0;
    auto const stops = by.simulate(
        at.come_about(plan.trial_sizes, std::sqrt(at.unit * tau_squared), effect), plan.looks,
        {.replicates = how_much.replicates, .seed = 1000 + number, .run = on_threads{how_much.threads}});
    return (with_effect ? stops.above() : stops.either()).value;
}

/// The probability of crossing, averaged over the patterns of sizes, for each tau².
std::vector<double> crossing(method const& by, situation const& at, std::vector<double> const& tau_squared,
                             bool const with_effect, effort const& how_much) {
    auto result = std::vector<double>(tau_squared.size());
    for (std::uint64_t number = 0; number < how_much.patterns; ++number) {
        auto const plan = planned(by, at, number);
        for (std::size_t i = 0; i < tau_squared.size(); ++i) {
            result[i] += crossed(by, at, plan, number, tau_squared[i], with_effect, how_much) /
                         static_cast<double>(how_much.patterns);
        }
    }
    return result;
}

// ---- tables ----

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
    (void)std::fflush(stdout);
}

void print_header(std::vector<std::string> const& cells) {
    print_row(cells);
    auto rule = std::vector<std::string>(cells.size(), "---:");
    rule.front() = "---";
    print_row(rule);
}

/// The largest error over tau², and where it is.
std::string worst(method const& by, situation const& at, std::vector<double> const& tau_squared,
                  effort const& how_much) {
    auto const errors = crossing(by, at, tau_squared, false, how_much);
    auto const largest = std::max_element(errors.begin(), errors.end());
    return percent(*largest) + " (" +
           number(tau_squared[static_cast<std::size_t>(largest - errors.begin())]) + ")";
}

void print_worst(std::string const& first, std::vector<method> const& methods,
                 std::vector<std::pair<std::string, situation>> const& rows,
                 std::vector<double> const& tau_squared, effort const& how_much) {
    auto header = std::vector{first};
    for (auto const& by : methods) {
        header.push_back(by.name);
    }
    print_header(header);
    for (auto const& [words, at] : rows) {
        auto row = std::vector{words};
        for (auto const& by : methods) {
            row.push_back(worst(by, at, tau_squared, how_much));
        }
        print_row(row);
    }
    std::puts("");
}

void print_orders(effort const& how_much) {
    std::puts("### Order and spread of sizes\n\nWorst error over tau² 0, 0.3, 1, 2, 5, 10 and 50 median "
              "variances, in per cent, and in brackets the tau² where it is. Known variances, normal true "
              "effects, information by participants.\n");
    auto const rows = std::vector<sizes>{{"large first, sd 1.5, 5 trials", 5, 1.5, large_first},
                                         {"large first, sd 1.5, 10 trials", 10, 1.5, large_first},
                                         {"large first, sd 1.5, 20 trials", 20, 1.5, large_first},
                                         {"large first, sd 1.5, 40 trials", 40, 1.5, large_first},
                                         {"large first, sd 1, 20 trials", 20, 1, large_first},
                                         {"large first, sd 0.5, 20 trials", 20, 0.5, large_first},
                                         {"first trial 100 times as large, 20 trials", 20, 0, giant(1, 100)},
                                         {"second trial 100 times as large, 20 trials", 20, 0, giant(2, 100)},
                                         {"second trial 100 times as large, 10 trials", 10, 0, giant(2, 100)},
                                         {"sixth trial 30 times as large, 20 trials", 20, 0, giant(6, 30)},
                                         {"random order, sd 0.5, 20 trials", 20, 0.5, as_they_come},
                                         {"random order, sd 1.5, 20 trials", 20, 1.5, as_they_come},
                                         {"large last, sd 1.5, 20 trials", 20, 1.5, large_last}};
    auto settings = std::vector<std::pair<std::string, situation>>{};
    for (auto const& row : rows) {
        settings.emplace_back(row.words, situation{.of = row});
    }
    print_worst("trials",
                {make("DL Wald, theory", random_effects{dersimonian_laird{}}, theory()),
                 make("SJ floored HK, theory", sidik_jonkman_floored, theory()),
                 make("DL Wald, simulated", random_effects{dersimonian_laird{}},
                      by_simulation(normal_null{}, how_much)),
                 make("DL floored HK, simulated", laird_floored, by_simulation(normal_null{}, how_much))},
                settings, heterogeneities, how_much);
}

void print_clocks(effort const& how_much) {
    std::puts(
        "### Clocks\n\nWorst error over the same tau², 20 trials, sd 1.5: participants; trials; statistical "
        "information at a tau² of one median variance.\n");
    auto const clocks = std::vector<std::pair<std::string, clock_of>>{
        {"participants", participants_clock}, {"trials", trials_clock}, {"information", information_clock}};
    auto settings = std::vector<std::pair<std::string, situation>>{};
    for (auto const& [name, clock] : clocks) {
        for (auto const& row :
             {sizes{"large first", 20, 1.5, large_first}, sizes{"random order", 20, 1.5, as_they_come},
              sizes{"large last", 20, 1.5, large_last},
              sizes{"first trial 100 times as large", 20, 0, giant(1, 100)}}) {
            settings.emplace_back(name + ", " + row.words, situation{.of = row, .clock = clock});
        }
    }
    print_worst("clock",
                {make("SJ floored HK, theory", sidik_jonkman_floored, theory()),
                 make("DL floored HK, simulated", laird_floored, by_simulation(normal_null{}, how_much))},
                settings, heterogeneities, how_much);
}

void print_effects(effort const& how_much) {
    std::puts(
        "### True effects that are not normal\n\nWorst error over the same tau², 20 trials, information by "
        "participants. The last column is by a null of one's own, whose true effects are exponential, on "
        "a grid of tau² 0, 0.3, 1, 3, 10 and 50.\n");
    auto const exponential_null = [](std::span<estimate const> const trials) {
        auto scenarios = std::vector<null_scenario>{};
        auto const known = std::vector<estimate>(trials.begin(), trials.end());
        for (double const tau_squared : {0.0, 0.3, 1.0, 3.0, 10.0, 50.0}) {
            scenarios.push_back({.tau_squared = tau_squared,
                                 .draw = [known, tau_squared](random_stream& random, double const effect,
                                                              std::span<estimate> const simulated) {
                                     for (std::size_t i = 0; i < simulated.size(); ++i) {
                                         double const v = known[i].variance;
                                         simulated[i] = {
                                             effect + std::sqrt(tau_squared) * exponential_effects(random) +
                                                 std::sqrt(v) * random.normal(),
                                             v};
                                     }
                                 }});
        }
        return scenarios;
    };
    auto settings = std::vector<std::pair<std::string, situation>>{};
    auto const shapes = std::vector<std::pair<std::string, deviation>>{
        {"normal", normal_effects}, {"t4", t4_effects}, {"exponential", exponential_effects}};
    for (auto const& [name, shape] : shapes) {
        for (auto const& row : {sizes{"random order, sd 0.5", 20, 0.5, as_they_come},
                                sizes{"large first, sd 1.5", 20, 1.5, large_first}}) {
            settings.emplace_back(name + ", " + row.words,
                                  situation{.of = row, .come_about = trial_by_trial(known_variance, shape)});
        }
    }
    print_worst("true effects, sizes",
                {make("SJ floored HK, theory", sidik_jonkman_floored, theory()),
                 make("DL floored HK, simulated", laird_floored, by_simulation(normal_null{}, how_much)),
                 make("DL floored HK, own null", laird_floored, by_simulation(exponential_null, how_much))},
                settings, heterogeneities, how_much);
}

void print_outcomes(effort const& how_much) {
    std::puts(
        "### Outcomes\n\nWorst error over tau² 0, 0.1, 0.3, 1 and 2 on the scale of the log odds ratio (over "
        "a tenth of these for the standardised mean difference), random order, sd 1.5 unless stated, "
        "information by participants. For means the last column is by `normal_null` too.\n");
    auto const tau_squared = std::vector{0.0, 0.1, 0.3, 1.0, 2.0};
    auto const floored = [&](any_null const& null) {
        return make("DL floored HK, simulated", laird_floored, by_simulation(null, how_much));
    };
    auto const print = [&](std::string const& words, situation const& at, method const& last) {
        print_row({words, worst(make("", sidik_jonkman_floored, theory()), at, tau_squared, how_much),
                   worst(floored(normal_null{}), at, tau_squared, how_much),
                   worst(last, at, tau_squared, how_much)});
    };
    print_header(
        {"outcome", "SJ floored HK, theory", "DL floored HK, normal null", "DL floored HK, binary null"});
    print("standardised mean difference, 20 per arm, 20 trials",
          {.of = {"", 20, 1.5, as_they_come},
           .come_about = trial_by_trial(small_trial, normal_effects),
           .unit = 0.1},
          floored(normal_null{}));
    struct row {
        std::string words;
        binary_trial trial;
        sizes of;
    };
    auto const rows = std::vector<row>{
        {"log OR, 30 %, 200 per arm, large first, 20 trials", {0.3, 200, 200}, {"", 20, 1.5, large_first}},
        {"log OR, 2 %, 100 per arm, 20 trials", {0.02, 100, 100}, {"", 20, 1.5, as_they_come}},
        {"log OR, 2 %, 100 per arm, 40 trials", {0.02, 100, 100}, {"", 40, 1.5, as_they_come}},
        {"log OR, 2 %, 500 per arm, sd 0.5, 40 trials", {0.02, 500, 500}, {"", 40, 0.5, as_they_come}},
        {"log OR, 2 %, 160 and 40 per arm, 40 trials", {0.02, 160, 40}, {"", 40, 1.5, as_they_come}}};
    for (auto const& [words, trial, of] : rows) {
        print(words, {.of = of, .come_about = of_tables(trial)},
              make("", laird_floored, by_tables(trial, how_much)));
    }
    std::puts("");
}

void print_power(effort const& how_much) {
    std::puts(
        "### Power\n\nPer cent of reviews that show the effect for which a single test with known tau² has "
        "90 %, by tau² in median variances: 0 / 0.3 / 1 / 5. Known variances, normal true effects, "
        "information by participants.\n");
    auto const methods =
        std::vector{make("SJ floored HK, theory", sidik_jonkman_floored, theory()),
                    make("REML Kenward-Roger, theory", random_effects{reml{}, kenward_roger{}}, theory()),
                    make("DL Wald, simulated", random_effects{dersimonian_laird{}},
                         by_simulation(normal_null{}, how_much)),
                    make("DL floored HK, simulated", laird_floored, by_simulation(normal_null{}, how_much))};
    auto header = std::vector<std::string>{"trials"};
    for (auto const& by : methods) {
        header.push_back(by.name);
    }
    print_header(header);
    for (auto const& of : {sizes{"5 trials, random order, sd 0.5", 5, 0.5, as_they_come},
                           sizes{"10 trials, random order, sd 0.5", 10, 0.5, as_they_come},
                           sizes{"20 trials, random order, sd 0.5", 20, 0.5, as_they_come},
                           sizes{"20 trials, random order, sd 1.5", 20, 1.5, as_they_come},
                           sizes{"20 trials, large first, sd 1.5", 20, 1.5, large_first},
                           sizes{"20 trials, large last, sd 1.5", 20, 1.5, large_last},
                           sizes{"40 trials, random order, sd 1.5", 40, 1.5, as_they_come}}) {
        auto row = std::vector{of.words};
        for (auto const& by : methods) {
            auto text = std::string{};
            for (auto const power : crossing(by, {.of = of}, {0, 0.3, 1, 5}, true, how_much)) {
                text += (text.empty() ? "" : " / ") + number(std::round(100 * power));
            }
            row.push_back(text);
        }
        print_row(row);
    }
    std::puts("");
}

/// A share of reviews, with the order of sizes that it belongs to.
struct ordered_share {
    double share;
    std::string order;
};

bool less_often(ordered_share const& first, ordered_share const& second) {
    return first.share < second.share;
}

/// The cross of clocks, orders, numbers of trials, true effects and outcomes: the worst error over orders and
/// tau², and the power.
void print_cross(effort how_much) {
    how_much.patterns = 1;
    how_much.replicates = (std::max)(how_much.replicates / 5, std::uint64_t{200});
    std::printf(
        "### All of it crossed\n\nWorst error in per cent over four orders (F: large first, sd 1.5; R: "
        "random, "
        "sd 1.5; L: large last, sd 1.5; G: the second trial 100 times as large) and over tau² 0, 0.3, 1, 5 "
        "and "
        "20 median variances (0, 0.1, 0.3, 1 and 2 for log odds ratios), with the order where it is: Sidik-"
        "Jonkman with floored Hartung-Knapp by theory / DerSimonian-Laird with the same by simulation. %llu "
        "reviews a cell of one pattern of sizes, boundaries by 10,000: a figure has a Monte Carlo standard "
        "error of about %.1f at 5 %%, and as the largest of twenty it is about %.1f too high. `binary_null` "
        "for log odds ratios, of which true effects are normal alone.\n\n",
        static_cast<unsigned long long>(how_much.replicates),
        100 * std::sqrt(0.05 * 0.95 * (1 / static_cast<double>(how_much.replicates) + 1e-4)),
        1.87 * 100 * std::sqrt(0.05 * 0.95 / static_cast<double>(how_much.replicates)));
    struct outcome_row {
        std::string words;
        reviews come_about;
        double unit;
        double variance;                 ///< of a trial of size 1
        std::vector<double> tau_squared; ///< in units of `unit`
        std::function<any_null(std::vector<double> const&)> null;
    };
    auto const means = std::vector{0.0, 0.3, 1.0, 5.0, 20.0};
    auto const ratios = std::vector{0.0, 0.1, 0.3, 1.0, 2.0};
    auto const normal = [](double const unit) {
        return [unit](std::vector<double> const&) -> any_null {
            auto grid = std::vector{0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 50.0};
            for (double& value : grid) {
                value *= unit;
            }
            return normal_null{.tau_squared = grid};
        };
    };
    auto rows = std::vector<outcome_row>{};
    for (auto const& [name, shape] : std::vector<std::pair<std::string, deviation>>{
             {"normal", normal_effects}, {"t4", t4_effects}, {"exponential", exponential_effects}}) {
        rows.push_back(
            {"known variances, " + name, trial_by_trial(known_variance, shape), 1, 1, means, normal(1)});
        rows.push_back(
            {"SMD of 20 per arm, " + name, trial_by_trial(small_trial, shape), 0.1, 0.1, means, normal(0.1)});
    }
    for (auto const& [name, trial] : std::vector<std::pair<std::string, binary_trial>>{
             {"log OR, 30 %, 100 per arm, normal", {0.3, 100, 100}},
             {"log OR, 2 %, 100 per arm, normal", {0.02, 100, 100}},
             {"log OR, 2 %, 160 and 40 per arm, normal", {0.02, 160, 40}}}) {
        double const variance = (1 / trial.treated + 1 / trial.controls) / (trial.risk * (1 - trial.risk));
        rows.push_back({name, of_tables(trial), 1, variance, ratios, [one = trial](auto const& trial_sizes) {
                            auto null = null_of(one, trial_sizes);
                            null.tau_squared = {0, 0.1, 0.3, 0.7, 1.5, 3};
                            return any_null(null);
                        }});
    }
    auto const clocks = std::vector<clock_of>{participants_clock, trials_clock, information_clock};
    auto const header =
        std::vector<std::string>{"outcome, true effects", "trials", "participants", "trials", "information"};
    auto powers = std::vector<std::vector<std::vector<std::string>>>(2);
    print_header(header);
    for (auto const& of : rows) {
        auto const null = of.null;
        auto const theory_by = make("", sidik_jonkman_floored, theory());
        auto const simulated_by = make("", laird_floored, [&](std::vector<double> const& trial_sizes) {
            return simulated_monitoring{
                .null = null(trial_sizes), .replicates = 10'000, .run = on_threads{how_much.threads}};
        });
        for (std::size_t const trials : {5u, 10u, 20u, 40u}) {
            auto cells = std::vector<std::string>{of.words, std::to_string(trials)};
            if ((cells[0] + ", " + cells[1] + " trials").find(how_much.rows) == std::string::npos) {
                continue;
            }
            auto power_cells = std::vector(powers.size(), cells);
            for (auto const& clock : clocks) {
                auto error_words = std::string{};
                auto power_words = std::vector<std::string>(powers.size());
                for (auto const* by : {&theory_by, &simulated_by}) {
                    auto errors = std::vector<ordered_share>{};
                    auto shown = std::vector<std::vector<ordered_share>>(powers.size());
                    for (auto const& order :
                         {sizes{"F", trials, 1.5, large_first}, sizes{"R", trials, 1.5, as_they_come},
                          sizes{"L", trials, 1.5, large_last}, sizes{"G", trials, 0, giant(2, 100)}}) {
                        auto const at = situation{.of = order,
                                                  .come_about = of.come_about,
                                                  .clock = clock,
                                                  .unit = of.unit,
                                                  .variance = of.variance};
                        auto const plan = planned(*by, at, 0);
                        for (double const tau_squared : of.tau_squared) {
                            errors.push_back(
                                {crossed(*by, at, plan, 0, tau_squared, false, how_much), order.words});
                        }
                        shown[0].push_back({crossed(*by, at, plan, 0, 0, true, how_much), order.words});
                        shown[1].push_back(
                            {crossed(*by, at, plan, 0, of.variance / of.unit, true, how_much), order.words});
                    }
                    auto const worst_error = *std::max_element(errors.begin(), errors.end(), less_often);
                    error_words += (error_words.empty() ? "" : " / ") + percent(worst_error.share) + " " +
                                   worst_error.order;
                    for (std::size_t i = 0; i < powers.size(); ++i) {
                        auto const range = std::minmax_element(shown[i].begin(), shown[i].end(), less_often);
                        power_words[i] +=
                            (power_words[i].empty() ? "" : " / ") +
                            number(std::round(100 * range.first->share)) + " " + range.first->order + "-" +
                            number(std::round(100 * range.second->share)) + " " + range.second->order;
                    }
                }
                cells.push_back(error_words);
                for (std::size_t i = 0; i < powers.size(); ++i) {
                    power_cells[i].push_back(power_words[i]);
                }
            }
            print_row(cells);
            for (std::size_t i = 0; i < powers.size(); ++i) {
                powers[i].push_back(power_cells[i]);
            }
        }
    }
    std::printf(
        "\nThe power of the same, in per cent of reviews that show the effect for which a single test "
        "with known variances and tau² has 90 %%: from the worst to the best of the four orders, with "
        "a Monte Carlo standard error of %.1f at 50 %%.\n",
        100 * std::sqrt(0.25 / static_cast<double>(how_much.replicates)));
    for (std::size_t i = 0; i < powers.size(); ++i) {
        std::printf("\nAt tau² %s:\n\n", i == 0 ? "0" : "of one median variance");
        print_header(header);
        for (auto const& row : powers[i]) {
            print_row(row);
        }
    }
    std::puts("");
}

/// The rule 'stop when the posterior probability of a benefit, or of harm, is 97.5 %'.
void print_bayes(effort how_much) {
    how_much.patterns = 1;
    how_much.replicates = (std::max)(how_much.replicates / 10, std::uint64_t{200});
    std::printf("### A rule on the posterior probability\n\nPer cent of %llu reviews without an effect "
                "(standard error "
                "%.1f at 5 %%) that were stopped by the rule that the probability of a mean effect above 0, "
                "or below, is "
                "97.5 %% (`posterior_z` at 1.96), with a look after every trial from the second on, by tau² "
                "in median "
                "variances: 0 / 0.3 / 1 / 5. Random order, sd of log size 0.5, known variances, normal "
                "effects; priors "
                "in units of the median standard error. In brackets the same for the rule at 99.5 %%.\n\n",
                static_cast<unsigned long long>(how_much.replicates),
                100 * std::sqrt(0.05 * 0.95 / static_cast<double>(how_much.replicates)));
    print_header({"prior of the mean, of tau", "5 trials", "10 trials"});
    struct prior_row {
        std::string words;
        bayesian_random_effects model;
    };
    for (auto const& of_prior : std::vector<prior_row>{
             {"flat, half-normal 1", {.mean = flat_prior{}, .heterogeneity = half_normal{1}}},
             {"N(0, 1), half-normal 1", {.mean = normal_prior{0, 1}, .heterogeneity = half_normal{1}}},
             {"N(0, 0.5²), half-normal 1", {.mean = normal_prior{0, 0.5}, .heterogeneity = half_normal{1}}},
             {"N(0, 1), half-Cauchy 1", {.mean = normal_prior{0, 1}, .heterogeneity = half_cauchy{1}}}}) {
        auto cells = std::vector<std::string>{of_prior.words};
        for (std::size_t const trials : {std::size_t{5}, std::size_t{10}}) {
            auto const of = sizes{"", trials, 0.5, as_they_come};
            auto numbers = std::vector<std::size_t>{};
            for (std::size_t k = 2; k <= trials; ++k) {
                numbers.push_back(k);
            }
            auto text = std::string{};
            auto strict = std::string{};
            auto const draws_at = trial_by_trial(known_variance, normal_effects);
            for (double const tau_squared : {0.0, 0.3, 1.0, 5.0}) {
                auto const draws = draws_at(of.pattern(0), std::sqrt(tau_squared), 0);
                auto const share = [&](double const z) {
                    auto const looks = symmetric_looks(numbers, std::vector<double>(numbers.size(), z));
                    return percent(simulate_monitoring(draws, posterior_z{of_prior.model}, looks,
                                                       {.replicates = how_much.replicates,
                                                        .run = on_threads{how_much.threads}})
                                       .either()
                                       .value);
                };
                text += (text.empty() ? "" : " / ") + share(normal::upper_quantile(0.025));
                strict += (strict.empty() ? "" : " / ") + share(normal::upper_quantile(0.005));
            }
            cells.push_back(text + " (" + strict + ")");
        }
        print_row(cells);
    }
    std::puts("");
}

} // namespace

int main(int const argc, char** const argv) {
    try {
        auto how_much = effort{};
        auto const argument = [&](int const place, auto const otherwise) {
            return argc > place ? static_cast<decltype(otherwise)>(std::stoull(argv[place])) : otherwise;
        };
        how_much.patterns = argument(1, how_much.patterns);
        how_much.replicates = argument(2, how_much.replicates);
        how_much.threads = argument(3, how_much.threads);
        auto const tables = std::vector<std::function<void(effort const&)>>{
            print_orders, print_clocks, print_effects, print_outcomes, print_power, print_cross, print_bayes};
        auto const only = argument(4, std::size_t{0});
        how_much.rows = argc > 5 ? argv[5] : "";
        double const reviews = static_cast<double>(how_much.patterns * how_much.replicates);
        std::printf("%.0f reviews a cell, over %llu patterns of sizes; Monte Carlo standard error %.2f at 5 "
                    "%%.\n\n",
                    reviews, static_cast<unsigned long long>(how_much.patterns),
                    100 * std::sqrt(0.05 * 0.95 / reviews));
        for (std::size_t i = 0; i < tables.size(); ++i) {
            if (only == 0 || only == i + 1) {
                tables[i](how_much);
            }
        }
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "monitored_reviews: %s\n", problem.what());
        return 1;
    }
    return 0;
}
