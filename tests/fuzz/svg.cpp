// Pictures of any results with any names: well-formed, and without a number that is none.

#include "fuzz/studies.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

void sound(std::string const& picture) {
    require(picture.starts_with("<svg") || picture.starts_with("<?xml"), "a picture begins");
    require(picture.ends_with("</svg>\n"), "a picture ends");
    auto tags = std::string{}; // without the texts between them, which may say anything
    bool inside = false;
    for (char const letter : picture) {
        require(letter != '<' || !inside, "a tag has no other in it");
        inside = letter == '<' || (inside && letter != '>');
        tags += inside ? std::string(1, letter) : std::string{};
    }
    for (std::string_view const wrong : {"\"nan", "\"inf", "\"-inf", "\"-nan", ",nan", ",inf"}) {
        require(tags.find(wrong) == std::string::npos, "a picture has numbers");
    }
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto const which = in.up_to(6);
    auto const studies = read_studies(in, 8);
    auto names = std::vector<std::string>{};
    for (std::size_t i = 0; i < studies.size(); ++i) {
        names.push_back(in.text(30));
    }
    auto const model = random_effects{dersimonian_laird{}};
    attempt([&] {
        switch (which) {
        case 0:
            return sound(svg(plot_of(names, forest_rows(model, studies, 0.95))));
        case 1:
            return sound(svg(plot_of(log_odds_ratio{}, names, model, studies)));
        case 2:
            return sound(svg(plot_of<funnel_plot>(names, model, studies)));
        case 3:
            return sound(svg(plot_of<radial_plot>(names, model, studies)));
        case 4:
            return sound(svg(plot_of<baujat_plot>(names, studies)));
        case 5:
            return sound(svg(plot_of(names, cumulative(model, studies))));
        default: {
            auto const design = sequential_design{
                .error = two_sided{0.05},
                .power = 0.9,
                .spending = lan_demets_obrien_fleming{},
                .information = required_information_size(mean_difference_target{.difference = 0.4, .sd = 1.5},
                                                         two_sided{0.05}, 0.9)};
            auto participants = std::vector<double>{};
            for (std::size_t i = 0; i < studies.size(); ++i) {
                participants.push_back(1 + in.count(300));
            }
            return sound(
                svg(plot_of(names, trial_sequential_analysis(model, design, studies, participants))));
        }
        }
    });
}
