#!/bin/sh
# sh faults.sh LIST BUILD [CTEST]: each test that the list names, after a number, must be one that CTest has in this build.
set -eu
list=$1
build=$2
ctest=${3:-ctest}
known=$(mktemp)
trap 'rm -f "$known"' EXIT
(cd "$build" && "$ctest" -N) | sed -n 's/^ *Test *#[0-9]*: //p' >"$known"
status=0
while read -r number name condition; do
    case $number in "#"*) continue ;; esac
    if [ -z "$condition" ] && ! grep -qxF "$name" "$known"; then
        echo "fault $number: there is no test $name" >&2
        status=1
    fi
done <"$list"
[ "$status" -ne 0 ] || echo "$(grep -c '^[0-9]' "$list") tests hold the faults of 0.1 mended"
exit "$status"
