#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue::detail {

/// Sums over groups of t equal values of t (t - 1), t (t - 1)(t - 2) and t (t - 1)(2 t + 5).
struct tie_sums {
    double pairs = 0;
    double triples = 0;
    double variance_terms = 0;

    template <real Real>
    explicit tie_sums(std::vector<Real> values) {
        std::sort(values.begin(), values.end(), [](Real const& a, Real const& b) { return a < b; });
        for (std::size_t i = 0; i < values.size();) {
            std::size_t next = i + 1;
            while (next < values.size() && !(values[i] < values[next])) {
                ++next;
            }
            auto const t = static_cast<double>(next - i);
            pairs += t * (t - 1);
            triples += t * (t - 1) * (t - 2);
            variance_terms += t * (t - 1) * (2 * t + 5);
            i = next;
        }
    }
};

/// Kendall's score S of two lists of equal length, the number of concordant pairs minus that of discordant
/// ones, with its variance under independence given the ties (Kendall 1970, Rank Correlation Methods, ch. 4).
struct kendall_score {
    std::size_t k;
    double score = 0;
    double tau = 0; ///< tau-b; NaN where one of the lists is constant
    double variance = 0;
    bool has_ties = false;

    template <real Real>
    kendall_score(std::vector<Real> const& x, std::vector<Real> const& y) : k(x.size()) {
        auto const sign = [](Real const& a, Real const& b) { return int(b < a) - int(a < b); };
        long long total = 0;
        for (std::size_t i = 0; i < k; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                total += sign(x[i], x[j]) * sign(y[i], y[j]);
            }
        }
        score = static_cast<double>(total);
        auto const in_x = tie_sums(x);
        auto const in_y = tie_sums(y);
        auto const n = static_cast<double>(k);
        double const pairs = n * (n - 1);
        has_ties = in_x.pairs > 0 || in_y.pairs > 0;
        tau = 2 * score / std::sqrt((pairs - in_x.pairs) * (pairs - in_y.pairs));
        variance = (pairs * (2 * n + 5) - in_x.variance_terms - in_y.variance_terms) / 18;
        if (k > 2) {
            variance += in_x.triples * in_y.triples / (9 * pairs * (n - 2));
        }
        variance += k > 1 ? in_x.pairs * in_y.pairs / (2 * pairs) : 0.0;
    }

    /// The two-sided exact p-value without ties: twice the smaller tail of S over all k! orders.
    [[nodiscard]] double exact_p_value() const {
        // The distribution of the number of discordant pairs: a k-th value adds 0 to k - 1 of them, each as
        // likely.
        std::vector<double> probability{1.0};
        for (std::size_t j = 2; j <= k; ++j) {
            std::vector<double> next(probability.size() + j - 1, 0.0);
            for (std::size_t discordant = 0; discordant < probability.size(); ++discordant) {
                for (std::size_t more = 0; more < j; ++more) {
                    next[discordant + more] += probability[discordant] / static_cast<double>(j);
                }
            }
            probability = std::move(next);
        }
        double const pairs = static_cast<double>(k * (k - 1)) / 2;
        auto const fewer = static_cast<std::size_t>((pairs - std::abs(score)) / 2 + 0.25);
        double tail = 0;
        for (std::size_t i = 0; i <= fewer; ++i) {
            tail += probability[i];
        }
        return 2 * tail < 1 ? 2 * tail : 1.0;
    }
};

/// The test of a score: exact where `exact` is asked for, by the normal approximation otherwise.
template <real Real>
[[nodiscard]] basic_rank_test<Real> rank_test_of(kendall_score const& kendall, bool const exact,
                                                 double const continuity) {
    require_not_negative("continuity", continuity);
    Real const nan = not_a_number<Real>();
    if (!is_finite(kendall.tau)) { // as of one study
        return {nan,       infinity<Real>(), nan, nan, nan, Real(kendall.score), nan, false,
                kendall.k, status::undefined};
    }
    double const size = std::abs(kendall.score) - continuity;
    double const deviation = std::sqrt(kendall.variance);
    Real const statistic = Real((kendall.score < 0 ? -1 : 1) * (size > 0 ? size : 0.0) / deviation);
    auto result =
        basic_rank_test<Real>{statistic,           infinity<Real>(), nan,   nan,       Real(kendall.tau),
                              Real(kendall.score), Real(deviation),  exact, kendall.k, status::ok};
    if (exact) {
        result.p_value = Real(kendall.exact_p_value());
        result.log_p_value = log(result.p_value);
    } else {
        auto const p = two_sided_p<Real>(statistic, infinity<Real>());
        result.p_value = p.value;
        result.log_p_value = p.logarithm;
    }
    return result;
}

} // namespace accrue::detail
