#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/tau_squared/tau_squared_estimate.hpp>

#include <string>

namespace accrue {

/// A tau² that is given rather than estimated: from an earlier review, an empirical prior's mean, or to see
/// how much conclusions depend on it. Using it throws `invalid_input` unless it is zero or positive, and
/// finite.
template <real Tau>
struct basic_fixed_tau_squared {
    Tau value; ///< in squared units of the effect
    /// Of the computation that the value is from, if it is from one.
    accrue::status status = accrue::status::ok;

    /// How it is called in reports.
    [[nodiscard]] static std::string name() { return "a tau² that was given"; }

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const&) const -> tau_squared_estimate_of<Evidence> {
        detail::require_not_negative("tau squared", value);
        return {real_t<Evidence>(value), 0, status};
    }
};

using fixed_tau_squared = basic_fixed_tau_squared<double>;

} // namespace accrue
