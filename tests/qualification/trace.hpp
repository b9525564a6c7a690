#pragma once

// The trace from requirement to source, header, test and result. Tests name what they show by a line
// "// Qualifies: ID [ID...]" above them; results are those of CTest, in JUnit's form.

#include "dossier.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

namespace accrue::qualification {

inline std::string text_of(std::filesystem::path const& path) {
    auto stream = std::ifstream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::vector<std::string> words(std::string const& text) {
    auto stream = std::istringstream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

struct requirement {
    std::string id;
    std::string risk;
    std::string text;
    std::vector<std::string> headers;
};

inline std::vector<requirement> requirements(std::filesystem::path const& source) {
    auto list = std::vector<requirement>{};
    auto lines = std::istringstream(text_of(source / "tests/qualification/requirements.txt"));
    for (auto line = std::string{}; std::getline(lines, line);) {
        auto fields = std::vector<std::string>{};
        auto rest = std::istringstream(line);
        for (auto field = std::string{}; std::getline(rest, field, '|');) {
            auto const first = field.find_first_not_of(' ');
            auto const last = field.find_last_not_of(' ');
            fields.push_back(first == std::string::npos ? "" : field.substr(first, last - first + 1));
        }
        if (fields.size() == 4 && fields[0][0] != '#') {
            list.push_back({fields[0], fields[1], fields[2], words(fields[3])});
        }
    }
    return list;
}

/// The sources that a header names by DOI.
inline std::set<std::string> sources(std::filesystem::path const& header) {
    auto const text = text_of(header);
    auto const doi = std::regex(R"(\b10\.\d{4,9}/[^\s"'<>,;]*[^\s"'<>,;.)])");
    auto found = std::set<std::string>{};
    for (auto match = std::sregex_iterator(text.begin(), text.end(), doi); match != std::sregex_iterator{};
         ++match) {
        found.insert(match->str());
    }
    return found;
}

struct tag {
    std::string id;
    std::string program; ///< such as model/golden
    std::string test;    ///< Suite.Case
};

inline std::vector<tag> tags(std::filesystem::path const& source) {
    auto list = std::vector<tag>{};
    auto const tests = source / "tests";
    auto const named = std::regex(R"(^(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP)\((\w+),\s*(\w+))");
    for (auto const& entry : std::filesystem::recursive_directory_iterator(tests)) {
        if (entry.path().extension() != ".cpp") {
            continue;
        }
        auto lines = std::istringstream(text_of(entry.path()));
        auto pending = std::vector<std::string>{};
        for (auto line = std::string{}; std::getline(lines, line);) {
            auto match = std::smatch{};
            if (line.rfind("// Qualifies: ", 0) == 0) {
                pending = words(line.substr(14));
            } else if (!pending.empty() && std::regex_search(line, match, named)) {
                auto program =
                    std::filesystem::relative(entry.path(), tests).replace_extension().generic_string();
                for (auto const& id : pending) {
                    list.push_back({id, program, match[1].str() + "." + match[2].str()});
                }
                pending.clear();
            }
        }
    }
    return list;
}

struct result {
    std::string name;
    bool passed;
    std::string worst_error; ///< as the test printed it; empty where nothing was compared
    std::string comparisons;
};

inline std::vector<result> results(std::filesystem::path const& junit) {
    auto list = std::vector<result>{};
    auto const text = text_of(junit);
    auto const opening = std::string("<testcase ");
    auto const attribute = [](std::string const& of, std::string const& name) {
        auto const at = of.find(std::string(1, ' ').append(name).append("=\""));
        if (at == std::string::npos) {
            return std::string{};
        }
        auto const first = at + name.size() + 3;
        return of.substr(first, of.find('"', first) - first);
    };
    auto const worst = std::regex(R"(worst relative error (\S+) in (\d+) comparisons)");
    for (auto at = text.find(opening); at != std::string::npos;) {
        auto const next = text.find(opening, at + 1);
        auto const one = text.substr(at, next == std::string::npos ? next : next - at);
        auto const head = " " + one.substr(opening.size(), one.find('>') - opening.size());
        auto match = std::smatch{};
        auto const compared = std::regex_search(one, match, worst);
        list.push_back({attribute(head, "name"), attribute(head, "status") == "run",
                        compared ? match[1].str() : "", compared ? match[2].str() : ""});
        at = next;
    }
    return list;
}

/// The results of one test: one, or several where it has parameters.
inline std::vector<result> of_test(std::vector<result> const& all, tag const& wanted) {
    auto list = std::vector<result>{};
    std::copy_if(all.begin(), all.end(), std::back_inserter(list), [&](result const& r) {
        auto const at = r.name.find(wanted.test);
        return r.name.rfind(wanted.program + ".", 0) == 0 && at != std::string::npos &&
               (r.name[at - 1] == '.' || r.name[at - 1] == '/') &&
               (at + wanted.test.size() == r.name.size() || r.name[at + wanted.test.size()] == '/');
    });
    return list;
}

inline void operation(page& out, std::filesystem::path const& source, std::vector<result> const& all) {
    out.heading("2. Operation: every requirement, its source and its tests");
    auto const failed = std::count_if(all.begin(), all.end(), [](result const& r) { return !r.passed; });
    out.table(
        {{"the library's tests", std::to_string(all.size()) + " run, " + std::to_string(failed) + " failed",
          !all.empty() && failed == 0}});
    for (auto const& r : all) {
        if (!r.passed) {
            out.fail("test " + r.name);
        }
    }
    out.rows() << "\n| requirement | risk | what is required | headers | sources | tests | result "
                  "|\n|---|---|---|---|---|---|---|\n";
    auto const list = requirements(source);
    auto const named = tags(source);
    for (auto const& [id, risk, text, headers] : list) {
        auto cited = std::set<std::string>{};
        auto header_names = std::string{};
        for (auto const& header : headers) {
            auto const path = source / "include/accrue" / header;
            if (!std::filesystem::exists(path)) {
                out.fail(id + " names the header " + header + ", which is not there");
            }
            cited.merge(sources(path));
            header_names.append(header_names.empty() ? "`" : "<br>`").append(header).append("`");
        }
        auto cited_names = std::string{};
        for (auto const& doi : cited) {
            cited_names.append(cited_names.empty() ? "" : "<br>").append(doi);
        }
        auto tests = std::string{};
        auto passed = true;
        auto count = std::size_t{0};
        for (auto const& one : named) {
            if (one.id != id) {
                continue;
            }
            auto const ran = of_test(all, one);
            auto const good =
                !ran.empty() && std::all_of(ran.begin(), ran.end(), [](result const& r) { return r.passed; });
            tests.append(tests.empty() ? "" : "<br>").append(one.program).append(".").append(one.test);
            tests.append(good ? "" : ran.empty() ? " (not run)" : " (failed)");
            passed = passed && good;
            ++count;
        }
        passed = passed && count > 0;
        if (!passed) {
            out.fail("requirement " + id + (count == 0 ? ": no test names it" : ""));
        }
        out.rows() << "| " << id << " | " << risk << " | " << text << " | " << header_names << " | "
                   << cited_names << " | " << tests << " | " << page::result(passed) << " |\n";
    }
    for (auto const& one : named) {
        if (std::none_of(list.begin(), list.end(), [&](requirement const& r) { return r.id == one.id; })) {
            out.fail("the test " + one.program + "." + one.test + " names " + one.id +
                     ", which is no requirement");
        }
    }
    out.rows() << "\nThe worst digit of every test that compares with reference values, laws or other "
                  "computations:\n\n"
               << "| test | comparisons | worst relative error |\n|---|---|---|\n";
    for (auto const& r : all) {
        if (!r.worst_error.empty()) {
            out.rows() << "| " << r.name << " | " << r.comparisons << " | " << r.worst_error << " |\n";
        }
    }
}

} // namespace accrue::qualification
