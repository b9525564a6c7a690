#!/bin/sh
# sh tests/coverage.sh [FOLDER...]: lines and branches of include/ that the test programs of these folders reach, by folder
# (Clang 16). build/coverage/missed.txt has the lines that none reaches, branches.txt the conditions that were always or
# never true. All folders but the seams unless given; a program is built again when a file that it includes has changed.
# A template counts once, however many types it is made for.
set -eu
cd "$(dirname "$0")/.."
version=16
build=build/coverage
mkdir -p "$build"
[ $# -gt 0 ] || set -- distribution effect evidence tau_squared model inference regression small_study dependence rare_events \
    bayes batch sequential plotting threads
flags="-std=c++20 -O0 -w -fprofile-instr-generate -fcoverage-mapping -Iinclude -Itests -isystem /usr/include/eigen3"
common=$build/common.hpp
printf '#include <%s>\n' gtest/gtest.h rapidcheck/gtest.h algorithm cmath functional limits map span string vector >"$common.new"
if ! cmp -s "$common" "$common.new"; then
    mv "$common.new" "$common"
    # shellcheck disable=SC2086 # a list of words
    "clang++-$version" $flags -x c++-header "$common" -o "$common.pch"
fi

# stale PROGRAM: whether it is missing or older than a file that it was made of.
stale() {
    [ -e "$1" ] || return 0
    # shellcheck disable=SC2046 # a list of files
    [ -n "$(find $(sed 's/^[^:]*: //; s/\\$//' "$1.d") -newer "$1" -print -quit 2>&1)" ]
}

# cover COMMAND PROGRAM...: what a program reached. Each by itself: beside another that includes a function without calling
# it, llvm-cov takes the function as never called.
cover() {
    command=$1
    program=$2
    shift 2
    "llvm-cov-$version" "$command" "$@" "$program" -instr-profile "$program.profdata" include
}

programs=""
status=0
for folder in "$@"; do
    for source in tests/"$folder"/*.cpp; do
        program=$build/${folder}_$(basename "$source" .cpp)
        if stale "$program"; then
            # shellcheck disable=SC2086 # a list of words
            "clang++-$version" $flags -include-pch "$common.pch" -MMD -MF "$program.d" \
                "-DACCRUE_GOLDEN_DIR=\"$PWD/tests/golden\"" "-DACCRUE_SOURCE_DIR=\"$PWD\"" \
                "$source" -o "$program" -lrapidcheck -lgtest_main -lgtest -lpthread || {
                echo "$source does not compile, and is left out" >&2
                status=1
                continue
            }
            rm -f "$program.profraw" "$program.json"
        fi
        [ -e "$program.profraw" ] || {
            LC_ALL=C.UTF-8 RC_PARAMS=seed=1 LLVM_PROFILE_FILE="$program.new" "$program" >"$program.log" 2>&1 ||
                echo "$program fails" >&2
            mv "$program.new" "$program.profraw"
        }
        [ -e "$program.json" ] || {
            "llvm-profdata-$version" merge -sparse "$program.profraw" -o "$program.profdata"
            cover export "$program" -format=lcov -skip-functions >"$program.lcov"
            cover show "$program" -show-branches=count -show-instantiations=false | grep -e '^/' -e Folded >"$program.constant"
            cover export "$program" -format=text -skip-expansions -skip-functions >"$program.json"
        }
        programs="$programs $program"
    done
done
# shellcheck disable=SC2086 # a list of words
python3 tests/coverage_table.py "$build" "$PWD/include/accrue/" $programs
exit "$status"
