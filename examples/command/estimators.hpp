#pragma once

// Estimators of tau² and methods of uncertainty by their names. A unit that includes this compiles all of
// them.

#include "csv.hpp"
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

#include <string>

namespace command {

/// Calls use(words, cpp, estimator) with the estimator of this name. \throws usage_error
template <class Use>
void with_estimator(std::string const& name, Use const& use) {
    using namespace accrue;
    bool found = false;
    auto known = std::string();
    auto const offer = [&](std::string const& own, char const* const words, char const* const cpp,
                           auto const& estimator) {
        known += (known.empty() ? "" : ", ") + own;
        if (own == name) {
            found = true;
            use(words, cpp, estimator);
        }
    };
    offer("common", "common effect", "", fixed_tau_squared{0});
    offer("dl", "DerSimonian-Laird", "dersimonian_laird{}", dersimonian_laird{});
    offer("he", "Hedges-Olkin", "hedges_olkin{}", hedges_olkin{});
    offer("hs", "Hunter-Schmidt", "hunter_schmidt{}", hunter_schmidt{});
    offer("sj", "Sidik-Jonkman", "sidik_jonkman{}", sidik_jonkman{});
    offer("hm", "Hartung-Makambi", "hartung_makambi{}", hartung_makambi{});
    offer("ml", "maximum likelihood", "maximum_likelihood{}", maximum_likelihood{});
    offer("reml", "REML", "reml{}", reml{});
    offer("pm", "Paule-Mandel", "paule_mandel{}", paule_mandel{});
    if (!found) {
        throw usage_error("the model must begin with one of " + known + " (such as reml,hk), but is '" +
                          name + "'");
    }
}

/// Calls use(words, cpp, method) with the method of uncertainty of this name. \throws usage_error
template <class Use>
void with_uncertainty(std::string const& name, Use const& use) {
    using namespace accrue;
    bool found = false;
    auto known = std::string();
    auto const offer = [&](std::string const& own, char const* const words, char const* const cpp,
                           auto const& method) {
        known += (known.empty() ? "" : ", ") + own;
        if (own == name) {
            found = true;
            use(words, cpp, method);
        }
    };
    offer("z", "normal", "wald{}", wald{});
    offer("t", "t distribution", "wald_t{}", wald_t{});
    offer("hk", "Hartung-Knapp", "hartung_knapp{}", hartung_knapp{});
    offer("hkf", "floored Hartung-Knapp", "hartung_knapp_floored{}", hartung_knapp_floored{});
    offer("kr", "Kenward-Roger", "kenward_roger{}", kenward_roger{});
    if (!found) {
        throw usage_error("the model's uncertainty must be one of " + known + " (such as reml,hk), but is '" +
                          name + "'");
    }
}

/// The two parts of "reml,hk"; the second is "z" unless given.
struct model_parts {
    std::string estimator;
    std::string uncertainty;

    explicit model_parts(std::string const& name)
        : estimator(name.substr(0, name.find(','))),
          uncertainty(name.find(',') == std::string::npos ? "z" : name.substr(name.find(',') + 1)) {
        if (estimator == "common" && (uncertainty == "kr")) {
            throw usage_error("Kenward-Roger is of random effects: reml,kr");
        }
    }
};

} // namespace command
