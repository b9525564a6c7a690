#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/refused_studies.hpp>
#include <accrue/pooled.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/asymmetry_test.hpp>
#include <accrue/small_study/egger_test.hpp>

namespace accrue {

/// What PET-PEESE makes of a set of studies.
template <real Real>
struct basic_pet_peese_result {
    basic_pooled<Real> pooled;        ///< the intercept of PET or of PEESE, whichever was chosen
    bool peese_chosen;                ///< whether PET found an effect, so that PEESE was taken
    basic_asymmetry_test<Real> pet;   ///< effects on standard errors
    basic_asymmetry_test<Real> peese; ///< effects on variances
};

using pet_peese_result = basic_pet_peese_result<double>;

/// Stanley and Doucouliagos's conditional estimator of the effect of an infinitely large study:
///
///     PET     y = b0 + b1 se + error,   weights 1/v
///     PEESE   y = b0 + b1 v + error,    weights 1/v
///
/// PET's intercept is biased towards 0 when there is an effect; PEESE's is biased away from it when there is
/// none. So PEESE's is taken if PET's intercept differs from 0, and PET's otherwise.
///
/// It misleads with fewer than about 20 studies, with heterogeneity as large as usual, and where all studies
/// are small: the intercept is then an extrapolation far outside the data. Its standard error takes no
/// account of the choice. Stanley & Doucouliagos 2014, Res Synth Methods 5:60-78, doi:10.1002/jrsm.1095;
/// Stanley 2017, Soc Psychol Personal Sci 8:581-591, doi:10.1177/1948550617693062 (limits of the method).
template <class Dispersion = estimated_dispersion>
struct pet_peese {
    double significance = 0.10; ///< PEESE is taken if PET's two-sided p-value of no effect is below it: the
                                ///< one-sided 5 % of the paper
    Dispersion dispersion{};

    /// \throws invalid_input when there is no study, an effect or variance is unusable (it names the study),
    /// or `significance` is not between 0 and 1
    template <estimates Range>
    [[nodiscard]] auto operator()(Range const& estimates) const
        -> basic_pet_peese_result<detail::range_real<Range>> {
        using Real = detail::range_real<Range>;
        detail::require_between_0_and_1("significance", significance);
        auto const pet = egger_test{by_standard_error{}, dispersion}(estimates);
        auto const peese = egger_test{by_variance{}, dispersion}(estimates);
        Real const statistic = pet.intercept.effect / standard_error(pet.intercept);
        bool const found =
            detail::two_sided_p<Real>(statistic, pet.intercept.degrees_of_freedom).value < Real(significance);
        return {found ? peese.intercept : pet.intercept, found, pet, peese};
    }
    ACCRUE_REFUSE_ALL_BUT_STUDIES(operator()(Studies const&, Rest const&...) const);
};

#if defined(__clang__) && __clang_major__ < 17 // which does not deduce from members
template <class Dispersion>
pet_peese(double, Dispersion) -> pet_peese<Dispersion>;
#endif

} // namespace accrue
