#include "all_headers.hpp"

auto other_unit() -> int;

auto main() -> int {
    return other_unit();
}
