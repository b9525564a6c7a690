// Mixed models of counts in double, against their likelihoods by plain sums at 50 digits, whose maximum is
// found by Newton's method from where the library found it. The sums are the trapezoidal rule over a normal
// effect, its step halved until the sum over every other point agrees.

#include "accuracy/studies.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/rare_events.hpp>
#include <accrue/report.hpp>

#include <array>
#include <cmath>
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

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Mixed models of counts", argc, argv);
    auto source = trial_source(100);
    for (int i = 0; i < table.cases(3); ++i) {
        auto const trials = source();
        auto input = accuracy_case{{}, trials.words};
        for (std::size_t j = 0; j + 3 < trials.numbers.size() && j < 24; j += 4) {
            auto const* const counts = trials.numbers.data() + j;
            // One trial of two sets has no event under treatment.
            bool const none = i % 2 == 1 && j == 4;
            input.numbers.insert(
                input.numbers.end(),
                {none ? 0 : counts[0], none ? counts[0] + counts[1] : counts[1], counts[2], counts[3], 1, 1});
        }
        conditional(table, input);
        others(table, input);
    }
    return table.finish();
}
