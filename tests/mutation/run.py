#!/usr/bin/env python3
"""Changes one thing in a header and sees whether the tests notice.

    python3 tests/mutation/run.py --seed 1 --count 20 [--minutes 25] [--folder effect] [--compiler g++]

A mutant flips an operator or a comparison, makes a constant 10 % larger, drops a term of a sum, or turns a status into
`ok`. The seed picks the places, among the headers of the numerics. The test programs of the folder that the header is
in, and that reach it, are built against a copy of the headers and run until one fails: the mutant is killed. Mutants
that do not compile are left out of the count. Survivors are printed as they stand in tests/mutation/survivors.txt, which
lists those that are known to be equivalent; the exit status is 1 when one is not in that list.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / "include" / "accrue"
FOLDERS = {
    "distribution": ["distribution", "inference"], "effect": ["effect"], "evidence": ["evidence", "model"],
    "tau_squared": ["tau_squared", "model"], "uncertainty": ["model"], "model": ["model"],
    "inference": ["inference", "model"], "batch": ["batch"], "regression": ["regression"],
    "small_study": ["small_study"], "dependence": ["dependence"], "rare_events": ["rare_events"],
    "bayes": ["bayes"], "sequential": ["sequential"],
}
SWAPS = [
    ("operator", r" \+ ", [" - "]), ("operator", r"(?<=[\w)\]]) - (?=[\w(])", [" + "]),
    ("operator", r" \* ", [" / "]), ("operator", r" / ", [" * "]), ("operator", r" \+= ", [" -= "]),
    ("comparison", r" < ", [" <= ", " > "]), ("comparison", r" > (?!0>)", [" >= ", " < "]),
    ("comparison", r" <= ", [" < "]), ("comparison", r" >= ", [" > "]), ("comparison", r" && ", [" || "]),
    ("term", r" \+ [\w.]+(?=[;)])", [""]), ("term", r" - [\w.]+(?=[;)])", [""]),
    ("status", r"status::(?:undefined|not_converged)", ["status::ok"]),
]
NUMBER = re.compile(r"(?<![\w.<])(\d+\.\d+(?:e-?\d+)?|\d+e-?\d+|\d+)(?![\w.>\]])")
Mutant = collections.namedtuple("Mutant", "path line kind before after")


def code_lines(path):
    """Numbers and texts of the lines that compute: no comments, directives, templates, declarations of names."""
    skipped = re.compile(r"\s*(//|#|template|using|namespace|concept|requires|static_assert|ACCRUE_|\}|///|\[\[)")
    for number, line in enumerate(path.read_text().splitlines()):
        if not skipped.match(line) and '"' not in line and re.search(r"[=;({]", line):
            yield number, line


def mutants_of(path):
    for number, line in code_lines(path):
        code = line.split("//")[0]
        for kind, pattern, replacements in SWAPS:
            for match in re.finditer(pattern, code):
                for text in replacements:
                    yield Mutant(path, number, kind, line, code[: match.start()] + text + code[match.end():])
        for match in NUMBER.finditer(code):
            if "for (" not in code and re.search(r"Real\(|[-+*/<>=]\s*$|return\s*$|[({,]\s*$", code[: match.start()]):
                value = float(match.group())
                text = "0.1" if value == 0 else repr(value * 1.1)
                yield Mutant(path, number, "constant", line, code[: match.start()] + text + code[match.end():])


def programs_for(path, compiler, reached):
    folder = path.relative_to(HEADERS).parts[0]
    for tests in FOLDERS[folder]:
        for source in sorted((ROOT / "tests" / tests).glob("*.cpp")):
            if source not in reached:
                listed = subprocess.run(
                    [compiler, "-std=c++20", "-MM", f"-I{ROOT}/include", f"-I{ROOT}/tests", "-isystem",
                     "/usr/include/eigen3", str(source)], capture_output=True, text=True, check=False).stdout
                reached[source] = listed
            if str(path) in reached[source] or str(path.relative_to(ROOT)) in reached[source]:
                yield source


def judge(mutant, compiler, work, reached, seconds):
    """killed, survived, invalid (does not compile), or unreached (no program of the folder includes the header)."""
    copy = work / "include" / "accrue" / mutant.path.relative_to(HEADERS)
    lines = mutant.path.read_text().splitlines()
    lines[mutant.line] = mutant.after
    copy.write_text("\n".join(lines) + "\n")
    verdict = "unreached"
    try:
        # The programs that took least time so far come first, so that most mutants die soon.
        for source in sorted(programs_for(mutant.path, compiler, reached), key=lambda one: seconds.get(one, one.stat().st_size / 2e3)):
            program = work / "program"
            began = time.monotonic()
            built = subprocess.run(
                [compiler, "-std=c++20", "-O1", "-w", f"-I{work}/include", f"-I{ROOT}/tests", "-isystem",
                 "/usr/include/eigen3", f'-DACCRUE_GOLDEN_DIR="{ROOT}/tests/golden"', f'-DACCRUE_SOURCE_DIR="{ROOT}"',
                 str(source), "-o", str(program), "-lrapidcheck", "-lgtest_main", "-lgtest", "-lpthread"],
                capture_output=True, check=False)
            if built.returncode != 0:
                return "invalid"
            try:
                ran = subprocess.run([str(program), "--gtest_brief=1", "--gtest_fail_fast"], capture_output=True, check=False, timeout=600,
                                     env={**os.environ, "RC_PARAMS": "seed=1"})
                seconds[source] = max(seconds.get(source, 0), time.monotonic() - began)
                if ran.returncode != 0:
                    return f"killed by {source.relative_to(ROOT)}"
            except subprocess.TimeoutExpired:
                return f"killed by {source.relative_to(ROOT)}, which did not end"
            verdict = "survived"
        return verdict
    finally:
        shutil.copyfile(mutant.path, copy)


def text_of(mutant):
    return f"{mutant.path.relative_to(ROOT)}: {mutant.before.strip()} => {mutant.after.strip()}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=20)
    options.add_argument("--minutes", type=float, default=1e9, help="begin no mutant after so many minutes")
    options.add_argument("--folder", help="of include/accrue, such as effect; all unless given")
    options.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    given = options.parse_args()

    work = ROOT / "build" / "mutation"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(ROOT / "include", work / "include")
    known = set()
    for line in (ROOT / "tests" / "mutation" / "survivors.txt").read_text().splitlines():
        if line and not line.startswith(("#", "    ")):
            known.add(line)
    folders = [given.folder] if given.folder else sorted(FOLDERS)
    places = [m for folder in folders for path in sorted((HEADERS / folder).rglob("*.hpp")) for m in mutants_of(path)]
    picked = random.Random(given.seed).sample(places, min(given.count, len(places)))
    print(f"{len(picked)} of {len(places)} mutants, seed {given.seed}", flush=True)

    start = time.monotonic()
    tally = collections.Counter()
    unknown = []
    reached, seconds = {}, {}
    for mutant in picked:
        if time.monotonic() - start > 60 * given.minutes:
            break
        verdict = judge(mutant, given.compiler, work, reached, seconds)
        tally[verdict.split()[0]] += 1
        print(f"{verdict}: {text_of(mutant)}", flush=True)
        if verdict == "survived" and text_of(mutant) not in known:
            unknown.append(mutant)
    judged = tally["killed"] + tally["survived"]
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.items())))
    if judged:
        print(f"{100 * tally['killed'] / judged:.1f} % of {judged} died; {len(unknown)} survivors are not in survivors.txt")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
