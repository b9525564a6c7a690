#pragma once

#include <accrue/distribution/chi_squared.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/selection_fit.hpp>
#include <accrue/small_study/p_value_side.hpp>
#include <accrue/small_study/selection_model.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

namespace detail {

/// Each study is compared with others on its own side of the cutpoint alone, whatever their chance to be
/// published.
struct own_region_weights {
    std::vector<double> cutpoints;

    void check() const { check_cutpoints(cutpoints); }
    [[nodiscard]] static constexpr std::size_t parameters() { return 0; }
    [[nodiscard]] std::vector<double> given() const { return {1.0, 1.0}; }
    static constexpr bool conditional = true;
};

} // namespace detail

/// What p-uniform* says of a set of studies.
template <real Real>
struct basic_p_uniform_star_result {
    basic_pooled<Real> pooled;              ///< its variance from the observed information
    basic_likelihood_ratio<Real> no_effect; ///< the likelihood-ratio test of a mean of 0
    std::size_t significant;                ///< studies with a significant result
    Real log_likelihood;
    std::string message; ///< why the status is not `ok`; otherwise empty
    accrue::status status;
};

using p_uniform_star_result = basic_p_uniform_star_result<double>;

/// p-uniform* of van Aert and van Assen: a selection model that asks no more than that all significant
/// results have the same chance to be published, and all others the same, not how the two compare. Each
/// study's density is divided by the probability of the region that its p-value lies in,
///
///     log L = sum [log phi(y_i; mean, v_i + tau²) - log P(region of study i)],
///
/// so that no weight is estimated. It is the step function's model conditional on how many studies are
/// significant: it loses what their number says, and needs no study on either side. With significant studies
/// alone it is p-uniform with heterogeneity; barely significant ones can then have their maximum at minus
/// infinity, which the status tells.
///
/// van Aert & van Assen 2021, Correcting for publication bias in a meta-analysis with the p-uniform* method,
/// MetaArXiv, doi:10.31222/osf.io/zqjr9.
template <class Side = selects_positive>
struct p_uniform_star {
    double significance = 0.025; ///< the cutpoint of the p-values, one-sided unless `side` says otherwise
    Side side{};

    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or `significance` is not between 0 and 1
    template <estimates Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_p_uniform_star_result<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        auto const model = conditional_model();
        auto const fitted = model(estimates);
        auto result = basic_p_uniform_star_result<Real>{
            fitted.pooled,
            {detail::not_a_number<Real>(), Real(1), detail::not_a_number<Real>()},
            fitted.intervals[0].count,
            fitted.log_likelihood,
            fitted.message,
            fitted.status};
        if (fitted.status != status::undefined) {
            auto fit =
                detail::selection_fit<Real>(detail::selection_weighting<Real>::of(model.weights, model.side),
                                            detail::as_evidence(estimates));
            Real const fall = fit.fall_at_mean(Real(0));
            result.no_effect.statistic = fall < 0 ? Real(0) : Real(2 * fall);
            result.no_effect.p_value = basic_chi_squared<Real>{Real(1)}.survival(result.no_effect.statistic);
        }
        return result;
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);

    /// The profile likelihood interval of the mean, as of `selection_model::mean_interval`.
    template <estimates Range>
    [[nodiscard]] auto mean_interval(Range const& estimates, double const level) const {
        return conditional_model().mean_interval(estimates, level);
    }

    /// The profile likelihood interval of tau².
    template <estimates Range>
    [[nodiscard]] auto tau_squared_interval(Range const& estimates, double const level) const {
        return conditional_model().tau_squared_interval(estimates, level);
    }

  private:
    [[nodiscard]] auto conditional_model() const {
        return selection_model<detail::own_region_weights, Side>{{{significance}}, side};
    }
};

#if defined(__clang__) && __clang_major__ < 17 // which does not deduce from members
template <class Side>
p_uniform_star(double, Side) -> p_uniform_star<Side>;
#endif

} // namespace accrue
