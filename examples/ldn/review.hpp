#pragma once

#include "layout.hpp"
#include "provenance.hpp"
#include <accrue/accrue.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ldn {

using namespace accrue;

/// Of every confidence interval.
inline constexpr double level = 0.95;

/// A trial with its effect on pain: the standardised mean difference, LDN minus placebo.
struct trial {
    std::string name;
    sourced<double> participants;
    sourced<estimate> effect;
};

/// The four trials together.
struct review {
    std::vector<trial> trials;
    std::vector<estimate> estimates;
    sourced<double> correlation; ///< between the periods of the crossover trials
    provenance from;             ///< of whatever is computed from all trials

    review(std::vector<trial> all, sourced<double> const& between_periods)
        : trials(std::move(all)), correlation(between_periods) {
        for (auto const& one : trials) {
            estimates.push_back(one.effect.value);
            from.second_hand = from.second_hand || one.effect.from.second_hand;
        }
        from.computed = true;
    }

    [[nodiscard]] std::vector<sourced<double>> participants_so_far() const {
        auto sums = std::vector<sourced<double>>{};
        for (auto const& one : trials) {
            sums.push_back(sums.empty() ? one.participants
                                        : derive(std::plus<>{}, sums.back(), one.participants));
        }
        return sums;
    }

    [[nodiscard]] std::vector<double> participants() const {
        auto counts = std::vector<double>{};
        for (auto const& one : trials) {
            counts.push_back(one.participants.value);
        }
        return counts;
    }

    /// A result of all trials, with its mark.
    template <class T>
    [[nodiscard]] std::string show(T const& value, int const digits) const {
        return ldn::show(sourced<T>{value, from}, digits);
    }
    [[nodiscard]] std::string p(double const value) const { return p_text(value) + from.mark(); }
};

/// The prose of the output was written for these data. Whoever changes them is told where it no longer fits.
inline void require_that(bool const holds, std::string const& words) {
    if (!holds) {
        throw std::logic_error(text("the data no longer bear out these words: ", words));
    }
}

} // namespace ldn
