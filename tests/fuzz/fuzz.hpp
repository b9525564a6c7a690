#pragma once

#include <accrue/error.hpp>
#include <accrue/status.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a target does with one input. The library must not crash, run long, throw anything but
/// `invalid_input`, or say `ok` of a number that is not finite.
void fuzz(std::span<std::uint8_t const> bytes);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* const data, std::size_t const size) {
    fuzz({data, size});
    return 0;
}

namespace accrue::test {

/// Numbers made of the input's bytes; zeros when there are no more. With FUZZ_SHOW in the environment it
/// prints them, for whoever looks into a finding.
class byte_source {
  public:
    explicit byte_source(std::span<std::uint8_t const> const bytes) : bytes_(bytes) {}

    [[nodiscard]] bool empty() const { return next_ >= bytes_.size(); }
    unsigned byte() { return empty() ? 0U : unsigned{bytes_[next_++]}; }
    unsigned word() {
        auto const high = byte();
        return high * 256 + byte();
    }
    /// From 0 to `most`.
    std::size_t up_to(std::size_t const most) { return byte() % (most + 1); }
    bool flag() { return byte() % 2 == 1; }
    double count(unsigned const most) { return shown(static_cast<double>(word() % (most + 1))); }

    /// Any double at all, an ordinary one, or one of those that break things.
    double number() { return shown(next_number()); }
    double positive() { return std::abs(number()); }
    double fraction() { return shown((static_cast<double>(word()) + 1) / 65537); }
    std::string text(std::size_t const most) {
        auto result = std::string{};
        for (auto left = up_to(most); left > 0; --left) {
            result += static_cast<char>(byte());
        }
        return result;
    }
    [[nodiscard]] std::span<std::uint8_t const> rest() const {
        return bytes_.subspan(std::min(next_, bytes_.size()));
    }

  private:
    static double shown(double const x) {
        static bool const show = std::getenv("FUZZ_SHOW") != nullptr;
        if (show) {
            std::fprintf(stderr, "%.17g\n", x);
        }
        return x;
    }
    double next_number() {
        auto const kind = byte();
        if (kind < 40) {
            std::uint64_t bits = 0;
            for (int i = 0; i < 8; ++i) {
                bits = bits * 256 + byte();
            }
            double result = 0;
            std::memcpy(&result, &bits, sizeof result);
            return result;
        }
        if (kind < 60) {
            static constexpr double hard[] = {0.0,     -0.0,   1.0,   -1.0,   1e-300, 1e300, 5e-324,
                                              1.7e308, 1e-160, 1e160, 1e-16,  1e16,   1e-8,  1e8,
                                              0.5,     0.05,   2.0,   -1e150, 1e154,  3e-308};
            return hard[kind - 40];
        }
        double const mantissa = (static_cast<double>(word()) - 32768) / 8192;
        return kind < 200 ? mantissa : mantissa * std::pow(10.0, static_cast<double>(byte() % 40) - 20);
    }

    std::span<std::uint8_t const> bytes_;
    std::size_t next_ = 0;
};

[[noreturn]] inline void fail(std::string_view const what) {
    std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}
inline void require(bool const holds, std::string_view const what) {
    if (!holds) {
        fail(what);
    }
}
inline void require_finite(double const x, std::string_view const what) {
    require(std::isfinite(x), what);
}
/// `ok` is said of finite numbers alone; an infinity of degrees of freedom means a normal distribution.
template <class Result>
void require_sound(Result const& result, std::string_view const what) {
    if (result.status != status::ok) {
        return;
    }
    require_finite(result.effect, what);
    require_finite(result.variance, what);
    require(result.variance >= 0, what);
    if constexpr (requires { result.tau_squared; }) {
        require_finite(result.tau_squared, what);
        require(result.tau_squared >= 0, what);
    }
    if constexpr (requires { result.degrees_of_freedom; }) {
        require(!std::isnan(result.degrees_of_freedom), what);
    }
}
/// Calls what may refuse its input.
template <class Function>
void attempt(Function const& function) {
    try {
        function();
    } catch (invalid_input const& refusal) {
        require(!std::string_view(refusal.what()).empty(), "a refusal says why");
    }
}

} // namespace accrue::test
