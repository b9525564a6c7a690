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

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    return text;
}

accrue::heterogeneity_summary between(pooled_groups const& groups) {
    auto effects = std::vector<accrue::estimate>();
    for (auto const& group : groups.results) {
        if (group.status != accrue::status::undefined) {
            effects.push_back({group.effect, group.variance});
        }
    }
    double const none = accrue::detail::not_a_number<double>();
    return effects.empty() ? accrue::heterogeneity_summary{none, 0, none, none, none}
                           : accrue::heterogeneity(effects);
}

std::string forest_svg(measure const& effect, studies const& given, chosen_model const& model,
                       double const level, pooled_groups const& groups, pooled_whole const* const whole,
                       picture_style const& style) {
    auto plot = accrue::plot_of(effect, given.names, model.model, given.estimates, level);
    auto const& back = effect.back_transform;
    if (back.by_variance) {
        auto const in_plot = accrue::pool(model.model, given.estimates);
        auto const rows = accrue::forest_rows(model.model, given.estimates, level);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto const of_study = back.of(given.estimates[i].variance);
            plot.studies[i].effect = of_study(rows[i].effect);
            plot.studies[i].interval = of_study(rows[i].interval);
        }
        auto const of_pooled = back.of(in_plot.variance);
        plot.summaries.front().effect = of_pooled(in_plot.effect);
        plot.summaries.front().interval = of_pooled(accrue::confidence_interval(in_plot, level));
        if (plot.prediction) {
            plot.prediction = of_pooled(accrue::prediction_interval(in_plot, level));
        }
    }
    plot.effect_name = effect.name;
    plot.axis_name = effect.title;
    plot.summaries.front().name = "Pooled, " + model.words;
    if (whole != nullptr) {
        for (std::size_t i = 0; i < plot.studies.size(); ++i) {
            plot.studies[i].weight = 100 * whole->shares[i];
        }
        auto const of_whole = back.of(whole->result.variance);
        plot.summaries.front().effect = of_whole(whole->result.effect);
        plot.summaries.front().interval = of_whole(accrue::confidence_interval(whole->result, level));
        plot.prediction.reset();
        plot.note.clear();
    }
    if (!groups.names.empty()) {
        auto const rows = std::exchange(plot.studies, {});
        for (std::size_t g = 0; g < groups.names.size(); ++g) {
            auto& group = plot.groups.emplace_back();
            group.name = groups.names[g];
            auto members = std::vector<accrue::estimate>();
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (groups.labels[i] == group.name) {
                    group.studies.push_back(rows[i]);
                    members.push_back(given.estimates[i]);
                }
            }
            if (members.size() > 1) {
                group.note = accrue::detail::heterogeneity_note(groups.results[g].tau_squared,
                                                                accrue::heterogeneity(members));
            }
            auto const& result = groups.results[g];
            if (std::isfinite(result.effect) && std::isfinite(result.variance)) {
                auto const of_group = back.of(result.variance);
                group.summaries.push_back({"Pooled", of_group(result.effect),
                                           of_group(accrue::confidence_interval(result, level))});
            }
        }
    }
    auto const apart = between(groups);
    if (apart.degrees_of_freedom > 0) {
        plot.groups.emplace_back().note =
            "Between the groups: Q = " + accrue::detail::readable(apart.q, 2) + " on " +
            accrue::detail::readable(apart.degrees_of_freedom, 0) +
            (apart.degrees_of_freedom > 1 ? " degrees" : " degree") + " of freedom, p " +
            (apart.p_value < 0.001 ? "< 0.001" : "= " + accrue::detail::readable(apart.p_value, 3));
    }
    return accrue::svg(plot, style.paper());
}

std::string funnel_svg(measure const& effect, studies const& given, chosen_model const& model,
                       std::vector<accrue::estimate> const& filled, picture_style const& style) {
    auto plot = accrue::plot_of<accrue::funnel_plot>(given.names, model.model, given.estimates);
    plot.effect_name = capitalised(effect.analysed_as);
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
