#!/bin/sh
# Writes the library as one header, FOLDER/accrue/accrue.hpp: sh packaging/single_header.sh [FOLDER]   (default: build/single)
# It holds what <accrue/accrue.hpp> reaches, each header once, in the order in which a compiler meets it, and needs
# Boost.Math as the library does. Copy that file alone and include it as <accrue/accrue.hpp>.
#
# Beside it stand forwarders, so that programs that include parts compile unchanged, and the opt-in headers (plotting, what
# needs Eigen, threads), which include it. So any test of the library can be compiled against it: -IFOLDER before -Iinclude.
set -eu
folder=${1:-}
case $folder in ''|/*) ;; *) folder=$PWD/$folder ;; esac
cd "$(dirname "$0")/.."
[ -n "$folder" ] || folder=$PWD/build/single
mkdir -p "$folder/accrue"
output=$folder/accrue/accrue.hpp

version=$(sed -n 's/^ *VERSION \([0-9.]*\)$/\1/p' CMakeLists.txt | head -n 1)
{
    printf '%s\n//\n' "// accrue $version: meta-analysis and trial sequential analysis in C++20, as one header. Generated: edit the library instead."
    sed -e 's,^,// ,' -e 's,^// $,//,' LICENSE
    printf '\n#pragma once\n'
    awk -v held="$folder/held" '
    function expand(path,    line, name) {
        if (path in seen) {
            return
        }
        seen[path] = 1
        print path >held
        while ((status = (getline line <("include/" path))) > 0) {
            if (line ~ /^#pragma once/) {
                continue
            }
            # One header is no compiled variant.
            if (line ~ /^#if defined\(ACCRUE_COMPILED\) \|\|/) {
                while (line !~ /^#endif/ && (getline line <("include/" path)) > 0) {
                }
                continue
            }
            if (line ~ /^#include <accrue\//) {
                name = line
                sub(/^#include </, "", name)
                sub(/>.*/, "", name)
                expand(name)
                continue
            }
            if (line != "" || !blank) {
                print line
            }
            blank = line == ""
        }
        if (status < 0) {
            print "single_header: cannot read include/" path >"/dev/stderr"
            exit 1
        }
        close("include/" path)
    }
    BEGIN { expand("accrue/accrue.hpp") }'
} >"$output"

(cd include && find accrue -name '*.hpp') | while read -r header; do
    [ "$header" != accrue/accrue.hpp ] || continue
    mkdir -p "$folder/$(dirname "$header")"
    if grep -qx "$header" "$folder/held"; then
        printf '#pragma once\n#include <accrue/accrue.hpp>\n' >"$folder/$header"
    else
        cp "include/$header" "$folder/$header"
    fi
done
rm "$folder/held"
printf '%s\n' "$output: $(wc -l <"$output" | tr -d ' ') lines"
