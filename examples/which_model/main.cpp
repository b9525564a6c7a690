// Prints, as Markdown, how models of rare events and of dependent effects err: bias, coverage of 95 %
// intervals and type I error over simulated reviews. docs/guides/rare-events.md and docs/guides/dependence.md
// hold its output.
//
//     which_model rare|dependent [replicates [threads]]
//
// Replicate r of a setting is a function of r alone, so that the numbers do not depend on the threads.

#include <accrue/accrue.hpp>
#include <accrue/dependence.hpp>
#include <accrue/sequential/parallel.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace accrue;

/// What a method says of one review: an estimate and a 95 % interval, or nothing.
struct answer {
    double effect = 0;
    interval limits{0, 0};
    bool given = false;
};

template <class Result>
answer answer_of(Result const& result) {
    if (result.status != status::ok) {
        return {};
    }
    return {result.effect, confidence_interval(result, 0.95), true};
}

/// How answers of a method compare with the truth.
struct tally {
    double given = 0;
    double covered = 0;
    double sum = 0;
    double width = 0;

    void add(answer const& one, double const truth) {
        if (!one.given) {
            return;
        }
        given += 1;
        covered += one.limits.contains(truth) ? 1 : 0;
        sum += one.effect - truth;
        width += one.limits.width();
    }
    [[nodiscard]] double bias() const { return sum / given; }
    [[nodiscard]] double coverage() const { return covered / given; }
    [[nodiscard]] double mean_width() const { return width / given; }
};

template <class Review>
struct method {
    std::string name;
    std::function<answer(Review const&)> answers;
};

/// Draws reviews and asks every method of each.
template <class Review, class Draw>
std::vector<tally> simulate(std::vector<method<Review>> const& methods, Draw const& draw, double const truth,
                            std::uint64_t const seed, std::size_t const replicates, unsigned const threads) {
    auto answers = std::vector<std::vector<answer>>(replicates);
    on_threads{threads}(replicates, [&](std::size_t const replicate) {
        auto random = random_stream(seed, replicate);
        auto const review = draw(random);
        for (auto const& one : methods) {
            try {
                answers[replicate].push_back(one.answers(review));
            } catch (invalid_input const&) {
                answers[replicate].push_back({}); // the method has no answer to such a review
            }
        }
    });
    auto tallies = std::vector<tally>(methods.size());
    for (auto const& review : answers) {
        for (std::size_t i = 0; i < methods.size(); ++i) {
            tallies[i].add(review[i], truth);
        }
    }
    return tallies;
}

std::string text(char const* const format, double const value) {
    char buffer[32];
    (void)std::snprintf(buffer, sizeof buffer, format, value);
    return buffer;
}

void print_row(std::vector<std::string> const& cells) {
    auto line = std::string("|");
    for (auto const& cell : cells) {
        line += " " + cell + " |";
    }
    std::puts(line.c_str());
}

void print_header(std::vector<std::string> const& cells) {
    print_row(cells);
    auto rule = std::vector<std::string>(cells.size(), "---:");
    rule.front() = "---";
    print_row(rule);
}

// ---- rare events ----

using tables = std::vector<two_arms<events>>;

double binomial(random_stream& random, double const size, double const risk) {
    double count = 0;
    for (double i = 0; i < size; ++i) {
        count += random.uniform() < risk ? 1 : 0;
    }
    return count;
}

double risk_at(double const logit) {
    return 1 / (1 + std::exp(-logit));
}

/// Trials of 50 to 500 participants a treatment group; every third has twice as many controls. Control risks
/// vary between trials with SD 0.5 on the logit scale.
tables draw_tables(random_stream& random, std::size_t const trials, double const risk, double const effect,
                   double const tau) {
    auto result = tables{};
    for (std::size_t i = 0; i < trials; ++i) {
        double const treated = std::round(50 * std::pow(10.0, random.uniform()));
        double const controls = i % 3 == 2 ? 2 * treated : treated;
        double const logit = std::log(risk / (1 - risk)) + 0.5 * random.normal();
        double const theta = effect + tau * random.normal();
        double const first = binomial(random, treated, risk_at(logit + theta));
        double const second = binomial(random, controls, risk_at(logit));
        result.push_back({{.count = first, .total = treated}, {.count = second, .total = controls}});
    }
    return result;
}

std::vector<method<tables>> rare_methods() {
    return {
        {"inverse variance, 0.5 added, common effect",
         [](tables const& review) {
             return answer_of(pool(common_effect{}, effects(log_odds_ratio{}, review)));
         }},
        {"inverse variance, 0.5 added, REML, Hartung-Knapp",
         [](tables const& review) {
             return answer_of(
                 pool(random_effects{reml{}, hartung_knapp{}}, effects(log_odds_ratio{}, review)));
         }},
        {"Mantel-Haenszel",
         [](tables const& review) { return answer_of(pool(mantel_haenszel{log_odds_ratio{}}, review)); }},
        {"Peto", [](tables const& review) { return answer_of(pool(peto{}, review)); }},
        {"exact odds ratio, mid-p interval",
         [](tables const& review) {
             auto one = answer_of(pool(exact_odds_ratio{}, review));
             one.limits = exact_interval(mid_p_tails{}, review, 0.95);
             return one;
         }},
        {"binomial-normal, conditional exact",
         [](tables const& review) { return answer_of(pool(binomial_normal{}, review)); }},
        {"binomial-normal, fixed intercepts",
         [](tables const& review) { return answer_of(pool(binomial_normal{fixed_intercepts{}}, review)); }},
        {"binomial-normal, random intercepts",
         [](tables const& review) { return answer_of(pool(binomial_normal{random_intercepts{}}, review)); }},
        {"beta-binomial", [](tables const& review) { return answer_of(pool(beta_binomial{}, review)); }}};
}

void print_rare(std::size_t const replicates, unsigned const threads) {
    auto const methods = rare_methods();
    std::printf("%zu reviews a setting: the standard error of a share of 5 %% is %.1f %%.\n", replicates,
                100 * std::sqrt(0.05 * 0.95 / static_cast<double>(replicates)));
    for (double const tau : {0.0, 0.5}) {
        for (std::size_t const trials : {std::size_t{3}, std::size_t{10}, std::size_t{20}}) {
            std::printf("\n### %zu trials, tau = %g\n\n", trials, tau);
            print_header({"control risk", "0.5 %", "1 %", "2 %", "5 %"});
            auto rows = std::vector<std::vector<std::string>>{};
            for (auto const& one : methods) {
                rows.push_back({one.name});
            }
            for (double const risk : {0.005, 0.01, 0.02, 0.05}) {
                auto const run = [&](double const effect) {
                    auto const draw = [&](random_stream& random) {
                        return draw_tables(random, trials, risk, effect, tau);
                    };
                    return simulate(methods, draw, effect, 1, replicates, threads);
                };
                auto const with = run(std::log(0.5));
                auto const without = run(0);
                for (std::size_t i = 0; i < methods.size(); ++i) {
                    rows[i].push_back(text("%+.2f", with[i].bias()) + " / " +
                                      text("%.0f", 100 * with[i].coverage()) + " / " +
                                      text("%.1f", 100 * (1 - without[i].coverage())) + " / " +
                                      text("%.0f", 100 * with[i].given / static_cast<double>(replicates)));
                }
            }
            for (auto const& row : rows) {
                print_row(row);
            }
        }
    }
}

// ---- dependent effects ----

struct clustered {
    std::vector<estimate> estimates;
    std::vector<int> studies;
};

/// Studies of one to six effects, whose sampling errors correlate by 0.6 and have variances of 0.02 to 0.2.
clustered draw_clusters(random_stream& random, int const studies, double const between, double const within) {
    auto result = clustered{};
    for (int study = 0; study < studies; ++study) {
        auto const count = 1 + static_cast<int>(6 * random.uniform());
        double const variance = 0.02 * std::pow(10.0, random.uniform());
        double const shared = std::sqrt(0.6) * random.normal();
        double const own = between * random.normal();
        for (int i = 0; i < count; ++i) {
            double const error = std::sqrt(variance) * (shared + std::sqrt(0.4) * random.normal());
            result.estimates.push_back({own + within * random.normal() + error, variance});
            result.studies.push_back(study);
        }
    }
    return result;
}

std::vector<method<clustered>> dependent_methods() {
    return {
        {"dependence ignored: REML, Wald",
         [](clustered const& review) { return answer_of(pool(random_effects{reml{}}, review.estimates)); }},
        {"dependence ignored: REML, Hartung-Knapp",
         [](clustered const& review) {
             return answer_of(pool(random_effects{reml{}, hartung_knapp{}}, review.estimates));
         }},
        {"the same, robust variance (CR2)",
         [](clustered const& review) {
             auto const result = pool(random_effects{reml{}}, review.estimates);
             return answer_of(cluster_robust(result, review.estimates, review.studies, cr2{}));
         }},
        {"aggregate (correlation 0.6), REML, Hartung-Knapp",
         [](clustered const& review) {
             auto const all = correlated(review.estimates, review.studies, constant_correlation{0.6});
             return answer_of(pool(random_effects{reml{}, hartung_knapp{}}, aggregate(all)));
         }},
        {"aggregate (correlation taken for 0), REML, Hartung-Knapp",
         [](clustered const& review) {
             auto const all = correlated(review.estimates, review.studies, constant_correlation{0.0});
             return answer_of(pool(random_effects{reml{}, hartung_knapp{}}, aggregate(all)));
         }},
        {"three levels, Wald",
         [](clustered const& review) { return answer_of(three_level{}(review.estimates, review.studies)); }},
        {"three levels, Satterthwaite",
         [](clustered const& review) {
             return answer_of(three_level{reml{}, satterthwaite{}}(review.estimates, review.studies));
         }},
        {"three levels, robust variance (CR2)",
         [](clustered const& review) {
             auto const fit = three_level{}(review.estimates, review.studies);
             return answer_of(cluster_robust(fit, review.studies, cr2{}));
         }},
        {"hierarchical effects (correlation 0.6), robust variance (CR2)", [](clustered const& review) {
             auto const all = correlated(review.estimates, review.studies, constant_correlation{0.6});
             return answer_of(cluster_robust(hierarchical_effects{}(all), review.studies, cr2{}));
         }}};
}

void print_dependent(std::size_t const replicates, unsigned const threads) {
    auto const methods = dependent_methods();
    std::printf("%zu reviews a setting: the standard error of a coverage of 95 %% is %.1f %%.\n", replicates,
                100 * std::sqrt(0.05 * 0.95 / static_cast<double>(replicates)));
    struct spread {
        double between;
        double within;
    };
    for (auto const& one : {spread{0, 0}, spread{0.3, 0.1}, spread{0.1, 0.3}}) {
        std::printf("\n### SD of true effects %g between studies, %g within\n\n", one.between, one.within);
        print_header({"studies", "5", "10", "20", "40"});
        auto rows = std::vector<std::vector<std::string>>{};
        for (auto const& each : methods) {
            rows.push_back({each.name});
        }
        for (int const studies : {5, 10, 20, 40}) {
            auto const draw = [&](random_stream& random) {
                return draw_clusters(random, studies, one.between, one.within);
            };
            auto const tallies = simulate(methods, draw, 0, 2, replicates, threads);
            for (std::size_t i = 0; i < methods.size(); ++i) {
                rows[i].push_back(text("%.1f", 100 * tallies[i].coverage()) + " / " +
                                  text("%.2f", tallies[i].mean_width()));
            }
        }
        for (auto const& row : rows) {
            print_row(row);
        }
    }
}

} // namespace

int main(int const argc, char const* const* const argv) {
    try {
        auto const what = std::string(argc > 1 ? argv[1] : "");
        auto const replicates = static_cast<std::size_t>(argc > 2 ? std::stoul(argv[2]) : 1000);
        auto const threads = static_cast<unsigned>(argc > 3 ? std::stoul(argv[3]) : 1);
        if (what == "rare") {
            print_rare(replicates, threads);
        } else if (what == "dependent") {
            print_dependent(replicates, threads);
        } else {
            std::fputs("which_model rare|dependent [replicates [threads]]\n", stderr);
            return 2;
        }
        return 0;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
