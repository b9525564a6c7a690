#!/bin/sh
# accrue=PROGRAM [eigen=yes] sh cpp.sh DATA FOLDER COMPILER [FLAGS...]
# Compiles the C++ that the program prints, runs it and looks for the program's own numbers in what it says. With eigen the
# program must also know clusters and regression.
set -eu

data=$1
folder=$2
shift 2
rm -rf "$folder"
mkdir -p "$folder"
cp "$data"/*.csv "$folder"
cd "$folder"
printf 'xi,ni,cluster\n3,40,a\n10,33,a\n28,61,b\n95,100,b\n40,90,c\n' >proportions.csv

printf 'study,ai,n1i,ci,n2i\nA,0,20,3,20\nB,2,30,5,30\nC,4,40,9,40\n' >zeros.csv

# All programs in one, each a function, so that the headers are compiled once.
{
    "${accrue:?}" pool trials.csv --measure RR --model reml,hk --cpp
    "$accrue" pool trials.csv --measure OR --model mh --cpp
    "$accrue" pool trials.csv --measure RR --by alloc --cpp
    "$accrue" pool trials.csv --measure OR --model mh --by alloc --cpp
    "$accrue" pool proportions.csv --measure PFT --model dl --cpp
    "$accrue" monitor ldn.csv --effect -0.3 --model sj,hkf --boundaries exact --cpp
    "$accrue" monitor ldn.csv --effect -0.3 --anytime --alpha 0.1 --cpp
    "$accrue" monitor ldn.csv --effect -0.3 --boundaries exact --alpha 0.025 --harm-alpha 0.1 --futility non-binding --cpp
    "$accrue" pool trials.csv --measure OR2DL --model dl --cpp
    "$accrue" pool zeros.csv --measure RR --model dl,z --add 0.25 --cpp
    "$accrue" bias trials.csv --measure OR --cpp
    "$accrue" size --measure RR --reduction 0.2 --control-risk 0.12 --cpp
    if [ -n "${eigen:-}" ]; then
        "$accrue" pool proportions.csv --measure PFT --model ml,t --cluster cluster --cpp
        "$accrue" regress trials.csv --measure RR --on ablat --factor alloc --model reml,hk --cpp
    fi
} >"$folder/printed.cpp"
awk '
    /^int main\(\) \{/ { $0 = "void program_" ++programs "() {" }
    { print }
    END {
        print "int main() {"
        for (i = 1; i <= programs; ++i) print "    program_" i "();"
        print "}"
    }' "$folder/printed.cpp" >"$folder/programs.cpp"
"$@" -O0 "$folder/programs.cpp" -o "$folder/programs"
"$folder/programs" >"$folder/printed.txt"

says() {
    [ -n "$1" ] || {
        echo "accrue did not print a number that the C++ is to be compared with" >&2
        exit 1
    }
    grep -qF -- "$1" "$folder/printed.txt" || {
        cat "$folder/printed.txt" >&2
        echo "the C++ that accrue prints does not say '$1'" >&2
        exit 1
    }
}
says 'Risk ratio 0.489 (0.330 to 0.726), tau squared 0.3132'
says 'Odds ratio 0.623 (0.575 to 0.675), tau squared 0.0000'
says "$("$accrue" pool trials.csv --measure RR --by alloc --csv - |
    awk -F , '$1 == "group_test" && $3 == "q" { printf "Q between groups %.3f on 2 degrees of freedom", $4 }')"
says "$("$accrue" pool trials.csv --measure OR --model mh --by alloc --csv - |
    awk -F , '$1 == "group_test" && $3 == "q" { printf "Q between groups %.3f on 2 degrees of freedom", $4 }')"
says "$("$accrue" pool proportions.csv --measure PFT --model dl --csv - |
    awk -F , '$1 == "pooled" && $3 == "effect" { printf "Proportion %.3f", $4 }')"
says 'after 4 trials: Z -1.6029, boundaries -3.0495 and 3.0495'
says "$("$accrue" monitor ldn.csv --effect -0.3 --anytime --alpha 0.1 --csv - |
    awk -F , '$1 == "looks" && $2 == 4 && $3 == "e_value" { printf "after 4 trials: E-value %.4f", $4 }')"
says "$("$accrue" pool trials.csv --measure OR2DL --model dl --csv - |
    awk -F , '$1 == "pooled" && $3 == "effect" { printf "Standardised mean difference %.3f", $4 }')"
says "$("$accrue" pool zeros.csv --measure RR --model dl,z --add 0.25 --csv - |
    awk -F , '$1 == "pooled" && $3 == "effect" { e = $4 } $1 == "pooled" && $3 == "lower" { l = $4 }
              $1 == "pooled" && $3 == "upper" { printf "Risk ratio %.3f (%.3f to %.3f)", e, l, $4 }')"
says 'Egger p 0.1600, Begg p 0.9524'
says '7030 participants, 760 events'
if [ -n "${eigen:-}" ]; then
    says "$("$accrue" pool proportions.csv --measure PFT --model ml,t --cluster cluster --csv - |
        awk -F , '$1 == "pooled" && $3 == "effect" { printf "Proportion %.3f", $4 }')"
    "$accrue" regress trials.csv --measure RR --on ablat --factor alloc --model reml,hk --csv - >"$folder/regression.csv"
    says "$(awk -F , '$1 == "coefficients" && $2 == 2 && $3 == "coefficient" { printf "ablat %.6f", $4 }' \
        "$folder/regression.csv")"
fi
