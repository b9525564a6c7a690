#!/bin/sh
# Builds and runs the tests: sh tests/run.sh [arguments of ctest, such as -R NAME]
# On Debian and Ubuntu it first installs what is missing, as root or by sudo. Works offline once set up.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

require /usr/include/gtest/gtest.h libgtest-dev
require /usr/include/gmock/gmock.h libgmock-dev
require /usr/include/rapidcheck.h librapidcheck-dev
require /usr/include/eigen3/Eigen/Core libeigen3-dev
require /usr/share/i18n/locales/de_DE locales
require clang-format-16 clang-format-16
require clang-tidy-16 clang-tidy-16
require clang++-19 clang-19
require mpirun openmpi-bin
require mpicxx libopenmpi-dev
require /usr/include/CLI/CLI.hpp libcli11-dev
require /usr/include/nlohmann/json.hpp nlohmann-json3-dev
require doxygen doxygen
require meson meson
require /usr/share/doxygen-awesome-css/doxygen-awesome.css doxygen-awesome-css
set_up release
build

say "running the tests"
mkdir -p "$log_folder"
# The page takes a second compiler and a browser: tests/page/run.sh.
if ctest --preset release -j "$jobs" -LE page "$@" >"$log_folder/test.log" 2>&1; then
    sed -n '/tests passed/,$p' "$log_folder/test.log"
else
    grep -v -e ' Passed  ' -e '^ *Start ' "$log_folder/test.log" >&2
    fail "some tests failed (all of the output: $log_folder/test.log)"
fi
