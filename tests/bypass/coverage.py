# SPDX-License-Identifier: Apache-2.0
"""Writes the coverage table from results: technique x kernel x sensor, verdict, bytes out.

usage: coverage.py RESULTS TABLE.md
"""
import json
import sys
from pathlib import Path

KERNELS = ("6.1", "6.12", "newest")
SENSORS = ("lsm", "fmod_ret", "fallback")
WORDS = {"block": "blocked", "allow": "**let through**", "nothing": "nothing got out, no block", "error": "error"}
HEAD = """# Coverage: what was tried, and what got out

Written by `tests/bypass/coverage.py` from what `./dev bypass` measured; not edited by hand. Each technique is a
file in `tests/bypass/techniques/`. Bytes are counted where they arrive: at a server outside, on the stick, at the
device. A budget of 256 KiB holds for what goes to an address; a cell that says *blocked* with some KiB beside it is
that budget, used up. Each technique was also played with an unclassified file, which got out whole.
"""


def size(count):
    for unit, least in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count} B"


def cell(row):
    if row is None:
        return "not run"
    return f"{WORDS[row['verdict']]}, {size(row['bytes_out'])}" + ("" if row["as_expected"] else " (unexpected)")


def table(runs):
    """The document's text."""
    runs = sorted(runs, key=lambda run: (KERNELS.index(run["kernel"]), SENSORS.index(run["sensor"])))
    seen = {}
    for run in runs:
        for row in run["results"]:
            seen.setdefault(row["group"], {}).setdefault(row["name"], row)
    found = {(run["kernel"], run["sensor"], row["name"]): row for run in runs for row in run["results"]}
    count = sum(map(len, seen.values()))
    text = [HEAD, f"{count} techniques. Kernels: " + "; ".join(
        f"{run['kernel']} {run['sensor']} is {run['release']} (agent {run['build']}), {sum(r['as_expected'] for r in run['results'])} of "
        f"{len(run['results'])} as expected" for run in runs) + ".", ""]
    for group, rows in sorted(seen.items()):
        text += [f"## {group.capitalize()}", "", "| technique | channel | ATT&CK | " +
                 " | ".join(f"{run['kernel']} {run['sensor']}" for run in runs) + " |",
                 "|---" * (3 + len(runs)) + "|"]
        for name, row in sorted(rows.items()):
            cells = [cell(found.get((run["kernel"], run["sensor"], name))) for run in runs]
            text.append(f"| {name} | {row['channel']} | {row['attack']} | " + " | ".join(cells) + " |")
        text.append("")
    open_ones = {}
    for run in runs:
        for row in run["results"]:
            if row["expected"] == "allow":
                open_ones.setdefault((row["name"], row["why"], row["alert"]), []).append(f"{run['kernel']} {run['sensor']}")
    if open_ones:
        text += ["## What is let through, and why", ""]
        text += [f"- **{name}** ({', '.join(places)}): {why} What still fires: *{alert}*."
                 for (name, why, alert), places in open_ones.items()]
        text.append("")
    return "\n".join(text)


def main():
    results, target = map(Path, sys.argv[1:])
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("*.json"))]
    if runs:
        target.write_text(table(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
