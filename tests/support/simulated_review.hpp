#pragma once

#include <accrue/accrue.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace accrue::test {

inline auto const laird = random_effects{dersimonian_laird{}};
inline auto const laird_floored = random_effects{dersimonian_laird{}, hartung_knapp_floored{}};

/// A simulated review: trials with log-normal sizes, and participants in proportion.
struct review {
    std::vector<estimate> trials;
    std::vector<double> participants;
};

inline review draw_review(std::uint64_t const number, std::size_t const trials, double const log_sd) {
    auto random = random_stream(5, number);
    auto result = review{};
    for (std::size_t i = 0; i < trials; ++i) {
        double const size = std::exp(log_sd * random.normal());
        result.trials.push_back({random.normal() * std::sqrt(1 / size + 1), 1 / size});
        result.participants.push_back(100 * size);
    }
    return result;
}

inline review sorted(review value) {
    std::sort(value.participants.begin(), value.participants.end(), std::greater<>{});
    for (std::size_t i = 0; i < value.trials.size(); ++i) {
        value.trials[i].variance = 100 / value.participants[i];
    }
    return value;
}

inline double total(std::vector<double> const& values) {
    double sum = 0;
    for (auto const value : values) {
        sum += value;
    }
    return sum;
}

inline sequential_design design_for(double const participants, error_rate const& error = two_sided{0.05}) {
    return {.error = error,
            .power = 0.9,
            .spending = lan_demets_obrien_fleming{},
            .information = information_size{.effect = 0.5, .participants = participants}};
}

inline review beginning(review const& of, std::size_t const count) {
    auto const end = static_cast<std::ptrdiff_t>(count);
    return {{of.trials.begin(), of.trials.begin() + end},
            {of.participants.begin(), of.participants.begin() + end}};
}

template <class Model>
sequential_analysis analyse(Model const& model, sequential_design const& design, review const& of) {
    return trial_sequential_analysis(model, design, of.trials, of.participants, every_trial{.first = 2});
}

inline monitored_looks looks_of(sequential_analysis const& analysis) {
    auto looks = monitored_looks{};
    for (auto const& look : analysis.looks) {
        looks.trials.push_back(look.trials);
        looks.boundaries.lower.push_back(look.lower_boundary);
        looks.boundaries.upper.push_back(look.upper_boundary);
        if (!analysis.boundaries.wedge.empty()) {
            looks.boundaries.wedge.push_back(look.wedge);
        }
    }
    return looks;
}

inline std::vector<double> variances_of(review const& of) {
    auto result = std::vector<double>{};
    for (auto const& trial : of.trials) {
        result.push_back(trial.variance);
    }
    return result;
}

} // namespace accrue::test
