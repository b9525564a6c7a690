#!/bin/sh
# Compiles the program accrue to WebAssembly and puts the page together: sh examples/page/build.sh FOLDER
# Needs em++ (Debian: emscripten), and the headers of Boost, Eigen, CLI11 and nlohmann-json.
# What is newer than its sources is not compiled again.
set -eu
cd "$(dirname "$0")/../.."
folder=$1
objects=$folder.objects
mkdir -p "$folder" "$objects"

# Emscripten has its own C library: only the headers of these four may come from the system's folders.
for name in boost CLI nlohmann; do
    ln -sfn "/usr/include/$name" "$objects/$name"
done
flags="-std=c++20 -O2 -fwasm-exceptions -DACCRUE_COMMAND_REGRESSES -Iinclude -isystem $objects -isystem /usr/include/eigen3"

newest=$(find include examples/command -name '*.[ch]pp' -newer "$folder/accrue.wasm" 2>/dev/null | head -n 1 || true)
if [ ! -e "$folder/accrue.wasm" ] || [ -n "$newest" ]; then
    # shellcheck disable=SC2086,SC2016 # the flags are words; sh expands the rest
    find examples/command -name '*.cpp' | xargs -P "$(nproc)" -I FILE sh -c '
        object=$1/$(basename "$2" .cpp).o
        shift_flags=$3
        em++ $shift_flags -c "$2" -o "$object"' sh "$objects" FILE "$flags"
    em++ -O2 -fwasm-exceptions "$objects"/*.o -o "$folder/accrue.js" \
        -sMODULARIZE=1 -sEXPORT_NAME=createAccrue -sINVOKE_RUN=0 -sALLOW_MEMORY_GROWTH=1 -sENVIRONMENT=web,worker,node \
        "-sEXPORTED_RUNTIME_METHODS=['callMain','FS']"
fi
cp examples/page/index.html examples/page/page.css examples/page/page.js examples/page/worker.js \
   examples/command/trials.csv examples/command/ldn.csv "$folder"
