#pragma once

inline auto count(std::vector<double> const& values) {
    return values.size();
}
