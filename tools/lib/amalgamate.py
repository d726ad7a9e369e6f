# SPDX-License-Identifier: MIT
"""Prints ENTRY and all of our headers that it includes as one text, in dependency order.

usage: amalgamate.py INCLUDE_FOLDER ENTRY

Each of our headers appears once, before the first one that includes it. If it is included under an #if, it
replaces that line. A standard header is not included again if an earlier line has certainly included it:
one outside any #if, or in the same branch.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITION = re.compile(r"\s*#\s*(if|el|endif)")
LEFT_OUT = re.compile(r"// SPDX-License-Identifier:|#pragma once$")
REMOVED = None  # Marks a line that was left out.


class Conditions:
    """The branches of #if ... #endif around the current line, outermost first."""

    def __init__(self):
        self.branches = []

    def read(self, line, place):
        """`place` distinguishes an #else or #elif from all others. An #if equals another one with the same
        text, because no header changes a macro after it was tested."""
        match = CONDITION.match(line)
        if not match:
            return
        if match[1] != "if":
            if not self.branches:
                sys.exit(f"{place}: no #if for this line")
            self.branches.pop()
        if match[1] != "endif":
            self.branches.append(line.strip() if match[1] == "if" else place)


class Amalgamation:
    def __init__(self, folder):
        self.folder = folder
        self.conditions = Conditions()
        self.included_by = []  # from the entry down to the header being read
        self.branches_of = {}  # for each header already included, the branches around it

    def expand(self, header):
        """The lines of a header and of all that it includes; none if the text already has them."""
        if header in self.included_by:
            sys.exit("cycle of includes: " + " -> ".join(self.included_by + [header]))
        if header in self.branches_of:
            self.check_in_reach(header)
            return [REMOVED]
        text = self.read(header)
        self.branches_of[header] = list(self.conditions.branches)
        self.included_by.append(header)

        outside = len(self.conditions.branches)
        before, part = [], ["", f"// --- {header}"]
        for number, line in enumerate(text.splitlines(), 1):
            self.conditions.read(line, f"{header}:{number}")
            include = INCLUDE.match(line)
            if include and include[1] == '"':
                sys.exit(f"{header}:{number}: include our headers as <arc_identity/...>")
            if include and include[2].startswith("arc_identity/"):
                top_level = len(self.conditions.branches) == outside
                (before if top_level else part).extend(self.expand(include[2]))
                part.append(REMOVED)
            else:
                part.append(REMOVED if LEFT_OUT.match(line) else line)

        if len(self.conditions.branches) != outside:
            sys.exit(f"{header}: no #endif for {self.conditions.branches[-1]}")
        self.included_by.pop()
        return before + part

    def read(self, header):
        path = self.folder / header
        if not path.is_file():
            sys.exit(" -> ".join(self.included_by + [header]) + ": no such header")
        text = path.read_text(encoding="ascii")
        if "#pragma once\n" not in text:
            sys.exit(f"{header}: has no #pragma once")
        return text

    def check_in_reach(self, header):
        around = self.branches_of[header]
        if not set(around) <= set(self.conditions.branches):
            sys.exit(f"{header}: is included under the condition of {around[-1]}, and "
                     f"{self.included_by[-1]} includes it elsewhere; include it before that #if")


def without_repetition(lines):
    """Leaves out standard headers that are included already, and the gaps of removed lines."""
    conditions = Conditions()
    included = {}  # for each standard header, the branches around each line that includes it
    kept = []
    after_removed = False
    for number, line in enumerate(lines):
        if line is not REMOVED:
            conditions.read(line, place=number)
            include = INCLUDE.match(line)
            if include:
                here = list(conditions.branches)
                earlier = included.setdefault(include[2], [])
                if any(set(around) <= set(here) for around in earlier):
                    line = REMOVED
                earlier.append(here)
        if line is REMOVED:
            after_removed = True
        elif not (after_removed and line == "" and kept and kept[-1] == ""):
            after_removed = False
            kept.append(line)
    return kept


def main():
    folder, entry = sys.argv[1:]
    lines = Amalgamation(pathlib.Path(folder)).expand(entry)
    print("\n".join(without_repetition(lines)))


if __name__ == "__main__":
    main()
