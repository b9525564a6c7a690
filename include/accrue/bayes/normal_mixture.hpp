#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

#include <utility>
#include <vector>

namespace accrue {

/// One normal distribution of a mixture. An sd of 0 is a value that is certain.
template <real Real>
struct basic_mixture_component {
    Real weight;
    Real mean;
    Real sd;
};

/// A mixture of normal distributions: the posterior of a mean, of a study's effect or of a new study's
/// effect, each of which is normal if tau is known, mixed over the posterior of tau. Of posteriors, tail
/// probabilities below 1e-18 have few digits or none: components that weigh less than 1e-19 are left out, and
/// decide so far out.
template <real Real>
class basic_normal_mixture {
  public:
    using component = basic_mixture_component<Real>;

    /// \param components their weights sum to 1, which is not checked
    /// \param moments 0, 1 or 2: how many moments the mixture has; of a tail too heavy for a mean none
    explicit basic_normal_mixture(std::vector<component> components, int const moments = 2)
        : components_(std::move(components)), moments_(moments) {
        Real const mean = detail::sum_over<Real>(
            components_, [&](auto const& part) { return Real(part.weight * part.mean); });
        mean_ = mean;
    }

    [[nodiscard]] std::vector<component> const& components() const { return components_; }

    /// NaN where the tails are too heavy for a mean.
    [[nodiscard]] Real mean() const { return moments_ > 0 ? mean_ : detail::not_a_number<Real>(); }

    /// The standard deviation, sqrt(sum w (s² + (m - mean)²)); infinite where the tails are too heavy for
    /// one, NaN where they are for a mean.
    [[nodiscard]] Real sd() const {
        if (moments_ < 2) {
            return moments_ < 1 ? detail::not_a_number<Real>() : detail::infinity<Real>();
        }
        // In units of the largest, whose square need not be a number of the type; with an infinite one it is
        // infinite.
        Real unit(0);
        for (auto const& part : components_) {
            Real const distance = detail::magnitude(Real(part.mean - mean_));
            unit = unit < part.sd ? part.sd : unit;
            unit = unit < distance ? distance : unit;
        }
        unit = unit > 0 && detail::is_finite(unit) ? unit : Real(1);
        Real const variance = detail::sum_over<Real>(components_, [&](auto const& part) {
            return Real(part.weight * (detail::square(Real(part.sd / unit)) +
                                       detail::square(Real((part.mean - mean_) / unit))));
        });
        return unit * sqrt(variance);
    }

    /// Where the distribution begins: minus infinity.
    [[nodiscard]] Real lowest() const { return -detail::infinity<Real>(); }

    /// The probability density at x; infinite on a value that is certain.
    [[nodiscard]] Real density(Real const& x) const {
        Real total(0);
        for (auto const& part : components_) {
            if (part.sd > 0) {
                total +=
                    part.weight * (basic_normal<Real>::density(Real((x - part.mean) / part.sd)) / part.sd);
            } else if (x <= part.mean && x >= part.mean) {
                return detail::infinity<Real>();
            } else {
                total += 0 * part.weight; // NaN comes through
            }
        }
        return total;
    }

    /// P(X <= x).
    [[nodiscard]] Real probability(Real const& x) const {
        return tail([&](component const& part) { return part.mean - x; },
                    [&](component const& part) { return part.mean <= x; });
    }
    /// P(X > x), with its own digits where it is small. Those of a posterior are of its components: others,
    /// of 1e-17 together or less, were left out.
    [[nodiscard]] Real survival(Real const& x) const {
        return tail([&](component const& part) { return x - part.mean; },
                    [&](component const& part) { return part.mean > x; });
    }
    /// P(lower < X <= upper).
    [[nodiscard]] Real probability(basic_interval<Real> const& range) const {
        return range.lower > mean_ ? survival(range.lower) - survival(range.upper)
                                   : probability(range.upper) - probability(range.lower);
    }

    /// The x with P(X <= x) = p; the value that is certain where p lies on its step.
    ///
    /// \throws invalid_input unless 0 < p < 1
    [[nodiscard]] Real quantile(Real const& p) const {
        detail::require_between_0_and_1("p", p);
        return quantile_between(p, Real(1 - p));
    }
    /// The x with P(X > x) = p, with its own digits where p is small.
    ///
    /// \throws invalid_input unless 0 < p < 1
    [[nodiscard]] Real upper_quantile(Real const& p) const {
        detail::require_between_0_and_1("p", p);
        return quantile_between(Real(1 - p), p);
    }

  private:
    /// The x with these probabilities below and above it, which add up to 1.
    [[nodiscard]] Real quantile_between(Real const& below, Real const& above) const {
        // The middle and the half of the weight, in place of moments that may not exist.
        Real weight(0);
        Real scale(0);
        for (auto const& part : components_) {
            if (weight < Real(0.5)) {
                scale = part.sd;
            }
            weight += part.weight;
        }
        if (!(scale > 0)) { // half of the weight is certain
            for (auto const& part : components_) {
                Real const distance = part.mean < mean_ ? mean_ - part.mean : part.mean - mean_;
                scale = scale < part.sd ? part.sd : scale;
                scale = scale < distance ? distance : scale;
            }
        }
        if (!(scale > 0)) {
            return mean_; // everything lies there
        }
        auto const missing = [&](Real const& x) {
            return below < above ? Real(below - probability(x)) : Real(survival(x) - above);
        };
        return detail::falling_root(missing, mean_, scale, {.unit = scale, .limit = 2500}).value;
    }

    /// The weighted sum of P(Z > distance / sd); of a component without sd what `certain` says.
    template <class Distance, class Certain>
    [[nodiscard]] Real tail(Distance const& distance, Certain const& certain) const {
        Real total(0);
        for (auto const& part : components_) {
            if (part.sd > 0) {
                total += part.weight * basic_normal<Real>::survival(Real(distance(part) / part.sd));
            } else {
                total += (certain(part) ? 1 : 0) * part.weight; // NaN comes through
            }
        }
        return total;
    }

    std::vector<component> components_;
    int moments_;
    Real mean_;
};

using normal_mixture = basic_normal_mixture<double>;

} // namespace accrue
