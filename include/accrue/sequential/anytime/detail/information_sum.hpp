#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/little_endian.hpp>
#include <accrue/interval.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <cstdint>

namespace accrue::detail {

/// The inverse-variance mean of the trials so far and its information, and the largest ln E.
struct information_sum {
    std::size_t size = 0;
    double information = 0;         ///< W = sum 1/v
    double mean = 0;                ///< sum y/v / W
    double largest_log_e_value = 0; ///< against the stated null; that of no trials is 0

    void add(estimate const& study) {
        check(study);
        double const weight = 1 / study.variance;
        require(is_finite(weight + information), "variance", "large enough that its inverse is finite",
                study.variance);
        information += weight;
        mean += (study.effect - mean) * (weight / information);
        ++size;
    }
    /// The same, and notes what ln E has come to by `log_e_value`, a function of the sum.
    template <class LogEValue>
    void add(estimate const& study, LogEValue const& log_e_value) {
        auto next = *this;
        next.add(study);
        double const found = log_e_value(next);
        require(is_finite(found), "effect", "small enough beside its variance that the e-value is finite",
                study.effect);
        next.largest_log_e_value = found > largest_log_e_value ? found : largest_log_e_value;
        *this = next;
    }
    /// S - null W.
    [[nodiscard]] double score_at(double const null) const { return (mean - null) * information; }
    /// The interval that reaches so far below and above the mean.
    [[nodiscard]] interval around_mean(double const below, double const above) const {
        return {mean - below, mean + above};
    }

    void write(byte_writer& out) const {
        out.write(std::uint64_t{size});
        for (double const number : {information, mean, largest_log_e_value}) {
            out.write(number);
        }
    }
    /// \throws invalid_input for numbers that no trials give
    static information_sum read(byte_reader& in) {
        auto result = information_sum{};
        result.size = in.count();
        result.information = in.number();
        result.mean = in.number();
        result.largest_log_e_value = in.number();
        require_not_negative("stored information", result.information);
        require_finite("stored mean", result.mean);
        require_not_negative("stored ln E", result.largest_log_e_value);
        return result;
    }

    friend bool operator==(information_sum const&, information_sum const&) = default;
};

} // namespace accrue::detail
