// What is written down twice in the project agrees: the headers listed for installation and those on disk,
// the version in CMake and in the header, the registered tests and the test sources.

#include <accrue/version.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

auto const source = fs::path(ACCRUE_SOURCE_DIR);

auto read(fs::path const& file) -> std::string {
    auto stream = std::ifstream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// The first group of every match, in the order of the text.
auto matches(std::string const& text, std::string const& pattern) -> std::vector<std::string> {
    auto const expression = std::regex(pattern);
    auto result = std::vector<std::string>();
    for (auto match = std::sregex_iterator(text.begin(), text.end(), expression);
         match != std::sregex_iterator(); ++match)
        result.push_back((*match)[1]);
    return result;
}

auto sorted(std::vector<std::string> values) -> std::vector<std::string> {
    std::sort(values.begin(), values.end());
    return values;
}

TEST(layout, the_installed_headers_are_those_on_disk) {
    auto on_disk = std::vector<std::string>();
    for (auto const& entry : fs::recursive_directory_iterator(source / "include"))
        if (entry.is_regular_file())
            on_disk.push_back(fs::relative(entry.path(), source / "include").generic_string());
    auto const listed = matches(read(source / "cmake/headers.cmake"), R"(\n\s+(accrue/\S+))");
    EXPECT_EQ(listed, sorted(on_disk)) << "cmake/headers.cmake names each header of include/, sorted";
}

TEST(layout, the_version_is_the_same_in_cmake_and_in_the_header) {
    auto const version = std::to_string(ACCRUE_VERSION_MAJOR) + "." + std::to_string(ACCRUE_VERSION_MINOR) +
                         "." + std::to_string(ACCRUE_VERSION_PATCH);
    EXPECT_EQ(matches(read(source / "CMakeLists.txt"), R"(VERSION (\d+\.\d+\.\d+))"),
              std::vector<std::string>{version});
}

TEST(layout, every_test_source_is_registered) {
    auto on_disk = std::vector<std::string>();
    for (auto const& entry : fs::directory_iterator(source / "tests"))
        if (entry.path().extension() == ".cpp")
            on_disk.push_back(entry.path().stem().string());
    auto const registered = matches(read(source / "tests/CMakeLists.txt"), R"(\n\s*accrue_test\((\w+))");
    EXPECT_EQ(sorted(registered), sorted(on_disk));
}

} // namespace
