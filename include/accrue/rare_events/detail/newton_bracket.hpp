#pragma once

#include <accrue/real.hpp>

namespace accrue::detail {

/// Newton's steps to the root of a function that falls throughout, within the bracket that its signs give.
/// Once both ends are known, a step that leaves the bracket, or is not under half as long as the last but
/// one, is a bisection: by itself Newton's method goes to and fro for ever between the two straight parts of
/// a function that falls at a corner, as the score of a normal effect and a table without events does.
template <real Real>
class newton_bracket {
  public:
    /// \param longest the longest step before both ends are known
    explicit newton_bracket(Real const& longest) : longest_(longest) {}

    /// States that the root is not below, or not above, a point.
    void not_below(Real const& x) { lower_ = lower_ < x ? x : lower_; }
    void not_above(Real const& x) { upper_ = x < upper_ ? x : upper_; }

    /// Where to look after x, where the function has this value and slope.
    [[nodiscard]] Real next(Real const& x, Real const& value, Real const& slope) {
        value > 0 ? not_below(x) : not_above(x);
        Real next = x - value / slope;
        if (lower_ > -infinity<Real>() && upper_ < infinity<Real>()) {
            if (!(next > lower_ && next < upper_ && 2 * distance(next, x) < last_but_one_)) {
                next = lower_ + (upper_ - lower_) / 2;
            }
        } else if (!(distance(next, x) <= longest_)) {
            next = value > 0 ? Real(x + longest_) : Real(x - longest_);
        }
        last_but_one_ = last_;
        last_ = distance(next, x);
        return next;
    }
    /// How long the last step was.
    [[nodiscard]] Real const& last_step() const { return last_; }

  private:
    static Real distance(Real const& a, Real const& b) { return a < b ? Real(b - a) : Real(a - b); }

    Real longest_;
    Real lower_ = -infinity<Real>();
    Real upper_ = infinity<Real>();
    Real last_ = infinity<Real>();
    Real last_but_one_ = infinity<Real>();
};

} // namespace accrue::detail
