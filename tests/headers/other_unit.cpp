#include "all_headers.hpp"

auto other_unit() -> int;

auto other_unit() -> int {
    return 0;
}
