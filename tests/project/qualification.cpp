// The dossier's own parts: every requirement has a test and every tag a requirement, and the checks pass
// here.

#include "../qualification/installation.hpp"
#include "../qualification/performance.hpp"
#include "../qualification/trace.hpp"

#include <gtest/gtest.h>

namespace accrue::qualification {
namespace {

auto const source = std::filesystem::path(ACCRUE_SOURCE_DIR);

TEST(Qualification, EveryRequirementHasATestAndItsHeadersAreThere) {
    auto const list = requirements(source);
    auto const named = tags(source);
    EXPECT_GT(list.size(), 30U);
    for (auto const& one : list) {
        EXPECT_TRUE(std::any_of(named.begin(), named.end(), [&](tag const& t) { return t.id == one.id; }))
            << "no test names " << one.id;
        EXPECT_TRUE(one.risk == "high" || one.risk == "medium" || one.risk == "low") << one.id;
        for (auto const& header : one.headers) {
            EXPECT_TRUE(std::filesystem::exists(source / "include/accrue" / header))
                << one.id << " " << header;
        }
    }
}

TEST(Qualification, EveryTagIsARequirement) {
    auto const list = requirements(source);
    for (auto const& one : tags(source)) {
        EXPECT_TRUE(
            std::any_of(list.begin(), list.end(), [&](requirement const& r) { return r.id == one.id; }))
            << one.program << "." << one.test << " names " << one.id;
    }
}

TEST(Qualification, ThisMachineAndItsWholeAnalysesPass) {
    auto text = std::ostringstream{};
    auto out = page(text);
    installation(out, "");
    performance(out);
    EXPECT_TRUE(out.failures().empty()) << text.str();
}

/// The dossier of a small tree, with what its tests reported.
std::vector<std::string> failures_of(std::string const& test, std::string const& junit) {
    auto const folder = std::filesystem::path(::testing::TempDir()) / "accrue_qualification";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "tests/qualification");
    std::filesystem::create_directories(folder / "tests/model");
    std::filesystem::create_directories(folder / "include/accrue");
    std::ofstream(folder / "tests/qualification/requirements.txt")
        << "# comment\nPOOL-1 | high | It pools | pool.hpp\n";
    std::ofstream(folder / "include/accrue/pool.hpp") << "/// Cochran 1954 (10.2307/3001666).\n";
    std::ofstream(folder / "tests/model/pooling.cpp") << test;
    std::ofstream(folder / "results.xml") << junit;
    auto text = std::ostringstream{};
    auto out = page(text);
    operation(out, folder, results(folder / "results.xml"));
    EXPECT_NE(text.str().find("10.2307/3001666"), std::string::npos);
    return out.failures();
}

auto const tagged = std::string("// Qualifies: POOL-1\nTEST(Pooling, Works) {\n}\n");
auto const ran =
    std::string(R"(<testcase name="model/pooling.Pooling.Works" time="0" status="run"></testcase>)");
auto const failed =
    std::string(R"(<testcase name="model/pooling.Pooling.Works" time="0" status="fail"></testcase>)");

TEST(Qualification, FailsWhereARequirementIsNotShown) {
    EXPECT_TRUE(failures_of(tagged, ran).empty());
    EXPECT_FALSE(failures_of("TEST(Pooling, Works) {\n}\n", ran).empty());
    EXPECT_FALSE(failures_of(tagged, failed).empty());
    EXPECT_FALSE(failures_of(tagged, "").empty());
    EXPECT_FALSE(failures_of("// Qualifies: POOL-2\nTEST(Pooling, Works) {\n}\n", ran).empty());
}

} // namespace
} // namespace accrue::qualification
