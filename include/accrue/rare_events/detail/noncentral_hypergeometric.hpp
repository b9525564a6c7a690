#pragma once

#include <accrue/distribution/detail/boost_policy.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <boost/math/special_functions/gamma.hpp>

#include <cmath>
#include <cstddef>
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
        scale_coefficients();
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
        product.coefficients_.clear();
        product.scale_coefficients();
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

    /// Sums are over e^(term - largest term), and events are counted from those observed.
    [[nodiscard]] point at(Real const& theta) const {
        using std::exp;
        using std::log;
        if (!coefficients_.empty()) {
            auto const sums = horner(theta);
            Real const mean = sums.first / sums.total - from_count<Real>(sums.observed);
            Real const spread = sums.second / sums.total - square(Real(sums.first / sums.total));
            Real const slope = theta > 0 ? mean : Real(-mean);
            return {log_of(sums, theta), slope, spread > 0 ? Real(-spread) : Real(0)};
        }
        Real const origin = log_coefficients_[observed_];
        Real largest(0);
        for (std::size_t i = 0; i < size(); ++i) {
            Real const term = log_coefficients_[i] - origin + offset(i) * theta;
            largest = largest < term ? term : largest;
        }
        Real total(0);
        Real first(0);
        Real second(0);
        for (std::size_t i = 0; i < size(); ++i) {
            Real const weight = exp(Real(log_coefficients_[i] - origin + offset(i) * theta - largest));
            total += weight;
            first += weight * offset(i);
            second += weight * offset(i) * offset(i);
        }
        Real const mean = first / total;
        Real variance(0);
        variance = second / total - mean * mean;
        return {-largest - log(total), -mean, variance > 0 ? Real(-variance) : Real(0)};
    }

    /// ln P of the table at theta.
    [[nodiscard]] Real log_likelihood(Real const& theta) const {
        using std::exp;
        using std::log;
        if (!coefficients_.empty()) {
            return log_of(horner(theta), theta);
        }
        Real const origin = log_coefficients_[observed_];
        Real largest(0);
        for (std::size_t i = 0; i < size(); ++i) {
            Real const term = log_coefficients_[i] - origin + offset(i) * theta;
            largest = largest < term ? term : largest;
        }
        Real total(0);
        for (std::size_t i = 0; i < size(); ++i) {
            total += exp(Real(log_coefficients_[i] - origin + offset(i) * theta - largest));
        }
        return -largest - log(total);
    }

  private:
    [[nodiscard]] Real log_ratio(std::size_t const i, Real const& theta) const {
        return log_coefficient(i) + offset(i) * theta;
    }

    /// The coefficients relative to the largest, where a double holds them all: the sums are then polynomials
    /// in e^-|theta|, without an exponential for each term.
    void scale_coefficients() {
        using std::exp;
        Real largest = log_coefficients_.front();
        Real smallest = largest;
        for (Real const& logarithm : log_coefficients_) {
            largest = largest < logarithm ? logarithm : largest;
            smallest = logarithm < smallest ? logarithm : smallest;
        }
        if (largest - smallest < 500) {
            coefficients_.reserve(size());
            for (Real const& logarithm : log_coefficients_) {
                coefficients_.push_back(exp(Real(logarithm - largest)));
            }
        }
    }

    /// The sums of c_j z^j, j c_j z^j and j² c_j z^j, with z = e^-|theta|; j counts from the other end where
    /// theta is positive, so that no power overflows.
    struct power_sums {
        Real total;
        Real first;
        Real second;
        std::size_t observed;
    };
    [[nodiscard]] power_sums horner(Real const& theta) const {
        using std::exp;
        bool const reversed = theta > 0;
        Real const z = exp(reversed ? Real(-theta) : theta);
        Real total(0);
        Real first(0);
        Real second(0);
        // p(z), z p'(z) and z (z p'(z))' by one pass from the highest power.
        for (std::size_t j = size(); j-- > 0;) {
            second = second * z + from_count<Real>(j * j) * coefficients_[reversed ? size() - 1 - j : j];
            first = first * z + from_count<Real>(j) * coefficients_[reversed ? size() - 1 - j : j];
            total = total * z + coefficients_[reversed ? size() - 1 - j : j];
        }
        return {total, first, second, reversed ? size() - 1 - observed_ : observed_};
    }
    [[nodiscard]] Real log_of(power_sums const& sums, Real const& theta) const {
        using std::log;
        Real const power = from_count<Real>(sums.observed) * (theta > 0 ? Real(-theta) : theta);
        return log(coefficients_[observed_]) + power - log(sums.total);
    }

    /// Events beyond those observed in the i-th table.
    [[nodiscard]] Real offset(std::size_t const i) const {
        return Real(static_cast<double>(i) - static_cast<double>(observed_));
    }

    std::vector<Real> log_coefficients_; ///< up to a constant
    std::vector<Real> coefficients_;     ///< relative to the largest; empty where their range is too wide
    std::size_t observed_;
};

} // namespace accrue::detail
