// Boundaries of every spending function, with and without futility, and what is computed from them.

#include "fuzz/fuzz.hpp"
#include <accrue/sequential/boundary.hpp>
#include <accrue/sequential/error.hpp>
#include <accrue/sequential/spending.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

template <class Function>
void with_spending(byte_source& in, Function const& function) {
    switch (in.up_to(6)) {
    case 0:
        return function(lan_demets_obrien_fleming{});
    case 1:
        return function(lan_demets_pocock{});
    case 2:
        return function(kim_demets{.rho = in.number()});
    case 3:
        return function(hwang_shih_decani{.gamma = in.number()});
    case 4:
        return function(exponential_spending{.nu = in.number()});
    case 5:
        return function(beta_distribution_spending{in.positive(), in.positive()});
    default:
        return function(logistic_spending{in.number(), in.number()});
    }
}

void sound(std::vector<double> const& z, std::size_t const looks) {
    require(z.size() == looks, "each look has a boundary");
    for (double const value : z) {
        require(!std::isnan(value), "no boundary is NaN");
    }
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto fractions = std::vector<double>{};
    double t = 0;
    bool const raw = in.byte() < 30;
    double const error = in.byte() < 30 ? in.number() : 0.2 * in.fraction();
    bool const symmetric = in.flag();
    auto const kind = in.up_to(4);
    double const type_two = in.byte() < 30 ? in.number() : 0.5 * in.fraction();
    for (auto left = in.up_to(7); left > 0; --left) {
        t += raw ? in.number() : in.fraction() * (in.byte() < 40 ? 1e-7 : 0.3);
        fractions.push_back(t);
    }
    auto const inspect = [&](stopping_boundaries const& bounds) {
        sound(bounds.lower, fractions.size());
        sound(bounds.upper, fractions.size());
        auto const ends = exits(bounds, fractions, 2.5);
        require(ends.going_on >= -1e-12 && ends.going_on <= 1 + 1e-12, "a probability of going on");
        if (fractions.size() > 1) {
            double const later = conditional_power(bounds, fractions, 0, 1.0, 2.0);
            require(later >= -1e-12 && later <= 1 + 1e-12, "a conditional power");
        }
    };
    attempt([&] {
        with_spending(in, [&](auto const& spending) {
            auto const run = [&](auto const& form) {
                sound(boundaries(form, spending, fractions), fractions.size());
                attempt([&] { inspect(efficacy_boundaries(form, spending, fractions)); });
                attempt([&] {
                    switch (kind) {
                    case 0:
                        return;
                    case 1: {
                        auto const found =
                            boundaries(form, spending, futility{type_two, spending}, fractions);
                        require(found.status != status::ok || std::isfinite(found.drift), "a drift");
                        return;
                    }
                    default: {
                        auto const found =
                            boundaries(form, spending, futility{type_two, spending, binding{}}, fractions);
                        require(found.status != status::ok || std::isfinite(found.drift), "a drift");
                        return;
                    }
                    }
                });
            };
            if (symmetric) {
                run(two_sided{error});
            } else {
                run(one_sided{error});
            }
        });
    });
}
