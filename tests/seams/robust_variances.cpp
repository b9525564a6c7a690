// Robust variances of effects in clusters, with every correction for few clusters.

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/three_level.hpp>

#include <gtest/gtest.h>

#include <tuple>

namespace accrue::test::seams::test_robust_variances {
namespace {

TEST(RobustVariances, MeetWhatIsPooled) {
    auto tried = combinations{};
    auto const corrections = std::tuple(named{"cr0", cr0{}}, named{"cr1", cr1{}}, named{"cr2", cr2{}});
    for (auto const& data : data_sets()) {
        auto const& studies = data.studies;
        auto const clusters = in_pairs(studies.size());
        for_each_part(corrections, [&](auto const& correction) {
            tried.run("three_level by " + correction.name, data.name, [&] {
                expect_sound(cluster_robust(three_level{}(studies, clusters), clusters, correction.part));
            });
            tried.run("random_effects by " + correction.name, data.name, [&] {
                expect_sound(
                    cluster_robust(pool(random_effects{}, studies), studies, clusters, correction.part));
            });
        });
    }
    tried.report();
}

} // namespace
} // namespace accrue::test::seams::test_robust_variances
