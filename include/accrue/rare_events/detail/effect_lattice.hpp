#pragma once

#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/rare_events/detail/normal_effect_sums.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue::detail {

/// The marginal likelihood of one study whose likelihood given its true effect is `likelihood`, at one mean
/// and sd of the true effects after another.
///
/// The integral is by the trapezoidal rule, as in `sum_over_normal_effect`, but over a lattice of true
/// effects that does not move with the mean: the likelihood at a point, which may be a sum over hundreds of
/// tables, is found once and kept. A search for a maximum asks for integrals that differ little, and nearly
/// all of their points are the same. Lattices have steps of 2^(-L/2); the step suits the width of the peak,
/// and the sums over every other point tell whether it is small enough.
///
/// With E the expectation given the data, l' and l'' the slope and curvature at the true effect mean + sd x:
/// the score is E l' and E x l', and the second derivatives are E (l'' + l'²) less squares of the scores,
/// with factors x alike. Where the likelihood is narrower than the normal density, `sums_of_powers` stand for
/// them.
template <real Real, class Likelihood>
class effect_lattice {
  public:
    explicit effect_lattice(Likelihood const& likelihood) : likelihood_(&likelihood) {}

    /// \param tolerance the relative error at which points enough are added
    [[nodiscard]] marginal_point<Real>
    operator()(Real const& mean, Real const& sd,
               Real const& tolerance = std::numeric_limits<Real>::epsilon() / 16) {
        if (!(sd > 0)) {
            // At sd = 0 the score is 0; E x² = 1 makes the second derivative that of l.
            auto const here = likelihood_->at(mean);
            return {here.value,
                    here.slope,
                    Real(0),
                    here.curvature,
                    Real(0),
                    Real(here.curvature + here.slope * here.slope),
                    std::numeric_limits<Real>::epsilon()};
        }
        if (!started_) {
            start(mean, sd);
        }
        int exponent = suitable(sd, tolerance);
        auto* grid = &level_of(exponent);
        auto peak = peak_on(*grid, mean, sd);
        // Where the peak is narrower than that before, or much wider, another lattice suits it.
        int const better = suitable(sd, tolerance);
        if (better > exponent || better < exponent - 2) {
            exponent = better;
            grid = &level_of(exponent);
            peak = peak_on(*grid, mean, sd);
        }
        auto sums = sums_on(*grid, peak, mean, sd, tolerance);
        Real before(1);
        // An error that is not squared, or nearly, is that of rounding, which no step makes less.
        for (int halving = 0; halving < 14 && sums.whole && sums.error() >= tolerance &&
                              !(before < Real(0.01) && sums.error() > before / 4);
             ++halving) {
            before = sums.error();
            exponent += 2;
            grid = &level_of(exponent);
            sums = sums_on(*grid, peak_on(*grid, mean, sd), mean, sd, tolerance);
        }
        return sums.marginal(grid->step, sd);
    }

  private:
    using point = std::decay_t<decltype(std::declval<Likelihood const&>().at(std::declval<Real>()))>;

    /// How many points either side of the peak are looked at. Integrands that reach farther, over thousands
    /// of units of the log odds, are of data that mean nothing, and would fill the memory.
    static constexpr std::ptrdiff_t farthest = 1 << 14;

    /// The points theta = origin + i step, kept from one end to the other.
    struct level {
        int exponent;
        Real step;
        Real origin;
        std::vector<point> ahead;  ///< i = 0, 1, 2, ...
        std::vector<point> behind; ///< i = -1, -2, ...
    };

    /// Sums over the points with an even number and those with an odd one.
    struct sums_of_points {
        Real height;    ///< ln of what weights are relative to
        bool is_narrow; ///< whether the likelihood is narrower than the normal density
        Real even{0}, odd{0}, s{0}, xs{0}, c{0}, xc{0}, xxc{0};
        sums_of_powers<Real> powers{};
        bool whole = true; ///< whether the points reach as far as the integrand does

        void add(point const& at, Real const& x, Real const& weight, bool const is_even) {
            (is_even ? even : odd) += weight;
            if (is_narrow) {
                powers.add(x, weight);
                return;
            }
            Real const second = at.curvature + at.slope * at.slope;
            Real const ws = weight * at.slope;
            Real const wc = weight * second;
            s += ws;
            xs += x * ws;
            c += wc;
            xc += x * wc;
            xxc += x * (x * wc);
        }
        /// Halving the step squares the error of the rule: where this change is the root of epsilon, the sum
        /// is exact.
        [[nodiscard]] Real error() const {
            return whole ? square(Real((even - odd) / (even + odd))) : Real(1);
        }
        [[nodiscard]] marginal_point<Real> marginal(Real const& step, Real const& sd) const {
            Real const total = even + odd;
            Real const two_pi = 8 * atan(Real(1));
            Real const value = height + log(Real(total * (step / sd))) - log(two_pi) / 2;
            Real const epsilon = std::numeric_limits<Real>::epsilon();
            Real const left = error() > epsilon ? error() : epsilon;
            if (is_narrow) {
                return powers.marginal(total, sd, value, left);
            }
            Real const by_mean = s / total;
            Real const by_sd = xs / total;
            return {value,
                    by_mean,
                    by_sd,
                    c / total - by_mean * by_mean,
                    xc / total - by_mean * by_sd,
                    xxc / total - by_sd * by_sd,
                    left};
        }
    };

    /// Finds the first peak without a lattice, by Newton's method for a concave function within the bracket
    /// that its slopes give.
    void start(Real const& mean, Real const& sd) {
        started_ = true;
        Real x(0);
        auto bracket = newton_bracket<Real>(infinity<Real>());
        for (int i = 0; i < 200; ++i) {
            auto const here = likelihood_->at(Real(mean + sd * x));
            Real const slope = sd * here.slope - x;
            Real const curvature = 1 - sd * sd * here.curvature;
            theta_ = mean + sd * x;
            information_ = -here.curvature;
            // The slope falls by 1 or more per unit of x: the root is no farther than the slope.
            slope > 0 ? bracket.not_above(Real(x + slope)) : bracket.not_below(Real(x + slope));
            x = bracket.next(x, slope, Real(-curvature));
            if (square(bracket.last_step()) * curvature < Real(0.01)) {
                break;
            }
        }
    }

    /// The lattice whose step is small enough for a normal peak as wide as that found last, with some to
    /// spare.
    [[nodiscard]] int suitable(Real const& sd, Real const& tolerance) const {
        Real const step = sqrt(Real(7.5 / (-log(tolerance) * (information_ + 1 / (sd * sd)))));
        double const exponent = std::ceil(-2 * std::log2(static_cast<double>(step)));
        return exponent > 0 ? (exponent < 2000 ? static_cast<int>(exponent) : 2000) : 0;
    }

    [[nodiscard]] level& level_of(int const exponent) {
        for (auto& one : levels_) {
            if (one.exponent == exponent) {
                return one;
            }
        }
        Real const step = Real(std::ldexp(1.0, -(exponent / 2)));
        levels_.push_back(
            {exponent, exponent % 2 == 0 ? step : Real(step * sqrt(Real(0.5))), theta_, {}, {}});
        return levels_.back();
    }

    /// The likelihood at a point, which is kept, as are those up to it.
    [[nodiscard]] point const& kept(level& grid, std::ptrdiff_t const i) const {
        auto& list = i < 0 ? grid.behind : grid.ahead;
        auto const place = static_cast<std::size_t>(i < 0 ? -1 - i : i);
        while (list.size() <= place) {
            auto const next = static_cast<double>(list.size());
            Real const distance = Real(i < 0 ? -1 - next : next) * grid.step;
            list.push_back(likelihood_->at(Real(grid.origin + distance)));
        }
        return list[place];
    }

    /// The point where the likelihood times the normal density is highest. Far from all points that are kept,
    /// the lattice begins anew.
    [[nodiscard]] std::ptrdiff_t peak_on(level& grid, Real const& mean, Real const& sd) {
        constexpr double distance = 64;
        auto bracket = newton_bracket<Real>(infinity<Real>());
        Real const step = grid.step / sd;
        Real x = (theta_ - mean) / sd;
        for (int i = 0; i < 200; ++i) {
            auto nearest = std::round(static_cast<double>(Real((x - x_of(grid, 0, mean, sd)) / step)));
            if (!(nearest < static_cast<double>(grid.ahead.size()) + distance &&
                  nearest > -static_cast<double>(grid.behind.size()) - distance)) {
                grid.origin = mean + sd * x;
                grid.ahead.clear();
                grid.behind.clear();
                nearest = 0;
            }
            auto const here = static_cast<std::ptrdiff_t>(nearest);
            auto const& found = kept(grid, here);
            x = x_of(grid, here, mean, sd);
            Real const slope = sd * found.slope - x;
            // The slope falls by 1 or more per unit of x: the root is no farther than the slope.
            slope > 0 ? bracket.not_above(Real(x + slope)) : bracket.not_below(Real(x + slope));
            x = bracket.next(x, slope, Real(sd * sd * found.curvature - 1));
            if (!(bracket.last_step() > Real(0.75) * step)) {
                return highest_beside(grid, here, mean, sd);
            }
        }
        return 0;
    }

    /// The slopes of either side of a corner tell little of where it is: the values do.
    [[nodiscard]] std::ptrdiff_t highest_beside(level& grid, std::ptrdiff_t here, Real const& mean,
                                                Real const& sd) {
        for (std::ptrdiff_t const way : {std::ptrdiff_t{1}, std::ptrdiff_t{-1}}) {
            for (auto left = farthest;
                 left > 0 && log_integrand(grid, here + way, mean, sd) > log_integrand(grid, here, mean, sd);
                 --left) {
                here += way;
            }
        }
        theta_ = grid.origin + Real(static_cast<double>(here)) * grid.step;
        information_ = -kept(grid, here).curvature;
        return here;
    }

    [[nodiscard]] static Real x_of(level const& grid, std::ptrdiff_t const i, Real const& mean,
                                   Real const& sd) {
        return ((grid.origin - mean) + Real(static_cast<double>(i)) * grid.step) / sd;
    }
    [[nodiscard]] Real log_integrand(level& grid, std::ptrdiff_t const i, Real const& mean,
                                     Real const& sd) const {
        return kept(grid, i).value - square(x_of(grid, i, mean, sd)) / 2;
    }

    [[nodiscard]] sums_of_points sums_on(level& grid, std::ptrdiff_t const peak, Real const& mean,
                                         Real const& sd, Real const& tolerance) const {
        Real const summit = x_of(grid, peak, mean, sd);
        auto result = sums_of_points{log_integrand(grid, peak, mean, sd), information_ * sd * sd > 1};
        result.add(kept(grid, peak), summit, Real(1), true);
        // Points that are one number tell nothing of a peak, however exact their sum may look.
        if (!(grid.origin + grid.step > grid.origin)) {
            result.whole = false;
            return result;
        }
        for (std::ptrdiff_t const way : {std::ptrdiff_t{1}, std::ptrdiff_t{-1}}) {
            Real weight(1);
            // A weight that is no number ends it too: it then is none everywhere.
            for (std::ptrdiff_t i = 1; weight >= tolerance / 4; ++i) {
                if (i > farthest) {
                    result.whole = false;
                    break;
                }
                auto const& here = kept(grid, peak + way * i);
                Real const x = x_of(grid, peak + way * i, mean, sd);
                weight = exp(Real(here.value - x * x / 2 - result.height));
                result.add(here, x, weight, i % 2 == 0);
            }
        }
        return result;
    }

    Likelihood const* likelihood_;
    std::vector<level> levels_;
    bool started_ = false;
    Real theta_{0};       ///< where the peak was last
    Real information_{0}; ///< minus the curvature of the likelihood there
};

/// How a study's marginal likelihood is found.
template <real Real, class Likelihood>
[[nodiscard]] effect_lattice<Real, Likelihood> marginals(Likelihood const& likelihood) {
    return effect_lattice<Real, Likelihood>(likelihood);
}

} // namespace accrue::detail
