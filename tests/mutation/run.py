#!/usr/bin/env python3
"""Changes one thing in a header and sees whether the tests notice: mutation testing of the numerics.

    python3 tests/mutation/run.py --seed 1 --count 600 [--folders effect model] [--jobs 2] [--compiler g++] [--minutes 60]

places.py says what is changed and how. The seed puts all mutants of the headers of the numerics in an order; the first
--count of them that compile are judged. Each test program of the folders is compiled once, against headers that hold
all of these mutants, and run once without any, to see which tests compute which place; then for each mutant that they
compute and that still lives, those tests. A mutant is killed when they fail or crash, or take five times the processor
time that they took and two seconds; it survives when all pass, and where no test computes it.

What is done is kept in build/mutation, and the next call goes on from there: mutants that were killed stay killed, the
others meet the programs whose sources have changed. Other headers, another seed, count or folder start afresh.
Survivors are printed as they stand in tests/mutation/survivors.txt, which says why those that are known compute the
same; the exit status is 1 when one is not in that list.
Needs the Debian packages python3-clang-16 and libclang1-16.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import pickle
import random
import re
import resource
import shutil
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INCLUDE = ROOT / "include"
WORK = ROOT / "build" / "mutation"
FOLDERS = ["effect", "distribution", "tau_squared", "evidence", "uncertainty", "model", "inference", "small_study", "bayes",
           "rare_events", "batch", "sequential", "regression", "dependence"]
SLOWEST = 30  # seconds of a program that is run for mutants

sys.path.append(str(HERE))
import places  # noqa: E402


def run(command, seconds, **variables):
    """The exit status, or None after so many seconds of processor time."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # a loop that does not end may fill the memory
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    environment = {**os.environ, "RC_PARAMS": "seed=1", "LC_ALL": "C.UTF-8", **variables}
    try:
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
                               preexec_fn=limit, timeout=10 * seconds + 60, check=False).returncode
    except subprocess.TimeoutExpired:
        return None
    return None if ended in (-24, -9) else ended


class Programs:
    """The test programs, compiled against the copies of the headers."""

    def __init__(self, compiler, order):
        self.compiler = compiler
        self.order = order
        self.invalid = set(json.loads((WORK / "invalid.json").read_text())) if (WORK / "invalid.json").exists() else set()
        self.lock = threading.Lock()
        self.copies = {}
        self.flags = ["-std=c++20", "-O1", "-w", f"-I{HERE}", f"-I{WORK}/include", f"-I{ROOT}/tests",
                      "-isystem/usr/include/eigen3", f'-DACCRUE_GOLDEN_DIR="{ROOT}/tests/golden"',
                      f'-DACCRUE_SOURCE_DIR="{ROOT}"', "-fno-diagnostics-show-caret", "-fdiagnostics-column-unit=byte"]
        self.write_headers()

    def write_headers(self):
        by_path = collections.defaultdict(dict)
        for number, mutant in enumerate(self.order):
            if number not in self.invalid:
                by_path[mutant.place.path][number] = mutant
        for path in {mutant.place.path for mutant in self.order}:
            copy = WORK / "include" / pathlib.Path(path).relative_to(INCLUDE)
            self.copies[str(copy)] = made = places.Copy(pathlib.Path(path).read_bytes(), by_path[path])
            if copy.read_bytes() != made.text:
                copy.with_suffix(".new").write_bytes(made.text)
                copy.with_suffix(".new").replace(copy)

    def drop(self, messages):
        """Leaves out the mutants at the places that the compiler complains of; false if there are none."""
        found = set()
        for block in re.split(r"\n(?=[^\n]*(?:error|fatal error): )", messages):
            if "error: " not in block:
                continue
            in_constant = re.findall(r"accrue_mutant\((\d+)\)", block)
            if in_constant:
                found.update(int(number) for number in in_constant)
                continue
            for lookup in ("mutants_at", "mutants_around"):
                here = set()
                for path, line, column in re.findall(r"(/[^\s:]+):(\d+):(\d+):", block):
                    copy = self.copies.get(path)
                    if copy and not here:
                        here.update(copy.mutants_at(int(line), int(column)) if lookup == "mutants_at" else copy.mutants_around(int(line)))
                found |= here
                if here:
                    break
        fresh = found - self.invalid
        self.invalid |= found
        (WORK / "invalid.json").write_text(json.dumps(sorted(self.invalid)))
        self.write_headers()
        return bool(fresh)

    @staticmethod
    def program_of(source):
        return WORK / "programs" / "_".join(source.relative_to(ROOT / "tests").with_suffix("").parts)

    def is_built(self, source):
        program = self.program_of(source)
        return program.exists() and program.stat().st_mtime > source.stat().st_mtime

    def compile(self, source):
        """The program of a source, or None if it can't be compiled."""
        program = self.program_of(source)
        if self.is_built(source):
            return program
        for _ in range(12):
            began = set(self.invalid)
            built = subprocess.run([self.compiler, *self.flags, str(source), str(WORK / "main.o"), "-o", str(program) + ".new",
                                    "-lrapidcheck", "-lgtest", "-lpthread"], capture_output=True, text=True, check=False)
            if built.returncode == 0:
                os.replace(str(program) + ".new", program)
                return program
            with self.lock:
                if not self.drop(built.stderr) and began == self.invalid:
                    break
        print(f"left out, does not compile: {source.relative_to(ROOT)}\n{built.stderr[:2000]}", flush=True)
        return None


def baseline(source, program):
    """What each test of a program took and reached without a mutant: [(test, processor seconds, mutants)]."""
    reached = program.with_suffix(".reached")
    if not reached.exists() or reached.stat().st_mtime < program.stat().st_mtime:
        new = program.with_suffix(".new")
        ended = run([str(program), "--gtest_brief=1"], SLOWEST, ACCRUE_REACHED=str(new))
        if ended != 0:
            print(f"left out, {'slow' if ended is None else 'fails'} without a mutant: {source.relative_to(ROOT)}", flush=True)
            new.write_text("")
        new.replace(reached)
    lines = [line.split() for line in reached.read_text().splitlines()]
    return [(line[0], int(line[1]) / 1000, {int(number) for number in line[2:]}) for line in lines]


class Verdicts:
    """What each program said of each mutant, a line each in a file, so that an interruption loses nothing."""

    def __init__(self, order):
        self.order = order
        self.log = WORK / "verdicts.jsonl"
        self.lock = threading.Lock()
        self.killers, self.passed = {}, {}
        for line in self.log.read_text().splitlines() if self.log.exists() else []:
            self.take(json.loads(line))

    def take(self, one):
        if one["verdict"] == "survived":
            self.passed[one["mutant"], one["program"]] = one["at"]
        else:
            self.killers[one["mutant"]] = one

    def judge(self, program, tests, until):
        """Runs the tests of a program for each mutant that they compute and no program has killed; whether all were."""
        for number in sorted(set().union(*(reached for _, _, reached in tests))):
            with self.lock:
                known = number in self.killers or self.passed.get((number, program.name), 0) > program.stat().st_mtime
            if known:
                continue
            if time.monotonic() > until:
                return False
            reaching = sorted((seconds, name) for name, seconds, reached in tests if number in reached)
            quick = sum(1 for seconds, _ in reaching if seconds < 0.05)
            ended = 0
            for part in (reaching[:quick], reaching[quick:]):
                if part and ended == 0:
                    ended = run([str(program), "--gtest_brief=1", "--gtest_fail_fast", "--gtest_filter=" + ":".join(name for _, name in part)],
                                2 + 5 * sum(seconds for seconds, _ in part), ACCRUE_MUTANT=str(number))
            verdict = {0: "survived", None: "timeout"}.get(ended, "killed")
            one = {"mutant": number, "program": program.name, "verdict": verdict, "at": time.time()}
            with self.lock, self.log.open("a") as out:
                self.take(one)
                out.write(json.dumps(one) + "\n")
        return True

    def of(self, number):
        if number in self.killers:
            return self.killers[number]["verdict"]
        return "survived" if any(mutant == number for mutant, _ in self.passed) else "unreached"


def text_of(mutant):
    source = pathlib.Path(mutant.place.path).read_bytes()
    return f"{pathlib.Path(mutant.place.path).relative_to(ROOT)}: {places.in_words(source, mutant)}"


def set_up(given, headers):
    """build/mutation for these options and headers, with what an earlier call left there if it was for the same."""
    digest = hashlib.sha256(repr((given.seed, given.count, sorted(given.folders), given.compiler)).encode())
    for path in [*sorted(headers), HERE / "switches.hpp", HERE / "main.cpp", HERE / "places.py"]:
        digest.update(path.read_bytes())
    key = WORK / "key"
    if not key.exists() or key.read_text() != digest.hexdigest():
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.copytree(INCLUDE, WORK / "include")
        (WORK / "programs").mkdir()
        subprocess.run([given.compiler, "-std=c++20", "-O1", "-c", str(HERE / "main.cpp"), "-o", str(WORK / "main.o")], check=True)
        key.write_text(digest.hexdigest())


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=600)
    options.add_argument("--folders", nargs="+", default=FOLDERS, help="of include/accrue and of tests; all unless given")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--minutes", type=float, default=1e9, help="begin nothing after so many minutes")
    options.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    given = options.parse_args()
    began = time.monotonic()
    until = began + 60 * given.minutes

    headers = [path for folder in given.folders for path in sorted((INCLUDE / "accrue" / folder).rglob("*.hpp"))]
    set_up(given, headers)
    found = WORK / "mutants"
    if not found.exists():
        found.write_bytes(pickle.dumps(places.mutants_of(headers, INCLUDE, WORK / "all.cpp")))
    every, skipped = pickle.loads(found.read_bytes())
    # A sixth more than are judged, for those that do not compile.
    order = random.Random(given.seed).sample(every, min(given.count * 7 // 6 + 10, len(every)))
    print(f"{len(every)} mutants; skipped: " + ", ".join(f"{count} in {why}" for why, count in sorted(skipped.items())), flush=True)

    programs, verdicts = Programs(given.compiler, order), Verdicts(order)
    # Folder by folder, those first that compile soonest; golden values and laws kill most.
    sources = [path for folder in given.folders for path in sorted(
        (ROOT / "tests" / folder).glob("*.cpp"), key=lambda path: (not re.search("golden|laws", path.name), path.stat().st_size))]

    def work(source):
        """Whether the program has judged all that it reaches; None if it is left out."""
        if time.monotonic() > until and not programs.is_built(source):
            return False
        program = programs.compile(source)
        tests = program and baseline(source, program)
        if not tests:
            return None
        done = verdicts.judge(program, tests, until)
        print(f"{(time.monotonic() - began) / 60:.0f} minutes, {len(verdicts.killers)} dead: {source.relative_to(ROOT)}", flush=True)
        return done

    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        ran = dict(zip(sources, pool.map(work, sources)))
    judged = [number for number in range(len(order)) if number not in programs.invalid][:given.count]
    print(f"{len(programs.invalid)} of {len(order)} mutants drawn do not compile")
    return report({number: (verdicts.of(number), text_of(order[number])) for number in judged}, ran)


def report(judged, ran):
    tally, programs = collections.defaultdict(collections.Counter), collections.defaultdict(list)
    for verdict, text in judged.values():
        tally[pathlib.Path(text.split(":")[0]).parts[2]][verdict] += 1
    for source, done in ran.items():
        if done is not None:
            programs[source.parent.name].append(done)
    # A folder is judged when its own programs have run; those of the other folders can only kill more.
    for folder in [one for one in tally if all(programs[one])]:
        tally["judged"].update(tally[folder])
    tally["all"] = sum((counts for folder, counts in tally.items() if folder != "judged"), collections.Counter())
    programs["judged"] = programs["all"] = sum(programs.values(), [])
    print(f"\n{'folder':14}{'programs':>10}{'tried':>7}{'killed':>8}{'timeout':>9}{'survived':>10}{'unreached':>11}{'died':>9}")
    for folder, counts in sorted(tally.items(), key=lambda one: (one[0] == "all", one[0] == "judged", one[0])):
        died, tried = counts["killed"] + counts["timeout"], sum(counts.values())
        print(f"{folder:14}{f'{sum(programs[folder])}/{len(programs[folder])}':>10}{tried:7}{counts['killed']:8}{counts['timeout']:9}"
              f"{counts['survived']:10}{counts['unreached']:11}{100 * died / tried:8.1f}%")
    known = {line for line in (HERE / "survivors.txt").read_text().splitlines() if line and not line.startswith(("#", "    "))}
    survivors = {number: one for number, one in judged.items() if one[0] in ("survived", "unreached")}
    unknown = {number: one for number, one in survivors.items() if one[1] not in known}
    print(f"\n{len(survivors) - len(unknown)} survivors are in survivors.txt, these are not:")
    for number, (verdict, text) in unknown.items():
        print(f"{number} {verdict}: {text}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
