#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/information/information_size.hpp>

#include <string>
#include <utility>

/// \file
/// Adjustments of a required information size: callable values from a size to the adjusted one, so that they
/// compose with each other and with your own.

namespace accrue {

namespace detail {

/// Multiplies the three sizes, and records the reason.
inline information_size multiplied(information_size size, double const factor, std::string name,
                                   double const value) {
    size.participants *= factor;
    size.events *= factor;
    size.statistical_information *= factor;
    size.parameters.push_back({std::move(name), value});
    return size;
}

inline information_size for_heterogeneity(information_size size, double const factor, std::string name,
                                          double const value) {
    size.heterogeneity_factor *= factor;
    return multiplied(std::move(size), factor, std::move(name), value);
}

inline information_size divided_by_complement(information_size size, std::string name, double const share) {
    require(share >= 0 && share < 1, name, "at least 0 and below 1", share);
    return for_heterogeneity(std::move(size), 1 / (1 - share), std::move(name), share);
}

} // namespace detail

/// Divides the size by 1 - D², the factor by which heterogeneity inflates the variance of the pooled effect
/// (the 'diversity-adjusted required information size'). D² from data is `diversity(estimates, model)`.
///
/// D² describes the trials at hand; with few of them it is a noisy guess, so plan with a range of values.
/// Wetterslev, Thorlund, Brok & Gluud 2009, BMC Med Res Methodol 9:86, doi:10.1186/1471-2288-9-86.
struct diversity_adjustment {
    double d_squared; ///< a proportion, at least 0 and below 1

    /// \throws invalid_input unless 0 <= d_squared < 1
    [[nodiscard]] information_size operator()(information_size size) const {
        return detail::divided_by_complement(std::move(size), "diversity D²", d_squared);
    }
};

/// Divides the size by 1 - I². It falls short when trials differ in size: D² >= I². Wetterslev et al. 2009,
/// doi:10.1186/1471-2288-9-86.
struct inconsistency_adjustment {
    double i_squared; ///< a proportion, at least 0 and below 1

    /// \throws invalid_input unless 0 <= i_squared < 1
    [[nodiscard]] information_size operator()(information_size size) const {
        return detail::divided_by_complement(std::move(size), "inconsistency I²", i_squared);
    }
};

/// Multiplies the size by a factor of the user's own, for heterogeneity that the trials at hand do not show.
struct heterogeneity_correction {
    double factor; ///< at least 1

    /// \throws invalid_input unless the factor is finite and at least 1
    [[nodiscard]] information_size operator()(information_size size) const {
        detail::require(factor >= 1 && detail::is_finite(factor), "factor", "finite and at least 1", factor);
        return detail::for_heterogeneity(std::move(size), factor, "heterogeneity correction", factor);
    }
};

/// Multiplies the size by what repeated looks cost: the factor by which the information must grow so that the
/// power under the boundaries is the planned one. `inflation_for(error, spending, power, fractions)` computes
/// it.
struct inflation_for_looks {
    double factor; ///< at least 1

    /// \throws invalid_input unless the factor is finite and at least 1
    [[nodiscard]] information_size operator()(information_size size) const {
        detail::require(factor >= 1 && detail::is_finite(factor), "factor", "finite and at least 1", factor);
        size.looks_factor *= factor;
        return detail::multiplied(std::move(size), factor, "inflation for looks", factor);
    }
};

} // namespace accrue
