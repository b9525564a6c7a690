#!/bin/sh
# sh words.sh ALLOWED FOLDER FILES... : names with an underscore that a text sets as code must be words of the headers in
# FOLDER, or stand in ALLOWED, which holds those of other programs and of the past. So no text names what is gone.
set -eu
allowed=$1
folder=$2
shift 2
known=$(mktemp)
trap 'rm -f "$known"' EXIT
{ cat "$allowed"; find "$folder" -name '*.hpp' -exec grep -ohE '[a-z][a-z0-9_]*_[a-z0-9_]+' {} +; } | sort -u >"$known"
missing=0
for file in "$@"; do
    names=$(awk '/^ *```/ { fenced = !fenced; next } !fenced' "$file" | grep -oE '`[^`]+`' |
        grep -oE '[a-z][a-z0-9]*_[a-z0-9_]*[a-z0-9]' | sort -u) || continue
    for name in $names; do
        grep -qxF "$name" "$known" || {
            echo "$file: no header has $name" >&2
            missing=1
        }
    done
done
exit "$missing"
