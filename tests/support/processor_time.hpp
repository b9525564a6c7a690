#pragma once

#include <ctime>

namespace accrue::test {

/// How much processor time a test has taken since this was made, for those of what would otherwise take
/// minutes. A build for debugging, in which sanitizers run too, counts a twentieth: it is about as much
/// slower.
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
