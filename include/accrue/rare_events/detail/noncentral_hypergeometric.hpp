#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/error.hpp>
#include <accrue/rare_events/detail/log_binomial_coefficient.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
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
/// Real negative zeros also make it the distribution of a sum of independent yes-or-no variables. With the
/// variance V the transform of its probabilities at the frequency w is therefore at most
/// exp(-2 V sin²(w / 2)), so that sums over every s-th table, times s, are those over all tables up to a
/// share of exp(-2 V sin²(pi / s)). Tables of a million participants cost no more than those of a thousand.
///
/// McCullagh & Nelder 1989, Generalized Linear Models, 2nd ed., section 7.3; for the zeros, Vatutin &
/// Mikhailov 1982, doi:10.1137/1127086.
template <real Real>
class noncentral_hypergeometric {
  public:
    /// Whether the likelihood of the fewest events, or the most, tends to 1 as the effect becomes infinite.
    static constexpr bool tends_to_one = true;

    /// \throws invalid_input unless counts and totals are whole numbers of participants
    explicit noncentral_hypergeometric(two_arms<basic_events<Real>> const& trial)
        : treated_(trial.treatment.total), controls_(trial.control.total),
          events_(trial.treatment.count + trial.control.count) {
        auto const& [treatment, control] = trial;
        check(trial);
        auto const require_whole_numbers = [](char const* const name, basic_events<Real> const& arm) {
            for_part(name, [&] {
                require_whole("count of an exact method", arm.count);
                require_whole("total of an exact method", arm.total);
            });
        };
        require_whole_numbers("treatment", treatment);
        require_whole_numbers("control", control);
        first_ = events_ > controls_ ? Real(events_ - controls_) : Real(0);
        Real const last = treated_ < events_ ? treated_ : events_;
        observed_ = static_cast<std::size_t>(static_cast<double>(Real(treatment.count - first_)));
        size_ = static_cast<std::size_t>(static_cast<double>(Real(last - first_))) + 1;
        std::size_t const stored = size_ - 1 < most_stored ? size_ - 1 : most_stored;
        ratios_.reserve(stored);
        for (std::size_t i = 0; i < stored; ++i) {
            ratios_.push_back(computed_ratio(i));
        }
        if (size_ <= most_stored) {
            logs_ = log_coefficients();
        }
    }

    [[nodiscard]] std::size_t observed() const { return observed_; }
    /// The number of tables with these margins; one table says nothing of theta.
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool is_informative() const { return size_ > 1; }
    /// Whether the treatment group has the fewest events, or the most, that the margins allow.
    [[nodiscard]] bool is_lowest() const { return observed_ == 0; }
    [[nodiscard]] bool is_highest() const { return observed_ + 1 == size_; }

    /// ln P of the table at theta, with the two derivatives by it.
    struct point {
        Real value;
        Real slope;     ///< observed less expected events
        Real curvature; ///< minus the variance of the events
    };
    [[nodiscard]] point at(Real const& theta) const {
        std::size_t const mode = mode_at(theta);
        Real total(1);
        Real first(0);
        Real second(0);
        Real const stride = for_terms_beside(mode, theta, [&](Real const& term, Real const& distance) {
            total += term;
            first += term * distance;
            second += term * distance * distance;
        });
        Real const mean = first / total;
        Real const variance = second / total - mean * mean;
        return {log_change(mode, observed_, theta) - log(Real(total * stride)),
                offset(mode, observed_) - mean, variance > 0 ? Real(-variance) : Real(0)};
    }

    /// ln P of the table at theta.
    [[nodiscard]] Real log_likelihood(Real const& theta) const {
        std::size_t const mode = mode_at(theta);
        Real total(1);
        Real const stride =
            for_terms_beside(mode, theta, [&](Real const& term, Real const&) { total += term; });
        return log_change(mode, observed_, theta) - log(Real(total * stride));
    }

    /// The most probable table: the first after which terms no longer grow.
    [[nodiscard]] std::size_t mode_at(Real const& theta) const {
        return mode_where_ratios_reach(exp(Real(-theta)));
    }

    /// ln of each table's coefficient over that of the observed one.
    [[nodiscard]] std::vector<Real> log_coefficients() const {
        auto logs = std::vector<Real>(size_, Real(0));
        for (std::size_t i = observed_; i + 1 < size_; ++i) {
            logs[i + 1] = logs[i] + log(ratio(i));
        }
        for (std::size_t i = observed_; i > 0; --i) {
            logs[i - 1] = logs[i] - log(ratio(i - 1));
        }
        return logs;
    }

    /// Calls `use(term, distance)` for the tables above and below the most probable one, with terms relative
    /// to its, as far as they add something, and answers how many tables a term stands for.
    ///
    /// \param frequency the sums are of terms times cos and sin of distances times frequencies up to this
    template <class Use>
    Real for_terms_beside(std::size_t const mode, Real const& theta, Use const& use,
                          Real const& frequency = Real(0)) const {
        std::size_t const stride = stride_at(mode, frequency);
        if (stride == 1) {
            for_each_term_beside(mode, theta, use);
            return Real(1);
        }
        auto const side = [&](std::size_t const left, auto const& table) {
            for (std::size_t distance = stride; distance <= left; distance += stride) {
                std::size_t const i = table(distance);
                Real const term = exp(log_change(mode, i, theta));
                use(term, offset(mode, i));
                if (!(term > least_term())) {
                    break;
                }
            }
        };
        side(size_ - 1 - mode, [&](std::size_t const distance) { return mode + distance; });
        side(mode, [&](std::size_t const distance) { return mode - distance; });
        return from_count<Real>(stride);
    }

    /// ln of the term of one table over that of another at theta. Factorials of thousands would cancel to few
    /// digits; here the parts that cancel never arise, as in Loader's binomial probabilities (2000, Fast and
    /// accurate computation of binomial probabilities).
    [[nodiscard]] Real log_change(std::size_t const from, std::size_t const to, Real const& theta) const {
        Real const change = offset(from, to);
        if (size_ <= most_stored) {
            return change * theta + (logs_[to] - logs_[from]);
        }
        Real const x = first_ + from_count<Real>(from);
        auto const cells = std::array<Real, 4>{x, treated_ - x, events_ - x, controls_ - events_ + x};
        Real result = change * theta;
        if (cells[0] > 0 && cells[1] > 0 && cells[2] > 0 && cells[3] > 0) {
            result -= change * log(Real(cells[0] / cells[1] * (cells[3] / cells[2])));
        } else {
            for (std::size_t i = 0; i < 4; ++i) {
                result -=
                    cells[i] > 0 ? Real((i % 3 == 0 ? change : Real(-change)) * log(cells[i])) : Real(0);
            }
        }
        for (std::size_t i = 0; i < 4; ++i) {
            result -= log_factorial_beyond(cells[i], i % 3 == 0 ? change : Real(-change));
        }
        return result;
    }

  private:
    /// The first table after which ratios are no larger than this.
    [[nodiscard]] std::size_t mode_where_ratios_reach(Real const& falls) const {
        std::size_t below = 0;
        std::size_t above = size_ - 1;
        while (below < above) {
            std::size_t const middle = below + (above - below) / 2;
            if (ratio(middle) > falls) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        return below;
    }

    static constexpr std::size_t most_stored = 4096;

    static Real least_term() { return std::numeric_limits<Real>::epsilon() / 4096; }

    /// The coefficient of the table after the i-th over that of the i-th: C(n1, x + 1) C(n2, m - x - 1) /
    /// [C(n1, x) C(n2, m - x)]. They fall from table to table.
    [[nodiscard]] Real computed_ratio(std::size_t const i) const {
        Real const x = first_ + from_count<Real>(i);
        return (treated_ - x) / (x + 1) * ((events_ - x) / (controls_ - events_ + x + 1));
    }
    [[nodiscard]] Real ratio(std::size_t const i) const {
        return i < ratios_.size() ? ratios_[i] : computed_ratio(i);
    }

    /// The stride with which sums over tables keep all digits; 1 where there are not many tables to sum.
    [[nodiscard]] std::size_t stride_at(std::size_t const mode, Real const& frequency) const {
        using std::asin;
        if (std::numeric_limits<Real>::digits > 64) {
            return 1;
        }
        Real const x = first_ + from_count<Real>(mode);
        Real const inverse = 1 / x + 1 / (treated_ - x) + 1 / (events_ - x) + 1 / (controls_ - events_ + x);
        // The variance to some hundredths; where terms are computed, all four cells have a thousand or more,
        // so that series for factorials have all digits.
        if (!(inverse * Real(size_ <= most_stored ? 64 : 1024) < 1)) {
            return 1;
        }
        // exp(-2 V sin²(w / 2)) adds nothing at w = 2 pi / stride - frequency.
        Real const needed = 9 - log(std::numeric_limits<Real>::epsilon());
        Real const narrowest = 2 * asin(sqrt(Real(needed * inverse / 2))) + frequency;
        Real const two_pi = 8 * atan(Real(1));
        return narrowest < two_pi ? static_cast<std::size_t>(static_cast<double>(Real(two_pi / narrowest)))
                                  : std::size_t{1};
    }

    /// Each term from the one before: no exponential a term, and nothing that over- or underflows.
    template <class Use>
    void for_each_term_beside(std::size_t const mode, Real const& theta, Use const& use) const {
        Real const least = least_term();
        Real const factor = exp(theta);
        Real const inverse = 1 / factor;
        Real term(1);
        Real distance(0);
        for (std::size_t i = mode; i + 1 < size_ && term > least; ++i) {
            term *= ratio(i) * factor;
            distance += 1;
            use(term, distance);
        }
        term = Real(1);
        distance = Real(0);
        for (std::size_t i = mode; i > 0 && term > least; --i) {
            term *= inverse / ratio(i - 1);
            distance -= 1;
            use(term, distance);
        }
    }

    /// Tables from one to another.
    [[nodiscard]] static Real offset(std::size_t const from, std::size_t const to) {
        return Real(static_cast<double>(to) - static_cast<double>(from));
    }

    /// ln (a + change)! - ln a! - change ln a; ln change! where a is 0.
    [[nodiscard]] static Real log_factorial_beyond(Real const& a, Real const& change) {
        if (!(a > 0)) {
            return change > 0 ? Real(change * log(change) - change + beyond_stirling(change)) : Real(0);
        }
        return a * excess(Real(change / a)) + beyond_stirling(Real(a + change)) - beyond_stirling(a);
    }

    /// (1 + u) ln(1 + u) - u, to full relative accuracy also near 0.
    [[nodiscard]] static Real excess(Real const& u) {
        if (!(u > -0.5)) {
            return u > -1 ? Real((1 + u) * log1p(u) - u) : Real(1);
        }
        if (u > 1) {
            return (1 + u) * log1p(u) - u;
        }
        // ln(1 + u) = 2 (v + v³ / 3 + v⁵ / 5 + ...)
        Real const v = u / (2 + u);
        Real const square_of_v = v * v;
        Real power = 2 * (1 + u) * v * square_of_v;
        Real sum = u * v;
        for (int i = 3; i < 400; i += 2) {
            Real const next = sum + power / i;
            if (!(next > sum) && !(next < sum)) {
                break;
            }
            sum = next;
            power *= square_of_v;
        }
        return sum;
    }

    Real treated_;
    Real controls_;
    Real events_;
    Real first_;
    std::size_t observed_;
    std::size_t size_;
    std::vector<Real> ratios_; ///< each coefficient over the one before, of the first tables
    std::vector<Real> logs_;   ///< ln of the coefficients over that observed, where they are not many
};

} // namespace accrue::detail
