#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/sequential/boundary/detail/boundary_root.hpp>
#include <accrue/sequential/boundary/detail/continuation.hpp>
#include <accrue/sequential/spending/detail/error_schedule.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue::detail {

/// A boundary known up to a constant: critical values relative to the last one's, by the share of the final
/// information.
template <class T>
concept boundary_shape = requires(T const& value, double const share) {
    { value.shape(share) } -> std::convertible_to<double>;
};

/// A walk under no effect that stops at `upper`, and at its negative when symmetric, with what has crossed
/// the upper boundary so far.
class watched_boundary {
  public:
    watched_boundary(std::span<double const> const fractions, bool const symmetric, double const rarest)
        : walk_(fractions, 0), symmetric_(symmetric), reach_(reach_for(rarest)) {}

    [[nodiscard]] double crossed() const { return crossed_; }
    [[nodiscard]] score_density const& density() { return walk_.density(); }
    void watch(double const upper) {
        crossed_ += walk_.beyond(side::upper, upper);
        walk_.pass({.lower = symmetric_ ? -upper : -std::numeric_limits<double>::infinity(), .upper = upper},
                   reach_);
    }
    /// The last look: nothing follows.
    void end(double const upper) { crossed_ += walk_.beyond(side::upper, upper); }

  private:
    monitored_walk walk_;
    bool symmetric_;
    double reach_;
    double crossed_ = 0;
};

template <boundary_shape Shape>
std::vector<double> shaped_boundary(double const error, Shape const& shape,
                                    std::span<double const> const fractions, bool const symmetric) {
    require_fractions(fractions);
    require(error < 0.5, "error of one boundary", "below 0.5 for a boundary of fixed shape", error);
    auto boundary = std::vector<double>{};
    for (auto const t : fractions) {
        boundary.push_back(shape.shape(t / fractions.back()));
    }
    auto const excess = [&](double const constant) {
        if (!(constant > 0)) {
            return 1.0;
        }
        auto watched = watched_boundary(fractions, symmetric, error * 1e-3);
        for (std::size_t k = 0; k + 1 < boundary.size(); ++k) {
            watched.watch(constant * boundary[k]);
        }
        watched.end(constant * boundary.back());
        return std::log(watched.crossed() / error);
    };
    auto const constant = falling_root(excess, normal::upper_quantile(error) + 0.2, 0.2).value;
    for (auto& z : boundary) {
        z *= constant;
    }
    return boundary;
}

/// The same critical value at every look but the last, whose value spends what is left of the error.
inline std::vector<double> boundary_with_last_free(double const error, double const interim,
                                                   std::span<double const> const fractions,
                                                   bool const symmetric) {
    require_fractions(fractions);
    require_positive("interim critical value", interim);
    auto boundary = std::vector<double>(fractions.size(), interim);
    auto watched = watched_boundary(fractions, symmetric, error * 1e-3);
    for (std::size_t k = 0; k + 1 < boundary.size(); ++k) {
        watched.watch(interim);
        require(watched.crossed() <= error * (1 + 1e-12), "interim critical value",
                "so high that the interim looks spend no more than the error", interim);
    }
    auto const root = std::sqrt(fractions.back());
    boundary.back() =
        boundary_root(watched.density(), side::upper, fractions.back(),
                      (std::max)(0.0, error - watched.crossed()), normal::upper_quantile(error) * root) /
        root;
    return boundary;
}

} // namespace accrue::detail
