#pragma once

// The compiler, the arithmetic of the machine and the mathematical library, as this program was compiled with
// them.

#include "dossier.hpp"
#include <accrue/accrue.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/version.hpp>

#include <cfenv>
#include <cfloat>
#include <cstdint>
#include <limits>

namespace accrue::qualification {

using fifty = boost::multiprecision::cpp_bin_float_50;

/// The largest error of `function` on `points` in units of the last place, measured at fifty digits.
template <class Function>
double worst_ulp(Function const function, std::vector<double> const& points) {
    auto worst = 0.0;
    for (auto const x : points) {
        auto const exact = function(fifty(x));
        auto const rounded = static_cast<double>(exact);
        auto const ulp =
            std::nextafter(std::abs(rounded), std::numeric_limits<double>::infinity()) - std::abs(rounded);
        worst = std::fmax(worst, static_cast<double>(abs(fifty(function(x)) - exact)) / ulp);
    }
    return worst;
}

inline std::vector<double> spaced(double const first, double const last, int const count) {
    auto points = std::vector<double>{};
    for (auto i = 0; i < count; ++i) {
        points.push_back(first + (last - first) * i / (count - 1));
    }
    return points;
}

inline std::vector<check> arithmetic() {
    auto checks = std::vector<check>{};
    using limits = std::numeric_limits<double>;
    checks.push_back({"double is IEEE 754 binary64", digits(limits::digits) + " bits",
                      limits::is_iec559 && limits::digits == 53});
    checks.push_back({"expressions are rounded to double", "FLT_EVAL_METHOD " + digits(FLT_EVAL_METHOD),
                      FLT_EVAL_METHOD == 0});
    checks.push_back({"rounding is to nearest", "fegetround() " + digits(std::fegetround()),
                      std::fegetround() == FE_TONEAREST});

    double volatile smallest = (limits::min)();
    double const half = smallest / 2;
    checks.push_back({"subnormal numbers are kept", digits(half, 5), half > 0});
    double volatile one = 1;
    double volatile tiny = limits::epsilon() / 2;
    double const sum = (one + tiny) - one;
    checks.push_back({"1 + 2^-53 rounds to even", digits(sum, 5), !(sum > 0)});
    double volatile zero = 0;
    double const nothing = zero / zero;
    checks.push_back({"0/0 is not a number", digits(nothing), !(nothing <= nothing)});
    return checks;
}

inline std::vector<check> mathematics() {
    using std::erfc;
    using std::exp;
    using std::expm1;
    using std::log;
    using std::log1p;
    using std::sqrt;
    auto checks = std::vector<check>{};
    auto const add = [&](std::string const& name, double const ulp, double const allowed) {
        checks.push_back({name, digits(ulp, 3) + " units of the last place at most", ulp <= allowed});
    };
    add("exp on [-700, 700]", worst_ulp([](auto x) { return decltype(x)(exp(x)); }, spaced(-700, 700, 501)),
        2);
    add("expm1 on [-1, 1]", worst_ulp([](auto x) { return decltype(x)(expm1(x)); }, spaced(-1, 1, 500)), 2);
    add("log on [0.001, 1000]",
        worst_ulp([](auto x) { return decltype(x)(log(x)); }, spaced(0.001, 1000, 500)), 2);
    add("log1p on [-0.9, 10]", worst_ulp([](auto x) { return decltype(x)(log1p(x)); }, spaced(-0.9, 10, 501)),
        2);
    add("sqrt on [0.001, 1000]",
        worst_ulp([](auto x) { return decltype(x)(sqrt(x)); }, spaced(0.001, 1000, 501)), 0.5);
    // The error of erfc far out is that of exp(-x^2), which loses digits with x in most libraries.
    add("erfc on [-3, 20]", worst_ulp([](auto x) { return decltype(x)(erfc(x)); }, spaced(-3, 20, 501)), 16);
    return checks;
}

inline void installation(page& out, std::string const& flags) {
    out.heading("1. Installation: this machine, this compiler");
    out.rows() << "| what | found |\n|---|---|\n"
               << "| accrue | " << ACCRUE_VERSION_MAJOR << '.' << ACCRUE_VERSION_MINOR << '.'
               << ACCRUE_VERSION_PATCH << " |\n"
#if defined(__clang__)
               << "| compiler | Clang " << __clang_version__ << " |\n"
#elif defined(__GNUC__)
               << "| compiler | GCC " << __VERSION__ << " |\n"
#else
               << "| compiler | unknown |\n"
#endif
#if defined(_LIBCPP_VERSION)
               << "| standard library | libc++ " << _LIBCPP_VERSION << " |\n"
#elif defined(__GLIBCXX__)
               << "| standard library | libstdc++ " << __GLIBCXX__ << " |\n"
#endif
               << "| language | C++ " << __cplusplus << " |\n"
               << "| flags | " << flags << " |\n"
               << "| Boost | " << BOOST_LIB_VERSION << " |\n"
               << "| fused multiply-add at compile time | "
#if defined(__FP_FAST_FMA)
               << "yes"
#else
               << "no"
#endif
               << " |\n\n";
    out.table(arithmetic());
    out.rows() << '\n';
    out.table(mathematics());
}

} // namespace accrue::qualification
