// No grid finds a higher three-level likelihood than the fit, with and without a moderator: on random data
// sets of every kind, coarse grids of both variances and finer ones about the best points of those.
//
// Few sets are compared by default; `sh tests/grids.sh` compares 100,000.

#include "support/random_sets.hpp"
#include <accrue/dependence/three_level.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>
#include <accrue/tau_squared/reml.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_dependence_three_level_grids {
namespace {

struct clustered {
    std::vector<estimate> estimates;
    std::vector<int> clusters;
    std::vector<double> x;
    int count;
};

/// Up to 15 effects in up to 7 clusters: variances that are alike or differ by many orders of magnitude,
/// heterogeneity at either level, at both or at none, normal or with heavy tails; a moderator of clusters, of
/// effects or of both.
clustered random_clusters(std::mt19937_64& random) {
    auto normal = std::normal_distribution<>{};
    auto uniform = std::uniform_real_distribution<>{};
    auto heavy = std::student_t_distribution<>{1.5};
    auto set = clustered{};
    auto const k = 4 + static_cast<int>(uniform(random) * 12);
    set.count = 3 + static_cast<int>(uniform(random) * std::min(k - 3, 5));
    double const scale = std::exp(3 * normal(random) * uniform(random));
    double const between = uniform(random) < 0.3 ? 0 : std::exp(normal(random));
    double const within = uniform(random) < 0.3 ? 0 : std::exp(normal(random));
    double const spread = 2 * uniform(random);
    double const kind = uniform(random);
    bool const wild = uniform(random) < 0.3;
    auto shared = std::vector<double>{};
    auto moderator = std::vector<double>{};
    for (int j = 0; j < set.count; ++j) {
        shared.push_back(between * (wild ? heavy(random) : normal(random)));
        moderator.push_back(normal(random));
    }
    for (int i = 0; i < k; ++i) {
        int const j = i < set.count ? i : static_cast<int>(uniform(random) * set.count);
        auto const place = static_cast<std::size_t>(j);
        double const sd = std::exp(spread * normal(random));
        double const w = within * (wild ? heavy(random) : normal(random));
        double const x = (kind < 0.7 ? moderator[place] : 0) + (kind > 0.3 ? normal(random) : 0);
        set.estimates.push_back(
            {scale * (shared[place] + 0.5 * x + w + sd * normal(random)), scale * scale * sd * sd});
        set.clusters.push_back(j);
        set.x.push_back(x);
    }
    return set;
}

/// The log-likelihood by the formula for a diagonal matrix plus one of rank one, and normal equations: it
/// shares nothing with the library's. In long doubles, for variances that differ by many orders of magnitude.
double direct_log_likelihood(clustered const& set, double const between, double const within,
                             bool const restricted, bool const moderated) {
    struct sums {
        long double a = 0, x = 0, y = 0;
    };
    auto clusters = std::vector<sums>(static_cast<std::size_t>(set.count));
    long double const origin = set.estimates.front().effect;
    long double logarithms = 0, one = 0, ox = 0, xx = 0, oy = 0, xy = 0, yy = 0;
    long double k = 0, sx = 0, sxx = 0;
    for (std::size_t i = 0; i < set.estimates.size(); ++i) {
        auto const [effect, variance] = set.estimates[i];
        long double const w = 1 / (variance + static_cast<long double>(within));
        long double const y = effect - origin, x = set.x[i];
        auto& s = clusters[static_cast<std::size_t>(set.clusters[i])];
        s.a += w;
        s.x += w * x;
        s.y += w * y;
        one += w, ox += w * x, xx += w * x * x, oy += w * y, xy += w * x * y, yy += w * y * y;
        k += 1, sx += x, sxx += x * x;
        logarithms += std::log(variance + static_cast<long double>(within));
    }
    for (auto const& s : clusters) {
        long double const growth = 1 + between * s.a;
        long double const g = between / growth;
        logarithms += std::log(growth);
        one -= g * s.a * s.a, ox -= g * s.a * s.x, xx -= g * s.x * s.x;
        oy -= g * s.a * s.y, xy -= g * s.x * s.y, yy -= g * s.y * s.y;
    }
    long double const two_pi = 2 * std::numbers::pi_v<long double>;
    long double const determinant = one * xx - ox * ox;
    long double const squares =
        moderated ? yy - (oy * (xx * oy - ox * xy) + xy * (one * xy - ox * oy)) / determinant
                  : yy - oy * oy / one;
    long double const information = moderated ? std::log(determinant) : std::log(one);
    long double const design = moderated ? std::log(k * sxx - sx * sx) : std::log(k);
    long double const columns = moderated ? 2 : 1;
    auto const total =
        restricted ? -((k - columns) * std::log(two_pi) + logarithms + information - design + squares) / 2
                   : -(k * std::log(two_pi) + logarithms + squares) / 2;
    return static_cast<double>(total);
}

struct summary {
    long fits = 0;
    long failures = 0;
    long beaten = 0;  ///< by more than 1e-7 of 1 + |log-likelihood|
    double worst = 0; ///< by which a grid's likelihood exceeds the fit's
};

void compare(clustered const& set, bool const restricted, bool const moderated, summary& total) {
    auto const given = moderated ? moderators{}.with("x", set.x) : moderators{};
    double between = 0, within = 0, likelihood = 0;
    auto outcome = status::ok;
    auto const take = [&](auto const& fit) {
        between = fit.tau_squared_between;
        within = fit.tau_squared_within;
        likelihood = fit.log_likelihood;
        outcome = fit.status;
    };
    if (moderated) {
        take(restricted ? three_level{}(set.estimates, given, set.clusters)
                        : three_level{maximum_likelihood{}}(set.estimates, given, set.clusters));
    } else {
        take(restricted ? three_level{}(set.estimates, set.clusters)
                        : three_level{maximum_likelihood{}}(set.estimates, set.clusters));
    }
    ++total.fits;
    double const size = 1 + std::abs(likelihood);
    double const best = direct_log_likelihood(set, between, within, restricted, moderated);
    if (outcome != status::ok || !(std::abs(best - likelihood) <= 1e-7 * size)) {
        ++total.failures;
        ADD_FAILURE() << "status " << static_cast<int>(outcome) << ", " << best << " for " << likelihood;
        return;
    }
    double least = set.estimates.front().variance, most = least;
    for (auto const& [effect, variance] : set.estimates) {
        least = (std::min)(least, variance);
        most = (std::max)(most, variance + effect * effect);
    }
    struct place {
        double between, within, value;
    };
    auto places = std::vector<place>{};
    auto const at = [&](double const s, double const t) {
        places.push_back({s, t, direct_log_likelihood(set, s, t, restricted, moderated)});
    };
    constexpr int steps = 16;
    double const ratio = std::pow(200 * most / least, 1.0 / (steps - 1));
    auto const coarse = [&](int const i) { return i == 0 ? 0.0 : least * 0.01 * std::pow(ratio, i - 1); };
    for (int i = 0; i <= steps; ++i) {
        for (int j = 0; j <= steps; ++j) {
            at(coarse(i), coarse(j));
        }
    }
    // The three best, each with a grid that closes in on it.
    std::partial_sort(places.begin(), places.begin() + 3, places.end(),
                      [](place const& a, place const& b) { return a.value > b.value; });
    double highest = places[0].value;
    auto const starts = std::vector<place>(places.begin(), places.begin() + 3);
    for (auto here : starts) {
        for (double factor = std::sqrt(ratio); factor > 1.02; factor = std::sqrt(factor)) {
            auto const centre = here;
            for (double const i : {-1.0, 0.0, 1.0}) {
                for (double const j : {-1.0, 0.0, 1.0}) {
                    double const s = centre.between * std::pow(factor, i),
                                 t = centre.within * std::pow(factor, j);
                    double const value = direct_log_likelihood(set, s, t, restricted, moderated);
                    if (value > here.value) {
                        here = {s, t, value};
                    }
                }
            }
        }
        highest = (std::max)(highest, here.value);
    }
    total.worst = (std::max)(total.worst, (highest - best) / size);
    total.beaten += highest <= best + 1e-7 * size ? 0 : 1;
    EXPECT_LE(highest, best + 1e-7 * size) << between << ' ' << within;
}

// The profile of these turns twice between two points of the search's first grid, at which its slope has the
// same sign.
TEST(ThreeLevelGrids, FindNothingHigherBetweenThePointsOfASearch) {
    auto total = summary{};
    compare({{{-0.85, 0.052}, {0.52, 0.11}, {-0.22, 0.017}, {1, 0.015}, {0.38, 0.12}, {0.18, 0.011}},
             {0, 1, 2, 2, 1, 2},
             {0, 0, 0, 0, 0, 0},
             3},
            true, false, total);
    compare({{{-0.01735, 0.02978},
              {-0.3896, 0.01881},
              {0.1687, 0.2955},
              {-1, 0.05564},
              {-0.2926, 0.03005},
              {-0.5444, 0.1146}},
             {0, 1, 2, 1, 1, 1},
             {0, 0, 0, 0, 0, 0},
             3},
            false, false, total);
    EXPECT_EQ(total.failures, 0);
}

TEST(ThreeLevelGrids, FindNothingHigher) {
    auto const sets = test::random_sets(150);
    auto total = summary{};
    for (long i = sets.first; i < sets.end(); ++i) {
        SCOPED_TRACE("set " + std::to_string(i));
        auto random = test::random_sets::generator(i);
        auto const set = random_clusters(random);
        for (bool const restricted : {true, false}) {
            compare(set, restricted, false, total);
            compare(set, restricted, true, total);
        }
        if (HasFailure() && sets.count <= 1000) {
            return;
        }
    }
    std::cout << "three levels: sets " << sets.first << " to " << sets.end() - 1 << ", " << total.fits
              << " fits, " << total.failures << " failures, " << total.beaten
              << " beaten; grids exceed by at most " << total.worst << " of 1 + |log-likelihood|\n";
}

} // namespace
} // namespace accrue::test_dependence_three_level_grids
