#pragma once

#include <accrue/error.hpp>
#include <accrue/sequential/simulation/executor.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace accrue {

/// An `executor` that shares out the work among threads: `simulated_monitoring{.run = on_threads{}}`.
///
/// Each thread takes the next piece that nobody has begun, so that long pieces hold up none. Threads are made
/// for the call and have ended when it returns. Results are the same for any number of threads.
struct on_threads {
    /// The calling thread included; as many as the processor runs at once unless given.
    unsigned count = std::thread::hardware_concurrency();

    /// Calls work(0), work(1), ... work(pieces - 1) once each, from several threads at the same time.
    ///
    /// \param work callable from several threads at once
    /// \throws invalid_input when the count is 0 (as on a system that does not tell its processors); what the
    /// work throws, of which one is handed on, after which no further piece is begun
    void operator()(std::size_t const pieces, std::function<void(std::size_t)> const& work) const {
        detail::require(count > 0, "threads", "positive", static_cast<double>(count));
        auto next = std::atomic<std::size_t>{0};
        auto const run = [&] {
            try {
                for (auto i = next.fetch_add(1); i < pieces; i = next.fetch_add(1)) {
                    work(i);
                }
            } catch (...) {
                next = pieces; // nobody begins another
                throw;
            }
        };
        auto helpers = std::vector<std::future<void>>{}; // which are waited for when they are destroyed
        for (unsigned i = 1; i < count; ++i) {
            helpers.push_back(std::async(std::launch::async, run));
        }
        run();
        for (auto& helper : helpers) {
            helper.get();
        }
    }
};

} // namespace accrue
