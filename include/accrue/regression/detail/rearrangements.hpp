#pragma once

#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace accrue::detail {

/// A number below `bound`, all with the same probability: without the bias of a remainder.
[[nodiscard]] inline std::size_t uniform_below(std::mt19937_64& generator, std::size_t const bound) {
    std::uint64_t const range = bound;
    std::uint64_t const excess = ((std::numeric_limits<std::uint64_t>::max)() % range + 1) % range;
    for (;;) {
        std::uint64_t const draw = generator();
        if (draw <= (std::numeric_limits<std::uint64_t>::max)() - excess) {
            return static_cast<std::size_t>(draw % range);
        }
    }
}

/// The place of each row among the distinct rows of the design.
template <real Real>
[[nodiscard]] std::vector<std::size_t> row_classes(matrix<Real> const& columns) {
    auto const same = [&](std::size_t const a, std::size_t const b) {
        for (Eigen::Index j = 0; j < columns.cols(); ++j) {
            if (columns(index(a), j) < columns(index(b), j) || columns(index(b), j) < columns(index(a), j)) {
                return false;
            }
        }
        return true;
    };
    auto firsts = std::vector<std::size_t>{};
    auto result = std::vector<std::size_t>{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(columns.rows()); ++i) {
        auto const found = std::find_if(firsts.begin(), firsts.end(),
                                        [&](std::size_t const first) { return same(first, i); });
        result.push_back(static_cast<std::size_t>(found - firsts.begin()));
        if (found == firsts.end()) {
            firsts.push_back(i);
        }
    }
    return result;
}

/// The number of distinct arrangements of the classes, or `most` + 1 if there are more.
[[nodiscard]] inline std::size_t arrangements(std::vector<std::size_t> const& classes,
                                              std::size_t const most) {
    double log_count = std::lgamma(static_cast<double>(classes.size()) + 1);
    for (std::size_t c = 0; c < classes.size(); ++c) {
        auto const members = std::count(classes.begin(), classes.end(), c);
        log_count -= std::lgamma(static_cast<double>(members) + 1);
    }
    double const count = std::round(std::exp(log_count));
    return count <= static_cast<double>(most) ? static_cast<std::size_t>(count) : most + 1;
}

/// Counts how often rearranged statistics are at least as large as those of the data, but for rounding.
template <real Real>
class exceedances {
  public:
    explicit exceedances(std::vector<Real> observed)
        : observed_(std::move(observed)), counts_(observed_.size(), 0) {}

    void add(std::vector<Real> const& statistics) {
        Real const slack = 1 - sqrt(Real(std::numeric_limits<Real>::epsilon()));
        for (std::size_t j = 0; j < observed_.size(); ++j) {
            // One that is not a number may be as large.
            counts_[j] += statistics[j] < observed_[j] * slack ? 0 : 1;
        }
        ++tried_;
    }
    [[nodiscard]] Real p_value(std::size_t const j) const {
        bool const known = observed_[j] <= infinity<Real>();
        return known ? Real(from_count<Real>(counts_[j]) / from_count<Real>(tried_)) : not_a_number<Real>();
    }
    [[nodiscard]] std::size_t tried() const { return tried_; }

  private:
    std::vector<Real> observed_;
    std::vector<std::size_t> counts_;
    std::size_t tried_ = 0;
};

/// What rounding leaves of coefficients that are 0. The effects beyond their unweighted fit are then no more
/// than `unit`, up or down, and a coefficient, sum_l A_jl of them with A = (X'WX)^-1 X'W, no more than
/// unit sum |A_jl|: the more, the nearer the moderators of the studies that have most of the weight.
template <real Real>
class rounding_of_coefficients {
  public:
    explicit rounding_of_coefficients(std::vector<basic_estimate<Real>> const& estimates,
                                      basic_design_matrix<Real> const& design) {
        unit_ = 4 * std::numeric_limits<Real>::epsilon() * largest_effect(estimates) *
                sqrt(from_count<Real>(estimates.size()));
        matrix<Real> const from_basis = inverse_triangle(design.triangle());
        for (Eigen::Index j = 0; j < from_basis.rows(); ++j) {
            lengths_.push_back(Real(from_basis.row(j).norm()));
        }
    }

    /// Which coefficients are but rounding.
    [[nodiscard]] std::vector<bool> of(moderated_evidence<Real> const& studies,
                                       basic_regression<Real> const& fit) const {
        auto const size = [&](std::size_t const j) { return magnitude(fit.coefficients[j]); };
        // Few coefficients are that near to 0, and the sums need not be computed for the others.
        Real const most = unit_ * Real(1e10);
        std::vector<bool> result(lengths_.size());
        bool any = false;
        for (std::size_t j = 0; j < lengths_.size(); ++j) {
            result[j] = size(j) <= unit_ * lengths_[j];
            any = any || (!result[j] && size(j) <= most * lengths_[j]);
        }
        if (!any) {
            return result;
        }
        Real const unit = studies.smallest_variance() + fit.tau_squared;
        auto const projection = projection_at(studies, unit, fit.tau_squared);
        auto const root = solve(studies, projection, unit).root; // A = F Q' W^1/2
        for (std::size_t j = 0; j < lengths_.size(); ++j) {
            Real const sum = projection.sum([&](std::size_t const i) {
                Real total(0);
                for (std::size_t a = j; a < lengths_.size(); ++a) {
                    total += root(index(j), index(a)) * projection.q(i, a);
                }
                return Real(magnitude(total) * sqrt(Real(projection.weight(i) / unit)));
            });
            result[j] = result[j] || size(j) <= unit_ * sum;
        }
        return result;
    }

  private:
    Real unit_;
    std::vector<Real> lengths_; ///< of the rows of the inverse triangle
};

/// |b / SE| of each coefficient, 0 where b is but rounding; then the omnibus statistic.
template <class Model, real Real>
[[nodiscard]] std::vector<Real>
permuted_statistics(Model const& model, std::vector<basic_estimate<Real>> const& estimates,
                    basic_design_matrix<Real> const& design, basic_design_terms<Real> const& terms,
                    rounding_of_coefficients<Real> const& rounding) {
    auto const studies = moderated_evidence<Real>(std::span<basic_estimate<Real> const>(estimates), design);
    auto fit = meta_regression(model, studies);
    fit.terms = terms;
    auto const zero = rounding.of(studies, fit);
    std::vector<Real> result;
    bool any = false;
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        any = any || (!zero[j] && (j > 0 || !terms.has_intercept()));
        Real const t = zero[j] ? Real(0) : test_statistic(coefficient(fit, j));
        result.push_back(magnitude(t));
    }
    if (!terms.terms().empty()) {
        result.push_back(any ? omnibus_test(fit).statistic : Real(0));
    }
    return result;
}

} // namespace accrue::detail
