#pragma once

#include <accrue/platform.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>

#if defined(__GNUC__) && !defined(ACCRUE_WITHOUT_VECTORS_OF_THE_COMPILER)
#define ACCRUE_VECTORS_OF_THE_COMPILER
#endif

namespace accrue::detail {

/// What the vector types of GCC and Clang are, for compilers that have none: numbers side by side, and what a
/// comparison makes of them, all bits or none.
template <class Number, std::size_t size>
struct plain_vector {
    Number numbers[size];

    constexpr Number& operator[](std::size_t const i) { return numbers[i]; }
    constexpr Number const& operator[](std::size_t const i) const { return numbers[i]; }

    /// f(a, b), element by element.
    template <class Function>
    static constexpr auto each(plain_vector const& a, plain_vector const& b, Function const& function) {
        auto result = plain_vector<decltype(function(a[0], b[0])), size>{};
        for (std::size_t i = 0; i < size; ++i) {
            result[i] = function(a[i], b[i]);
        }
        return result;
    }
    friend plain_vector operator+(plain_vector const& a, Number const b) {
        return each(a, a, [&](Number const x, Number) { return x + b; });
    }
    friend plain_vector operator+(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x + y; });
    }
    friend plain_vector operator-(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x - y; });
    }
    friend plain_vector operator*(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x * y; });
    }
    friend plain_vector operator/(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x / y; });
    }
    plain_vector& operator+=(plain_vector const& other) { return *this = *this + other; }
    plain_vector& operator-=(plain_vector const& other) { return *this = *this - other; }
    friend auto operator<(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x < y ? -1LL : 0LL; });
    }
    friend auto operator>(plain_vector const& a, plain_vector const& b) { return b < a; }
    friend auto operator<=(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x <= y ? -1LL : 0LL; });
    }
    friend plain_vector operator&(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x & y; });
    }
    friend plain_vector operator|(plain_vector const& a, plain_vector const& b) {
        return each(a, b, [](Number const x, Number const y) { return x | y; });
    }
};

/// Several numbers side by side, as many as one instruction takes: one of each of several meta-analyses, or
/// of several studies. Formulas and loops read as they do for one number.
///
/// GCC and Clang know the vector type within and its operators; no library is needed. Other compilers get
/// `plain_vector`, with the same results. All is inlined, so that it becomes part of a function that is
/// compiled for instructions of that width.
template <class Vector>
struct pack {
    static constexpr std::size_t width = sizeof(Vector) / sizeof(double);

    Vector numbers;

    pack() = default;
    /// The same number for each of them.
    [[gnu::always_inline]] pack(double const number) : numbers(Vector{} + number) {}
    [[gnu::always_inline]] explicit pack(Vector const& these) : numbers(these) {}
    // Defaulted ones would be copied as memory by some compilers.
    [[gnu::always_inline]] pack(pack const& other) : numbers(other.numbers) {}
    [[gnu::always_inline]] pack& operator=(pack const& other) {
        numbers = other.numbers;
        return *this;
    }
    ~pack() = default;

    [[nodiscard, gnu::always_inline]] static pack load(double const* const from) {
        pack result;
        std::memcpy(&result.numbers, from, sizeof result.numbers);
        return result;
    }
    [[gnu::always_inline]] void store(double* const to) const { std::memcpy(to, &numbers, sizeof numbers); }
    /// The numbers for what is done one by one.
    [[nodiscard, gnu::always_inline]] std::array<double, width> unpacked() const {
        std::array<double, width> result;
        store(result.data());
        return result;
    }

    [[gnu::always_inline]] friend pack operator+(pack const& a, pack const& b) {
        return pack(a.numbers + b.numbers);
    }
    [[gnu::always_inline]] friend pack operator-(pack const& a, pack const& b) {
        return pack(a.numbers - b.numbers);
    }
    [[gnu::always_inline]] friend pack operator*(pack const& a, pack const& b) {
        return pack(a.numbers * b.numbers);
    }
    [[gnu::always_inline]] friend pack operator/(pack const& a, pack const& b) {
        return pack(a.numbers / b.numbers);
    }
    [[gnu::always_inline]] pack& operator+=(pack const& other) {
        numbers += other.numbers;
        return *this;
    }
    [[gnu::always_inline]] pack& operator-=(pack const& other) {
        numbers -= other.numbers;
        return *this;
    }

    [[nodiscard, gnu::always_inline]] friend pack sqrt(pack const& argument) {
        pack result;
        for (std::size_t i = 0; i < width; ++i) {
            result.numbers[i] = std::sqrt(argument.numbers[i]);
        }
        return result;
    }

    /// Whether a condition holds for each of them.
    struct mask {
        decltype(Vector{} < Vector{}) bits; ///< all set where it holds, none where it does not

        [[nodiscard, gnu::always_inline]] bool operator[](std::size_t const i) const { return bits[i] != 0; }
        [[gnu::always_inline]] friend mask operator&(mask const& a, mask const& b) {
            return {a.bits & b.bits};
        }
        [[gnu::always_inline]] friend mask operator|(mask const& a, mask const& b) {
            return {a.bits | b.bits};
        }
        [[nodiscard, gnu::always_inline]] bool everywhere() const {
            auto result = bits[0];
            for (std::size_t i = 1; i < width; ++i) {
                result &= bits[i];
            }
            return result != 0;
        }
        [[nodiscard, gnu::always_inline]] friend pack select(mask const& condition, pack const& yes,
                                                             pack const& no) {
#if defined(ACCRUE_VECTORS_OF_THE_COMPILER)
            return pack(condition.bits ? yes.numbers : no.numbers);
#else
            pack result = no;
            for (std::size_t i = 0; i < width; ++i) {
                result.numbers[i] = condition[i] ? yes.numbers[i] : no.numbers[i];
            }
            return result;
#endif
        }
    };

    [[gnu::always_inline]] friend mask operator<(pack const& a, pack const& b) {
        return {a.numbers < b.numbers};
    }
    [[gnu::always_inline]] friend mask operator>(pack const& a, pack const& b) {
        return {a.numbers > b.numbers};
    }
    [[gnu::always_inline]] friend mask operator<=(pack const& a, pack const& b) {
        return {a.numbers <= b.numbers};
    }
};

#if defined(ACCRUE_VECTORS_OF_THE_COMPILER)
using two_doubles [[gnu::vector_size(16)]] = double;
using four_doubles [[gnu::vector_size(32)]] = double;
#else
using two_doubles = plain_vector<double, 2>;
using four_doubles = plain_vector<double, 4>;
#endif

// Four at a time where the compiler may use AVX. Eight, with AVX-512, took longer: sets of studies are too
// short for them. Units of one program may be compiled for different processors. So a function that is not
// inlined and whose code depends on `native_pack` has it among its template arguments: linkers then never
// take one unit's for another's.
#if defined(__AVX__)
using native_pack = pack<four_doubles>;
#else
using native_pack = pack<two_doubles>;
#endif

// Most programs are compiled for the x86 processors of 2003 and run by ones of 2011 or later, which have
// instructions twice as wide: a function that is marked as compiled for these runs where they exist. What a
// unit is compiled for changes nothing here.
#if defined(__x86_64__)
#define ACCRUE_WIDE_PACK_TARGET [[gnu::target("avx")]]
using wide_pack = pack<four_doubles>;

[[nodiscard]] inline bool wide_packs_run_here() {
    return __builtin_cpu_supports("avx");
}
#else
#define ACCRUE_WIDE_PACK_TARGET
using wide_pack = pack<two_doubles>;

[[nodiscard]] constexpr bool wide_packs_run_here() {
    return false;
}
#endif

// What code needs that is written for one number and for a pack of them.

template <class Number>
inline constexpr std::size_t width_of = 1;
template <class Vector>
inline constexpr std::size_t width_of<pack<Vector>> = pack<Vector>::width;

/// The numbers at a place and after it.
template <class Number, class Real>
[[nodiscard, gnu::always_inline]] inline Number load(Real const* const from) {
    if constexpr (std::is_same_v<Number, Real>) {
        return *from;
    } else {
        return Number::load(from);
    }
}

/// Their sum.
template <class Number>
[[nodiscard, gnu::always_inline]] inline Number total_of(Number const& number) {
    return number;
}
template <class Vector>
[[nodiscard, gnu::always_inline]] inline double total_of(pack<Vector> const& numbers) {
    double result = numbers.numbers[0];
    for (std::size_t i = 1; i < pack<Vector>::width; ++i) {
        result += numbers.numbers[i];
    }
    return result;
}

} // namespace accrue::detail
