#!/bin/sh
# What took long in 0.1, then and now, as a table: sh benchmarks/before_after.sh COMMIT [compiler]. The commit's headers
# are checked out beside this tree and taken away again; the two programs run in turn.
set -eu
cd "$(dirname "$0")/.."
commit=$1
compiler=${2:-g++}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/before"
git archive "$commit" include | tar -x -C "$folder/before"
for version in before after; do
    [ $version = before ] && include=$folder/before/include || include=include
    $compiler -std=c++20 -O3 -DNDEBUG -I"$include" -Ibenchmarks benchmarks/before_after.cpp -o "$folder/$version.program"
    "$folder/$version.program" >"$folder/$version.tsv"
    python3 benchmarks/compile_time.py "$compiler" "$include" >"$folder/$version.json"
done
python3 - "$folder" <<'END'
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
print("| processor time | before | after |\n|---|---:|---:|")
rows = {v: dict(l.split("\t") for l in (folder / f"{v}.tsv").read_text().splitlines()) for v in ("before", "after")}
for name, before in rows["before"].items():
    print(f"| {name} (ms) | {float(before):.3g} | {float(rows['after'][name]):.3g} |")
units = {v: json.loads((folder / f"{v}.json").read_text()) for v in ("before", "after")}
for name, before in units["before"].items():
    print(f"| compiling {name} (s) | {before['seconds']:.2f} | {units['after'][name]['seconds']:.2f} |")
END
