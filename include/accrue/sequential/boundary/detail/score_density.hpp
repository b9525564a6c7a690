#pragma once

#include <accrue/distribution/detail/quadrature.hpp>
#include <accrue/distribution/normal.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace accrue::detail {

/// An interval of scores on which a trial goes on.
struct score_interval {
    double lower;
    double upper;
};

/// What crosses one boundary at the next look: the probability, the density of the score at the boundary, and
/// the derivative of that density in the outward direction. As the boundary moves outwards the probability
/// falls by the density.
struct boundary_crossing {
    double probability = 0;
    double density = 0;
    double slope = 0;
};

enum class side : signed char { lower = -1, upper = 1 };

/// The density of the score of a trial that has not been stopped yet: the recursion of Armitage, McPherson
/// and Rowe.
///
/// Monitoring at information times t_1 < t_2 < ... sees statistics Z_k whose scores S_k = Z_k sqrt(t_k) are a
/// random walk: S_0 = 0 and S_k - S_{k-1} is normal with mean `drift` (t_k - t_{k-1}) and variance
/// t_k - t_{k-1}, independently of the past. The trial goes on after look k while S_k lies in a continuation
/// region, an interval (or two, when the middle is a futility region). Let h_k(x) be the density of S_k over
/// the trials that are still going on after look k. It integrates to the probability of going on, and follows
/// from the previous one by adding the next increment and keeping what stays inside:
///
///     h_{k+1}(y) = ∫ h_k(x) φ((y - x - drift s²) / s) / s dx,     s² = t_{k+1} - t_k,
///
/// y in the next region; what lands beyond an upper boundary b is the probability of crossing it,
///
///     ∫ h_k(x) Φ((x + drift s² - b) / s) dx.
///
/// Armitage P, McPherson CK, Rowe BC (1969), J R Stat Soc A 132:235-244, doi:10.2307/2343787; Jennison C,
/// Turnbull BW (2000), Group Sequential Methods, chapter 19.
///
/// **Quadrature.** Integrands are products of two functions smoothed by a normal kernel: h_k by the increment
/// before it (standard deviation s_k), the kernel by the one after it (s_{k+1}). Such a product is entire and
/// grows in the imaginary direction no faster than exp(v² / 2w²), 1/w² = 1/s_k² + 1/s_{k+1}². On a panel of
/// width 6 w the Gauss-Legendre rule with 20 nodes is therefore exact to rounding (bound the error by
/// Bernstein ellipses: min over r of r^-40 exp((36/32) (r - 1/r)²) is 3e-17). Each interval is cut into equal
/// panels of at most that width. (Where a boundary lies many standard deviations of a step above the one
/// before, only the edge of the density matters, at which the integrand is too steep for such panels;
/// `refinement_for` tells how much narrower they must be.) The first look counts as an increment from zero,
/// so a first look far earlier than the second is resolved as well as any other.
///
/// **Cost.** Seen from a panel of the next look only source panels within a few s matter; a panel is left out
/// when an upper bound of all it can add is below e^-41 of what is there (relative, so probabilities like
/// 1e-200 keep their digits). Between two panels the kernel is a common table of 20 x 20 numbers times one
/// factor per source node and one per target node (`add_strip`), so that almost no exponentials are left in
/// the double loop. A look costs O(nodes x band), however small its step.
class score_density {
  public:
    static constexpr std::size_t nodes = 20;
    using panel = std::array<double, nodes>;

    /// A walk that starts at a known score, by default before the first look: one panel without width.
    /// `refinement` makes the panels narrower by that factor (see `refinement_for`).
    explicit score_density(double const drift = 0, double const information = 0, double const score = 0,
                           double const refinement = 1)
        : drift_(drift), symmetric_(!(drift < 0 || drift > 0 || score < 0 || score > 0)),
          panel_width_(panel_width / refinement), information_(information) {
        strips_.push_back({.first = 0, .count = 1, .start = score, .width = 0});
        mass_.assign(nodes, 0.0);
        mass_[nodes / 2] = 1;
        summarize();
    }

    /// The probability of still going on.
    [[nodiscard]] double mass() const { return mass_below_.empty() ? 0 : mass_below_.back(); }

    /// Calls f(score, probability mass) for every node.
    template <class F>
    void for_each_node(F&& f) const {
        for (auto const& strip : strips_) {
            for (std::size_t p = 0; p < strip.count; ++p) {
                for (std::size_t i = 0; i < nodes; ++i) {
                    f(strip.centre(p) + 0.5 * strip.width * rule().node[i],
                      mass_[(strip.first + p) * nodes + i]);
                }
            }
        }
    }

    /// What lies beyond `boundary` (a score) on the given side at the look at `information`.
    [[nodiscard]] boundary_crossing crossing(side const where, double const boundary,
                                             double const information) const {
        auto const sign = static_cast<double>(static_cast<signed char>(where));
        auto const variance = information - information_;
        auto const scale = 1 / std::sqrt(variance);
        // Distances to the boundary, outwards and in standard deviations of the increment.
        auto const reach = sign * (boundary - drift_ * variance) * scale;
        auto result = boundary_crossing{};
        auto const visit = [&](panel_strip const& strip, std::size_t const p) {
            auto const index = strip.first + p;
            auto const nearest = reach - sign * scale * strip.centre(p) - 0.5 * scale * strip.width;
            auto const remaining = where == side::upper ? mass_below_[index] : mass_above_[index];
            if (nearest > 0 &&
                remaining * std::exp(-0.5 * nearest * nearest) <= relative_cut * 2 * result.probability) {
                return false;
            }
            auto const* const mass = mass_.data() + index * nodes;
            bool const surely = nearest + scale * strip.width < -surely_beyond;
            for (std::size_t i = 0; i < nodes; ++i) {
                auto const x = strip.centre(p) + 0.5 * strip.width * rule().node[i];
                auto const distance = reach - sign * scale * x;
                auto const kernel = mass[i] * std::exp(-0.5 * distance * distance);
                result.probability += surely ? mass[i] : mass[i] * normal::survival(distance);
                result.density += kernel;
                result.slope -= distance * kernel;
            }
            return true;
        };
        auto const sweep = [&] {
            if (where == side::upper) {
                for (auto strip = strips_.rbegin(); strip != strips_.rend(); ++strip) {
                    for (auto p = strip->count; p-- > 0;) {
                        if (!visit(*strip, p)) {
                            return;
                        }
                    }
                }
            } else {
                for (auto const& strip : strips_) {
                    for (std::size_t p = 0; p < strip.count; ++p) {
                        if (!visit(strip, p)) {
                            return;
                        }
                    }
                }
            }
        };
        sweep();
        result.density *= inverse_root_two_pi * scale;
        result.slope *= inverse_root_two_pi * scale * scale;
        return result;
    }

    /// Moves on to the look at `information`, with the given continuation region (ascending, disjoint,
    /// finite). `next_information` is that of the look after it, which the panels must be fine enough for.
    ///
    /// \param rest another part of the same trials, at an earlier look, that moves to the same look
    /// \param smooth a variance such that the density is known to be smooth on that scale, where it is more
    ///   than that of the step
    void advance(double const information, std::span<score_interval const> const region,
                 double const next_information, score_density const* const rest = nullptr,
                 double const smooth = 0) {
        auto const variance = information - information_;
        auto const width_limit =
            panel_width_ / std::sqrt(1 / (std::max)(variance, smooth) + 1 / (next_information - information));
        next_strips_.clear();
        auto count = std::size_t{0};
        for (auto const& interval : region) {
            auto const width = interval.upper - interval.lower;
            if (!(width > 0)) {
                continue;
            }
            auto const panels = (std::max)(1.0, std::ceil(width / width_limit));
            next_strips_.push_back({.first = count,
                                    .count = static_cast<std::size_t>(panels),
                                    .start = interval.lower,
                                    .width = width / panels});
            count += next_strips_.back().count;
        }
        symmetric_ = symmetric_ && mirrored(region) && (rest == nullptr || rest->symmetric_);
        next_mass_.assign(count * nodes, 0.0);
        for (auto const& target : next_strips_) {
            auto const first = symmetric_ ? (std::max)(target.first, count / 2) : target.first;
            if (first < target.first + target.count) {
                send(target, first - target.first, information, next_mass_);
                if (rest != nullptr) {
                    rest->send(target, first - target.first, information, next_mass_);
                }
            }
        }
        if (symmetric_) {
            for (std::size_t n = 0; n < next_mass_.size() / 2; ++n) {
                next_mass_[n] = next_mass_[next_mass_.size() - 1 - n];
            }
        }
        information_ = information;
        std::swap(strips_, next_strips_);
        std::swap(mass_, next_mass_);
        summarize();
    }

  private:
    /// An interval cut into equal panels; `first` is the index of its first panel among all.
    struct panel_strip {
        std::size_t first;
        std::size_t count;
        double start;
        double width;
        [[nodiscard]] double centre(std::size_t const p) const {
            return start + (static_cast<double>(p) + 0.5) * width;
        }
    };

    struct panel_range {
        std::size_t from;
        std::size_t to;
    };

    struct quadrature_rule {
        panel node;
        panel weight;
    };

    static constexpr double panel_width = 6.0;
    static constexpr double log_cut = 41;
    /// So many standard deviations beyond a boundary the probability of being beyond it is 1 to all digits.
    static constexpr double surely_beyond = 9.5;
    static constexpr double inverse_root_two_pi = 0.398942280401432677939946;
    static constexpr double relative_cut = 1e-18;

    static quadrature_rule const& rule() {
        static auto const value = [] {
            auto const& gauss = gauss_legendre<double, nodes>();
            auto result = quadrature_rule{};
            for (std::size_t i = 0; i < nodes / 2; ++i) {
                auto const above = nodes / 2 + i;
                auto const below = nodes / 2 - 1 - i;
                result.node[above] = gauss.node[i];
                result.node[below] = -gauss.node[i];
                result.weight[above] = result.weight[below] = gauss.weight[i];
            }
            return result;
        }();
        return value;
    }

    static bool mirrored(std::span<score_interval const> const region) {
        for (std::size_t i = 0; i < region.size(); ++i) {
            auto const& other = region[region.size() - 1 - i];
            if (region[i].lower < -other.upper || region[i].lower > -other.upper) {
                return false;
            }
        }
        return true;
    }

    /// Per panel: the largest node mass (as a logarithm) and where it is, and the masses at and below, and at
    /// and above it.
    void summarize() {
        auto const count = mass_.size() / nodes;
        log_peak_.resize(count);
        mode_.resize(count);
        mass_below_.resize(count);
        mass_above_.resize(count);
        for (auto const& strip : strips_) {
            for (std::size_t p = 0; p < strip.count; ++p) {
                auto const index = strip.first + p;
                auto const* const mass = mass_.data() + index * nodes;
                auto const* const largest = std::max_element(mass, mass + nodes);
                log_peak_[index] = std::log(*largest);
                mode_[index] = strip.centre(p) +
                               0.5 * strip.width * rule().node[static_cast<std::size_t>(largest - mass)];
                auto sum = 0.0;
                for (std::size_t i = 0; i < nodes; ++i) {
                    sum += mass[i];
                }
                mass_below_[index] = mass_above_[index] = sum;
            }
        }
        for (std::size_t p = 1; p < count; ++p) {
            mass_below_[p] += mass_below_[p - 1];
            mass_above_[count - 1 - p] += mass_above_[count - p];
        }
    }

    /// A lower bound of the logarithm of what the best node of panel p sends to the score y (shifted by the
    /// drift), and an upper bound for any of its nodes; kernel constants left out.
    [[nodiscard]] double sent_at_least(std::size_t const p, double const y, double const precision) const {
        auto const distance = y - mode_[p];
        return log_peak_[p] - 0.5 * distance * distance * precision;
    }
    [[nodiscard]] double sent_at_most(panel_strip const& strip, std::size_t const p, double const y,
                                      double const precision) const {
        auto const distance =
            (std::max)(0.0, std::abs(y - strip.centre(p - strip.first)) - 0.5 * strip.width);
        return log_peak_[p] - 0.5 * distance * distance * precision;
    }

    /// For each target panel from `begin` on, the source panels [from, to) that matter to it.
    ///
    /// The kernel is totally positive, so the source that contributes most to y moves up with y, and a source
    /// below it that is negligible for y stays negligible for every larger y. One pass upwards over the lower
    /// edges of the target panels finds where the bands begin, one pass downwards over the upper edges where
    /// they end.
    [[nodiscard]] std::vector<panel_range> find_bands(panel_strip const& source, panel_strip const& target,
                                                      std::size_t const begin, double const variance) const {
        auto const precision = 1 / variance;
        auto const shift = drift_ * variance;
        auto const last = source.first + source.count - 1;
        auto band = std::vector<panel_range>(target.count);
        auto from = source.first;
        auto best = source.first;
        for (auto q = begin; q < target.count; ++q) {
            auto const y = target.start + static_cast<double>(q) * target.width - shift;
            while (best < last &&
                   sent_at_least(best + 1, y, precision) >= sent_at_least(best, y, precision)) {
                ++best;
            }
            auto const threshold = sent_at_least(best, y, precision) - log_cut;
            while (from < best && sent_at_most(source, from, y, precision) < threshold) {
                ++from;
            }
            band[q].from = from;
        }
        auto to = last;
        best = last;
        for (auto q = target.count; q-- > begin;) {
            auto const y = target.start + static_cast<double>(q + 1) * target.width - shift;
            while (best > source.first &&
                   sent_at_least(best - 1, y, precision) >= sent_at_least(best, y, precision)) {
                --best;
            }
            auto const threshold = sent_at_least(best, y, precision) - log_cut;
            while (to > best && sent_at_most(source, to, y, precision) < threshold) {
                --to;
            }
            band[q].to = to + 1;
        }
        return band;
    }

    /// Adds to the node masses of the target's panels from `begin` on, at the look at `information`, what all
    /// strips send there.
    void send(panel_strip const& target, std::size_t const begin, double const information,
              std::vector<double>& into) const {
        for (auto const& source : strips_) {
            add_strip(source, target, begin, information - information_, into);
        }
    }

    /// Adds to the target's node masses what the source sends there.
    ///
    /// In units of s, with D the distance from a source panel's centre to the target panel's, and u and v the
    /// offsets of their nodes, the kernel is T exp(D (u - D/4)) exp(-D (v + D/4)) with the common table T =
    /// exp(-(v - u)² / 2). The two factors (halves of exp(-D² / 2), so that neither overflows) are computed
    /// for the nearest source panel and then carried outwards from panel to panel by multiplication, so that
    /// the panels that matter most carry the least rounding.
    void add_strip(panel_strip const& source, panel_strip const& target, std::size_t const begin,
                   double const variance, std::vector<double>& into) const {
        auto const band = find_bands(source, target, begin, variance);
        auto const scale = 1 / std::sqrt(variance);
        auto const& [node, weight] = rule();
        auto const width = source.width * scale;
        auto u = panel{};
        auto v = panel{};
        auto source_step = panel{};
        auto target_step = panel{};
        for (std::size_t i = 0; i < nodes; ++i) {
            u[i] = 0.5 * width * node[i];
            v[i] = 0.5 * target.width * scale * node[i];
            source_step[i] = std::exp(-width * u[i]);
            target_step[i] = std::exp(width * v[i]);
        }
        auto table = std::array<panel, nodes>{};
        for (std::size_t i = 0; i < nodes / 2; ++i) {
            for (std::size_t j = 0; j < nodes; ++j) {
                auto const distance = v[j] - u[i];
                table[i][j] = table[nodes - 1 - i][nodes - 1 - j] = std::exp(-0.5 * distance * distance);
            }
        }

        struct factor_pair {
            panel source;
            panel target;
            double distance;
        };
        auto total = panel{};
        auto const add = [&](std::size_t const p, factor_pair const& factors) {
            auto const* const mass = mass_.data() + p * nodes;
            auto sum = panel{};
            for (std::size_t i = 0; i < nodes; ++i) {
                auto const from_node = mass[i] * factors.source[i];
                for (std::size_t j = 0; j < nodes; ++j) {
                    sum[j] += table[i][j] * from_node;
                }
            }
            for (std::size_t j = 0; j < nodes; ++j) {
                total[j] += sum[j] * factors.target[j];
            }
        };
        auto const to_next_above = [&](factor_pair& factors) {
            auto const common = std::exp(0.25 * width * (2 * factors.distance - width));
            for (std::size_t j = 0; j < nodes; ++j) {
                factors.source[j] *= source_step[j] * common;
                factors.target[j] *= target_step[j] * common;
            }
            factors.distance -= width;
        };
        auto const to_next_below = [&](factor_pair& factors) {
            auto const common = std::exp(-0.25 * width * (2 * factors.distance + width));
            for (std::size_t j = 0; j < nodes; ++j) {
                factors.source[j] *= source_step[nodes - 1 - j] * common;
                factors.target[j] *= target_step[nodes - 1 - j] * common;
            }
            factors.distance += width;
        };

        for (auto q = begin; q < target.count; ++q) {
            auto const centre = target.centre(q) - drift_ * variance;
            auto const distance_to = [&](std::size_t const p) {
                return (centre - source.centre(p - source.first)) * scale;
            };
            auto [from, to] = band[q];
            // Panels this far away send less than the smallest double, and their factors would underflow.
            constexpr auto out_of_sight = 46.0;
            while (from < to && distance_to(from) > out_of_sight) {
                ++from;
            }
            while (from < to && distance_to(to - 1) < -out_of_sight) {
                --to;
            }
            if (from == to) {
                continue;
            }
            auto nearest = from;
            while (nearest + 1 < to && std::abs(distance_to(nearest + 1)) < std::abs(distance_to(nearest))) {
                ++nearest;
            }
            auto upwards = factor_pair{.source = {}, .target = {}, .distance = distance_to(nearest)};
            for (std::size_t i = 0; i < nodes; ++i) {
                auto const d = upwards.distance;
                upwards.source[i] = std::exp(d * (u[i] - 0.25 * d));
                upwards.target[i] = std::exp(-d * (v[i] + 0.25 * d));
            }
            auto downwards = upwards;
            total.fill(0.0);
            for (auto p = nearest; p < to; ++p) {
                if (p > nearest) {
                    to_next_above(upwards);
                }
                add(p, upwards);
            }
            for (auto p = nearest; p-- > from;) {
                to_next_below(downwards);
                add(p, downwards);
            }
            auto* const mass = into.data() + (target.first + q) * nodes;
            for (std::size_t j = 0; j < nodes; ++j) {
                mass[j] += total[j] * (0.5 * target.width * scale * inverse_root_two_pi * weight[j]);
            }
        }
    }

    double drift_;
    bool symmetric_;
    double panel_width_;
    double information_;
    std::vector<panel_strip> strips_;
    std::vector<double> mass_;
    std::vector<double> log_peak_, mode_, mass_below_, mass_above_;
    std::vector<panel_strip> next_strips_;
    std::vector<double> next_mass_;
};

/// How much narrower panels must be when a boundary is up to `distance` standard deviations of the step above
/// the one before it: the integrand then falls like exp(-distance x) from the edge.
inline double refinement_for(double const distance) {
    return (std::max)(1.0, distance / 4);
}

} // namespace accrue::detail
