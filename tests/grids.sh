#!/bin/sh
# sh tests/grids.sh [SETS [FIRST]]: no grid finds a higher likelihood than the three-level fits and the conditional
# exact model, on SETS random data sets each (100,000 by default: some nine minutes of
# processor time) from number FIRST on (0 by default). In parts of 10,000, whose counts it prints; a set depends on its
# number alone, so that parts may be run apart. It fails when a fit fails or a grid is higher. CXX chooses the compiler.
set -eu
cd "$(dirname "$0")/.."
sets=${1:-100000}
first=${2:-0}
end=$((first + sets))
folder=build/grids
mkdir -p "$folder"
status=0
for name in dependence/three_level_grids rare_events/conditional_exact_grids; do
    program=$folder/$(basename "$name")
    "${CXX:-g++}" -std=c++20 -O2 -Iinclude -Itests -isystem /usr/include/eigen3 "tests/$name.cpp" -o "$program" \
        -lgtest -lgtest_main -lpthread
    from=$first
    while [ "$from" -lt "$end" ]; do
        part=$((end - from < 10000 ? end - from : 10000))
        ACCRUE_GRID_FIRST=$from ACCRUE_GRID_SETS=$part nice -n 19 "$program" >"$program.log" 2>&1 || {
            status=1
            cat "$program.log" >&2
        }
        grep ': sets ' "$program.log" || status=1
        from=$((from + part))
    done
done
exit $status
