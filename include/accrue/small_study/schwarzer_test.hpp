#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/effect/detail/table_cells.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/begg_test.hpp>
#include <accrue/small_study/detail/informative_trials.hpp>
#include <accrue/small_study/detail/kendall.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <vector>

namespace accrue {

namespace detail {

/// Mean and variance of the number of events under treatment given the margins of the table, when the odds
/// ratio is `odds_ratio`: Fisher's noncentral hypergeometric distribution.
template <real Real>
struct noncentral_hypergeometric_moments {
    Real mean;
    Real variance;

    noncentral_hypergeometric_moments(table_margins<Real> const& margins, Real const& odds_ratio) {
        Real const least = margins.with > margins.control ? Real(margins.with - margins.control) : Real(0);
        Real const most = margins.with < margins.treatment ? margins.with : margins.treatment;
        // The ratio of the probabilities of x + 1 and x events; it falls with x.
        auto const ratio = [&](Real const& x) -> Real {
            return odds_ratio * (margins.treatment - x) / (x + 1) * (margins.with - x) /
                   (margins.control - margins.with + x + 1);
        };
        Real mode = least;
        for (Real step = most - least; step >= Real(0.5);) {
            Real const half = floor(Real((step + 1) / 2));
            if (mode + half <= most && ratio(Real(mode + half - 1)) > 1) {
                mode = mode + half;
                step = step - half;
            } else {
                step = half - 1;
            }
        }
        // Sums about the mode, from where terms fall on both sides.
        Real total(1);
        Real first(0);
        Real second(0);
        auto const add = [&](Real const& term, Real const& distance) {
            total += term;
            first += term * distance;
            second += term * distance * distance;
        };
        Real const negligible = std::numeric_limits<Real>::epsilon() / 16;
        Real term(1);
        for (Real x = mode; x < most && term * (x - mode + 1) * (x - mode + 1) > negligible * (second + 1);
             x += Real(1)) {
            term = term * ratio(x);
            add(term, Real(x - mode + 1));
        }
        term = Real(1);
        for (Real x = mode; x > least && term * (mode - x + 1) * (mode - x + 1) > negligible * (second + 1);
             x = x - 1) {
            term = term / ratio(Real(x - 1));
            add(term, Real(x - 1 - mode));
        }
        Real const offset = first / total;
        mean = mode + offset;
        variance = second / total - offset * offset;
    }
};

} // namespace detail

/// Schwarzer's rank test for trials with two arms and a binary outcome: Kendall's tau between
///
///     (a - E(a)) / sqrt(V)   and   1/V,
///
/// with the mean and variance of the number of events a under treatment given the margins of the table and
/// the Mantel-Haenszel odds ratio (the noncentral hypergeometric distribution).
///
/// The null is that all trials share one odds ratio, whatever their information. It needs no correction for
/// zero cells and keeps its error for sparse data, where the tests on log odds ratios do not. Trials in which
/// nobody or everybody had the event say nothing and are not counted. Counts must be whole numbers.
///
/// Schwarzer, Antes & Schumacher 2007, Stat Med 26:721-733, doi:10.1002/sim.2588.
template <class Distribution = normal_rank_distribution>
struct schwarzer_test {
    Distribution distribution{}; ///< `normal_rank_distribution` or `exact_rank_distribution`

    /// \param trials any contiguous range of `two_arms<basic_events>`
    /// \throws invalid_input when there is no trial, one's report is unusable, or a count or total is not
    /// whole and below 2^53 in a trial that says something (it names the trial); and when `continuity` is
    /// negative or not finite
    template <detail::two_by_two_tables Trials>
    [[nodiscard]] auto operator()(Trials const& trials) const
        -> basic_rank_test<detail::counts_real<Trials>> {
        using Real = detail::counts_real<Trials>;
        auto const places = detail::informative_trials(trials);
        auto const* const first = std::data(trials);
        Real concordant(0);
        Real discordant(0);
        for (std::size_t const i : places) {
            auto const t = detail::table_cells<Real>(first[i]);
            concordant += t.concordant();
            discordant += t.discordant();
        }
        Real const odds_ratio = concordant / discordant; // of Mantel and Haenszel
        bool const defined = odds_ratio > 0 && detail::is_finite(odds_ratio);
        std::vector<Real> scores;
        std::vector<Real> precisions;
        for (std::size_t const i : places) {
            detail::for_study(i, [&] {
                for (auto const& [name, value] : {named<Real>{"treatment count", first[i].treatment.count},
                                                  named<Real>{"treatment total", first[i].treatment.total},
                                                  named<Real>{"control count", first[i].control.count},
                                                  named<Real>{"control total", first[i].control.total}}) {
                    detail::require_whole(name, value);
                }
            });
            if (defined) {
                auto const moments = detail::noncentral_hypergeometric_moments<Real>(
                    detail::table_margins<Real>(first[i]), odds_ratio);
                scores.push_back((first[i].treatment.count - moments.mean) / sqrt(moments.variance));
                precisions.push_back(1 / moments.variance);
            }
        }
        auto const kendall = detail::kendall_score(scores, precisions);
        return detail::rank_test_of<Real>(kendall, distribution.is_exact(kendall.k, kendall.has_ties),
                                          distribution.continuity);
    }
    ACCRUE_REFUSE_ALL_BUT_TABLES(operator()(Studies const&) const);

  private:
    template <class Real>
    struct named {
        char const* name;
        Real value;
    };
};

template <class Distribution>
schwarzer_test(Distribution) -> schwarzer_test<Distribution>;

} // namespace accrue
