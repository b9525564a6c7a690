#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/evidence/detail/known_mean_evidence.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/real.hpp>
#include <accrue/tau_squared/detail/likelihood_maximum.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <algorithm>
#include <cmath>

namespace accrue::detail {

struct known_mean_maximum {
    double tau_squared;
    double log_likelihood;
};

/// The global maximum over tau² >= 0 of the likelihood at a mean that is known, by the search that proves it,
/// without the guess and the last digits of tau² that `maximum_likelihood` is for.
[[nodiscard]] inline known_mean_maximum maximise_with_known_mean(study_evidence<double> const& evidence,
                                                                 double const mean) {
    auto const known = known_mean_evidence<double>(evidence, mean);
    auto search =
        likelihood_search<double>(known.smallest_variance(), known.largest_variance(), 0.0, 1e-12, 500);
    while (!search.finished()) {
        search.take(likelihood_score(known, search.point()));
    }
    auto best = known_mean_maximum{0, -infinity<double>()};
    for (double const candidate : search.maxima()) {
        double const height = log_likelihood(known, candidate);
        best = height > best.log_likelihood ? known_mean_maximum{candidate, height} : best;
    }
    return best;
}

/// The largest log-likelihood over tau² >= 0 and all means at or below a null (side 1), or at or above it
/// (side -1). At one tau² the best of these is the weighted mean, or the null where that is nearer. This
/// profile is smooth, and each of its maxima is one with the mean at the null, or one over all means.
[[nodiscard]] inline double largest_beyond(study_evidence<double> const& evidence, double const null,
                                           double const side) {
    auto const height = [&](double const tau_squared) {
        auto const fit = inverse_variance_fit(evidence, tau_squared);
        double const beyond = (std::max)(side * (fit.mean - null), 0.0);
        return log_likelihood_about(evidence, tau_squared, fit.q() + square(beyond) / fit.variance());
    };
    double best = maximise_with_known_mean(evidence, null).log_likelihood;
    best = (std::max)(best, height(0));
    // The profile's slope by ln tau² changes its sign at every maximum, and is smooth on the scale of 1
    // there.
    double const least = std::log(evidence.smallest_variance()) - 14;
    double const scale = std::log(evidence.largest_variance() + unweighted_fit(evidence).squares) + 1;
    constexpr double step = 0.25;
    double before = height(0);
    double middle = height(std::exp(least));
    for (double u = least + step; u < scale + 2 * step; u += step) {
        double const after = height(std::exp(u));
        if (middle >= before && middle >= after) {
            auto const refined = least_between<double>([&](double const at) { return -height(std::exp(at)); },
                                                       u - 2 * step, u, 40, 100);
            best = (std::max)(best, -refined.value);
        }
        best = (std::max)(best, after);
        before = middle;
        middle = after;
    }
    return best;
}

/// The largest (side 1) or smallest (side -1) mean whose likelihood, maximised over tau², is at least
/// exp(height).
///
/// At one tau² these means are an interval about the weighted mean m, with half-width
/// r = sqrt(2 (l - height) / W) where l is the log-likelihood with the mean at its maximum. So the limit is
/// the largest m + r over all tau²: sought on a grid of ln tau² (64 points a factor of e^16, as smooth as
/// 1/(v + tau²) is there) and at the maximum of l, which many trials make narrower than the grid, and then
/// refined.
[[nodiscard]] inline double farthest_mean(study_evidence<double> const& studies, double const height,
                                          double const side) {
    double const never = -infinity<double>();
    auto const reach = [&](double const tau_squared) {
        auto const fit = inverse_variance_fit(studies, tau_squared);
        double const spare = log_likelihood_about(studies, tau_squared, fit.q()) - height;
        return spare >= 0 ? side * fit.mean + std::sqrt(2 * spare * fit.variance()) : never;
    };
    double const least = std::log(studies.smallest_variance()) - 14;
    double const scale = studies.largest_variance() + unweighted_fit(studies).squares;
    double best = reach(0);
    double at = never;
    auto const take = [&](double const u) {
        double const here = reach(std::exp(u));
        if (here > best) {
            best = here;
            at = u;
        }
        return here > never;
    };
    take(std::log(maximum_likelihood{}(studies).value)); // of 0 as well
    constexpr double step = 0.25;
    // Beyond the effects' whole spread the likelihood only falls.
    double u = least;
    while (take(u) || std::exp(u) < scale) {
        u += step;
    }
    if (at > never) {
        // A step away, or where means end before.
        auto const end = [&](double const away) {
            if (reach(std::exp(away)) > never) {
                return away;
            }
            double inside = at;
            double outside = away;
            for (int i = 0; i < 30; ++i) {
                double const middle = (inside + outside) / 2;
                (reach(std::exp(middle)) > never ? inside : outside) = middle;
            }
            return inside;
        };
        auto const refined = least_between<double>([&](double const v) { return -reach(std::exp(v)); },
                                                   end(at - step), end(at + step), 40, 100);
        best = -refined.value > best ? -refined.value : best;
    }
    return side * best;
}

} // namespace accrue::detail
