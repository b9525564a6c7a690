#pragma once

#include <accrue/rare_events/detail/binomial_count.hpp>
#include <accrue/real.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue::detail {

/// ln of a sum whose terms are given as logarithms.
inline double log_of_sum(std::vector<double> const& logs) {
    double largest = -infinity<double>();
    for (double const log : logs) {
        largest = largest < log ? log : largest;
    }
    double const total = sum_over<double>(logs, [&](double const log) { return std::exp(log - largest); });
    return largest + std::log(total);
}

/// A density of the margins of trials (the events of both groups together) that is settled beforehand: events
/// are binomial, their log odds N(centre, spread²), with a prior of the centre that is about N(-3, 2²) on
/// points 1/8 apart, and of the spread on six points from 0 to 1.6.
class margin_bets {
  public:
    margin_bets() : logs_(centres * spreads) {
        for (std::size_t i = 0; i < centres; ++i) {
            double const z = (centre(i) + 3) / 2;
            for (std::size_t j = 0; j < spreads; ++j) {
                logs_[i * spreads + j] = -z * z / 2;
            }
        }
        double const total = log_of_sum(logs_);
        for (double& log : logs_) {
            log -= total;
        }
    }

    void add(double const count, double const total) {
        auto const margin = binomial_count<double>(count, total, 0.0);
        // A density on a lattice of log odds serves all centres; sums over it are densities as well, however
        // coarse they are as integrals.
        auto likelihood = std::vector<double>(centres + 2 * reach);
        for (std::size_t i = 0; i < likelihood.size(); ++i) {
            likelihood[i] = margin.log_likelihood(
                centre(0) + gap * (static_cast<double>(i) - static_cast<double>(reach)));
        }
        for (std::size_t i = 0; i < centres; ++i) {
            double const* const around = likelihood.data() + i;
            double largest = around[0];
            for (std::size_t n = 1; n <= 2 * reach; ++n) {
                largest = largest < around[n] ? around[n] : largest;
            }
            for (std::size_t j = 0; j < spreads; ++j) {
                auto const& shares = weights()[j];
                double sum = 0;
                for (std::size_t n = 0; n <= 2 * reach; ++n) {
                    sum += shares[n] > 0 ? shares[n] * std::exp(around[n] - largest) : 0;
                }
                logs_[i * spreads + j] += sum > 0 ? largest + std::log(sum) : around[reach];
            }
        }
    }

    [[nodiscard]] double log_density() const { return log_of_sum(logs_); }

  private:
    static constexpr double gap = 0.125;
    static constexpr std::size_t centres = 113; ///< from -11 to 3
    static constexpr std::size_t reach = 40;    ///< points to each side of a centre
    static constexpr std::size_t spreads = 6;

    static double centre(std::size_t const i) { return -11 + gap * static_cast<double>(i); }

    /// For each spread, the shares of the points around a centre.
    static std::vector<std::vector<double>> const& weights() {
        static auto const value = [] {
            auto result = std::vector<std::vector<double>>{};
            for (double const spread : {0.0, 0.2, 0.4, 0.7, 1.1, 1.6}) {
                auto shares = std::vector<double>(2 * reach + 1);
                double total = 0;
                for (std::size_t n = 0; n < shares.size(); ++n) {
                    double const away = gap * (static_cast<double>(n) - static_cast<double>(reach));
                    shares[n] = spread > 0   ? std::exp(-away * away / (2 * spread * spread))
                                : n == reach ? 1
                                             : 0;
                    total += shares[n];
                }
                for (double& share : shares) {
                    share /= total;
                }
                result.push_back(shares);
            }
            return result;
        }();
        return value;
    }

    std::vector<double> logs_;
};

} // namespace accrue::detail
