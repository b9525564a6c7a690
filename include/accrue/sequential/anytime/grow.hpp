#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/interval.hpp>
#include <accrue/sequential/anytime/detail/information_sum.hpp>
#include <accrue/sequential/anytime/detail/process_bytes.hpp>
#include <accrue/sequential/anytime/direction.hpp>
#include <accrue/sequential/anytime/e_process.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace accrue {

/// The e-process that grows fastest if the effect is the planned one (growth-rate optimal in the worst case):
/// the likelihood ratio of an effect theta, or of theta and -theta in equal parts, against the null. With S =
/// sum y/v and W = sum 1/v
///
///     two-sided:  E = exp(-theta² W/2) cosh(theta (S - null W)),
///     one-sided:  E = exp(±theta (S - null W) - theta² W/2).
///
/// It is best near theta. If the effect is less than half of that it never grows, which `robbins_mixture`
/// does.
///
/// **Its null is "no effect in any trial"**, as that of `robbins_mixture`: under heterogeneity it crosses far
/// too often as a test of the mean effect.
///
/// Grünwald, de Heide & Koolen 2024, J R Stat Soc B 86:1091-1128, doi:10.1093/jrsssb/qkae011.
struct grow {
    double planned_effect;              ///< theta; its sign plays no part
    double null = 0;                    ///< the stated null of `p_value`
    effect_direction direction = {};    ///< which effects are sought
    detail::information_sum state = {}; ///< of the trials so far

    /// \throws invalid_input unless the estimate is finite with positive variance, and the planned effect
    /// finite and not 0
    void add(estimate const& study) {
        require_options();
        detail::require_finite("null", null);
        state.add(study, [&](detail::information_sum const& sum) { return log_e_value_of(sum, null); });
    }

    [[nodiscard]] std::size_t size() const { return state.size; }

    /// \throws invalid_input unless the null is finite
    [[nodiscard]] double log_e_value(double const at_null = 0) const {
        require_options();
        detail::require_finite("null", at_null);
        return log_e_value_of(state, at_null);
    }

    [[nodiscard]] double p_value() const { return detail::anytime_p_value(state.largest_log_e_value); }

    /// \throws invalid_input unless 0 < level < 1
    [[nodiscard]] interval confidence_sequence(double const level) const {
        require_options();
        double const threshold = detail::log_threshold(level);
        if (state.size == 0) {
            return {-detail::infinity<double>(), detail::infinity<double>()};
        }
        double const theta = std::abs(planned_effect);
        double const height = threshold + theta * theta * state.information / 2;
        // arcosh(exp(height)) = height + ln(1 + sqrt(1 - exp(-2 height)))
        double const tilt =
            detail::seeks_both(direction) ? height + std::log1p(std::sqrt(-std::expm1(-2 * height))) : height;
        double const limit = tilt / (theta * state.information);
        return state.around_mean(detail::seeks_above(direction) ? limit : detail::infinity<double>(),
                                 detail::seeks_below(direction) ? limit : detail::infinity<double>());
    }

    [[nodiscard]] double leaning() const { return state.score_at(null); }

    /// The process as bytes, to store it until there is another trial. Version 1: 8-byte words, least
    /// significant byte first, numbers as IEEE 754 doubles: "accrueGR", 1, planned effect, null, direction (0
    /// either, 1 above, 2 below), number of trials, their information and mean, the largest ln E, a hash of
    /// it all.
    [[nodiscard]] std::vector<std::byte> bytes() const {
        return detail::process_bytes(signature, 1, [this](detail::byte_writer& out) {
            out.write(planned_effect);
            out.write(null);
            out.write(std::uint64_t{direction.index()});
            state.write(out);
        });
    }
    /// The process that `bytes()` describes.
    ///
    /// \throws invalid_input for bytes that are no such process, of another version, changed or cut short
    [[nodiscard]] static grow from_bytes(std::span<std::byte const> const bytes) {
        auto in = detail::process_reader(bytes, signature, 1, "a growth-rate optimal process");
        double const stored = in.number();
        double const stated_null = in.number();
        auto process = grow{stored, stated_null, detail::direction_of(in.word())};
        process.state = detail::information_sum::read(in);
        detail::require_end(in);
        return process;
    }

    friend bool operator==(grow const&, grow const&) = default;

  private:
    static constexpr std::uint64_t signature = 0x5247657572636361; // "accrueGR" as a little-endian word

    [[nodiscard]] double log_e_value_of(detail::information_sum const& sum, double const at_null) const {
        double const theta = std::abs(planned_effect);
        double const tilt = theta * sum.score_at(at_null);
        double const cost = theta * theta * sum.information / 2;
        if (detail::seeks_both(direction)) {
            // ln cosh, for any size
            double const size = std::abs(tilt);
            return size + std::log1p(std::exp(-2 * size)) - std::numbers::ln2 - cost;
        }
        return (detail::seeks_above(direction) ? tilt : -tilt) - cost;
    }
    void require_options() const {
        detail::require(std::abs(planned_effect) > 0 && detail::is_finite(planned_effect), "planned effect",
                        "finite and different from 0", planned_effect);
    }
};

} // namespace accrue
