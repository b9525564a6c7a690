// The same code at 50 digits, to see which digits are right; and with derivatives, to see what a result hangs
// on.
//
// Data: the first three trials of BCG of Colditz et al. 1994 (JAMA 271:698-702,
// doi:10.1001/jama.1994.03510330076038). Facts, which nobody owns.

#include <accrue/accrue.hpp>

#include <boost/math/differentiation/autodiff.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace accrue;

// One review, in whatever numbers it is asked for; `more` events in the first trial's treatment arm.
template <class Real>
basic_pooled<Real> review(Real const& more) {
    using group = basic_events<Real>;
    auto const trials =
        std::vector<two_arms<group>>{{group{Real(4) + more, Real(123)}, group{Real(11), Real(139)}},
                                     {group{Real(6), Real(306)}, group{Real(29), Real(303)}},
                                     {group{Real(3), Real(231)}, group{Real(11), Real(220)}}};
    return pool(random_effects{paule_mandel{}, wald{}}, effects(log_risk_ratio{}, trials));
}

int main() {
    using precise = boost::multiprecision::cpp_bin_float_50;
    auto const in_double = review(0.0);
    auto const in_fifty = review(precise(0));
    std::printf("double    %.17g\n", in_double.effect);
    std::printf("50 digits %s\n", in_fifty.effect.str(50).c_str());
    std::printf(
        "they differ by %.0e\n",
        std::fabs(static_cast<double>((precise(in_double.effect) - in_fifty.effect) / in_fifty.effect)));

    // Derivatives of any order come from Boost's automatic differentiation: numbers that carry them along.
    auto const more = boost::math::differentiation::make_fvar<double, 2>(0.0);
    auto const effect = review(more).effect;
    std::printf("one more event would change the log risk ratio by %+.4f at first order, %+.4f at second\n",
                effect.derivative(1), effect.derivative(1) + effect.derivative(2) / 2);
    std::printf("and does by %+.4f\n", review(1.0).effect - in_double.effect);
}
