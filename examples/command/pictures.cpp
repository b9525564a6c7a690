#include "pictures.hpp"

#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>

#include <cmath>
#include <utility>

namespace command {

std::string forest_svg(measure const& effect, studies const& given, chosen_model const& model,
                       double const level, std::vector<std::string> const& labels,
                       pooled_counts const* const counts) {
    auto plot = accrue::plot_of(effect, given.names, model.model, given.estimates, level);
    plot.effect_name = effect.name;
    plot.axis_name = effect.title;
    plot.summaries.front().name = "Pooled, " + model.words;
    if (counts != nullptr) {
        for (std::size_t i = 0; i < plot.studies.size(); ++i) {
            plot.studies[i].weight = 100 * counts->shares[i];
        }
        plot.summaries.front().effect = effect.back_transform(counts->result.effect);
        plot.summaries.front().interval =
            effect.back_transform(accrue::confidence_interval(counts->result, level));
    }
    if (!labels.empty()) {
        auto const rows = std::exchange(plot.studies, {});
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto group = plot.groups.begin();
            while (group != plot.groups.end() && group->name != labels[i]) {
                ++group;
            }
            if (group == plot.groups.end()) {
                group = plot.groups.insert(group, {.name = labels[i]});
            }
            group->studies.push_back(rows[i]);
        }
        for (auto& group : plot.groups) {
            auto members = std::vector<accrue::estimate>();
            for (std::size_t i = 0; i < labels.size(); ++i) {
                if (labels[i] == group.name) {
                    members.push_back(given.estimates[i]);
                }
            }
            auto const result = accrue::pool(model.model, members);
            if (std::isfinite(result.effect) && std::isfinite(result.variance)) {
                group.summaries.push_back(
                    {"Pooled", effect.back_transform(result.effect),
                     effect.back_transform(accrue::confidence_interval(result, level))});
            }
        }
    }
    return accrue::svg(plot);
}

std::string funnel_svg(measure const& effect, studies const& given, chosen_model const& model,
                       std::vector<accrue::estimate> const& filled) {
    auto plot = accrue::plot_of<accrue::funnel_plot>(given.names, model.model, given.estimates);
    plot.effect_name = effect.analysed_as;
    plot.effect_name[0] = static_cast<char>(
        plot.effect_name[0] - (plot.effect_name[0] >= 'a' && plot.effect_name[0] <= 'z' ? 'a' - 'A' : 0));
    plot.filled = filled;
    return accrue::svg(plot);
}

std::string monitoring_svg(std::vector<std::string> const& names,
                           accrue::sequential_analysis const& analysis) {
    return accrue::svg(accrue::plot_of(names, analysis));
}

} // namespace command
