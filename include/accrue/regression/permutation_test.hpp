#pragma once

#include <accrue/error.hpp>
#include <accrue/regression/detail/rearrangements.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/omnibus_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace accrue {

/// How many rearrangements a permutation test tries.
struct permutations {
    std::size_t most = 10000; ///< all of them if there are no more than this; else so many at random
    std::uint64_t seed = 1;   ///< of the random ones; the same seed gives the same result everywhere
};

/// p-values from rearranged data.
template <real Real>
struct basic_permutation_test {
    std::vector<Real> p_values;          ///< of the coefficients, two-sided; NaN without a statistic
    std::optional<Real> omnibus_p_value; ///< of all but the intercept; none without moderators
    std::size_t tried;                   ///< rearrangements, the data as they are among them
    bool exact;                          ///< all there are were tried
};

using permutation_test_result = basic_permutation_test<double>;

/// The permutation test of a meta-regression: how often, with the moderators' rows dealt out to the studies
/// in another order, a coefficient's |b / SE| is at least as large as it is. Without moderators the signs of
/// the effects are changed instead, which tests that they are symmetric about 0.
///
/// It needs no normal distribution and allows for tau² being estimated anew each time, but only so many
/// values are possible with few studies: with 5 there are 120 orders, and no p-value is below 1/120. All
/// distinct rearrangements are tried if there are no more than `options.most`; else that many at random, the
/// data as they are being one of them.
///
///     permutation_test(random_effects{}, estimates, given, {.most = 20000, .seed = 7})
///
/// Follmann & Proschan 1999, Biometrics 55:732-737, doi:10.1111/j.0006-341X.1999.00732.x; Higgins & Thompson
/// 2004, Stat Med 23:1663-1682, doi:10.1002/sim.1752.
///
/// \throws invalid_input as `meta_regression` does, and unless `most` is positive
template <regression_model Model, real Real, detail::estimates_of<Real> Range>
[[nodiscard]] basic_permutation_test<Real> permutation_test(Model const& model, Range const& estimates,
                                                            basic_moderators<Real> const& given,
                                                            permutations const& options = {}) {
    detail::require(options.most > 0, "most", "positive", static_cast<double>(options.most));
    auto const studies = moderated(estimates, given);
    auto const terms = given.terms();
    auto const& design = studies.design();
    std::size_t const k = studies.size();
    auto const original =
        std::vector<basic_estimate<Real>>(studies.studies().begin(), studies.studies().end());
    auto const rounding = detail::rounding_of_coefficients<Real>(original, design);
    auto const observed = detail::permuted_statistics(model, original, design, terms, rounding);
    auto counted = detail::exceedances<Real>(observed);
    auto generator = std::mt19937_64(options.seed);
    auto changed = original;
    auto const count = [&] {
        counted.add(detail::permuted_statistics(model, changed, design, terms, rounding));
    };
    bool exact = false;

    if (terms.terms().empty()) {
        exact = k < 63 && (std::size_t(1) << k) <= options.most;
        std::size_t const total = exact ? std::size_t(1) << k : options.most;
        for (std::size_t n = 0; n < total; ++n) {
            for (std::size_t i = 0; i < k; ++i) {
                bool const flip =
                    exact ? ((n >> i) & 1U) != 0 : n > 0 && detail::uniform_below(generator, 2) == 1;
                changed[i].effect = flip ? Real(-original[i].effect) : original[i].effect;
            }
            count();
        }
    } else {
        auto classes = detail::row_classes(design.columns());
        std::size_t const total = detail::arrangements(classes, options.most);
        exact = total <= options.most;
        if (exact) {
            // Each distinct order of the rows once; row r then belongs to the study where its class stands.
            auto rows = std::vector<std::vector<std::size_t>>(k);
            for (std::size_t i = 0; i < k; ++i) {
                rows[classes[i]].push_back(i);
            }
            std::sort(classes.begin(), classes.end());
            do {
                auto next = std::vector<std::size_t>(k, 0);
                for (std::size_t i = 0; i < k; ++i) {
                    changed[rows[classes[i]][next[classes[i]]++]] = original[i];
                }
                count();
            } while (std::next_permutation(classes.begin(), classes.end()));
        } else {
            for (std::size_t n = 0; n < options.most; ++n) {
                count();
                for (std::size_t i = k; i > 1; --i) {
                    std::swap(changed[i - 1], changed[detail::uniform_below(generator, i)]);
                }
            }
        }
    }
    auto result = basic_permutation_test<Real>{{}, {}, counted.tried(), exact};
    for (std::size_t j = 0; j < design.coefficients(); ++j) {
        result.p_values.push_back(counted.p_value(j));
    }
    if (!terms.terms().empty()) {
        result.omnibus_p_value = counted.p_value(design.coefficients());
    }
    return result;
}

ACCRUE_REFUSE_WHAT_CANNOT_BE_REGRESSED(permutation_test(Model const&, Studies const&,
                                                        basic_moderators<Real> const&, Rest const&...));

} // namespace accrue
