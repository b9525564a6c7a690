#!/bin/sh
# sh tests/fuzz/run.sh SECONDS [TARGET...]: fuzzes each target that long by libFuzzer (Clang 16, with AddressSanitizer
# and UndefinedBehaviorSanitizer), beginning with its corpus. What is found stays in build/fuzz/TARGET, and ends the run.
# CLANG chooses the compiler.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:?how many seconds for each target}
shift
compiler=${CLANG:-clang++-16}
[ $# -gt 0 ] || set -- accumulator_bytes boundaries continued csv dependent_effects intervals measures mixed_models pooling regression svg
mkdir -p build/fuzz
status=0
for target in "$@"; do
    sources=tests/fuzz/$target.cpp
    [ "$target" != csv ] || sources="$sources examples/command/csv.cpp examples/command/numbers.cpp"
    # shellcheck disable=SC2086 # a list of files
    "$compiler" -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined,float-cast-overflow -fno-sanitize-recover=all -Iinclude -Itests \
        -Iexamples/command -isystem /usr/include/eigen3 $sources -o "build/fuzz/fuzz_$target"
    mkdir -p "build/fuzz/$target"
    if (cd "build/fuzz/$target" && "../fuzz_$target" -max_total_time="$seconds" -max_len=400 -timeout=200 \
            -print_final_stats=1 . "../../../tests/fuzz/corpus/$target") >"build/fuzz/$target.log" 2>&1; then
        echo "$target: $(sed -n 's/stat::number_of_executed_units: *//p' "build/fuzz/$target.log") inputs, nothing found"
    else
        echo "$target: see build/fuzz/$target.log" >&2
        status=1
    fi
done
exit "$status"
