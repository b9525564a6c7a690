#pragma once

#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/evidence/grouped_evidence.hpp>
#include <accrue/evidence/moderated_evidence.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <concepts>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

namespace accrue::test::seams {

using list = study_evidence<double>;
using groups = grouped_evidence<double>;
using moderated = moderated_evidence<double>;

/// A part with its name. Where its result is not proportional to the data (`has_scale`), it holds a number in
/// their units.
template <class Part>
struct named {
    std::string name;
    Part part;
    bool has_scale = false;
};
template <class Part>
named(char const*, Part) -> named<Part>;
template <class Part>
named(char const*, Part, bool) -> named<Part>;

/// Calls `function` with each part of a tuple.
template <class Parts, class Function>
void for_each_part(Parts const& parts, Function const& function) {
    std::apply([&](auto const&... part) { (function(part), ...); }, parts);
}

inline auto const likelihood_estimators =
    std::tuple(named{"reml", reml{}}, named{"maximum_likelihood", maximum_likelihood{}});
inline auto const root_estimators =
    std::tuple(named{"paule_mandel", paule_mandel{}},
               named{"median_unbiased_paule_mandel", median_unbiased_paule_mandel{}});
inline auto const moment_estimators = std::tuple(
    named{"dersimonian_laird", dersimonian_laird{}}, named{"hedges_olkin", hedges_olkin{}},
    named{"hartung_makambi", hartung_makambi{}}, named{"hunter_schmidt", hunter_schmidt{}},
    named{"hunter_schmidt_small_sample", hunter_schmidt_small_sample{}},
    named{"sidik_jonkman", sidik_jonkman{}}, named{"two_step_sidik_jonkman", two_step_sidik_jonkman{}, true});
inline auto const composed_estimators = std::tuple(
    named{"two_step of dersimonian_laird", two_step{}},
    named{"two_step of hedges_olkin", two_step{hedges_olkin{}}}, named{"generalised_q", generalised_q{}},
    named{"generalised_q with equal weights", generalised_q{equal_weights{}}},
    named{"generalised_q with weights 1/v", generalised_q{inverse_variance_weights{}}});
inline auto const given_estimators =
    std::tuple(named{"fixed_tau_squared", fixed_tau_squared{0.04}, true},
               named{"fixed_tau_squared of 0", fixed_tau_squared{0}},
               named{"semi_bayes by inverse gamma", semi_bayes{inverse_gamma_prior{2, 0.1}}, true},
               named{"semi_bayes by log-normal", semi_bayes{log_normal_prior{-2.5, 1}}, true});

inline auto const uncertainties = std::tuple(
    named{"wald", wald{}}, named{"wald_t", wald_t{}}, named{"hartung_knapp", hartung_knapp{}},
    named{"hartung_knapp_floored", hartung_knapp_floored{}},
    named{"hartung_knapp_hybrid", hartung_knapp_hybrid{}}, named{"kenward_roger", kenward_roger{}});

/// Any estimator of tau², on every kind of evidence. An estimator is compiled on all of them when it becomes
/// one; laws are then compiled once for all.
class any_estimator {
  public:
    template <class Estimator>
        requires(!std::same_as<Estimator, any_estimator>)
    explicit any_estimator(Estimator const& estimator)
        : on_list_(on<list>(estimator)), on_groups_(on<groups>(estimator)),
          on_accumulator_(on<evidence_accumulator>(estimator)), on_moderators_(on<moderated>(estimator)) {
        static_assert(tau_squared_estimator_for<Estimator, list>);
        static_assert(tau_squared_estimator_for<Estimator, groups>);
        static_assert(tau_squared_estimator_for<Estimator, evidence_accumulator>);
        static_assert(tau_squared_estimator_for<Estimator, moderated>);
    }

    template <evidence Evidence>
    [[nodiscard]] tau_squared_estimate operator()(Evidence const& studies) const {
        return of(studies).estimate(studies);
    }
    /// NaN of an estimator that has none.
    template <evidence Evidence>
    [[nodiscard]] double standard_error(Evidence const& studies, double const tau_squared) const {
        return of(studies).standard_error(studies, tau_squared);
    }
    [[nodiscard]] bool has_standard_error() const { return on_list_.has_standard_error; }

  private:
    template <class Evidence>
    struct abilities {
        std::function<tau_squared_estimate(Evidence const&)> estimate;
        std::function<double(Evidence const&, double)> standard_error;
        bool has_standard_error;
    };

    template <class Evidence, class Estimator>
    static abilities<Evidence> on(Estimator const& estimator) {
        constexpr bool has_standard_error =
            requires(Evidence const& studies) { estimator.standard_error(studies, 0.0); };
        return {[estimator](Evidence const& studies) { return estimator(studies); },
                [estimator](Evidence const& studies, double const tau_squared) -> double {
                    static_cast<void>(estimator);
                    if constexpr (has_standard_error) {
                        return estimator.standard_error(studies, tau_squared);
                    } else {
                        return detail::not_a_number<double>();
                    }
                },
                has_standard_error};
    }
    [[nodiscard]] abilities<list> const& of(list const&) const { return on_list_; }
    [[nodiscard]] abilities<groups> const& of(groups const&) const { return on_groups_; }
    [[nodiscard]] abilities<evidence_accumulator> const& of(evidence_accumulator const&) const {
        return on_accumulator_;
    }
    [[nodiscard]] abilities<moderated> const& of(moderated const&) const { return on_moderators_; }

    abilities<list> on_list_;
    abilities<groups> on_groups_;
    abilities<evidence_accumulator> on_accumulator_;
    abilities<moderated> on_moderators_;
};

/// Any model of estimates that has weights, on the kinds of evidence that have a mean.
class any_model {
  public:
    template <class Model>
        requires(!std::same_as<Model, any_model>)
    explicit any_model(Model const& model)
        : on_list_([model](list const& studies) { return model(studies); }),
          on_accumulator_([model](evidence_accumulator const& studies) { return model(studies); }),
          list_after_(after<list>(model)), accumulator_after_(after<evidence_accumulator>(model)),
          weights_([model](list const& studies) { return model.weights(studies); }) {
        static_assert(model_for<Model, list> && weighs<Model, std::vector<estimate>>);
        static_assert(model_for<Model, evidence_accumulator>);
        static_assert(!model_for<Model, groups>, "groups have a mean each and none for all");
        static_assert(!model_for<Model, moderated>, "with moderators the mean is another for each study");
    }

    [[nodiscard]] pooled operator()(list const& studies) const { return on_list_(studies); }
    [[nodiscard]] pooled operator()(evidence_accumulator const& studies) const {
        return on_accumulator_(studies);
    }
    [[nodiscard]] pooled operator()(list const& studies, double const guess) const {
        return list_after_(studies, guess);
    }
    [[nodiscard]] pooled operator()(evidence_accumulator const& studies, double const guess) const {
        return accumulator_after_(studies, guess);
    }
    [[nodiscard]] std::vector<double> weights(list const& studies) const { return weights_(studies); }

  private:
    template <class Evidence, class Model>
    static std::function<pooled(Evidence const&, double)> after(Model const& model) {
        return [model](Evidence const& studies, [[maybe_unused]] double const guess) {
            if constexpr (requires { model(studies, guess); }) {
                return model(studies, guess);
            } else {
                return model(studies);
            }
        };
    }

    std::function<pooled(list const&)> on_list_;
    std::function<pooled(evidence_accumulator const&)> on_accumulator_;
    std::function<pooled(list const&, double)> list_after_;
    std::function<pooled(evidence_accumulator const&, double)> accumulator_after_;
    std::function<std::vector<double>(list const&)> weights_;
};

} // namespace accrue::test::seams
