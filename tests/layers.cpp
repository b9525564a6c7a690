// The architecture as a test: the order of the layers (tests/layers.txt), umbrellas that miss nothing, and
// includes that a consumer would have to pay for. Each rule is also shown a violation that it must find.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Text of each header by its path within include/accrue, without the extension: "effect/log_odds_ratio".
using source_tree = std::map<std::string, std::string>;

auto read(fs::path const& file) -> std::string {
    auto stream = std::ifstream(file);
    if (!stream)
        throw std::runtime_error("cannot open " + file.string());
    return {std::istreambuf_iterator<char>(stream), {}};
}

auto read_headers(fs::path const& root) -> source_tree {
    auto tree = source_tree();
    for (auto const& entry : fs::recursive_directory_iterator(root))
        if (entry.is_regular_file())
            tree.emplace(fs::relative(entry.path(), root).replace_extension().generic_string(),
                         read(entry.path()));
    return tree;
}

/// Entries of tests/layers.txt, each with the value it gives to the headers that it fits.
template <typename Value>
class rule_table {
  public:
    void add(std::string const& entry, Value const& value) {
        if (!rules_.emplace(entry, value).second)
            throw std::runtime_error("layers.txt names '" + entry + "' twice");
    }

    /// The value of the entry that is the header's name, else of the longest folder that fits.
    auto find(std::string const& header) const -> std::optional<Value> {
        if (auto const exact = rules_.find(header); exact != rules_.end())
            return exact->second;
        auto result = std::optional<Value>();
        auto longest = std::string::size_type{0};
        for (auto const& [entry, value] : rules_)
            if (fits(entry, header) && entry.size() > longest) {
                result = value;
                longest = entry.size();
            }
        return result;
    }

  private:
    static auto fits(std::string const& entry, std::string const& header) -> bool {
        if (!entry.ends_with('/'))
            return header == entry;
        return header.starts_with(entry) || header.starts_with("detail/" + entry) || header + '/' == entry;
    }

    std::map<std::string, Value> rules_;
};

struct architecture {
    rule_table<int> layer;
    rule_table<bool> boost_free;
};

auto read_architecture(std::string const& text) -> architecture {
    auto result = architecture();
    auto lines = std::istringstream(text);
    for (auto line = std::string(); std::getline(lines, line);) {
        if (line.empty() || line.starts_with('#'))
            continue;
        auto const colon = line.find(':');
        auto const key = line.substr(0, colon);
        auto entries = std::istringstream(line.substr(colon + 1));
        for (auto entry = std::string(); entries >> entry;)
            if (key.starts_with("layer "))
                result.layer.add(entry, std::stoi(key.substr(6)));
            else if (key == "boost-free" || key == "may-use-boost")
                result.boost_free.add(entry, key == "boost-free");
            else
                throw std::runtime_error("layers.txt: unknown line '" + line + "'");
    }
    return result;
}

/// What stands between <> or "" in the #include lines of a header.
auto includes(std::string const& text) -> std::vector<std::string> {
    static auto const directive = std::regex(R"(^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"])");
    auto result = std::vector<std::string>();
    auto lines = std::istringstream(text);
    for (auto line = std::string(); std::getline(lines, line);)
        if (auto match = std::smatch(); std::regex_search(line, match, directive))
            result.push_back(match[1]);
    return result;
}

/// The header of accrue that an #include names: <accrue/X.hpp>, or "X.hpp" relative to the file it is in.
auto own_header(std::string const& included, std::string const& from, source_tree const& tree)
    -> std::optional<std::string> {
    auto name = fs::path(included).replace_extension().generic_string();
    if (name.starts_with("accrue/"))
        return name.substr(7);
    name = (fs::path(from).parent_path() / name).lexically_normal().generic_string();
    return tree.contains(name) ? std::optional(name) : std::nullopt;
}

/// Everything that a header includes, through others as well: accrue's own headers and all others.
struct reach {
    std::set<std::string> own;
    std::set<std::string> foreign;
};

void collect(std::string const& header, source_tree const& tree, reach& seen) {
    auto const found = tree.find(header);
    if (found == tree.end())
        return;
    for (auto const& included : includes(found->second))
        if (auto const own = own_header(included, header, tree)) {
            if (seen.own.insert(*own).second)
                collect(*own, tree, seen);
        } else {
            seen.foreign.insert(included);
        }
}

auto reached_from(std::string const& header, source_tree const& tree) -> reach {
    auto result = reach();
    collect(header, tree, result);
    return result;
}

/// Each broken rule as one line; empty when the tree keeps the architecture.
auto violations(source_tree const& tree, architecture const& rules) -> std::vector<std::string> {
    auto result = std::vector<std::string>();
    for (auto const& [header, text] : tree) {
        auto const layer = rules.layer.find(header);
        if (!layer)
            result.push_back(header + " has no layer: name it in tests/layers.txt");
        if (text.find("#pragma once") == std::string::npos)
            result.push_back(header + " lacks #pragma once");

        for (auto const& included : includes(text)) {
            if (included == "execution" || included.starts_with("boost/math/statistics"))
                result.push_back(header + " includes <" + included + ">, which needs TBB at link time");
            auto const own = own_header(included, header, tree);
            if (!own)
                continue;
            if (!tree.contains(*own))
                result.push_back(header + " includes " + *own + ", which is not there");
            auto const other = rules.layer.find(*own);
            if (layer && other && *other > *layer)
                result.push_back(header + " (layer " + std::to_string(*layer) + ") includes " + *own +
                                 " (layer " + std::to_string(*other) + ")");
        }

        auto const reached = reached_from(header, tree);
        if (reached.own.contains(header))
            result.push_back(header + " includes itself, through others");
        if (rules.boost_free.find(header).value_or(false))
            for (auto const& foreign : reached.foreign)
                if (foreign.starts_with("boost/"))
                    result.push_back(header + " is boost-free but reaches <" + foreign + ">");
    }
    return result;
}

auto is_detail(std::string const& header) -> bool {
    return header.starts_with("detail/") || header.find("/detail/") != std::string::npos;
}

/// Public headers that an umbrella should reach and does not: FOLDER.hpp everything in FOLDER/, accrue.hpp
/// everything up to layer 5, and nothing of the opt-in layer 6.
auto umbrella_gaps(source_tree const& tree, architecture const& rules) -> std::vector<std::string> {
    auto result = std::vector<std::string>();
    if (!tree.contains("accrue"))
        return {"the umbrella accrue is missing"};
    auto const require = [&](std::string const& umbrella, std::string const& header) {
        if (!tree.contains(umbrella))
            result.push_back("the umbrella " + umbrella + " of " + header + " is missing");
        else if (!reached_from(umbrella, tree).own.contains(header))
            result.push_back(umbrella + " does not include " + header);
    };
    for (auto const& [header, text] : tree) {
        if (is_detail(header) || header == "accrue")
            continue;
        auto const opt_in = rules.layer.find(header).value_or(0) > 5;
        if (auto const folder = fs::path(header).parent_path().generic_string(); !folder.empty() && !opt_in)
            require(folder, header);
        if (!opt_in && tree.contains("accrue"))
            require("accrue", header);
        if (opt_in && reached_from("accrue", tree).own.contains(header))
            result.push_back("accrue includes the opt-in header " + header);
    }
    return result;
}

auto joined(std::vector<std::string> const& lines) -> std::string {
    auto text = std::string();
    for (auto const& line : lines)
        text += "  " + line + "\n";
    return text;
}

auto const source = fs::path(ACCRUE_SOURCE_DIR);

TEST(layers, hold_in_every_header) {
    auto const tree = read_headers(source / "include/accrue");
    ASSERT_FALSE(tree.empty());
    auto const found = violations(tree, read_architecture(read(source / "tests/layers.txt")));
    EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(layers, umbrellas_reach_every_header_below_them) {
    auto const tree = read_headers(source / "include/accrue");
    if (!tree.contains("accrue"))
        GTEST_SKIP() << "accrue.hpp is not there yet";
    auto const found = umbrella_gaps(tree, read_architecture(read(source / "tests/layers.txt")));
    EXPECT_TRUE(found.empty()) << joined(found);
}

/// A small tree that keeps the rules; each case below adds one violation.
class planted_violation : public ::testing::Test {
  protected:
    auto found() const -> std::string { return joined(violations(tree, rules)); }

    architecture rules = read_architecture("# a comment\n\n"
                                           "layer 0: arm real\n"
                                           "layer 1: distribution/ sum\n"
                                           "layer 2: effect/ detail/exact_j\n"
                                           "layer 5: accrue\n"
                                           "layer 6: plotting/\n"
                                           "boost-free: arm real sum effect/\n"
                                           "may-use-boost: effect effect/mean_difference\n");
    source_tree tree = {
        {"arm", "#pragma once\n"},
        {"sum", "#pragma once\n#include <accrue/arm.hpp>\n#include <vector>\n"},
        {"distribution/normal", "#pragma once\n#include <boost/math/distributions/normal.hpp>\n"},
        {"distribution", "#pragma once\n#include <accrue/distribution/normal.hpp>\n"},
        {"effect/mean_difference", "#pragma once\n#include <accrue/distribution/normal.hpp>\n"},
        {"effect/ratio", "#pragma once\n#include <accrue/sum.hpp>\n#include \"../arm.hpp\"\n"},
        {"effect", "#pragma once\n#include <accrue/effect/mean_difference.hpp>\n"
                   "#include <accrue/effect/ratio.hpp>\n"},
        {"detail/exact_j", "#pragma once\n#include <accrue/sum.hpp>\n"},
        {"accrue", "#pragma once\n#include <accrue/effect.hpp>\n#include <accrue/distribution.hpp>\n"},
        {"plotting/svg", "#pragma once\n#include <accrue/accrue.hpp>\n"},
    };
};

TEST_F(planted_violation, is_absent_from_the_sound_tree) {
    EXPECT_EQ(found(), "");
    EXPECT_EQ(joined(umbrella_gaps(tree, rules)), "");
}

TEST_F(planted_violation, higher_layer) {
    tree["arm"] += "#include <accrue/sum.hpp>\n";
    EXPECT_NE(found().find("arm (layer 0) includes sum (layer 1)"), std::string::npos) << found();
}

TEST_F(planted_violation, higher_layer_by_relative_path) {
    tree["distribution/normal"] += "  #  include \"../effect/ratio.hpp\"\n";
    EXPECT_NE(found().find("distribution/normal (layer 1) includes effect/ratio (layer 2)"),
              std::string::npos);
}

TEST_F(planted_violation, detail_of_a_higher_layer) {
    tree["sum"] += "#include <accrue/detail/exact_j.hpp>\n";
    EXPECT_NE(found().find("sum (layer 1) includes detail/exact_j (layer 2)"), std::string::npos) << found();
}

TEST_F(planted_violation, detail_folder_has_the_layer_of_its_folder) {
    tree["detail/effect/digits"] = "#pragma once\n";
    EXPECT_EQ(found(), "");
    tree["sum"] += "#include <accrue/detail/effect/digits.hpp>\n";
    EXPECT_NE(found().find("sum (layer 1) includes detail/effect/digits (layer 2)"), std::string::npos);
}

TEST_F(planted_violation, cycle_within_a_layer) {
    tree["effect/log"] = "#pragma once\n#include <accrue/effect/ratio.hpp>\n";
    tree["effect/ratio"] += "#include <accrue/effect/log.hpp>\n";
    EXPECT_NE(found().find("effect/ratio includes itself"), std::string::npos) << found();
}

TEST_F(planted_violation, header_without_a_layer) {
    tree["novelty"] = "#pragma once\n";
    tree["detail/novelty"] = "#pragma once\n";
    EXPECT_NE(found().find("  novelty has no layer"), std::string::npos) << found();
    EXPECT_NE(found().find("detail/novelty has no layer"), std::string::npos) << found();
}

TEST_F(planted_violation, header_that_is_not_there) {
    tree["sum"] += "#include <accrue/real.hpp>\n";
    EXPECT_NE(found().find("sum includes real, which is not there"), std::string::npos) << found();
}

TEST_F(planted_violation, boost_in_a_header_that_promises_none) {
    tree["effect/ratio"] += "#include <accrue/distribution/normal.hpp>\n";
    EXPECT_NE(found().find("effect/ratio is boost-free but reaches <boost/math/distributions/normal.hpp>"),
              std::string::npos)
        << found();
}

TEST_F(planted_violation, headers_that_need_tbb) {
    tree["sum"] += "#include <execution>\n";
    tree["distribution/normal"] += "#include <boost/math/statistics/univariate_statistics.hpp>\n";
    EXPECT_NE(found().find("sum includes <execution>"), std::string::npos) << found();
    EXPECT_NE(found().find("distribution/normal includes <boost/math/statistics/"), std::string::npos);
}

TEST_F(planted_violation, missing_guard) {
    tree["arm"] = "struct arm {};\n";
    EXPECT_NE(found().find("arm lacks #pragma once"), std::string::npos) << found();
}

TEST_F(planted_violation, header_that_an_umbrella_forgets) {
    tree["effect/peto"] = "#pragma once\n";
    auto const gaps = joined(umbrella_gaps(tree, rules));
    EXPECT_NE(gaps.find("  effect does not include effect/peto"), std::string::npos) << gaps;
    EXPECT_NE(gaps.find("  accrue does not include effect/peto"), std::string::npos) << gaps;
}

TEST_F(planted_violation, umbrella_that_is_missing) {
    tree["model/peto"] = "#pragma once\n";
    auto const gaps = joined(umbrella_gaps(tree, rules));
    EXPECT_NE(gaps.find("the umbrella model of model/peto is missing"), std::string::npos) << gaps;
}

TEST_F(planted_violation, opt_in_header_in_the_main_umbrella) {
    tree["accrue"] += "#include <accrue/plotting/svg.hpp>\n";
    auto const gaps = joined(umbrella_gaps(tree, rules));
    EXPECT_NE(gaps.find("accrue includes the opt-in header plotting/svg"), std::string::npos) << gaps;
}

TEST(layers_file, refuses_an_entry_given_twice_or_a_line_it_does_not_know) {
    EXPECT_THROW(read_architecture("layer 0: arm\nlayer 1: arm\n"), std::runtime_error);
    EXPECT_THROW(read_architecture("boost-fre: arm\n"), std::runtime_error);
}

} // namespace
