#pragma once

#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Fisher's noncentral hypergeometric distribution: of the events a in the treatment group, given the events
/// of both groups together, as a function of the log odds ratio theta,
///
///     P(a) = C(n1, a) C(n2, m - a) e^(a theta) / sum_x C(n1, x) C(n2, m - x) e^(x theta).
///
/// Given its margins a 2x2 table depends on nothing else: the control risk has gone. The sum is a polynomial
/// in e^theta all of whose zeros are real and negative, so that ln P is concave in theta, and analytic up to
/// a distance of pi from the real axis.
///
/// McCullagh & Nelder 1989, Generalized Linear Models, 2nd ed., section 7.3.
template <real Real>
class noncentral_hypergeometric {
  public:
    /// \throws invalid_input unless counts and totals are whole numbers of participants
    explicit noncentral_hypergeometric(two_arms<basic_events<Real>> const& trial) {
        using std::floor;
        using std::lgamma;
        auto const& [treatment, control] = trial;
        check(treatment);
        check(control);
        for (Real const& count : {treatment.count, treatment.total, control.count, control.total}) {
            require(count <= floor(count), "counts of an exact method", "whole numbers", count);
        }
        Real const both = treatment.count + control.count;
        Real const first = both > control.total ? Real(both - control.total) : Real(0);
        Real const last = treatment.total < both ? treatment.total : both;
        observed_ = static_cast<std::size_t>(static_cast<double>(Real(treatment.count - first)));
        auto const size = static_cast<std::size_t>(static_cast<double>(Real(last - first))) + 1;
        // Each coefficient from the one before: C(n1, x + 1) C(n2, m - x - 1) / [C(n1, x) C(n2, m - x)].
        log_coefficients_.reserve(size);
        log_coefficients_.push_back(Real(0));
        for (std::size_t i = 0; i + 1 < size; ++i) {
            using std::log;
            Real const x = first + from_count<Real>(i);
            Real const ratio =
                (treatment.total - x) / (x + 1) * ((both - x) / (control.total - both + x + 1));
            log_coefficients_.push_back(log_coefficients_.back() + log(ratio));
        }
        set_ratios();
    }

    /// The distribution of the events under treatment in several trials together, with one odds ratio: the
    /// coefficients of the product of their polynomials, in logarithms, so that none is lost to underflow.
    ///
    /// \param trials one or more, each with the distribution of its own events
    [[nodiscard]] static noncentral_hypergeometric
    of_sum(std::vector<noncentral_hypergeometric> const& trials) {
        using std::exp;
        using std::log;
        auto product = trials.front();
        for (std::size_t trial = 1; trial < trials.size(); ++trial) {
            auto const& other = trials[trial];
            auto logs = std::vector<Real>(product.size() + other.size() - 1);
            for (std::size_t total = 0; total < logs.size(); ++total) {
                std::size_t const first = total < other.size() ? 0 : total - other.size() + 1;
                std::size_t const last = total < product.size() ? total : product.size() - 1;
                auto const term = [&](std::size_t const i) {
                    return Real(product.log_coefficients_[i] + other.log_coefficients_[total - i]);
                };
                Real largest = term(first);
                for (std::size_t i = first; i <= last; ++i) {
                    largest = largest < term(i) ? term(i) : largest;
                }
                Real sum(0);
                for (std::size_t i = first; i <= last; ++i) {
                    sum += exp(Real(term(i) - largest));
                }
                logs[total] = largest + log(sum);
            }
            product.log_coefficients_ = std::move(logs);
            product.observed_ += other.observed_;
        }
        product.set_ratios();
        return product;
    }

    /// The probabilities at theta of fewer events under treatment than observed, of those observed, and of
    /// more. Each is a sum of its own, so that a small one keeps its digits.
    struct tails {
        Real below;
        Real observed;
        Real above;
    };
    [[nodiscard]] tails tails_at(Real const& theta) const {
        using std::exp;
        Real const norm = log_likelihood(theta);
        auto result = tails{Real(0), exp(norm), Real(0)};
        for (std::size_t i = 0; i < size(); ++i) {
            Real const probability = exp(Real(norm + log_ratio(i, theta)));
            if (i != observed_) {
                (i < observed_ ? result.below : result.above) += probability;
            }
        }
        return result;
    }
    /// The probability at theta of all events that are no more probable than those observed; probabilities
    /// that differ by rounding alone are equal.
    [[nodiscard]] Real probability_of_unlikely(Real const& theta) const {
        using std::exp;
        Real const norm = log_likelihood(theta);
        Real sum(0);
        for (std::size_t i = 0; i < size(); ++i) {
            Real const ratio = log_ratio(i, theta);
            sum += ratio <= Real(1e-7) ? exp(Real(norm + ratio)) : Real(0);
        }
        return sum < 1 ? sum : Real(1);
    }
    /// ln of the coefficient of the i-th table over that of the observed one.
    [[nodiscard]] Real log_coefficient(std::size_t const i) const {
        return log_coefficients_[i] - log_coefficients_[observed_];
    }
    [[nodiscard]] std::size_t observed() const { return observed_; }

    /// The number of tables with these margins; one table says nothing of theta.
    [[nodiscard]] std::size_t size() const { return log_coefficients_.size(); }
    [[nodiscard]] bool is_informative() const { return size() > 1; }
    /// Whether the treatment group has the fewest events, or the most, that the margins allow.
    [[nodiscard]] bool is_lowest() const { return observed_ == 0; }
    [[nodiscard]] bool is_highest() const { return observed_ + 1 == size(); }

    /// ln P of the table at theta, with the two derivatives by it.
    struct point {
        Real value;
        Real slope;     ///< observed less expected events
        Real curvature; ///< minus the variance of the events
    };

    /// Sums are taken from the most probable table outwards, each term from the one before, until terms add
    /// nothing: no exponential a term, and nothing that over- or underflows, however many events there are.
    [[nodiscard]] point at(Real const& theta) const {
        using std::log;
        std::size_t const mode = mode_at(theta);
        Real total(1);
        Real first(0);
        Real second(0);
        for_terms_beside(mode, theta, [&](Real const& term, Real const& distance) {
            total += term;
            first += term * distance;
            second += term * distance * distance;
        });
        Real const mean = first / total;
        Real const variance = second / total - mean * mean;
        return {log_of_observed(mode, theta) - log(total), offset_between(mode, observed_) - mean,
                variance > 0 ? Real(-variance) : Real(0)};
    }

    /// ln P of the table at theta.
    [[nodiscard]] Real log_likelihood(Real const& theta) const {
        using std::log;
        std::size_t const mode = mode_at(theta);
        Real total(1);
        for_terms_beside(mode, theta, [&](Real const& term, Real const&) { total += term; });
        return log_of_observed(mode, theta) - log(total);
    }

  private:
    [[nodiscard]] Real log_ratio(std::size_t const i, Real const& theta) const {
        return log_coefficient(i) + offset(i) * theta;
    }

    /// Each coefficient over the one before. They fall from table to table: the logarithms are concave.
    void set_ratios() {
        using std::exp;
        ratios_.clear();
        ratios_.reserve(size());
        for (std::size_t i = 0; i + 1 < size(); ++i) {
            ratios_.push_back(exp(Real(log_coefficients_[i + 1] - log_coefficients_[i])));
        }
    }

    /// The most probable table: the first after which terms no longer grow.
    [[nodiscard]] std::size_t mode_at(Real const& theta) const {
        using std::exp;
        Real const falls = exp(Real(-theta));
        auto const grows = [&](Real const& ratio) { return ratio > falls; };
        return static_cast<std::size_t>(std::partition_point(ratios_.begin(), ratios_.end(), grows) -
                                        ratios_.begin());
    }

    /// Calls `use(term, distance)` for the tables above and below the most probable one, with terms relative
    /// to its.
    template <class Use>
    void for_terms_beside(std::size_t const mode, Real const& theta, Use const& use) const {
        using std::exp;
        Real const least = std::numeric_limits<Real>::epsilon() / 4096;
        Real const factor = exp(theta);
        Real term(1);
        Real distance(0);
        for (std::size_t i = mode; i + 1 < size() && term > least; ++i) {
            term *= ratios_[i] * factor;
            distance += 1;
            use(term, distance);
        }
        Real const inverse = exp(Real(-theta));
        term = Real(1);
        distance = Real(0);
        for (std::size_t i = mode; i > 0 && term > least; --i) {
            term *= inverse / ratios_[i - 1];
            distance -= 1;
            use(term, distance);
        }
    }

    /// ln of the observed table's term relative to that of the most probable one.
    [[nodiscard]] Real log_of_observed(std::size_t const mode, Real const& theta) const {
        return log_coefficients_[observed_] - log_coefficients_[mode] +
               offset_between(mode, observed_) * theta;
    }
    [[nodiscard]] static Real offset_between(std::size_t const from, std::size_t const to) {
        return Real(static_cast<double>(to) - static_cast<double>(from));
    }

    /// Events beyond those observed in the i-th table.
    [[nodiscard]] Real offset(std::size_t const i) const {
        return Real(static_cast<double>(i) - static_cast<double>(observed_));
    }

    std::vector<Real> log_coefficients_; ///< up to a constant
    std::vector<Real> ratios_;           ///< each coefficient over the one before
    std::size_t observed_;
};

} // namespace accrue::detail
