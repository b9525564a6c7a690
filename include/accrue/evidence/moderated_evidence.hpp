#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <Eigen/Core>

#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue {

namespace detail {

/// The least share of a column's length that must be left beside the columns before it: eps^(2/3), 4e-11 for
/// `double`. What is left then has five digits.
template <real Real>
[[nodiscard]] Real least_independent_share() {
    using std::exp;
    using std::log;
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
    /// \param names one a column
    /// \throws invalid_input for an entry that is not finite (it names study and column), unless there are
    /// more studies than columns, and when a column is a combination of others; it names them
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
            for (std::size_t i = 0; i < k; ++i) {
                if (!detail::is_finite(columns.data()[j * k + i])) {
                    throw invalid_input(i, "moderator '" + result.names[j] + "' must be finite");
                }
            }
        }
        if (k <= p) {
            throw invalid_input("there must be more studies than coefficients (" +
                                detail::listed(result.names) + "), but there are " + std::to_string(k) +
                                " studies");
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

/// What weighted least squares with moderators leaves: `weighted_fit` with a coefficient for each column of a
/// design X instead of one mean. With W = diag(w) and P = W - WX (X'WX)^-1 X'W,
///
///     tr P = sum w (1 - h)      tr PP = sum over i, l of w_i w_l (I - H)_il²      y'Py = Q = sum w r²
///
/// where H = W^½ X (X'WX)^-1 X'W^½ has the hat values h on its diagonal and r are the residuals. It has the
/// members that estimators of tau² use, in relative weights u = unit w; there is no one mean. Raudenbush
/// 2009, in Cooper, Hedges & Valentine, The Handbook of Research Synthesis and Meta-Analysis, 2nd ed.,
/// 295-315.
template <real Real>
class moderated_fit {
  public:
    std::size_t k;         ///< number of studies
    Real unit;             ///< the variance that has relative weight 1
    Real weights;          ///< sum u
    Real squared_weights;  ///< sum u²
    Real squares;          ///< sum u r²
    Real weighted_squares; ///< sum u² r²

    moderated_fit(Real const& scale, detail::weighted_projection<Real>& projection, Real const& log_design)
        : k(projection.size()), unit(scale), p_(projection.columns()) {
        using std::log;
        auto const one = [](std::size_t) { return Real(1); };
        weights = projection.sum([&](std::size_t const i) { return projection.weight(i); });
        squared_weights =
            projection.sum([&](std::size_t const i) { return detail::square(projection.weight(i)); });
        squares = projection.sum([&](std::size_t const i) { return detail::square(projection.residual(i)); });
        weighted_squares = projection.sum([&](std::size_t const i) {
            return Real(projection.weight(i) * detail::square(projection.residual(i)));
        });
        trace_ = projection.trace(one);
        squared_trace_ = projection.squared_trace(one);
        curvature_ = projection.curvature();
        log_information_ =
            projection.log_determinant() + log_design - detail::from_count<Real>(p_) * log(unit);
    }

    /// Studies beyond those that it takes to estimate the coefficients: k - p.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return k - p_; }
    /// Q_E = sum w r², with chi²(k - p) its distribution if w are the inverse true variances.
    [[nodiscard]] Real q() const { return squares / unit; }
    /// The traces keep their digits.
    [[nodiscard]] static constexpr bool traces_cancel() { return false; }
    /// unit * tr P.
    [[nodiscard]] Real trace() const { return trace_; }
    /// unit² * tr PP.
    [[nodiscard]] Real squared_trace() const { return squared_trace_; }
    /// unit * y'PPy.
    [[nodiscard]] Real score_squares() const { return weighted_squares / unit; }
    /// unit² * y'PPPy.
    [[nodiscard]] Real curvature_squares() const { return curvature_ / unit; }
    /// log det(X'WX), the term that the restricted likelihood adds for the estimated coefficients.
    [[nodiscard]] Real log_information() const { return log_information_; }

  private:
    std::size_t p_;
    Real trace_;
    Real squared_trace_;
    Real curvature_;
    Real log_information_;
};

namespace detail {

/// The residual maker of a regression: traces of it times functions of the variance, as `residual_maker` of
/// studies with one mean, and the squares that it leaves.
template <real Real>
struct moderated_residual_maker {
    weighted_projection<Real> projection;
    std::span<basic_estimate<Real> const> studies;

    [[nodiscard]] Real variance(std::size_t const i) const { return studies[i].variance; }
    [[nodiscard]] std::size_t degrees_of_freedom() const { return projection.size() - projection.columns(); }
    /// y'Py.
    [[nodiscard]] Real squares() const {
        return projection.sum([&](std::size_t const i) { return square(projection.residual(i)); });
    }
    /// tr PX for x = diagonal(variance).
    template <class Diagonal>
    [[nodiscard]] Real trace(Diagonal const& diagonal) const {
        return projection.trace([&](std::size_t const i) { return Real(diagonal(variance(i))); });
    }
    [[nodiscard]] Real trace() const {
        return trace([](Real const&) { return Real(1); });
    }
    /// tr PXPX.
    template <class Diagonal>
    [[nodiscard]] Real squared_trace(Diagonal const& diagonal) const {
        return projection.squared_trace([&](std::size_t const i) { return Real(diagonal(variance(i))); });
    }
    [[nodiscard]] Real squared_trace() const {
        return squared_trace([](Real const&) { return Real(1); });
    }
};

} // namespace detail

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
            throw invalid_input("moderators must have one value a study, but are of " +
                                std::to_string(design_.studies()) + " for " + std::to_string(studies.size()) +
                                " studies");
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
        using std::log;
        Real total(0);
        for (std::size_t j = 0; j < design_.coefficients(); ++j) {
            total += 2 * log(design_.triangle().data()[j * (design_.coefficients() + 1)]);
        }
        return total;
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
        return {design_.basis(), effects_, weight};
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
