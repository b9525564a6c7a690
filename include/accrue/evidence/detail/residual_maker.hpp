#pragma once

#include <accrue/evidence/evidence.hpp>
#include <accrue/real.hpp>

#include <concepts>
#include <cstddef>

namespace accrue::detail {

/// Evidence whose sums can hold the study with the smallest variance by itself.
template <class Evidence>
concept singles_out_smallest_variance = requires(Evidence const& studies) {
    { studies.smallest_variance_is_alone() } -> std::convertible_to<bool>;
};

/// The residual maker P = U - uu'/W of studies with one mean and relative weights u, W = sum u: its traces
/// with all their digits, also where one study has nearly all the weight. W - u is then the sum of the
/// others' weights, not a difference that cancels, so that every term is positive. X is a diagonal matrix.
///
///     tr PX    = sum u x (W - u) / W
///     tr PXPX  = sum [u x (W - u) / W]² + sum over i of b_i (sum b - b_i),   b = u² x / W
///
/// So is that of u - sum u²/W, the excess of a weight over the mean weight: for the study that dominates it
/// is the sum over the others of u (u_0 - u), over W.
///
/// Which study dominates is decided here: the one with 0.6 of the weight or more, if the sums over the
/// studies hold it by itself. Those of a list do. An accumulator knows the study with the smallest variance
/// if that is alone in its band, as it is wherever a study has more than 0.8 of the weight by 1/v or
/// 1/(v + tau²): any other in its band has 1/4 of its weight or more.
///
/// `Weighted` has `sum(function)`, the sum over studies of a function of weight and variance, (u, v) -> a
/// real, and `weight(v)` if it singles out a variance.
template <class Weighted>
class residual_maker {
  public:
    using Real = typename Weighted::real_type;

    explicit residual_maker(Weighted const& weighted)
        : weighted_(weighted), total_(sum([](Real const& u, Real const&) { return u; })), least_(threshold()),
          others_(sum([&](Real const& u, Real const&) { return dominates(u) ? Real(0) : u; })) {}

    /// tr PX for x = diagonal(variance).
    template <class Diagonal>
    [[nodiscard]] Real trace(Diagonal const& diagonal) const {
        return sum([&](Real const& u, Real const& v) -> Real { return u * diagonal(v) * but(u); }) / total_;
    }
    /// tr P.
    [[nodiscard]] Real trace() const {
        return trace([](Real const&) { return Real(1); });
    }

    /// tr PXPX.
    template <class Diagonal>
    [[nodiscard]] Real squared_trace(Diagonal const& diagonal) const {
        Real const within = sum([&](Real const& u, Real const& v) -> Real {
            return square(Real(u * diagonal(v) * (but(u) / total_)));
        });
        // u x first: where u is small x may be large, but u² may be below the type.
        auto const share = [&](Real const& u, Real const& v) -> Real {
            return u / total_ * Real(u * diagonal(v));
        };
        Real const all = sum(share);
        Real const without =
            sum([&](Real const& u, Real const& v) -> Real { return dominates(u) ? Real(0) : share(u, v); });
        Real const between = sum([&](Real const& u, Real const& v) -> Real {
            return share(u, v) * (dominates(u) ? without : Real(all - share(u, v)));
        });
        return within + between;
    }
    /// tr PP.
    [[nodiscard]] Real squared_trace() const {
        return squared_trace([](Real const&) { return Real(1); });
    }

    /// The sum of function(u, u - sum u²/W).
    template <class Function>
    [[nodiscard]] Real sum_with_excess(Function const& function) const {
        auto const squared = [](Real const& u, Real const&) -> Real { return square(u); };
        Real const mean = sum(squared) / total_;
        Real const squares_of_others =
            sum([&](Real const& u, Real const& v) { return dominates(u) ? Real(0) : squared(u, v); });
        return sum([&](Real const& u, Real const&) -> Real {
            return function(u,
                            dominates(u) ? Real((u * others_ - squares_of_others) / total_) : Real(u - mean));
        });
    }

  private:
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        return weighted_.sum(function);
    }
    /// The least weight of a study that dominates; beyond all weights if none can.
    [[nodiscard]] Real threshold() const {
        Real const most = total_ * 3 / 5;
        if constexpr (singles_out_smallest_variance<typename Weighted::evidence_type>) {
            // Points of bands that no study is at must not seem to dominate.
            Real const heaviest = weighted_.weight(weighted_.evidence().smallest_variance());
            bool const dominates = heaviest >= most && weighted_.evidence().smallest_variance_is_alone();
            return dominates ? heaviest : Real(2 * total_);
        } else if constexpr (listed_evidence<typename Weighted::evidence_type>) {
            return most;
        } else {
            return 2 * total_;
        }
    }
    [[nodiscard]] bool dominates(Real const& u) const { return !(u < least_); }
    /// W - u
    [[nodiscard]] Real but(Real const& u) const { return dominates(u) ? others_ : Real(total_ - u); }

    Weighted weighted_;
    Real total_;
    Real least_;
    Real others_;
};

} // namespace accrue::detail
