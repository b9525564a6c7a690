#pragma once

#include <accrue/real.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/rate.hpp>
#include <accrue/report/two_arms.hpp>

#include <span>
#include <vector>

namespace accrue::detail {

template <real Real>
[[nodiscard]] bool comes_before(basic_events<Real> const& a, basic_events<Real> const& b) {
    return a.count < b.count || (!(b.count < a.count) && a.total < b.total);
}
template <real Real>
[[nodiscard]] bool comes_before(basic_rate<Real> const& a, basic_rate<Real> const& b) {
    return a.events < b.events || (!(b.events < a.events) && a.time < b.time);
}

/// Trials the one way round or the other, so that exchanging the arms of all flips the sign of a log ratio
/// exactly: of the two, both are computed as that one whose first trial with different arms has the smaller
/// one for treatment.
template <class Arm>
class either_way {
  public:
    explicit either_way(std::span<two_arms<Arm> const> const trials) : trials_(trials) {
        for (auto const& [treatment, control] : trials) {
            bool const smaller = comes_before(treatment, control);
            exchanged_ = comes_before(control, treatment);
            if (smaller || exchanged_) {
                break;
            }
        }
        if (exchanged_) {
            copy_.reserve(trials.size());
            for (auto const& [treatment, control] : trials) {
                copy_.push_back({control, treatment});
            }
        }
    }
    [[nodiscard]] std::span<two_arms<Arm> const> trials() const {
        return exchanged_ ? std::span<two_arms<Arm> const>(copy_) : trials_;
    }
    [[nodiscard]] bool exchanged() const { return exchanged_; }

    /// A log ratio of the exchanged trials, as one of those given, and the other way round.
    template <real Real>
    [[nodiscard]] Real turned(Real const& log_ratio) const {
        return exchanged_ ? Real(Real(0) - log_ratio) : log_ratio;
    }
    /// The same of the result of a model.
    template <class Pooled>
    [[nodiscard]] Pooled turned_result(Pooled pooled) const {
        pooled.effect = turned(pooled.effect);
        return pooled;
    }

  private:
    std::span<two_arms<Arm> const> trials_;
    std::vector<two_arms<Arm>> copy_;
    bool exchanged_ = false;
};

} // namespace accrue::detail
