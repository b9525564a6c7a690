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

# One unit, unless its object is newer than it and all headers.
cat >"$objects/compile.sh" <<'END'
object=$1/$(basename "$2" .cpp).o
if [ -e "$object" ] && [ -z "$(find "$2" include examples/command -name '*.?pp' -newer "$object" \
                               \( -name '*.hpp' -o -path "$2" \) | head -n 1)" ]; then
    exit 0
fi
echo "$2"
# shellcheck disable=SC2086 # the flags are words
: >"$object.begun" # what is edited while it compiles is newer
em++ $3 -c "$2" -o "$object.new" && touch -r "$object.begun" "$object.new" && mv "$object.new" "$object"
END
find examples/command -name '*.cpp' | xargs -P "$(nproc)" -I FILE sh "$objects/compile.sh" "$objects" FILE "$flags"
if [ ! -e "$folder/accrue.wasm" ] || [ -n "$(find "$objects" -name '*.o' -newer "$folder/accrue.wasm")" ]; then
    em++ -O1 -fwasm-exceptions "$objects"/*.o -o "$folder/accrue.js" \
        -sMODULARIZE=1 -sEXPORT_NAME=createAccrue -sINVOKE_RUN=0 -sALLOW_MEMORY_GROWTH=1 -sENVIRONMENT=web,worker,node \
        "-sEXPORTED_RUNTIME_METHODS=['callMain','FS']"
fi
cp examples/page/index.html examples/page/page.css examples/page/page.js examples/page/worker.js \
   examples/command/trials.csv examples/command/ldn.csv "$folder"
