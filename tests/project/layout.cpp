// What is written down twice in the project agrees: the version in CMake, in the header, in the citation
// and in the recipes of package managers.

#include <accrue/version.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

std::string text_of(char const* const name) {
    auto stream = std::ifstream(std::filesystem::path(ACCRUE_SOURCE_DIR) / name);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string version_of_the_header() {
    return std::to_string(ACCRUE_VERSION_MAJOR) + "." + std::to_string(ACCRUE_VERSION_MINOR) + "." +
           std::to_string(ACCRUE_VERSION_PATCH);
}

std::string first_match(std::string const& text, char const* const pattern) {
    auto match = std::smatch{};
    return std::regex_search(text, match, std::regex(pattern)) ? match[1].str() : "no match";
}

TEST(Layout, TheVersionIsTheSameInCMakeAndInTheHeader) {
    EXPECT_EQ(first_match(text_of("CMakeLists.txt"), R"(\n\s*VERSION (\d+\.\d+\.\d+))"),
              version_of_the_header());
}

TEST(Layout, TheVersionIsTheSameInTheCitationAndInTheHeader) {
    EXPECT_EQ(first_match(text_of("CITATION.cff"), R"(\nversion: (\S+))"), version_of_the_header());
}

TEST(Layout, TheVersionIsTheSameInEveryPackage) {
    EXPECT_EQ(first_match(text_of("packaging/meson/meson.build"), R"(\n\s*version: '([^']+)')"),
              version_of_the_header());
    EXPECT_EQ(first_match(text_of("packaging/vcpkg/accrue/vcpkg.json"), R"x("version-semver": "([^"]+)")x"),
              version_of_the_header());
    EXPECT_EQ(first_match(text_of("packaging/conan/conanfile.py"), R"x(\n\s*version = "([^"]+)")x"),
              version_of_the_header());
    EXPECT_EQ(
        first_match(text_of("packaging/bazel/MODULE.bazel"), R"x(name = "accrue", version = "([^"]+)")x"),
        version_of_the_header());
}

TEST(Layout, FilesThatAreCompiledTogetherHaveNamespacesOfTheirOwn) {
    auto const apart = std::set<std::string>{"batch", "command", "plotting", "project", "threads"};
    auto checked = 0;
    auto const tests = std::filesystem::path(ACCRUE_SOURCE_DIR) / "tests";
    for (auto const& entry : std::filesystem::recursive_directory_iterator(tests)) {
        auto const folder = entry.path().parent_path().filename().string();
        if (entry.path().extension() != ".cpp" || apart.contains(folder)) {
            continue;
        }
        auto const name = (std::filesystem::path("tests") / folder / entry.path().filename()).string();
        auto const text = text_of(name.c_str());
        if (!std::regex_search(text, std::regex("(^|\n)TEST(_[FP])?\\("))) {
            continue;
        }
        auto const file = entry.path().stem().string();
        auto const own =
            folder == "seams" ? "accrue::test::seams::test_" + file : "accrue::test_" + folder + "_" + file;
        EXPECT_NE(text.find("\nnamespace " + own + " {\n"), std::string::npos)
            << name << ": namespace " << own;
        ++checked;
    }
    EXPECT_GT(checked, 100);
}

} // namespace
