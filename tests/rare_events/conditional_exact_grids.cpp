// No grid finds a higher conditional likelihood of 2x2 tables than `binomial_normal`, and where it finds no
// maximum, the likelihood rises to the end of the grid: on random trials of every kind, a coarse grid of the
// mean and the spread of true effects and finer ones about the best points of that.
//
// Few sets are compared by default; `sh tests/grids.sh` compares 100,000.

#include "support/random_sets.hpp"
#include <accrue/model/pool.hpp>
#include <accrue/rare_events/binomial_normal.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace accrue::test_rare_events_conditional_exact_grids {
namespace {

using trial_list = std::vector<two_arms<events>>;

/// One to eight trials of up to 60 participants an arm, or of several hundred with few events; risks from
/// under 1 % to nearly all, the same or another in each trial; heterogeneity or none.
trial_list random_trials(std::mt19937_64& random) {
    auto normal = std::normal_distribution<>{};
    auto uniform = std::uniform_real_distribution<>{};
    auto trials = trial_list{};
    auto const k = 1 + static_cast<int>(uniform(random) * 8);
    bool const large = uniform(random) < 0.3;
    double const level = large ? -5 + 2 * uniform(random) : -5 + 8 * uniform(random);
    double const apart = uniform(random) < 0.5 ? 0 : 0.8;
    double const mean = normal(random);
    double const sd = uniform(random) < 0.4 ? 0 : 2 * uniform(random);
    auto const arm = [&](double const logit) {
        int const n = 1 + static_cast<int>(uniform(random) * (large ? 400 : 60));
        double const risk = 1 / (1 + std::exp(-logit));
        return events{static_cast<double>(std::binomial_distribution<int>(n, risk)(random)),
                      static_cast<double>(n)};
    };
    for (int i = 0; i < k; ++i) {
        double const logit = level + apart * normal(random);
        double const effect = mean + sd * normal(random);
        auto const treatment = arm(logit + effect);
        trials.push_back({treatment, arm(logit)});
    }
    return trials;
}

/// The likelihood by the plainest sums there are: of all tables, over a lattice of true effects. The sums
/// over tables at the points of the coarsest lattice are kept.
///
/// Functions that are analytic up to a distance d from the real axis are summed by a lattice of step h to
/// exp(-2 pi d / h), and normal densities to exp(-2 (pi sd / h)²). Here h is at most 1/8 and 5/7 of sd: 1e-12
/// and 1e-16.
class plain_likelihood {
  public:
    explicit plain_likelihood(trial_list const& trials) {
        for (auto const& [treatment, control] : trials) {
            double const both = treatment.count + control.count;
            double const fewest = std::fmax(0, both - control.total);
            double const most = std::fmin(both, treatment.total);
            auto one = tables{{}, static_cast<std::size_t>(treatment.count - fewest)};
            for (double a = fewest; a <= most; ++a) {
                one.coefficients.push_back(std::exp(
                    choose(treatment.total, a) + choose(control.total, both - a) -
                    choose(treatment.total, treatment.count) - choose(control.total, control.count)));
            }
            if (one.coefficients.size() > 1) {
                lists_.push_back(one);
            }
        }
        kept_.resize(lists_.size());
        for (std::size_t j = 0; j < lists_.size(); ++j) {
            for (int i = -reach; i <= reach; ++i) {
                kept_[j].push_back(lists_[j].probability(i * coarsest));
            }
        }
    }

    [[nodiscard]] double operator()(double const mean, double const sd) const {
        double total = 0;
        if (!(sd > 0)) {
            for (auto const& list : lists_) {
                total += std::log(list.probability(mean));
            }
            return total;
        }
        double const step = (std::min)(coarsest, sd * 5 / 7);
        bool const kept = step >= coarsest;
        auto const low = std::lround((mean - 8.5 * sd) / step);
        auto const high = std::lround((mean + 8.5 * sd) / step);
        auto sums = std::vector<double>(lists_.size(), 0);
        for (auto i = low; i <= high; ++i) {
            double const theta = static_cast<double>(i) * step;
            double const x = (theta - mean) / sd;
            double const density = std::exp(-x * x / 2);
            auto const beyond = std::clamp<long>(i, -reach, reach);
            for (std::size_t j = 0; j < lists_.size(); ++j) {
                sums[j] += density * (kept && beyond == i ? kept_[j][static_cast<std::size_t>(i + reach)]
                                                          : lists_[j].probability(theta));
            }
        }
        for (double const sum : sums) {
            total += std::log(sum * step / (sd * std::sqrt(2 * std::numbers::pi)));
        }
        return total;
    }

    /// Whether every trial has the fewest events that it can under treatment, or every one the most.
    [[nodiscard]] bool is_separated() const {
        return std::all_of(lists_.begin(), lists_.end(),
                           [](tables const& one) { return one.observed == 0; }) ||
               std::all_of(lists_.begin(), lists_.end(),
                           [](tables const& one) { return one.observed + 1 == one.coefficients.size(); });
    }

    /// As the spread grows each trial that has the fewest events or the most is on its side, by tossing one
    /// coin for all; others are nowhere.
    [[nodiscard]] double limit() const {
        double low = 0;
        double high = 0;
        for (auto const& one : lists_) {
            low += one.observed == 0 ? 1 : 0;
            high += one.observed + 1 == one.coefficients.size() ? 1 : 0;
        }
        double const all = static_cast<double>(lists_.size());
        return low + high < all ? -std::numeric_limits<double>::infinity()
                                : low * std::log(low / all) + high * std::log(high / all);
    }

  private:
    static constexpr double coarsest = 0.125;
    static constexpr int reach = 2250;

    struct tables {
        std::vector<double> coefficients; ///< relative to that of the observed table
        std::size_t observed;

        [[nodiscard]] double probability(double const theta) const {
            double const up = std::exp(theta);
            double sum = 1;
            double power = 1;
            for (std::size_t i = observed + 1; i < coefficients.size(); ++i) {
                power *= up;
                sum += coefficients[i] * power;
            }
            power = 1;
            for (std::size_t i = observed; i > 0; --i) {
                power /= up;
                sum += coefficients[i - 1] * power;
            }
            return 1 / sum;
        }
    };

    static double choose(double const n, double const k) {
        return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    }

    std::vector<tables> lists_;
    std::vector<std::vector<double>> kept_;
};

struct place {
    double mean, sd, value;
};

bool is_higher(place const& a, place const& b) {
    return a.value > b.value;
}

/// The best point of a grid that closes in on one.
place closed_in(plain_likelihood const& likelihood, place here) {
    double step = 0.5;
    double factor = std::sqrt(2);
    for (int level = 0; level < 6; ++level) {
        auto const centre = here;
        for (double const i : {-1.0, 0.0, 1.0}) {
            for (double const j : {-1.0, 0.0, 1.0}) {
                double const mean = centre.mean + i * step;
                double const sd = centre.sd * std::pow(factor, j);
                double const value = likelihood(mean, sd);
                if (value > here.value) {
                    here = {mean, sd, value};
                }
            }
        }
        step /= 2;
        factor = std::sqrt(factor);
    }
    return here;
}

struct summary {
    long maxima = 0;
    long separated = 0;
    long endless = 0;
    long failures = 0;
    long beaten = 0;  ///< by more than 1e-9 of 1 + |log-likelihood|
    double worst = 0; ///< by which a grid's likelihood exceeds the fit's
};

void compare(trial_list const& trials, summary& total) {
    auto const result = pool(binomial_normal{}, trials);
    auto const likelihood = plain_likelihood(trials);
    if (likelihood.is_separated()) {
        ++total.separated;
        if (result.status != status::undefined) {
            ++total.failures;
            ADD_FAILURE() << "status " << static_cast<int>(result.status);
        }
        return;
    }
    auto places = std::vector<place>{};
    for (double mean = -8; mean <= 8; mean += 1) {
        places.push_back({mean, 0, likelihood(mean, 0)});
        for (double sd = 1.0 / 64; sd <= 32; sd *= 2) {
            places.push_back({mean, sd, likelihood(mean, sd)});
        }
    }
    std::partial_sort(places.begin(), places.begin() + 3, places.end(), is_higher);
    if (result.status == status::undefined) {
        // The likelihood rises without end: nothing of a smaller spread is higher than the best at the end,
        // or than what it tends to.
        ++total.endless;
        auto const end = *std::min_element(places.begin(), places.end(), [](place const& a, place const& b) {
            bool const last = a.sd > 30;
            bool const other = b.sd > 30;
            return last != other ? last : is_higher(a, b);
        });
        double best = std::fmax(end.value, likelihood.limit());
        for (double mean = end.mean - 32; mean <= end.mean + 32; mean += 2) {
            best = std::fmax(best, likelihood(mean, 32));
        }
        if (places.front().value > best + 1e-9) {
            ++total.failures;
            ADD_FAILURE() << "a maximum near " << places.front().mean << ' ' << places.front().sd;
        }
        return;
    }
    ++total.maxima;
    double const best = likelihood(result.effect, std::sqrt(result.tau_squared));
    double const size = 1 + std::abs(best);
    if (result.status != status::ok || !(std::abs(best - result.log_likelihood) <= 1e-9 * size)) {
        ++total.failures;
        ADD_FAILURE() << "status " << static_cast<int>(result.status) << ", " << result.log_likelihood
                      << " for " << best;
        return;
    }
    double highest = std::fmax(places.front().value, likelihood.limit());
    for (int i = 0; i < 3; ++i) {
        highest = std::fmax(highest, closed_in(likelihood, places[static_cast<std::size_t>(i)]).value);
    }
    total.worst = std::fmax(total.worst, (highest - best) / size);
    total.beaten += highest <= best + 1e-9 * size ? 0 : 1;
    EXPECT_LE(highest, best + 1e-9 * size) << result.effect << ' ' << result.tau_squared;
}

TEST(ConditionalExactGrids, FindNothingHigher) {
    auto const sets = test::random_sets(100);
    auto total = summary{};
    for (long i = sets.first; i < sets.end(); ++i) {
        SCOPED_TRACE("set " + std::to_string(i));
        auto random = test::random_sets::generator(i);
        compare(random_trials(random), total);
        if (HasFailure() && sets.count <= 1000) {
            return;
        }
    }
    std::cout << "conditional exact: sets " << sets.first << " to " << sets.end() - 1 << ", " << total.maxima
              << " maxima, " << total.separated << " separated, " << total.endless << " endless rises, "
              << total.failures << " failures, " << total.beaten << " beaten; grids exceed by at most "
              << total.worst << " of 1 + |log-likelihood|\n";
}

} // namespace
} // namespace accrue::test_rare_events_conditional_exact_grids
