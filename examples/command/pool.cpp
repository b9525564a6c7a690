#include "pool.hpp"

#include "clusters.hpp"
#include "models.hpp"
#include "numbers.hpp"
#include "pictures.hpp"
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/forest.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/narrower_than_common_effect.hpp>
#include <accrue/inference/p_value.hpp>
#include <accrue/inference/prediction_interval.hpp>
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

/// A result that is undefined has no interval and no p-value either.
pooled without_undefined(pooled result) {
    if (result.status == status::undefined) {
        result.variance = detail::not_a_number<double>();
    }
    return result;
}

/// What there is to print: a model of estimates or, where `whole` is given, of counts or of clusters.
struct pooling {
    chosen_model model;
    count_model counts{}; ///< where it pools counts
    std::optional<pooled_whole> whole{};
    std::vector<section> sections{}; ///< what else a model of clusters tells
    std::string cpp{};               ///< the model
    std::string cpp_studies = "estimates";
};

pooling pooling_of(pool_options const& options, data const& given) {
    auto const& name = options.model;
    if (!options.cluster.empty()) {
        auto found = pooled_in_clusters(name, given, labels_of(*given.source, given.studies, options.cluster),
                                        options.level);
        auto model = model_named("reml");
        model.name = name;
        model.words = found.words;
        auto const shares =
            std::vector<double>(given.studies.estimates.size(), detail::not_a_number<double>());
        return {.model = std::move(model),
                .whole = pooled_whole{found.result, shares},
                .sections = std::move(found.sections),
                .cpp = found.cpp};
    }
    bool const is_peto = name == "peto";
    if (name != "mh" && !is_peto) {
        auto model = model_named(name);
        auto cpp = model.cpp;
        return {.model = std::move(model), .cpp = std::move(cpp)};
    }
    auto const& pool_counts = is_peto ? given.measure->peto : given.measure->mantel_haenszel;
    if (!pool_counts) {
        throw usage_error(is_peto ? "the model peto is of the measure OR"
                                  : "the model mh is of the measures RR, OR, RD, IRR and IRD");
    }
    auto model = model_named("common");
    model.name = name;
    model.words = is_peto ? "Peto's method" : "Mantel-Haenszel";
    return {.model = std::move(model),
            .counts = pool_counts,
            .whole = pool_counts(*given.source, given.studies),
            .cpp = is_peto ? "peto{}" : "mantel_haenszel{measure}",
            .cpp_studies = "trials"};
}

section studies_section(data const& given, pooling const& by, double const level,
                        std::vector<std::string> const& labels) {
    auto result = section{.key = "studies", .title = given.measure->title + " by study", .is_list = true};
    auto numbers = std::vector<std::vector<double>>(6);
    auto const rows = forest_rows(by.model.model, given.studies.estimates, level);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const back = given.measure->back_transform.of(given.studies.estimates[i].variance);
        auto const limits = back(rows[i].interval);
        double const values[] = {back(rows[i].effect),
                                 limits.lower,
                                 limits.upper,
                                 by.whole ? 100 * by.whole->shares[i] : rows[i].weight,
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
    auto const back = given.measure->back_transform.of(result.variance);
    auto part = section{.key = "pooled", .title = "Pooled by " + model.words};
    auto const limits = confidence_interval(result, level);
    auto const shown = back(limits);
    part.add("measure", "measure", given.measure->name);
    part.add("model", "model", model.name);
    part.add("level", "", level);
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

/// Groups in the order in which they first appear, pooled by the model.
pooled_groups groups_of(data const& given, pooling const& by, std::vector<std::string> labels) {
    auto result = pooled_groups{.labels = std::move(labels)};
    auto places = std::vector<std::vector<std::size_t>>();
    for (std::size_t i = 0; i < result.labels.size(); ++i) {
        auto const at = static_cast<std::size_t>(
            std::find(result.names.begin(), result.names.end(), result.labels[i]) - result.names.begin());
        if (at == result.names.size()) {
            result.names.push_back(result.labels[i]);
            places.emplace_back();
        }
        places[at].push_back(i);
    }
    for (auto const& members : places) {
        auto const part = some_of(given.studies, members);
        result.results.push_back(by.counts ? by.counts(*given.source, part).result
                                           : pool(by.model.model, part.estimates));
    }
    return result;
}

void add_groups(report& to, data const& given, bool const of_counts, double const level,
                pooled_groups const& groups) {
    auto numbers = std::vector<std::vector<double>>(7);
    for (auto const& pooled_group : groups.results) {
        auto const group = without_undefined(pooled_group);
        auto const back = given.measure->back_transform.of(group.variance);
        auto const shown = back(confidence_interval(group, level));
        double const values[] = {static_cast<double>(group.k),
                                 back(group.effect),
                                 shown.lower,
                                 shown.upper,
                                 group.tau_squared,
                                 group.effect,
                                 group.variance};
        for (std::size_t j = 0; j < numbers.size(); ++j) {
            numbers[j].push_back(values[j]);
        }
    }
    auto list = section{.key = "groups",
                        .title = of_counts ? "Groups" : "Groups, each with a tau² of its own",
                        .is_list = true};
    list.columns.push_back({"name", "group", groups.names, 0});
    char const* const keys[] = {"k", "effect", "lower", "upper", "tau_squared", "estimate", "variance"};
    char const* const titles[] = {"studies", "effect", "from", "to", "tau²", "analysed as", "variance"};
    int const digits[] = {0, 3, 3, 3, 4, 4, 4};
    for (std::size_t j = 0; j < numbers.size(); ++j) {
        list.columns.push_back({keys[j], titles[j], std::move(numbers[j]), digits[j]});
    }
    to.sections.push_back(std::move(list));
    auto const apart = between(groups);
    auto test = section{.key = "group_test", .title = "Do the groups differ?"};
    test.add("q", "Q between groups", apart.q);
    test.add("degrees_of_freedom", "degrees of freedom", apart.degrees_of_freedom, 0);
    test.add("p_value", "p-value of equal groups", apart.p_value, 4);
    to.sections.push_back(std::move(test));
}

/// The labels of the studies as a list of C++.
std::string cpp_labels(std::string const& name, std::vector<std::string> const& labels) {
    auto text = "    auto const " + name + " = std::vector<std::string>{";
    for (std::size_t i = 0; i < labels.size(); ++i) {
        text += (i == 0 ? "" : ", ") + cpp_text(labels[i]);
    }
    return text + "};\n";
}

/// The lines that pool each group and test whether they differ.
std::string cpp_groups(data const& given, pooling const& by, std::vector<std::string> const& labels) {
    auto const type = by.counts ? given.measure->report : "estimate";
    return cpp_labels("labels", labels) +
           "    auto names = std::vector<std::string>{};\n    auto groups = "
           "std::vector<std::vector<" +
           type +
           ">>{};\n"
           "    for (std::size_t i = 0; i < labels.size(); ++i) {\n"
           "        auto const at = static_cast<std::size_t>(std::find(names.begin(), names.end(), "
           "labels[i]) - "
           "names.begin());\n"
           "        if (at == names.size()) {\n"
           "            names.push_back(labels[i]);\n"
           "            groups.emplace_back();\n"
           "        }\n"
           "        groups[at].push_back(" +
           by.cpp_studies +
           "[i]);\n    }\n"
           "    auto const apart = subgroups(" +
           by.cpp +
           ", groups);\n"
           "    for (std::size_t i = 0; i < names.size(); ++i)\n"
           "        std::printf(\"%s: %.3f on the scale of analysis, %zu studies\\n\", names[i].c_str(), "
           "apart.groups[i].effect,\n                    apart.groups[i].k);\n"
           "    std::printf(\"Q between groups %.3f on %.0f degrees of freedom, p %.4f\\n\", "
           "apart.q_between,\n"
           "                apart.degrees_of_freedom, apart.p_value);\n";
}

void print_cpp(pool_options const& options, data const& given, pooling const& by) {
    bool const measured = given.measure->report != "estimate";
    bool const is_sized = static_cast<bool>(given.measure->back_transform.by_variance);
    auto const shown = [&](std::string const& x) {
        return is_sized                       ? "measure.back_transform(" + x + ", size)"
               : measured                     ? "measure.back_transform(" + x + ")"
               : shows_ratios(*given.measure) ? "exponential_back_transform{}(" + x + ")"
                                              : x;
    };
    auto const labels = [&](std::string const& column) {
        return labels_of(*given.source, given.studies, column);
    };
    bool const in_clusters = !options.cluster.empty();
    std::cout << "#include <accrue/accrue.hpp>\n"
              << (in_clusters ? "#include <accrue/dependence.hpp>\n" : "")
              << "\n#include <algorithm>\n#include <cstddef>\n#include <cstdio>\n#include <string>\n#include "
                 "<vector>\n\nint main() {\n    using namespace accrue;\n"
              << cpp_data(options.from, given)
              << (in_clusters ? cpp_labels("clusters", labels(options.cluster)) +
                                    "    pooled const summary = " + by.cpp + "(estimates, clusters);\n"
                              : "    auto const summary = pool(" + by.cpp + ", " + by.cpp_studies + ");\n")
              << (!is_sized ? ""
                  : given.measure->report == "rate"
                      ? "    double const size = 1 / (4 * summary.variance);\n"
                      : "    double const size = 1 / (4 * summary.variance) - 0.5;\n")
              << "    auto const ci = "
              << shown("confidence_interval(summary, " + cpp_number(options.level) + ")")
              << ";\n    std::printf(\"" << given.measure->title
              << " %.3f (%.3f to %.3f), tau squared %.4f\\n\", " << shown("summary.effect")
              << ", ci.lower, ci.upper,\n                summary.tau_squared);\n"
              << (options.by.empty() ? "" : cpp_groups(given, by, labels(options.by))) << "}\n";
}

} // namespace

void run(pool_options const& options) {
    auto const given = load(options.from);
    if (!options.cluster.empty() && !options.by.empty()) {
        throw usage_error("--cluster does not go with --by");
    }
    auto const by = pooling_of(options, given);
    if (options.cpp) {
        print_cpp(options, given, by);
        return;
    }
    auto const& model = by.model;
    auto const result =
        without_undefined(by.whole ? by.whole->result : pool(model.model, given.studies.estimates));
    auto const groups = options.by.empty()
                            ? pooled_groups{}
                            : groups_of(given, by, labels_of(*given.source, given.studies, options.by));
    auto found = report{};
    found.sections.push_back(studies_section(given, by, options.level, groups.labels));
    if (!groups.names.empty()) {
        add_groups(found, given, static_cast<bool>(by.counts), options.level, groups);
    }
    found.sections.push_back(pooled_section(given, model, result, options.level));
    if (by.sections.empty()) {
        found.sections.push_back(heterogeneity_section(given, model, result, options.level));
    }
    found.sections.insert(found.sections.end(), by.sections.begin(), by.sections.end());
    found.sentences = given.remarks(!options.cluster.empty());
    if (by.counts) {
        found.sentences.emplace_back("The counts are pooled as they are; corrections of zero cells, Q, I² "
                                     "and the "
                                     "interval of tau² are of the studies' own effects.");
    }
    if (result.status != status::ok) {
        found.sentences.push_back("The result is not to be used: " + std::string(to_string(result.status)) +
                                  ".");
    }
    if (!by.whole && std::isfinite(result.degrees_of_freedom) &&
        is_narrower_than_common_effect(result, given.studies.estimates, options.level)) {
        found.sentences.emplace_back("The interval is narrower than that of a common effect, because the "
                                     "effects "
                                     "scatter less than chance leaves; reml,hkf does not allow that.");
    }
    options.to.write(found);
    if (!options.forest.empty()) {
        write_file(options.forest, forest_svg(*given.measure, given.studies, model, options.level, groups,
                                              by.whole ? &*by.whole : nullptr, options.style));
    }
}

} // namespace command
