#!/bin/sh
# What it costs a unit to pool without p-values: sh tools/compile_time.sh [compiler]
#
# Prints the processor time of g++ -O2 for units that include the headers of pooling, the least of five runs each, and
# fails if the header alone takes 0.7 s or more, or if it reaches Boost. Opt-in: timings mean nothing on a busy machine.
set -eu
cd "$(dirname "$0")/.."
compiler=${1:-g++}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/empty.cpp" <<'EOF'
#include <vector>
EOF
cat >"$folder/header.cpp" <<'EOF'
#include <accrue/model/random_effects.hpp>
#include <accrue/model/pool.hpp>
#include <vector>
EOF
cat >"$folder/dersimonian_laird.cpp" <<'EOF'
#include <accrue/model/random_effects.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/tau_squared/dersimonian_laird.hpp>
#include <vector>
accrue::pooled f(std::vector<accrue::estimate> const& estimates) {
    return accrue::pool(accrue::random_effects{accrue::dersimonian_laird{}}, estimates);
}
EOF
cat >"$folder/reml.cpp" <<'EOF'
#include <accrue/model/random_effects.hpp>
#include <accrue/model/pool.hpp>
#include <accrue/uncertainty/hartung_knapp.hpp>
#include <vector>
accrue::pooled f(std::vector<accrue::estimate> const& estimates) {
    return accrue::pool(accrue::random_effects{accrue::reml{}, accrue::hartung_knapp{}}, estimates);
}
EOF
cat >"$folder/p_value.cpp" <<'EOF'
#include <accrue/inference.hpp>
#include <accrue/model/random_effects.hpp>
#include <accrue/model/pool.hpp>
#include <vector>
double f(std::vector<accrue::estimate> const& estimates) {
    return accrue::p_value(accrue::pool(accrue::random_effects{}, estimates));
}
EOF

if "$compiler" -std=c++20 -Iinclude -M "$folder/reml.cpp" | grep -q boost/; then
    echo "the headers of pooling reach Boost" >&2
    exit 1
fi
for unit in empty header dersimonian_laird reml p_value; do
    least=$(for run in 1 2 3 4 5; do
        /usr/bin/env bash -c "TIMEFORMAT='%3U %3S'; time $compiler -std=c++20 -O2 -Iinclude -c '$folder/$unit.cpp' -o /dev/null" 2>&1 |
            awk '{ print $1 + $2 }'
    done | sort -g | head -n 1)
    echo "$unit: $least s"
    if [ "$unit" = header ] && awk "BEGIN { exit !($least >= 0.7) }"; then
        echo "the header that pools takes 0.7 s or more" >&2
        exit 1
    fi
done
