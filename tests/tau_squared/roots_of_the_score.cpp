// What the search for a likelihood's maximum takes as proved holds: where the values of a score at one or two
// points are said to rule out roots elsewhere, there are none.

#include <accrue/tau_squared/detail/likelihood_maximum.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace accrue::test_tau_squared_roots_of_the_score {
namespace {

using namespace accrue::detail;

/// A score by its terms: z_j² and a_j of the squares, and the variances of the trace, which are the a_j where
/// the likelihood is restricted.
struct made_score {
    std::vector<double> z_squared;
    std::vector<double> of_squares;
    std::vector<double> of_trace;
    double smallest;
    double spread;

    explicit made_score(unsigned const seed) {
        auto generator = std::mt19937_64{seed};
        auto const uniform = [&](double const from, double const to) {
            return std::uniform_real_distribution<double>{from, to}(generator);
        };
        auto const width = uniform(0, 9);
        auto const variance = [&] { return std::exp(uniform(0, width)); };
        auto const size = 1 + generator() % 6;
        bool const restricted = generator() % 2 == 0;
        double const scale = std::exp(uniform(-2, 4));
        for (std::size_t j = 0; j < size; ++j) {
            double const deviate = std::normal_distribution<double>{}(generator);
            of_squares.push_back(variance());
            z_squared.push_back(deviate * deviate * (of_squares.back() + uniform(0, 10)) * scale);
            of_trace.push_back(restricted ? of_squares.back() : variance());
        }
        if (!restricted) {
            of_trace.push_back(variance());
        }
        auto all = of_squares;
        all.insert(all.end(), of_trace.begin(), of_trace.end());
        auto const [least, most] = std::minmax_element(all.begin(), all.end());
        smallest = *least;
        spread = *most - *least;
    }

    [[nodiscard]] score_terms<double> at(double const t) const {
        double const unit = smallest + t;
        auto terms = score_terms<double>{t, unit, 0, 0, 0, 0, 0, 0};
        for (std::size_t j = 0; j < z_squared.size(); ++j) {
            double const share = unit / (of_squares[j] + t);
            double const square = z_squared[j] / unit;
            terms.squares += square * share * share;
            terms.cubes += square * share * share * share;
            terms.q += square * share;
        }
        for (double const variance : of_trace) {
            double const share = unit / (variance + t);
            terms.trace += share;
            terms.squared_trace += share * share;
        }
        return terms;
    }
};

/// Calls `visit(score, lower, upper)` for many pairs of points of many scores.
template <class Visit>
void for_pairs(Visit const& visit) {
    for (unsigned seed = 0; seed < 20000; ++seed) {
        auto const score = made_score(seed);
        auto generator = std::mt19937_64{seed + 100000};
        auto exponent = std::uniform_real_distribution<double>{-4, 10};
        for (int pair = 0; pair < 8; ++pair) {
            double const first = std::exp(exponent(generator));
            double const second = pair % 2 == 0 ? first * std::exp(exponent(generator) / 8 + 0.51)
                                                : std::exp(exponent(generator));
            visit(score, std::min(first, second), std::max(first, second));
        }
    }
}

/// Calls `visit(t)` for points from one to another, on a logarithmic scale.
template <class Visit>
void for_points_between(double const lower, double const upper, Visit const& visit) {
    constexpr int steps = 60;
    for (int i = 0; i <= steps; ++i) {
        visit(lower * std::pow(upper / lower, static_cast<double>(i) / steps));
    }
}

/// The excess of squares over trace, as a share of the larger.
double excess_share(score_terms<double> const& terms) {
    return (terms.squares - terms.trace) / std::max(terms.squares, terms.trace);
}

constexpr double rounding = 1e-12;

/// A root between a point where the score rises and one above where it does not: a maximum.
double maximum_between(made_score const& score, double lower, double upper) {
    for (int i = 0; i < 100; ++i) {
        double const middle = std::sqrt(lower * upper);
        (score.at(middle).rising() ? lower : upper) = middle;
    }
    return upper;
}

/// How often a proof was asked for, and how often it was given.
struct tally {
    int asked = 0;
    int given = 0;

    bool count(bool const proved) {
        ++asked;
        given += proved ? 1 : 0;
        return proved;
    }
    /// A proof that always fails would hold, and one that always succeeds would prove nothing.
    void expect_at_least(double const share) const {
        EXPECT_GT(given, share * asked);
        EXPECT_LT(given, asked);
    }
};

// At points of every kind, and at maxima, where the search asks whether there is another above.
TEST(ScoreThatFallsForGood, HasNoRootAbove) {
    auto proofs = tally{};
    auto const check = [&](made_score const& score, double const t) {
        if (proofs.count(falls_for_good(score.at(t), score.spread))) {
            for_points_between(t, 1e6 * (t + score.spread), [&](double const above) {
                EXPECT_LE(excess_share(score.at(above)), rounding) << t << ' ' << above;
            });
        }
    };
    for_pairs([&](made_score const& score, double const lower, double const upper) {
        if (!score.at(lower).rising()) {
            check(score, lower);
        } else if (!score.at(upper).rising()) {
            check(score, maximum_between(score, lower, upper));
        }
    });
    proofs.expect_at_least(0.5);
}

// The question that the proofs come down to, asked near the answer's edges.
TEST(QuadraticThatOutgrows, IsAboveTheLineEverywhere) {
    auto generator = std::mt19937_64{20261127};
    auto const uniform = [&](double const from, double const to) {
        return std::uniform_real_distribution<double>{from, to}(generator);
    };
    auto proofs = tally{};
    for (int i = 0; i < 20000; ++i) {
        double const a = std::exp(uniform(-3, 3));
        double const b = std::exp(uniform(-3, 3));
        double const share = 1 - std::exp(uniform(-30, 0));
        double const lost =
            std::min(1.2, 1 + 2 * std::sqrt(a * b * (1 - share)) / (a + b)) * uniform(0.9, 1.1);
        double const c = lost * (a + b) / share;
        // (1 + a x) (1 + b x) - share (1 + c x) is least at x, if that is above 0.
        double const linear = a + b - share * c;
        double const x = -linear / (2 * a * b);
        bool const is_above = x <= 0 || a * b * x * x + linear * x + (1 - share) > 0;
        if (proofs.count(outgrows(a, b, share, c))) {
            EXPECT_TRUE(is_above) << a << ' ' << b << ' ' << share << ' ' << c;
        }
    }
    proofs.expect_at_least(0.25);
}

// The lower point may be a root, from which the score falls.
TEST(ScoreThatStaysNegative, HasNoRootBetween) {
    auto proofs = tally{};
    for_pairs([&](made_score const& score, double lower, double const upper) {
        if (score.at(upper).rising()) {
            return;
        }
        if (score.at(lower).rising()) {
            lower = maximum_between(score, lower, upper);
        }
        if (lower < upper && proofs.count(stays_negative(score.at(lower), score.at(upper)))) {
            for_points_between(lower, upper, [&](double const t) {
                EXPECT_LE(excess_share(score.at(t)), rounding) << lower << ' ' << upper << ' ' << t;
            });
        }
    });
    proofs.expect_at_least(0.5);
}

// The upper point may be a root, up to which the score is positive.
TEST(ScoreThatStaysPositive, HasNoRootBetween) {
    auto proofs = tally{};
    for_pairs([&](made_score const& score, double const lower, double upper) {
        if (!score.at(lower).rising()) {
            return;
        }
        if (!score.at(upper).rising()) {
            upper = maximum_between(score, lower, upper);
        }
        if (proofs.count(stays_positive(score.at(lower), score.at(upper)))) {
            for_points_between(lower, upper, [&](double const t) {
                EXPECT_GE(excess_share(score.at(t)), -rounding) << lower << ' ' << upper << ' ' << t;
            });
        }
    });
    proofs.expect_at_least(0.5);
}

TEST(ScoreThatIsMonotone, HasARatioThatIs) {
    auto proofs = tally{};
    for_pairs([&](made_score const& score, double const lower, double const upper) {
        if (!proofs.count(is_monotone(score.at(lower), score.at(upper), score.spread))) {
            return;
        }
        auto const ratio_at = [&](double const t) {
            auto const terms = score.at(t);
            return terms.squares / terms.trace;
        };
        double const direction = ratio_at(upper) < ratio_at(lower) ? -1 : 1;
        double before = ratio_at(lower);
        for_points_between(lower, upper, [&](double const t) {
            double const here = ratio_at(t);
            EXPECT_GE(direction * (here - before), -rounding * here) << lower << ' ' << upper << ' ' << t;
            before = here;
        });
    });
    proofs.expect_at_least(0.125);
}

} // namespace
} // namespace accrue::test_tau_squared_roots_of_the_score
