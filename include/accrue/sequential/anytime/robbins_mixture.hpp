#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/distribution/normal.hpp>
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

/// The sd g of the mixing distribution with which the confidence sequence of `robbins_mixture` is narrowest
/// when the information (the sum of 1/variance) reaches `information`, for instance what a trial of the
/// planned size would have: 1/g² = information / u with u = -W(-alpha²/e) - 1, W the lower branch of
/// Lambert's function.
///
/// Howard, Ramdas, McAuliffe & Sekhon 2021, doi:10.1214/20-AOS1991.
///
/// \throws invalid_input unless the information is positive and finite, and 0 < level < 1
[[nodiscard]] inline double narrowest_at(double const information, double const level = 0.95) {
    detail::require_positive("information", information);
    detail::require_between_0_and_1("level", level);
    double const alpha = 1 - level;
    // u - ln(1 + u) = s²/2, whose series in s has the digits that the branch point takes from Lambert's
    // function.
    double const s = std::sqrt(-4 * std::log1p(-level));
    double const u = s < 0.02 ? s * (1 + s * (1.0 / 3 + s * (1.0 / 36 + s * (-1.0 / 270 + s / 4320))))
                              : -detail::lower_lambert_w(-alpha * alpha / std::numbers::e) - 1;
    return std::sqrt(u / information);
}

/// Robbins' normal mixture: the likelihood ratio of trials that share one effect, averaged over effects
/// N(null, g²), against the null. With S = sum y/v and W = sum 1/v
///
///     E = (1 + g²W)^(-1/2) exp{ g² (S - null W)² / [2 (1 + g²W)] },
///
/// and the confidence sequence S/W ± sqrt[(W + r)(ln(1 + W/r) + 2 ln(1/alpha))] / W with r = 1/g². With one
/// direction the mixture is over one half of N(null, g²), and E is times 2 Phi(g (S - null W) / sqrt(1 +
/// g²W)).
///
/// **Its null is "no effect in any trial"** (every trial's true effect equals the null), with variances known
/// and estimates normal. It is not a test of a mean effect: where effects differ between trials, with tau²
/// twice the median variance and a mean at the null, it crosses in 23-50 % of reviews. Use
/// `symmetric_e_process` there.
///
/// Robbins 1970, Ann Math Stat 41:1397-1409, doi:10.1214/aoms/1177696786; ALL-IN meta-analysis: ter Schure &
/// Grünwald 2022, doi:10.12688/f1000research.74223.
struct robbins_mixture {
    double effect_sd;                ///< g, positive: an effect worth finding, or `narrowest_at(information)`
    double null = 0;                 ///< the stated null of `p_value`
    effect_direction direction = {}; ///< which effects are sought
    detail::information_sum state = {}; ///< of the trials so far

    /// \throws invalid_input unless the estimate is finite with positive variance, and `effect_sd` positive
    void add(estimate const& study) {
        detail::require_positive("effect sd", effect_sd);
        detail::require_finite("null", null);
        state.add(study, [&](detail::information_sum const& sum) { return log_e_value_of(sum, null); });
    }

    [[nodiscard]] std::size_t size() const { return state.size; }

    /// \throws invalid_input unless the null is finite
    [[nodiscard]] double log_e_value(double const at_null = 0) const {
        detail::require_positive("effect sd", effect_sd);
        detail::require_finite("null", at_null);
        return log_e_value_of(state, at_null);
    }

    [[nodiscard]] double p_value() const { return detail::anytime_p_value(state.largest_log_e_value); }

    /// \throws invalid_input unless 0 < level < 1
    [[nodiscard]] interval confidence_sequence(double const level) const {
        double const threshold = detail::log_threshold(level);
        detail::require_positive("effect sd", effect_sd);
        if (state.size == 0) {
            return {-detail::infinity<double>(), detail::infinity<double>()};
        }
        double const added = effect_sd * effect_sd * state.information;
        double const limit =
            score_limit(threshold, added) * std::sqrt(1 + added) / (effect_sd * state.information);
        return state.around_mean(detail::seeks_above(direction) ? limit : detail::infinity<double>(),
                                 detail::seeks_below(direction) ? limit : detail::infinity<double>());
    }

    [[nodiscard]] double leaning() const { return state.score_at(null); }

    /// The process as bytes, to store it until there is another trial. Version 1: 8-byte words, least
    /// significant byte first, numbers as IEEE 754 doubles: "accrueRM", 1, effect sd, null, direction (0
    /// either, 1 above, 2 below), number of trials, their information and mean, the largest ln E, a hash of
    /// it all.
    [[nodiscard]] std::vector<std::byte> bytes() const {
        return detail::process_bytes(signature, 1, [this](detail::byte_writer& out) {
            out.write(effect_sd);
            out.write(null);
            out.write(std::uint64_t{direction.index()});
            state.write(out);
        });
    }
    /// The process that `bytes()` describes.
    ///
    /// \throws invalid_input for bytes that are no such process, of another version, changed or cut short
    [[nodiscard]] static robbins_mixture from_bytes(std::span<std::byte const> const bytes) {
        auto in = detail::process_reader(bytes, signature, 1, "Robbins' mixture");
        double const stored = in.number();
        double const stated_null = in.number();
        auto process = robbins_mixture{stored, stated_null, detail::direction_of(in.word())};
        process.state = detail::information_sum::read(in);
        detail::require_end(in);
        return process;
    }

    friend bool operator==(robbins_mixture const&, robbins_mixture const&) = default;

  private:
    static constexpr std::uint64_t signature = 0x4d52657572636361; // "accrueRM" as a little-endian word

    [[nodiscard]] double log_e_value_of(detail::information_sum const& sum, double const at_null) const {
        double const added = effect_sd * effect_sd * sum.information;
        return height_at(effect_sd * sum.score_at(at_null) / std::sqrt(1 + added)) - std::log1p(added) / 2;
    }
    /// score²/2, and ln 2 Phi(score) or ln 2 Phi(-score) where one half of the effects is left out; together,
    /// as they nearly cancel where the score points the other way.
    [[nodiscard]] double height_at(double const score) const {
        if (detail::seeks_both(direction)) {
            return score * score / 2;
        }
        double const other_way = detail::seeks_above(direction) ? -score : score;
        return other_way > 0 ? normal::log_mills_ratio(other_way) - std::log(std::numbers::pi / 2) / 2
                             : score * score / 2 + std::numbers::ln2 + normal::log_survival(other_way);
    }
    /// The standardised distance from the null at which ln E is the threshold.
    [[nodiscard]] double score_limit(double const threshold, double const added) const {
        double const height = threshold + std::log1p(added) / 2;
        double const two_sided = std::sqrt(2 * height);
        if (detail::seeks_both(direction)) {
            return two_sided;
        }
        auto const excess = [&](double const s) {
            return height_at(detail::seeks_above(direction) ? s : -s) - height;
        };
        return detail::root_between(excess, 0.0, two_sided, {.unit = two_sided}).value;
    }
};

} // namespace accrue
