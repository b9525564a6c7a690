// Pictures: well-formed, nothing drawn that is not true, no text on another, whatever the data and the names.

#include "support/refusal.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>
#include <accrue/regression.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace accrue;

auto const infinity = std::numeric_limits<double>::infinity();
auto const nan = std::numeric_limits<double>::quiet_NaN();

bool contains(std::string_view const text, std::string_view const part) {
    return text.find(part) != std::string_view::npos;
}

std::size_t count(std::string_view const text, std::string_view const part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

/// Whether each element that opens is closed in order, and no bare < or & stands in a text.
bool is_well_formed(std::string const& document) {
    auto open = std::vector<std::string>{};
    for (std::size_t at = 0; at < document.size(); ++at) {
        if (document[at] == '&') {
            auto const end = document.find(';', at);
            auto const entity = document.substr(at, end - at + 1);
            if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;") {
                return false;
            }
        }
        if (document[at] != '<') {
            continue;
        }
        auto const end = document.find('>', at);
        if (end == std::string::npos || document.find('<', at + 1) < end) {
            return false;
        }
        auto const tag = document.substr(at + 1, end - at - 1);
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) {
                return false;
            }
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(tag.substr(0, tag.find(' ')));
        }
        at = end;
    }
    return open.empty();
}

/// The line that leads to words ends at their edge.
drawing_box inner(drawing_box const& box) {
    return {box.left + 0.01, box.top + 0.01, box.right - 0.01, box.bottom - 0.01};
}

/// What every drawing must be: well-formed, finite, its texts inside it, none on another and none crossed by
/// a line.
void expect_sound(drawing const& picture, std::string const& what) {
    auto const document = picture.svg();
    EXPECT_TRUE(is_well_formed(document)) << what;
    for (auto const* const number : {"nan", "inf,", "inf\"", ",inf"}) {
        EXPECT_FALSE(contains(document, number)) << what << ": " << number;
    }
    auto const& texts = picture.texts();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_GE(texts[i].box.left, -0.5) << what << ": " << texts[i].words;
        EXPECT_LE(texts[i].box.right, picture.width() + 1e-9) << what << ": " << texts[i].words;
        EXPECT_GE(texts[i].box.top, -0.5) << what << ": " << texts[i].words;
        EXPECT_LE(texts[i].box.bottom, picture.height() + 0.5) << what << ": " << texts[i].words;
        for (std::size_t j = 0; j < i; ++j) {
            EXPECT_FALSE(texts[i].box.overlaps(texts[j].box))
                << what << ": '" << texts[i].words << "' on '" << texts[j].words << "'";
        }
        for (auto const& line : picture.lines()) {
            for (std::size_t j = 1; j < line.points.size(); ++j) {
                EXPECT_FALSE(detail::part_inside(detail::segment{line.points[j - 1], line.points[j]},
                                                 inner(texts[i].box)))
                    << what << ": a line crosses '" << texts[i].words << "'";
            }
        }
    }
}

bool shows(drawing const& picture, std::string_view const words) {
    for (auto const& text : picture.texts()) {
        if (contains(text.words, words)) {
            return true;
        }
    }
    return false;
}

forest_plot example_forest() {
    return {.title = "Pain",
            .favours_lower = "favours treatment",
            .favours_higher = "favours control",
            .studies = {{"First", -0.4, {-0.7, -0.1}, 25, {}}, {"Second", -0.1, {-0.3, 0.1}, 75, {}}},
            .summaries = {{"Random effects", -0.2, {-0.4, 0.0}}},
            .prediction = interval{-0.6, 0.2},
            .note = "τ² = 0"};
}

monitoring_plot example_monitoring() {
    return {.title = "Pain",
            .favours_negative = "favours treatment",
            .favours_positive = "favours control",
            .required_information = 466.99,
            .looks = {{"First", 31, -2.4902, -8.7, 8.7, {}}, {"Second", 222, -2.4759, -3.1, 3.1, {}}},
            .planned = {{467, -2.0, 2.0, {}}},
            .note = "two-sided 5 %"};
}

sequential_design design_of(error_rate const& error, bool const with_futility) {
    auto design = sequential_design{.error = error,
                                    .power = 0.9,
                                    .spending = lan_demets_obrien_fleming{},
                                    .information = required_information_size(
                                        standardized_mean_difference_target{.difference = -0.3}, error, 0.9)};
    if (with_futility) {
        design.futility = futility{0.1, lan_demets_obrien_fleming{}};
    }
    return design;
}

struct series {
    std::vector<std::string> names;
    std::vector<estimate> estimates;
    std::vector<double> participants;
};

series series_of(std::size_t const trials, double const effect, double const participants) {
    auto result = series{};
    auto random = std::mt19937{static_cast<unsigned>(trials)};
    auto normal_effect = std::normal_distribution<double>{effect, std::sqrt(4 / participants)};
    for (std::size_t i = 0; i < trials; ++i) {
        result.names.push_back("Trial " + std::to_string(i + 1));
        result.estimates.push_back({normal_effect(random), 4 / participants});
        result.participants.push_back(participants);
    }
    return result;
}

monitoring_plot monitored(series const& data, error_rate const& error = two_sided{0.05},
                          bool const with_futility = false) {
    auto plot = plot_of(data.names, trial_sequential_analysis(random_effects{dersimonian_laird{}},
                                                              design_of(error, with_futility), data.estimates,
                                                              data.participants));
    plot.title = "Trials as they came";
    plot.favours_negative = "favours treatment";
    plot.favours_positive = "favours control";
    plot.note = "two-sided error 5 %, power 90 %";
    return plot;
}

effect_monitoring_plot effects_monitored(series const& data, error_rate const& error,
                                         bool const with_futility) {
    auto plot = plot_of(log_odds_ratio{}, data.names,
                        trial_sequential_analysis(random_effects{dersimonian_laird{}},
                                                  design_of(error, with_futility), data.estimates,
                                                  data.participants));
    plot.title = "Odds ratios as they came";
    plot.favours_lower = "favours treatment";
    plot.favours_higher = "favours control";
    return plot;
}

struct named_plot {
    std::string name;
    std::function<drawing(canvas const&)> on;
};

/// Every kind of picture on ordinary and on awkward data.
std::vector<named_plot> make_gallery() {
    auto result = std::vector<named_plot>{};
    auto const add = [&](std::string name, auto const& plot) {
        result.push_back({std::move(name), [plot](canvas const& paper) { return draw(plot, paper); }});
    };
    add("forest", example_forest());
    add("one study", forest_plot{.studies = {{"Only", 0.3, {0.1, 0.5}, 100, {}}}});
    auto plain = forest_plot{.studies = {{"A", 0.3, {0.1, 0.5}, nan, {}}, {"B", 0.2, {0.0, 0.4}, nan, {}}}};
    add("short names without weights", plain);

    auto many = example_forest();
    many.studies.clear();
    for (int i = 0; i < 60; ++i) {
        many.studies.push_back({"Study " + std::to_string(i),
                                0.1 * std::sin(i),
                                {0.1 * std::sin(i) - 0.2, 0.1 * std::sin(i) + 0.3},
                                100.0 / 60,
                                {}});
    }
    add("sixty studies", many);

    auto names = example_forest();
    names.studies = {
        {"The Randomised Evaluation of Something Very Long Indeed Investigators and Collaborators 2019",
         0.1,
         {-0.2, 0.4},
         20,
         {}},
        {"低剂量纳曲酮治疗纤维肌痛的随机对照试验 2021", 0.2, {-0.2, 0.6}, 20, {}},
        {"تجربة عشوائية محكومة ٢٠٢٢", -0.2, {-0.6, 0.2}, 20, {}},
        {"<b>O'Brien</b> & \"Fleming\" {1979}_^@%", 0.0, {-0.3, 0.3}, 20, {}},
        {"Ψυχή 😀 \xff\xfe broken", 0.1, {-0.3, 0.5}, 20, {}}};
    names.studies[1].name += "\x01\n";
    add("long, Chinese, Arabic, quoted and broken names", names);

    auto decades = example_forest();
    decades.logarithmic = true;
    decades.no_effect = 1;
    decades.studies = {{"Tiny", 1e-6, {1e-7, 1e-5}, 50, {}}, {"Huge", 1e6, {1e5, 1e7}, 50, {}}};
    decades.summaries = {{"Pooled", 1, {1e-7, 1e7}}};
    decades.prediction = interval{0, infinity};
    add("thirteen decades", decades);

    auto narrow = example_forest();
    narrow.logarithmic = true;
    narrow.no_effect = 1;
    narrow.studies = {{"First", 1.01, {0.99, 1.03}, 50, {}}, {"Second", 1.02, {1.0, 1.04}, 50, {}}};
    narrow.summaries = {{"Pooled", 1.015, {1.0, 1.03}}};
    narrow.prediction = std::nullopt;
    add("narrow ratios", narrow);

    auto groups = example_forest();
    groups.columns = {"Treatment", "Control"};
    groups.studies.clear();
    groups.groups = {{"Random allocation",
                      {{"Aronson 1948", -0.9, {-2.0, 0.2}, 5, {"4/123", "11/139"}}},
                      {{"Pooled", -0.9, {-1.2, -0.4}}},
                      "I² = 88 %"},
                     {"Alternate allocation",
                      {{"Coetzee 1968", -0.4, {-0.9, 0.1}, 9, {"29/7499", "45/7277"}}},
                      {{"Pooled", -0.4, {-0.9, 0.1}}},
                      "test of subgroup differences: Q = 1.77, p = 0.41"}};
    add("groups and columns", groups);
    groups.groups[0].note =
        "tau² = 0.39 and I² = 88 % of ten studies, of which the first alone is shown here";
    add("groups with long notes", groups);
    auto huge = example_forest();
    huge.studies[0] = {"Huge", 1e290, {-1e295, 1e295}, 0, {}};
    add("huge numbers and no weight", huge);

    add("monitoring", example_monitoring());
    add("one look", monitored(series_of(1, -0.3, 90)));
    add("forty looks", monitored(series_of(40, -0.1, 20)));
    add("forty looks with futility", monitored(series_of(40, 0.02, 8), two_sided{0.05}, true));
    add("one-sided with futility", monitored(series_of(6, 0.02, 60), one_sided{0.025}, true));
    auto far = series_of(8, -0.3, 50);
    for (auto& one : far.estimates) {
        one.effect -= 4.6;
    }
    add("Z of forty", monitored(far));
    add("a mark at the end of the axis", [] {
        auto plot = example_monitoring(); // marked up to 65000, at the edge of the picture
        plot.required_information = 62600;
        plot.looks[1].information = 62000;
        plot.planned[0].information = 62600;
        return plot;
    }());
    add("a look without a result", [] {
        auto plot = example_monitoring();
        plot.looks[0].z = nan;
        return plot;
    }());

    auto const data = series_of(30, -0.2, 50);
    auto funnel = plot_of<funnel_plot>(data.names, random_effects{}, data.estimates);
    funnel.contours = {0.1, 0.05, 0.01};
    funnel.filled = {{0.3, 0.09}};
    add("funnel", funnel);
    add("baujat", plot_of<baujat_plot>(data.names, data.estimates));
    add("radial", plot_of<radial_plot>(data.names, random_effects{}, data.estimates));
    auto trials = std::vector<two_arms<events>>{
        {{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{505, 88391}, {499, 88391}}, {{0, 20}, {0, 20}}};
    add("labbe", plot_of<labbe_plot>({"A", "B", "C", "D"}, trials));
    add("bubble",
        bubble_plot{.studies = {{"North", 55, -1.2, 10}, {"South", 13, -0.2, 3}, {"Middle", 33, -0.5, 1}},
                    .predictions = {{10, -0.1, {-0.4, 0.2}}, {55, -1.1, {-1.5, -0.7}}}});
    add("e-process", e_process_plot{.names = data.names, .log_e_values = std::vector<double>(30, 1.5)});
    {
        // Nothing is ruled out at first, and then more and more.
        auto sequence = std::vector<interval>{};
        auto effects = std::vector<double>{};
        for (std::size_t i = 0; i < data.names.size(); ++i) {
            double const half =
                i < 5 ? std::numeric_limits<double>::infinity() : 3.0 / static_cast<double>(i);
            sequence.push_back({-0.4 - half, -0.4 + half});
            effects.push_back(-0.4 + 0.1 * static_cast<double>(i % 5) - 0.2);
        }
        add("confidence sequence",
            confidence_sequence_plot{.names = data.names, .effects = effects, .sequence = sequence});
        add("confidence sequence without limits",
            confidence_sequence_plot{.favours_lower = "favours treatment",
                                     .effects = {0.2},
                                     .sequence = {{-std::numeric_limits<double>::infinity(),
                                                   std::numeric_limits<double>::infinity()}}});
    }
    add("e-process that ends far", e_process_plot{.log_e_values = {-0.5, 2.0, 800.0}});
    add("density",
        density_plot{.densities = {{"mean", [](double const x) { return std::exp(-x * x); }},
                                   {"new study", [](double const x) { return std::exp(-x * x / 4) / 2; }}},
                     .range = {-3, 3},
                     .shaded = interval{-1, 1}});
    add("effects with boundaries", effects_monitored(series_of(6, -0.3, 60), two_sided{0.05}, true));
    add("effects of one look", effects_monitored(series_of(1, -0.3, 90), two_sided{0.05}, false));
    add("effects of forty looks", effects_monitored(series_of(40, -0.1, 20), asymmetric{0.03, 0.02}, false));
    add("effects, one-sided with futility",
        effects_monitored(series_of(6, 0.02, 60), one_sided{0.025}, true));
    auto const latitude = [&] {
        auto values = std::vector<double>{};
        for (std::size_t i = 0; i < data.estimates.size(); ++i) {
            values.push_back(static_cast<double>(i % 11));
        }
        return values;
    }();
    auto const by_latitude = moderators{}.with("Latitude", latitude);
    add("regression", plot_of(data.names, meta_regression(random_effects{}, data.estimates, by_latitude),
                              data.estimates, by_latitude, "Latitude"));
    add("posterior",
        plot_of<density_plot>(bayesian_random_effects{.heterogeneity = half_normal{0.5}}(data.estimates)));
    auto note = example_monitoring();
    note.note =
        "A note that is longer than any line of this picture could be is not cut but set in several lines, "
        "each of whole words, as far as there are three of them; that is long enough for what methods and "
        "results have to say in one sentence.";
    add("long note", note);
    add("cumulative", plot_of(data.names, cumulative(random_effects{}, data.estimates)));
    return result;
}

std::vector<named_plot> const& gallery() {
    static auto const plots = make_gallery();
    return plots;
}

// Qualifies: PICTURE-1
TEST(Pictures, AreWellFormedAndNoTextStandsOnAnotherOrIsCrossed) {
    auto const* const folder = std::getenv("ACCRUE_PICTURES"); // to look at them
    for (auto const& [name, on] : gallery()) {
        expect_sound(on({}), name);
        if (folder != nullptr) {
            std::ofstream(std::string(folder) + "/" + name + ".svg") << on({}).svg();
        }
    }
}

TEST(Pictures, AreSoundOnSmallAndLargePaperAndInLargeType) {
    for (auto const& paper : {canvas{.width = 640, .height = 420, .font_size = 12},
                              canvas{.width = 1920, .height = 1080, .font_size = 28}}) {
        for (auto const& [name, on] : gallery()) {
            expect_sound(on(paper), name + " at " + std::to_string(paper.width));
        }
    }
}

// However far the contours reach beyond the funnel: an effect on either side, one study or many.
TEST(FunnelPlot, AllContoursAreNamed) {
    auto const contours = std::vector<double>{0.1, 0.05, 0.01, 0.001};
    for (double const effect : {-2.0, -0.2, 0.0, 0.3, 1.0}) {
        for (std::size_t const trials : {1U, 8U, 30U}) {
            auto const data = series_of(trials, effect, 50);
            auto plot = plot_of<funnel_plot>(data.names, common_effect{}, data.estimates);
            plot.contours = contours;
            for (auto const& paper : {canvas{}, canvas{.width = 640, .height = 420, .font_size = 12}}) {
                auto const picture = draw(plot, paper);
                auto const what = std::to_string(effect) + " of " + std::to_string(trials);
                expect_sound(picture, what);
                for (double const contour : contours) {
                    auto const words = "p = " + detail::short_text(contour);
                    EXPECT_EQ(std::count_if(picture.texts().begin(), picture.texts().end(),
                                            [&](auto const& text) { return text.words == words; }),
                              1)
                        << what << ": " << words;
                }
            }
        }
    }
}

TEST(Pictures, AMarkAtTheEndOfAnAxisHasItsWordsInThePicture) {
    // The last mark is at the end of the axis, or a little before.
    for (double const end : {65.0, 6500.0, 65010.0, 6.5e6, 6.5e9}) {
        auto const plot = chart{.x = {.range = interval{-end, end}},
                                .y = {.range = interval{0, 1}},
                                .points = {{.place = {0, 0.5}}}};
        expect_sound(draw(plot), std::to_string(end));
    }
    auto plot = chart{.x = {.range = interval{0, 65010}}, .y = {.range = interval{0, 1}}};
    plot.points = {{.place = {1, 0.5}}};
    auto const picture = draw(plot, canvas{.width = 1440});
    expect_sound(picture, "65000");
    EXPECT_TRUE(shows(picture, "65000"));
}

TEST(Pictures, ShadeAPosteriorAtLevelsNextToNoneAndToAll) {
    auto const after = bayesian_random_effects{.heterogeneity = half_normal{0.5}}(
        std::vector<estimate>{{0.1, 0.04}, {0.4, 0.05}, {0.9, 0.03}});
    for (double const level : {1e-17, 0.5, 0.95, 1 - 1e-12, std::nextafter(1.0, 0.0)}) {
        auto const plot = plot_of<density_plot>(after, level);
        ASSERT_TRUE(plot.shaded.has_value());
        EXPECT_LE(plot.shaded->lower, plot.shaded->upper + 1e-12) << level;
        EXPECT_TRUE(std::isfinite(plot.shaded->lower) && std::isfinite(plot.shaded->upper)) << level;
    }
}

// What has no density is refused for that, whatever made it so, and not for a range that nobody stated.
TEST(Pictures, APosteriorWithoutDensityIsRefusedForThat) {
    auto const studies = std::vector<estimate>{{0.2, 0.1}, {0.5, 0.2}, {0.1, 0.1}};
    auto const nowhere = [](double) { return nan; };
    for (auto const& after :
         {bayesian_random_effects{.heterogeneity = nowhere}(studies),
          bayesian_random_effects{.heterogeneity = point_prior{1e200}}(studies),
          bayesian_random_effects{.mean = point_prior{0.1}, .heterogeneity = point_prior{0}}(studies)}) {
        EXPECT_EQ(test::refusal_of([&] { (void)plot_of<density_plot>(after); }),
                  "a posterior that is undefined, or certain of its effects, has no density to draw");
    }
}

TEST(Pictures, StudiesAreCountedInWholeNumbers) {
    for (std::size_t const studies : {1U, 2U, 3U, 4U, 7U, 30U, 400U}) {
        auto const logs = std::vector<double>(studies, 0.5);
        auto const sequence = std::vector<interval>(studies, interval{-1, 1});
        auto const effects = std::vector<double>(studies, 0.1);
        for (auto const& plot :
             {as_chart(e_process_plot{.log_e_values = logs}),
              as_chart(confidence_sequence_plot{.effects = effects, .sequence = sequence})}) {
            ASSERT_TRUE(plot.x.counts);
            auto const scale = detail::axis{*plot.x.range, {0, 900}, false, true};
            auto const marks = detail::ticks_of(scale, 10);
            EXPECT_GE(marks.size(), 1U);
            for (auto const& mark : marks) {
                EXPECT_EQ(mark.value, std::round(mark.value)) << studies;
                EXPECT_EQ(mark.words, std::to_string(std::lround(mark.value)));
            }
        }
    }
    auto const two = chart{.x = {.range = interval{0.5, 2.5}, .counts = true},
                           .y = {.range = interval{10, 20}},
                           .points = {{.place = {1, 15}}}};
    EXPECT_TRUE(shows(draw(two), "2"));
    EXPECT_FALSE(shows(draw(two), "."));
}

TEST(Pictures, SpeakToScreenReaders) {
    auto const document = svg(example_forest());
    EXPECT_TRUE(contains(document, "role=\"img\""));
    EXPECT_TRUE(contains(document, "<title>Pain</title>"));
    EXPECT_TRUE(
        contains(document, "<desc>Forest plot of 2 studies. Random effects: −0.20 (−0.40, 0.00).</desc>"));
    EXPECT_TRUE(contains(document, "<title>First: −0.40 (−0.70, −0.10)</title>"))
        << "the tooltip of a square";
}

TEST(Pictures, HaveTheColoursOfTheirTheme) {
    auto const dark = svg(example_forest(), {.colours = dark_theme});
    EXPECT_TRUE(contains(dark, std::string("fill=\"") + std::string(dark_theme.paper)));
    EXPECT_FALSE(contains(dark, light_theme.data));
}

TEST(ForestPlot, ADiamondBeyondTheAxisEndsInAnArrow) {
    auto plot = example_forest();
    plot.logarithmic = true;
    plot.no_effect = 1;
    plot.studies = {{"First", 0.6, {0.4, 0.9}, 50, {}}, {"Second", 0.7, {0.5, 1.1}, 50, {}}};
    plot.prediction = std::nullopt;
    plot.summaries = {{"Few", 0.58, {0.5, 0.7}}};
    auto const within = count(svg(plot), "<polygon");
    plot.axis = interval{0.06, 8};
    plot.summaries = {{"Alternate", 0.58, {0.02, 20.85}}};
    EXPECT_EQ(count(svg(plot), "<polygon"), within + 2) << "two heads of arrows";
    plot.summaries = {{"Alternate", 0.58, {0.1, 20.85}}};
    EXPECT_EQ(count(svg(plot), "<polygon"), within + 1);
}

TEST(ForestPlot, EveryStudyHasAVisibleSquare) {
    auto plot = example_forest();
    plot.studies[0].weight = 0;
    EXPECT_TRUE(contains(svg(plot), "<title>First:"));
}

TEST(ForestPlot, HeadsAreWholeWhenNamesAreShort) {
    auto const picture = draw(forest_plot{.studies = {{"A", 0.3, {0.1, 0.5}, 100, {}}}});
    EXPECT_TRUE(shows(picture, "Study"));
}

TEST(ForestPlot, WideColumnsGiveWayToNamesAndNumbers) {
    auto plot = example_forest();
    plot.columns = {"Events, treatment arm of the trial", "Events, control arm of the trial", "Follow-up"};
    for (auto& study : plot.studies) {
        study.cells = {"12 of 340 (three lost)", "19 of 345 (two lost)", "52 weeks"};
    }
    auto const picture = draw(plot);
    expect_sound(picture, "wide columns");
    for (auto const* const whole : {"First", "Second", "−0.40 (−0.70, −0.10)", "52 weeks"}) {
        EXPECT_TRUE(shows(picture, whole)) << whole;
    }
    for (double const width : {320.0, 500.0, 700.0}) {
        expect_sound(draw(plot, {.width = width}), "wide columns on narrow paper");
    }
}

TEST(ForestPlot, LongNamesKeepTheirYear) {
    auto plot = example_forest();
    plot.studies[0].name = std::string(200, 'x') + " 2019";
    EXPECT_TRUE(shows(draw(plot), "… 2019") || shows(draw(plot), "2019"));
}

TEST(ForestPlot, RatiosNearZeroAreNotShownAsZero) {
    auto plot = example_forest();
    plot.logarithmic = true;
    plot.no_effect = 1;
    plot.studies = {{"Tiny", 1.234e-6, {0.99e-7, 0.0034}, 50, {}}, {"Second", 0.7, {0.5, 1.1}, 50, {}}};
    plot.summaries.clear();
    plot.prediction = std::nullopt;
    EXPECT_TRUE(shows(draw(plot), "1.2e-6 (9.9e-8, 0.0034)"));
    plot.logarithmic = false;
    EXPECT_TRUE(shows(draw(plot), "0.00 (0.00, 0.00)")) << "a difference is rounded";
}

TEST(Pictures, NumbersThatAreAllTinyAreNotShownAsZero) {
    auto const estimates =
        std::vector<estimate>{{-3e-5, 4e-10}, {-1e-5, 3e-10}, {-2.5e-5, 2e-10}, {3e-5, 2e-10}};
    auto const names = std::vector<std::string>{"A", "B", "C", "D"};
    auto const forest = draw(plot_of(mean_difference{}, names, random_effects{}, estimates));
    EXPECT_TRUE(shows(forest, "−2.5e-5 (−5.3e-5, 3e-6)"));
    EXPECT_TRUE(shows(forest, "τ² = 5.4e-10"));
    EXPECT_FALSE(shows(forest, "0.00 "));
    auto const design = sequential_design{.error = two_sided{0.05},
                                          .power = 0.9,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = {.effect = -3e-5, .participants = 1000}};
    auto const analysis = trial_sequential_analysis(common_effect{}, design, estimates,
                                                    std::vector<double>{100, 200, 300, 200});
    auto const monitored = draw(plot_of(mean_difference{}, names, analysis));
    EXPECT_TRUE(shows(monitored, "anticipated −3e-5"));
    EXPECT_TRUE(shows(monitored, "B: −1.9e-5"));
    EXPECT_FALSE(shows(monitored, ": 0.00"));
    EXPECT_TRUE(shows(draw(e_process_plot{.names = {"A"}, .log_e_values = {-6}}), "A: 0.0025"));
    // Where one number has digits of its own, the others beside it keep their decimals.
    auto plot = example_forest();
    plot.studies[1].effect = -0.004;
    EXPECT_TRUE(shows(draw(plot), "0.00 (−0.30"));
}

TEST(Pictures, AnEValueBeyondADoubleIsSaidToBeSo) {
    EXPECT_TRUE(shows(draw(e_process_plot{.log_e_values = {800.0}}), "> 1e299"));
    EXPECT_TRUE(shows(draw(e_process_plot{.log_e_values = {-800.0}}), "< 1e-299"));
}

// With a hundred looks there is no room beside the one that decides; its words stand farther away.
TEST(Pictures, NeededWordsFindAPlace) {
    auto plot = chart{.x = {.range = interval{0, 1}}, .y = {.range = interval{0, 1}}};
    for (int i = 0; i <= 40; ++i) {
        plot.lines.push_back({.places = {{0.3, 0.3 + 0.01 * i}, {0.7, 0.3 + 0.01 * i}}});
    }
    plot.points = {{.place = {0.5, 0.5}}};
    plot.labels = {{.place = {0.5, 0.5}, .words = "left out"},
                   {.place = {0.5, 0.5}, .words = "decided here", .needed = true}};
    auto const picture = draw(plot);
    EXPECT_TRUE(shows(picture, "decided here"));
    EXPECT_FALSE(shows(picture, "left out"));
    expect_sound(picture, "needed words");
    EXPECT_EQ(picture.lines().size(),
              draw(chart{plot.title, plot.description, plot.x, plot.y, {}, plot.lines, plot.points, {}, {}})
                      .lines()
                      .size() +
                  1)
        << "a line leads there";
}

// Words that do not stand beside their point have a line that leads to them, past other points.
TEST(Pictures, WordsAwayFromTheirPointHaveALine) {
    auto const style = text_style{.colour = "black", .size = 15};
    auto const point = drawing_point{200, 150};
    auto free = detail::label_places({0, 0, 400, 300});
    auto const closest = free.beside("words", point, style, 6);
    ASSERT_TRUE(closest);
    EXPECT_FALSE(closest->leader);

    auto crowded = detail::label_places({0, 0, 400, 300});
    crowded.occupy({point.x - 8, point.y - 8, point.x + 8, point.y + 8});
    auto const neighbour = drawing_box{point.x + 9, point.y - 3, point.x + 15, point.y + 3};
    crowded.occupy(neighbour);
    auto const away = crowded.beside("words", point, style, 6);
    ASSERT_TRUE(away);
    ASSERT_TRUE(away->leader);
    auto const& [from, to] = *away->leader;
    EXPECT_NEAR(std::hypot(from.x - point.x, from.y - point.y), 6, 1e-9);
    EXPECT_FALSE(detail::part_inside(*away->leader, neighbour)) << "not over another point";
    auto placed = style;
    placed.anchor = away->anchor;
    auto const box = drawing::box_of("words", away->place, placed);
    EXPECT_TRUE(box.contains(to));
    EXPECT_FALSE(detail::part_inside(*away->leader, inner(box))) << "to the edge of the words";

    auto const other = crowded.beside("other words", to, style, 1);
    ASSERT_TRUE(other);
    placed.anchor = other->anchor;
    EXPECT_FALSE(detail::part_inside(*away->leader, drawing::box_of("other words", other->place, placed)))
        << "nothing is written on the line";
}

TEST(ForestPlot, RatioAxesHaveAtLeastThreeMarks) {
    for (auto const& range :
         {interval{0.98, 1.05}, interval{0.5, 2.0}, interval{1e-7, 1e7}, interval{0.999, 1.0012}}) {
        auto const ticks = detail::ratio_ticks(range, 6);
        EXPECT_GE(ticks.size(), 3U) << range.lower;
        EXPECT_LE(ticks.size(), 20U) << range.lower;
        for (auto const& mark : ticks) {
            EXPECT_GE(mark.value, range.lower * (1 - 1e-6));
            EXPECT_LE(mark.value, range.upper * (1 + 1e-6));
        }
    }
}

TEST(ForestPlot, WholeAnalysesAreBackTransformed) {
    auto const trials =
        std::vector<two_arms<events>>{{{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{3, 231}, {11, 220}}};
    auto const names = std::vector<std::string>{"A", "B", "C"};
    auto const estimates = effects(log_risk_ratio{}, trials);
    auto const model = random_effects{};
    auto const plot = plot_of(log_risk_ratio{}, names, model, estimates);
    auto const result = pool(model, estimates);
    EXPECT_TRUE(plot.logarithmic);
    EXPECT_EQ(plot.no_effect, 1.0);
    EXPECT_DOUBLE_EQ(plot.summaries.front().effect, std::exp(result.effect));
    EXPECT_DOUBLE_EQ(plot.summaries.front().interval.upper,
                     std::exp(confidence_interval(result, 0.95).upper));
    EXPECT_DOUBLE_EQ(plot.studies[1].effect, std::exp(estimates[1].effect));
    EXPECT_TRUE(contains(plot.note, "Q = "));

    auto const differences = plot_of(standardized_mean_difference{}, names, model, estimates);
    EXPECT_FALSE(differences.logarithmic);
    EXPECT_EQ(differences.no_effect, 0.0);
    auto const proportions = plot_of(logit_proportion{}, names, model, estimates);
    EXPECT_FALSE(proportions.no_effect) << "a proportion has no value of no effect";
}

TEST(ForestPlot, PooledResultsAreBackTransformedByTheirMeasure) {
    auto const estimates = std::vector<estimate>{{-0.3, 0.04}, {-0.1, 0.02}, {-0.5, 0.06}};
    auto const names = std::vector<std::string>{"A", "B", "C"};
    auto const results = leave_one_out(random_effects{}, estimates);
    auto const logarithms = plot_of(names, results, 0.9);
    auto const ratios = plot_of(log_risk_ratio{}, names, results, 0.9);
    EXPECT_TRUE(ratios.logarithmic);
    EXPECT_DOUBLE_EQ(ratios.no_effect.value(), 1);
    ASSERT_EQ(ratios.studies.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_DOUBLE_EQ(ratios.studies[i].effect, std::exp(logarithms.studies[i].effect));
        EXPECT_DOUBLE_EQ(ratios.studies[i].interval.upper, std::exp(logarithms.studies[i].interval.upper));
    }
    auto const differences = plot_of(mean_difference{}, names, results);
    EXPECT_FALSE(differences.logarithmic);
    EXPECT_DOUBLE_EQ(differences.studies[0].effect, results[0].effect);
}

// With one look at 19 % of the information the boundary at half of it, were the next look there, is 2.96.
TEST(MonitoringPlot, TheBoundaryToComeIsACurve) {
    auto const design = design_of(two_sided{0.05}, false);
    double const required = design.information.participants;
    auto const analysis =
        trial_sequential_analysis(random_effects{dersimonian_laird{}}, design,
                                  std::vector<estimate>{{-0.2, 0.04}}, std::vector{0.19 * required});
    auto const plot = plot_of({"First"}, analysis);
    ASSERT_GT(plot.planned.size(), 10U);
    EXPECT_NEAR(plot.planned.back().information, required, 1e-9 * required);
    for (auto const& ahead : plot.planned) {
        double const fraction = ahead.information / required;
        auto const fractions = fraction < 1 ? std::vector{0.19, fraction, 1.0} : std::vector{0.19, 1.0};
        auto const expected = boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions);
        EXPECT_NEAR(ahead.upper, expected[1], 1e-9) << fraction;
        EXPECT_NEAR(ahead.lower, -expected[1], 1e-9) << fraction;
    }
    auto const half =
        boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, std::vector{0.19, 0.5, 1.0})[1];
    EXPECT_NEAR(half, 2.96, 0.005);
}

TEST(MonitoringPlot, TheLookThatDecidesIsMarkedAndNamed) {
    auto const data = series_of(40, -0.2, 20);
    auto const plot = monitored(data);
    ASSERT_TRUE(plot.decided_at);
    auto const name = plot.looks[*plot.decided_at].name;
    for (auto const& paper : {canvas{}, canvas{.width = 640, .height = 420, .font_size = 12}}) {
        auto const picture = draw(plot, paper);
        EXPECT_TRUE(shows(picture, name + ": ")) << name;
        EXPECT_TRUE(shows(picture, "benefit")) << name;
        EXPECT_TRUE(contains(picture.svg(), "fill=\"none\" stroke=\"" + std::string(light_theme.data)))
            << "a ring";
    }
}

// Qualifies: PICTURE-1
TEST(MonitoringPlot, BoundariesThatDoNotExistAreNotDrawn) {
    auto plot = example_monitoring();
    for (auto& look : plot.looks) {
        look.upper = infinity;
    }
    plot.planned[0].upper = infinity;
    auto const chart = as_chart(plot);
    auto drawn = chart_line{};
    std::size_t finite = 0;
    for (auto const& line : chart.lines) {
        if (line.colour == &theme::boundary) {
            for (auto const& place : line.places) {
                finite += std::isfinite(place.y) ? 1U : 0U;
                EXPECT_FALSE(place.y > 0 && std::isfinite(place.y));
            }
        }
    }
    EXPECT_EQ(finite, 4U) << "two looks, and a dashed part of two places";
}

TEST(EffectMonitoringPlot, HasTheBoundariesOfTheEffect) {
    auto const data = series_of(5, -0.2, 60);
    for (auto const& error : {error_rate{two_sided{0.05}}, error_rate{asymmetric{0.03, 0.01}}}) {
        auto const analysis =
            trial_sequential_analysis(random_effects{dersimonian_laird{}, hartung_knapp_floored{}},
                                      design_of(error, false), data.estimates, data.participants);
        auto const plot = plot_of(log_odds_ratio{}, data.names, analysis);
        auto const expected = back_transformed(log_odds_ratio{}, boundaries_of_effect(analysis));
        ASSERT_EQ(plot.looks.size(), analysis.looks.size());
        EXPECT_TRUE(plot.logarithmic);
        for (std::size_t i = 0; i < plot.looks.size(); ++i) {
            auto const& [lower, upper] = plot.looks[i].boundaries;
            EXPECT_NEAR(lower, expected.lower[i], 1e-12 * expected.lower[i]) << i;
            if (std::isfinite(expected.upper[i])) {
                EXPECT_NEAR(upper, expected.upper[i], 1e-12 * expected.upper[i]) << i;
            }
            EXPECT_NEAR(plot.looks[i].effect, std::exp(analysis.looks[i].cumulative.effect), 1e-14) << i;
        }
        ASSERT_FALSE(plot.planned.empty());
        EXPECT_NEAR(plot.planned.back().boundaries.lower, expected.lower.back(),
                    1e-10 * expected.lower.back());
        EXPECT_NEAR(*plot.anticipated_effect, std::exp(-0.3), 1e-15);
    }
}

TEST(EffectMonitoringPlot, ShowsNothingAtALookThatCouldNotBePooled) {
    auto const model = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const estimates = std::vector<estimate>{{0.2, 0.04}, {0.2, 0.04}, {0.3, 0.05}};
    auto const analysis = trial_sequential_analysis(model, design_of(two_sided{0.05}, true), estimates,
                                                    std::vector{100, 110, 120}, every_trial{.first = 2});
    ASSERT_EQ(analysis.looks[0].status, status::undefined);
    auto const plot = plot_of(log_odds_ratio{}, {"A", "B", "C"}, analysis);
    EXPECT_TRUE(std::isnan(plot.looks[0].effect));
    EXPECT_TRUE(std::isnan(plot.looks[0].boundaries.upper) && std::isnan(plot.looks[0].boundaries.lower));
    EXPECT_FALSE(plot.looks[0].futility);
    EXPECT_TRUE(std::isfinite(plot.looks[1].boundaries.upper));
    EXPECT_EQ(count(svg(plot), "nan"), 0U);
}

TEST(Pictures, LongNotesAreSetInLines) {
    auto plot = example_monitoring();
    plot.note = "one two three";
    for (int i = 0; i < 30; ++i) {
        plot.note += " and more words";
    }
    auto const document = svg(plot);
    EXPECT_FALSE(contains(document, "one two three and more words…"));
    EXPECT_EQ(count(document, "one two three and more words"), 1U);
    EXPECT_EQ(count(document, "more words</text>") + count(document, "more</text>") +
                  count(document, "and</text>"),
              2U)
        << "three lines, the last of which is shortened";
    plot.note = "one two three";
    EXPECT_TRUE(contains(svg(plot), "one two three</text>"));
}

TEST(MonitoringPlot, TheBoundaryIsNamedWhereLaterLooksHaveNone) {
    auto plot = example_monitoring();
    plot.planned.clear();
    plot.looks.back().lower = -infinity;
    plot.looks.back().upper = infinity;
    plot.largest_z = 10;
    EXPECT_TRUE(shows(draw(plot), "monitoring boundary"));
}

TEST(MonitoringPlot, TheBoundaryOfASingleLookIsAPoint) {
    auto plot = example_monitoring();
    plot.planned.clear();
    for (auto& look : plot.looks) {
        look.lower = -infinity;
        look.upper = infinity;
    }
    auto const without = as_chart(plot).points.size();
    plot.looks.back().upper = 2.5;
    EXPECT_EQ(as_chart(plot).points.size(), without + 1);
}

TEST(Pictures, WhatCannotBeDrawnIsRefused) {
    EXPECT_THROW((void)svg(forest_plot{}), invalid_input);
    EXPECT_THROW((void)svg(monitoring_plot{}), invalid_input);
    EXPECT_THROW((void)svg(funnel_plot{}), invalid_input);
    EXPECT_THROW((void)svg(chart{}), invalid_input);
    for (auto const spoil : std::vector<void (*)(forest_plot&, double)>{
             [](forest_plot& plot, double x) { plot.studies[1].effect = x; },
             [](forest_plot& plot, double x) { plot.studies[1].interval.lower = x; },
             [](forest_plot& plot, double) { plot.studies[1].weight = 150; },
             [](forest_plot& plot, double) {
                 plot.studies[1].interval = {0.0, 0.1};
             },
             [](forest_plot& plot, double) { plot.studies[1].cells = {"one too many"}; },
             [](forest_plot& plot, double x) { plot.summaries[0].interval.upper = x; },
             [](forest_plot& plot, double x) { plot.no_effect = x; },
             [](forest_plot& plot, double) {
                 plot.axis = interval{1, 1};
             },
             [](forest_plot& plot, double) { plot.logarithmic = true; },
             [](forest_plot& plot, double) { plot.digits = -1; }}) {
        auto plot = example_forest();
        spoil(plot, nan);
        EXPECT_THROW((void)svg(plot), invalid_input);
    }
    for (auto const spoil : std::vector<void (*)(monitoring_plot&, double)>{
             [](monitoring_plot& plot, double) { plot.looks[1].z = infinity; },
             [](monitoring_plot& plot, double x) { plot.looks[1].information = x; },
             [](monitoring_plot& plot, double) { plot.looks[1].information = 31; },
             [](monitoring_plot& plot, double x) { plot.looks[1].upper = x; },
             [](monitoring_plot& plot, double) { plot.looks[1].upper = -2; },
             [](monitoring_plot& plot, double) { plot.looks[1].lower = 2; },
             [](monitoring_plot& plot, double) {
                 plot.looks[1].futility = interval{1.0, -1.0};
             },
             [](monitoring_plot& plot, double) { plot.planned[0].information = 100; },
             [](monitoring_plot& plot, double) { plot.required_information = 0; },
             [](monitoring_plot& plot, double) { plot.largest_z = 2; },
             [](monitoring_plot& plot, double) { plot.decided_at = 2; },
             [](monitoring_plot& plot, double x) { plot.conventional = x; }}) {
        auto plot = example_monitoring();
        spoil(plot, nan);
        EXPECT_THROW((void)svg(plot), invalid_input);
    }
    EXPECT_THROW((void)svg(example_forest(), {.width = 100}), invalid_input);
    EXPECT_THROW((void)svg(example_monitoring(), {.height = 100}), invalid_input);
    EXPECT_THROW((void)svg(example_monitoring(), {.font_size = 0}), invalid_input);
    EXPECT_THROW((void)plot_of({"One"}, std::vector<forest_row>(2)), invalid_input);
    try {
        auto plot = example_forest();
        plot.studies[1].effect = nan;
        (void)svg(plot);
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1U);
    }
}

// Qualifies: PICTURE-1
TEST(Pictures, PointsBeyondAnAxisAreCountedNotMoved) {
    auto plot = chart{.x = {.range = interval{0, 1}}, .y = {.range = interval{0, 1}}};
    plot.points = {{.place = {0.5, 0.5}}, {.place = {2, 0.5}}, {.place = {0.5, -3}}};
    auto const picture = draw(plot);
    EXPECT_EQ(count(picture.svg(), "<circle"), 1U);
    EXPECT_TRUE(shows(picture, "2 points lie beyond the axes."));
}

TEST(Pictures, ARegionIsCutAtTheFrameAndKeepsItsShape) {
    // A triangle that reaches far beyond the frame keeps the slope of its sides inside.
    auto const inside = detail::part_inside(std::vector<drawing_point>{{5, 0}, {-5, 10}, {15, 10}},
                                            drawing_box{0, 0, 10, 10});
    ASSERT_FALSE(inside.empty());
    for (auto const& [x, y] : inside) {
        EXPECT_GE(y, std::fabs(x - 5) - 1e-12);
        EXPECT_TRUE(x >= 0 && x <= 10 && y >= 0 && y <= 10);
    }
}

TEST(Texts, NumbersForReaders) {
    EXPECT_EQ(detail::readable(-0.004, 2), "0.00");
    EXPECT_EQ(detail::readable(-1.5, 1), "−1.5");
    EXPECT_EQ(detail::readable(infinity, 2), "∞");
    EXPECT_EQ(detail::short_text(0.25), "0.25");
    EXPECT_EQ(detail::short_text(1e9), "1e9");
    EXPECT_EQ(detail::short_text(2e-7), "2e-7");
    EXPECT_EQ(detail::short_text(100000), "100000");
}

// The widths are those of Adobe's metrics of Helvetica: P 667, a 556, i 222, n 556; in bold P 667, a 556, i
// 278, n 611.
TEST(Texts, TellViewersHowWideTheyAreWhereThatIsKnown) {
    auto picture = drawing(canvas{}, "", "");
    picture.text("Pain", {10, 50}, {.colour = "black", .size = 10});
    picture.text("Pain", {10, 90}, {.colour = "black", .size = 10, .bold = true});
    EXPECT_TRUE(contains(picture.svg(), "textLength=\"20.01\" lengthAdjust=\"spacingAndGlyphs\">Pain"));
    EXPECT_TRUE(contains(picture.svg(), "textLength=\"21.12\""));
    picture.text("تجربة", {10, 130}, {.colour = "black", .size = 10});
    EXPECT_EQ(count(picture.svg(), "textLength"), 2U) << "letters that join have no width of their own";
    EXPECT_TRUE(detail::measured("Ψυχή Müller Łódź — Жуков ≤ 低", 10, false).known);
    EXPECT_GT(drawing::box_of("Pain", {0, 0}, {.colour = "black", .size = 10}).right, 1.15 * 20.01)
        << "room for fonts as wide as DejaVu Sans, for viewers that do not know textLength";
}

TEST(Texts, AreShortenedBetweenCharacters) {
    EXPECT_EQ(detail::fitted("abcdef", 1000, 10), "abcdef");
    for (double width = 10; width < 200; width += 7) {
        auto const shortened = detail::fitted("äöüäöüäöüäöü 2019", width, 10);
        EXPECT_LE(detail::text_width(shortened, 10), width + 12);
        EXPECT_FALSE(contains(detail::xml(shortened), "\xef\xbf\xbd")) << "no character is cut in two";
    }
}

TEST(Pictures, OfNumbersThatLeaveNoRoomAreRefused) {
    auto const names = std::vector<std::string>{"one", "two"};
    for (double const size : {1e100, 1e306}) {
        auto const studies = std::vector<estimate>{{size, 1}, {-size, 2}};
        auto const picture = svg(plot_of(names, forest_rows(common_effect{}, studies, 0.95)));
        EXPECT_FALSE(contains(picture, "nan")) << size;
    }
    auto const studies = std::vector<estimate>{{1.7e308, 1}, {-1.7e308, 2}};
    EXPECT_THROW((void)svg(plot_of(names, forest_rows(common_effect{}, studies, 0.95))), invalid_input);
}

// Logarithms of an axis's ends may be those of no number: exp made them 0 and infinity.
TEST(Pictures, OfRatiosOfEverySizeHaveAnAxisOfNumbers) {
    auto const is_sound = [](std::string const& picture) {
        return !contains(picture, "nan") && !contains(picture, "\"inf") && !contains(picture, "-inf");
    };
    for (double const effect : {1e-307, 1e-300, 1e-150, 1.0, 1e150, 1e300, 1e307}) {
        for (double const factor : {1.1, 1e6, 1e150, 1e300}) {
            auto plot = forest_plot{.no_effect = 1, .logarithmic = true};
            for (double const ratio : {effect, 1.0, 1 / effect}) {
                plot.studies.push_back({.name = "a",
                                        .effect = ratio,
                                        .interval = {ratio / factor, ratio * factor},
                                        .weight = 1});
            }
            EXPECT_TRUE(is_sound(svg(plot))) << effect << ' ' << factor;
        }
        auto const looks =
            effect_monitoring_plot{.logarithmic = true,
                                   .no_effect = 1,
                                   .required_information = 100,
                                   .looks = {{.name = "a", .information = 10, .effect = effect}}};
        EXPECT_TRUE(is_sound(svg(looks))) << effect;
    }
}

} // namespace
