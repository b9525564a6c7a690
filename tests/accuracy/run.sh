#!/bin/sh
# sh tests/accuracy/run.sh [TIMES]: compares every statistic in double with 50 digits, over TIMES (10 unless given) as many
# cases as the tests do, and writes docs/accuracy.md. Fails when an error is larger than what is explained.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup.sh
require /usr/include/gtest/gtest.h libgtest-dev
require /usr/include/rapidcheck.h librapidcheck-dev
require /usr/include/eigen3/Eigen/Core libeigen3-dev
times=${1:-10}
set_up release
programs="distribution tau_squared pooling batches trials rare_events regression small_study dependence bayes anytime monitoring"
targets="test_effect_accuracy boundary_accuracy"
for program in $programs; do targets="$targets accuracy_$program"; done
say "building"
# shellcheck disable=SC2086 # a list of words
logged accuracy-build ninja -C "$build_folder" $targets

text=build/accuracy.md
cat tests/accuracy/introduction.md >"$text"
status=0
for program in $programs; do
    say "$program"
    "$build_folder/tests/accuracy_$program" "$times" >>"$text" || status=1
done

say "effect measures"
"$build_folder/tests/test_effect_accuracy" --gtest_filter='accuracy.*' >build/logs/effect_accuracy.log || status=1
{
    printf '\n## Effect measures\n\n'
    printf 'Over 100 to 4,000 reports of each kind: from 3 participants to a thousand million, all but one event to none but\n'
    printf 'one, standard deviations from 1e-6 to 1e6; in one of eight the groups hardly differ.\n\n'
    printf '| measure | worst of the effect | worst of the variance | remark |\n|---|--:|--:|---|\n'
    sed -nE 's/^([a-z_].*[^ ]) +([0-9.]+e[-+][0-9]+) +([0-9.]+e[-+][0-9]+) *(.*)$/| \1 | \2 | \3 | \4 |/p' \
        build/logs/effect_accuracy.log | sed 's/_/ /g'
} >>"$text"

say "boundaries"
"$build_folder/tests/boundary_accuracy" >build/logs/boundary_accuracy.log || status=1
{
    printf '\n## Boundaries of sequential analyses\n\n'
    printf 'Against an integration written independently, at higher precision (tests/golden/README.md).\n\n'
    printf '| designs | boundaries | worst, z below 8 | worst, z beyond 8 |\n|---|--:|--:|--:|\n'
    sed 's/|/, /g' build/logs/boundary_accuracy.log | sed -nE 's/^(.*[^ ]) +([0-9]+) +([0-9.]+e[-+][0-9]+) +([0-9.]+e[-+][0-9]+)$/| \1 | \2 | \3 | \4 |/p'
} >>"$text"
cp "$text" docs/accuracy.md
say "docs/accuracy.md is written"
exit "$status"
