#!/bin/sh
# Runs the same work in metafor, rpact, statsmodels and PLINK 1.9 as in accrue, checks that the answers agree, and
# prints the ratios of their times: sh benchmarks/peers/run.sh [--long]. It takes two to three minutes; --long adds what
# metafor needs minutes for: the cumulative DL curve of 1,000 studies, three levels at 1,000 effects, and models of rare
# events, these beside lme4 too.
# Writes build/benchmarks/peers/table.md, which it also prints, and beside it all data, answers and times. Fails when
# answers disagree. CXX chooses the compiler.
# On Debian and Ubuntu what is missing is installed first, as root or by sudo.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup.sh

case ${1:-} in
    "" | --long) ;;
    *) fail "usage: sh benchmarks/peers/run.sh [--long]" ;;
esac

require - r-cran-metafor
require - r-cran-rpact
require - python3-statsmodels
require Rscript r-base-core
require /usr/include/eigen3/Eigen/Core libeigen3-dev
require plink1.9 plink1.9
if [ $# -gt 0 ]; then
    require - r-cran-lme4
    require - r-cran-biasedurn
fi
set_up benchmarks
logged build cmake --build "$build_folder" --target accrue_peers --target regressions_peer --target three_levels_peer \
    --target rare_events_peer -j "$jobs"

# The distribution's package is for its own Python, which need not be the first of the path.
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import statsmodels' 2>/dev/null; then break; fi
done

# One thread for everybody: times are processor times.
OPENBLAS_NUM_THREADS=1
OMP_NUM_THREADS=1
export OPENBLAS_NUM_THREADS OMP_NUM_THREADS

folder=$build_folder/peers
program=$build_folder/benchmarks/accrue_peers
rm -rf "$folder"
mkdir -p "$folder"
# In turns, since a machine that does other things as well is not always as fast: the least times count.
for round in 1 2 3; do
    say "round $round of 3: accrue, PLINK, statsmodels, rpact, metafor"
    logged peers-accrue "$program" all "$folder" ${1:+"$1"}
    logged peers-plink "$python" benchmarks/peers/plink_peer.py "$folder" "$program" plink1.9
    logged peers-statsmodels "$python" benchmarks/peers/statsmodels_peer.py "$folder"
    logged peers-rpact Rscript benchmarks/peers/rpact.R "$folder"
    logged peers-metafor Rscript benchmarks/peers/metafor.R "$folder" ${1:+"$1"}
done

say "meta-regression and small-study effects beside metafor"
agreed=yes
Rscript benchmarks/peers/regressions.R "$build_folder/benchmarks/regressions_peer" >"$folder/regressions.md" || agreed=no
if [ $# -gt 0 ]; then
    for models in three_levels rare_events; do
        say "$models beside metafor and lme4"
        Rscript "benchmarks/peers/$models.R" "$build_folder/benchmarks/${models}_peer" >"$folder/$models.md" || agreed=no
    done
fi
"$python" benchmarks/peers/compare.py "$folder" "${CXX:-c++}" >"$folder/table.md" || agreed=no
for models in regressions three_levels rare_events; do
    [ ! -f "$folder/$models.md" ] || { echo && cat "$folder/$models.md"; } >>"$folder/table.md"
done
cat "$folder/table.md"
[ $agreed = yes ] || fail "the answers do not agree, see above"
