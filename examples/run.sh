#!/bin/sh
# Builds and runs the example of four trials of low-dose naltrexone: sh examples/run.sh
# Its pictures go to build/ldn. On Debian and Ubuntu what is missing is installed first, as root or by sudo.
# Works offline once set up.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

require gnuplot gnuplot-nox
require - fonts-liberation
set_up examples
build

root=$PWD
pictures=$root/build/ldn
mkdir -p "$pictures"
rm -f "$pictures"/*.gp "$pictures"/*.svg "$pictures"/*.png
(cd examples/ldn && "$root/$build_folder/examples/ldn/ldn" "$pictures")

for script in "$pictures"/*.gp; do
    [ -e "$script" ] || fail "the example wrote no picture"
    name=$(basename "$script" .gp)
    cd "$pictures"
    gnuplot "$name.gp" || fail "gnuplot cannot draw $script"
    gnuplot -e "format='svg'" "$name.gp" || fail "gnuplot cannot draw $script"
    cd "$root"
    for picture in "$name.png" "$name.svg"; do
        [ -s "$pictures/$picture" ] || fail "gnuplot drew no $picture from $script"
    done
    say "picture: build/ldn/$name.svg and .png"
done
