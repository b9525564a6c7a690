#!/bin/sh
# accrue=PROGRAM sh cpp.sh DATA FOLDER COMPILER [FLAGS...]
# Compiles the C++ that the program prints, runs it and looks for the program's own numbers in what it says.
set -eu

data=$1
folder=$2
shift 2
rm -rf "$folder"
mkdir -p "$folder"
cd "$data"

same() {
    name=$1
    words=$2
    shift 2
    "$folder/$name" >"$folder/$name.printed"
    grep -qF -- "$words" "$folder/$name.printed" || {
        echo "the C++ of accrue $name says something else than '$words':" >&2
        cat "$folder/$name.printed" >&2
        exit 1
    }
}

"${accrue:?}" pool trials.csv --measure RR --model reml,hk --cpp >"$folder/pool.cpp"
"$accrue" monitor ldn.csv --effect -0.3 --cpp >"$folder/monitor.cpp"
"$accrue" bias trials.csv --measure OR --cpp >"$folder/bias.cpp"
"$accrue" size --measure RR --reduction 0.2 --control-risk 0.12 --cpp >"$folder/size.cpp"
for name in pool monitor bias size; do
    "$@" -O0 "$folder/$name.cpp" -o "$folder/$name"
done
same pool 'Risk ratio 0.489 (0.330 to 0.726), tau squared 0.3132'
same monitor 'after 4 trials: Z -1.6029, boundaries -3.0495 and 3.0495'
same bias 'Egger p 0.1600, Begg p 0.9524'
same size '7030 participants, 760 events'
if "$accrue" regress trials.csv --measure RR --on ablat --factor alloc --cpp >"$folder/regress.cpp" 2>/dev/null; then
    "$@" -O0 -fsyntax-only "$folder/regress.cpp"
fi
