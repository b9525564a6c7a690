// Required information, how far trials have come, and what boundaries say, in double and by formulas of the
// test's own at 50 digits. Integrals over a first look's scores are Gauss and Legendre's rules of 16 points
// on pieces of about one standard deviation.

#include "accuracy/search.hpp"
#include "accuracy/studies.hpp"
#include <accrue/model.hpp>
#include <accrue/sequential.hpp>

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

exact normal_density(exact const& z) {
    return exp(exact(-z * z / 2)) / sqrt(exact(2 * pi()));
}

// --- required information ---

void sizes_of(std::string const& name, auto const& size, auto& out) {
    out(name + ", statistical information", size.statistical_information);
    out(name + ", participants", size.participants);
}

// The error, the power, a control risk, a risk ratio, a difference of means, its two standard deviations, the
// share of the treated, D², and a margin.
struct plan_in_double {
    void operator()(std::span<double const> const v, statistics<double>& out) const {
        auto const size = [&](auto const& target, auto const&... adjustments) {
            return required_information_size(target, two_sided{v[0]}, v[1], adjustments...);
        };
        sizes_of("mean difference", size(mean_difference_target{v[4], v[5], v[7]}), out);
        sizes_of("mean difference, two SDs",
                 size(heteroscedastic_mean_difference_target{v[4], v[5], v[6], v[7]}), out);
        sizes_of("standardised mean difference", size(standardized_mean_difference_target{v[4], v[7]}), out);
        sizes_of("risk difference", size(risk_difference_target{v[2], v[2] * (v[3] - 1), v[7]}), out);
        sizes_of("risk ratio", size(risk_ratio_target{v[2], v[3], v[7]}), out);
        sizes_of("odds ratio", size(odds_ratio_target{v[2], v[3], v[7]}), out);
        sizes_of("hazard ratio", size(hazard_ratio_target{v[3], v[2], v[7]}), out);
        out("hazard ratio, events", size(hazard_ratio_target{v[3], v[2], v[7]}).events);
        sizes_of("non-inferiority", size(non_inferiority_target{v[9], v[4], v[5] * v[5]}), out);
        sizes_of("mean difference, adjusted for diversity",
                 size(mean_difference_target{v[4], v[5], v[7]}, diversity_adjustment{v[8]}), out);
        auto const needed = required_trials(size(mean_difference_target{v[4], v[5], v[7]}), v[4] * v[4] / 20);
        out("participants in each of twice the fewest trials",
            needed.participants_per_trial(std::ceil(2 * needed.tau_squared * needed.information) + 1));
    }
};
struct plan_at_50_digits {
    void operator()(std::span<exact const> const v, statistics<exact>& out) const {
        exact const quantiles = upper_quantile(exact(v[0] / 2)) + upper_quantile(exact(1 - v[1]));
        exact const q = quantiles * quantiles;
        auto const size = [&](std::string const& name, exact const& effect, exact const& variance) {
            out(name + ", statistical information", exact(q / (effect * effect)));
            out(name + ", participants", exact(q * variance / (effect * effect)));
        };
        exact const share = v[7];
        exact const shares = 1 / share + 1 / (1 - share);
        exact const pc = v[2];
        exact const of_means = v[5] * v[5] * shares;
        size("mean difference", v[4], of_means);
        size("mean difference, two SDs", v[4], exact(v[5] * v[5] / share + v[6] * v[6] / (1 - share)));
        size("standardised mean difference", v[4], shares);
        // The library is given the difference itself.
        exact const difference(static_cast<double>(pc) * (static_cast<double>(v[3]) - 1));
        exact const changed = difference * (pc / exact(static_cast<double>(pc))) *
                              ((v[3] - 1) / exact(static_cast<double>(v[3]) - 1));
        exact const pd = pc + changed;
        size("risk difference", changed, exact(pd * (1 - pd) / share + pc * (1 - pc) / (1 - share)));
        auto const ratio = [&](std::string const& name, exact const& pt) {
            exact const effect = log(v[3]);
            exact const p = share * pt + (1 - share) * pc;
            out(name + ", statistical information", exact(q / (effect * effect)));
            out(name + ", participants", exact(q * p * (1 - p) * shares / ((pt - pc) * (pt - pc))));
        };
        ratio("risk ratio", exact(pc * v[3]));
        ratio("odds ratio", exact(pc * v[3] / (1 - pc + pc * v[3])));
        exact const events = q * shares / (log(v[3]) * log(v[3]));
        out("hazard ratio, statistical information", exact(q / (log(v[3]) * log(v[3]))));
        out("hazard ratio, participants", exact(events / pc));
        out("hazard ratio, events", events);
        size("non-inferiority", exact(v[4] - v[9]), exact(v[5] * v[5]));
        out("mean difference, adjusted for diversity, statistical information",
            exact(q / (v[4] * v[4]) / (1 - v[8])));
        out("mean difference, adjusted for diversity, participants",
            exact(q * of_means / (v[4] * v[4]) / (1 - v[8])));
        exact const information = q / (v[4] * v[4]);
        exact const tau_squared = v[4] * v[4] / 20;
        exact const trials = ceil(exact(2 * tau_squared * information)) + 1;
        out("participants in each of twice the fewest trials",
            exact(of_means / (trials / information - tau_squared)));
    }
};

// --- how far trials have come ---

sequential_design design_for(double const information) {
    return {.error = two_sided{0.05},
            .power = 0.9,
            .spending = lan_demets_obrien_fleming{},
            .information = {.effect = 0.3, .statistical_information = information}};
}

// Fractions on three clocks after all trials, and Z of each look by DerSimonian and Laird.
struct come_in_double {
    double tau_squared;
    void operator()(std::span<double const> const v, statistics<double>& out) const {
        auto const studies = as_estimates(v.first(v.size() - 1));
        auto const design = design_for(v.back());
        auto const model = random_effects{dersimonian_laird{}};
        auto const analysis = trial_sequential_analysis(model, design, studies, common_effect_information{});
        out("fraction, common effect", analysis.last_look().information_fraction);
        auto const fraction = [&](auto const& clock) {
            auto results = std::vector<pooled>{};
            for (auto const& look : analysis.looks) {
                results.push_back(look.cumulative);
            }
            return clock(design.information, std::span<estimate const>(studies),
                         std::span<pooled const>(results))
                .fraction(studies.size() - 1);
        };
        out("fraction, tau² as stated", fraction(random_effects_information{tau_squared}));
        out("fraction, tau² as estimated", fraction(model_information{}));
        for (auto const& look : analysis.looks) {
            out("cumulative Z", look.z, 1);
            out("diversity", look.diversity, 1);
        }
    }
};
struct come_at_50_digits {
    double tau_squared;
    void operator()(std::span<exact const> const v, statistics<exact>& out) const {
        auto const studies = as_estimates(v.first(v.size() - 1));
        exact common(0), stated(0);
        struct look {
            exact z;
            exact diversity;
            exact information;
        };
        auto looks = std::vector<look>{};
        for (std::size_t k = 1; k <= studies.size(); ++k) {
            exact w(0), w2(0), wy(0);
            for (std::size_t i = 0; i < k; ++i) {
                exact const weight = 1 / studies[i].variance;
                w += weight;
                w2 += weight * weight;
                wy += weight * studies[i].effect;
            }
            exact q(0);
            for (std::size_t i = 0; i < k; ++i) {
                exact const away = studies[i].effect - wy / w;
                q += away * away / studies[i].variance;
            }
            exact const excess = q - exact(static_cast<double>(k - 1));
            exact const between = k > 1 && excess > 0 ? exact(excess / (w - w2 / w)) : exact(0);
            exact r(0), ry(0);
            for (std::size_t i = 0; i < k; ++i) {
                r += 1 / (studies[i].variance + between);
                ry += studies[i].effect / (studies[i].variance + between);
            }
            looks.push_back({ry / sqrt(r), exact(1 - r / w), r});
            common = w;
            stated += 1 / (studies[k - 1].variance + exact(tau_squared));
        }
        out("fraction, common effect", exact(common / v.back()));
        out("fraction, tau² as stated", exact(stated / v.back()));
        out("fraction, tau² as estimated", exact(looks.back().information / v.back()));
        for (auto const& look : looks) {
            out("cumulative Z", look.z, 1);
            out("diversity", look.diversity, 1);
        }
    }
};

// --- boundaries ---

struct node {
    exact score;
    exact weight;
};
std::vector<node> nodes_between(exact const& from, exact const& to, exact const& sd) {
    using rule = boost::math::quadrature::gauss<exact, 16>;
    auto result = std::vector<node>{};
    int const pieces = std::max(1, static_cast<int>(std::ceil(static_cast<double>(exact((to - from) / sd)))));
    exact const half = (to - from) / (2 * pieces);
    for (int piece = 0; piece < pieces; ++piece) {
        exact const middle = from + (2 * piece + 1) * half;
        for (std::size_t i = 0; i < rule::abscissa().size(); ++i) {
            exact const away = half * rule::abscissa()[i];
            exact const weight = half * rule::weights()[i];
            result.push_back({exact(middle + away), weight});
            if (away > 0) {
                result.push_back({exact(middle - away), weight});
            }
        }
    }
    return result;
}

// Two looks of a trial that goes on between `lower` and `upper` at the first: the density of its scores
// there.
class two_looks {
  public:
    /// \param score at information `start`
    two_looks(exact const& lower, exact const& upper, exact const& t, exact const& u, exact const& start = 0,
              exact const& score = 0)
        : lower_(lower), upper_(upper), t_(t), u_(u), start_(start), score_(score),
          nodes_(nodes_between(exact(lower * sqrt(t)), exact(upper * sqrt(t)),
                               exact(sqrt(u - t < t - start ? exact(u - t) : exact(t - start))))) {}

    [[nodiscard]] exact first_above(exact const& drift) const {
        return upper_tail(exact((upper_ * sqrt(t_) - mean(drift)) / sqrt(exact(t_ - start_))));
    }
    [[nodiscard]] exact first_below(exact const& drift) const {
        return upper_tail(exact((mean(drift) - lower_ * sqrt(t_)) / sqrt(exact(t_ - start_))));
    }
    /// Going on at the first, and beyond z at the second; above (sign 1) or below (-1).
    [[nodiscard]] exact second(int const sign, exact const& z, exact const& drift) const {
        exact const sd = sqrt(exact(u_ - t_));
        return over(drift, [&](exact const& s) {
            return upper_tail(exact(sign * (z * sqrt(u_) - s - drift * (u_ - t_)) / sd));
        });
    }
    /// The integral of a function times the density of scores that go on.
    template <class Function>
    [[nodiscard]] exact over(exact const& drift, Function const& function) const {
        exact const sd = sqrt(exact(t_ - start_));
        exact sum(0);
        for (auto const& at : nodes_) {
            sum += at.weight * normal_density(exact((at.score - mean(drift)) / sd)) / sd * function(at.score);
        }
        return sum;
    }

  private:
    [[nodiscard]] exact mean(exact const& drift) const { return score_ + drift * (t_ - start_); }

    exact lower_, upper_, t_, u_, start_, score_;
    std::vector<node> nodes_;
};

// The numbers: fractions of two looks, the boundaries of both sides at each, a drift, and a last Z.
struct monitored_numbers {
    static auto bounds(std::span<double const> const v) {
        return stopping_boundaries{.lower = {v[2], v[4]}, .upper = {v[3], v[5]}};
    }
    static auto fractions(std::span<double const> const v) { return std::vector<double>{v[0], v[1]}; }
};

struct found_roots {
    double drift, lower, upper, median, adjusted;
};

void compare_boundaries(accuracy_table& table, accuracy_case const& input) {
    auto found = found_roots{};
    double const power_wanted = 0.9;
    table.compare(
        input,
        [&](std::span<double const> const v, statistics<double>& out) {
            auto const bounds = monitored_numbers::bounds(v);
            auto const t = monitored_numbers::fractions(v);
            auto const result = exits(bounds, t, v[6]);
            out("exit above, first look", result.upper[0]);
            out("exit below, first look", result.lower[0]);
            out("exit above, second look", result.upper[1]);
            out("exit below, second look", result.lower[1]);
            out("expected fraction", result.expected_fraction());
            found.drift = drift_for_power(bounds, t, power_wanted).value;
            out("drift for a power", found.drift);
            auto const ended = ended_trial{bounds, t, 1, v[7]};
            auto const inference = infer_stagewise(ended);
            out("stage-wise p above", inference.p_value_upper);
            out("stage-wise p below", inference.p_value_lower);
            found.lower = inference.drift.lower;
            found.upper = inference.drift.upper;
            found.median = inference.median_unbiased_drift;
            out("stage-wise interval, lower limit", found.lower, 1);
            out("stage-wise interval, upper limit", found.upper, 1);
            out("median-unbiased drift", found.median, 1);
            out("mean-unbiased drift", mean_unbiased_drift(ended).value, 1);
            found.adjusted = bias_adjusted_drift(ended).value;
            out("bias-adjusted drift", found.adjusted, 1);
            // Of three looks, the first of which is over.
            auto const three = stopping_boundaries{.lower = {-10, v[2], v[4]}, .upper = {10, v[3], v[5]}};
            auto const fractions = std::vector<double>{v[8], v[0], v[1]};
            out("conditional power", conditional_power(three, fractions, 0, v[9], v[6]));
            out("predictive power", predictive_power(three, fractions, 0, v[9]));
        },
        [&](std::span<exact const> const v, statistics<exact>& out) {
            auto const walk = two_looks(v[2], v[3], v[0], v[1]);
            exact const& drift = v[6];
            exact const& z = v[7];
            out("exit above, first look", walk.first_above(drift));
            out("exit below, first look", walk.first_below(drift));
            out("exit above, second look", walk.second(1, v[5], drift));
            out("exit below, second look", walk.second(-1, v[4], drift));
            exact const first = walk.first_above(drift) + walk.first_below(drift);
            out("expected fraction", exact(first * v[0] + (1 - first) * v[1]));
            out("drift for a power", root_beside(found.drift, 1, [&](exact const& at) {
                    return walk.first_above(at) + walk.second(1, v[5], at) - exact(power_wanted);
                }));
            auto const above = [&](exact const& at) {
                return exact(walk.first_above(at) + walk.second(1, z, at));
            };
            auto const below = [&](exact const& at) {
                return exact(walk.first_below(at) + walk.second(-1, z, at));
            };
            out("stage-wise p above", above(exact(0)));
            out("stage-wise p below", below(exact(0)));
            exact const tail = (1 - exact(0.95)) / 2;
            out("stage-wise interval, lower limit",
                root_beside(found.lower, 1, [&](exact const& at) { return above(at) - tail; }), 1);
            out("stage-wise interval, upper limit",
                root_beside(found.upper, 1, [&](exact const& at) { return below(at) - tail; }), 1);
            out("median-unbiased drift",
                root_beside(found.median, 1, [&](exact const& at) { return above(at) - below(at); }), 1);
            // Given the last score the first one's estimate has a mean that no drift enters.
            exact const sd = sqrt(exact(v[1] - v[0]));
            auto const given_last = [&](exact const& s) {
                return normal_density(exact((z * sqrt(v[1]) - s) / sd));
            };
            out("mean-unbiased drift",
                exact(walk.over(exact(0), [&](exact const& s) { return exact(s / v[0] * given_last(s)); }) /
                      walk.over(exact(0), given_last)),
                1);
            auto const expected = [&](exact const& at) {
                return exact(at + walk.over(at, [&](exact const& s) {
                    return exact((s + at * (v[1] - v[0])) / v[1] - s / v[0]);
                }));
            };
            out("bias-adjusted drift",
                root_beside(found.adjusted, 1,
                            [&](exact const& at) { return expected(at) - z / sqrt(v[1]); }),
                1);
            auto const onwards = two_looks(v[2], v[3], v[0], v[1], v[8], exact(v[9] * sqrt(v[8])));
            auto const power_at = [&](exact const& at) {
                return exact(onwards.first_above(at) + onwards.second(1, v[5], at));
            };
            out("conditional power", power_at(drift));
            // Over the drift, N(z / sqrt(t), 1 / t).
            exact average(0);
            exact const step = exact(0.6) * sqrt(exact(v[8] / v[1]));
            int const last = static_cast<int>(12 / static_cast<double>(step));
            for (int i = -last; i <= last; ++i) {
                exact const at = (v[9] + i * step) / sqrt(v[8]);
                average += step * normal_density(exact(i * step)) * power_at(at);
            }
            out("predictive power", average);
        });
}

// Boundaries that spend error t^power of a one-sided error, and what two looks cost.
void compare_spending(accuracy_table& table, accuracy_case const& input) {
    auto boundary = std::vector<double>{};
    double drift = 0;
    table.compare(
        input,
        [&](std::span<double const> const v, statistics<double>& out) {
            auto const fractions = std::vector<double>{v[0], 1.0};
            auto const spending = kim_demets{v[1]};
            boundary = boundaries(one_sided{v[2]}, spending, fractions);
            out("boundary, first look", boundary[0]);
            out("boundary, second look", boundary[1]);
            auto const upper = stopping_boundaries::upper_only(boundary);
            drift = drift_for_power(upper, fractions, v[3]).value;
            out("inflation for looks", inflation_for(one_sided{v[2]}, spending, v[3], fractions).factor);
        },
        [&](std::span<exact const> const v, statistics<exact>& out) {
            exact const spent = v[2] * pow(v[0], v[1]);
            exact const first = upper_quantile(spent);
            out("boundary, first look", first);
            auto const walk = two_looks(exact(-12), first, v[0], exact(1));
            exact const second = root_beside(
                boundary[1], 1, [&](exact const& z) { return walk.second(1, z, exact(0)) - (v[2] - spent); });
            out("boundary, second look", second);
            exact const found = root_beside(drift, 1, [&](exact const& at) {
                return walk.first_above(at) + walk.second(1, second, at) - v[3];
            });
            exact const fixed = upper_quantile(v[2]) + upper_quantile(exact(1 - v[3]));
            out("inflation for looks", exact(found * found / (fixed * fixed)));
        });
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Information and monitoring", argc, argv);
    auto source = study_source(3, 14);
    for (int i = 0; i < table.cases(20); ++i) {
        double const control =
            i % 4 == 0 ? 1 - std::pow(10, source.uniform(-6, -1)) : source.uniform(0.01, 0.9);
        double const ratio = i % 2 == 0 ? 1 - std::pow(10, source.uniform(-6, -1)) : source.uniform(0.3, 0.9);
        table.compare({{source.uniform(0.001, 0.1), source.uniform(0.5, 0.99), control, ratio,
                        std::pow(10, source.uniform(-6, 3)), std::pow(10, source.uniform(-3, 3)),
                        std::pow(10, source.uniform(-3, 3)), source.uniform(0.1, 0.9),
                        source.uniform(0, 0.95), -std::pow(10, source.uniform(-6, 3))},
                       std::string(i % 4 == 0 ? "a risk near 1, " : "") +
                           (i % 2 == 0 ? "a ratio near 1" : "a ratio below 0.9")},
                      plan_in_double{}, plan_at_50_digits{});
    }
    for (int i = 0; i < table.cases(8); ++i) {
        auto input = source();
        if (input.words.find("12 decades") != std::string::npos) {
            continue; // information that does not grow in double is refused
        }
        double information = 0;
        for (std::size_t j = 1; j < input.numbers.size(); j += 2) {
            information += 1 / input.numbers[j];
        }
        double const tau_squared = input.numbers[1] * source.uniform(0.1, 2);
        input.numbers.push_back(information * source.uniform(1, 4));
        table.compare(input, come_in_double{tau_squared}, come_at_50_digits{tau_squared});
    }
    // Which take their time at 50 digits.
    for (int i = 0; i < (table.cases(1) + 2) / 3; ++i) {
        double const t = source.uniform(0.2, 0.9);
        double const upper = source.uniform(1.5, 4.5);
        double const last = source.uniform(1.5, 2.5);
        for (bool const is_symmetric : {true, false}) {
            compare_boundaries(
                table, {{t, 1.0, is_symmetric ? -upper : source.uniform(-1, 1), upper,
                         is_symmetric ? -last : last, last, source.uniform(0.5, 4), source.uniform(0.5, 3.5),
                         t * source.uniform(0.2, 0.8), source.uniform(0, 2)},
                        is_symmetric ? "two looks, two-sided" : "two looks, futility below"});
        }
        compare_spending(table,
                         {{t, source.uniform(0.5, 4), source.uniform(0.005, 0.1), source.uniform(0.7, 0.95)},
                          "two looks"});
    }
    return table.finish();
}
