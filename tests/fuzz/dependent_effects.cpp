// Models of dependent effects: three levels, correlated and several outcomes, robust variances.

#include "fuzz/studies.hpp"
#include <accrue/dependence.hpp>
#include <accrue/inference.hpp>
#include <accrue/model.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

using labels = std::vector<std::size_t>;

void require_order(interval const& limits, double const within, char const* const what) {
    require(limits.lower <= within && within <= limits.upper, what);
}

void require_variance(double const value, char const* const what) {
    require(std::isfinite(value) && value >= 0, what);
}

/// Where a result is `ok`, so are its interval and p-value.
void require_mean(pooled const& result, char const* const what) {
    require_sound(result, what);
    if (result.status == status::ok) {
        require_order(confidence_interval(result, 0.95), result.effect, what);
        double const p = p_value(result);
        require(std::isnan(p) ? result.variance == 0 : p >= 0 && p <= 1, what);
    }
}

template <class Fit>
void require_robust(Fit const& fit, labels const& clusters) {
    attempt([&] { require_mean(cluster_robust(fit, clusters, cr0{}), "CR0"); });
    attempt([&] { require_mean(cluster_robust(fit, clusters, cr1{}), "CR1"); });
    attempt([&] { require_mean(cluster_robust(fit, clusters, cr2{}), "CR2"); });
}

template <class Model>
void fit_three_levels(Model const& model, std::vector<estimate> const& studies, labels const& clusters) {
    auto const fit = model(studies, clusters);
    require_mean(fit, "three levels");
    if (fit.status == status::ok) {
        require_variance(fit.tau_squared_between, "the variance between clusters");
        require_variance(fit.tau_squared_within, "the variance within clusters");
        require_finite(fit.log_likelihood, "the likelihood of three levels");
        auto const shares = i_squared_by_level(fit);
        require(fit.k == 1 ? std::isnan(shares.total()) : shares.total() >= 0 && shares.total() <= 1 + 1e-12,
                "shares of the variation");
        for (auto const& effect : study_effects(fit)) {
            require_finite(effect.effect, "a study's own effect");
            require_variance(effect.variance, "the variance of a study's own effect");
        }
        for (auto const& effect : cluster_effects(fit)) {
            require_finite(effect.effect, "a cluster's own effect");
            require_variance(effect.variance, "the variance of a cluster's own effect");
        }
    }
    require_robust(fit, clusters);
}

void fit_multivariate(byte_source& in) {
    auto studies = std::vector<study_outcomes>{};
    for (auto left = in.up_to(6); left > 0; --left) {
        double const first = in.positive();
        double const second = in.positive();
        double const covariance = (2 * in.fraction() - 1) * std::sqrt(first) * std::sqrt(second);
        if (in.flag()) {
            studies.push_back({.effects = {in.number(), in.number()},
                               .covariance = Eigen::MatrixXd{{first, covariance}, {covariance, second}}});
        } else {
            studies.push_back({.effects = {in.number()},
                               .covariance = Eigen::MatrixXd{{first}},
                               .outcomes = {in.up_to(1)}});
        }
    }
    auto const structure = in.up_to(2);
    auto const check = [&](auto const& model) {
        auto const fit = model(studies);
        for (std::size_t i = 0; i < static_cast<std::size_t>(fit.effects.size()); ++i) {
            require_mean(fit.outcome(i), "an outcome");
        }
    };
    switch (structure) {
    case 0:
        return check(multivariate{});
    case 1:
        return check(multivariate{diagonal{}, maximum_likelihood{}});
    default:
        return check(multivariate{compound_symmetric{}});
    }
}

void fit_diagnostic_accuracy(byte_source& in) {
    auto studies = std::vector<diagnostic_counts>{};
    for (auto left = in.up_to(6); left > 0; --left) {
        studies.push_back({in.count(60), in.count(60), in.count(60), in.count(60)});
    }
    auto const fit = diagnostic_accuracy{}(studies);
    require_mean(fit.outcome(0), "the logit of sensitivity");
    require_mean(fit.outcome(1), "the logit of specificity");
    if (fit.status == status::ok) {
        auto const point = fit.summary();
        require(point.sensitivity >= 0 && point.sensitivity <= 1, "a sensitivity");
        require(point.specificity >= 0 && point.specificity <= 1, "a specificity");
    }
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto const which = in.up_to(7);
    auto const groups = 1 + in.up_to(4);
    double const correlation = 2 * in.fraction() - 1;
    if (which == 0) {
        return attempt([&] { fit_multivariate(in); });
    }
    if (which == 1) {
        return attempt([&] { fit_diagnostic_accuracy(in); });
    }
    auto const studies = read_studies(in, 9);
    auto clusters = labels{};
    for (std::size_t i = 0; i < studies.size(); ++i) {
        clusters.push_back(in.byte() % groups);
    }
    attempt([&] {
        switch (which) {
        case 2:
            return fit_three_levels(three_level{reml{}, satterthwaite{}}, studies, clusters);
        case 3:
            return fit_three_levels(three_level{maximum_likelihood{}}, studies, clusters);
        case 4: {
            auto values = std::vector<double>{};
            for (std::size_t i = 0; i < studies.size(); ++i) {
                values.push_back(in.flag() ? in.number() : in.count(20));
            }
            auto const fit = three_level{}(studies, moderators{}.with("one", values), clusters);
            require_mean(coefficient(fit, 0), "an intercept");
            return require_mean(coefficient(fit, 1), "a slope");
        }
        case 5: {
            attempt([&] {
                auto const fit = pool(random_effects{}, studies);
                require_mean(cluster_robust(fit, studies, clusters, cr2{}), "a robust mean");
            });
            auto const limits = variance_intervals(three_level{}, studies, clusters, 0.95);
            require(!(limits.between.lower > limits.between.upper), "an interval between clusters");
            return require(!(limits.within.lower > limits.within.upper), "an interval within clusters");
        }
        case 6: {
            auto const mean = likelihood_interval(three_level{}, studies, clusters, 0.95);
            return require(!(mean.lower > mean.upper), "an interval of the mean");
        }
        default: {
            auto const all = correlated(studies, clusters, constant_correlation{correlation});
            attempt([&] {
                for (auto const& study : aggregate(all)) {
                    require_finite(study.effect, "an aggregated effect");
                    require(study.variance > 0, "the variance of an aggregated effect");
                }
            });
            auto const fit = hierarchical_effects{}(all);
            require_mean(fit, "hierarchical effects");
            return require_robust(fit, clusters);
        }
        }
    });
}
