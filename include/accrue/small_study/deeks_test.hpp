#pragma once

#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/small_study/detail/log_odds_ratio_line.hpp>
#include <accrue/small_study/dispersion.hpp>

namespace accrue {

/// Deeks's test, made for studies of diagnostic accuracy: the log (diagnostic) odds ratio on the effective
/// sample size,
///
///     log odds ratio on 1/sqrt(ESS),   weights ESS = 4 n1 n2 / (n1 + n2),
///
/// where n1 and n2 are the two groups: diseased and healthy for diagnostic studies. The null is that the log
/// odds ratio does not change with the effective size. Diagnostic odds ratios are large, so that their
/// standard errors go with them and Egger's test rejects by itself; sizes of groups do not. It has little
/// power when studies are heterogeneous.
///
/// Deeks, Macaskill & Irwig 2005, J Clin Epidemiol 58:882-893, doi:10.1016/j.jclinepi.2005.01.016.
template <class Dispersion = estimated_dispersion, class Measure = log_odds_ratio<>>
struct deeks_test {
    Dispersion dispersion{};
    Measure measure{}; ///< of the effects, with its policy for zero cells

    /// \param trials any contiguous range of `two_arms<basic_events>`
    /// \throws invalid_input when there is no trial, or one's report is unusable; it names the trial
    template <detail::two_by_two_tables Trials>
    [[nodiscard]] auto operator()(Trials const& trials) const {
        auto const effective_size = [](auto const& margins) {
            return 4 * margins.treatment * (margins.control / margins.total);
        };
        return detail::margins_test(
            measure, trials,
            [&](auto const& margins, auto const&) { return 1 / sqrt(effective_size(margins)); },
            [&](auto const& margins, auto const&) { return effective_size(margins); }, dispersion);
    }
    ACCRUE_REFUSE_ALL_BUT_TABLES(operator()(Studies const&) const);
};

template <class Dispersion, class Measure = log_odds_ratio<>>
deeks_test(Dispersion, Measure = {}) -> deeks_test<Dispersion, Measure>;

} // namespace accrue
