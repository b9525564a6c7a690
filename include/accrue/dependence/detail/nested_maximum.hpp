#pragma once

#include <accrue/dependence/detail/nested_studies.hpp>
#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

namespace accrue::detail {

/// A maximum of the three-level likelihood, or of a profile of it.
template <real Real>
struct nested_maximum {
    Real between;
    Real within;
    Real deviance; ///< -2 log-likelihood, but for constants
    int iterations;
    accrue::status status;
};

/// The maximum over the variance between clusters, s, at one variance within clusters, t.
template <real Real>
struct nested_point {
    Real within;
    Real between;
    Real score; ///< (v_min + t) times twice the derivative of the log-likelihood by t
    accrue::status status;
};

/// What `nested_search` maximises.
template <class Problem, class Real>
concept nested_problem = requires(Problem const& problem, Real const x) {
    { problem.separable() } -> std::same_as<bool>;                  // whether any cluster has two effects
    { problem.smallest_variance() } -> std::convertible_to<Real>;   // v_min
    { problem.first_within() } -> std::convertible_to<Real>;        // nor a smaller t than this
    { problem.last_within() } -> std::convertible_to<Real>;         // no maximum has a greater t
    { problem.evaluate(x, x) } -> std::same_as<nested_point<Real>>; // at t, with a guess of s
    { problem.deviance(x, x) } -> std::same_as<Real>;               // at t and s
};

/// The search for the global maximum of the three-level likelihood over both variances.
///
/// Given the variance within clusters, t, the global maximum over the variance between clusters is known,
/// proved. So one variance is left, along the profile
///
///     p(t) = max over s >= 0 of l(t, s),
///     dp/dt = the partial derivative of l at that s (the envelope theorem).
///
/// Where the maximising s jumps, p' jumps upwards, so every change of p' from + to - is a root of it and a
/// maximum. From the first t that the problem names to the last, p' is evaluated on a grid of log(v_min + t),
/// which is refined where s jumps or is 0, and where p' comes near to 0 without reaching it.
template <real Real, nested_problem<Real> Problem>
class nested_search {
  public:
    nested_search(Problem const& problem, Real const& tolerance) : problem_(problem), tolerance_(tolerance) {}

    [[nodiscard]] nested_maximum<Real> maximum() {
        if (!problem_.separable()) {
            // Only the sum of the variances is determined, and it is given as the variance between clusters.
            return summary(evaluate(Real(0)));
        }
        scan();
        auto best = summary(points_[0]);
        bool found = false;
        for (std::size_t i = 0; i < points_.size(); ++i) {
            bool const rising = i > 0 && points_[i - 1].score > 0;
            if (points_[i].score > 0 || (i > 0 && !rising)) {
                continue;
            }
            auto const candidate =
                i == 0 ? summary(points_[0]) : summary(root_between(points_[i - 1], points_[i]));
            if (!found || candidate.deviance < best.deviance) {
                best = candidate;
                found = true;
            }
        }
        best.iterations = iterations_;
        best.status = is_finite(best.deviance) ? status_ : status::undefined; // variances 1e308 times apart
        return best;
    }

  private:
    struct point : nested_point<Real> {
        bool smooth = false; ///< s is known not to jump up to the next point
    };

    [[nodiscard]] point evaluate(Real const& within) {
        ++iterations_;
        auto const found = problem_.evaluate(within, guess_);
        if (found.status != status::ok) {
            status_ = found.status;
        }
        guess_ = found.between;
        return {found, false};
    }

    [[nodiscard]] nested_maximum<Real> summary(point const& maximum) {
        return {maximum.between, maximum.within, problem_.deviance(maximum.within, maximum.between),
                iterations_, status_};
    }

    /// Scores from the first t that may be a maximum to ever larger ones, up to where none is positive.
    void scan() {
        Real const least = problem_.smallest_variance();
        Real const last = least + problem_.last_within();
        Real const first = problem_.first_within();
        Real unit = least + first;
        points_.push_back(evaluate(first));
        if (!is_finite(last)) {
            status_ = status::undefined; // squares of the effects overflow
            return;
        }
        while (unit <= last) {
            unit = unit * Real(1.25);
            points_.push_back(evaluate(Real(unit - least)));
        }
        for (std::size_t i = 1; i < points_.size();) {
            if (turns(points_[i - 1], points_[i]) || may_jump(points_[i - 1], points_[i]) || nears_zero(i)) {
                halve(i);
                i = i > 1 ? i - 1 : i;
            } else {
                ++i;
            }
        }
    }

    /// Adds the middle of an interval. Where s changes by about as much in either half it is steep, but does
    /// not jump.
    void halve(std::size_t const upper) {
        guess_ = points_[upper - 1].between;
        auto middle = evaluate((points_[upper - 1].within + points_[upper].within) / 2);
        Real const before = magnitude(Real(middle.between - points_[upper - 1].between));
        Real const after = magnitude(Real(points_[upper].between - middle.between));
        middle.smooth = before <= 2 * after && after <= 2 * before;
        points_[upper - 1].smooth = middle.smooth;
        points_.insert(points_.begin() + static_cast<std::ptrdiff_t>(upper), middle);
    }

    /// Whether the variance between clusters reaches 0, where the slope of p' changes.
    [[nodiscard]] bool turns(point const& lower, point const& upper) const {
        return (lower.between > 0) != (upper.between > 0) &&
               upper.within - lower.within > (problem_.smallest_variance() + lower.within) / 256;
    }

    /// Whether the variance between clusters changes by more than that within does, as it does where it jumps
    /// from one maximum to another; p' may be positive just there.
    [[nodiscard]] bool may_jump(point const& lower, point const& upper) const {
        Real const step = upper.within - lower.within;
        return !lower.smooth && magnitude(Real(upper.between - lower.between)) > step &&
               step > (problem_.smallest_variance() + lower.within) / 16384;
    }

    /// Whether p' has the same sign at both ends of an interval, but comes nearest to 0 at one of them, so
    /// that it may have two roots within.
    [[nodiscard]] bool nears_zero(std::size_t const upper) const {
        point const& left = points_[upper - 1];
        point const& right = points_[upper];
        bool const positive = right.score > 0;
        if ((left.score > 0) != positive ||
            !(right.within - left.within > (problem_.smallest_variance() + left.within) / 64)) {
            return false;
        }
        // At the first point there is nothing before it that it could turn from.
        auto const turns = [&](std::size_t const i) {
            return i + 1 < points_.size() &&
                   (i == 0 || magnitude(points_[i].score) < magnitude(points_[i - 1].score)) &&
                   magnitude(points_[i].score) < magnitude(points_[i + 1].score);
        };
        return turns(upper - 1) || turns(upper);
    }

    [[nodiscard]] point root_between(point const& lower, point const& upper) {
        Real const least = problem_.smallest_variance();
        auto const score = [&](Real const& within) -> Real { return evaluate(within).score; };
        guess_ = lower.between;
        auto const root = detail::root_between<Real>(
            score, {lower.within, upper.within, lower.score, upper.score}, {least, tolerance_});
        if (root.status != status::ok) {
            status_ = status::not_converged;
        }
        return evaluate(root.value);
    }

    Problem const& problem_;
    Real tolerance_;
    std::vector<point> points_;
    Real guess_ = Real(0);
    int iterations_ = 0;
    accrue::status status_ = status::ok;
};

/// A maximum that was found to a tolerance, to its last digits: the root of the score beside it, by a problem
/// that finds the variance between clusters to its last digits. It is as it was where the score does not
/// change its sign there.
template <real Real, nested_problem<Real> Problem>
[[nodiscard]] nested_maximum<Real> to_last_digits(Problem const& problem, nested_maximum<Real> const& maximum,
                                                  Real const& tolerance) {
    auto result = maximum;
    if (maximum.within > 0) {
        Real const least = problem.smallest_variance();
        Real const reach = 16 * tolerance * (least + maximum.within);
        auto const score = [&](Real const& within) -> Real {
            return problem.evaluate(within, maximum.between).score;
        };
        auto bracket = root_bracket<Real>{maximum.within - reach, maximum.within + reach, Real(0), Real(0)};
        bracket.lower = bracket.lower > 0 ? bracket.lower : Real(0);
        bracket.at_lower = score(bracket.lower);
        bracket.at_upper = score(bracket.upper);
        if (!(bracket.at_lower > 0 && bracket.at_upper < 0)) {
            return maximum;
        }
        result.within = root_between(score, bracket, {.unit = least}).value;
    }
    auto const at = problem.evaluate(result.within, maximum.between);
    if (at.status != status::ok) {
        return maximum;
    }
    result.between = at.between;
    result.deviance = problem.deviance(result.within, result.between);
    return result;
}

/// -2 log-likelihood at both variances, but for constants.
template <real Real, evidence Evidence>
[[nodiscard]] Real nested_deviance(nested_studies<Real> const& studies, cluster_means<Real> const& at,
                                   Evidence const& means, Real const& between, bool const restricted) {
    auto const fit = inverse_variance_fit(means, between);
    Real const logarithms = means.sum([&](Real const& v) -> Real { return log(Real(v + between)); });
    return studies.deviance_within(at) + logarithms + fit.q() +
           (restricted ? fit.log_information() : Real(0));
}

/// Evidence as it is.
struct as_it_is {
    template <class Evidence>
    [[nodiscard]] Evidence const& operator()(Evidence const& evidence) const {
        return evidence;
    }
};

/// The three-level likelihood with one mean. Given t, what is left is a random-effects problem of the
/// clusters' means, with known sampling variances: its estimator of tau² finds the maximum over s.
///
/// Above the t at which (k - m) (v_min + t)² exceeds S (v_max + t), S the squares of the effects about their
/// mean and m the number of clusters, the score is negative: y'PPy <= S / (v_min + t)², tr P >= (k - m) /
/// (v_max + t).
///
/// \tparam Between (evidence of the clusters' means, guess) -> estimate of the variance between clusters
/// \tparam View (study_evidence of the clusters' means) -> the evidence that `Between` takes
template <real Real, class Between, class View = as_it_is>
class nested_means {
  public:
    nested_means(nested_studies<Real> const& studies, Between between, bool const restricted,
                 Real const& squares, View view = {})
        : studies_(studies), between_(std::move(between)), view_(std::move(view)), restricted_(restricted),
          squares_(squares) {}

    [[nodiscard]] bool separable() const { return studies_.size() > studies_.clusters(); }
    [[nodiscard]] Real smallest_variance() const { return studies_.smallest_variance(); }
    /// The profile rises as long as S_w (v_min + t) exceeds k (v_max + t)², S_w the squares of the effects
    /// about their clusters' means. With r = Py, c the effects less those means and D the diagonal of their
    /// variances v + t, c'Dr = c'y = c'c = S_w, so that r'r >= S_w / (v_max + t)², while tr P <= k / (v_min +
    /// t). Half of that t leaves room for rounding; 0 where it does not rise at 0.
    [[nodiscard]] Real first_within() const {
        Real const mean_squares = studies_.squares_within() / from_count<Real>(studies_.size());
        Real const largest = studies_.largest_variance();
        // In units of the larger of the two, so that no product of squares overflows, or vanishes.
        Real const unit = largest < mean_squares ? mean_squares : largest;
        Real const share = mean_squares / unit;
        Real const most = largest / unit;
        Real const spare = share * (studies_.smallest_variance() / unit) - most * most;
        Real const slope = share - 2 * most;
        return spare > 0 && is_finite(mean_squares)
                   ? Real(unit * ((slope + sqrt(Real(slope * slope + 4 * spare))) / 4))
                   : Real(0);
    }
    [[nodiscard]] Real last_within() const {
        Real const free = from_count<Real>(studies_.size() - studies_.clusters());
        Real const least = studies_.smallest_variance();
        Real const spread = studies_.largest_variance() - least;
        Real const mean_squares = squares_ / free;
        return (mean_squares + sqrt(mean_squares) * sqrt(Real(mean_squares + 4 * spread))) / 2 - least;
    }
    [[nodiscard]] nested_point<Real> evaluate(Real const& within, Real const& guess) const {
        auto const at = studies_.means(within);
        auto const means = study_evidence<Real>(at.means);
        auto const evidence = view_(means);
        auto const between = between_(evidence, guess);
        Real const mean = inverse_variance_fit(evidence, between.value).mean;
        return {within, between.value, studies_.score_within(at, between.value, mean, restricted_),
                between.status};
    }
    [[nodiscard]] Real deviance(Real const& within, Real const& between) const {
        auto const at = studies_.means(within);
        auto const means = study_evidence<Real>(at.means);
        return nested_deviance(studies_, at, view_(means), between, restricted_);
    }

  private:
    nested_studies<Real> const& studies_;
    Between between_;
    View view_;
    bool restricted_;
    Real squares_;
};

/// The maximum of the three-level likelihood with one mean.
template <real Real, class Estimator>
[[nodiscard]] nested_maximum<Real> maximise_nested(nested_studies<Real> const& studies,
                                                   Estimator const& estimator, bool const restricted) {
    auto const between = [&](auto const& means, Real const& guess) { return estimator(means, guess); };
    auto const problem =
        nested_means<Real, decltype(between)>(studies, between, restricted, studies.squares_about_mean());
    return nested_search(problem, Real(estimator.tolerance)).maximum();
}

} // namespace accrue::detail
