#pragma once

#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/rare_events/detail/normal_effect_sums.hpp>
#include <accrue/real.hpp>

#include <limits>

namespace accrue::detail {

/// Two groups of one trial with counts of the same kind: l(alpha, theta) = l1(alpha + theta / 2) + l2(alpha -
/// theta / 2), with alpha the trial's own intercept and theta its true effect.
template <real Real, class Count>
class fixed_intercept_pair {
  public:
    /// A trial's likelihood tends to 0 as its effect goes to infinity, unless one group has no event and the
    /// other no non-event.
    static constexpr bool tends_to_one = false;

    fixed_intercept_pair(Count const& treatment, Count const& control)
        : treatment_(treatment), control_(control) {}

    /// Without events in both groups, or with nothing but events, the intercept is infinite and the
    /// likelihood 1.
    [[nodiscard]] bool is_informative() const {
        return !(treatment_.is_lowest() && control_.is_lowest()) &&
               !(treatment_.is_highest() && control_.is_highest());
    }
    /// About where the best intercept is.
    [[nodiscard]] Real about_intercept() const {
        return (treatment_.about_peak() + control_.about_peak()) / 2;
    }
    [[nodiscard]] bool is_lowest() const { return treatment_.is_lowest() || control_.is_highest(); }
    [[nodiscard]] bool is_highest() const { return treatment_.is_highest() || control_.is_lowest(); }

    /// The likelihood of the true effect at one intercept.
    struct at_intercept {
        fixed_intercept_pair const& pair;
        Real intercept;

        struct point {
            Real value;
            Real slope;
            Real curvature;
            Real by_intercept;
            Real by_intercept_twice;
            Real by_both;
        };
        [[nodiscard]] point at(Real const& theta) const {
            auto const one = pair.treatment_.at(Real(intercept + theta / 2));
            auto const other = pair.control_.at(Real(intercept - theta / 2));
            return {one.value + other.value,
                    (one.slope - other.slope) / 2,
                    (one.curvature + other.curvature) / 4,
                    one.slope + other.slope,
                    one.curvature + other.curvature,
                    (one.curvature - other.curvature) / 2};
        }
    };

  private:
    Count treatment_;
    Count control_;
};

/// The marginal likelihood of a trial at its best intercept. The intercept has a dimension of its own in each
/// trial, so that a likelihood of k intercepts is maximised by k one-dimensional searches, each of which
/// begins where the last one of the trial ended. It is log-concave in the intercept, as an integral of a
/// log-concave function is. Derivatives are those of the profile: less what the intercept takes up.
template <real Real, class Count>
class fixed_intercept_marginals {
  public:
    explicit fixed_intercept_marginals(fixed_intercept_pair<Real, Count> const& pair)
        : pair_(&pair), intercept_(pair.about_intercept()) {}

    [[nodiscard]] marginal_point<Real> operator()(Real const& mean, Real const& sd, Real const& tolerance) {
        auto bracket = newton_bracket<Real>(Real(4));
        auto profile = marginal_point<Real>{};
        Real const settled = 2 * sqrt(tolerance) * sqrt(std::numeric_limits<Real>::epsilon());
        for (int i = 0; i < 100; ++i) {
            Real a(0), aa(0), s(0), xs(0), c(0), xc(0), xxc(0), as(0), xas(0), ax(0), axx(0);
            auto powers = sums_of_powers<Real>{};
            auto const likelihood =
                typename fixed_intercept_pair<Real, Count>::at_intercept{*pair_, intercept_};
            auto const integral = sum_over_normal_effect(
                likelihood, mean, sd,
                [&](Real const& x, auto const& point, Real const& weight) {
                    Real const second = point.curvature + point.slope * point.slope;
                    Real const both = point.by_both + point.by_intercept * point.slope;
                    a += weight * point.by_intercept;
                    aa += weight * (point.by_intercept_twice + point.by_intercept * point.by_intercept);
                    s += weight * point.slope;
                    xs += weight * x * point.slope;
                    c += weight * second;
                    xc += weight * x * second;
                    xxc += weight * x * x * second;
                    as += weight * both;
                    xas += weight * x * both;
                    powers.add(x, weight);
                    ax += weight * x * point.by_intercept;
                    axx += weight * x * x * point.by_intercept;
                },
                tolerance);
            Real const total = integral.total;
            Real const score = a / total;
            Real const curvature = aa / total - score * score;
            bool const spread = sd > 0;
            Real const by_mean = s / total;
            Real const by_sd = spread ? Real(xs / total) : Real(0);
            auto one = marginal_point<Real>{integral.log_value,
                                            by_mean,
                                            by_sd,
                                            c / total - by_mean * by_mean,
                                            spread ? Real(xc / total - by_mean * by_sd) : Real(0),
                                            spread ? Real(xxc / total - by_sd * by_sd) : Real(c / total),
                                            integral.error};
            Real mean_intercept = as / total - by_mean * score;
            Real sd_intercept = spread ? Real(xas / total - by_sd * score) : Real(0);
            auto const by_density =
                spread ? powers.marginal(total, sd, integral.log_value, integral.error) : one;
            // Where the likelihood is narrower than the normal density.
            if (spread && by_density.by_mean_twice < Real(-0.5) / sd / sd) {
                one = by_density;
                mean_intercept = (ax / total - powers.of_x[0] / total * score) / sd;
                sd_intercept = (axx / total - powers.of_x[1] / total * score) / sd;
            }
            // What the rest of the way to the best intercept adds, to first order, so that a scan may stop
            // early.
            profile = {one.value - score * score / (2 * curvature),
                       one.by_mean - mean_intercept * score / curvature,
                       one.by_sd - sd_intercept * score / curvature,
                       one.by_mean_twice - mean_intercept * mean_intercept / curvature,
                       one.by_both - mean_intercept * sd_intercept / curvature,
                       one.by_sd_twice - sd_intercept * sd_intercept / curvature,
                       one.error};
            if (curvature < 0 && score * score < -tolerance * sqrt(tolerance) * curvature) {
                break;
            }
            Real const next = bracket.next(intercept_, score, curvature);
            if (bracket.last_step() <= settled * (magnitude(intercept_) + 1)) {
                break;
            }
            intercept_ = next;
        }
        return profile;
    }

  private:
    fixed_intercept_pair<Real, Count> const* pair_;
    Real intercept_;
};

template <real Real, class Count>
[[nodiscard]] fixed_intercept_marginals<Real, Count>
marginals(fixed_intercept_pair<Real, Count> const& pair) {
    return fixed_intercept_marginals<Real, Count>(pair);
}

} // namespace accrue::detail
