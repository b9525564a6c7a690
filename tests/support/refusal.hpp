#pragma once

#include <accrue/error.hpp>

#include <string>

namespace accrue::test {

/// The message of the `invalid_input` that a call throws; empty when it throws none.
template <class Call>
std::string refusal_of(Call const& call) {
    try {
        call();
    } catch (invalid_input const& refusal) {
        return refusal.what();
    }
    return {};
}

} // namespace accrue::test
