# What tests/run.sh and examples/run.sh share; both source it from the root of the repository. POSIX sh.
#
#   require THING PACKAGE             notes PACKAGE as missing unless THING is there: a program, a file by its
#                                     full path, or - for the package itself
#   set_up PRESET                     installs what is missing, finds a compiler and CMake, configures the preset
#   build [TARGET...]                 builds it, or these targets of it, in $build_folder
#
# On Debian and Ubuntu what is missing comes from the distribution, by apt-get, as root or by sudo; nothing is
# touched, and no network is used, when all is there. Elsewhere the packages are named and it is up to the reader.

log_folder=build/logs
missing=""

# Output and pictures hold more than ASCII.
LC_ALL=C.UTF-8
export LC_ALL

say() { printf '%s\n' "accrue: $*"; }

fail() {
    printf '%s\n' "accrue: $*" >&2
    exit 1
}

# Runs a command with its output in a log, and shows the log's end when it fails.
logged() {
    log=$log_folder/$1.log
    shift
    mkdir -p "$log_folder"
    "$@" >"$log" 2>&1 || {
        tail -n 60 "$log" >&2
        fail "failed: $* (all of the output: $log)"
    }
}

require() {
    case $1 in
        -)
            command -v dpkg-query >/dev/null 2>&1 || return 0
            case $(dpkg-query -W -f '${Status}' "$2" 2>/dev/null) in *' installed') return 0 ;; esac
            ;;
        /*) [ -e "$1" ] && return 0 ;;
        *) command -v "$1" >/dev/null 2>&1 && return 0 ;;
    esac
    missing="$missing $2"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        fail "to install what is missing, run this as root or install sudo:$missing"
    fi
}

install_packages() {
    command -v apt-get >/dev/null 2>&1 ||
        fail "no apt-get here; please install what these packages of Debian hold: $*"
    say "installing (this needs the network, and takes a minute or two): $*"
    if [ -z "${lists_are_fresh:-}" ]; then
        logged update as_root apt-get -o DPkg::Lock::Timeout=600 update
        lists_are_fresh=yes
    fi
    logged install as_root apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"
}

# version_at_least WANTED FOUND, for versions of two numbers.
version_at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t . -k 1,1n -k 2,2n | head -n 1)" = "$1" ]
}

gcc_is_new_enough() {
    command -v "$1" >/dev/null 2>&1 && version_at_least 12.0 "$("$1" -dumpversion | cut -d . -f 1).0"
}

# The compiler: CXX if it is set, else the first GCC of version 12 or later.
find_compiler() {
    [ -n "${CXX:-}" ] && return 0
    for candidate in g++ g++-15 g++-14 g++-13 g++-12; do
        if gcc_is_new_enough "$candidate"; then
            CXX=$candidate
            export CXX
            return 0
        fi
    done
    return 1
}

set_up_compiler() {
    find_compiler && return 0
    for version in 14 13 12; do
        if apt-cache show "g++-$version" >/dev/null 2>&1; then
            install_packages "g++-$version"
            find_compiler && return 0
        fi
    done
    fail "accrue needs GCC 12 or later (or set CXX to Clang 16 or later); this system offers $(g++ -dumpversion)"
}

cmake_is_new_enough() {
    command -v cmake >/dev/null 2>&1 &&
        version_at_least 3.25 "$(cmake --version | sed -n '1s/[^0-9]*\([0-9]*\.[0-9]*\).*/\1/p')"
}

# CMake 3.25 is in Debian 12 and Ubuntu 24.04; for older systems it comes from PyPI, into build/tools.
set_up_cmake() {
    PATH=$PWD/build/tools/bin:$PATH
    export PATH
    cmake_is_new_enough && return 0
    require - python3-venv
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || install_packages $missing
    missing=""
    say "CMake here is older than 3.25: installing a newer one into build/tools"
    logged cmake-venv python3 -m venv build/tools
    logged cmake-pip build/tools/bin/pip install --disable-pip-version-check 'cmake>=3.25,<4'
    cmake_is_new_enough || fail "found no CMake of version 3.25 or later"
}

# job_count KILOBYTES: as many jobs as there are processors, as far as memory goes when each takes so much.
job_count() {
    processors=$(nproc 2>/dev/null || echo 2)
    memory=$(awk -v each="$1" '/^MemAvailable:/ { print int($2 / each) }' /proc/meminfo 2>/dev/null) || memory=$processors
    [ "${memory:-0}" -ge 1 ] || memory=1
    if [ "$memory" -lt "$processors" ]; then echo "$memory"; else echo "$processors"; fi
}

set_up() {
    require cmake cmake
    require ninja ninja-build
    require /usr/include/boost/math/distributions/normal.hpp libboost-dev
    find_compiler || require g++ g++
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || install_packages $missing
    missing=""
    set_up_compiler
    set_up_cmake
    # A header with Boost.Math, which many tests compile, takes up to 1.5 GB.
    jobs=$(job_count 1500000)
    build_folder=build/$1
    logged configure cmake --preset "$1"
}

build() {
    [ $# -eq 0 ] || set -- --target "$@"
    if cmake --build "$build_folder" "$@" -- -n 2>/dev/null | grep -q 'no work to do'; then return 0; fi
    # A unit of tests takes up to 3.5 GB.
    builds=$(job_count 3600000)
    say "building ($builds at a time; the first time this takes some minutes)"
    logged build cmake --build "$build_folder" -j "$builds" "$@"
}
