#pragma once

#include <accrue/distribution/detail/falling_root.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/likelihood.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/newton_maximum.hpp>
#include <accrue/small_study/detail/selection_likelihood.hpp>
#include <accrue/small_study/selection_weights.hpp>
#include <accrue/tau_squared/maximum_likelihood.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace accrue::detail {

/// Studies in units in which their standard errors are near 1 and the effects selected for are positive.
template <real Real>
struct selection_scale {
    Real unit; ///< negative where selection is for negative effects
    std::vector<basic_estimate<Real>> studies;

    selection_scale(study_evidence<Real> const& evidence, bool const flips) {
        std::vector<Real> variances;
        for (auto const& study : evidence.studies()) {
            variances.push_back(study.variance);
        }
        auto const middle = variances.begin() + static_cast<std::ptrdiff_t>(variances.size() / 2);
        std::nth_element(variances.begin(), middle, variances.end(),
                         [](Real const& a, Real const& b) { return a < b; });
        Real const size = sqrt(*middle);
        unit = flips ? Real(-size) : size;
        for (auto const& study : evidence.studies()) {
            studies.push_back({study.effect / unit, study.variance / size / size});
        }
    }
};

/// The maximum of the likelihood without selection, where the search begins.
template <real Real>
struct plain_maximum {
    std::vector<Real> coefficients;
    Real tau_squared;
    Real log_likelihood;
};

/// How far a likelihood has fallen from its maximum at one value of a parameter, by the best of the others,
/// and whether that is a maximum over these.
template <real Real>
struct profile_point {
    Real fall;
    bool is_maximum;
};

/// The means of the studies as a combination of columns, one for an intercept alone.
template <real Real>
struct intercept_alone {
    [[nodiscard]] std::vector<std::vector<Real>> columns(std::size_t const studies) const {
        return {std::vector<Real>(studies, Real(1))};
    }
    [[nodiscard]] plain_maximum<Real> plain(std::vector<basic_estimate<Real>> const& studies) const {
        auto const standard = as_evidence(studies);
        auto const tau_squared = maximum_likelihood{}(standard).value;
        return {{inverse_variance_fit(standard, tau_squared).mean},
                tau_squared,
                log_likelihood(standard, tau_squared)};
    }
};

/// The highest maximum of a selection likelihood that is found from several starts. With few studies there
/// may be many local maxima, and that it is the global one is likely, not certain.
///
/// Parameters are the coefficients of the columns, tau², and those of the weight function.
template <real Real>
class selection_fit {
  public:
    /// \param means has the columns whose combinations the studies' means are, and the maximum without
    /// selection; see `intercept_alone`
    template <class Means = intercept_alone<Real>>
    selection_fit(selection_weighting<Real> weighting, study_evidence<Real> const& evidence,
                  Means const& means = {})
        : weighting_(std::move(weighting)), scale_(evidence, weighting_.flips),
          columns_(means.columns(evidence.size())), likelihood_(weighting_, scale_.studies, columns_),
          lower_(likelihood_.size(), Real(-infinity<Real>())), held_(likelihood_.size(), false),
          best_{{}, second_order<Real>(likelihood_.size()), false} {
        lower_[place_of_tau_squared()] = Real(0);
        for (std::size_t j = place_of_weights(); j < lower_.size() && !weighting_.piecewise; ++j) {
            lower_[j] = weighting_.lower;
        }
        auto const plain = means.plain(scale_.studies);
        plain_log_likelihood_ = plain.log_likelihood;
        Real total = plain.tau_squared + plain.log_likelihood;
        for (Real const& coefficient : plain.coefficients) {
            total += coefficient;
        }
        if (is_finite(total)) {
            search(plain.coefficients, plain.tau_squared);
        } else {
            find_nothing(); // squares of effects are beyond the type
        }
    }

    selection_fit(selection_fit const&) = delete; // the likelihood refers to members
    selection_fit& operator=(selection_fit const&) = delete;

    [[nodiscard]] maximum_found<Real> const& best() const { return best_; }
    [[nodiscard]] Real const& unit() const { return scale_.unit; }
    [[nodiscard]] std::size_t place_of_tau_squared() const { return columns_.size(); }
    [[nodiscard]] std::size_t place_of_weights() const { return columns_.size() + 1; }
    [[nodiscard]] std::vector<basic_estimate<Real>> const& studies() const { return scale_.studies; }
    /// The maximum of the likelihood without selection, in the same units.
    [[nodiscard]] Real const& plain_log_likelihood() const { return plain_log_likelihood_; }

    /// Whether a parameter ended where the likelihood no longer depends on it: weights without limit.
    [[nodiscard]] bool runs_away() const { return runs_away(best_.point); }

    /// The inverse of the observed information; parameters on a bound are taken as known, with zeros. Empty
    /// if the information is not positive definite.
    [[nodiscard]] std::vector<std::vector<Real>> covariance() const {
        std::size_t const n = likelihood_.size();
        std::vector<std::size_t> free;
        for (std::size_t i = 0; i < n; ++i) {
            if (best_.point[i] > lower_[i]) {
                free.push_back(i);
            }
        }
        auto information = small_matrix<Real>(free.size());
        for (std::size_t i = 0; i < free.size(); ++i) {
            for (std::size_t j = 0; j < free.size(); ++j) {
                information(i, j) = -best_.at.hessian(free[i], free[j]);
            }
        }
        if (!information.factorise()) {
            return {};
        }
        std::vector<std::vector<Real>> result(n, std::vector<Real>(n, Real(0)));
        for (std::size_t i = 0; i < free.size(); ++i) {
            std::vector<Real> unit_vector(free.size(), Real(0));
            unit_vector[i] = Real(1);
            auto const column = information.solve(std::move(unit_vector));
            for (std::size_t j = 0; j < free.size(); ++j) {
                result[free[i]][free[j]] = column[j];
            }
        }
        return result;
    }

    /// How far the likelihood, with all other parameters at their maxima, falls when one has a given value.
    ///
    /// The maximum is followed from the last one of the path that is not beyond the value, in steps of no
    /// more than `stride`, or 16 of them, which are added to the path.
    ///
    /// \param path maxima at values from the best one outwards, of which the best is the first
    [[nodiscard]] profile_point<Real> profile_fall(std::size_t const parameter, Real const& value,
                                                   std::vector<std::vector<Real>>& path,
                                                   Real const& stride = infinity<Real>()) {
        auto held = held_;
        held[parameter] = true;
        auto const distance = [&](Real const& at) { return magnitude(Real(at - best_.point[parameter])); };
        std::size_t last = path.size() - 1;
        while (last > 0 && distance(path[last][parameter]) > distance(value)) {
            --last;
        }
        bool const extends = last + 1 == path.size();
        auto start = path[last];
        Real const from = start[parameter];
        int steps = 1;
        while (steps < 16 && magnitude(Real(value - from)) > steps * stride) {
            ++steps;
        }
        auto found = best_;
        for (int step = 1; step <= steps; ++step) {
            start[parameter] = step == steps ? value : Real(from + (value - from) * step / steps);
            found = newton_maximum<Real>(likelihood_, start, lower_, held);
            if (is_finite(found.at.value)) {
                start = found.point;
                if (extends) {
                    path.push_back(start);
                }
            }
        }
        start = best_.point;
        start[parameter] = value;
        auto other = newton_maximum<Real>(likelihood_, start, lower_, held);
        if (is_finite(other.at.value) && !(other.at.value < found.at.value)) {
            found = std::move(other);
        }
        if (!is_finite(found.at.value)) {
            return {Real(1e6), false};
        }
        // Rounding may keep a search from the last digits of the likelihood, which an end does not need.
        bool const is_maximum =
            found.converged ||
            newton_maximum<Real>(likelihood_, found.point, lower_, held, Real(1e-6)).converged;
        return {Real(best_.at.value - found.at.value), is_maximum};
    }

    /// How far it falls when an intercept alone has a given value, by the highest of the maxima over tau²
    /// that are climbed from several.
    [[nodiscard]] Real fall_at_mean(Real const& value) {
        auto path = std::vector<std::vector<Real>>{best_.point};
        Real least = profile_fall(0, value, path).fall;
        auto held = held_;
        held[0] = true;
        Real const spread = spread_about({value});
        auto start = best_.point;
        start[0] = value;
        for (double const deviation : {0.0, 0.3, 1.0, 3.0, 100.0}) {
            start[place_of_tau_squared()] = square(Real(deviation * spread));
            auto const found = newton_maximum<Real>(likelihood_, start, lower_, held);
            Real const fall = best_.at.value - found.at.value;
            least = fall < least ? fall : least;
        }
        return least;
    }

    /// Where the likelihood, with all other parameters at their maxima, has fallen by `drop` from its maximum
    /// on one side of it; infinite, or the bound, where it never does, or does where it can't be followed.
    [[nodiscard]] Real profile_limit(std::size_t const parameter, Real const& drop, bool const upper,
                                     Real const& step) {
        auto path = std::vector<std::vector<Real>>{best_.point};
        Real const bound = upper ? infinity<Real>() : lower_[parameter];
        Real const best = best_.point[parameter];
        auto const at = [&](Real const& value) -> profile_point<Real> {
            // A drop of less than rounding leaves no root beyond the maximum.
            bool const beyond = upper ? value > best : value < best;
            return beyond ? profile_fall(parameter, value, path, Real(step / 8))
                          : profile_point<Real>{Real(0), true};
        };
        auto const falling = [&](Real const& value) -> Real {
            Real const spare = drop - at(value).fall;
            return upper ? spare : Real(-spare);
        };
        Real const farthest = weighting_.piecewise && parameter >= place_of_weights() ? Real(40) : Real(1e8);
        bool const is_bounded = best - bound < farthest && !upper;
        auto const limit = falling_root(falling, best, step,
                                        {step, std::numeric_limits<Real>::epsilon() * 4096, 100,
                                         is_bounded ? Real(best - bound) : farthest});
        if (limit.status == status::undefined) {
            return is_bounded ? bound : limit.value;
        }
        auto const end = at(limit.value);
        bool const is_root =
            end.is_maximum && magnitude(Real(end.fall - drop)) <= Real(0.01) * drop + Real(1e-6);
        return is_root      ? limit.value
               : upper      ? infinity<Real>()
               : is_bounded ? bound
                            : Real(-infinity<Real>());
    }

  private:
    [[nodiscard]] bool runs_away(std::vector<Real> const& point) const {
        Real const farthest = (std::max)(Real(1), largest_effect(scale_.studies));
        for (std::size_t j = 0; j < columns_.size(); ++j) {
            if (!(point[j] < 50 * farthest && -point[j] < 50 * farthest)) {
                return true;
            }
        }
        for (std::size_t j = place_of_weights(); j < point.size(); ++j) {
            if (magnitude(point[j]) > (weighting_.piecewise ? Real(15) : Real(1e4))) {
                return true;
            }
        }
        return false;
    }

    /// Whether a search stopped where it could not go on, neither at a maximum nor far away.
    [[nodiscard]] bool ends_at_edge(maximum_found<Real> const& found) const {
        return !found.converged && !runs_away(found.point);
    }

    /// Looks at the likelihood on a grid of means and tau², each with the best of the weights to start from,
    /// and climbs from the highest of the means that are local maxima at a tau² of the grid.
    void search(std::vector<Real> const& coefficients, Real const& tau_squared) {
        auto const weights = starting_weights();
        Real const spread = spread_about(coefficients);
        // Selection that is strong lets the mean be far below the studies, and as far above them where
        // weights may rise with p, as those of one parameter do not.
        auto shifts = std::vector{-8.0, -3.0, -1.2, -0.4, 0.0, 0.5};
        constexpr std::array deviations{0.0, 0.3, 1.0, 2.5};
        if (weighting_.piecewise || weighting_.parameters > 1) {
            shifts.insert(shifts.end(), {1.2, 3.0, 8.0});
        }
        if (weighting_.conditional) { // farther, to where none of their region is significant
            shifts.push_back(30.0);
        }
        likelihood_.coarse(true);
        auto grid =
            std::vector<scored_start>(shifts.size() * deviations.size(), {{}, Real(-infinity<Real>())});
        auto null = grid.front(); // no effect, and all that is seen selected
        auto const try_at = [&](std::vector<Real> point, double const deviation, std::vector<Real> const& one,
                                scored_start& best) {
            point.push_back(square(Real(deviation * spread)));
            point.insert(point.end(), one.begin(), one.end());
            Real const value = likelihood_.value_at(point);
            if (value > best.value) {
                best = {std::move(point), value};
            }
        };
        for (auto const& one : weights) {
            for (std::size_t i = 0; i < grid.size(); ++i) {
                try_at(shifted(coefficients, Real(shifts[i / deviations.size()] * spread)),
                       deviations[i % deviations.size()], one, grid[i]);
            }
            try_at(std::vector<Real>(coefficients.size(), Real(0)), 0.0, one, null);
        }
        auto starts = local_maxima(grid, deviations.size());
        auto plain = scored_start{coefficients, Real(0)};
        plain.point.push_back(tau_squared);
        plain.point.insert(plain.point.end(), weights.front().begin(), weights.front().end());
        starts.insert(starts.begin(), {std::move(plain), std::move(null)});
        constexpr std::size_t most_climbs = 12;
        starts.resize((std::min)(starts.size(), most_climbs));
        std::vector<scored_start> tops; // the highest first
        for (auto const& start : starts) {
            if (!start.point.empty()) {
                auto found = newton_maximum<Real>(likelihood_, start.point, lower_, held_, Real(1e-5));
                insert_by_height(tops, {std::move(found.point), found.at.value});
            }
        }
        likelihood_.coarse(false);
        // Few nodes may see a likelihood where the integral does not exist, or has a narrow peak between
        // them: what they found is ranked by all nodes; should none of it be left, then where it began. An
        // edge beyond which the integral does not exist is taken only where there is no maximum.
        auto ranked = ranked_by_all_nodes(tops);
        if (ranked.empty()) {
            ranked = ranked_by_all_nodes(starts);
        }
        find_nothing();
        Real last = infinity<Real>();
        int climbs = 0;
        for (auto const& top : ranked) {
            if (climbs == 6 || (climbs > 0 && !ends_at_edge(best_))) {
                break;
            }
            if (top.value > last - Real(1e-3)) {
                continue; // the same place
            }
            last = top.value;
            auto found = newton_maximum<Real>(likelihood_, top.point, lower_, held_);
            if (climbs == 0 || !ends_at_edge(found)) {
                best_ = std::move(found);
            }
            ++climbs;
        }
        if (is_finite(best_.at.value)) {
            leave_bound(starts.front().point, weights);
        }
    }

    /// A maximum without selection may stand beside a higher one with it at much the same mean: climbs from
    /// the other weights as well.
    void leave_bound(std::vector<Real> start, std::vector<std::vector<Real>> const& weights) {
        std::size_t const place = place_of_weights();
        if (weighting_.piecewise || place >= best_.point.size() || best_.point[place] > lower_[place]) {
            return;
        }
        auto top = scored_start{{}, Real(-infinity<Real>())};
        likelihood_.coarse(true);
        for (auto const& one : weights) {
            std::copy(one.begin(), one.end(), start.begin() + static_cast<std::ptrdiff_t>(place));
            auto found = newton_maximum<Real>(likelihood_, start, lower_, held_, Real(1e-5));
            if (found.at.value > top.value && found.point[place] > lower_[place]) {
                top = {std::move(found.point), found.at.value};
            }
        }
        likelihood_.coarse(false);
        if (!top.point.empty()) {
            auto other = newton_maximum<Real>(likelihood_, top.point, lower_, held_);
            if (other.at.value > best_.at.value) {
                best_ = std::move(other);
            }
        }
    }

    /// Weights to start from; the first are those without selection.
    [[nodiscard]] std::vector<std::vector<Real>> starting_weights() const {
        if (!weighting_.piecewise) {
            return weighting_.starts;
        }
        std::size_t const m = weighting_.parameters;
        std::vector<std::vector<Real>> result{std::vector<Real>(m, Real(0))};
        if (m > 0) {
            for (double const log_of_weight : {-0.7, -1.8, -3.5, 0.7, 2.0}) {
                result.emplace_back(m, Real(log_of_weight));
            }
        }
        if (m > 1) {
            result.emplace_back();
            for (std::size_t j = 0; j < m; ++j) {
                result.back().push_back(-from_count<Real>(j + 1));
            }
        }
        return result;
    }

    /// The root mean square of the studies' distances from their means.
    [[nodiscard]] Real spread_about(std::vector<Real> const& coefficients) const {
        Real const mean_square = sum_to<Real>(scale_.studies.size(),
                                              [&](std::size_t const i) {
                                                  Real const mean =
                                                      sum_to<Real>(columns_.size(), [&](std::size_t const j) {
                                                          return Real(coefficients[j] * columns_[j][i]);
                                                      });
                                                  return square(Real(scale_.studies[i].effect - mean));
                                              }) /
                                 from_count<Real>(scale_.studies.size());
        return sqrt(mean_square);
    }

    /// The coefficients of means that are higher by a shift, as nearly as the columns can tell: these are as
    /// long as a column of ones, and orthogonal.
    [[nodiscard]] std::vector<Real> shifted(std::vector<Real> coefficients, Real const& shift) const {
        for (std::size_t j = 0; j < columns_.size(); ++j) {
            std::size_t const k = columns_[j].size();
            coefficients[j] += shift * sum_to<Real>(k, [&](std::size_t const i) { return columns_[j][i]; }) /
                               from_count<Real>(k);
        }
        return coefficients;
    }
    void find_nothing() {
        best_.point.assign(likelihood_.size(), not_a_number<Real>());
        best_.at.value = not_a_number<Real>();
    }

    struct scored_start {
        std::vector<Real> point;
        Real value;
    };

    /// Keeps the highest first, and of those that are equal but for rounding the first.
    static void insert_by_height(std::vector<scored_start>& into, scored_start one) {
        Real const rounding = Real(1e-9) * (1 + magnitude(one.value));
        auto const lower = [&](scored_start const& other) { return other.value < one.value - rounding; };
        into.insert(std::find_if(into.begin(), into.end(), lower), std::move(one));
    }

    /// Those whose likelihood is finite by all nodes, the highest first.
    [[nodiscard]] std::vector<scored_start> ranked_by_all_nodes(std::vector<scored_start> const& found) {
        std::vector<scored_start> result;
        for (auto const& start : found) {
            Real const value =
                start.point.empty() ? Real(-infinity<Real>()) : likelihood_.value_at(start.point);
            if (is_finite(value)) {
                insert_by_height(result, {start.point, value});
            }
        }
        return result;
    }

    /// Those of a grid's points, row by row, that are below neither neighbour of their column; the highest
    /// first. A maximum along one column need not be one of the grid: a narrow ridge leads through several.
    [[nodiscard]] static std::vector<scored_start> local_maxima(std::vector<scored_start> const& grid,
                                                                std::size_t const row) {
        std::vector<scored_start> result;
        for (std::size_t i = 0; i < grid.size(); ++i) {
            bool const highest = is_finite(grid[i].value) &&
                                 (i < row || !(grid[i - row].value > grid[i].value)) &&
                                 (i + row >= grid.size() || !(grid[i + row].value > grid[i].value));
            if (highest) {
                insert_by_height(result, grid[i]);
            }
        }
        return result;
    }

    selection_weighting<Real> weighting_;
    selection_scale<Real> scale_;
    std::vector<std::vector<Real>> columns_;
    selection_likelihood<Real> likelihood_;
    std::vector<Real> lower_;
    std::vector<bool> held_;
    maximum_found<Real> best_;
    Real plain_log_likelihood_;
};

} // namespace accrue::detail
