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
///     ln L = sum_{j<a} ln(mu + j gamma) + sum_{j<n-a} ln(1 - mu + j gamma) - sum_{j<n} ln(1 + j gamma)
///            + ln C(n, a),
///
/// which is the beta-binomial likelihood without gamma functions: it is binomial at gamma = 0, and
/// differences of near-equal terms do not arise.
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
        constant_ += log_binomial_coefficient(group.total, group.count);
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
        auto value = constant_ + up.logarithm + down.logarithm;
        Real by_gamma = up.first + down.first;
        Real by_gamma_twice = -up.second - down.second;
        for (std::size_t i = 0; i < events_.size(); ++i) {
            auto const all = sum_to(events_[i] + others_[i], Real(1), gamma);
            value -= all.logarithm;
            by_gamma -= all.first;
            by_gamma_twice += all.second;
        }
        Real const share = mean * (1 - mean);
        Real const by_mean = up.inverse - down.inverse;
        return {log(mean) - log(Real(1 - mean)),
                value,
                by_gamma,
                share * share * (-up.inverse_square - down.inverse_square) + share * (1 - 2 * mean) * by_mean,
                share * (down.mixed - up.mixed),
                by_gamma_twice};
    }

  private:
    static std::size_t size_of(Real const& count) {
        return static_cast<std::size_t>(static_cast<double>(count));
    }

    using sums_of = linear_sums<Real>;
    static sums_of sum_to(std::size_t const n, Real const& base, Real const& gamma) {
        auto result = sums_of{};
        result.add(n, base, gamma);
        return result;
    }
    static sums_of sums(std::vector<std::size_t> const& counts, Real const& base, Real const& gamma) {
        auto result = sums_of{};
        for (std::size_t const count : counts) {
            result.add(count, base, gamma);
        }
        return result;
    }

    std::vector<std::size_t> events_;
    std::vector<std::size_t> others_;
    Real constant_{0};
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
