// Your own measure, model and spending function: callable values, which work wherever the library's do.
//
// Data: made up for this example, people who stayed free of relapse.

#include <accrue/accrue.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace accrue;

// A measure says what a trial's effect is, and how uncertain: here the ratio of the probabilities to stay
// free of the event.
struct log_survival_ratio {
    [[nodiscard]] estimate operator()(two_arms<events> const& trial) const {
        auto const& [treatment, control] = trial;
        auto const free = [](events const& group) { return group.total - group.count; };
        auto const variance = [&](events const& group) { return 1 / free(group) - 1 / group.total; };
        return {std::log(free(treatment) / treatment.total) - std::log(free(control) / control.total),
                variance(treatment) + variance(control)};
    }
    static constexpr exponential_back_transform back_transform{};
};

// A model makes one effect of evidence: here any model's, drawn towards 0 by a sceptical reader, who thinks
// that effects beyond two `sd` are rare.
template <class Model>
struct sceptical {
    Model model;
    double sd;

    template <evidence Evidence>
    [[nodiscard]] auto operator()(Evidence const& studies) const {
        auto result = model(studies);
        auto const share = sd * sd / (sd * sd + result.variance);
        result.effect *= share;
        result.variance *= share;
        return result;
    }
};
template <class Model>
sceptical(Model, double) -> sceptical<Model>;

int main() {
    auto const trials = std::vector<two_arms<events>>{{{30, 80}, {41, 78}},
                                                      {{22, 64}, {25, 60}},
                                                      {{51, 150}, {70, 149}},
                                                      {{18, 40}, {20, 41}},
                                                      {{60, 210}, {88, 204}}};
    auto const measure = log_survival_ratio{};
    auto const estimates = effects(measure, trials);
    auto const model = sceptical{random_effects{reml{}, hartung_knapp_floored{}}, 0.3};
    auto const result = pool(model, estimates);
    auto const ci = measure.back_transform(confidence_interval(result, 0.95));
    std::printf("ratio of those free of relapse %.3f (%.3f to %.3f)\n", measure.back_transform(result.effect),
                ci.lower, ci.upper);

    // It serves what takes a model: a cumulative analysis, leaving one out, an accumulator.
    for (auto const& step : cumulative(model, estimates)) {
        std::printf("  after %zu: %.3f\n", step.k, measure.back_transform(step.effect));
    }
    auto sums = evidence_accumulator{};
    for (auto const& study : estimates) {
        sums.add(study);
    }
    std::printf("  from sums alone: %.3f\n", measure.back_transform(pool(model, sums).effect));

    // A spending function says how much error is spent by a fraction of the information: here its square.
    auto const design = sequential_design{
        .error = two_sided{0.05},
        .power = 0.9,
        .spending = [](double const fraction, double const error) { return error * fraction * fraction; },
        .information = required_information_size(risk_ratio_target{.control_risk = 0.55, .ratio = 1.2},
                                                 two_sided{0.05}, 0.9)};
    auto const tsa =
        trial_sequential_analysis(model, design, estimates, std::vector<double>{158, 124, 299, 81, 414});
    for (auto const& look : tsa.looks) {
        std::printf("at %3.0f %% of the information: Z %.2f, boundary %.2f\n",
                    100 * look.information_fraction, look.z, look.upper_boundary);
    }
}
