#!/bin/sh
# Builds and runs the example of four trials of low-dose naltrexone, and the program `accrue` on thirteen trials of the BCG
# vaccine: sh examples/run.sh
# Pictures go to build/ldn and build/bcg. On Debian and Ubuntu what is missing is installed first, as root or by sudo.
# Works offline once set up.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

require rsvg-convert librsvg2-bin
require /usr/include/eigen3/Eigen/Core libeigen3-dev
require /usr/include/CLI/CLI.hpp libcli11-dev
require /usr/include/nlohmann/json.hpp nlohmann-json3-dev
require - fonts-liberation
set_up examples
build ldn accrue_command # the gallery is built with the tests

root=$PWD
pictures=$root/build/ldn
mkdir -p "$pictures"
rm -f "$pictures"/*.svg "$pictures"/*.png
(cd examples/ldn && "$root/$build_folder/examples/ldn/ldn" "$pictures")

draw() {
    [ -s "$1" ] || fail "the example wrote no picture"
    rsvg-convert --zoom 1.5 "$1" --output "${1%.svg}.png" || fail "rsvg-convert cannot draw $1"
    say "picture: ${1#"$root/"} and .png"
}
for picture in "$pictures"/*.svg; do draw "$picture"; done

# The program, for people without C++.
mkdir -p build/bcg
rm -f build/bcg/*
set -- "$build_folder/examples/command/accrue" pool examples/command/trials.csv --measure RR --model reml,hk --forest build/bcg/forest.svg
say "the program accrue: $*"
"$@"
draw build/bcg/forest.svg
