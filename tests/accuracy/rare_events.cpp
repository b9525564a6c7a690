// Mixed models of counts in double, against their likelihoods by plain sums at 50 digits, whose maximum is
// found by Newton's method from where the library found it. The sums are the trapezoidal rule over a normal
// effect, its step halved until the sum over every other point agrees.

#include "accuracy/studies.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/rare_events.hpp>
#include <accrue/report.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

// The logarithm of a likelihood and its derivatives by the effect and by the trial's intercept.
struct point {
    exact value{0};
    exact theta{0}, alpha{0};
    exact theta_theta{0}, theta_alpha{0}, alpha_alpha{0};
};

// Of one count, given its logit or log rate: offset + theta by_theta + alpha by_alpha.
class count {
  public:
    virtual ~count() = default;
    count(exact const& offset, exact const& by_theta, exact const& by_alpha)
        : offset_(offset), by_theta_(by_theta), by_alpha_(by_alpha) {}
    count(count const&) = delete;
    count& operator=(count const&) = delete;

    void add(exact const& theta, exact const& alpha, point& sum) const {
        auto const [value, slope, curvature] = at(exact(offset_ + theta * by_theta_ + alpha * by_alpha_));
        sum.value += value;
        sum.theta += slope * by_theta_;
        sum.alpha += slope * by_alpha_;
        sum.theta_theta += curvature * by_theta_ * by_theta_;
        sum.theta_alpha += curvature * by_theta_ * by_alpha_;
        sum.alpha_alpha += curvature * by_alpha_ * by_alpha_;
    }

  protected:
    struct derivatives {
        exact value;
        exact slope;
        exact curvature;
    };

  private:
    [[nodiscard]] virtual derivatives at(exact const& x) const = 0;

    exact offset_;
    exact by_theta_;
    exact by_alpha_;
};

exact log_choose(int const n, int const x) {
    exact product(1);
    for (int i = 1; i <= x; ++i) {
        product = product * (n - x + i) / i;
    }
    return log(product);
}

class binomial final : public count {
  public:
    binomial(exact const& y, exact const& n, exact const& offset, exact const& by_theta,
             exact const& by_alpha)
        : count(offset, by_theta, by_alpha), y_(y), n_(n),
          constant_(log_choose(static_cast<int>(n), static_cast<int>(y))) {}

  private:
    [[nodiscard]] derivatives at(exact const& x) const override {
        exact const odds = exp(x);
        exact const p = odds / (1 + odds);
        return {constant_ + y_ * x - n_ * log(exact(1 + odds)), y_ - n_ * p, -n_ * p * (1 - p)};
    }
    exact y_;
    exact n_;
    exact constant_;
};

class poisson final : public count {
  public:
    poisson(exact const& y, exact const& time, exact const& offset, exact const& by_theta,
            exact const& by_alpha)
        : count(offset, by_theta, by_alpha), y_(y), time_(time), constant_(y * log(time)) {
        for (int i = 2; i <= static_cast<int>(y); ++i) {
            constant_ -= log(exact(i));
        }
    }

  private:
    [[nodiscard]] derivatives at(exact const& x) const override {
        exact const expected = time_ * exp(x);
        return {constant_ + y_ * x - expected, y_ - expected, -expected};
    }
    exact y_;
    exact time_;
    exact constant_;
};

// Of the table given its margins.
class hypergeometric final : public count {
  public:
    hypergeometric(two_arms<basic_events<exact>> const& trial, exact const& offset)
        : count(offset, exact(1), exact(0)) {
        auto const a = static_cast<int>(trial.treatment.count);
        auto const m = a + static_cast<int>(trial.control.count);
        auto const n = static_cast<int>(trial.treatment.total);
        auto const other = static_cast<int>(trial.control.total);
        int const first = std::max(0, m - other);
        observed_ = exact(a - first);
        // Each coefficient from the one before: whole numbers' ratios.
        exact coefficient(1);
        for (int x = first; x <= std::min(n, m); ++x) {
            coefficients_.push_back(coefficient);
            coefficient = coefficient * (n - x) / (x + 1) * (m - x) / (other - m + x + 1);
        }
        constant_ = log(coefficients_[static_cast<std::size_t>(a - first)]);
        // The sum begins with the first table, whatever e^(x theta) is there: it cancels.
    }

  private:
    [[nodiscard]] derivatives at(exact const& x) const override {
        exact const odds = exp(x);
        exact power(1), sum(0), first(0), second(0);
        for (std::size_t i = 0; i < coefficients_.size(); ++i) {
            exact const term = coefficients_[i] * power;
            sum += term;
            first += static_cast<double>(i) * term;
            second += static_cast<double>(i * i) * term;
            power *= odds;
        }
        exact const mean = first / sum;
        return {constant_ + observed_ * x - log(sum), observed_ - mean, mean * mean - second / sum};
    }
    exact observed_;
    exact constant_;
    std::vector<exact> coefficients_;
};

struct trial {
    std::vector<std::unique_ptr<count>> counts;
    bool has_intercept = false;
    exact intercept{0}; // where its best value is sought

    [[nodiscard]] point at(exact const& theta, exact const& alpha) const {
        auto sum = point{};
        for (auto const& one : counts) {
            one->add(theta, alpha, sum);
        }
        return sum;
    }
};

// The logarithm of a marginal likelihood with its derivatives by (mean, sd, intercept).
struct marginal {
    exact value{0};
    std::array<exact, 3> slope{};
    std::array<std::array<exact, 3>, 3> curvature{};
};

marginal sum_over(trial const& one, exact const& mean, exact const& sd, exact const& alpha,
                  double const step) {
    exact total(0), every_other(0);
    auto slope = std::array<exact, 3>{};
    auto curvature = std::array<std::array<exact, 3>, 3>{};
    bool even = true;
    int const last = sd > 0 ? static_cast<int>(12 / step) : 0;
    for (int i = -last; i <= last; ++i, even = !even) {
        exact const z = exact(i * step);
        auto const here = one.at(exact(mean + sd * z), alpha);
        exact const weight = exp(exact(here.value - z * z / 2));
        total += weight;
        every_other += even ? exact(2 * weight) : exact(0);
        auto const first = std::array<exact, 3>{here.theta, here.theta * z, here.alpha};
        auto const second = std::array<std::array<exact, 3>, 3>{
            std::array<exact, 3>{here.theta_theta, here.theta_theta * z, here.theta_alpha},
            std::array<exact, 3>{here.theta_theta * z, here.theta_theta * z * z, here.theta_alpha * z},
            std::array<exact, 3>{here.theta_alpha, here.theta_alpha * z, here.alpha_alpha}};
        for (std::size_t a = 0; a < 3; ++a) {
            slope[a] += weight * first[a];
            for (std::size_t b = 0; b < 3; ++b) {
                curvature[a][b] += weight * (second[a][b] + first[a] * first[b]);
            }
        }
    }
    // The error falls by its square with each halving.
    if (sd > 0 && abs(exact(total - every_other)) > 1e-10 * total && step > 0.01) {
        return sum_over(one, mean, sd, alpha, step / 2);
    }
    auto result = marginal{};
    result.value = log(total);
    if (sd > 0) {
        result.value += log(exact(step / sqrt(exact(8 * atan(exact(1))))));
    }
    for (std::size_t a = 0; a < 3; ++a) {
        result.slope[a] = slope[a] / total;
        for (std::size_t b = 0; b < 3; ++b) {
            result.curvature[a][b] = curvature[a][b] / total - slope[a] / total * (slope[b] / total);
        }
    }
    return result;
}

// At the best intercept, with the derivatives of that profile.
marginal profile(trial& one, exact const& mean, exact const& sd) {
    if (!one.has_intercept) {
        return sum_over(one, mean, sd, exact(0), 0.25);
    }
    auto here = marginal{};
    for (int i = 0; i < 40; ++i) {
        here = sum_over(one, mean, sd, one.intercept, 0.25);
        exact const change = -here.slope[2] / here.curvature[2][2];
        one.intercept += change > 1 ? exact(1) : change < -1 ? exact(-1) : change;
        if (abs(change) < 1e-11) {
            break;
        }
    }
    here = sum_over(one, mean, sd, one.intercept, 0.25);
    for (std::size_t a = 0; a < 2; ++a) {
        for (std::size_t b = 0; b < 2; ++b) {
            here.curvature[a][b] -= here.curvature[a][2] * here.curvature[2][b] / here.curvature[2][2];
        }
    }
    return here;
}

struct found_maximum {
    exact mean;
    exact variance;
    exact sd;
    exact value;
};

// The maximum beside a place that is right to many digits. Not a number where the likelihood rises from an
// sd of 0 that was called the best.
found_maximum maximum_beside(std::vector<trial>& trials, double const mean_there, double const sd_there) {
    exact mean(mean_there);
    exact sd(sd_there);
    bool const at_zero = !(sd_there > 0);
    for (int i = 0;; ++i) {
        auto sum = marginal{};
        exact rise(0);
        for (auto& one : trials) {
            auto const here = profile(one, mean, sd);
            sum.value += here.value;
            for (std::size_t a = 0; a < 2; ++a) {
                sum.slope[a] += here.slope[a];
                for (std::size_t b = 0; b < 2; ++b) {
                    sum.curvature[a][b] += here.curvature[a][b];
                }
            }
            if (at_zero) {
                auto const alone = one.at(mean, one.intercept);
                rise += alone.theta_theta + alone.theta * alone.theta;
            }
        }
        auto const& c = sum.curvature;
        exact const determinant = at_zero ? exact(-c[0][0]) : exact(c[0][0] * c[1][1] - c[0][1] * c[0][1]);
        exact const by_mean = at_zero
                                  ? exact(-sum.slope[0] / c[0][0])
                                  : exact((c[0][1] * sum.slope[1] - c[1][1] * sum.slope[0]) / determinant);
        exact const by_sd =
            at_zero ? exact(0) : exact((c[0][1] * sum.slope[0] - c[0][0] * sum.slope[1]) / determinant);
        if ((abs(by_mean) < 1e-22 && abs(by_sd) < 1e-22) || i == 8) {
            exact const variance = at_zero ? exact(1 / determinant) : exact(-c[1][1] / determinant);
            return {mean, at_zero && rise > 0 ? exact(std::nan("")) : variance, sd, sum.value};
        }
        mean += by_mean;
        sd += by_sd;
    }
}

// The numbers are each trial's four counts, and twice 1 for each: the odds of its groups are multiplied by
// them, so that the condition is that of a change of the odds.
constexpr std::size_t numbers_each = 6;

template <class Real>
std::vector<two_arms<basic_events<Real>>> whole_trials(std::span<Real const> const numbers) {
    auto result = std::vector<two_arms<basic_events<Real>>>{};
    for (std::size_t i = 0; i + numbers_each <= numbers.size(); i += numbers_each) {
        auto const whole = [&](std::size_t const j) {
            return Real(std::round(static_cast<double>(numbers[i + j])));
        };
        result.push_back({{whole(0), whole(0) + whole(1)}, {whole(2), whole(2) + whole(3)}});
    }
    return result;
}

// One form of the model: how the library pools, and the counts of a trial.
template <class Pool, class Counts>
void compare(accuracy_table& table, accuracy_case const& input, std::string const& name, Pool const& pool_it,
             Counts const& counts) {
    auto seed = mixed_pooled{};
    table.compare(
        input,
        [&](std::span<double const> const numbers, statistics<double>& out) {
            seed = pool_it(whole_trials(numbers));
            out.pooled(name, seed);
            out(name + ", tau²", seed.tau_squared);
            out(name + ", log-likelihood", seed.log_likelihood, 1);
        },
        [&](std::span<exact const> const numbers, statistics<exact>& out) {
            auto result = found_maximum{exact(std::nan("")), exact(std::nan("")), exact(std::nan("")),
                                        exact(std::nan(""))};
            if (seed.status == status::ok) {
                auto const reports = whole_trials(numbers);
                auto trials = std::vector<trial>{};
                for (std::size_t i = 0; i < reports.size(); ++i) {
                    auto const* const odds = numbers.data() + i * numbers_each + 4;
                    counts(reports[i], log(odds[0]), log(odds[1]), trials);
                }
                result = maximum_beside(trials, seed.effect, std::sqrt(seed.tau_squared));
            }
            out(name + ", effect", result.mean);
            out(name + ", variance", result.variance);
            out(name + ", tau²", exact(result.sd * result.sd));
            out(name + ", log-likelihood", result.value, 1);
        });
}

using report = two_arms<basic_events<exact>>;
exact const half = exact(1) / 2;

trial intercept_of(report const& trials) {
    auto result = trial{};
    result.has_intercept = true;
    exact const events = trials.treatment.count + trials.control.count;
    exact const others = trials.treatment.total + trials.control.total - events;
    result.intercept = log(exact((events + half) / (others + half)));
    return result;
}

void conditional(accuracy_table& table, accuracy_case const& input) {
    compare(
        table, input, "conditional exact", [](auto const& trials) { return pool(binomial_normal{}, trials); },
        [](report const& one, exact const& odds, exact const&, std::vector<trial>& out) {
            out.emplace_back().counts.push_back(std::make_unique<hypergeometric>(one, odds));
        });
}

void others(accuracy_table& table, accuracy_case const& input) {
    compare(
        table, input, "conditional approximate",
        [](auto const& trials) { return pool(binomial_normal{conditional_approximate{}}, trials); },
        [](report const& one, exact const& odds, exact const&, std::vector<trial>& out) {
            out.emplace_back().counts.push_back(std::make_unique<binomial>(
                one.treatment.count, exact(one.treatment.count + one.control.count),
                exact(odds + log(exact(one.treatment.total / one.control.total))), exact(1), exact(0)));
        });
    compare(
        table, input, "fixed intercepts",
        [](auto const& trials) { return pool(binomial_normal{fixed_intercepts{}}, trials); },
        [](report const& one, exact const& odds, exact const& odds_of_control, std::vector<trial>& out) {
            auto here = intercept_of(one);
            here.counts.push_back(
                std::make_unique<binomial>(one.treatment.count, one.treatment.total, odds, half, exact(1)));
            here.counts.push_back(std::make_unique<binomial>(one.control.count, one.control.total,
                                                             odds_of_control, exact(-half), exact(1)));
            out.push_back(std::move(here));
        });
    auto const groups = [](auto const& trials) {
        auto result = std::vector<events>{};
        for (auto const& one : trials) {
            result.push_back(one.treatment);
        }
        return result;
    };
    compare(
        table, input, "risks of single groups",
        [&](auto const& trials) { return pool(binomial_normal{}, groups(trials)); },
        [](report const& one, exact const& odds, exact const&, std::vector<trial>& out) {
            out.emplace_back().counts.push_back(std::make_unique<binomial>(
                one.treatment.count, one.treatment.total, odds, exact(1), exact(0)));
        });
    // The same counts over times that are the totals.
    auto const rates = [](auto const& trials) {
        auto result = std::vector<two_arms<rate>>{};
        for (auto const& one : trials) {
            result.push_back(
                {{one.treatment.count, one.treatment.total}, {one.control.count, one.control.total}});
        }
        return result;
    };
    compare(
        table, input, "rates, conditional",
        [&](auto const& trials) { return pool(poisson_normal{}, rates(trials)); },
        [](report const& one, exact const& odds, exact const&, std::vector<trial>& out) {
            out.emplace_back().counts.push_back(std::make_unique<binomial>(
                one.treatment.count, exact(one.treatment.count + one.control.count),
                exact(odds + log(exact(one.treatment.total / one.control.total))), exact(1), exact(0)));
        });
    compare(
        table, input, "rates, fixed intercepts",
        [&](auto const& trials) { return pool(poisson_normal{fixed_intercepts{}}, rates(trials)); },
        [](report const& one, exact const& odds, exact const& odds_of_control, std::vector<trial>& out) {
            auto here = intercept_of(one);
            here.counts.push_back(
                std::make_unique<poisson>(one.treatment.count, one.treatment.total, odds, half, exact(1)));
            here.counts.push_back(std::make_unique<poisson>(one.control.count, one.control.total,
                                                            odds_of_control, exact(-half), exact(1)));
            out.push_back(std::move(here));
        });
}

// Random intercepts: two normal effects a trial, alpha = a + s y and theta = m + t x, and four unknowns
// (a, m, s, t). The same sums in double find where to begin, as the library does not tell a and s.
template <class Real>
struct four {
    Real value{0};
    std::array<Real, 4> slope{};
    std::array<std::array<Real, 4>, 4> curvature{};
};

template <class Real>
Real power(Real const& x, int n) {
    Real result(1);
    for (Real square = x; n > 0; n /= 2, square = square * square) {
        result = n % 2 == 1 ? Real(result * square) : result;
    }
    return result;
}

// `odds` multiply the groups' odds, as in the others.
template <class Real>
four<Real> four_of(two_arms<basic_events<exact>> const& one, std::span<exact const> const odds,
                   std::array<Real, 4> const& unknown, int const per_unit) {
    using std::exp;
    using std::log;
    auto const& [a, m, s, t] = unknown;
    auto const y = std::array{static_cast<int>(one.treatment.count), static_cast<int>(one.control.count)};
    auto const n = std::array{static_cast<int>(one.treatment.total), static_cast<int>(one.control.total)};
    int const last = t > 0 ? 12 * per_unit : 0;
    int const last_y = s > 0 ? 12 * per_unit : 0;
    auto weights = std::vector<Real>{};
    for (int i = 0; i <= std::max(last, last_y); ++i) {
        Real const z = Real(i) / per_unit;
        weights.push_back(exp(Real(-z * z / 2)));
    }
    // Where doubles see less than 1e-20 of the peak nothing is added.
    auto const rough = [&, mean = static_cast<double>(m), middle = static_cast<double>(a),
                        sd_y = static_cast<double>(s),
                        sd_x = static_cast<double>(t)](int const i, int const j) {
        double const x = static_cast<double>(i) / per_unit;
        double const z = static_cast<double>(j) / per_unit;
        double const theta = mean + sd_x * x;
        double const alpha = middle + sd_y * z;
        auto const count = [](int const events, int const all, double const logit) {
            return events * logit - all * (logit > 0 ? logit : 0) -
                   all * std::log1p(std::exp(-std::abs(logit)));
        };
        return count(y[0], n[0], alpha + theta / 2) + count(y[1], n[1], alpha - theta / 2) -
               (x * x + z * z) / 2;
    };
    double peak = -1e300;
    for (int i = -last; i <= last; ++i) {
        for (int j = -last_y; j <= last_y; ++j) {
            peak = std::max(peak, rough(i, j));
        }
    }
    Real total(0);
    auto result = four<Real>{};
    for (int i = -last; i <= last; ++i) {
        Real const x = Real(i) / per_unit;
        Real const half_of_x = exp(Real((m + t * x) / 2));
        for (int j = -last_y; j <= last_y; ++j) {
            if (rough(i, j) < peak - 46) {
                continue;
            }
            Real const z = Real(j) / per_unit;
            Real const middle = exp(Real(a + s * z));
            auto const of = std::array{Real(middle * half_of_x * Real(odds[0])),
                                       Real(middle / half_of_x * Real(odds[1]))};
            Real weight = weights[static_cast<std::size_t>(std::abs(i))] *
                          weights[static_cast<std::size_t>(std::abs(j))];
            auto slope = std::array<Real, 2>{};
            auto curvature = std::array<Real, 2>{};
            for (std::size_t g = 0; g < 2; ++g) {
                Real const none = 1 / (1 + of[g]);
                Real const p = of[g] * none;
                weight *= power(p, y[g]) * power(none, n[g] - y[g]);
                slope[g] = y[g] - n[g] * p;
                curvature[g] = -n[g] * p * none;
            }
            total += weight;
            // By alpha and theta, and then by the four unknowns.
            Real const by_alpha = slope[0] + slope[1];
            Real const by_theta = (slope[0] - slope[1]) / 2;
            Real const twice = curvature[0] + curvature[1];
            Real const both = (curvature[0] - curvature[1]) / 2;
            auto const factor = std::array<Real, 4>{Real(1), Real(1), z, x};
            for (std::size_t u = 0; u < 4; ++u) {
                Real const first = (u % 2 == 0 ? by_alpha : by_theta) * factor[u] * weight;
                result.slope[u] += first;
                for (std::size_t v = 0; v <= u; ++v) {
                    Real const second = u % 2 != v % 2 ? both : u % 2 == 0 ? twice : Real(twice / 4);
                    result.curvature[u][v] += second * factor[u] * factor[v] * weight +
                                              first * (v % 2 == 0 ? by_alpha : by_theta) * factor[v];
                }
            }
        }
    }
    for (std::size_t u = 0; u < 4; ++u) {
        result.slope[u] = result.slope[u] / total;
    }
    for (std::size_t u = 0; u < 4; ++u) {
        for (std::size_t v = 0; v <= u; ++v) {
            result.curvature[u][v] = result.curvature[u][v] / total - result.slope[u] * result.slope[v];
            result.curvature[v][u] = result.curvature[u][v];
        }
    }
    Real const steps = (last > 0 ? Real(per_unit) : Real(1)) * (last_y > 0 ? Real(per_unit) : Real(1));
    Real const two_pi = Real(exact(8 * atan(exact(1))));
    Real const root_of_two_pi = sqrt(two_pi);
    result.value = log(total) - log(steps) - (last > 0 ? Real(log(root_of_two_pi)) : Real(0)) -
                   (last_y > 0 ? Real(log(root_of_two_pi)) : Real(0)) + Real(log_choose(n[0], y[0])) +
                   Real(log_choose(n[1], y[1]));
    return result;
}

// Newton's step among the unknowns that are free, and the second element of the inverse information.
template <class Real>
struct newton_step {
    std::array<Real, 4> step{};
    Real variance{0};
};
template <class Real>
newton_step<Real> step_of(four<Real> const& at, std::array<bool, 4> const& is_free) {
    // [information | slope, unit], by elimination
    auto rows = std::array<std::array<Real, 6>, 4>{};
    for (std::size_t u = 0; u < 4; ++u) {
        for (std::size_t v = 0; v < 4; ++v) {
            bool const counts = is_free[u] && is_free[v];
            rows[u][v] = counts ? Real(-at.curvature[u][v]) : u == v ? Real(1) : Real(0);
        }
        rows[u][4] = is_free[u] ? at.slope[u] : Real(0);
        rows[u][5] = u == 1 ? Real(1) : Real(0);
    }
    for (std::size_t u = 0; u < 4; ++u) {
        for (std::size_t v = 0; v < 4; ++v) {
            Real const share = v == u ? Real(0) : Real(rows[v][u] / rows[u][u]);
            for (std::size_t w = 0; w < 6; ++w) {
                rows[v][w] -= share * rows[u][w];
            }
        }
    }
    auto result = newton_step<Real>{};
    for (std::size_t u = 0; u < 4; ++u) {
        result.step[u] = rows[u][4] / rows[u][u];
    }
    result.variance = rows[1][5] / rows[1][1];
    return result;
}

void random_intercept(accuracy_table& table, accuracy_case const& input) {
    auto seed = mixed_pooled{};
    auto start = std::array<double, 4>{};
    std::string const name = "random intercepts";
    auto const sum = [](auto const& reports, std::span<exact const> const numbers, auto const& unknown,
                        int const per_unit) {
        auto result = std::decay_t<decltype(four_of(reports[0], numbers, unknown, 1))>{};
        for (std::size_t i = 0; i < reports.size(); ++i) {
            auto const one = four_of(reports[i], numbers.subspan(i * numbers_each + 4, 2), unknown, per_unit);
            result.value += one.value;
            for (std::size_t u = 0; u < 4; ++u) {
                result.slope[u] += one.slope[u];
                for (std::size_t v = 0; v < 4; ++v) {
                    result.curvature[u][v] += one.curvature[u][v];
                }
            }
        }
        return result;
    };
    table.compare(
        input,
        [&](std::span<double const> const numbers, statistics<double>& out) {
            seed = pool(binomial_normal{random_intercepts{}}, whole_trials(numbers));
            out.pooled(name, seed);
            out(name + ", tau²", seed.tau_squared);
            out(name + ", log-likelihood", seed.log_likelihood, 1);
            // a and s, the others being known: Newton's method from the best point of a grid.
            auto const wide = std::vector<exact>(numbers.begin(), numbers.end());
            auto const reports = whole_trials(std::span<exact const>(wide));
            double highest = -std::numeric_limits<double>::infinity();
            for (double const a : {-1.0, -0.4, 0.0, 0.4, 1.0}) {
                for (double const s : {0.1, 0.3, 0.6, 1.0, 1.7}) {
                    auto const at = std::array{a, seed.effect, s, std::sqrt(seed.tau_squared)};
                    double const value = sum(reports, std::span<exact const>(wide), at, 16).value;
                    if (value > highest) {
                        highest = value;
                        start = at;
                    }
                }
            }
            for (int i = 0; i < 20 && seed.status == status::ok; ++i) {
                auto const at = sum(reports, std::span<exact const>(wide), start, 16);
                auto const step = step_of(at, {true, false, true, false}).step;
                start[0] += std::clamp(step[0], -0.5, 0.5);
                start[2] = std::max(0.02, start[2] + std::clamp(step[2], -0.3, 0.3));
            }
        },
        [&](std::span<exact const> const numbers, statistics<exact>& out) {
            auto unknown = std::array<exact, 4>{start[0], start[1], start[2], start[3]};
            auto at = four<exact>{};
            auto newton = newton_step<exact>{};
            auto const reports = whole_trials(numbers);
            // The steps with which halves agree to 1e-10: the error of the halves is its square.
            int per_unit = 8;
            auto const rough = start;
            while (std::abs(sum(reports, numbers, rough, per_unit).value -
                            sum(reports, numbers, rough, 2 * per_unit).value) > 1e-10) {
                per_unit *= 2;
            }
            per_unit *= 2;
            for (int i = 0; i < 8; ++i) {
                at = sum(reports, numbers, unknown, per_unit);
                newton = step_of(at, {true, true, true, unknown[3] > 0});
                exact longest(0);
                for (std::size_t u = 0; u < 4; ++u) {
                    unknown[u] += newton.step[u];
                    longest = std::max(longest, exact(abs(newton.step[u])));
                }
                if (longest < 1e-17) {
                    break;
                }
            }
            out(name + ", effect", unknown[1]);
            out(name + ", variance", newton.variance);
            out(name + ", tau²", exact(unknown[3] * unknown[3]));
            out(name + ", log-likelihood", at.value, 1);
        });
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Mixed models of counts", argc, argv);
    auto source = trial_source(100);
    auto generator = std::mt19937_64(7);
    for (int i = 0; i < table.cases(3); ++i) {
        auto const trials = source();
        auto input = accuracy_case{{}, trials.words};
        for (std::size_t j = 0; j + 3 < trials.numbers.size() && j < 24; j += 4) {
            double const n = trials.numbers[j] + trials.numbers[j + 1];
            // In two of three sets the effects of the trials differ; in one a trial has no event under
            // treatment.
            double const events =
                i % 3 == 0 ? trials.numbers[j]
                           : std::clamp(std::round(trials.numbers[j] *
                                                   std::exp(std::normal_distribution<>()(generator))),
                                        0.0, n - 1);
            double const treated = i % 3 == 2 && j == 4 ? 0 : events;
            input.numbers.insert(input.numbers.end(),
                                 {treated, n - treated, trials.numbers[j + 2], trials.numbers[j + 3], 1, 1});
        }
        conditional(table, input);
        others(table, input);
    }
    // Whose two integrals take their time at 50 digits.
    for (int i = 0; i < (table.cases(3) + 5) / 6; ++i) {
        auto input = accuracy_case{{}, "five trials of 20 to 60"};
        for (int j = 0; j < 5; ++j) {
            double const n = 20 + static_cast<double>(generator() % 41);
            double const other = 20 + static_cast<double>(generator() % 41);
            double const risk = 1 / (1 + std::exp(-std::normal_distribution<>()(generator)));
            double const change = std::exp(0.3 + std::normal_distribution<>()(generator));
            double const treated = std::round(n * risk * change / (1 - risk + risk * change));
            double const controls = std::round(other * risk);
            input.numbers.insert(input.numbers.end(),
                                 {treated, n - treated, controls, other - controls, 1, 1});
        }
        random_intercept(table, input);
    }
    return table.finish();
}
