#pragma once

#include <accrue/batch/study_batch.hpp>
#include <accrue/error.hpp>
#include <accrue/regression/detail/regress_in_lanes.hpp>
#include <accrue/regression/meta_regression.hpp>
#include <accrue/regression/moderators.hpp>
#include <accrue/uncertainty/kenward_roger.hpp>
#include <accrue/uncertainty/precision.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

/// What a model says of each regression of a batch, in columns. One that could not be fitted has NaN
/// everywhere, and a `status` that says why; none affects any other.
struct regression_batch {
    /// Room for the results of a batch of that size.
    regression_batch(std::vector<std::string> coefficient_names, std::size_t const size)
        : names(std::move(coefficient_names)), coefficients(names.size() * size),
          standard_errors(names.size() * size), coefficient_degrees_of_freedom(names.size() * size),
          tau_squared(size), q(size), degrees_of_freedom(size), k(size), status(size) {}

    std::vector<std::string> names;      ///< of the coefficients
    std::vector<double> coefficients;    ///< coefficient j of regression i at the place j * size() + i
    std::vector<double> standard_errors; ///< likewise
    std::vector<double> coefficient_degrees_of_freedom; ///< likewise; by `kenward_roger` each has its own
    std::vector<double> tau_squared;        ///< in squared units of the effect; 0 for `common_effect`
    std::vector<double> q;                  ///< Q_E about the common-effect regression
    std::vector<double> degrees_of_freedom; ///< the least of the coefficients'; infinite for the normal
    std::vector<std::size_t> k;             ///< studies that were not missing
    /// `ok`, or why a regression is not to be used: `undefined` where all its studies are missing, `invalid`
    /// where one can't be used or too few are left for the coefficients, otherwise as `meta_regression` says.
    std::vector<accrue::status> status;

    /// The number of regressions.
    [[nodiscard]] std::size_t size() const { return tau_squared.size(); }
    /// One coefficient of one regression; `p_value`, `confidence_interval` and so on apply to it.
    ///
    /// \param i the regression, counted from 0
    /// \param j the coefficient, counted from 0 in the order of `names`
    /// \throws invalid_input for a regression or a coefficient that there is not
    [[nodiscard]] pooled coefficient(std::size_t const i, std::size_t const j) const {
        detail::require_below("regression (counted from 0)", i, "the number of regressions", size());
        detail::require_below("coefficient (counted from 0)", j, "the number of coefficients", names.size());
        std::size_t const place = j * size() + i;
        double const error = standard_errors[place];
        return {coefficients[place],
                error * error,
                tau_squared[i],
                coefficient_degrees_of_freedom[place],
                k[i],
                status[i]};
    }
};

namespace detail {

/// NaN for all numbers of one regression.
inline void set_failed(regression_batch& results, std::size_t const i, std::size_t const k,
                       accrue::status const why) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t j = 0; j < results.names.size(); ++j) {
        results.coefficients[j * results.size() + i] = none;
        results.standard_errors[j * results.size() + i] = none;
        results.coefficient_degrees_of_freedom[j * results.size() + i] = none;
    }
    results.tau_squared[i] = none;
    results.q[i] = none;
    results.degrees_of_freedom[i] = none;
    results.k[i] = k;
    results.status[i] = why;
}

/// Any model, one regression at a time, on the rows of the studies that are there.
template <class Model>
void regress_alone(Model const& model, study_matrix const& batch, basic_design_matrix<double> const& design,
                   std::size_t const i, regression_batch& results) {
    auto studies = std::vector<estimate>{};
    auto rows = std::vector<std::size_t>{};
    for (std::size_t study = 0; study < batch.studies; ++study) {
        std::size_t const place = study * batch.size() + i;
        if (!std::isnan(batch.effects[place]) && !std::isnan(batch.variances[place])) {
            studies.push_back({batch.effects[place], batch.variances[place]});
            rows.push_back(study);
        }
    }
    if (studies.empty()) {
        set_failed(results, i, 0, status::undefined);
        return;
    }
    try {
        auto const own = [&] {
            if (rows.size() == batch.studies) {
                return design;
            }
            matrix<double> kept(index(rows.size()), design.columns().cols());
            for (std::size_t row = 0; row < rows.size(); ++row) {
                kept.row(index(row)) = design.columns().row(index(rows[row]));
            }
            return basic_design_matrix<double>(kept, design.names());
        }();
        auto const fit =
            meta_regression(model, moderated_evidence<double>(std::span<estimate const>(studies), own));
        for (std::size_t j = 0; j < results.names.size(); ++j) {
            std::size_t const place = j * results.size() + i;
            results.coefficients[place] = fit.coefficients[j];
            results.standard_errors[place] = std::sqrt(fit.covariance(index(j), index(j)));
            results.coefficient_degrees_of_freedom[place] = coefficient(fit, j).degrees_of_freedom;
        }
        results.tau_squared[i] = fit.tau_squared;
        results.q[i] = fit.q;
        results.degrees_of_freedom[i] = fit.degrees_of_freedom;
        results.k[i] = fit.k;
        results.status[i] = fit.status;
    } catch (invalid_input const&) {
        set_failed(results, i, studies.size(), status::invalid);
    }
}

/// What of a model is computed side by side.
template <class Model>
inline constexpr bool regresses_in_lanes = std::same_as<Model, common_effect>;
template <class Estimator, class Uncertainty>
inline constexpr bool regresses_in_lanes<random_effects<Estimator, Uncertainty>> =
    (std::same_as<Estimator, reml> ||
     std::same_as<Estimator, dersimonian_laird>)&&!std::same_as<Uncertainty, kenward_roger>;

/// A pack of regressions, stored if all is well. Those of its lanes that found no tau², or have a number that
/// is not finite, are done again alone.
///
/// The design is X = Z T, with a basis Z that all regressions share (`from_basis` is the inverse of T). With
/// R the triangle of the weighted Z, and Q its orthonormal columns,
///
///     b = T^-1 R^-1 Q'y,   covariance = c T^-1 R^-1 (T^-1 R^-1)',
///
/// with c the factor of the uncertainty method; variances are sums of squares, and nothing cancels.
///
/// \return whether it was stored: not so where a study of any lane is missing or unusable
template <class Pack, class Model>
[[gnu::always_inline]] inline bool regress_pack(Model const& model, study_matrix const& batch,
                                                basic_design_matrix<double> const& design,
                                                std::size_t const first, matrix<double> const& from_basis,
                                                lane_regression_room<Pack>& room, regression_batch& results) {
    std::size_t const p = design.coefficients();
    auto const view =
        lane_view{batch.effects.data() + first, batch.variances.data() + first, batch.size(), batch.studies};
    auto const summary = survey<Pack>(view, 0);
    if (!summary.usable().everywhere()) {
        return false;
    }
    auto const studies = lane_regressions<Pack>{view, 0, summary, design.basis().data(), p, &room};
    auto const common = studies.fit(0);
    auto tau_squared = lane_tau_squared<Pack>{0, common.holds};
    if constexpr (!std::same_as<Model, common_effect>) {
        tau_squared = estimate_in_lanes(model.estimator, studies, common);
    }
    auto const fit = studies.fit(tau_squared.value);
    Pack factor = 1;
    Pack degrees_of_freedom = infinity<double>();
    if constexpr (!std::same_as<Model, common_effect>) {
        auto factors = std::array<double, Pack::width>{};
        auto degrees = std::array<double, Pack::width>{};
        auto const unit = fit.unit.unpacked();
        auto const squares = fit.squares.unpacked();
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        for (std::size_t i = 0; i < Pack::width; ++i) {
            try {
                auto const precision = model.uncertainty(weighted_fit<double>{
                    batch.studies - p + 1, unit[i], 0, unit[i], none, none, squares[i], none, none, none});
                factors[i] = precision.variance;
                degrees[i] = precision.degrees_of_freedom;
            } catch (invalid_input const&) {
                factors[i] = none;
            }
        }
        factor = Pack::load(factors.data());
        degrees_of_freedom = Pack::load(degrees.data());
    }
    // R^-1 by columns, then T^-1 R^-1 row by row.
    auto const r = room.r;
    auto const inverse = room.inverse;
    for (std::size_t j = 0; j < p; ++j) {
        for (std::size_t i = p; i-- > 0;) {
            Pack rest = i == j ? 1 : 0;
            for (std::size_t l = i + 1; l <= j; ++l) {
                rest -= r[l * p + i] * inverse[j * p + l];
            }
            inverse.set(j * p + i, i > j ? Pack(0) : Pack(rest / r[i * p + i]));
        }
    }
    auto good = tau_squared.good & fit.holds;
    Pack const scale = sqrt(factor * fit.unit);
    for (std::size_t i = 0; i < p; ++i) {
        Pack effect = 0;
        Pack variance = 0;
        for (std::size_t j = i; j < p; ++j) {
            Pack entry = 0;
            for (std::size_t l = i; l <= j; ++l) {
                entry += from_basis(index(i), index(l)) * inverse[j * p + l];
            }
            effect += entry * room.parts[j];
            variance += entry * entry;
        }
        Pack const error = scale * sqrt(variance);
        good = good & ((effect - effect) + (error - error) <= 0);
        effect.store(&results.coefficients[i * results.size() + first]);
        error.store(&results.standard_errors[i * results.size() + first]);
        degrees_of_freedom.store(&results.coefficient_degrees_of_freedom[i * results.size() + first]);
    }
    tau_squared.value.store(&results.tau_squared[first]);
    common.q().store(&results.q[first]);
    degrees_of_freedom.store(&results.degrees_of_freedom[first]);
    std::fill_n(&results.k[first], Pack::width, batch.studies);
    std::fill_n(&results.status[first], Pack::width, status::ok);
    for (std::size_t i = 0; i < Pack::width; ++i) {
        if (!good[i]) {
            regress_alone(model, batch, design, first + i, results);
        }
    }
    return true;
}

template <class Pack, class Model>
[[gnu::always_inline]] inline void
regress_range(Model const& model, study_matrix const& batch, basic_design_matrix<double> const& design,
              std::size_t const first, std::size_t const last, regression_batch& results) {
    std::size_t const p = design.coefficients();
    auto room = lane_regression_room<Pack>(batch.studies, p);
    auto const from_basis = inverse_triangle(design.triangle());
    std::size_t i = first;
    while (i < last) {
        std::size_t const end = (std::min)(i + Pack::width, last);
        if (end - i < Pack::width ||
            !regress_pack<Pack>(model, batch, design, i, from_basis, room, results)) {
            for (std::size_t one = i; one < end; ++one) {
                regress_alone(model, batch, design, one, results);
            }
        }
        i = end;
    }
}

template <class Model>
ACCRUE_WIDE_PACK_TARGET void
regress_range_wide(Model const& model, study_matrix const& batch, basic_design_matrix<double> const& design,
                   std::size_t const first, std::size_t const last, regression_batch& results) {
    regress_range<wide_pack>(model, batch, design, first, last, results);
}

} // namespace detail

/// The regressions `first` to `last` - 1 of a batch into the same places of `results`, which was made with
/// the names of the design and the size of the batch. Calls for ranges that do not overlap may run at the
/// same time, on threads of your own.
///
/// \param design `moderators::design` of the batch's number of studies
/// \throws invalid_input when batch, design and results do not fit together, or for a range beyond the batch
template <regression_model Model>
void regress_each(Model const& model, study_matrix const& batch, basic_design_matrix<double> const& design,
                  std::size_t const first, std::size_t const last, regression_batch& results) {
    detail::check(batch);
    detail::require_that(design.studies() == batch.studies && results.names.size() == design.coefficients(),
                         "the design must have one row a study, and the results one column a coefficient");
    detail::require_that(first <= last && last <= batch.size() && results.size() == batch.size(),
                         "the range must lie within the batch, and the results have its size");
    if constexpr (!detail::regresses_in_lanes<Model>) {
        for (std::size_t i = first; i < last; ++i) {
            detail::regress_alone(model, batch, design, i, results);
        }
    } else if (detail::wide_packs_run_here()) {
        detail::regress_range_wide(model, batch, design, first, last, results);
    } else {
        detail::regress_range<detail::native_pack>(model, batch, design, first, last, results);
    }
}

/// Many regressions on the same moderators, as in genomics and imaging: one for each of a million places,
/// say, with the same 20 studies.
///
///     regress_each(random_effects{}, study_matrix{effects, variances, 20}, moderators{}.with("age", ages));
///
/// The common effect and random effects with DerSimonian-Laird or REML are computed several regressions at a
/// time, whatever the method of uncertainty but Kenward-Roger; others one by one. Results agree with those of
/// `meta_regression` to rounding errors. A study that is missing (NaN) takes its row of the design with it.
/// Such regressions, and those that are left over at the end of a batch, are computed one by one.
///
/// \param model `common_effect` or `random_effects`, with any options
/// \param batch effects and variances, study by study: that of study s in regression i at s * size() + i
/// \param given the moderators, one value for each study of the batch, the same in all regressions
/// \throws invalid_input when the batch's columns do not fit together, and as `basic_moderators::design`
/// does; never for the studies of one regression, whose result has a status then
template <regression_model Model>
[[nodiscard]] regression_batch regress_each(Model const& model, study_matrix const& batch,
                                            moderators const& given) {
    auto const design = given.design(batch.studies);
    auto results = regression_batch(design.names(), batch.size());
    regress_each(model, batch, design, 0, batch.size(), results);
    return results;
}

} // namespace accrue
