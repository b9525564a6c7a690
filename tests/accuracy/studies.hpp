#pragma once

#include "accuracy/table.hpp"
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace accrue::test {

/// Effects and variances of studies, of wide and of adversarial kinds by turns: the numbers are effect,
/// variance, effect, variance, ...
class study_source {
  public:
    explicit study_source(std::size_t const least = 3, std::size_t const most = 24)
        : least_(least), most_(most) {}

    accuracy_case operator()() {
        auto const kind = turn_++ % 8;
        auto const k = std::uniform_int_distribution<std::size_t>(least_, most_)(generator_);
        double const tau = std::exp(uniform(-3, 1));
        double const decades = kind == 1 ? 6.0 : kind == 2 ? 12.0 : 2.0;
        double const offset = kind == 3 ? 1e4 : kind == 4 ? 1e-5 : normal();
        double const scale = kind == 5 ? std::pow(10, uniform(-8, 8)) : 1;
        auto result = accuracy_case{{}, std::to_string(k) + " studies, " + words(kind)};
        for (std::size_t i = 0; i < k; ++i) {
            double variance = std::pow(10, uniform(-decades / 2, decades / 2));
            if (kind == 6) {
                variance = 0.1 * (1 + 1e-9 * uniform(-1, 1));
            }
            if (kind == 7) {
                variance = i == k / 2 ? 1e-9 : 1 + uniform(0, 1);
            }
            // Effects of half the sets agree within their errors.
            double const between = (turn_ + turn_ / 8) % 2 == 0 ? tau : 0.0;
            double const effect = offset + std::sqrt(variance + between * between) * normal();
            result.numbers.push_back(scale * effect);
            result.numbers.push_back(scale * scale * variance);
        }
        return result;
    }
    double uniform(double const low, double const high) {
        return std::uniform_real_distribution<>(low, high)(generator_);
    }
    double normal() { return std::normal_distribution<>()(generator_); }

  private:
    static std::string words(std::size_t const kind) {
        switch (kind) {
        case 1:
            return "variances over 6 decades";
        case 2:
            return "variances over 12 decades";
        case 3:
            return "beside an offset of 10,000";
        case 4:
            return "effects near 0";
        case 5:
            return "in other units";
        case 6:
            return "variances equal to 9 digits";
        case 7:
            return "one dominates";
        default:
            return "variances over 2 decades";
        }
    }

    std::size_t least_;
    std::size_t most_;
    std::size_t turn_ = 0;
    std::mt19937_64 generator_{20240229};
};

template <class Real>
std::vector<basic_estimate<Real>> as_estimates(std::span<Real const> const numbers) {
    auto result = std::vector<basic_estimate<Real>>{};
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        result.push_back({numbers[i], numbers[i + 1]});
    }
    return result;
}

/// Trials with events: the numbers are events and others of the treated, events and others of the controls.
class trial_source {
  public:
    explicit trial_source(double const most = 1e6) : most_(most) {}

    accuracy_case operator()() {
        auto const kind = turn_++ % 5;
        auto const k = std::uniform_int_distribution<std::size_t>(2, 12)(generator_);
        auto result = accuracy_case{{}, std::to_string(k) + " trials, " + words(kind)};
        for (std::size_t i = 0; i < k; ++i) {
            double const n = kind == 1 ? 8 : most(kind == 3 && i > 0 ? 40 : most_);
            double const other = kind == 4 ? n : kind == 1 ? 12 : most(kind == 3 && i > 0 ? 40 : most_);
            double const risk = kind == 2 ? 5 / n : uniform(0.05, 0.9);
            double const a = few(n, risk);
            double const c =
                kind == 4 ? std::min(n - 1, a + 1) : few(other, std::min(0.9, risk * uniform(0.5, 1.5)));
            result.numbers.insert(result.numbers.end(), {a, n - a, c, other - c});
        }
        return result;
    }

  private:
    static std::string words(std::size_t const kind) {
        switch (kind) {
        case 1:
            return "of 20 participants";
        case 2:
            return "with rare events";
        case 3:
            return "one far larger";
        case 4:
            return "arms one event apart";
        default:
            return "of many sizes";
        }
    }
    double uniform(double const low, double const high) {
        return std::uniform_real_distribution<>(low, high)(generator_);
    }
    double most(double const limit) { return std::round(std::exp(uniform(std::log(12.0), std::log(limit)))); }
    double few(double const n, double const risk) {
        return std::min(n - 1, std::max(1.0, std::round(n * risk)));
    }

    double most_;
    std::size_t turn_ = 0;
    std::mt19937_64 generator_{20240229};
};

template <class Real>
std::vector<two_arms<basic_events<Real>>> as_trials_of(std::span<Real const> const numbers) {
    auto result = std::vector<two_arms<basic_events<Real>>>{};
    for (std::size_t i = 0; i + 3 < numbers.size(); i += 4) {
        result.push_back(
            {{numbers[i], numbers[i] + numbers[i + 1]}, {numbers[i + 2], numbers[i + 2] + numbers[i + 3]}});
    }
    return result;
}

} // namespace accrue::test
