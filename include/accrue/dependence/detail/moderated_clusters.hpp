#pragma once

#include <accrue/dependence/clustering.hpp>
#include <accrue/dependence/detail/nested_maximum.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/weighted_projection.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/real.hpp>
#include <accrue/regression/detail/solution.hpp>
#include <accrue/status.hpp>
#include <accrue/tau_squared/detail/likelihood_maximum.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace accrue::detail {

/// Effects in clusters with moderators at one variance within clusters, t, for any variance between, s: m + p
/// rows stand for the k effects.
///
/// With weights u = (v_min + t) / (v + t), a cluster leaves its mean effect and mean row of the design, with
/// the sampling variance 1/a, a = sum 1/(v + t), to which s is added; and the differences from these, on
/// which s has no bearing. All differences together are p rows of an orthogonal factorisation, with v_min + t
/// the variance of each.
template <real Real>
struct reduced_clusters {
    Real within;                 ///< t
    Real unit;                   ///< v_min + t
    std::size_t clusters;        ///< m
    std::size_t slopes;          ///< rank of the differences
    matrix<Real> rows;           ///< those of the clusters, then those of the differences
    std::vector<Real> effects;   ///< likewise
    std::vector<Real> variances; ///< 1/a of each cluster
    std::vector<Real> weights;   ///< sum u of each cluster
    std::vector<Real> squares;   ///< sum u²
    std::vector<Real> crossed;   ///< (sum u)² - sum u², as a sum of positive terms
    Real left;                   ///< unit times the squares of the differences beyond their factorisation
    Real log_variances;          ///< sum log(v + t) + sum log a
    Real least;                  ///< smallest of `variances`
    Real greatest;               ///< largest of them

    /// The weighted projection at s, in units of the smallest 1/a + s.
    [[nodiscard]] weighted_projection<Real> projection(Real const& between) const {
        Real const scale = least + between;
        return {rows.data(), static_cast<std::size_t>(rows.cols()), effects, [&](std::size_t const i) {
                    return i < clusters ? Real(scale / (variances[i] + between)) : Real(scale / unit);
                }};
    }
    /// 1 for rows to whose variance s is added.
    [[nodiscard]] auto is_cluster() const {
        return [m = clusters](std::size_t const i) { return Real(i < m ? 1 : 0); };
    }
    /// Contrasts of clusters that the coefficients leave: as many as tell s.
    [[nodiscard]] std::size_t free_contrasts() const {
        auto const p = static_cast<std::size_t>(rows.cols());
        return clusters + slopes > p ? clusters + slopes - p : 0;
    }
};

/// Whether contrasts of effects in clusters tell the variances between and within them, rather than one
/// combination of both: with M = I - ZZ' the contrasts, Z an orthonormal basis of the design, and J = 1 1'
/// within clusters, MJM must not be a multiple of M.
///
/// \param sums of Z's rows in each cluster
/// \param sizes the effects of each cluster
template <real Real>
[[nodiscard]] bool contrasts_tell_both(matrix<Real> const& sums, std::vector<std::size_t> const& sizes) {
    Real contrasts = -from_count<Real>(static_cast<std::size_t>(sums.cols()));
    Real trace(0), squared_trace(0);
    for (std::size_t j = 0; j < sizes.size(); ++j) {
        Real const n = from_count<Real>(sizes[j]);
        Real squares(0);
        for (Eigen::Index c = 0; c < sums.cols(); ++c) {
            squares += square(sums(index(j), c));
        }
        contrasts += n;
        trace += n - squares;
        squared_trace += n * (n - 2 * squares);
    }
    matrix<Real> const products = sums.transpose().lazyProduct(sums); // Z'JZ
    for (Eigen::Index c = 0; c < products.cols(); ++c) {
        for (Eigen::Index l = 0; l < products.rows(); ++l) {
            squared_trace += square(products(l, c));
        }
    }
    return contrasts * squared_trace - square(trace) > Real(1e-9) * contrasts * squared_trace;
}

/// The three-level likelihood with moderators, as a problem for `nested_search`.
///
/// At a given t the score for s is that of `likelihood_search`: in the eigenbasis of the contrasts its terms
/// are z² / (a + s)² and the like. Each a is at least the smallest 1/a of a cluster. Where moderators vary
/// within clusters, contrasts mix clusters with differences, and a is at most the largest 1/a over the
/// smallest non-zero eigenvalue of what the differences tell of the coefficients' directions; no eigenvalue
/// exceeds 1, so that eigenvalue is at least their product.
///
/// No maximum has a t above e (v_max + S/n) - v_min, S the squares that the moderators leave unweighted and n
/// the contrasts (or, unrestricted, the effects): there log det alone exceeds the whole deviance at s = 0, t
/// = S/n. The bound of `nested_means` holds as well, where differences are left: it takes k - m less the rank
/// of the differences.
template <real Real>
class moderated_clusters {
  public:
    moderated_clusters(moderated_evidence<Real> const& studies, clustering const& clusters,
                       bool const restricted, Real const& tolerance, int const limit)
        : design_(studies.design()), offsets_(studies.offsets()), places_(clusters), count_(clusters.count),
          p_(studies.design().coefficients()), restricted_(restricted), tolerance_(tolerance), limit_(limit),
          smallest_(studies.smallest_variance()), largest_(studies.largest_variance()),
          log_design_(studies.log_design()), rows_(studies.design().basis()) {
        auto const& basis = studies.design().basis();
        auto const fit = studies.projection([](std::size_t) { return Real(1); });
        squares_ = fit.sum([&](std::size_t const i) { return square(fit.residual(i)); });
        for (std::size_t i = 0; i < places_.places.size(); ++i) {
            std::size_t const place = places_.places[i];
            rows_.row(index(i)) = basis.row(index(place));
            variances_.push_back(studies.studies()[place].variance);
            effects_.push_back(studies.beyond_unweighted()[place]);
        }
    }

    [[nodiscard]] std::size_t size() const { return effects_.size(); }
    [[nodiscard]] std::size_t coefficients() const { return p_; }
    [[nodiscard]] std::size_t clusters() const { return count_; }
    [[nodiscard]] basic_design_matrix<Real> const& design() const { return design_; }
    [[nodiscard]] std::vector<Real> const& offsets() const { return offsets_; }
    [[nodiscard]] std::size_t first(std::size_t const j) const { return places_.first[j]; }
    [[nodiscard]] std::size_t end(std::size_t const j) const { return places_.first[j + 1]; }
    [[nodiscard]] std::size_t place(std::size_t const i) const { return places_.places[i]; }
    [[nodiscard]] Real const& row(std::size_t const i, std::size_t const j) const {
        return rows_.data()[j * size() + i];
    }
    [[nodiscard]] Real const& effect(std::size_t const i) const { return effects_[i]; }
    [[nodiscard]] Real const& variance(std::size_t const i) const { return variances_[i]; }
    [[nodiscard]] bool restricted() const { return restricted_; }

    /// Whether contrasts of the effects tell both variances: see `contrasts_tell_both`.
    [[nodiscard]] bool tells_both() const {
        auto sizes = std::vector<std::size_t>{};
        matrix<Real> sums = matrix<Real>::Zero(index(count_), index(p_));
        for (std::size_t j = 0; j < count_; ++j) {
            sizes.push_back(end(j) - first(j));
            for (std::size_t i = first(j); i < end(j); ++i) {
                sums.row(index(j)) += rows_.row(index(i));
            }
        }
        return contrasts_tell_both(sums, sizes);
    }

    [[nodiscard]] bool separable() const { return size() > count_; }
    [[nodiscard]] Real smallest_variance() const { return smallest_; }
    /// Moderators may explain any scatter within clusters.
    [[nodiscard]] Real first_within() const { return Real(0); }
    [[nodiscard]] Real last_within() const {
        Real const n = from_count<Real>(restricted_ ? size() - p_ : size());
        Real last = exp(Real(1)) * (largest_ + squares_ / n) - smallest_;
        std::size_t const taken = count_ + reduced(Real(0)).slopes;
        if (size() > taken) {
            Real const half = squares_ / (2 * from_count<Real>(size() - taken));
            Real const other = half + sqrt(half) * sqrt(Real(half + 2 * (largest_ - smallest_))) - smallest_;
            last = other < last ? other : last;
        }
        return last;
    }

    [[nodiscard]] Real last_within_at(Real const& between) const {
        std::size_t most = 1;
        for (std::size_t j = 0; j < count_; ++j) {
            most = end(j) - first(j) > most ? end(j) - first(j) : most;
        }
        Real const half = squares_ / (2 * from_count<Real>(size() - p_));
        Real const spread = largest_ - smallest_ + from_count<Real>(most) * between;
        return half + sqrt(half) * sqrt(Real(half + 2 * spread)) - smallest_;
    }

    [[nodiscard]] reduced_clusters<Real> reduced(Real const& within) const {
        std::size_t const k = size();
        auto result = reduced_clusters<Real>{};
        result.within = within;
        result.unit = smallest_ + within;
        result.clusters = count_;
        result.rows = matrix<Real>::Zero(index(count_ + p_), index(p_));
        result.effects.assign(count_ + p_, Real(0));
        result.log_variances = Real(0);
        auto differences = std::vector<Real>(k * p_);
        auto rest = std::vector<Real>(k);
        auto lengths = std::vector<Real>(p_, Real(0)); // squared, of the weighted columns
        for (std::size_t j = 0; j < count_; ++j) {
            add_cluster(j, differences, rest, lengths, result);
        }
        // Columns of which the others leave nothing but rounding errors are left out.
        Real const negligible = least_independent_share<Real>();
        auto parts = std::vector<Real>(p_ * p_, Real(0));
        for (std::size_t j = 0; j < p_; ++j) {
            Real* const column = differences.data() + j * k;
            take_out(differences.data(), j, k, column, parts.data() + j * p_);
            Real const length = sqrt(inner_product(column, column, k));
            bool const depends = !(length > negligible * sqrt(lengths[j]));
            Real const scale = depends ? Real(0) : Real(1 / length);
            for (std::size_t i = 0; i < k; ++i) {
                column[i] *= scale;
            }
            parts[j * p_ + j] = depends ? Real(0) : length;
            result.slopes += depends ? 0 : 1;
            for (std::size_t i = 0; i <= j; ++i) {
                result.rows(index(count_ + i), index(j)) = parts[j * p_ + i];
            }
        }
        take_out(differences.data(), p_, k, rest.data(), result.effects.data() + count_);
        result.left = inner_product(rest.data(), rest.data(), k);
        return result;
    }

    /// The same with another tolerance of the variance between clusters.
    [[nodiscard]] moderated_clusters with_tolerance(Real const& tolerance) const {
        auto result = *this;
        result.tolerance_ = tolerance;
        return result;
    }

    /// The maximum over s, and the score for t there.
    [[nodiscard]] nested_point<Real> evaluate(Real const& within, Real const& guess) const {
        auto const at = reduced(within);
        if (at.free_contrasts() == 0) {
            return {within, Real(0), not_a_number<Real>(), status::undefined};
        }
        return evaluate(at, best_between(at, guess));
    }
    /// The score for t at both variances.
    [[nodiscard]] nested_point<Real> evaluate(reduced_clusters<Real> const& at,
                                              basic_tau_squared_estimate<Real> const& between) const {
        return {at.within, between.value, score_within(at, between.value), between.status};
    }

    [[nodiscard]] Real deviance(Real const& within, Real const& between) const {
        auto const at = reduced(within);
        Real total = at.log_variances + at.left / at.unit;
        for (std::size_t j = 0; j < count_; ++j) {
            total += log(Real(at.variances[j] + between));
        }
        auto const projection = at.projection(between);
        Real const scale = at.least + between;
        total += projection.sum([&](std::size_t const i) { return square(projection.residual(i)); }) / scale;
        return restricted_ ? Real(total + projection.log_determinant() + log_design_ -
                                  from_count<Real>(p_) * log(scale))
                           : total;
    }

    [[nodiscard]] basic_tau_squared_estimate<Real> best_between(reduced_clusters<Real> const& at,
                                                                Real const& guess) const {
        auto const cluster = at.is_cluster();
        Real const free = from_count<Real>(at.free_contrasts());
        auto search = likelihood_search<Real>(at.least, Real(at.greatest / least_eigenvalue(at)), guess,
                                              tolerance_, limit_);
        while (!search.finished()) {
            Real const between = search.point();
            Real const scale = at.least + between;
            auto projection = at.projection(between);
            auto const sum = [&](auto const& term) {
                return projection.sum([&](std::size_t const i) { return Real(cluster(i) * term(i)); });
            };
            Real const all =
                projection.sum([&](std::size_t const i) { return square(projection.residual(i)); });
            Real const squares = sum([&](std::size_t const i) {
                return Real(projection.weight(i) * square(projection.residual(i)));
            });
            Real const weights = sum([&](std::size_t const i) { return projection.weight(i); });
            Real const squared = sum([&](std::size_t const i) { return square(projection.weight(i)); });
            Real const trace = restricted_ ? projection.trace(cluster) : weights;
            Real const squared_trace = restricted_ ? projection.squared_trace(cluster) : squared;
            if (!(is_finite(squares) && is_finite(trace))) {
                return {not_a_number<Real>(), search.iterations(), status::undefined};
            }
            search.take({between, scale, squares / scale, trace, projection.curvature(cluster) / scale,
                         squared_trace, all - free * scale, all / scale});
        }
        auto best = search.maxima()[0];
        for (Real const& other : search.maxima().subspan(1)) {
            best = deviance(at.within, other) < deviance(at.within, best) ? other : best;
        }
        return {best, search.iterations(), search.exhausted() ? status::not_converged : status::ok};
    }

  private:
    void add_cluster(std::size_t const j, std::vector<Real>& differences, std::vector<Real>& rest,
                     std::vector<Real>& lengths, reduced_clusters<Real>& result) const {
        std::size_t const k = size();
        Real weights(0), squares(0), crossed(0);
        for (std::size_t i = first(j); i < end(j); ++i) {
            Real const u = result.unit / (variances_[i] + result.within);
            crossed += 2 * u * weights;
            weights += u;
            squares += u * u;
            result.log_variances += log(Real(variances_[i] + result.within));
            rest[i] = sqrt(u);
        }
        // A mean about the first of the cluster, so that what does not vary in it differs by 0.
        auto const centre = [&](Real const* const from, Real* const to) -> Real {
            Real const origin = from[first(j)];
            Real sum(0);
            for (std::size_t i = first(j); i < end(j); ++i) {
                sum += square(rest[i]) * (from[i] - origin);
            }
            Real const beyond = sum / weights;
            for (std::size_t i = first(j); i < end(j); ++i) {
                to[i] = rest[i] * (from[i] - origin - beyond);
            }
            return origin + beyond;
        };
        for (std::size_t c = 0; c < p_; ++c) {
            result.rows(index(j), index(c)) = centre(rows_.data() + c * k, differences.data() + c * k);
            for (std::size_t i = first(j); i < end(j); ++i) {
                lengths[c] += square(Real(rest[i] * row(i, c)));
            }
        }
        result.effects[j] = centre(effects_.data(), rest.data());
        Real const variance =
            end(j) - first(j) == 1 ? Real(variances_[first(j)] + result.within) : Real(result.unit / weights);
        result.log_variances -= log(variance);
        result.least = j == 0 || variance < result.least ? variance : result.least;
        result.greatest = j == 0 || result.greatest < variance ? variance : result.greatest;
        result.variances.push_back(variance);
        result.weights.push_back(weights);
        result.squares.push_back(squares);
        result.crossed.push_back(crossed);
    }

    /// At most the smallest non-zero eigenvalue of Q'Q, Q the rows of the differences at s = 0.
    [[nodiscard]] Real least_eigenvalue(reduced_clusters<Real> const& at) const {
        if (at.slopes == 0) {
            return Real(1);
        }
        auto const projection = at.projection(Real(0));
        auto columns = std::vector<Real>{};
        for (std::size_t i = count_; i < count_ + p_; ++i) {
            if (at.rows(index(i), index(i - count_)) > 0) {
                for (std::size_t j = 0; j < p_; ++j) {
                    columns.push_back(projection.q(i, j));
                }
            }
        }
        auto triangle = std::vector<Real>(at.slopes * at.slopes);
        Real const least = std::numeric_limits<Real>::epsilon();
        Real product(1);
        if (orthonormalise(columns.data(), at.slopes, p_, triangle.data(), Real(0)) == at.slopes) {
            for (std::size_t j = 0; j < at.slopes; ++j) {
                product *= square(triangle[j * at.slopes + j]);
            }
        }
        return product < least ? least : product;
    }

    /// unit * (y'PPy - tr P), or tr W unless restricted; see `nested_studies::score_within`.
    [[nodiscard]] Real score_within(reduced_clusters<Real> const& at, Real const& between) const {
        auto const projection = at.projection(between);
        matrix<Real> const root = inverse_triangle(triangle_of(projection));
        auto const coefficients = basis_coefficients(std::vector<Real>(p_, Real(0)), projection, root);
        Real const ratio = between / at.unit;
        Real squares(0), trace(0), lost(0);
        auto rows = std::vector<Real>(p_);
        for (std::size_t j = 0; j < count_; ++j) {
            Real const share = between / (between + at.variances[j]);
            Real const mean = at.effects[j] - fitted_mean(at, j, coefficients);
            for (std::size_t i = first(j); i < end(j); ++i) {
                Real const u = at.unit / (variances_[i] + at.within);
                squares += square(Real(u * (effects_[i] - fitted(i, coefficients) - share * mean)));
                for (std::size_t c = 0; restricted_ && c < p_; ++c) {
                    rows[c] = u * (row(i, c) - share * at.rows(index(j), index(c)));
                }
                for (std::size_t c = 0; restricted_ && c < p_; ++c) {
                    Real part(0);
                    for (std::size_t l = 0; l <= c; ++l) {
                        part += rows[l] * root(index(l), index(c));
                    }
                    lost += part * part;
                }
            }
            trace += (at.weights[j] + ratio * at.crossed[j]) / (1 + ratio * at.weights[j]);
        }
        return squares / at.unit - trace + lost * ((at.least + between) / at.unit);
    }

  public:
    [[nodiscard]] Real fitted(std::size_t const i, std::vector<Real> const& coefficients) const {
        return sum_to<Real>(p_, [&](std::size_t const c) { return Real(row(i, c) * coefficients[c]); });
    }
    [[nodiscard]] Real fitted_mean(reduced_clusters<Real> const& at, std::size_t const j,
                                   std::vector<Real> const& coefficients) const {
        return sum_to<Real>(
            p_, [&](std::size_t const c) { return Real(at.rows(index(j), index(c)) * coefficients[c]); });
    }

  private:
    basic_design_matrix<Real> design_;
    std::vector<Real> offsets_;
    grouped_places places_;
    std::size_t count_;
    std::size_t p_;
    bool restricted_;
    Real tolerance_;
    int limit_;
    Real smallest_;
    Real largest_;
    Real log_design_;
    Real squares_;
    matrix<Real> rows_; ///< of Z, by cluster
    std::vector<Real> effects_;
    std::vector<Real> variances_;
};

/// The same likelihood with the variance between clusters given, along that within: for profiles. Above the t
/// at which (k - p) (v_min + t)² exceeds S (v_max + t + n s), n the size of the largest cluster, the score is
/// negative.
template <real Real>
struct moderated_clusters_at {
    moderated_clusters<Real> const& studies;
    Real between;

    [[nodiscard]] bool separable() const { return studies.separable(); }
    [[nodiscard]] Real smallest_variance() const { return studies.smallest_variance(); }
    [[nodiscard]] Real first_within() const { return studies.first_within(); }
    [[nodiscard]] Real last_within() const { return studies.last_within_at(between); }
    [[nodiscard]] nested_point<Real> evaluate(Real const& within, Real const&) const {
        return studies.evaluate(studies.reduced(within), {between, 0, status::ok});
    }
    [[nodiscard]] Real deviance(Real const& within, Real const&) const {
        return studies.deviance(within, between);
    }
};

} // namespace accrue::detail
