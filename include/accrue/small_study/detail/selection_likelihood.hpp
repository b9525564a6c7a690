#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/detail/special_functions.hpp>
#include <accrue/distribution/normal.hpp>
#include <accrue/estimate.hpp>
#include <accrue/real.hpp>
#include <accrue/small_study/detail/newton_maximum.hpp>
#include <accrue/small_study/selection_weights.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

namespace accrue::detail {

/// The integral A of a weight function over a study's distribution, with the moments that its derivatives
/// are. In standard units z = (y - mean)/s,
///
///     moments[n] = integral of w He_n(z) phi(z) dz,   so that   d^n A / d mean^n = moments[n] / s^n,
///
/// and, as normal densities solve the heat equation, d A / d s² = (d² A / d mean²) / 2. First derivatives
/// with respect to a parameter of w have moments of their own, and so do second ones.
template <real Real>
struct weight_integral {
    std::array<Real, 5> moments{};
    std::vector<std::array<Real, 3>> first;
    small_matrix<Real> second;
    Real log_scale{};  ///< all of the above are to be multiplied by exp(log_scale)
    Real log_weight{}; ///< log w at the study's own p-value
    std::vector<Real> log_weight_gradient;
    Real log_weight_curvature{}; ///< with respect to the first parameter

    explicit weight_integral(std::size_t const parameters)
        : first(parameters), second(parameters), log_weight_gradient(parameters, Real(0)) {}
};

/// A study as selection sees it: x = y / se, and its distribution on that scale.
template <real Real>
struct selected_study {
    Real x;
    Real centre; ///< mean / se
    Real spread; ///< sqrt(v + tau²) / se, 1 or more
};

/// A weight function that is constant between p-values: its integrals are sums of normal probabilities.
template <class Weights>
concept piecewise_weights = requires(Weights const& weights) {
    weights.cutpoints;
    weights.given();
};

/// What the likelihood needs to know of a weight function and a side, whatever their types, so that it is
/// compiled once for all of them.
template <real Real>
struct selection_weighting {
    std::size_t parameters = 0;
    bool flips = false;
    bool two_sided = false;
    // Of step functions:
    bool piecewise = false;
    bool conditional = false; ///< each study is compared with others in its own interval alone
    std::vector<double> cutpoints{};
    std::vector<Real> given{}; ///< logarithms of weights, where they are not estimated
    // Of smooth functions:
    log_weight<Real> (*log_weight_at)(log_probability<Real> const&, Real const*) = nullptr;
    Real lower = Real(0);
    std::vector<std::vector<Real>> starts{};

    template <class Weights, class Side>
    [[nodiscard]] static selection_weighting of(Weights const& weights, Side const&) {
        auto result = selection_weighting{};
        result.parameters = weights.parameters();
        result.flips = Side::flips;
        result.two_sided = Side::two_sided;
        if constexpr (piecewise_weights<Weights>) {
            result.piecewise = true;
            result.conditional = Weights::conditional;
            result.cutpoints = weights.cutpoints;
            for (double const weight : weights.given()) {
                result.given.push_back(log(Real(weight)));
            }
        } else {
            result.log_weight_at = &Weights::template log_weight_at<Real>;
            result.lower = Real(Weights::lower);
            for (auto const& start : Weights::starts) {
                result.starts.emplace_back();
                for (std::size_t j = 0; j < result.parameters; ++j) {
                    result.starts.back().push_back(Real(start[j]));
                }
            }
        }
        return result;
    }

    /// The logarithm of an interval's weight; the parameters are the logarithms of all but the first.
    [[nodiscard]] Real log_weight_of(std::size_t const place, Real const* const values) const {
        if (!given.empty()) {
            return given[place];
        }
        return place == 0 ? Real(0) : values[place - 1];
    }
};

/// The integrals of a step function.
template <real Real>
class step_integrals {
  public:
    explicit step_integrals(selection_weighting<Real> const& weighting) : weighting_(weighting) {
        limits_.push_back(infinity<Real>());
        for (double const cutpoint : weighting.cutpoints) {
            limits_.push_back(
                basic_normal<Real>::upper_quantile(Real(cutpoint) / (weighting.two_sided ? 2 : 1)));
        }
        limits_.push_back(weighting.two_sided ? Real(0) : Real(-infinity<Real>()));
    }

    void set(Real const* const parameters) { parameters_ = parameters; }

    /// The interval of a study's p-value, counted from 0.
    [[nodiscard]] std::size_t place_of(Real const& x) const {
        Real const size = weighting_.two_sided ? magnitude(x) : x;
        std::size_t place = 0;
        while (place + 2 < limits_.size() && size < limits_[place + 1]) {
            ++place;
        }
        return place;
    }

    void integrate(selected_study<Real> const& study, weight_integral<Real>& result) const {
        std::size_t const m = weighting_.parameters;
        std::size_t const own = place_of(study.x);
        result.moments = {};
        for (std::size_t j = 0; j < m; ++j) {
            result.first[j] = {};
            result.second(j, j) = Real(0);
            result.log_weight_gradient[j] = Real(0);
        }
        for (std::size_t place = 0; place + 1 < limits_.size(); ++place) {
            if (weighting_.conditional && place != own) {
                continue;
            }
            auto moments = std::array<Real, 5>{};
            add_interval(study, limits_[place + 1], limits_[place], moments);
            if (weighting_.two_sided) {
                add_interval(study, Real(-limits_[place]), Real(-limits_[place + 1]), moments);
            }
            Real const log_of_weight = weighting_.log_weight_of(place, parameters_);
            Real const weight = exp(log_of_weight);
            for (std::size_t n = 0; n < 5; ++n) {
                result.moments[n] += weight * moments[n];
            }
            if (place > 0 && place <= m) {
                for (std::size_t n = 0; n < 3; ++n) {
                    result.first[place - 1][n] = weight * moments[n];
                }
                result.second(place - 1, place - 1) = weight * moments[0];
            }
            if (place == own) {
                result.log_weight = log_of_weight;
                if (place > 0 && place <= m) {
                    result.log_weight_gradient[place - 1] = Real(1);
                }
            }
        }
    }

  private:
    /// Adds the integrals of He_n phi between two values of x: a normal probability, and differences of
    /// He_(n-1) phi at the ends.
    static void add_interval(selected_study<Real> const& study, Real const& lower, Real const& upper,
                             std::array<Real, 5>& moments) {
        using normal_distribution = basic_normal<Real>;
        Real const from = (lower - study.centre) / study.spread;
        Real const to = (upper - study.centre) / study.spread;
        moments[0] += from > 0
                          ? Real(normal_distribution::survival(from) - normal_distribution::survival(to))
                          : Real(normal_distribution::cumulative(to) - normal_distribution::cumulative(from));
        auto const add_end = [&](Real const& z, int const sign) {
            if (!is_finite(z)) {
                return;
            }
            Real const density = sign * normal_distribution::density(z);
            moments[1] += density;
            moments[2] += density * z;
            moments[3] += density * (z * z - 1);
            moments[4] += density * z * (z * z - 3);
        };
        add_end(from, 1);
        add_end(to, -1);
    }

    selection_weighting<Real> const& weighting_;
    std::vector<Real> limits_; // of x, falling
    Real const* parameters_ = nullptr;
};

/// A smooth weight function: its integrals by Gauss-Legendre panels on the scale x = y / se.
///
/// On that scale p-values do not depend on the study, so that all studies share the nodes and the weights at
/// them. Every study's density is at least as wide as the standard normal, so that twenty nodes on 1.25 are
/// exact to rounding; towards 0, where two-sided weights have a branch point, nodes are on a scale of ln |x|.
/// Beyond |x| = 40 weights change slowly, and panels are wider where a study's integrand is: a
/// precise study among heterogeneous ones has thousands of standard errors to cover.
/// Panels are added outwards from the integrand's peak until they add nothing, but not before all those
/// between the centre and 0 and a few beyond were looked at, and those on which it rises still: the integrand
/// may have another peak there, as two-sided weights have on either side of 0. Few nodes are good enough to
/// find the way to a maximum (`coarse`).
template <real Real>
class smooth_integrals {
  public:
    explicit smooth_integrals(selection_weighting<Real> const& weighting)
        : weighting_(weighting), parameters_(weighting.parameters) {}

    void set(Real const* const parameters) {
        auto present = std::vector<Real>(parameters, parameters + parameters_);
        if (generation_ == 0 || present != values_) {
            values_ = std::move(present);
            ++generation_;
            for (std::size_t side = 0; side < 2; ++side) {
                log_weight_far_out_[side] =
                    weighting_.log_weight_at(probability_at(far_out(side)), values_.data()).value;
            }
        }
    }

    void coarse(bool const is_coarse) {
        if (coarse_ != is_coarse) {
            coarse_ = is_coarse;
            rows_ = {};
        }
    }

    /// Without derivatives only the integral itself is computed.
    void integrate(selected_study<Real> const& study, weight_integral<Real>& result, bool const derivatives) {
        result.moments = {};
        for (std::size_t j = 0; j < parameters_; ++j) {
            result.first[j] = {};
            for (std::size_t l = 0; l < parameters_; ++l) {
                result.second(j, l) = Real(0);
            }
        }
        set_doublings(study);
        // Weights that fall with x draw the peak from the study's mean towards 0.
        std::size_t const side = study.centre < 0 ? 0 : 1;
        long const centre = panel_of(Real(study.centre * square(Real(widths_[side] / study.spread))));
        if (centre >= farthest - 1 || -centre >= farthest - 1) {
            result.moments[0] = infinity<Real>(); // beyond the panels
            return;
        }
        long first = (std::min)(centre, -beyond);
        while (!coarse_ && -first < farthest && height_at(study, first - 1) > height_at(study, first)) {
            --first;
        }
        long last = (std::max)(centre, beyond);
        while (!coarse_ && last < farthest && height_at(study, last + 1) > height_at(study, last)) {
            ++last;
        }
        long const peak = highest_panel(study, first, last);
        result.log_scale = highest_in(study, peak);
        if (!coarse_ && rises_without_end(study, result.log_scale)) {
            result.moments[0] = infinity<Real>(); // the integral does not exist
            return;
        }
        auto const go = [&](long index, long const step) {
            for (int quiet = 0; quiet < 2; index += step) {
                bool const on_the_way = step > 0 ? index < last : index > first;
                if (on_the_way && quiet > 0 && height_at(study, index) < result.log_scale - 100) {
                    continue;
                }
                Real const size = add_panel(study, index, result, derivatives);
                if (!is_finite(result.moments[0]) || index > farthest || -index > farthest) {
                    result.moments[0] = infinity<Real>(); // the integral does not exist
                    return;
                }
                Real const negligible =
                    coarse_ ? Real(1e-7) : Real(std::numeric_limits<Real>::epsilon() / 64);
                bool const adds = size > negligible * result.moments[0];
                quiet = adds ? 0 : on_the_way ? 1 : quiet + 1;
            }
        };
        go(peak, 1);
        go(peak - 1, -1);
        auto const own = weighting_.log_weight_at(probability_at(study.x), values_.data());
        result.log_weight = own.value;
        for (std::size_t j = 0; j < parameters_; ++j) {
            result.log_weight_gradient[j] = own.gradient[j];
        }
        result.log_weight_curvature = own.curvature;
    }

  private:
    static constexpr double width = 1.25;
    static constexpr int graded = 19; // panels towards a branch point at 0; six of them where `coarse`
    static constexpr long farthest = 2000;
    static constexpr long beyond = 8; // panels on either side of 0 where the integrand may have its peaks
    static constexpr long inner = 32; // panels on either side of 0 of the least width

    struct node {
        Real x;
        Real log_share; // the logarithm of the quadrature weight
        log_probability<Real> log_p;
        log_weight<Real> log_w;
    };
    struct panel {
        std::vector<node> points;
        Real middle;
        log_probability<Real> log_p_at_middle;
        long generation = -1;
    };

    /// A place where the logarithm of an integrand is that of its tail, -e x² / 2, and has digits to tell
    /// the sign of e.
    [[nodiscard]] static Real far_out(std::size_t const side) { return Real(side == 0 ? -0x1p40 : 0x1p40); }

    /// Whether weights grow faster than the study's density falls. The integrand may have a trough before it
    /// rises, where panels add nothing.
    [[nodiscard]] bool rises_without_end(selected_study<Real> const& study, Real const& highest) const {
        for (std::size_t side = 0; side < 2; ++side) {
            Real const z = far_out(side) - study.centre / study.spread;
            if (log_weight_far_out_[side] * square(study.spread) - z * z / 2 > highest) {
                return true;
            }
        }
        return false;
    }

    /// On either side, how wide the integrand is far out, where the logarithm of the weights is a parabola
    /// too, if not a constant, and how many times panels are doubled to be as wide.
    void set_doublings(selected_study<Real> const& study) {
        for (std::size_t side = 0; side < 2; ++side) {
            Real const bend = -2 * log_weight_far_out_[side] / square(far_out(side));
            Real const narrowing = 1 + square(study.spread) * (bend > 0 ? bend : Real(0));
            widths_[side] = study.spread / sqrt(narrowing);
            doublings_[side] = 0;
            for (Real left = widths_[side] / 2; left >= 1 && doublings_[side] < 60; left = left / 2) {
                ++doublings_[side];
            }
        }
    }

    /// The panel on one side of 0 with a number, counted from 0: `width` 2^level wide, the `place`th of
    /// those. Beyond the inner ones there are two of each width, until they are as wide as the study allows.
    struct panel_place {
        long level;
        long place;
    };
    [[nodiscard]] panel_place place_of(long const number, long const doublings) const {
        long const further = number - inner;
        if (further < 0) {
            return {0, number};
        }
        long const growing = 2 * (std::max)(0L, doublings - 4);
        if (further < growing) {
            return {4 + further / 2, 2 + further % 2};
        }
        return {doublings, (inner >> (std::min)(doublings, 4L)) + further - growing};
    }

    /// Panels are numbered by their place; panel 0 begins at 0.
    [[nodiscard]] long panel_of(Real const& x) const {
        long const doublings = doublings_[x < 0 ? 0 : 1];
        Real const size = magnitude(x) / Real(width);
        Real unit(1);
        long number = 0;
        if (size < Real(inner)) {
            number = whole(size);
        } else {
            number = inner;
            unit = Real(1L << (std::min)(doublings, 4L));
            for (long level = 4; level < doublings && !(size < 4 * unit); ++level) {
                number += 2;
                unit = 2 * unit;
            }
            number += whole(Real(size / unit)) - (inner >> (std::min)(doublings, 4L));
        }
        number = (std::min)(number, farthest - 1);
        return x < 0 ? -1 - number : number;
    }
    [[nodiscard]] static long whole(Real const& x) {
        return static_cast<long>(static_cast<double>(x < Real(farthest) ? x : Real(farthest)));
    }

    [[nodiscard]] log_probability<Real> probability_at(Real const& x) const {
        using standard = basic_normal<Real>;
        if (weighting_.two_sided) {
            Real const size = magnitude(x);
            Real const root_two = detail::root_two<Real>();
            return {Real(log(Real(2)) + standard::log_survival(size)),
                    log(error_function(Real(size / root_two)))};
        }
        return {standard::log_survival(x), standard::log_survival(Real(-x))};
    }

    /// A panel whose weights need not be those of the present parameters.
    [[nodiscard]] panel& made_at(long const index) {
        std::size_t const half_line = index < 0 ? 0 : 1;
        auto const [level, number] = place_of(index < 0 ? -1 - index : index, doublings_[half_line]);
        auto& levels = rows_[half_line];
        if (levels.size() <= static_cast<std::size_t>(level)) {
            levels.resize(static_cast<std::size_t>(level) + 1);
        }
        auto& row = levels[static_cast<std::size_t>(level)];
        long const first = level == 0 ? 0 : inner >> (std::min)(level, 4L);
        double const wide = std::ldexp(width, static_cast<int>(level));
        while (static_cast<long>(row.size()) <= number - first) {
            long const number_made = first + static_cast<long>(row.size());
            auto made = panel{};
            double const sign = index < 0 ? -1 : 1;
            auto const add = [&](double const from, double const to, auto const& put) {
                double const half = (to - from) / 2;
                double const middle = (to + from) / 2;
                auto const add_points = [&](auto const& rule) {
                    for (std::size_t i = 0; i < rule.node.size(); ++i) {
                        for (double const side : {-1.0, 1.0}) {
                            put(middle + side * half * rule.node[i], half * rule.weight[i]);
                        }
                    }
                };
                if (coarse_) {
                    add_points(gauss_legendre<double, 6>());
                } else {
                    add_points(gauss_legendre<double, 20>());
                }
            };
            double const from = static_cast<double>(number_made) * wide;
            made.middle = Real(sign * (from + wide / 2));
            made.log_p_at_middle = probability_at(made.middle);
            bool const branches = weighting_.two_sided && level == 0 && number_made == 0;
            add(branches ? width / 8 : from, from + wide, [&](double const at, double const weight) {
                Real const x = Real(sign * at);
                made.points.push_back({x, Real(std::log(weight)), probability_at(x), {}});
            });
            // x = width e^-s: a power of x is an exponential in s, on panels that double.
            double s = std::log(8.0);
            for (int part = 0; branches && part < (coarse_ ? 6 : graded); ++part, s *= 2) {
                add(s, 2 * s, [&](double const at, double const weight) {
                    double const log_x = std::log(width) - at;
                    Real const x = Real(sign * std::exp(log_x)); // may be 0
                    auto log_p = probability_at(x);
                    if (log_x < -20) { // the error function is its first term
                        log_p.q = Real(log_x + std::log(2 / std::numbers::pi) / 2);
                    }
                    made.points.push_back({x, Real(std::log(weight) + log_x), log_p, {}});
                });
            }
            row.push_back(std::move(made));
        }
        return row[static_cast<std::size_t>(number - first)];
    }

    [[nodiscard]] panel& panel_at(long const index) {
        auto& found = made_at(index);
        if (found.generation != generation_) {
            for (auto& point : found.points) {
                point.log_w = weighting_.log_weight_at(point.log_p, values_.data());
            }
            found.generation = generation_;
        }
        return found;
    }

    /// The panel in whose middle the integrand is highest.
    [[nodiscard]] long highest_panel(selected_study<Real> const& study, long const first, long const last) {
        long best = first;
        Real highest = -infinity<Real>();
        for (long index = first; index <= last; ++index) {
            Real const height = height_at(study, index);
            if (height > highest) {
                best = index;
                highest = height;
            }
        }
        return best;
    }

    /// The logarithm of the integrand in the middle of a panel.
    [[nodiscard]] Real height_at(selected_study<Real> const& study, long const index) {
        auto const& found = made_at(index);
        return weighting_.log_weight_at(found.log_p_at_middle, values_.data()).value -
               square((found.middle - study.centre) / study.spread) / 2;
    }

    /// The logarithm of the largest term that a panel's nodes give the integral.
    [[nodiscard]] Real highest_in(selected_study<Real> const& study, long const index) {
        Real highest = -infinity<Real>();
        for (auto const& point : panel_at(index).points) {
            Real const height =
                point.log_share + point.log_w.value - square((point.x - study.centre) / study.spread) / 2;
            highest = height > highest ? height : highest;
        }
        return highest;
    }

    /// Adds a panel's part of the integrals; returns the size of what it added.
    Real add_panel(selected_study<Real> const& study, long const index, weight_integral<Real>& result,
                   bool const derivatives) {
        Real const scale = 1 / study.spread;
        Real const factor = scale / detail::root_two_pi<Real>();
        Real size(0);
        for (auto const& point : panel_at(index).points) {
            Real const z = (point.x - study.centre) * scale;
            Real const zz = z * z;
            // Two exponents in one, and without the highest, as neither need be within the numbers' range.
            Real const f =
                factor * exp(Real(point.log_share + point.log_w.value - zz / 2 - result.log_scale));
            result.moments[0] += f;
            size += f * (1 + zz * zz);
            if (!derivatives) {
                continue;
            }
            Real const second = zz - 1;
            Real const fourth = zz * (zz - 6) + 3;
            result.moments[1] += f * z;
            result.moments[2] += f * second;
            result.moments[3] += f * z * (zz - 3);
            result.moments[4] += f * fourth;
            for (std::size_t j = 0; j < parameters_; ++j) {
                Real const g = f * point.log_w.gradient[j];
                result.first[j][0] += g;
                result.first[j][1] += g * z;
                result.first[j][2] += g * second;
                for (std::size_t l = 0; l <= j; ++l) {
                    result.second(j, l) += g * point.log_w.gradient[l];
                }
            }
            if (parameters_ > 0) {
                result.second(0, 0) += f * point.log_w.curvature;
            }
        }
        return size;
    }

    selection_weighting<Real> const& weighting_;
    std::size_t parameters_;
    std::vector<Real> values_;
    std::array<Real, 2> log_weight_far_out_{};
    long generation_ = 0;
    bool coarse_ = false;
    std::array<Real, 2> widths_{};
    std::array<long, 2> doublings_{};
    std::array<std::vector<std::vector<panel>>, 2> rows_; // by side and level
};

/// The log-likelihood of studies under selection and its exact first and second derivatives,
///
///     sum [log w(p) + log phi(y; mean, v + tau²) - log A],   mean = sum of columns times coefficients.
///
/// Parameters are the coefficients, tau², and those of the weight function, in that order.
template <real Real>
class selection_likelihood {
  public:
    /// `columns` are the moderators, an intercept being the column of ones. Everything must live as long as
    /// the likelihood.
    selection_likelihood(selection_weighting<Real> const& weighting,
                         std::vector<basic_estimate<Real>> const& studies,
                         std::vector<std::vector<Real>> const& columns)
        : steps_(weighting), smooth_(weighting), is_smooth_(!weighting.piecewise), studies_(studies),
          columns_(columns), parameters_(weighting.parameters) {}

    [[nodiscard]] std::size_t size() const { return columns_.size() + 1 + parameters_; }
    /// Switches to integrals that are good enough to find the way to a maximum.
    void coarse(bool const is_coarse) { smooth_.coarse(is_coarse); }

    [[nodiscard]] second_order<Real> operator()(std::vector<Real> const& point) {
        return evaluate(point, true);
    }
    [[nodiscard]] Real value_at(std::vector<Real> const& point) { return evaluate(point, false).value; }

  private:
    [[nodiscard]] second_order<Real> evaluate(std::vector<Real> const& point, bool const derivatives) {
        std::size_t const b = columns_.size();
        auto total = second_order<Real>(size());
        auto integral = weight_integral<Real>(parameters_);
        if (is_smooth_) {
            smooth_.set(point.data() + b + 1);
        } else {
            steps_.set(point.data() + b + 1);
        }
        Real const log_two_pi = log(Real(2 * boost_pi<Real>()));
        // Derivatives of one study's log-likelihood with respect to its mean, tau² and the weights.
        std::size_t const own = parameters_ + 2;
        std::vector<Real> g(own);
        auto h = small_matrix<Real>(own);
        for (std::size_t i = 0; i < studies_.size(); ++i) {
            auto const& study = studies_[i];
            Real const mean =
                sum_to<Real>(b, [&](std::size_t const j) { return Real(point[j] * columns_[j][i]); });
            Real const variance = study.variance + point[b];
            Real const s = sqrt(variance);
            Real const error = sqrt(study.variance);
            auto const selected = selected_study<Real>{study.effect / error, mean / error, s / error};
            if (is_smooth_) {
                smooth_.integrate(selected, integral, derivatives);
            } else {
                steps_.integrate(selected, integral);
            }
            Real const a = integral.moments[0];
            if (!(a > 0) || !is_finite(a)) {
                total.value = -infinity<Real>();
                return total;
            }
            Real const z = (study.effect - mean) / s;
            total.value += integral.log_weight - (log_two_pi + log(variance) + z * z) / 2 -
                           (log(a) + integral.log_scale);

            if (!derivatives) {
                continue;
            }
            // log A by its derivatives relative to A; scaled by s for the mean and by s² for tau².
            Real const m1 = integral.moments[1] / a;
            Real const m2 = integral.moments[2] / a;
            Real const m3 = integral.moments[3] / a;
            Real const m4 = integral.moments[4] / a;
            g[0] = (z - m1) / s;
            g[1] = ((z * z - 1) - m2) / (2 * variance);
            h(0, 0) = (-1 - (m2 - m1 * m1)) / variance;
            h(1, 0) = (-z - (m3 - m1 * m2) / 2) / (variance * s);
            h(1, 1) = ((1 - 2 * z * z) / 2 - (m4 - m2 * m2) / 4) / (variance * variance);
            for (std::size_t j = 0; j < parameters_; ++j) {
                Real const f0 = integral.first[j][0] / a;
                g[j + 2] = integral.log_weight_gradient[j] - f0;
                h(j + 2, 0) = -(integral.first[j][1] / a - f0 * m1) / s;
                h(j + 2, 1) = -(integral.first[j][2] / a - f0 * m2) / (2 * variance);
                for (std::size_t l = 0; l <= j; ++l) {
                    h(j + 2, l + 2) = -(integral.second(j, l) / a - f0 * (integral.first[l][0] / a));
                }
            }
            if (parameters_ > 0) {
                h(2, 2) += integral.log_weight_curvature;
            }
            add(i, g, h, total);
        }
        for (std::size_t i = 0; i < size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                total.hessian(j, i) = total.hessian(i, j);
            }
        }
        return total;
    }

    /// Adds a study's derivatives by the chain rule: its mean is a sum over columns.
    void add(std::size_t const i, std::vector<Real> const& g, small_matrix<Real> const& h,
             second_order<Real>& total) const {
        std::size_t const b = columns_.size();
        for (std::size_t j = 0; j < b; ++j) {
            Real const x = columns_[j][i];
            total.gradient[j] += x * g[0];
            for (std::size_t l = 0; l <= j; ++l) {
                total.hessian(j, l) += x * columns_[l][i] * h(0, 0);
            }
        }
        for (std::size_t j = 1; j < g.size(); ++j) {
            total.gradient[b + j - 1] += g[j];
            for (std::size_t l = 0; l < b; ++l) {
                total.hessian(b + j - 1, l) += columns_[l][i] * h(j, 0);
            }
            for (std::size_t l = 1; l <= j; ++l) {
                total.hessian(b + j - 1, b + l - 1) += h(j, l);
            }
        }
    }

    step_integrals<Real> steps_;
    smooth_integrals<Real> smooth_;
    bool is_smooth_;
    std::vector<basic_estimate<Real>> const& studies_;
    std::vector<std::vector<Real>> const& columns_;
    std::size_t parameters_;
};

} // namespace accrue::detail
