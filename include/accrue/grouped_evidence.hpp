#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence.hpp>
#include <accrue/weighted_fit.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace accrue {

/// A weighted least-squares fit with a mean for each group of studies: `weighted_fit` with the sums taken
/// over the groups, which is what block-diagonal matrices come to.
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
    [[nodiscard]] Real q() const { return squares / unit; }
    [[nodiscard]] Real trace() const { return over_groups(&weighted_fit<Real>::trace); }
    [[nodiscard]] Real squared_trace() const { return over_groups(&weighted_fit<Real>::squared_trace); }
    [[nodiscard]] Real score_squares() const { return over_groups(&weighted_fit<Real>::score_squares); }
    [[nodiscard]] Real curvature_squares() const {
        return over_groups(&weighted_fit<Real>::curvature_squares);
    }
    [[nodiscard]] Real log_information() const { return over_groups(&weighted_fit<Real>::log_information); }

  private:
    [[nodiscard]] Real over_groups(Real (weighted_fit<Real>::*quantity)() const) const {
        Real total(0);
        for (auto const& group : groups_) {
            total += (group.*quantity)();
        }
        return total;
    }

    std::vector<weighted_fit<Real>> groups_;
};

/// A list of estimates as evidence which owns them.
template <real Real>
class owned_evidence {
  public:
    using real_type = Real;

    /// \throws invalid_input as `study_evidence` does
    explicit owned_evidence(std::vector<basic_estimate<Real>> studies) : all_(std::move(studies)) {}

    [[nodiscard]] std::size_t size() const { return all_.size(); }
    [[nodiscard]] Real smallest_variance() const { return view().smallest_variance(); }
    [[nodiscard]] Real largest_variance() const { return view().largest_variance(); }
    template <class Weight>
    [[nodiscard]] auto fit(Real const& unit, Weight const& weight) const {
        return view().fit(unit, weight);
    }
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return view().sum(function);
    }

  private:
    [[nodiscard]] study_evidence<Real> view() const { return study_evidence<Real>(all_); }

    std::vector<basic_estimate<Real>> all_;
};

/// Studies in groups that differ in their mean but share one tau², as evidence: every estimator of tau² works
/// on it, and then pools what the groups say of tau² without taking differences between them for
/// heterogeneity.
template <real Real>
class grouped_evidence {
  public:
    using real_type = Real;

    /// \throws invalid_input when there is no group
    explicit grouped_evidence(std::vector<study_evidence<Real>> groups) : groups_(std::move(groups)) {
        detail::require_not_empty("groups", groups_.size());
        smallest_ = groups_.front().smallest_variance();
        largest_ = groups_.front().largest_variance();
        for (auto const& group : groups_) {
            size_ += group.size();
            smallest_ = group.smallest_variance() < smallest_ ? group.smallest_variance() : smallest_;
            largest_ = group.largest_variance() > largest_ ? group.largest_variance() : largest_;
        }
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Real smallest_variance() const { return smallest_; }
    [[nodiscard]] Real largest_variance() const { return largest_; }
    [[nodiscard]] std::vector<study_evidence<Real>> const& groups() const { return groups_; }

    /// Studies beyond those that it takes to estimate the groups' means.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return size_ - groups_.size(); }
    /// The studies with one mean, for estimators whose first guess disregards the groups.
    [[nodiscard]] owned_evidence<Real> ungrouped() const {
        std::vector<basic_estimate<Real>> all;
        for (auto const& group : groups_) {
            all.insert(all.end(), group.studies().begin(), group.studies().end());
        }
        return owned_evidence<Real>(std::move(all));
    }

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
        Real total(0);
        for (auto const& group : groups_) {
            total += group.sum(function);
        }
        return total;
    }

  private:
    std::vector<study_evidence<Real>> groups_;
    std::size_t size_ = 0;
    Real smallest_;
    Real largest_;
};

} // namespace accrue
