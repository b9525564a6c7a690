#pragma once

#include <ctime>

namespace accrue::test {

/// The processor time since this was made, for tests that what once took minutes now ends soon. In a build
/// for debugging, which with sanitizers is some twenty times as slow, a twentieth of it.
class processor_time {
  public:
    [[nodiscard]] double seconds() const {
        return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC / slower;
    }

  private:
#ifdef NDEBUG
    static constexpr double slower = 1;
#else
    static constexpr double slower = 20;
#endif
    std::clock_t start_ = std::clock();
};

} // namespace accrue::test
