#pragma once

#include <accrue/compiled.hpp>
#include <accrue/real.hpp>

#include <clocale>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace accrue {

/// Thrown when data or an option can't mean anything: NaN, a negative variance, more events than
/// participants, a confidence level outside (0, 1). The message names the argument, what it must be and what
/// it was. When it was one of several studies the text counts them from 1, as people do ("study 3"), and
/// `study()` is that study's index in the container that was passed, counted from zero (2).
///
/// An iteration that does not converge is not an error of the input: it returns its result with a `status`.
class invalid_input : public std::invalid_argument {
  public:
    /// An error that is not about one study: an option, an empty list. `problem` becomes `what()`.
    [[gnu::cold]] explicit invalid_input(std::string problem)
        : std::invalid_argument(problem), problem_(std::move(problem)) {}

    /// An error about one study of a set, by its index: `what()` is "study 3: " followed by `problem`, for
    /// index 2.
    [[gnu::cold]] invalid_input(std::size_t const study, std::string problem)
        : std::invalid_argument("study " + std::to_string(study + 1) + ": " + problem),
          problem_(std::move(problem)), study_(study) {}

    /// The same error, now known to be about one study of a set.
    [[nodiscard]] invalid_input at_study(std::size_t const study) const { return {study, problem_}; }

    /// The same error, now known to be about one part of a report: "treatment: n must be ...".
    [[nodiscard]] invalid_input in(std::string_view const part) const {
        std::string problem = std::string(part) + ": " + problem_;
        return study_ ? invalid_input(*study_, std::move(problem)) : invalid_input(std::move(problem));
    }

    /// The same error, now known to be about one set of several: "group 2: study 3: variance must be ...".
    [[nodiscard]] invalid_input of(std::string_view const set) const {
        auto named = invalid_input(std::string(set) + ": " + what());
        named.study_ = study_;
        return named;
    }

    /// Index of the study at fault, counted from zero, in the set that the text names where there are
    /// several; empty when the error is not about one study.
    [[nodiscard]] std::optional<std::size_t> study() const noexcept { return study_; }

  private:
    std::string problem_;
    std::optional<std::size_t> study_;
};

namespace detail {

/// "1 study", "12 studies".
[[gnu::cold]] inline std::string number_of_studies(std::size_t const count) {
    return std::to_string(count) + (count == 1 ? " study" : " studies");
}

[[gnu::cold]] inline std::string number_of_trials(std::size_t const count) {
    return std::to_string(count) + (count == 1 ? " trial" : " trials");
}

/// The text of a number with a point, whatever the decimal point of the program's locale, in which the C
/// library writes.
inline std::string with_point(std::string text) {
    auto const point = std::string_view(std::localeconv()->decimal_point);
    if (auto const place = text.find(point); place != std::string::npos) {
        text.replace(place, point.size(), 1, '.');
    }
    return text;
}

/// The shortest decimal text that reads back as the same double, in the shorter of the forms 0.00012 and
/// 1.2e-04. (`std::to_chars` does this; not every standard library has it for floating numbers.)
[[gnu::cold]] inline std::string to_text(double const value) {
    if (!is_finite(value)) {
        return value < 0 ? "-inf" : value > 0 ? "inf" : "nan";
    }
    char scientific[32];
    int decimals = 0;
    do {
        std::snprintf(scientific, sizeof scientific, "%.*e", decimals, value);
    } while (magnitude(std::strtod(scientific, nullptr) - value) > 0 && ++decimals < 17);
    auto const exponent = std::atoi(std::strchr(scientific, 'e') + 1);
    char fixed[400];
    std::snprintf(fixed, sizeof fixed, "%.*f", exponent < decimals ? decimals - exponent : 0, value);
    return with_point(std::strlen(fixed) <= std::strlen(scientific) ? fixed : scientific);
}

/// Throws "argument must be requirement, but is value", with the value as a `double`.
template <real Real>
[[noreturn, gnu::cold]] void raise(std::string_view const argument, std::string_view const requirement,
                                   Real const& value) {
    throw invalid_input(std::string(argument) + " must be " + std::string(requirement) + ", but is " +
                        to_text(static_cast<double>(value)));
}

ACCRUE_HELD_BY_THE_LIBRARY(void raise(std::string_view, std::string_view, double const&));

/// The one place where data are refused. Callers state what must hold rather than what must not, because
/// every comparison with NaN is false: `value > 0` refuses NaN, `!(value <= 0)` would let it pass.
template <real Real>
void require(bool const holds, std::string_view const argument, std::string_view const requirement,
             Real const& value) {
    if (!holds) [[unlikely]] {
        raise(argument, requirement, value);
    }
}

/// Throws the sentence unless what it asks for holds.
inline void require_that(bool const holds, std::string_view const sentence) {
    if (!holds) [[unlikely]] {
        throw invalid_input(std::string(sentence));
    }
}

/// The same of one study.
inline void require_that(bool const holds, std::size_t const study, std::string_view const sentence) {
    if (!holds) [[unlikely]] {
        throw invalid_input(study, std::string(sentence));
    }
}

/// For indices: "argument must be below limit, 3, but is 5".
inline void require_below(std::string_view const argument, std::size_t const index,
                          std::string_view const limit, std::size_t const count) {
    if (index >= count) [[unlikely]] {
        throw invalid_input(std::string(argument) + " must be below " + std::string(limit) + ", " +
                            std::to_string(count) + ", but is " + std::to_string(index));
    }
}

/// For what goes with each trial, study or look: "dates must be as many as trials, 3, but are 2".
inline void require_one_each(std::string_view const argument, std::size_t const given,
                             std::string_view const of, std::size_t const count) {
    if (given != count) [[unlikely]] {
        throw invalid_input(std::string(argument) + " must be as many as " + std::string(of) + ", " +
                            std::to_string(count) + ", but are " + std::to_string(given));
    }
}

/// For effects, means and statistics, which may have either sign.
template <real Real>
void require_finite(std::string_view const argument, Real const& value) {
    require(is_finite(value), argument, "finite", value);
}

/// For variances, standard errors, standard deviations and times at risk. Zero would be infinite precision,
/// and one such study would determine every pooled result.
template <real Real>
void require_positive(std::string_view const argument, Real const& value) {
    require(value > 0 && is_finite(value), argument, "positive and finite", value);
}

/// For counts, which need not be whole numbers (corrected cells are not), and for tau².
template <real Real>
void require_not_negative(std::string_view const argument, Real const& value) {
    require(value >= 0 && is_finite(value), argument, "zero or positive, and finite", value);
}

/// For counts of participants. From 2^53 on there are whole numbers that no `double` holds.
template <real Real>
void require_whole(std::string_view const argument, Real const& value) {
    require(value <= floor(value) && value < Real(9007199254740992.0), argument, "a whole number below 2^53",
            value);
}

/// For levels, errors and p-values as probabilities. It also catches the commonest slip, a level in per cent
/// (95 for 0.95).
template <real Real>
void require_between_0_and_1(std::string_view const argument, Real const& value) {
    require(value > 0 && value < 1, argument, "between 0 and 1, both excluded", value);
}

/// A correlation of exactly 1 or -1 is refused too: it can make the variance of a difference zero and
/// Fisher's z infinite.
template <real Real>
void require_correlation(std::string_view const argument, Real const& value) {
    require(value > -1 && value < 1, argument, "between -1 and 1, both excluded", value);
}

/// Calls `function`; an error in it is thrown on as what `renamed` makes of it.
template <class Function, class Renamed>
void rethrown_as(Renamed const& renamed, Function const& function) {
    try {
        function();
    } catch (invalid_input const& error) {
        throw renamed(error);
    }
}

/// Calls `function` for what a study gives; an error in it becomes one about that study.
template <class Function>
void for_study(std::size_t const study, Function const& function) {
    rethrown_as([study](invalid_input const& error) { return error.at_study(study); }, function);
}

/// Calls `function(i)` for each study.
template <class Function>
void for_each_study(std::size_t const count, Function const& function) {
    for (std::size_t i = 0; i < count; ++i) {
        for_study(i, [&] { function(i); });
    }
}

/// Calls `function` for one set of several, such as a group of studies; an error in it becomes one of that
/// set.
template <class Function>
void for_set(std::string_view const name, Function const& function) {
    rethrown_as([name](invalid_input const& error) { return error.of(name); }, function);
}

/// Calls `function` for a part of a report; an error in it becomes one in that part.
template <class Function>
void for_part(std::string_view const name, Function const& function) {
    rethrown_as([name](invalid_input const& error) { return error.in(name); }, function);
}

/// For lists of studies, trials and groups: of none of them nothing can be said.
inline void require_not_empty(std::string_view const argument, std::size_t const size) {
    if (size == 0) [[unlikely]] {
        throw invalid_input(std::string(argument) + " must not be empty");
    }
}

} // namespace detail
} // namespace accrue
