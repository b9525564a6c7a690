#pragma once

// Sections 2 to 4: forest rows, pooled effects, heterogeneity, the cumulative Z-curve.

#include "layout.hpp"
#include "provenance.hpp"
#include "review.hpp"
#include <accrue/accrue.hpp>

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace ldn {

inline void print_forest(std::ostream& out, review const& data) {
    heading(out, "2  Forest rows");
    auto const model = random_effects{dersimonian_laird{}};
    auto const rows = forest_rows(model, data.estimates, level);
    auto const axis = interval{-1.0, 0.6};
    auto const columns = std::vector<column>{{15}, {29, true}, {11, true}, {3}, {33}};
    row(out, columns, {"", "", "", "", "  favours LDN    |  favours placebo"});
    row(out, columns, {"Trial", "SMD (95 % CI)  ", "weight", "", ""});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& [name, participants, effect] = data.trials[i];
        row(out, columns,
            {name, fixed(rows[i].effect, 3) + " " + fixed(rows[i].interval, 3) + left(effect.from.mark(), 2),
             fixed(rows[i].weight, 1) + " %" + left(data.from.mark(), 2), "",
             whisker(rows[i].effect, rows[i].interval, axis, 33)});
    }
    auto const pooled_effect = pool(model, data.estimates);
    auto const range = confidence_interval(pooled_effect, level);
    row(out, columns,
        {"Pooled", fixed(pooled_effect.effect, 3) + " " + fixed(range, 3) + data.from.mark(),
         text("100.0 %", data.from.mark()), "", whisker(pooled_effect.effect, range, axis, 33)});
    row(out, columns, {"", "", "", "", "-1.0      -0.5       0        0.5"});
}

struct named_result {
    std::string name;
    pooled result;
};

inline void print_pooled(std::ostream& out, review const& data) {
    heading(out, "3  Pooled effect and heterogeneity");
    auto const results = std::vector<named_result>{
        {"Common effect", pool(common_effect{}, data.estimates)},
        {"Random effects, DerSimonian-Laird", pool(random_effects{dersimonian_laird{}}, data.estimates)},
        {"Random effects, REML with Hartung-Knapp",
         pool(random_effects{reml{}, hartung_knapp{}}, data.estimates)}};
    auto const columns = std::vector<column>{{42}, {31}, {12}};
    row(out, columns, {"Model", "SMD (95 % CI)", "p"});
    for (auto const& [name, result] : results) {
        row(out, columns,
            {name, fixed(result.effect, 4) + " " + data.show(confidence_interval(result, level), 4),
             data.p(p_value(result))});
    }
    auto const& by_dl = results[1].result;
    auto const& by_reml = results[2].result;
    auto const spread = heterogeneity(data.estimates);
    out << '\n';
    paragraph(
        out, text("Heterogeneity: Q ", data.show(spread.q, 4), " on ", fixed(spread.degrees_of_freedom, 0),
                  "† degrees of freedom, p ", data.p(spread.p_value), "; I² ",
                  data.show(100 * spread.i_squared, 1), " %; tau² ", data.show(by_dl.tau_squared, 4),
                  " (DerSimonian-Laird), ", data.show(by_reml.tau_squared, 4), " (REML); D² ",
                  data.show(100 * diversity(data.estimates, random_effects{dersimonian_laird{}}), 1), " %."));
    paragraph(out, text("95 % prediction interval for the effect in a new trial: ",
                        data.show(prediction_interval(by_dl, level), 4), " with DerSimonian-Laird, ",
                        data.show(prediction_interval(by_reml, level), 4), " with REML and Hartung-Knapp."));
    out << '\n';
    paragraph(out,
              "In words: LDN lowers pain by about a fifth of a standard deviation, a small effect. With the "
              "usual interval this just excludes no effect; with the interval that allows for how little "
              "four trials tell of the spread between them (Hartung-Knapp), it does not. The trials do not "
              "visibly disagree, but four trials could hardly show it if they did: the prediction interval "
              "includes no effect.");
}

inline void print_cumulative(std::ostream& out, review const& data) {
    heading(out, "4  The evidence as it came in, tested naively");
    auto const model = random_effects{dersimonian_laird{}};
    auto const results = cumulative(model, data.estimates);
    auto const curve = z_curve(model, data.estimates);
    auto const columns = std::vector<column>{{17}, {14, true}, {34, true}, {14, true}, {14, true}};
    row(out, columns, {"After", "participants ", "SMD (95 % CI)  ", "Z  ", "p  "});
    auto const accrued = data.participants_so_far();
    auto from = provenance{.computed = true};
    for (std::size_t i = 0; i < results.size(); ++i) {
        from.second_hand = from.second_hand || data.trials[i].effect.from.second_hand;
        auto const range = confidence_interval(results[i], level);
        row(out, columns,
            {data.trials[i].name, show(accrued[i], 0),
             text(fixed(results[i].effect, 4), " ", show(sourced{range, from}, 4)),
             show(sourced{curve[i], from}, 4), text(p_text(p_value(results[i])), from.mark())});
    }
    out << '\n';
    paragraph(out,
              "Negative Z favours LDN. Each Z is beyond -1.96, so whoever looked after any of these trials "
              "and tested as if it were the only look would have called the effect significant. Looking "
              "again and again makes chance findings: five such looks at a treatment that does nothing "
              "find 'an effect' in 14 % of cases, not 5 % (Armitage, McPherson and Rowe 1969).");
}

} // namespace ldn
