# SPDX-License-Identifier: MIT
"""bench_table FILE: a short table of what Google Benchmark wrote as JSON, with the budgets.

The median of several repetitions counts. The time of a benchmark in one thread that does not wait is its
CPU time, because of other load on the machine. With threads, the time of a call is that seen by one thread:
the time of the benchmark times the number of threads that run at once, at most the number of cores.
"""

import json
import statistics
import sys

CACHED_BUDGET = 50  # ns, one thread
ALL_CORES_BUDGET = 4  # times that of one thread
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6}


def read(file):
    """The number of cores, and the median time of a call in ns by name and thread count."""
    with open(file, encoding="utf-8") as text:
        report = json.load(text)
    cores = report["context"]["num_cpus"]
    runs = {}
    for run in report["benchmarks"]:
        if run.get("error_occurred"):
            sys.exit(f"{run['name']}: {run['error_message']}")
        if run["run_type"] == "iteration":
            name = run["run_name"].replace("/real_time", "")
            waits = run["threads"] > 1 or ("/real_time" in run["name"] and "/threads" not in run["name"])
            time = run["real_time"] * min(run["threads"], cores) if waits else run["cpu_time"]
            runs.setdefault(name, []).append(time * UNITS[run["time_unit"]])
    return cores, {name: statistics.median(times) for name, times in runs.items()}


def budget(name, cores, alone):
    """In ns, or None."""
    if name == "same_key/threads:1":
        return CACHED_BUDGET
    if name in (f"same_key/threads:{cores}", f"key_each/threads:{cores}"):
        return ALL_CORES_BUDGET * alone
    return None


def main(file):
    cores, times = read(file)
    print(f"{'a call, ns':>12}  {cores} cores")
    for name, time in sorted(times.items()):
        most = budget(name, cores, times["same_key/threads:1"])
        verdict = "" if most is None else f"  budget {most:.0f}: {'kept' if time <= most else 'OVER'}"
        print(f"{time:12.1f}  {name}{verdict}")


if __name__ == "__main__":
    main(sys.argv[1])
