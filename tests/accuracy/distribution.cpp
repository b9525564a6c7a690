// Distributions against Boost's at 50 digits, and spending functions against their formulas there.

#include "accuracy/functions.hpp"
#include <accrue/distribution.hpp>
#include <accrue/sequential/spending.hpp>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>

#include <cmath>
#include <random>
#include <span>
#include <string>

namespace {

using namespace accrue;
using namespace accrue::test;

using doubles = std::span<double const>;
using exacts = std::span<exact const>;

class source {
  public:
    double uniform(double const low, double const high) {
        return std::uniform_real_distribution<>(low, high)(generator_);
    }
    double log_uniform(double const low, double const high) {
        return std::exp(uniform(std::log(low), std::log(high)));
    }

  private:
    std::mt19937_64 generator_{20240229};
};

std::string at(char const* const what, double const x) {
    char text[64];
    std::snprintf(text, sizeof text, "%s %.6g", what, x);
    return text;
}

// Newton's steps from the double that is being tested; a wrong one would not lead to a root.
template <class Distribution, class Probability>
exact root(Distribution const& distribution, Probability const& probability, int const sign, exact x,
           exact const& p) {
    for (int step = 0; step < 4; ++step) {
        x -= sign * (probability(x) - p) / boost::math::pdf(distribution, x);
    }
    return abs(exact(probability(x) / p - 1)) < exact(1e-40) ? x : std::numeric_limits<exact>::quiet_NaN();
}

void normals(accuracy_table& table, source& draw) {
    double const x = draw.uniform(-8, 37);
    table.compare(
        {{x}, at("x =", x)},
        [](doubles const v, auto& out) {
            out("normal: density", normal::density(v[0]));
            out("normal: survival", normal::survival(v[0]));
            out("normal: log survival", normal::log_survival(v[0]));
        },
        [](exacts const v, auto& out) {
            boost::math::normal_distribution<exact> const standard;
            out("normal: density", boost::math::pdf(standard, v[0]));
            out("normal: survival", upper_tail(v[0]));
            out("normal: log survival", exact(log(upper_tail(v[0]))));
        });
    double const p = draw.uniform(0, 1) < 0.7 ? draw.log_uniform(1e-280, 0.5) : draw.uniform(0.5, 1);
    table.compare(
        {{p}, at("p =", p)},
        [](doubles const v, auto& out) {
            out("normal: quantile", normal::quantile(v[0]));
            out("normal: upper quantile", normal::upper_quantile(v[0]));
        },
        [](exacts const v, auto& out) {
            exact const z = upper_quantile(v[0]);
            out("normal: quantile", exact(-z));
            out("normal: upper quantile", z);
        });
}

void others(accuracy_table& table, source& draw) {
    double const df =
        draw.uniform(0, 1) < 0.5 ? std::round(draw.log_uniform(1, 200)) : draw.log_uniform(1, 1e5);
    double const x = draw.log_uniform(1e-3, 100);
    table.compare(
        {{df, x}, at("degrees of freedom", df) + at(", x =", x)},
        [](doubles const v, auto& out) {
            out("t: survival", student_t{v[0]}.survival(v[1]));
            out("t: log survival", student_t{v[0]}.log_survival(v[1]));
        },
        [](exacts const v, auto& out) {
            boost::math::students_t_distribution<exact> const t(v[0]);
            exact const tail = boost::math::cdf(boost::math::complement(t, v[1]));
            out("t: survival", tail);
            out("t: log survival", exact(log(tail)));
        });
    double const factor = draw.log_uniform(1e-2, 5);
    table.compare(
        {{df, df * factor}, at("degrees of freedom", df) + at(", x =", df * factor)},
        [](doubles const v, auto& out) { out("chi²: survival", chi_squared{v[0]}.survival(v[1])); },
        [](exacts const v, auto& out) {
            boost::math::chi_squared_distribution<exact> const q(v[0]);
            out("chi²: survival", boost::math::cdf(boost::math::complement(q, v[1])));
        });
    double const p = draw.log_uniform(1e-100, 0.5);
    table.compare(
        {{df, p}, at("degrees of freedom", df) + at(", p =", p)},
        [](doubles const v, auto& out) {
            out("t: upper quantile", student_t{v[0]}.upper_quantile(v[1]));
            out("chi²: quantile", chi_squared{v[0]}.quantile(v[1]));
            out("chi²: upper quantile", chi_squared{v[0]}.upper_quantile(v[1]));
        },
        [](exacts const v, auto& out) {
            boost::math::students_t_distribution<exact> const t(v[0]);
            boost::math::chi_squared_distribution<exact> const q(v[0]);
            double const freedom = static_cast<double>(v[0]);
            double const tail = static_cast<double>(v[1]);
            auto const above = [](auto const& of) {
                return [of](exact const& place) -> exact {
                    return boost::math::cdf(boost::math::complement(of, place));
                };
            };
            out("t: upper quantile", root(t, above(t), -1, student_t{freedom}.upper_quantile(tail), v[1]));
            out("chi²: quantile",
                root(
                    q, [&](exact const& place) -> exact { return boost::math::cdf(q, place); }, 1,
                    chi_squared{freedom}.quantile(tail), v[1]));
            out("chi²: upper quantile",
                root(q, above(q), -1, chi_squared{freedom}.upper_quantile(tail), v[1]));
        });
    double const other = draw.log_uniform(1, 1e3);
    table.compare(
        {{df, other, x}, at("degrees of freedom", df) + at(" and", other) + at(", x =", x)},
        [](doubles const v, auto& out) {
            out("F: survival", fisher_f{v[0], v[1]}.survival(v[2]));
        },
        [](exacts const v, auto& out) {
            boost::math::fisher_f_distribution<exact> const f(v[0], v[1]);
            out("F: survival", boost::math::cdf(boost::math::complement(f, v[2])));
        });
}

void spending(accuracy_table& table, source& draw) {
    double const t = draw.log_uniform(0.02, 1);
    double const later =
        draw.uniform(0, 1) < 0.5 ? t * (1 + draw.log_uniform(1e-12, 1e-3)) : draw.uniform(t, 1);
    double const error = draw.log_uniform(1e-4, 0.2);
    auto const both = [&](std::string const& name, auto const& function, auto const& formula) {
        table.compare(
            {{t, std::min(later, 1.0), error},
             at("from", t) + at(" to", std::min(later, 1.0)) + at(", error", error)},
            [&](doubles const v, auto& out) {
                out(name + ": spent", function(v[0], v[2]));
                out(name + ": increment", function.increment(v[0], v[1], v[2]));
            },
            [&](exacts const v, auto& out) {
                exact const spent = formula(v[0], v[2]);
                out(name + ": spent", spent);
                out(name + ": increment", exact(formula(v[1], v[2]) - spent));
            });
    };
    both("spending of O'Brien-Fleming type", lan_demets_obrien_fleming{},
         [](exact const& at, exact const& total) {
             exact const z = upper_quantile(exact(total / 2));
             return exact(2 * upper_tail(exact(z / sqrt(at))));
         });
    both("spending of Pocock type", lan_demets_pocock{}, [](exact const& at, exact const& total) {
        return exact(total * log(exact(1 + (exp(exact(1)) - 1) * at)));
    });
    both("Kim-DeMets, 2.5", kim_demets{.rho = 2.5},
         [](exact const& at, exact const& total) { return exact(total * pow(at, exact(2.5))); });
    both("Hwang-Shih-DeCani, -4", hwang_shih_decani{.gamma = -4}, [](exact const& at, exact const& total) {
        return exact(total * (1 - exp(exact(4 * at))) / (1 - exp(exact(4))));
    });
    both("exponential, 0.75", exponential_spending{.nu = 0.75},
         [](exact const& at, exact const& total) { return exact(pow(total, pow(at, exact(-0.75)))); });
    both("beta distribution, 2 and 3", beta_distribution_spending{2, 3},
         [](exact const& at, exact const& total) {
             return exact(total * boost::math::ibeta(exact(2), exact(3), at > 1 ? exact(1) : at));
         });
    both("logistic, 1 and 2", logistic_spending{1, 2}, [](exact const& at, exact const& total) {
        exact const place = 1 + 2 * (log(at) - log1p(exact(-at)));
        return at < 1 ? exact(total / (1 + exp(exact(-place)))) : total;
    });
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Distributions and spending functions", argc, argv);
    auto draw = source();
    for (int i = 0; i < table.cases(25); ++i) {
        normals(table, draw);
        others(table, draw);
        spending(table, draw);
    }
    return table.finish();
}
