#include "regress.hpp"

#include "estimators.hpp"
#include <accrue/inference/p_value.hpp>
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>
#include <accrue/regression/predict.hpp>
#include <accrue/regression/residual_heterogeneity.hpp>

#include <cmath>
#include <functional>
#include <iostream>

namespace command {
namespace {

using namespace accrue;

/// An estimator of tau² beside moderators, as a value of one type.
struct any_moderated_estimator {
    std::function<tau_squared_estimate(moderated_evidence<double> const&)> function;

    tau_squared_estimate operator()(moderated_evidence<double> const& studies) const {
        return function(studies);
    }
};

struct regression_result {
    regression fit;
    std::string words;
    std::string cpp;
};

regression_result fitted(model_parts const& parts, std::vector<estimate> const& estimates,
                         moderators const& given) {
    auto estimator = any_moderated_estimator{};
    auto words = std::string();
    auto cpp = std::string();
    with_estimator(parts.estimator,
                   [&](std::string const& name, std::string const& code, auto const& chosen) {
                       words = parts.estimator == "common" ? name : "random effects (" + name + ")";
                       cpp = parts.estimator == "common" ? "fixed_tau_squared{0}" : code;
                       estimator.function = [chosen](moderated_evidence<double> const& studies) {
                           auto const found = chosen(studies);
                           return tau_squared_estimate{found.value, 0, found.status};
                       };
                   });
    auto result = regression_result{};
    with_uncertainty(
        parts.uncertainty, [&](std::string const& name, std::string const& code, auto const& method) {
            using method_type = std::remove_cvref_t<decltype(method)>;
            result = {meta_regression(random_effects<any_moderated_estimator, method_type>{estimator, method},
                                      estimates, given),
                      words + ", " + name, "random_effects{" + cpp + ", " + code + "}"};
        });
    return result;
}

} // namespace

void run(regress_options const& options) {
    if (options.numbers.empty() && options.factors.empty()) {
        throw usage_error(
            "name at least one moderator: --on COLUMN of numbers, or --factor COLUMN of labels");
    }
    if (!options.bubble.empty() && options.numbers.empty()) {
        throw usage_error("--bubble draws the effects along a column of numbers: --on COLUMN");
    }
    auto const parts = model_parts(options.model);
    auto const given = load(options.from, options.numbers);
    auto chosen = moderators{};
    auto cpp_moderators = std::string("moderators{}");
    for (auto const& column : options.numbers) {
        auto const values = numbers_of(*given.source, given.studies, column);
        cpp_moderators += "\n        .with(" + cpp_text(column) + ", {";
        for (std::size_t i = 0; i < values.size(); ++i) {
            cpp_moderators += (i == 0 ? "" : ", ") + cpp_number(values[i]);
        }
        cpp_moderators += "})";
        chosen = chosen.with(column, values);
    }
    for (auto const& column : options.factors) {
        auto const labels = labels_of(*given.source, given.studies, column);
        cpp_moderators += "\n        .with_factor(" + cpp_text(column) + ", {";
        for (std::size_t i = 0; i < labels.size(); ++i) {
            cpp_moderators += (i == 0 ? "" : ", ") + cpp_text(labels[i]);
        }
        cpp_moderators += "})";
        chosen = chosen.with_factor(column, labels);
    }
    auto const [fit, words, cpp] = fitted(parts, given.studies.estimates, chosen);
    if (options.cpp) {
        std::cout
            << "#include <accrue/accrue.hpp>\n#include <accrue/regression.hpp>\n\n#include <cstddef>\n"
               "#include <cstdio>\n#include <vector>\n\nint main() {\n    using namespace accrue;\n"
            << cpp_data(options.from, given) << "    auto const fit = meta_regression(" << cpp
            << ", estimates, " << cpp_moderators
            << ");\n    for (std::size_t j = 0; j < fit.coefficients.size(); ++j)\n"
               "        std::printf(\"%s %.6f (SE %.6f)\\n\", fit.names[j].c_str(), fit.coefficients[j],\n"
               "                    standard_error(coefficient(fit, j)));\n}\n";
        return;
    }
    auto found = report{};
    auto numbers = std::vector<std::vector<double>>(6);
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        auto const one = coefficient(fit, j);
        auto const limits = confidence_interval(one, options.level);
        double const values[] = {one.effect,   standard_error(one), limits.lower,
                                 limits.upper, p_value(one),        one.degrees_of_freedom};
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            numbers[i].push_back(values[i]);
        }
    }
    auto& list =
        found.sections.emplace_back(section{.key = "coefficients",
                                            .title = "Coefficients, of the " + given.measure->analysed_as,
                                            .is_list = true});
    list.columns.push_back({"name", "term", fit.names, 0});
    char const* const keys[] = {"coefficient", "standard_error", "lower",
                                "upper",       "p_value",        "degrees_of_freedom"};
    char const* const titles[] = {"coefficient", "SE", "from", "to", "p", "df"};
    int const digits[] = {4, 4, 4, 4, 4, 1};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        list.columns.push_back({keys[i], titles[i], std::move(numbers[i]), digits[i]});
    }
    auto const left = residual_heterogeneity(fit);
    auto const test = omnibus_test(fit);
    auto& part =
        found.sections.emplace_back(section{.key = "regression", .title = "Meta-regression by " + words});
    part.add("measure", "", given.measure->name);
    part.add("model", "", options.model);
    part.add("level", "", options.level);
    part.add("k", "studies", static_cast<double>(fit.k), 0);
    part.add("tau_squared", "tau² left", fit.tau_squared, 4);
    part.add("i_squared", "I² left (0 to 1)", left.i_squared, 3);
    part.add("q", "Q left", left.q, 3);
    part.add("q_degrees_of_freedom", "degrees of freedom", left.degrees_of_freedom, 0);
    part.add("q_p_value", "p-value of no heterogeneity left", left.p_value, 4);
    part.add("test_statistic", "test of all moderators", test.statistic, 3);
    part.add("test_degrees_of_freedom", "degrees of freedom", test.degrees_of_freedom, 0);
    part.add("test_p_value", "p-value", test.p_value, 4);
    part.add("status", "status", std::string(to_string(test.status)));
    found.sentences = given.remarks();
    found.sentences.emplace_back(
        "Associations across studies are observational, whatever the studies' design.");
    options.to.write(found);
    if (!options.bubble.empty()) {
        auto plot = plot_of(given.studies.names, fit, given.studies.estimates, chosen,
                            options.numbers.front(), options.level);
        plot.effect_name = capitalised(given.measure->analysed_as);
        write_file(options.bubble, svg(plot, options.style.paper()));
    }
}

} // namespace command
