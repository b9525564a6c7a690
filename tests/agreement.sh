#!/bin/sh
# sh tests/agreement.sh: results of every folder agree to 1e-12 however the library is compiled: -O0, -O2, -O3
# -march=native, for x86-64-v2, -v3 and -v4 (run where this machine can), and in 32 bits where g++-multilib is installed.
# CXX chooses the compiler. OTHER_BOOST may name the folder that holds another Boost's headers, which must agree too
# (on Debian 12: apt-get download libboost1.81-dev, dpkg -x it into a folder, and that folder's usr/include).
set -eu
cd "$(dirname "$0")/.."
compiler=${CXX:-g++}
folder=build/agreement
mkdir -p "$folder"
status=0

compile() { # NAME FLAGS...
    name=$1
    shift
    $compiler -std=c++20 -Iinclude -isystem /usr/include/eigen3 "$@" tests/agreement/results.cpp -o "$folder/$name" \
        >"$folder/$name.log" 2>&1
}

compare() { # NAME: results against those of -O0
    LC_ALL=C awk -v name="$1" '
        function size(x) { return x < 0 ? -x : x }
        NR == FNR { before[FNR] = $2; count = FNR; next }
        { error = size($2 - before[FNR]); unit = size(before[FNR])
          error = unit > 0 ? error / unit : error
          if (!(error <= 1e-12)) { print name ": " $1 " is " $2 ", not " before[FNR]; bad = 1 }
          if (error > worst) worst = error }
        END { if (FNR != count) { print name ": " FNR " results, not " count; bad = 1 }
              printf "%s: %d results, largest difference %.1e\n", name, FNR, worst; exit bad }' \
        "$folder/O0.txt" "$folder/$1.txt" || status=1
}

compile O0 -O0
"$folder/O0" >"$folder/O0.txt"
try() { # NAME FLAGS...
    if ! compile "$@"; then
        echo "$1: does not compile ($folder/$1.log)" >&2
        status=1
    else
        ended=0
        "$folder/$1" >"$folder/$1.txt" 2>/dev/null || ended=$?
        case $ended in
            0) compare "$1" ;;
            # an instruction, or a form of program, that the machine does not know
            132 | 126) echo "$1: compiled; this machine cannot run it" ;;
            *)
                echo "$1: fails" >&2
                status=1
                ;;
        esac
    fi
}
try O2 -O2
try O3-native -O3 -march=native
try v2 -O2 -march=x86-64-v2
try v3 -O2 -march=x86-64-v3
try v4 -O2 -march=x86-64-v4
if [ -n "${OTHER_BOOST:-}" ]; then
    try other-boost -O2 -isystem "$OTHER_BOOST"
fi
if printf '#include <vector>\nint main() {}\n' | "$compiler" -m32 -x c++ - -o "$folder/probe" 2>/dev/null; then
    # As 64 bits do; the old unit of 80 bits rounds twice, and not where the source says.
    try m32 -O2 -m32 -msse2 -mfpmath=sse
else
    echo "m32: no libraries for 32 bits (Debian: g++-multilib)"
fi
exit "$status"
