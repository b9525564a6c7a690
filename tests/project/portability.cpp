// What would break the headers in some program or on some platform, looked for in their text: names that
// macros or other libraries take, what older standard libraries lack, threads in what accrue.hpp reaches.
// Each rule is shown a violation.

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct rule {
    std::string reason;
    std::regex pattern;
};

std::vector<rule> const& rules() {
    static auto const all = std::vector<rule>{
        {"a macro min or max would replace this: write (std::min)(a, b)",
         std::regex(R"((std::|std::ranges::)(min|max|minmax)\()")},
        {"a macro min or max would replace this: write (std::numeric_limits<T>::max)()",
         std::regex(R"(>::(min|max)\()")},
        {"a directive that reaches every user", std::regex(R"(^\s*using namespace )")},
        {"older standard libraries lack this: use std::any_of(begin, end, ...) and the like",
         std::regex(R"(std::ranges::(all_of|any_of|none_of|count_if|is_sorted|sort|find_if|max_element))")},
        {"older standard libraries lack this: detail::to_text, detail::bits_of",
         std::regex(R"(std::(to_chars|from_chars|bit_cast|has_single_bit|format)\b)")},
        {"threads are opt-in: sequential/parallel.hpp",
         std::regex(R"(#\s*include\s*<(thread|mutex|future|shared_mutex|condition_variable|stop_token)>)")},
    };
    return all;
}

/// The rules that a line of code breaks; what stands in a comment breaks none.
std::vector<std::string> broken_by(std::string line) {
    line = line.substr(0, line.find("//"));
    auto result = std::vector<std::string>{};
    for (auto const& [reason, pattern] : rules()) {
        if (std::regex_search(line, pattern)) {
            result.push_back(reason);
        }
    }
    return result;
}

/// Folders that accrue.hpp leaves out.
std::vector<std::string> opt_in_folders() {
    auto result = std::vector<std::string>{};
    auto lines = std::ifstream(fs::path(ACCRUE_SOURCE_DIR) / "tests/layers.txt");
    for (auto line = std::string{}; std::getline(lines, line);) {
        if (!line.starts_with('#') && line.find("opt-in") != std::string::npos) {
            result.push_back(line.substr(0, line.find(' ')));
        }
    }
    return result;
}

TEST(Portability, OfEveryHeaderThatIsNotOptIn) {
    auto const root = fs::path(ACCRUE_SOURCE_DIR) / "include/accrue";
    auto const opt_in = opt_in_folders();
    ASSERT_FALSE(opt_in.empty());
    std::size_t headers = 0;
    for (auto const& entry : fs::recursive_directory_iterator(root)) {
        auto const name = fs::relative(entry.path(), root).generic_string();
        bool skipped = !entry.is_regular_file();
        for (auto const& folder : opt_in) {
            skipped = skipped || name.starts_with(folder + "/");
        }
        if (skipped) {
            continue;
        }
        ++headers;
        auto lines = std::ifstream(entry.path());
        int number = 0;
        for (auto line = std::string{}; std::getline(lines, line);) {
            ++number;
            for (auto const& reason : broken_by(line)) {
                ADD_FAILURE() << name << ":" << number << ": " << reason << "\n" << line;
            }
        }
    }
    EXPECT_GT(headers, 150U);
}

TEST(Portability, SeesWhatBreaksARule) {
    for (auto const* const line :
         {"return std::min(a, b);", "if (x > std::numeric_limits<double>::max()) {", "using namespace std;",
          "bool const sorted = std::ranges::is_sorted(starts);", "auto const bits = std::bit_cast<long>(x);",
          "#include <thread>", "std::to_chars(buffer, end, value);"}) {
        EXPECT_EQ(broken_by(line).size(), 1U) << line;
    }
}

TEST(Portability, LetsPassWhatBreaksNone) {
    for (auto const* const line :
         {"return (std::min)(a, b);", "if (x > (std::numeric_limits<double>::max)()) {", "using std::sqrt;",
          "/// tau² = std::max(0, q)", "#include <atomic>", "auto const top = maximum::max;"}) {
        EXPECT_TRUE(broken_by(line).empty()) << line;
    }
}

} // namespace
