#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/moderated_fit.hpp>
#include <accrue/real.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace accrue::detail {

/// Estimates with a predictor each as evidence, so that every estimator of tau² gives the heterogeneity that
/// is left about the line: `moderated_evidence` with an intercept and one number, without matrices.
template <real Real>
class line_evidence {
  public:
    using real_type = Real;

    line_evidence(study_evidence<Real> const& studies, std::vector<Real> const& predictor)
        : studies_(studies), basis_(studies.size(), Real(1)) {
        std::size_t const k = size();
        auto design = basis_;
        design.insert(design.end(), predictor.begin(), predictor.end());
        auto triangle = std::vector<Real>(columns * columns);
        (void)orthonormalise(design.data(), columns, k, triangle.data(), Real(0));
        log_design_ = 2 * (log(triangle[0]) + log(triangle[3]));
        std::size_t heaviest = 0;
        for (std::size_t i = 0; i < k; ++i) {
            heaviest = this->studies()[i].variance < this->studies()[heaviest].variance ? i : heaviest;
        }
        for (std::size_t i = 0; i < k; ++i) {
            basis_.push_back(predictor[i] - predictor[heaviest]);
            effects_.push_back(this->studies()[i].effect - this->studies()[heaviest].effect);
        }
    }

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] Real smallest_variance() const { return studies_.smallest_variance(); }
    [[nodiscard]] Real largest_variance() const { return studies_.largest_variance(); }
    [[nodiscard]] std::size_t degrees_of_freedom() const { return size() - columns; }
    [[nodiscard]] std::span<basic_estimate<Real> const> studies() const { return studies_.studies(); }
    /// log det(X'X), a constant of the restricted likelihood.
    [[nodiscard]] Real log_design() const { return log_design_; }

    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return studies_.sum(function);
    }
    template <class Weight>
    [[nodiscard]] moderated_fit<Real> fit(Real const& unit, Weight const& weight) const {
        auto projected = projection([&](std::size_t const i) { return Real(weight(studies()[i].variance)); });
        return {unit, projected, Real(0)};
    }
    template <class Weight>
    [[nodiscard]] moderated_residual_maker<Real> residual_maker(Weight const& weight) const {
        return {projection(weight), studies()};
    }

  private:
    static constexpr std::size_t columns = 2;

    template <class Weight>
    [[nodiscard]] weighted_projection<Real> projection(Weight const& weight) const {
        return {basis_.data(), columns, effects_, weight};
    }

    study_evidence<Real> studies_;
    // As distances from the study with the most weight, on which a rounding error would weigh most.
    std::vector<Real>
        basis_; ///< of an intercept and the predictor; moving the predictor leaves det X'X as it is
    std::vector<Real> effects_;
    Real log_design_;
};

} // namespace accrue::detail
