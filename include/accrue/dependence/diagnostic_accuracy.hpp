#pragma once

#include <accrue/dependence/multivariate.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/refused.hpp>
#include <accrue/report/events.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <vector>

namespace accrue {

/// What a study of a diagnostic test reports.
struct diagnostic_counts {
    double true_positives;
    double false_negatives;
    double true_negatives;
    double false_positives;
};

/// A point in the plane of a receiver operating characteristic.
struct accuracy_point {
    double sensitivity;
    double specificity;
};

/// An ellipse on the logit scale of sensitivity and specificity, turned back to both.
struct accuracy_region {
    Eigen::Vector2d centre; ///< logits
    Eigen::Matrix2d root;   ///< a point of the border is centre + root (cos, sin)'

    /// The point of the border at an angle, from 0 to 2 pi.
    [[nodiscard]] accuracy_point at(double const angle) const {
        Eigen::Vector2d const logits = centre + root * Eigen::Vector2d(std::cos(angle), std::sin(angle));
        return {1 / (1 + std::exp(-logits[0])), 1 / (1 + std::exp(-logits[1]))};
    }
};

/// What the bivariate model says of a diagnostic test: outcome 0 is logit sensitivity, outcome 1 logit
/// specificity.
struct diagnostic_fit : multivariate_fit {
    /// Sensitivity and specificity of a test in an average study.
    [[nodiscard]] accuracy_point summary() const {
        return {1 / (1 + std::exp(-effects[0])), 1 / (1 + std::exp(-effects[1]))};
    }

    /// The summary receiver operating characteristic: the sensitivity that goes with a specificity, by the
    /// regression of one true logit on the other,
    ///
    ///     logit sensitivity = mean_0 + G_01 / G_11 (logit specificity - mean_1).
    ///
    /// NaN where specificity does not vary between studies.
    ///
    /// \throws invalid_input unless 0 < specificity < 1
    [[nodiscard]] double sensitivity_at(double const specificity) const {
        detail::require_between_0_and_1("specificity", specificity);
        double const logit = std::log(specificity) - std::log1p(-specificity);
        double const slope = between_covariance(0, 1) / between_covariance(1, 1);
        return 1 / (1 + std::exp(-(effects[0] + slope * (logit - effects[1]))));
    }

    /// Where the mean pair lies, with this confidence.
    ///
    /// \throws invalid_input unless 0 < level < 1
    template <class Level = double> // linear_fit.hpp says why
    [[nodiscard]] accuracy_region confidence_region(std::type_identity_t<Level> const level) const {
        return region(covariance, level);
    }

    /// Where the true pair of a new study lies, with this probability.
    ///
    /// \throws invalid_input unless 0 < level < 1
    template <class Level = double> // linear_fit.hpp says why
    [[nodiscard]] accuracy_region prediction_region(std::type_identity_t<Level> const level) const {
        return region(covariance + between_covariance, level);
    }

  private:
    template <class Matrix = Eigen::Matrix2d>
    [[nodiscard]] accuracy_region region(std::type_identity_t<Matrix> const& of, double const level) const {
        detail::require_between_0_and_1("level", level);
        // The quantile of chi squared with 2 degrees of freedom.
        double const radius = std::sqrt(-2 * std::log1p(-level));
        // Cholesky's root, also where rounding leaves no more than one dimension.
        double const first = std::sqrt(of(0, 0));
        double const along = of(1, 0) / first;
        Eigen::Matrix2d lower;
        lower << first, 0, along, std::sqrt((std::max)(0.0, of(1, 1) - along * along));
        return {effects, radius * lower};
    }
};

/// The bivariate model of diagnostic accuracy: the logits of sensitivity and specificity of each study, with
/// variances 1/TP + 1/FN and 1/TN + 1/FP and independent sampling errors (they are of different
/// participants), pooled by `multivariate`. A study with an empty cell has `correction` added to all four.
///
/// Reitsma et al. 2005, J Clin Epidemiol 58:982-990, doi:10.1016/j.jclinepi.2005.02.022.
template <likelihood_estimator Estimator = reml>
struct diagnostic_accuracy {
    Estimator estimator{};   ///< `reml` or `maximum_likelihood`, as `multivariate` takes it
    double correction = 0.5; ///< added to the cells of a study with an empty one

    /// \param studies a contiguous range of `diagnostic_counts`
    /// \throws invalid_input when there are fewer than two studies, a count is negative or not finite, a
    /// study has nobody with, or nobody without, the disease, or an empty cell and no correction (it names
    /// the study), and unless `correction` is zero or positive
    template <class Range>
        requires std::derived_from<detail::element_t<Range>, diagnostic_counts>
    [[nodiscard]] diagnostic_fit operator()(Range const& studies) const {
        detail::require_not_negative("correction", correction);
        auto outcomes = std::vector<study_outcomes>{};
        for (std::size_t i = 0; i < static_cast<std::size_t>(std::size(studies)); ++i) {
            outcomes.push_back(logits(i, std::data(studies)[i]));
        }
        return {multivariate<unstructured, Estimator>{{}, estimator}(outcomes)};
    }

  private:
    [[nodiscard]] study_outcomes logits(std::size_t const place, diagnostic_counts counts) const {
        double least = counts.true_positives;
        for (double const count :
             {counts.true_positives, counts.false_negatives, counts.true_negatives, counts.false_positives}) {
            detail::require_that(count >= 0 && detail::is_finite(count), place,
                                 "counts must be zero or positive, and finite");
            least = count < least ? count : least;
        }
        detail::require_that(counts.true_positives + counts.false_negatives > 0 &&
                                 counts.true_negatives + counts.false_positives > 0,
                             place, "there must be participants with and without the disease");
        detail::require_that(least + correction > 0, place,
                             "a study with an empty cell needs a correction above 0");
        double const add = least > 0 ? 0 : correction;
        double const tp = counts.true_positives + add, fn = counts.false_negatives + add;
        double const tn = counts.true_negatives + add, fp = counts.false_positives + add;
        Eigen::Matrix2d covariance = Eigen::Matrix2d::Zero();
        covariance(0, 0) = 1 / tp + 1 / fn;
        covariance(1, 1) = 1 / tn + 1 / fp;
        return {{std::log(tp / fn), std::log(tn / fp)}, covariance, {}};
    }

    template <class Range>
        requires(!std::derived_from<detail::element_t<Range>, diagnostic_counts>)
    ACCRUE_REFUSED("diagnostic accuracy is of counts: a range of diagnostic_counts", operator()(Range const&)
                                                                                         const);
};

template <class Estimator>
diagnostic_accuracy(Estimator, double = 0.5) -> diagnostic_accuracy<Estimator>;

} // namespace accrue
