// Runs a target on the files of folders, and on inputs made of a fixed stream of numbers: what keeps a target
// from breaking where there is no fuzzer. Fails when an input takes 20 seconds. Arguments: how many inputs to
// make, then folders.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

int main(int const argc, char const* const* const argv) {
    int inputs = 0;
    double longest = 0;
    auto const run = [&](std::vector<std::uint8_t> const& bytes) {
        auto const start = std::clock();
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        double const seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        longest = std::max(longest, seconds);
        ++inputs;
    };
    for (int i = 2; i < argc; ++i) {
        for (auto const& file : std::filesystem::directory_iterator(argv[i])) {
            auto stream = std::ifstream(file.path(), std::ios::binary);
            run(std::vector<std::uint8_t>(std::istreambuf_iterator<char>(stream), {}));
        }
    }
    auto generator = std::mt19937_64(20240229);
    for (int i = argc > 1 ? std::atoi(argv[1]) : 0; i > 0; --i) {
        auto bytes = std::vector<std::uint8_t>(generator() % 200);
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(generator());
        }
        run(bytes);
    }
    std::printf("%d inputs, the longest took %.3f s of processor time\n", inputs, longest);
    return inputs > 0 && longest < 20 ? 0 : 1;
}
