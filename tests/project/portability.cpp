// What would break the headers in some program or on some platform, looked for in their text: names that
// macros or other libraries take, what older standard libraries lack, threads where nobody asked for them.
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
        {"windows.h has a macro of this name", std::regex(R"(\b(near|far|small|hyper|interface)\b)")},
        {"programs have a macro all(x)", std::regex(R"(\ball\s*\()")},
        {"Xlib.h has a macro of this name", std::regex(R"(\b(Success|None|Bool|Status)\b)")},
        {"a directive that reaches every user", std::regex(R"(^\s*using namespace )")},
        {"older standard libraries lack this: use std::any_of(begin, end, ...) and the like",
         std::regex(R"(std::ranges::(all_of|any_of|none_of|count_if|is_sorted|sort|find_if|max_element))")},
        {"older standard libraries lack this: detail::to_text, detail::bits_of",
         std::regex(R"(std::(to_chars|from_chars|bit_cast|has_single_bit|format)\b)")},
        {"Clang 19 warns of the buffer within libstdc++ 12: sort by an order that leaves no ties",
         std::regex(R"(std::(ranges::)?(stable_sort|stable_partition|inplace_merge)\()")},
        {"threads are opt-in: sequential/parallel.hpp",
         std::regex(R"(#\s*include\s*<(thread|mutex|future|shared_mutex|condition_variable|stop_token)>)")},
    };
    return all;
}

/// The rules that a line of code breaks; what stands in a comment or between quotes breaks none.
std::vector<std::string> broken_by(std::string line) {
    static auto const quoted = std::regex(R"("[^"]*")");
    line = std::regex_replace(line, quoted, "\"\"");
    line = line.substr(0, line.find("//"));
    auto result = std::vector<std::string>{};
    for (auto const& [reason, pattern] : rules()) {
        if (std::regex_search(line, pattern)) {
            result.push_back(reason);
        }
    }
    return result;
}

/// The folder that has threads, and is left out of accrue.hpp for that.
bool is_about_threads(std::string const& header) {
    return header.starts_with("sequential/parallel/");
}

TEST(Portability, OfEveryHeader) {
    auto const root = fs::path(ACCRUE_SOURCE_DIR) / "include/accrue";
    std::size_t headers = 0;
    for (auto const& entry : fs::recursive_directory_iterator(root)) {
        auto const name = fs::relative(entry.path(), root).generic_string();
        if (!entry.is_regular_file() || is_about_threads(name)) {
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
    EXPECT_GT(headers, 400U);
}

TEST(Portability, SeesWhatBreaksARule) {
    for (auto const* const line :
         {"return std::min(a, b);", "if (x > std::numeric_limits<double>::max()) {", "using namespace std;",
          "bool const sorted = std::ranges::is_sorted(starts);", "auto const bits = std::bit_cast<long>(x);",
          "#include <thread>", "std::to_chars(buffer, end, value);", "double const far = 20;",
          "std::stable_sort(studies.begin(), studies.end());", "if ((x > 0).all()) {",
          "x.info() == Eigen::Success;"}) {
        EXPECT_EQ(broken_by(line).size(), 1U) << line;
    }
}

TEST(Portability, LetsPassWhatBreaksNone) {
    for (auto const* const line :
         {"return (std::min)(a, b);", "if (x > (std::numeric_limits<double>::max)()) {", "using std::sqrt;",
          "/// tau² = std::max(0, q)", "error(\"too small\");", "#include <atomic>",
          "auto const top = maximum::max;"}) {
        EXPECT_TRUE(broken_by(line).empty()) << line;
    }
}

} // namespace
