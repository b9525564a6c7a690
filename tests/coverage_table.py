"""What tests/coverage.sh prints, from what llvm-cov exports: python3 tests/coverage_table.py BUILD HEADERS PROGRAM...

A line or a condition counts once, whatever programs, types or constants it is compiled for; conditions of `if constexpr`,
which are no branches when a program runs, do not count.
"""

import collections
import json
import pathlib
import sys

build, headers, programs = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]


def name_of(path):
    return path.removeprefix(headers)


lines = collections.Counter()
branches = collections.defaultdict(lambda: [0, 0])
for program in programs:
    for line in pathlib.Path(program + ".lcov").read_text().splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            file = name_of(rest)
        elif kind == "DA":
            number, count = rest.split(",")[:2]
            lines[file, int(number)] += int(count)
    for data in json.loads(pathlib.Path(program + ".json").read_text())["data"][0]["files"]:
        for start_line, start, _, _, true, false, *_ in data["branches"]:
            counts = branches[name_of(data["filename"]), start_line, start]
            counts[0] += true
            counts[1] += false

texts = {file: pathlib.Path(headers + file).read_text().splitlines(keepends=True) for file, _ in lines}
# Where a program includes a function and never calls it, its comments are listed as well.
lines = {(file, number): count for (file, number), count in lines.items() if not texts[file][number - 1].lstrip().startswith("//")}


def is_constant(file, line, column):
    """Whether the condition is one of the number type, or stands between the parentheses of an `if constexpr`."""
    if texts[file][line - 1].startswith("std::numeric_limits<Real>::digits", column - 1):
        return True
    before = "".join(texts[file][max(0, line - 8) : line - 1]) + texts[file][line - 1][: column - 1]
    _, opening, inside = before.rpartition("if constexpr (")
    depth = 1
    for character in inside:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return False
    return bool(opening)


branches = {place: counts for place, counts in branches.items() if any(counts) or not is_constant(*place)}

table = collections.defaultdict(lambda: [0, 0, 0, 0])
for (file, number), count in lines.items():
    for folder in (file.split("/")[0] if "/" in file else "(root)", "all"):
        table[folder][0] += 1
        table[folder][1] += count > 0
for (file, *_), counts in branches.items():
    for folder in (file.split("/")[0] if "/" in file else "(root)", "all"):
        table[folder][2] += 2
        table[folder][3] += (counts[0] > 0) + (counts[1] > 0)


def share(hit, of):
    return f"{100 * hit / of:6.1f} %" if of else "       -"


print(f"{'folder':16}{'lines':>8}{'reached':>10}{'branches':>10}{'taken':>9}")
for folder, (of, hit, of_branches, taken) in sorted(table.items(), key=lambda row: (row[0] == "all", row[0])):
    print(f"{folder:16}{of:8}{share(hit, of):>10}{of_branches:10}{share(taken, of_branches):>9}")
missed = sorted(place for place, count in lines.items() if count == 0)
(build / "missed.txt").write_text("".join(f"{file}:{number}\n" for file, number in missed))
half = sorted((place, counts) for place, counts in branches.items() if 0 in counts)
(build / "branches.txt").write_text(
    "".join(f"{file}:{line}:{column}: {'never reached' if counts == [0, 0] else 'never true' if counts[0] == 0 else 'never false'}\n"
            for (file, line, column), counts in half))
