#!/bin/sh
# Qualifies this build of accrue on this machine: sh tests/qualify.sh
# Builds and runs all tests, checks the compiler, the arithmetic and whole analyses of known answer, and writes
# docs/qualification/dossier.md (what was found), headers.sha256 (what was tested) and results.xml (each test).
# The exit status is 0 when all passes. What it proves and what it cannot: docs/qualification/README.md.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

set_up release
build
folder=docs/qualification

say "running the tests"
mkdir -p "$log_folder"
ACCRUE_WORST_DIGITS=1 ctest --preset release -j "$jobs" --test-output-size-passed 1000000 \
    --output-junit "$PWD/$folder/results.xml" "$@" >"$log_folder/qualify.log" 2>&1 ||
    say "some tests failed; the dossier names them (all of the output: $log_folder/qualify.log)"

find include -name '*.hpp' | LC_ALL=C sort | xargs sha256sum >"$folder/headers.sha256"
sum=$(sha256sum "$folder/headers.sha256" | cut -d ' ' -f 1)
cached() { sed -n "s/^$1:STRING=\(..*\)/\1/p" "$build_folder/CMakeCache.txt"; }
flags="$(cached CMAKE_CXX_FLAGS) $(cached CMAKE_CXX_FLAGS_RELEASE), most tests $(cached ACCRUE_TEST_OPTIMIZATION)"
status=0
"$build_folder/tests/accrue_dossier" . "$folder/results.xml" "$folder/dossier.md" "$flags" || status=1
{
    printf '\n## What was qualified\n\n| what | found |\n|---|---|\n'
    printf '| system | %s |\n' "$(uname -srm)"
    printf '| processor | %s |\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)"
    printf '| C library | %s |\n' "$(getconf GNU_LIBC_VERSION 2>/dev/null || echo unknown)"
    printf '| date | %s |\n' "$(date -u '+%Y-%m-%d %H:%M UTC')"
    printf '| headers, SHA-256 of `headers.sha256` | %s |\n' "$sum"
} >>"$folder/dossier.md"
exit $status
