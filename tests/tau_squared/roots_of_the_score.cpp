// What the search for a likelihood's maximum takes as proved holds: where the values of a score at one or two
// points are said to rule out roots elsewhere, there are none.

#include <accrue/tau_squared/detail/likelihood_maximum.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

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

/// The excess of squares over trace, in units of either, at points between two.
template <class Visit>
void for_points_between(double const lower, double const upper, Visit const& visit) {
    constexpr int steps = 60;
    for (int i = 0; i <= steps; ++i) {
        visit(lower * std::pow(upper / lower, static_cast<double>(i) / steps));
    }
}

double excess_share(score_terms<double> const& terms) {
    return (terms.squares - terms.trace) / std::max(terms.squares, terms.trace);
}

constexpr double rounding = 1e-12;

/// The point at which a score changes its sign, between two of which it has others.
double root_between(made_score const& score, double lower, double upper) {
    bool const rises = score.at(lower).rising();
    for (int i = 0; i < 100; ++i) {
        double const middle = std::sqrt(lower * upper);
        (score.at(middle).rising() == rises ? lower : upper) = middle;
    }
    return upper;
}

// At points of every kind, and at roots, where the search asks: the maxima beyond which there may be another.
TEST(ScoreThatFallsForGood, HasNoRootAbove) {
    int proved = 0;
    int cases = 0;
    auto const check = [&](made_score const& score, double const t) {
        if (score.at(t).rising()) {
            return;
        }
        ++cases;
        if (falls_for_good(score.at(t), score.spread)) {
            ++proved;
            for_points_between(t, 1e6 * (t + score.spread), [&](double const above) {
                EXPECT_LE(excess_share(score.at(above)), rounding) << t << ' ' << above;
            });
        }
    };
    for_pairs([&](made_score const& score, double const lower, double const upper) {
        check(score, lower);
        if (score.at(lower).rising() && !score.at(upper).rising()) {
            check(score, root_between(score, lower, upper));
        }
    });
    EXPECT_GT(proved, cases / 2);
    EXPECT_LT(proved, cases);
}

// The question that the proofs come down to, asked near the answer's edges.
TEST(QuadraticThatOutgrows, IsAboveTheLineEverywhere) {
    auto generator = std::mt19937_64{20261127};
    auto const uniform = [&](double const from, double const to) {
        return std::uniform_real_distribution<double>{from, to}(generator);
    };
    int proved = 0;
    constexpr int cases = 20000;
    for (int i = 0; i < cases; ++i) {
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
        if (outgrows(a, b, share, c)) {
            ++proved;
            EXPECT_TRUE(is_above) << a << ' ' << b << ' ' << share << ' ' << c;
        }
    }
    EXPECT_GT(proved, cases / 4);
    EXPECT_LT(proved, cases);
}

TEST(ScoreThatStaysNegative, HasNoRootBetween) {
    int proved = 0;
    int cases = 0;
    for_pairs([&](made_score const& score, double const lower, double const upper) {
        if (score.at(lower).rising() || score.at(upper).rising()) {
            return;
        }
        ++cases;
        if (stays_negative(score.at(lower), score.at(upper))) {
            ++proved;
            for_points_between(lower, upper, [&](double const t) {
                EXPECT_LE(excess_share(score.at(t)), rounding) << lower << ' ' << upper << ' ' << t;
            });
        }
    });
    EXPECT_GT(proved, cases / 2);
    EXPECT_LT(proved, cases);
}

TEST(ScoreThatStaysPositive, HasNoRootBetween) {
    int proved = 0;
    int cases = 0;
    for_pairs([&](made_score const& score, double const lower, double const upper) {
        if (!score.at(lower).rising() || !score.at(upper).rising()) {
            return;
        }
        ++cases;
        if (stays_positive(score.at(lower), score.at(upper))) {
            ++proved;
            for_points_between(lower, upper, [&](double const t) {
                EXPECT_GE(excess_share(score.at(t)), -rounding) << lower << ' ' << upper << ' ' << t;
            });
        }
    });
    EXPECT_GT(proved, cases / 2);
    EXPECT_LT(proved, cases);
}

TEST(ScoreThatIsMonotone, HasARatioThatIs) {
    int proved = 0;
    int cases = 0;
    for_pairs([&](made_score const& score, double const lower, double const upper) {
        ++cases;
        if (!is_monotone(score.at(lower), score.at(upper), score.spread)) {
            return;
        }
        ++proved;
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
    EXPECT_GT(proved, cases / 8);
    EXPECT_LT(proved, cases);
}

} // namespace
