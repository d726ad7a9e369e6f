# SPDX-License-Identifier: MIT
"""Prints how much of our headers the tests have run, and fails if that is too little.

usage: coverage.py FOLDER < LCOV_EXPORT_AND_JSON_EXPORT

Standard input is what `llvm-cov export` prints, first with -format=lcov, then with -format=text. A
branch is one outcome, true or false, of one condition: each operand of && and || is one. All
instantiations of a template, in all programs, count as one.

A line with the comment "// not covered: REASON" does not count, nor do the branches on it. Nor does
the default that a switch over all values of an enumeration does not have: clang counts one there.
"""
import json
import pathlib
import re
import sys

GATES = {"core": (100, 100), "rest": (95, 95)}  # Percent of lines and of branches.
NOT_COVERED = re.compile(r"// not covered: (.+)")


class Header:
    def __init__(self, path, name):
        self.name = name
        self.group = "core" if name.startswith("core/") else "rest"
        self.lines = {}  # For each line, how often it ran.
        self.branches = {}  # For each condition's place and each outcome, how often.
        self.text = path.read_text(encoding="ascii").splitlines()
        self.excluded = {number: match[1] for number, line in enumerate(self.text, 1)
                         if (match := NOT_COVERED.search(line))}

    def is_switch(self, line, column):
        return self.text[line - 1][:column - 1].endswith("switch (")

    def counted_lines(self):
        return {line: count for line, count in self.lines.items() if line not in self.excluded}

    def counted_branches(self):
        return {key: count for key, count in self.branches.items() if key[0] not in self.excluded}


def read_lines(text, headers):
    header = None
    for line in text:
        if line.startswith("{"):
            return line
        kind, _, value = line.strip().partition(":")
        if kind == "SF":
            header = headers.get(value)
        elif kind == "DA" and header:
            number, count = map(int, value.split(","))
            header.lines[number] = header.lines.get(number, 0) + count
    sys.exit("no JSON export on standard input")


def read_branches(export, headers):
    for function in export["data"][0]["functions"]:
        for line, column, _, _, true_count, false_count, file, *_ in function["branches"]:
            header = headers.get(function["filenames"][file])
            if header is None or header.is_switch(line, column):
                continue
            for outcome, count in ((True, true_count), (False, false_count)):
                key = (line, column, outcome)
                header.branches[key] = header.branches.get(key, 0) + count


def share(counts):
    """How many were reached, of how many, in percent."""
    reached = sum(1 for count in counts.values() if count)
    percent = 100 * reached / len(counts) if counts else 100
    return reached, len(counts), percent


def row(name, lines, branches):
    cells = ("{0[0]:5}/{0[1]:4} {0[2]:6.1f} %".format(share(part)) for part in (lines, branches))
    print(f"{name:38}" + "  ".join(cells))


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    headers = {str(path): Header(path, str(path.relative_to(folder)))
               for path in sorted(folder.rglob("*.hpp"))}
    export = read_lines(sys.stdin, headers)
    read_branches(json.loads(export), headers)
    measured = [header for header in headers.values() if header.lines]
    if not measured:
        sys.exit(f"nothing of {folder} was run")

    print(f"{'header':38}{'lines':^19} {'branches':^19}")
    for header in measured:
        row(header.name, header.counted_lines(), header.counted_branches())

    for header in measured:
        for number, reason in header.excluded.items():
            print(f"{header.name}:{number}: does not count: {reason}")
    for header in measured:
        for number, count in sorted(header.counted_lines().items()):
            if not count:
                print(f"{header.name}:{number}: never run")
        for (line, column, outcome), count in sorted(header.counted_branches().items()):
            if not count and header.lines.get(line):
                print(f"{header.name}:{line}:{column}: never {str(outcome).lower()}")

    failed = []
    for group, gates in GATES.items():
        lines, branches = {}, {}
        for header in measured:
            if header.group == group:
                lines.update({(header.name, key): n for key, n in header.counted_lines().items()})
                branches.update(
                    {(header.name, key): n for key, n in header.counted_branches().items()})
        row(f"all of {group}", lines, branches)
        if share(lines)[2] < gates[0] or share(branches)[2] < gates[1]:
            failed.append(f"{group}: {gates[0]} % of lines, {gates[1]} % of branches")
    if failed:
        sys.exit("less was run than must be: " + "; ".join(failed))


if __name__ == "__main__":
    main()
