# SPDX-License-Identifier: MIT
"""budgets FOLDER: says of each budget whether what was measured keeps it, from the files that
tools/budgets writes into FOLDER; writes budgets.json there. Fails where a gated budget is missed.

A count of instructions is that of g++ 12 with -O3 and glibc 2.36 on x86-64. Other versions may take
somewhat more: a twentieth is allowed. What is better by as much should become the new figure.
"""

import json
import pathlib
import sys

TOLERANCE = 1.05

# What, the file and the name in it, the most it may be, the unit; and whether it is gated.
BUDGETS = (
    ("system calls of an exchange", "counts", "token_system_calls", 13, "", True),
    ("allocations of an exchange", "counts", "token_allocations", 0, "", True),
    ("instructions of an exchange", "counts", "token_instructions", 21700, "instructions", True),
    ("time of an exchange against the bare calls", "exchange", "ratio", 1.10, "times", True),
    ("allocations of a cached token", "counts", "cached_allocations", 0, "", True),
    ("instructions of a cached token", "counts", "cached_instructions", 330, "instructions", True),
    ("instructions of reading a response of 2 KB", "counts", "json_instructions", 5350, "instructions", True),
    ("time of that against simdjson's DOM", "json", "ratio", 1.00, "times", True),
    ("time of that", "json", "parse_ns", 260, "ns", False),
)


def main(folder):
    results = pathlib.Path(folder)
    names = {file for _, file, *_ in BUDGETS}
    measured = {name: json.loads((results / f"{name}.json").read_text()) for name in names}
    verdicts = []
    for what, file, name, budget, unit, is_gated in BUDGETS:
        most = budget * TOLERANCE if unit == "instructions" else budget
        value = measured[file][name]
        kept = value <= most
        verdict = "kept" if kept else "MISSED" if is_gated else "missed (not gated: a time)"
        if unit == "instructions" and value * TOLERANCE < budget:
            verdict += f"; better than its figure: {budget} should become {value}"
        limit = f"{budget} + 5 %" if unit == "instructions" else f"{budget} {unit}".strip()
        print(f"{value:>9} of {limit:<12}  {what}: {verdict}")
        verdicts.append({"what": what, "value": value, "budget": budget, "unit": unit,
                         "gated": is_gated, "kept": kept})
    (results / "budgets.json").write_text(json.dumps(verdicts, indent=1) + "\n")
    missed = sum(verdict["gated"] and not verdict["kept"] for verdict in verdicts)
    print(f"{len(verdicts)} budgets, of the gated ones {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
