"""statsmodels' side: statsmodels_peer.py FOLDER.

Its moment estimate of tau² may be negative, and its random-effects results use it all the same. Where it is
negative, the answers written are those of its common effect, which is what tau² = 0 means.
"""

import csv
import pathlib
import platform
import sys
import time

import numpy
import statsmodels
from statsmodels.stats.meta_analysis import combine_effects

REPETITIONS = 3


def read_sets(path):
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    sets = {}
    for row in rows:
        sets.setdefault(row["set"], []).append((float(row["effect"]), float(row["variance"])))
    return [numpy.array(studies).T.copy() for studies in sets.values()]


def answers(result):
    if result.tau2 < 0:
        return result.mean_effect_fe, result.sd_eff_w_fe, 0.0, result.q
    return result.mean_effect_re, result.sd_eff_w_re, result.tau2, result.q


def main():
    folder = pathlib.Path(sys.argv[1])
    sets = read_sets(folder / "data" / "batch.tsv")
    seconds = []
    for _ in range(REPETITIONS):
        start = time.process_time()
        results = [combine_effects(effects, variances, method_re="dl") for effects, variances in sets]
        seconds.append(time.process_time() - start)

    for name in ("statsmodels", "times", "versions"):
        (folder / name).mkdir(exist_ok=True)
    with (folder / "statsmodels" / "batch.tsv").open("w", encoding="utf-8") as file:
        file.write("effect\tstandard_error\ttau_squared\tq\n")
        for result in results:
            file.write("\t".join(f"{value:.17g}" for value in answers(result)) + "\n")
    with (folder / "times" / "statsmodels.tsv").open("a", encoding="utf-8") as file:
        file.write(f"statsmodels\tbatch\t{min(seconds):.9g}\n")
    version = f"statsmodels {statsmodels.__version__} (Python {platform.python_version()}, NumPy {numpy.__version__})\n"
    (folder / "versions" / "statsmodels").write_text(version, encoding="utf-8")


if __name__ == "__main__":
    main()
