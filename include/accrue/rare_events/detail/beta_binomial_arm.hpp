#pragma once

#include <accrue/error.hpp>
#include <accrue/rare_events/detail/linear_sums.hpp>
#include <accrue/rare_events/detail/log_binomial_coefficient.hpp>
#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// ln L of the counts of groups with one mean risk at its best, and derivatives by the logit of the mean and
/// by gamma.
template <real Real>
struct beta_binomial_point {
    Real logit;
    Real value;
    Real by_gamma;
    Real by_logit_twice;
    Real by_both;
    Real by_gamma_twice;
};

/// Groups whose risks have a beta distribution with one mean mu and gamma = rho / (1 - rho). With a events
/// of n,
///
///     ln L = sum_{j < a} ln(mu + j gamma) + sum_{j < n - a} ln(1 - mu + j gamma)
///            - sum_{j < n} ln(1 + j gamma) + ln C(n, a),
///
/// which is the beta-binomial likelihood without gamma functions: it is binomial at gamma = 0.
template <real Real>
class beta_binomial_arm {
  public:
    /// \throws invalid_input unless the counts are whole and possible, and the total no more than 1e10
    void add(basic_events<Real> const& group) {
        check(group);
        require_whole("a count of a beta-binomial model", group.count);
        require_whole("a total of a beta-binomial model", group.total);
        require(group.total <= Real(1e10), "a total of a beta-binomial model",
                "no more than 1e10, beyond which its sums lose their digits", group.total);
        events_.push_back(size_of(group.count));
        others_.push_back(size_of(Real(group.total - group.count)));
        all_events_ += group.count;
        all_others_ += group.total - group.count;
    }

    [[nodiscard]] bool has_mean() const { return all_events_ > 0 && all_others_ > 0; }

    /// The best mean at this gamma: the likelihood is concave in it.
    [[nodiscard]] beta_binomial_point<Real> best(Real const& gamma) const {
        auto bracket = newton_bracket<Real>(Real(1));
        bracket.not_below(Real(0));
        bracket.not_above(Real(1));
        Real mean = all_events_ / (all_events_ + all_others_);
        for (int i = 0; i < 200; ++i) {
            auto const up = sums(events_, mean, gamma);
            auto const down = sums(others_, Real(1 - mean), gamma);
            Real const slope = up.inverse - down.inverse;
            Real const curvature = -up.inverse_square - down.inverse_square;
            Real const next = bracket.next(mean, slope, curvature);
            Real const nearest = mean < 1 - mean ? mean : Real(1 - mean);
            if (bracket.last_step() <= 4 * std::numeric_limits<Real>::epsilon() * nearest) {
                break;
            }
            mean = next;
        }
        auto const up = sums(events_, mean, gamma);
        auto const down = sums(others_, Real(1 - mean), gamma);
        auto all = sums_of{};
        for (std::size_t i = 0; i < events_.size(); ++i) {
            all.add(events_[i] + others_[i], Real(1), gamma);
        }
        Real const other_mean = 1 - mean;
        Real by_gamma = up.first + down.first - all.first;
        Real by_gamma_twice = all.second - up.second - down.second;
        Real mixed = down.mixed - up.mixed;
        if (gamma * (all_events_ + all_others_) > 64) {
            // j / x = (1 - base / x) / gamma, and the ones are as many above as below: where counts are
            // large they would take the digits along.
            Real const inverse = mean * up.inverse + other_mean * down.inverse - all.inverse;
            Real const inverse_square = square(mean) * up.inverse_square +
                                        square(other_mean) * down.inverse_square - all.inverse_square;
            by_gamma = -inverse / gamma;
            by_gamma_twice = (2 * inverse - inverse_square) / gamma / gamma;
            mixed =
                (down.inverse - up.inverse + mean * up.inverse_square - other_mean * down.inverse_square) /
                gamma;
        }
        Real const share = mean * other_mean;
        Real const by_mean = up.inverse - down.inverse;
        return {log(mean) - log(other_mean),
                log_likelihood(mean, gamma),
                by_gamma,
                share * share * (-up.inverse_square - down.inverse_square) + share * (1 - 2 * mean) * by_mean,
                share * mixed,
                by_gamma_twice};
    }

  private:
    static std::size_t size_of(Real const& count) {
        return static_cast<std::size_t>(static_cast<double>(count));
    }

    /// By Stirling's series for the six factorials that the sums of logarithms make, and without the large
    /// terms of these that cancel: with A = mu / gamma, B = (1 - mu) / gamma and d = mu n - a, ln L is
    ///
    ///     a ln(1 + d / [a (1 + n gamma)]) + b ln(1 - d / [b (1 + n gamma)])
    ///       + A ln(1 - d / [A (1 + n gamma)]) + B ln(1 + d / [B (1 + n gamma)]),
    ///
    /// and what is beyond Stirling's first terms.
    [[nodiscard]] Real log_likelihood(Real const& mean, Real const& gamma) const {
        bool const varies = gamma > 0;
        Real const other_mean = 1 - mean;
        auto const term = [](Real const& count, Real const& change) {
            return count > 0 ? Real(count * log1p(Real(change / count))) : Real(0);
        };
        Real const size = varies ? Real(1 / gamma) : Real(0);
        Real const up = mean * size;
        Real const down = other_mean * size;
        Real const before = beyond_stirling(size) - beyond_stirling(up) - beyond_stirling(down);
        Real value(0);
        for (std::size_t i = 0; i < events_.size(); ++i) {
            Real const a = from_count<Real>(events_[i]);
            Real const b = from_count<Real>(others_[i]);
            Real const n = a + b;
            Real const d = (mean * b - other_mean * a) / (1 + n * gamma);
            value +=
                term(a, d) + term(b, Real(-d)) + beyond_stirling(n) - beyond_stirling(a) - beyond_stirling(b);
            if (varies) {
                value += term(up, Real(-d)) + term(down, d) + before + beyond_stirling(Real(up + a)) +
                         beyond_stirling(Real(down + b)) - beyond_stirling(Real(size + n)) -
                         log(Real((1 + a / up) * ((1 + b / down) / (1 + n * gamma))));
            }
        }
        return value;
    }

    using sums_of = linear_sums<Real>;
    static sums_of sums(std::vector<std::size_t> const& counts, Real const& base, Real const& gamma) {
        auto result = sums_of{};
        for (std::size_t const count : counts) {
            result.add(count, base, gamma);
        }
        return result;
    }

    std::vector<std::size_t> events_;
    std::vector<std::size_t> others_;
    Real all_events_{0};
    Real all_others_{0};
};

/// Two kinds of groups with one gamma.
template <real Real>
struct beta_binomial_place {
    Real gamma;
    beta_binomial_point<Real> treatment;
    beta_binomial_point<Real> control;

    [[nodiscard]] Real slope() const { return treatment.by_gamma + control.by_gamma; }
    [[nodiscard]] Real log_likelihood() const { return treatment.value + control.value; }
};

} // namespace accrue::detail
