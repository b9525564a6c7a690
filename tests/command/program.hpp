#pragma once

// Runs the program accrue as a user would, and tells what it printed.

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <sys/wait.h>

namespace accrue::test {

/// What a run left: how it ended, and what it printed.
struct run_result {
    int exit_code; ///< 128 and more for a signal
    std::string output;
    std::string errors;

    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(output); }
};

inline std::string contents_of(std::filesystem::path const& file) {
    auto stream = std::ifstream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A folder of this process alone.
inline std::filesystem::path const& own_folder() {
    static auto const folder = [] {
        auto name = (std::filesystem::temp_directory_path() / "accrue-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("cannot make a folder");
        }
        std::atexit([] { std::filesystem::remove_all(own_folder()); });
        return std::filesystem::path(name);
    }();
    return folder;
}

/// Runs `accrue ARGUMENTS`, words as in a shell.
inline run_result run_accrue(std::string const& arguments, std::string const& environment = "") {
    auto const errors = own_folder() / "errors.txt";
    auto const command = environment + " '" ACCRUE_COMMAND "' " + arguments + " 2>'" + errors.string() + "'";
    auto* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) {
        throw std::runtime_error("cannot run " + command);
    }
    auto output = std::string();
    auto buffer = std::array<char, 65536>();
    for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.append(buffer.data(), size);
    }
    int const ended = pclose(pipe);
    return {WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended), output, contents_of(errors)};
}

/// A file with this text; its name, quoted for the shell.
inline std::string file_of(std::string const& text, std::string const& name = "input.csv") {
    auto const file = own_folder() / name;
    std::ofstream(file, std::ios::binary) << text;
    return "'" + file.string() + "'";
}

} // namespace accrue::test
