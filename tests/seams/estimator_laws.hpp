#pragma once

#include "seams/combinations.hpp"
#include "seams/data.hpp"
#include "seams/parts.hpp"
#include <accrue/inference/subgroups.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue::test::seams {

/// Evidence of each kind, made of the same studies.
[[nodiscard]] inline evidence_accumulator accumulated(std::vector<estimate> const& studies) {
    auto result = evidence_accumulator{};
    for (auto const& study : studies) {
        result.add(study);
    }
    return result;
}
[[nodiscard]] inline double largest_size(std::vector<estimate> const& studies) {
    double largest = 0;
    for (auto const& study : studies) {
        largest = std::fmax(largest, std::fabs(study.effect));
    }
    return largest;
}
/// A view, which the parts must outlive.
[[nodiscard]] inline groups grouped(std::vector<std::vector<estimate>> const& parts) {
    auto lists = std::vector<list>{};
    for (auto const& part : parts) {
        lists.emplace_back(part);
    }
    return groups(std::move(lists));
}
/// With a mean for each of `count` groups that take turns: an intercept, and an indicator of all but the
/// first.
[[nodiscard]] inline moderated with_indicators(std::vector<estimate> const& studies,
                                               std::size_t const count) {
    auto columns =
        design_matrix::matrix(static_cast<Eigen::Index>(studies.size()), static_cast<Eigen::Index>(count));
    auto names = std::vector<std::string>{};
    for (std::size_t j = 0; j < count; ++j) {
        names.push_back("column " + std::to_string(j));
        for (std::size_t i = 0; i < studies.size(); ++i) {
            columns(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
                j == 0 || i % count == j ? 1 : 0;
        }
    }
    return moderated(studies, design_matrix(columns, names));
}

/// The laws that hold for every estimator of tau², on every kind of evidence.
class estimator_laws {
  public:
    template <class Estimators>
    void expect_of_all(Estimators const& estimators) {
        for_each_part(estimators, [&](auto const& each) {
            expect_of(named<any_estimator>{each.name, any_estimator(each.part), each.has_scale});
        });
        tried_.report();
    }

  private:
    void expect_of(named<any_estimator> const& each) {
        for (auto const& data : data_sets()) {
            auto const& studies = data.studies;
            auto const whole = std::vector<std::vector<estimate>>(1, studies);
            auto const halves = by_turns(studies);
            expect_sound_on(each, data, "a list", [&] { return list(studies); });
            expect_sound_on(each, data, "one group", [&] { return grouped(whole); });
            expect_sound_on(each, data, "two groups", [&] { return grouped(halves); });
            expect_sound_on(each, data, "an accumulator", [&] { return accumulated(studies); });
            expect_sound_on(each, data, "an intercept", [&] { return with_indicators(studies, 1); });
            expect_sound_on(each, data, "two indicators", [&] { return with_indicators(studies, 2); });
            tried_.run("common_tau_squared, " + each.name, data.name, [&] {
                auto const shared = common_tau_squared(each.part, halves);
                expect_sound(tau_squared_estimate{shared.value, 0, shared.status});
            });
            expect_exact_laws(each, data);
            expect_agreement(each, data);
            if (data.regular) {
                expect_laws(each, data);
            }
        }
    }

    template <class Make>
    void expect_sound_on(named<any_estimator> const& each, data_set const& data, std::string const& kind,
                         Make const& make) {
        tried_.run(each.name + " on " + kind, data.name, [&] {
            auto const evidence = make();
            auto const result = each.part(evidence);
            expect_sound(result);
            if (data.regular) {
                EXPECT_EQ(result.status, status::ok);
            }
            if (each.part.has_standard_error() && data.regular && evidence.degrees_of_freedom() > 0) {
                double const error = each.part.standard_error(evidence, result.value);
                EXPECT_TRUE(std::isfinite(error) && error > 0) << "standard error " << error;
            }
        });
    }

    /// Kinds of evidence that hold the same agree on what the data determine, also of extreme data.
    void expect_agreement(named<any_estimator> const& each, data_set const& data) {
        auto const whole = std::vector<std::vector<estimate>>(1, data.studies);
        auto const expect_as_list = [&](auto const& evidence) {
            auto const on_list = each.part(list(data.studies));
            auto const result = each.part(evidence);
            double const variance = list(data.studies).smallest_variance();
            double const largest = largest_size(data.studies);
            // Sums of the data themselves overflow there, which a list that is summed about its mean avoids.
            bool const near_the_limit = largest > 1e300 || list(data.studies).largest_variance() > 1e300;
            if (near_the_limit && result.status == status::undefined) {
                return;
            }
            EXPECT_EQ(to_string(result.status), to_string(on_list.status))
                << result.value << ", of the list " << on_list.value;
            expect_close("tau²", result.value, on_list.value, 1e-6, variance + largest * 1e-9 * largest);
        };
        tried_.run("one group as list, " + each.name, data.name, [&] { expect_as_list(grouped(whole)); });
        tried_.run("accumulator as list, " + each.name, data.name,
                   [&] { expect_as_list(accumulated(data.studies)); });
        tried_.run("intercept as list, " + each.name, data.name,
                   [&] { expect_as_list(with_indicators(data.studies, 1)); });
    }

    /// Changes that only change signs or powers of two change the result likewise, to the last bit.
    void expect_exact_laws(named<any_estimator> const& each, data_set const& data) {
        auto const mirrored = changed(data.studies, -1, 0);
        tried_.run("sign of effects, " + each.name, data.name, [&] {
            auto const plain = each.part(list(data.studies));
            auto const turned = each.part(list(mirrored));
            EXPECT_EQ(plain.status, turned.status);
            EXPECT_TRUE(same(plain.value, turned.value)) << plain.value << " and " << turned.value;
        });
        if (each.has_scale || !data.regular) {
            return;
        }
        for (double const factor : {std::ldexp(1.0, 30), std::ldexp(1.0, -100), std::ldexp(1.0, 200)}) {
            auto const scaled = changed(data.studies, factor, 0);
            auto const halves = by_turns(data.studies);
            auto const scaled_halves = by_turns(scaled);
            auto const expect_scaled = [&](auto const& plain, auto const& after) {
                auto const before = each.part(plain);
                auto const result = each.part(after);
                EXPECT_TRUE(same(before.value * factor * factor, result.value))
                    << before.value << " times the square of " << factor << ", and " << result.value;
            };
            tried_.run("scale of a list, " + each.name, data.name,
                       [&] { expect_scaled(list(data.studies), list(scaled)); });
            tried_.run("scale of groups, " + each.name, data.name,
                       [&] { expect_scaled(grouped(halves), grouped(scaled_halves)); });
            tried_.run("scale of an accumulator, " + each.name, data.name,
                       [&] { expect_scaled(accumulated(data.studies), accumulated(scaled)); });
            tried_.run("scale with moderators, " + each.name, data.name,
                       [&] { expect_scaled(with_indicators(data.studies, 1), with_indicators(scaled, 1)); });
        }
    }

    /// Laws to rounding error, and the kinds of evidence against each other.
    void expect_laws(named<any_estimator> const& each, data_set const& data) {
        auto const& studies = data.studies;
        double const expected = each.part(list(studies)).value;
        // Where tau² is near 0 it is the difference of terms of the size of the variances.
        double const scale =
            std::min_element(studies.begin(), studies.end(), [](auto const& a, auto const& b) {
                return a.variance < b.variance;
            })->variance;
        auto const expect_same = [&](std::string const& law, auto const& evidence) {
            expect_close(law, each.part(evidence).value, expected, 1e-8, scale);
        };
        auto const whole = std::vector<std::vector<estimate>>(1, studies);
        auto const backwards = reversed(studies);
        auto const shifted = changed(studies, 1, 5);
        tried_.run("permutation, " + each.name, data.name,
                   [&] { expect_same("the order of studies", list(backwards)); });
        tried_.run("translation, " + each.name, data.name, [&] { expect_same("an offset", list(shifted)); });
        tried_.run("accumulator and list, " + each.name, data.name,
                   [&] { expect_same("an accumulator", accumulated(studies)); });
        tried_.run("merged accumulators, " + each.name, data.name, [&] {
            auto merged = evidence_accumulator{};
            for (auto const& part : by_turns(studies)) {
                merged += accumulated(part);
            }
            expect_same("merged accumulators", merged);
        });
        tried_.run("one group and list, " + each.name, data.name,
                   [&] { expect_same("one group", grouped(whole)); });
        tried_.run("intercept and list, " + each.name, data.name,
                   [&] { expect_same("an intercept alone", with_indicators(studies, 1)); });
        tried_.run("indicators and groups, " + each.name, data.name, [&] {
            auto const halves = by_turns(studies);
            expect_close("indicators and groups", each.part(with_indicators(studies, 2)).value,
                         each.part(grouped(halves)).value, 1e-8, scale);
        });
    }

    combinations tried_;
};

} // namespace accrue::test::seams
