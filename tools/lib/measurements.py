# SPDX-License-Identifier: MIT
"""measurements.py NAME...: stores what a tool has measured as docs/measurements/NAME.json.

A file contains the date, the kind of machine, the command, and the figures, but not each single run, and
nothing that identifies this machine.
"""

import json
import pathlib
import sys

import bench_table
import footprint
import machine

FOLDER = pathlib.Path("docs/measurements")


def read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def bench():
    cores, nanoseconds = bench_table.read("build/bench/benchmarks.json")
    return machine.description("tools/bench") | {
        "cores": cores,
        "nanoseconds": {name: round(time, 1) for name, time in sorted(nanoseconds.items())}}


def footprint_tables():
    numbers, _ = footprint.figures(footprint.split_document()[1])
    rows = {}
    for (row, column), number in numbers.items():
        rows.setdefault(row, {})[column] = number
    return machine.description("tools/footprint") | {"figures": rows}


def compare():
    return rounded(read("build/compare/results.json"))


def azure_sdk():
    return rounded(read("build/compare/azure_sdk.json"))


def results_of(name):
    """The results of tools/NAME in build/NAME; several files each under its own name."""
    files = {path.stem: rounded(read(path)) for path in sorted(pathlib.Path("build", name).glob("*.json"))}
    if not files:
        sys.exit(f"build/{name} has no result; run: tools/{name}")
    return machine.description(f"tools/{name}") | (files.get("results") or files)


def rounded(value):
    """Rounds to four digits, more than the precision of a measurement."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main(names):
    special = {"bench": bench, "footprint": footprint_tables, "compare": compare,
               "azure_sdk": azure_sdk}
    for name in names:
        figures = special[name]() if name in special else results_of(name)
        path = FOLDER / f"{name}.json"
        path.write_text(json.dumps(figures, indent=1, ensure_ascii=True) + "\n", encoding="ascii")
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
