#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace accrue {

/// A weighted least-squares fit with a mean for each group of studies: `weighted_fit` with the sums taken
/// over the groups, which is what block-diagonal matrices come to.
///
/// With a mean for each group the residual maker P has a block for each group and zeros elsewhere, so that
/// its traces and quadratic forms are sums over groups of those of single fits:
///
///     tr P = sum tr P_g,   y'Py = sum y_g' P_g y_g,   log det(X'WX) = sum log w1_g.
///
/// It is the fit of a meta-regression on the groups' indicators, without its matrices. It has the members of
/// `weighted_fit` that estimators of tau² use, in the same relative weights u = unit / (v + tau²); there is
/// no one mean. Raudenbush 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and
/// Meta-Analysis, 2nd ed., 295-315, has the moment and likelihood equations for general designs.
template <real Real>
class grouped_fit {
  public:
    grouped_fit(std::size_t const studies, Real const& scale, std::vector<weighted_fit<Real>> const& groups)
        : k(studies), unit(scale), groups_(groups) {
        for (auto const& group : groups) {
            weights += group.weights;
            squared_weights += group.squared_weights;
            squares += group.squares;
            weighted_squares += group.weighted_squares;
        }
    }

    std::size_t k;                   ///< number of studies
    Real unit;                       ///< the variance that has relative weight 1
    Real weights = Real(0);          ///< sum u
    Real squared_weights = Real(0);  ///< sum u²
    Real squares = Real(0);          ///< sum u r², r from the mean of the study's group
    Real weighted_squares = Real(0); ///< sum u² r²

    /// Studies beyond those that it takes to estimate the means.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return k - groups_.size(); }
    /// Q within groups: sum w r², with chi²(k - groups) its distribution if w are the inverse true variances.
    [[nodiscard]] Real q() const { return squares / unit; }
    /// Whether the traces of a group lose digits.
    [[nodiscard]] bool traces_cancel() const {
        return std::any_of(groups_.begin(), groups_.end(),
                           [](auto const& group) { return group.traces_cancel(); });
    }
    /// unit * tr P.
    [[nodiscard]] Real trace() const { return over_groups(&weighted_fit<Real>::trace); }
    /// unit² * tr PP.
    [[nodiscard]] Real squared_trace() const { return over_groups(&weighted_fit<Real>::squared_trace); }
    /// unit * y'PPy.
    [[nodiscard]] Real score_squares() const { return over_groups(&weighted_fit<Real>::score_squares); }
    /// unit² * y'PPPy.
    [[nodiscard]] Real curvature_squares() const {
        return over_groups(&weighted_fit<Real>::curvature_squares);
    }
    /// log det(X'WX), the term that the restricted likelihood adds for the estimated means.
    [[nodiscard]] Real log_information() const { return over_groups(&weighted_fit<Real>::log_information); }

    /// The groups' own fits.
    [[nodiscard]] std::vector<weighted_fit<Real>> const& groups() const { return groups_; }

  private:
    [[nodiscard]] Real over_groups(Real (weighted_fit<Real>::*quantity)() const) const {
        return detail::sum_over<Real>(groups_, [&](auto const& group) { return (group.*quantity)(); });
    }

    std::vector<weighted_fit<Real>> groups_;
};

/// Studies in groups that differ in their mean but share one tau², as evidence: every estimator of tau² works
/// on it, and then pools what the groups say of tau² without taking differences between them for
/// heterogeneity.
///
/// A tau² of its own for every group is poorly determined where groups are small; sharing it borrows
/// strength, at the price of assuming that heterogeneity is the same within all groups (Borenstein, Hedges,
/// Higgins & Rothstein 2009, Introduction to Meta-Analysis, ch. 19, doi:10.1002/9780470743386). Groups of one
/// study have a mean and no residual: they say nothing of tau². `common_tau_squared` makes this from lists of
/// estimates.
template <real Real>
class grouped_evidence {
  public:
    using real_type = Real;

    /// \throws invalid_input when there is no group, and for variances so far apart (a factor of 5e102 in
    /// `double`) that powers of a group's weights could vanish beside another's
    explicit grouped_evidence(std::vector<study_evidence<Real>> groups) : groups_(std::move(groups)) {
        detail::require_not_empty("groups", groups_.size());
        smallest_ = groups_.front().smallest_variance();
        largest_ = groups_.front().largest_variance();
        for (auto const& group : groups_) {
            size_ += group.size();
            smallest_ = group.smallest_variance() < smallest_ ? group.smallest_variance() : smallest_;
            largest_ = group.largest_variance() > largest_ ? group.largest_variance() : largest_;
        }
        using std::cbrt;
        Real const apart = largest_ / smallest_;
        detail::require(apart < Real(cbrt((std::numeric_limits<Real>::max)())),
                        "largest variance over the smallest", "small enough for cubes of relative weights",
                        apart);
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Real smallest_variance() const { return smallest_; }
    [[nodiscard]] Real largest_variance() const { return largest_; }
    /// The groups, for statistics that are sums over them, such as quadratic forms.
    [[nodiscard]] std::vector<study_evidence<Real>> const& groups() const { return groups_; }

    /// Studies beyond those that it takes to estimate the groups' means.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return size_ - groups_.size(); }
    /// A fit with a mean for each group and the same weight function in all of them.
    template <class Weight>
    [[nodiscard]] grouped_fit<Real> fit(Real const& unit, Weight const& weight) const {
        std::vector<weighted_fit<Real>> fits;
        fits.reserve(groups_.size());
        for (auto const& group : groups_) {
            fits.push_back(group.fit(unit, weight));
        }
        return {size_, unit, fits};
    }

    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return detail::sum_over<Real>(groups_, [&](auto const& group) { return group.sum(function); });
    }

  private:
    std::vector<study_evidence<Real>> groups_;
    std::size_t size_ = 0;
    Real smallest_;
    Real largest_;
};

} // namespace accrue
