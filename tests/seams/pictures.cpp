// Models in every picture.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/monitored.hpp"
#include "seams/parts.hpp"
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/inference.hpp>
#include <accrue/plotting.hpp>
#include <accrue/sequential/monitoring.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue::test::seams::test_pictures {
namespace {

/// Whether "nan" or "inf" stand in a text as words of their own.
bool says_no_number(std::string const& text) {
    auto const is_letter = [&](std::size_t const place) {
        return place < text.size() && std::isalpha(static_cast<unsigned char>(text[place])) != 0;
    };
    for (std::string const word : {"nan", "inf"}) {
        for (auto place = text.find(word); place != std::string::npos; place = text.find(word, place + 1)) {
            if (!is_letter(place - 1) && !is_letter(place + word.size())) {
                return true;
            }
        }
    }
    return false;
}

/// A picture draws numbers only.
void expect_drawn(std::string const& picture) {
    EXPECT_FALSE(says_no_number(picture));
    EXPECT_NE(picture.find("</svg>"), std::string::npos);
}

TEST(Pictures, MeetEveryModel) {
    auto tried = combinations{};
    for (auto const& model : all_models()) {
        for (auto const& data : data_sets()) {
            auto const& studies = data.studies;
            auto const names = std::vector<std::string>(studies.size(), "S");
            tried.run("forest_plot, " + model.name, data.name,
                      [&] { expect_drawn(svg(plot_of(log_odds_ratio{}, names, model.part, studies))); });
            tried.run("forest_plot of a cumulative analysis, " + model.name, data.name,
                      [&] { expect_drawn(svg(plot_of(names, cumulative(model.part, studies)))); });
            tried.run("funnel_plot, " + model.name, data.name,
                      [&] { expect_drawn(svg(plot_of<funnel_plot>(names, model.part, studies))); });
            tried.run("radial_plot, " + model.name, data.name,
                      [&] { expect_drawn(svg(plot_of<radial_plot>(names, model.part, studies))); });
            tried.run("monitoring_plot, " + model.name, data.name, [&] {
                auto const participants = std::vector<int>(studies.size(), 60);
                expect_drawn(svg(
                    plot_of(names, trial_sequential_analysis(model.part, design(), studies, participants))));
            });
        }
    }
    for (auto const& data : data_sets()) {
        tried.run("baujat_plot", data.name, [&] {
            auto const names = std::vector<std::string>(data.studies.size(), "S");
            expect_drawn(svg(plot_of<baujat_plot>(names, data.studies)));
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_pictures
