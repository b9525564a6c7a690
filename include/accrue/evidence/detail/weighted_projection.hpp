#pragma once

#include <accrue/evidence/detail/interleaved_sum.hpp>
#include <accrue/real.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace accrue::detail {

/// Room for numbers, without a call for memory when they are few.
template <real Real>
class scratch {
  public:
    explicit scratch(std::size_t const size) {
        if (!std::is_arithmetic_v<Real> || size > few) {
            many_.resize(size);
        }
    }

    [[nodiscard]] Real* data() { return many_.empty() ? few_.data() : many_.data(); }
    [[nodiscard]] Real const* data() const { return many_.empty() ? few_.data() : many_.data(); }

  private:
    static constexpr std::size_t few = std::is_arithmetic_v<Real> ? 384 : 1;
    std::array<Real, few> few_; // not set: whoever asks for room writes before reading
    std::vector<Real> many_;
};

template <real Real>
[[nodiscard]] inline Real inner_product(Real const* const a, Real const* const b, std::size_t const size) {
    return interleaved_sum<Real>(size, [=](std::size_t const i) { return Real(a[i] * b[i]); });
}

/// Takes the parts along orthonormal columns out of a vector, and adds them to `parts`.
///
/// Once leaves rounding errors of the size of what was taken out; after a second time the rest is orthogonal
/// to the columns to working precision, also where it is far smaller than the vector was (Giraud, Langou &
/// Rozložník 2005, Comput Math Appl 50:1069-1075, doi:10.1016/j.camwa.2005.08.009). Where weights differ by
/// many orders of magnitude each study keeps its own relative precision by that.
template <real Real>
void take_out(Real const* const columns, std::size_t const count, std::size_t const size, Real* const vector,
              Real* const parts) {
    for (int pass = 0; pass < 2; ++pass) {
        for (std::size_t j = 0; j < count; ++j) {
            Real const* const column = columns + j * size;
            Real const part = inner_product(column, vector, size);
            parts[j] += part;
            for (std::size_t i = 0; i < size; ++i) {
                vector[i] -= part * column[i];
            }
        }
    }
}

/// Replaces the columns of a matrix X (one after the other in memory) by the orthonormal columns Q of X = Q
/// R, by Gram and Schmidt's process with every projection done twice. `r`, count by count, becomes R, column
/// by column.
///
/// \return the place of the first column that depends on those before it, `count` if none does
template <real Real>
[[nodiscard]] std::size_t orthonormalise(Real* const columns, std::size_t const count, std::size_t const size,
                                         Real* const r, Real const& least) {
    for (std::size_t j = 0; j < count; ++j) {
        Real* const column = columns + j * size;
        Real* const parts = r + j * count;
        for (std::size_t i = 0; i < count; ++i) {
            parts[i] = Real(0);
        }
        Real const before = inner_product(column, column, size);
        take_out(columns, j, size, column, parts);
        Real const length = sqrt(inner_product(column, column, size));
        if (!(length > least * sqrt(before))) {
            return j;
        }
        parts[j] = length;
        Real const scale = 1 / length;
        for (std::size_t i = 0; i < size; ++i) {
            column[i] *= scale;
        }
    }
    return count;
}

/// Weighted least squares on the columns of a basis Z, in relative weights u: the orthonormal columns Q of
/// sqrt(u) Z = Q R, the residuals e = sqrt(u) r, and with M = I - QQ' and U = diag(u) the traces and squares
/// that estimators of tau² need,
///
///     P = U^½ M U^½,   tr PX = sum u x m,   tr PXPX = |(UX)^½ M (UX)^½|²,   y'PPPy = |M U e|²
///
/// for a diagonal X, where m_i = 1 - h_i is the diagonal of M and h the hat values.
///
/// All digits stay where a few studies have nearly all the weight. Their m_i is not 1 - h_i then but, since M
/// is a projection, (sum over l /= i of h_il²) / h_i, and their terms in tr PXPX are added up one by one; the
/// others' h_i is at most a half, and nothing cancels.
template <real Real>
class weighted_projection {
  public:
    /// \param basis the columns of Z, one after the other
    /// \param weight i -> relative weight of study i
    template <class Weight>
    weighted_projection(Real const* const basis, std::size_t const columns, std::vector<Real> const& effects,
                        Weight const& weight)
        : k_(effects.size()), p_(columns), room_((p_ + 4) * k_ + p_ * (p_ + 2)) {
        Real* const root = spare();
        Real* const weights = room_.data() + p_ * k_;
        for (std::size_t i = 0; i < k_; ++i) {
            weights[i] = weight(i);
            root[i] = sqrt(weights[i]);
        }
        for (std::size_t j = 0; j < p_; ++j) {
            Real const* const from = basis + j * k_;
            Real* const to = room_.data() + j * k_;
            for (std::size_t i = 0; i < k_; ++i) {
                to[i] = root[i] * from[i];
            }
        }
        independent_ = orthonormalise(room_.data(), p_, k_, triangle(), Real(0)) == p_;
        Real* const e = residuals();
        for (std::size_t i = 0; i < k_; ++i) {
            e[i] = root[i] * effects[i];
        }
        for (std::size_t j = 0; j < p_; ++j) {
            parts()[j] = Real(0);
        }
        take_out(room_.data(), p_, k_, e, parts());
        set_complements();
    }

    [[nodiscard]] std::size_t size() const { return k_; }
    [[nodiscard]] std::size_t columns() const { return p_; }
    /// Whether the weighted columns span as many dimensions as they are; not so when weights underflow.
    [[nodiscard]] bool independent() const { return independent_; }
    [[nodiscard]] Real const& weight(std::size_t const i) const { return room_.data()[p_ * k_ + i]; }
    /// sqrt(u) times the residual.
    [[nodiscard]] Real const& residual(std::size_t const i) const { return room_.data()[(p_ + 1) * k_ + i]; }
    /// m_i = 1 - h_i.
    [[nodiscard]] Real const& complement(std::size_t const i) const {
        return room_.data()[(p_ + 2) * k_ + i];
    }
    [[nodiscard]] Real q(std::size_t const i, std::size_t const j) const { return room_.data()[j * k_ + i]; }
    /// R, upper triangular.
    [[nodiscard]] Real const& r(std::size_t const i, std::size_t const j) const {
        return room_.data()[(p_ + 4) * k_ + j * p_ + i];
    }
    /// Q' sqrt(u) y.
    [[nodiscard]] Real const& part(std::size_t const j) const {
        return room_.data()[(p_ + 4) * k_ + p_ * p_ + j];
    }

    /// The sum over studies of `term(i)`.
    template <class Term>
    [[nodiscard]] Real sum(Term const& term) const {
        return interleaved_sum<Real>(k_, [&](std::size_t const i) { return Real(term(i)); });
    }
    /// log det Z'UZ.
    [[nodiscard]] Real log_determinant() const {
        return sum_to<Real>(p_, [&](std::size_t const j) { return Real(2 * log(r(j, j))); });
    }
    /// tr PX.
    ///
    /// \param diagonal i -> x
    template <class Diagonal>
    [[nodiscard]] Real trace(Diagonal const& diagonal) const {
        return sum([&](std::size_t const i) { return Real(weight(i) * diagonal(i) * complement(i)); });
    }
    /// tr PXPX.
    template <class Diagonal>
    [[nodiscard]] Real squared_trace(Diagonal const& diagonal) const {
        auto const scaled = [&](std::size_t const i) { return Real(weight(i) * diagonal(i)); };
        Real total = sum([&](std::size_t const i) { return square(Real(scaled(i) * complement(i))); }) +
                     squares_off_diagonal(scaled);
        for (std::size_t i = 0; any_dominates_ && i < k_; ++i) {
            if (dominates(i)) {
                total += scaled(i) * sum([&](std::size_t const l) {
                             Real const share = scaled(l) * square(hat(i, l));
                             return i == l ? Real(0) : dominates(l) ? share : Real(2 * share);
                         });
            }
        }
        return total;
    }
    /// |M U e|².
    [[nodiscard]] Real curvature() {
        return curvature([](std::size_t) { return Real(1); });
    }
    /// |M UX e|², of y'PXPXPy.
    template <class Diagonal>
    [[nodiscard]] Real curvature(Diagonal const& diagonal) {
        Real* const f = spare();
        for (std::size_t i = 0; i < k_; ++i) {
            f[i] = weight(i) * diagonal(i) * residual(i);
        }
        Real* const unused = parts() + p_;
        for (std::size_t j = 0; j < p_; ++j) {
            unused[j] = Real(0);
        }
        take_out(room_.data(), p_, k_, f, unused);
        return inner_product(f, f, k_);
    }
    /// h_il, an entry of QQ'.
    [[nodiscard]] Real hat(std::size_t const i, std::size_t const l) const {
        return sum_to<Real>(p_, [&](std::size_t const j) { return Real(q(i, j) * q(l, j)); });
    }

  private:
    [[nodiscard]] Real* residuals() { return room_.data() + (p_ + 1) * k_; }
    [[nodiscard]] Real* spare() { return room_.data() + (p_ + 3) * k_; }
    [[nodiscard]] Real* triangle() { return room_.data() + (p_ + 4) * k_; }
    [[nodiscard]] Real* parts() { return room_.data() + (p_ + 4) * k_ + p_ * p_; }

    [[nodiscard]] bool dominates(std::size_t const i) const { return complement(i) < Real(0.5); }

    void set_complements() {
        Real* const m = room_.data() + (p_ + 2) * k_;
        for (std::size_t i = 0; i < k_; ++i) {
            m[i] = Real(1);
        }
        for (std::size_t j = 0; j < p_; ++j) {
            Real const* const column = room_.data() + j * k_;
            for (std::size_t i = 0; i < k_; ++i) {
                m[i] -= column[i] * column[i];
            }
        }
        for (std::size_t i = 0; i < k_; ++i) {
            if (m[i] < Real(0.5)) [[unlikely]] {
                any_dominates_ = true;
                Real const others =
                    sum([&](std::size_t const l) { return i == l ? Real(0) : square(hat(i, l)); });
                m[i] = others / hat(i, i);
            }
        }
    }

    /// The sum over pairs i /= l of studies that do not dominate of scaled_i scaled_l h_il².
    template <class Scaled>
    [[nodiscard]] Real squares_off_diagonal(Scaled const& scaled) const {
        return any_dominates_ ? squares_by_gram([&](std::size_t const i) {
            return dominates(i) ? Real(0) : Real(scaled(i));
        })
                              : squares_by_gram(scaled);
    }
    template <class Scaled>
    [[nodiscard]] Real squares_by_gram(Scaled const& scaled) const {
        Real total(0);
        for (std::size_t a = 0; a < p_; ++a) {
            for (std::size_t b = a; b < p_; ++b) {
                Real const entry =
                    sum([&](std::size_t const i) { return Real(scaled(i) * (q(i, a) * q(i, b))); });
                total += (a == b ? 1 : 2) * square(entry);
            }
        }
        return total -
               sum([&](std::size_t const i) { return square(Real(scaled(i) * (1 - complement(i)))); });
    }

    std::size_t k_;
    std::size_t p_;
    scratch<Real> room_; ///< Q, u, e, m, a spare column, R, Q'sqrt(u)y, spare parts
    bool independent_ = true;
    bool any_dominates_ = false;
};

} // namespace accrue::detail
