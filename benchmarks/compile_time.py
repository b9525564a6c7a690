"""What a header costs the unit that includes it: compile_time.py [compiler [include folder]] [--table], which prints JSON,
or a table of the headers alone beside the compiled variant, and beside the headers when they are precompiled.

Processor time of -O2 (the least of five runs) and the size of the preprocessed unit, beside those of a unit that
includes the vector of the standard library alone.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile


def include(header, before=""):
    """Includes a header, or the one that it was in version 0.1."""
    if not before:
        return f"#include <{header}>\n"
    return f"#if __has_include(<{header}>)\n#include <{header}>\n#else\n#include <{before}>\n#endif\n"


POOL = (
    include("accrue/model/pool.hpp", "accrue/pool.hpp")
    + include("accrue/model/random_effects.hpp")
    + include("vector")
    + "using estimates = std::vector<accrue::estimate>;\n"
)
UNITS = {
    "std::vector": include("vector"),
    "evidence.hpp": include("accrue/evidence/evidence.hpp", "accrue/evidence.hpp"),
    "pool with REML": POOL + "auto f(estimates const& e) { return accrue::pool(accrue::random_effects{}, e); }\n",
    "pool with REML, and its p_value": (
        include("accrue/inference/p_value.hpp", "accrue/inference.hpp")
        + POOL
        + "auto f(estimates const& e) { return accrue::p_value(accrue::pool(accrue::random_effects{}, e)); }\n"
    ),
    "accrue.hpp": include("accrue/accrue.hpp"),
    "accrue.hpp, a pooled odds ratio with its interval": (
        include("accrue/accrue.hpp")
        + include("vector")
        + "auto f(std::vector<accrue::two_arms<accrue::events>> const& trials) {\n"
        + "    auto const estimates = accrue::effects(accrue::log_odds_ratio{}, trials);\n"
        + "    auto const model = accrue::random_effects{accrue::reml{}, accrue::hartung_knapp_floored{}};\n"
        + "    return accrue::confidence_interval(accrue::pool(model, estimates), 0.95);\n}\n"
    ),
    "dependence.hpp": include("accrue/dependence.hpp"),
}
EIGEN = "/usr/include/eigen3"


def precompiled(flags, text, folder):
    """The flags of a unit that finds the headers that it includes precompiled."""
    header = os.path.join(folder, "precompiled.hpp")
    with open(header, "w", encoding="utf-8") as file:
        file.writelines(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    subprocess.run([*flags, "-x", "c++-header", header, "-o", f"{header}.gch"], check=True)
    return ["-include", header]


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def least_seconds(command):
    seconds = []
    for _ in range(5):
        before = child_seconds()
        subprocess.run(command, check=True)
        seconds.append(child_seconds() - before)
    return min(seconds)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--table"]
    compiler = arguments[0] if arguments else "c++"
    folder_of_headers = arguments[1] if len(arguments) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "include")
    flags = [compiler, "-std=c++20", "-O2", "-I", folder_of_headers, "-isystem", EIGEN]
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in UNITS.items():
            if name == "dependence.hpp" and not os.path.exists(os.path.join(folder_of_headers, "accrue", name)):
                continue  # version 0.1
            unit = os.path.join(folder, "unit.cpp")
            with open(unit, "w", encoding="utf-8") as file:
                file.write(text)
            compilation = [*flags, "-c", unit, "-o", os.devnull]
            size = len(subprocess.run([*flags, "-E", unit], check=True, capture_output=True).stdout)
            rows[name] = {
                "seconds": least_seconds(compilation),
                "compiled_variant_seconds": least_seconds([*compilation, "-DACCRUE_COMPILED"]),
                "precompiled_seconds": least_seconds([*compilation, *precompiled(flags, text, folder)]),
                "preprocessed_megabytes": size / 1e6,
            }
    if "--table" not in sys.argv:
        json.dump(rows, sys.stdout, indent=4)
        return
    print("| unit | headers alone (s) | headers precompiled (s) | compiled variant (s) |\n|---|---:|---:|---:|")
    for name, row in rows.items():
        print(f"| {name} | {row['seconds']:.2f} | {row['precompiled_seconds']:.2f} | {row['compiled_variant_seconds']:.2f} |")


if __name__ == "__main__":
    main()
