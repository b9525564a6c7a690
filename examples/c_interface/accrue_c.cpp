#include "accrue_c.h"

#include <accrue/inference.hpp>
#include <accrue/model.hpp>
#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/spending.hpp>
#include <accrue/tau_squared/reml.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <vector>

namespace {

/// Runs what may throw; an exception becomes a message, for none may leave a function of C.
template <class Work>
int guarded(char* const message, int const size, Work const& work) {
    try {
        work();
        return 0;
    } catch (std::exception const& error) {
        if (message != nullptr && size > 0) {
            std::snprintf(message, static_cast<std::size_t>(size), "%s", error.what());
        }
        return 1;
    }
}

std::size_t count(int const n) {
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

} // namespace

int accrue_c_pool(double const* const effects, double const* const variances, int const n, double const level,
                  accrue_c_pooled* const result, char* const message, int const size) {
    return guarded(message, size, [&] {
        using namespace accrue;
        auto studies = std::vector<estimate>{};
        for (std::size_t i = 0; i < count(n); ++i) {
            studies.push_back({effects[i], variances[i]});
        }
        auto const found = pool(random_effects{reml{}, hartung_knapp{}}, studies);
        auto const ci = confidence_interval(found, level);
        *result = {found.effect, standard_error(found), ci.lower,
                   ci.upper,     p_value(found),        found.tau_squared};
    });
}

int accrue_c_boundaries(double const* const fractions, int const n, double const alpha,
                        double* const boundaries, char* const message, int const size) {
    return guarded(message, size, [&] {
        using namespace accrue;
        auto const found = accrue::boundaries(two_sided{alpha}, lan_demets_obrien_fleming{},
                                              std::vector<double>(fractions, fractions + count(n)));
        std::copy(found.begin(), found.end(), boundaries);
    });
}

void accrue_r_pool(double* const effects, double* const variances, int* const n, double* const level,
                   double* const result, int* const failed, char** const message) {
    auto found = accrue_c_pooled{};
    *failed = accrue_c_pool(effects, variances, *n, *level, &found, *message, 256);
    double const values[] = {found.effect, found.standard_error, found.lower,
                             found.upper,  found.p_value,        found.tau_squared};
    std::copy(values, values + 6, result);
}
