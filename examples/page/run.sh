#!/bin/sh
# Builds the page and serves it on this machine alone: sh examples/page/run.sh [PORT]
# Needs emscripten; on Debian and Ubuntu what is missing is installed first, as root or by sudo.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup.sh
require em++ emscripten
require python3 python3
require /usr/include/boost/math/distributions/normal.hpp libboost-dev
require /usr/include/eigen3/Eigen/Core libeigen3-dev
require /usr/include/CLI/CLI.hpp libcli11-dev
require /usr/include/nlohmann/json.hpp nlohmann-json3-dev
# shellcheck disable=SC2086 # a list of words
[ -z "$missing" ] || install_packages $missing

say "compiling to WebAssembly (the first time this takes some minutes)"
logged page sh examples/page/build.sh build/page
port=${1:-8080}
say "open http://127.0.0.1:$port/ (Ctrl-C ends)"
exec python3 -m http.server --bind 127.0.0.1 --directory build/page "$port"
