# SPDX-License-Identifier: MIT
"""budgets FOLDER: prints for each budget whether it is met, from the files that tools/budgets writes to
FOLDER; writes budgets.json there. Fails if a limit is exceeded.

Counts of instructions are for g++ 12 with -O3 and glibc 2.36 on x86-64. Other versions may need
slightly more, so the limit is a twentieth higher. A budget that is undercut by as much should be
lowered. The limit of a ratio of times allows for other load (the same program took 1.06 and 1.14
times the bare calls on one machine within minutes, and 0.79 and 1.03 times simdjson); an absolute
time has no limit.
"""

import json
import pathlib
import sys

# Name, file and figure in it, budget, unit, and the limit above which this fails.
BUDGETS = (
    ("system calls of an exchange", "counts", "token_system_calls", 13, "", 13),
    ("the same with the owner check", "counts", "checked_system_calls", 18, "", 18),
    ("allocations of an exchange", "counts", "token_allocations", 0, "", 0),
    ("instructions of an exchange", "counts", "token_instructions", 25000, "instructions", 27430),
    ("time of an exchange against the bare calls", "exchange", "ratio", 1.10, "times", 1.20),
    ("allocations of a cached token", "counts", "cached_allocations", 0, "", 0),
    ("instructions of a cached token", "counts", "cached_instructions", 290, "instructions", 305),
    ("instructions of reading a response of 2 KB", "counts", "json_instructions", 11529, "instructions", 12110),
    ("time of that against simdjson's DOM", "json", "ratio", 1.00, "times", None),
    ("time of that", "json", "parse_ns", 260, "ns", None),
)


def main(folder):
    results = pathlib.Path(folder)
    names = {file for _, file, *_ in BUDGETS}
    measured = {name: json.loads((results / f"{name}.json").read_text()) for name in names}
    verdicts = []
    for what, file, name, budget, unit, limit in BUDGETS:
        value = measured[file][name]
        is_exceeded = limit is not None and value > limit
        verdict = "kept" if value <= budget else "BEYOND ITS LIMIT" if is_exceeded else "missed"
        if unit == "instructions":
            verdict = "BEYOND ITS LIMIT" if is_exceeded else "kept"
            if value * 1.05 < budget:
                verdict += f"; better than its figure: {budget} should become {value}"
        most = "no limit" if limit is None else f"limit {limit}"
        print(f"{value:>9} of {f'{budget} {unit}'.strip():<18} ({most}) {what}: {verdict}")
        verdicts.append({"what": what, "value": value, "budget": budget, "unit": unit,
                         "limit": limit, "exceeded": is_exceeded})
    (results / "budgets.json").write_text(json.dumps(verdicts, indent=1) + "\n")
    exceeded = sum(verdict["exceeded"] for verdict in verdicts)
    print(f"{len(verdicts)} budgets, {exceeded} beyond the limit")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
