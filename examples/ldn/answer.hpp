#pragma once

// The whole answer in a few lines, for a reader who wants no more.

#include "layout.hpp"
#include "monitoring.hpp"
#include "review.hpp"
#include "without_a_plan.hpp"
#include <accrue/accrue.hpp>

#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>

namespace ldn {

/// What the details came to.
struct findings {
    sequential_analysis simulated;
    anytime_series unplanned;
    belief believed;
};

inline void print_answer(std::ostream& out, review const& data, settings const& setting,
                         findings const& found) {
    auto const naive = pool(random_effects{dersimonian_laird{}}, data.estimates);
    auto const& look = found.simulated.last_look();
    auto const& bet = found.unplanned.looks.back();
    out << "Does low-dose naltrexone (LDN) lower pain in fibromyalgia? Perhaps; it is too early to tell.\n"
        << std::string(line_width, '=') << '\n';
    paragraph(out,
              text("Four randomised trials, ", show(data.participants_so_far().back(), 0),
                   " participants. Effects are LDN minus placebo as standardised mean differences (SMD): "
                   "negative favours LDN."));
    out << '\n';
    auto const line = [&](std::string const& question, std::string const& answer) {
        row(out, std::vector<column>{{34}, {62}}, {question, answer});
    };
    line("How large is the effect?", text(data.show(naive.effect, 2), ", 95 % interval ",
                                          data.show(confidence_interval(naive, level), 2)));
    line("Significant, as a single test?",
         text("yes, p = ", data.p(p_value(naive)), "; but so it was after every trial:"));
    line("", text("looking again and again makes chance findings."));
    line("Enough information?",
         text(data.show(100 * look.information_fraction, 0), " % of what shows an SMD of ",
              show(setting.difference, 1), "; ",
              data.show(std::ceil(found.simulated.information_needed()), 0), " more participants"));
    line("Conclusive, with the looks?",
         text("no: Z is ", data.show(look.z, 2), ", the boundary ", data.show(look.lower_boundary, 2)));
    line("And without any plan?",
         text("no: the e-value is ", data.show(std::exp(bet.log_e_value), 2), " of the ",
              fixed(1 / found.unplanned.error, 0), " that it would take; with"));
    line("", text(fixed(static_cast<double>(bet.trials), 0), " trials it can be ",
                  fixed(std::exp2(static_cast<double>(bet.trials) - 1), 0), " at most"));
    line("What is probable?",
         text("that LDN lowers pain at all: ", data.show(100 * found.believed.lowers_pain, 0), " %,"));
    line("", text("by an SMD of ", show(setting.difference, 1),
                  " or more: ", data.show(100 * found.believed.by_the_difference, 0), " %"));
    out << '\n';
    auto const words = text(
        "So LDN probably helps a little. A single test calls that shown; a review that counts its looks does "
        "not yet. (One way of counting says otherwise, but hangs on one borrowed number: 5c.) About ",
        data.show(std::ceil(found.simulated.information_needed()), 0),
        " more participants are needed to settle whether it helps as much as ", show(setting.difference, 1),
        ".");
    require_that(found.simulated.conclusion == conclusion::insufficient && !found.unplanned.concluded_at &&
                     p_value(naive) < 0.05,
                 words);
    paragraph(out, words);
    out << "\nMarks: † computed here, ‡ from a number that is second-hand, § chosen. The details follow.\n\n";
}

} // namespace ldn
