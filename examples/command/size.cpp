#include "size.hpp"

#include "measures.hpp"
#include <accrue/sequential/information.hpp>

#include <cmath>
#include <iostream>

namespace command {

void run(size_options const& options) {
    auto const [size, cpp] = target_of(options.measure, options.target);
    if (options.cpp) {
        std::cout
            << "#include <accrue/accrue.hpp>\n\n#include <cstdio>\n\nint main() {\n    using namespace "
               "accrue;\n"
               "    auto const size = "
            << cpp
            << ";\n    std::printf(\"%.0f participants, %.0f events, statistical information %.4f\\n\",\n"
               "                size.participants_rounded_up(), size.events_rounded_up(), "
               "size.statistical_information);\n}\n";
        return;
    }
    auto found = report{};
    auto& part = found.sections.emplace_back(section{.key = "size", .title = "Required information size"});
    part.add("error", "", options.target.alpha);
    part.add("power", "", options.target.power);
    part.add("participants", "participants, both arms", size.participants_rounded_up(), 0);
    part.add("participants_exact", "before rounding up", size.participants, 3);
    part.add("events", "events, both arms", size.events_rounded_up(), 0);
    part.add("events_exact", "before rounding up", size.events, 3);
    part.add("statistical_information", "statistical information (1 / variance)",
             size.statistical_information, 3);
    part.add("effect", "effect on the analysis scale", size.effect, 4);
    part.add("adjustment", "factor for heterogeneity", size.adjustment(), 3);
    if (!std::isnan(options.tau_squared)) {
        auto const trials = accrue::required_trials(size, options.tau_squared);
        part.add("least_trials", "trials at least, at this tau²", trials.minimum(), 0);
        bool const counts_events = std::isnan(size.participants);
        part.add(counts_events ? "events_per_trial" : "participants_per_trial",
                 counts_events ? "each then of events" : "each then of participants",
                 trials.participants_per_trial(trials.minimum()), 1);
        found.sentences.emplace_back(
            "tau² stands for the heterogeneity: with it, adjust the size by nothing else.");
    }
    options.to.write(found);
}

} // namespace command
