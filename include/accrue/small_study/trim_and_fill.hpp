#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/weighted_line.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace accrue {

/// The ranks of the effects' distances from a centre, with the signs of the distances, as the estimators of
/// the number of missing studies see them. The missing studies are those with the smallest effects.
struct signed_ranks {
    std::size_t k;           ///< studies observed
    double positive_sum;     ///< T, the sum of the ranks above the centre (Wilcoxon's statistic)
    double largest_negative; ///< the largest rank below the centre, or at it; 0 if there is none
};

/// L0 of Duval and Tweedie, linear in Wilcoxon's statistic: (4 T - k (k + 1)) / (2 k - 1). The one most used;
/// the best all-round in their simulations.
struct l0 {
    [[nodiscard]] static double estimate(signed_ranks const& ranks) {
        auto const k = static_cast<double>(ranks.k);
        return (4 * ranks.positive_sum - k * (k + 1)) / (2 * k - 1);
    }
    /// The standard error when `missing` studies are missing.
    [[nodiscard]] static double standard_error(signed_ranks const& ranks, double const missing) {
        auto const k = static_cast<double>(ranks.k);
        return 4 * std::sqrt(variance_of_sum(k, missing)) / (2 * k - 1);
    }
    /// The variance of T when `m` of k + m studies are missing.
    [[nodiscard]] static double variance_of_sum(double const k, double const m) {
        return (k * (k + 1) * (2 * k + 1) + 10 * m * m * m + 27 * m * m + 17 * m - 18 * k * m * m -
                18 * k * m + 6 * k * k * m) /
               24;
    }
};

/// R0 of Duval and Tweedie: the length of the run of the largest ranks that all lie above the centre, less
/// one. It depends on the extremes alone.
struct r0 {
    [[nodiscard]] static double estimate(signed_ranks const& ranks) {
        return static_cast<double>(ranks.k) - ranks.largest_negative - 1;
    }
    [[nodiscard]] static double standard_error(signed_ranks const&, double const missing) {
        return std::sqrt(2 * (missing > 0 ? missing : 0.0) + 2);
    }
    /// The one-sided p-value of no missing study, 2^-(R0 + 1): the probability of a run as long.
    [[nodiscard]] static double p_value(double const missing) {
        return std::exp2(-(missing > 0 ? missing : 0.0) - 1);
    }
};

/// Q0 of Duval and Tweedie, quadratic in Wilcoxon's statistic: k - 1/2 - sqrt(2 k² - 4 T + 1/4). It need not
/// exist when nearly all ranks lie above the centre.
struct q0 {
    [[nodiscard]] static double estimate(signed_ranks const& ranks) {
        auto const k = static_cast<double>(ranks.k);
        return k - 0.5 - std::sqrt(2 * k * k - 4 * ranks.positive_sum + 0.25);
    }
    [[nodiscard]] static double standard_error(signed_ranks const& ranks, double const missing) {
        auto const k = static_cast<double>(ranks.k);
        double const curvature = (k - 0.5) * (k - 0.5) - missing * (2 * k - missing - 1);
        return 2 * std::sqrt(l0::variance_of_sum(k, missing) / curvature);
    }
};

/// Studies with small effects are missing: those on the left of the funnel plot.
struct left_side {
    template <class Line>
    [[nodiscard]] static constexpr bool is_right(Line const&) {
        return false;
    }
};

/// Studies with large effects are missing: those on the right of the funnel plot.
struct right_side {
    template <class Line>
    [[nodiscard]] static constexpr bool is_right(Line const&) {
        return true;
    }
};

/// The side is the one that the regression of effects on standard errors says: where effects rise with the
/// standard error, small studies with small effects are missing. Weights are 1/(v + tau²) with the tau² of
/// the model. Studies of one standard error have no such line, and the side is the left one.
struct automatic_side {
    template <class Line>
    [[nodiscard]] static bool is_right(Line const& line) {
        return line().slope < 0;
    }
};

/// What trim and fill adds, and what the model says of all studies then.
template <class Estimate, class Pooled>
struct trim_and_fill_result {
    std::size_t added;            ///< studies filled in
    std::vector<Estimate> filled; ///< the studies observed, in their order, followed by those filled in
    Pooled pooled;                ///< `pool(model, filled)`
    double missing;               ///< the estimate of their number before it is rounded; may be negative
    double standard_error;        ///< of `missing`; NaN where its formula has no value
    double p_value;               ///< of no missing study, for `r0`; otherwise NaN
    bool right;                   ///< whether the studies filled in are on the right
    /// `ok`, or why the number of missing studies is not to be trusted: `not_converged` when trimming went
    /// round in a circle, `undefined` when the estimator or the model has no value; where the model had
    /// another status for any of the sets that were pooled, that.
    accrue::status status;
};

/// Trim and fill of Duval and Tweedie: estimates how many studies are missing on one side of the funnel plot,
/// fills in mirror images of their counterparts and pools again.
///
///     trim_and_fill{}(random_effects{}, estimates)
///     trim_and_fill{r0{}, right_side{}}(common_effect{}, estimates)
///
/// The studies most extreme on the other side are trimmed, the rest pooled by the model, the effects of all
/// ranked by their distance from that centre, and the number missing estimated anew from the signed ranks,
/// until it settles. Halves round to even, as in metafor; equal distances on both sides of the centre share
/// their ranks, where metafor ranks them in their order. Effects equal to the centre, but for rounding, are
/// on neither side. Of studies with equal effects, as rounded ones may be, the first in the list is the less
/// extreme, as in metafor: with such ties the result can depend on their order.
///
/// It assumes that the funnel is symmetric but for studies suppressed for their effects, the most extreme
/// ones. It is no test, and the result no corrected effect: it says how sensitive the result is. With
/// heterogeneity it fills in studies where none are missing (Terrin, Schmid, Lau & Olkin 2003, Stat Med
/// 22:2113-2126, doi:10.1002/sim.1461; Peters et al. 2007, doi:10.1002/sim.2889).
///
/// Duval & Tweedie 2000, Biometrics 56:455-463, doi:10.1111/j.0006-341X.2000.00455.x, and J Am Stat Assoc
/// 95:89-98, doi:10.1080/01621459.2000.10473905.
template <class Estimator = l0, class Side = automatic_side>
struct trim_and_fill {
    Estimator estimator{}; ///< of the number of missing studies: `l0`, `r0` or `q0`
    Side side{};           ///< `left_side`, `right_side` or `automatic_side`

    /// \param model any model that pools a range of estimates
    /// \throws invalid_input when there is no study, or an effect or variance is unusable; it names the study
    template <class Model, estimates Range>
        requires pools<Model, Range>
    [[nodiscard]] auto operator()(Model const& model, Range const& estimates) const {
        using Real = detail::range_real<Range>;
        using study = basic_estimate<Real>;
        auto const evidence = detail::as_evidence(estimates);
        auto all = std::vector<study>(evidence.studies().begin(), evidence.studies().end());
        std::size_t const k = all.size();
        auto const untrimmed = pool(model, all);
        bool const right = side.is_right([&] { return line_at(all, Real(untrimmed.tau_squared)); });

        // Seen from the other side, studies missing on the right are missing on the left.
        auto const sorted = ascending(all, right);

        auto found = search{};
        std::vector<std::size_t> tried{0};
        auto of_model = status::ok;
        auto const pooled_effect = [&](std::span<study const> const some) {
            auto const result = pool(model, some);
            of_model = result.status == status::ok ? of_model : result.status;
            return result.effect;
        };
        auto centre = pooled_effect(sorted);
        while (true) {
            if (!detail::is_finite(centre)) {
                found.missing = detail::not_a_number<double>();
                found.outcome = status::undefined;
                break;
            }
            auto const ranks = ranks_about(sorted, centre);
            found.missing = estimator.estimate(ranks);
            if (!detail::is_finite(found.missing)) {
                found.outcome = status::undefined;
                break;
            }
            double const rounded = round_half_to_even(found.missing);
            auto const number = rounded > 0 ? static_cast<std::size_t>(rounded) : std::size_t{0};
            found.standard_error = estimator.standard_error(ranks, found.missing);
            bool const settled = number == tried.back();
            found.number = number;
            if (settled || number >= k) {
                found.outcome = settled ? status::ok : status::undefined;
                break;
            }
            if (std::find(tried.begin(), tried.end(), number) != tried.end()) {
                found.outcome = status::not_converged;
                break;
            }
            tried.push_back(number);
            centre = pooled_effect(std::span<study const>(sorted).first(k - number));
        }
        found.number = found.outcome == status::undefined ? 0 : found.number;
        for (std::size_t i = k - found.number; i < k; ++i) {
            Real const mirrored = centre + (centre - sorted[i].effect);
            all.push_back({right ? Real(-mirrored) : mirrored, sorted[i].variance});
        }
        auto filled = found.number == 0 ? untrimmed : pool(model, all);
        of_model = filled.status == status::ok ? of_model : filled.status;
        found.outcome = found.outcome == status::ok ? of_model : found.outcome;
        double p_value = detail::not_a_number<double>();
        if constexpr (requires { estimator.p_value(found.missing); }) {
            p_value = detail::is_finite(found.missing) ? estimator.p_value(found.missing) : found.missing;
        }
        return trim_and_fill_result<study, decltype(filled)>{found.number,  std::move(all),       filled,
                                                             found.missing, found.standard_error, p_value,
                                                             right,         found.outcome};
    }
    ACCRUE_REFUSE_WHAT_CANNOT_BE_POOLED(operator()(Model const&, Studies const&, Rest const&...) const);
    ACCRUE_REFUSE_SUMS_OF_STUDIES(operator()(Model const&, Studies const&) const);
    ACCRUE_REFUSE_STUDIES_ALONE("trim_and_fill{}(random_effects{}, estimates)", operator()(Studies const&)
                                                                                    const);

  private:
    struct search {
        std::size_t number = 0;
        double missing = 0;
        double standard_error = detail::not_a_number<double>();
        accrue::status outcome = status::ok;
    };

    template <real Real>
    [[nodiscard]] static detail::weighted_line<Real> line_at(std::vector<basic_estimate<Real>> const& studies,
                                                             Real const& tau_squared) {
        std::vector<detail::line_point<Real>> points;
        for (auto const& each : studies) {
            points.push_back({accrue::standard_error(each), each.effect, 1 / (each.variance + tau_squared)});
        }
        return detail::weighted_line<Real>(std::span<detail::line_point<Real> const>(points));
    }

    /// The studies by their effects, which change their signs when seen from the other side. Of equal effects
    /// the study given first comes first. (Not std::stable_sort: its own buffer is deprecated for Clang 19.)
    template <real Real>
    [[nodiscard]] static std::vector<basic_estimate<Real>>
    ascending(std::vector<basic_estimate<Real>> const& studies, bool const from_the_other_side) {
        auto const effect = [&](std::size_t const i) {
            return from_the_other_side ? Real(-studies[i].effect) : studies[i].effect;
        };
        std::vector<std::size_t> order(studies.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t const a, std::size_t const b) {
            return effect(a) < effect(b) || (a < b && !(effect(b) < effect(a)));
        });
        std::vector<basic_estimate<Real>> result;
        for (auto const i : order) {
            result.push_back({effect(i), studies[i].variance});
        }
        return result;
    }

    /// Ranks of distances from the centre. Equal distances on both sides, as of symmetric studies, share
    /// their ranks, so that symmetry is no evidence of anything; rounding does not make them unequal.
    template <real Real>
    [[nodiscard]] static signed_ranks ranks_about(std::vector<basic_estimate<Real>> const& sorted,
                                                  Real const& centre) {
        struct distance {
            Real size;
            bool above;
        };
        std::vector<distance> distances;
        Real largest = detail::magnitude(centre);
        for (auto const& each : sorted) {
            Real const d = each.effect - centre;
            distances.push_back({detail::magnitude(d), d > 0});
            largest = largest < distances.back().size ? distances.back().size : largest;
        }
        std::sort(distances.begin(), distances.end(),
                  [](distance const& a, distance const& b) { return a.size < b.size; });
        Real const rounding = 8 * std::numeric_limits<Real>::epsilon() * largest;
        auto ranks = signed_ranks{sorted.size(), 0, 0};
        for (std::size_t i = 0; i < distances.size();) {
            std::size_t next = i;
            std::size_t positive = 0;
            std::size_t negative = 0;
            for (; next < distances.size() && !(distances[next].size > distances[i].size + rounding);
                 ++next) {
                if (distances[next].size > rounding) { // else it is the centre
                    (distances[next].above ? positive : negative) += 1;
                }
            }
            double const shared = (static_cast<double>(i + 1) + static_cast<double>(next)) / 2;
            ranks.positive_sum += shared * static_cast<double>(positive);
            if (positive == 0 || negative > 0) {
                ranks.largest_negative = positive > 0 ? shared : static_cast<double>(next);
            }
            i = next;
        }
        return ranks;
    }

    [[nodiscard]] static double round_half_to_even(double const x) {
        double const below = std::floor(x);
        double const rest = x - below;
        bool const below_is_even = std::fmod(below, 2.0) > -0.5 && std::fmod(below, 2.0) < 0.5;
        bool const up = rest > 0.5 || (!(rest < 0.5) && !below_is_even);
        return up ? below + 1 : below;
    }
};

template <class Estimator, class Side = automatic_side>
trim_and_fill(Estimator, Side = {}) -> trim_and_fill<Estimator, Side>;

} // namespace accrue
