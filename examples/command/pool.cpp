#include "pool.hpp"

#include "models.hpp"
#include "pictures.hpp"
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/forest.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/narrower_than_common_effect.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/prediction_interval.hpp>
#include <accrue/inference/subgroups.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/tau_squared/tau_squared_interval.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

namespace command {
namespace {

using namespace accrue;

std::string percent(double const level) {
    return cpp_number(std::round(1e10 * level) / 1e8) + " % ";
}

/// A result that is undefined has no interval and no p-value either.
pooled without_undefined(pooled result) {
    if (result.status == status::undefined) {
        result.variance = detail::not_a_number<double>();
    }
    return result;
}

/// What there is to print: a model of estimates or, where `counts` is given, one of counts.
struct pooling {
    chosen_model model;
    std::optional<pooled_counts> counts{};
    std::string cpp{};
};

pooling pooling_of(std::string const& name, data const& given) {
    bool const is_peto = name == "peto";
    if (name != "mh" && !is_peto) {
        auto model = model_named(name);
        auto cpp = "pool(" + model.cpp + ", estimates)";
        return {std::move(model), std::nullopt, std::move(cpp)};
    }
    auto const& pool_counts = is_peto ? given.measure->peto : given.measure->mantel_haenszel;
    if (!pool_counts) {
        throw usage_error(is_peto ? "the model peto is of the measure OR"
                                  : "the model mh is of the measures RR, OR, RD, IRR and IRD");
    }
    auto model = model_named("common");
    model.name = name;
    model.words = is_peto ? "Peto's method" : "Mantel-Haenszel";
    return {std::move(model), pool_counts(*given.source, given.studies),
            is_peto ? "pool(peto{}, trials)" : "pool(mantel_haenszel{measure}, trials)"};
}

section studies_section(data const& given, pooling const& by, double const level,
                        std::vector<std::string> const& labels) {
    auto result = section{.key = "studies", .title = given.measure->title + " by study", .is_list = true};
    auto numbers = std::vector<std::vector<double>>(6);
    auto const& back = given.measure->back_transform;
    auto const rows = forest_rows(by.model.model, given.studies.estimates, level);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const limits = back(rows[i].interval);
        double const values[] = {back(rows[i].effect),
                                 limits.lower,
                                 limits.upper,
                                 by.counts ? 100 * by.counts->shares[i] : rows[i].weight,
                                 given.studies.estimates[i].effect,
                                 given.studies.estimates[i].variance};
        for (std::size_t j = 0; j < numbers.size(); ++j) {
            numbers[j].push_back(values[j]);
        }
    }
    result.columns.push_back({"name", "study", given.studies.names, 0});
    if (!labels.empty()) {
        result.columns.push_back({"group", "group", labels, 0});
    }
    char const* const keys[] = {"effect", "lower", "upper", "weight", "estimate", "variance"};
    char const* const titles[] = {"effect", "from", "to", "weight %", "analysed as", "variance"};
    int const digits[] = {3, 3, 3, 1, 4, 4};
    for (std::size_t j = 0; j < numbers.size(); ++j) {
        result.columns.push_back({keys[j], titles[j], std::move(numbers[j]), digits[j]});
    }
    return result;
}

section pooled_section(data const& given, chosen_model const& model, pooled const& result,
                       double const level) {
    auto const& back = given.measure->back_transform;
    auto part = section{.key = "pooled", .title = "Pooled by " + model.words};
    auto const limits = confidence_interval(result, level);
    auto const shown = back(limits);
    part.add("measure", "measure", given.measure->name);
    part.add("model", "model", model.name);
    part.add("k", "studies", static_cast<double>(result.k), 0);
    part.add("effect", given.measure->title, back(result.effect));
    part.add("lower", percent(level) + "confidence interval from", shown.lower);
    part.add("upper", "to", shown.upper);
    part.add("p_value", "p-value of no effect", p_value(result), 4);
    if (result.k >= 3) {
        auto const next = back(prediction_interval(result, level));
        part.add("prediction_lower", percent(level) + "prediction interval from", next.lower);
        part.add("prediction_upper", "to", next.upper);
    }
    part.add("estimate", "analysed as " + given.measure->analysed_as, result.effect, 4);
    part.add("standard_error", "its standard error", standard_error(result), 4);
    part.add("estimate_lower", "its interval from", limits.lower, 4);
    part.add("estimate_upper", "to", limits.upper, 4);
    part.add("statistic", std::isfinite(result.degrees_of_freedom) ? "t" : "z",
             result.effect / standard_error(result), 3);
    part.add("degrees_of_freedom", "degrees of freedom", result.degrees_of_freedom, 1);
    part.add("status", "status", std::string(to_string(result.status)));
    return part;
}

section heterogeneity_section(data const& given, chosen_model const& model, pooled const& result,
                              double const level) {
    auto const& estimates = given.studies.estimates;
    auto part = section{.key = "heterogeneity", .title = "Heterogeneity"};
    auto const scatter = heterogeneity(estimates);
    auto const range = tau_squared_interval(q_profile{}, estimates, level);
    part.add("tau_squared", "tau²", result.tau_squared, 4);
    part.add("tau_squared_lower", percent(level) + "interval (Q profile) from", range.lower, 4);
    part.add("tau_squared_upper", "to", range.upper, 4);
    part.add("tau_squared_interval_status", "status of the interval",
             range.empty ? "empty: less scatter than chance leaves" : std::string(to_string(range.status)));
    part.add("q", "Q", scatter.q, 3);
    part.add("q_degrees_of_freedom", "degrees of freedom", scatter.degrees_of_freedom, 0);
    part.add("q_p_value", "p-value of equal effects", scatter.p_value, 4);
    part.add("i_squared", "I² (of Q, 0 to 1)", scatter.i_squared, 3);
    part.add("h_squared", "H²", scatter.h_squared, 3);
    part.add("diversity", "D² (0 to 1)", diversity(estimates, model.model), 3);
    return part;
}

/// Groups in the order in which they first appear.
struct grouping {
    std::vector<std::string> names{};
    std::vector<std::vector<estimate>> members{};

    grouping(std::vector<std::string> const& labels, std::vector<estimate> const& estimates) {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            auto const at =
                static_cast<std::size_t>(std::find(names.begin(), names.end(), labels[i]) - names.begin());
            if (at == names.size()) {
                names.push_back(labels[i]);
                members.emplace_back();
            }
            members[at].push_back(estimates[i]);
        }
    }
};

void add_groups(report& to, data const& given, chosen_model const& model, double const level,
                std::vector<std::string> const& labels) {
    auto const groups = grouping(labels, given.studies.estimates);
    auto const apart = subgroups(model.model, groups.members);
    auto numbers = std::vector<std::vector<double>>(7);
    for (auto const& pooled_group : apart.groups) {
        auto const group = without_undefined(pooled_group);
        auto const shown = given.measure->back_transform(confidence_interval(group, level));
        double const values[] = {static_cast<double>(group.k),
                                 given.measure->back_transform(group.effect),
                                 shown.lower,
                                 shown.upper,
                                 group.tau_squared,
                                 group.effect,
                                 group.variance};
        for (std::size_t j = 0; j < numbers.size(); ++j) {
            numbers[j].push_back(values[j]);
        }
    }
    auto list = section{.key = "groups", .title = "Groups, each with a tau² of its own", .is_list = true};
    list.columns.push_back({"name", "group", groups.names, 0});
    char const* const keys[] = {"k", "effect", "lower", "upper", "tau_squared", "estimate", "variance"};
    char const* const titles[] = {"studies", "effect", "from", "to", "tau²", "analysed as", "variance"};
    int const digits[] = {0, 3, 3, 3, 4, 4, 4};
    for (std::size_t j = 0; j < numbers.size(); ++j) {
        list.columns.push_back({keys[j], titles[j], std::move(numbers[j]), digits[j]});
    }
    to.sections.push_back(std::move(list));
    auto test = section{.key = "group_test", .title = "Do the groups differ?"};
    test.add("q", "Q between groups", apart.q_between);
    test.add("degrees_of_freedom", "degrees of freedom", apart.degrees_of_freedom, 0);
    test.add("p_value", "p-value of equal groups", apart.p_value, 4);
    to.sections.push_back(std::move(test));
}

void print_cpp(pool_options const& options, data const& given, pooling const& by) {
    bool const measured = given.measure->report != "estimate";
    auto const shown = [&](std::string const& x) {
        return measured                       ? "measure.back_transform(" + x + ")"
               : given.measure->name == "GEN" ? x
                                              : "exponential_back_transform{}(" + x + ")";
    };
    std::cout << "#include <accrue/accrue.hpp>\n\n#include <cstdio>\n#include <vector>\n\n"
                 "int main() {\n    using namespace accrue;\n"
              << cpp_data(options.from, given) << "    auto const summary = " << by.cpp
              << ";\n    auto const ci = "
              << shown("confidence_interval(summary, " + cpp_number(options.level) + ")")
              << ";\n    std::printf(\"" << given.measure->title
              << " %.3f (%.3f to %.3f), tau squared %.4f\\n\", " << shown("summary.effect")
              << ", ci.lower, ci.upper,\n                summary.tau_squared);\n}\n";
}

} // namespace

void run(pool_options const& options) {
    auto const given = load(options.from);
    auto const by = pooling_of(options.model, given);
    if (by.counts && !options.by.empty()) {
        throw usage_error("--by needs a model of estimates, such as reml,hk, and not " + options.model);
    }
    if (options.cpp) {
        print_cpp(options, given, by);
        return;
    }
    auto const& model = by.model;
    auto const labels =
        options.by.empty() ? std::vector<std::string>() : labels_of(*given.source, given.studies, options.by);
    auto const result =
        without_undefined(by.counts ? by.counts->result : pool(model.model, given.studies.estimates));
    auto found = report{};
    found.sections.push_back(studies_section(given, by, options.level, labels));
    if (!labels.empty()) {
        add_groups(found, given, model, options.level, labels);
    }
    found.sections.push_back(pooled_section(given, model, result, options.level));
    found.sections.push_back(heterogeneity_section(given, model, result, options.level));
    found.sentences = given.remarks();
    if (by.counts) {
        found.sentences.emplace_back(
            "The counts are pooled as they are; corrections of zero cells, Q, I² and the "
            "interval of tau² are of the studies' own effects.");
    }
    if (result.status != status::ok) {
        found.sentences.push_back("The result is not to be used: " + std::string(to_string(result.status)) +
                                  ".");
    }
    if (!by.counts && std::isfinite(result.degrees_of_freedom) &&
        is_narrower_than_common_effect(result, given.studies.estimates, options.level)) {
        found.sentences.emplace_back(
            "The interval is narrower than that of a common effect, because the effects "
            "scatter less than chance leaves; reml,hkf does not allow that.");
    }
    options.to.write(found);
    if (!options.forest.empty()) {
        write_file(options.forest, forest_svg(*given.measure, given.studies, model, options.level, labels,
                                              by.counts ? &*by.counts : nullptr));
    }
}

} // namespace command
