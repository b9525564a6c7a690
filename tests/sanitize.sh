#!/bin/sh
# sh tests/sanitize.sh [FOLDER...]: test programs under AddressSanitizer and UndefinedBehaviorSanitizer, with the
# assertions of the standard library, and under ThreadSanitizer where threads run, by Clang 16; and the gallery of
# examples under valgrind. Without arguments all folders, which takes hours (the seams longest); `none` stands for no
# folder.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh
require /usr/include/gtest/gtest.h libgtest-dev
require /usr/include/rapidcheck.h librapidcheck-dev
require /usr/include/eigen3/Eigen/Core libeigen3-dev
require valgrind valgrind
if [ "$*" != none ]; then
    require clang++-16 clang-16
    require /usr/lib/llvm-16/lib/clang/16/lib/linux libclang-rt-16-dev
fi
[ $# -gt 0 ] || set -- distribution effect evidence tau_squared model inference regression small_study dependence rare_events \
    bayes batch sequential plotting threads seams

# As the tests are run elsewhere.
RC_PARAMS=seed=1
export RC_PARAMS

# check PRESET FOLDER...: builds and runs the test programs of the folders; what fails is shown, and ends the run.
check() {
    set_up "$1"
    preset=$1
    shift
    for folder in "$@"; do
        targets=$(cd "tests/$folder" && for source in *.cpp; do echo "test_${folder}_${source%.cpp}"; done)
        # shellcheck disable=SC2086 # a list of words
        logged "$preset-build" ninja -j "$jobs" -C "build/$preset" $targets
        # shellcheck disable=SC2016,SC2086 # the inner shell's variables; a list of words
        printf '%s\n' $targets | xargs -n 1 -P "$jobs" sh -c \
            '"$1/tests/$3" >"$2-$3.log" 2>&1 || { tail -n 60 "$2-$3.log" >&2; exit 1; }' sh "build/$preset" "$log_folder/$preset" ||
            fail "$preset: found in $folder ($log_folder/$preset-*.log)"
        say "$preset: nothing found in $folder"
    done
}

if [ "$*" != none ]; then
    check debug "$@"
    check thread threads batch
fi

set_up release
logged valgrind-build ninja -C build/release accrue_command $(cd examples && echo */expected.txt | sed 's|/expected.txt||g')
# grind NAME FOLDER PROGRAM ARGUMENTS...: runs it under valgrind in its folder; its output is in the log.
grind() {
    name=$1
    folder=$2
    shift 2
    (cd "$folder" && valgrind --error-exitcode=9 --leak-check=full -q "$@") >"$log_folder/valgrind-$name.log" 2>&1 ||
        fail "valgrind: $name: $log_folder/valgrind-$name.log"
}
grind accrue . "$(find build/release -name accrue -type f -perm -u+x | head -n 1)" pool examples/command/trials.csv --measure RR
for expected in examples/*/expected.txt; do
    folder=$(dirname "$expected")
    name=$(basename "$folder")
    grind "$name" "$folder" "$PWD/build/release/examples/$name"
    cmp -s "$log_folder/valgrind-$name.log" "$expected" || fail "valgrind: $name prints other words than without"
done
say "valgrind: nothing found in the program accrue and the gallery"
