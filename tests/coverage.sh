#!/bin/sh
# sh tests/coverage.sh [FOLDER...]: lines and branches of include/ that the test programs of these folders reach, by folder
# (Clang 16), and in build/coverage/missed.txt the lines that none does. All folders but the seams unless given.
set -eu
cd "$(dirname "$0")/.."
version=16
build=build/coverage
mkdir -p "$build"
[ $# -gt 0 ] || set -- distribution effect evidence tau_squared model inference regression small_study dependence rare_events \
    bayes batch sequential plotting threads
rm -f "$build"/*.profraw
objects=""
for folder in "$@"; do
    for source in tests/"$folder"/*.cpp; do
        program=$build/${folder}_$(basename "$source" .cpp)
        if [ ! -e "$program" ] || [ -n "$(find include "$source" -newer "$program" -print -quit)" ]; then
            "clang++-$version" -std=c++20 -O0 -w -fprofile-instr-generate -fcoverage-mapping -Iinclude -Itests \
                -isystem /usr/include/eigen3 "-DACCRUE_GOLDEN_DIR=\"$PWD/tests/golden\"" "-DACCRUE_SOURCE_DIR=\"$PWD\"" \
                "$source" -o "$program" -lrapidcheck -lgtest_main -lgtest -lpthread
        fi
        LLVM_PROFILE_FILE="$program.profraw" "$program" >"$program.log" 2>&1 || echo "$program fails" >&2
        objects="$objects -object $program"
    done
done
"llvm-profdata-$version" merge -sparse "$build"/*.profraw -o "$build/all.profdata"
# shellcheck disable=SC2086 # a list of words
"llvm-cov-$version" export -format=lcov $objects -instr-profile "$build/all.profdata" include >"$build/all.lcov"
awk -F'[:,]' -v root="$PWD/include/accrue/" '
    /^SF:/ { file = substr($0, 4); sub(root, "", file); folder = file
             if (!sub("/.*", "", folder)) folder = "(root)" }
    /^DA:/ { lines[folder]++; if ($3 > 0) hit[folder]++; else print file ":" $2 > "'"$build/missed.txt"'" }
    /^BRDA:/ { branches[folder]++; if ($5 != "-" && $5 > 0) taken[folder]++ }
    END { printf "%-16s %8s %9s\n", "folder", "lines", "branches"
          for (f in lines) printf "%-16s %7.1f%% %8.1f%%\n", f, 100 * hit[f] / lines[f],
                                  branches[f] ? 100 * taken[f] / branches[f] : 100 | "sort" }' "$build/all.lcov"
