#pragma once

// What run.py writes around each place that it changes: `(accrue_mutant(17) ? a - b : a + b)`.

#include <cstdlib>

/// As many as are drawn at the most.
inline constexpr int accrue_most_mutants = 4096;

/// The mutant that lives in this run; none without the variable.
inline int const accrue_living_mutant =
    std::getenv("ACCRUE_MUTANT") ? std::atoi(std::getenv("ACCRUE_MUTANT")) : -1;

/// Which places were computed since the array was cleared.
inline unsigned char volatile accrue_reached[accrue_most_mutants];

[[gnu::always_inline]] inline bool accrue_is_living(int mutant) {
    accrue_reached[mutant] = 1;
    return mutant == accrue_living_mutant;
}

/// No constant expression, so that a place which must be one does not compile and is left out.
[[gnu::always_inline]] constexpr bool accrue_mutant(int mutant) {
    return mutant < 0 || accrue_is_living(mutant);
}
