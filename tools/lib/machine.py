# SPDX-License-Identifier: MIT
"""Where and when something was measured: the kind of machine, without identifying it."""

import datetime
import os
import pathlib
import platform
import re
import subprocess


def cpu():
    """For example: 2-core x86-64 virtual machine at 2.1 GHz."""
    information = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    kind = "virtual machine" if re.search(r"^flags.*\bhypervisor\b", information, re.M) else "machine"
    speed = re.search(r"^cpu MHz\s*:\s*([\d.]+)", information, re.M)
    at = f" at {float(speed[1]) / 1000:.1f} GHz" if speed else ""
    return f"{os.cpu_count()}-core {platform.machine().replace('_', '-')} {kind}{at}"


def system():
    """For example: Debian 12."""
    release = platform.freedesktop_os_release()
    return f"{release['NAME'].split()[0]} {release.get('VERSION_ID', '')}".strip()


def compiler():
    """For example: g++ 12.2."""
    version = subprocess.run(["g++", "-dumpfullversion"], check=True, capture_output=True, text=True)
    return "g++ " + ".".join(version.stdout.strip().split(".")[:2])


def description(command):
    """The members that each file of measurements begins with."""
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "machine": f"{cpu()}, {system()}, {compiler()}",
            "command": command}
