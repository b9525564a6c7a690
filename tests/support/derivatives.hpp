#pragma once

#include "support/relative.hpp"

#include <boost/math/differentiation/autodiff.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace accrue::test {

/// A number with its derivative.
using dual = boost::math::differentiation::autodiff_fvar<double, 1>;

/// Automatic derivatives of `numbers(input)` with respect to each input, against difference quotients at 50
/// digits.
///
/// \param numbers callable: a vector of any real type -> a vector of the same
template <class Numbers>
void expect_derivatives(std::string const& name, std::vector<double> const& input, Numbers const& numbers) {
    using precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>,
                                                  boost::multiprecision::et_off>;
    for (std::size_t place = 0; place < input.size(); ++place) {
        auto duals = std::vector<dual>(input.begin(), input.end());
        duals[place] = boost::math::differentiation::make_fvar<double, 1>(input[place]);
        auto const found = numbers(duals);
        auto const moved_by = [&](double const step) {
            auto moved = std::vector<precise>(input.begin(), input.end());
            moved[place] += precise(step);
            return numbers(moved);
        };
        auto const high = moved_by(1e-20);
        auto const low = moved_by(-1e-20);
        ASSERT_EQ(found.size(), high.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            double const expected = static_cast<double>(precise((high[i] - low[i]) / precise(2e-20)));
            double const size = std::fabs(static_cast<double>(found[i]));
            EXPECT_RELATIVE(found[i].derivative(1), expected, 1e-9, 1e-11 * size)
                << name << ", number " << i << " by input " << place;
        }
    }
}

} // namespace accrue::test
