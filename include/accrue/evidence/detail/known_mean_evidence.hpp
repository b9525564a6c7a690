#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

#include <cstddef>

namespace accrue::detail {

/// Evidence about a mean that is known: its fits have sums about that mean. `maximum_likelihood` of it
/// maximises the likelihood over tau² alone, for the profile likelihood of the mean.
template <real Real>
class known_mean_evidence {
  public:
    using real_type = Real;

    known_mean_evidence(study_evidence<Real> const& studies, Real const& mean)
        : studies_(studies), mean_(mean) {}

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] std::size_t degrees_of_freedom() const { return studies_.size(); }
    [[nodiscard]] Real smallest_variance() const { return studies_.smallest_variance(); }
    [[nodiscard]] Real largest_variance() const { return studies_.largest_variance(); }
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return studies_.sum(function);
    }
    template <class Weight>
    [[nodiscard]] weighted_fit<Real> fit(Real const& unit, Weight const& weight) const {
        auto result = weighted_fit<Real>{size(),  unit,    mean_,   Real(0), Real(0),
                                         Real(0), Real(0), Real(0), Real(0), Real(0)};
        for (auto const& [effect, variance] : studies_.studies()) {
            Real const u = weight(variance);
            Real const squared_residual = square(Real(effect - mean_));
            result.weights += u;
            result.squared_weights += u * u;
            result.cubed_weights += u * u * u;
            result.squares += u * squared_residual;
            result.weighted_squares += u * u * squared_residual;
            result.twice_weighted_squares += u * u * u * squared_residual;
        }
        return result;
    }

  private:
    study_evidence<Real> const& studies_;
    Real mean_;
};

} // namespace accrue::detail
