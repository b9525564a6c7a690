#!/bin/sh
# accrue=PROGRAM sh document.sh FILE.md DATA FOLDER
# Runs every block ```sh of a Markdown file in a copy of the folder DATA, with PROGRAM as `accrue`, and compares what it
# prints with the block ```text output behind it; three dots on a line of their own stand for any lines.
set -eu

document=$1
data=$2
folder=$3
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/blocks"
cp "$data"/*.csv "$folder"
ln -s "${accrue:?}" "$folder/bin/accrue"
PATH=$folder/bin:$PATH
export PATH

awk -v folder="$folder/blocks" '
    /^```/ && inside { inside = 0; if (file) close(file); next }
    /^```/ {
        inside = 1
        file = ""
        if ($0 == "```sh") { file = sprintf("%s/%02d.sh", folder, ++blocks); printf "" > file }
        if ($0 == "```text output") { file = sprintf("%s/%02d.output", folder, blocks); printf "" > file }
        next
    }
    inside && file { print > file }
' "$document"

compared=0
for block in "$folder"/blocks/*.sh; do
    name=${block%.sh}
    number=$(basename "$name" | sed 's/^0*//')
    (cd "$folder" && sh -eu "$block") >"$name.printed" 2>&1 || {
        cat "$name.printed" >&2
        echo "$document: block $number failed" >&2
        exit 1
    }
    if [ -e "$name.output" ]; then
        # Without the lines that the dots stand for, the rest has to follow in its order.
        awk -v document="$document" -v number="$number" '
            NR == FNR { wanted[++n] = $0; next }
            { printed[++m] = $0 }
            END {
                j = 1
                skip = 0
                for (i = 1; i <= n; ++i) {
                    if (wanted[i] == "...") { skip = 1; continue }
                    while (skip && j <= m && printed[j] != wanted[i]) ++j
                    skip = 0
                    if (j > m || printed[j] != wanted[i]) {
                        print document ": block " number " prints something else: \"" printed[j] \
                            "\" instead of \"" wanted[i] "\"" > "/dev/stderr"
                        exit 1
                    }
                    ++j
                }
                if (!skip && j <= m) {
                    print document ": block " number " prints more: \"" printed[j] "\"" > "/dev/stderr"
                    exit 1
                }
            }' "$name.output" "$name.printed"
        compared=$((compared + 1))
    fi
done
[ "$compared" -gt 0 ] || { echo "$document: nothing was compared" >&2; exit 1; }
echo "$document: $compared blocks compared"
