#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace accrue::detail {

/// The clusters' means at one variance within clusters, t: a cluster's effects, weighted by 1/(v + t), leave
/// one estimate of its own true effect, with the sampling variance 1/a, a = sum 1/(v + t). What the effects
/// say beyond that does not depend on the variance between clusters.
template <real Real>
struct cluster_means {
    Real within;                             ///< t
    Real unit;                               ///< smallest v + t, of which weights are relative to
    std::vector<basic_estimate<Real>> means; ///< each cluster's mean and its sampling variance
    std::vector<Real> weights;               ///< sum u, u = unit / (v + t)
    std::vector<Real> squares;               ///< sum u²
    std::vector<Real> cubes;                 ///< sum u³
    std::vector<Real> cross_products;        ///< (sum u)² - sum u², as a sum of positive terms
};

/// Effects in clusters, sorted by cluster, for sums over them in O(k).
template <real Real>
class nested_studies {
  public:
    /// \throws invalid_input as `study_evidence` does, and for a variance that the mean of as many studies
    ///   would take below the normal numbers of the type; it names the study
    nested_studies(std::span<basic_estimate<Real> const> const estimates, clustering const& clusters)
        : places_(clusters) {
        auto const evidence = study_evidence<Real>(estimates);
        smallest_ = evidence.smallest_variance();
        largest_ = evidence.largest_variance();
        squares_ = unweighted_fit(evidence).squares;
        studies_.reserve(estimates.size());
        Real const least = from_count<Real>(estimates.size()) * (std::numeric_limits<Real>::min)();
        for (auto const place : places_.places) {
            for_study(place, [&] {
                require(estimates[place].variance >= least, "variance",
                        "large enough that the mean of all has one", estimates[place].variance);
            });
            studies_.push_back(estimates[place]);
        }
        for (std::size_t j = 0; j < clusters.count; ++j) {
            squares_within_ += unweighted_fit(study_evidence<Real>(cluster(j))).squares;
        }
    }

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] std::size_t clusters() const { return places_.first.size() - 1; }
    [[nodiscard]] Real const& smallest_variance() const { return smallest_; }
    [[nodiscard]] Real const& largest_variance() const { return largest_; }
    [[nodiscard]] Real const& squares_about_mean() const { return squares_; }
    [[nodiscard]] Real const& squares_within() const { return squares_within_; }
    [[nodiscard]] std::span<basic_estimate<Real> const> cluster(std::size_t const j) const {
        return std::span(studies_).subspan(places_.first[j], places_.first[j + 1] - places_.first[j]);
    }

    [[nodiscard]] cluster_means<Real> means(Real const& within) const {
        std::size_t const count = clusters();
        auto result = cluster_means<Real>{within, smallest_ + within, {}, {}, {}, {}, {}};
        result.means.reserve(count);
        for (auto* const list : {&result.weights, &result.squares, &result.cubes, &result.cross_products}) {
            list->reserve(count);
        }
        for (std::size_t j = 0; j < count; ++j) {
            auto const effects = cluster(j);
            // Differences from the cluster's first effect: a large common offset costs no digit, and a single
            // effect is its own mean exactly.
            Real const origin = effects.front().effect;
            Real weights(0), squares(0), cubes(0), cross(0), differences(0);
            for (auto const& [effect, variance] : effects) {
                Real const u = result.unit / (variance + within);
                cross += 2 * u * weights;
                weights += u;
                squares += u * u;
                cubes += u * u * u;
                differences += u * (effect - origin);
            }
            result.means.push_back(
                {origin + differences / weights, effects.size() == 1 ? Real(effects.front().variance + within)
                                                                     : Real(result.unit / weights)});
            result.weights.push_back(weights);
            result.squares.push_back(squares);
            result.cubes.push_back(cubes);
            result.cross_products.push_back(cross);
        }
        return result;
    }

    /// sum log[(v + t)/unit] + sum of (y - cluster mean)² / (v + t) + sum log(sum u): minus twice the part of
    /// the log-likelihood that does not depend on the variance between clusters, but for constants and k - m
    /// times log(unit), m the number of clusters.
    [[nodiscard]] Real deviance_within(cluster_means<Real> const& at) const {
        Real total(0);
        for (std::size_t j = 0; j < clusters(); ++j) {
            Real squares(0), logarithms(0);
            for (auto const& [effect, variance] : cluster(j)) {
                Real const sum = variance + at.within;
                logarithms += log(Real(sum / at.unit));
                squares += square(Real(effect - at.means[j].effect)) / sum;
            }
            total += logarithms + squares + log(at.weights[j]);
        }
        return total + from_count<Real>(size() - clusters()) * log(at.unit);
    }

    /// unit * d(2 log-likelihood)/dt at the variance s between clusters and the mean mu:
    ///
    ///     y'PPy - tr P = sum (residual - predicted effect of the cluster)² / (v + t)² - tr P,
    ///
    /// P the inverse of the covariance with the mean projected out, or, unless restricted, the inverse itself
    /// in the trace. Every term of the trace of the inverse is positive: none cancels where s is large.
    [[nodiscard]] Real score_within(cluster_means<Real> const& at, Real const& between, Real const& mean,
                                    bool const restricted) const {
        Real const ratio = between / at.unit;
        Real squares(0), trace(0), lost(0), information(0);
        for (std::size_t j = 0; j < clusters(); ++j) {
            Real const shrunk = between / (between + at.means[j].variance) * (at.means[j].effect - mean);
            Real of_cluster(0);
            for (auto const& [effect, variance] : cluster(j)) {
                Real const u = at.unit / (variance + at.within);
                of_cluster += square(Real(u * (effect - mean - shrunk)));
            }
            squares += of_cluster;
            Real const growth = 1 + ratio * at.weights[j];
            trace += (at.weights[j] + ratio * at.cross_products[j]) / growth;
            lost += at.squares[j] / square(growth);
            information += at.weights[j] / growth;
        }
        return squares / at.unit - (restricted ? Real(trace - lost / information) : trace);
    }

  private:
    grouped_places places_;
    std::vector<basic_estimate<Real>> studies_;
    Real smallest_;
    Real largest_;
    Real squares_;
    Real squares_within_ = Real(0);
};

} // namespace accrue::detail
