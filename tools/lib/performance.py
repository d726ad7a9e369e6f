# SPDX-License-Identifier: MIT
"""performance.py FOLDER: writes docs/performance.md, README.md and README.ja.md to FOLDER, with their
tables regenerated from docs/measurements."""

import dataclasses
import json
import pathlib
import re
import sys
from collections.abc import Callable

import measurements

MEASUREMENTS = pathlib.Path("docs/measurements")


def load(name):
    """The measurements in a file; None if there are none."""
    path = MEASUREMENTS / f"{name}.json"
    return json.loads(path.read_text(encoding="ascii")) if path.exists() else None


# --- Budgets -------------------------------------------------------------------------------------

@dataclasses.dataclass
class Budget:
    """A figure and its limit. `figure` finds the figure in the measurements `source`."""
    what: str
    most: float
    source: str
    figure: Callable
    form: str = "{:.0f}"

    def row(self):
        measured = load(self.source)
        try:
            figure = self.figure(measured)
        except (KeyError, TypeError, IndexError):
            return [self.what, self.form.format(self.most), "not measured yet", "", ""]
        verdict = "kept" if figure <= self.most else "over"
        return [self.what, self.form.format(self.most), self.form.format(figure), verdict,
                f"`{measured['command']}`"]


def all_cores(bench):
    """The ratio to one thread, with a thread on each core and one token for all."""
    took = bench["nanoseconds"]
    return took[f"same_key/threads:{bench['cores']}"] / took["same_key/threads:1"]


def cold_start(figure):
    return lambda measured: measured["programs"][1][figure]


def footprint(row, column):
    return lambda measured: measured["figures"][row][column]


def entry(*path):
    def find(measured):
        for step in path:
            measured = measured[step]
        return measured
    return find


BUDGETS = [
    Budget("system calls of one exchange, socket to close", 13, "budgets",
           entry("counts", "token_system_calls")),
    Budget("the same with the owner check, which is the default", 18, "budgets",
           entry("counts", "checked_system_calls")),
    Budget("one exchange, against a bare program with only its system calls", 1.10, "budgets",
           entry("exchange", "ratio"), "{:.2f} x"),
    Budget("user instructions of one exchange, `g++ -O3`", 25000, "budgets",
           entry("counts", "token_instructions")),
    Budget("heap allocations of one exchange", 0, "budgets", entry("counts", "token_allocations")),
    Budget("cached `get_token`, one thread", 50, "bench",
           entry("nanoseconds", "same_key/threads:1"), "{:.1f} ns"),
    Budget("the same, all cores at once, against one thread", 4, "bench", all_cores, "{:.1f} x"),
    Budget("`arc-identity token`, against a bare program", 1.5, "cold_start", cold_start("ratio"),
           "{:.2f} x"),
    Budget("`arc-identity token`, shared libraries", 1, "cold_start", cold_start("libraries")),
    Budget("`arc-identity token`, system calls", 63, "cold_start", cold_start("system_calls")),
    Budget("a whole client, Thumb-2 `-Os`, code and constants, `ARC_IDENTITY_SMALL`", 8192,
           "footprint", footprint("`.text` and `.rodata`", "Thumb-2 small"), "{:.0f} bytes"),
    Budget("the same with all sentences", 12288, "footprint",
           footprint("`.text` and `.rodata`", "Thumb-2"), "{:.0f} bytes"),
    Budget("stack of a whole exchange beyond the workspace, Thumb-2", 800, "footprint",
           footprint("stack of `get_token`", "Thumb-2"), "{:.0f} bytes"),
    Budget("static data of the core", 0, "footprint", footprint("static RAM", "Thumb-2"),
           "{:.0f} bytes"),
    Budget("smallest program that prints a token, x86-64, dynamic", 32768, "footprint",
           footprint("dynamic", "x86-64"), "{:.0f} bytes"),
    Budget("compiling a unit with one call, `g++ -O2`, against `#include <string>` alone", 8,
           "compile_time", entry("units", "credential", "ratio"), "{:.1f} x"),
    Budget("the same where another unit has the code", 1.3, "compile_time",
           entry("units", "separate", "ratio"), "{:.2f} x"),
]


def budgets():
    yield from table(["what", ">at most", ">measured", "", "command"],
                     [budget.row() for budget in BUDGETS])


# --- The comparison ------------------------------------------------------------------------------

def programs(measured):
    return {name: row for name, row in measured["programs"].items() if name != "nothing"}


def azure_sdk():
    measured = load("azure_sdk")
    columns = {
        "user instructions": lambda row: f"{row['instructions'] / 1e6:.2f} M",
        "system calls": lambda row: row["system_calls"],
        "memory": lambda row: f"{row['peak_memory_bytes'] / 1e6:.1f} MB",
        "libraries": lambda row: row["shared_libraries_with_c_library"],
        "on disk with them": lambda row: f"{row['with_c_library_bytes'] / 1e6:.1f} MB",
        "a run": lambda row: f"{row['seconds'] * 1e3:.1f} ms",
        "one more token": lambda row: f"{row['further_exchange_seconds'] * 1e3:.2f} ms",
    }
    yield from table(["", *(f">{column}" for column in columns)],
                     [[row["made_of"], *(read(row) for read in columns.values())]
                      for row in programs(measured).values()])
    yield "\n" + origin(measured) + f" Flags: `{measured['flags']}`."


def summary():
    """The most important columns. azure-identity is measured in a separate run, so its time cannot be
    compared with the others."""
    measured = load("compare")
    rows = [*programs(measured).values(),
            load("azure_sdk")["programs"]["azure_identity"] | {"seconds": None}]
    columns = {
        "lines to write": lambda row: row["lines"],
        "libraries": lambda row: row["shared_libraries"],
        "on disk with them": lambda row: f"{row['without_c_library_bytes'] / 1e6:.1f} MB",
        "system calls": lambda row: row["system_calls"],
        "memory": lambda row: f"{row['peak_memory_bytes'] / 1e6:.1f} MB",
        "a run": lambda row: f"{row['seconds'] * 1e3:.1f} ms" if row["seconds"] else "",
    }
    yield from table(["", *(f">{column}" for column in columns)],
                     [[row["made_of"], *(read(row) for read in columns.values())] for row in rows])
    yield "\nThe C library is not counted. " + origin(measured)


def compare():
    measured = load("compare")
    columns = {
        "lines": lambda row: row["lines"],
        "compiles in": lambda row: f"{row['compile_seconds']:.1f} s",
        "program": lambda row: f"{row['program_bytes'] / 1e3:.0f} KB",
        "with libraries": lambda row: f"{row['without_c_library_bytes'] / 1e6:.1f} MB",
        "and the C library": lambda row: f"{row['with_c_library_bytes'] / 1e6:.1f} MB",
        "libraries": lambda row: row["shared_libraries"],
        "system calls": lambda row: row["system_calls"],
        "memory": lambda row: f"{row['peak_memory_bytes'] / 1e6:.1f} MB",
        "a run": lambda row: f"{row['seconds'] * 1e3:.1f} ms",
        "one more token": lambda row: f"{row['further_exchange_seconds'] * 1e3:.2f} ms",
    }

    def cell(column, row):
        return columns[column](row) if column != "compiles in" or "compile_seconds" in row else ""

    yield from table(["", *(f">{column}" for column in columns)],
                     [[row["made_of"], *(cell(column, row) for column in columns)]
                      for row in programs(measured).values()])
    idle = measured["programs"]["nothing"]
    yield (f"\nA program that does nothing takes {idle['seconds'] * 1e3:.1f} ms, "
           f"{idle['system_calls']} system calls and {idle['peak_memory_bytes'] / 1e6:.1f} MB.")
    yield origin(measured) + f" Flags: `{measured['flags']}`."


def checks():
    measured = load("compare")
    names = [name for name in measured["programs"] if name != "nothing"]
    yield from table(["", *(measured["programs"][name]["made_of"] for name in names)],
                     [[text, *("yes" if row[name] else "**no**" for name in names)]
                      for text, row in measured["checks"].items()])


# --- The document --------------------------------------------------------------------------------

def table(head, rows):
    """Columns whose heading begins with > are right-aligned."""
    rules = ["---:" if cell.startswith(">") else "---" for cell in head]
    for cells in ([cell.removeprefix(">") for cell in head], rules, *rows):
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"


def origin(measured):
    return f"Measured by `{measured['command']}` on {measured['date']}: {measured['machine']}."


def in_other_words(block, standing):
    """The new block with the words of the old one: its headings, its rows' names, its text."""
    def row(new, old):
        if not new.startswith("|"):
            date = re.search(r"\d{4}-\d\d-\d\d", new)
            return re.sub(r"\d{4}-\d\d-\d\d", date[0], old) if date else old
        return "|".join(["", old.split("|")[1], *new.split("|")[2:]])
    new, old = block.splitlines(), standing.splitlines()
    assert len(new) == len(old), "a row was added or removed: translate it by hand"
    return "\n".join([old[0], *map(row, new[1:], old[1:])]) + "\n"


DOCUMENTS = {"docs/performance.md": (compare, azure_sdk, checks, budgets), "README.md": (summary,),
             "README.ja.md": (summary,)}


def main(folder):
    if measurements.footprint_tables()["figures"] != load("footprint")["figures"]:
        sys.exit("docs/footprint.md has other figures than docs/measurements; run: tools/measure footprint")
    for document, parts in DOCUMENTS.items():
        text = pathlib.Path(document).read_text(encoding="utf-8")
        for part in parts:
            begin, end = (f"<!-- {part.__name__}: {mark} -->\n" for mark in ("begin", "end"))
            block = "\n".join(part()) + "\n"
            if document.endswith(".ja.md"):
                block = in_other_words(block, text.partition(begin)[2].partition(end)[0])
            text, count = re.subn(f"({begin}).*?({end})", lambda found: found[1] + block + found[2],
                                  text, flags=re.DOTALL)
            assert count == 1, f"{document}: {begin}"
        (pathlib.Path(folder) / document).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
