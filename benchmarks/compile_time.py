"""What a header costs the unit that includes it: compile_time.py [compiler [include folder]], which prints JSON.

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
}


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    folder_of_headers = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "include")
    flags = [compiler, "-std=c++20", "-O2", "-I", folder_of_headers]
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in UNITS.items():
            unit = os.path.join(folder, "unit.cpp")
            with open(unit, "w", encoding="utf-8") as file:
                file.write(text)
            seconds = []
            for _ in range(5):
                before = child_seconds()
                subprocess.run([*flags, "-c", unit, "-o", os.devnull], check=True)
                seconds.append(child_seconds() - before)
            size = len(subprocess.run([*flags, "-E", unit], check=True, capture_output=True).stdout)
            rows[name] = {"seconds": min(seconds), "preprocessed_megabytes": size / 1e6}
    json.dump(rows, sys.stdout, indent=4)


if __name__ == "__main__":
    main()
