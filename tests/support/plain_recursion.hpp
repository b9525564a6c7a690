#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace accrue::test {

/// The recursion of Armitage, McPherson and Rowe as it is written down, in long double and without a trick: a
/// readable twin of `detail::score_density`, and independent of it. Each look's continuation interval carries
/// one tanh-sinh rule over the whole of it, every node talks to every other one, and the kernel is evaluated
/// pair by pair.
class plain_recursion {
  public:
    using real = long double;

    /// `nodes` per unit of interval width / smallest neighbouring standard deviation.
    explicit plain_recursion(real const drift = 0) : drift_(drift), nodes_{{0, 1}} {}

    /// P(no stop before, score beyond `boundary`) at the look at `t`; side +1 is above, -1 below.
    real beyond(int const side, real const boundary, real const t) const {
        auto const s = std::sqrt(t - information_);
        real sum = 0;
        for (auto const& [score, mass] : nodes_) {
            sum += mass * tail(side * (boundary - score - drift_ * s * s) / s);
        }
        return sum;
    }

    /// The boundary beyond which `probability` lies, by bisection of the logarithm and Newton steps.
    real boundary(int const side, real const probability, real const t) const {
        auto const s = std::sqrt(t - information_);
        real low = -60 * std::sqrt(t);
        real high = 60 * std::sqrt(t);
        for (auto i = 0; i < 14; ++i) {
            auto const middle = (low + high) / 2;
            (beyond(side, side * middle, t) > probability ? low : high) = middle;
        }
        auto b = (low + high) / 2;
        for (auto i = 0; i < 60; ++i) {
            real density = 0;
            for (auto const& [score, mass] : nodes_) {
                density += mass * bell((side * b - score - drift_ * s * s) / s) / s;
            }
            auto const p = beyond(side, side * b, t);
            auto const step = std::log(p / probability) * p / density;
            b += step;
            if (std::abs(step) < 1e-18L * std::abs(b)) {
                break;
            }
        }
        return side * b;
    }

    /// Goes on between two scores, with this many nodes.
    void advance(real const t, real const lower, real const upper, int const count) {
        auto const s = std::sqrt(t - information_);
        auto next = std::vector<node>{};
        // x = tanh(pi/2 sinh u) on an equidistant grid of u; beyond 3.3 the weights are below 1e-19.
        auto const h = 6.6L / count;
        for (auto i = 0; i <= count; ++i) {
            auto const u = -3.3L + h * i;
            auto const v = half_pi * std::sinh(u);
            auto const x = std::tanh(v);
            auto const weight = h * half_pi * std::cosh(u) / (std::cosh(v) * std::cosh(v));
            auto const y = (lower + upper) / 2 + (upper - lower) / 2 * x;
            real density = 0;
            for (auto const& [score, mass] : nodes_) {
                density += mass * bell((y - score - drift_ * s * s) / s) / s;
            }
            next.push_back({y, (upper - lower) / 2 * weight * density});
        }
        information_ = t;
        nodes_ = next;
    }

    real mass() const {
        real sum = 0;
        for (auto const& [score, mass] : nodes_) {
            sum += mass;
        }
        return sum;
    }

  private:
    struct node {
        real score;
        real mass;
    };
    static constexpr real half_pi = 1.57079632679489661923132169163975144L;
    static real bell(real const x) { return std::exp(-x * x / 2) * 0.398942280401432677939946059934381868L; }
    static real tail(real const x) { return std::erfc(x * 0.707106781186547524400844362104849039L) / 2; }

    real drift_;
    real information_ = 0;
    std::vector<node> nodes_;
};

} // namespace accrue::test
