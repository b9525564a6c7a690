#!/bin/sh
# Compiles the page to WebAssembly and tries it in a headless browser, after tests/run.sh: sh tests/page/run.sh
# Where emscripten or chromium are missing it says so, and that is all.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup.sh
for program in em++ chromium python3; do
    command -v "$program" >/dev/null 2>&1 || {
        say "no test of the page: $program is missing (Debian: emscripten, chromium)"
        exit 0
    }
done
logged page ctest --preset release -L page --no-tests=error
grep -q 'page.fonts.*Skipped' "$log_folder/page.log" &&
    say "the pictures were not tried in five fonts: some are missing (Debian: fonts-liberation, fonts-dejavu)"
say "the page works; its screenshots are in build/release/tests/page/screenshots"
