// The scripts hold the data, show names as they are, and gnuplot draws them without a complaint.

#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <regex>
#include <string>
#include <vector>

namespace {

using namespace accrue;
namespace fs = std::filesystem;

auto const infinity = std::numeric_limits<double>::infinity();

auto example_forest() -> forest_plot {
    return {.title = "Pain",
            .favours_lower = "favours treatment",
            .favours_higher = "favours control",
            .studies = {{"First", -0.4, {-0.7, -0.1}, 25}, {"Second", -0.1, {-0.3, 0.1}, 75}},
            .summaries = {{"Random effects", -0.2, {-0.4, 0.0}}},
            .prediction = interval{-0.6, 0.2},
            .note = "τ² = 0"};
}

auto example_monitoring() -> monitoring_plot {
    return {.title = "Pain",
            .favours_negative = "favours treatment",
            .favours_positive = "favours control",
            .required_information = 466.99,
            .looks = {{"First", 31, -2.4902, -8.7, 8.7}, {"Second", 222, -2.4759, -3.1, 3.1}},
            .planned = {{467, -2.0, 2.0}},
            .note = "two-sided 5 %"};
}

auto contains(std::string const& text, std::string const& part) -> bool {
    return text.find(part) != std::string::npos;
}

auto const infinite = std::regex(R"(\binf\b)");

/// A folder for one test, gone afterwards.
class scratch_folder {
  public:
    scratch_folder() {
        path_ = fs::temp_directory_path() /
                ("accrue plotting " + std::to_string(std::random_device{}()) + std::to_string(std::rand()));
        fs::create_directories(path_);
    }
    scratch_folder(scratch_folder const&) = delete;
    auto operator=(scratch_folder const&) -> scratch_folder& = delete;
    ~scratch_folder() { fs::remove_all(path_); }

    auto path() const -> fs::path const& { return path_; }

  private:
    fs::path path_;
};

auto read(fs::path const& file) -> std::string {
    auto stream = std::ifstream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

auto has_gnuplot() -> bool {
    return std::system("gnuplot --version >/dev/null 2>&1") == 0;
}

/// Runs the script in a folder of its own and returns what gnuplot complained of, then the picture.
struct drawing {
    std::string complaints;
    std::string picture;
};

auto draw(std::string const& script, std::string const& format, scratch_folder const& folder) -> drawing {
    std::ofstream(folder.path() / "plot.gp") << script;
    auto const command = "cd '" + folder.path().string() + "' && gnuplot -e \"format='" + format +
                         "'\" plot.gp >complaints 2>&1 || echo failed >>complaints";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return {read(folder.path() / "complaints"), read(folder.path() / ("plot." + format))};
}

TEST(plotting, a_forest_plot_holds_every_number_it_shows) {
    auto const script = gnuplot_script(example_forest());
    for (auto const* const text : {"'Pain'", "'First'", "'−0.40 (−0.70, −0.10)'", "'25.0 %'", "'75.0 %'",
                                   "'Random effects'", "'−0.20 (−0.40, 0.00)'", "'(−0.60, 0.20)'",
                                   "'← favours treatment'", "'favours control →'", "'τ² = 0'"}) {
        EXPECT_TRUE(contains(script, text)) << text;
    }
    EXPECT_TRUE(contains(script, "\n-0.7 ")) << "a whisker starts at the lower end of the interval";
}

TEST(plotting, squares_have_areas_in_proportion_to_weights) {
    auto const script = gnuplot_script(example_forest());
    auto const block = script.substr(script.find("$squares << EOD"));
    auto match = std::smatch();
    ASSERT_TRUE(std::regex_search(block, match,
                                  std::regex(R"(EOD\n(\S+) (\S+) (\S+) (\S+)\n(\S+) (\S+) (\S+) (\S+)\n)")));
    auto const area = [&](std::size_t first) {
        return std::stod(match[first]) * std::stod(match[first + 1]);
    };
    EXPECT_NEAR(area(7) / area(3), 3, 1e-12);
}

TEST(plotting, a_ratio_stands_on_a_logarithmic_axis) {
    auto plot = forest_plot{.no_effect = 1, .logarithmic = true, .studies = {{"A", 2, {0.5, 8}, 100}}};
    auto const script = gnuplot_script(plot);
    EXPECT_TRUE(contains(script, "'2.00 (0.50, 8.00)'"));
    EXPECT_TRUE(contains(script, "set arrow from 0,")) << "no effect, 1, is at the logarithm 0";
    plot.studies[0].interval.lower = 0;
    EXPECT_FALSE(std::regex_search(gnuplot_script(plot), infinite));
    plot.studies[0].effect = 0;
    EXPECT_THROW((void)gnuplot_script(plot), invalid_input);
}

TEST(plotting, a_very_wide_interval_is_cut_and_ends_in_arrows) {
    auto plot = example_forest();
    EXPECT_FALSE(contains(gnuplot_script(plot), "$arrows"));
    plot.studies.push_back({"Third", 0, {-50, infinity}, 0});
    auto const script = gnuplot_script(plot);
    EXPECT_TRUE(contains(script, "$arrows"));
    auto match = std::smatch();
    ASSERT_TRUE(std::regex_search(script, match, std::regex(R"(set xrange \[(\S+):(\S+)\])")));
    EXPECT_GT(std::stod(match[1]), -2) << "the others are not squeezed";
    EXPECT_LT(std::stod(match[2]), 2);
    EXPECT_FALSE(std::regex_search(script, infinite)) << "no coordinate is infinite";
}

TEST(plotting, a_monitoring_plot_holds_every_number_it_shows) {
    auto const script = gnuplot_script(example_monitoring());
    for (auto const* const text :
         {"'Pain'", "'First: −2.49'", "'Second: −2.48'", "'required information size: 467 participants'",
          "'1.96'", "'−1.96'", "'↑ 8.7'", "'3.10'", "'2.00'", "'monitoring boundary'",
          "'← favours treatment'", "'favours control →'", "\n222 -2.4759\n", "\n31 -8.7\n", "\n467 2\n"}) {
        EXPECT_TRUE(contains(script, text)) << text;
    }
}

TEST(plotting, boundaries_that_do_not_exist_are_not_drawn) {
    auto plot = example_monitoring();
    plot.planned = {};
    for (auto& look : plot.looks) {
        look.upper = infinity;
    }
    plot.looks[0].lower = -infinity;
    auto const script = gnuplot_script(plot);
    EXPECT_FALSE(contains(script, "$upper_boundary"));
    EXPECT_TRUE(contains(script, "$lower_boundary"));
    EXPECT_FALSE(std::regex_search(script, infinite)) << "no coordinate is infinite";
}

TEST(plotting, the_inner_wedge_is_drawn_on_both_sides_and_named) {
    auto plot = example_monitoring();
    EXPECT_FALSE(contains(gnuplot_script(plot), "futil")) << "there is none unless one is given";
    plot.looks[1].futility = {-0.25, 0.25};
    plot.planned[0].futility = {-2, 2};
    plot.futility_name = "futility for 0.3";
    auto const script = gnuplot_script(plot);
    for (auto const* const text : {"'futility for 0.3'", "$futility << EOD\n222 -0.25 0.25\n467 -2 2\n",
                                   "$futile_up_to_planned << EOD\n222 0.25\n467 2\n",
                                   "$futile_from_planned << EOD\n222 -0.25\n467 -2\n",
                                   "'required information size: 467 participants'"}) {
        EXPECT_TRUE(contains(script, text)) << text;
    }
    auto const style_of = [&](std::string const& line) {
        auto match = std::smatch();
        EXPECT_TRUE(std::regex_search(script, match, std::regex("\\$" + line + " using ([^\n]*)"))) << line;
        return match[1].str();
    };
    for (auto const* const part : {"", "_planned"}) {
        auto const boundary = style_of(std::string("lower_boundary") + part);
        auto const wedge = style_of(std::string("futile_from") + part);
        auto const dashes = [](std::string const& style) {
            return contains(style, "dashtype") ? style.substr(style.find("dashtype") + 9, 1) : "";
        };
        EXPECT_NE(dashes(boundary), dashes(wedge)) << "told apart without colours";
        EXPECT_NE(boundary.substr(boundary.find('#'), 7), wedge.substr(wedge.find('#'), 7));
    }
}

TEST(plotting, a_one_sided_futility_region_reaches_to_the_edge) {
    auto plot = example_monitoring();
    plot.looks[0].futility = {1.5, infinity};
    plot.looks[1].futility = {-0.5, infinity};
    plot.planned[0].futility = {-2, infinity};
    auto const script = gnuplot_script(plot);
    auto match = std::smatch();
    ASSERT_TRUE(std::regex_search(script, match, std::regex(R"(set yrange \[\S+:(\S+)\])")));
    EXPECT_TRUE(contains(script, "\n467 -2 " + match[1].str() + "\n"));
    EXPECT_TRUE(contains(script, "$futile_from "));
    EXPECT_FALSE(contains(script, "$futile_up_to"));
    EXPECT_FALSE(std::regex_search(script, infinite)) << "no coordinate is infinite";
}

/// A text of the script in pixels of the canvas, by the estimated width of its characters.
struct text_extent {
    std::string words;
    interval x;
    interval y;
};

auto texts_of(std::string const& script, std::regex const& which, double font_size, picture const& canvas)
    -> std::vector<text_extent> {
    auto const label =
        std::regex(R"(set label '([^']*)' at screen ([^,]+), screen ([^ ]+) (left|right|center) (\w*))");
    auto extents = std::vector<text_extent>();
    for (auto match = std::sregex_iterator(script.begin(), script.end(), label);
         match != std::sregex_iterator(); ++match) {
        auto const words = (*match)[1].str();
        if (!std::regex_search(words, which)) {
            continue;
        }
        auto const width = detail::text_width(words, font_size);
        auto const at = std::stod((*match)[2]) * canvas.width;
        auto const left = (*match)[4] == "left" ? at : (*match)[4] == "right" ? at - width : at - width / 2;
        auto const middle = std::stod((*match)[3]) * canvas.height;
        extents.push_back({words, {left, left + width}, {middle - font_size / 2, middle + font_size / 2}});
    }
    return extents;
}

TEST(plotting, no_text_lies_on_a_line_of_the_wedge) {
    auto generator = std::mt19937(11);
    auto const canvas = picture{};
    auto const number = std::string(R"((\S+))");
    auto named = 0;
    auto inside = 0;
    for (int repetition = 0; repetition < 200; ++repetition) {
        auto plot = monitoring_plot{.required_information = 1000};
        auto information = 0.0;
        auto const boundary = [](double at) { return 2 * std::sqrt(1000 / at); };
        auto const wedge = [](double at) { return at < 200 ? -1.0 : 2 * (at - 200) / 800; };
        auto const region = [&](double at) {
            return wedge(at) > 0 ? std::optional(interval{-wedge(at), wedge(at)}) : std::nullopt;
        };
        auto const drift = std::normal_distribution(0.0, 2.0)(generator);
        for (int look = 0; look < 6; ++look) {
            information += std::uniform_real_distribution(20.0, 150.0)(generator);
            plot.looks.push_back({"Trial " + std::to_string(look), information,
                                  drift + std::normal_distribution(0.0, 0.3)(generator),
                                  -boundary(information), boundary(information), region(information)});
        }
        plot.planned.push_back({1000, -2, 2, region(1000)});
        auto const script = gnuplot_script(plot, canvas);
        auto ranges = std::smatch();
        ASSERT_TRUE(std::regex_search(script, ranges,
                                      std::regex("set margins at screen " + number + ", screen " + number +
                                                 ", screen " + number + ", screen " + number + "\n")));
        auto const side = [&](std::size_t i, int length) { return std::stod(ranges[i].str()) * length; };
        auto const area = detail::plot_area{side(1, canvas.width), side(2, canvas.width),
                                            side(3, canvas.height), side(4, canvas.height)};
        auto axes = std::smatch();
        ASSERT_TRUE(std::regex_search(script, axes,
                                      std::regex(R"(set xrange \[0:(\S+)\]\nset yrange \[\S+:(\S+)\])")));
        auto const right = std::stod(axes[1]);
        auto const highest = std::stod(axes[2]);
        auto extents = texts_of(script, std::regex("^Trial"), 0.85 * canvas.font_size, canvas);
        auto const label = texts_of(script, std::regex("^futility"), canvas.font_size, canvas);
        ASSERT_EQ(label.size(), 1U);
        named += static_cast<int>(extents.size());
        extents.push_back(label[0]);
        // The wedge's lines, looked at every pixel, meet none of the texts.
        auto first = plot.looks.begin();
        while (first != plot.looks.end() && !first->futility) {
            ++first;
        }
        auto const from = first == plot.looks.end() ? 1000 : first->information;
        for (auto x = area.left; x <= area.right; ++x) {
            auto const at = (x - area.left) / (area.right - area.left) * right;
            if (at < from || at > 1000) {
                continue;
            }
            for (double const z : {wedge(at), -wedge(at)}) {
                auto const y = area.bottom + (z + highest) / (2 * highest) * (area.top - area.bottom);
                for (auto const& text : extents) {
                    EXPECT_FALSE(text.x.contains(x) && text.y.contains(y))
                        << text.words << " at " << at << " in repetition " << repetition;
                }
            }
        }
        for (std::size_t i = 0; i + 1 < extents.size(); ++i) {
            EXPECT_FALSE(detail::overlap(extents[i].x, label[0].x) &&
                         detail::overlap(extents[i].y, label[0].y))
                << extents[i].words;
        }
        auto const end = (label[0].x.lower - area.left) / (area.right - area.left) * right;
        auto const height =
            std::fabs((label[0].y.lower + label[0].y.upper) / 2 - (area.bottom + area.top) / 2);
        inside += height / (area.top - area.bottom) * 2 * highest < wedge(end) ? 1 : 0;
    }
    EXPECT_GT(named, 200 * 2) << "most names find room";
    EXPECT_GT(inside, 180) << "and the wedge its name";
}

// Rows are told apart by their height; in one row the names, at their estimated widths, leave gaps.
TEST(plotting, names_of_looks_do_not_overlap) {
    auto generator = std::mt19937(7);
    auto const label =
        std::regex(R"(set label '(Trial [^']*)' at screen ([^,]+), screen ([^ ]+) (left|right) front)");
    auto const canvas = picture{};
    auto named = 0;
    for (int repetition = 0; repetition < 200; ++repetition) {
        auto plot = monitoring_plot{.required_information = 1000};
        auto information = 0.0;
        for (int look = 0; look < 12; ++look) {
            information += std::uniform_real_distribution(5.0, 200.0)(generator);
            auto const boundary = 2 + 2 * std::sqrt(1000 / information);
            plot.looks.push_back({"Trial " + std::to_string(look), information,
                                  std::normal_distribution(-1.0, 1.0)(generator), -boundary, boundary});
        }
        struct extent {
            std::string height;
            double left;
            double right;
        };
        auto extents = std::vector<extent>();
        auto const script = gnuplot_script(plot, canvas);
        for (auto match = std::sregex_iterator(script.begin(), script.end(), label);
             match != std::sregex_iterator(); ++match) {
            auto const width = detail::text_width((*match)[1].str(), 0.85 * canvas.font_size);
            auto const at = std::stod((*match)[2]) * canvas.width;
            auto const left = (*match)[4] == "left" ? at : at - width;
            extents.push_back({(*match)[3], left, left + width});
            EXPECT_GE(left, 0);
            EXPECT_LE(left + width, canvas.width);
        }
        for (std::size_t i = 0; i < extents.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                EXPECT_TRUE(extents[i].height != extents[j].height || extents[i].right < extents[j].left ||
                            extents[j].right < extents[i].left);
            }
        }
        named += static_cast<int>(extents.size());
    }
    EXPECT_GT(named, 200 * 4) << "most names find room";
}

TEST(plotting, results_become_plots) {
    auto const names = std::vector<std::string>{"First", "Second"};
    auto const estimates = std::vector<estimate>{{-0.4, 0.03}, {-0.1, 0.02}};
    auto const model = random_effects{dersimonian_laird{}};
    auto const rows = forest_rows(model, estimates, 0.95);
    auto const forest = plot_of(names, rows);
    ASSERT_EQ(forest.studies.size(), 2U);
    EXPECT_EQ(forest.studies[1].name, "Second");
    EXPECT_EQ(forest.studies[1].effect, -0.1);
    EXPECT_EQ(forest.studies[1].interval.upper, rows[1].interval.upper);
    EXPECT_EQ(forest.studies[0].weight, rows[0].weight);
    EXPECT_THROW((void)plot_of(std::vector<std::string>{"First"}, rows), invalid_input);

    auto const spending = lan_demets_obrien_fleming{};
    auto const plan = [&](error_rate const& error) {
        return sequential_design{.error = error,
                                 .power = 0.9,
                                 .spending = spending,
                                 .information = required_information_size(
                                     standardized_mean_difference_target{.difference = -0.3}, error, 0.9)};
    };
    auto const analysis =
        trial_sequential_analysis(model, plan(two_sided{0.05}), estimates, std::vector{100.0, 150.0});
    auto const plot = plot_of(names, analysis);
    ASSERT_EQ(plot.looks.size(), 2U);
    EXPECT_EQ(plot.looks[1].name, "Second");
    EXPECT_EQ(plot.looks[1].information, 250);
    EXPECT_EQ(plot.looks[1].z, analysis.looks[1].z);
    EXPECT_EQ(plot.looks[0].lower, analysis.looks[0].lower_boundary);
    EXPECT_EQ(plot.required_information, analysis.information.required);
    // The dashed part ends at one final look.
    auto const fractions = std::vector{100 / plot.required_information, 250 / plot.required_information, 1.0};
    ASSERT_EQ(plot.planned.size(), 1U);
    EXPECT_EQ(plot.planned[0].upper, boundaries(two_sided{0.05}, spending, fractions).back());
    EXPECT_EQ(plot.planned[0].lower, -plot.planned[0].upper);
    EXPECT_FALSE(gnuplot_script(plot).empty());

    // A one-sided error has its boundary on the side of the benefit, here below zero.
    auto const one_sided_plot =
        plot_of(names, trial_sequential_analysis(model, plan(one_sided{0.025}), estimates,
                                                 std::vector{100.0, 150.0}));
    EXPECT_EQ(one_sided_plot.looks[1].upper, infinity);
    EXPECT_EQ(one_sided_plot.planned[0].upper, infinity);
    EXPECT_LT(one_sided_plot.planned[0].lower, 0);

    auto with_futility = plan(two_sided{0.05});
    with_futility.futility = futility{0.1, spending};
    auto const both = trial_sequential_analysis(model, with_futility, estimates, std::vector{100.0, 250.0});
    auto const wedge_plot = plot_of(names, both);
    ASSERT_GT(both.looks[1].wedge, 0);
    EXPECT_EQ(wedge_plot.looks[1].futility->upper, both.looks[1].wedge);
    EXPECT_EQ(wedge_plot.looks[1].futility->lower, -both.looks[1].wedge);
    EXPECT_FALSE(wedge_plot.looks[0].futility) << "so early there is no wedge";
    EXPECT_EQ(wedge_plot.planned[0].futility->upper, wedge_plot.planned[0].upper) << "the bounds meet";

    // A one-sided design has its futility boundary on the other side; it may cross zero.
    auto one_sided_futility = plan(one_sided{0.025});
    one_sided_futility.futility = futility{0.1, spending};
    auto const half =
        trial_sequential_analysis(model, one_sided_futility, estimates, std::vector{100.0, 150.0});
    auto const half_plot = plot_of(names, half);
    EXPECT_EQ(half_plot.looks[1].futility->lower, half.looks[1].upper_boundary);
    EXPECT_EQ(half_plot.looks[1].futility->upper, infinity);
    EXPECT_EQ(half_plot.looks[1].upper, infinity);
    EXPECT_LT(half_plot.planned[0].futility->lower, 0);
    EXPECT_FALSE(gnuplot_script(half_plot).empty());

    auto const reached =
        trial_sequential_analysis(model, plan(two_sided{0.05}), estimates, std::vector{100.0, 500.0});
    EXPECT_TRUE(plot_of(names, reached).planned.empty());
    EXPECT_THROW((void)plot_of(std::vector<std::string>{"First"}, analysis), invalid_input);
}

TEST(plotting, what_cannot_be_drawn_is_refused) {
    EXPECT_THROW((void)gnuplot_script(forest_plot{}), invalid_input);
    EXPECT_THROW((void)gnuplot_script(monitoring_plot{}), invalid_input);
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    for (auto const spoil : std::vector<void (*)(forest_plot&, double)>{
             [](forest_plot& plot, double x) { plot.studies[1].effect = x; },
             [](forest_plot& plot, double x) { plot.studies[1].interval.lower = x; },
             [](forest_plot& plot, double x) { plot.studies[1].weight = x; },
             [](forest_plot& plot, double) { plot.studies[1].weight = 150; },
             [](forest_plot& plot, double) {
                 plot.studies[1].interval = {0.0, 0.1};
             },
             [](forest_plot& plot, double x) { plot.summaries[0].interval.upper = x; },
             [](forest_plot& plot, double x) { plot.no_effect = x; },
             [](forest_plot& plot, double) { plot.digits = -1; }}) {
        auto plot = example_forest();
        spoil(plot, nan);
        EXPECT_THROW((void)gnuplot_script(plot), invalid_input);
    }
    for (auto const spoil : std::vector<void (*)(monitoring_plot&, double)>{
             [](monitoring_plot& plot, double x) { plot.looks[1].z = x; },
             [](monitoring_plot& plot, double x) { plot.looks[1].information = x; },
             [](monitoring_plot& plot, double) { plot.looks[1].information = 31; },
             [](monitoring_plot& plot, double x) { plot.looks[1].upper = x; },
             [](monitoring_plot& plot, double) { plot.looks[1].upper = -2; },
             [](monitoring_plot& plot, double) { plot.looks[1].lower = 2; },
             [](monitoring_plot& plot, double) {
                 plot.looks[1].futility = {1.0, -1.0};
             },
             [](monitoring_plot& plot, double x) {
                 plot.looks[1].futility = {x, 1.0};
             },
             [](monitoring_plot& plot, double) { plot.planned[0].information = 100; },
             [](monitoring_plot& plot, double) { plot.required_information = 0; },
             [](monitoring_plot& plot, double) { plot.largest_z = 2; },
             [](monitoring_plot& plot, double x) { plot.conventional = x; }}) {
        auto plot = example_monitoring();
        spoil(plot, nan);
        EXPECT_THROW((void)gnuplot_script(plot), invalid_input);
    }
    auto plot = example_forest();
    plot.studies[1].effect = nan;
    try {
        (void)gnuplot_script(plot);
        FAIL();
    } catch (invalid_input const& error) {
        EXPECT_EQ(error.study(), 1U);
    }
    EXPECT_THROW((void)gnuplot_script(example_forest(), {.width = 100}), invalid_input);
    EXPECT_THROW((void)gnuplot_script(example_forest(), {.height = 100}), invalid_input);
    EXPECT_THROW((void)gnuplot_script(example_monitoring(), {.font_size = 0}), invalid_input);
}

TEST(plotting, long_names_are_shortened_at_a_character) {
    EXPECT_EQ(detail::fitted("abcdef", 1000, 10), "abcdef");
    EXPECT_EQ(detail::fitted("äöüäöü", 5.8 * 4, 10), "äöü…");
}

TEST(plotting, numbers_for_readers) {
    EXPECT_EQ(detail::readable(-0.004, 2), "0.00");
    EXPECT_EQ(detail::readable(-0.006, 2), "−0.01");
    EXPECT_EQ(detail::readable(466.5, 0), "466");
}

auto const awkward = std::string("O'Brien's \"x_1^2\" {a} @b `touch executed` \\n %d\ttab $x #y τ² ← 中 \\");

TEST(plotting, gnuplot_draws_without_a_complaint) {
    if (!has_gnuplot()) {
        GTEST_SKIP() << "no gnuplot";
    }
    auto forest = example_forest();
    auto monitoring = example_monitoring();
    auto forest_of_ratios = forest_plot{.no_effect = 1,
                                        .logarithmic = true,
                                        .studies = {{"A", 2, {0.5, 8}, 50}, {"B", 1.5, {0.01, 200}, 50}}};
    auto many = forest;
    for (int i = 0; i < 60; ++i) {
        many.studies.push_back({"Study", 0.01 * i, {0.01 * i - 0.2, 0.01 * i + 0.3}, 1});
    }
    many.studies.push_back({"Wide", 0, {-50, infinity}, 0});
    auto overrun = monitoring;
    overrun.planned = {};
    overrun.looks.push_back({"Third", 600, 2, -infinity, infinity});
    auto wedge = monitoring;
    wedge.looks[1].futility = {-0.25, 0.25};
    wedge.planned[0].futility = {-2, 2};
    auto far_side = monitoring;
    far_side.looks[0].futility = {1.5, infinity};
    far_side.planned[0].futility = {-2, infinity};
    auto lone = monitoring_plot{.required_information = 10, .looks = {{"", 1, 0, -infinity, infinity}}};
    for (auto const& script :
         {gnuplot_script(forest), gnuplot_script(many), gnuplot_script(forest_of_ratios),
          gnuplot_script(monitoring), gnuplot_script(overrun), gnuplot_script(wedge),
          gnuplot_script(far_side), gnuplot_script(lone),
          gnuplot_script(forest, {.width = 640, .height = 360, .font = "Helvetica", .font_size = 10})}) {
        auto const folder = scratch_folder();
        for (auto const* const format : {"png", "svg"}) {
            auto const result = draw(script, format, folder);
            EXPECT_EQ(result.complaints, "");
            EXPECT_GT(result.picture.size(), 2000U);
        }
    }
}

TEST(plotting, names_appear_as_they_are_and_are_never_executed) {
    if (!has_gnuplot()) {
        GTEST_SKIP() << "no gnuplot";
    }
    auto forest = example_forest();
    forest.title = forest.axis_name = forest.note = forest.studies[0].name = awkward;
    auto monitoring = example_monitoring();
    monitoring.title = monitoring.note = monitoring.boundary_name = monitoring.looks[0].name = awkward;
    for (auto const& script : {gnuplot_script(forest), gnuplot_script(monitoring)}) {
        auto const folder = scratch_folder();
        auto const result = draw(script, "svg", folder);
        EXPECT_EQ(result.complaints, "");
        EXPECT_FALSE(fs::exists(folder.path() / "executed"));
        EXPECT_TRUE(contains(result.picture, "x_1^2")) << "the picture holds text, and no markup was applied";
        EXPECT_TRUE(contains(result.picture, "τ² ← 中 \\"));
        EXPECT_TRUE(contains(result.picture, "`touch executed`"));
    }
}

} // namespace
