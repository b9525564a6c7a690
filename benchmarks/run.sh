#!/bin/sh
# Builds and runs the benchmarks: sh benchmarks/run.sh [--quick] [name ...], such as `pool batch`; all without names.
# Writes build/benchmarks/results/NAME.json and table.md, which it also prints. With CXX=clang++-16 it builds with
# Clang 16, in build/benchmarks-clang-16.
# On Debian and Ubuntu what is missing is installed first, as root or by sudo.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

repetitions=7
minimum_time=0.1
if [ "${1:-}" = --quick ]; then
    repetitions=3
    minimum_time=0.02
    shift
fi

require /usr/include/benchmark/benchmark.h libbenchmark-dev
require python3 python3
case ${CXX:-} in
    *clang*) set_up benchmarks-clang-16 ;;
    *) set_up benchmarks ;;
esac
build

results=$build_folder/results
mkdir -p "$results"
[ $# -gt 0 ] || set -- machine pool accumulator cumulative batch boundaries simulation small_study regression anytime
for name in "$@"; do
    say "running $name"
    "$build_folder/benchmarks/benchmark_$name" --benchmark_repetitions="$repetitions" \
        --benchmark_min_time="$minimum_time" --benchmark_out="$results/$name.json" \
        --benchmark_out_format=json >"$results/$name.log" 2>&1 || fail "failed: see $results/$name.log"
done
python3 benchmarks/compile_time.py "${CXX:-c++}" >"$results/compile_time.json"
python3 benchmarks/table.py "$results" "${CXX:-c++}" | tee "$results/table.md"
