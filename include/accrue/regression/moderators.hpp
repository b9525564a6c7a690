#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/refused.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace accrue {

/// The value of one moderator in a place of interest: `{"year", 1990.0}` or `{"allocation", "random"}`.
template <real Real>
struct basic_moderator_value {
    basic_moderator_value(std::string moderator, Real const& number)
        : name(std::move(moderator)), value(number) {}
    basic_moderator_value(std::string moderator, std::string label)
        : name(std::move(moderator)), value(std::move(label)) {}
    basic_moderator_value(std::string moderator, char const* const label)
        : name(std::move(moderator)), value(std::string(label)) {}

    std::string name;
    std::variant<Real, std::string> value; ///< a number, or a factor's label
};

using moderator_value = basic_moderator_value<double>;

/// Values of moderators by name, in any order: `{{"year", 1990.0}, {"allocation", "random"}}`.
template <real Real>
class basic_moderator_row {
  public:
    basic_moderator_row(std::initializer_list<basic_moderator_value<Real>> const values) : values_(values) {}
    explicit basic_moderator_row(std::vector<basic_moderator_value<Real>> values)
        : values_(std::move(values)) {}

    [[nodiscard]] std::vector<basic_moderator_value<Real>> const& values() const { return values_; }

  private:
    std::vector<basic_moderator_value<Real>> values_;
};

using moderator_row = basic_moderator_row<double>;

/// The terms of a meta-regression without the studies' values: what turns named values into a row of the
/// design, and coefficients back into terms.
template <real Real>
class basic_design_terms {
  public:
    /// One moderator.
    struct term {
        std::string name;
        std::vector<std::string> levels; ///< of a factor, those with a column; empty for a number
        std::string reference;           ///< the level of a factor without a column; empty if all have one
        std::size_t column;              ///< the first of its columns

        [[nodiscard]] bool is_factor() const { return !levels.empty() || !reference.empty(); }
        [[nodiscard]] std::size_t columns() const { return is_factor() ? levels.size() : 1; }
    };

    basic_design_terms() = default;
    basic_design_terms(std::vector<term> terms, bool const intercept)
        : terms_(std::move(terms)), intercept_(intercept) {}

    /// The terms of a design of which only the columns' names are known. Each is a number, but the first is
    /// the intercept if that is its name.
    [[nodiscard]] static basic_design_terms of_columns(std::vector<std::string> const& names) {
        std::size_t const first = !names.empty() && names.front() == "intercept" ? 1 : 0;
        auto result = basic_design_terms({}, first == 1);
        for (std::size_t j = first; j < names.size(); ++j) {
            result.terms_.push_back({names[j], {}, {}, j});
        }
        return result;
    }

    [[nodiscard]] bool has_intercept() const { return intercept_; }
    [[nodiscard]] std::vector<term> const& terms() const { return terms_; }
    [[nodiscard]] std::size_t columns() const {
        return terms_.empty() ? (intercept_ ? 1 : 0) : terms_.back().column + terms_.back().columns();
    }

    /// The names of the coefficients: "intercept", that of a number, and "factor: level" for each level that
    /// has a column.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> result;
        if (intercept_) {
            result.emplace_back("intercept");
        }
        for (auto const& one : terms_) {
            if (!one.is_factor()) {
                result.push_back(one.name);
            }
            for (auto const& level : one.levels) {
                result.push_back(one.name + ": " + level);
            }
        }
        return result;
    }

    /// Refuses moderators that are not those of this regression: their coefficients have other names.
    ///
    /// \throws invalid_input that lists both
    void require_same(basic_design_terms const& given) const {
        auto const own = names(), others = given.names();
        if (own != others) {
            throw invalid_input("moderators must be those that the regression was fitted with, whose "
                                "coefficients are " +
                                detail::listed(own) + ", but these have " + detail::listed(others));
        }
    }

    /// What is thrown for a name that is no moderator; it names those that there are.
    [[nodiscard]] invalid_input no_moderator(std::string const& name) const {
        auto names = std::vector<std::string>{};
        for (auto const& one : terms_) {
            names.push_back(one.name);
        }
        return invalid_input(detail::none_named("moderator", name, names));
    }

    /// The row of the design at named values, one for each moderator.
    ///
    /// \throws invalid_input for a name that is no moderator, one that is missing or given twice, a level
    /// that no study has, and a number for a factor or the reverse
    [[nodiscard]] std::vector<Real> row(basic_moderator_row<Real> const& named_values) const {
        auto const& values = named_values.values();
        auto result = std::vector<Real>(columns(), Real(0));
        if (intercept_) {
            result.front() = Real(1);
        }
        for (auto const& value : values) {
            auto const named = [&](term const& one) { return one.name == value.name; };
            if (std::none_of(terms_.begin(), terms_.end(), named)) {
                throw no_moderator(value.name);
            }
        }
        for (auto const& one : terms_) {
            auto const named = [&](basic_moderator_value<Real> const& value) {
                return value.name == one.name;
            };
            auto const found = std::find_if(values.begin(), values.end(), named);
            if (std::count_if(values.begin(), values.end(), named) != 1) {
                throw invalid_input("moderator '" + one.name + "' must have one value in the row");
            }
            set(one, *found, result);
        }
        return result;
    }

    /// The row of the design from numbers, one a column; the 1 of the intercept may be left out.
    ///
    /// \throws invalid_input unless there are as many numbers as columns and all are finite
    [[nodiscard]] std::vector<Real> row(std::span<Real const> const numbers) const {
        auto result = std::vector<Real>(numbers.begin(), numbers.end());
        if (intercept_ && numbers.size() + 1 == columns()) {
            result.insert(result.begin(), Real(1));
        }
        if (result.size() != columns()) {
            throw invalid_input("a row must have " + std::to_string(columns()) +
                                " numbers, one a coefficient" +
                                (intercept_ ? " (that of the intercept may be left out)" : "") +
                                ", but has " + std::to_string(numbers.size()));
        }
        for (auto const& number : result) {
            detail::require_finite("value of a moderator", number);
        }
        return result;
    }

  private:
    static void set(term const& one, basic_moderator_value<Real> const& value, std::vector<Real>& row) {
        auto const* const label = std::get_if<std::string>(&value.value);
        if (one.is_factor() != (label != nullptr)) {
            throw invalid_input("moderator '" + one.name + "' must be a " +
                                (one.is_factor() ? "label" : "number"));
        }
        if (label == nullptr) {
            detail::require_finite("moderator '" + one.name + "'", std::get<Real>(value.value));
            row[one.column] = std::get<Real>(value.value);
            return;
        }
        auto const level = std::find(one.levels.begin(), one.levels.end(), *label);
        if (level != one.levels.end()) {
            row[one.column + static_cast<std::size_t>(level - one.levels.begin())] = Real(1);
        } else if (one.reference.empty() || *label != one.reference) {
            throw invalid_input("factor '" + one.name + "' has no level '" + *label + "'");
        }
    }

    std::vector<term> terms_;
    bool intercept_ = true;
};

/// Moderators of a meta-regression: what is known of each study beside its effect, as named columns of
/// numbers and factors.
///
///     auto const given =
///         moderators{}.with("latitude", latitudes).with_factor("allocation", labels, "random");
///     auto const fit = meta_regression(random_effects{}, estimates, given);
///
/// The coefficients come in the order of the intercept, then as added. A number has one coefficient, the
/// change of the effect by one unit. A factor has one for each level but the reference, the difference from
/// the reference; their names are "allocation: alternate" and so on, in alphabetical order. There is an
/// intercept unless it is taken away; then the first factor has a coefficient for every level, the effect at
/// that level. Columns need not be centred or scaled: no digits are lost either way.
template <real Real>
class basic_moderators {
  public:
    /// Adds a numeric moderator, one value a study in the order of the estimates.
    ///
    /// \throws invalid_input for an empty name or one that is taken, and a value that is not finite; it names
    /// study and moderator
    [[nodiscard]] basic_moderators with(std::string name, std::vector<Real> values) const {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!detail::is_finite(values[i])) {
                throw invalid_input(i, "moderator '" + name + "' must be finite, but is " +
                                           detail::to_text(static_cast<double>(values[i])));
            }
        }
        return with_column({std::move(name), std::move(values), {}, {}});
    }
    template <detail::contiguous Values>
        requires(!std::convertible_to<Values, std::vector<Real>>)
    ACCRUE_REFUSED("numbers are a std::vector<double>; labels go to with_factor(name, labels)",
                   with(std::string const&, Values const&) const);
    ACCRUE_REFUSED("moderators have names: moderators{}.with(name, values)",
                   with(detail::contiguous auto const&) const);

    /// Adds a factor, one label a study in the order of the estimates.
    ///
    /// \param reference the level that the others are compared with; the first in alphabetical order if none
    /// is given
    /// \throws invalid_input for an empty name or one that is taken, fewer than two levels, an empty label
    /// (it names the study), and a reference that no study has
    [[nodiscard]] basic_moderators with_factor(std::string name, std::vector<std::string> labels,
                                               std::optional<std::string> const& reference = {}) const {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (labels[i].empty()) {
                throw invalid_input(i, "factor '" + name + "' must have a label");
            }
        }
        auto levels = labels;
        std::sort(levels.begin(), levels.end());
        levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
        if (levels.size() == 1) {
            throw invalid_input("factor '" + name + "' must have two levels or more, but has only '" +
                                levels.front() + "'");
        }
        if (reference) {
            auto const place = std::find(levels.begin(), levels.end(), *reference);
            if (place == levels.end()) {
                throw invalid_input("factor '" + name + "' has no study at its reference level '" +
                                    *reference + "'");
            }
            std::rotate(levels.begin(), place, place + 1);
        }
        return with_column({std::move(name), {}, std::move(labels), std::move(levels)});
    }
    template <detail::contiguous Labels>
        requires(!std::convertible_to<Labels, std::vector<std::string>>)
    ACCRUE_REFUSED("labels are a std::vector<std::string>; numbers go to with(name, values)",
                   with_factor(std::string const&, Labels const&, auto const&...) const);

    /// The same without the intercept.
    [[nodiscard]] basic_moderators without_intercept() const {
        auto result = *this;
        result.intercept_ = false;
        return result;
    }

    /// The studies' mean of a numeric moderator.
    ///
    /// \throws invalid_input when there is none of that name
    [[nodiscard]] Real mean(std::string const& name) const {
        for (auto const& one : columns_) {
            if (one.name == name && !one.is_factor() && !one.values.empty()) {
                Real const origin = one.values.front();
                Real const beyond = detail::sum_over<Real>(
                    one.values, [&](auto const& value) { return Real(value - origin); });
                return origin + beyond / detail::from_count<Real>(one.values.size());
            }
        }
        throw invalid_input("there is no numeric moderator '" + name + "'");
    }

    /// The terms of the regression, without the studies' values.
    [[nodiscard]] basic_design_terms<Real> terms() const {
        std::vector<typename basic_design_terms<Real>::term> result;
        std::size_t next = intercept_ ? 1 : 0;
        bool full = !intercept_; // the first factor has all levels then
        for (auto const& one : columns_) {
            result.push_back({one.name, {}, {}, next});
            if (one.is_factor()) {
                result.back().levels.assign(one.levels.begin() + (full ? 0 : 1), one.levels.end());
                result.back().reference = full ? std::string() : one.levels.front();
                full = false;
            }
            next += result.back().columns();
        }
        return {std::move(result), intercept_};
    }

    /// The design matrix for `studies` studies.
    ///
    /// \throws invalid_input unless every moderator has a value for each of them (it names the moderator),
    /// and as `basic_design_matrix` does
    [[nodiscard]] basic_design_matrix<Real> design(std::size_t const studies) const {
        auto const layout = terms();
        auto const rows = static_cast<Eigen::Index>(studies);
        detail::matrix<Real> matrix =
            detail::matrix<Real>::Zero(rows, static_cast<Eigen::Index>(layout.columns()));
        if (intercept_) {
            matrix.col(0).setConstant(Real(1));
        }
        for (std::size_t j = 0; j < columns_.size(); ++j) {
            auto const& one = columns_[j];
            auto const& term = layout.terms()[j];
            if (one.size() != studies) {
                throw invalid_input("moderator '" + one.name + "' must have one value a study, but has " +
                                    std::to_string(one.size()) + " for " +
                                    detail::number_of_studies(studies));
            }
            for (std::size_t i = 0; i < studies; ++i) {
                if (!one.is_factor()) {
                    matrix.data()[term.column * studies + i] = one.values[i];
                    continue;
                }
                auto const level = std::find(term.levels.begin(), term.levels.end(), one.labels[i]);
                if (level != term.levels.end()) {
                    auto const place = static_cast<std::size_t>(level - term.levels.begin());
                    matrix.data()[(term.column + place) * studies + i] = Real(1);
                }
            }
        }
        return {matrix, layout.names()};
    }

  private:
    struct column {
        std::string name;
        std::vector<Real> values;
        std::vector<std::string> labels;
        std::vector<std::string> levels; ///< of a factor, the reference first

        [[nodiscard]] bool is_factor() const { return !levels.empty(); }
        [[nodiscard]] std::size_t size() const { return is_factor() ? labels.size() : values.size(); }
    };

    [[nodiscard]] basic_moderators with_column(column added) const {
        detail::require_that(!added.name.empty(), "a moderator must have a name");
        for (auto const& one : columns_) {
            if (one.name == added.name) {
                throw invalid_input("there is already a moderator '" + added.name + "'");
            }
        }
        auto result = *this;
        result.columns_.push_back(std::move(added));
        return result;
    }

    std::vector<column> columns_;
    bool intercept_ = true;
};

using moderators = basic_moderators<double>;

} // namespace accrue
