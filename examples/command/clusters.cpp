#include "clusters.hpp"

#ifndef ACCRUE_COMMAND_REGRESSES

namespace command {

clustered pooled_in_clusters(std::string const&, data const&, std::vector<std::string> const&, double) {
    throw usage_error("--cluster is not there: this program was built without Eigen");
}

} // namespace command

#else

#include "estimators.hpp"
#include "numbers.hpp"
#include <accrue/dependence/cluster_robust.hpp>
#include <accrue/dependence/i_squared_by_level.hpp>
#include <accrue/dependence/satterthwaite.hpp>
#include <accrue/dependence/three_level.hpp>
#include <accrue/inference/confidence_interval.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/inference/p_value.hpp>

namespace command {
namespace {

using namespace accrue;

struct fitted_levels {
    three_level_fit fit;
    std::string uncertainty; ///< in C++
};

template <class Estimator>
fitted_levels fitted(Estimator const& estimator, std::string const& uncertainty, data const& given,
                     std::vector<std::string> const& clusters) {
    auto const& effects = given.studies.estimates;
    if (uncertainty == "z") {
        return {three_level{estimator, wald{}}(effects, clusters), "wald{}"};
    }
    if (uncertainty == "t") {
        return {three_level{estimator, wald_t{}}(effects, clusters), "wald_t{}"};
    }
    if (uncertainty == "hk") {
        return {three_level{estimator, hartung_knapp{}}(effects, clusters), "hartung_knapp{}"};
    }
    if (uncertainty == "sat") {
        return {three_level{estimator, satterthwaite{}}(effects, clusters), "satterthwaite{}"};
    }
    throw usage_error("with --cluster the uncertainty must be one of z, t, hk, sat, but is '" + uncertainty +
                      "'");
}

} // namespace

clustered pooled_in_clusters(std::string const& model, data const& given,
                             std::vector<std::string> const& clusters, double const level) {
    auto const parts = model_parts(model);
    if (parts.estimator != "reml" && parts.estimator != "ml") {
        throw usage_error("with --cluster the model must begin with reml or ml, but is '" + model + "'");
    }
    bool const is_reml = parts.estimator == "reml";
    auto const [fit, uncertainty] = is_reml
                                        ? fitted(reml{}, parts.uncertainty, given, clusters)
                                        : fitted(maximum_likelihood{}, parts.uncertainty, given, clusters);
    auto result =
        clustered{.words = std::string("three levels (") + (is_reml ? "REML" : "maximum likelihood") + ", " +
                           parts.uncertainty + ")",
                  .cpp = std::string("three_level{") + (is_reml ? "reml{}" : "maximum_likelihood{}") + ", " +
                         uncertainty + "}",
                  .result = fit,
                  .sections = {}};

    auto& levels = result.sections.emplace_back(section{.key = "levels", .title = "Heterogeneity by level"});
    auto const shares = i_squared_by_level(fit);
    auto const scatter = heterogeneity(given.studies.estimates);
    levels.add("clusters", "clusters", static_cast<double>(fit.clusters), 0);
    levels.add("tau_squared_between", "tau² between clusters", fit.tau_squared_between, 4);
    levels.add("tau_squared_within", "tau² within clusters", fit.tau_squared_within, 4);
    levels.add("i_squared_between", "I² between clusters (0 to 1)", shares.between);
    levels.add("i_squared_within", "I² within clusters", shares.within);
    levels.add("log_likelihood", "log likelihood", fit.log_likelihood, 4);
    levels.add("q", "Q", scatter.q);
    levels.add("q_degrees_of_freedom", "degrees of freedom", scatter.degrees_of_freedom, 0);
    levels.add("q_p_value", "p-value of equal effects", scatter.p_value, 4);

    auto& robust = result.sections.emplace_back(section{
        .key = "robust", .title = "The same effect, whatever the dependence within clusters is (CR2)"});
    if (fit.clusters > 1) {
        auto const mean = cluster_robust(fit, clusters, cr2{});
        auto const limits = confidence_interval(mean, level);
        auto const back = given.measure->back_transform.of(mean.variance);
        robust.add("level", "", level);
        robust.add("effect", given.measure->title, back(mean.effect));
        robust.add("lower", percent(level) + "interval from", back(limits).lower);
        robust.add("upper", "to", back(limits).upper);
        robust.add("p_value", "p-value of no effect", p_value(mean), 4);
        robust.add("estimate", "analysed as " + given.measure->analysed_as, mean.effect, 4);
        robust.add("standard_error", "its standard error", standard_error(mean), 4);
        robust.add("degrees_of_freedom", "degrees of freedom (Satterthwaite)", mean.degrees_of_freedom, 1);
        robust.add("status", "status", std::string(to_string(mean.status)));
    } else {
        robust.add("status", "status", "undefined: there is one cluster");
    }
    return result;
}

} // namespace command

#endif
