// E-processes that were stored go on as if they had never been; bytes that were changed are refused. And the
// picture of a confidence sequence.

#include "support/relative.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace accrue {
namespace {

auto const studies = std::vector<estimate>{{-0.62, 0.04}, {-0.41, 0.03}, {0.2, 0.06},   {-0.38, 0.02},
                                           {-0.55, 0.03}, {0.07, 0.05},  {-0.66, 0.02}, {-0.52, 0.04}};
auto const tables = std::vector<two_arms<events>>{
    {{1, 60}, {5, 60}}, {{0, 40}, {2, 45}}, {{3, 80}, {4, 80}}, {{0, 30}, {0, 30}}, {{2, 100}, {9, 90}}};

template <class Process, class Trials, class Restore>
void expect_to_go_on(Process const& blank, Trials const& trials, Restore const& restore) {
    for (std::size_t const stored_at : {std::size_t{0}, std::size_t{1}, trials.size() / 2}) {
        auto whole = blank;
        auto first = blank;
        for (std::size_t i = 0; i < trials.size(); ++i) {
            whole.add(trials[i]);
            if (i < stored_at) {
                first.add(trials[i]);
            }
        }
        auto const bytes = first.bytes();
        auto resumed = restore(std::span<std::byte const>(bytes));
        EXPECT_EQ(resumed.bytes(), bytes);
        for (std::size_t i = stored_at; i < trials.size(); ++i) {
            resumed.add(trials[i]);
        }
        EXPECT_EQ(resumed.size(), whole.size());
        EXPECT_EQ(resumed.log_e_value(whole.null), whole.log_e_value(whole.null));
        EXPECT_EQ(resumed.p_value(), whole.p_value());
        EXPECT_EQ(resumed.bytes(), whole.bytes());
        for (std::size_t size = 0; size < bytes.size(); size += 8) {
            EXPECT_THROW((void)restore(std::span<std::byte const>(bytes).first(size)), invalid_input);
        }
        for (std::size_t place = 0; place < bytes.size(); ++place) {
            auto changed = bytes;
            changed[place] ^= std::byte{0x10};
            EXPECT_THROW((void)restore(std::span<std::byte const>(changed)), invalid_input) << place;
        }
    }
}

TEST(StoredProcesses, GoOnAsIfTheyHadNeverBeen) {
    for (effect_direction const& direction :
         {effect_direction{either_direction{}}, effect_direction{above_null{}},
          effect_direction{below_null{}}}) {
        expect_to_go_on(robbins_mixture{.effect_sd = 0.3, .null = 0.1, .direction = direction}, studies,
                        [](auto const bytes) { return robbins_mixture::from_bytes(bytes); });
        expect_to_go_on(grow{.planned_effect = -0.4, .direction = direction}, studies,
                        [](auto const bytes) { return grow::from_bytes(bytes); });
        expect_to_go_on(
            universal_inference{
                .mean = {0, 0.5}, .heterogeneity = half_normal{0.3}, .null = 0.05, .direction = direction},
            studies,
            [](auto const bytes) { return universal_inference::from_bytes(bytes, half_normal{0.3}); });
    }
    expect_to_go_on(exact_binary_e_process{.null = -0.1,
                                           .direction = below_null{},
                                           .treatment_share = {0.4, 0.9},
                                           .nodes = {{-0.8, 0.1, 0}, {-0.4, 0.3, -1}, {0.4, 0.3, 0}}},
                    tables, [](auto const bytes) { return exact_binary_e_process::from_bytes(bytes); });
}

TEST(StoredProcesses, AskForThePriorThatTheyHad) {
    auto process = universal_inference{.mean = {0, 0.5}, .heterogeneity = half_normal{0.3}};
    process.add(studies[0]);
    EXPECT_THROW((void)universal_inference::from_bytes(process.bytes(), half_normal{0.4}), invalid_input);
    auto const impossible = [](double const tau) {
        return -std::numeric_limits<double>::infinity() * (1 + tau);
    };
    EXPECT_THROW((void)universal_inference::from_bytes(process.bytes(), impossible), invalid_input);
}

TEST(StoredProcesses, AreNotTakenForEachOther) {
    auto const stored = robbins_mixture{.effect_sd = 0.3}.bytes();
    EXPECT_THROW((void)grow::from_bytes(stored), invalid_input);
    EXPECT_THROW((void)exact_binary_e_process::from_bytes(stored), invalid_input);
    EXPECT_THROW((void)symmetric_e_process::from_bytes(stored), invalid_input);
}

TEST(ConfidenceSequencePlot, ShowsTheLimitsOfTheSeries) {
    auto const series =
        anytime_analysis(symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.02}, studies);
    auto const names = std::vector<std::string>{"A", "B", "C", "D", "E", "F", "G", "H"};
    auto plot = plot_of<confidence_sequence_plot>(names, studies, series);
    ASSERT_EQ(plot.sequence.size(), studies.size());
    EXPECT_EQ(plot.sequence.back().lower, series.looks.back().interval.lower);
    auto const drawn = as_chart(plot);
    ASSERT_EQ(drawn.points.size(), studies.size());
    EXPECT_EQ(drawn.points[2].place.y, studies[2].effect);
    // No line where a limit is infinite; the band is cut off at the frame there.
    EXPECT_FALSE(std::isfinite(drawn.lines[1].places.front().y));
    EXPECT_EQ(drawn.lines[1].places.back().y, series.looks.back().interval.lower);
    auto const picture = svg(plot);
    EXPECT_NE(picture.find("<svg"), std::string::npos);
    EXPECT_NE(picture.find("<polygon"), std::string::npos);
    EXPECT_EQ(picture.find("inf"), std::string::npos);
    EXPECT_EQ(picture.find("nan"), std::string::npos);
    plot.effects.pop_back();
    EXPECT_THROW((void)as_chart(plot), invalid_input);
}

} // namespace
} // namespace accrue
