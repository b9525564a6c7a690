#pragma once

#include <accrue/bayes/any_heterogeneity_prior.hpp>
#include <accrue/bayes/detail/prior_mass.hpp>
#include <accrue/bayes/normal_prior.hpp>
#include <accrue/bayes/posterior.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/interval.hpp>
#include <accrue/sequential/anytime/detail/known_mean_likelihood.hpp>
#include <accrue/sequential/anytime/detail/process_bytes.hpp>
#include <accrue/sequential/anytime/direction.hpp>
#include <accrue/sequential/anytime/e_process.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace accrue {

/// An e-process for the mean of the normal random-effects model that is exact for every tau² (universal
/// inference): the density of the trials under proper priors of the mean and of tau, over the largest that
/// any tau² gives them at the null mean,
///
///     E = m / sup_{tau² >= 0} L(null, tau²),    m = integral of p(mean) p(tau) L(mean, tau²).
///
/// With one `direction` the null is also every mean on the other side: the supremum is over these means too,
/// and the prior of the mean is cut off at the stated null, which multiplies m by P(mean beyond the null |
/// trials) / P(mean beyond the null).
///
/// The numerator is a density that was settled beforehand, so that E is at most a likelihood ratio against
/// the true tau². Priors decide how fast E grows, not the error.
///
/// **Its null**: true effects are N(null, tau²) with one tau², whatever it is; estimates are normal about
/// them with the variances stated. **Not covered**: other distributions of effects, wrong variances,
/// publication bias, biased trials, an order chosen by results. `symmetric_e_process` asks for less. **What
/// it costs**: the supremum in the denominator grows with the number of trials about as ln k / 2.
///
/// Wasserman, Ramdas & Balakrishnan 2020, Proc Natl Acad Sci USA 117:16880-16890,
/// doi:10.1073/pnas.1922664117.
///
/// The trials are kept. `add` and the e-value at another null cost a quadrature over tau, a few tenths of a
/// millisecond for ten trials.
struct universal_inference {
    normal_prior mean;                     ///< of the numerator: proper, for instance about the null
    any_heterogeneity_prior heterogeneity; ///< of the numerator: proper, its density integrates to 1 or less
    double null = 0;                       ///< the stated null of `p_value`
    effect_direction direction = {};       ///< which effects are sought

    /// What was kept of the trials so far; not to be set.
    struct running {
        std::vector<estimate> trials = {};
        double log_numerator = 0; ///< ln m
        double largest_log_e_value = 0;
    };
    running state = {};

    /// \throws invalid_input unless the estimate is finite with positive variance and squares of effects are,
    /// and for options that mean nothing, of which a prior of tau that integrates to more than 1 is one (by
    /// 1e-6; looked at before the first trial)
    void add(estimate const& study) {
        detail::check(study);
        check_options();
        detail::require(detail::is_finite(detail::square(study.effect - null) / study.variance), "effect",
                        "small enough beside its variance that its square is finite", study.effect);
        auto trials = state.trials;
        trials.push_back(study);
        auto const evidence = study_evidence<double>(trials);
        detail::require(detail::is_finite(evidence.largest_variance() + unweighted_fit(evidence).squares),
                        "effect", "so near to those before that the sum of their squares is finite",
                        study.effect);
        auto const after = basic_posterior(trials, mean, heterogeneity);
        state.trials = std::move(trials);
        // What could not be computed bets nothing.
        state.log_numerator =
            after.status == status::ok ? log_density_of(after) : -detail::infinity<double>();
        double const now = log_e_value(null);
        state.largest_log_e_value = now > state.largest_log_e_value ? now : state.largest_log_e_value;
    }

    [[nodiscard]] std::size_t size() const { return state.trials.size(); }

    /// \throws invalid_input unless the null is finite, and for options that mean nothing
    [[nodiscard]] double log_e_value(double const at_null = 0) const {
        detail::require_finite("null", at_null);
        if (size() == 0) {
            check_options();
            return 0;
        }
        auto const studies = detail::as_evidence(state.trials);
        return state.log_numerator - (detail::seeks_both(direction)
                                          ? detail::maximise_with_known_mean(studies, at_null).log_likelihood
                                          : detail::largest_beyond(studies, at_null, side()));
    }

    [[nodiscard]] double p_value() const { return detail::anytime_p_value(state.largest_log_e_value); }

    /// The smallest interval with all means of {mean: ln sup L(mean, tau²) >= ln m + ln alpha}; without a
    /// limit on a side that is not sought.
    ///
    /// \throws invalid_input unless 0 < level < 1
    [[nodiscard]] interval confidence_sequence(double const level) const {
        double const height = state.log_numerator - detail::log_threshold(level);
        if (size() == 0 || !detail::is_finite(height)) {
            return {-detail::infinity<double>(), detail::infinity<double>()};
        }
        auto const studies = detail::as_evidence(state.trials);
        double const never = detail::infinity<double>();
        return {detail::seeks_above(direction) ? detail::farthest_mean(studies, height, -1) : -never,
                detail::seeks_below(direction) ? detail::farthest_mean(studies, height, 1) : never};
    }

    /// The process as bytes, to store it until there is another trial; the prior of tau, a callable value, is
    /// not among them. Version 2: 8-byte words, least significant byte first, numbers as IEEE 754 doubles:
    /// "accrueUI", 2, mean and sd of the prior of the mean, null, direction (0 either, 1 above, 2 below),
    /// number of trials, effect and variance of each, ln m, the largest ln E, a hash of it all.
    [[nodiscard]] std::vector<std::byte> bytes() const {
        return detail::process_bytes(signature, 2, [this](detail::byte_writer& out) {
            out.write(mean.mean);
            out.write(mean.sd);
            out.write(null);
            out.write(std::uint64_t{direction.index()});
            out.write(std::uint64_t{size()});
            for (auto const& trial : state.trials) {
                out.write(trial.effect);
                out.write(trial.variance);
            }
            out.write(state.log_numerator);
            out.write(state.largest_log_e_value);
        });
    }
    /// The process that `bytes()` describes, with the prior of tau that it had.
    ///
    /// \throws invalid_input for bytes that are no such process, of another version, changed or cut short,
    ///   and for a prior of tau under which the trials have another density than was stored
    [[nodiscard]] static universal_inference from_bytes(std::span<std::byte const> const bytes,
                                                        any_heterogeneity_prior const& heterogeneity) {
        auto in = detail::process_reader(bytes, signature, 2, "universal inference");
        double const prior_mean = in.number();
        double const prior_sd = in.number();
        double const stated_null = in.number();
        auto process = universal_inference{
            {prior_mean, prior_sd}, heterogeneity, stated_null, detail::direction_of(in.word())};
        for (auto left = detail::item_count(in, 2); left > 0; --left) {
            double const effect = in.number();
            process.state.trials.push_back({effect, in.number()});
            detail::check(process.state.trials.back());
        }
        process.state.log_numerator = in.number();
        process.state.largest_log_e_value = in.number();
        detail::require_end(in);
        if (process.size() > 0) {
            double const density =
                process.log_density_of(basic_posterior(process.state.trials, process.mean, heterogeneity));
            double const stored = process.state.log_numerator;
            bool const agree = detail::is_finite(density)
                                   ? std::abs(density - stored) <= 1e-9 * (1 + std::abs(density))
                                   : !detail::is_finite(stored);
            detail::require_that(agree,
                                 "the prior of tau must be the one that the stored process had, but gives "
                                 "its trials another density");
        }
        return process;
    }

    /// The distance of the mean from the null at the tau² that the null finds best.
    [[nodiscard]] double leaning() const {
        if (size() == 0) {
            return 0;
        }
        auto const studies = detail::as_evidence(state.trials);
        auto const best = detail::maximise_with_known_mean(studies, null);
        return inverse_variance_fit(studies, best.tau_squared).mean - null;
    }

  private:
    /// The guarantee rests on the priors' being densities.
    void check_options() const {
        detail::require_finite("null", null);
        detail::check(mean);
        if (size() == 0) {
            double const mass = detail::prior_mass(heterogeneity, mean.sd);
            detail::require(!(mass > 1 + 1e-6), "integral of the prior of tau", "1 or less", mass);
        }
    }

    [[nodiscard]] double side() const { return detail::seeks_above(direction) ? 1 : -1; }

    /// ln m: the trials' density under the priors, that of the mean cut off where effects are not sought.
    template <class Posterior>
    [[nodiscard]] double log_density_of(Posterior const& after) const {
        double const whole = after.log_marginal_likelihood;
        if (detail::seeks_both(direction)) {
            return whole;
        }
        double const z = side() * (null - mean.mean) / mean.sd;
        auto const mean_after = after.mean();
        double const beyond = side() > 0 ? mean_after.survival(null) : mean_after.probability(null);
        return whole + std::log(beyond) - normal::log_survival(z);
    }

    static constexpr std::uint64_t signature = 0x4955657572636361; // "accrueUI" as a little-endian word
};

} // namespace accrue
