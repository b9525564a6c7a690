#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/report/arm.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

namespace accrue {

/// A trial that randomised groups of participants (wards, schools, practices), and what makes its
/// participants worth less than as many who were randomised one by one. Called with what the trial reports,
/// it gives the report of a trial of participants with the same precision:
///
///     auto const design = cluster_design{.mean_size = 29.8, .intracluster_correlation = 0.02};
///     log_odds_ratio{}(design(two_arms<events>{{.count = 63, .total = 295}, {.count = 84, .total = 330}}));
///
/// Its design effect is
///
///     1 + [(cv² + 1) m - 1] icc,   1 + (m - 1) icc where all clusters are of one size m,
///
/// by which sample sizes and numbers of events are divided; means and standard deviations stay as they are.
/// A trial whose own analysis allowed for its clusters needs none of this. Donner & Klar 2000, Design and
/// Analysis of Cluster Randomization Trials; Eldridge, Ashby & Kerry 2006, doi:10.1093/ije/dyl129; Cochrane
/// Handbook 23.1.4.
template <real Real>
struct basic_cluster_design {
    Real mean_size;                    ///< m, participants per cluster, 1 or more
    Real intracluster_correlation;     ///< icc, how alike participants of one cluster are, 0 to 1
    Real coefficient_of_variation = 0; ///< cv, SD of the clusters' sizes over their mean; 0 for equal sizes

    /// How many times the variance of a trial of as many participants this one has.
    ///
    /// \throws invalid_input unless the mean size is 1 or more, the correlation from 0 to 1, and the
    /// coefficient of variation finite and not negative
    [[nodiscard]] Real design_effect() const {
        detail::require(mean_size >= 1 && detail::is_finite(mean_size), "mean_size", "1 or more", mean_size);
        detail::require(intracluster_correlation >= 0 && intracluster_correlation <= 1,
                        "intracluster_correlation", "from 0 to 1", intracluster_correlation);
        detail::require(coefficient_of_variation >= 0 && detail::is_finite(coefficient_of_variation),
                        "coefficient_of_variation", "finite and not negative", coefficient_of_variation);
        Real const spread = coefficient_of_variation * coefficient_of_variation + 1;
        return 1 + (spread * mean_size - 1) * intracluster_correlation;
    }

    /// How many participants these are worth.
    ///
    /// \throws invalid_input as `design_effect`, and for a number that is not positive
    [[nodiscard]] Real effective_size(Real const& participants) const {
        detail::require_positive("participants", participants);
        return participants / design_effect();
    }

    /// The group with its effective number of participants and of events: the risk stays.
    ///
    /// \throws invalid_input as `design_effect`, and for impossible counts
    [[nodiscard]] basic_events<Real> operator()(basic_events<Real> const& group) const {
        detail::check(group);
        Real const effect = design_effect();
        return {group.count / effect, group.total / effect};
    }
    /// The group with its effective number of participants: mean and SD stay.
    ///
    /// \throws invalid_input as `design_effect`, for an impossible report, and where under 2 participants are
    /// left
    [[nodiscard]] basic_arm<Real> operator()(basic_arm<Real> const& group) const {
        detail::check(group);
        auto const effective = basic_arm<Real>{group.n / design_effect(), group.mean, group.sd};
        detail::require(effective.n >= 2, "n over the design effect", "2 or more", effective.n);
        return effective;
    }
    /// Both groups of the trial.
    template <class Arm>
    [[nodiscard]] two_arms<Arm> operator()(two_arms<Arm> const& trial) const {
        return {(*this)(trial.treatment), (*this)(trial.control)};
    }
    /// An estimate that left the clusters out, with its variance times the design effect.
    ///
    /// \throws invalid_input as `design_effect`, and unless the effect is finite and the variance positive
    [[nodiscard]] basic_estimate<Real> operator()(basic_estimate<Real> const& naive) const {
        detail::require_finite("effect", naive.effect);
        detail::require_positive("variance", naive.variance);
        return {naive.effect, naive.variance * design_effect()};
    }
};

using cluster_design = basic_cluster_design<double>;

} // namespace accrue
