// E-processes that were stored go on as if they had never been; bytes that were changed are refused. And the
// picture of a confidence sequence.

#include "support/refusal.hpp"
#include "support/relative.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue::test_sequential_stored_processes {
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
            symmetric_e_process{
                .smallest_effect = 0.3, .initial_tau_squared = 0.02, .null = 0.1, .direction = direction},
            studies, [](auto const bytes) { return symmetric_e_process::from_bytes(bytes); });
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

// Bytes with words that were changed, and a hash that agrees with them.
std::vector<std::byte> with_word(std::vector<std::byte> bytes, std::size_t const place,
                                 std::uint64_t const word) {
    auto out = detail::byte_writer{};
    out.write(word);
    auto const written = std::move(out).take();
    std::copy(written.begin(), written.end(), bytes.begin() + static_cast<std::ptrdiff_t>(8 * place));
    bytes.resize(bytes.size() - 8);
    auto end = detail::byte_writer{};
    end.write(detail::hash_of(bytes));
    auto const hash = std::move(end).take();
    bytes.insert(bytes.end(), hash.begin(), hash.end());
    return bytes;
}
std::vector<std::byte> with_number(std::vector<std::byte> const& bytes, std::size_t const place,
                                   double const number) {
    return with_word(bytes, place, std::bit_cast<std::uint64_t>(number));
}

template <class Restore>
void expect_refusal(std::vector<std::byte> const& bytes, Restore const& restore, std::string const& words) {
    auto const text = test::refusal_of([&] { (void)restore(std::span<std::byte const>(bytes)); });
    EXPECT_NE(text.find(words), std::string::npos) << text << "\nhas no: " << words;
}

// Words: signature, version, effect, null, direction, trials, information, mean, largest ln E, hash.
TEST(StoredProcesses, RefuseContentsThatNoProcessHas) {
    auto process = grow{.planned_effect = 0.3};
    process.add(studies[0]);
    auto const bytes = process.bytes();
    auto const restore = [](auto const span) { return grow::from_bytes(span); };
    EXPECT_EQ(restore(std::span<std::byte const>(with_word(bytes, 5, 1))), process);
    expect_refusal(with_word(bytes, 0, 1), restore, "do not begin like one");
    expect_refusal(with_word(bytes, 1, 99), restore, "are of another version");
    expect_refusal(with_word(bytes, 4, 3), restore, "name a direction that does not exist");
    expect_refusal(with_number(bytes, 6, -1), restore, "stored information must be");
    expect_refusal(with_number(bytes, 7, std::nan("")), restore, "stored mean must be finite");
    expect_refusal(with_number(bytes, 8, -1), restore, "stored ln E must be");
    auto longer = bytes;
    longer.resize(bytes.size() + 8);
    expect_refusal(with_word(longer, 9, 0), restore, "go on after its end");
    longer.resize(bytes.size() + 4);
    expect_refusal(longer, restore, "end early");
}

// The last words: effect and variance of the last trial, ln E, hash.
TEST(StoredProcesses, RefuseTrialsThatDoNotGiveTheirEValue) {
    auto process = symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.02};
    for (auto const& study : studies) {
        process.add(study);
    }
    auto const bytes = process.bytes();
    auto const restore = [](auto const span) { return symmetric_e_process::from_bytes(span); };
    auto const words = bytes.size() / 8;
    EXPECT_EQ(
        restore(std::span<std::byte const>(with_number(bytes, words - 2, process.state.bets.log_value()))),
        process);
    expect_refusal(with_number(bytes, words - 2, 0.5), restore, "disagree with their e-value");
    expect_refusal(with_number(bytes, words - 2, std::nan("")), restore, "disagree with their e-value");
    expect_refusal(with_number(bytes, words - 4, 0.52), restore, "disagree with their e-value");
    expect_refusal(with_number(bytes, words - 3, -0.04), restore, "variance must be");
}

// Words: signature, version, mean, sd, null, direction, trials, effect and variance of each, ...
TEST(StoredProcesses, RefuseMoreTrialsThanTheyHold) {
    auto process = universal_inference{.mean = {0, 0.5}, .heterogeneity = half_normal{0.3}};
    process.add(studies[0]);
    auto const restore = [](auto const span) {
        return universal_inference::from_bytes(span, half_normal{0.3});
    };
    for (std::uint64_t const count : {std::uint64_t{3}, std::uint64_t{1} << 60U, ~std::uint64_t{0}}) {
        expect_refusal(with_word(process.bytes(), 6, count), restore, "but end early");
    }
    expect_refusal(with_number(process.bytes(), 8, -1), restore, "variance");
}

// A prior of tau that is no number leaves nothing to bet with.
TEST(StoredProcesses, KeepThatNothingCouldBeBet) {
    auto const none =
        any_heterogeneity_prior([](double) { return std::numeric_limits<double>::quiet_NaN(); });
    auto process = universal_inference{.mean = {0, 0.5}, .heterogeneity = none};
    EXPECT_EQ(process.leaning(), 0);
    EXPECT_EQ(process.log_e_value(), 0);
    EXPECT_EQ(process.confidence_sequence(0.95).upper, std::numeric_limits<double>::infinity());
    process.add(studies[0]);
    EXPECT_EQ(process.log_e_value(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(process.p_value(), 1);
    EXPECT_EQ(process.confidence_sequence(0.95).lower, -std::numeric_limits<double>::infinity());
    auto const again = universal_inference::from_bytes(process.bytes(), none);
    EXPECT_EQ(again.log_e_value(), process.log_e_value());
    expect_refusal(
        process.bytes(),
        [](auto const span) { return universal_inference::from_bytes(span, half_normal{0.3}); },
        "the prior of tau must be the one that the stored process had");
}

// The form says what is stored, in ASCII: other versions of the library know it by that.
TEST(StoredProcesses, BeginWithTheirSignature) {
    auto const signature = [](std::vector<std::byte> const& bytes) {
        auto text = std::string{};
        for (std::size_t i = 0; i < 8; ++i) {
            text.push_back(std::to_integer<char>(bytes.at(i)));
        }
        return text;
    };
    EXPECT_EQ(signature(symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.02}.bytes()),
              "accrueSE");
    EXPECT_EQ(signature(robbins_mixture{0.5}.bytes()), "accrueRM");
    EXPECT_EQ(signature(evidence_accumulator{}.bytes()), "accrueEA");
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
} // namespace accrue::test_sequential_stored_processes
