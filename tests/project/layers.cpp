// The architecture as a test: the order of the folders (tests/layers.txt), umbrellas that miss nothing, and
// includes that a consumer would have to pay for. Each rule is also shown a violation that it must find.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
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
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Text of each header by its path within include/accrue, without the extension: "effect/log_odds_ratio".
using source_tree = std::map<std::string, std::string>;

std::string read(fs::path const& file) {
    auto stream = std::ifstream(file);
    if (!stream) {
        throw std::runtime_error("cannot open " + file.string());
    }
    return {std::istreambuf_iterator<char>(stream), {}};
}

source_tree read_headers(fs::path const& root) {
    auto tree = source_tree{};
    for (auto const& entry : fs::recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) {
            tree.emplace(fs::relative(entry.path(), root).replace_extension().generic_string(),
                         read(entry.path()));
        }
    }
    return tree;
}

struct folder {
    std::string name;
    bool boost_free = false;
    bool opt_in = false;
};

/// The folders of layers.txt, lowest first.
using architecture = std::vector<folder>;

architecture read_architecture(std::string const& text) {
    auto result = architecture{};
    auto lines = std::istringstream(text);
    for (auto line = std::string{}; std::getline(lines, line);) {
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        auto words = std::istringstream(line);
        auto entry = folder{};
        words >> entry.name;
        for (auto word = std::string{}; words >> word;) {
            if (word != "no-boost" && word != "opt-in") {
                throw std::runtime_error("layers.txt: unknown word '" + word + "'");
            }
            (word == "no-boost" ? entry.boost_free : entry.opt_in) = true;
        }
        if (std::ranges::any_of(result, [&](folder const& other) { return other.name == entry.name; })) {
            throw std::runtime_error("layers.txt names '" + entry.name + "' twice");
        }
        result.push_back(entry);
    }
    return result;
}

bool is_detail(std::string const& header) {
    return ("/" + header).find("/detail/") != std::string::npos;
}

/// Whether a header stands in a folder, in the folder's detail/, or is its umbrella.
bool belongs_to(std::string const& header, std::string const& name) {
    return header == name || header.starts_with(name + "/");
}

/// Where a header stands: 0 for the words of the root, 1 for the first folder of the list, and above all
/// folders for accrue.hpp; nothing for a header in a folder that is not listed.
std::optional<std::size_t> layer_of(std::string const& header, architecture const& folders) {
    auto layer = std::optional<std::size_t>{};
    for (std::size_t i = 0; i < folders.size(); ++i) {
        bool const umbrella_above = folders[i].name.starts_with(header + "/");
        if (belongs_to(header, folders[i].name) || umbrella_above) {
            layer = i + 1;
        }
    }
    if (!layer && header.find('/') == std::string::npos) {
        layer = header == "accrue" ? folders.size() + 1 : 0;
    }
    return layer;
}

/// What stands between <> or "" in the #include lines of a header.
std::vector<std::string> includes(std::string const& text) {
    static auto const directive = std::regex(R"(^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"])");
    auto result = std::vector<std::string>{};
    auto lines = std::istringstream(text);
    for (auto line = std::string{}; std::getline(lines, line);) {
        if (auto match = std::smatch{}; std::regex_search(line, match, directive)) {
            result.push_back(match[1]);
        }
    }
    return result;
}

/// The header of accrue that an #include names: <accrue/X.hpp>, or "X.hpp" relative to the file it is in.
std::optional<std::string> own_header(std::string const& included, std::string const& from,
                                      source_tree const& tree) {
    auto name = fs::path(included).replace_extension().generic_string();
    if (name.starts_with("accrue/")) {
        return name.substr(7);
    }
    name = (fs::path(from).parent_path() / name).lexically_normal().generic_string();
    return tree.contains(name) ? std::optional(name) : std::nullopt;
}

/// Everything that a header includes, through others as well: accrue's own headers and all others.
struct reach {
    std::set<std::string> own;
    std::set<std::string> foreign;

    [[nodiscard]] bool has(std::string const& library) const {
        return std::ranges::any_of(foreign,
                                   [&](std::string const& name) { return name.starts_with(library + "/"); });
    }
};

void collect(std::string const& header, source_tree const& tree, reach& seen) {
    auto const found = tree.find(header);
    if (found == tree.end()) {
        return;
    }
    for (auto const& included : includes(found->second)) {
        if (auto const own = own_header(included, header, tree); !own) {
            seen.foreign.insert(included);
        } else if (seen.own.insert(*own).second) {
            collect(*own, tree, seen);
        }
    }
}

reach reached_from(std::string const& header, source_tree const& tree) {
    auto result = reach{};
    collect(header, tree, result);
    return result;
}

/// Each broken rule as one line; empty when the tree keeps the architecture.
std::vector<std::string> violations(source_tree const& tree, architecture const& folders) {
    auto result = std::vector<std::string>{};
    for (auto const& [header, text] : tree) {
        auto const layer = layer_of(header, folders);
        if (!layer) {
            result.push_back(header + " stands in a folder that tests/layers.txt does not name");
        }
        if (text.find("#pragma once") == std::string::npos) {
            result.push_back(header + " lacks #pragma once");
        }
        for (auto const& included : includes(text)) {
            if (included == "execution" || included.starts_with("boost/math/statistics")) {
                result.push_back(header + " includes <" + included + ">, which needs TBB at link time");
            }
            auto const own = own_header(included, header, tree);
            if (own && !tree.contains(*own)) {
                result.push_back(header + " includes " + *own + ", which is not there");
            }
            if (own && layer && layer_of(*own, folders).value_or(0) > *layer) {
                result.push_back(header + " includes " + *own + ", which is in a higher layer");
            }
        }
        auto const reached = reached_from(header, tree);
        if (reached.own.contains(header)) {
            result.push_back(header + " includes itself, through others");
        }
        bool const boost_free =
            layer && *layer >= 1 && *layer <= folders.size() && folders[*layer - 1].boost_free;
        if ((boost_free || layer == std::optional<std::size_t>{0}) && reached.has("boost")) {
            result.push_back(header + " reaches Boost, which its folder does without");
        }
    }
    return result;
}

/// Public headers that an umbrella should reach and does not: FOLDER.hpp everything in FOLDER/, accrue.hpp
/// everything but what is opt-in: whole folders, and headers that need Eigen, which the umbrella of an opt-in
/// folder reaches.
std::vector<std::string> umbrella_gaps(source_tree const& tree, architecture const& folders) {
    auto result = std::vector<std::string>{};
    if (!tree.contains("accrue")) {
        return {"the umbrella accrue is missing"};
    }
    auto const everything = reached_from("accrue", tree);
    auto opted_in = reach{};
    for (auto const& entry : folders) {
        if (entry.opt_in) {
            collect(entry.name, tree, opted_in);
        }
    }
    for (auto const& [header, text] : tree) {
        if (is_detail(header) || header == "accrue") {
            continue;
        }
        auto const layer = layer_of(header, folders).value_or(0);
        // The layer of an umbrella is that of its last folder, which may be opt-in where the umbrella is not.
        bool const opt_in = layer >= 1 && layer <= folders.size() && folders[layer - 1].opt_in &&
                            (header + "/").starts_with(folders[layer - 1].name + "/");
        bool const needs_eigen = reached_from(header, tree).has("Eigen");
        if (needs_eigen && !opt_in && !opted_in.own.contains(header)) {
            result.push_back("no opt-in umbrella includes " + header);
        }
        auto const umbrella = fs::path(header).parent_path().generic_string();
        // The umbrella of an opt-in folder within another is for those who opt in: sequential/parallel.
        bool const opens_opt_in = opt_in && folders[layer - 1].name == header;
        if (!umbrella.empty() && (opt_in || !needs_eigen) && !opens_opt_in) {
            if (!tree.contains(umbrella)) {
                result.push_back("the umbrella " + umbrella + " of " + header + " is missing");
            } else if (!reached_from(umbrella, tree).own.contains(header)) {
                result.push_back(umbrella + " does not include " + header);
            }
        }
        if (!opt_in && !needs_eigen && !everything.own.contains(header)) {
            result.push_back("accrue does not include " + header);
        }
        if ((opt_in || needs_eigen) && everything.own.contains(header)) {
            result.push_back("accrue includes the opt-in header " + header);
        }
    }
    return result;
}

std::string joined(std::vector<std::string> const& lines) {
    auto text = std::string{};
    for (auto const& line : lines) {
        text += "  " + line + "\n";
    }
    return text;
}

auto const source = fs::path(ACCRUE_SOURCE_DIR);

TEST(Layers, HoldInEveryHeader) {
    auto const tree = read_headers(source / "include/accrue");
    ASSERT_FALSE(tree.empty());
    auto const found = violations(tree, read_architecture(read(source / "tests/layers.txt")));
    EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(Layers, UmbrellasReachEveryHeaderBelowThem) {
    auto const found = umbrella_gaps(read_headers(source / "include/accrue"),
                                     read_architecture(read(source / "tests/layers.txt")));
    EXPECT_TRUE(found.empty()) << joined(found);
}

// Pooling is compiled by programs that never ask for a p-value: it does without Boost.
TEST(Layers, PoolingReachesNoBoost) {
    auto const tree = read_headers(source / "include/accrue");
    for (auto const* header :
         {"model/pool", "model/random_effects", "model/common_effect", "model/mantel_haenszel", "model/peto",
          "inference/cumulative", "inference/leave_one_out", "batch/study_batch", "batch/pooled_batch",
          "effect/effects", "effect/log_odds_ratio"}) {
        ASSERT_TRUE(tree.contains(header)) << header;
        EXPECT_FALSE(reached_from(header, tree).has("boost")) << header;
    }
}

/// A small tree that keeps the rules; each case below adds one violation.
class PlantedViolation : public ::testing::Test {
  protected:
    [[nodiscard]] std::string found() const { return joined(violations(tree, folders)); }
    [[nodiscard]] std::string gaps() const { return joined(umbrella_gaps(tree, folders)); }

    architecture folders = read_architecture("# a comment\n\n"
                                             "distribution\n"
                                             "report    no-boost\n"
                                             "effect\n"
                                             "time/error\n"
                                             "time/looks\n"
                                             "plotting  opt-in\n");
    source_tree tree = {
        {"real", "#pragma once\n"},
        {"report/arm", "#pragma once\n#include <accrue/real.hpp>\n#include <vector>\n"},
        {"report", "#pragma once\n#include <accrue/report/arm.hpp>\n"},
        {"distribution/normal", "#pragma once\n#include <boost/math/distributions/normal.hpp>\n"},
        {"distribution", "#pragma once\n#include <accrue/distribution/normal.hpp>\n"},
        {"effect/mean_difference", "#pragma once\n#include <accrue/distribution/normal.hpp>\n"},
        {"effect/ratio",
         "#pragma once\n#include <accrue/effect/detail/sum.hpp>\n#include \"../report/arm.hpp\"\n"},
        {"effect/detail/sum", "#pragma once\n#include <accrue/real.hpp>\n"},
        {"effect", "#pragma once\n#include <accrue/effect/mean_difference.hpp>\n"
                   "#include <accrue/effect/ratio.hpp>\n"},
        {"time/error/size", "#pragma once\n"},
        {"time/error", "#pragma once\n#include <accrue/time/error/size.hpp>\n"},
        {"time/looks/look", "#pragma once\n#include <accrue/time/error/size.hpp>\n"},
        {"time/looks", "#pragma once\n#include <accrue/time/looks/look.hpp>\n"},
        {"time", "#pragma once\n#include <accrue/time/error.hpp>\n#include <accrue/time/looks.hpp>\n"},
        {"accrue", "#pragma once\n#include <accrue/effect.hpp>\n#include <accrue/distribution.hpp>\n"
                   "#include <accrue/report.hpp>\n#include <accrue/time.hpp>\n"},
        {"plotting/svg", "#pragma once\n#include <accrue/time.hpp>\n"},
        {"plotting", "#pragma once\n#include <accrue/plotting/svg.hpp>\n"},
    };
};

TEST_F(PlantedViolation, IsAbsentFromTheSoundTree) {
    EXPECT_EQ(found(), "");
    EXPECT_EQ(gaps(), "");
}

TEST_F(PlantedViolation, HigherLayer) {
    tree["report/arm"] += "#include <accrue/effect/ratio.hpp>\n";
    EXPECT_NE(found().find("report/arm includes effect/ratio, which is in a higher layer"), std::string::npos)
        << found();
}

TEST_F(PlantedViolation, FolderFromTheRoot) {
    tree["real"] += "#include <accrue/time/error/size.hpp>\n";
    EXPECT_NE(found().find("real includes time/error/size, which"), std::string::npos) << found();
}

TEST_F(PlantedViolation, HigherLayerByRelativePath) {
    tree["distribution/normal"] += "  #  include \"../effect/ratio.hpp\"\n";
    EXPECT_NE(found().find("distribution/normal includes effect/ratio, which"), std::string::npos);
}

TEST_F(PlantedViolation, DetailOfAHigherLayer) {
    tree["report/arm"] += "#include <accrue/effect/detail/sum.hpp>\n";
    EXPECT_NE(found().find("report/arm includes effect/detail/sum, which"), std::string::npos) << found();
}

TEST_F(PlantedViolation, HigherFolderWithinAFolder) {
    tree["time/error/size"] += "#include <accrue/time/looks/look.hpp>\n";
    EXPECT_NE(found().find("time/error/size includes time/looks/look, which"), std::string::npos) << found();
}

TEST_F(PlantedViolation, UmbrellaOfALowerHeader) {
    tree["effect/ratio"] += "#include <accrue/time.hpp>\n";
    EXPECT_NE(found().find("effect/ratio includes time, which"), std::string::npos) << found();
    tree["effect/mean_difference"] += "#include <accrue/accrue.hpp>\n";
    EXPECT_NE(found().find("effect/mean_difference includes accrue, which"), std::string::npos) << found();
}

TEST_F(PlantedViolation, CycleWithinALayer) {
    tree["effect/log"] = "#pragma once\n#include <accrue/effect/ratio.hpp>\n";
    tree["effect/ratio"] += "#include <accrue/effect/log.hpp>\n";
    EXPECT_NE(found().find("effect/ratio includes itself"), std::string::npos) << found();
}

TEST_F(PlantedViolation, FolderThatIsNotListed) {
    tree["novelty/one"] = "#pragma once\n";
    EXPECT_NE(found().find("novelty/one stands in a folder that"), std::string::npos) << found();
}

TEST_F(PlantedViolation, HeaderThatIsNotThere) {
    tree["report/arm"] += "#include <accrue/unreal.hpp>\n";
    EXPECT_NE(found().find("report/arm includes unreal, which is not there"), std::string::npos) << found();
}

TEST_F(PlantedViolation, BoostInAFolderThatDoesWithout) {
    tree["report/arm"] += "#include <accrue/distribution/normal.hpp>\n";
    EXPECT_NE(found().find("report/arm reaches Boost"), std::string::npos) << found();
    tree["real"] += "#include <boost/math/special_functions.hpp>\n";
    EXPECT_NE(found().find("  real reaches Boost"), std::string::npos) << found();
}

TEST_F(PlantedViolation, HeadersThatNeedTbb) {
    tree["report/arm"] += "#include <execution>\n";
    tree["distribution/normal"] += "#include <boost/math/statistics/univariate_statistics.hpp>\n";
    EXPECT_NE(found().find("report/arm includes <execution>"), std::string::npos) << found();
    EXPECT_NE(found().find("distribution/normal includes <boost/math/statistics/"), std::string::npos);
}

TEST_F(PlantedViolation, MissingGuard) {
    tree["report/arm"] = "struct arm {};\n";
    EXPECT_NE(found().find("report/arm lacks #pragma once"), std::string::npos) << found();
}

TEST_F(PlantedViolation, HeaderThatAnUmbrellaForgets) {
    tree["effect/peto"] = "#pragma once\n";
    EXPECT_NE(gaps().find("  effect does not include effect/peto"), std::string::npos) << gaps();
    EXPECT_NE(gaps().find("  accrue does not include effect/peto"), std::string::npos) << gaps();
}

TEST_F(PlantedViolation, UmbrellaThatIsMissing) {
    tree["model/peto"] = "#pragma once\n";
    EXPECT_NE(gaps().find("the umbrella model of model/peto is missing"), std::string::npos) << gaps();
}

TEST_F(PlantedViolation, OptInHeaderInTheMainUmbrella) {
    tree["accrue"] += "#include <accrue/plotting/svg.hpp>\n";
    EXPECT_NE(gaps().find("accrue includes the opt-in header plotting/svg"), std::string::npos) << gaps();
}

TEST_F(PlantedViolation, HeaderThatNeedsEigenIsForOptInUmbrellasAlone) {
    tree["effect/matrix"] = "#pragma once\n#include <Eigen/Dense>\n";
    EXPECT_EQ(gaps(), "  no opt-in umbrella includes effect/matrix\n");
    tree["plotting"] += "#include <accrue/effect/matrix.hpp>\n";
    EXPECT_EQ(gaps(), "");
    tree["effect"] += "#include <accrue/effect/matrix.hpp>\n";
    EXPECT_NE(gaps().find("accrue includes the opt-in header effect/matrix"), std::string::npos) << gaps();
}

/// As sequential/parallel is: its umbrella is for those who opt in, and neither its folder's umbrella nor
/// accrue.hpp may reach it.
TEST_F(PlantedViolation, NestedFolderThatIsOptInInTheUmbrellasAboveIt) {
    folders = read_architecture("distribution\n"
                                "report    no-boost\n"
                                "effect\n"
                                "time/error\n"
                                "time/looks\n"
                                "time/parallel  opt-in\n"
                                "plotting  opt-in\n");
    tree["time/parallel/on_threads"] = "#pragma once\n#include <accrue/time/looks/look.hpp>\n";
    EXPECT_NE(gaps().find("the umbrella time/parallel of time/parallel/on_threads is missing"),
              std::string::npos)
        << gaps();
    tree["time/parallel"] = "#pragma once\n#include <accrue/time/parallel/on_threads.hpp>\n";
    EXPECT_EQ(gaps(), "");
    EXPECT_EQ(found(), "");
    tree["time"] += "#include <accrue/time/parallel.hpp>\n";
    EXPECT_NE(gaps().find("accrue includes the opt-in header time/parallel/on_threads"), std::string::npos)
        << gaps();
    tree["time/looks/look"] += "#include <accrue/time/parallel/on_threads.hpp>\n";
    EXPECT_NE(found(), "") << "an include that runs upwards";
}

TEST(LayersFile, RefusesAFolderGivenTwiceOrAWordItDoesNotKnow) {
    EXPECT_THROW(static_cast<void>(read_architecture("report\nreport\n")), std::runtime_error);
    EXPECT_THROW(static_cast<void>(read_architecture("report no-bost\n")), std::runtime_error);
}

} // namespace
