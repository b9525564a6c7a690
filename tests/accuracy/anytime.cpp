// E-processes in double, against their definitions by plain sums and products at 50 digits. Limits of
// confidence sequences are roots at 50 digits beside those found.

#include "accuracy/search.hpp"
#include "accuracy/studies.hpp"
#include <accrue/sequential/anytime.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

constexpr double level = 0.95;

struct side {
    effect_direction direction;
    int sign; ///< 0 both, 1 above, -1 below
    std::string words;
};
std::array<side, 3> const sides = {side{either_direction{}, 0, "two-sided"}, side{above_null{}, 1, "above"},
                                   side{below_null{}, -1, "below"}};

exact threshold(double const factor = 1) {
    return log(exact(exact(factor) / (1 - exact(level))));
}

// The studies, then an effect size g, a null, and a tau².
template <class Real>
struct numbers_of {
    std::vector<basic_estimate<Real>> studies;
    Real g;
    Real null;
    Real tau_squared;

    explicit numbers_of(std::span<Real const> const v)
        : studies(as_estimates(v.first(v.size() - 3))), g(v[v.size() - 3]), null(v[v.size() - 2]),
          tau_squared(v[v.size() - 1]) {}
};

template <class Process, class Studies>
Process after(Process process, Studies const& studies) {
    for (auto const& study : studies) {
        process.add(study);
    }
    return process;
}

using log_e_of = std::function<exact(exact const&)>;

// What is common to processes: ln E at the null, and the limits, where ln E has the height of `threshold`.
struct found_limits {
    interval limits;
    double unit;
};

template <class Process>
void report(std::string const& name, Process const& process, double const null,
            std::vector<found_limits>& found, double const unit, statistics<double>& out) {
    out(name + ", ln E", process.log_e_value(null), 1);
    auto const limits = process.confidence_sequence(level);
    found.push_back({limits, unit});
    if (std::isfinite(limits.lower)) {
        out(name + ", lower limit", limits.lower);
    }
    if (std::isfinite(limits.upper)) {
        out(name + ", upper limit", limits.upper);
    }
}
void expect(std::string const& name, exact const& null, log_e_of const& log_e, log_e_of const& lower,
            log_e_of const& upper, found_limits const& found, statistics<exact>& out) {
    out(name + ", ln E", log_e(null), 1);
    if (std::isfinite(found.limits.lower)) {
        out(name + ", lower limit", root_beside(found.limits.lower, found.unit, lower));
    }
    if (std::isfinite(found.limits.upper)) {
        out(name + ", upper limit", root_beside(found.limits.upper, found.unit, upper));
    }
}

// Robbins' mixture and the growth-rate optimal process, whose null is one effect in all trials.
void of_one_effect(accuracy_table& table, accuracy_case const& input) {
    auto found = std::vector<found_limits>{};
    table.compare(
        input,
        [&](std::span<double const> const v, statistics<double>& out) {
            auto const x = numbers_of<double>(v);
            double information = 0;
            for (auto const& study : x.studies) {
                information += 1 / study.variance;
            }
            double const unit = 1 / std::sqrt(information);
            found.clear();
            for (auto const& way : sides) {
                report("Robbins' mixture, " + way.words,
                       after(robbins_mixture{x.g, x.null, way.direction}, x.studies), x.null, found, unit,
                       out);
                report("growth-rate optimal, " + way.words,
                       after(grow{x.g, x.null, way.direction}, x.studies), x.null, found, unit, out);
            }
            out("Robbins' mixture, narrowest at", narrowest_at(1 / x.tau_squared, level));
        },
        [&](std::span<exact const> const v, statistics<exact>& out) {
            auto const x = numbers_of<exact>(v);
            exact weights(0), sum(0);
            for (auto const& study : x.studies) {
                weights += 1 / study.variance;
                sum += study.effect / study.variance;
            }
            auto place = found.begin();
            for (auto const& way : sides) {
                log_e_of const mixture = [&](exact const& null) {
                    exact const gain = 1 + x.g * x.g * weights;
                    exact const score = x.g * (sum - null * weights) / sqrt(gain);
                    exact const both = score * score / 2 - log(gain) / 2;
                    return way.sign == 0 ? both
                                         : exact(both + log(exact(2 * upper_tail(exact(-way.sign * score)))));
                };
                log_e_of const at_limit = [&](exact const& null) { return mixture(null) - threshold(); };
                expect("Robbins' mixture, " + way.words, x.null, mixture, at_limit, at_limit, *place++, out);
                log_e_of const planned = [&](exact const& null) {
                    exact const tilt = x.g * (sum - null * weights);
                    exact const cost = x.g * x.g * weights / 2;
                    exact const size = abs(tilt); // ln cosh, for any size
                    return way.sign == 0 ? exact(size + log(exact((1 + exp(exact(-2 * size))) / 2)) - cost)
                                         : exact(way.sign * tilt - cost);
                };
                log_e_of const planned_limit = [&](exact const& null) { return planned(null) - threshold(); };
                expect("growth-rate optimal, " + way.words, x.null, planned, planned_limit, planned_limit,
                       *place++, out);
            }
            // u - ln(1 + u) = 2 ln(1/alpha)
            exact const u = root_beside(2 * std::log(20.0) + 2, 1, [](exact const& at) {
                return at - log(exact(1 + at)) - 2 * threshold();
            });
            out("Robbins' mixture, narrowest at", sqrt(exact(u * x.tau_squared)));
        });
}

// The tau² that each trial's bet assumes: the initial guess for the first three, then shrunken towards it
// from DerSimonian and Laird's of the trials before.
std::vector<exact> guesses(numbers_of<exact> const& x) {
    auto result = std::vector<exact>{};
    for (std::size_t i = 0; i < x.studies.size(); ++i) {
        if (i < 3) {
            result.push_back(x.tau_squared);
            continue;
        }
        exact weights(0), squared(0), sum(0), q(0);
        for (std::size_t j = 0; j < i; ++j) {
            exact const weight = 1 / x.studies[j].variance;
            weights += weight;
            squared += weight * weight;
            sum += weight * x.studies[j].effect;
        }
        for (std::size_t j = 0; j < i; ++j) {
            exact const away = x.studies[j].effect - sum / weights;
            q += away * away / x.studies[j].variance;
        }
        exact const share(static_cast<double>(i - 1));
        exact const excess = q - share;
        exact const estimated = excess > 0 ? exact(excess / (weights - squared / weights)) : exact(0);
        result.push_back((share * estimated + 2 * x.tau_squared) / (share + 2));
    }
    return result;
}

void symmetric(accuracy_table& table, accuracy_case const& input) {
    auto found = std::vector<found_limits>{};
    table.compare(
        input,
        [&](std::span<double const> const v, statistics<double>& out) {
            auto const x = numbers_of<double>(v);
            found.clear();
            for (auto const& way : sides) {
                report("symmetric, " + way.words,
                       after(symmetric_e_process{.smallest_effect = x.g,
                                                 .initial_tau_squared = x.tau_squared,
                                                 .null = x.null,
                                                 .direction = way.direction},
                             x.studies),
                       x.null, found, std::sqrt(x.studies[0].variance), out);
            }
        },
        [&](std::span<exact const> const v, statistics<exact>& out) {
            auto const x = numbers_of<exact>(v);
            auto const tau_squared = guesses(x);
            auto place = found.begin();
            for (auto const& way : sides) {
                // Of the nodes with a sign; 0 for all that count in this direction.
                auto const of_sign = [&](exact const& null, int const sign) {
                    // Nodes are multiples of 4/30 g, and what they bet on is a power of the first's.
                    auto once = std::vector<exact>{};
                    for (std::size_t i = 0; i < x.studies.size(); ++i) {
                        auto const& study = x.studies[i];
                        exact const scaled = (study.effect - null) / (study.variance + tau_squared[i]);
                        once.push_back(exp(exact(exact(-8) / 30 * x.g * scaled)));
                    }
                    exact total(sign == 0 ? 1 : 0);
                    exact shares = total;
                    for (int const way_of : {-1, 1}) {
                        if (sign * way_of < 0) {
                            continue;
                        }
                        auto powers = std::vector<exact>(once.size(), exact(1));
                        for (int j = 1; j <= 30; ++j) {
                            exact const z = exact(4 * j) / 30;
                            exact const share = exp(exact(-z * z / 2));
                            exact product = share;
                            for (std::size_t i = 0; i < once.size(); ++i) {
                                powers[i] =
                                    way_of > 0 ? exact(powers[i] * once[i]) : exact(powers[i] / once[i]);
                                product *= 2 / (1 + powers[i]);
                            }
                            total += product;
                            shares += share;
                        }
                    }
                    return exact(log(exact(total / shares)));
                };
                double const factor = way.sign == 0 ? 2 : 1;
                expect(
                    "symmetric, " + way.words, x.null,
                    [&](exact const& null) { return of_sign(null, way.sign); },
                    [&](exact const& null) { return of_sign(null, 1) - threshold(factor); },
                    [&](exact const& null) { return of_sign(null, -1) - threshold(factor); }, *place++, out);
            }
        });
}

template <class Real>
Real log_likelihood_at(std::vector<basic_estimate<Real>> const& studies, Real const& mean,
                       Real const& tau_squared) {
    using std::atan;
    using std::log;
    Real total(0);
    Real const two_pi = 8 * atan(Real(1));
    for (auto const& study : studies) {
        Real const variance = study.variance + tau_squared;
        Real const away = study.effect - mean;
        total -= (log(Real(two_pi * variance)) + away * away / variance) / 2;
    }
    return total;
}

template <class Real>
Real weighted_mean(std::vector<basic_estimate<Real>> const& studies, Real const& tau_squared) {
    Real weights(0), sum(0);
    for (auto const& study : studies) {
        weights += 1 / (study.variance + tau_squared);
        sum += study.effect / (study.variance + tau_squared);
    }
    return sum / weights;
}

// The largest likelihood over tau² >= 0 at this mean, or over the means beyond it on the side that is not
// sought as well: the best of 1,000 points in double, refined.
exact supremum(std::vector<basic_estimate<exact>> const& studies, exact const& null, int const sign) {
    auto rounded = std::vector<estimate>{};
    double least = std::numeric_limits<double>::infinity();
    double spread = 0;
    for (auto const& study : studies) {
        rounded.push_back(
            {static_cast<double>(exact(study.effect - null)), static_cast<double>(study.variance)});
        least = std::min(least, rounded.back().variance);
        spread += rounded.back().effect * rounded.back().effect + rounded.back().variance;
    }
    auto const height = [sign](auto const& all, auto const& at_null, auto const& tau_squared) {
        using Real = std::decay_t<decltype(tau_squared)>;
        Real mean = at_null;
        if (sign != 0) {
            Real const free = weighted_mean(all, tau_squared);
            mean = sign * (free - at_null) < 0 ? free : at_null;
        }
        return Real(log_likelihood_at(all, mean, tau_squared));
    };
    double const from = std::log(least) - 12;
    double const step = (std::log(spread) - from) / 1000;
    double best = from;
    double highest = -std::numeric_limits<double>::infinity();
    for (int i = 0; i <= 1000; ++i) {
        double const here = height(rounded, 0.0, std::exp(from + i * step));
        if (here > highest) {
            highest = here;
            best = from + i * step;
        }
    }
    exact const at_zero = height(studies, null, exact(0));
    if (!(best > from)) {
        return at_zero;
    }
    auto const refined = maximum_beside(
        {exact(best)}, {exact(1)}, [&](auto const& u) { return height(studies, null, exact(exp(u[0]))); });
    return refined.value > at_zero ? refined.value : at_zero;
}

// The density of the studies with the mean N(null, sd²) and tau half-normal, by the trapezoidal rule in ln
// tau. With a sign, of means on that side of the null alone, over the prior probability of these.
exact log_numerator(std::vector<basic_estimate<exact>> const& studies, exact const& sd, exact const& scale,
                    exact const& null, int const sign) {
    exact sum(0);
    exact height(0);
    exact const step(1.0 / 20);
    for (int i = 100; i >= -1200; --i) {
        exact const tau = scale * exp(exact(i * step));
        exact weights = 1 / (sd * sd);
        exact moments(0), product(1), squares(0); // of effects less the null
        for (auto const& study : studies) {
            exact const variance = study.variance + tau * tau;
            weights += 1 / variance;
            exact const effect = study.effect - null;
            moments += effect / variance;
            squares += effect * effect / variance;
            product *= variance * 2 * pi();
        }
        exact const mean = moments / weights;
        exact log_term =
            -squares / 2 + moments * mean / 2 - log(product) / 2 - log(exact(sd * sd * weights)) / 2;
        if (sign != 0) {
            log_term += log(upper_tail(exact(-sign * mean * sqrt(weights))));
        }
        exact const ratio = tau / scale;
        log_term += log(exact(ratio * sqrt(exact(2 / pi())))) - ratio * ratio / 2;
        if (!(sum > 0)) {
            height = log_term;
        }
        sum += exp(exact(log_term - height));
    }
    exact const all = height + log(exact(sum * step));
    return sign == 0 ? all : exact(all + log(exact(2)));
}

void universal(accuracy_table& table, accuracy_case const& input) {
    auto found = std::vector<found_limits>{};
    table.compare(
        input,
        [&](std::span<double const> const v, statistics<double>& out) {
            auto const x = numbers_of<double>(v);
            found.clear();
            for (auto const& way : sides) {
                report("universal inference, " + way.words,
                       after(universal_inference{.mean = {x.null, x.g},
                                                 .heterogeneity = half_normal{std::sqrt(x.tau_squared)},
                                                 .null = x.null,
                                                 .direction = way.direction},
                             x.studies),
                       x.null, found, std::sqrt(x.studies[0].variance), out);
            }
        },
        [&](std::span<exact const> const v, statistics<exact>& out) {
            auto const x = numbers_of<exact>(v);
            auto place = found.begin();
            for (auto const& way : sides) {
                exact const numerator = log_numerator(x.studies, x.g, sqrt(x.tau_squared), x.null, way.sign);
                log_e_of const at_limit = [&](exact const& null) {
                    return numerator - supremum(x.studies, null, 0) - threshold();
                };
                expect(
                    "universal inference, " + way.words, x.null,
                    [&](exact const& null) { return numerator - supremum(x.studies, null, way.sign); },
                    at_limit, at_limit, *place++, out);
            }
        });
}

// The likelihood of log odds ratios N(mean, tau²) given a table's margins, and that of both groups' events
// with log odds N(centre, spread²) besides, by trapezoidal rules over standard normal effects. Integrands
// have no poles nearer than pi / tau to the real axis, so that a step of 0.2 / tau leaves less than 1e-20
// where participants are few.
class table_of_events {
  public:
    explicit table_of_events(two_arms<events> const& trial)
        : a_(static_cast<int>(trial.treatment.count)), c_(static_cast<int>(trial.control.count)),
          n_(static_cast<int>(trial.treatment.total)), m_(static_cast<int>(trial.control.total)) {
        for (int x = 0; x <= n_ && x <= a_ + c_; ++x) {
            if (a_ + c_ - x <= m_) {
                least_ = ways_.empty() ? x : least_;
                ways_.push_back(choose(n_, x) * choose(m_, a_ + c_ - x));
            }
        }
    }
    [[nodiscard]] bool is_extreme() const {
        return a_ == least_ || a_ == least_ + static_cast<int>(ways_.size()) - 1;
    }
    [[nodiscard]] bool is_informative() const { return ways_.size() > 1; }
    [[nodiscard]] int events_of_both() const { return a_ + c_; }
    [[nodiscard]] int of_both() const { return n_ + m_; }

    template <class Real>
    [[nodiscard]] Real given_margins(Real const& mean, Real const& tau) const {
        using std::exp;
        if (!(tau > 0)) {
            return given(Real(exp(mean)));
        }
        Real const step = Real(0.2) / (tau > 1 ? tau : Real(1));
        Real sum(0);
        int const last = static_cast<int>(std::ceil(16 / static_cast<double>(step)));
        for (int i = -last; i <= last; ++i) {
            Real const z = i * step;
            sum += exp(Real(-z * z / 2)) * given(Real(exp(Real(mean + tau * z))));
        }
        return sum * step / Real(sqrt(exact(2 * pi())));
    }
    /// P(events of both groups), and of the table as well.
    struct probabilities {
        exact margins{0};
        exact tables{0};
    };
    [[nodiscard]] probabilities both(detail::arm_risks const& risks) const {
        auto result = probabilities{};
        double const step = 0.2 / std::max(1.0, risks.tau);
        double const step_across = 0.2 / std::max(1.0, risks.spread);
        int const last = static_cast<int>(9.5 / step); // a density of 1e-20
        int const last_across = static_cast<int>(9.5 / step_across);
        exact const ways = choose(n_, a_) * choose(m_, c_);
        for (int i = -last; i <= last; ++i) {
            exact const z = exact(i) * step;
            exact const theta = exact(risks.mean) + exact(risks.tau) * z;
            exact const chance = given(exact(exp(theta)));
            exact const odds =
                exp(exact(exact(risks.centre) + exact(risks.mean) / 2 + exact(risks.share) * risks.tau * z));
            exact const other = exp(exact(exact(risks.centre) - exact(risks.mean) / 2 -
                                          (1 - exact(risks.share)) * risks.tau * z));
            exact line(0);
            for (int j = -last_across; j <= last_across; ++j) {
                exact const b = exact(j) * step_across;
                exact const baseline = exp(exact(risks.spread * b));
                exact const p = odds * baseline / (1 + odds * baseline);
                exact const q = other * baseline / (1 + other * baseline);
                line += exp(exact(-b * b / 2)) * pow(p, a_) * pow(exact(1 - p), n_ - a_) * pow(q, c_) *
                        pow(exact(1 - q), m_ - c_);
            }
            exact const term = exp(exact(-z * z / 2)) * line * ways * step * step_across / (2 * pi());
            result.tables += term;
            result.margins += term / chance;
        }
        return result;
    }

  private:
    template <class Real>
    [[nodiscard]] Real given(Real const& odds_ratio) const {
        Real power(1), sum(0), here(0);
        for (std::size_t i = 0; i < ways_.size(); ++i) {
            Real const term = static_cast<Real>(ways_[i]) * power;
            here = least_ + static_cast<int>(i) == a_ ? term : here;
            sum += term;
            power *= odds_ratio;
        }
        return here / sum;
    }

    int a_, c_, n_, m_;
    int least_ = 0;
    std::vector<exact> ways_;
};

// The density of all margins that is settled beforehand (detail/margin_bets.hpp).
exact log_margin_bets(std::vector<table_of_events> const& tables) {
    exact ways(1);
    for (auto const& table : tables) {
        ways *= choose(table.of_both(), table.events_of_both());
    }
    // Of each table at log odds of -16 to 8, an eighth apart.
    auto lattice = std::vector<std::vector<exact>>{};
    for (auto const& table : tables) {
        auto& line = lattice.emplace_back();
        for (int i = -40; i < 153; ++i) {
            exact const odds = exp(exact(exact(-11) + exact(i) / 8));
            line.push_back(pow(exact(odds / (1 + odds)), table.events_of_both()) *
                           pow(exact(1 / (1 + odds)), table.of_both() - table.events_of_both()));
        }
    }
    exact total(0), shares(0);
    for (double const spread : {0.0, 0.2, 0.4, 0.7, 1.1, 1.6}) {
        std::size_t const reach = spread > 0 ? 40 : 0;
        auto weights = std::vector<exact>{};
        exact all(0);
        for (std::size_t n = 0; n <= 2 * reach; ++n) {
            exact const away = (exact(static_cast<double>(n)) - exact(static_cast<double>(reach))) / 8;
            weights.push_back(spread > 0 ? exact(exp(exact(-away * away / (2 * exact(spread) * spread))))
                                         : exact(1));
            all += weights.back();
        }
        for (std::size_t i = 0; i < 113; ++i) {
            exact const z = (exact(-11) + exact(static_cast<double>(i)) / 8 + 3) / 2;
            exact const share = exp(exact(-z * z / 2));
            exact product = share;
            for (auto const& line : lattice) {
                exact sum(0);
                for (std::size_t n = 0; n <= 2 * reach; ++n) {
                    sum += weights[n] * line[i + n + 40 - reach];
                }
                product *= sum / all;
            }
            total += product;
            shares += share;
        }
    }
    return log(exact(total * ways / shares));
}

// The supremum over tau of the likelihood given the margins at a mean of 0: the best of 120 points in double,
// refined, or the limit where all log odds ratios are infinite.
exact log_supremum(std::vector<table_of_events> const& tables) {
    auto const height = [&](auto const& tau) {
        using Real = std::decay_t<decltype(tau)>;
        using std::log;
        Real total(0);
        for (auto const& table : tables) {
            total += log(table.given_margins(Real(0), tau));
        }
        return total;
    };
    double best = 0;
    double highest = height(0.0);
    for (int i = 0; i < 120; ++i) {
        double const tau = 0.01 * std::exp(0.06 * i);
        double const here = height(tau);
        if (here > highest) {
            highest = here;
            best = tau;
        }
    }
    exact result = height(exact(best));
    if (best > 0) {
        result = maximum_beside({exact(best)}, {exact(best)}, [&](auto const& tau) {
                     return height(exact(tau[0]));
                 }).value;
    }
    exact at_infinity(0);
    for (auto const& table : tables) {
        if (table.is_informative()) {
            at_infinity -= table.is_extreme() ? log(exact(2)) : exact(1e9);
        }
    }
    return at_infinity > result ? at_infinity : result;
}

// The exact binary e-process: against effects that don't depend on the margins, and against log odds that are
// bivariate normal, at the risks that the search for its infimum found (it ends where 1e-8 of ln E is left).
void exact_binary(accuracy_table& table, accuracy_case const& input) {
    auto const nodes = std::vector<binary_node>{
        {-0.9, 0.1, -1.0}, {-0.4, 0.3, 0.0}, {0.0, 0.6, -0.5}, {0.3, 0.2, -0.25}, {0.8, 0.0, -0.75}};
    auto trials = std::vector<two_arms<events>>{};
    for (std::size_t i = 0; i < input.numbers.size(); i += 4) {
        auto const* const x = input.numbers.data() + i;
        trials.push_back({{x[0], x[0] + x[1]}, {x[2], x[2] + x[3]}});
    }
    auto place = std::array<double, 5>{};
    table.compare(
        {{}, input.words},
        [&](std::span<double const>, statistics<double>& out) {
            auto const process = after(exact_binary_e_process{.nodes = nodes}, trials);
            out("exact binary given margins, ln E", process.log_e_value_given_margins(), 1);
            auto const search =
                detail::varied_risks{.trials = process.state.arms,
                                     .log_bets_given_margins = 0,
                                     .log_bets_on_margins = process.state.margins.log_density(),
                                     .shares = process.treatment_share,
                                     .null = 0,
                                     .side = 0};
            place = search.least(-detail::infinity<double>()).place;
            out("exact binary at the risks found, ln E", process.log_e_value(), 1);
            out("exact binary, density of the margins", process.state.margins.log_density(), 1);
        },
        [&](std::span<exact const>, statistics<exact>& out) {
            auto tables = std::vector<table_of_events>(trials.begin(), trials.end());
            exact stakes(0), shares(0);
            for (auto const& node : nodes) {
                exact product = exp(exact(node.log_share));
                shares += product;
                for (auto const& one : tables) {
                    product *= one.given_margins(exact(node.mean), exact(node.tau));
                }
                stakes += product;
            }
            exact const numerator = log(exact(stakes / shares));
            exact const given = numerator - log_supremum(tables);
            out("exact binary given margins, ln E", given, 1);
            auto const risks =
                detail::arm_risks{.centre = place[0],
                                  .spread = std::min(std::abs(place[1]), detail::varied_risks::largest_sd),
                                  .tau = std::min(std::abs(place[2]), detail::varied_risks::largest_sd),
                                  .share = 0.75 + 0.25 * std::sin(place[3]),
                                  .mean = 0};
            exact margins(1), both(1);
            for (auto const& one : tables) {
                auto const p = one.both(risks);
                margins *= p.margins;
                both *= p.tables;
            }
            exact const bets = log_margin_bets(tables);
            exact const of_risks = numerator - log(exact(both / margins)) +
                                   log(exact(exact(0.75) + exact(0.25) * exp(bets) / margins));
            out("exact binary at the risks found, ln E", given < of_risks ? given : of_risks, 1);
            out("exact binary, density of the margins", bets, 1);
        });
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Monitoring without a plan", argc, argv);
    for (char const* const side : {"universal inference, above", "universal inference, below"}) {
        table.allow(
            side, 1e-10,
            "The posterior probability of means beyond the null is right to 1e-14 of the whole: where "
            "it is 1e-4, its logarithm is right to 1e-10.");
    }
    auto source = study_source(3, 14);
    for (int i = 0; i < table.cases(8); ++i) {
        auto input = source();
        double const scale = std::sqrt(input.numbers[1]);
        bool const is_slow = i % 11 == 0;
        // The prior of the mean in the one is about the null.
        double const from = is_slow ? input.numbers[0] : 0;
        input.numbers.insert(input.numbers.end(),
                             {scale * source.uniform(0.2, 2), from + scale * source.uniform(-0.5, 0.5),
                              scale * scale * source.uniform(0.05, 1)});
        of_one_effect(table, input);
        symmetric(table, input);
        if (is_slow) {
            universal(table, input);
        }
    }
    for (int i = 0; i < table.cases(1); ++i) {
        auto trials = accuracy_case{{}, "four trials of 8 to 20 in a group"};
        for (int j = 0; j < 8; ++j) {
            double const total = std::floor(source.uniform(8, 21));
            double const count = std::floor(total * source.uniform(0, i % 2 == 0 ? 0.3 : 1.0));
            trials.numbers.insert(trials.numbers.end(), {count, total - count});
        }
        exact_binary(table, trials);
    }
    return table.finish();
}
