// Models of estimates, with every estimator and uncertainty, and what is inferred from them.

#include "fuzz/studies.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

template <class Model>
void infer(Model const& model, std::vector<estimate> const& studies) {
    attempt([&] {
        auto const result = pool(model, studies);
        require_sound(result, "pooled");
        if (result.status == status::ok) {
            auto const limits = confidence_interval(result, 0.95);
            require(limits.lower <= limits.upper, "a confidence interval has an order");
            double const p = p_value(result);
            require(p >= 0 && p <= 1, "a p value is a probability");
        }
        attempt([&] { static_cast<void>(prediction_interval(result, 0.95)); });
        for (auto const& step : cumulative(model, studies)) {
            require_sound(step, "cumulative");
        }
        attempt([&] {
            for (auto const& without : leave_one_out(model, studies)) {
                require_sound(without, "leave one out");
            }
            static_cast<void>(influence(model, studies));
        });
        static_cast<void>(forest_rows(model, studies, 0.9));
        static_cast<void>(diversity(studies, model));
        static_cast<void>(study_effects(model, studies));
    });
}

template <class Estimator>
void with_uncertainty(Estimator const& estimator, std::size_t const which,
                      std::vector<estimate> const& studies) {
    switch (which) {
    case 0:
        return infer(random_effects{estimator, wald{}}, studies);
    case 1:
        return infer(random_effects{estimator, hartung_knapp{}}, studies);
    default:
        return infer(random_effects{estimator, kenward_roger{}}, studies);
    }
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto const model = in.up_to(10);
    auto const uncertainty = in.up_to(2);
    auto const studies = read_studies(in, 9);
    switch (model) {
    case 0:
        infer(common_effect{}, studies);
        break;
    case 1:
        with_uncertainty(dersimonian_laird{}, uncertainty, studies);
        break;
    case 2:
        with_uncertainty(reml{}, uncertainty, studies);
        break;
    case 3:
        with_uncertainty(maximum_likelihood{}, uncertainty, studies);
        break;
    case 4:
        with_uncertainty(paule_mandel{}, uncertainty, studies);
        break;
    case 5:
        with_uncertainty(median_unbiased_paule_mandel{}, uncertainty, studies);
        break;
    case 6:
        with_uncertainty(sidik_jonkman{}, uncertainty, studies);
        break;
    case 7:
        with_uncertainty(two_step{}, uncertainty, studies);
        break;
    case 8:
        with_uncertainty(hunter_schmidt_small_sample{}, uncertainty, studies);
        break;
    case 9:
        attempt([&] {
            auto const result = pool(henmi_copas{}, studies);
            require_sound(result, "Henmi-Copas");
            static_cast<void>(confidence_interval(result, 0.95));
        });
        break;
    default:
        infer(weighted_average{}, studies);
        break;
    }
    attempt([&] {
        auto sums = evidence_accumulator{};
        for (auto const& study : studies) {
            sums.add(study);
        }
        require_sound(pool(random_effects{reml{}}, sums), "pooled of an accumulator");
        static_cast<void>(heterogeneity(sums));
    });
}
