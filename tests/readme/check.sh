#!/bin/sh
# sh check.sh FILE.md FOLDER ALL COMPILER [FLAGS...]
# Compiles every block of C++ in a Markdown file, so that what the reader copies works. In FOLDER:
#
#   ```cpp            a program if it has a main: compiled, and run from the file's folder; it must succeed.
#                     Otherwise the body of a function or declarations, after #include <accrue/accrue.hpp>.
#   ```cpp continued  the same after the text of the block before it
#   ```text output    what the program before it printed
#
# Where <accrue/accrue.hpp> comes first in any case, the compiler finds it precompiled as ALL.
set -eu

document=$1
folder=$2
all=$3
shift 3

rm -rf "$folder"
mkdir -p "$folder"

# NN.cpp is the text of block NN, kept with the line numbers of the document, NN.output what it should print.
awk -v folder="$folder" -v document="$document" '
    /^[ ]*```/ && inside { inside = 0; if (file) close(file); next }
    /^[ ]*```/ {
        inside = 1
        file = ""
        language = $0
        sub(/^[ ]*```[ ]*/, "", language)
        sub(/[ \r]*$/, "", language)
        if (language == "cpp" || language == "cpp continued") {
            text = language == "cpp" ? "" : text
            file = sprintf("%s/%02d.cpp", folder, ++blocks)
            text = text "#line " NR + 1 " \"" document "\"\n"
            printf "%s", text > file
        } else if (language == "text output") {
            file = sprintf("%s/%02d.output", folder, blocks)
            printf "" > file
        }
        next
    }
    inside && file {
        print > file
        if (file ~ /cpp$/) text = text $0 "\n"
    }
    END { if (inside) { print document ": a block is not closed" > "/dev/stderr"; exit 1 } }
' "$document"

compiled=0
ran=0
compared=0
for block in "$folder"/*.cpp; do
    [ -e "$block" ] || break
    name=${block%.cpp}
    compiled=$((compiled + 1))
    if grep -Eq '^[ ]*(int|auto)[ ]+main[ ]*\(' "$block"; then
        if grep -m 1 '^[ ]*#[ ]*include' "$block" | grep -q '<accrue/accrue.hpp>'; then
            "$@" -include "$all" "$block" -o "$name"
        else
            "$@" "$block" -o "$name"
        fi
        (cd "$(dirname "$document")" && "$name") >"$name.printed" || {
            echo "$document: the program of block $compiled failed ($block)" >&2
            exit 1
        }
        ran=$((ran + 1))
        if [ -e "$name.output" ]; then
            diff -u "$name.output" "$name.printed" || {
                echo "$document: the program of block $compiled prints something else" >&2
                exit 1
            }
            compared=$((compared + 1))
        fi
    else
        [ ! -e "$name.output" ] || {
            echo "$document: block $compiled has an output but no main" >&2
            exit 1
        }
        # Directives stay where they are; what is left is a function's body or, failing that, declarations.
        {
            echo '#include <accrue/accrue.hpp>'
            echo '#include <cstdio>'
            echo '#include <iostream>'
            echo '#include <vector>'
            grep -E '^[ ]*#[ ]*include' "$block" || true
        } >"$name.prelude"
        {
            cat "$name.prelude"
            echo 'void block(); void block() {'
            sed 's/^[ ]*#[ ]*include.*//' "$block"
            echo '}'
        } >"$name.body.cc"
        {
            cat "$name.prelude"
            sed 's/^[ ]*#[ ]*include.*//' "$block"
        } >"$name.declarations.cc"
        relaxed='-fsyntax-only -Wno-unused'
        # shellcheck disable=SC2086 # two options
        "$@" -include "$all" $relaxed "$name.declarations.cc" 2>"$name.declarations.log" ||
            "$@" -include "$all" $relaxed "$name.body.cc" 2>"$name.body.log" || {
            # The errors of the form that gets further are the ones to read.
            if [ "$(wc -l <"$name.body.log")" -le "$(wc -l <"$name.declarations.log")" ]; then
                cat "$name.body.log" >&2
            else
                cat "$name.declarations.log" >&2
            fi
            exit 1
        }
    fi
done
echo "$document: $compiled blocks compiled, $ran run, $compared compared with their output"
