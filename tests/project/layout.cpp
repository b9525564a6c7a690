// What is written down twice in the project agrees: the version in CMake and in the header.

#include <accrue/version.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

TEST(Layout, TheVersionIsTheSameInCMakeAndInTheHeader) {
    auto stream = std::ifstream(std::filesystem::path(ACCRUE_SOURCE_DIR) / "CMakeLists.txt");
    auto const text = std::string(std::istreambuf_iterator<char>(stream), {});
    auto match = std::smatch{};
    ASSERT_TRUE(std::regex_search(text, match, std::regex(R"(\n\s*VERSION (\d+\.\d+\.\d+))")));
    EXPECT_EQ(match[1], std::to_string(ACCRUE_VERSION_MAJOR) + "." + std::to_string(ACCRUE_VERSION_MINOR) +
                            "." + std::to_string(ACCRUE_VERSION_PATCH));
}
