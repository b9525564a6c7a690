#!/bin/sh
# sh tests/sanitize.sh [FOLDER...]: test programs under AddressSanitizer and UndefinedBehaviorSanitizer, under
# ThreadSanitizer where threads run, with the assertions of the standard library, and an example under valgrind. Without
# arguments all folders; the seams take longest.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh
require /usr/include/gtest/gtest.h libgtest-dev
require /usr/include/rapidcheck.h librapidcheck-dev
require /usr/include/eigen3/Eigen/Core libeigen3-dev
require valgrind valgrind
[ $# -gt 0 ] || set -- distribution effect evidence tau_squared model inference regression small_study dependence rare_events \
    bayes batch sequential plotting threads seams

# check PRESET FOLDER...: builds and runs the test programs of the folders; what fails is shown, and ends the run.
check() {
    set_up "$1"
    preset=$1
    shift
    for folder in "$@"; do
        for source in tests/"$folder"/*.cpp; do
            target=test_${folder}_$(basename "$source" .cpp)
            logged "$preset-build" ninja -C "build/$preset" "$target"
            logged "$preset-$target" "build/$preset/tests/$target"
        done
        say "$preset: nothing found in $folder"
    done
}

check debug "$@"
check thread threads batch
check assertions "$@"

set_up release
logged valgrind-build ninja -C build/release accrue_command
logged valgrind valgrind --error-exitcode=9 --leak-check=full -q \
    "$(find build/release -name accrue -type f -perm -u+x | head -n 1)" pool examples/command/trials.csv
say "valgrind: nothing found in the program accrue"
