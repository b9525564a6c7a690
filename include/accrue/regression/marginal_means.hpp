#pragma once

#include <accrue/error.hpp>
#include <accrue/regression/predict.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace accrue {

/// The mean effect at one level of a factor.
template <real Real>
struct basic_marginal_mean {
    std::string level;
    basic_prediction<Real> mean;
};

using marginal_mean = basic_marginal_mean<double>;

/// The estimated marginal means of a factor: the mean effect at each of its levels, at the studies' mean of
/// every numeric moderator and with all levels of every other factor counting alike. Differences between them
/// are the factor's coefficients. Searle, Speed & Milliken 1980, Am Stat 34:216-221,
/// doi:10.1080/00031305.1980.10483031.
///
/// \param given the moderators of the regression
/// \param factor the name of one
/// \returns the levels in alphabetical order, but the reference level first
/// \throws invalid_input when there is no factor of that name, when these are not the moderators of the
///   regression, and unless 0 < level < 1
template <real Real>
[[nodiscard]] std::vector<basic_marginal_mean<Real>>
marginal_means(basic_regression<Real> const& fit, basic_moderators<Real> const& given,
               std::string const& factor, double const level) {
    auto const layout = given.terms();
    fit.terms.require_same(layout);
    auto row = std::vector<Real>(fit.coefficients.size(), Real(0));
    if (layout.has_intercept()) {
        row.front() = Real(1);
    }
    typename basic_design_terms<Real>::term const* chosen = nullptr;
    for (auto const& term : layout.terms()) {
        if (term.name == factor && term.is_factor()) {
            chosen = &term;
        } else if (term.is_factor()) {
            std::size_t const levels = term.levels.size() + (term.reference.empty() ? 0 : 1);
            for (std::size_t j = 0; j < term.levels.size(); ++j) {
                row[term.column + j] = 1 / detail::from_count<Real>(levels);
            }
        } else {
            row[term.column] = given.mean(term.name);
        }
    }
    if (chosen == nullptr) {
        std::vector<std::string> factors;
        for (auto const& term : layout.terms()) {
            if (term.is_factor()) {
                factors.push_back(term.name);
            }
        }
        throw invalid_input(detail::none_named("factor", factor, factors));
    }
    std::vector<basic_marginal_mean<Real>> result;
    if (!chosen->reference.empty()) {
        result.push_back({chosen->reference, predict(fit, row, level)});
    }
    for (std::size_t j = 0; j < chosen->levels.size(); ++j) {
        auto at_level = row;
        at_level[chosen->column + j] = Real(1);
        result.push_back({chosen->levels[j], predict(fit, at_level, level)});
    }
    return result;
}

} // namespace accrue
