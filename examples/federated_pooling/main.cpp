// Sites that may not share their rows share accumulators: a few kilobytes of sums, from which any model gives
// what it would give for all rows together.
//
// Data: the 13 trials of BCG of Colditz et al. 1994 (JAMA 271:698-702,
// doi:10.1001/jama.1994.03510330076038), as if three registries held them. Facts, which nobody owns.

#include <accrue/accrue.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

using namespace accrue;

// What a site sends: bytes, of a form that is the same on all machines.
std::vector<std::byte> message_of(std::vector<two_arms<events>> const& rows) {
    auto sums = evidence_accumulator{};
    for (auto const& study : effects(log_risk_ratio{}, rows)) {
        sums.add(study);
    }
    return sums.bytes();
}

int main() {
    auto const sites = std::vector<std::vector<two_arms<events>>>{
        {{{4, 123}, {11, 139}}, {{6, 306}, {29, 303}}, {{3, 231}, {11, 220}}, {{62, 13598}, {248, 12867}}},
        {{{33, 5069}, {47, 5808}},
         {{180, 1541}, {372, 1451}},
         {{8, 2545}, {10, 629}},
         {{505, 88391}, {499, 88391}},
         {{29, 7499}, {45, 7277}}},
        {{{17, 1716}, {65, 1665}},
         {{186, 50634}, {141, 27338}},
         {{5, 2498}, {3, 2341}},
         {{27, 16913}, {29, 17854}}}};

    // The coordinator sees messages alone, and merges them in any order.
    auto everything = evidence_accumulator{};
    for (auto const& rows : sites) {
        auto const message = message_of(rows);
        std::printf("a site of %zu trials sends %zu bytes\n", rows.size(), message.size());
        everything += evidence_accumulator::from_bytes(message);
    }

    auto all_rows = std::vector<estimate>{};
    for (auto const& rows : sites) {
        for (auto const& study : effects(log_risk_ratio{}, rows)) {
            all_rows.push_back(study);
        }
    }
    auto const compare = [&](char const* const name, auto const& model) {
        auto const apart = pool(model, everything);
        auto const together = pool(model, all_rows);
        std::printf("%-34s %.6f (SE %.6f), from the rows %.6f (SE %.6f), %s\n", name, apart.effect,
                    standard_error(apart), together.effect, standard_error(together),
                    std::fabs(apart.effect - together.effect) < 1e-12 ? "the same" : "another");
    };
    compare("DerSimonian-Laird", random_effects{dersimonian_laird{}, wald{}});
    compare("REML, Hartung-Knapp", random_effects{reml{}, hartung_knapp{}});
    compare("Paule-Mandel, Kenward-Roger", random_effects{paule_mandel{}, kenward_roger{}});

    auto const scatter = heterogeneity(everything);
    std::printf("Q %.3f on %.0f degrees of freedom, I2 %.1f %%\n", scatter.q, scatter.degrees_of_freedom,
                100 * scatter.i_squared);
    std::puts("A band of variances that holds one study reveals it: merge small sites before they send.");
}
