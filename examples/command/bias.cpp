#include "bias.hpp"

#include "models.hpp"
#include "numbers.hpp"
#include "pictures.hpp"
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/small_study/begg_test.hpp>
#include <accrue/small_study/egger_test.hpp>
#include <accrue/small_study/fail_safe_n.hpp>
#include <accrue/small_study/trim_and_fill.hpp>

#include <cstddef>
#include <iostream>

namespace command {

void run(bias_options const& options) {
    using namespace accrue;
    auto const model = model_named(options.model);
    auto const given = load(options.from);
    auto const& estimates = given.studies.estimates;
    if (options.cpp) {
        std::cout
            << "#include <accrue/accrue.hpp>\n#include <accrue/small_study.hpp>\n\n#include <cstdio>\n"
               "#include <vector>\n\nint main() {\n    using namespace accrue;\n"
            << cpp_data(options.from, given)
            << "    std::printf(\"Egger p %.4f, Begg p %.4f\\n\", egger_test{}(estimates).p_value,\n"
               "                begg_test{}(estimates).p_value);\n"
               "    auto const filled = trim_and_fill{}("
            << model.cpp
            << ", estimates);\n    std::printf(\"%zu studies filled in, pooled then %.4f\\n\", filled.added, "
               "filled.pooled.effect);\n"
               "    std::printf(\"fail-safe N %.0f\\n\", fail_safe_n(rosenthal{}, estimates).n);\n}\n";
        return;
    }
    auto found = report{};
    auto const egger = egger_test{}(estimates);
    auto& regression = found.sections.emplace_back(
        section{.key = "egger", .title = "Egger's regression of effects on standard errors"});
    regression.add("slope", "slope", egger.slope, 4);
    regression.add("slope_standard_error", "its standard error", egger.slope_standard_error, 4);
    regression.add("statistic", "t", egger.statistic, 3);
    regression.add("degrees_of_freedom", "degrees of freedom", egger.degrees_of_freedom, 0);
    regression.add("p_value", "p-value of symmetry", egger.p_value, 4);
    regression.add("limit_estimate", "effect of an endless study, " + given.measure->analysed_as,
                   egger.intercept.effect, 4);
    regression.add("status", "status", std::string(to_string(egger.status)));

    auto const begg = begg_test{}(estimates);
    auto& rank = found.sections.emplace_back(
        section{.key = "begg", .title = "Begg's rank correlation of effects and variances"});
    rank.add("tau", "Kendall's tau", begg.tau, 4);
    rank.add("p_value", begg.exact ? "p-value of symmetry, exact" : "p-value of symmetry, normal",
             begg.p_value, 4);
    rank.add("status", "status", std::string(to_string(begg.status)));

    auto const filled = trim_and_fill{}(model.model, estimates);
    auto const limits = confidence_interval(filled.pooled, options.level);
    auto const back = given.measure->back_transform.of(filled.pooled.variance);
    auto& fill = found.sections.emplace_back(
        section{.key = "trim_and_fill", .title = "Trim and fill (L0), " + model.words});
    fill.add("level", "", options.level);
    fill.add("added", "studies filled in", static_cast<double>(filled.added), 0);
    fill.add("side", "on the", filled.right ? "right" : "left");
    fill.add("effect", given.measure->title + " with them", back(filled.pooled.effect));
    fill.add("lower", percent(options.level) + "interval from", back(limits).lower);
    fill.add("upper", "to", back(limits).upper);
    fill.add("estimate", "analysed as " + given.measure->analysed_as, filled.pooled.effect, 4);
    fill.add("status", "status", std::string(to_string(filled.status)));

    auto& safe = found.sections.emplace_back(section{.key = "fail_safe_n", .title = "Fail-safe N"});
    safe.add("rosenthal", "Rosenthal", fail_safe_n(rosenthal{}, estimates).n, 0);
    safe.add("orwin", "Orwin (half the mean)", fail_safe_n(orwin{}, estimates).n, 0);
    safe.add("rosenberg", "Rosenberg", fail_safe_n(rosenberg{}, estimates).n, 0);

    found.sentences = given.remarks();
    found.sentences.emplace_back(
        "An asymmetric funnel need not come from unpublished studies: differences between "
        "small and large studies, and chance, make one too.");
    if (estimates.size() < 10) {
        found.sentences.emplace_back("With fewer than ten studies these tests have little power.");
    }
    options.to.write(found);
    if (!options.funnel.empty()) {
        auto const added = std::vector<estimate>(
            filled.filled.begin() + static_cast<std::ptrdiff_t>(estimates.size()), filled.filled.end());
        write_file(options.funnel, funnel_svg(*given.measure, given.studies, model, added, options.style));
    }
}

} // namespace command
