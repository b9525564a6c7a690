#pragma once

// From a measure of the library to one of the program, which reads what it needs from a table.

#include "csv.hpp"
#include "measures.hpp"
#include "reports.hpp"
#include <accrue/effect/effects.hpp>
#include <accrue/effect/incidence_rate.hpp>
#include <accrue/effect/log_odds_ratio.hpp>
#include <accrue/effect/proportion.hpp>
#include <accrue/effect/zero_cells.hpp>
#include <accrue/model/mantel_haenszel.hpp>
#include <accrue/model/peto.hpp>
#include <accrue/model/pool.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace command {

/// Whether both arms of a trial are without events, or have nothing else.
template <class Report>
bool is_double_zero(Report const&) {
    return false;
}
inline bool is_double_zero(accrue::two_arms<accrue::events> const& trial) {
    return !accrue::drop_double_zeros{}(trial);
}
inline bool is_double_zero(accrue::two_arms<accrue::rate> const& trial) {
    return !accrue::drop_double_zeros{}(trial);
}

using zero_cells = accrue::zero_cell_policy<>;

/// A measure that adds a number to zero cells.
template <class Measure>
concept adds_to_cells = requires(Measure const& value) { value.zero_cells.correction.amount; };

inline std::string name_at(table const& from, std::size_t const row) {
    for (auto const* const column : {"slab", "study", "trial", "author"}) {
        if (from.has(column)) {
            return std::string(from.text(row, from.place_of(column)));
        }
    }
    return "row " + std::to_string(row + 1);
}

/// "study 3: effect must be ..." without the study, which the line of the file stands for.
inline std::string without_study(accrue::invalid_input const& error) {
    auto const text = std::string(error.what());
    auto const colon = text.find(": ");
    return text.compare(0, 6, "study ") == 0 && colon != std::string::npos ? text.substr(colon + 2) : text;
}

/// Rows, names and reports of the studies, before there are estimates.
template <class Report>
struct reported_studies {
    studies found{};
    std::vector<Report> reports{};
};

template <class Report>
reported_studies<Report> read_reports(table const& from, reading const& options) {
    auto const read = reader<Report>(from);
    auto result = reported_studies<Report>{};
    for (std::size_t row = 0; row < from.rows(); ++row) {
        if (options.skip_missing && read.any_missing(row)) {
            result.found.left_out.push_back(row);
            continue;
        }
        auto const report = read(row);
        if (options.drop_double_zeros && is_double_zero(report)) {
            result.found.left_out.push_back(row);
            continue;
        }
        result.reports.push_back(report);
        result.found.rows.push_back(row);
    }
    if (result.reports.empty()) {
        throw bad_input(from.source() + ": no row has all numbers that the measure needs" +
                        (options.drop_double_zeros ? ", and events" : ""));
    }
    return result;
}

/// Participants of estimates stand in a column of their own, ni, where there is one.
inline double participants_at(table const& from, std::size_t const row) {
    return from.has("ni") && !from.is_missing(row, from.place_of("ni"))
               ? from.positive(row, from.place_of("ni"))
               : std::numeric_limits<double>::quiet_NaN();
}

template <class Report, class Measure>
studies read_studies(Measure const& effect, table const& from, reading const& options) {
    auto [found, reports] = read_reports<Report>(from, options);
    try {
        found.estimates = accrue::effects(effect, reports);
    } catch (accrue::invalid_input const& error) {
        if (error.study()) {
            from.refuse(found.rows[*error.study()], without_study(error));
        }
        throw;
    }
    for (std::size_t i = 0; i < reports.size(); ++i) {
        found.names.push_back(name_at(from, found.rows[i]));
        found.participants.push_back(participants_of(reports[i]));
        found.events.push_back(events_of(reports[i]));
    }
    return std::move(found);
}

/// A model of counts for the reports of a table; none where the model does not pool such reports.
template <class Report, class Model>
count_model counts_pooled_by(Model const& model) {
    if constexpr (accrue::pools<Model, std::vector<Report>>) {
        return [model](table const& from, studies const& given) {
            auto const read = reader<Report>(from);
            auto reports = std::vector<Report>();
            for (auto const row : given.rows) {
                reports.push_back(read(row));
            }
            auto result =
                pooled_whole{accrue::pool(model, reports),
                             std::vector<double>(reports.size(), std::numeric_limits<double>::quiet_NaN())};
            if constexpr (accrue::weighs<Model, std::vector<Report>>) {
                result.shares = model.weights(std::span<Report const>(reports));
            }
            return result;
        };
    } else {
        return {};
    }
}

/// Peto's model is of odds ratios alone.
template <class Report, class Measure>
count_model peto_of(Measure const&) {
    if constexpr (std::same_as<Measure, accrue::log_odds_ratio<zero_cells>>) {
        return counts_pooled_by<Report>(accrue::peto{});
    } else {
        return {};
    }
}

/// The way back of a library's measure. Freeman and Tukey's depend on the size n, which the variance tells.
template <class Report, class Measure>
any_back_transform back_transform_of(Measure const& value) {
    if constexpr (requires { value.back_transform(0.0); }) {
        return {[value](double const x) { return value.back_transform(x); }};
    } else {
        constexpr bool of_time = std::same_as<Report, accrue::rate>;
        auto const of_endless = [](double const x) {
            return of_time ? accrue::square_root_incidence_rate::back_transform(x)
                           : accrue::arcsine_proportion::back_transform(x);
        };
        return {of_endless, [value, of_endless](double const x, double const variance) {
                    double const size = 1 / (4 * variance) - (of_time ? 0 : 0.5);
                    return size > 0 ? value.back_transform(x, size) : of_endless(x);
                }};
    }
}

/// A measure of reports of one kind; `make` makes it from what happens to zero cells.
template <class Report, class Make>
measure of_reports(std::string name, std::string title, std::string analysed_as, std::string cpp,
                   std::string report, Make const& make) {
    auto const value = make(zero_cells{});
    return {.name = std::move(name),
            .title = std::move(title),
            .analysed_as = std::move(analysed_as),
            .columns = reader<Report>::columns,
            .cpp = std::move(cpp),
            .report = std::move(report),
            .back_transform = back_transform_of<Report>(value),
            .read =
                [make](table const& from, reading const& options) {
                    return read_studies<Report>(make(zero_cells{{options.added}}), from, options);
                },
            .initialisers =
                [](table const& from, studies const& given, reading const&) {
                    auto const read = reader<Report>(from);
                    auto result = std::vector<std::string>();
                    for (auto const row : given.rows) {
                        result.push_back(cpp_of(read(row)));
                    }
                    return result;
                },
            .mantel_haenszel = counts_pooled_by<Report>(accrue::mantel_haenszel{value}),
            .peto = peto_of<Report>(value),
            .corrects_zeros = adds_to_cells<std::remove_cvref_t<decltype(value)>>};
}

/// The studies' effects and variances as initialisers of C++.
[[nodiscard]] std::vector<std::string> estimates_as_initialisers(table const&, studies const& given,
                                                                 reading const&);

/// Measures that reviews seldom use: those of variability, of correlations of two by two tables, of matched
/// pairs, and transformations of one proportion, rate or mean.
[[nodiscard]] std::vector<measure> rarer_measures();

} // namespace command
