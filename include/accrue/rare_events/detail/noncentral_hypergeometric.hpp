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
    }

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
    /// Events beyond those observed in the i-th table.
    [[nodiscard]] Real offset(std::size_t const i) const {
        return Real(static_cast<double>(i) - static_cast<double>(observed_));
    }

    std::vector<Real> log_coefficients_; ///< up to a constant
    std::size_t observed_;
};

} // namespace accrue::detail
