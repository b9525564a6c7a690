// Meta-regression by several models, with numeric moderators and factors, and what is derived from it.

#include "fuzz/studies.hpp"
#include <accrue/regression.hpp>
#include <accrue/tau_squared.hpp>
#include <accrue/uncertainty.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

template <class Model>
void regress(Model const& model, std::vector<estimate> const& studies, moderators const& given,
             bool const diagnose) {
    attempt([&] {
        auto const fit = meta_regression(model, studies, given);
        if (fit.status == status::ok) {
            require(std::isfinite(fit.tau_squared) && fit.tau_squared >= 0, "tau² is a variance");
            for (std::size_t i = 0; i < fit.coefficients.size(); ++i) {
                auto const at = static_cast<Eigen::Index>(i);
                require_finite(fit.coefficients[i], "a coefficient");
                require(std::isfinite(fit.covariance(at, at)) && fit.covariance(at, at) >= 0,
                        "a coefficient's variance");
            }
        }
        attempt([&] { static_cast<void>(omnibus_test(fit)); });
        attempt([&] { static_cast<void>(confidence_intervals(fit, 0.95)); });
        attempt([&] { static_cast<void>(variance_inflation(fit)); });
        if (diagnose) {
            attempt([&] { static_cast<void>(influence(model, studies, given)); });
        }
    });
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto const which = in.up_to(3);
    bool const diagnose = in.flag();
    auto const columns = in.up_to(2);
    bool const factor = in.flag();
    bool const intercept = in.byte() > 60;
    auto const studies = read_studies(in, 9);
    attempt([&] {
        auto given = moderators{};
        for (std::size_t j = 0; j < columns; ++j) {
            auto values = std::vector<double>{};
            for (std::size_t i = 0; i < studies.size(); ++i) {
                values.push_back(in.flag() ? in.number() : in.count(20));
            }
            given = given.with(j == 0 ? "one" : "two", values);
        }
        if (factor) {
            auto labels = std::vector<std::string>{};
            for (std::size_t i = 0; i < studies.size(); ++i) {
                labels.push_back(std::string(1, static_cast<char>('a' + in.up_to(2))));
            }
            given = given.with_factor("kind", labels);
        }
        if (!intercept) {
            given = given.without_intercept();
        }
        switch (which) {
        case 0:
            return regress(common_effect{}, studies, given, diagnose);
        case 1:
            return regress(random_effects{dersimonian_laird{}, hartung_knapp{}}, studies, given, diagnose);
        case 2:
            return regress(random_effects{reml{}, kenward_roger{}}, studies, given, diagnose);
        default:
            return regress(random_effects{paule_mandel{}}, studies, given, diagnose);
        }
    });
}
