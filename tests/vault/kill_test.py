# SPDX-License-Identifier: MIT
"""`kill -9` at random moments: the output is always one complete file, and only its owner can read it."""

import os
import pathlib
import random
import re
import signal
import stat
import subprocess
import tempfile
import time

from case import CA, FOLDER, HOST, PROGRAM, Proxy, VaultTest
from vault import Secret

MODE = 0o640
MOMENTS = 50


class KillTest(VaultTest):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "log"
        self.proxy = Proxy(self.vault)
        keys = os.path.join(tempfile.mkdtemp(dir=FOLDER), "keys")
        self.agent = subprocess.Popen(
            [PROGRAM, "simulate", "--key-directory", keys, "--", "sh", "-c", "echo {endpoint} {key-directory}; cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.agent.communicate)
        self.endpoint, self.keys = self.agent.stdout.readline().split()

    def words(self):
        return [
            *(PROGRAM, "secret", "changing", "--vault", f"https://{HOST}", "--ca-file", CA.file),
            *("--endpoint", self.endpoint, "--key-directory", self.keys),
            *("--output", self.output, "--mode", f"{MODE:o}", "--on-change", f"cat {self.output} >{self.log}"),
        ]  # fmt: skip

    def start(self, *before):
        environment = {"https_proxy": self.proxy.url, "PATH": os.environ["PATH"]}
        # A killed program leaves an incomplete profile; the leak checker does not work under strace.
        environment.update({"LLVM_PROFILE_FILE": "/dev/null", "ASAN_OPTIONS": "detect_leaks=0"})
        return subprocess.Popen(
            [*before, *self.words()], env=environment, stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def renew(self, number):
        """Adds a version whose value is long enough to be written in parts, and shows a partial write."""
        value = f"{number:06}" * 30_000
        self.vault.secrets["changing"] = [Secret("changing", f"{number:032}", value)]
        return value

    def check_files(self):
        """Returns the output file's content, which must be complete."""
        for path in self.folder.iterdir():
            mode = stat.S_IMODE(os.lstat(path).st_mode)
            if path != self.log:
                self.assertEqual(mode & ~MODE, 0, f"{path} {mode:o}")
        text = self.output.read_text() if self.output.exists() else ""
        self.assertEqual(text, text[:6] * (30_000 if text else 0))
        self.assertTrue(not text or stat.S_IMODE(os.lstat(self.output).st_mode) == MODE)
        return text

    def finish(self, process):
        _, errors = process.communicate(timeout=60)
        return process.returncode, errors

    def assert_next_run_delivers(self, value):
        self.assertEqual(self.finish(self.start()), (0, b""))
        self.assertEqual(self.check_files(), value)
        self.assertEqual(self.log.read_text(), value)
        self.assertEqual(list(self.folder.glob(".*")), [])


class Killed(KillTest):
    def test_at_random_moments(self):
        begin = time.monotonic()
        self.assert_next_run_delivers(self.renew(0))
        duration = time.monotonic() - begin
        moments = random.Random(18)
        old = self.check_files()
        killed = 0
        for number in range(1, MOMENTS + 1):
            new = self.renew(number)
            process = self.start()
            # Half of the runs are killed at any time, half after they contacted the vault.
            seen = len(self.vault.requests)
            if number % 2 == 0:
                while len(self.vault.requests) < seen + 2 and process.poll() is None:
                    time.sleep(0.0005)
                time.sleep(moments.uniform(0, duration / 4))
            else:
                time.sleep(moments.uniform(0, duration))
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            killed += self.finish(process)[0] == -signal.SIGKILL
            now = self.check_files()
            self.assertIn(now, (old, new))
            old = now
        self.assertGreater(killed, MOMENTS // 4)
        self.assert_next_run_delivers(self.renew(MOMENTS + 1))

    def test_at_each_step_of_a_delivery(self):
        steps = ("fchmod", "write", "fsync", "renameat", "unlinkat")
        self.renew(0)
        self.assertEqual(self.finish(self.start())[0], 0)
        trace = self.folder / "trace"
        process = self.start("strace", "-f", "-o", trace, "-e", "trace=" + ",".join(steps))
        self.renew(1)
        self.assertEqual(self.finish(process)[0], 0)
        moments = self.moments_in(trace)
        self.assertLessEqual({"fchmod", "write", "fsync", "renameat", "unlinkat"}, {*dict(moments)})
        for number, (step, nth) in enumerate(moments, 2):
            with self.subTest(step=step, nth=nth):
                new = self.renew(number)
                kill = f"inject={step}:signal=SIGKILL:when={nth}"
                process = self.start("strace", "-f", "-o", "/dev/null", "-e", kill)
                self.assertEqual(self.finish(process)[0], -signal.SIGKILL)
                self.check_files()
                self.assert_next_run_delivers(new)

    def moments_in(self, trace):
        """Each of the program's own calls on files, as (name, count of that name so far)."""
        moments = []
        counts = {}
        main = None
        for line in trace.read_text().splitlines():
            match = re.match(r"(\d+) +(\w+)\(", line)
            main = main or (match and match[1])
            if not match or match[1] != main:
                continue
            name = match[2]
            counts[name] = counts.get(name, 0) + 1
            if name in ("fchmod", "fsync", "renameat", "unlinkat") or ", \"0000" in line:
                moments.append((name, counts[name]))
        trace.unlink()
        return moments
