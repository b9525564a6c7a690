#pragma once

#include <accrue/distribution/detail/normal_tail.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/status.hpp>

#include <cstddef>
#include <limits>

namespace accrue {

/// Stouffer's combination of the p-values of p-values.
template <real Real>
struct basic_p_curve_test {
    Real statistic;        ///< z
    Real p_value;          ///< one-sided
    std::size_t k;         ///< studies combined
    accrue::status status; ///< `undefined`, with NaN, when there are none or a z-value is beyond the type
};

/// What the significant p-values of a set of studies look like.
template <real Real>
struct basic_p_curve_result {
    basic_p_curve_test<Real> right_skew;      ///< small: more small p-values than without any effect
    basic_p_curve_test<Real> half_right_skew; ///< the same of the p-values below half the significance level
    basic_p_curve_test<Real> flatness;        ///< small: flatter than if every study had a power of one third
    bool evidential_value; ///< half right skew below 0.05, or both below 0.1 (Simonsohn et al. 2015)
};

using p_curve_result = basic_p_curve_result<double>;

/// The p-curve of Simonsohn, Nelson and Simmons: the distribution of the significant two-sided p-values,
/// P(|Z| > |y|/se) below 0.05.
///
/// Without any effect they are uniform below the cutpoint, so that p / 0.05 is a p-value of its own; with an
/// effect small ones are more frequent, however many results that are not significant were suppressed. The
/// null of `right_skew` is that no study studied a true effect, that of `flatness` a power of one third in
/// all of them.
///
/// It says whether there is something, not how much, and what holds for the set need not hold for any study.
/// Heterogeneous power and one p-value per study chosen among many mislead it. Effects of both signs count.
///
/// Simonsohn, Nelson & Simmons 2014, J Exp Psychol Gen 143:534-547, doi:10.1037/a0033242, with the
/// combination by Stouffer of Simonsohn, Simmons & Nelson 2015, J Exp Psychol Gen 144:1146-1152,
/// doi:10.1037/xge0000104.
struct p_curve {
    double significance = 0.05; ///< two-sided

    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or `significance` is not between 0 and 1
    template <estimates Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_p_curve_result<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        using standard = basic_normal<Real>;
        detail::require_between_0_and_1("significance", significance);
        Real const limit = standard::upper_quantile(Real(Real(significance) / 2));
        Real const half_limit = standard::upper_quantile(Real(Real(significance) / 4));
        // A power of one third, to the one side: P(Z > limit - noncentrality) = 1/3.
        Real const noncentrality = limit - standard::upper_quantile(Real(Real(1) / 3));
        auto full = sum<Real>{};
        auto half = sum<Real>{};
        auto flat = sum<Real>{};
        for (auto const& study : detail::as_evidence(estimates).studies()) {
            Real const ratio = study.effect / standard_error(study);
            Real const z = detail::magnitude(ratio);
            if (z > limit) {
                full.add(-conditional_quantile(z, Real(Real(significance) / 2)));
                // P(Z' < z | Z' > limit) = 1 - 3 P(Z' > z), Z' = Z + noncentrality
                flat.add(conditional_quantile(Real(z - noncentrality), Real(Real(1) / 3)));
            }
            if (z > half_limit) {
                half.add(-conditional_quantile(z, Real(Real(significance) / 4)));
            }
        }
        auto const right = full.test();
        auto const half_right = half.test();
        return {right, half_right, flat.test(),
                half_right.p_value < Real(0.05) ||
                    (half_right.p_value < Real(0.1) && right.p_value < Real(0.1))};
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);

  private:
    template <real Real>
    struct sum {
        Real total = Real(0);
        std::size_t count = 0;

        void add(Real const& z) {
            total += z;
            ++count;
        }
        [[nodiscard]] basic_p_curve_test<Real> test() const {
            if (count == 0) {
                return {detail::not_a_number<Real>(), detail::not_a_number<Real>(), 0, status::undefined};
            }
            Real const z = total / sqrt(detail::from_count<Real>(count));
            if (!detail::is_finite(z)) {
                return {detail::not_a_number<Real>(), detail::not_a_number<Real>(), count, status::undefined};
            }
            return {z, basic_normal<Real>::cumulative(z), count, status::ok};
        }
    };

    /// The x with P(Z > x) = P(Z > z) / probability.
    template <real Real>
    [[nodiscard]] static Real conditional_quantile(Real const& z, Real const& probability) {
        using standard = basic_normal<Real>;
        Real const tail = standard::survival(z) / probability;
        if (tail > (std::numeric_limits<Real>::min)() * Real(1e6)) {
            return standard::upper_quantile(tail < 1 ? tail : Real(1));
        }
        Real const target = standard::log_survival(z) - log(probability);
        // Where z² is beyond the type, the condition is far below the last digit of z.
        return detail::is_finite(target) ? detail::upper_quantile_of_log(target) : z;
    }
};

} // namespace accrue
