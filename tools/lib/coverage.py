# SPDX-License-Identifier: MIT
"""Prints how much of our headers the tests have run, and fails if it is below the limits.

usage: coverage.py FOLDER < EXPORT

EXPORT is what `llvm-cov export -format=text` prints. A line counts where a function has code on it. A
branch is one outcome, true or false, of one condition; each operand of && and || is one, each case of
a switch is one. All instantiations of a template, in all programs, count as one.

A line with the comment "// not covered: REASON" does not count, nor do the branches on it. Nor does the
missing default of a switch over all values of an enumeration, which clang counts.
"""
import json
import pathlib
import re
import sys

GATES = {"core": (99, 99), "rest": (98, 94)}  # Percent of lines and of branches.
NOT_COVERED = re.compile(r"// not covered: (.+)")
NO_CODE = re.compile(r"\s*(//.*|#.*)?$")
CODE, SKIPPED = 0, 2  # Kinds of regions, of CounterMappingRegion.


class Header:
    def __init__(self, path, name):
        self.name = name
        self.group = "core" if name.startswith("core/") else "rest"
        self.text = path.read_text(encoding="ascii").splitlines()
        self.excluded = {number: match[1] for number, line in enumerate(self.text, 1)
                         if (match := NOT_COVERED.search(line))}
        self.lines = {}  # For each line, its execution count.
        self.branches = {}  # For each condition's place and each outcome, its count.
        self.skipped = set()  # Lines that the preprocessor removed from a function.

    def add_function(self, regions):
        """Adds the lines of one function, whose whole body is the first region."""
        code = [region for region in regions if region[7] == CODE]
        skipped = {line for region in regions if region[7] == SKIPPED
                   for line in range(region[0], region[2] + 1)}
        self.skipped |= skipped
        if is_unused(regions):  # Only its place is known.
            skipped = self.skipped | set(self.lines)
        for number in range(code[0][0], code[0][2] + 1):
            line = self.text[number - 1]
            if NO_CODE.match(line) or number in skipped:
                continue
            first = (number, len(line) - len(line.lstrip()) + 1)
            around = [r for r in code if (r[0], r[1]) <= first < (r[2], r[3])]
            counts = [r[4] for r in code if r[0] == number]  # The regions that begin on the line.
            counts += [max(around, key=lambda r: (r[0], r[1]))[4]] if around else []
            if counts:
                self.lines[number] = self.lines.get(number, 0) + max(counts)

    def add_branch(self, line, column, true_count, false_count):
        if self.text[line - 1][:column - 1].endswith("switch ("):
            return
        for outcome, count in (("true", true_count), ("false", false_count)):
            key = (line, column, outcome)
            self.branches[key] = self.branches.get(key, 0) + count

    def counted(self):
        """The lines and the branches that are not excluded, by their places."""
        return ({(self.name, line): count for line, count in self.lines.items()
                 if line not in self.excluded},
                {(self.name, *key): count for key, count in self.branches.items()
                 if key[0] not in self.excluded})


def is_unused(regions):
    return len(regions) == 1 and regions[0][4] == 0


def read(export, headers):
    for function in sorted(export["data"][0]["functions"], key=lambda f: is_unused(f["regions"])):
        files = [headers.get(name) for name in function["filenames"]]
        if files[0]:
            files[0].add_function([r for r in function["regions"] if r[5] == 0])
        for line, column, _, _, true_count, false_count, file, *_ in function["branches"]:
            if files[file]:
                files[file].add_branch(line, column, true_count, false_count)


def share(counts):
    """The number reached, the total, and the percentage."""
    reached = sum(1 for count in counts.values() if count)
    return reached, len(counts), 100 * reached / len(counts) if counts else 100


def print_row(name, *parts):
    cells = ("{0[0]:5}/{0[1]:4} {0[2]:6.1f} %".format(share(part)) for part in parts)
    print(f"{name:38}" + "  ".join(cells))


def print_gaps(header):
    lines, branches = header.counted()
    for number, reason in header.excluded.items():
        print(f"{header.name}:{number}: not counted: {reason}")
    for (_, line), count in sorted(lines.items()):
        if not count:
            print(f"{header.name}:{line}: never run")
    for (_, line, column, outcome), count in sorted(branches.items()):
        if not count and header.lines.get(line):
            print(f"{header.name}:{line}:{column}: never {outcome}")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    headers = {str(path): Header(path, str(path.relative_to(folder)))
               for path in sorted(folder.rglob("*.hpp"))}
    read(json.load(sys.stdin), headers)
    measured = [header for header in headers.values() if header.lines]
    if not measured:
        sys.exit(f"nothing in {folder} was run")

    for header in measured:
        print_gaps(header)
    print(f"\n{'header':38}{'lines':^19}  {'branches':^19}")
    for header in measured:
        print_row(header.name, *header.counted())

    failed = []
    for group, gates in GATES.items():
        totals = ({}, {})
        for header in measured:
            if header.group == group:
                for total, part in zip(totals, header.counted()):
                    total.update(part)
        print_row(f"all of {group}", *totals)
        if any(share(total)[2] < gate for total, gate in zip(totals, gates)):
            failed.append(f"{group}: {gates[0]} % of lines, {gates[1]} % of branches")
    if failed:
        sys.stdout.flush()
        sys.exit("coverage below the limit:  " + "; ".join(failed))


if __name__ == "__main__":
    main()
