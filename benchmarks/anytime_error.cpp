// How often e-processes cross 1/0.05 where there is no mean effect: simulated reviews, a table on standard
// output.
//
//     anytime_error [symmetric replicates] [binary replicates] [seed] [1 error of the binary process, 2
//     power]
//
// By the theorem no figure but those of exponential effects can be above 5 %, Monte Carlo error aside. What
// it can't cover: biased trials, publication bias, orders of trials that depend on results.

#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/sequential/anytime.hpp>
#include <accrue/sequential/simulation/random_stream.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

namespace {

using namespace accrue;

/// A true effect about 0 with variance 1 (if it has one).
using effect_law = double (*)(random_stream&);

double normal_effect(random_stream& random) {
    return random.normal();
}
double t3_effect(random_stream& random) {
    double const a = random.normal();
    double const b = random.normal();
    double const c = random.normal();
    return random.normal() / std::sqrt(a * a + b * b + c * c);
}
double two_point_effect(random_stream& random) {
    return random.uniform() < 0.5 ? -1 : 1;
}
double exponential_effect(random_stream& random) {
    return -std::log(random.uniform()) - 1;
}

struct crossings {
    double by_20;
    double by_60;
    double by_100;
};

crossings symmetric(effect_law const law, double const tau_squared, bool const large_first,
                    std::uint64_t const seed, int const replicates) {
    auto const blank = symmetric_e_process{.smallest_effect = 0.3, .initial_tau_squared = 0.05};
    auto count = crossings{0, 0, 0};
    for (int r = 0; r < replicates; ++r) {
        auto random = random_stream(seed, static_cast<std::uint64_t>(r));
        auto variances = std::vector<double>(100);
        for (auto& variance : variances) {
            variance = 0.05 * std::exp(1.5 * random.normal());
        }
        if (large_first) {
            std::sort(variances.begin(), variances.end());
        }
        auto process = blank;
        for (std::size_t i = 0; i < variances.size() && process.p_value() > 0.05; ++i) {
            double const effect = std::sqrt(tau_squared) * law(random);
            process.add({effect + std::sqrt(variances[i]) * random.normal(), variances[i]});
        }
        if (process.p_value() <= 0.05) {
            count.by_20 += process.size() <= 20 ? 1 : 0;
            count.by_60 += process.size() <= 60 ? 1 : 0;
            count.by_100 += 1;
        }
    }
    return {100 * count.by_20 / replicates, 100 * count.by_60 / replicates, 100 * count.by_100 / replicates};
}

double binomial(random_stream& random, int const n, double const risk) {
    double count = 0;
    for (int i = 0; i < n; ++i) {
        count += random.uniform() < risk ? 1 : 0;
    }
    return count;
}

/// How the two risks of a trial come about at the standardised deviation of its log odds ratio.
struct risks {
    double treatment;
    double control;
};
using heterogeneity = risks (*)(random_stream&, double log_odds, double log_odds_ratio);

double risk_at(double const log_odds) {
    return 1 / (1 + std::exp(-log_odds));
}
risks in_treatment(random_stream&, double const log_odds, double const log_odds_ratio) {
    return {risk_at(log_odds + log_odds_ratio), risk_at(log_odds)};
}
risks in_both(random_stream&, double const log_odds, double const log_odds_ratio) {
    return {risk_at(log_odds + log_odds_ratio / 2), risk_at(log_odds - log_odds_ratio / 2)};
}
/// Control risks that differ from trial to trial by a factor of e in one standard deviation.
risks in_treatment_with_varied_controls(random_stream& random, double const log_odds,
                                        double const log_odds_ratio) {
    return in_treatment(random, log_odds + random.normal(), log_odds_ratio);
}

/// The events of the treatment group given those of both, with this log odds ratio.
double noncentral_draw(random_stream& random, double const treated, double const controls, double const both,
                       double const log_odds_ratio) {
    double left = random.uniform();
    double a = std::max(0.0, both - controls);
    for (; a < std::min(both, treated); ++a) {
        auto const table = detail::binary_trial({{a, treated}, {both - a, controls}});
        left -= std::exp(table.log_likelihood(log_odds_ratio));
        if (left < 0) {
            break;
        }
    }
    return a;
}

/// An upper bound of ln E given the margins, by integrals that are computed once for each table: most tables
/// of rare events come again and again, and most reviews never get near a boundary.
class quick_bound {
  public:
    explicit quick_bound(exact_binary_e_process const& blank)
        : blank_(blank), logs_(blank.state.log_stakes), nulls_(null_taus.size()) {}

    void restart() {
        logs_ = blank_.state.log_stakes;
        std::fill(nulls_.begin(), nulls_.end(), 0.0);
    }
    void add(two_arms<events> const& table) {
        auto const key = std::array{table.treatment.count, table.control.count, table.treatment.total};
        auto& known = known_[key];
        if (known.empty()) {
            auto const trial = detail::binary_trial(table);
            for (auto const& node : blank_.nodes) {
                known.push_back(trial.is_informative()
                                    ? detail::log_normal_effect_integral(trial, node.mean, node.tau)
                                    : 0);
            }
            for (double const tau : null_taus) {
                known.push_back(trial.is_informative() ? detail::log_normal_effect_integral(trial, 0.0, tau)
                                                       : 0);
            }
        }
        for (std::size_t i = 0; i < known.size(); ++i) {
            (i < logs_.size() ? logs_[i] : nulls_[i - logs_.size()]) += known[i];
        }
    }
    [[nodiscard]] double operator()() const {
        return detail::log_of_sum(logs_) - *std::max_element(nulls_.begin(), nulls_.end());
    }

  private:
    static constexpr std::array null_taus = {0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2};

    exact_binary_e_process blank_;
    std::vector<double> logs_;
    std::vector<double> nulls_;
    std::map<std::array<double, 3>, std::vector<double>> known_;
};

/// How many reviews cross: by the process, and by its first e-value alone, that given the margins.
struct binary_crossings {
    double by_20;
    double by_40;
    double given_margins_by_20;
    double given_margins_by_40;
};

/// `way` is null where log odds ratios are independent of the margins.
binary_crossings binary(int const treated, int const controls, double const risk, double const mean,
                        double const tau, heterogeneity const way, std::uint64_t const seed,
                        int const replicates) {
    double const threshold = std::log(20.0);
    auto blank = exact_binary_e_process{};
    // What is below needs no search.
    blank.state.largest_log_e_value = threshold - 1e-9;
    auto count = binary_crossings{0, 0, 0, 0};
    auto bound = quick_bound(blank);
    double const log_odds = std::log(risk / (1 - risk));
    for (int r = 0; r < replicates; ++r) {
        auto random = random_stream(seed, static_cast<std::uint64_t>(r));
        auto process = blank;
        bound.restart();
        auto tables = std::vector<two_arms<events>>{};
        auto const n1 = static_cast<double>(treated);
        auto const n2 = static_cast<double>(controls);
        bool given_margins = false;
        bool crossed = false;
        while (tables.size() < 40 && !crossed) {
            double const log_odds_ratio = mean + tau * random.normal();
            double a = 0;
            double c = 0;
            if (way == nullptr) {
                double const both = binomial(random, treated + controls, risk);
                a = noncentral_draw(random, n1, n2, both, log_odds_ratio);
                c = both - a;
            } else {
                auto const [treatment, control] = way(random, log_odds, log_odds_ratio);
                a = binomial(random, treated, treatment);
                c = binomial(random, controls, control);
            }
            tables.push_back({{a, n1}, {c, n2}});
            bound.add(tables.back());
            if (bound() < threshold) {
                continue;
            }
            while (process.size() < tables.size()) {
                process.add(tables[process.size()]);
            }
            if (!given_margins && process.log_e_value_given_margins() >= threshold) {
                given_margins = true;
                count.given_margins_by_20 += process.size() <= 20 ? 1 : 0;
                count.given_margins_by_40 += 1;
            }
            crossed = process.state.largest_log_e_value >= threshold;
        }
        if (crossed) {
            count.by_20 += process.size() <= 20 ? 1 : 0;
            count.by_40 += 1;
        }
    }
    double const share = 100.0 / replicates;
    return {share * count.by_20, share * count.by_40, share * count.given_margins_by_20,
            share * count.given_margins_by_40};
}

} // namespace

int main(int argc, char** argv) {
    int const symmetric_replicates = argc > 1 ? std::atoi(argv[1]) : 20000;
    int const binary_replicates = argc > 2 ? std::atoi(argv[2]) : 300;
    auto const seed = static_cast<std::uint64_t>(argc > 3 ? std::atoi(argv[3]) : 1);
    int const what = argc > 4 ? std::atoi(argv[4]) : 0;

    struct named_law {
        char const* name;
        effect_law law;
    };
    std::printf("symmetric_e_process, smallest effect 0.3, log-sizes with sd 1.5, %d reviews each\n",
                symmetric_replicates);
    std::printf("%-12s %-12s %8s %10s %10s %10s\n", "effects", "order", "tau2/v", "by 20", "by 60", "by 100");
    for (auto const& [name, law] :
         {named_law{"normal", normal_effect}, named_law{"t3", t3_effect},
          named_law{"two-point", two_point_effect}, named_law{"exponential", exponential_effect}}) {
        for (bool const large_first : {false, true}) {
            if (symmetric_replicates < 1) {
                continue;
            }
            for (double const ratio : {0.0, 0.5, 2.0, 5.0}) {
                auto const share = symmetric(law, 0.05 * ratio, large_first, seed, symmetric_replicates);
                std::printf("%-12s %-12s %8.1f %9.2f%% %9.2f%% %9.2f%%\n", name,
                            large_first ? "large first" : "random", ratio, share.by_20, share.by_60,
                            share.by_100);
                std::fflush(stdout);
            }
        }
    }
    struct named_way {
        char const* name;
        heterogeneity way;
    };
    auto const independent = named_way{"apart from the margins", nullptr};
    auto const half_each = named_way{"half in each risk", in_both};
    auto const treatment_alone = named_way{"in the treatment risk", in_treatment};
    auto const varied = named_way{"the same, varied control risks", in_treatment_with_varied_controls};
    auto const print = [&](named_way const& of, int const treated, double const risk, double const mean,
                           double const tau, int const reviews) {
        auto const share = binary(treated, 200 - treated, risk, mean, tau, of.way, seed, reviews);
        std::printf("| %s | %d:%d | %.0f | %.1f | %.1f | %.1f (%.1f) | %.1f (%.1f) |\n", of.name, treated,
                    200 - treated, 100 * risk, mean, tau, share.by_20, share.given_margins_by_20, share.by_40,
                    share.given_margins_by_40);
        std::fflush(stdout);
    };
    bool const error = what != 2;
    bool const power = what != 1;
    if (binary_replicates > 0) {
        std::printf(
            "exact_binary_e_process, %d reviews each (standard error %.1f at 5 %%); given the margins "
            "alone in brackets\n",
            binary_replicates, 100 * std::sqrt(0.05 * 0.95 / binary_replicates));
        std::puts("| log odds ratios vary | arms | risk, % | mean log OR | tau | by 20 | by 40 |");
    }
    for (int const treated : {100, 160}) {
        if (binary_replicates < 1 || !error) {
            break;
        }
        print(half_each, treated, 0.02, 0, 0, binary_replicates); // without heterogeneity all are the same
        for (double const tau : {0.3, 1.0}) {
            for (auto const& of : {independent, half_each, treatment_alone}) {
                print(of, treated, 0.02, 0, tau, binary_replicates);
            }
        }
        print(varied, treated, 0.02, 0, 1, binary_replicates);
    }
    if (binary_replicates > 0 && power) {
        for (int const treated : {100, 160}) {
            for (double const tau : {0.0, 0.3}) {
                print(treatment_alone, treated, 0.02, -0.7, tau, binary_replicates);
            }
        }
        print(half_each, 100, 0.02, -0.7, 0, binary_replicates);
        for (double const tau : {0.0, 0.5}) {
            print(treatment_alone, 100, 0.1, -0.7, tau, binary_replicates);
        }
    }
}
