"""Reads what the programs wrote, checks that they agree, and prints a table of times: compare.py FOLDER COMPILER.

Exits with 1 when an answer differs by more than is allowed, when one is missing, or when a program that should have
answered did not. A time is the least processor time of all rounds and repetitions.

How far two numbers x and y are apart is |x - y| / scale, where the scale is, by column,

  effect, lower, upper      the larger of |y| and the standard error: an effect near 0 has no digits of its own
  tau_squared               the larger of tau² and the squared standard error, for the same reason
  q                         the larger of Q and 1: its standard deviation is at least 1.4
  p_value, q_p_value        |y|

and y is accrue's. PLINK's numbers are compared to the digits that it prints, and boundaries by the probability of a
normal variable beyond them.
"""

import csv
import dataclasses
import decimal
import math
import pathlib
import platform
import subprocess
import sys

# Closed forms, computed by the same formula in another order.
CLOSED_FORM = 1e-10
# metafor iterates REML until tau² changes by less than 1e-12 here. Its steps (Fisher scoring) shrink by a constant
# factor, so that what is left of the way may be some hundred times the last step; accrue's tolerance is 1e-10.
ITERATED = 1e-8
# rpact's tolerance for its answers, 1e-10 here, is one on probabilities, and so is the accuracy of its integration: of
# an early boundary that spends less than that it gives few digits, or infinity. Beyond 10 looks it warns that its
# designs are not validated.
PROBABILITY = 1e-10
PROBABILITY_OF_MANY_LOOKS = 1e-8
# Half a unit of the last digit printed, and a little for the rounding of the binary number before.
PRINTED_DIGIT = 0.501
PRINTED = "of the last digit printed"


@dataclasses.dataclass
class Comparison:
    """Work that one peer did as well. `answers` names the files of answers where they are not named as the work;
    `unit` is that of the difference."""

    title: str
    peer: str
    work: str
    tolerance: float
    rows: int
    answers: str = ""
    unit: str = ""


def comparisons(is_long):
    result = []
    for k in (4, 13):
        for name, title, tolerance in (
            ("dl", "DL", CLOSED_FORM),
            ("reml", "REML", ITERATED),
            ("reml_hksj", "REML, HKSJ", ITERATED),
        ):
            title = f"one meta-analysis, {k} studies, {title}"
            result.append(Comparison(title, "metafor", f"pool_{name}_{k}", tolerance, 20))
    for k, name, tolerance in (
        (50, "dl", CLOSED_FORM),
        (50, "reml", ITERATED),
        (200, "dl", CLOSED_FORM),
        (200, "reml", ITERATED),
        (1000, "dl", CLOSED_FORM),
    )[: 5 if is_long else 4]:
        work = f"cumulative_{name}_{k}"
        title = f"cumulative {name.upper()} curve, {k:,} studies"
        result.append(Comparison(title, "metafor", work, tolerance, k))
        title += ", with intervals, p, Q"
        result.append(Comparison(title, "metafor", f"{work}_summaries", tolerance, k, answers=work))
    title = "batch, 10,000 × 10 studies, DL"
    result.append(Comparison(title, "statsmodels", "batch", CLOSED_FORM, 10000))
    result.append(Comparison(f"{title} (1,000 timed, × 10)", "metafor", "batch", CLOSED_FORM, 1000))
    title = "variants, 100,000 × 4 studies, whole process"
    result.append(Comparison(title, "plink", "variants", PRINTED_DIGIT, 100000, unit=PRINTED))
    for looks in (5, 20, 100):
        title = f"O'Brien-Fleming spending, {looks} looks"
        tolerance = PROBABILITY if looks <= 10 else PROBABILITY_OF_MANY_LOOKS
        result.append(Comparison(title, "rpact", f"boundaries_{looks}", tolerance, looks, unit="in probability"))
    return result


def read_table(path):
    """The rows as dictionaries of text, or None if there is no such file."""
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def scale(column, row):
    value = abs(float(row[column]))
    if column in ("effect", "lower", "upper"):
        return max(value, float(row["standard_error"]))
    if column == "tau_squared":
        return max(value, float(row["standard_error"]) ** 2)
    return max(value, 1.0) if column == "q" else value


def probability_beyond(z):
    return math.erfc(float(z) / math.sqrt(2)) / 2


def relative_difference(column, theirs, ours):
    if column == "z":
        return abs(probability_beyond(theirs[column]) - probability_beyond(ours[column]))
    difference = abs(float(theirs[column]) - float(ours[column]))
    return difference / scale(column, ours) if difference > 0 else difference


def printed_difference(column, theirs, ours):
    """In units of the last digit that the peer printed."""
    if column == "name":
        return 0.0 if theirs[column] == ours[column] else math.inf
    printed = decimal.Decimal(theirs[column])
    unit = decimal.Decimal((0, (1,), printed.as_tuple().exponent))
    if column in ("p_value", "p_value_random"):
        # Four significant digits, without trailing zeros: 0.03 is 0.03000.
        unit = decimal.Decimal((0, (1,), printed.adjusted() - 3))
    return float(abs(printed - decimal.Decimal(ours[column])) / unit)


@dataclasses.dataclass
class Agreement:
    difference: float
    where: str


def agreement(comparison, folder):
    """The largest difference, and where it is; infinite where answers are missing or not numbers."""
    name = comparison.answers or comparison.work
    theirs = read_table(folder / comparison.peer / f"{name}.tsv")
    ours = read_table(folder / "accrue" / f"{name}.tsv")
    if not theirs or not ours or len(theirs) != comparison.rows or len(ours) < comparison.rows:
        return Agreement(math.inf, "answers are missing")
    if not set(theirs[0]) <= set(ours[0]):
        return Agreement(math.inf, "answers have other columns")
    difference = printed_difference if comparison.unit == PRINTED else relative_difference
    largest = Agreement(0.0, "")
    for place, (their_row, our_row) in enumerate(zip(theirs, ours), start=1):
        for column in their_row:
            found = difference(column, their_row, our_row)
            if not found <= largest.difference:  # NaN counts as larger
                found = math.inf if math.isnan(found) else found
                largest = Agreement(found, f"{column} of row {place}: {their_row[column]}, accrue {our_row[column]}")
    return largest


def read_times(folder):
    """The least time of each work in all rounds."""
    times = {}
    for path in sorted((folder / "times").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            program, work, seconds = line.split("\t")
            times[program, work] = min(float(seconds), times.get((program, work), math.inf))
    return times


def time_text(seconds):
    for unit, size in (("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def ratio_text(ratio):
    return f"{float(f'{ratio:.2g}'):,.0f}" if ratio >= 10 else f"{ratio:.2g}"


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def row_text(comparison, folder, times, largest):
    if largest is None:
        refusal = (folder / comparison.peer / f"{comparison.work}.refused").read_text(encoding="utf-8").strip()
        theirs, ratio, difference = f"refused: {refusal}", "", ""
    else:
        seconds = times[comparison.peer, comparison.work]
        theirs, ratio = time_text(seconds), ratio_text(seconds / times["accrue", comparison.work])
        difference = f"{largest.difference:.1g} (allowed {comparison.tolerance:.1g}) {comparison.unit}".strip()
    ours = time_text(times["accrue", comparison.work])
    return f"| {comparison.title} | {comparison.peer} | {theirs} | {ours} | {ratio} | {difference} |"


def main():
    folder = pathlib.Path(sys.argv[1])
    compiler = sys.argv[2]
    times = read_times(folder)
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"Measured on {processor()}, {version}, one core. Peers:")
    for path in sorted((folder / "versions").glob("*")):
        print(f"- {path.read_text(encoding='utf-8').strip()}")
    print("\n| work | peer | its time | accrue's time | ratio | largest difference |")
    print("|---|---|--:|--:|--:|---|")
    disagreements = []
    for comparison in comparisons(("accrue", "cumulative_dl_1000") in times):
        if (folder / comparison.peer / f"{comparison.work}.refused").exists():
            print(row_text(comparison, folder, times, None))
            continue
        largest = agreement(comparison, folder)
        if not largest.difference <= comparison.tolerance:
            disagreements.append(f"{comparison.title}, {comparison.peer}: {largest.where}")
        print(row_text(comparison, folder, times, largest))

    pooling, whole = times["accrue", "variants_in_memory"], times["accrue", "variants"]
    print(
        f"\nOf accrue's {time_text(whole)} for the variants, pooling and p-values take {time_text(pooling)}; "
        "the rest reads and writes."
    )
    sets = read_table(folder / "statsmodels" / "batch.tsv") or []
    truncated = sum(float(row["tau_squared"]) == 0 for row in sets)
    print(
        f"statsmodels' tau² is negative in {truncated:,} of {len(sets):,} meta-analyses; "
        "its common effect is compared there."
    )
    curve = times["metafor", "cumulative_dl_200"] / times["accrue", "cumulative_dl_200"]
    reached = "reached" if curve >= 10_000 else "not reached"
    print(
        "Wanted: the cumulative DL curve of 200 studies at least 10,000 times faster than metafor's. "
        f"{reached.capitalize()}: {curve:,.0f} times."
    )
    if disagreements:
        print("\nThe programs do not agree:")
        for disagreement in disagreements:
            print(f"- {disagreement}")
        sys.exit(1)
    print("All answers agree.")


if __name__ == "__main__":
    main()
