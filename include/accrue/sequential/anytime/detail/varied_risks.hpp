#pragma once

#include <accrue/interval.hpp>
#include <accrue/real.hpp>
#include <accrue/sequential/anytime/detail/arm_risks.hpp>
#include <accrue/sequential/anytime/detail/descent.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace accrue::detail {

/// The infimum over all risks of `arm_risks` with a mean at a null of
///
///     bets(tables given margins) / P(tables given margins) x [3/4 + 1/4 bets(margins) / P(margins)].
///
/// For each of these risks both the ratio given the margins and its product with the ratio of the margins are
/// likelihood ratios against the truth, and so is their mean: an e-process. The first part finds an effect
/// as if the risks were known; the second rules out risks that don't agree with the margins.
struct varied_risks {
    std::span<arm_counts const> trials;
    double log_bets_given_margins;
    double log_bets_on_margins;
    interval shares;
    double null;
    double side; ///< 0 for the null alone; 1 for all means at or below it, -1 at or above

    /// Log odds with a larger standard deviation differ by factors that no trial has.
    static constexpr double largest_sd = 3;

    /// The least logarithm that is found downhill of the best places of a lattice, with all its digits, and
    /// where; or a place where it is below `enough`. A search, not a proof: other valleys may lie deeper.
    [[nodiscard]] descent_point<5> least(double const enough) const {
        auto best = descent_point<5>{{}, infinity<double>(), {}};
        for (auto const& start : lowest_of_lattice(enough)) {
            auto const here = start.value < enough ? start : least_downhill_of(start.place, enough);
            best = here.value < best.value ? here : best;
            if (best.value < enough) {
                return best;
            }
        }
        if (!(best.value < infinity<double>())) {
            best.value = -infinity<double>(); // no number is no evidence
            return best;
        }
        return at(best.place, sum_rule::to_all_digits());
    }
    /// The lowest places of a lattice where effects vary in the one arm or the other, little or much, the
    /// lowest of all first. It ends at a place below `enough`; what it has not looked at then is infinite.
    [[nodiscard]] std::array<descent_point<5>, 4> lowest_of_lattice(double const enough) const {
        double events = 0;
        double participants = 0;
        for (auto const& trial : trials) {
            events += trial.count();
            participants += trial.total();
        }
        double const log_odds = std::log((events + 0.5) / (participants - events + 0.5));
        auto result = std::array<descent_point<5>, 4>{};
        result.fill({{log_odds, 0.2, 0.3, 0, 0.1}, infinity<double>(), {}});
        auto const is_enough_at = [&](std::array<double, 5> const& place) {
            auto& lowest = result[(place[3] > 0 ? 1U : 0U) + (place[2] > 2 ? 2U : 0U)];
            auto const here = at(place);
            lowest = here.value < lowest.value ? here : lowest;
            return here.value < enough;
        };
        // The mean may lie beyond the null where that is a side.
        double const farthest = side < 0 || side > 0 ? 1.5 : 0.1;
        for (double const tau : {0.3, 1.0, 2.7}) {
            for (double const centre : {-0.5, 0.5, -1.5, -3.0, -4.5, 2.0}) {
                for (double const spread : {0.2, 1.5}) {
                    for (double const turn : {-1.4, -0.6, 0.6, 1.4}) {
                        auto const place = std::array{log_odds + centre, spread, tau, turn, 0.1};
                        auto beyond = place;
                        beyond[4] = farthest;
                        if (is_enough_at(place) || (farthest > 1 && is_enough_at(beyond))) {
                            return lowest_first(result);
                        }
                    }
                }
            }
        }
        return lowest_first(result);
    }
    [[nodiscard]] static std::array<descent_point<5>, 4>
    lowest_first(std::array<descent_point<5>, 4> places) {
        std::sort(places.begin(), places.end(),
                  [](auto const& a, auto const& b) { return a.value < b.value; });
        return places;
    }
    /// The same downhill of one place.
    [[nodiscard]] descent_point<5> least_downhill_of(std::array<double, 5> const& start,
                                                     double const enough) const {
        return descend([this](auto const& place) { return at(place); }, start, enough);
    }

    /// The logarithm at centre, ±spread, ±tau, a turn whose sine is the share, and the root of the distance
    /// from the null: unknowns without bounds.
    [[nodiscard]] descent_point<5> at(std::array<double, 5> const& place, sum_rule const& rule = {}) const {
        double const half = shares.width() / 2;
        auto const risks = arm_risks{.centre = place[0],
                                     .spread = (std::min)(std::abs(place[1]), largest_sd),
                                     .tau = (std::min)(std::abs(place[2]), largest_sd),
                                     .share = shares.lower + half * (1 + std::sin(place[3])),
                                     .mean = null - side * place[4] * place[4]};
        auto margin = risk_slopes{};
        auto given = risk_slopes{};
        for (auto const& trial : trials) {
            auto const factors = trial.at(risks, rule);
            margin += factors.margin;
            given += factors.given_margin;
        }
        double const ratio = log_bets_on_margins - margin.value;
        double const larger = ratio > 0 ? ratio : 0;
        double const known = 0.75 * std::exp(-larger);
        double const ruled_out = 0.25 * std::exp(ratio - larger);
        double const weight = ruled_out / (known + ruled_out);
        auto result = descent_point<5>{
            place, log_bets_given_margins - given.value + larger + std::log(known + ruled_out), {}};
        auto const sign = [](double const sd) {
            return std::abs(sd) > largest_sd ? 0.0 : sd < 0 ? -1.0 : 1.0;
        };
        auto const by_place =
            std::array{1.0, sign(place[1]), sign(place[2]), half * std::cos(place[3]), -2 * side * place[4]};
        for (std::size_t i = 0; i < by_place.size(); ++i) {
            result.slope[i] = -(given.slope[i] + weight * margin.slope[i]) * by_place[i];
        }
        return result;
    }
};

} // namespace accrue::detail
