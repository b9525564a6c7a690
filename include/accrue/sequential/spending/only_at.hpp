#pragma once

#include <accrue/error.hpp>
#include <accrue/name_of.hpp>
#include <accrue/sequential/spending/detail/spent_between.hpp>
#include <accrue/sequential/spending/spending_function.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// Leaves out the boundary at all looks but those at the given information fractions (ascending): what the
/// looks in between would have spent is carried to the next of them. A trial with looks at 0.2, 0.4, 0.6, 0.8
/// and 1 and `only_at{spending, {0.4, 1.0}}` has an infinite boundary at 0.2, 0.6 and 0.8.
///
/// A look counts as one of them from the listed fraction on, or short of it by no more than 1e-12 of it,
/// which is rounding: 0.1 + 0.2 is the look at 0.3. List the final one too: error that is due after the last
/// listed fraction is never spent. Fractions that fall are an `invalid_input`.
template <spending_function Spending>
struct only_at {
    Spending spending;             ///< any spending function, of this library or your own
    std::vector<double> fractions; ///< ascending

    /// How it is called in reports.
    [[nodiscard]] std::string name() const {
        std::string places;
        for (double const fraction : fractions) {
            places += (places.empty() ? "" : ", ") + detail::to_text(fraction);
        }
        return name_of(spending, "user-defined") + " (only at " + places + ")";
    }

    [[nodiscard]] double operator()(double const t, double const error) const {
        return detail::spent(spending, last_until(t), error);
    }
    [[nodiscard]] double increment(double const first, double const last, double const error) const {
        auto const a = last_until(first);
        auto const b = last_until(last);
        return b > a ? detail::spent_between(spending, a, b, error) : 0;
    }

  private:
    [[nodiscard]] double last_until(double const t) const {
        for (std::size_t i = 1; i < fractions.size(); ++i) {
            detail::require(fractions[i] >= fractions[i - 1], "a fraction of only_at",
                            "no less than that before", fractions[i]);
        }
        auto const above = std::upper_bound(fractions.begin(), fractions.end(), t * (1 + 1e-12));
        return above == fractions.begin() ? 0.0 : (std::min)(1.0, *(above - 1));
    }
};

template <class Spending>
only_at(Spending, std::vector<double>) -> only_at<Spending>;

} // namespace accrue
