#pragma once

#include <accrue/error.hpp>
#include <accrue/evidence/detail/little_endian.hpp>
#include <accrue/sequential/anytime/direction.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace accrue::detail {

/// The bytes of an e-process, least significant byte of each word first: a signature, a version, what `write`
/// adds, and the 64-bit FNV-1a hash of all before it.
inline std::uint64_t hash_of(std::span<std::byte const> const bytes) {
    std::uint64_t hash = 14695981039346656037U;
    for (auto const byte : bytes) {
        hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 1099511628211U;
    }
    return hash;
}

template <class Write>
std::vector<std::byte> process_bytes(std::uint64_t const signature, std::uint64_t const version,
                                     Write const& write) {
    auto out = byte_writer{};
    out.write(signature);
    out.write(version);
    write(out);
    auto bytes = std::move(out).take();
    auto end = byte_writer{};
    end.write(hash_of(bytes));
    auto const hash = std::move(end).take();
    bytes.insert(bytes.end(), hash.begin(), hash.end());
    return bytes;
}

/// A reader of what `write` added; throws unless signature, version and hash are right.
inline byte_reader process_reader(std::span<std::byte const> const bytes, std::uint64_t const signature,
                                  std::uint64_t const version, std::string const& kind) {
    auto const expect = [&](bool const holds, char const* const what) {
        if (!holds) {
            throw invalid_input("bytes must hold " + kind + ", but " + what);
        }
    };
    expect(bytes.size() >= 24 && bytes.size() % 8 == 0, "end early");
    auto const body = bytes.first(bytes.size() - 8);
    auto in = byte_reader{body};
    expect(in.word() == signature, "do not begin like one");
    expect(in.word() == version, "are of another version");
    expect(byte_reader{bytes.last(8)}.word() == hash_of(body), "were changed or cut short");
    return in;
}

/// A number of items of so many words each; no more than the bytes can hold.
inline std::size_t item_count(byte_reader& in, std::size_t const words) {
    auto const count = in.word();
    require_that(count <= in.left() / (8 * words), "bytes must hold a whole e-process, but end early");
    return static_cast<std::size_t>(count);
}

inline void require_end(byte_reader const& in) {
    require_that(in.left() == 0, "bytes must hold one e-process, but go on after its end");
}

/// 0 either direction, 1 above, 2 below.
inline effect_direction direction_of(std::uint64_t const word) {
    if (word == 0) {
        return either_direction{};
    }
    require_that(word <= 2, "bytes must hold an e-process, but name a direction that does not exist");
    return word == 1 ? effect_direction{above_null{}} : effect_direction{below_null{}};
}

} // namespace accrue::detail
