# SPDX-License-Identifier: MIT
"""compare.py KEY_DIRECTORY [--quick | --rounds N | --azure-sdk FOLDER]: builds and measures the programs of bench/compare.

Runs under `arc-identity simulate`, whose agent they use. See tools/compare.
"""

import base64
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

import hostile_agent
import machine

SOURCES, BUILD = pathlib.Path("bench/compare"), pathlib.Path("build/compare")
FLAGS = ["-std=c++17", "-O2", "-DNDEBUG", "-s"]
RESOURCE = hostile_agent.RESOURCE
ROUNDS = 101  # runs of each program
FURTHER = 20  # further exchanges in a run; a tenth of the rounds

# The libraries of each program, in the order of the tables, and the flags to link them.
PROGRAMS = {
    "arc_client": ("arc_identity, client", ["-Iinclude"]),
    "arc_credential": ("arc_identity, credential", ["-Iinclude", "-pthread"]),
    "httplib_nlohmann": ("cpp-httplib, nlohmann-json", ["PKG:cpp-httplib"]),
    "curl_nlohmann": ("libcurl, nlohmann-json", ["PKG:libcurl"]),
    "curl_cjson": ("libcurl, cJSON", ["PKG:libcurl", "PKG:libcjson"]),
    "bash_curl": ("Bash, curl, jq", ["bash", "curl", "jq", "grep", "cut", "tr", "cat"]),
}
AZURE_SDK = "azure_identity"  # measured with --azure-sdk only
OURS = ("arc_client", "arc_credential")
IDLE = "nothing"  # a program that does nothing: the cost of a process


def run(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def is_script(name):
    return name == "bash_curl"


def source(name):
    return SOURCES / f"{name}{'.sh' if is_script(name) else '.cpp'}"


def program(name):
    return BUILD / name


# --- Building ------------------------------------------------------------------------------------

def packages(flag):
    """Replaces each PKG:name by the output of pkg-config."""
    if not flag.startswith("PKG:"):
        return [flag]
    return run("pkg-config", "--cflags", "--libs", flag.removeprefix("PKG:")).split()


def build(name, linked=()):
    """Processor seconds to compile and link the user's code."""
    if is_script(name):
        shutil.copy(source(name), program(name))
        return 0
    flags = [word for flag in linked for word in packages(flag)]
    arguments = ["g++", *FLAGS, str(source(name)), *flags, "-o", str(program(name))]
    return spawn(shutil.which("g++"), arguments)[1].ru_utime


def lines(name):
    """The number of lines with code."""
    text = source(name).read_text(encoding="ascii").splitlines()
    return sum(1 for line in text if line.strip() and not re.match(r"\s*(//|#!|# |#$)", line))


# --- Size ----------------------------------------------------------------------------------------

@functools.cache
def c_library_names():
    return {pathlib.Path(line).name for line in run("dpkg", "--listfiles", "libc6").splitlines()}


def shared_libraries(executable):
    """The shared libraries that the executable loads, directly or through others."""
    paths = re.findall(r"(/\S+) \(0x", run("ldd", str(executable)))
    return {pathlib.Path(path).resolve() for path in paths}


def size(name):
    """The size on disk in bytes, and the number of files."""
    files = {program(name)}
    if is_script(name):
        executables = {pathlib.Path(shutil.which(tool)).resolve() for tool in PROGRAMS[name][1]}
    else:
        executables = set()
    files |= executables
    libraries = set().union(*(shared_libraries(file) for file in executables or files))
    c_library = {file for file in libraries if file.name in c_library_names()}
    total = lambda some: sum(file.stat().st_size for file in some)
    return {"program_bytes": total([program(name)]),
            "without_c_library_bytes": total(files | libraries - c_library),
            "with_c_library_bytes": total(files | libraries),
            "other_executables": len(executables),
            "shared_libraries": len(libraries - c_library),
            "shared_libraries_with_c_library": len(libraries)}


# --- Running -------------------------------------------------------------------------------------

def spawn(file, arguments):
    """Runs a program without output; returns the seconds and the resources that it used."""
    to_nowhere = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawn(file, arguments, os.environ, file_actions=to_nowhere)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(arguments)}: failed")
    return seconds, used


def arguments(name, exchanges=1):
    """The program and one resource for each exchange."""
    extra = [f"https://{number}.example.com" for number in range(1, exchanges)]
    return [str(program(name)), *([] if name == IDLE else [RESOURCE, *extra])]


def check_token(name):
    """Fails if the program does not print the token that the agent made for the resource."""
    token = run(*arguments(name))
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if not token.endswith("\n") or claims["aud"] != RESOURCE:
        sys.exit(f"{name}: not the requested token")


def times(names, exchanges, rounds):
    """Median and quartiles of the seconds of a run; the programs run in rotation."""
    taken = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            words = arguments(name, exchanges)
            taken[name].append(spawn(words[0], words)[0])
    return {name: statistics.quantiles(values, n=4) for name, values in taken.items()}


def peak_memory(name):
    """Peak memory of the largest process, in bytes. GNU time starts it, because the memory of the starter
    counts, and that of time is small."""
    report = BUILD / "time.txt"
    run("time", "--format=%M", f"--output={report}", *arguments(name))
    return int(report.read_text(encoding="ascii")) * 1024


def system_calls(name, exchanges=1):
    report = BUILD / "strace.txt"
    run("strace", "-f", "-c", "-o", str(report), *arguments(name, exchanges))
    total = report.read_text(encoding="ascii").splitlines()[-1].split()
    return int(total[3])


def instructions(name):
    """Instructions in user space."""
    counted = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                              *arguments(name)], check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", counted.stderr)[1])


def median_of(function, *values, count=5):
    return statistics.median_low(function(*values) for _ in range(count))


# --- All measurements ----------------------------------------------------------------------------

def measure(rounds):
    """The cost of each program, except its size."""
    names = [IDLE, *PROGRAMS]
    print(f"Times of {rounds} runs each, in rotation ...")
    once = times(names, 1, rounds)
    print(f"The same with {FURTHER} further exchanges ...")
    often = times(list(PROGRAMS), 1 + FURTHER, max(rounds // 10, 2))
    print("Memory and system calls ...")
    results = {}
    for name in names:
        results[name] = {
            "seconds": once[name][1], "seconds_quartiles": [once[name][0], once[name][2]],
            "peak_memory_bytes": median_of(peak_memory, name),
            "system_calls": median_of(system_calls, name)}
        if not is_script(name):
            results[name]["instructions"] = instructions(name)
    for name in PROGRAMS:
        calls = system_calls(name, 1 + FURTHER) - system_calls(name)
        results[name] |= {"further_exchange_seconds": (often[name][1] - once[name][1]) / FURTHER,
                          "further_exchange_system_calls": round(calls / FURTHER, 1)}
    return results


def hold(checks, names):
    """Whether each program withstands the agent; all programs at once."""
    def holds(name, function):
        return hostile_agent.check(function, [str(program(name).resolve())])

    with concurrent.futures.ThreadPoolExecutor() as pool:
        table = {text: {name: pool.submit(holds, name, function) for name in names}
                 for text, function in checks.items()}
        return {text: {name: future.result() for name, future in row.items()}
                for text, row in table.items()}


def report(results):
    """The tables, for a terminal."""
    columns = {"program": lambda row: f"{row['program_bytes'] / 1e3:.0f} KB",
               "+ libraries": lambda row: f"{row['without_c_library_bytes'] / 1e3:.0f} KB",
               "libraries": lambda row: row["shared_libraries"],
               "lines": lambda row: row["lines"],
               "compiles in": lambda row: f"{row['compile_seconds']:.1f} s",
               "a run": lambda row: f"{row['seconds'] * 1e3:.2f} ms",
               "another": lambda row: f"{row['further_exchange_seconds'] * 1e6:.0f} us",
               "system calls": lambda row: row["system_calls"],
               "memory": lambda row: f"{row['peak_memory_bytes'] / 1e6:.1f} MB"}
    print(f"\n{'':28}" + "".join(f"{column:>13}" for column in columns))
    for name, row in results["programs"].items():
        def cell(column):
            try:
                return columns[column](row)
            except KeyError:  # not measured with --quick, or for the program that does nothing
                return "-"
        print(f"{row['made_of']:28}" + "".join(f"{cell(column):>13}" for column in columns))
    print(f"\n{'':48}" + "".join(f"{name:>18}" for name in PROGRAMS))
    for text, row in results["checks"].items():
        print(f"{text:48}" + "".join(f"{'yes' if row[name] else 'NO':>18}" for name in PROGRAMS))


def azure_sdk(source):
    """What azure-identity is made of: the SDK in the folder `source`, built by tools/compare."""
    built = pathlib.Path("build/azure_sdk/sdk")
    version = (pathlib.Path(source) / "sdk/identity/azure-identity/src/private/package_version.hpp").read_text()
    numbers = re.findall(r'_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)', version)
    return (f"azure-identity {'.'.join(numbers)} (Azure SDK for C++)",
            [f"-I{source}/sdk/core/azure-core/inc", f"-I{source}/sdk/identity/azure-identity/inc",
             str(built / "identity/azure-identity/libazure-identity.a"),
             str(built / "core/azure-core/libazure-core.a"), "PKG:libcurl", "PKG:openssl", "-pthread"])


def main(quick=False, rounds=ROUNDS, sdk=None):
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    results = machine.description("tools/compare" + (" --azure-sdk" if sdk else ""))
    if sdk:
        for name in PROGRAMS.keys() - {"arc_credential"}:
            del PROGRAMS[name]
        PROGRAMS[AZURE_SDK] = azure_sdk(sdk)
    programs = {}
    print("Compiling ...")
    build(IDLE)
    for name, (made_of, linked) in PROGRAMS.items():
        seconds = statistics.median(build(name, linked) for _ in range(1 if quick else 3))
        check_token(name)
        programs[name] = {"made_of": made_of, "lines": lines(name), **size(name)}
        if not is_script(name):
            programs[name]["compile_seconds"] = seconds
    if not quick:
        for name, row in measure(rounds).items():
            programs.setdefault(name, {"made_of": "a program that does nothing"}).update(row)
    print("Hostile agents ...")
    # The SDK takes keys only from the real directory, and the checks use other directories.
    checks = {} if sdk else hostile_agent.CHECKS if quick else hostile_agent.CHECKS | hostile_agent.SLOW_CHECKS
    results |= {"flags": " ".join(FLAGS), "programs": programs, "checks": hold(checks, PROGRAMS)}
    (BUILD / ("azure_sdk.json" if sdk else "results.json")).write_text(json.dumps(results, indent=1) + "\n", encoding="ascii")
    report(results)
    failed = [f"{name}: {text}" for text, row in results["checks"].items() for name in OURS
              if not row[name]]
    if failed:
        sys.exit("failed with a hostile agent:\n" + "\n".join(failed))
    print(f"\nAll {len(PROGRAMS)} programs get the token.")


if __name__ == "__main__":
    os.environ["KEY_DIRECTORY"] = sys.argv[1]
    match sys.argv[2:]:
        case []:
            main()
        case ["--quick"]:
            main(quick=True)
        case ["--rounds", number]:
            main(rounds=int(number))
        case ["--azure-sdk", folder]:
            main(sdk=folder)
        case _:
            sys.exit(__doc__)
