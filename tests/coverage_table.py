"""What tests/coverage.sh prints, from what llvm-cov exports: python3 tests/coverage_table.py BUILD HEADERS PROGRAM...

A line or a condition counts once, whatever programs and types it is compiled for. Conditions that the compiler knows, as
those of `if constexpr`, do not count.
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
constants = set()
for program in programs:
    for line in pathlib.Path(program + ".constant").read_text().splitlines():
        if line.startswith("/"):
            file = name_of(line.rstrip(":"))
        else:
            number, column = line.partition("(")[2].partition(")")[0].split(":")
            constants.add((file, int(number), int(column)))
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

# Where a program includes a function and never calls it, its comments and blank lines are listed as well.
texts = {file: [""] + pathlib.Path(headers + file).read_text().splitlines() for file, _ in lines}
lines = {(file, line): count for (file, line), count in lines.items() if texts[file][line].partition("//")[0].strip()}
branches = {place: counts for place, counts in branches.items() if any(counts) or place not in constants}

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
