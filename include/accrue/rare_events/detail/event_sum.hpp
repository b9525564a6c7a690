#pragma once

#include <accrue/rare_events/detail/newton_bracket.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Trials' events under treatment together, given the margins of all tables.
template <real Real>
class event_sum {
  public:
    /// \param trials one or more, each with the distribution of its own events
    explicit event_sum(std::vector<noncentral_hypergeometric<Real>> trials) : trials_(std::move(trials)) {
        for (auto const& trial : trials_) {
            observed_ += trial.observed();
            last_ += trial.size() - 1;
        }
    }

    [[nodiscard]] bool is_informative() const { return last_ > 0; }
    /// Whether the treatment groups have the fewest events, or the most, that the margins allow.
    [[nodiscard]] bool is_lowest() const { return observed_ == 0; }
    [[nodiscard]] bool is_highest() const { return observed_ == last_; }

    struct moments {
        Real mean;
        Real variance;
    };
    /// Of the events beyond the fewest that the margins allow.
    [[nodiscard]] moments moments_at(Real const& theta) const {
        auto result = moments{Real(0), Real(0)};
        for (auto const& trial : trials_) {
            auto const here = trial.at(theta);
            result.mean += from_count<Real>(trial.observed()) - here.slope;
            result.variance -= here.curvature;
        }
        return result;
    }
    [[nodiscard]] Real observed() const { return from_count<Real>(observed_); }

    /// The log odds ratio at which the events are expected to be as many as stated.
    [[nodiscard]] Real matching(Real const& events, Real const& share_of_sd) const {
        Real theta(0);
        auto bracket = newton_bracket<Real>(Real(4));
        for (int i = 0; i < 200; ++i) {
            auto const here = moments_at(theta);
            Real const excess = events - here.mean;
            Real const enough = share_of_sd * (sqrt(here.variance) + Real(1) / 2);
            if (excess <= enough && excess >= -enough) {
                break;
            }
            theta = bracket.next(theta, excess, Real(-here.variance));
            Real const size = magnitude(theta);
            if (!(bracket.last_step() > 2 * std::numeric_limits<Real>::epsilon() * (1 + size))) {
                break;
            }
        }
        return theta;
    }

  protected:
    std::vector<noncentral_hypergeometric<Real>> trials_;
    std::size_t observed_ = 0;
    std::size_t last_ = 0;
};

/// Probabilities of trials' events under treatment together.
///
/// Few tables are enumerated: the coefficients of the sum are those of the product of the trials'
/// polynomials, in logarithms, so that none is lost to underflow. Where that would be many, probabilities are
/// found from their transform, the product of the trials' transforms:
///
///     P_theta(T = x) = exp[K(s) - K(theta) - (s - theta) x] / (2 pi)
///                      x integral from -pi to pi of f_s(w) exp(-i w x) dw,
///
/// at a log odds ratio s at which x is about the mean, so that nothing cancels. The trapezoidal rule is exact
/// there up to the probability of events farther off than it has points; f_s falls like exp(-2 V sin²(w /
/// 2)). A geometric series under the integral makes it that of a tail. Cost depends on the number of trials
/// alone. Daniels 1954, doi:10.1214/aoms/1177728652; Lugannani & Rice 1980, doi:10.2307/1426607.
template <real Real>
class event_probabilities : public event_sum<Real> {
    using event_sum<Real>::trials_;
    using event_sum<Real>::observed_;
    using event_sum<Real>::last_;

  public:
    using event_sum<Real>::is_lowest;
    using event_sum<Real>::is_highest;
    using event_sum<Real>::observed;
    using event_sum<Real>::matching;
    using event_sum<Real>::moments_at;

    /// \param trials one or more, each with the distribution of its own events
    explicit event_probabilities(std::vector<noncentral_hypergeometric<Real>> trials)
        : event_sum<Real>(std::move(trials)) {
        double work = 0;
        double tables = 1;
        for (auto const& trial : trials_) {
            work += tables * static_cast<double>(trial.size());
            tables += static_cast<double>(trial.size()) - 1;
        }
        if (work < 1e6) {
            enumerate();
        }
    }

    /// The probabilities at theta of fewer events under treatment than observed, of those observed, and of
    /// more. A small one has its digits.
    struct tails {
        Real below;
        Real observed;
        Real above;
    };
    [[nodiscard]] tails tails_at(Real const& theta) const {
        auto result = tails{Real(0), Real(0), Real(0)};
        if (!logs_.empty()) {
            Real const norm = log_norm(theta);
            for (std::size_t i = 0; i < logs_.size(); ++i) {
                Real const probability = exp(Real(log_term(i, theta) - norm));
                (i < observed_   ? result.below
                 : i > observed_ ? result.above
                                 : result.observed) += probability;
            }
            return result;
        }
        result.observed = probability_of(observed_, theta);
        if (moments_at(theta).mean < observed()) {
            result.above = is_highest() ? Real(0) : upper_tail(observed_ + 1, theta);
            result.below = 1 - result.observed - result.above;
        } else {
            result.below = is_lowest() ? Real(0) : lower_tail(observed_ - 1, theta);
            result.above = 1 - result.observed - result.below;
        }
        return result;
    }

    /// The probability at theta of all events that are no more probable than those observed; probabilities
    /// that differ by rounding alone are equal.
    [[nodiscard]] Real probability_of_unlikely(Real const& theta) const {
        Real sum(0);
        if (!logs_.empty()) {
            Real const norm = log_norm(theta);
            Real const most = log_term(observed_, theta) + Real(1e-7);
            for (std::size_t i = 0; i < logs_.size(); ++i) {
                Real const log = log_term(i, theta);
                sum += log <= most ? exp(Real(log - norm)) : Real(0);
            }
            return sum < 1 ? sum : Real(1);
        }
        Real const most = probability_of(observed_, theta) * (1 + Real(1e-7));
        // Events are a sum of independent ones, so that the most probable number is next to the mean: Darroch
        // 1964, doi:10.1214/aoms/1177703287.
        auto const below = static_cast<std::size_t>(static_cast<double>(moments_at(theta).mean));
        bool const rises = below < last_ && probability_of(below, theta) < probability_of(below + 1, theta);
        std::size_t const mode = rises ? below + 1 : below;
        if (probability_of(mode, theta) <= most) {
            return Real(1);
        }
        // Probabilities rise to the mode and fall from it: the first that is no more, on each side.
        if (observed_ > mode) {
            std::size_t few = 0;
            std::size_t many = mode;
            if (!(probability_of(few, theta) <= most)) {
                return upper_tail(observed_, theta);
            }
            while (many - few > 1) {
                std::size_t const middle = few + (many - few) / 2;
                (probability_of(middle, theta) <= most ? few : many) = middle;
            }
            sum = upper_tail(observed_, theta) + lower_tail(few, theta);
        } else {
            std::size_t few = mode;
            std::size_t many = last_;
            if (!(probability_of(many, theta) <= most)) {
                return lower_tail(observed_, theta);
            }
            while (many - few > 1) {
                std::size_t const middle = few + (many - few) / 2;
                (probability_of(middle, theta) <= most ? many : few) = middle;
            }
            sum = lower_tail(observed_, theta) + upper_tail(many, theta);
        }
        return sum < 1 ? sum : Real(1);
    }

  private:
    void enumerate() {
        logs_ = {Real(0)};
        for (auto const& trial : trials_) {
            auto const other = trial.log_coefficients();
            auto logs = std::vector<Real>(logs_.size() + other.size() - 1);
            for (std::size_t total = 0; total < logs.size(); ++total) {
                std::size_t const first = total < other.size() ? 0 : total - other.size() + 1;
                std::size_t const last = total < logs_.size() ? total : logs_.size() - 1;
                auto const term = [&](std::size_t const i) { return Real(logs_[i] + other[total - i]); };
                logs[total] = log_of_sum(first, last, term);
            }
            logs_ = std::move(logs);
        }
    }
    [[nodiscard]] Real log_term(std::size_t const i, Real const& theta) const {
        return logs_[i] + Real(static_cast<double>(i) - static_cast<double>(observed_)) * theta;
    }
    [[nodiscard]] Real log_norm(Real const& theta) const {
        return log_of_sum(0, logs_.size() - 1, [&](std::size_t const i) { return log_term(i, theta); });
    }
    /// log of the sum of exp(term(i)) for i from first to last.
    template <class Term>
    [[nodiscard]] static Real log_of_sum(std::size_t const first, std::size_t const last, Term const& term) {
        Real largest = term(first);
        for (std::size_t i = first; i <= last; ++i) {
            largest = largest < term(i) ? term(i) : largest;
        }
        Real sum(0);
        for (std::size_t i = first; i <= last; ++i) {
            sum += exp(Real(term(i) - largest));
        }
        return largest + log(sum);
    }

    /// K(s) - K(theta) - (s - theta) events, without cancellation: trial by trial, from the difference of the
    /// logs of one table's probabilities, those of the observed one.
    [[nodiscard]] Real log_tilt(std::size_t const events, Real const& s, Real const& theta) const {
        Real const sum = sum_over<Real>(trials_, [&](auto const& trial) {
            return Real(trial.log_likelihood(theta) - trial.log_likelihood(s));
        });
        return sum + (s - theta) * Real(static_cast<double>(observed_) - static_cast<double>(events));
    }

    [[nodiscard]] Real probability_of(std::size_t const events, Real const& theta) const {
        Real const s = matching(from_count<Real>(events), Real(1) / 8);
        return exp(log_tilt(events, s, theta)) * inverted(events, s, Real(0), 0);
    }
    /// P(T >= events), for events above the mean at theta.
    [[nodiscard]] Real upper_tail(std::size_t const events, Real const& theta) const {
        Real const least = theta + shift_at(theta);
        Real s = matching(from_count<Real>(events), Real(1) / 8);
        s = s < least ? least : s;
        return exp(log_tilt(events, s, theta)) * inverted(events, s, Real(s - theta), -1);
    }
    /// P(T <= events), for events below the mean at theta.
    [[nodiscard]] Real lower_tail(std::size_t const events, Real const& theta) const {
        Real const most = theta - shift_at(theta);
        Real s = matching(from_count<Real>(events), Real(1) / 8);
        s = most < s ? most : s;
        return exp(log_tilt(events, s, theta)) * inverted(events, s, Real(theta - s), 1);
    }
    /// A pole at theta is kept off by a standard deviation's worth.
    [[nodiscard]] Real shift_at(Real const& theta) const {
        return 1 / (sqrt(moments_at(theta).variance) + 1);
    }

    /// 1 / (2 pi) x the integral of f_s(w) exp(-i w events) g(w), with g(w) = 1, or where side is -1 or 1 a
    /// geometric series of exp(-decay + side i w).
    [[nodiscard]] Real inverted(std::size_t const events, Real const& s, Real const& decay,
                                int const side) const {
        using std::asin;
        using std::expm1;
        Real const variance = moments_at(s).variance;
        Real const needed = 9 - log(std::numeric_limits<Real>::epsilon());
        Real const ratio = needed / (2 * variance + needed / 1000);
        Real const pi = 4 * atan(Real(1));
        Real const highest = ratio < 1 ? Real(2 * asin(sqrt(ratio))) : pi;
        Real const sd = sqrt(variance) + 2;
        Real const spread = side == 0 || decay * sd > 1 ? sd : Real(1 / decay);
        auto const points =
            static_cast<std::size_t>(static_cast<double>(Real(ceil(Real(needed * spread))))) + 32;
        Real const step = 2 * pi / from_count<Real>(points);
        auto const transforms = transforms_at(s, highest);
        Real offset = -from_count<Real>(events);
        for (auto const& trial : transforms) {
            offset += trial.mode;
        }
        Real sum(0);
        for (std::size_t i = 0; 2 * i <= points; ++i) {
            Real const w = step * from_count<Real>(i);
            if (w > highest) {
                break;
            }
            auto value = complex{cos(Real(w * offset)), sin(Real(w * offset))};
            for (auto const& trial : transforms) {
                value = value * trial.at(w);
            }
            if (side != 0) {
                // 1 / (1 - z) with z = exp(-decay + side i w), over the conjugate.
                Real const size = exp(Real(-decay));
                Real const angle = side * w;
                Real const half = sin(Real(w / 2));
                Real const one_less = -expm1(Real(-decay));
                Real const real_part = one_less + 2 * size * half * half;
                Real const imaginary_part = -size * sin(angle);
                Real const square_of_size = real_part * real_part + imaginary_part * imaginary_part;
                value = value * complex{real_part / square_of_size, -imaginary_part / square_of_size};
            }
            sum += i == 0 || 2 * i == points ? value.real : Real(2 * value.real);
        }
        return sum / from_count<Real>(points);
    }

    struct complex {
        Real real;
        Real imaginary;
        friend complex operator*(complex const& a, complex const& b) {
            return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
        }
    };
    /// The terms of one trial's tables relative to the most probable one, outwards.
    struct transform {
        Real mode;
        Real stride{1};
        Real total{1};
        std::vector<Real> above{};
        std::vector<Real> below{};

        /// The transform of the events beyond the mode.
        [[nodiscard]] complex at(Real const& w) const {
            auto const turn = complex{cos(Real(w * stride)), sin(Real(w * stride))};
            auto sum = complex{Real(1), Real(0)};
            auto power = complex{Real(1), Real(0)};
            std::size_t const most = above.size() < below.size() ? below.size() : above.size();
            for (std::size_t i = 0; i < most; ++i) {
                power = power * turn;
                Real const up = i < above.size() ? above[i] : Real(0);
                Real const down = i < below.size() ? below[i] : Real(0);
                sum.real += (up + down) * power.real;
                sum.imaginary += (up - down) * power.imaginary;
            }
            return {sum.real / total, sum.imaginary / total};
        }
    };
    [[nodiscard]] std::vector<transform> transforms_at(Real const& s, Real const& highest) const {
        auto result = std::vector<transform>{};
        for (auto const& trial : trials_) {
            std::size_t const mode = trial.mode_at(s);
            auto one = transform{from_count<Real>(mode)};
            one.stride = trial.for_terms_beside(
                mode, s,
                [&](Real const& term, Real const& distance) {
                    one.total += term;
                    (distance > 0 ? one.above : one.below).push_back(term);
                },
                highest);
            result.push_back(std::move(one));
        }
        return result;
    }

    std::vector<Real> logs_; ///< of the coefficients, up to a constant; empty where they are not enumerated
};

} // namespace accrue::detail
