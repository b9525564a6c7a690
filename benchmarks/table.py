"""Prints the results of benchmarks/run.sh as a table: table.py FOLDER COMPILER.

A time is the least processor time of the repetitions. Ratios compare benchmarks of one program and one run.
"""

import json
import pathlib
import platform
import subprocess
import sys

NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


# What paths can't do without, as counters of the benchmarks, and the benchmarks that say how long one takes: for
# so many of them.
LIMITS = {
    "divisions": ("machine_division", 1024),
    "wide_divisions": ("machine_wide_division", 1024),
    "logarithms": ("machine_log", 1024),
    "bytes_read": ("machine_memory_read", 8 << 25),
    "bytes_written": ("machine_memory_write", 8 << 23),
}


class Results:
    def __init__(self, folder):
        self.rows = {}
        for file in sorted(folder.glob("*.json")):
            document = json.loads(file.read_text())
            for run in document.get("benchmarks", []):
                if run.get("run_type") != "iteration":
                    continue
                time = run["cpu_time"] * NANOSECONDS[run["time_unit"]]
                name = run["run_name"]
                best = self.rows.get(name)
                if best is None or time < best["time"]:
                    self.rows[name] = {"time": time, "needs": {key: run[key] for key in LIMITS if key in run}}
        compile_time = folder / "compile_time.json"
        self.compile_time = json.loads(compile_time.read_text()) if compile_time.exists() else {}

    def time(self, name):
        """Nanoseconds, or None if that benchmark was not run."""
        row = self.rows.get(name)
        return row["time"] if row else None

    def least_time(self, name):
        """Nanoseconds for what the benchmark can't do without: arithmetic or memory, whichever takes longer."""
        times = {"arithmetic": 0.0, "memory": 0.0}
        for key, count in self.rows[name]["needs"].items():
            machine, size = LIMITS[key]
            if self.time(machine):
                times["memory" if key.startswith("bytes") else "arithmetic"] += count * self.time(machine) / size
        kind = max(times, key=times.get)
        return times[kind], kind

    def ratio(self, name, other):
        time, base = self.time(name), self.time(other)
        return time / base if time and base else None


def text(nanoseconds):
    for unit, size in (("ns", 1.0), ("µs", 1e3), ("ms", 1e6)):
        if nanoseconds < 1000 * size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds / 1e9:.3g} s"


def print_table(head, rows):
    if not rows:
        return
    print("\n| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def all_times(results):
    rows = []
    for name, row in results.rows.items():
        least, kind = results.least_time(name)
        rows.append([name, text(row["time"]), text(least) if least else "", f"{least / row['time']:.0%} {kind}" if least else ""])
    return rows


def goals(results):
    """(what, measured, goal, both as numbers in the same unit, lower is better unless the goal is negative)"""
    wanted = []
    for k in (4, 13, 100, 10000):
        for method in ("dl", "reml"):
            ratio = results.ratio(f"pool_{method}/{k}", f"pool_{method}_plain/{k}")
            wanted.append((f"pool, {method.upper()}, k = {k}: times the plain loop", ratio, 1.2))
    wanted.append(("pool, REML with HKSJ over DL, k = 4", results.ratio("pool_reml_hksj/4", "pool_dl/4"), 10))

    def seconds(name):
        time = results.time(name)
        return time / 1e9 if time else None

    wanted.append(("cumulative DL curve, 10^6 studies (s)", seconds("z_curve_dl/1000000"), 0.4))
    wanted.append(("cumulative REML curve, 10^6 studies (s)", seconds("z_curve_reml/1000000"), 2.5))
    for method in ("common", "dl", "pm", "reml"):
        growth = results.ratio(f"z_curve_{method}/1000000", f"z_curve_{method}/10000")
        wanted.append((f"time a study, 10^6 over 10^4, {method.upper()}", growth / 100 if growth else None, 2))
    for name, size, what, goal in (
        ("batch_dl/1000000/4", 1e6, "batch DL 10^6 x 4 (ns each)", 15),
        ("batch_reml/100000/20", 1e5, "batch REML 10^5 x 20 (ns each)", 400),
    ):
        time = results.time(name)
        wanted.append((what, time / size if time else None, goal))
    for shape in ("1000000/4", "1000000/10", "100000/20"):
        faster = results.ratio(f"batch_dl_one_by_one/{shape}", f"batch_dl/{shape}")
        wanted.append((f"batch DL {shape}: times faster than one by one", faster, -5))
        wanted.append((f"batch DL {shape}: with missing entries over without",
                       results.ratio(f"batch_dl_missing/{shape}", f"batch_dl/{shape}"), 1.5))
    for looks, goal in ((5, 50e3), (20, 400e3), (100, 4e6), (1000, 150e6)):
        time = results.time(f"two_sided_obrien_fleming/{looks}")
        wanted.append((f"boundaries, {looks} looks (µs)", time / 1e3 if time else None, goal / 1e3))
    for name, items, what, goal in (
        ("add/symmetric", 1000, "symmetric e-process, one more trial (µs)", 1),
        ("posterior_of_eight_schools", 1, "posterior of eight schools (µs)", 500),
        ("egger", 1, "Egger's test of 40 studies (µs)", 1),
        ("selection_by_one_step", 1, "selection model of one step, 40 studies (µs)", 1000),
    ):
        time = results.time(name)
        wanted.append((what, time / items / 1e3 if time else None, goal))
    return [(what, measured, goal) for what, measured, goal in wanted if measured is not None]


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def main():
    results = Results(pathlib.Path(sys.argv[1]))
    compiler = sys.argv[2]
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"{processor()}, {version}, {platform.system()} {platform.machine()}, one core")

    limits = []
    for name, what in (
        ("machine_division", "division, ns each"),
        ("machine_wide_division", "division by wide instructions, ns each"),
        ("machine_exp", "exp, ns each"),
        ("machine_log", "log, ns each"),
    ):
        if results.time(name):
            limits.append([what, f"{results.time(name) / 1024:.2f}"])
    for name, what, size in (
        ("machine_memory_read", "memory read, GB/s", 8 << 25),
        ("machine_memory_write", "memory written, GB/s", 8 << 23),
    ):
        if results.time(name):
            limits.append([what, f"{size / results.time(name):.1f}"])
    print_table(["limit of the machine", "measured"], limits)

    rows = []
    for what, measured, goal in goals(results):
        reached = measured >= -goal if goal < 0 else measured <= goal
        bound = f"at least {-goal:g}" if goal < 0 else f"at most {goal:g}"
        rows.append([what, f"{measured:.3g}", bound, "yes" if reached else "no"])
    print_table(["goal", "measured", "wanted", "reached"], rows)
    print_table(["benchmark", "time", "the machine's limit", "share of the time"], all_times(results))
    print_table(
        ["unit that includes", "compile time, s", "preprocessed, MB"],
        [[name, f"{row['seconds']:.2f}", f"{row['preprocessed_megabytes']:.2f}"] for name, row in results.compile_time.items()],
    )


if __name__ == "__main__":
    main()
