// Meta-regression in double and at 50 digits; location-scale models against plain sums, whose maximum is
// found by Newton's method from where the library found it.

#include "accuracy/search.hpp"
#include "accuracy/studies.hpp"
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace accrue;
using namespace accrue::test;

// Each study's effect and variance, then each one's year.
template <class Real>
void compute(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const k = numbers.size() / 3;
    auto const estimates = as_estimates(numbers.first(2 * k));
    auto years = std::vector<Real>(numbers.begin() + static_cast<std::ptrdiff_t>(2 * k), numbers.end());
    auto kinds = std::vector<std::string>{};
    for (std::size_t i = 0; i < k; ++i) {
        kinds.push_back(i % 3 == 0 ? "a" : "b");
    }
    auto const given = basic_moderators<Real>{}.with("year", years).with_factor("kind", kinds);
    auto restricted = reml{};
    if constexpr (is_exact<Real>) {
        restricted.tolerance = 1e-35;
    }
    auto const regress = [&](std::string const& name, auto const& model) {
        auto const fit = meta_regression(model, estimates, given);
        out(name + ", tau²", fit.tau_squared);
        for (std::size_t i = 0; i < fit.coefficients.size(); ++i) {
            out(name + ", coefficient", fit.coefficients[i]);
            out(name + ", variance",
                fit.covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i)));
            out(name + ", p", p_values(fit)[i]);
        }
        out(name + ", degrees of freedom", fit.degrees_of_freedom);
        auto const all = omnibus_test(fit);
        out(name + ", omnibus statistic", all.statistic);
        out(name + ", omnibus p", all.p_value);
        auto const at = predict(fit, {{"year", years.front()}, {"kind", "b"}}, 0.95);
        out.limits(name + ", confidence at a row", at.confidence);
        out.limits(name + ", prediction at a row", at.prediction);
        return fit;
    };
    regress("common effect", common_effect{});
    auto const moments = random_effects{dersimonian_laird{}, hartung_knapp{}};
    auto const fit = regress("DerSimonian-Laird with Hartung-Knapp", moments);
    regress("REML with Kenward-Roger", random_effects{restricted, kenward_roger{}});
    out("residual Q", residual_heterogeneity(fit).q);
    out("residual I²", residual_heterogeneity(fit).i_squared);
    out("variance inflation", variance_inflation(fit).front().factor);
    auto const diagnostics = influence(moments, estimates, given).front();
    out("influence: hat", diagnostics.hat);
    out("influence: residual", diagnostics.residual);
    out("influence: studentised residual", diagnostics.studentised_residual);
    out("influence: Cook's distance", diagnostics.cooks_distance);
    out("influence: covariance ratio", diagnostics.covariance_ratio);
}

// The restricted log-likelihood of a location-scale model with one moderator of each, and the coefficients
// of the mean, by plain sums.
struct location_scale_sums {
    exact log_likelihood;
    exact intercept;
    exact slope;
    exact intercept_variance;
    exact slope_variance;

    location_scale_sums(std::span<exact const> const numbers, std::vector<exact> const& a,
                        bool const restricted) {
        auto const k = numbers.size() / 4;
        exact s0(0), s1(0), s2(0), t0(0), t1(0), logs(0);
        auto const weight = [&](std::size_t const i) {
            return exact(1 / (numbers[2 * i + 1] + exp(exact(a[0] + a[1] * numbers[3 * k + i]))));
        };
        for (std::size_t i = 0; i < k; ++i) {
            exact const w = weight(i);
            exact const x = numbers[2 * k + i];
            s0 += w;
            s1 += w * x;
            s2 += w * x * x;
            t0 += w * numbers[2 * i];
            t1 += w * x * numbers[2 * i];
            logs += log(w);
        }
        exact const determinant = s0 * s2 - s1 * s1;
        intercept = (s2 * t0 - s1 * t1) / determinant;
        slope = (s0 * t1 - s1 * t0) / determinant;
        intercept_variance = s2 / determinant;
        slope_variance = s0 / determinant;
        exact squares(0);
        exact n(0), x1(0), x2(0);
        for (std::size_t i = 0; i < k; ++i) {
            exact const x = numbers[2 * k + i];
            exact const away = numbers[2 * i] - intercept - slope * x;
            squares += weight(i) * away * away;
            n += 1;
            x1 += x;
            x2 += x * x;
        }
        exact const observations = restricted ? exact(n - 2) : n;
        log_likelihood = (logs - squares - observations * log(exact(2 * pi()))) / 2;
        if (restricted) {
            log_likelihood += log(exact((n * x2 - x1 * x1) / determinant)) / 2;
        }
    }
};

// Each study's effect and variance, then the moderators of the means, then those of log tau².
template <class Model>
void compare_location_scale(accuracy_table& table, accuracy_case const& input, std::string const& name,
                            Model const& model, bool const restricted) {
    auto seed = location_scale_regression{};
    table.compare(
        input,
        [&](std::span<double const> const numbers, statistics<double>& out) {
            auto const k = static_cast<std::ptrdiff_t>(numbers.size() / 4);
            auto const x = std::vector<double>(numbers.begin() + 2 * k, numbers.begin() + 3 * k);
            auto const z = std::vector<double>(numbers.begin() + 3 * k, numbers.end());
            seed = model(as_estimates(numbers.first(numbers.size() / 2)), moderators{}.with("x", x),
                         moderators{}.with("z", z));
            double const none = std::nan("");
            out(name + ", log-likelihood", seed.status == status::ok ? seed.log_likelihood : none, 1);
            for (Eigen::Index i = 0; i < 2; ++i) {
                auto const j = static_cast<std::size_t>(i);
                out(name + ", coefficient of the mean",
                    seed.status == status::ok ? seed.location.coefficients[j] : none);
                out(name + ", variance of it",
                    seed.status == status::ok ? seed.location.covariance(i, i) : none);
                out(name + ", coefficient of log tau²",
                    seed.status == status::ok ? seed.scale.coefficients[j] : none, 1);
                out(name + ", variance of that",
                    seed.status == status::ok ? seed.scale.covariance(i, i) : none);
            }
        },
        [&](std::span<exact const> const numbers, statistics<exact>& out) {
            exact const none(std::nan(""));
            if (seed.status != status::ok) {
                out(name + ", log-likelihood", none);
                for (int i = 0; i < 2; ++i) {
                    out(name + ", coefficient of the mean", none);
                    out(name + ", variance of it", none);
                    out(name + ", coefficient of log tau²", none);
                    out(name + ", variance of that", none);
                }
                return;
            }
            auto const best =
                maximum_beside({exact(seed.scale.coefficients[0]), exact(seed.scale.coefficients[1])},
                               {exact(1), exact(1)}, [&](std::vector<exact> const& a) {
                                   return location_scale_sums(numbers, a, restricted).log_likelihood;
                               });
            auto const at = location_scale_sums(numbers, best.point, restricted);
            auto const& i = best.information;
            exact const determinant = i(0, 0) * i(1, 1) - i(0, 1) * i(0, 1);
            out(name + ", log-likelihood", best.value, 1);
            out(name + ", coefficient of the mean", at.intercept);
            out(name + ", variance of it", at.intercept_variance);
            out(name + ", coefficient of log tau²", best.point[0], 1);
            out(name + ", variance of that", exact(i(1, 1) / determinant));
            out(name + ", coefficient of the mean", at.slope);
            out(name + ", variance of it", at.slope_variance);
            out(name + ", coefficient of log tau²", best.point[1], 1);
            out(name + ", variance of that", exact(i(0, 0) / determinant));
        });
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Meta-regression", argc, argv);
    table.allow(
        "influence: Cook's distance", 1e-9,
        "A change of all coefficients, in a covariance whose parts differ by 12 decades where variances "
        "do: rounding of coefficients is a million times as large beside the best known of their "
        "combinations.");
    auto source = study_source(9, 16);
    for (int i = 0; i < table.cases(4); ++i) {
        auto input = source();
        auto const k = input.numbers.size() / 2;
        for (std::size_t j = 0; j < k; ++j) {
            input.numbers.push_back(i % 2 == 0 ? source.normal() : 1990 + source.uniform(0, 30));
        }
        input.words += i % 2 == 0 ? ", a centred moderator" : ", years as they are";
        table.compare(input, [](auto const numbers, auto& out) { compute(numbers, out); });
    }
    // Of 40 studies, more heterogeneous where a moderator is large.
    for (int i = 0; i < table.cases(2); ++i) {
        auto input = accuracy_case{{}, i % 2 == 0 ? "40 studies" : "40 studies, variances over 4 decades"};
        auto means = std::vector<double>{};
        auto scales = std::vector<double>{};
        for (int j = 0; j < 40; ++j) {
            means.push_back(source.normal());
            scales.push_back(source.normal());
            double const variance =
                i % 2 == 0 ? source.uniform(0.05, 0.5) : std::pow(10, source.uniform(-4, 0));
            double const spread = std::sqrt(variance + std::exp(-1 + 0.8 * scales.back()));
            input.numbers.push_back(0.3 - 0.2 * means.back() + spread * source.normal());
            input.numbers.push_back(variance);
        }
        input.numbers.insert(input.numbers.end(), means.begin(), means.end());
        input.numbers.insert(input.numbers.end(), scales.begin(), scales.end());
        compare_location_scale(table, input, "location-scale by REML", location_scale{}, true);
        compare_location_scale(table, input, "location-scale by ML", location_scale{maximum_likelihood{}},
                               false);
    }
    return table.finish();
}
