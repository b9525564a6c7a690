// What the library writes and reads is the same in every locale.

#include "support/other_locale.hpp"
#include <accrue/accrue.hpp>
#include <accrue/plotting/plot_of.hpp>
#include <accrue/plotting/svg.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using namespace accrue;

auto const studies =
    std::vector<estimate>{{-0.305, 0.04}, {-1234.5e-3, 0.03}, {-0.25, 0.02}, {0.0125, 0.021}};
auto const names = std::vector<std::string>{"One 1,234.5", "Two", "Three", "Four"};

/// All that the library writes.
std::vector<std::string> texts() {
    auto const design =
        sequential_design{.error = two_sided{0.045},
                          .power = 0.9,
                          .spending = lan_demets_obrien_fleming{},
                          .information = required_information_size(
                              mean_difference_target{.difference = -0.3, .sd = 1.5}, two_sided{0.045}, 0.9)};
    auto const analysis = trial_sequential_analysis(random_effects{}, design, studies,
                                                    std::vector<double>{100, 130, 1200.5, 200});
    auto all = std::vector<std::string>{
        methods_sentence(analysis, {.model = "a model", .spending = "spending"}),
        result_sentence(analysis),
        svg(plot_of(names, analysis)),
        svg(plot_of(log_odds_ratio{}, names, random_effects{}, studies)),
        svg(plot_of<funnel_plot>(names, random_effects{}, studies)),
        detail::to_text(1234.5678),
        detail::to_text(1.5e-300),
    };
    try {
        static_cast<void>(pool(common_effect{}, std::vector<estimate>{{0.5, -1.25}}));
    } catch (invalid_input const& error) {
        all.emplace_back(error.what());
    }
    auto sums = evidence_accumulator{};
    for (auto const& study : studies) {
        sums.add(study);
    }
    auto bytes = std::string();
    for (auto const byte : sums.bytes()) {
        bytes += static_cast<char>(byte);
    }
    all.push_back(bytes);
    return all;
}

TEST(Locales, DoNotChangeWhatIsWritten) {
    auto const expected = texts();
    auto const here = test::other_locale();
    auto const found = texts();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(found[i], expected[i]);
    }
#ifdef ACCRUE_LOCALES
    EXPECT_TRUE(here.reaches_the_c_library());
#endif
}

} // namespace
