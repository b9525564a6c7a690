// The library behind accrue::compiled: what the headers declare as held by it is instantiated here, once.
// <accrue/compiled.hpp> says how.
#define ACCRUE_COMPILES
#include <accrue/accrue.hpp>
