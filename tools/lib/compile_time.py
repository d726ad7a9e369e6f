# SPDX-License-Identifier: MIT
"""The cost of compiling the headers; see tools/compile_time.

usage: compile_time.py FOLDER [--check]

The units are compiled in rotation, many times, without ccache; the median counts. Ratios are of processor
time, to <string> in the same round, so that other programs on the machine matter little.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

ROUNDS = 7
COMPILER = ["g++", "-std=c++17", "-O2", "-I", "include"]
MAIN = "int main() {}\n"
CALL = """#include <arc_identity/arc_identity.hpp>
int main() {
  arc_identity::credential credential;
  const auto token = credential.get_token("https://vault.azure.net");
  return token ? static_cast<int>(token->authorization().size()) : 1;
}
"""
UNITS = {
    "empty": MAIN,
    "string": "#include <string>\n" + MAIN,
    "core": "#include <arc_identity/core.hpp>\n" + MAIN,
    "credential": CALL,
    "separate": "#define ARC_IDENTITY_SEPARATE_COMPILATION\n" + CALL,
}
# Slightly above the measured values. More for ratios, because other load slows parsing and optimizing
# differently (8.5 and 16.7 were seen on one day).
LIMITS = {
    "core": {"ratio": 2, "lines": 18_200, "code_bytes": 100},
    "separate": {"ratio": 1.5, "lines": 16_500, "code_bytes": 300},
    "credential": {"ratio": 18, "lines": 34_900, "code_bytes": 42_400},
}


def processor_time(words):
    process = subprocess.Popen(words)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit(f"compile_time: failed: {' '.join(words)}")
    return usage.ru_utime + usage.ru_stime


def output_of(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def code_bytes(object_file):
    """Bytes of all functions, including the sections of templates and inline functions."""
    sections = (line.split() for line in output_of("size", "-A", object_file).splitlines())
    return sum(int(words[1]) for words in sections if words and words[0].startswith(".text"))


def measure(folder):
    times = {name: [] for name in UNITS}
    compile_unit = {}
    for name, text in UNITS.items():
        source = pathlib.Path(folder, f"{name}.cpp")
        source.write_text(text)
        compile_unit[name] = [*COMPILER, "-c", str(source), "-o", f"{folder}/{name}.o"]
    for _ in range(ROUNDS):
        for name, words in compile_unit.items():
            times[name].append(processor_time(words))
    return {
        name: {
            "seconds": round(statistics.median(times[name]), 3),
            "ratio": round(
                statistics.median(map(lambda x, y: x / y, times[name], times["string"])), 2
            ),
            "lines": output_of(*COMPILER, "-E", "-P", f"{folder}/{name}.cpp").count("\n"),
            "code_bytes": code_bytes(f"{folder}/{name}.o"),
        }
        for name in UNITS
    }


def main(folder, *options):
    results = measure(folder)
    with open(f"{folder}/results.json", "w") as file:
        json.dump({"rounds": ROUNDS, "limits": LIMITS, "units": results}, file, indent=2)
    columns = ("seconds", "ratio", "lines", "code_bytes")
    print(f"{'':>12}" + "".join(f"{name:>12}{'at most':>10}" for name in columns))
    above = []
    for name, figures in results.items():
        limits = LIMITS.get(name, {})
        cells = (f"{figures[column]:>12}{limits.get(column, ''):>10}" for column in columns)
        print(f"{name:>12}" + "".join(cells))
        above += [f"{column} of {name}" for column in limits if figures[column] > limits[column]]
    if above and "--check" in options:
        sys.exit(f"compile_time: above its limit: {', '.join(above)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
