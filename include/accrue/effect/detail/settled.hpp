#pragma once

#include <accrue/platform.hpp>

#include <concepts>
#include <span>

namespace accrue::detail {

// A choice that depends on the set of studies has `for_studies`, which says what it comes to for a given set.
template <class Choice, class Trial>
concept needs_all_studies =
    requires(Choice const& choice, std::span<Trial const> const trials) { choice.for_studies(trials); };

// Choices that can be applied to a study without knowing the others.
template <class Trial, class... Choices>
concept settled_for = (std::invocable<Choices const&, Trial const&> && ...);

} // namespace accrue::detail
