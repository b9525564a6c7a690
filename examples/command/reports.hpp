#pragma once

// From the cells of a row to what a study reports, one reader for each kind of report.

#include "csv.hpp"
#include "measures.hpp"
#include <accrue/effect/from_report.hpp>
#include <accrue/report.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace command {

/// Columns of a table by their places, found once.
class places {
  public:
    places(table const& from, std::vector<std::string> const& names) : from_(from) {
        for (auto const& name : names) {
            places_.push_back(from.place_of(name));
        }
    }

    [[nodiscard]] bool any_missing(std::size_t const row) const {
        for (auto const place : places_) {
            if (from_.is_missing(row, place)) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] double number(std::size_t const row, std::size_t const i) const {
        return from_.number(row, places_[i]);
    }
    [[nodiscard]] double positive(std::size_t const row, std::size_t const i) const {
        return from_.positive(row, places_[i]);
    }
    [[nodiscard]] double not_negative(std::size_t const row, std::size_t const i) const {
        return from_.not_negative(row, places_[i]);
    }
    [[nodiscard]] double correlation(std::size_t const row, std::size_t const i) const {
        double const value = number(row, i);
        if (!(value > -1 && value < 1)) {
            refuse(row, i, "must be a correlation between -1 and 1");
        }
        return value;
    }
    [[noreturn]] void refuse(std::size_t const row, std::size_t const i, std::string const& problem) const {
        from_.refuse(row, places_[i], problem);
    }

  protected:
    table const& from_;

  private:
    std::vector<std::size_t> places_;
};

/// The events of a group: a count of a total.
inline accrue::events events_at(places const& from, std::size_t const row, std::size_t const count,
                                std::size_t const total) {
    auto const result = accrue::events{from.not_negative(row, count), from.positive(row, total)};
    if (result.count > result.total) {
        from.refuse(row, count,
                    "must be at most the total of the group, " + cpp_number(result.total) + ", but is " +
                        cpp_number(result.count));
    }
    return result;
}

/// The mean of a group: n, mean and standard deviation.
inline accrue::arm arm_at(places const& from, std::size_t const row, std::size_t const n) {
    auto const result = accrue::arm{from.number(row, n), from.number(row, n + 1), from.positive(row, n + 2)};
    if (!(result.n >= 2)) {
        from.refuse(row, n, "must be at least 2 participants, but is " + cpp_number(result.n));
    }
    return result;
}

/// `columns` says what it needs; `(row)` is the report of a row.
template <class Report>
class reader;

template <>
class reader<accrue::two_arms<accrue::events>> : public places {
  public:
    static constexpr auto columns = "ai n1i ci n2i, or ai bi ci di";
    explicit reader(table const& from)
        : places(from, from.has("n1i") || from.has("n2i") ? std::vector<std::string>{"ai", "n1i", "ci", "n2i"}
                                                          : std::vector<std::string>{"ai", "bi", "ci", "di"}),
          has_totals_(from.has("n1i") || from.has("n2i")) {}

    [[nodiscard]] accrue::two_arms<accrue::events> operator()(std::size_t const row) const {
        if (has_totals_) {
            return {events_at(*this, row, 0, 1), events_at(*this, row, 2, 3)};
        }
        return {group(row, 0), group(row, 2)};
    }

  private:
    [[nodiscard]] accrue::events group(std::size_t const row, std::size_t const i) const {
        double const with = not_negative(row, i);
        double const all = with + not_negative(row, i + 1);
        if (!(all > 0)) {
            refuse(row, i, "the group has no participants: both of its counts are 0");
        }
        return {with, all};
    }

    bool has_totals_;
};

template <>
class reader<accrue::two_arms<accrue::arm>> : public places {
  public:
    static constexpr auto columns = "n1i m1i sd1i n2i m2i sd2i";
    explicit reader(table const& from) : places(from, {"n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"}) {}
    [[nodiscard]] accrue::two_arms<accrue::arm> operator()(std::size_t const row) const {
        return {arm_at(*this, row, 0), arm_at(*this, row, 3)};
    }
};

template <>
class reader<accrue::two_arms<accrue::rate>> : public places {
  public:
    static constexpr auto columns = "x1i t1i x2i t2i";
    explicit reader(table const& from) : places(from, {"x1i", "t1i", "x2i", "t2i"}) {}
    [[nodiscard]] accrue::two_arms<accrue::rate> operator()(std::size_t const row) const {
        return {{not_negative(row, 0), positive(row, 1)}, {not_negative(row, 2), positive(row, 3)}};
    }
};

template <>
class reader<accrue::events> : public places {
  public:
    static constexpr auto columns = "xi ni";
    explicit reader(table const& from) : places(from, {"xi", "ni"}) {}
    [[nodiscard]] accrue::events operator()(std::size_t const row) const {
        return events_at(*this, row, 0, 1);
    }
};

template <>
class reader<accrue::rate> : public places {
  public:
    static constexpr auto columns = "xi ti";
    explicit reader(table const& from) : places(from, {"xi", "ti"}) {}
    [[nodiscard]] accrue::rate operator()(std::size_t const row) const {
        return {not_negative(row, 0), positive(row, 1)};
    }
};

template <>
class reader<accrue::arm> : public places {
  public:
    static constexpr auto columns = "ni mi sdi";
    explicit reader(table const& from) : places(from, {"ni", "mi", "sdi"}) {}
    [[nodiscard]] accrue::arm operator()(std::size_t const row) const { return arm_at(*this, row, 0); }
};

template <>
class reader<accrue::association> : public places {
  public:
    static constexpr auto columns = "ni ri";
    explicit reader(table const& from) : places(from, {"ni", "ri"}) {}
    [[nodiscard]] accrue::association operator()(std::size_t const row) const {
        return {positive(row, 0), correlation(row, 1)};
    }
};

template <>
class reader<accrue::paired_arms> : public places {
  public:
    static constexpr auto columns = "ni m1i sd1i m2i sd2i ri";
    explicit reader(table const& from) : places(from, {"ni", "m1i", "sd1i", "m2i", "sd2i", "ri"}) {}
    [[nodiscard]] accrue::paired_arms operator()(std::size_t const row) const {
        return {positive(row, 0),
                {number(row, 1), positive(row, 2)},
                {number(row, 3), positive(row, 4)},
                correlation(row, 5)};
    }
};

/// A group before (2) and after (1) treatment. As in metafor, sd1i is the SD before treatment nonetheless.
struct before_and_after : accrue::paired_arms {};

template <>
class reader<before_and_after> : public places {
  public:
    static constexpr auto columns = "ni m1i sd1i m2i sd2i ri (m1i after, m2i and sd1i before treatment)";
    explicit reader(table const& from) : places(from, {"ni", "m1i", "sd2i", "m2i", "sd1i", "ri"}) {}
    [[nodiscard]] before_and_after operator()(std::size_t const row) const {
        return {{positive(row, 0),
                 {number(row, 1), positive(row, 2)},
                 {number(row, 3), positive(row, 4)},
                 correlation(row, 5)}};
    }
};

template <>
class reader<accrue::matched_pairs> : public places {
  public:
    static constexpr auto columns = "ai bi ci di (pairs: both, treatment alone, control alone, neither)";
    explicit reader(table const& from) : places(from, {"ai", "bi", "ci", "di"}) {}
    [[nodiscard]] accrue::matched_pairs operator()(std::size_t const row) const {
        return {not_negative(row, 0), not_negative(row, 1), not_negative(row, 2), not_negative(row, 3)};
    }
};

template <>
class reader<accrue::reliability> : public places {
  public:
    static constexpr auto columns = "ni mi ai";
    explicit reader(table const& from) : places(from, {"ni", "mi", "ai"}) {}
    [[nodiscard]] accrue::reliability operator()(std::size_t const row) const {
        return {positive(row, 0), positive(row, 1), number(row, 2)};
    }
};

/// How many took part, and how many events there were; NaN where a report does not tell.
template <class Report>
double participants_of(Report const& report) {
    if constexpr (requires { report.treatment.total; }) {
        return report.treatment.total + report.control.total;
    } else if constexpr (requires { report.treatment.n; }) {
        return report.treatment.n + report.control.n;
    } else if constexpr (requires { report.total; }) {
        return report.total;
    } else if constexpr (requires { report.n; }) {
        return report.n;
    } else {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

template <class Report>
double events_of(Report const& report) {
    if constexpr (requires { report.treatment.count; }) {
        return report.treatment.count + report.control.count;
    } else if constexpr (requires { report.treatment.events; }) {
        return report.treatment.events + report.control.events;
    } else {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

inline std::string cpp_of(accrue::events const& x) {
    return "{" + cpp_number(x.count) + ", " + cpp_number(x.total) + "}";
}
inline std::string cpp_of(accrue::arm const& x) {
    return "{" + cpp_number(x.n) + ", " + cpp_number(x.mean) + ", " + cpp_number(x.sd) + "}";
}
inline std::string cpp_of(accrue::rate const& x) {
    return "{" + cpp_number(x.events) + ", " + cpp_number(x.time) + "}";
}
inline std::string cpp_of(accrue::association const& x) {
    return "{" + cpp_number(x.n) + ", " + cpp_number(x.correlation) + "}";
}
inline std::string cpp_of(accrue::paired_arms const& x) {
    return "{" + cpp_number(x.n) + ", {" + cpp_number(x.treatment.mean) + ", " + cpp_number(x.treatment.sd) +
           "}, {" + cpp_number(x.control.mean) + ", " + cpp_number(x.control.sd) + "}, " +
           cpp_number(x.correlation) + "}";
}
inline std::string cpp_of(accrue::reliability const& x) {
    return "{" + cpp_number(x.n) + ", " + cpp_number(x.items) + ", " + cpp_number(x.alpha) + "}";
}
inline std::string cpp_of(accrue::matched_pairs const& x) {
    return "{" + cpp_number(x.both) + ", " + cpp_number(x.treatment_only) + ", " +
           cpp_number(x.control_only) + ", " + cpp_number(x.neither) + "}";
}
template <class Arm>
std::string cpp_of(accrue::two_arms<Arm> const& x) {
    return "{" + cpp_of(x.treatment) + ", " + cpp_of(x.control) + "}";
}
inline std::string cpp_of(accrue::estimate const& x) {
    return "{" + cpp_number(x.effect) + ", " + cpp_number(x.variance) + "}";
}

} // namespace command
