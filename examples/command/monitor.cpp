#include "monitor.hpp"

#include "models.hpp"
#include "numbers.hpp"
#include "pictures.hpp"
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/sequential/anytime.hpp>
#include <accrue/sequential/monitoring.hpp>
#include <accrue/sequential/simulation/simulated_monitoring.hpp>
#include <accrue/sequential/spending.hpp>

#include <cmath>
#include <iostream>
#include <optional>
#include <span>
#include <unistd.h>
#include <vector>

namespace command {
namespace {

using namespace accrue;

/// A spending function by its name, in words and in C++.
struct chosen_spending {
    any_spending_function function;
    std::string words;
    std::string cpp;
};

double parameter_of(std::string const& name, std::size_t const colon) {
    auto const parsed = parse_number(std::string_view(name).substr(colon + 1));
    if (!parsed.whole || parsed.out_of_range) {
        throw usage_error("'" + name + "' must end in a number, such as " + name.substr(0, colon) + ":2");
    }
    return parsed.value;
}

chosen_spending spending_named(std::string const& name) {
    if (name == "obf") {
        return {lan_demets_obrien_fleming{}, "Lan-DeMets O'Brien-Fleming", "lan_demets_obrien_fleming{}"};
    }
    if (name == "pocock") {
        return {lan_demets_pocock{}, "Lan-DeMets Pocock", "lan_demets_pocock{}"};
    }
    if (name.compare(0, 3, "kd:") == 0) {
        double const rho = parameter_of(name, 2);
        return {kim_demets{rho}, "Kim-DeMets (" + cpp_number(rho) + ")",
                "kim_demets{" + cpp_number(rho) + "}"};
    }
    if (name.compare(0, 4, "hsd:") == 0) {
        double const gamma = parameter_of(name, 3);
        return {hwang_shih_decani{gamma}, "Hwang-Shih-DeCani (" + cpp_number(gamma) + ")",
                "hwang_shih_decani{" + cpp_number(gamma) + "}"};
    }
    throw usage_error("the spending function must be obf, pocock, kd:RHO or hsd:GAMMA, but is '" + name +
                      "'");
}

/// The futility boundary by the name of its rule.
struct chosen_futility {
    std::optional<any_futility> boundary{};
    std::string cpp{};
};

chosen_futility futility_named(std::string const& name, double const error, chosen_spending const& spending) {
    auto const cpp = "futility{" + cpp_number(error) + ", " + spending.cpp + ", ";
    if (name == "none") {
        return {};
    }
    if (name == "non-binding") {
        return {futility{error, spending.function, non_binding{}}, cpp + "non_binding{}}"};
    }
    if (name == "binding") {
        return {futility{error, spending.function, binding{}}, cpp + "binding{}}"};
    }
    throw usage_error("--futility must be none, non-binding or binding, but is '" + name + "'");
}

/// What is printed to who waits at a terminal.
void show_progress(double const share) {
    if (isatty(STDERR_FILENO) != 0) {
        std::cerr << "\raccrue: simulating, " << static_cast<int>(100 * share) << " %"
                  << (share < 1 ? "" : "\r\033[K") << std::flush;
    }
}

/// How the plan becomes boundaries, by its name, and in C++.
struct chosen_boundaries {
    monitoring_rule rule;
    std::string cpp;
};

chosen_boundaries boundaries_named(std::string const& name) {
    if (name == "simulated") {
        return {simulated_monitoring{.progress = show_progress}, "simulated_monitoring{}"};
    }
    if (name == "exact") {
        return {exact_monitoring{}, "exact_monitoring{}"};
    }
    throw usage_error("--boundaries must be simulated or exact, but is '" + name + "'");
}

/// A number for each trial that the clock needs. \throws bad_input naming the line of one without
std::vector<double> all_known(data const& given, std::vector<double> const& values, std::string const& what) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(values[i] > 0)) {
            given.source->refuse(given.studies.rows[i], "there is no number of " + what +
                                                            " above 0 for the clock (a column ni tells the "
                                                            "participants; --clock chooses another)");
        }
    }
    return values;
}

/// Looks by the options, as one schedule.
struct chosen_looks {
    std::size_t first;
    std::vector<std::size_t> counts;

    std::vector<std::size_t> operator()(std::span<double const> const fractions) const {
        return counts.empty() ? every_trial{first}(fractions) : after_trials{counts}(fractions);
    }
};

[[noreturn]] void refuse_clock(std::string const& name) {
    throw usage_error("--clock must be participants, events, information or model-information, but is '" +
                      name + "'");
}

/// Information by the options, as one scale.
struct chosen_clock {
    data const& given;
    std::string const& name;

    information_time operator()(information_size const& size, std::span<estimate const> const trials,
                                std::span<pooled const> const results) const {
        if (name == "participants") {
            return participants_accrued{all_known(given, given.studies.participants, name)}(size, trials,
                                                                                            results);
        }
        if (name == "events") {
            return events_accrued{all_known(given, given.studies.events, name)}(size, trials, results);
        }
        if (name == "information") {
            return common_effect_information{}(size, trials, results);
        }
        if (name == "model-information") {
            return model_information{}(size, trials, results);
        }
        refuse_clock(name);
    }
};

std::string cpp_of_list(std::vector<double> const& values) {
    auto text = std::string();
    for (double const value : values) {
        text += (text.empty() ? "" : ", ") + cpp_number(value);
    }
    return text;
}

std::string cpp_clock(data const& given, std::string const& name) {
    if (name == "participants") {
        return "participants_accrued{{" + cpp_of_list(all_known(given, given.studies.participants, name)) +
               "}}";
    }
    if (name == "events") {
        return "events_accrued{{" + cpp_of_list(all_known(given, given.studies.events, name)) + "}}";
    }
    if (name == "information") {
        return "common_effect_information{}";
    }
    if (name == "model-information") {
        return "model_information{}";
    }
    refuse_clock(name);
}

std::string cpp_looks(monitor_options const& options) {
    if (options.looks.empty()) {
        return "every_trial{.first = " + std::to_string(options.first) + "}";
    }
    auto text = std::string();
    for (auto const look : options.looks) {
        text += (text.empty() ? "" : ", ") + std::to_string(look);
    }
    return "after_trials{{" + text + "}}";
}

section looks_section(data const& given, sequential_analysis const& analysis) {
    auto names = std::vector<std::string>();
    auto decisions = std::vector<std::string>();
    auto numbers = std::vector<std::vector<double>>(10);
    for (auto const& look : analysis.looks) {
        names.push_back(given.studies.names[look.trials - 1]);
        decisions.emplace_back(to_string(look.decision));
        bool const futile = look.wedge_below < look.wedge;
        double const values[] = {static_cast<double>(look.trials),
                                 look.information,
                                 look.information_fraction,
                                 look.z,
                                 look.lower_boundary,
                                 look.upper_boundary,
                                 futile ? look.wedge_below : detail::not_a_number<double>(),
                                 futile ? look.wedge : detail::not_a_number<double>(),
                                 look.cumulative.effect,
                                 look.cumulative.tau_squared};
        for (std::size_t j = 0; j < numbers.size(); ++j) {
            numbers[j].push_back(values[j]);
        }
    }
    auto part = section{.key = "looks", .title = "Looks", .is_list = true};
    part.columns.push_back({"after", "look after", std::move(names), 0});
    char const* const keys[] = {"trials",         "information",    "fraction",       "z",
                                "lower_boundary", "upper_boundary", "futility_lower", "futility_upper",
                                "estimate",       "tau_squared"};
    char const* const titles[] = {"trials", "information",   "fraction", "Z",      "lower boundary",
                                  "upper",  "futility from", "to",       "pooled", "tau²"};
    int const digits[] = {0, 1, 4, 4, 4, 4, 4, 4, 4, 4};
    for (std::size_t j = 0; j < numbers.size(); ++j) {
        part.columns.push_back({keys[j], titles[j], std::move(numbers[j]), digits[j]});
    }
    part.columns.push_back({"decision", "says", std::move(decisions), 0});
    return part;
}

/// Monitoring that needs no plan: an e-process for the mean effect.
void run_anytime(monitor_options const& options) {
    auto const given = load(options.from);
    double const effect = anticipated_effect(*given.measure, options.target);
    if (!(std::fabs(effect) > 0)) {
        throw usage_error("the effect to be detected must not be none");
    }
    auto direction = effect_direction{};
    std::string cpp_direction;
    if (options.target.sides == 1) {
        direction = effect > 0 ? effect_direction{above_null{}} : effect_direction{below_null{}};
        cpp_direction = effect > 0 ? ", .direction = above_null{}" : ", .direction = below_null{}";
    }
    auto const process = symmetric_e_process{.smallest_effect = std::fabs(effect),
                                             .initial_tau_squared = options.initial_tau_squared,
                                             .direction = direction};
    auto settings = anytime_options{.error = options.target.alpha};
    if (effect > 0) {
        settings.benefit = above_null{};
    }
    if (options.cpp) {
        std::cout
            << "#include <accrue/accrue.hpp>\n\n#include <cmath>\n#include <cstdio>\n#include <vector>\n\n"
               "int main() {\n    using namespace accrue;\n"
            << cpp_data(options.from, given)
            << "    auto const process = symmetric_e_process{.smallest_effect = "
            << cpp_number(std::fabs(effect))
            << ", .initial_tau_squared = " << cpp_number(options.initial_tau_squared) << cpp_direction
            << "};\n    auto const series = anytime_analysis(process, estimates, {.error = "
            << cpp_number(options.target.alpha) << (effect > 0 ? ", .benefit = above_null{}" : "")
            << "});\n    for (auto const& look : series.looks)\n"
               "        std::printf(\"after %zu trials: E-value %.4f, p %.4f\\n\", look.trials,\n"
               "                    std::exp(look.log_e_value), look.p_value);\n"
               "    std::puts(result_sentence(series).c_str());\n}\n";
        return;
    }
    auto const series = anytime_analysis(process, given.studies.estimates, settings);
    auto numbers = std::vector<std::vector<double>>(6);
    auto decisions = std::vector<std::string>();
    for (auto const& look : series.looks) {
        auto const shown = given.measure->back_transform(look.interval);
        double const values[] = {static_cast<double>(look.trials),
                                 std::exp(look.log_e_value),
                                 look.log_e_value,
                                 look.p_value,
                                 shown.lower,
                                 shown.upper};
        for (std::size_t j = 0; j < numbers.size(); ++j) {
            numbers[j].push_back(values[j]);
        }
        decisions.emplace_back(to_string(look.decision));
    }
    auto found = report{};
    auto& part = found.sections.emplace_back(section{.key = "looks", .title = "Looks", .is_list = true});
    part.columns.push_back({"after", "look after", given.studies.names, 0});
    char const* const keys[] = {"trials", "e_value", "log_e_value", "p_value", "lower", "upper"};
    char const* const titles[] = {"trials", "E-value", "log", "p-value", "from", "to"};
    int const digits[] = {0, 2, 4, 4, 3, 3};
    for (std::size_t j = 0; j < numbers.size(); ++j) {
        part.columns.push_back({keys[j], titles[j], std::move(numbers[j]), digits[j]});
    }
    part.columns.push_back({"decision", "says", std::move(decisions), 0});
    auto& whole =
        found.sections.emplace_back(section{.key = "analysis", .title = "Monitoring without a plan"});
    whole.add("measure", "measure", given.measure->name);
    whole.add("conclusion", "conclusion", std::string(to_string(series.conclusion)));
    whole.add("error", "", options.target.alpha);
    whole.add("smallest_effect", "smallest effect worth finding, on the analysis scale",
              process.smallest_effect, 4);
    whole.add("initial_tau_squared", "tau² guessed before there were trials", process.initial_tau_squared, 4);
    found.sentences = given.remarks();
    found.sentences.push_back(methods_sentence(series, process));
    found.sentences.push_back(result_sentence(series));
    options.to.write(found);
    if (!options.picture.empty()) {
        write_file(options.picture, e_process_svg(given.studies.names, series, options.style));
    }
}

/// \throws usage_error for a plan that no trials could follow
void check_plan(sequential_design const& design, chosen_looks const& looks) {
    try {
        (void)exact_monitoring{}(design, std::vector{1.0});
    } catch (invalid_input const& error) {
        throw usage_error("the plan: " + std::string(error.what()));
    }
    std::size_t previous = 0;
    for (auto const count : looks.counts) {
        if (count <= previous) {
            throw usage_error("the numbers of trials of --looks must rise from 1 on");
        }
        previous = count;
    }
}

} // namespace

void run(monitor_options const& options) {
    if (options.anytime) {
        run_anytime(options);
        return;
    }
    auto const model = model_named(options.model);
    auto const spending = spending_named(options.spending);
    auto const stop =
        futility_named(options.futility,
                       std::isnan(options.futility_error) ? 1 - options.target.power : options.futility_error,
                       spending_named(options.futility_spending));
    auto const rule = boundaries_named(options.boundaries);
    auto const given = load(options.from);
    auto wanted = options.target;
    wanted.is_ratio = shows_ratios(*given.measure);
    if (options.diversity_of_data) {
        wanted.diversity = diversity(given.studies.estimates, model.model);
    }
    auto const [size, cpp_size] = target_of(given.measure->name, wanted);
    auto const design = sequential_design{.error = wanted.error(size.effect),
                                          .power = wanted.power,
                                          .spending = spending.function,
                                          .information = size,
                                          .futility = stop.boundary,
                                          .boundaries = rule.rule};
    auto const looks = chosen_looks{options.first, options.looks};
    check_plan(design, looks);
    if (options.cpp) {
        std::cout
            << "#include <accrue/accrue.hpp>\n\n#include <cstdio>\n#include <vector>\n\n"
               "int main() {\n    using namespace accrue;\n"
            << cpp_data(options.from, given)
            << "    auto const design = sequential_design{\n        .error = "
            << wanted.cpp_error(size.effect) << ",\n        .power = " << cpp_number(wanted.power)
            << ",\n        .spending = " << spending.cpp << ",\n        .information = " << cpp_size
            << (stop.cpp.empty() ? "" : ",\n        .futility = " + stop.cpp)
            << ",\n        .boundaries = " << rule.cpp
            << "};\n    auto const analysis = trial_sequential_analysis(\n        " << model.cpp
            << ", design, estimates,\n        " << cpp_clock(given, options.clock) << ",\n        "
            << cpp_looks(options)
            << ");\n    for (auto const& look : analysis.looks)\n"
               "        std::printf(\"after %zu trials: Z %.4f, boundaries %.4f and %.4f\\n\", look.trials, "
               "look.z,\n                    look.lower_boundary, look.upper_boundary);\n"
               "    std::puts(result_sentence(analysis).c_str());\n}\n";
        return;
    }
    auto const analysis = trial_sequential_analysis(model.model, design, given.studies.estimates,
                                                    chosen_clock{given, options.clock}, looks);
    auto found = report{};
    found.sections.push_back(looks_section(given, analysis));
    auto& part =
        found.sections.emplace_back(section{.key = "analysis", .title = "Trial sequential analysis"});
    part.add("measure", "measure", given.measure->name);
    part.add("model", "model", model.name);
    part.add("conclusion", "conclusion", std::string(to_string(analysis.conclusion)));
    part.add("error", "", options.target.alpha);
    part.add("power", "", options.target.power);
    part.add("unit", "information is counted in", analysis.information.unit);
    part.add("required", "required", analysis.information.required, 1);
    part.add("accrued", "accrued", analysis.information.accrued.back(), 1);
    part.add("still_needed", "still needed", analysis.information_needed(), 1);
    part.add("anticipated_effect", "anticipated effect, on the analysis scale", size.effect, 4);
    part.add("status", "status of the pooled effect",
             std::string(to_string(analysis.looks.back().cumulative.status)));
    found.sentences = given.remarks();
    found.sentences.push_back(methods_sentence(analysis, {.model = model.words, .spending = spending.words}));
    found.sentences.push_back(result_sentence(analysis));
    if (given.measure->name == "GEN" && std::isnan(wanted.participants)) {
        found.sentences.emplace_back("The effects are taken to be standardised mean differences.");
    }
    options.to.write(found);
    if (!options.picture.empty()) {
        write_file(options.picture,
                   options.on_effect_scale
                       ? effect_monitoring_svg(*given.measure, given.studies.names, analysis, options.style)
                       : monitoring_svg(given.studies.names, analysis, options.style));
    }
}

} // namespace command
