#pragma once

#include "csv.hpp"
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/pooled.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace command {

/// The way from the analysis scale of a measure to that of reports, as the library's measures have one.
struct any_back_transform {
    std::function<double(double)>
        function; ///< for measures that depend on the size: that of an endless study
    /// The way back for the size that a study of this variance has; empty where it does not depend on it.
    std::function<double(double x, double variance)> by_variance{};

    /// The way back of a study's or a pooled effect of this variance.
    [[nodiscard]] any_back_transform of(double const variance) const {
        if (!by_variance || !(variance > 0)) {
            return *this;
        }
        return {[back = by_variance, variance](double const x) { return back(x, variance); }};
    }

    double operator()(double const x) const { return function(x); }
    accrue::interval operator()(accrue::interval const& x) const {
        return {function(x.lower), function(x.upper)};
    }
};

/// How reports become estimates.
struct reading {
    double added = 0.5; ///< to the cells of studies with a zero
    bool drop_double_zeros = false;
    bool skip_missing = false; ///< leave out rows without a number that the measure needs
    double given_level = 0.95; ///< of ci.lb and ci.ub
};

/// The studies of a table by a measure.
struct studies {
    std::vector<std::size_t> rows{};     ///< of the table, one a study
    std::vector<std::size_t> left_out{}; ///< rows without a number, or without events
    std::vector<std::string> names{};    ///< slab or study, or "study 3"
    std::vector<accrue::estimate> estimates{};
    std::vector<double> participants{}; ///< NaN where the measure's columns do not tell
    std::vector<double> events{};       ///< NaN where there are none
};

/// A pooled effect of more than estimates (counts, or effects in clusters), and the studies' shares in it;
/// NaN where the model has none.
struct pooled_whole {
    accrue::pooled result;
    std::vector<double> shares;
};

/// A model that pools counts rather than estimates; empty where a measure has none.
using count_model = std::function<pooled_whole(table const&, studies const&)>;

/// An effect measure by its name in metafor, and the columns that it is computed from.
struct measure {
    std::string name;
    std::string title;       ///< "Risk ratio"
    std::string analysed_as; ///< "log risk ratio"
    std::string columns;     ///< "ai n1i ci n2i, or ai bi ci di"
    std::string cpp;         ///< "log_risk_ratio{}"
    std::string report;      ///< "two_arms<events>"
    any_back_transform back_transform;
    std::function<studies(table const&, reading const&)> read;
    /// The reports of these rows, as initialisers of C++.
    std::function<std::vector<std::string>(table const&, studies const&, reading const&)> initialisers;
    count_model mantel_haenszel{};
    count_model peto{};
    bool corrects_zeros = false; ///< whether something is added to zero cells
};

[[nodiscard]] std::vector<measure> const& all_measures();

/// \throws usage_error that lists the measures
[[nodiscard]] measure const& measure_named(std::string const& name);

/// Whether a measure is analysed as a logarithm and shown as a ratio.
[[nodiscard]] bool shows_ratios(measure const& effect);

/// Some of the studies, by their places.
[[nodiscard]] studies some_of(studies const& given, std::vector<std::size_t> const& places);

/// A number as C++ reads it back exactly.
[[nodiscard]] std::string cpp_number(double value);
/// A text as a literal of C++.
[[nodiscard]] std::string cpp_text(std::string const& text);

/// What a column of labels says of each study. \throws bad_input naming line and column where a label is
/// missing
[[nodiscard]] std::vector<std::string> labels_of(table const& from, studies const& given,
                                                 std::string const& column);
/// What a column of numbers says of each study. \throws bad_input naming line and column
[[nodiscard]] std::vector<double> numbers_of(table const& from, studies const& given,
                                             std::string const& column);

/// The studies in the order of a column of numbers, such as the year; those of one year stay as they are.
[[nodiscard]] studies in_order_of(table const& from, studies const& given, std::string const& column);

} // namespace command
