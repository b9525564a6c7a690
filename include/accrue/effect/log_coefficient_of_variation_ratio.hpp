#pragma once

#include <accrue/effect/back_transform.hpp>
#include <accrue/effect/log_ratio_of_means.hpp>
#include <accrue/effect/log_variability_ratio.hpp>
#include <accrue/estimate.hpp>

#include <type_traits>

namespace accrue {

/// Log ratio of coefficients of variation s/x̄, treatment over control: the change in spread that is left when
/// the spread grows in proportion to the mean (Nakagawa et al. 2015, doi:10.1111/2041-210X.12309).
///
///     effect = lnVR - lnRR,   variance = var(lnVR) + var(lnRR),
///
/// with lnVR the `log_variability_ratio` and lnRR the `log_ratio_of_means` of the order given (metafor before
/// version 5: `first_order`; since: `bias_corrected`). Negative when treatment makes participants more alike
/// relative to their mean; `back_transform` gives the ratio. Takes two arms, or participants measured twice.
///
/// Throws `invalid_input` when the ratio of the means is not positive, or an arm is not valid.
template <class Order = first_order>
struct log_coefficient_of_variation_ratio {
    Order order{};

    template <class Trial>
        requires requires(Trial const& trial) { log_ratio_of_means<Order>{}(trial); }
    [[nodiscard]] auto operator()(Trial const& trial) const {
        auto const spread = log_variability_ratio{}(trial);
        auto const means = log_ratio_of_means<Order>{order}(trial);
        return std::remove_const_t<decltype(spread)>{spread.effect - means.effect,
                                                     spread.variance + means.variance};
    }

    static constexpr exponential_back_transform back_transform{};
};

template <class Order>
log_coefficient_of_variation_ratio(Order) -> log_coefficient_of_variation_ratio<Order>;

} // namespace accrue
