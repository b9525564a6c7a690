#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/moderated_fit.hpp>
#include <accrue/real.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

namespace detail {

template <class Real>
using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

/// The least share of a column's length that must be left beside the columns before it: eps^(2/3), 4e-11 for
/// `double`. What is left then has five digits.
template <real Real>
[[nodiscard]] Real least_independent_share() {
    return exp(Real(2 * log(Real(std::numeric_limits<Real>::epsilon())) / 3));
}

/// "'year', 'alloc: random'"
[[nodiscard]] inline std::string listed(std::vector<std::string> const& names) {
    std::string text;
    for (auto const& name : names) {
        text += (text.empty() ? "'" : ", '") + name + "'";
    }
    return text;
}

/// "there is no moderator 'sort'; there are 'dose' and 'kind'"
[[nodiscard]] inline std::string none_named(std::string const& kind, std::string const& name,
                                            std::vector<std::string> const& names) {
    std::string text = "there is no " + kind + " '" + name + "'";
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += i == 0                  ? (names.size() == 1 ? "; there is '" : "; there are '")
                : i + 1 == names.size() ? " and '"
                                        : ", '";
        text += names[i] + "'";
    }
    return text;
}

/// The names of the columns that another depends on: those with a part in it, R_jj^-1 r.
template <real Real>
[[nodiscard]] std::vector<std::string> names_of_parts(matrix<Real> const& r, std::size_t const column,
                                                      std::vector<std::string> const& names) {
    auto const at = [](std::size_t const i) { return static_cast<Eigen::Index>(i); };
    auto parts = std::vector<Real>(column);
    Real largest(0);
    for (std::size_t i = column; i-- > 0;) {
        Real rest = r(at(i), at(column));
        for (std::size_t l = i + 1; l < column; ++l) {
            rest -= r(at(i), at(l)) * parts[l];
        }
        parts[i] = rest / r(at(i), at(i));
    }
    auto const size_of = [&](std::size_t const i) { // of a column's part, by the length of the column
        Real length(0);
        for (std::size_t l = 0; l <= i; ++l) {
            length += square(Real(r(at(l), at(i)) * parts[i]));
        }
        return length;
    };
    for (std::size_t i = 0; i < column; ++i) {
        largest = largest < size_of(i) ? size_of(i) : largest;
    }
    std::vector<std::string> result;
    for (std::size_t i = 0; i < column; ++i) {
        if (size_of(i) > square(least_independent_share<Real>()) * largest) {
            result.push_back(names[i]);
        }
    }
    return result;
}

} // namespace detail

/// The design matrix X of a meta-regression, one row a study and one column a coefficient, with the names of
/// its columns; made ready for use: X = Z T with orthonormal columns Z and an upper triangle T.
///
/// Everything is computed on Z and led back by T at the end, so that the units and origins of moderators cost
/// no digits: a column of years need not be centred. Copies share the matrices. `moderators` makes it from
/// named columns and factors.
template <real Real>
class basic_design_matrix {
  public:
    using matrix = detail::matrix<Real>;

    /// \param columns as many rows as there are studies
    /// \param names one a column, each of its own
    /// \throws invalid_input for a name that two columns have, an entry that is not finite (it names study
    /// and column), unless there are more studies than columns, and when a column is a combination of others;
    /// it names them
    basic_design_matrix(matrix const& columns, std::vector<std::string> names) {
        auto result = contents{std::move(names), columns, columns, matrix(columns.cols(), columns.cols())};
        auto const k = static_cast<std::size_t>(columns.rows());
        auto const p = static_cast<std::size_t>(columns.cols());
        if (result.names.size() != p) {
            throw invalid_input("a design must have one name a column, but has " +
                                std::to_string(result.names.size()) + " for " + std::to_string(p) +
                                " columns");
        }
        detail::require_not_empty("columns of a design", p);
        for (std::size_t j = 0; j < p; ++j) {
            auto const own = result.names.begin() + static_cast<std::ptrdiff_t>(j);
            if (std::find(result.names.begin(), own, *own) != own) {
                throw invalid_input("coefficients must have names of their own, but two are called '" + *own +
                                    "'");
            }
            for (std::size_t i = 0; i < k; ++i) {
                if (!detail::is_finite(columns.data()[j * k + i])) {
                    throw invalid_input(i,
                                        "moderator '" + result.names[j] + "' must be finite, but is " +
                                            detail::to_text(static_cast<double>(columns.data()[j * k + i])));
                }
            }
        }
        if (k <= p) {
            throw invalid_input("there must be more studies than coefficients (" +
                                detail::listed(result.names) + "), but there " + (k == 1 ? "is " : "are ") +
                                detail::number_of_studies(k));
        }
        std::size_t const independent = detail::orthonormalise(
            result.basis.data(), p, k, result.triangle.data(), detail::least_independent_share<Real>());
        if (independent < p) {
            auto const others = detail::names_of_parts(result.triangle, independent, result.names);
            throw invalid_input(
                "moderators must be linearly independent, but '" + result.names[independent] + "' " +
                (others.empty() ? std::string("is zero") : "is a combination of " + detail::listed(others)));
        }
        contents_ = std::make_shared<contents const>(std::move(result));
    }

    [[nodiscard]] std::size_t studies() const { return static_cast<std::size_t>(contents_->columns.rows()); }
    /// The number of coefficients, p.
    [[nodiscard]] std::size_t coefficients() const { return contents_->names.size(); }
    [[nodiscard]] std::vector<std::string> const& names() const { return contents_->names; }
    /// X.
    [[nodiscard]] matrix const& columns() const { return contents_->columns; }
    /// Z.
    [[nodiscard]] matrix const& basis() const { return contents_->basis; }
    /// T.
    [[nodiscard]] matrix const& triangle() const { return contents_->triangle; }

  private:
    struct contents {
        std::vector<std::string> names;
        matrix columns;
        matrix basis;
        matrix triangle;
    };

    std::shared_ptr<contents const> contents_;
};

using design_matrix = basic_design_matrix<double>;

/// Studies with moderators as evidence: every estimator of tau² works on it, and then estimates what
/// heterogeneity the moderators leave. `grouped_evidence` is the special case of groups' indicators, an
/// intercept alone that of `study_evidence`.
///
/// It is a view of the estimates, which must outlive it. There is no one mean, so models that pool refuse it;
/// `meta_regression` is what uses it.
template <real Real>
class moderated_evidence {
  public:
    using real_type = Real;

    /// \throws invalid_input when there is no study, or an effect or variance is unusable (it names the
    /// study), and unless the design has a row for each study
    moderated_evidence(std::span<basic_estimate<Real> const> const studies, basic_design_matrix<Real> design)
        : studies_(studies), design_(std::move(design)) {
        if (studies.size() != design_.studies()) {
            throw invalid_input("moderators must have one value a study, but have " +
                                std::to_string(design_.studies()) + " for " +
                                detail::number_of_studies(studies.size()));
        }
        effects_.reserve(studies.size());
        for (auto const& study : studies) {
            effects_.push_back(study.effect);
        }
        offsets_.assign(design_.coefficients(), Real(0));
        detail::take_out(design_.basis().data(), offsets_.size(), effects_.size(), effects_.data(),
                         offsets_.data());
    }

    [[nodiscard]] std::size_t size() const { return studies_.size(); }
    [[nodiscard]] Real smallest_variance() const { return studies_.smallest_variance(); }
    [[nodiscard]] Real largest_variance() const { return studies_.largest_variance(); }
    /// The estimates themselves, for what concerns each study.
    [[nodiscard]] std::span<basic_estimate<Real> const> studies() const { return studies_.studies(); }
    [[nodiscard]] basic_design_matrix<Real> const& design() const { return design_; }

    /// Studies beyond those that it takes to estimate the coefficients: k - p.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return size() - design_.coefficients(); }
    /// log det(X'X), which the restricted likelihood subtracts.
    [[nodiscard]] Real log_design() const {
        return detail::sum_to<Real>(design_.coefficients(), [&](std::size_t const j) {
            return Real(2 * log(design_.triangle().data()[j * (design_.coefficients() + 1)]));
        });
    }

    /// A fit with a coefficient for each column of the design.
    template <class Weight>
    [[nodiscard]] moderated_fit<Real> fit(Real const& unit, Weight const& weight) const {
        auto projected = projection([&](std::size_t const i) { return Real(weight(studies()[i].variance)); });
        return {unit, projected, log_design()};
    }
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return studies_.sum(function);
    }

    /// The residual maker P with other weights than those of a fit.
    ///
    /// \param weight i -> relative weight of study i
    template <class Weight>
    [[nodiscard]] detail::moderated_residual_maker<Real> residual_maker(Weight const& weight) const {
        return {projection(weight), studies()};
    }
    /// What a fit is made of.
    ///
    /// \param weight i -> relative weight of study i
    template <class Weight>
    [[nodiscard]] detail::weighted_projection<Real> projection(Weight const& weight) const {
        return {design_.basis().data(), design_.coefficients(), effects_, weight};
    }
    /// What the unweighted fit leaves of the effects, of which projections are.
    [[nodiscard]] std::vector<Real> const& beyond_unweighted() const { return effects_; }
    /// The coefficients of the columns of Z in the unweighted fit; a projection's are those of what is left.
    [[nodiscard]] std::vector<Real> const& offsets() const { return offsets_; }

  private:
    study_evidence<Real> studies_;
    basic_design_matrix<Real> design_;
    std::vector<Real> effects_; ///< beyond the unweighted fit, so that a common offset costs no digits
    std::vector<Real> offsets_;
};

} // namespace accrue
