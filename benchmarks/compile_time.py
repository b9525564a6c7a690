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

UNITS = {
    "std::vector": "#include <vector>\n",
    "evidence.hpp": "#include <accrue/evidence/evidence.hpp>\n",
    "pool with REML": (
        "#include <accrue/model/random_effects.hpp>\n#include <accrue/model/pool.hpp>\n#include <vector>\n"
        "accrue::pooled f(std::vector<accrue::estimate> const& e) { return accrue::pool(accrue::random_effects{}, e); }\n"
    ),
    "p_value of a pooled result": (
        "#include <accrue/inference/p_value.hpp>\n#include <accrue/model/random_effects.hpp>\n"
        "#include <accrue/model/pool.hpp>\n#include <vector>\n"
        "double f(std::vector<accrue::estimate> const& e) { return accrue::p_value(accrue::pool(accrue::random_effects{}, e)); }\n"
    ),
    "accrue.hpp": "#include <accrue/accrue.hpp>\n",
}


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    include = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "include")
    flags = [compiler, "-std=c++20", "-O2", "-I", include]
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
