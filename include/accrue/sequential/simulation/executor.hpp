#pragma once

#include <accrue/platform.hpp>

#include <cstddef>
#include <functional>

namespace accrue {

/// How independent pieces of work are carried out: called with their number n and the work, it calls
/// work(0), work(1), ... work(n - 1) once each, in any order and on any threads, returns when all are done,
/// and lets one of the exceptions that they threw go on to the caller.
///
/// `in_this_thread` and, by <accrue/sequential/parallel.hpp>, `on_threads` are executors; so is a callable
/// that hands the work to the thread pool of your program. No result of this library depends on the choice.
using executor = std::function<void(std::size_t, std::function<void(std::size_t)> const&)>;

/// One piece after the other.
struct in_this_thread {
    void operator()(std::size_t const count, std::function<void(std::size_t)> const& work) const {
        for (std::size_t i = 0; i < count; ++i) {
            work(i);
        }
    }
};

} // namespace accrue
