#pragma once

#include <accrue/name_of.hpp>
#include <accrue/sequential/boundary/stopping_boundaries.hpp>
#include <accrue/sequential/monitoring/monitored_review.hpp>
#include <accrue/sequential/monitoring/simulated_error.hpp>

#include <concepts>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace accrue {

/// What a monitoring rule returns: the boundaries and, where it found them by simulation, the error that they
/// have there.
struct monitoring_boundaries {
    stopping_boundaries bounds;                         ///< as Z values, at each information fraction
    std::vector<simulated_error> simulated_errors = {}; ///< empty where nothing was simulated

    monitoring_boundaries(stopping_boundaries at_looks, std::vector<simulated_error> errors = {})
        : bounds(std::move(at_looks)), simulated_errors(std::move(errors)) {}
};

namespace detail {

/// A monitoring rule that says that its boundary of harm does not bind.
template <class Rule>
concept lets_harm_pass = requires { requires !Rule::harm_binds; };

} // namespace detail

/// How a design and a review so far become boundaries: any callable value, such as `exact_monitoring`,
/// `copenhagen_monitoring` or `simulated_monitoring`, or your own.
///
/// Most rules need the design and the information fractions alone, and are called with these two. The
/// fractions are those of the looks and, when none of them has reached the required information, of a final
/// look to come at 1. A rule that needs more is called with a `monitored_review`, which has the trials and
/// the model too.
class monitoring_rule {
  public:
    /// No rule: a design without one is monitored by `exact_monitoring`.
    monitoring_rule() = default;

    /// A rule of the design and its information fractions.
    template <class Rule>
        requires std::is_invocable_r_v<stopping_boundaries, Rule const&, sequential_design const&,
                                       std::span<double const>>
    monitoring_rule(Rule const& rule)
        : rule_([rule](monitored_review const& review) -> monitoring_boundaries {
              return stopping_boundaries{rule(review.design, review.fractions)};
          }),
          name_(name_of(rule, "a rule of its own")), harm_binds_(!detail::lets_harm_pass<Rule>) {}

    /// A rule of everything there is to know.
    template <class Rule>
        requires(!std::same_as<std::remove_cvref_t<Rule>, monitoring_rule> &&
                 std::is_invocable_r_v<monitoring_boundaries, Rule const&, monitored_review const&>)
    monitoring_rule(Rule const& rule)
        : rule_(rule), name_(name_of(rule, "")), harm_binds_(!detail::lets_harm_pass<Rule>) {}

    /// How it is called in reports; empty where there is nothing to add, as by `simulated_monitoring`.
    [[nodiscard]] std::string const& name() const { return name_; }

    /// Whether a review that crosses the boundary of harm must stop; true unless the rule has a member
    /// `harm_binds` that is false. If it need not, inference about other reviews leaves that boundary out.
    [[nodiscard]] bool harm_binds() const { return harm_binds_; }

    /// Whether there is a rule.
    [[nodiscard]] explicit operator bool() const { return static_cast<bool>(rule_); }

    /// The boundaries of a review; there must be a rule.
    [[nodiscard]] monitoring_boundaries operator()(monitored_review const& review) const {
        return rule_(review);
    }
    /// The boundaries of looks that have no trials yet, for planning; there must be a rule.
    [[nodiscard]] stopping_boundaries operator()(sequential_design const& design,
                                                 std::span<double const> const fractions) const {
        return rule_(monitored_review{.design = design, .fractions = fractions}).bounds;
    }

  private:
    std::function<monitoring_boundaries(monitored_review const&)> rule_ = {};
    std::string name_ = {};
    bool harm_binds_ = true;
};

} // namespace accrue
