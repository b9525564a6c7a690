#pragma once

#include <accrue/effect/detail/check_report.hpp>
#include <accrue/error.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <cstddef>
#include <iterator>
#include <vector>

namespace accrue::detail {

template <class Real>
Real count_of(two_arms<basic_events<Real>> const&);

/// The real type of a contiguous range of `two_arms<basic_events<Real>>`.
template <class Range>
using counts_real = decltype(count_of(*std::data(std::declval<Range const&>())));

template <class Range>
concept two_by_two_tables = requires { typename counts_real<Range>; };

/// The margins of a two-by-two table.
template <real Real>
struct table_margins {
    Real treatment; ///< participants under treatment
    Real control;   ///< participants under control
    Real total;
    Real with;    ///< participants with the event
    Real without; ///< participants without it

    explicit table_margins(two_arms<basic_events<Real>> const& trial)
        : treatment(trial.treatment.total), control(trial.control.total), total(treatment + control),
          with(trial.treatment.count + trial.control.count),
          without(non_events(trial.treatment) + non_events(trial.control)) {}

    /// Trials in which nobody or everybody had the event have weight 0 in tests whose weights are variances
    /// of counts given the margins.
    [[nodiscard]] bool informative() const { return with > 0 && without > 0; }
};

/// The indices of the trials that somebody had the event in and somebody not; checks all.
template <class Range>
[[nodiscard]] std::vector<std::size_t> informative_trials(Range const& trials) {
    using Real = counts_real<Range>;
    require_not_empty("trials", std::size(trials));
    std::vector<std::size_t> places;
    for_each_study(std::size(trials), [&](std::size_t const i) {
        auto const& trial = std::data(trials)[i];
        check(trial);
        if (table_margins<Real>(trial).informative()) {
            places.push_back(i);
        }
    });
    return places;
}

} // namespace accrue::detail

/// Refuses the call operator of a test for all but trials of events.
#define ACCRUE_REFUSE_ALL_BUT_TABLES(...)                                                                    \
    template <class Studies>                                                                                 \
        requires(!accrue::detail::two_by_two_tables<Studies>)                                                \
    ACCRUE_REFUSED("this test takes trials with events in two arms: not their estimates, nor other reports", \
                   __VA_ARGS__)
