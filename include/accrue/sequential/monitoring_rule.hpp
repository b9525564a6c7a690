#pragma once

#include <accrue/distribution/normal.hpp>
#include <accrue/sequential/any_spending_function.hpp>
#include <accrue/sequential/boundaries.hpp>
#include <accrue/sequential/error_rate.hpp>

#include <functional>
#include <span>
#include <variant>
#include <vector>

namespace accrue {

/// What a design does with error, spending function and the information fractions of its looks: it returns
/// the Z that shows a benefit at each look (for a two-sided error its negative shows harm). Infinity means
/// that no Z is enough. `exact_monitoring`, `copenhagen_monitoring` or a callable of your own.
using monitoring_rule = std::function<std::vector<double>(error_rate const&, any_spending_function const&,
                                                          std::span<double const>)>;

/// The boundaries of group sequential theory. The first look at or past the required information is the final
/// one: it spends all error that is left, and uses the information that was really observed for its
/// correlation with earlier looks, so earlier boundaries stay as they were. Looks after it have none.
struct exact_monitoring {
    [[nodiscard]] std::vector<double> operator()(error_rate const& error,
                                                 any_spending_function const& spending,
                                                 std::span<double const> const fractions) const {
        return std::visit([&](auto const& form) { return boundaries(form, spending, fractions); }, error);
    }
};

/// The convention of the Copenhagen TSA program: boundaries up to the required information, and from there on
/// the quantile of a single test, 1.96 at two-sided 5 %, as if nothing had been tested before. The error
/// exceeds the nominal one; this is for comparison with published analyses.
struct copenhagen_monitoring {
    [[nodiscard]] std::vector<double> operator()(error_rate const& error,
                                                 any_spending_function const& spending,
                                                 std::span<double const> const fractions) const {
        auto result = exact_monitoring{}(error, spending, fractions);
        double const conventional = normal::upper_quantile(error_per_side(error));
        for (std::size_t look = 0; look < result.size(); ++look) {
            if (fractions[look] >= 1) {
                result[look] = conventional;
            }
        }
        return result;
    }
};

} // namespace accrue
