#pragma once

inline auto narrow(double x) -> float {
    return x;
}
