#!/bin/sh
# Writes the library as a C++20 module, FOLDER/accrue.cppm: sh packaging/module.sh [FOLDER]   (default: build/module)
# The file exports what <accrue/accrue.hpp> declares and includes that header, so compile it with the library's include folder:
#
#   clang++-19 -std=c++20 -Iinclude -Wno-include-angled-in-module-purview --precompile FOLDER/accrue.cppm -o accrue.pcm
#   clang++-19 -std=c++20 -fmodule-file=accrue=accrue.pcm -c program.cpp         // where the program says `import accrue;`
#   clang++-19 program.o accrue.pcm -o program
set -eu
folder=${1:-}
case $folder in ''|/*) ;; *) folder=$PWD/$folder ;; esac
cd "$(dirname "$0")/.."
[ -n "$folder" ] || folder=$PWD/build/module
mkdir -p "$folder"
sh packaging/single_header.sh "$folder/single" >/dev/null
{
    printf '// accrue as a module. Generated.\nmodule;\n\n// What the headers include of others belongs to no module.\n'
    sed -n '/^#include <accrue needs/d; s/^#include <\([a-z].*\)>.*/#include <\1>/p' "$folder/single/accrue/accrue.hpp" | LC_ALL=C sort -u
    printf '\nexport module accrue;\n\n'
    printf '// C++ linkage: the same entities as those of the headers, so a program may hold units of both kinds.\n'
    printf 'export extern "C++" {\n#include <accrue/accrue.hpp>\n}\n'
} >"$folder/accrue.cppm"
rm -r "$folder/single"
printf '%s\n' "$folder/accrue.cppm"
