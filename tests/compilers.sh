#!/bin/sh
# Compiles every public header, and uses templates with three types of number, by every compiler that is here, with
# warnings as errors: sh tests/compilers.sh [compiler ...]. Compilers that are missing are named and left out.
#
# A compiler is a command line, such as "clang++-19 -std=c++20 -stdlib=libc++".
set -u
cd "$(dirname "$0")/.."

units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wfloat-equal -Werror"
# Numbers of 50 digits hash by std::unary_function in Boost 1.74, which libc++ has where this asks for it.
for_boost=-D_LIBCPP_ENABLE_CXX17_REMOVED_UNARY_BINARY_FUNCTION
eigen=$(pkg-config --cflags-only-I eigen3 2>/dev/null | sed 's/-I/-isystem /g')
[ -n "$eigen" ] || eigen="-isystem /usr/include/eigen3"

if [ $# -eq 0 ]; then
    set -- "g++ -std=c++20" "g++ -std=c++23" "clang++-16 -std=c++20" "clang++-19 -std=c++20 -stdlib=libstdc++" \
        "clang++-19 -std=c++23 -stdlib=libstdc++" "clang++-19 -std=c++20 -stdlib=libc++" "clang++-19 -std=c++23 -stdlib=libc++"
fi

# A unit with all public headers, each after the others. (That each compiles alone is a test of its own.)
(cd include && find accrue -name '*.hpp' ! -path '*/detail/*' | LC_ALL=C sort | sed 's/.*/#include <&>/') >"$units/all.cpp"
# And what its templates say of other types once they are used.
cat >>"$units/all.cpp" <<'END'
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <vector>
template <class Real>
auto used(std::vector<accrue::basic_estimate<Real>> const& studies) {
    using namespace accrue;
    auto const moderators = basic_moderators<Real>{}.with("dose", {Real(1), Real(2), Real(4)});
    auto const result = pool(random_effects{reml{}, kenward_roger{}}, studies);
    auto const fit = meta_regression(random_effects{}, studies, moderators);
    (void)heterogeneity(studies);
    (void)confidence_interval(result, 0.95);
    (void)prediction_interval(result, 0.95);
    (void)p_value(result);
    (void)log_p_value(result);
    (void)tau_squared_interval(q_profile{}, studies, 0.95);
    (void)influence(random_effects{}, studies);
    (void)subgroups(random_effects{}, std::vector{studies, studies});
    (void)pool(random_effects{dersimonian_laird{}, hartung_knapp_floored{}}, studies);
    (void)pool(random_effects{paule_mandel{}}, studies);
    (void)pool(random_effects{maximum_likelihood{}}, studies);
    (void)omnibus_test(fit);
    (void)egger_test(studies);
    (void)begg_test(studies);
    (void)trim_and_fill{}(random_effects{}, studies);
    (void)three_level{}(studies, std::vector{1, 1, 2});
    return result.k + pool(henmi_copas{}, studies).k + fit.k + leave_one_out(random_effects{}, studies).size();
}
int main() {
    using precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
    auto const sizes = used<double>({{1, 2}, {0, 1}, {3, 1}}) + used<float>({{1, 2}, {0, 1}, {3, 1}}) +
                       used<precise>({{1, 2}, {0, 1}, {3, 1}});
    return sizes > 0 ? 0 : 1;
}
END

failures=0
for compiler in "$@"; do
    if ! command -v "${compiler%% *}" >/dev/null; then
        echo "not here: $compiler"
        continue
    fi
    if ! echo '#include <version>' | $compiler -x c++ -fsyntax-only - 2>/dev/null; then
        echo "no standard library here: $compiler"
        continue
    fi
    case $compiler in
    clang*) more="-Wshadow-all -Wdocumentation" ;; # which g++ does not know
    *) more="" ;;
    esac
    if $compiler $warnings $more $for_boost -Iinclude $eigen -fsyntax-only "$units/all.cpp" 2>"$units/errors"; then
        echo "without a warning: $compiler"
    else
        echo "FAILED: $compiler"
        head -n 40 "$units/errors"
        failures=$((failures + 1))
    fi
done
[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
