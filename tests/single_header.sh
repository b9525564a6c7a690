#!/bin/sh
# The library as one header passes the tests of the library: sh tests/single_header.sh [FOLDER | FOLDER/NAME]...
#
# Writes the header by packaging/single_header.sh, compiles the test programs of these folders (default: all; sequential/bounds
# is tests/sequential/bounds.cpp) against it without optimisation, and runs them. The separate headers are not on the search
# path: what the one header holds is reached through it, and what needs Eigen, threads or draws pictures includes it too.
# One compile at a time. CXX and CPPFLAGS say what compiles; Clang takes a third of the time that g++ does.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
compiler=${CXX:-g++}
output=$root/build/single_header
mkdir -p "$output"
folder=$(mktemp -d "$output/run.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
LC_ALL=C.UTF-8
RC_PARAMS=seed=1
export LC_ALL RC_PARAMS

[ $# -gt 0 ] || set -- tests/*/
programs=
for part in "$@"; do
    part=${part#tests/}
    part=${part%/}
    # The program `accrue` has tests that run it; they include no header of the library.
    [ "$part" != command ] || continue
    if [ -f "tests/$part.cpp" ]; then
        programs="$programs $part"
        continue
    fi
    [ -d "tests/$part" ] || { echo "single_header: no tests/$part" >&2; exit 1; }
    for source in $(grep -lE '^((TYPED_)?TEST(_F|_P|_SUITE)?|RC_GTEST_PROP)\(' "tests/$part"/*.cpp 2>/dev/null); do
        source=${source#tests/}
        programs="$programs ${source%.cpp}"
    done
done
# shellcheck disable=SC2086 # a list of words
set -- $programs
[ $# -gt 0 ] || { echo "single_header: no program" >&2; exit 1; }

sh packaging/single_header.sh "$folder/include"
compile() { # FLAGS...
    # shellcheck disable=SC2086 # flags
    "$compiler" ${CPPFLAGS:-} -std=c++20 -O0 -g0 -pthread -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Wno-unused-result \
        "-I$folder/include" -isystem /usr/include/eigen3 -Itests \
        "-DACCRUE_GOLDEN_DIR=\"$root/tests/golden\"" "-DACCRUE_SOURCE_DIR=\"$root\"" "$@"
}

# Read once where many programs include it.
first=
if [ $# -gt 3 ]; then
    cat >"$folder/first.hpp" <<'EOF'
#include <accrue/accrue.hpp>
#include <accrue/dependence.hpp>
#include <accrue/regression.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
EOF
    compile -x c++-header "$folder/first.hpp" -o "$folder/first.hpp.gch"
    first="-include $folder/first.hpp -Winvalid-pch"
fi

failed=
running=
# A program runs while the next is compiled.
settle() {
    [ -n "$running" ] || return 0
    if wait "$process"; then
        echo "$running: $(sed -n 's/^\[  PASSED  \] //p' "$folder/ran.log")"
    else
        echo "$running: fails" >&2
        tail -n 60 "$folder/ran.log" >&2
        failed="$failed $running"
    fi
    running=
}
for program in "$@"; do
    # shellcheck disable=SC2086 # flags
    if ! compile $first "tests/$program.cpp" -o "$folder/next" -lgtest_main -lgmock -lgtest -lrapidcheck \
        >"$folder/compiled.log" 2>&1; then
        echo "$program: does not compile" >&2
        head -n 40 "$folder/compiled.log" >&2
        failed="$failed $program"
        continue
    fi
    settle
    mv "$folder/next" "$folder/program"
    (cd "$folder" && exec ./program --gtest_brief=1 >ran.log 2>&1) &
    process=$!
    running=$program
done
settle
[ -z "$failed" ] || { echo "single_header:$failed failed" >&2; exit 1; }
echo "single_header: $# programs pass"
