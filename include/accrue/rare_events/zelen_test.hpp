#pragma once

#include <accrue/error.hpp>
#include <accrue/rare_events/binomial_normal.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace accrue {

/// What `zelen_test` finds.
struct zelen_result {
    double p_value; ///< NaN with a status other than ok
    /// How many sets of tables were counted. With `not_converged` none were: it is then the product of the
    /// trials' numbers of tables, of which only those with the sum observed would count.
    double tables;
    accrue::status status; ///< `undefined` where there is but one set of tables; `not_converged` where there
                           ///< are too many
};

/// Zelen's exact test that all trials have one odds ratio. Given the margins of all tables and the sum of the
/// events under treatment, the probability of each set of tables is free of that odds ratio; the p-value is
/// that of the sets that are no more probable than the one observed. Zelen 1971, Biometrika 58:129-137,
/// doi:10.1093/biomet/58.1.129.
///
///     zelen_test{}(trials).p_value
///
/// Sets of tables are counted one by one: their number grows fast with trials and events.
struct zelen_test {
    double most_tables = 2e8; ///< where there are more, or values of one table, none are counted

    /// \throws invalid_input when there is no trial, or one's counts are not whole or impossible (it names
    /// the trial), or `most_tables` is below 1
    template <detail::in_tables Trials>
        requires std::same_as<detail::element_t<Trials>, two_arms<events>>
    [[nodiscard]] zelen_result operator()(Trials const& trials) const {
        detail::require(most_tables >= 1, "most_tables", "1 or more", most_tables);
        auto const list = std::span<two_arms<events> const>(std::data(trials), std::size(trials));
        auto each = detail::likelihoods(list, conditional_exact{});
        std::erase_if(each, [](auto const& trial) { return !trial.is_informative(); });
        // The last table follows from the others and the sum: that is the one with most values.
        std::sort(each.begin(), each.end(), [](auto const& a, auto const& b) { return a.size() < b.size(); });
        double all = 1;
        std::size_t sum = 0;
        for (auto const& trial : each) {
            all *= static_cast<double>(trial.size());
            sum += trial.observed();
        }
        if (each.size() < 2) {
            return {detail::not_a_number<double>(), 1, status::undefined};
        }
        auto const last = static_cast<double>(each.back().size());
        if (all / last > most_tables || last > most_tables) {
            return {detail::not_a_number<double>(), all, status::not_converged};
        }
        auto counted = counts{};
        auto coefficients = trial_list{};
        coefficients.reserve(each.size());
        for (auto const& trial : each) {
            coefficients.push_back(trial.log_coefficients());
        }
        count(coefficients, 0, sum, 0.0, counted);
        return counted.tables > 1
                   ? zelen_result{counted.unlikely / counted.total, counted.tables, status::ok}
                   : zelen_result{detail::not_a_number<double>(), counted.tables, status::undefined};
    }
    ACCRUE_REFUSE_ALL_BUT_TRIALS_IN_TABLES(operator()(Trials const&) const);

  private:
    /// ln of the coefficients of each trial's tables over that of the observed one
    using trial_list = std::vector<std::vector<double>>;
    struct counts {
        double total = 0;    ///< probabilities relative to that of the observed set
        double unlikely = 0; ///< of the sets that are no more probable
        double tables = 0;
    };
    static void count(trial_list const& trials, std::size_t const trial, std::size_t const left,
                      double const log_ratio, counts& counted) {
        auto const& here = trials[trial];
        if (trial + 1 == trials.size()) {
            if (left < here.size()) {
                double const ratio = log_ratio + here[left];
                double const probability = std::exp(ratio);
                counted.total += probability;
                counted.unlikely += ratio <= 1e-7 ? probability : 0;
                ++counted.tables;
            }
            return;
        }
        for (std::size_t i = 0; i < here.size() && i <= left; ++i) {
            count(trials, trial + 1, left - i, log_ratio + here[i], counted);
        }
    }
};

} // namespace accrue
