#!/bin/sh
# Builds and runs the example of four trials of low-dose naltrexone: sh examples/run.sh
# Its pictures go to build/ldn. On Debian and Ubuntu what is missing is installed first, as root or by sudo.
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

for picture in "$pictures"/*.svg; do
    [ -s "$picture" ] || fail "the example wrote no picture"
    name=$(basename "$picture" .svg)
    rsvg-convert --zoom 1.5 "$picture" --output "$pictures/$name.png" || fail "rsvg-convert cannot draw $picture"
    say "picture: build/ldn/$name.svg and .png"
done
