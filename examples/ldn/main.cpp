// Low-dose naltrexone for pain in fibromyalgia: four randomised trials, from what their publications report
// to the pooled effect, its trial sequential analysis, and pictures. The first lines give the whole answer.
//
//     ldn [FOLDER FOR THE PICTURES [FOLDER OF THE DATA]]
//
// Every number keeps its provenance (provenance.hpp), and every number that its source does not print is
// marked.

#include "answer.hpp"
#include "further_monitoring.hpp"
#include "layout.hpp"
#include "monitoring.hpp"
#include "pictures.hpp"
#include "pooled_effect.hpp"
#include "published.hpp"
#include "rebuild.hpp"
#include "review.hpp"
#include "trial_data.hpp"
#include "without_a_plan.hpp"

#include <exception>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>

namespace ldn {
namespace {

void print_introduction(std::ostream& out) {
    heading(out, "The details");
    paragraph(
        out,
        "The review: Vatvani, Patel, Hariyanto and Yanto, Korean J Pain 2024;37(4):367-378, "
        "doi:10.3344/kjp.24202; four trials, 222 participants. Its per-trial table, weights and settings "
        "are not available here, so this example repeats the analysis, not the table: it rebuilds each "
        "trial's effect on pain from what the trial's own publication reports (trials.csv). No number below "
        "is the review's unless section 8 says so.");
    out << "\nMarks of the numbers\n"
        << "  none  reported by the publication that is named\n"
        << "  †     derived: computed here, or deduced where the data were collected\n"
        << "  ‡     second-hand: quoted by a later source and not checked against the article\n"
        << "  †‡    derived from numbers of which at least one is second-hand\n"
        << "  §     chosen for this example\n";
    out << "\nEffects are LDN minus placebo: negative favours LDN. SMD is the standardised mean "
           "difference.\n";
}

void run(std::ostream& answer, std::filesystem::path const& pictures, std::filesystem::path const& folder) {
    auto out = std::ostringstream{}; // the details, which follow the answer
    auto const data = table(folder / "trials.csv");
    auto const published = table(folder / "published.csv");
    auto const final_trial = trial_report(data, "FINAL (Due Bruun)");

    print_introduction(out);
    heading(out, "1  The trials, and how each effect is rebuilt");
    auto younger = rebuild_younger(out, trial_report(data, "Younger"));
    auto const all = review({younger.result, rebuild_de_paula(out, trial_report(data, "de Paula")),
                             rebuild_bested(out, trial_report(data, "Bested"), younger.correlation),
                             rebuild_final(out, final_trial)},
                            younger.correlation);
    print_forest(out, all);
    print_pooled(out, all);
    print_cumulative(out, all);

    heading(out, "5  Trial sequential analysis: is the evidence conclusive?");
    auto const setting =
        settings{.error = chosen(two_sided{0.05}), .power = chosen(0.90), .difference = chosen(0.3)};
    paragraph(
        out,
        text("Two-sided error ", fixed(100 * setting.error.value.error, 0), "§ %, power ",
             fixed(100 * setting.power.value, 0),
             "§ %, DerSimonian-Laird, the size adjusted for diversity. "
             "The error is spent over the looks as O'Brien and Fleming would (Lan and DeMets 1983): early "
             "looks must show much more than 1.96, and the whole series keeps the 5§ %. Boundaries are "
             "symmetric; the one on LDN's side is shown."));
    out << '\n';
    auto const at_smd = print_monitoring_at_smd(out, all, setting);
    out << "\n5b  To detect one point§ on the 0-10 pain scale\n";
    auto const sd = standard_deviation_of_pain(out, final_trial);
    auto const at_one_point = print_monitoring_at_one_point(out, all, setting, sd);
    out << '\n';
    auto const by_information = print_monitoring_by_information(out, all, setting);

    heading(out, "6  What else the trial sequential analysis tells");
    auto const with_futility = print_futility(out, all, setting);
    out << '\n';
    print_adjusted_inference(out, all, {{"5a", at_smd}, {"5b", at_one_point}, {"5c", by_information}});
    out << '\n';
    print_power_to_come(out, all, setting, at_smd);
    out << '\n';
    auto const simulated = print_simulated(out, all, setting);
    out << '\n';
    auto const unplanned = print_e_process(out, all, setting);
    out << '\n';
    auto const believed = print_posterior(out, all, setting);
    out << '\n';
    print_methods(out, with_futility);

    print_responders(out, final_trial);
    print_published(out, all, published, sd);

    std::filesystem::create_directories(pictures);
    write_picture(pictures / "forest.svg", forest_picture(all));
    write_picture(pictures / "tsa.svg",
                  monitoring_picture(all, with_futility,
                                     "LDN for fibromyalgia pain: not yet conclusive for an SMD of 0.3",
                                     "SMD 0.3"));
    write_picture(pictures / "tsa-one-point.svg",
                  monitoring_picture(all, at_one_point,
                                     "LDN for fibromyalgia pain: with a target of one point",
                                     "one point on the 0–10 scale"));
    heading(out, "Pictures");
    for (auto const* const name : {"forest.svg", "tsa.svg", "tsa-one-point.svg"}) {
        out << (pictures / name).generic_string() << '\n';
    }
    print_answer(answer, all, setting, {simulated, unplanned, believed});
    answer << out.str();
}

} // namespace
} // namespace ldn

int main(int const count, char const* const* const arguments) {
    try {
        ldn::run(std::cout, count > 1 ? arguments[1] : "ldn-pictures",
                 count > 2 ? arguments[2] : ACCRUE_LDN_DATA);
    } catch (std::exception const& error) {
        std::cerr << "ldn: " << error.what() << '\n';
        return 1;
    }
}
