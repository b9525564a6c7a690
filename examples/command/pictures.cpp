#include "pictures.hpp"

#include "csv.hpp"
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>

#include <cmath>
#include <utility>

namespace command {

accrue::canvas picture_style::paper() const {
    auto result = accrue::canvas{.width = width};
    if (theme == "dark") {
        result.colours = accrue::dark_theme;
    } else if (theme == "print") {
        result.colours = accrue::print_theme;
    } else if (theme != "light") {
        throw usage_error("--theme must be light, dark or print, but is '" + theme + "'");
    }
    return result;
}

std::string forest_svg(measure const& effect, studies const& given, chosen_model const& model,
                       double const level, pooled_groups const& groups, pooled_whole const* const whole,
                       picture_style const& style) {
    auto plot = accrue::plot_of(effect, given.names, model.model, given.estimates, level);
    plot.effect_name = effect.name;
    plot.axis_name = effect.title;
    plot.summaries.front().name = "Pooled, " + model.words;
    if (whole != nullptr) {
        for (std::size_t i = 0; i < plot.studies.size(); ++i) {
            plot.studies[i].weight = 100 * whole->shares[i];
        }
        plot.summaries.front().effect = effect.back_transform(whole->result.effect);
        plot.summaries.front().interval =
            effect.back_transform(accrue::confidence_interval(whole->result, level));
        plot.prediction.reset();
        plot.note.clear();
    }
    if (!groups.names.empty()) {
        auto const rows = std::exchange(plot.studies, {});
        for (std::size_t g = 0; g < groups.names.size(); ++g) {
            auto& group = plot.groups.emplace_back();
            group.name = groups.names[g];
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (groups.labels[i] == group.name) {
                    group.studies.push_back(rows[i]);
                }
            }
            auto const& result = groups.results[g];
            if (std::isfinite(result.effect) && std::isfinite(result.variance)) {
                group.summaries.push_back(
                    {"Pooled", effect.back_transform(result.effect),
                     effect.back_transform(accrue::confidence_interval(result, level))});
            }
        }
    }
    return accrue::svg(plot, style.paper());
}

std::string funnel_svg(measure const& effect, studies const& given, chosen_model const& model,
                       std::vector<accrue::estimate> const& filled, picture_style const& style) {
    auto plot = accrue::plot_of<accrue::funnel_plot>(given.names, model.model, given.estimates);
    plot.effect_name = effect.analysed_as;
    plot.effect_name[0] = static_cast<char>(
        plot.effect_name[0] - (plot.effect_name[0] >= 'a' && plot.effect_name[0] <= 'z' ? 'a' - 'A' : 0));
    plot.filled = filled;
    return accrue::svg(plot, style.paper());
}

std::string monitoring_svg(std::vector<std::string> const& names, accrue::sequential_analysis const& analysis,
                           picture_style const& style) {
    return accrue::svg(accrue::plot_of(names, analysis), style.paper());
}

std::string effect_monitoring_svg(measure const& effect, std::vector<std::string> const& names,
                                  accrue::sequential_analysis const& analysis, picture_style const& style) {
    auto plot = accrue::plot_of(effect, names, analysis);
    plot.effect_name = effect.title;
    return accrue::svg(plot, style.paper());
}

std::string e_process_svg(std::vector<std::string> const& names, accrue::anytime_series const& series,
                          picture_style const& style) {
    return accrue::svg(accrue::plot_of(names, series), style.paper());
}

} // namespace command
