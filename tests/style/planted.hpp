#pragma once

#include <string>

template <typename T>
struct holder {
    T value;
};

inline auto length(std::string text) -> std::size_t {
    return text.size();
}
