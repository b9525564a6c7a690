// Posteriors in double, against plain sums at 50 digits that share no code with the library: the trapezoidal
// rule over ln tau, or over a double exponential where the range has an end, its step halved until the sum
// over every other point agrees.

#include "accuracy/studies.hpp"
#include <accrue/bayes.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

exact const pi = 4 * atan(exact(1));
exact const root_2 = sqrt(exact(2));
exact const peak_of_normal = 1 / sqrt(exact(2 * pi));

exact normal_density(exact const& z) {
    return peak_of_normal * exp(exact(-z * z / 2));
}
exact normal_probability(exact const& z) {
    return erfc(exact(-z / root_2)) / 2;
}

constexpr int prior_kinds = 8;

std::string words_of_prior(int const kind) {
    constexpr auto names = std::array{"half-normal", "half-Cauchy", "exponential",   "uniform",
                                      "log-normal",  "half-t of 4", "inverse gamma", "half-normal of tau²"};
    return names[static_cast<std::size_t>(kind)];
}

any_heterogeneity_prior prior_of(int const kind, double const scale) {
    switch (kind) {
    case 0:
        return half_normal{scale};
    case 1:
        return half_cauchy{scale};
    case 2:
        return exponential{scale};
    case 3:
        return uniform{scale};
    case 4:
        return log_normal{std::log(scale), 1};
    case 5:
        return half_student_t{4, scale};
    case 6:
        return inverse_gamma{2, scale};
    default:
        return on_tau_squared{half_normal{scale}};
    }
}

// ln of the prior density of tau.
exact log_prior(int const kind, exact const& scale, exact const& tau) {
    exact const x = tau / scale;
    switch (kind) {
    case 0:
        return log(exact(2 * peak_of_normal / scale)) - x * x / 2;
    case 1:
        return log(exact(2 / (pi * scale * (1 + x * x))));
    case 2:
        return -log(scale) - x;
    case 3:
        return -log(scale);
    case 4: {
        // The library is given the logarithm of the scale as a double.
        exact const z = log(tau) - scale;
        return log(exact(peak_of_normal / tau)) - z * z / 2;
    }
    case 5: // Gamma(5/2) / (Gamma(2) sqrt(4 pi)) = 3/8
        return log(exact(exact(3) / 4 / scale)) - log(exact(1 + x * x / 4)) * exact(2.5);
    case 6:
        return 2 * log(scale) - 3 * log(tau) - scale / tau;
    default: {
        exact const z = tau * tau / scale;
        return log(exact(4 * tau * peak_of_normal / scale)) - z * z / 2;
    }
    }
}

// 0: flat, 1: normal about 0, 2: known to be 0.
mean_prior mean_prior_of(int const kind, double const sd) {
    if (kind == 0) {
        return flat_prior{};
    }
    return kind == 1 ? mean_prior(normal_prior{0, sd}) : mean_prior(point_prior{0});
}

struct studies_at_tau {
    exact likelihood; // but for the constant (2 pi)^(-k/2)
    exact log_factor; // its exponent
    exact mean;
    exact variance;
};

studies_at_tau at_tau(std::vector<basic_estimate<exact>> const& studies, int const kind, exact const& sd,
                      exact const& tau) {
    exact product(1), weights(0), total(0);
    for (auto const& study : studies) {
        exact const variance = study.variance + tau * tau;
        product *= variance;
        weights += 1 / variance;
        total += study.effect / variance;
    }
    // The studies' and the prior's precision together.
    exact const precision = kind == 1 ? exact(weights + 1 / (sd * sd)) : weights;
    exact const mean = kind == 2 ? exact(0) : exact(total / precision);
    exact squares = kind == 1 ? exact(mean * mean / (sd * sd)) : exact(0);
    for (auto const& study : studies) {
        exact const distance = study.effect - mean;
        squares += distance * distance / (study.variance + tau * tau);
    }
    exact const spread = kind == 0   ? exact(2 * pi / precision)
                         : kind == 1 ? exact(1 / (precision * sd * sd))
                                     : exact(1);
    return {sqrt(exact(spread / product)), -squares / 2, mean, kind == 2 ? exact(0) : exact(1 / precision)};
}

struct node {
    exact tau;
    exact weight;
    exact mean;
    exact variance;
};

// The posterior as nodes of tau, by sums.
class reference_posterior {
  public:
    reference_posterior(std::vector<basic_estimate<exact>> studies, int const prior, exact const& scale,
                        int const mean, exact const& sd)
        : studies_(std::move(studies)), prior_(prior), scale_(scale), mean_(mean), sd_(sd) {
        exact const end = prior == 3 ? log(scale) : exact(1e9);
        nodes_ = integrate(end);
        for (auto const& at : nodes_) {
            total_ += at.weight;
        }
        for (auto& at : nodes_) {
            at.weight /= total_;
        }
    }

    [[nodiscard]] exact log_marginal_likelihood() const {
        return log(total_) + peak_ - exact(studies_.size()) / 2 * log(exact(2 * pi));
    }
    [[nodiscard]] std::vector<node> const& nodes() const { return nodes_; }
    [[nodiscard]] std::vector<basic_estimate<exact>> const& studies() const { return studies_; }

    [[nodiscard]] exact tau_probability(exact const& x) const {
        exact total(0);
        for (auto const& at : integrate(log(x))) {
            total += at.weight;
        }
        return total / total_;
    }
    [[nodiscard]] exact tau_density(exact const& x) const {
        auto const value = log_integrand(log(x));
        return exp(exact(value.first - peak_)) / total_ / x;
    }

  private:
    // ln of the integrand with respect to u = ln tau, and what else is known there.
    [[nodiscard]] std::pair<exact, studies_at_tau> log_integrand(exact const& u) const {
        exact const tau = exp(u);
        auto at = at_tau(studies_, mean_, sd_, tau);
        exact const prior = log_prior(prior_, scale_, tau);
        return {log(at.likelihood) + at.log_factor + prior + u, at};
    }

    // Over u from minus infinity to `end`.
    std::vector<node> integrate(exact const& end) const {
        bool const open = end > 1e6;
        exact const middle = log(studies_.front().variance) / 2;
        // Where the integrand, and tau² times it, is not negligible.
        double from = open ? -130 : -5;
        double to = open ? 130 : 6;
        double const coarse = open ? 0.5 : 0.125;
        auto const u_of = [&](exact const& t) {
            return open ? exact(middle + t) : exact(end - exp(exact(t - exp(exact(-t)))));
        };
        auto const slope_of = [&](exact const& t) {
            return open ? exact(1) : exact(exp(exact(t - exp(exact(-t)))) * (1 + exp(exact(-t))));
        };
        auto heights = std::vector<exact>{};
        auto tops = std::array<exact, 2>{exact(-1e300), exact(-1e300)};
        for (double t = from; t <= to; t += coarse) {
            exact const u = u_of(t);
            exact const slope = slope_of(t);
            exact const height =
                slope > 0 && u > -1000 ? exact(log_integrand(u).first + log(slope)) : exact(-1e300);
            heights.push_back(height);
            tops[0] = std::max(tops[0], height);
            tops[1] = std::max(tops[1], exact(height + 2 * u));
        }
        double first = to;
        double last = from;
        for (std::size_t i = 0; i < heights.size(); ++i) {
            double const t = from + coarse * static_cast<double>(i);
            if (heights[i] > tops[0] - 54 || heights[i] + 2 * u_of(t) > tops[1] - 54) {
                first = std::min(first, t - coarse);
                last = std::max(last, t + coarse);
            }
        }
        if (peak_ < -1e299) {
            peak_ = tops[0];
        }
        // Steps are powers of 2, so that the nodes are exact.
        for (double step = 1.0 / 8;; step /= 2) {
            auto result = std::vector<node>{};
            exact all(0), every_other(0), second(0), second_every_other(0);
            bool even = true;
            for (double t = first; t <= last; t += step, even = !even) {
                exact const slope = slope_of(t);
                exact const u = u_of(t);
                if (!(slope > 0) || u < -1000) {
                    continue;
                }
                auto const [height, at] = log_integrand(u);
                exact const weight = step * slope * exp(exact(height - peak_));
                exact const tau = exp(u);
                result.push_back({tau, weight, at.mean, at.variance});
                all += weight;
                second += weight * tau * tau;
                every_other += even ? exact(2 * weight) : exact(0);
                second_every_other += even ? exact(2 * weight * tau * tau) : exact(0);
            }
            // The error falls by its square with each halving.
            if ((abs(exact(all - every_other)) <= 1e-9 * all &&
                 abs(exact(second - second_every_other)) <= 1e-9 * second) ||
                step < 1e-4) {
                return result;
            }
        }
    }

    std::vector<basic_estimate<exact>> studies_;
    int prior_;
    exact scale_;
    int mean_;
    exact sd_;
    mutable exact peak_{-1e300};
    exact total_{0};
    std::vector<node> nodes_;
};

// A mixture of normal distributions.
struct reference_mixture {
    struct part {
        exact weight;
        exact mean;
        exact sd;
    };
    std::vector<part> parts;

    template <class Function>
    reference_mixture(std::vector<node> const& nodes, Function const& function) {
        exact second(0);
        for (auto const& at : nodes) {
            second += at.weight * at.tau * at.tau;
        }
        for (auto const& at : nodes) {
            if (at.weight > 1e-20 || at.weight * at.tau * at.tau > 1e-20 * second) {
                auto const [mean, variance] = function(at);
                parts.push_back({at.weight, mean, sqrt(variance)});
            }
        }
    }
    [[nodiscard]] exact mean() const {
        exact total(0);
        for (auto const& one : parts) {
            total += one.weight * one.mean;
        }
        return total;
    }
    [[nodiscard]] exact probability(exact const& x) const {
        exact total(0);
        for (auto const& one : parts) {
            total += one.weight * normal_probability(exact((x - one.mean) / one.sd));
        }
        return total;
    }
    [[nodiscard]] exact density(exact const& x) const {
        exact total(0);
        for (auto const& one : parts) {
            total += one.weight * normal_density(exact((x - one.mean) / one.sd)) / one.sd;
        }
        return total;
    }
};

// Newton's method from a place that is right to many digits already.
template <class Distance, class Slope>
exact root_beside(double const start, Distance const& distance, Slope const& slope) {
    exact x(start);
    for (int i = 0; i < 12; ++i) {
        exact const step = distance(x) / slope(x);
        x -= step;
        if (abs(step) < 1e-10 * abs(x)) {
            return x;
        }
    }
    return x;
}

std::string const far = ", beyond 1e-18";
std::string const outside = ", beyond 1e-7";

std::string place_of(exact const& probability) {
    return probability < 1e-18 ? far : probability < 1e-7 ? outside : "";
}

struct options {
    int prior;
    int mean;
};

// What the library finds, in the order of the reference, and where the reference begins to look for roots.
struct in_double {
    options how;
    std::vector<double>& roots;

    void operator()(std::span<double const> const numbers, statistics<double>& out) const {
        auto const studies = as_estimates(numbers.first(numbers.size() - 2));
        double const scale = numbers[numbers.size() - 2];
        double const sd = numbers[numbers.size() - 1];
        auto const model = bayesian_random_effects{.mean = mean_prior_of(how.mean, sd),
                                                   .heterogeneity = prior_of(how.prior, scale)};
        auto const after = model(studies);
        roots.clear();
        out("log marginal likelihood", after.log_marginal_likelihood, 1);
        auto const tau = after.tau();
        out("tau: mean", tau.mean());
        out("tau: sd", tau.sd());
        for (double const p : {0.025, 0.5, 0.975}) {
            roots.push_back(tau.quantile(p));
            out("tau: quantile", roots.back());
        }
        out("tau: density", tau.density(scale / 2));
        out("tau: probability", tau.probability(scale / 2));
        out("tau: survival", tau.survival(scale / 2));
        auto const distribution = [&](std::string const& name, auto const& one) {
            out(name + ": mean", one.mean());
            out(name + ": sd", one.sd());
            auto const interval = equal_tailed_interval(one, 0.95);
            roots.push_back(interval.lower);
            roots.push_back(interval.upper);
            out.limits(name + ": equal-tailed interval", interval);
            out(name + ": density", one.density(interval.upper));
            out(name + ": probability", one.probability(0.0));
            out(name + ": survival", one.survival(0.0));
        };
        if (how.mean != 2) {
            distribution("mean", after.mean());
            auto const shortest = shortest_interval(after.mean(), 0.9);
            roots.push_back(shortest.lower);
            roots.push_back(shortest.upper);
            out.limits("mean: shortest interval", shortest);
        }
        distribution("new study", after.new_study());
        distribution("effect of a study", after.study(0));
        if (how.mean != 0) {
            auto const null =
                bayesian_random_effects{.mean = point_prior{0}, .heterogeneity = point_prior{0}};
            out("log Bayes factor against no effect and no heterogeneity",
                log_bayes_factor(after, null(studies)), 1);
        }
    }
};

struct at_50_digits {
    options how;
    std::vector<double> const& roots;

    void operator()(std::span<exact const> const numbers, statistics<exact>& out) const {
        auto const studies = as_estimates(numbers.first(numbers.size() - 2));
        exact const scale = numbers[numbers.size() - 2];
        exact const sd = numbers[numbers.size() - 1];
        // The log-normal prior is told the logarithm, rounded.
        exact const parameter = how.prior == 4 ? exact(exact(std::log(static_cast<double>(scale))) *
                                                       (scale / exact(static_cast<double>(scale))))
                                               : scale;
        auto const after = reference_posterior(studies, how.prior, parameter, how.mean, sd);
        auto root = roots.begin();
        out("log marginal likelihood", after.log_marginal_likelihood(), 1);
        exact mean(0), square(0);
        for (auto const& at : after.nodes()) {
            mean += at.weight * at.tau;
        }
        for (auto const& at : after.nodes()) {
            square += at.weight * (at.tau - mean) * (at.tau - mean);
        }
        out("tau: mean", mean);
        out("tau: sd", sqrt(square));
        for (double const p : {0.025, 0.5, 0.975}) {
            out("tau: quantile",
                root_beside(
                    *root++, [&](exact const& x) { return after.tau_probability(x) - exact(p); },
                    [&](exact const& x) { return after.tau_density(x); }));
        }
        exact const half = scale / 2;
        exact const below = after.tau_probability(half);
        out("tau: density", after.tau_density(half));
        out("tau: probability", below);
        out("tau: survival", exact(1 - below));
        auto const distribution = [&](std::string const& name, reference_mixture const& one) {
            exact const centre = one.mean();
            exact variance(0);
            for (auto const& part : one.parts) {
                variance += part.weight * (part.sd * part.sd + (part.mean - centre) * (part.mean - centre));
            }
            out(name + ": mean", centre);
            out(name + ": sd", sqrt(variance));
            double const last = *(root + 1);
            auto limits = std::array<exact, 2>{};
            for (int i = 0; i < 2; ++i) {
                exact const tail = (1 - exact(0.95)) / 2;
                exact const p = i == 0 ? tail : exact(1 - tail);
                limits[static_cast<std::size_t>(i)] = root_beside(
                    *root++, [&](exact const& x) { return one.probability(x) - p; },
                    [&](exact const& x) { return one.density(x); });
            }
            out(name + ": equal-tailed interval, lower limit", limits[0]);
            out(name + ": equal-tailed interval, upper limit", limits[1]);
            out(name + ": density", one.density(last));
            exact const below_0 = one.probability(0);
            out(name + place_of(below_0) + ": probability", below_0);
            exact beyond(0);
            for (auto const& part : one.parts) {
                beyond += part.weight * normal_probability(exact(part.mean / part.sd));
            }
            out(name + place_of(beyond) + ": survival", beyond);
        };
        if (how.mean != 2) {
            auto const one = reference_mixture(after.nodes(), [](node const& at) {
                return std::pair{at.mean, at.variance};
            });
            distribution("mean", one);
            auto const ends = shortest(one, *root, *(root + 1));
            root += 2;
            out("mean: shortest interval, lower limit", ends[0]);
            out("mean: shortest interval, upper limit", ends[1]);
        }
        distribution("new study", reference_mixture(after.nodes(), [](node const& at) {
                         return std::pair{at.mean, exact(at.variance + at.tau * at.tau)};
                     }));
        auto const& own = studies.front();
        distribution("effect of a study", reference_mixture(after.nodes(), [&](node const& at) {
                         exact const share = own.variance / (own.variance + at.tau * at.tau);
                         return std::pair{exact(share * at.mean + (1 - share) * own.effect),
                                          exact(at.tau * at.tau * share + share * share * at.variance)};
                     }));
        if (how.mean != 0) {
            exact null = -exact(studies.size()) / 2 * log(exact(2 * pi));
            for (auto const& study : studies) {
                null -= log(study.variance) / 2 + study.effect * study.effect / study.variance / 2;
            }
            out("log Bayes factor against no effect and no heterogeneity",
                exact(after.log_marginal_likelihood() - null), 1);
        }
    }

    // The interval of 90 % between two values of the same density.
    static std::array<exact, 2> shortest(reference_mixture const& one, double const lower,
                                         double const upper) {
        auto const slope = [&](exact const& x) {
            exact total(0);
            for (auto const& part : one.parts) {
                exact const z = (x - part.mean) / part.sd;
                total -= part.weight * z * normal_density(z) / (part.sd * part.sd);
            }
            return total;
        };
        auto x = std::array<exact, 2>{exact(lower), exact(upper)};
        for (int i = 0; i < 8; ++i) {
            exact const a = one.density(x[0]);
            exact const b = one.density(x[1]);
            exact const missing = exact(0.9) - (one.probability(x[1]) - one.probability(x[0]));
            exact const a_slope = slope(x[0]);
            exact const b_slope = slope(x[1]);
            // b y - a x = missing and b' y - a' x = a - b
            exact const determinant = a * b_slope - b * a_slope;
            exact const left = (b * (a - b) - b_slope * missing) / determinant;
            exact const right = (a * (a - b) - a_slope * missing) / determinant;
            x = {exact(x[0] + left), exact(x[1] + right)};
            if (abs(left) + abs(right) < 1e-10 * (x[1] - x[0])) {
                break;
            }
        }
        return x;
    }
};

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Posteriors", argc, argv);
    for (auto const* const name : {"mean", "new study", "effect of a study"}) {
        table.allow(
            name + far, 1,
            "The posterior is a mixture of normal distributions with weights that are right to 1e-16 of the "
            "whole; components of less than 1e-19, which are left out, decide so far out.");
        table.allow(name + outside, 1e-10,
                    "As beyond 1e-18: what is left out, up to 1e-19 of the whole, is more of a smaller "
                    "probability.");
    }
    auto source = study_source(3, 12);
    for (int i = 0; i < table.cases(4); ++i) {
        auto input = source();
        auto const how = options{i % prior_kinds, (i / prior_kinds + i) % 3};
        // The prior's scale is that of the studies, or ordinary, so that it wins or loses by far.
        double const unit = i % 4 == 3 ? 1 : std::sqrt(input.numbers[1]);
        double const scale = unit * std::exp(source.uniform(-1.5, 1.5));
        double const sd = 4 * unit * std::exp(source.uniform(-1, 1));
        input.numbers.push_back(how.prior == 7 ? scale * unit : scale);
        input.numbers.push_back(sd);
        input.words += ", " + words_of_prior(how.prior);
        auto roots = std::vector<double>{};
        table.compare(input, in_double{how, roots}, at_50_digits{how, roots});
    }
    return table.finish();
}
