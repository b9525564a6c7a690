"""PLINK's side, and accrue's as a process of the same kind: plink_peer.py FOLDER ACCRUE_PEERS PLINK.

Both read the same files, join them by the names of variants, pool, and write a table. They take turns, and the
time is the least processor time of the whole process, user and system.
"""

import os
import pathlib
import subprocess
import sys

REPETITIONS = 5
COLUMNS = {
    "SNP": "name",
    "P": "p_value",
    "P(R)": "p_value_random",
    "BETA": "effect",
    "BETA(R)": "effect_random",
    "Q": "q_p_value",
    "I": "i_squared_percent",
}


def processor_time(command, log):
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"failed: {' '.join(command)} (see {log})")
    return usage.ru_utime + usage.ru_stime


def main():
    folder = pathlib.Path(sys.argv[1])
    accrue_peers, plink = sys.argv[2:]
    for name in ("accrue", "plink", "times", "versions"):
        (folder / name).mkdir(exist_ok=True)
    studies = [str(path) for path in sorted((folder / "data").glob("study_*.txt"))]
    commands = {
        "plink": [plink, "--meta-analysis", *studies, "+", "qt", "no-map"]
        + ["--threads", "1", "--out", str(folder / "plink" / "plink")],
        "accrue": [accrue_peers, "variants", str(folder), str(folder / "accrue" / "variants.tsv")],
    }
    seconds = {name: [] for name in commands}
    for _ in range(REPETITIONS):
        for name, command in commands.items():
            seconds[name].append(processor_time(command, folder / "plink" / f"{name}.log"))

    # The digits stay as PLINK wrote them: how many they are says how closely they can agree.
    lines = (folder / "plink" / "plink.meta").read_text(encoding="utf-8").splitlines()
    places = {title: place for place, title in enumerate(lines[0].split())}
    with (folder / "plink" / "variants.tsv").open("w", encoding="utf-8") as file:
        file.write("\t".join(COLUMNS.values()) + "\n")
        for line in lines[1:]:
            words = line.split()
            file.write("\t".join(words[places[title]] for title in COLUMNS) + "\n")
    with (folder / "times" / "plink.tsv").open("a", encoding="utf-8") as file:
        for name, times in seconds.items():
            file.write(f"{name}\tvariants\t{min(times):.9g}\n")
    version = subprocess.run([plink, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    (folder / "versions" / "plink").write_text(version + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
