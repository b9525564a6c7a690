#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/sequential/boundary/boundaries_with_futility.hpp>
#include <accrue/sequential/boundary/detail/boundary_root.hpp>
#include <accrue/sequential/boundary/detail/clustered_density.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/boundary/detail/secant_root.hpp>
#include <accrue/sequential/boundary/detail/spending_boundary.hpp>
#include <accrue/sequential/boundary/drift.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>
#include <accrue/sequential/spending/lan_demets_obrien_fleming.hpp>
#include <accrue/sequential/spending/spending_function.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace accrue::detail {

/// What every futility computation knows.
struct futility_problem {
    std::span<double const> fractions; ///< up to the look that spends all that is left
    std::size_t looks;                 ///< those after it, which have no boundaries, among them
    double per_side;                   ///< type I error of one boundary
    double type_two_error;             ///< of the trial
    error_schedule efficacy;
    error_schedule futility;
    std::vector<double> upper; ///< of the trial without futility; empty when the futility boundary binds
    std::vector<bool> may_stop = {}; ///< looks with a futility boundary; the others pass on what they'd spend
};

/// Both errors as increments over the looks, with a futility boundary at each, up to the one that spends all
/// that is left.
///
/// \param stop a `futility`
template <spending_function Efficacy, class Stop>
futility_problem pose_futility(Efficacy const& efficacy, double const per_side, Stop const& stop,
                               std::span<double const> const fractions,
                               std::span<double const> const spending_times = {}) {
    require_between_0_and_1("type II error", stop.error);
    auto plan = schedule(efficacy, per_side, fractions, spending_times);
    auto beta_plan = schedule(stop.spending, stop.error, fractions, spending_times);
    auto const times = spending_times.empty() ? fractions : spending_times;
    auto const end = std::find_if(times.begin(), times.end(), [](double const t) { return t >= 1; });
    auto const count = static_cast<std::size_t>(end - times.begin()) + (end == times.end() ? 0 : 1);
    for (auto* const values :
         {&plan.increment, &plan.cumulative, &beta_plan.increment, &beta_plan.cumulative}) {
        values->resize(count);
    }
    return {.fractions = fractions.first(count),
            .looks = fractions.size(),
            .per_side = per_side,
            .type_two_error = stop.error,
            .efficacy = std::move(plan),
            .futility = std::move(beta_plan),
            .upper = {},
            .may_stop = std::vector<bool>(count, true)};
}

/// Where a trial stops for futility: at every Z up to a boundary, or within a wedge around 0.
enum class futility_region : unsigned char { below, wedge };

/// The boundaries at one trial drift.
struct futility_path {
    double drift = 0;
    std::vector<double> upper = {};
    std::vector<double> futility = {}; ///< -infinity where there is none
    /// With r the probability of ending the last look without success, over the type II error that is left
    /// for it, (r^3/4 - 1) / (3/4): near the root the logarithm of r, and nearly a straight line in the drift
    /// from r = 10 on down. -infinity where the two boundaries cross before.
    double excess = -std::numeric_limits<double>::infinity();
    double left = 0; ///< that type II error
};

/// The search for the drift at which the two boundaries meet at the last look.
///
/// Two densities are carried along: under the drift for the futility boundary, whose increments are the
/// probabilities of stopping there, and, if that binds, under no effect for the upper one.
class futility_search {
  public:
    futility_search(futility_problem const& problem, futility_region const region)
        : problem_(problem), region_(region),
          efficacy_reach_(cut_for(problem.efficacy, problem.fractions).own),
          futility_reach_(cut_for(problem.futility, problem.fractions).own),
          refinement_(
              (std::max)(refinement_for_plan(problem.efficacy), refinement_for_plan(problem.futility))) {}

    /// The boundaries that meet, and the drift; the last ones tried when none do.
    futility_path const& solve(root_guess const& guess, double const tolerance) {
        auto const root = secant_root([&](double const drift) { return at(drift); }, guess, tolerance);
        status_ = root.status;
        return newer_;
    }
    /// The last drift that was tried, and the slope there.
    [[nodiscard]] root_guess guess() const {
        auto const slope = (newer_.excess - older_.excess) / (newer_.drift - older_.drift);
        return {newer_.drift, is_finite(slope) ? slope : 0};
    }
    [[nodiscard]] status how() const { return status_; }
    /// The boundaries at a drift, whether or not they meet.
    [[nodiscard]] futility_path walk(double const drift) const {
        auto const infinity = std::numeric_limits<double>::infinity();
        auto const looks = stopping_looks();
        auto information = std::vector<double>{};
        for (auto const& look : looks) {
            information.push_back(problem_.fractions[look.index]);
        }
        auto null = clustered_density(information, refinement_);
        auto planned = clustered_density(information, drift, 0, 0, refinement_);
        for (std::size_t i = 1; i < looks.size(); ++i) {
            // The boundaries of the last look meet where trials would rest.
            if (looks[i].for_success != looks[i - 1].for_success ||
                looks[i].for_futility != looks[i - 1].for_futility || i + 1 == looks.size()) {
                null.break_before(i);
                planned.break_before(i);
            }
        }
        auto path = futility_path{.drift = drift, .upper = problem_.upper};
        path.upper.resize(problem_.fractions.size(), infinity);
        path.futility.assign(problem_.fractions.size(), -infinity);
        auto guess = boundary_guess{};
        auto futility_guess = boundary_guess{};
        double missed = 0;
        for (std::size_t i = 0; i < looks.size();) {
            auto const& look = looks[i];
            auto const k = look.index;
            auto const t = problem_.fractions[k];
            auto const root = std::sqrt(t);
            auto& upper = path.upper[k];
            auto& futility = path.futility[k];
            if (binds() && look.for_success) {
                auto const start = guess(problem_.efficacy.increment[k], problem_.efficacy.cumulative[k]);
                upper =
                    boundary_root(null, side::upper, t, problem_.efficacy.increment[k], start * root) / root;
                guess.learn(upper);
            }
            if (i + 1 == looks.size()) {
                futility = upper;
                double const failing = futile(planned, upper, t);
                path.excess = failing > 0 ? (std::pow(failing / look.spend, 0.75) - 1) / 0.75 : -infinity;
                path.left = look.spend;
                break;
            }
            if (look.for_futility) {
                auto const first = drift * root - futility_guess(look.spend, problem_.futility.cumulative[k]);
                // Close looks miss by the same.
                double const closeness = i > 0 ? information[i - 1] / t : 0;
                double const expected = guessed(k, drift, first) + square(square(closeness)) * missed;
                futility = boundary(planned, t, look.spend, expected);
                missed = is_finite(futility) ? futility - expected : 0;
                futility_guess.learn(drift * root - futility);
            }
            auto const stop = stopping(futility, upper);
            bool const lower_stops = stop.lower > -infinity || look.for_futility;
            auto const planned_region = continuation(stop, t, drift * root, futility_reach_[k]);
            auto const null_region = continuation(stop, t, 0, efficacy_reach_[k]);
            if (planned.holds(planned_region.span()) && (!binds() || null.holds(null_region.span()))) {
                if (!(futility < upper)) {
                    break;
                }
                planned.advance(planned_region.span(), futility_reach_[k], lower_stops);
                if (binds()) {
                    null.advance(null_region.span(), efficacy_reach_[k], lower_stops);
                }
                ++i;
            } else {
                planned.restart();
                null.restart();
                guess = {};
                futility_guess = {};
                missed = 0;
                i = 0;
            }
        }
        return path;
    }

  private:
    double at(double const drift) {
        auto path = walk(drift);
        older_ = std::exchange(newer_, std::move(path));
        return newer_.excess;
    }

    [[nodiscard]] bool binds() const { return problem_.upper.empty(); }

    /// A look that can stop the trial, and the type II error that is due there.
    struct stopping_look {
        std::size_t index;
        double spend;
        bool for_success;
        bool for_futility;
    };
    /// The looks that can stop the trial, the last look among them.
    [[nodiscard]] std::vector<stopping_look> stopping_looks() const {
        auto result = std::vector<stopping_look>{};
        auto spend = 0.0;
        for (std::size_t k = 0; k < problem_.fractions.size(); ++k) {
            bool const is_last = k + 1 == problem_.fractions.size();
            spend += problem_.futility.increment[k];
            bool const for_success =
                binds() ? problem_.efficacy.increment[k] > 0 : is_finite(problem_.upper[k]);
            bool const for_futility = !is_last && problem_.may_stop[k] && spend > 0;
            if (for_success || for_futility || is_last) {
                result.push_back({k, spend, for_success, for_futility});
            }
            spend = for_futility ? 0 : spend;
        }
        return result;
    }

    /// What ends without success at a last look.
    [[nodiscard]] double futile(clustered_density const& density, double const upper, double const t) const {
        auto const below = [&](double const z) {
            return is_finite(z) ? density.crossing(side::lower, z * std::sqrt(t), t).probability
                   : z > 0      ? density.mass()
                                : 0.0;
        };
        return below(upper) - (region_ == futility_region::wedge ? below(-upper) : 0);
    }

    [[nodiscard]] stopping_region stopping(double const futility, double const upper) const {
        if (region_ == futility_region::below) {
            return {.lower = futility, .upper = upper};
        }
        return {.lower = -upper, .upper = upper, .inner = {-futility, futility}};
    }

    [[nodiscard]] double boundary(clustered_density const& density, double const t, double const spend,
                                  double const guess) const {
        auto const root = std::sqrt(t);
        return (region_ == futility_region::wedge
                    ? wedge_root(density, t, spend, (std::max)(guess, 0.01) * root)
                    : boundary_root(density, side::lower, t, spend, guess * root)) /
               root;
    }

    /// Where the boundary will be about, from the last two drifts; `first` when there are none.
    [[nodiscard]] double guessed(std::size_t const k, double const drift, double const first) const {
        auto const known = [&](futility_path const& path) {
            return !path.futility.empty() && is_finite(path.futility[k]);
        };
        if (!known(newer_)) {
            return first;
        }
        auto const slope = known(older_)
                               ? (newer_.futility[k] - older_.futility[k]) / (newer_.drift - older_.drift)
                               : std::sqrt(problem_.fractions[k]);
        auto const guess = newer_.futility[k] + slope * (drift - newer_.drift);
        return is_finite(guess) ? guess : first;
    }

    futility_problem const& problem_;
    futility_region region_;
    std::vector<double> efficacy_reach_;
    std::vector<double> futility_reach_;
    double refinement_;
    futility_path newer_;
    futility_path older_;
    status status_ = status::not_converged;
};

/// The drift of a trial with one look.
inline double fixed_drift(futility_problem const& problem) {
    return normal::upper_quantile(problem.per_side) + normal::upper_quantile(problem.type_two_error);
}

inline root_guess first_guess(futility_problem const& problem) {
    return {.value = 1.03 * fixed_drift(problem) / std::sqrt(problem.fractions.back())};
}

/// Whether a boundary for success can be reached at all. None can where the error that is spent on them is
/// too small for the type, as it is at the first per cent of the information.
inline bool can_succeed(futility_problem const& problem) {
    return problem.upper.empty() ? problem.efficacy.cumulative.back() > 1e-305
                                 : std::any_of(problem.upper.begin(), problem.upper.end(),
                                               [](double const z) { return is_finite(z); });
}

/// Whether boundaries for success and for futility can meet: both errors are large enough for the type.
inline bool can_meet(futility_problem const& problem) {
    return can_succeed(problem) && problem.futility.cumulative.back() > 1e-305;
}

/// The boundaries that meet at the last look, and their drift.
inline boundaries_with_futility meet(futility_problem const& problem, futility_region const region,
                                     bool const is_wedge, root_guess const& guess) {
    bool const has_power = can_meet(problem);
    auto search = futility_search(problem, region);
    auto path = has_power ? search.solve(guess, 2e-15)
                          : futility_path{.drift = not_a_number<double>(), .upper = problem.upper};
    path.upper.resize(problem.looks, infinity<double>());
    path.futility.resize(problem.looks, -infinity<double>());
    auto bounds = is_wedge ? stopping_boundaries::symmetric(path.upper)
                           : stopping_boundaries{.lower = path.futility, .upper = path.upper};
    if (is_wedge) {
        bounds.wedge = std::move(path.futility);
    }
    auto const fixed = fixed_drift(problem);
    bool const met = std::abs(path.excess) * path.left <= 1e-9 * problem.type_two_error;
    return {.bounds = std::move(bounds),
            .drift = path.drift,
            .inflation = path.drift * path.drift / (fixed * fixed),
            .status = !has_power ? status::undefined
                      : met      ? search.how()
                                 : status::not_converged};
}

/// Decides which looks have a wedge: of the upper half of a two-sided trial, in which futility is all below
/// the wedge, those where it comes out negative lose theirs (what they would spend is carried to the next
/// look), until none is negative. Returns about what the drift of the upper half is then.
///
/// A wedge moves about as much as the drift: a few digits of it decide, unless a wedge is near 0.
inline root_guess remove_negative_wedges(futility_problem& problem) {
    constexpr auto rough = 1e-4;
    auto guess = first_guess(problem);
    while (can_meet(problem)) {
        auto search = futility_search(problem, futility_region::below);
        auto const* path = &search.solve(guess, rough);
        auto const is_near_zero = [&](double const wedge) { return std::abs(wedge) < 100 * rough; };
        if (std::any_of(path->futility.begin(), path->futility.end(), is_near_zero)) {
            path = &search.solve(search.guess(), 2e-15);
        }
        guess = search.how() == status::ok ? search.guess() : first_guess(problem);
        auto negative = false;
        for (std::size_t k = 0; k < problem.may_stop.size(); ++k) {
            if (problem.may_stop[k] && !(path->futility[k] > 0)) {
                problem.may_stop[k] = false;
                negative = true;
            }
        }
        if (!negative) {
            break;
        }
    }
    return guess;
}

/// The Copenhagen wedge; the drift is that of the design without it.
inline boundaries_with_futility copenhagen_wedge(futility_problem const& problem) {
    if (!can_succeed(problem)) {
        return meet(problem, futility_region::wedge, true, {});
    }
    auto const fractions = problem.fractions;
    auto result = stopping_boundaries::symmetric(problem.upper);
    auto const drift = drift_for_power(result, fractions, 1 - problem.type_two_error);
    auto const last = fractions.back();
    auto const end = last > 1 ? normal::upper_quantile(problem.per_side) : problem.upper.back();
    auto const turned = one_boundary(schedule(lan_demets_obrien_fleming{}, problem.type_two_error, fractions),
                                     fractions, true);
    auto const slope = end + turned.back() * std::sqrt(last);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
        auto const wedge = (std::min)(std::sqrt(fractions[k]) * slope - turned[k], problem.upper[k]);
        result.wedge.push_back(wedge > 0 ? wedge : -std::numeric_limits<double>::infinity());
    }
    result.wedge.back() = end;
    result.lower.resize(problem.looks, -infinity<double>());
    result.upper.resize(problem.looks, infinity<double>());
    result.wedge.resize(problem.looks, -infinity<double>());
    return {.bounds = std::move(result),
            .drift = drift.value,
            .inflation = drift.inflation(problem.per_side, 1 - problem.type_two_error),
            .status = drift.status};
}

} // namespace accrue::detail
