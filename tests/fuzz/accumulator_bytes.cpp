// Bytes that may hold an accumulator: arbitrary ones, and those of a real one with some changed.

#include "fuzz/studies.hpp"
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/inference/heterogeneity.hpp>
#include <accrue/model.hpp>
#include <accrue/tau_squared.hpp>

using namespace accrue;
using namespace accrue::test;

namespace {

void read(std::span<std::byte const> const bytes) {
    attempt([&] {
        auto const found = evidence_accumulator::from_bytes(bytes);
        auto const again = found.bytes();
        require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()),
                "what is read is written again");
        auto twice = found;
        twice += found;
        attempt([&] { require_sound(pool(random_effects{dersimonian_laird{}}, found), "pooled of bytes"); });
        attempt([&] { require_sound(pool(random_effects{reml{}}, twice), "pooled of bytes"); });
        attempt([&] { static_cast<void>(heterogeneity(found)); });
    });
}

} // namespace

void fuzz(std::span<std::uint8_t const> const bytes) {
    read(std::as_bytes(bytes));
    auto in = byte_source(bytes);
    auto sums = evidence_accumulator{};
    attempt([&] {
        for (auto const& study : read_studies(in, 20)) {
            sums.add(study);
        }
    });
    auto altered = sums.bytes();
    read(altered);
    for (auto changes = in.up_to(4); changes > 0; --changes) {
        auto const place = in.word() % altered.size();
        if (in.flag()) {
            altered[place] = static_cast<std::byte>(in.byte());
        } else {
            double const number = in.number();
            auto const start = std::min(place / 8 * 8, altered.size() - 8);
            std::memcpy(altered.data() + start, &number, 8);
        }
    }
    if (in.byte() < 20) {
        altered.resize(in.word() % (altered.size() + 1));
    }
    read(altered);
}
