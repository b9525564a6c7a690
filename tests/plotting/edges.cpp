// Pictures at their edges: bytes that are no text, letters of other scripts, intervals beyond the axis, plots
// that are filled in from whole analyses.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accrue {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::size_t count(std::string_view const text, std::string_view const part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

std::vector<char32_t> characters(std::string_view const text) {
    auto result = std::vector<char32_t>{};
    for (std::size_t at = 0; at < text.size();) {
        result.push_back(detail::next_character(text, at));
    }
    return result;
}

// The Unicode Standard, table 3-7: every other sequence of bytes is ill-formed, and XML 1.0 allows no control
// but tab and ends of lines, and neither U+FFFE nor U+FFFF.
TEST(Texts, BytesThatAreNoTextAreReplaced) {
    using list = std::vector<char32_t>;
    constexpr char32_t none = 0xfffd;
    EXPECT_EQ(characters("a\xc3\xa9\xe2\x80\x93\xf0\x9f\x98\x80"), (list{'a', 0xe9, 0x2013, 0x1f600}));
    EXPECT_EQ(characters("\t\n\r"), (list{'\t', '\n', '\r'}));
    EXPECT_EQ(characters(std::string_view("\x01\x1f\0", 3)), (list{none, none, none}));
    EXPECT_EQ(characters("\x80"), (list{none}));                               // no beginning
    EXPECT_EQ(characters("\xc0\xaf"), (list{none, none}));                     // a slash in two bytes
    EXPECT_EQ(characters("\xe0\x80\xaf"), (list{none}));                       // and in three
    EXPECT_EQ(characters("\xf0\x80\x80\xaf"), (list{none}));                   // and in four
    EXPECT_EQ(characters("\xf5\x80\x80\x80"), (list{none, none, none, none})); // beyond U+10FFFF
    EXPECT_EQ(characters("\xf4\x90\x80\x80"), (list{none}));                   // just beyond
    EXPECT_EQ(characters("\xf4\x8f\xbf\xbd"), (list{0x10fffd}));               // just below
    EXPECT_EQ(characters("\xed\xa0\x80"), (list{none}));                       // a half of a pair
    EXPECT_EQ(characters("\xed\xbf\xbf"), (list{none}));                       // the last of them
    EXPECT_EQ(characters("\xee\x80\x80"), (list{0xe000}));                     // behind them
    EXPECT_EQ(characters("\xef\xbf\xbe\xef\xbf\xbf"), (list{none, none}));     // no characters
    EXPECT_EQ(characters("\xe2\x80"), (list{none}));                           // cut off
    EXPECT_EQ(characters("\xe2\x80z"), (list{none, 'z'}));                     // the next letter stays
    EXPECT_EQ(characters("\xc3"), (list{none}));
}

TEST(Texts, HaveTheWidthsOfTheirScripts) {
    for (char32_t const mark : std::vector<char32_t>{0x300, 0x36f, 0x200b, 0x200f, 0xfe00, 0xfe0f}) {
        EXPECT_EQ(detail::character_width(mark, false), 0) << static_cast<unsigned>(mark);
    }
    for (char32_t const square : std::vector<char32_t>{0x1100, 0x115f, 0x2e80, 0x4e00, 0xa4cf, 0xac00, 0xd7a3,
                                                       0xf900, 0xfaff, 0xfe30, 0xfe4f, 0xff00, 0xff60}) {
        EXPECT_EQ(detail::character_width(square, true), 1000) << static_cast<unsigned>(square);
    }
    for (char32_t const unknown :
         std::vector<char32_t>{0x590, 0x1160, 0x2e7f, 0xd7a4, 0xfe50, 0xff61, 0x1f600}) {
        EXPECT_EQ(detail::character_width(unknown, false), std::nullopt) << static_cast<unsigned>(unknown);
    }
    EXPECT_EQ(detail::character_width(0x2013, false), 556);
    EXPECT_EQ(detail::character_width(0x2019, false), 222);
    EXPECT_EQ(detail::character_width(0x2018, true), 237);
    EXPECT_EQ(detail::character_width(0x201c, false), 333);
    EXPECT_EQ(detail::character_width(0x201d, true), 356);
    // A letter is not wider for the accent that stands on it.
    EXPECT_EQ(detail::text_width("e\xcc\x81", 10), detail::text_width("e", 10));
}

TEST(ConfidenceSequencePlot, HasAnEffectAStudyAndALineOfPooledEffects) {
    auto plot = confidence_sequence_plot{.effects = {0.2, 0.4, 0.1},
                                         .sequence = {{-infinity, infinity}, {-1, 1.5}, {-0.5, 0.8}}};
    auto const lines = as_chart(plot).lines.size();
    plot.pooled = {0.2, 0.3, 0.25};
    auto const with_pooled = as_chart(plot);
    ASSERT_EQ(with_pooled.lines.size(), lines + 1);
    auto const& running = with_pooled.lines.back().places;
    ASSERT_EQ(running.size(), 3u);
    EXPECT_EQ(running[1].x, 2);
    EXPECT_EQ(running[1].y, 0.3);
    plot.effects.pop_back();
    try {
        (void)as_chart(plot);
        ADD_FAILURE() << "effects and studies differ";
    } catch (invalid_input const& error) {
        EXPECT_EQ(std::string(error.what()), "effects must be as many as studies, 3, but are 2");
    }
}

TEST(LabbePlot, ArmsThatCannotBeAreNamed) {
    for (auto const& arm : {events{1, 0}, events{-1, 10}, events{11, 10}, events{nan, 10}, events{1, nan}}) {
        auto const plot = labbe_plot{.trials = {{{1, 10}, {2, 10}}, {{3, 10}, arm}}};
        try {
            (void)as_chart(plot);
            ADD_FAILURE() << arm.count << " of " << arm.total;
        } catch (invalid_input const& error) {
            EXPECT_EQ(error.study(), 1u);
        }
    }
    EXPECT_NO_THROW((void)as_chart(labbe_plot{.trials = {{{0, 10}, {0, 10}}}}));
    EXPECT_NO_THROW((void)as_chart(labbe_plot{.trials = {{{10, 10}, {9.5, 10}}}}));
}

TEST(LabbePlot, TrialsOfAnySizeHaveDiscsAndInfiniteOnesAreRefused) {
    auto plot = labbe_plot{.trials = {{{1e308, 1.7e308}, {1e307, 1.7e308}}, {{1, 10}, {2, 10}}}};
    EXPECT_EQ(count(svg(plot), "nan"), 0U);
    plot.trials[1].control.total = infinity;
    EXPECT_THROW((void)svg(plot), invalid_input);
}

TEST(RadialPlot, RefusesAPooledEffectThatIsNone) {
    for (double const effect : {nan, infinity}) {
        EXPECT_THROW((void)svg(radial_plot{.studies = {{0.1, 0.1}, {0.2, 0.1}}, .effect = effect}),
                     invalid_input);
    }
}

TEST(EffectMonitoringPlot, EffectsThatCannotBeAreNamed) {
    auto plot = effect_monitoring_plot{.required_information = 100,
                                       .looks = {{.name = "a", .information = 10, .effect = 0.5},
                                                 {.name = "b", .information = 20, .effect = nan},
                                                 {.name = "c", .information = 30, .effect = 0.4}}};
    EXPECT_NO_THROW((void)svg(plot)); // a look without a result
    auto const study = [&] {
        try {
            (void)svg(plot);
        } catch (invalid_input const& error) {
            return error.study();
        }
        return std::optional<std::size_t>{};
    };
    plot.looks[2].effect = infinity;
    EXPECT_EQ(study(), 2u);
    plot.looks[2].effect = -0.4;
    EXPECT_EQ(study(), std::nullopt);
    plot.logarithmic = true;
    plot.no_effect = 1;
    EXPECT_EQ(study(), 2u); // no ratio is negative
}

// Nobody had the event before the second trial; the futility region is there from the first look on.
TEST(EffectMonitoringPlot, ALookWithoutAResultInTheFutilityRegionIsDrawnWithoutOne) {
    auto const design = sequential_design{.error = two_sided{0.05},
                                          .power = 0.9,
                                          .spending = lan_demets_obrien_fleming{},
                                          .information = {.effect = -0.3, .participants = 1000},
                                          .futility = futility{0.1, lan_demets_obrien_fleming{}}};
    auto const trials =
        std::vector<two_arms<events>>{{{0, 350}, {0, 350}}, {{10, 60}, {14, 60}}, {{8, 60}, {15, 60}}};
    auto const participants = std::vector<double>{700, 120, 120};
    for (std::size_t const k : {1U, 3U}) {
        auto const names = std::vector<std::string>(k, "trial");
        auto const analysis =
            trial_sequential_analysis(peto{}, design, std::vector(trials.begin(), trials.begin() + int(k)),
                                      std::vector(participants.begin(), participants.begin() + int(k)));
        ASSERT_GT(analysis.looks.front().wedge, 0);
        auto const plot = plot_of(log_odds_ratio{}, names, analysis);
        EXPECT_EQ(count(svg(plot), "nan"), 0U);
        EXPECT_FALSE(plot.looks.front().futility);
        EXPECT_EQ(plot.looks.back().futility.has_value(), k > 1);
    }
}

// What futility has to spend at 0.6 waits for 0.8.
TEST(MonitoringPlot, FutilityIsNotShadedAtALookThatHasNone) {
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_obrien_fleming{},
                          .information = {.effect = 0.3, .participants = 1000},
                          .futility = futility{0.1, only_at{lan_demets_pocock{}, {0.3, 0.4, 0.8, 1}}}};
    auto const estimates = std::vector<estimate>(5, {0.1, 0.02});
    auto const analysis = trial_sequential_analysis(common_effect{}, design, estimates,
                                                    std::vector<double>{300, 100, 200, 200, 200});
    auto const picture = as_chart(plot_of({"A", "B", "C", "D", "E"}, analysis));
    ASSERT_LT(analysis.looks[2].wedge, 0);
    ASSERT_EQ(picture.regions.size(), 2U);
    for (auto const& region : picture.regions) {
        bool const before = region.corners.front().x < 600;
        for (auto const& corner : region.corners) {
            EXPECT_TRUE(before ? corner.x <= 400 : corner.x >= 800) << corner.x;
        }
    }
}

TEST(ForestPlot, AnIntervalBeyondTheAxisIsAnArrow) {
    auto plot =
        forest_plot{.studies = {{"Here", 0.1, {-0.5, 0.6}, 50, {}}, {"There", 0.2, {-0.4, 0.7}, 50, {}}}};
    plot.axis = interval{-1, 1};
    auto const within = count(svg(plot), "<polygon");
    plot.studies[1] = {"There", 3, {2, 4}, 50, {}};
    auto const above = count(svg(plot), "<polygon");
    plot.studies[1] = {"There", -3, {-4, -2}, 50, {}};
    auto const below = count(svg(plot), "<polygon");
    EXPECT_EQ(above, below);
    // The square beyond the axis is not drawn, the arrow is.
    EXPECT_EQ(above, within);
}

TEST(ForestPlot, PredictionIsThatOfTheResultOnTheScaleOfTheReports) {
    auto const estimates = std::vector<estimate>{{-0.9, 0.04}, {0.1, 0.05}, {-0.2, 0.03}, {0.6, 0.06}};
    auto const names = std::vector<std::string>{"a", "b", "c", "d"};
    auto const model = random_effects{dersimonian_laird{}};
    auto const plot = plot_of(log_odds_ratio{}, names, model, estimates);
    auto const expected = prediction_interval(pool(model, estimates), 0.95);
    ASSERT_TRUE(plot.prediction);
    EXPECT_DOUBLE_EQ(plot.prediction->lower, std::exp(expected.lower));
    EXPECT_DOUBLE_EQ(plot.prediction->upper, std::exp(expected.upper));
    auto const alike = std::vector<estimate>{{0.1, 0.04}, {0.1, 0.05}, {0.12, 0.03}, {0.09, 0.06}};
    EXPECT_FALSE(plot_of(log_odds_ratio{}, names, model, alike).prediction)
        << "nothing varies between studies";
}

TEST(EProcessPlot, HasTheEValuesOfTheSeries) {
    auto const estimates = std::vector<estimate>{{-0.5, 0.04}, {-0.3, 0.05}, {-0.6, 0.03}};
    auto const series =
        anytime_analysis(symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.04}, estimates);
    auto const plot = plot_of({"a", "b", "c"}, series);
    EXPECT_EQ(plot.alpha, series.error);
    ASSERT_EQ(plot.log_e_values.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(plot.log_e_values[i], series.looks[i].log_e_value);
    }
    EXPECT_THROW((void)plot_of({"a", "b"}, series), invalid_input);
    EXPECT_THROW((void)plot_of<confidence_sequence_plot>({"a", "b", "c"}, {{0.1, 0.1}, {0.2, 0.1}}, series),
                 invalid_input);
}

// A design for benefit above 0 is that for benefit below it, seen in a mirror: its boundary, and its
// futility.
TEST(MonitoringPlot, TurnsWithTheDirectionOfBenefit) {
    auto const plot_for = [](double const sign) {
        auto design =
            sequential_design{.error = one_sided{0.025},
                              .power = 0.9,
                              .spending = lan_demets_obrien_fleming{},
                              .information = information_size{.effect = sign * 0.3, .participants = 1000}};
        design.futility = futility{0.1, lan_demets_obrien_fleming{}};
        auto const trials =
            std::vector<estimate>{{sign * 0.2, 0.04}, {sign * 0.1, 0.04}, {sign * 0.25, 0.04}};
        auto const analysis =
            trial_sequential_analysis(common_effect{}, design, trials, std::vector<double>(3, 200.0));
        return plot_of({"a", "b", "c"}, analysis);
    };
    auto const up = plot_for(1);
    auto const down = plot_for(-1);
    ASSERT_EQ(up.looks.size(), down.looks.size());
    auto const same = [](double const a, double const b) {
        return (std::isnan(a) && std::isnan(b)) || a == b || std::abs(a - b) < 1e-9;
    };
    std::size_t wedges = 0;
    for (std::size_t i = 0; i < up.looks.size(); ++i) {
        EXPECT_NEAR(up.looks[i].z, -down.looks[i].z, 1e-12);
        EXPECT_TRUE(same(up.looks[i].upper, -down.looks[i].lower)) << i;
        EXPECT_TRUE(same(up.looks[i].lower, -down.looks[i].upper)) << i;
        ASSERT_EQ(up.looks[i].futility.has_value(), down.looks[i].futility.has_value()) << i;
        if (up.looks[i].futility) {
            ++wedges;
            EXPECT_TRUE(same(up.looks[i].futility->upper, -down.looks[i].futility->lower)) << i;
            EXPECT_EQ(up.looks[i].futility->lower, -infinity) << i;
        }
        EXPECT_TRUE(std::isinf(up.looks[i].lower)) << "harm has no boundary";
    }
    EXPECT_GT(wedges, 0u);
    EXPECT_EQ(up.planned.size(), down.planned.size());
}

/// As many points with names as without, and no text that stands for a name.
template <class Plot>
void expect_names_to_be_optional(Plot plot) {
    auto const without = as_chart(plot);
    plot.names = {"First", "Second", "Third"};
    auto const with = as_chart(plot);
    ASSERT_EQ(without.points.size(), with.points.size());
    EXPECT_NO_THROW((void)svg(without));
    auto const named = svg(with);
    auto const nameless = svg(without);
    for (auto const* const name : {"First", "Second", "Third"}) {
        EXPECT_GT(count(named, name), 0u) << name;
        EXPECT_EQ(count(nameless, name), 0u) << name;
    }
    for (std::size_t i = 0; i < with.points.size(); ++i) {
        EXPECT_EQ(with.points[i].place.x, without.points[i].place.x);
        EXPECT_EQ(with.points[i].place.y, without.points[i].place.y);
    }
}

TEST(Pictures, NamesOfStudiesMayBeLeftOut) {
    auto const studies = std::vector<estimate>{{0.2, 0.04}, {0.5, 0.1}, {-0.1, 0.02}};
    expect_names_to_be_optional(funnel_plot{.studies = studies});
    expect_names_to_be_optional(radial_plot{.studies = studies, .effect = 0.1});
    expect_names_to_be_optional(
        labbe_plot{.trials = {{{1, 10}, {2, 10}}, {{3, 20}, {5, 20}}, {{9, 10}, {4, 10}}}});
    expect_names_to_be_optional(baujat_plot{.studies = baujat(studies)});
}

TEST(Charts, HaveANameForEachStudyOrNone) {
    auto const studies = std::vector<estimate>{{0.1, 0.04}, {0.3, 0.02}};
    auto const trials = std::vector<two_arms<events>>{{{3, 20}, {5, 20}}, {{1, 10}, {2, 10}}};
    auto const ranges = std::vector<interval>{{-1, 1}, {-0.5, 1}};
    auto const effects = std::vector<double>{0.1, 0.3};
    for (auto const& names : std::vector<std::vector<std::string>>{{"A"}, {"A", "B", "C"}}) {
        EXPECT_THROW((void)as_chart(funnel_plot{.names = names, .studies = studies}), invalid_input);
        EXPECT_THROW((void)as_chart(radial_plot{.names = names, .studies = studies}), invalid_input);
        EXPECT_THROW((void)as_chart(baujat_plot{.names = names, .studies = baujat(studies)}), invalid_input);
        EXPECT_THROW((void)as_chart(labbe_plot{.names = names, .trials = trials}), invalid_input);
        EXPECT_THROW((void)as_chart(e_process_plot{.names = names, .log_e_values = effects}), invalid_input);
        EXPECT_THROW(
            (void)as_chart(confidence_sequence_plot{.names = names, .effects = effects, .sequence = ranges}),
            invalid_input);
    }
    EXPECT_NO_THROW((void)as_chart(baujat_plot{.studies = baujat(studies)}));
    EXPECT_NO_THROW((void)as_chart(funnel_plot{
        .names = {"A", "B"}, .studies = studies, .filled = {{0.2, 0.01}, {0.2, 0.02}, {0.2, 0.03}}}));
    EXPECT_THROW(
        (void)as_chart(confidence_sequence_plot{.effects = effects, .pooled = {0.1}, .sequence = ranges}),
        invalid_input);
}

TEST(Pictures, OptionsBeyondTheirRangeAreRefused) {
    auto const forest = forest_plot{.studies = {{"Here", 0.1, {-0.5, 0.6}, 50, {}}}};
    EXPECT_NO_THROW((void)svg(forest));
    for (int const digits : {-1, 13}) {
        auto plot = forest;
        plot.digits = digits;
        EXPECT_THROW((void)svg(plot), invalid_input) << digits;
    }
    for (double const weight : {-1.0, 100.5, infinity}) {
        auto plot = forest;
        plot.studies[0].weight = weight;
        EXPECT_THROW((void)svg(plot), invalid_input) << weight;
    }
    EXPECT_THROW((void)svg(forest, {.width = 10'001}), invalid_input);
    EXPECT_THROW((void)svg(forest, {.height = infinity}), invalid_input);
    auto const monitoring =
        monitoring_plot{.required_information = 100, .looks = {{.name = "a", .information = 20, .z = 1}}};
    EXPECT_NO_THROW((void)svg(monitoring));
    auto far = monitoring;
    far.largest_z = infinity;
    EXPECT_THROW((void)svg(far), invalid_input);
    far = monitoring;
    far.looks[0].information = infinity;
    EXPECT_THROW((void)svg(far), invalid_input);
    auto logarithmic = chart{.x = {.logarithmic = true}};
    logarithmic.points = {{.place = {1, 1}}, {.place = {2, 2}}};
    EXPECT_NO_THROW((void)svg(logarithmic));
    logarithmic.points[0].place.x = 0;
    EXPECT_THROW((void)svg(logarithmic), invalid_input);
    logarithmic.points[0].place.x = 1;
    logarithmic.x.range = interval{0, 3};
    EXPECT_THROW((void)svg(logarithmic), invalid_input);
    logarithmic.x.range = interval{0.5, 3};
    EXPECT_NO_THROW((void)svg(logarithmic));
}

TEST(Pictures, CountTheOnePointBeyondTheAxes) {
    auto plot = chart{.x = {.range = interval{0, 1}}, .y = {.range = interval{0, 1}}, .note = "A note."};
    plot.points = {{.place = {0.5, 0.5}}, {.place = {2, 0.5}}};
    EXPECT_EQ(count(svg(plot), "1 point lies beyond the axes."), 1u);
}

TEST(MonitoringPlot, ConventionalSignificanceMayBeLeftOut) {
    auto plot = monitoring_plot{
        .required_information = 100,
        .conventional_name = "usual",
        .looks = {{.name = "a", .information = 20, .z = 1}, {.name = "b", .information = 40, .z = 2.5}}};
    EXPECT_GT(count(svg(plot), "usual"), 0u);
    plot.conventional = 0;
    EXPECT_EQ(count(svg(plot), "usual"), 0u);
}

TEST(ForestPlot, WordsForEitherSideOrNeitherStandBelowTheAxis) {
    auto plot = forest_plot{.studies = {{"Here", 0.1, {-0.5, 0.6}, 50, {}}}};
    plot.favours_lower = "leftwards";
    auto const lower = svg(plot);
    plot.favours_higher = "rightwards";
    auto const both = svg(plot);
    plot.favours_lower = "";
    auto const higher = svg(plot);
    EXPECT_EQ(count(lower, "leftwards"), 1u);
    EXPECT_EQ(count(lower, "rightwards"), 0u);
    EXPECT_EQ(count(both, "leftwards"), 1u);
    EXPECT_EQ(count(both, "rightwards"), 1u);
    EXPECT_EQ(count(higher, "leftwards"), 0u);
    EXPECT_EQ(count(higher, "rightwards"), 1u);
    // Without a value of no effect there is one line less.
    auto const lines = count(svg(plot), "<line") + count(svg(plot), "<path") + count(svg(plot), "<polyline");
    plot.no_effect = std::nullopt;
    EXPECT_LT(count(svg(plot), "<line") + count(svg(plot), "<path") + count(svg(plot), "<polyline"), lines);
    plot.no_effect = 5; // beyond the axis
    plot.axis = interval{-1, 1};
    EXPECT_NO_THROW((void)svg(plot));
}

/// The texts of a picture that are these words.
std::vector<drawing_box> boxes_of(drawing const& picture, std::string_view const words) {
    auto result = std::vector<drawing_box>{};
    for (auto const& text : picture.texts()) {
        if (text.words == words) {
            result.push_back(text.box);
        }
    }
    return result;
}

TEST(Charts, AReversedAxisIsSeenInAMirror) {
    auto plot = chart{.x = {.range = interval{-0.5, 10.5}}, .y = {.range = interval{100, 200}}};
    plot.points = {{.place = {2, 150}}};
    auto const forwards = draw(plot);
    plot.x.reversed = true;
    auto const backwards = draw(plot);
    auto sums = std::vector<double>{};
    for (auto const* const mark : {"0", "2", "4", "6", "8", "10"}) {
        auto const here = boxes_of(forwards, mark);
        auto const there = boxes_of(backwards, mark);
        ASSERT_EQ(here.size(), 1u) << mark;
        ASSERT_EQ(there.size(), 1u) << mark;
        sums.push_back(here[0].left + here[0].right + there[0].left + there[0].right);
        EXPECT_NEAR(sums.back(), sums.front(), 1e-9) << mark;
    }
    EXPECT_LT(boxes_of(backwards, "10")[0].left, boxes_of(backwards, "0")[0].left);
}

TEST(Charts, OfOneValueHaveItInTheMiddle) {
    auto plot = chart{};
    plot.points = {{.place = {0, 7}}};
    auto given = plot;
    given.x.range = interval{-1, 1};
    given.y.range = interval{3.5, 10.5};
    EXPECT_EQ(svg(plot), svg(given));
    plot.y.logarithmic = given.y.logarithmic = true;
    given.y.range = interval{7 / 1.5, 7 * 1.5};
    EXPECT_EQ(svg(plot), svg(given));
}

TEST(Charts, MarksOfHugeAndTinyNumbersHaveExponents) {
    auto plot = chart{.x = {.range = interval{-1, 3e7}}, .y = {.range = interval{0, 4e-6}}};
    plot.points = {{.place = {0, 0}}};
    auto const picture = draw(plot);
    EXPECT_EQ(boxes_of(picture, "1e7").size(), 1u);
    EXPECT_EQ(boxes_of(picture, "2e7").size(), 1u);
    EXPECT_EQ(boxes_of(picture, "2e-6").size(), 1u);
    plot.x.range = interval{-3e7, 1};
    EXPECT_EQ(boxes_of(draw(plot), "−2e7").size(), 1u);
}

TEST(Charts, ALineIsInterruptedWhereItIsNotFinite) {
    auto plot = chart{};
    constexpr double width = 3.25;
    plot.lines = {{.places = {{0, 0}, {1, 1}, {nan, 2}, {3, 3}, {4, infinity}, {5, 5}, {6, 6}, {7, nan}},
                   .width = width}};
    std::size_t parts = 0;
    auto const picture = draw(plot);
    for (auto const& line : picture.lines()) {
        if (line.width == width && !line.points.empty()) {
            EXPECT_EQ(line.points.size(), 2u);
            ++parts;
        }
    }
    EXPECT_EQ(parts, 2u); // from 0 to 1, and from 5 to 6
}

TEST(Charts, ALineThatWidensNothingMayLeaveTheChart) {
    auto plot = chart{};
    plot.points = {{.place = {0, 0}}, {.place = {1, 1}}};
    auto const texts = draw(plot).texts().size();
    auto wide = plot;
    wide.lines = {{.places = {{0, 0}, {100, 100}}, .widens = false}};
    auto const within = draw(wide);
    EXPECT_EQ(within.texts().size(), texts);
    EXPECT_EQ(boxes_of(within, "80").size(), 0u);
    wide.lines[0].widens = true;
    EXPECT_EQ(boxes_of(draw(wide), "80").size(), 2u); // on either axis
}

TEST(Charts, LabelsBeyondTheAxesAreLeftOut) {
    auto plot = chart{.x = {.range = interval{0, 1}}, .y = {.range = interval{0, 1}}};
    plot.labels = {{.place = {0.5, 0.5}, .words = "within"},
                   {.place = {2, 0.5}, .words = "beside", .needed = true},
                   {.place = {0.5, -1}, .words = "below", .needed = true}};
    auto const picture = draw(plot);
    EXPECT_EQ(boxes_of(picture, "within").size(), 1u);
    EXPECT_EQ(boxes_of(picture, "beside").size(), 0u);
    EXPECT_EQ(boxes_of(picture, "below").size(), 0u);
}

TEST(Charts, WordsForTheHigherDirectionStandAlone) {
    auto plot = chart{.x = {.towards_higher = "rightwards"}, .y = {.towards_higher = "upwards"}};
    plot.points = {{.place = {0, 0}}, {.place = {1, 1}}};
    auto const picture = draw(plot);
    ASSERT_EQ(boxes_of(picture, "rightwards →").size(), 1u);
    ASSERT_EQ(boxes_of(picture, "upwards →").size(), 1u);
    EXPECT_EQ(count(picture.svg(), "←"), 0u);
    auto const box = boxes_of(picture, "rightwards →")[0];
    EXPECT_GT(box.left, picture.width() / 2);
    EXPECT_LE(box.bottom, picture.height());
}

TEST(Charts, APlaceThatIsNotFiniteIsBeyondALogarithmicAxis) {
    auto plot = chart{.x = {.logarithmic = true}};
    plot.points = {{.place = {1, 1}}, {.place = {nan, 1.5}}, {.place = {infinity, 1.5}}, {.place = {3, 2}}};
    auto const picture = svg(plot);
    EXPECT_EQ(count(picture, "<circle"), 2u);
    EXPECT_EQ(count(picture, "2 points lie beyond the axes."), 1u);
}

TEST(Charts, ANoteOfOneLongWordIsShortened) {
    for (auto const* const before : {"", " "}) {
        auto plot = chart{.note = before + std::string(400, 'x')};
        plot.points = {{.place = {0, 0}}};
        auto const picture = draw(plot);
        std::size_t lines = 0;
        for (auto const& text : picture.texts()) {
            if (text.words.find("xx") != std::string::npos) {
                EXPECT_NE(text.words.find("…"), std::string::npos);
                EXPECT_LE(text.box.right, picture.width());
                ++lines;
            }
        }
        EXPECT_EQ(lines, 1u);
    }
}

TEST(ForestPlot, OfIntervalsWithoutEndsReachesOneBeyondItsEffects) {
    auto plot = forest_plot{.studies = {{"Here", 0.5, {-infinity, infinity}, 50, {}}}};
    auto given = plot;
    given.axis = interval{-0.5 - 0.04 * 2, 1.5 + 0.04 * 2};
    EXPECT_EQ(svg(plot), svg(given));
    EXPECT_EQ(count(svg(plot), "<polygon"), 3u); // a square and two arrows
}

TEST(ForestPlot, ASummaryBeyondTheAxisIsAnArrow) {
    auto plot = forest_plot{.studies = {{"Here", 0.1, {-0.5, 0.6}, 50, {}}}};
    plot.axis = interval{-1, 1};
    auto const alone = count(svg(plot), "<polygon");
    plot.summaries = {{"Pooled", 3, {0.5, 6}}};
    EXPECT_EQ(count(svg(plot), "<polygon"), alone + 1);
    plot.summaries = {{"Pooled", 0.5, {0.2, 0.8}}};
    EXPECT_EQ(count(svg(plot), "<polygon"), alone + 1);
    plot.summaries = {{"Pooled", 0.5, {0.2, 6}}};
    EXPECT_EQ(count(svg(plot), "<polygon"), alone + 2);
}

// A line is 1.65 times as high as the font.
TEST(ForestPlot, IsAsHighAsItsRows) {
    auto plot = forest_plot{.studies = {{"Here", 0.1, {-0.5, 0.6}, 50, {}}}};
    plot.groups = {{"Group", {{"There", 0.2, {-0.4, 0.7}, 50, {}}}, {}, "a note"}};
    auto const paper = canvas{};
    double const row = 1.65 * paper.font_size;
    double const with_note = draw(plot, paper).height();
    plot.groups[0].note = "";
    double const without_note = draw(plot, paper).height();
    EXPECT_NEAR(with_note - without_note, row, 1e-9);
    plot.prediction = interval{-1, 1};
    auto const predicted = draw(plot, paper);
    EXPECT_EQ(boxes_of(predicted, "Prediction interval").size(), 1u);
    EXPECT_NEAR(predicted.height() - without_note, 1.3 * row, 1e-9); // and a line above it
    plot.prediction = std::nullopt;
    plot.summaries = {{"Pooled", 0.1, {-0.3, 0.4}}};
    EXPECT_NEAR(draw(plot, paper).height(), predicted.height(), 1e-9);
}

TEST(ForestPlot, CellsMayBeFewerThanColumns) {
    auto plot = forest_plot{.columns = {"Treated", "Control"},
                            .studies = {{"Here", 0.1, {-0.5, 0.6}, 50, {"1/10"}},
                                        {"There", 0.2, {-0.4, 0.7}, 50, {"2/10", "3/10"}}}};
    auto const picture = draw(plot);
    auto const above = boxes_of(picture, "1/10");
    auto const below = boxes_of(picture, "2/10");
    ASSERT_EQ(above.size(), 1u);
    ASSERT_EQ(below.size(), 1u);
    EXPECT_NEAR(above[0].right, below[0].right, 1e-9);
    EXPECT_EQ(boxes_of(picture, "3/10").size(), 1u);
}

TEST(ForestPlot, WithoutWeightAllSquaresAreOfTheLeastSize) {
    auto const square_of = [](double const weight, double const other) {
        auto const plot =
            forest_plot{.studies = {{"A", 0.0, {-1, 1}, weight, {}}, {"B", 0.0, {-1, 1}, other, {}}}};
        auto const text = svg(plot);
        auto const at = text.find("<polygon");
        return text.substr(at, text.find(" fill", at) - at);
    };
    EXPECT_EQ(square_of(0, 0), square_of(0, 0.5)); // beside any weight none is next to nothing
}

// Words below the axis are moved, or shortened, until they are on the paper.
TEST(ForestPlot, TheNameOfTheAxisStaysOnThePaper) {
    auto plot = forest_plot{.effect_name = "e", .studies = {{"A", 1, {0, 2}, 50, {}}}};
    for (std::size_t const length : {0u, 10u, 60u, 80u, 300u}) {
        plot.axis_name = std::string(length, 'n');
        for (auto const* const study :
             {"A", "A study of a name that is as long as this one, which moves the axis"}) {
            plot.studies[0].name = study;
            auto const picture = draw(plot, {.width = 700});
            for (auto const& text : picture.texts()) {
                EXPECT_GE(text.box.left, 0) << length << ' ' << text.words;
                EXPECT_LE(text.box.right, picture.width()) << length << ' ' << text.words;
            }
        }
    }
}

TEST(Texts, TabsAndEndsOfLinesAreBlanks) {
    auto plot = chart{.title = "a\tb\rc\nd \xe2\x89\xa5 e"};
    plot.points = {{.place = {0, 0}}};
    EXPECT_GT(count(svg(plot), "a b c d \xe2\x89\xa5 e"), 0u);
    EXPECT_EQ(detail::character_width(0x2265, false), detail::character_width(0x2264, false));
}

TEST(EProcessPlot, ValuesFromAMillionOnHaveExponents) {
    auto const picture =
        draw(e_process_plot{.names = {"a", "b"}, .log_e_values = {std::log(50.0), std::log(3.5e7)}});
    EXPECT_GT(count(picture.svg(), "a: 50.00"), 0u);
    EXPECT_GT(count(picture.svg(), "b: 3.5e7"), 0u);
}

// 1/alpha is infinite, 1e310; ln 1e310 is 713.8.
TEST(EProcessPlot, OfTheSmallestErrorsSaysThatTheGoalIsBeyond) {
    for (double const log_e : {713.0, 714.0}) {
        auto const plot = e_process_plot{.names = {"A"}, .log_e_values = {log_e}, .alpha = 1e-310};
        EXPECT_NE(svg(plot).find("conclusive: &gt; 1e299"), std::string::npos);
        EXPECT_EQ(as_chart(plot).points.size(), log_e > 713.5 ? 2U : 1U); // the second is a ring
    }
}

TEST(Texts, OfTheSmallestAndOfInfiniteNumbersEnd) {
    EXPECT_EQ(detail::short_text(5e-324), "4.94065646e-324");
    EXPECT_EQ(detail::short_text(-2e-310), "−2e-310");
    EXPECT_EQ(detail::short_text(1.5e308), "1.5e308");
    EXPECT_EQ(detail::short_text(infinity), "∞");
}

TEST(ForestPlot, OfPooledResultsLeavesOutWhatIsUndefined) {
    auto const first = pooled{0.1, 0.04, 0, infinity, 3, status::ok};
    auto const none = pooled{nan, nan, nan, infinity, 3, status::undefined};
    auto const plot = plot_of({"a", "b", "c"}, std::vector<pooled>{first, none, first});
    ASSERT_EQ(plot.studies.size(), 2u);
    EXPECT_EQ(plot.studies[1].name, "c");
}

TEST(ForestPlot, OfTwoStudiesHasNoPredictionAndOneDegreeOfFreedom) {
    auto const estimates = std::vector<estimate>{{-0.9, 0.04}, {0.8, 0.05}};
    auto const plot = plot_of(log_odds_ratio{}, {"a", "b"}, random_effects{}, estimates);
    EXPECT_FALSE(plot.prediction);
    EXPECT_NE(plot.note.find("on 1 degree of freedom"), std::string::npos) << plot.note;
}

TEST(FunnelPlot, ReachesAsFarAsTheFarthestStudy) {
    auto plot = funnel_plot{.studies = {{0.1, 0.04}, {0.2, 0.05}, {0.15, 0.03}}, .effect = 0.15};
    EXPECT_EQ(count(svg(plot), "<circle"), 3u);
    plot.studies.push_back({-9, 0.04});
    auto const chart = as_chart(plot);
    ASSERT_TRUE(chart.x.range);
    EXPECT_LT(chart.x.range->lower, -9);
    EXPECT_NEAR(chart.x.range->lower + chart.x.range->upper, 2 * 0.15, 1e-14); // on either side
    EXPECT_EQ(count(svg(plot), "<circle"), 4u);
    EXPECT_EQ(count(svg(plot), "beyond the axes"), 0u);
}

TEST(DensityPlot, LinesDifferAndNothingIsShadedUnlessAsked) {
    auto const bell = [](double const centre) {
        return [centre](double const x) { return std::exp(-(x - centre) * (x - centre)); };
    };
    auto plot =
        density_plot{.densities = {{"a", bell(-1)}, {"b", bell(0)}, {"c", bell(1)}}, .range = {-3, 3}};
    auto const plain = as_chart(plot);
    EXPECT_TRUE(plain.regions.empty());
    ASSERT_EQ(plain.lines.size(), 4u); // and the axis
    EXPECT_EQ(plain.lines[0].dash, "");
    EXPECT_NE(plain.lines[1].dash, plain.lines[2].dash);
    ASSERT_EQ(plain.labels.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) { // at the top of each
        EXPECT_NEAR(plain.labels[i].place.x, static_cast<double>(i) - 1, 1e-12);
    }
    plot.shaded = interval{-2, 0.5};
    auto const shaded = as_chart(plot);
    ASSERT_EQ(shaded.regions.size(), 1u);
    for (auto const& corner : shaded.regions[0].corners) {
        EXPECT_TRUE(plot.shaded->contains(corner.x)) << corner.x;
    }
}

/// Measures on scales of their own.
struct one_more {
    [[nodiscard]] double back_transform(double const x) const { return 1 + x; }
    [[nodiscard]] interval back_transform(interval const& x) const { return {1 + x.lower, 1 + x.upper}; }
};
struct sine_squared {
    [[nodiscard]] double back_transform(double const x) const { return std::sin(x) * std::sin(x); }
    [[nodiscard]] interval back_transform(interval const& x) const {
        return {back_transform(x.lower), back_transform(x.upper)};
    }
};

TEST(ForestPlot, OfMeasuresThatAreNeitherRatiosNorDifferencesHasNoValueOfNoEffect) {
    auto const estimates = std::vector<estimate>{{0.6, 0.001}, {0.7, 0.001}, {0.65, 0.002}};
    auto const names = std::vector<std::string>{"a", "b", "c"};
    auto const shifted = plot_of(one_more{}, names, common_effect{}, estimates); // 1 at 0, and no product
    EXPECT_FALSE(shifted.logarithmic);
    EXPECT_FALSE(shifted.no_effect);
    EXPECT_DOUBLE_EQ(shifted.studies[0].effect, 1.6);
    auto const proportions = plot_of(sine_squared{}, names, common_effect{}, estimates); // 0 at 0, not below
    EXPECT_FALSE(proportions.logarithmic);
    EXPECT_FALSE(proportions.no_effect);
}

TEST(ForestPlot, OfOneGroupHasNoValueOfNoEffectAndOfTwoHas) {
    auto const estimates = std::vector<estimate>{{0.6, 0.001}, {0.7, 0.001}, {0.65, 0.002}};
    auto const no_effect = [&](auto const&... measures) {
        auto found = std::vector<std::optional<double>>{};
        (found.push_back(plot_of(measures, {"a", "b", "c"}, common_effect{}, estimates).no_effect), ...);
        return found;
    };
    using values = std::vector<std::optional<double>>;
    EXPECT_EQ(no_effect(group_mean{}, log_group_mean{}, log_standard_deviation{}, standardized_mean{},
                        log_coefficient_of_variation{}, incidence_rate{}, log_incidence_rate{}, proportion{},
                        log_proportion{}, logit_proportion{}, cronbach_alpha{}, bonett_transformed_alpha{}),
              values(12, std::nullopt));
    EXPECT_EQ(no_effect(mean_difference{}, standardized_mean_difference{}, risk_difference{},
                        incidence_rate_difference{}, fisher_z{}, raw_correlation{},
                        standardized_mean_change{}),
              values(7, 0.0));
    EXPECT_EQ(no_effect(log_odds_ratio{}, log_risk_ratio{}, log_ratio_of_means{}, log_hazard_ratio{},
                        log_incidence_rate_ratio{}, log_variability_ratio{}, peto_log_odds_ratio{}),
              values(7, 1.0));
    // The axis is free to be where the means are.
    auto const means = std::vector<estimate>{{120, 4}, {131, 5}, {126, 3}};
    auto const picture = svg(plot_of(group_mean{}, {"a", "b", "c"}, common_effect{}, means));
    EXPECT_EQ(picture.find(">0</text>"), std::string::npos);
    EXPECT_NE(picture.find(">120</text>"), std::string::npos);
}

TEST(MonitoringPlot, BoundariesOfOnesOwnAreDrawnAsPlanned) {
    auto const plot_with = [](auto const& change) {
        auto design = sequential_design{.error = two_sided{0.05},
                                        .power = 0.9,
                                        .spending = lan_demets_obrien_fleming{},
                                        .information = information_size{.effect = 0.3, .participants = 1000}};
        change(design);
        auto const trials = std::vector<estimate>{{0.2, 0.04}, {0.1, 0.04}};
        return plot_of({"a", "b"}, trial_sequential_analysis(common_effect{}, design, trials,
                                                             std::vector<double>(2, 200.0)));
    };
    auto const usual = plot_with([](auto&) {});
    auto const own = plot_with([](auto& design) { design.boundaries = exact_monitoring{}; });
    ASSERT_FALSE(usual.planned.empty());
    ASSERT_EQ(usual.planned.size(), own.planned.size());
    for (std::size_t i = 0; i < own.planned.size(); ++i) {
        EXPECT_DOUBLE_EQ(own.planned[i].upper, usual.planned[i].upper) << i;
    }
}

// Where a new version of a review requires what had accrued, or less, the final look is still to come.
TEST(MonitoringPlot, GoesOnToTheFinalLookWhateverTheNewSizeOfAReview) {
    auto const trials = std::vector<estimate>{{0.1, 0.04}, {0.05, 0.04}, {0.02, 0.04}};
    auto const participants = std::vector<double>(3, 100.0);
    auto const design =
        sequential_design{.error = two_sided{0.05},
                          .power = 0.9,
                          .spending = lan_demets_pocock{},
                          .information = information_size{.effect = 0.3, .participants = 500}};
    auto const first = trial_sequential_analysis(common_effect{}, design, trials, participants);
    for (double const size : {900.0, 310.0, 300.0, 290.0, 100.0}) {
        auto const next = continued(first, information_size{.effect = 0.3, .participants = size});
        auto const analysis = trial_sequential_analysis(common_effect{}, next, trials, participants);
        auto const plot = plot_of({"a", "b", "c"}, analysis);
        ASSERT_FALSE(plot.planned.empty()) << size;
        double before = 300;
        for (auto const& ahead : plot.planned) {
            EXPECT_GT(ahead.information, before) << size;
            before = ahead.information;
        }
        EXPECT_DOUBLE_EQ(before, analysis.fractions.back() * size);
        EXPECT_EQ(plot.planned.back().upper, analysis.boundaries.upper.back()) << size;
        EXPECT_NO_THROW((void)svg(plot)) << size;
        EXPECT_NO_THROW((void)svg(plot_of(mean_difference{}, {"a", "b", "c"}, analysis))) << size;
    }
}

// As in `result_sentence`: people are whole, an amount of statistical information is not.
TEST(MonitoringPlot, OnlyWhatIsCountedIsRoundedUp) {
    auto const design = sequential_design{
        .error = two_sided{0.05},
        .power = 0.9,
        .spending = lan_demets_obrien_fleming{},
        .information = {.effect = 5, .participants = 120.2, .statistical_information = 0.42034}};
    auto const estimates = std::vector<estimate>{{4, 16}, {6, 9}};
    auto const counted = plot_of({"A", "B"}, trial_sequential_analysis(common_effect{}, design, estimates,
                                                                       std::vector<double>{30, 40}));
    EXPECT_NE(svg(counted).find(": 121 participants<"), std::string::npos);
    auto const analysis =
        trial_sequential_analysis(common_effect{}, design, estimates, common_effect_information{});
    EXPECT_NE(svg(plot_of({"A", "B"}, analysis)).find(": 0.4203 statistical information<"),
              std::string::npos);
    EXPECT_NE(svg(plot_of(mean_difference{}, {"A", "B"}, analysis)).find("information: 0.4203<"),
              std::string::npos);
}

TEST(MonitoringPlot, LooksNeedNoNameAndDecisionsNoWords) {
    auto plot =
        monitoring_plot{.required_information = 100,
                        .looks = {{.information = 20, .z = 1.25, .lower = -3, .upper = 3},
                                  {.information = 40, .z = 2.75, .lower = -2.5, .upper = 2.5}},
                        .planned = {{.information = 60, .lower = -2.25, .upper = 2.25}, {.information = 100}},
                        .decided_at = 1};
    auto const nameless = svg(plot);
    EXPECT_EQ(count(nameless, ": 1.25"), 0u);
    EXPECT_EQ(count(nameless, ": 2.75"), 0u);
    EXPECT_EQ(count(nameless, "2.75, "), 0u);
    EXPECT_GT(count(nameless, "2.75"), 0u);
    for (auto const* const number : {"inf,", ",inf", "inf\"", "nan"}) { // the last boundary is nowhere
        EXPECT_EQ(count(nameless, number), 0u) << number;
    }
    plot.looks[1].name = "Second";
    plot.decision = "benefit";
    EXPECT_GT(count(svg(plot), "Second: 2.75, benefit"), 0u);
}

TEST(ForestPlot, NumbersGiveWayOnNarrowPaper) {
    auto plot = forest_plot{
        .digits = 12,
        .studies = {{"A study of a name that is long", -123456.1, {-234567.1, 123456.3}, 50, {}}}};
    auto const picture = draw(plot, {.width = 600});
    // The name is shortened, not left out.
    EXPECT_TRUE(std::any_of(picture.texts().begin(), picture.texts().end(), [](auto const& text) {
        return text.words.starts_with("A") && text.words.find("…") != std::string::npos;
    }));
    for (auto const& text : picture.texts()) {
        EXPECT_GE(text.box.left, -0.5) << text.words;
        EXPECT_LE(text.box.right, picture.width()) << text.words;
        for (auto const& other : picture.texts()) {
            EXPECT_TRUE(&text == &other || !text.box.overlaps(other.box)) << text.words << ' ' << other.words;
        }
    }
}

// Where a step is less than numbers of that size are apart, counting steps would never end.
TEST(Axes, HaveFewMarksHoweverNarrowTheyAre) {
    for (double const place : {0.0, 5e-324, -1e-310, 1.0, -1.0, 1e-300, 3e15, -7e300, 0.1}) {
        for (double const share : {1e-17, 2e-16, 1e-15, 1e-14, 1e-12, 1e-3}) {
            double const upper =
                std::nextafter(place + share * std::abs(place), std::numeric_limits<double>::infinity());
            auto const ticks = detail::linear_ticks({place, upper}, 6);
            EXPECT_LE(ticks.size(), 16u) << place << ' ' << share;
            for (auto const& mark : ticks) {
                EXPECT_NEAR(mark.value, place, 2 * (upper - place) + 1e-15 * std::abs(place)) << share;
            }
        }
    }
}

// Found by fuzzing: ratios that differ in their last digit.
TEST(ForestPlot, OfRatiosThatAreAllOneEnds) {
    auto const picture = svg(plot_of(log_odds_ratio{}, {"A", "B"}, random_effects{dersimonian_laird{}},
                                     std::vector<estimate>{{2.6e-16, 1e-300}, {1e-16, 1e-300}}));
    EXPECT_NE(picture.find("</svg>"), std::string::npos);
}

// Of both ends of a name the more stays the more room there is; a letter is never cut in two.
TEST(Texts, AreShortenedBetweenWholeLetters) {
    for (std::string const name : {"ab", "Aronson 1948", "ÄÖÜäöüßéè 1979", "随机对照试验的研究", "é"}) {
        double const whole = detail::text_width(name, 10);
        EXPECT_EQ(detail::fitted(name, whole, 10), name);
        std::size_t most = 0;
        for (double width = 0; width < whole; width += whole / 37) {
            auto const shortened = detail::fitted(name, width, 10);
            if (shortened == "…") { // for want of room for more
                continue;
            }
            EXPECT_LE(detail::text_width(shortened, 10), width) << name;
            for (char32_t const character : characters(shortened)) {
                EXPECT_NE(character, 0xfffdU) << shortened;
            }
            auto const gap = shortened.find("…");
            ASSERT_NE(gap, std::string::npos) << shortened;
            EXPECT_TRUE(name.starts_with(shortened.substr(0, gap))) << shortened;
            EXPECT_TRUE(name.ends_with(shortened.substr(gap + std::string_view("…").size()))) << shortened;
            EXPECT_GE(shortened.size(), most) << shortened << " is less than fitted in less room";
            most = shortened.size();
        }
        EXPECT_EQ(most > 0, characters(name).size() > 2) << name;
    }
}

TEST(ForestPlot, RefusesAPredictionIntervalThatIsNone) {
    auto plot = forest_plot{};
    plot.studies = {{"A", 0.1, {-0.2, 0.4}, 100}};
    for (auto const& prediction : {interval{nan, nan}, interval{nan, 1}, interval{0, nan}, interval{1, 0}}) {
        plot.prediction = prediction;
        EXPECT_THROW((void)svg(plot), invalid_input) << prediction.lower << " " << prediction.upper;
    }
    plot.prediction = interval{-infinity, infinity};
    EXPECT_EQ(count(svg(plot), "nan"), 0U);
}

TEST(ForestPlot, RefusesANegativeEndOfAnIntervalOnALogarithmicAxis) {
    auto plot = forest_plot{};
    plot.logarithmic = true;
    plot.no_effect = 1;
    plot.studies = {{"A", 0.2, {-0.1, 0.4}, 100}};
    EXPECT_THROW((void)svg(plot), invalid_input);
    plot.studies.front().interval.lower = 0; // of a ratio whose logarithm has no limit
    EXPECT_EQ(count(svg(plot), "nan"), 0U);
    plot.prediction = interval{-3, 2};
    EXPECT_THROW((void)svg(plot), invalid_input);
    plot.prediction = interval{0, infinity};
    EXPECT_EQ(count(svg(plot), "nan"), 0U);
}

TEST(ForestPlot, OfAnUndefinedResultHasNoDiamondAndSaysSo) {
    auto const names = std::vector<std::string>{"A", "B"};
    auto const same = std::vector<estimate>{{0.2, 1}, {0.2, 1}};
    auto const model = random_effects{reml{}, hartung_knapp{}}; // no scatter, and so no standard error
    ASSERT_EQ(pool(model, same).status, status::undefined);
    auto const plot = plot_of(mean_difference<>{}, names, model, same);
    EXPECT_TRUE(plot.summaries.empty());
    EXPECT_FALSE(plot.prediction);
    EXPECT_EQ(plot.note.substr(0, 26), "Pooled effect: undefined. ");
    EXPECT_EQ(count(svg(plot), "Pooled 0.20"), 0U);
    auto const hasty = random_effects{reml{.max_iterations = 2}};
    auto const apart = std::vector<estimate>{{0.2, 0.1}, {1.4, 0.3}, {-0.9, 0.02}};
    ASSERT_EQ(pool(hasty, apart).status, status::not_converged);
    auto const drawn = plot_of(mean_difference<>{}, {"A", "B", "C"}, hasty, apart);
    EXPECT_EQ(drawn.summaries.size(), 1U);
    EXPECT_EQ(drawn.note.substr(0, 30), "Pooled effect: not converged. ");
}

TEST(Drawing, RefusesPlacesAndSizesThatAreNotFinite) {
    for (double const wrong : {nan, infinity, -infinity}) {
        auto picture = drawing(canvas{}, "", "");
        EXPECT_THROW(picture.line({{1, 2}, {3, wrong}}, {.colour = "black"}), invalid_input);
        EXPECT_THROW(picture.line({{1, 2}, {3, 4}}, {.colour = "black", .width = wrong}), invalid_input);
        EXPECT_THROW(picture.circle({1, 2}, wrong, "black"), invalid_input);
        EXPECT_THROW(picture.polygon({{1, 2}, {3, 4}, {wrong, 5}}, "black"), invalid_input);
    }
    auto marks = chart{.lines = {{.places = {{0, 0}, {1, 1}}}}, .points = {{.place = {0.5, 0.5}}}};
    EXPECT_EQ(count(svg(marks), "nan"), 0U);
    marks.points.front().area = nan;
    EXPECT_THROW((void)svg(marks), invalid_input);
    marks.points.front().area = 1;
    marks.lines.front().width = infinity;
    EXPECT_THROW((void)svg(marks), invalid_input);
    auto bubbles = bubble_plot{.studies = {{"a", 1, 0.2, 1}, {"b", 2, 0.3, 1}}};
    EXPECT_EQ(count(svg(bubbles), "nan"), 0U);
    bubbles.predictions = {{1, 0.2, {0, 1}, {}}, {2, 0.3, {nan, nan}, {}}};
    EXPECT_THROW((void)svg(bubbles), invalid_input);
}

} // namespace
} // namespace accrue
