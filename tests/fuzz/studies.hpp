#pragma once

#include "fuzz/fuzz.hpp"
#include <accrue/estimate.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <cstddef>
#include <vector>

namespace accrue::test {

inline std::vector<estimate> read_studies(byte_source& in, std::size_t const most) {
    auto studies = std::vector<estimate>{};
    bool const ordinary = in.flag();
    for (auto left = in.up_to(most); left > 0; --left) {
        if (ordinary) {
            studies.push_back({(in.count(2000) - 1000) / 250, (in.count(1000) + 1) / 500});
        } else {
            double const effect = in.number();
            studies.push_back({effect, in.flag() ? in.positive() : in.number()});
        }
    }
    return studies;
}

inline std::vector<two_arms<events>> read_trials(byte_source& in, std::size_t const most,
                                                 unsigned const participants) {
    auto trials = std::vector<two_arms<events>>{};
    auto const group = [&]() -> events {
        double const total = in.count(participants);
        return {in.byte() < 250 ? std::min(total, in.count(participants)) : in.number(), total};
    };
    for (auto left = in.up_to(most); left > 0; --left) {
        auto const treatment = group();
        trials.push_back({treatment, group()});
    }
    return trials;
}

} // namespace accrue::test
