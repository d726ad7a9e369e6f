# SPDX-License-Identifier: MIT
"""The cost of a program that gets one token and ends; see tools/cold_start.

usage: cold_start.py BUILD PROGRAM [--check]

BUILD contains bare and race; results.json is written there. Counts are the same on an idle and on a busy
machine. Times are measured many times, alternating with those of the bare program.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

ROUNDS = 300
# The limit of the time is its budget; those of the counts are slightly above the measured values.
LIMITS = {
    "ratio": 1.5,  # Time from start to end, relative to the bare program.
    "libraries": 1,  # libc; the loader and the vDSO do not count.
    "system_calls": 63,
    "instructions": 618_000,
    "page_faults": 115,
}


def run(*words, environment=None):
    return subprocess.run(
        words, check=True, capture_output=True, text=True, env={**os.environ, **(environment or {})}
    )


def libraries_of(program):
    loaded = run(program, environment={"LD_TRACE_LOADED_OBJECTS": "1"}).stdout
    return len(re.findall("=>", loaded))


def system_calls_of(folder, *words):
    """System calls of the whole process, including the loader's; execve is the first."""
    table = pathlib.Path(folder, "strace.out")
    run("strace", "-f", "-c", "-o", table, *words)
    counted = table.read_text()
    return int(re.search(r"(\d+)(?: +\d+)? +total$", counted, re.M)[1])


def instructions_of(folder, *words):
    """Instructions in user space."""
    counted = run("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind.out", *words)
    return int(re.search(r"Collected : (\d+)", counted.stderr)[1])


def measure(folder, program):
    race, bare = f"{folder}/race", f"{folder}/bare"
    results = json.loads(run(race, str(ROUNDS), bare, program).stdout)
    agent = subprocess.Popen(
        [race, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    port, key_file = agent.stdout.readline().split()
    endpoint = f"http://127.0.0.1:{port}/metadata/identity/oauth2/token"
    ask = ("token", "--resource", "https://vault.azure.net")
    calls = (
        (bare, port, key_file),
        (program, *ask, "--endpoint", endpoint, "--key-directory", os.path.dirname(key_file)),
    )
    for result, call in zip(results, calls):
        result["libraries"] = libraries_of(call[0])
        result["system_calls"] = system_calls_of(folder, *call)
        result["instructions"] = instructions_of(folder, *call)
    agent.communicate()  # Closes its standard input.
    return results


def main(folder, program, *options):
    results = measure(folder, program)
    with open(f"{folder}/results.json", "w") as file:
        json.dump({"rounds": ROUNDS, "limits": LIMITS, "programs": results}, file, indent=2)
    names = ("elapsed_us", "processor_us", *LIMITS)
    print(f"{'':>14}{'bare':>12}{'token':>12}{'at most':>12}")
    for name in names:
        figures = [result[name] for result in results] + [LIMITS.get(name, "")]
        print(f"{name:>14}" + "".join(f"{figure:>12}" for figure in figures))
    above = [name for name in LIMITS if results[1][name] > LIMITS[name]]
    if above and "--check" in options:
        sys.exit(f"cold_start: above its limit: {', '.join(above)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
