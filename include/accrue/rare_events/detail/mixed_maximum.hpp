#pragma once

#include <accrue/rare_events/detail/effect_lattice.hpp>
#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/rare_events/detail/normal_effect_sums.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue::detail {

/// The maximum of a likelihood over the mean and the standard deviation of normal true effects.
template <real Real>
struct mixed_maximum {
    Real mean;
    Real variance; ///< of the mean: that element of the inverse of the observed information
    Real sd;
    Real log_likelihood;
    Real error; ///< relative, of the likelihood, by quadrature
    accrue::status status;
};

/// Maximises `point(mean, sd, tolerance)`, a `marginal_point` of all studies together, whose integrals have
/// that relative error.
///
/// For each sd the likelihood is log-concave in the mean, since it is an integral of a log-concave function
/// (Prékopa 1973), so that Newton's method within a bracket finds its only maximum. The profile over sd may
/// have several: its slope is followed over a grid that doubles from 1/64 to 32 times `scale`, at six
/// digits, each fall through zero is a maximum, and the highest counts. A profile that still rises at the end
/// of the grid, or that tends to as much as its highest maximum or more, to the scan's digits, has no maximum
/// that data of this kind support: `undefined`. It is flat where each study has one participant, as those
/// tell nothing of how effects vary.
template <real Real, class Point>
class mixed_search {
  public:
    /// \param limit what the log-likelihood comes to at most as sd grows without end
    mixed_search(Point const& point, Real const& start, Real const& scale, Real const& limit)
        : point_(point), mean_(start), scale_(scale), limit_(limit) {}

    [[nodiscard]] mixed_maximum<Real> run() {
        tolerance_ = scan();
        auto best = profile(Real(0));
        // At sd = 0 the slope is 0 by symmetry: the profile rises where its second derivative is positive.
        bool rises = best.point.by_sd_twice > 0;
        bool found = !rises;
        auto before = best;
        auto rising = best;
        auto falling = best;
        for (int doubling = -6; doubling <= 5; ++doubling) {
            Real const sd = scale_ * Real(std::ldexp(1.0, doubling));
            mean_ += (sd - before.sd) * before.mean_by_sd();
            auto const here = profile(sd);
            bool const rises_here = here.profile_slope() > 0;
            if (rises && !rises_here) {
                auto const top = maximum_between(before, here, Real(1e-3));
                if (!found || best.point.value < top.point.value) {
                    best = top;
                    rising = before;
                    falling = here;
                    found = true;
                }
            }
            rises = rises_here;
            before = here;
        }
        if (!found || (rises && before.point.value > best.point.value) ||
            limit_ > best.point.value - 10 * scan()) {
            return {not_a_number<Real>(),
                    not_a_number<Real>(),
                    not_a_number<Real>(),
                    not_a_number<Real>(),
                    Real(1),
                    status::undefined};
        }
        tolerance_ = exact();
        mean_ = best.mean;
        best = best.sd > 0 ? refined(best, rising, falling) : profile(Real(0));
        Real const information = -best.point.by_mean_twice;
        Real const loss = best.sd > 0 ? Real(square(best.point.by_both) / -best.point.by_sd_twice) : Real(0);
        return {best.mean,        1 / (information - loss), best.sd,
                best.point.value, best.point.error,         outcome(best)};
    }

    /// The highest likelihood at a stated sd, such as 0.
    [[nodiscard]] mixed_maximum<Real> at(Real const& sd) {
        auto const best = profile(sd);
        return {best.mean,    1 / -best.point.by_mean_twice, sd, best.point.value, best.point.error,
                outcome(best)};
    }

  private:
    using point_type = decltype(std::declval<Point const&>()(std::declval<Real>(), std::declval<Real>(),
                                                             std::declval<Real>()));
    struct place {
        Real sd;
        Real mean;
        point_type point;

        /// How the best mean changes with sd.
        [[nodiscard]] Real mean_by_sd() const { return -point.by_both / point.by_mean_twice; }
        /// The slope of the profile over sd, also where the mean is not its best to the last digit.
        [[nodiscard]] Real profile_slope() const { return point.by_sd + mean_by_sd() * point.by_mean; }
        [[nodiscard]] Real profile_curvature() const {
            return point.by_sd_twice + mean_by_sd() * point.by_both;
        }
    };

    /// The scan only tells where the profile rises and which maximum is the highest.
    static Real scan() { return Real(1e-6); }
    static Real exact() { return std::numeric_limits<Real>::epsilon() / 16; }
    /// How small a relative step ends an iteration.
    [[nodiscard]] Real settled() const {
        return 2 * sqrt(Real(tolerance_ * std::numeric_limits<Real>::epsilon()));
    }

    /// Whether the search has ended, at a likelihood of which half the digits are sure.
    [[nodiscard]] accrue::status outcome(place const& best) const {
        return converged_ && best.point.error < sqrt(std::numeric_limits<Real>::epsilon())
                   ? status::ok
                   : status::not_converged;
    }

    /// The best mean at this sd, from that of the sd before.
    place profile(Real const& sd) {
        auto bracket = newton_bracket<Real>(Real(4 * scale_));
        auto here = point_(mean_, sd, tolerance_);
        for (int i = 0; i < 100; ++i) {
            Real const next = bracket.next(mean_, here.by_mean, here.by_mean_twice);
            // At sd = 0, where a mean costs little, all its digits tell whether the profile rises.
            bool const is_near =
                tolerance_ >= scan() && sd > 0 && square(here.by_mean) < Real(-1e-6) * here.by_mean_twice;
            if (is_near || bracket.last_step() <= settled() * (magnitude(mean_) + scale_)) {
                return {sd, mean_, here};
            }
            mean_ = next;
            here = point_(mean_, sd, tolerance_);
        }
        // Rounding may keep the last bits moving; only a step that is not small means that there is no
        // maximum.
        converged_ = converged_ && square(here.by_mean) < Real(1e-12) * -here.by_mean_twice;
        return {sd, mean_, here};
    }

    /// The maximum near one that lacks the last digits: Newton's steps in both.
    place refined(place const& coarse, place const& rising, place const& falling) {
        auto here = place{coarse.sd, coarse.mean, point_(coarse.mean, coarse.sd, tolerance_)};
        for (int i = 0; i < 8; ++i) {
            Real const curvature = here.profile_curvature();
            Real const by_sd = -here.profile_slope() / curvature;
            Real const by_mean = -here.point.by_mean / here.point.by_mean_twice + by_sd * here.mean_by_sd();
            bool const ascends = curvature < 0 && here.point.by_mean_twice < 0;
            bool const inside = here.sd + by_sd > rising.sd && here.sd + by_sd < falling.sd;
            if (!ascends || !inside) {
                break;
            }
            here.sd += by_sd;
            here.mean += by_mean;
            here.point = point_(here.mean, here.sd, tolerance_);
            if (magnitude(by_sd) <= settled() * here.sd &&
                magnitude(by_mean) <= settled() * (magnitude(here.mean) + scale_)) {
                return here;
            }
        }
        // Newton's method has gone astray, or rounding keeps the last bits moving.
        mean_ = coarse.mean;
        here = maximum_between(rising, falling, settled());
        converged_ =
            converged_ && square(here.profile_slope()) < Real(1e-12) * magnitude(here.profile_curvature());
        return here;
    }

    /// The root of the profile's slope between a place where it rises and one where it falls, to the scan's
    /// digits.
    place maximum_between(place const& rising, place const& falling, Real const& closeness) {
        auto bracket = newton_bracket<Real>(scale_);
        bracket.not_below(rising.sd);
        bracket.not_above(falling.sd);
        Real const at_rising =
            rising.sd > 0 ? rising.profile_slope() : Real(rising.point.by_sd_twice * falling.sd / 8);
        Real const at_falling = falling.profile_slope();
        // The secant's root, not too near to either end.
        Real share = at_rising / (at_rising - at_falling);
        share = !(share > Real(0.05)) ? Real(0.05) : share > Real(0.95) ? Real(0.95) : share;
        Real const width = falling.sd - rising.sd;
        auto here = rising;
        Real next = rising.sd + share * width;
        for (int i = 0; i < 100; ++i) {
            mean_ = here.mean + (next - here.sd) * here.mean_by_sd();
            here = profile(next);
            next = bracket.next(here.sd, here.profile_slope(), here.profile_curvature());
            if (bracket.last_step() <= closeness * here.sd) {
                break;
            }
        }
        return here;
    }

    Point const& point_;
    Real mean_;
    Real scale_;
    Real limit_;
    Real tolerance_ = exact();
    bool converged_ = true;
};

/// ln (count / total)^count
template <real Real>
[[nodiscard]] Real log_of_share(std::size_t const count, std::size_t const total) {
    return from_count<Real>(count) * log(Real(from_count<Real>(count) / from_count<Real>(total)));
}

/// The same for a list of studies, each with its likelihood given its true effect; those that carry no
/// information are left out of the sums. `undefined` where all the others have the fewest events possible, or
/// the most: the mean is then infinite.
///
/// Where each study has the fewest events or the most, its likelihood comes to 1 far on one side and to 0 on
/// the other, and with sd the profile tends to that of which side each is on: binomial, with a maximum in
/// closed form. Where one study has neither, it tends to 0.
template <real Real, class Marginals>
[[nodiscard]] mixed_maximum<Real> maximise_mixed(Marginals const& studies, Real const& start,
                                                 Real const& scale) {
    std::size_t informative = 0;
    std::size_t lowest = 0;
    std::size_t highest = 0;
    for (auto const& study : studies) {
        informative += study.is_informative() ? 1 : 0;
        lowest += study.is_informative() && study.is_lowest() ? 1 : 0;
        highest += study.is_informative() && study.is_highest() ? 1 : 0;
    }
    if (lowest == informative || highest == informative) {
        return {
            not_a_number<Real>(), not_a_number<Real>(), not_a_number<Real>(), not_a_number<Real>(), Real(1),
            status::undefined};
    }
    using study_type = std::decay_t<decltype(*std::data(studies))>;
    auto each = std::vector<decltype(marginals<Real>(std::declval<study_type const&>()))>{};
    for (auto const& study : studies) {
        if (study.is_informative()) {
            each.push_back(marginals<Real>(study));
        }
    }
    auto const point = [&](Real const& mean, Real const& sd, Real const& tolerance) {
        auto sum = marginal_point<Real>{};
        for (auto& study : each) {
            auto const one = study(mean, sd, tolerance);
            sum.value += one.value;
            sum.by_mean += one.by_mean;
            sum.by_sd += one.by_sd;
            sum.by_mean_twice += one.by_mean_twice;
            sum.by_both += one.by_both;
            sum.by_sd_twice += one.by_sd_twice;
            sum.error += one.error;
        }
        return sum;
    };
    Real const limit =
        study_type::tends_to_one && lowest + highest == informative
            ? Real(log_of_share<Real>(lowest, informative) + log_of_share<Real>(highest, informative))
            : Real(-infinity<Real>());
    return mixed_search<Real, decltype(point)>(point, start, scale, limit).run();
}

} // namespace accrue::detail
